//! The world and the settings: inject, surprises, failures, the goal, pins, the dial, undo.

use super::super::action::Action;
use super::super::model::Pane;
use super::super::panes::context;
use super::super::panes::plan::{Item, item, selected};
use super::super::view::View;
use super::super::words;
use super::{Ask, Change, Meaning, no, open, submit};
use crate::engine::command::Command;
use crate::engine::event::{Decider, Dial};
use crate::engine::state::{Phase, Status};

pub(super) fn interpret(view: &View<'_>, action: Action) -> Meaning {
    let state = &view.shown.state;
    match action {
        Action::Inject => inject(view),
        Action::Surprise if state.goal.scenarios.is_empty() => no("the goal file offers no surprises; i injects one"),
        Action::Surprise => open(Ask::Surprises),
        Action::FailTool if state.goal.tools.is_empty() => no("this goal has no tools"),
        Action::FailTool => open(Ask::FailTool),
        Action::ChangeGoal => open(Ask::Goal),
        Action::Replan => match state.phase {
            Phase::Deciding if view.ui.watched().is_some() => no("this is a new plan already: decide on it first"),
            Phase::Deciding => no("a proposal waits already: space shows it"),
            Phase::New | Phase::Planning { .. } => no("the planner is at work already"),
            Phase::Running { .. } => no("a step is running; Esc stops it"),
            _ => submit(Command::Replan),
        },
        Action::Dial => {
            let dial = match state.settings.dial {
                Dial::Never => Dial::OnFailure,
                Dial::OnFailure => Dial::OnDeviation,
                Dial::OnDeviation => Dial::EveryStep,
                Dial::EveryStep => Dial::Never,
            };
            said(Command::TurnDial(dial), format!("replan {} from now on", words::dial(dial)))
        }
        Action::Decider => {
            let decider = match state.settings.decider {
                Decider::Ask => Decider::Auto,
                Decider::Auto => Decider::Ask,
            };
            said(Command::SetDecider(decider), format!("{} on replans from now on", words::decider(decider)))
        }
        Action::Pin => match (view.ui.focus, context::current(view)) {
            (Pane::Context, Some((_, key))) => match state.context.get(key) {
                Some(datum) => submit(Command::Pin { key: key.clone(), pinned: !datum.pinned }),
                None => no(format!("{key} has no value to pin")),
            },
            (Pane::Plan | Pane::Trace, _) | (Pane::Context, None) => no("select a key in the context (2) to pin it"),
        },
        Action::Undo => match state.undo.last() {
            Some(_) => submit(Command::Undo),
            None => no("there is nothing to take back"),
        },
        Action::Redo => match state.redo.last() {
            Some(_) => submit(Command::Redo),
            None => no("there is nothing to make again"),
        },
        _ => no("that changes nothing"),
    }
}

/// Asks for `command` and says what is so from then on: a narrow header has no room for the settings.
fn said(command: Command, words: String) -> Meaning {
    Ok(vec![Change::Submit(command), Change::Say(words)])
}

fn inject(view: &View<'_>) -> Meaning {
    let state = &view.shown.state;
    if matches!(state.phase, Phase::Interrupted)
        && let Some(run) = state.current_run()
    {
        return open(Ask::InjectOutcome(run.step.id.clone()));
    }
    match view.ui.focus {
        Pane::Plan => match item(view, selected(view)) {
            Some(Item::Run(run)) if run.status == Status::Running => match state.asks() {
                Some(_) => open(Ask::Answer),
                None => last_value(view),
            },
            Some(Item::Run(run)) => open(Ask::InjectOutcome(run.step.id.clone())),
            Some(Item::Todo(_) | Item::Proposed(_)) | None => last_value(view),
        },
        Pane::Context => match context::current(view) {
            Some((_, key)) => open(Ask::InjectKey(key.to_string())),
            None => last_value(view),
        },
        Pane::Trace => last_value(view),
    }
}

/// Where nothing is selected to inject: the first key that the next step reads, else the first key.
fn last_value(view: &View<'_>) -> Meaning {
    let state = &view.shown.state;
    let read = state.next_step().and_then(|step| step.reads().next().cloned());
    match read.or_else(|| view.shown.ledger.key(0).cloned()) {
        Some(key) => open(Ask::InjectKey(key.to_string())),
        None => no("there is no key to inject"),
    }
}
