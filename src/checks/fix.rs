//! The next fix: what mends the first fault of a plan, as a command; only what a check then finds less wrong is offered.

use std::sync::Arc;

use super::{Checklist, Finding, checklist};
use crate::describe::nearest::nearest;
use crate::describe::step::label;
use crate::engine::advance::step_of;
use crate::engine::command::Command;
use crate::engine::goal::{Key, StepDraft};
use crate::engine::plan::{Author, Step};
use crate::engine::state::State;

/// The longest plan that fixes are sought for: each is tried on all of it.
const TRIED: usize = 200;

/// The longest plan that is checked while somebody looks on.
const CHECKED: usize = 2_000;

/// A change that mends something.
#[derive(Clone, Debug)]
pub struct Fix {
    /// The change.
    pub command: Command,
    /// What it does: "moves s2 `write_notes` behind s4".
    pub does: String,
}

/// Returns what the checks find in the remaining plan of `state`, advice included, and what would mend the first of it;
/// nothing where there is no plan to be checked.
pub fn found(state: &State) -> (Option<Checklist>, Option<Fix>) {
    let steps = state.plan.remaining();
    if state.is_react() || steps.is_empty() || steps.len() > CHECKED {
        return (None, None);
    }
    let list = checked(state, steps);
    let fix = fix(state, &list.findings);
    (Some(list), fix)
}

/// Returns what mends the first of `found` that can be mended, in the plan of `state`.
pub fn fix(state: &State, found: &[Finding]) -> Option<Fix> {
    let steps = state.plan.remaining();
    if found.is_empty() || steps.len() > TRIED || state.is_react() {
        return None;
    }
    let before = faults(&checked(state, steps));
    let better = |fix: &Fix| faults(&checked(state, &applied(state, steps, &fix.command))) < before;
    let executable = before.0 == 0;
    found.iter().flat_map(|finding| candidates(state, steps, finding, executable)).find(better)
}

fn checked(state: &State, steps: &[Arc<Step>]) -> Checklist {
    checklist(&state.goal, steps, &|key| state.context.get(key).is_some())
}

/// Returns how much is wrong: what keeps the plan from being run, then the rest.
fn faults(list: &Checklist) -> (usize, usize) {
    let keeps = ["clear", "ordered", "handed_off"];
    (list.findings.iter().filter(|finding| keeps.contains(&finding.check)).count(), list.findings.len())
}

/// Returns what may mend `finding`, the likeliest first.
fn candidates(state: &State, steps: &[Arc<Step>], finding: &Finding, executable: bool) -> Vec<Fix> {
    let place = finding.step.as_ref().and_then(|id| steps.iter().position(|step| step.id == *id));
    match (finding.check, place, &finding.key) {
        ("clear", Some(at), _) => named_nearly(state, &steps[at]).into_iter().collect(),
        ("ordered", Some(at), Some(key)) => moved(steps, at, key),
        ("handed_off", Some(at), Some(key)) => {
            let mut fixes = rebound(state, steps, at, key);
            fixes.extend(made(state, steps, at, key));
            fixes
        }
        ("handed_off", None, Some(key)) => made(state, steps, steps.len(), key),
        // Where more is wrong, what nothing reads may only wait for its reader.
        ("unused", Some(at), Some(key)) if executable && steps[at].writes().count() == 1 => {
            let does = format!("deletes {}: nothing reads {key}", label(&steps[at]));
            vec![Fix { command: Command::DeleteStep(steps[at].id.clone()), does }]
        }
        ("approval", Some(at), _) => {
            let draft = StepDraft { approval: true, ..steps[at].draft() };
            vec![changed(&steps[at], draft, format!("lets {} ask before it runs", label(&steps[at])))]
        }
        _ => Vec::new(), // what only a person can say better
    }
}

fn changed(step: &Step, draft: StepDraft, does: String) -> Fix {
    Fix { command: Command::ChangeStep { step: step.id.clone(), draft }, does }
}

/// Takes the tool whose name is nearest where there is none of that name.
fn named_nearly(state: &State, step: &Step) -> Option<Fix> {
    let tool = step.tool.as_ref()?;
    let near = nearest(tool, state.goal.tools.keys().map(AsRef::as_ref))?;
    let draft = StepDraft { tool: Some(near.into()), ..step.draft() };
    Some(changed(step, draft, format!("lets {} use {near}, not {tool}", step.id)))
}

/// Moves the reader behind the step that makes what it reads, or that one before it.
fn moved(steps: &[Arc<Step>], reader: usize, key: &Key) -> Vec<Fix> {
    let makers = steps.iter().enumerate().skip(reader + 1);
    let Some((maker, _)) = makers.into_iter().find(|(_, step)| step.writes().any(|writes| writes == key)) else {
        return Vec::new();
    };
    let (early, late) = (&steps[reader], &steps[maker]);
    // The last of those that make what it reads: one move is to do for all of them.
    let behind = |step: &Arc<Step>| early.reads().any(|key| step.writes().any(|writes| writes == key));
    let last = steps.iter().rposition(behind).filter(|last| *last > reader).unwrap_or(maker);
    let to = |step: &Step, to: usize| Command::MoveStep { step: step.id.clone(), to };
    vec![
        Fix { command: to(early, last), does: format!("moves {} behind {}", label(early), steps[last].id) },
        Fix { command: to(late, reader), does: format!("moves {} before {}", label(late), early.id) },
    ]
}

/// Lets the step at `at` read the nearest name that is made before it, or its tool's own.
fn rebound(state: &State, steps: &[Arc<Step>], at: usize, key: &Key) -> Vec<Fix> {
    let step = &steps[at];
    let there: Vec<&Key> = known(state, &steps[..at]).collect();
    let Some((input, _)) = step.with.iter().find(|(_, reads)| reads == key) else { return Vec::new() };
    let own = there.iter().find(|known| **known == input).map(|key| &***key);
    // A name that some tool gives is not a slip: a step that makes it is what is missing.
    let given = state.goal.tools.values().any(|tool| tool.outputs.contains(key));
    let near = if given { None } else { nearest(key, there.iter().map(|key| &***key)) };
    let names = own.into_iter().chain(near.filter(|near| Some(*near) != own));
    let name_it = |name: &str| {
        let mut draft = step.draft();
        draft.with.insert(input.clone(), name.into());
        changed(step, draft, format!("lets {} read {name}, not {key}", label(step)))
    };
    names.map(name_it).collect()
}

/// Adds a step before the place `at` that makes `key` of what is there by then.
fn made(state: &State, steps: &[Arc<Step>], at: usize, key: &Key) -> Vec<Fix> {
    let there: Vec<&Key> = known(state, &steps[..at]).collect();
    let fits = |tool: &crate::engine::goal::Tool| {
        tool.outputs.contains(key) && tool.inputs.iter().all(|input| there.contains(&input))
    };
    let tools = state.goal.tools.iter().filter(|(_, tool)| fits(tool));
    let add = |name: &crate::engine::goal::ToolName| {
        let draft = StepDraft { tool: Some(name.clone()), ..StepDraft::default() };
        let whom = steps.get(at).map_or("at the end".to_owned(), |step| format!("before {}", step.id));
        Fix { command: Command::AddStep { draft, at }, does: format!("adds {name} {whom}: it makes {key}") }
    };
    tools.map(|(name, _)| add(name)).collect()
}

/// Returns the keys that have a value once `steps` have run.
fn known<'a>(state: &'a State, steps: &'a [Arc<Step>]) -> impl Iterator<Item = &'a Key> {
    state.context.iter().map(|(key, _)| key).chain(steps.iter().flat_map(|step| step.writes()))
}

/// Returns `steps` as they would be after `command`.
fn applied(state: &State, steps: &[Arc<Step>], command: &Command) -> Vec<Arc<Step>> {
    let mut steps = steps.to_vec();
    match command {
        Command::MoveStep { step, to } => {
            if let Some(from) = steps.iter().position(|other| other.id == *step) {
                let moved = steps.remove(from);
                steps.insert((*to).min(steps.len()), moved);
            }
        }
        Command::ChangeStep { step, draft } => {
            if let Some(at) = steps.iter().position(|other| other.id == *step) {
                steps[at] = Arc::new(step_of(state, step.clone(), draft, Author::Person));
            }
        }
        Command::AddStep { draft, at } => {
            let step = step_of(state, state.new_id(), draft, Author::Person);
            steps.insert((*at).min(steps.len()), Arc::new(step));
        }
        Command::DeleteStep(id) => steps.retain(|step| step.id != *id),
        _ => {} // no fix is anything else
    }
    steps
}
