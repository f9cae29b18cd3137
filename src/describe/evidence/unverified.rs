//! What was not verified: what nothing checked, what did not run, and what somebody said instead.

use std::sync::Arc;

use super::Line;
use crate::describe::coped::{Judged, expectations, in_wait};
use crate::describe::sign::Role;
use crate::describe::step;
use crate::describe::text::clip;
use crate::engine::context::{Datum, Origin};
use crate::engine::event::Mark;
use crate::engine::goal::{Condition, Key};
use crate::engine::session::Session;
use crate::engine::state::{State, Status, StepRun};
use crate::engine::turn::Wits;

/// How many names are given before the rest is counted.
const NAMED: usize = 6;

/// Returns what was not verified in `session` up to `end`.
pub(super) fn rows(session: &Session, end: &State) -> Vec<Line> {
    let mut rows = Vec::new();
    let mut say = |role, names: Vec<String>, words: &str| {
        if !names.is_empty() {
            rows.push(Line::new(role, format!("{}: {words}", list(&names))));
        }
    };
    let keys = |which: &dyn Fn(&Key, &Arc<Datum>) -> bool| {
        end.context.iter().filter(|(key, datum)| which(key, datum)).map(|(key, _)| key.to_string()).collect::<Vec<_>>()
    };
    let bare = |(_, condition): &(&Key, &Condition)| condition.trim() == "true";
    let wants = end.goal.wants.iter().filter(bare).map(|(key, _)| key.to_string()).collect();
    say(Role::Pending, wants, "wanted without a condition; that it is there is all that was checked");
    let levels = end.levels();
    let steps = |which: &dyn Fn(&State, &StepRun) -> bool| {
        let of = |level: &&State| {
            let named = |run: &&Arc<StepRun>| which(level, run);
            level.runs.iter().filter(named).map(|run| step::label(&run.step)).collect::<Vec<_>>()
        };
        levels.iter().flat_map(of).collect::<Vec<_>>()
    };
    let unchecked = |level: &State, run: &StepRun| {
        let ensures = run.step.tool_in(&level.goal.tools).is_some_and(|tool| !tool.ensures.is_empty());
        run.status == Status::Done && run.mark == Mark::Ran && !ensures && run.step.ensures.is_empty()
    };
    say(Role::Pending, steps(&unchecked), "no `ensures` checks what it made");
    say(Role::Stale, steps(&|_, run| run.on_stale), "ran on stale values");
    say(Role::Injected, steps(&|_, run| run.mark == Mark::Injected), "did not run: a surprise gave its outcome");
    say(Role::Injected, steps(&|_, run| run.mark == Mark::Answered), "answered by hand");
    say(Role::Recorded, steps(&|_, run| run.mark == Mark::Recorded), "from the record; it did not run");
    say(Role::Interrupted, steps(&|_, run| run.status == Status::Interrupted), "nobody knows how it went");
    let given = keys(&|_, datum| matches!(datum.origin, Origin::Injected));
    say(Role::Injected, given, "the world is said to be this; no tool observed it");
    let edited = keys(&|_, datum| matches!(datum.origin, Origin::Edited(_)));
    say(Role::Injected, edited, "the outcome was replaced by hand");
    say(Role::Stale, keys(&|key, datum| !datum.fresh && end.goal.wants.contains_key(key)), "stale now");
    let expected = expectations(session, end);
    if expected.is_empty() {
        rows.push(Line::new(Role::Pending, "no `expect` is in force: nothing says what is right, only what is wanted"));
    }
    for one in expected {
        if one.without_surprise {
            let words = format!("expect on {}: no scenario says what is right with the surprise", one.key);
            rows.push(Line::new(Role::Pending, words));
        } else if let Judged::Not(_) = one.judged {
            rows.push(Line::new(Role::Pending, format!("expect on {}: {}", one.key, one.judged.said())));
        }
    }
    let mut wits: Vec<Wits> = levels.iter().filter_map(|level| level.settings.strategy.wits()).collect();
    wits.retain(|wits| *wits != Wits::Planner);
    wits.dedup();
    for wits in wits {
        rows.push(Line::new(Role::Thought, format!("decided by the {}", wits.label())));
    }
    let waiting = if end.phase.is_over() { in_wait(session, end) } else { Vec::new() };
    for waiting in waiting {
        rows.push(Line::new(Role::Surprise, format!("{} never came: it changed nothing", waiting.name)));
    }
    if rows.is_empty() {
        rows.push(Line::new(Role::Done, "everything that was concluded was checked"));
    }
    rows
}

fn list(names: &[String]) -> String {
    let mut said: Vec<String> = names.iter().take(NAMED).map(|name| clip(name, 40)).collect();
    if names.len() > NAMED {
        said.push(format!("and {} more", names.len() - NAMED));
    }
    said.join(", ")
}
