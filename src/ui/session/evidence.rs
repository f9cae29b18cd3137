//! The evidence on the screen: the report that comes forward at the end, the card, and where what they offer leads.

use crate::checks::failures;
use crate::describe::evidence::{Evidence, Place};
use crate::describe::remedies::Act;
use crate::describe::reproduce::surprises_again;
use crate::describe::settings;
use crate::engine::command::{Approval, Command};
use crate::engine::event::{Event, Pace};
use crate::engine::goal::Key;
use crate::engine::plan::StepId;
use crate::engine::settings::Dial;
use crate::engine::state::Phase;
use crate::export::{Card, evidence_markdown};
use crate::ui::action::Action;
use crate::ui::dialogs::EvidenceCard;
use crate::ui::screen::Request;
use crate::ui::session::app::App;
use crate::ui::session::change::DialogRequest;
use crate::ui::session::layout::Shape;
use crate::ui::session::lists::report::{Report, TryNext};
use crate::ui::session::lists::{context, plan};
use crate::ui::session::pane::PaneId;
use crate::ui::session::panes::why::key_of;

/// How long the name of a saved card may be, without its ending.
const NAME: usize = 40;

impl App {
    /// Returns the card of the moment that is shown.
    fn evidence(&self) -> Evidence {
        let found = self.view().found.map(failures::evidence);
        Evidence::of(self.driver.session(), &self.shown.state, found)
    }

    /// Returns the card as a dialog, and has the failure checks look at the session meanwhile.
    pub(super) fn card(&self) -> EvidenceCard {
        let choices = self.ui.report.iter().flat_map(Report::numbered);
        EvidenceCard::new(self.evidence(), choices.map(|(digit, words)| (digit, words.to_owned())).collect())
    }

    /// Updates an open card: it follows the session.
    pub(super) fn renew_card(&mut self) {
        if self.dialog.as_mut().is_none_or(|dialog| dialog.card().is_none()) {
            return;
        }
        self.driver.find_failures();
        let evidence = self.evidence();
        if let Some(card) = self.dialog.as_mut().and_then(|dialog| dialog.card()) {
            card.renew(evidence);
        }
    }

    /// Keeps the report up to date; when the session is over and one pane has room, it comes forward by itself, once.
    /// Where it is in sight anyway, the focus stays with what the hands are at.
    pub(super) fn report_at_the_end(&mut self) {
        // A demo has its own beats to go on with.
        if self.shown.past || self.is_demo() {
            return;
        }
        let state = self.driver.state();
        if self.ui.report.as_ref().is_none_or(|report| report.seq != state.seq) {
            self.ui.report = Report::of(self.driver.session(), self.ui.below == Some("lanes"));
        }
        if self.ui.report.is_none() {
            if self.ui.fronted.take().is_some() && self.ui.focus == PaneId::TRACE {
                self.ui.focus = PaneId::PLAN;
            }
            return;
        }
        if self.ui.fronted.is_some() {
            return;
        }
        self.ui.fronted = Some(state.seq);
        if !self.ui.zoom && Shape::of(self.ui.size.0, self.ui.size.1, false) == Shape::One {
            self.ui.focus = PaneId::TRACE;
        }
    }

    /// Asks for the card to be saved as Markdown.
    pub(super) fn save_card(&mut self) {
        let (mut evidence, session) = (self.evidence(), self.driver.path().display().to_string());
        // The keys of the one who saves it.
        for row in evidence.parts.iter_mut().flat_map(|part| &mut part.rows) {
            row.words = self.keymap.fill(&[], &row.words).into_owned();
        }
        let mut text = Vec::new();
        // Memory takes all that is written.
        let _ = evidence_markdown::write(&mut text, &Card { evidence: &evidence, session: Some(&session) });
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let words: String = evidence.goal.chars().take(NAME * 4).map(plain).collect();
        let mut name = "evidence".to_owned();
        for word in words.split('-').filter(|word| !word.is_empty()) {
            if name.len() + 1 + word.len() > NAME {
                break;
            }
            name = format!("{name}-{word}");
        }
        self.requests.push(Request::Save { name, text: String::from_utf8_lossy(&text).into_owned() });
    }

    /// Does what the report offers at the place `at`. Returns whether the card stays open over it.
    pub(super) fn try_next(&mut self, at: usize) -> bool {
        let Some(choice) = self.ui.report.as_ref().and_then(|report| report.choices.get(at)).cloned() else {
            self.ui.refuse("there is no such choice now");
            return false;
        };
        let saves = matches!(choice.does, TryNext::Save);
        match choice.does {
            TryNext::Again(dial) => self.again(dial),
            TryNext::Surprises => self.open(DialogRequest::Surprises),
            TryNext::Lanes(scenario) => self.compare(scenario),
            TryNext::Open(destination) => match self.driver.sync() {
                Ok(()) => self.requests.push(Request::Open(*destination)),
                Err(trouble) => self.ui.refuse(format!("the session cannot be saved: {trouble}")),
            },
            TryNext::Save => self.save_card(),
        }
        saves
    }

    /// Starts the session over on a branch of its own, with the same surprises at the same moments and this dial.
    fn again(&mut self, dial: Dial) {
        let session = self.driver.session();
        let surprises = surprises_again(session);
        let planned = |seq: &&u64| session.record(**seq).is_some_and(|r| matches!(r.event, Event::Planned { .. }));
        let Some(first) = session.path().iter().find(planned).copied() else {
            return self.ui.refuse("there was no plan that could be followed again");
        };
        if let Err(refusal) = self.driver.select(first) {
            return self.ui.refuse(refusal.message);
        }
        let commands = std::iter::once(Command::TurnDial(dial)).chain(surprises);
        let commands = commands.chain([Command::Approve(Approval::Whole), Command::SetPace(Pace::Free)]);
        for command in commands {
            let known = match &command {
                Command::TurnDial(dial) => self.driver.state().settings.dial == *dial,
                Command::Approve(_) => self.driver.state().phase != Phase::Review,
                _ => false, // the others always say something new
            };
            if !known && let Err(refusal) = self.driver.submit(command) {
                self.refresh();
                return self.ui.refuse(refusal.message);
            }
        }
        self.ui.looking = None;
        self.refresh();
        let dial = settings::dial(dial);
        self.ui.say(format!(
            "the same again, replan {dial}, on a branch of its own; \x01branch\x02 goes back to the other"
        ));
    }

    /// Selects `step` in the plan.
    pub(super) fn select_step(&mut self, step: &StepId) {
        let view = self.view();
        let is_it = |at: &usize| plan::item(&view, *at).and_then(|item| item.step()).is_some_and(|s| s.id == *step);
        let at = (0..plan::count(&view)).find(is_it);
        self.ui.focus = PaneId::PLAN;
        self.ui.select(PaneId::PLAN, at);
    }

    /// Selects this key in the context.
    pub(super) fn select_key(&mut self, key: &Key) {
        let row = context::first_of(&self.shown, &self.ui.values, key);
        self.ui.focus = PaneId::CONTEXT;
        self.ui.select(PaneId::CONTEXT, row);
    }

    /// Goes to what is to be revised: the form where there is one, else the place where the key works.
    pub(super) fn revise(&mut self, place: &Place) {
        let Place { act, step, key } = place;
        if let Some(step) = step {
            self.select_step(step);
        }
        let to_do = step.as_ref().filter(|step| self.shown.state.plan.find(step).is_some());
        match (act, to_do, key) {
            (Act::Edit, Some(step), _) => self.open(DialogRequest::EditStep(step.clone())),
            (Act::Inject, _, Some(key)) => self.open(DialogRequest::InjectKey(key.to_string(), String::new())),
            (Act::Why, _, Some(key)) => self.open(DialogRequest::WhyKey(key.to_string())),
            (Act::Goal, ..) => self.open(DialogRequest::Goal),
            (act, ..) => {
                if step.is_none() {
                    self.ui.focus = PaneId::PLAN;
                }
                let action = key_of(*act);
                match crate::ui::session::update::interpret(&self.view(), action) {
                    Ok(_) => self.ui.say(format!("{} here: {}", act.key(), Action::help(action))),
                    Err(why) => self.ui.say(format!("this is where it happened; {why}")),
                }
            }
        }
    }
}
