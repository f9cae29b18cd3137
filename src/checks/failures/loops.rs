//! Loop: the same tool on the same inputs again, with the same result; or the same refusal twice for nothing new.
//!
//! No loop is a retry after a failed attempt (that is one step), a step that a person asked for, a call after its
//! inputs changed, a call whose result something outside took away or replaced, and one that brought something new.

use std::collections::HashMap;
use std::sync::Arc;

use super::trace::{called, ended};
use super::{FailureCheck, Found, Trace};
use crate::describe::remedies::Act;
use crate::engine::event::{Event, Seq};
use crate::engine::goal::{Key, ToolName};
use crate::engine::state::{State, Status, StepRun};
use crate::engine::turn::Became;
use crate::engine::value::Shared;

/// Follows the repetition: `s5 ask_shop read what s3 had read, and brought the same`.
pub(super) struct Loop;

impl FailureCheck for Loop {
    fn name(&self) -> &'static str {
        "loop"
    }

    fn headline(&self) -> &'static str {
        "The same call was made again, and it brought nothing new."
    }

    fn advice(&self) -> &'static str {
        "Take the repetition out of the plan, or give the next decision something new to go by."
    }

    fn remedy(&self) -> (Act, &'static str) {
        (Act::Skip, "switches the repetition off")
    }

    fn find(&self, trace: &Trace<'_>) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        for level in &trace.levels {
            repeated_calls(trace, level, &mut found);
            repeated_refusals(trace, level, &mut found);
        }
        found.sort_by_key(|found| found.events.last().copied());
        found
    }
}

/// What a call is the same by: its tool, and the values of what it read, whatever the keys are called.
type Same<'a> = (&'a ToolName, Vec<(Key, u64)>);

fn repeated_calls(trace: &Trace<'_>, level: &State, found: &mut Vec<Found>) {
    let mut before: HashMap<Same<'_>, (&Arc<StepRun>, Seq)> = HashMap::new();
    let over = |run: &StepRun| matches!(run.status, Status::Done | Status::Failed);
    // A tool that was used once repeats nothing.
    let mut uses: HashMap<&ToolName, usize> = HashMap::new();
    level.runs.iter().filter_map(|run| run.step.tool.as_ref()).for_each(|tool| *uses.entry(tool).or_default() += 1);
    for (run, seq) in ended(level).filter(|(run, _)| over(run)) {
        let Some(tool) = run.step.tool.as_ref().filter(|tool| uses.get(tool).is_some_and(|uses| *uses > 1)) else {
            continue;
        };
        let mut inputs: Vec<(Key, u64)> =
            trace.inputs(level, run).into_iter().map(|(name, value)| (name, value.hash())).collect();
        inputs.sort();
        let Some((earlier, earlier_end)) = before.insert((tool, inputs), (run, seq)) else { continue };
        let same = !changed_back(earlier, run) && same_outcome(trace, (earlier, earlier_end), (run, seq));
        if !same || trace.is_persons(&run.step) || taken_away(trace, earlier, run, earlier_end) {
            continue;
        }
        let came = if run.status == Status::Failed { "it failed the same way" } else { "brought the same" };
        let message = format!("{} read what {} had read, and {came}", called(&run.step), earlier.step.id);
        let key = run.step.writes().next().cloned();
        let events = vec![earlier_end, run.started, seq];
        found.push(Found { step: Some(run.step.id.clone()), key, message, events, mended: None });
    }
}

/// Tells whether a key that both read was another value in between, and is the same again now.
fn changed_back(earlier: &StepRun, run: &StepRun) -> bool {
    let version = |key: &Key| earlier.reads.iter().find(|(read, _)| read == key).map(|(_, version)| *version);
    run.reads.iter().any(|(key, now)| version(key).is_some_and(|then| then != *now))
}

/// Tells whether both calls had the same result, by the events that ended them.
fn same_outcome(trace: &Trace<'_>, one: (&StepRun, Seq), other: (&StepRun, Seq)) -> bool {
    match (trace.event(one.1), trace.event(other.1)) {
        (Some(Event::Finished { writes: a, .. }), Some(Event::Finished { writes: b, .. })) => {
            let under =
                |run: &StepRun, name: &Key| run.step.to.iter().find(|(to, _)| to == name).map(|(_, key)| key.clone());
            one.0.step.to.iter().all(|(name, key)| {
                under(other.0, name).is_some_and(|there| a.get(key).is_some() && a.get(key) == b.get(&there))
            })
        }
        // What a failure says may hold a time or a number: that it fails is what is the same.
        (Some(Event::Failed { remember: true, .. }), Some(Event::Failed { .. })) => true,
        _ => false,
    }
}

/// Tells whether something took away or replaced what the earlier call had made, before the later one began.
fn taken_away(trace: &Trace<'_>, earlier: &StepRun, run: &StepRun, earlier_end: Seq) -> bool {
    let writes = || run.step.writes().chain(earlier.step.writes());
    let made = match trace.event(earlier_end) {
        Some(Event::Finished { writes, .. }) => Some(writes),
        _ => None,
    };
    let other = |key: &Key, value: &Shared| made.and_then(|made| made.get(key)).is_some_and(|made| made != value);
    trace.between(earlier_end, run.started).any(|(_, event)| match event {
        Event::Injected { values, .. } => writes().any(|key| values.contains_key(key)),
        Event::Pinned { key, .. } => writes().any(|written| written == key),
        Event::Finished { writes, .. } | Event::Failed { writes, .. } => {
            writes.iter().any(|(key, value)| other(key, value))
        }
        Event::Undone { .. } | Event::Redone { .. } => true,
        _ => false,
    })
}

/// Finds actions that were decided on again and refused again while nothing had been observed in between.
fn repeated_refusals(trace: &Trace<'_>, level: &State, found: &mut Vec<Found>) {
    let mut before: HashMap<(&ToolName, &str), Seq> = HashMap::new();
    for turn in &level.turns {
        let (Some(step), Became::Refused(refused)) = (&turn.thought.step, &turn.became) else { continue };
        let Some(tool) = &step.tool else { continue };
        let (seq, message) = (&refused.seq, &refused.message);
        let Some(earlier) = before.insert((tool, message), *seq) else { continue };
        let news = |event: &Event| match event {
            Event::Finished { writes, .. } | Event::Failed { writes, .. } => !writes.is_empty(),
            Event::Injected { .. } | Event::GoalChanged { .. } | Event::Undone { .. } | Event::Redone { .. } => true,
            _ => false,
        };
        if trace.between(earlier, *seq).any(|(_, event)| news(event)) {
            continue;
        }
        let message = format!("{} was refused again for the same reason: {message}", called(step));
        let key = step.reads().next().cloned();
        found.push(Found { step: Some(step.id.clone()), key, message, events: vec![earlier, *seq], mended: None });
    }
}

#[cfg(test)]
mod tests {

    use serde_json::json;

    use super::super::testing::{chain, checks, go, goal, inject, plan, steps, tool, world};
    use crate::engine::command::Command;
    use crate::engine::effect::CallOutcome;
    use crate::engine::event::Dial;

    fn twice(second: i64) -> Vec<String> {
        let tools = vec![tool("look", "", "seen"), tool("write", "seen", "report")];
        let mut world = world();
        let mut calls = 0;
        world.tool = Box::new(move |call| {
            calls += 1;
            let value = if calls == 2 { json!(second) } else { json!(1) };
            let outputs =
                call.step.to.iter().map(|(name, _)| (name.clone(), crate::engine::value::Shared::new(value.clone())));
            CallOutcome::Done(outputs.collect())
        });
        checks(&world.play(plan(goal("report:odd", "", tools), &["look", "look", "write"]), Dial::OnDeviation))
    }

    #[test]
    fn the_same_call_with_the_same_outcome_is_a_loop_and_one_that_brought_something_new_is_none() {
        assert_eq!(twice(1), ["loop: s2 look read what s1 had read, and brought the same"]);
        assert_eq!(twice(3), Vec::<String>::new());
    }

    #[test]
    fn a_retry_is_no_loop() {
        let mut load = tool("load", "", "tickets");
        load.retries = 2;
        let mut world = world();
        let mut calls = 0;
        world.tool = Box::new(move |call| {
            calls += 1;
            if calls < 3 {
                return CallOutcome::Failed("503".into());
            }
            crate::engine::testing::add_up(call)
        });
        let session = world.play(goal("tickets:odd", "", vec![load]), Dial::OnDeviation);
        assert_eq!(checks(&session), Vec::<String>::new());
    }

    #[test]
    fn a_call_after_its_inputs_changed_is_no_loop_and_neither_is_one_that_a_person_asks_for() {
        let (mut world, mut session) = chain(Dial::OnDeviation);
        steps(&mut world, &mut session, 2);
        inject(&mut world, &mut session, "tickets", json!(8));
        go(&mut world, &mut session);
        assert!(session.state().runs.iter().filter(|run| run.step.name() == "count").count() == 2);
        session.submit(Command::Rerun("s1".into()), "").expect("it was started");
        go(&mut world, &mut session);
        assert_eq!(checks(&session), Vec::<String>::new());
    }

    #[test]
    fn a_step_that_failed_and_stands_in_the_plan_again_is_a_loop() {
        let tools = vec![tool("load", "", "tickets"), tool("write", "tickets", "report")];
        let mut world = world();
        world.tool = Box::new(|_| CallOutcome::Failed("503".into()));
        let session = world.play(plan(goal("report:odd", "", tools), &["load", "load", "write"]), Dial::Never);
        assert_eq!(checks(&session), ["loop: s2 load read what s1 had read, and it failed the same way"]);
    }
}
