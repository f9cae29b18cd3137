//! The two lines at the bottom: what comes next, and the keys that work here, now.

use ratatui::text::Line;

use crate::describe::frame::{self, acting};
use crate::describe::keys;
use crate::describe::sanitize::harmless;
use crate::describe::sign::Role;
use crate::describe::survival::Dropped;
use crate::describe::text;
use crate::engine::approval::waits_for_trust;
use crate::engine::event::Outcome;
use crate::engine::state::Phase;
use crate::ui::action::Action;
use crate::ui::input::KeyPress;
use crate::ui::keymap::Mode;
use crate::ui::session::lists::plan::{self, Item};
use crate::ui::session::model::Beat;
use crate::ui::session::pane::PaneId;

use crate::ui::session::view::View;
use crate::ui::widgets::buttons::Rows;
use crate::ui::widgets::key_bar::{self, Offer};
use crate::ui::widgets::status_line;

/// What the footer offers before anything else, in this order, after what a mode of its own brings.
const FIRST: [Action; 10] = [
    Action::Step,
    Action::Into,
    Action::Out,
    Action::Cancel,
    Action::Surprise,
    Action::Inject,
    Action::Edit,
    Action::Why,
    Action::Continue,
    Action::Compare,
];

/// The fewest cells that a key takes with its words.
const LEAST: usize = 6;

/// How many rows the *Next* line has at most, where a sentence needs them.
const ROWS: usize = 3;

/// Returns the *Next* line: what space will do, why nothing goes on, or what was just said. What may be left out of it goes
/// before it takes more than one row.
pub fn next(view: &View<'_>, width: usize) -> Rows {
    let (theme, shown) = (view.theme, view.shown);
    let say = |label: &str, role: Role, words: &str| {
        let (room, whole) = (status_line::room(width), view.parts(words));
        // Mostly all of it fits.
        let wide: usize = whole.iter().map(|(part, _)| text::width(&harmless(part))).sum();
        let parts = match wide <= room {
            true => whole,
            false => view.parts(keys::shortened(words, |words| text::width(&view.words(words)) <= room)),
        };
        status_line::say_in((label, role), parts, width, ROWS, theme)
    };
    if let Some(toast) = &view.ui.toast {
        let (label, role) = toast.about.head();
        return say(label, role, &toast.words);
    }
    if let Some(words) = caption(view) {
        return say(&words.0, Role::Current, &words.1);
    }
    if shown.past {
        let (at, all) = (shown.happened, shown.rows.len());
        let words = match view.ui.watched() {
            Some(_) => format!(
                "moment {at} of {all}: \x01next_beat\x02 shows what it did, beat by beat\x03; \x01now\x02 back to now\x03; nothing runs"
            ),
            None => format!(
                "moment {at} of {all}: \x01forward\x02 forward, \x01now\x02 back to now\x03; nothing runs\x03; what you do here forks\x03; \x01compare_moments\x02 compares it with {}",
                match view.ui.moment.filter(|kept| *kept != shown.state.seq) {
                    Some(kept) => format!("event {kept}"),
                    None => "now".to_owned(),
                }
            ),
        };
        return say(" Past  ", Role::Recorded, &words);
    }
    if let Some(sought) = shown.sought.as_ref().filter(|_| view.finds()) {
        let words = format!("the trace shows what is {}: \x01find_end\x02 shows all of it", sought.query.text());
        return say(" Find  ", Role::Strong, &words);
    }
    if let Some(looked) = view.searches.filter(|_| view.ui.find.is_some() && view.finds()) {
        let words = format!(
            "looking through the context, {} so far; \x01find_end\x02 ends the search",
            text::count(looked, "value")
        );
        return say(" Find  ", Role::Strong, &words);
    }
    if let Some(find) = view.ui.find.as_ref().filter(|_| view.finds()) {
        let of = view.ui.hits.as_ref().filter(|_| view.ui.focus == PaneId::CONTEXT);
        let of = of.map_or(String::new(), |hits| format!(" {} of {}", hits.at + 1, hits.list.len()));
        let words = format!(
            "\"{find}\"{of}: \x01find_next\x02 next match\x03, \x01find_previous\x02 the one before\x03, \x01find_end\x02 ends the search"
        );
        return say(" Find  ", Role::Strong, &words);
    }
    if view.poses() {
        let words = "look for it first; \x01step\x02 shows what the check found\x03, and a plan that mends it";
        return say(" Next  ", Role::Current, words);
    }
    if let Some(watch) = view.ui.watched() {
        let drops = |dropped: &Dropped| match plan::item(view, plan::selected(view)).and_then(|item| item.step()) {
            Some(step) if dropped.contains(&step.id) => {
                "which steps survive? \x01predict\x02 says that this one does\x03, \x01next_beat\x02 goes on"
            }
            Some(_) | None => {
                "which steps survive? \x01predict\x02 says that this one does not\x03, \x01next_beat\x02 goes on"
            }
        };
        let words = match watch.beat {
            _ if !watch.tells() && watch.predicted.is_some() => watch.predicted.as_ref().map_or("", drops),
            Beat::Landed => match watch.word(Beat::Breaks) {
                "goes stale" => {
                    "this changed; \x01next_beat\x02 shows what goes stale\x03, \x01predict\x02 predicts what survives"
                }
                "breaks" => {
                    "this changed; \x01next_beat\x02 shows what it breaks\x03, \x01predict\x02 predicts what survives"
                }
                _ => {
                    "the goal changed; \x01next_beat\x02 shows what is still useful\x03, \x01predict\x02 predicts what survives"
                }
            },
            Beat::Breaks if !watch.useful.is_empty() => {
                "done and useful, done for nothing, to do; \x01next_beat\x02 shows how the plan is rewritten"
            }
            Beat::Breaks => {
                "this does not hold; \x01next_beat\x02 rewrites the plan\x03, \x01predict\x02 predicts what survives"
            }
            Beat::Rewritten => match plan::item(view, plan::selected(view)) {
                Some(Item::Proposed(change)) if watch.out.contains(&change.step.id) => {
                    "\x01accept\x02 accepts the rest, \x01reject\x02 runs the old plan\x03, \x01toggle_hunk\x02 puts this line back"
                }
                Some(Item::Proposed(_) | Item::Run(_) | Item::Todo(_) | Item::Thought(_)) | None => {
                    "\x01accept\x02 accepts the plan, \x01reject\x02 runs the old one\x03, \x01toggle_hunk\x02 leaves this line out"
                }
            },
        };
        return say(" Next  ", Role::Replanned, words);
    }
    let state = &shown.state;
    let stopped = state.stopped_at().is_some();
    let (label, role) = match &acting(state).phase {
        Phase::Ready | Phase::Review if stopped => (" Break ", Role::Breakpoint),
        Phase::Ended { .. } if state.runnable().is_none() || state.is_react() => (" End   ", Role::Failed),
        Phase::Reached => (" Done  ", Role::Done),
        Phase::Running { .. } | Phase::Planning { .. } => (" Now   ", Role::Current),
        Phase::New
        | Phase::Review
        | Phase::Deciding
        | Phase::Ready
        | Phase::Approving
        | Phase::Interrupted
        | Phase::Ended { .. } => (" Next  ", Role::Current),
    };
    match view.ui.moment.filter(|kept| *kept != state.seq) {
        Some(kept) => {
            let words = format!("{}\x03; \x01compare_moments\x02 compares this with event {kept}", shown.next());
            say(label, role, &words)
        }
        None => say(label, role, shown.next()),
    }
}

/// Returns where the demo stands and what the audience reads of it; none where there is something else to say: a session
/// that waits for a person's answer says so.
fn caption(view: &View<'_>) -> Option<(String, String)> {
    let beat = view.ui.present.as_ref()?.beat.as_ref().filter(|_| !view.shown.past)?;
    let state = &view.shown.state;
    if state.asks().is_some() || matches!(acting(state).phase, Phase::Approving | Phase::Interrupted) {
        return None;
    }
    let words = match beat.at {
        0 => "\x01demo_next\x02 begins".to_owned(),
        // It stands in a goal file: what would name a key there names none.
        _ => beat.title.replace(['\x01', '\x02', keys::MAY_GO], " "),
    };
    Some((format!(" {:<5} ", format!("{}/{}", beat.at, beat.of)), words))
}

/// Returns the keys that the footer offers in `width` cells, each with the columns that it takes.
pub fn offers(view: &View<'_>, width: usize) -> Vec<Offer> {
    let modes = view.modes();
    let mut offers = Vec::new();
    let mut seen = Vec::new();
    let end = [Action::Help, Action::Quit];
    let cells =
        |press: &KeyPress, action: Action| text::width(&press.to_string()) + 1 + text::width(label(view, action)) + 2;
    let reserved: usize =
        end.iter().filter_map(|action| Some(cells(&view.keymap.key_for(&modes, *action)?, *action))).sum();
    let mut column = 1;
    let mut put = |press: KeyPress, action: Action, most: usize, column: &mut usize, works: &dyn Fn() -> bool| {
        let wide = cells(&press, action);
        // What finds no room is not asked whether it works: that may be dear.
        let fits = *column + wide <= most;
        if fits && works() {
            offers.push((press, action, *column..*column + wide - 2));
            *column += wide;
            return true;
        }
        !fits
    };
    let special = |mode: &Mode| {
        use Mode::*;
        !matches!(mode, Question | Lesson | Turn | Plan | Context | Trace | Everywhere)
    };
    let waits: &[Action] = match acting(&view.shown.state).phase {
        _ if view.shown.past => &[Action::Now, Action::Back, Action::Forward],
        Phase::Deciding if view.ui.watched().is_none() => &[Action::Proposal],
        Phase::Interrupted => &[Action::Rerun, Action::Inject, Action::Skip],
        Phase::Running { .. } if view.shown.state.asks().is_some() => &[Action::Proposal],
        Phase::Reached => &[Action::Evidence, Action::Surprise, Action::Compare],
        // The ways out: a hand edit that leaves none on is most easily taken back.
        Phase::Ended { outcome: Outcome::Stopped | Outcome::Interrupted, .. }
            if view.shown.state.settings.planner.is_program() =>
        {
            &[Action::Planner, Action::Replan]
        }
        Phase::Ended { .. } => &[Action::Step, Action::Undo, Action::Rerun, Action::Inject],
        _ => &[], // the other phases need no key before the usual ones
    };
    let urgent = waits.iter().filter_map(|action| Some((view.keymap.key_for(&modes, *action)?, *action)));
    let own: Vec<Mode> = modes.iter().copied().filter(special).collect();
    let first = FIRST.iter().filter_map(|action| Some((view.keymap.key_for(&modes, *action)?, *action)));
    if let Some(presented) = &view.ui.present {
        for (press, action) in presented.footer(view.keymap) {
            put(press, action, width.saturating_sub(reserved), &mut column, &|| true);
        }
    }
    let (own, all) = (view.keymap.active(&own), view.keymap.active(&modes));
    let active = urgent.chain(own.iter().copied()).chain(first).chain(all.iter().copied());
    let is_quiet = quiet(view, &modes);
    for (press, action) in active {
        if column + LEAST > width.saturating_sub(reserved) {
            break;
        }
        let known = end.contains(&action) || seen.contains(&action);
        // An audience reads the keys that were pressed, not all that there are.
        if known || is_quiet(action) || view.ui.present.is_some() {
            continue;
        }
        if put(press, action, width.saturating_sub(reserved), &mut column, &|| view.works(action)) {
            seen.push(action);
        }
    }
    for action in end {
        if let Some(press) = view.keymap.key_for(&modes, action) {
            put(press, action, width + 2, &mut column, &|| true);
        }
    }
    offers
}

/// Returns what tells whether the footer leaves an action to the help: everybody finds the arrows.
fn quiet(view: &View<'_>, modes: &[Mode]) -> impl Fn(Action) -> bool + use<> {
    use Action::*;
    let state = view.session.state();
    let here = acting(state);
    let goes = matches!(here.phase, Phase::Running { .. }) || frame::is_going(state) || state.is_planning_outside();
    let early = view.ui.watched().is_some_and(|watch| watch.beat < Beat::Rewritten);
    // Where space does what another key says better, that key stands there.
    // Where a value is selected, Enter unfolds it: there it is space that says what waits.
    let entered = view.keymap.key_for(modes, Proposal).is_some();
    let waits = state.asks().is_some() || (matches!(state.phase, Phase::Deciding) && view.ui.watched().is_none());
    let trusts = here.phase == Phase::Approving && waits_for_trust(here);
    let elsewhere = view.shown.past || trusts || waits && entered;
    let view_past = view.shown.past;
    let busy = elsewhere || matches!(here.phase, Phase::Running { .. }) && state.asks().is_none();
    let (bare, embedded_alone) = (state.breakpoints.is_empty(), state.goal.planner.is_none());
    let is_taught = view.ui.lesson.as_ref().is_some_and(|taught| !taught.hidden);
    // There is no past worth a look before anything has run.
    let fresh = state.runs.is_empty() && state.turns.is_empty();
    move |action| match action {
        Back => fresh && !view_past,
        Cancel => !goes,
        Planner => embedded_alone,
        Step => busy,
        Accept => early,
        // What is about breakpoints is offered once there are any; how to set one, before.
        Breakpoints | LastHit | NextHit => bare,
        // The strip of the lesson names its own keys.
        Hint | HideLesson | Answer | SkipQuestion => is_taught,
        // The line below the plan offers it, with what it does.
        Mend => true,
        NextReplan | FirstTime | Writer | CompareMoments | WatchFilter => true,
        // The title of the report says it.
        ByNumber => true,
        Up | Down | Left | Right | PageUp | PageDown | Top | Bottom | NextPane | PreviousPane | PlanPane
        | ContextPane | TracePane | Suspend | Grow | Shrink | Versions | Pager | CopyAs | Editor => true,
        _ => false, // the others are worth a word
    }
}

/// Returns the word or two beside the key of `action`: what waits is called by its name.
fn label(view: &View<'_>, action: Action) -> &'static str {
    let state = &view.shown.state;
    match (action, &state.phase) {
        (Action::Proposal, Phase::Running { .. }) if state.asks().is_some() => "answer",
        (Action::Step, Phase::Running { .. }) if state.asks().is_some() => "answer",
        (Action::Proposal | Action::Step, Phase::Deciding) if view.ui.watched().is_none() && !view.shown.past => {
            "the proposal"
        }
        (Action::Proposal, Phase::Interrupted) => "what now",
        (Action::Approve, _) if acting(state).phase == Phase::Approving && waits_for_trust(acting(state)) => {
            "what it starts"
        }
        (Action::Quit, _) if view.ui.below.is_some() => view.ui.below.unwrap_or_default(),
        (action, _) => action.label(),
    }
}

/// Returns the line of keys that offers these.
pub fn key_line(view: &View<'_>, offers: &[Offer], width: usize) -> Line<'static> {
    key_bar::line(offers, |action| label(view, action), width, view.theme)
}
