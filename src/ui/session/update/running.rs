//! Running: step, continue, run to here, pause, stop, approve.

use crate::describe::frame::{self, acting};
use crate::describe::remedies::planned_outside;
use crate::engine::command::{Approval, Command};
use crate::engine::event::Pace;
use crate::engine::plan::Step;
use crate::engine::state::{Phase, State};
use crate::ui::action::Action;
use crate::ui::session::change::{Change, DialogRequest, Meaning, no, open, submit};
use crate::ui::session::lists::plan::{Item, holder, item, selected};
use crate::ui::session::model::Beat;
use crate::ui::session::view::View;

/// How many steps typed presses of space may ask for at once: one held down must not run what nobody sees coming.
const MOST_AHEAD: u32 = 9;

pub(crate) fn interpret(view: &View<'_>, action: Action) -> Meaning {
    let state = &view.shown.state;
    if action == Action::Cancel {
        return cancel(view);
    }
    if view.shown.past {
        return match action {
            Action::Step => crate::ui::session::update::looking::interpret(view, Action::Forward),
            _ => no("you look at the past, where nothing runs; \x01now\x02 comes back to now"),
        };
    }
    match action {
        Action::Approve => match acting(state).phase {
            Phase::Review => submit(Command::Approve(Approval::Whole)),
            Phase::Approving => open(DialogRequest::Risk),
            _ => no("nothing waits for approval"),
        },
        Action::Step => step(view),
        Action::Into => into(view),
        Action::Out if frame::loop_run(state).is_some() => go(view, Pace::Out),
        Action::Out => no("no loop is under way that could be stepped out of"),
        Action::Continue => go(view, Pace::Free),
        Action::NextDeviation | Action::NextReplan if state.is_react() => {
            no("there is no plan that anything could contradict: \x01continue\x02 goes on")
        }
        Action::NextDeviation => go(view, Pace::ToDeviation),
        Action::NextReplan => go(view, Pace::ToReplan),
        Action::Steps => go(view, Pace::Free).and_then(|_| open(DialogRequest::Steps)),
        Action::RunTo => match item(view, selected(view)) {
            Some(Item::Todo(_)) if state.is_react() || holder(view, selected(view)).is_some() => {
                no("there is no plan to run through: \x01step\x02 takes one turn, \x01continue\x02 goes on to the end")
            }
            Some(Item::Todo(step)) if state.next_step().is_some_and(|next| next.id == step.id) => {
                no(format!("{} is next already; \x01step\x02 runs it", step.name()))
            }
            Some(Item::Todo(step)) => go(view, Pace::Until(step.id.clone())),
            Some(Item::Run(_) | Item::Proposed(_) | Item::Thought(_)) | None => no("select a step that is still to do"),
        },
        _ => no("that runs nothing"),
    }
}

/// Half a turn, or into the loop of the next step.
fn into(view: &View<'_>) -> Meaning {
    let state = &view.shown.state;
    let explores =
        |step: &std::sync::Arc<Step>| step.tool_in(&state.goal.tools).is_some_and(|tool| tool.run.explore.is_some());
    // Where no plan is left, steps may still run, and have no more of an inside than before.
    let over = state.phase.is_over() && state.next_step().is_none();
    if over || state.is_react() || state.inner.is_some() || state.next_step().is_some_and(explores) {
        return go(view, Pace::Into);
    }
    no(match state.next_step() {
        Some(step) => format!("{} has no inside to step into: \x01step\x02 runs it", step.name()),
        None => "there is no step to step into".to_owned(),
    })
}

fn step(view: &View<'_>) -> Meaning {
    let state = &view.shown.state;
    match &acting(state).phase {
        Phase::Running { .. } if state.asks().is_some() => open(DialogRequest::Answer),
        Phase::Running { .. } | Phase::Planning { .. } if frame::is_going(state) => press_again(state),
        Phase::Deciding => crate::ui::session::update::proposal::interpret(view, Action::Proposal),
        Phase::Approving => open(DialogRequest::Risk),
        _ => go(view, Pace::Steps(1)),
    }
}

/// Space while a step is under way: one step more where it was asked for step by step, else a pause.
fn press_again(state: &State) -> Meaning {
    match acting(state).pace {
        Pace::Steps(n) if n < MOST_AHEAD => submit(Command::SetPace(Pace::Steps(n + 1))),
        Pace::Steps(n) => no(format!("{n} steps are asked for already; \x01cancel\x02 stops")),
        Pace::Paused | Pace::Into | Pace::Out | Pace::Until(_) | Pace::ToDeviation | Pace::ToReplan | Pace::Free => {
            submit(Command::SetPace(Pace::Paused))
        }
    }
}

/// Sets the pace; the first plan is approved on the way.
fn go(view: &View<'_>, pace: Pace) -> Meaning {
    let state = &view.shown.state;
    let set = Change::Submit(Command::SetPace(pace.clone()));
    let inside = frame::loop_run(state).is_some();
    match &acting(state).phase {
        Phase::Ready | Phase::Planning { .. } if inside && frame::is_going(state) && pace == Pace::Steps(1) => {
            press_again(state)
        }
        Phase::Ready if inside => Ok(vec![set]),
        Phase::Planning { .. } if inside => Ok(vec![set]),
        Phase::Review => Ok(vec![Change::Submit(Command::Approve(Approval::Whole)), set]),
        Phase::Ready if state.pace != Pace::Paused && pace == Pace::Steps(1) => press_again(state),
        Phase::Ready if state.pace == pace && pace != Pace::Paused => submit(Command::SetPace(Pace::Paused)),
        Phase::Ready if state.is_dead_end() => no(crate::describe::next::next(state)),
        Phase::Ready => Ok(vec![set]),
        Phase::Running { .. } if state.pace == Pace::Free && pace == Pace::Free => {
            submit(Command::SetPace(Pace::Paused))
        }
        Phase::Running { .. } if state.asks().is_some() => no("the step waits for your answer: \x01step\x02 gives it"),
        Phase::Running { .. } if matches!(pace, Pace::Steps(1) | Pace::Into) => {
            no("a step is running; \x01cancel\x02 stops it")
        }
        Phase::Running { .. } => Ok(vec![set]),
        Phase::Deciding => match view.ui.watched().map(|watch| watch.beat) {
            Some(Beat::Rewritten) => no(
                "decide on the proposal first: \x01accept\x02 accepts it, \x01reject\x02 runs the old plan, \x01later\x02 lets it wait",
            ),
            Some(Beat::Landed | Beat::Breaks) => no(
                "decide on the proposal first: \x01next_beat\x02 shows it, \x01reject\x02 runs the old plan, \x01later\x02 lets it wait",
            ),
            None => no("a proposal waits: \x01step\x02 shows it"),
        },
        Phase::Approving => no("the next step asks first: \x01approve\x02 shows what it does"),
        Phase::Interrupted => {
            let stopped = acting(state).current_run().is_some_and(|run| run.was_stopped());
            let how = if stopped { "stopped" } else { "interrupted" };
            no(format!(
                "the step that was {how} comes first: \x01rerun\x02 runs it again, \x01inject\x02 gives its outcome, \x01skip\x02 skips it"
            ))
        }
        Phase::Reached if state.goal.scenarios.is_empty() => no(
            "the goal is reached: \x01inject\x02 injects something, \x01back\x02 looks back, \x01start_over\x02 starts over",
        ),
        Phase::Reached => no(
            "the goal is reached: \x01surprise\x02 tries a surprise, \x01back\x02 looks back, \x01start_over\x02 starts over",
        ),
        // The finding that no plan reaches the goal ends nothing: what can run is run, if somebody says so.
        Phase::Ended { .. } if state.is_react() => no(
            "it is over: \x01inject\x02 or \x01surprise\x02 changes something, \x01back\x02 looks back, \x01start_over\x02 starts over",
        ),
        Phase::Ended { .. } if state.runnable().is_some() => Ok(vec![set]),
        Phase::Ended { .. } if planned_outside(state) => no(
            "the planner has no plan: \x01planner\x02 asks the embedded planner instead, \x01replan\x02 asks it again",
        ),
        Phase::Ended { .. } => no(
            "no step can run: \x01inject\x02 or \x01surprise\x02 changes something, \x01back\x02 looks back, \x01start_over\x02 starts over",
        ),
        Phase::Planning { .. } if state.is_react() => no("the next action is being decided on"),
        Phase::New | Phase::Planning { .. } => no("the planner is at work; \x01cancel\x02 stops it"),
    }
}

fn cancel(view: &View<'_>) -> Meaning {
    let state = view.session.state();
    let here = acting(state);
    match here.phase {
        Phase::Running { .. } if frame::loop_run(state).is_some() && !std::ptr::eq(here, state) => {
            submit(frame::within(Command::Cancel))
        }
        Phase::Running { .. } => submit(Command::Cancel),
        _ if state.is_planning_outside() => submit(Command::Cancel),
        _ if frame::loop_run(state).is_some() && frame::is_going(state) => submit(Command::SetPace(Pace::Paused)),
        _ if view.ui.zoom => Ok(vec![Change::Zoom(false)]),
        _ if frame::loop_run(state).is_some() => open(DialogRequest::StopLoop),
        _ if state.pace != Pace::Paused => submit(Command::SetPace(Pace::Paused)),
        _ if view.reports() => Ok(vec![Change::Report(false)]),
        // A second Esc is a habit, not a question.
        _ => no(""),
    }
}
