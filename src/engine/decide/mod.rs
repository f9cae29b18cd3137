//! Command → the one fact that it amounts to now, or why it cannot be one.

mod breakpoints;
mod edits;
mod plans;
mod reports;

use crate::engine::ordered::IndexMap;
use std::sync::Arc;

use super::approval;
use super::command::{Approval, Command, Refusal};
use super::event::{Event, Outcome, Pace, Strategy};
use super::goal::{Key, Surprise, ToolName};
use super::launch::Truster;
use super::review::{self, DeviationKind};
use super::settings::PlannerChoice;
use super::state::{Phase, State, Status};
use super::value::Shared;

/// Decides on `command`: one fact, or a refusal that changes nothing.
pub(super) fn decide(state: &State, command: Command) -> Result<Event, Refusal> {
    if let Some(inner) = inside(state, &command) {
        let command = match command {
            Command::Within(command) => *command,
            command => command,
        };
        return decide(inner, command).map(|event| Event::Inner { event: Box::new(event) });
    }
    match command {
        Command::Within(_) => Err(Refusal::new("no loop is under way that could be asked")),
        Command::SetStrategy(strategy) => set_strategy(state, strategy),
        Command::Approve(approval) => approve(state, &approval),
        Command::Trust(by) => match by != Truster::Nobody {
            trusted if trusted == state.settings.trusted => Err(Refusal::new("that is so already")),
            trusted => Ok(Event::Trusted { trusted, by }),
        },
        Command::Redefine { .. } if matches!(state.phase, Phase::Running { .. }) => {
            Err(Refusal::new("a step is running: what changed on disk is taken over once it has ended"))
        }
        Command::Redefine { goal, tools, files } => {
            let source = goal.as_ref().map(|goal| goal.source.clone());
            Ok(Event::Redefined { source, goal, tools, files })
        }
        Command::Reject => match state.waiting_proposal() {
            Some(replan) => Ok(Event::Rejected { proposal: replan.seq }),
            None => Err(Refusal::new("no proposal waits for a decision")),
        },
        Command::SetPace(pace) => set_pace(state, pace),
        Command::Answer(_) => Err(Refusal::new("an answer goes through its tool first, which checks it")),
        Command::Cancel => match (&state.phase, state.current_run()) {
            (Phase::Running { .. }, Some(run)) => Ok(Event::Cancelled { step: run.step.id.clone() }),
            (Phase::Planning { .. }, _) if state.is_planning_outside() => Ok(Event::Ended {
                outcome: Outcome::Stopped,
                why: "you stopped the planner before it answered".into(),
                reasons: Vec::new(),
            }),
            _ => Err(Refusal::new("nothing is running that could be cancelled")),
        },
        Command::Inject(values) if values.is_empty() => Err(Refusal::new("no key was named")),
        Command::Inject(values) => Ok(Event::Injected { values, outcome_of: None, scenario: None }),
        Command::ReplaceOutcome { step, result } => replace_outcome(state, &step, result),
        Command::Surprise { surprise, scenario } => surprise_now(state, surprise, scenario),
        Command::Schedule { after, nth, surprises, scenario } => schedule(state, after, nth, surprises, scenario),
        Command::CallOff(tool) => match state.is_armed_for(&tool) {
            true => Ok(Event::CalledOff { tool }),
            false => Err(Refusal::new(format!("nothing is armed for {tool}"))),
        },
        Command::Pin { key, pinned } => match state.context.get(&key) {
            None => Err(Refusal::new(format!("{key} has no value that could be pinned"))),
            Some(datum) if datum.pinned == pinned => {
                Err(Refusal::new(format!("{key} is {} already", if pinned { "pinned" } else { "not pinned" })))
            }
            Some(_) => Ok(Event::Pinned { key, pinned }),
        },
        Command::ChangeStep { step, draft } => edits::change(state, &step, &draft),
        Command::AddStep { draft, at } => edits::add(state, &draft, at),
        Command::DeleteStep(step) => edits::delete(state, &step),
        Command::MoveStep { step, to } => edits::shift(state, &step, to),
        Command::SkipStep { step, skip } => edits::skip(state, &step, skip),
        Command::Rerun(step) => edits::rerun(state, &step),
        Command::ReplacePlan(steps) => edits::replace(state, steps),
        Command::ChangeGoal { goal, wants, scenario } => {
            if goal.trim().is_empty() {
                return Err(Refusal::new("the goal needs words"));
            }
            if *goal == *state.goal.goal && wants == *state.goal.wants {
                return Err(Refusal::new("that is the goal already"));
            }
            Ok(Event::GoalChanged { goal, wants, scenario })
        }
        Command::Replan => plans::ask(state),
        Command::TurnDial(dial) if dial == state.settings.dial => Err(Refusal::new("the dial stands there already")),
        Command::TurnDial(dial) => Ok(Event::DialTurned { dial }),
        Command::SetDecider(decider) => Ok(Event::DeciderSet { decider }),
        Command::SetPlanner(planner) => set_planner(state, planner),
        Command::SetBreakpoint { id, breakpoint } => breakpoints::set(state, id, breakpoint),
        Command::RemoveBreakpoint(id) => breakpoints::remove(state, id),
        Command::Undo => undo(state),
        Command::Redo => match state.redo.last() {
            Some(entry) if !is_under_way(state) => Ok(Event::Redone { of: entry.of }),
            Some(_) => Err(Refusal::new("a step is running; wait for it or cancel it, then redo")),
            None => Err(Refusal::new("nothing was taken back that could be made again")),
        },
        Command::End(why) => match state.phase {
            Phase::Reached | Phase::Ended { .. } => Err(Refusal::new("it is over already")),
            _ => Ok(Event::Ended { outcome: Outcome::Stopped, why, reasons: Vec::new() }),
        },
        Command::Report(id, report) => reports::report(state, id, report),
    }
}

/// Returns the loop inside the running step where `command` is for it.
fn inside<'a>(state: &'a State, command: &Command) -> Option<&'a State> {
    let inner = state.inner.as_deref().filter(|_| matches!(state.phase, Phase::Running { .. }))?;
    let mine = match command {
        Command::Within(_) => true,
        Command::Report(id, _) => !state.awaits(*id),
        Command::Approve(_) => true,
        Command::ReplaceOutcome { step, .. }
        | Command::ChangeStep { step, .. }
        | Command::MoveStep { step, .. }
        | Command::SkipStep { step, .. }
        | Command::DeleteStep(step)
        | Command::Rerun(step) => inner.has_step(step),
        Command::Reject
        | Command::Redefine { .. }
        | Command::Trust(_)
        | Command::SetPace(_)
        | Command::Answer(_)
        | Command::Cancel
        | Command::Inject(_)
        | Command::Surprise { .. }
        | Command::Schedule { .. }
        | Command::CallOff(_)
        | Command::Pin { .. }
        | Command::AddStep { .. }
        | Command::ReplacePlan(_)
        | Command::ChangeGoal { .. }
        | Command::Replan
        | Command::TurnDial(_)
        | Command::SetStrategy(_)
        | Command::SetDecider(_)
        | Command::SetPlanner(_)
        | Command::SetBreakpoint { .. }
        | Command::RemoveBreakpoint(_)
        | Command::Undo
        | Command::Redo
        | Command::End(_) => false,
    };
    mine.then_some(inner)
}

fn set_planner(state: &State, planner: PlannerChoice) -> Result<Event, Refusal> {
    if planner == state.settings.planner {
        return Err(Refusal::new(format!("the planner is {} already", planner.name)));
    }
    if planner.is_program() && state.goal.planner.is_none() {
        return Err(Refusal::new("the goal file names no planner of its own"));
    }
    match state.phase {
        Phase::Running { .. } => {
            Err(Refusal::new("a step is running; wait for it or cancel it, then change the planner"))
        }
        _ => Ok(Event::PlannerSet { planner }),
    }
}

fn set_strategy(state: &State, strategy: Strategy) -> Result<Event, Refusal> {
    if strategy == state.settings.strategy {
        return Err(Refusal::new(format!("the strategy is {} already", strategy.word())));
    }
    match state.phase {
        Phase::Running { .. } => {
            Err(Refusal::new("a step is running; wait for it or cancel it, then change the strategy"))
        }
        Phase::Interrupted => Err(Refusal::new("decide on the interrupted step first")),
        Phase::New
        | Phase::Planning { .. }
        | Phase::Review
        | Phase::Deciding
        | Phase::Ready
        | Phase::Approving
        | Phase::Reached
        | Phase::Ended { .. } => Ok(Event::StrategySet { strategy }),
    }
}

fn approve(state: &State, approve: &Approval) -> Result<Event, Refusal> {
    match &state.phase {
        Phase::Review => Ok(Event::Approved { step: None, tool: None }),
        Phase::Approving => match state.next_step() {
            Some(step) if approval::asks(state, step) == Some(approval::Asks::Untrusted) => Err(Refusal::new(format!(
                "{} starts a program, and the goal file is not trusted: look at what it would run, and trust it, first",
                step.name()
            ))),
            Some(step) => Ok(approval::approved(step, *approve == Approval::Tool)),
            None => Err(Refusal::new("no step is left to approve")),
        },
        Phase::Deciding => plans::accept(state, approve),
        Phase::New
        | Phase::Planning { .. }
        | Phase::Ready
        | Phase::Running { .. }
        | Phase::Interrupted
        | Phase::Reached
        | Phase::Ended { .. } => Err(Refusal::new("nothing waits for approval")),
    }
}

fn set_pace(state: &State, pace: Pace) -> Result<Event, Refusal> {
    if pace == Pace::Paused {
        return Ok(Event::Paced { pace });
    }
    if let Pace::Until(id) = &pace
        && state.plan.find(id).is_none()
    {
        return Err(Refusal::new(format!("{id} is not among the remaining steps")));
    }
    if pace == Pace::Out && state.inner.is_none() {
        return Err(Refusal::new("no loop is under way to go out of"));
    }
    match &state.phase {
        Phase::Running { .. } if state.inner.is_some() => set_pace_inside(state, pace),
        // Who steps while a step is on its way wants one more.
        Phase::Planning { .. } if matches!(state.pace, Pace::Steps(_)) => Ok(Event::Paced { pace }),
        Phase::Planning { .. } if state.is_react() => Err(Refusal::new("the next action is being decided on")),
        Phase::New | Phase::Planning { .. } => Err(Refusal::new("there is no plan yet; the planner is at it")),
        Phase::Deciding => Err(Refusal::new("a replan waits: accept it, edit it or reject it first")),
        Phase::Approving => Err(Refusal::new("the next step asks for approval first")),
        Phase::Interrupted => {
            Err(Refusal::new("nobody knows how the last step went: run it again, give its outcome, or skip it first"))
        }
        Phase::Running { .. } if state.asks().is_some() => Err(Refusal::new("the running step waits for your answer")),
        Phase::Reached => Err(Refusal::new("the goal is reached; inject, edit or start over to see more")),
        Phase::Ended { .. } if state.runnable().is_none() && !state.is_react() => match state.next_step() {
            None => Err(Refusal::new("no step is left to run")),
            Some(next) => {
                let why = review::blocked(state, next).map(|deviation| deviation.message.to_string());
                Err(Refusal::new(format!(
                    "no step can run: {}",
                    why.unwrap_or_else(|| "each waits for another".into())
                )))
            }
        },
        Phase::Review | Phase::Ready | Phase::Running { .. } | Phase::Ended { .. } => Ok(Event::Paced { pace }),
    }
}

/// A loop under way that waits for a person is not hurried by a pace.
fn set_pace_inside(state: &State, pace: Pace) -> Result<Event, Refusal> {
    let inner = state.innermost();
    match &inner.phase {
        Phase::Approving => Err(Refusal::new("the next action inside asks for approval first")),
        Phase::Interrupted => Err(Refusal::new(
            "nobody knows how the last action inside went: run it again, give its outcome, or skip it",
        )),
        Phase::Running { .. } if inner.asks().is_some() => {
            Err(Refusal::new("the running action waits for your answer"))
        }
        Phase::New
        | Phase::Planning { .. }
        | Phase::Review
        | Phase::Deciding
        | Phase::Ready
        | Phase::Running { .. }
        | Phase::Reached
        | Phase::Ended { .. } => Ok(Event::Paced { pace }),
    }
}

fn replace_outcome(state: &State, id: &str, result: Shared) -> Result<Event, Refusal> {
    let Some(run) = state.run(id) else {
        return Err(Refusal::new(format!("{id} has not run yet; there is no outcome to replace")));
    };
    if run.status == Status::Running {
        return Err(Refusal::new(format!("{id} is still running; cancel it first")));
    }
    let values = outputs_of(&run.step, result).map_err(Refusal::new)?;
    let stands = |(key, value): (&Key, &Shared)| {
        let datum = state.context.get(key).filter(|datum| datum.refuted.is_none() && datum.value == *value);
        datum.is_some_and(|datum| run.wrote.iter().any(|(wrote, version)| wrote == key && *version == datum.version))
    };
    if run.status == Status::Done && values.iter().all(stands) {
        return Err(Refusal::new(format!("that is what {id} returned already")));
    }
    let values = values.into_iter().map(|(key, value)| (key, Some(value))).collect();
    Ok(Event::Injected { values, outcome_of: Some(run.step.id.clone()), scenario: None })
}

/// Returns what `result` writes, by key, as the result of `step`: itself for one output, its entries for several.
pub(super) fn outputs_of(step: &super::plan::Step, result: Shared) -> Result<IndexMap<Key, Shared>, String> {
    if let [(_, key)] = step.to.as_slice() {
        return Ok([(key.clone(), result)].into_iter().collect());
    }
    let object = result.look();
    if !object.is_object() {
        return Err(format!("{} has {} outputs: give an object with one entry for each", step.id, step.to.len()));
    }
    let mut names = object.children(0).filter_map(|(name, _)| name);
    if let Some(extra) = names.find(|name| !step.to.iter().any(|(output, _)| **output == **name)) {
        return Err(format!("{} has no output \"{extra}\"", step.id));
    }
    let entry = |(name, key): &(Key, Key)| match object.field(name) {
        Some(value) => Ok((key.clone(), value.share())),
        None => Err(format!("the output \"{name}\" is missing")),
    };
    step.to.iter().map(entry).collect()
}

fn surprise_now(state: &State, surprise: Surprise, scenario: Option<Arc<str>>) -> Result<Event, Refusal> {
    match surprise {
        Surprise::Set { key, value } => {
            Ok(Event::Injected { values: [(key, value)].into_iter().collect(), outcome_of: None, scenario })
        }
        Surprise::Outcome { tool, value } => {
            known_tool(state, &tool)?;
            let done =
                |run: &&Arc<super::state::StepRun>| run.step.tool.as_ref() == Some(&tool) && run.status == Status::Done;
            match state.runs.iter().rev().find(done) {
                Some(run) => {
                    let values = outputs_of(&run.step, value).map_err(Refusal::new)?;
                    let values = values.into_iter().map(|(key, value)| (key, Some(value))).collect();
                    Ok(Event::Injected { values, outcome_of: Some(run.step.id.clone()), scenario })
                }
                None => Ok(Event::Armed { surprise: Surprise::Outcome { tool, value }, scenario }),
            }
        }
        Surprise::Fail { tool, error, times } => {
            known_tool(state, &tool)?;
            if times == 0 {
                return Err(Refusal::new("a tool has to fail at least once"));
            }
            Ok(Event::Armed { surprise: Surprise::Fail { tool, error, times }, scenario })
        }
        Surprise::Goal { goal, wants } => Ok(Event::GoalChanged { goal, wants, scenario }),
    }
}

fn schedule(
    state: &State,
    after: Option<ToolName>,
    nth: Option<u32>,
    surprises: Vec<Surprise>,
    scenario: Option<Arc<str>>,
) -> Result<Event, Refusal> {
    if surprises.is_empty() {
        return Err(Refusal::new("this scenario does nothing"));
    }
    for surprise in &surprises {
        match surprise {
            Surprise::Outcome { tool, .. } | Surprise::Fail { tool, .. } => known_tool(state, tool)?,
            Surprise::Set { .. } | Surprise::Goal { .. } => {}
        }
    }
    let nth = match &after {
        Some(tool) => {
            known_tool(state, tool)?;
            nth.unwrap_or(state.finished.get(tool).copied().unwrap_or(0) + 1)
        }
        None => 0,
    };
    Ok(Event::Scheduled { after, nth, surprises, scenario })
}

fn known_tool(state: &State, tool: &str) -> Result<(), Refusal> {
    if state.goal.tools.contains_key(tool) {
        Ok(())
    } else {
        Err(Refusal::new(format!("there is no tool \"{tool}\" in this goal")))
    }
}

/// Tells whether something runs that a change of the past would pull from under it. A loop that rests runs nothing.
fn is_under_way(state: &State) -> bool {
    matches!(state.phase, Phase::Running { .. }) && !state.rests_inside()
}

fn undo(state: &State) -> Result<Event, Refusal> {
    match state.undo.last() {
        Some(_) if is_under_way(state) => Err(Refusal::new("a step is running; wait for it or cancel it, then undo")),
        Some(entry) => Ok(Event::Undone { of: entry.of }),
        None if state.runs.is_empty() => Err(Refusal::new("nothing was changed that could be taken back")),
        None => Err(Refusal::new("a step has run since the last change: go back with [ and act there, which forks")),
    }
}

/// Returns the first thing that contradicts the plan if its remaining steps were `steps`.
fn first_fault(state: &State, steps: &[Arc<super::plan::Step>]) -> Option<review::Deviation> {
    let plan = super::plan::Plan::new(state.plan.revision + 1, steps.to_vec());
    let mut after = state.clone();
    after.goal_before = None;
    after.failed = imbl::Vector::new();
    // That a step is not needed is not a fault: who takes only a part of a proposal may keep it.
    let fault = |kind| !matches!(kind, DeviationKind::GoalReachedEarly | DeviationKind::StepUnneeded);
    review::walk(&after, &plan).into_iter().find(|deviation| fault(deviation.kind))
}
