//! Decisions on hand edits of the remaining plan. A done step is history: it can only be run again.

use std::sync::Arc;

use crate::engine::advance::step_of;
use crate::engine::command::Refusal;
use crate::engine::event::{Edit, Event};
use crate::engine::goal::StepDraft;
use crate::engine::plan::{Author, Step, StepId};
use crate::engine::state::{Phase, State, Status};

fn remaining<'a>(state: &'a State, id: &str) -> Result<(usize, &'a Arc<Step>), Refusal> {
    if let Some(found) = state.plan.find(id) {
        return Ok(found);
    }
    Err(match state.run(id) {
        Some(run) => {
            let word = run.status.word();
            Refusal::new(format!(
                "{id} is {word}, and what happened stays: \x01rerun\x02 runs it again, \x01back\x02 goes back before it"
            ))
        }
        None => Refusal::new(format!("there is no step {id}")),
    })
}

fn valid(state: &State, draft: &StepDraft, own: Option<&str>) -> Result<(), Refusal> {
    if let Some(name) = &draft.tool {
        let Some(tool) = state.goal.tools.get(name) else {
            return Err(Refusal::new(format!("there is no tool \"{name}\" in this goal")));
        };
        if let Some(name) = draft.with.keys().find(|name| !tool.inputs.contains(name)) {
            return Err(Refusal::new(format!("{} has no input \"{name}\"", tool.name)));
        }
        if let Some(name) = draft.to.keys().find(|name| !tool.outputs.contains(name)) {
            return Err(Refusal::new(format!("{} has no output \"{name}\"", tool.name)));
        }
    } else if draft.description.as_ref().is_none_or(|text| text.trim().is_empty()) {
        return Err(Refusal::new("a step without a tool needs a description: it is all that says what to do"));
    }
    let probe = step_of(state, own.unwrap_or("new").into(), draft, Author::Person);
    let mut written: Vec<&str> = Vec::new();
    for key in probe.writes() {
        if key.trim().is_empty() {
            return Err(Refusal::new("an output needs the name of a key to write"));
        }
        if written.contains(&&**key) {
            return Err(Refusal::new(format!("two outputs write {key}: give each its own key")));
        }
        if probe.reads().any(|read| read == key) {
            return Err(Refusal::new(format!("the step reads and writes {key}: give the result its own key")));
        }
        written.push(key);
    }
    if probe.reads().any(|key| key.trim().is_empty()) {
        return Err(Refusal::new("an input needs the name of a key that feeds it"));
    }
    Ok(())
}

pub(super) fn change(state: &State, id: &StepId, draft: &StepDraft) -> Result<Event, Refusal> {
    // A step of the waiting proposal is changed there: the proposal is accepted as edited.
    let proposed = state.waiting_proposal().map(|replan| &replan.proposal.after);
    let proposed = proposed.and_then(|after| after.iter().position(|step| step.id == *id).map(|at| (at, after)));
    let old = match proposed {
        Some((at, after)) => &after[at],
        None => remaining(state, id)?.1,
    };
    valid(state, draft, Some(id))?;
    let mut step = step_of(state, id.clone(), draft, Author::Person);
    step.repeats = old.repeats.clone();
    if step.reads_like(old) {
        return Err(Refusal::new("nothing was changed"));
    }
    if let Some((at, after)) = proposed {
        let mut steps = after.clone();
        steps[at] = Arc::new(step);
        return Ok(Event::Edited { edit: Edit::Replaced { steps } });
    }
    Ok(Event::Edited { edit: Edit::Changed { step: Arc::new(step) } })
}

pub(super) fn add(state: &State, draft: &StepDraft, at: usize) -> Result<Event, Refusal> {
    valid(state, draft, None)?;
    let id: StepId = match &draft.id {
        Some(id) if state.step(id).is_some() => {
            return Err(Refusal::new(format!("there is a step {id} already")));
        }
        Some(id) => id.clone(),
        None => state.new_id(),
    };
    let step = Arc::new(step_of(state, id, draft, Author::Person));
    Ok(Event::Edited { edit: Edit::Added { step, at: at.min(state.plan.remaining().len()) } })
}

pub(super) fn delete(state: &State, id: &StepId) -> Result<Event, Refusal> {
    remaining(state, id)?;
    Ok(Event::Edited { edit: Edit::Deleted { step: id.clone() } })
}

pub(super) fn shift(state: &State, id: &StepId, to: usize) -> Result<Event, Refusal> {
    let (from, _) = remaining(state, id)?;
    let to = to.min(state.plan.remaining().len().saturating_sub(1));
    if from == to {
        return Err(Refusal::new(format!("{id} stands there already")));
    }
    Ok(Event::Edited { edit: Edit::Moved { step: id.clone(), to } })
}

pub(super) fn skip(state: &State, id: &StepId, skip: bool) -> Result<Event, Refusal> {
    if state.phase == Phase::Interrupted && state.runs.last().is_some_and(|run| run.step.id == *id) && skip {
        return Ok(Event::Skipped { step: id.clone() });
    }
    let (_, step) = remaining(state, id)?;
    if step.skip == skip {
        let word = if skip { "off" } else { "on" };
        return Err(Refusal::new(format!("{id} is switched {word} already")));
    }
    Ok(Event::Edited { edit: Edit::SkipSet { step: id.clone(), skip } })
}

pub(super) fn rerun(state: &State, id: &StepId) -> Result<Event, Refusal> {
    let Some(run) = state.run(id) else {
        return Err(match state.plan.find(id) {
            Some(_) => Refusal::new(format!("{id} has not run yet; \x01step\x02 steps to it")),
            None => Refusal::new(format!("there is no step {id}")),
        });
    };
    if run.status == Status::Running {
        return Err(Refusal::new(format!("{id} is running; cancel it first")));
    }
    let mut step = (*run.step).clone();
    step.repeats = Some(step.id.clone());
    step.id = state.new_id();
    step.by = Author::Person;
    step.skip = false;
    step.why = Some("you asked to run it again".into());
    // An unbound step writes under its id unless told otherwise: the same key as before, or nobody would find it.
    Ok(Event::Edited { edit: Edit::Rerun { step: Arc::new(step) } })
}

pub(super) fn replace(state: &State, steps: Vec<Arc<Step>>) -> Result<Event, Refusal> {
    let mut seen = std::collections::HashSet::new();
    for step in &steps {
        if !seen.insert(&step.id) || state.run(&step.id).is_some() {
            return Err(Refusal::new(format!("the id {} is used twice", step.id)));
        }
    }
    Ok(Event::Edited { edit: Edit::Replaced { steps } })
}
