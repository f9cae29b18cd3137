//! The world and the settings: inject, surprises, failures, the goal, pins, the dial, undo.

use crate::describe::frame::{acting, loop_run, within};
use crate::describe::remedies::has_no_plan;
use crate::describe::settings;
use crate::engine::command::Command;
use crate::engine::settings::PlannerChoice;
use crate::engine::state::{Phase, State};
use crate::ui::action::Action;
use crate::ui::session::change::{Change, DialogRequest, Meaning, no, open, submit};
use crate::ui::session::view::View;

pub(crate) fn interpret(view: &View<'_>, action: Action) -> Meaning {
    let state = &view.shown.state;
    match action {
        Action::Inject => inject(view),
        Action::Surprise if state.goal.scenarios.is_empty() => {
            no("the goal file offers no surprises; \x01inject\x02 injects one")
        }
        Action::Surprise => open(DialogRequest::Surprises),
        Action::FailTool if state.goal.tools.is_empty() => no("this goal has no tools"),
        Action::FailTool => open(DialogRequest::FailTool),
        Action::ChangeGoal => open(DialogRequest::Goal),
        Action::Replan => match state.phase {
            Phase::Deciding if view.ui.watched().is_some() => no("this is a new plan already: decide on it first"),
            Phase::Deciding => no("a proposal waits already: \x01step\x02 shows it"),
            Phase::Planning { .. } if state.is_react() => no("the next action is being decided on already"),
            Phase::New | Phase::Planning { .. } => no("the planner is at work already"),
            Phase::Running { .. } if state.rests_inside() || view.shown.past && loop_run(state).is_some() => {
                submit(within(Command::Replan))
            }
            Phase::Running { .. } => no("a step is running; \x01cancel\x02 stops it"),
            Phase::Interrupted => no("decide on the interrupted step first"),
            _ => submit(Command::Replan),
        },
        Action::TakeOver if state.goal.file.is_none() => no("this goal was read from no file that could be changed"),
        Action::TakeOver => Ok(vec![Change::TakeOver]),
        Action::Dial => {
            let dial = state.settings.dial.next();
            said(Command::TurnDial(dial), format!("replan {} from now on", settings::dial(dial)))
        }
        Action::Decider => {
            let decider = state.settings.decider.next();
            said(Command::SetDecider(decider), format!("{} on replans from now on", settings::decider(decider)))
        }
        Action::Planner if state.goal.planner.is_none() => no("the goal file names no program that plans"),
        Action::Planner if matches!(state.phase, Phase::Running { .. }) => {
            no("a step is running; \x01cancel\x02 stops it")
        }
        Action::Planner => {
            let program = state.settings.planner.is_program();
            let planner = if program { PlannerChoice::default() } else { PlannerChoice::program() };
            let words = format!("the planner is {} from now on", settings::planner(&planner));
            // One that saw no plan has answered: the other is asked because somebody wants to know.
            let answered = program && has_no_plan(state);
            let asked = answered.then_some(Change::Submit(Command::Replan));
            Ok([Change::Submit(Command::SetPlanner(planner)), Change::Say(words)].into_iter().chain(asked).collect())
        }
        Action::Pin => view.pane(view.ui.focus).pin(view),
        Action::Undo => match (state.undo.last(), inner(state).and_then(|inner| inner.undo.last())) {
            // What was changed in the world was changed in the loop too, by the same event: one undo takes both back.
            (Some(own), Some(inside)) if inside.of > own.of => submit(within(Command::Undo)),
            (None, Some(_)) => submit(within(Command::Undo)),
            (Some(_), _) => submit(Command::Undo),
            (None, None) if state.runs.is_empty() => no("there is nothing to take back"),
            (None, None) => {
                no("a step has run since the last change: go back with \x01back\x02 and act there, which forks")
            }
        },
        Action::Redo => match (state.redo.last(), inner(state).and_then(|inner| inner.redo.last())) {
            (Some(_), _) => submit(Command::Redo),
            (None, Some(_)) => submit(within(Command::Redo)),
            (None, None) => no("there is nothing to make again"),
        },
        _ => no("that changes nothing"),
    }
}

/// Asks for `command` and says what is so from then on: a narrow header has no room for the settings.
fn said(command: Command, words: String) -> Meaning {
    Ok(vec![Change::Submit(command), Change::Say(words)])
}

/// Opens the choice of strategies, where it can change now.
pub(crate) fn strategy(view: &View<'_>) -> Meaning {
    let state = &view.shown.state;
    match state.phase {
        Phase::Running { .. } if loop_run(state).is_some() => {
            no("a loop is under way: \x01out\x02 goes to its end, then the strategy can change")
        }
        Phase::Running { .. } => no("a step is running: when it is through, the strategy can change"),
        Phase::Interrupted => no(
            "decide on the interrupted step first: \x01rerun\x02 again, \x01inject\x02 its outcome, \x01skip\x02 skip",
        ),
        Phase::New
        | Phase::Planning { .. }
        | Phase::Review
        | Phase::Deciding
        | Phase::Ready
        | Phase::Approving
        | Phase::Reached
        | Phase::Ended { .. } => open(DialogRequest::Strategy),
    }
}

/// Returns the loop that is under way.
fn inner(state: &State) -> Option<&State> {
    loop_run(state).and(state.inner.as_deref())
}

fn inject(view: &View<'_>) -> Meaning {
    let state = &view.shown.state;
    let here = acting(state);
    if matches!(here.phase, Phase::Interrupted)
        && let Some(run) = here.current_run()
    {
        return open(DialogRequest::InjectOutcome(run.step.id.clone()));
    }
    view.pane(view.ui.focus).inject(view).unwrap_or_else(|| last_value(view))
}

/// Where nothing is selected to inject: the first key that the next step reads, else the first key.
fn last_value(view: &View<'_>) -> Meaning {
    let state = &view.shown.state;
    let here = acting(state);
    let inside = !std::ptr::eq(here, state);
    let read = here.next_step().and_then(|step| step.reads().next().cloned());
    let first = if inside { here.context.iter().next().map(|(key, _)| key.clone()) } else { None };
    match read.or(first).or_else(|| view.shown.ledger.key(0).cloned()) {
        Some(key) => open(DialogRequest::InjectKey(key.to_string(), String::new()).inside(inside)),
        None => no("there is no key to inject"),
    }
}
