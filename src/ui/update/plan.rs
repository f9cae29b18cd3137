//! Editing the remaining plan: change, add, delete, move, switch off, run again.

use super::super::action::Action;
use super::super::model::Pane;
use super::super::panes::plan::{Item, item, selected};
use super::super::view::View;
use super::{Ask, Change, Meaning, no, open, submit};
use crate::engine::command::Command;
use crate::engine::state::{Phase, Status};

pub(super) fn interpret(view: &View<'_>, action: Action) -> Meaning {
    let state = &view.shown.state;
    if matches!(state.phase, Phase::New | Phase::Planning { .. }) {
        return no("the planner is at work; there is no plan to change yet");
    }
    if view.ui.watched().is_some() {
        return no(
            "decide on the proposal first: Enter accepts it, n rejects it, e accepts and edits, Esc lets it wait",
        );
    }
    let at = selected(view);
    let place = at.saturating_sub(state.runs.len());
    let select = |place: usize| Change::Cursor(Pane::Plan, Some(state.runs.len() + place));
    match (action, item(view, at)) {
        (Action::AddBelow, Some(Item::Todo(_))) => open(Ask::AddStep(place + 1)),
        (Action::AddBelow | Action::AddAbove, _) => open(Ask::AddStep(place)),
        (_, Some(Item::Run(run))) if run.status == Status::Running => no(match state.asks() {
            Some(_) => format!("{} waits for your answer: space gives it, Esc stops it", run.step.name()),
            None => format!("{} is running: Esc stops it", run.step.name()),
        }),
        (Action::Rerun, Some(Item::Run(run))) => {
            Ok(vec![Change::Submit(Command::Rerun(run.step.id.clone())), Change::RunOn])
        }
        (Action::Rerun, _) => no("select a step that has run; this one is still to do"),
        (Action::Skip, Some(Item::Run(run))) if matches!(state.phase, Phase::Interrupted) => {
            submit(Command::SkipStep { step: run.step.id.clone(), skip: true })
        }
        (_, Some(Item::Run(run))) => {
            no(format!("{} has run: that is history; R runs it again, i changes what it returned", run.step.name()))
        }
        (Action::Edit, Some(Item::Todo(step))) => open(Ask::EditStep(step.id.clone())),
        (Action::Delete, Some(Item::Todo(step))) => submit(Command::DeleteStep(step.id.clone())),
        (Action::Skip, Some(Item::Todo(step))) => submit(Command::SkipStep { step: step.id.clone(), skip: !step.skip }),
        (Action::MoveDown, Some(Item::Todo(step))) if place + 1 < state.plan.remaining().len() => {
            Ok(vec![Change::Submit(Command::MoveStep { step: step.id.clone(), to: place + 1 }), select(place + 1)])
        }
        (Action::MoveUp, Some(Item::Todo(step))) if place > 0 => {
            Ok(vec![Change::Submit(Command::MoveStep { step: step.id.clone(), to: place - 1 }), select(place - 1)])
        }
        (Action::MoveDown | Action::MoveUp, Some(Item::Todo(_))) => no("it cannot go further"),
        (_, Some(Item::Proposed(_))) => no("decide on the proposal first: Enter accepts, n rejects, e edits it"),
        (_, _) => no("there is no step here"),
    }
}
