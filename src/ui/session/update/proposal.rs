//! The watched proposal: from beat to beat, line by line, accept, edit, reject, wait.

use crate::describe::frame::acting;
use crate::describe::survival;
use crate::engine::command::{Approval, Command};
use crate::engine::diff::ChangeKind;
use crate::engine::plan::StepId;
use crate::engine::state::Phase;
use crate::ui::action::Action;
use crate::ui::session::change::{Change, DialogRequest, Meaning, no, open, submit};
use crate::ui::session::lists::plan::{Item, count, item, past, selected};
use crate::ui::session::model::{Beat, Watch};
use crate::ui::session::pane::PaneId;
use crate::ui::session::view::View;

pub(crate) fn interpret(view: &View<'_>, action: Action) -> Meaning {
    let state = &view.shown.state;
    if action == Action::Proposal && !view.shown.past {
        match acting(state).phase {
            Phase::Interrupted => return open(DialogRequest::Interrupted),
            Phase::Approving => return open(DialogRequest::Risk),
            _ if state.asks().is_some() => return open(DialogRequest::Answer),
            _ => {} // the others have nothing that waits but a proposal
        }
    }
    // What was proposed in the past is watched again; there is nothing to decide.
    if view.shown.past
        && action == Action::NextBeat
        && let Some(watch) = view.ui.watched()
    {
        return Ok(vec![Change::Watch(watch.next().unwrap_or(watch.beats[0]))]);
    }
    if view.shown.past || state.waiting_proposal().is_none() {
        return no(if action == Action::Proposal { "nothing waits for you" } else { "no proposal waits" });
    }
    let Some(watch) = view.ui.watched() else {
        return match action {
            Action::Proposal => Ok(vec![Change::Watch(view.ui.watch.as_ref().map_or(Beat::Landed, |w| w.beat))]),
            _ => no("\x01step\x02 shows the proposal that waits"),
        };
    };
    match (action, watch.next()) {
        (Action::Predict, _) => predict(view, watch),
        (Action::Accept | Action::NextBeat, Some(beat)) => Ok(vec![Change::Watch(beat)]),
        (Action::Accept, None) => accept(view),
        (Action::NextBeat, None) => no(
            "this is the new plan: \x01accept\x02 accepts it, \x01reject\x02 runs the old one, \x01later\x02 lets it wait",
        ),
        (Action::ToggleHunk, None) => match item(view, selected(view)) {
            Some(Item::Proposed(change)) if change.kind != ChangeKind::Kept => {
                Ok(vec![Change::Hunk(change.step.id.clone())])
            }
            Some(Item::Proposed(_) | Item::Run(_) | Item::Todo(_) | Item::Thought(_)) | None => {
                no("select a line that is added, removed, moved or changed")
            }
        },
        (Action::EditProposal, None) => match item(view, selected(view)) {
            Some(Item::Proposed(change)) if change.kind != ChangeKind::Removed => {
                Ok(vec![Change::Open(DialogRequest::EditStep(change.step.id.clone()))])
            }
            Some(Item::Proposed(_) | Item::Run(_) | Item::Todo(_) | Item::Thought(_)) | None => {
                no("select a step of the proposal")
            }
        },
        (Action::ToggleHunk | Action::EditProposal, Some(_)) => no("first watch it to the end: \x01next_beat\x02"),
        (Action::Reject, _) => submit(Command::Reject),
        (Action::Later, _) => Ok(vec![Change::Aside]),
        _ => no("the proposal is shown already"),
    }
}

/// Begins a prediction with every step kept; then says that the selected one is not, or that it is.
fn predict(view: &View<'_>, watch: &Watch) -> Meaning {
    if watch.tells() {
        return no("what becomes of the steps is seen: it is too late to predict");
    }
    let is_todo = |at: &usize| matches!(item(view, *at), Some(Item::Todo(step)) if !step.skip);
    match (&watch.predicted, item(view, selected(view))) {
        (None, _) => match (past(view)..count(view)).find(is_todo) {
            Some(first) => {
                Ok(vec![Change::Focus(PaneId::PLAN), Change::Cursor(PaneId::PLAN, Some(first)), Change::Predict(None)])
            }
            None => no("no step is left that could survive"),
        },
        (Some(_), Some(Item::Todo(step))) if !step.skip => Ok(vec![Change::Predict(Some(step.id.clone()))]),
        (Some(_), _) => no("select a step that is still to do"),
    }
}

fn accept(view: &View<'_>) -> Meaning {
    let Some(watch) = view.ui.watched() else { return no("no proposal is shown") };
    if watch.out.is_empty() {
        let first = watch.changes.iter().find(|change| change.kind != ChangeKind::Removed && !change.step.skip);
        let next = first.map(|first| format!("; \x01step\x02 runs {}", first.step.name())).unwrap_or_default();
        let done = format!("rewritten: {}{next}", survival::rewritten(&watch.changes));
        return Ok(vec![Change::Submit(Command::Approve(Approval::Whole)), Change::Say(done)]);
    }
    let taken =
        |change: &&crate::engine::diff::Change| change.kind != ChangeKind::Kept && !watch.out.contains(&change.step.id);
    let hunks: Vec<StepId> = watch.changes.iter().filter(taken).map(|change| change.step.id.clone()).collect();
    if hunks.is_empty() { submit(Command::Reject) } else { submit(Command::Approve(Approval::Hunks(hunks))) }
}
