//! Running: step, continue, run to here, pause, stop, approve.

use super::super::action::Action;
use super::super::panes::plan::{Item, item, selected};
use super::super::view::View;
use super::{Ask, Change, Meaning, no, open, submit};
use crate::engine::command::{Approval, Command};
use crate::engine::event::Pace;
use crate::engine::state::Phase;

pub(super) fn interpret(view: &View<'_>, action: Action) -> Meaning {
    let state = &view.shown.state;
    if action == Action::Cancel {
        return cancel(view);
    }
    if view.shown.past {
        return match action {
            Action::Step => super::looking::interpret(view, Action::Forward),
            _ => no("you look at the past, where nothing runs; End comes back to now"),
        };
    }
    match action {
        Action::Approve => match state.phase {
            Phase::Review => submit(Command::Approve(Approval::Whole)),
            Phase::Approving => open(Ask::Risk),
            _ => no("nothing waits for approval"),
        },
        Action::Step => step(view),
        Action::Continue => go(view, Pace::Free),
        Action::NextDeviation => go(view, Pace::ToDeviation),
        Action::Steps => go(view, Pace::Free).and_then(|_| open(Ask::Steps)),
        Action::RunTo => match item(view, selected(view)) {
            Some(Item::Todo(step)) if state.next_step().is_some_and(|next| next.id == step.id) => {
                no(format!("{} is next already; space runs it", step.name()))
            }
            Some(Item::Todo(step)) => go(view, Pace::Until(step.id.clone())),
            Some(Item::Run(_) | Item::Proposed(_)) | None => no("select a step that is still to do"),
        },
        _ => no("that runs nothing"),
    }
}

fn step(view: &View<'_>) -> Meaning {
    let state = &view.shown.state;
    match &state.phase {
        Phase::Running { .. } if state.asks().is_some() => open(Ask::Answer),
        Phase::Running { .. } | Phase::Planning { .. } if state.pace != Pace::Paused => {
            submit(Command::SetPace(Pace::Paused))
        }
        Phase::Deciding => super::proposal::interpret(view, Action::Proposal),
        Phase::Approving => open(Ask::Risk),
        _ => go(view, Pace::Steps(1)),
    }
}

/// Sets the pace; the first plan is approved on the way.
fn go(view: &View<'_>, pace: Pace) -> Meaning {
    let state = &view.shown.state;
    let set = Change::Submit(Command::SetPace(pace.clone()));
    match &state.phase {
        Phase::Review => Ok(vec![Change::Submit(Command::Approve(Approval::Whole)), set]),
        Phase::Ready if state.pace == pace && pace != Pace::Paused => submit(Command::SetPace(Pace::Paused)),
        Phase::Ready if state.pace != Pace::Paused && pace == Pace::Steps(1) => submit(Command::SetPace(Pace::Paused)),
        Phase::Ready => Ok(vec![set]),
        Phase::Running { .. } if state.pace == Pace::Free && pace == Pace::Free => {
            submit(Command::SetPace(Pace::Paused))
        }
        Phase::Running { .. } if state.asks().is_some() => no("the step waits for your answer: space gives it"),
        Phase::Running { .. } if pace == Pace::Steps(1) => no("a step is running; Esc stops it"),
        Phase::Running { .. } => Ok(vec![set]),
        Phase::Deciding if view.ui.watched().is_some() => {
            no("decide on the proposal first: space shows it, n runs the old plan, Esc lets it wait")
        }
        Phase::Deciding => no("a proposal waits: space shows it"),
        Phase::Approving => no("the next step asks first: Enter shows what it does"),
        Phase::Interrupted => {
            let stopped = state.current_run().is_some_and(|run| run.was_stopped());
            let how = if stopped { "stopped" } else { "interrupted" };
            no(format!("the step that was {how} comes first: R runs it again, i gives its outcome, X skips it"))
        }
        Phase::Reached if state.goal.scenarios.is_empty() => {
            no("the goal is reached: i injects something, [ looks back, 0 starts over")
        }
        Phase::Reached => no("the goal is reached: x tries a surprise, [ looks back, 0 starts over"),
        Phase::Ended { .. } => no("it is over: i or x changes something, [ looks back, 0 starts over"),
        Phase::New | Phase::Planning { .. } => no("the planner is at work; Esc stops it"),
    }
}

fn cancel(view: &View<'_>) -> Meaning {
    let state = view.session.state();
    match state.phase {
        Phase::Running { .. } => submit(Command::Cancel),
        _ if state.pace != Pace::Paused => submit(Command::SetPace(Pace::Paused)),
        _ if view.ui.zoom => Ok(vec![Change::Zoom(false)]),
        _ if view.reports() => Ok(vec![Change::Report(false)]),
        _ => no("nothing runs; q quits, and nothing is lost"),
    }
}
