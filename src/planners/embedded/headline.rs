//! The nearest cause why there is no plan, in one sentence: what happened last and why it matters.
//!
//! The tree of reasons goes down to what nothing can make; that is its deepest leaf and hardly ever what a person
//! wants to hear first. Where nothing has happened yet, a step of a given plan that cannot be is the cause.

use std::collections::HashSet;

use crate::describe::nearest::nearest;
use crate::engine::event::{Reason, Verdict};
use crate::engine::goal::Key;
use crate::engine::latest::Latest;
use crate::engine::plan::Step;

use super::memory::Outlook;
use super::problem::{KeyId, OpId, Problem};
use super::text::{listed, short};
use super::why::writers;

/// Returns the nearest cause why `problem` has no plan, whose reasons are `reasons`.
///
/// What happened last comes first if it matters for them; else what matters of what happened before it.
pub(super) fn headline(problem: &Problem<'_>, reasons: &[Reason]) -> String {
    let direct = |latest: &Latest| match latest {
        Latest::Failed { step, error } => failed(problem, reasons, step, error),
        Latest::Returned { keys, .. } | Latest::Changed { keys, .. } => changed(problem, reasons, latest, keys),
        // What the change made of the step is nearer than that it was changed.
        Latest::TakenOut { step, .. } => {
            let changed = problem.request.keep.iter().find(|kept| kept.id == step.id && !kept.skip);
            let fault = changed.and_then(|step| faulty(problem, step));
            match fault {
                Some(fault) => Some(format!("{}: {fault}", latest.said())),
                None => taken_out(problem, reasons, step, &latest.said()),
            }
        }
        Latest::Goal => None,
    };
    let mut recent = problem.request.recent.iter().rev().map(|latest| &**latest);
    let Some(latest) = recent.next() else {
        return faulty_step(problem, reasons).unwrap_or_else(|| Reason::in_short(reasons));
    };
    if let Some(said) = direct(latest) {
        return said;
    }
    let fault = faulty_step(problem, reasons);
    let matters = matters_for(problem, reasons, latest);
    let returned = matches!(latest, Latest::Returned { .. });
    match fault {
        Some(fault) if matters && !returned => format!("{}, and {fault}", latest.said()),
        // A step that ran as it should is not a reason for the fault of another one.
        Some(fault) => fault,
        None if matters && !returned => format!("{}: {}", latest.said(), last(reasons)),
        // What failed before it is nearer than what a step returned since, unless that is what is refused.
        None => recent.find_map(direct).unwrap_or_else(|| match matters {
            true => format!("{}: {}", latest.said(), last(reasons)),
            false => Reason::in_short(reasons),
        }),
    }
}

/// Tells whether what happened can have to do with the reasons: one of them is about its tool, one of its keys, or what
/// is made of these in one step or more.
fn matters_for(problem: &Problem<'_>, reasons: &[Reason], latest: &Latest) -> bool {
    let (step, keys): (Option<&Step>, Vec<&Key>) = match latest {
        Latest::Goal => return true,
        Latest::Changed { keys, .. } | Latest::Returned { keys, .. } => (None, keys.iter().collect()),
        Latest::TakenOut { step, .. } | Latest::Failed { step, .. } => (Some(step), step.writes().collect()),
    };
    // A wanted value that is not as it is wanted is the reason itself.
    let unmet = |(place, &key): (usize, &KeyId)| {
        let value = problem.start.slots[key].value;
        keys.contains(&&problem.keys[key]) && problem.want_met(place, value) != Verdict::True
    };
    if problem.wants.iter().enumerate().any(unmet) {
        return true;
    }
    let mut todo: Vec<KeyId> = keys.iter().filter_map(|key| problem.ids.get(*key).copied()).collect();
    let mut cone: HashSet<KeyId> = todo.iter().copied().collect();
    while let Some(key) = todo.pop() {
        let written = problem.readers[key].iter().flat_map(|&op| problem.ops[op].writes.iter().map(|(key, _)| *key));
        todo.extend(written.chain(problem.made_from[key].iter().copied()).filter(|made| cone.insert(*made)));
    }
    all(reasons).into_iter().any(|(reason, _)| {
        let own = step.is_some_and(|step| step.tool.is_some() && step.tool == reason.tool);
        let id = reason.key.as_ref().and_then(|key| problem.ids.get(key));
        own || reason.key.as_ref().is_some_and(|key| keys.contains(&key)) || id.is_some_and(|id| cone.contains(id))
    })
}

/// How it is said of a tool that it is the only one that writes a key.
const ONLY: &str = " and is the only tool that";

/// A reason with the one above it.
type Place<'r> = (&'r Reason, Option<&'r Reason>);

/// Returns every reason, each before what it rests on.
fn all(reasons: &[Reason]) -> Vec<Place<'_>> {
    let mut found = Vec::new();
    let mut todo: Vec<Place<'_>> = reasons.iter().rev().map(|reason| (reason, None)).collect();
    while let Some((reason, above)) = todo.pop() {
        found.push((reason, above));
        todo.extend(reason.because.iter().rev().map(|below| (below, Some(reason))));
    }
    found
}

/// Returns what the reasons rest on as far as one thing stands in the way: where several do, that they do.
fn last(reasons: &[Reason]) -> &str {
    let Some(mut last) = reasons.first() else { return "there is no plan" };
    while let [next] = last.because.as_slice() {
        last = next;
    }
    &last.sentence
}

/// Returns the uses that a reason can be about: those of its tool.
fn uses<'p>(problem: &'p Problem<'_>, reason: &'p Reason) -> impl Iterator<Item = OpId> + 'p {
    let of = |op: &OpId| {
        reason.tool.is_some() && problem.ops[*op].tool.as_ref().map(|tool| &tool.name) == reason.tool.as_ref()
    };
    (0..problem.ops.len()).filter(of)
}

fn failed(problem: &Problem<'_>, reasons: &[Reason], step: &Step, error: &str) -> Option<String> {
    let all = all(reasons);
    let fails = |op: OpId| matches!(problem.outlook_in(op, &problem.start), Outlook::Failed(_) | Outlook::Refuted(_));
    let (reason, above) = *all.iter().find(|(reason, _)| {
        reason.tool == step.tool && uses(problem, reason).any(fails) && !reason.sentence.contains(" needs ")
    })?;
    let what = match uses(problem, reason).map(|op| problem.outlook_in(op, &problem.start)).next() {
        Some(Outlook::Refuted(why)) => format!("{} returned what does not hold ({why})", step.name()),
        Some(_) | None => format!("{} failed ({error})", step.name()),
    };
    Some(format!("{what}{}", matters(problem, reason, above, ONLY)))
}

/// Returns why it matters that `reason` is so: its tool is the only one, or none of the others can take its place.
/// `only` begins what is said of the only one.
fn matters(problem: &Problem<'_>, reason: &Reason, above: Option<&Reason>, only: &str) -> String {
    let key = above.and_then(|above| above.key.as_ref()).filter(|key| {
        let key = problem.ids.get(*key).copied();
        uses(problem, reason).any(|op| key.is_some_and(|key| problem.ops[op].writes.iter().any(|(w, _)| *w == key)))
    });
    let Some((key, above)) = key.zip(above) else { return String::new() };
    let Some(&id) = problem.ids.get(key) else { return String::new() };
    if only_writer(problem, id, reason) {
        return format!("{only} writes {key}");
    }
    let other = above.because.iter().find(|other| other.tool != reason.tool);
    match other {
        Some(other) => format!(", and what else writes {key} cannot: {}", other.sentence),
        None => format!(", and nothing else that writes {key} can"),
    }
}

fn only_writer(problem: &Problem<'_>, key: KeyId, reason: &Reason) -> bool {
    writers(problem, key).all(|op| problem.ops[op].tool.as_ref().map(|tool| &tool.name) == reason.tool.as_ref())
}

fn changed(problem: &Problem<'_>, reasons: &[Reason], latest: &Latest, keys: &[Key]) -> Option<String> {
    let said = |key: &Key| match problem.ids.get(key).and_then(|&id| problem.present(id)) {
        Some(value) => format!("{key} = {}", short(&value)),
        None => key.to_string(),
    };
    let what = match latest {
        Latest::Returned { step, .. } => {
            format!("{} returned {}", step.name(), listed(&keys.iter().map(said).collect::<Vec<_>>()))
        }
        Latest::Failed { .. } | Latest::Changed { .. } | Latest::TakenOut { .. } | Latest::Goal => latest.said(),
    };
    let ids: Vec<KeyId> = keys.iter().filter_map(|key| problem.ids.get(key).copied()).collect();
    let pinned = |key: &Key| problem.ids.get(key).is_some_and(|&key| problem.pinned[key]);
    for (reason, above) in all(reasons) {
        let refuses = |op: OpId| {
            let Outlook::Requires(check, _) = problem.outlook_now(op) else { return false };
            let place = problem.ops[op].tool.as_ref().and_then(|tool| tool.requires.iter().position(|c| *c == check));
            let deciding = place.and_then(|place| problem.deciding(op, place));
            deciding.as_ref().unwrap_or(&problem.ops[op].reads).iter().any(|key| ids.contains(key))
        };
        if uses(problem, reason).any(refuses) {
            // The sentence ends with a value, of which "and is the only tool" would be said.
            let matters = matters(problem, reason, above, ", and nothing else");
            return Some(format!("{what}: {}{matters}", reason.sentence));
        }
        let own = reason.key.as_ref().is_some_and(|key| keys.contains(key));
        let wanted = own && above.is_none() && reason.sentence.contains(" to meet ");
        if wanted || (own && reason.tool.is_none() && reason.key.as_ref().is_some_and(pinned)) {
            return Some(format!("{what}: {}", reason.sentence));
        }
    }
    None
}

fn taken_out(problem: &Problem<'_>, reasons: &[Reason], step: &Step, said: &str) -> Option<String> {
    let all = all(reasons);
    let barred = |op: OpId| problem.ops[op].barred;
    let found = all.iter().find(|(reason, _)| reason.tool == step.tool && uses(problem, reason).any(barred));
    if let Some((reason, Some(above))) = found
        && let Some(key) = &above.key
    {
        let only = problem.ids.get(key).is_some_and(|&key| only_writer(problem, key, reason));
        return Some(match only {
            true => format!("{said}, the only tool that writes {key}"),
            false => format!("{said}{}", matters(problem, reason, Some(above), ONLY)),
        });
    }
    // What a person brought has no other source.
    let writes = |key: &Key| step.writes().any(|written| written == key);
    let lacking = all.iter().find(|(reason, _)| reason.key.as_ref().is_some_and(writes));
    lacking.and_then(|(reason, _)| reason.key.as_ref()).map(|key| format!("{said}, and nothing else writes {key}"))
}

/// Tells whether `key` has a value, or something writes it.
fn is_written(problem: &Problem<'_>, key: &Key) -> bool {
    let request = problem.request;
    request.facts.get(key).is_some()
        || request.tools.values().any(|tool| tool.outputs.contains(key))
        || request.uses.iter().any(|usage| usage.to.iter().any(|(_, written)| written == key))
        || request.keep.iter().any(|step| step.writes().any(|written| written == key))
}

/// Returns the hint at the key that may be meant by one that nothing writes.
fn unwritten(problem: &Problem<'_>, key: &Key) -> String {
    let request = problem.request;
    let outputs = request.tools.values().flat_map(|tool| &tool.outputs);
    let uses = request.uses.iter().flat_map(|usage| usage.to.iter().map(|(_, key)| key));
    let kept = request.keep.iter().flat_map(|step| step.writes());
    let known = uses.chain(kept).chain(request.facts.iter().map(|(key, _)| key)).chain(outputs);
    meant(nearest(key, known.map(|key| &**key)))
}

/// Returns what is wrong with a step that is to stay and cannot be, whatever else is planned.
fn faulty(problem: &Problem<'_>, step: &Step) -> Option<String> {
    let tools = &problem.request.tools;
    if let Some(tool) = &step.tool
        && !tools.contains_key(tool)
    {
        let near = nearest(tool, tools.keys().map(|name| &**name));
        return Some(format!("step {} names the tool {tool}, which does not exist{}", step.id, meant(near)));
    }
    let lacking = step.reads().find(|key| !is_written(problem, key))?;
    Some(format!("step {} reads {lacking}; nothing writes it{}", step.id, unwritten(problem, lacking)))
}

/// Returns what is wrong with the first step of the plan that is to stay and cannot be.
fn faulty_step(problem: &Problem<'_>, reasons: &[Reason]) -> Option<String> {
    let request = problem.request;
    let of_step = request.keep.iter().filter(|step| !step.skip).find_map(|step| faulty(problem, step));
    // Where no step is kept, how the goal file's plan uses a tool is all that is left of it.
    of_step.or_else(|| {
        request.uses.iter().find_map(|usage| {
            let tool = &usage.tool;
            let lacking = usage.with.iter().map(|(_, key)| key).find(|key| !is_written(problem, key))?;
            all(reasons).iter().find(|(reason, _)| reason.tool.as_ref() == Some(tool))?;
            Some(format!("{tool} is to read {lacking}; nothing writes it{}", unwritten(problem, lacking)))
        })
    })
}

fn meant(near: Option<&str>) -> String {
    near.map_or(String::new(), |near| format!("; did you mean {near}?"))
}
