//! Hallucinated step: a tool, an input or an output that does not exist, or "done" with nothing observed.
//!
//! An input that another tool could make, or that a later step makes, exists: that is an order gone wrong, and no
//! invention. Neither is a step that a person switched off.

use std::collections::HashSet;
use std::sync::Arc;

use super::counter::asks_for;
use super::trace::{called, ended};
use super::{FailureCheck, Found, Trace};
use crate::describe::remedies::Act;
use crate::engine::effect::Subject;
use crate::engine::event::{Edit, Event, Seq};
use crate::engine::goal::{Check, Key};
use crate::engine::ordered::IndexMap;
use crate::engine::plan::{Step, StepId};
use crate::engine::review::not_its_own;
use crate::engine::state::{State, Status, StepRun};
use crate::engine::value::{Shared, Value};

/// Follows the invention: `s3 group_changes reads "merged_changes": nothing makes it and nothing ever had that name`.
pub(super) struct HallucinatedStep;

impl FailureCheck for HallucinatedStep {
    fn name(&self) -> &'static str {
        "hallucinated_step"
    }

    fn headline(&self) -> &'static str {
        "A step counts on something that does not exist."
    }

    fn advice(&self) -> &'static str {
        "Name a tool and keys that exist, or let it replan."
    }

    fn remedy(&self) -> (Act, &'static str) {
        (Act::Edit, "edits the step")
    }

    fn find(&self, trace: &Trace<'_>) -> Vec<Found> {
        let known = trace.ever_known();
        let written: HashSet<&Key> = trace.steps.iter().flat_map(|(_, step)| step.writes()).collect();
        let made: HashSet<&Key> = trace.end.goal.tools.values().flat_map(|tool| tool.outputs.iter()).collect();
        let exists = |key: &Key| known.contains(key) || written.contains(key) || made.contains(key);
        let mut found = Vec::new();
        for (seq, step) in trace.steps.iter().filter(|(_, step)| !step.skip) {
            if let Some((key, what)) = invented(trace.end, step, &exists) {
                let mended = mended(trace, *seq, &step.id);
                let mut message = format!("{} {what}", called(step));
                match mended.and_then(|seq| Some((seq, trace.event(seq)?))) {
                    Some((seq, Event::Replanned { .. })) => {
                        message.push_str(&format!("; the replan at event {seq} took it out"));
                    }
                    Some((seq, _)) => message.push_str(&format!("; it was mended by hand at event {seq}")),
                    None => {}
                }
                found.push(Found { step: Some(step.id.clone()), key, message, events: vec![*seq], mended });
            }
        }
        for level in &trace.levels {
            found.extend(ended(level).filter_map(|(run, seq)| unobserved(trace, level, run, seq)));
        }
        found.sort_by_key(|found| found.events.first().copied());
        found
    }
}

/// Returns what a step names that does not exist, with the key that it is about.
fn invented(end: &State, step: &Step, exists: &dyn Fn(&Key) -> bool) -> Option<(Option<Key>, String)> {
    if let Some(name) = &step.tool {
        let Some(tool) = end.goal.tools.get(name) else {
            return Some((None, format!("uses the tool \"{name}\", which does not exist")));
        };
        if let Some(because) = not_its_own(step, tool) {
            return Some((None, because.predicate(None)));
        }
    }
    let unknown = step.reads().find(|key| !exists(key))?;
    let what = format!("reads \"{unknown}\": nothing makes it and nothing was ever known by that name");
    Some((Some(unknown.clone()), what))
}

/// Returns the event after `written` that took the step out of the plan before it was started, or changed it by hand.
fn mended(trace: &Trace<'_>, written: Seq, id: &StepId) -> Option<Seq> {
    let has = |steps: &[Arc<Step>]| steps.iter().any(|step| step.id == *id);
    trace.between(written, Seq::MAX).find_map(|(seq, event)| {
        let out = match event {
            Event::Replanned { steps, .. } => !has(steps),
            Event::Edited { edit: Edit::Changed { step } } => step.id == *id,
            Event::Edited { edit: Edit::Deleted { step } } => step == id,
            Event::Edited { edit: Edit::SkipSet { step, skip } } => step == id && *skip,
            Event::Edited { edit: Edit::Replaced { steps } } => !has(steps),
            _ => false,
        };
        out.then_some(seq)
    })
}

/// Returns the finding that a step was called done although nothing came back.
fn unobserved(trace: &Trace<'_>, level: &State, run: &StepRun, ended: Seq) -> Option<Found> {
    let Some(Event::Finished { writes, .. }) = trace.event(ended) else { return None };
    let nothing = |value: &Value| value.is_null() || value.as_str().is_some_and(str::is_empty);
    let empty =
        writes.values().all(|value| value.long().is_none() && nothing(value)) && run.step.writes().next().is_some();
    if run.status != Status::Done || !empty || asked_for(trace, level, run, writes) {
        return None;
    }
    let key = run.step.writes().next().cloned();
    let keys = run.step.writes().map(|key| &**key).collect::<Vec<_>>().join(", ");
    let message = format!("{} is called done, and nothing came back for {keys}", called(&run.step));
    Some(Found { step: Some(run.step.id.clone()), key, message, events: vec![run.started, ended], mended: None })
}

/// Tells whether some condition on what came back asks for nothing: then that there is nothing was to be found out.
fn asked_for(trace: &Trace<'_>, level: &State, run: &StepRun, writes: &IndexMap<Key, Shared>) -> bool {
    let tool = run.step.tool_in(&level.goal.tools);
    let ensures: Vec<&Check> = tool.into_iter().flat_map(|tool| &tool.ensures).chain(&run.step.ensures).collect();
    let known: Vec<(Key, Shared)> = if ensures.is_empty() { Vec::new() } else { trace.inputs(level, run) };
    run.step.to.iter().filter_map(|(name, key)| Some((name, key, writes.get(key)?))).any(|(name, key, value)| {
        let object = |value: Shared| Subject::Object(known.iter().cloned().chain([(name.clone(), value)]).collect());
        let wanted = level.goal.wants.get(key).into_iter().chain(level.goal.expect.get(key));
        ensures.iter().any(|check| asks_for(trace.judge, &check.condition, value, &object))
            || wanted.into_iter().any(|condition| asks_for(trace.judge, condition, value, &Subject::Value))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{checks, goal, plan, play, tool};
    use crate::engine::event::Dial;

    #[test]
    fn a_tool_that_does_not_exist_is_found_and_what_took_it_out_is_said() {
        let tools = || vec![tool("load", "", "tickets"), tool("write", "tickets", "report")];
        let with = |dial| play(plan(goal("report:odd", "", tools()), &["load", "summon", "write"]), dial);
        let message = "hallucinated_step: s2 summon uses the tool \"summon\", which does not exist";
        assert_eq!(checks(&with(Dial::Never)), [message]);
        let mended = checks(&with(Dial::OnDeviation));
        assert!(mended[0].starts_with(message) && mended[0].contains("the replan at event"), "{mended:?}");
    }

    #[test]
    fn a_key_that_nothing_makes_is_found_and_one_that_a_later_step_makes_is_not() {
        let tools = || vec![tool("load", "", "tickets"), tool("write", "tickets", "report")];
        let late = plan(goal("report:odd", "", tools()), &["write", "load"]);
        assert_eq!(checks(&play(late, Dial::Never)), Vec::<String>::new());
        let orphan = plan(goal("report:odd", "", vec![tool("write", "tickets", "report")]), &["write"]);
        let found = "hallucinated_step: s1 write reads \"tickets\": nothing makes it and nothing was ever known by \
                     that name";
        assert_eq!(checks(&play(orphan, Dial::Never)), [found]);
    }

    #[test]
    fn done_with_nothing_observed_is_found_and_an_empty_list_is_an_observation() {
        let with = |value: serde_json::Value| {
            let tools = vec![tool("look", "", "seen"), tool("write", "seen", "report")];
            let mut world = super::super::testing::world();
            world.tool = Box::new(move |call| {
                let value = if call.step.name() == "look" { value.clone() } else { json!(1) };
                let outputs = call
                    .step
                    .to
                    .iter()
                    .map(|(name, _)| (name.clone(), crate::engine::value::Shared::new(value.clone())));
                crate::engine::effect::CallOutcome::Done(outputs.collect())
            });
            checks(&world.play(goal("report:odd", "", tools), Dial::OnDeviation))
        };
        assert_eq!(with(json!(null)), ["hallucinated_step: s1 look is called done, and nothing came back for seen"]);
        assert_eq!(with(json!([])), Vec::<String>::new());
    }
}
