//! The header: the goal, the settings, where in the loop the session is, and how the wants stand.

use std::cmp::Ordering;

use crate::describe::settings;
use ratatui::text::Line;

use crate::describe::condition;
use crate::describe::event;
use crate::describe::frame::{acting, loop_run};
use crate::describe::sanitize::harmless;
use crate::describe::sign::Role;
use crate::describe::survival;
use crate::describe::text;
use crate::describe::useful;
use crate::engine::event::{Event, Pace, Stop, Strategy, Verdict};
use crate::engine::state::{Phase, State, Status};
use crate::engine::turn::{Became, Wits};
use crate::ui::session::model::{Beat, Watch};
use crate::ui::session::panes::why;
use crate::ui::session::view::View;
use crate::ui::widgets::row::Row;

/// The loop of the textbook where a plan is made.
const LOOP: [&str; 5] = ["plan", "execute", "write", "check", "replan"];

/// The same once around, after a step that nothing contradicts.
const ROUND: [&str; 5] = ["plan", "execute", "write", "check", "next step"];

/// The loop where one action is decided on at a time.
const TURN: [&str; 3] = ["think", "act", "observe"];

/// The narrowest header that says in whole words whose wits decide.
const WHOLE: usize = 78;

/// The room for the name of a want without its words.
const KEYS: usize = 8;

/// The most wants that are said in words.
const WORDED: usize = 4;

/// The narrowest header that names the strategy where it is the usual one.
const NAMED: usize = 100;

/// Returns the two lines of the header, `width` cells wide.
pub fn lines(view: &View<'_>, width: usize) -> Vec<Line<'static>> {
    let (state, theme) = (&view.shown.state, view.theme);
    let (strong, dim, plain) = (theme.style(Role::Strong), theme.style(Role::Dim), theme.style(Role::Text));
    // A loop that rests goes nowhere, whatever was asked of its step.
    let pace = match if loop_run(state).is_some() { &acting(state).pace } else { &state.pace } {
        Pace::Paused => String::new(),
        Pace::Steps(n) => format!("{} · ", text::count(*n as usize, "step")),
        Pace::Into => "half a turn · ".to_owned(),
        Pace::Out => "out of the loop · ".to_owned(),
        Pace::Until(id) => format!("until {id} · "),
        Pace::ToDeviation => "runs to the next deviation · ".to_owned(),
        Pace::ToReplan => "runs to the next replan · ".to_owned(),
        Pace::Free => "going on · ".to_owned(),
    };
    let goal = 1 + text::width(&harmless(&state.goal.goal));
    // The goal comes first: of how it is pursued there is said as much as there is room for beside it.
    let settings: Vec<String> =
        settings(state, width, !pace.is_empty()).iter().map(|words| format!("{pace}{words} ")).collect();
    let settings = settings.iter().find(|words| goal + 2 + text::width(words) <= width).or(settings.last());
    let settings = settings.map_or("", |words| words.trim_start());
    let first = match view.ui.watched() {
        Some(watch) => {
            let (sign, words) = headline(view, watch);
            let words = words.iter().find(|words| text::width(words) + 4 <= width).or(words.last());
            let row = Row::new().put(" ", plain).put(sign.glyph(), theme.style(sign)).put(" ", plain);
            row.put(words.map_or("", String::as_str), strong).fit(width, width)
        }
        None => Row::new()
            .put(" ", plain)
            .put(&state.goal.goal, strong)
            .right(if view.ui.present.is_some() { "" } else { settings }, dim)
            .fit(width, if width < WHOLE { 8 } else { 24 }),
    };
    // Beside the strip there is at least the first want; an only one in words, where they leave room for the strip.
    let wants = &state.goal.wants;
    let more = if wants.len() > 1 { 4 } else { 0 };
    let whole =
        wants.iter().next().filter(|_| wants.len() == 1).map(|(key, jq)| text::width(&condition::wanted(key, jq)));
    let whole = whole.filter(|wide| *wide <= width * 3 / 5);
    let least = wants.keys().next().map_or(27, |key| 6 + whole.unwrap_or(text::width(key)) + 4 + more);
    let room = width.saturating_sub(least + 1);
    let second = match view.ui.watched() {
        // The words of a want give way to the beats.
        Some(watch) => beats_of(view, watch, room, width.saturating_sub(least - whole.unwrap_or(0) + KEYS)),
        None => strip(view, room),
    };
    vec![first, self::wants(view, second, width)]
}

/// Returns what the beat of a replan is about that shows, in words and in fewer words: what changed, what breaks, how the
/// plan is rewritten.
fn headline(view: &View<'_>, watch: &Watch) -> (Role, Vec<String>) {
    let state = &view.shown.state;
    let Some(replan) = state.replans.iter().find(|replan| replan.seq == watch.seq) else {
        return (Role::Surprise, Vec::new());
    };
    match watch.beat {
        Beat::Landed => match why::seen(view.session, replan) {
            Some(record) if !matches!(record.event, Event::GoalChanged { .. }) => {
                let told = event::told(view.session, record, view.session.state());
                let by = told.marks.first().map(|by| format!("{by}: ")).unwrap_or_default();
                (Role::Surprise, vec![format!("{by}{}", told.sentence()), told.sentence()])
            }
            // A changed goal is said from what to what, where there is room for it.
            Some(_) | None => {
                let now = format!("the goal is now: {}", state.goal.goal);
                (Role::Surprise, vec![replan.proposal.cause.message().to_owned(), now])
            }
        },
        Beat::Breaks if !watch.useful.is_empty() => (Role::Surprise, vec![useful::summary(&watch.useful)]),
        Beat::Breaks => {
            let mut steps: Vec<&str> = state.deviations.iter().filter_map(|d| d.step.as_deref()).collect();
            steps.dedup();
            let few = match steps.is_empty() {
                true => "what is left to do does not hold".to_owned(),
                false => format!("does not hold: {}", steps.join(", ")),
            };
            (Role::Surprise, vec![replan.proposal.cause.message().to_owned(), few])
        }
        Beat::Rewritten => (Role::Replanned, survival::headline(&watch.changes).into()),
    }
}

/// Returns the beats of a replan that is watched, behind where the session is as far as there is `room`; where they do not
/// even find the `most` room there is, only the one that shows.
fn beats_of(view: &View<'_>, watch: &Watch, room: usize, most: usize) -> Row {
    let theme = view.theme;
    let (strong, dim, plain) = (theme.style(Role::Strong), theme.style(Role::Dim), theme.style(Role::Text));
    let shown = Beat::ALL.into_iter().filter(|beat| watch.beats.contains(beat));
    let shown: Vec<_> = shown.map(|beat| (beat, watch.word(beat))).enumerate().collect();
    let wide: usize = shown.iter().map(|(_, (_, word))| text::width(word) + 5).sum();
    let before = strip(view, room.saturating_sub(wide + 1));
    let (mut row, only) = match room {
        room if before.left_width() + 1 + wide <= room => (before.put("  ", dim), false),
        room if wide + 8 <= room => (Row::new().put(" replan ", dim), false),
        _ => (Row::new().put(" ", dim), wide > most),
    };
    for (at, (beat, word)) in shown.into_iter().filter(|(_, (beat, _))| !only || *beat == watch.beat) {
        let (sign, style) = match beat.cmp(&watch.beat) {
            Ordering::Less => (Role::Done, plain),
            Ordering::Equal => (Role::Current, strong),
            Ordering::Greater => (Role::Pending, dim),
        };
        row = row.put(&format!("{} {word} ", at + 1), style).put(sign.glyph(), theme.style(sign)).put(" ", dim);
    }
    row
}

/// Returns the strategy and what goes with it, in words and in fewer and fewer words. Whose wits decide is said at every
/// width.
fn settings(state: &State, width: usize, paced: bool) -> Vec<String> {
    let dial = settings::dial(state.settings.dial);
    let inside = loop_run(state).is_some();
    // Where no plan is made, nobody decides on one; the dial says whether stale values are acted on.
    let strategy = if inside { acting(state).settings.strategy } else { state.settings.strategy };
    let named = settings::strategy(strategy);
    let Some(wits) = strategy.wits() else {
        let whole = format!("replan {dial}, {}", settings::decider(state.settings.decider));
        let short = if strategy == Strategy::PlanAndExecute { String::new() } else { named.clone() };
        let usual = strategy == Strategy::PlanAndExecute && width < NAMED;
        let all =
            [(!usual).then(|| format!("{named} · {whole}")), Some(whole), Some(format!("replan {dial}")), Some(short)];
        return all.into_iter().flatten().collect();
    };
    let short = match wits {
        Wits::StandIn => "react, stand-in".to_owned(),
        Wits::Blind => "react, blind".to_owned(),
        Wits::Planner => "react, planner".to_owned(),
    };
    let (whole, some) = match inside {
        true => (format!("hybrid · inside: {named}"), format!("inside: {named}")),
        false => (format!("{named} · replan {dial}"), named),
    };
    match width {
        NAMED.. => vec![whole, some],
        WHOLE.. if !paced => vec![some],
        _ => vec![short],
    }
}

/// Returns where in [`TURN`] a session or a loop is.
fn place_in_turn(state: &State) -> Option<usize> {
    let seen = state.turns.last().is_some_and(|turn| turn.became != Became::Dropped);
    match &state.phase {
        Phase::Planning { .. } => Some(0),
        Phase::Ready if !state.open_questions.is_empty() => Some(2),
        Phase::Ready if state.next_step().is_some() => Some(1),
        Phase::Ready if seen && state.pace == Pace::Paused => Some(2),
        Phase::New | Phase::Review | Phase::Deciding | Phase::Ready => Some(0),
        Phase::Approving | Phase::Running { .. } | Phase::Interrupted => Some(1),
        Phase::Reached | Phase::Ended { .. } => None,
    }
}

/// Returns where in [`LOOP`] the session is, and whether it is under way there.
fn place(state: &State) -> Option<usize> {
    match &state.phase {
        Phase::New | Phase::Planning { cause: None, .. } | Phase::Review => Some(0),
        Phase::Ready if state.plan.revision == 0 => Some(0),
        Phase::Ready if !state.open_questions.is_empty() => Some(3),
        // What waits is the planner, not a step.
        Phase::Approving if state.stop == Some(Stop::Planner) => Some(if state.runs.is_empty() { 0 } else { 4 }),
        Phase::Ready | Phase::Approving | Phase::Running { .. } | Phase::Interrupted => Some(1),
        Phase::Planning { cause: Some(_), .. } | Phase::Deciding => Some(4),
        Phase::Reached | Phase::Ended { .. } => None,
    }
}

/// Returns where the session is. Where `room` is narrow, what was passed goes first: where it is always shows.
fn strip(view: &View<'_>, room: usize) -> Row {
    let (state, theme) = (&view.shown.state, view.theme);
    let dim = theme.style(Role::Dim);
    let mut row = Row::new().put(" ", dim);
    match &state.phase {
        Phase::Reached => {
            row = row.put("✓", theme.style(Role::Done)).put(" goal reached", theme.style(Role::Strong));
            return row;
        }
        Phase::Ended { outcome, .. } => {
            use crate::engine::event::Outcome;
            let word = match outcome {
                Outcome::Unreachable if state.is_react() => " no action reaches the goal",
                Outcome::Unreachable => " no plan reaches the goal",
                Outcome::NotReached => " goal not reached",
                Outcome::Stopped => " stopped",
                Outcome::Interrupted => " interrupted",
            };
            return row.put("✗", theme.style(Role::Failed)).put(word, theme.style(Role::Strong));
        }
        _ => {} // the other phases have a place in the loop
    }
    if state.is_react() {
        return beats(row, &TURN, place_in_turn(state), view, |_| true, room);
    }
    let here = acting(state);
    if let Some(run) = loop_run(state)
        && !std::ptr::eq(here, state)
    {
        let words = format!("execute → inside {}: ", run.step.id);
        return beats(row.put(&words, dim), &TURN, place_in_turn(here), view, |_| true, room);
    }
    if matches!(state.phase, Phase::Ready) && state.is_dead_end() {
        return row.put("✗", theme.style(Role::Failed)).put(" no step can run", theme.style(Role::Strong));
    }
    // After a step that went well the loop begins again with the next one: nothing is to be replanned.
    let went_well = state.runs.last().is_some_and(|run| run.status == Status::Done);
    if matches!(state.phase, Phase::Ready) && state.open_questions.is_empty() && went_well {
        return beats(row, &ROUND, Some(ROUND.len() - 1), view, |_| true, room);
    }
    // A plan that is wrong from the start is replanned before anything was executed.
    beats(row, &LOOP, place(state), view, |at| at == 0 || !state.runs.is_empty(), room)
}

/// Adds the words of a loop, the one at `here` lit; those before it were passed where `passed` says so. Of those that
/// were passed as many go as have to, for the rest to stay within `room`.
fn beats(
    row: Row,
    loop_of: &[&str],
    here: Option<usize>,
    view: &View<'_>,
    passed: impl Fn(usize) -> bool,
    room: usize,
) -> Row {
    let last = here.unwrap_or(0);
    let (mut from, mut until) = (0, loop_of.len());
    loop {
        let added = beats_from(row.clone(), loop_of, here, view, &passed, from..until);
        if added.left_width() <= room || from >= last && until <= last + 1 {
            return added;
        }
        // What was passed goes first, then what is to come.
        if from < last { from += 1 } else { until -= 1 }
    }
}

/// Adds these words of a loop.
fn beats_from(
    mut row: Row,
    loop_of: &[&str],
    here: Option<usize>,
    view: &View<'_>,
    passed: &impl Fn(usize) -> bool,
    words: std::ops::Range<usize>,
) -> Row {
    let (theme, dim) = (view.theme, view.theme.style(Role::Dim));
    if words.start > 0 {
        row = row.put("…", dim);
    }
    let cut = words.end < loop_of.len();
    for (at, word) in loop_of.iter().enumerate().take(words.end).skip(words.start) {
        row = row.put(if at > 0 { " → " } else { "" }, dim);
        if Some(at) == here {
            row = row.put(word, theme.style(Role::Strong)).put(" ▶", theme.style(Role::Current));
        } else {
            row = row.put(word, dim);
            let done = here.is_some_and(|here| at < here) && passed(at);
            row = if done { row.put(" ✓", theme.style(Role::Done)) } else { row };
        }
    }
    if cut { row.put(" → …", dim) } else { row }
}

fn wants(view: &View<'_>, mut row: Row, width: usize) -> Line<'static> {
    let (state, theme) = (&view.shown.state, view.theme);
    let dim = theme.style(Role::Dim);
    if state.goal.wants.is_empty() {
        return row.right("wants the plan carried out ", dim).fit(width, 30);
    }
    let free = width.saturating_sub(row.left_width() + 7);
    row = row.right("wants ", dim);
    let mut used = 0;
    let total = state.goal.wants.len();
    // In words where all of them find room.
    let whole = state.goal.wants.iter().take(WORDED + 1).map(|(key, jq)| text::width(&condition::wanted(key, jq)) + 4);
    let in_words = total <= WORDED && whole.sum::<usize>() < free;
    for (at, (key, condition)) in state.goal.wants.iter().enumerate() {
        let sign = match (state.context.get(key), state.want_verdict(key)) {
            (None, _) => Role::Pending,
            (Some(datum), _) if datum.refuted.is_some() => Role::Refuted,
            (Some(datum), _) if !datum.fresh => Role::Stale,
            (Some(_), Some(Verdict::True)) => Role::Done,
            (Some(_), Some(Verdict::False | Verdict::Undecided(_))) => Role::Failed,
            (Some(_), None) => Role::Pending,
        };
        let words = if in_words { format!("{} ", condition::wanted(key, condition)) } else { format!("{key} ") };
        // Behind it there may have to be room for how many more there are.
        let more = if at + 1 < total { 4 } else { 0 };
        if used + text::width(&words) + 2 + more > free && at > 0 {
            row = row.right(&format!("+{} ", total - at), dim);
            break;
        }
        used += text::width(&words) + 2;
        row = row.right(&words, theme.style(Role::Text)).right(sign.glyph(), theme.style(sign)).right(" ", dim);
    }
    row.fit(width, 30)
}
