//! Opening dialogs: which dialog a request asks for, and what it may look at.

use std::sync::Arc;

use crate::checks::checklist;
use crate::compare::branches as compared;
use crate::describe::frame;
use crate::describe::why::Subject;
use crate::describe::{entry, thought, versions};
use crate::engine::advance::step_of;
use crate::engine::approval::waits_for_trust;
use crate::engine::goal::StepDraft;
use crate::engine::plan::{Author, StepId};
use crate::engine::state::State;
use crate::runtime::sessions;
use crate::ui::dialogs;
use crate::ui::dialogs::{
    Answer, Anything, Branches, Breakpoints, ChangeGoal, DialogOutcome, DialogView, EditStep, FailTool, Inject, Offer,
    Offers, Opened, Others, Pager, Place, PlanChecks, PlanMap, Prompt, PromptKind, Surprises, Target, Tools,
};
use crate::ui::keymap::Mode;
use crate::ui::session::app::App;
use crate::ui::session::change::DialogRequest;
use crate::ui::session::lighting;
use crate::ui::session::lists::{self, plan};
use crate::ui::session::update::interpret;

/// How many other sessions are offered to be compared.
const OTHERS: usize = 50;

/// Says what is wrong with the syntax of a jq filter.
fn jq(filter: &str) -> Result<(), String> {
    crate::jq::check(filter).map_err(|fault| fault.to_string())
}

/// Returns the loop inside the step `id`.
fn inside<'a>(state: &'a State, id: &StepId) -> Option<&'a State> {
    state.loop_of(state.run(id)?)
}

/// Returns the step whose loop the step `id` belongs to, if it belongs to one.
fn holder(state: &State, id: &StepId) -> Option<StepId> {
    if state.run(id).is_some() || state.plan.find(id).is_some() {
        return None;
    }
    let dots = id.match_indices('.').filter_map(|(at, _)| id.get(..at));
    dots.filter_map(|id| state.run(id)).map(|run| run.step.id.clone()).next()
}

/// Says why the action would be refused where one is decided on at a time.
fn would_be_refused(state: &State, place: &Place, draft: &StepDraft) -> Option<String> {
    let id = match place {
        Place::Of(id) => id.clone(),
        Place::At(_) => state.new_id(),
    };
    let step = step_of(state, id, draft, Author::Person);
    let before = state.plan.remaining().iter().take_while(|other| other.id != step.id);
    let made: Vec<_> = before.flat_map(|other| other.writes()).collect();
    let missing = step.reads().find(|key| state.context.get(key).is_none() && !made.contains(key))?;
    Some(format!("it needs {missing}, which has no value now: it would be blocked"))
}

/// Says what the plan checker finds in the plan with `draft` at its place.
fn check(state: &State, place: &Place, draft: &StepDraft) -> Option<String> {
    if state.is_react() {
        return would_be_refused(state, place, draft);
    }
    let mut steps = state.plan.remaining().to_vec();
    match place {
        Place::Of(id) => {
            let at = steps.iter().position(|step| step.id == *id)?;
            steps[at] = Arc::new(step_of(state, id.clone(), draft, Author::Person));
        }
        Place::At(at) => {
            let step = step_of(state, format!("s{}", state.next_step).into(), draft, Author::Person);
            steps.insert((*at).min(steps.len()), Arc::new(step));
        }
    }
    steps.retain(|step| !step.skip);
    let list = checklist(&state.goal, &steps, &|key| state.context.get(key).is_some());
    (!list.executable()).then(|| list.sentence())
}

impl App {
    /// Hands `act` what dialogs may look at.
    pub(crate) fn with_dialog_view<T>(&self, act: impl FnOnce(&DialogView<'_>) -> T) -> T {
        let proposed = self.view().proposed();
        let state = proposed.as_ref().unwrap_or(&self.shown.state);
        let state = self.about.as_ref().and_then(|id| inside(state, id)).unwrap_or(state);
        let check = |place: &Place, draft: &StepDraft| check(state, place, draft);
        let (records, judgements) = (self.driver.session().records(), self.driver.judgements());
        let (past, times) = (self.shown.past, self.ui.times);
        let (theme, keymap, ahead) = (&self.theme, &self.keymap, self.ui.ahead.as_ref());
        let listing = &self.servers.listing;
        act(&DialogView {
            state,
            records,
            theme,
            keymap,
            jq: &jq,
            check: &check,
            judgements,
            ahead,
            listing,
            times,
            past,
        })
    }

    /// Has the conditions judged that the open dialog's preview waits for.
    pub(super) fn judge_what_is_foreseen(&mut self) {
        let Some(dialog) = &self.dialog else {
            self.ui.ahead = None;
            return;
        };
        let (pending, ahead) = self.with_dialog_view(|view| (dialog.pending(view), dialog.ahead(view)));
        self.driver.judge(pending);
        self.run_ahead(ahead);
    }

    /// Opens a dialog, or says why it cannot be opened.
    pub(crate) fn open(&mut self, ask: DialogRequest) {
        if let DialogRequest::Risk | DialogRequest::TakeOver = ask {
            // What is trusted is what is there now.
            let _ = self.driver.look_at_disk();
            self.to_trust = self.driver.asked_to_trust();
        }
        let (about, ask) = self.subject(ask);
        self.about = about;
        let state = self.about.as_ref().and_then(|id| inside(&self.shown.state, id)).unwrap_or(&self.shown.state);
        let selected = plan::item(&self.view(), plan::selected(&self.view()));
        let selected = selected.and_then(|item| item.step()).map(|step| step.id.clone());
        let dialog = self.with_dialog_view(|view| match ask {
            DialogRequest::InjectKey(key, part) => {
                Ok(Opened::from(Inject::open_at(view, Target::Key(key.into()), part)))
            }
            DialogRequest::InjectOutcome(id) => Ok(Opened::from(Inject::open(view, Target::Step(id)))),
            DialogRequest::Surprises => Ok(Opened::from(Surprises::open(view))),
            DialogRequest::FailTool => Ok(Opened::from(FailTool::open(view, selected.as_ref()))),
            DialogRequest::Goal => Ok(Opened::from(ChangeGoal::open(state))),
            DialogRequest::EditStep(id) => EditStep::open(view, Place::Of(id.clone()))
                .map(Opened::from)
                .ok_or_else(|| format!("step {id} is not among the remaining steps")),
            DialogRequest::AddStep(at) => EditStep::open(view, Place::At(at))
                .map(Opened::from)
                .ok_or_else(|| "no step can be added here".to_owned()),
            DialogRequest::Answer => Answer::open(state, self.driver.question())
                .map(Opened::from)
                .ok_or_else(|| "nothing waits for an answer".to_owned()),
            DialogRequest::Risk => match self.driver.untrusted().filter(|_| waits_for_trust(state)) {
                Some(named) => Ok(dialogs::trust(self.driver.goal_on_disk(), &named)),
                None => dialogs::approve_risk(state, self.driver.next_command_line())
                    .ok_or_else(|| "nothing waits for approval".to_owned()),
            },
            DialogRequest::TakeOver => match self.driver.untrusted() {
                Some(named) => Ok(dialogs::trust(self.driver.goal_on_disk(), &named)),
                None => Err("nothing asks to be trusted".to_owned()),
            },
            DialogRequest::Interrupted => {
                dialogs::interrupted(state).ok_or_else(|| "no step was interrupted".to_owned())
            }
            DialogRequest::Tools => Ok(Opened::from(Tools::default())),
            DialogRequest::WhyStep(id) => Ok(Pager::why(view.moment(), Subject::Step(id)).into()),
            DialogRequest::WhyKey(key) => Ok(Pager::why(view.moment(), Subject::Key(key.into())).into()),
            DialogRequest::WhyEnd => Ok(Pager::why(view.moment(), Subject::End).into()),
            DialogRequest::WhyEvent(seq) => match lighting::raised(&self.view(), seq) {
                Some(subject) => Ok(Pager::why(view.moment(), subject).into()),
                None => {
                    entry::entry(view.moment(), seq).map(Opened::from).ok_or_else(|| format!("there is no event {seq}"))
                }
            },
            DialogRequest::Map => Ok(Opened::from(PlanMap::open(selected.unwrap_or_default()))),
            DialogRequest::Checklist => Ok(Opened::from(PlanChecks::default())),
            DialogRequest::Evidence => Ok(Opened::from(self.card())),
            DialogRequest::Entry(seq) => {
                entry::entry(view.moment(), seq).map(Opened::from).ok_or_else(|| format!("there is no event {seq}"))
            }
            DialogRequest::Thought(seq) => thought::thought(view.moment(), seq)
                .map(Opened::from)
                .ok_or_else(|| format!("event {seq} is not a thought")),
            DialogRequest::Strategy => Ok(dialogs::strategy(view.state)),
            DialogRequest::StopLoop => {
                dialogs::stop_loop(&self.shown.state).ok_or_else(|| "no loop is under way".to_owned())
            }
            DialogRequest::Inside(_) => Err("no loop is under way".to_owned()), // unpacked above
            DialogRequest::Branches => {
                let (rows, away) = self.branches();
                Ok(Opened::from(Branches::new(rows, away)))
            }
            DialogRequest::Moments(one, other) => compared::moments(self.driver.session(), (one, other))
                .map(Opened::from)
                .ok_or_else(|| format!("there is no event {one} or no event {other}")),
            DialogRequest::Breakpoints => Ok(Opened::from(Breakpoints::open(view))),
            DialogRequest::Watch(at) => {
                let before = at.and_then(|at| self.shown.watched.get(at)).map(|watched| watched.watch.name().clone());
                Ok(Opened::from(Prompt::new(PromptKind::Watch(at), &before.unwrap_or_default())))
            }
            DialogRequest::Versions(key) => {
                Ok(versions::page(self.driver.session(), state, &key.into(), self.ui.moment).into())
            }
            DialogRequest::CopyAs(key, pointer) => Ok(dialogs::copy_as(&key, &pointer)),
            DialogRequest::WhyWatch(at) => match self.shown.watched.get(at) {
                Some(watched) => Ok(lists::watches::page(&self.view(), at, watched).into()),
                None => Err("no watch is selected".to_owned()),
            },
            DialogRequest::FirstTime => Ok(Opened::from(Prompt::new(PromptKind::When, ""))),
            DialogRequest::Steps => Ok(Opened::from(Prompt::new(PromptKind::Steps, ""))),
            DialogRequest::Find => {
                let before = self.ui.find.clone().unwrap_or_default();
                Ok(Opened::from(Prompt::new(PromptKind::Find, &before)))
            }
            DialogRequest::Anything => {
                Ok(Opened::from(Anything::open(self.driver.session(), state, &self.shown.rows[..self.shown.happened])))
            }
            // Whether there are others only the disk knows, which is not asked for every frame.
            DialogRequest::Others => {
                let others = Others::open(sessions::newest(OTHERS).unwrap_or_default(), self.driver.path());
                Ok(others.map_or_else(|| Opened::from(dialogs::no_others()), Opened::from))
            }
            DialogRequest::Help => Ok(Opened::from(Offers::help(self.offers()))),
            DialogRequest::Palette => Ok(Opened::from(Offers::palette(self.offers()))),
            DialogRequest::Beats => Ok(self.beats()),
            DialogRequest::StartOver => Ok(dialogs::confirm(
                "Start over?",
                "The session goes on from its first plan, on a branch of its own.",
                &[view.fill("what was done here is kept, one key away (\x01branch\x02)").into_owned()],
                "start over",
                DialogOutcome::Confirmed("start_over"),
            )),
        });
        match dialog {
            Ok(dialog) => {
                self.show(dialog);
                self.renew_card();
            }
            Err(why) => self.ui.refuse(why),
        }
    }

    /// Opens `dialog`; a draft about the same thing comes in its place.
    pub fn show(&mut self, dialog: Opened) {
        self.dialog = Some(self.drafts.take(dialog));
    }

    /// Returns what a dialog is about: the loop that is under way, or one that a step's id names, or the session.
    fn subject(&self, ask: DialogRequest) -> (Option<StepId>, DialogRequest) {
        let state = &self.shown.state;
        let under_way = frame::loop_run(state).map(|run| run.step.id.clone());
        match ask {
            DialogRequest::Inside(ask) => (under_way, *ask),
            DialogRequest::InjectOutcome(ref id) | DialogRequest::EditStep(ref id) | DialogRequest::WhyStep(ref id) => {
                (holder(state, id), ask)
            }
            DialogRequest::Answer | DialogRequest::Risk | DialogRequest::Interrupted => (under_way, ask),
            ask => (None, ask), // the others are about the session, or find their event wherever it happened
        }
    }

    /// Returns everything that works here, now, with its keys; and what does not, with the reason.
    fn offers(&self) -> Vec<Offer> {
        let view = self.view();
        let modes = view.modes();
        let mut offers: Vec<Offer> = Vec::new();
        for &mode in &modes {
            for binding in self.keymap.bindings().iter().filter(|binding| binding.mode == mode) {
                let reaches =
                    |key: &&crate::ui::input::KeyPress| self.keymap.action(&modes, **key) == Some(binding.action);
                let keys: Vec<String> =
                    binding.keys.iter().filter(reaches).map(std::string::ToString::to_string).collect();
                let known = offers.iter().any(|offer| offer.name == binding.action.name());
                let refused = interpret(&view, binding.action).err().map(|why| view.words(&why).into_owned());
                // What has no reason to be named is only what Esc would stop.
                if keys.is_empty() || known || refused.as_deref() == Some("") {
                    continue;
                }
                let group = if mode == Mode::Everywhere { "everywhere" } else { "here, now" };
                let (name, words) = (binding.action.name(), binding.action.help().to_owned());
                offers.push(Offer { name, keys: keys.join(" "), words, group: group.to_owned(), refused });
            }
        }
        offers
    }

    /// Updates the list of what can be done now, where it is open.
    pub(super) fn renew_offers(&mut self) {
        if self.dialog.as_mut().is_some_and(|dialog| dialog.offers().is_some()) {
            let offers = self.offers();
            if let Some(list) = self.dialog.as_mut().and_then(|dialog| dialog.offers()) {
                list.renew(offers);
            }
        }
    }
}
