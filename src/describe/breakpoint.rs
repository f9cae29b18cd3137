//! Breakpoints in words: where one stands, what it found, why the session stopped there, and what comes next.

use crate::engine::advance::advance;
use crate::engine::breakpoint::{Found, Hit, Place, Standing};
use crate::engine::event::{Event, Pace, Stop};
use crate::engine::plan::Step;
use crate::engine::state::{Phase, State};

use super::sign::Role;
use super::step::{flow, label, label_of as named};
use super::text::{self, count};
use super::{event, value};

/// How much of a value is said, in cells.
const VALUE: usize = 40;

/// How many events are looked past for what comes next: they only say what is so.
const LOOKED_PAST: usize = 8;

/// Every kind of place with a pattern of how it is written, and what it means: for help, completion and forms.
pub const KINDS: [(&str, &str); 10] = [
    ("step:", "before this step starts"),
    ("tool:", "before a step starts that uses this tool"),
    ("key:", "when this key has another value"),
    ("when:", "when this jq condition on the context comes to hold"),
    ("replan", "when a replan is proposed; replan>3: one that changes more than 3 steps"),
    ("deviation", "when something new contradicts the plan"),
    ("check", "when a condition of the goal file does not hold"),
    ("stale", "when a step would read a value that is stale or refuted"),
    ("failed", "when a step has failed for good"),
    ("contract", "when a tool answers what its contract does not allow"),
];

/// Returns how `place` is written: `key:tickets`, `replan>3`, `when:.counts.refund > 3`.
pub fn written(place: &Place) -> String {
    match place {
        Place::Step(id) => format!("step:{id}"),
        Place::Tool(tool) => format!("tool:{tool}"),
        Place::Key(key) => format!("key:{key}"),
        Place::Replan(None) => "replan".into(),
        Place::Replan(Some(most)) => format!("replan>{most}"),
        Place::Deviation => "deviation".into(),
        Place::Check => "check".into(),
        Place::Stale => "stale".into(),
        Place::Failed => "failed".into(),
        Place::Contract => "contract".into(),
        Place::When { condition, .. } => format!("when:{condition}"),
    }
}

/// Returns where `place` is, in words.
pub fn place(place: &Place, state: &State) -> String {
    match place {
        Place::Step(id) => format!("before {}", named(state, id)),
        Place::Tool(tool) => format!("before {tool} runs"),
        Place::Key(key) => format!("{key} changes"),
        Place::Replan(None) => "a replan".into(),
        Place::Replan(Some(most)) => format!("a replan that changes more than {}", count(*most, "step")),
        Place::Deviation => "a deviation".into(),
        Place::Check => "a failed check".into(),
        Place::Stale => "a stale read".into(),
        Place::Failed => "a failed step".into(),
        Place::Contract => "an answer unlike its contract".into(),
        Place::When { condition, .. } => format!("{condition} comes to hold"),
    }
}

/// Returns what `hit` found.
pub fn found(hit: &Hit, state: &State) -> String {
    what(&hit.found, &hit.place, state)
}

/// Returns what a breakpoint at `place` found.
pub fn what(found: &Found, at: &Place, state: &State) -> String {
    match found {
        Found::Starts { step } => format!("before {}", named(state, step)),
        Found::Reads { step: Some(step), key } => format!("{} would read {key}, which is stale", named(state, step)),
        Found::Reads { step: None, key } => format!("{key} would be read, and it is stale"),
        Found::Changed { key } => match state.context.get(key) {
            Some(datum) => {
                let whole = value::json(&datum.value, VALUE);
                let size = value::size(&datum.value).filter(|_| text::width(&whole) >= VALUE);
                format!("{key} is {} now", size.unwrap_or(whole))
            }
            None => format!("{key} has no value any more"),
        },
        Found::Replan { changes } => format!("a replan changes {}", count(*changes, "step")),
        Found::Deviation { message } => message.to_string(),
        Found::Check { condition, keys, undecided: None } => {
            format!("{condition} does not hold on {}", keys_of(keys))
        }
        Found::Check { condition, keys, undecided: Some(why) } => {
            format!("{condition} cannot be decided on {}: {why}", keys_of(keys))
        }
        Found::Failed { step, error } => format!("{} failed: {error}", named(state, step)),
        Found::Holds => match at {
            Place::When { condition, .. } => format!("{condition} holds"),
            other => place(other, state),
        },
    }
}

fn keys_of(keys: &[crate::engine::goal::Key]) -> String {
    if keys.is_empty() { "nothing".into() } else { keys.iter().map(|key| &**key).collect::<Vec<_>>().join(", ") }
}

/// Returns how a breakpoint stands: its sign, and what there is to know besides its place.
pub fn standing(standing: &Standing) -> (Role, Vec<String>) {
    let breakpoint = &standing.breakpoint;
    let role = if standing.is_on() { Role::Breakpoint } else { Role::Pending };
    let mut words = vec![match standing.hits {
        0 => "no hit yet".to_owned(),
        hits => count(hits as usize, "hit"),
    }];
    if let Some(why) = &standing.undecided {
        words.push(undecided(standing, why));
    }
    if !breakpoint.enabled {
        words.push("off".into());
    }
    if breakpoint.ignore > 0 {
        words.push(format!("ignores {}", breakpoint.ignore));
    }
    if let Some(note) = &breakpoint.note {
        words.push(format!("notes \"{}\"", note.text));
    }
    (role, words)
}

/// Returns that the condition of a breakpoint could not be decided, and `why`.
pub fn undecided(standing: &Standing, why: &str) -> String {
    let what = if standing.faulty { "faulty, not judged any more" } else { "could not be decided" };
    format!("{what}: {why}")
}

/// Returns the *Next* line of a session that stopped at `hit`: why, and what space does.
pub(super) fn next(state: &State, hit: &Hit) -> String {
    let here = super::frame::acting(state);
    let why = format!("breakpoint {}: {}", hit.breakpoint, text::clip(&found(hit, here), 60));
    match follows(state) {
        Follows::Step(step) => {
            let what =
                if hit.found.before().is_some() { String::new() } else { format!(" {}", text::clip(step.name(), 32)) };
            format!("{why}; \x01step\x02 runs{}\x03: {}", if what.is_empty() { " it" } else { &what }, flow(&step))
        }
        Follows::Said(words) => format!("{why}; \x01step\x02 goes on: {words}"),
        Follows::Nothing => format!("{why}; nothing follows by itself"),
    }
}

/// Returns why a run ended at `hit`, and what would have come next.
pub fn stopped(state: &State, hit: &Hit) -> String {
    let here = super::frame::acting(state);
    format!(
        "breakpoint {} ({}): {}; next: {}",
        hit.breakpoint,
        written(&hit.place),
        found(hit, here),
        comes_next(state)
    )
}

/// Returns what would come next if the session went on.
pub fn comes_next(state: &State) -> String {
    match follows(state) {
        Follows::Step(step) => format!("{} runs", label(&step)),
        Follows::Said(words) => words,
        Follows::Nothing => "nothing follows by itself".into(),
    }
}

/// What follows by itself where a session stopped.
enum Follows {
    /// This step runs.
    Step(Step),
    /// This.
    Said(String),
    /// Nothing.
    Nothing,
}

/// Finds what follows by itself, by the code that lets it follow.
fn follows(state: &State) -> Follows {
    let mut after = state.clone();
    free(&mut after);
    for _ in 0..LOOKED_PAST {
        match advance(&after) {
            // They say what is so: what is done about it comes behind them.
            Some(event @ (Event::Deviated { .. } | Event::Approved { step: None, .. })) => {
                after.apply(after.seq + 1, &event);
                free(&mut after);
            }
            Some(event) => return said(&after, &event),
            None => break,
        }
    }
    let open = !after.open_questions.is_empty();
    match super::frame::acting(&after).phase {
        Phase::Planning { .. } => Follows::Said("the planner answers".into()),
        Phase::Deciding => Follows::Said("the proposal is decided on".into()),
        Phase::Running { .. } => Follows::Said("the running step goes on".into()),
        _ if open => Follows::Said("conditions are judged".into()),
        _ => Follows::Nothing,
    }
}

/// Lets `state` go on as if nobody had stopped it.
fn free(state: &mut State) {
    (state.halted, state.pace, state.held) = (false, Pace::Free, false);
    state.breakpoints = std::sync::Arc::default();
    if let Some(inner) = &mut state.inner {
        free(std::sync::Arc::make_mut(inner));
    }
}

fn said(state: &State, event: &Event) -> Follows {
    Follows::Said(match event {
        Event::Inner { event } => match &state.inner {
            Some(inner) => return said(inner, event),
            None => return Follows::Nothing,
        },
        Event::Started { step, .. } => match state.step(step) {
            Some(step) => return Follows::Step((**step).clone()),
            None => format!("{step} runs"),
        },
        Event::PlanRequested { cause: Some(cause) } => format!("a replan is asked for: {}", cause.message()),
        Event::PlanRequested { cause: None } if state.is_react() => "it thinks".into(),
        Event::PlanRequested { cause: None } => "a plan is asked for".into(),
        Event::Replanned { .. } => "the proposed steps are taken".into(),
        Event::Reached => "the goal is reached".into(),
        Event::Ended { why, .. } => format!("it ends: {why}"),
        Event::Stopped { why: why @ Stop::Blocked { .. } } => format!("it is blocked: {}", event::stop(why)),
        Event::Stopped { why } => event::stop(why),
        Event::Skipped { step } => format!("{} is passed by", named(state, step)),
        Event::Entered { step, .. } => format!("the loop of {} begins", named(state, step)),
        Event::Injected { .. } | Event::Armed { .. } | Event::GoalChanged { .. } => "a surprise lands".into(),
        event => event::line(event, state, &[]).sentence(),
    })
}
