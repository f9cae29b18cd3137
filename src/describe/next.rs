//! What comes next, as the *Next* line says it: what space does, what is waited for, why it is blocked.

use crate::engine::approval::waits_for_trust;
use crate::engine::event::{Outcome, Pace, Stop};
use crate::engine::state::{Phase, State};
use crate::engine::turn::{Became, Wits};

use super::frame::{acting, loop_run};
use super::remedies::{self, in_its_way};
use super::step::flow;
use super::{breakpoint, event, text};

/// Returns the name of a step, cut where what is said about it would find no room: a plain step's name is a sentence.
fn brief(name: &str) -> String {
    text::clip_words(name, 32)
}

/// Returns the sentence of the *Next* line: what space will do, what it waits for, or why it is blocked.
pub fn next(state: &State) -> String {
    let here = acting(state);
    if let Some(hit) = state.stopped_at().filter(|_| matches!(here.phase, Phase::Ready | Phase::Review)) {
        return breakpoint::next(state, hit);
    }
    if let Some(run) = loop_run(state)
        && !std::ptr::eq(here, state)
    {
        return format!("inside {}: {}", run.step.id, inside(here));
    }
    let going = state.pace != Pace::Paused;
    match &state.phase {
        Phase::New => "the session begins".into(),
        Phase::Planning { .. } if state.is_react() => thinking(state),
        Phase::Planning { cause: None, .. } => "the planner is looking for a plan".into(),
        Phase::Planning { cause: Some(cause), .. } => format!("the planner rewrites the rest: {}", cause.message()),
        Phase::Review => match state.next_step() {
            Some(step) => format!("\x01approve\x02 approves; \x01step\x02 approves and runs {}\x03: {}", brief(step.name()), flow(step)),
            None => "\x01approve\x02 approves the plan".into(),
        },
        Phase::Deciding => "a replan is proposed: \x01step\x02 shows it\x03; nothing runs before you decide".into(),
        Phase::Approving if waits_for_trust(state) => untrusted(state),
        Phase::Approving => match state.next_step() {
            Some(step) => format!("{} asks before it runs: \x01approve\x02 approves it\x03, {}", brief(step.name()), flow(step)),
            None => "a step asks before it runs: \x01approve\x02 approves it".into(),
        },
        Phase::Running { .. } => match state.current_run() {
            Some(run) if state.asks().is_some() => {
                format!("{} waits for your answer: \x01step\x02 gives it", brief(run.step.name()))
            }
            Some(run) if run.attempts > 1 => {
                format!("{} failed; attempt {} is under way; \x01cancel\x02 stops it", brief(run.step.name()), run.attempts)
            }
            Some(run) => match state.pace {
                Pace::Steps(more) if more > 1 => {
                    let after = text::count(more as usize - 1, "step");
                    format!("{} runs, then {after} more; \x01cancel\x02 stops it", brief(run.step.name()))
                }
                _ => format!("{} runs; \x01cancel\x02 stops it", brief(run.step.name())), // no number was asked for
            },
            None => "a step runs".into(),
        },
        Phase::Interrupted => match state.current_run() {
            Some(run) => {
                let how = if run.was_stopped() { "stopped" } else { "was interrupted" };
                format!("{} {how}: \x01rerun\x02 again, \x01inject\x02 its outcome, \x01skip\x02 skip", brief(run.step.name()))
            }
            None => "a step was interrupted".into(),
        },
        Phase::Reached if state.goal.scenarios.is_empty() => {
            "the goal is reached: \x01evidence\x02 evidence\x03, \x01inject\x02 injects something\x03, \x01start_over\x02 starts over".into()
        }
        Phase::Reached => "the goal is reached: \x01evidence\x02 evidence\x03, \x01surprise\x02 surprises\x03, \x01compare\x02 compares\x03, \x01start_over\x02 starts over".into(),
        Phase::Ended { outcome, why, .. } => match outcome {
            Outcome::Unreachable if state.is_react() => format!("no action leads to the goal\x03: {why}"),
            Outcome::Unreachable | Outcome::NotReached => stuck(state, *outcome, why),
            Outcome::Stopped | Outcome::Interrupted if state.settings.planner.is_program() => {
                format!("\x01planner\x02 asks the embedded planner instead, \x01replan\x02 asks again: {why}")
            }
            Outcome::Stopped => format!("stopped: {why}"),
            Outcome::Interrupted => format!("{why}: \x01replan\x02 asks again"),
        },
        Phase::Ready if !state.open_questions.is_empty() => "conditions are being checked".into(),
        Phase::Ready if state.is_react() => turn(state, going),
        Phase::Ready => ready(state, going),
    }
}

/// Says that the next step waits until the goal file is trusted.
fn untrusted(state: &State) -> String {
    if state.stop == Some(Stop::Planner) {
        return "the planner is a program, and the goal file is not trusted: \x01approve\x02 shows what would run"
            .into();
    }
    let name = state.next_step().map_or_else(|| "a step".to_owned(), |step| brief(step.name()));
    format!("{name} starts a program, and the goal file is not trusted: \x01approve\x02 shows what would run")
}

/// Says what can be done where nothing leads to the goal, before why.
fn stuck(state: &State, outcome: Outcome, why: &str) -> String {
    let found = if outcome == Outcome::Unreachable { "no plan reaches the goal" } else { "the goal is not reached" };
    match state.runnable().filter(|_| !state.is_react()) {
        None if remedies::planned_outside(state) => {
            format!(
                "\x01planner\x02 asks the embedded planner instead, \x01replan\x02 asks again\x03; {found}\x03: {why}"
            )
        }
        Some(step) => format!("\x01step\x02 runs {} all the same\x03; {found}\x03: {why}", brief(step.name())),
        None => format!("{found}\x03: {why}"),
    }
}

/// Says who decides on the next action.
fn thinking(state: &State) -> String {
    match state.settings.strategy.wits() {
        Some(Wits::StandIn) => "it thinks: which tool that can run is closest in words?".into(),
        Some(Wits::Blind) => "it thinks: which tool is closest in words?".into(),
        Some(Wits::Planner) | None => "it thinks: the first step of a fresh plan".into(),
    }
}

/// Says what comes next where one action is decided on at a time.
fn turn(state: &State, going: bool) -> String {
    if let Some(why @ Stop::Blocked { .. }) = &state.stop {
        return format!("blocked: {}; \x01replan\x02 thinks again, \x01inject\x02 gives a value", event::stop(why));
    }
    match state.next_step() {
        Some(_) if going => "it goes on by itself; \x01step\x02 pauses".into(),
        None if going => "it goes on by itself; \x01step\x02 pauses".into(),
        Some(step) => {
            let flow = flow(step);
            format!("\x01step\x02 acts: {}\x03 {}", brief(step.name()), flow.strip_prefix("it ").unwrap_or(&flow))
        }
        None if state.turns.is_empty() => "\x01step\x02: think, then act\x03; \x01into\x02 thinks only".into(),
        None => match state.turns.last().map(|turn| &turn.became) {
            Some(Became::Refused { .. }) => "it was refused, and sees why; \x01step\x02: think, then act".into(),
            Some(Became::Open | Became::Acted(_) | Became::Dropped) | None => {
                "it saw what came back; \x01step\x02: think, then act".into()
            }
        },
    }
}

/// Says what comes next inside a loop.
fn inside(state: &State) -> String {
    let going = state.pace != Pace::Paused;
    match &state.phase {
        Phase::Planning { .. } => thinking(state),
        Phase::Approving if waits_for_trust(state) => untrusted(state),
        Phase::Approving => match state.next_step() {
            Some(step) => format!("{} asks before it runs: \x01approve\x02 approves it", brief(step.name())),
            None => "an action asks before it runs: \x01approve\x02 approves it".into(),
        },
        Phase::Running { .. } => match state.runs.last() {
            Some(run) if state.asks().is_some() => {
                format!("{} waits for your answer: \x01step\x02 gives it", brief(run.step.name()))
            }
            Some(run) => format!("{} runs; \x01cancel\x02 stops it", brief(run.step.name())),
            None => "an action runs".into(),
        },
        Phase::Interrupted => match state.current_run() {
            Some(run) => {
                let how = if run.was_stopped() { "stopped" } else { "was interrupted" };
                format!(
                    "{} {how}: \x01rerun\x02 again, \x01inject\x02 its outcome, \x01skip\x02 skip",
                    brief(run.step.name())
                )
            }
            None => "an action was interrupted".into(),
        },
        Phase::Ready if !state.open_questions.is_empty() => "what it goes on for is being checked".into(),
        Phase::Ready if going => "it goes on by itself; \x01step\x02 pauses".into(),
        Phase::Ready => match state.next_step() {
            Some(step) => format!("\x01step\x02 acts: {}\x03; \x01out\x02 goes to its end", brief(step.name())),
            None => "\x01step\x02 takes one turn\x03, \x01out\x02 goes to its end".into(),
        },
        Phase::New | Phase::Review | Phase::Deciding | Phase::Reached | Phase::Ended { .. } => "its loop ends".into(),
    }
}

fn ready(state: &State, going: bool) -> String {
    let stopped = match &state.stop {
        Some(why @ (Stop::Blocked { .. } | Stop::Circle { .. } | Stop::Limit { .. } | Stop::Failed { .. })) => {
            return match why {
                Stop::Blocked { step, .. } => match state.next_step().filter(|next| next.id != *step) {
                    Some(next) => {
                        format!("\x01step\x02 runs {}\x03; blocked: {}", brief(next.name()), event::stop(why))
                    }
                    None => {
                        let blocked = || {
                            format!(
                                "blocked: {}; \x01replan\x02 replans, \x01inject\x02 gives a value",
                                event::stop(why)
                            )
                        };
                        state.next_step().and_then(|step| in_its_way(state, step)).unwrap_or_else(blocked)
                    }
                },
                Stop::Circle { .. } => format!("a circle: {}", event::stop(why)),
                Stop::Failed { .. } => match state.next_step() {
                    Some(step) => {
                        format!(
                            "{}; \x01step\x02 runs {}\x03, \x01replan\x02 replans\x03, \x01rerun\x02 runs it again",
                            event::stop(why),
                            step.name()
                        )
                    }
                    None => format!("{}; \x01replan\x02 replans, \x01rerun\x02 runs it again", event::stop(why)),
                },
                _ => event::stop(why), // the others are in the pattern above
            };
        }
        Some(Stop::Deviation) => "stopped at a deviation; ",
        Some(Stop::Arrived) => "arrived where you wanted; ",
        Some(
            Stop::Paused
            | Stop::StepsDone
            | Stop::Replan
            | Stop::Breakpoint { .. }
            | Stop::Approval { .. }
            | Stop::Planner,
        )
        | None => "",
    };
    match state.next_step() {
        Some(step) if going => format!("{} is next; \x01step\x02 pauses", brief(step.name())),
        Some(step) if stopped.is_empty() && state.is_out_of_reach() => match in_its_way(state, step) {
            Some(why) => why,
            None => format!(
                "the goal is out of this plan's reach; \x01step\x02 runs {}\x03: {}",
                brief(step.name()),
                flow(step)
            ),
        },
        Some(step) => format!("{stopped}\x01step\x02 runs {}\x03: {}", brief(step.name()), flow(step)),
        None => format!("{stopped}no step is left to run"),
    }
}
