//! Editing the remaining plan: change, add, delete, move, switch off, run again.

use crate::engine::command::Command;
use crate::engine::plan::Step;
use crate::engine::state::{Phase, Status};
use crate::engine::turn::Became;
use crate::ui::action::Action;
use crate::ui::session::change::{Change, DialogRequest, Meaning, no, open, submit};
use crate::ui::session::lists::plan::{Item, holder, home, item, selected};
use crate::ui::session::pane::PaneId;
use crate::ui::session::view::View;

pub(crate) fn interpret(view: &View<'_>, action: Action) -> Meaning {
    let state = &view.shown.state;
    let at = selected(view);
    let (holder, home) = (holder(view, at), home(view, at));
    let inside = holder.is_some();
    if let Some(run) = holder.filter(|run| !state.is_loop_under_way(run)) {
        let name = run.step.name();
        return no(format!(
            "the loop of {name} is over: \x01rerun\x02 on {name} runs it again, \x01back\x02 goes back into it"
        ));
    }
    if matches!(home.phase, Phase::Planning { .. }) && home.is_react() {
        return no("it is thinking; there is nothing to change yet");
    }
    if matches!(state.phase, Phase::New | Phase::Planning { .. }) {
        return no("the planner is at work; there is no plan to change yet");
    }
    if view.ui.watched().is_some() {
        return no(
            "decide on the proposal first: \x01accept\x02 accepts it, \x01reject\x02 rejects it, \x01edit_proposal\x02 accepts and edits, \x01later\x02 lets it wait",
        );
    }
    // The loop under way takes what is meant for its own steps; what has a step says so by its id.
    let add = |place: usize| open(DialogRequest::AddStep(place).inside(inside));
    let place = |step: &Step| home.plan.find(&step.id).map_or(0, |(place, _)| place);
    let select = |at: usize| Change::Cursor(PaneId::PLAN, Some(at));
    match (action, item(view, at)) {
        (Action::AddBelow, Some(Item::Todo(step))) => add(place(step) + 1),
        (Action::AddAbove, Some(Item::Todo(step))) => add(place(step)),
        (Action::AddBelow | Action::AddAbove, _) => add(0),
        (_, Some(Item::Run(run))) if run.status == Status::Running => no(match state.asks() {
            Some(_) => {
                format!("{} waits for your answer: \x01step\x02 gives it, \x01cancel\x02 stops it", run.step.name())
            }
            None if state.is_loop_under_way(run) => {
                format!(
                    "the loop of {} is under way: select one of its turns; \x01out\x02 goes to its end",
                    run.step.name()
                )
            }
            None => format!("{} is running: \x01cancel\x02 stops it", run.step.name()),
        }),
        (Action::Rerun, Some(Item::Run(run))) => {
            Ok(vec![Change::Submit(Command::Rerun(run.step.id.clone())), Change::RunOn])
        }
        // What is still to do cannot be run again: what failed last is meant, if something did.
        (Action::Rerun, _) => match home.failed_last() {
            Some(run) if !inside => Ok(vec![Change::Submit(Command::Rerun(run.step.id.clone())), Change::RunOn]),
            Some(_) | None => no("select a step that has run; this one is still to do"),
        },
        (Action::Skip, Some(Item::Run(run))) if matches!(home.phase, Phase::Interrupted) => {
            submit(Command::SkipStep { step: run.step.id.clone(), skip: true })
        }
        (_, Some(Item::Run(run))) if run.status == Status::Skipped => {
            no(format!("{} was passed by: \x01rerun\x02 runs it after all", run.step.name()))
        }
        (_, Some(Item::Run(run))) => no(format!(
            "{} has run: that is history; \x01rerun\x02 runs it again, \x01inject\x02 changes what it returned",
            run.step.name()
        )),
        (Action::Edit, Some(Item::Todo(step))) => open(DialogRequest::EditStep(step.id.clone())),
        (Action::Delete, Some(Item::Todo(step))) => submit(Command::DeleteStep(step.id.clone())),
        (Action::Skip, Some(Item::Todo(step))) => submit(Command::SkipStep { step: step.id.clone(), skip: !step.skip }),
        (Action::MoveDown, Some(Item::Todo(step))) if place(step) + 1 < home.plan.remaining().len() => {
            let moved = Command::MoveStep { step: step.id.clone(), to: place(step) + 1 };
            Ok(vec![Change::Submit(moved), select(at + 1)])
        }
        (Action::MoveUp, Some(Item::Todo(step))) if place(step) > 0 => {
            let moved = Command::MoveStep { step: step.id.clone(), to: place(step) - 1 };
            Ok(vec![Change::Submit(moved), select(at - 1)])
        }
        (Action::MoveDown | Action::MoveUp, Some(Item::Todo(_))) => no("it cannot go further"),
        (_, Some(Item::Proposed(_))) => no(
            "decide on the proposal first: \x01accept\x02 accepts, \x01reject\x02 rejects, \x01edit_proposal\x02 edits it",
        ),
        (_, Some(Item::Thought(turn))) => no(match &turn.became {
            Became::Refused { .. } => "this action was refused, and never started: that is history",
            Became::Dropped => "this action was dropped, and never started: that is history",
            Became::Open | Became::Acted(_) => "this thought came to no action",
        }),
        (_, _) if state.is_react() => {
            no("no action is decided on yet: \x01into\x02 thinks, \x01add_below\x02 adds a step of your own")
        }
        (_, _) => no("there is no step here"),
    }
}
