//! The strategies side by side: two to four lanes on copies of one goal, with the same surprise.
//!
//! [`Compare`] holds a [`Bench`] as the dashboard holds a driver: keys become wishes to the bench, what comes back
//! becomes columns, and the picture is drawn from columns alone. Nothing here waits for a lane.

mod act;
mod dialogs;
mod draw;
mod figures;
mod footer;
mod lanes;
mod layout;
mod pages;
mod prediction;

use std::sync::Arc;

use futures_util::future::LocalBoxFuture;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::compare::advice::{Advice, advise};
use crate::compare::lane::{Lane, LaneKind};
use crate::compare::parting::parting;
use crate::compare::price::Price;
use crate::engine::goal::Goal;
use crate::engine::state::State;
use crate::goal_file::{self, Comparison};
use crate::runtime::bench::{Aim, Bench};
use crate::runtime::services::Services;
use crate::ui::dialogs::{DialogView, Opened};
use crate::ui::input::Input;
use crate::ui::keymap::{Keymap, Mode, Part};
use crate::ui::navigate::Destination;
use crate::ui::screen::{Left, Request, Screen};
use crate::ui::theme::Theme;
use crate::ui::widgets::status_line::{About, Toast};

use crate::compare::column::Column;
use dialogs::Asked;
use prediction::Prediction;

/// The only mode that is active here.
const MODES: [Mode; 1] = [Mode::Compare];

/// Where a person is in a lane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Place {
    /// The selected row; none: the last one, as it comes.
    at: Option<usize>,
}

/// The screen of the lanes.
pub struct Compare {
    bench: Bench,
    columns: Vec<Column>,
    places: Vec<Place>,
    focus: usize,
    /// The step of every lane that is looked at; none: as they are.
    looking: Option<usize>,
    zoom: bool,
    /// The scenario that the first `x` lands without asking which.
    at_hand: Option<Arc<str>>,
    /// What the goal's lesson says of comparisons.
    lessons: Vec<Comparison>,
    prediction: Option<Prediction>,
    /// What decisions, planned steps and calls are said to take.
    price: Price,
    /// What the run advises, once every lane is over.
    advice: Option<Advice>,
    dialog: Option<(Opened, Asked)>,
    toast: Option<Toast>,
    keymap: Keymap,
    theme: Theme,
    size: (u16, u16),
    times: bool,
    /// What only the event loop can do, until the input was acted on.
    requests: Vec<Request>,
    /// The lane that is open above.
    opened: Option<usize>,
    /// What dialogs may look at where they look at no lane.
    blank: State,
}

impl Compare {
    /// Returns lanes on copies of `goal`: those of its lesson's comparison, where it has one (that of the scenario
    /// `at_hand`, else the first), and the usual ones where it has none. `at_hand` names the scenario that `x` lands
    /// first.
    pub fn new(
        goal: Arc<Goal>,
        at_hand: Option<&str>,
        services: Services,
        keymap: Keymap,
        theme: Theme,
        size: (u16, u16),
    ) -> Compare {
        let blank = State::new(goal.clone());
        let lessons = goal_file::lesson_of(&goal).compare;
        let chosen = lessons.iter().find(|lesson| at_hand.is_none() || lesson.scenario.as_deref() == at_hand);
        let kinds: Vec<LaneKind> = match chosen {
            Some(lesson) => {
                lesson.lanes.iter().map(|lane| LaneKind { strategy: lane.strategy, dial: lane.dial }).collect()
            }
            None => LaneKind::usual(&goal),
        };
        let at_hand = at_hand.map(Into::into);
        let bench = Bench::new(goal, &kinds, services);
        let mut compare = Compare {
            bench,
            columns: Vec::new(),
            places: Vec::new(),
            focus: 0,
            looking: None,
            zoom: false,
            at_hand,
            lessons,
            prediction: None,
            price: Price::default(),
            advice: None,
            dialog: None,
            toast: None,
            keymap,
            theme,
            size,
            times: true,
            requests: Vec::new(),
            opened: None,
            blank,
        };
        compare.refresh();
        compare
    }

    /// Returns the bench; the loop waits for it.
    pub fn bench(&mut self) -> &mut Bench {
        &mut self.bench
    }

    /// Shows or hides durations.
    pub fn show_times(&mut self, times: bool) {
        self.times = times;
    }

    /// Says this until the next key.
    pub fn say(&mut self, words: impl Into<String>) {
        self.toast = Some(Toast::new(About::Done, words));
    }

    /// Returns `words` with keys in the places of the actions that they name.
    fn words<'w>(&self, words: &'w str) -> std::borrow::Cow<'w, str> {
        self.keymap.fill(&MODES, words)
    }

    /// Returns the parts of `words`: texts, and keys with the actions that they stand for.
    fn parts<'w>(&self, words: &'w str) -> Vec<Part<'w>> {
        self.keymap.parts(&MODES, words)
    }

    /// Asks for the focused lane on the dashboard.
    fn open_lane(&mut self) {
        if let Some(lane) = self.bench.lane(self.focus) {
            self.requests.push(Request::Open(Destination::Lane(Box::new(lane.session.clone()))));
            self.opened = Some(self.focus);
        }
    }

    /// Takes in that a lane has moved.
    pub fn moved(&mut self, at: usize) {
        self.tell(at);
        self.part();
        // What was refused because the lanes were under way is not refused any more.
        if !self.bench.is_running() && self.toast.as_ref().is_some_and(|toast| toast.about == About::Refused) {
            self.toast = None;
        }
    }

    /// Rebuilds the columns of the lanes that are not under way.
    fn refresh(&mut self) {
        let count = self.bench.len();
        self.columns.truncate(count);
        self.places.resize(count, Place::default());
        self.focus = self.focus.min(count.saturating_sub(1));
        for at in 0..count {
            self.tell(at);
        }
        self.part();
    }

    fn tell(&mut self, at: usize) {
        let Some(lane) = self.bench.lane(at) else { return };
        let ticks = self.bench.ticks(at);
        let moment = self.looking.and_then(|step| ticks.get(step).or(ticks.last()).copied());
        let mut column = Column {
            took_ms: u64::try_from(self.bench.took(at).as_millis()).unwrap_or(u64::MAX),
            ..Column::of(lane, moment)
        };
        for row in &mut column.rows {
            if let std::borrow::Cow::Owned(words) = self.keymap.fill(&MODES, &row.what) {
                row.what = words;
            }
        }
        match self.columns.get_mut(at) {
            Some(place) => *place = column,
            None => self.columns.push(column),
        }
    }

    /// Finds where the lanes part, and what is to be advised once all are at rest.
    fn part(&mut self) {
        for at in 0..self.columns.len() {
            let parting = match (self.bench.lane(0), self.bench.lane(at)) {
                (Some(first), Some(lane)) if at > 0 => parting(first, lane),
                _ => None, // the first parts from nobody, and what is under way is told when it is back
            };
            if let Some(column) = self.columns.get_mut(at) {
                column.part_at(parting);
            }
        }
        self.advice = match self.bench.is_over() {
            true => {
                let lanes: Vec<Lane> = (0..self.bench.len()).filter_map(|at| self.bench.lane(at).cloned()).collect();
                Some(advise(&lanes, &self.price))
            }
            false => None,
        };
        prediction::settle(self);
    }

    /// Gives every lane something to do.
    fn aim(&mut self, aim: Aim) {
        self.looking = None;
        self.bench.aim(aim);
        for place in &mut self.places {
            place.at = None;
        }
        self.refresh();
    }

    fn act_on(&mut self, input: &Input) {
        if let Input::Resized { width, height } = input {
            self.size = (*width, *height);
        }
        if let Some((dialog, asked)) = self.dialog.take() {
            return self.dialog_input(dialog, asked, input);
        }
        match input {
            Input::Key(press) => {
                self.toast = None;
                match self.keymap.action(&MODES, *press) {
                    Some(action) => self.act(action),
                    None => self.refuse(format!("{press} means nothing here; \x01help\x02 shows every key that does")),
                }
            }
            Input::Mouse { act, column, row } => self.mouse(*act, *column, *row),
            Input::Paste(_) => self.refuse("text was pasted, and no field is open to take it".into()),
            Input::Resized { .. } => {}
        }
    }

    /// Hands `act` what dialogs may look at.
    fn with_dialog_view<T>(&self, act: impl FnOnce(&DialogView<'_>) -> T) -> T {
        let of = match self.bench.lane(self.focus) {
            Some(lane) => (lane.state(), lane.session.records()),
            None => (&self.blank, &[][..]),
        };
        DialogView::bare(of, &self.theme, &self.keymap, act)
    }
}

impl Screen for Compare {
    fn input(&mut self, input: &Input) -> Vec<Request> {
        self.act_on(input);
        std::mem::take(&mut self.requests)
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer) {
        draw::draw(self, area, buf);
        if let Some((dialog, _)) = &self.dialog {
            self.with_dialog_view(|view| dialog.draw(area, buf, view));
        }
    }

    fn next(&mut self) -> LocalBoxFuture<'_, bool> {
        Box::pin(async {
            let at = self.bench.next().await;
            self.moved(at);
            true
        })
    }

    fn title(&self) -> String {
        format!("planscope · compare · {}", self.bench.goal().goal)
    }

    fn refuse(&mut self, why: String) {
        self.toast = Some(Toast::new(About::Refused, why));
    }

    fn restyle(&mut self, theme: Theme) {
        self.theme = theme;
    }

    fn resume(&mut self, left: Left) {
        let (Some(at), Some((session, path))) = (self.opened.take(), left.session) else { return };
        self.bench.give_back(at, session);
        self.refresh();
        match left.unsaved {
            Some(why) => self.refuse(format!("the lane cannot be saved: {why}")),
            None => {
                // A path that is cut is of no use: then the list of sessions has it.
                let how = format!("the lane is kept: planscope resume {}", path.display());
                let fits = crate::ui::widgets::status_line::fits(&how, usize::from(self.size.0));
                self.say(if fits { how } else { "the lane is kept; planscope sessions lists it".into() });
            }
        }
    }
}
