//! How a run stands, in the words of the contract.

use std::sync::Arc;

use super::{breakpoint, value};
use crate::engine::approval::waits_for_trust;
use crate::engine::event::{Outcome, Reason, Stop};
use crate::engine::state::{Phase, State};

/// How a run stands, in the words of the contract.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// `reached`, `unreachable`, `not_reached`, `stopped` or `failed`.
    pub status: &'static str,
    /// Why it is not reached.
    pub why: Option<String>,
    /// Why, as a tree.
    pub reasons: Arc<[Reason]>,
}

impl Standing {
    /// Returns how a run stands in `state`; one that is not over counts as stopped there.
    pub fn of(state: &State) -> Standing {
        Standing::asking(state, None)
    }

    /// Like [`Standing::of`], where `filled` is what a waiting tool asks with its filters filled in, as a person is
    /// asked it; none: as the goal file writes it.
    pub fn asking(state: &State, filled: Option<&str>) -> Standing {
        let stopped = |why: String| Standing { status: "stopped", why: Some(why), reasons: Arc::default() };
        let next = || match state.next_step() {
            Some(step) => format!("before {} {}", step.id, step.name()),
            None => "at the end of the plan".into(),
        };
        let over = state.phase.is_over();
        if let Some(hit) = state.stopped_at().filter(|_| !over) {
            return stopped(breakpoint::stopped(state, hit));
        }
        match &state.phase {
            Phase::Reached => Standing { status: "reached", why: None, reasons: Arc::default() },
            Phase::Ended { outcome, why, reasons } => {
                let status = match outcome {
                    Outcome::Unreachable => "unreachable",
                    Outcome::NotReached => "not_reached",
                    Outcome::Stopped | Outcome::Interrupted => "stopped",
                };
                Standing { status, why: Some(why.to_string()), reasons: reasons.clone() }
            }
            Phase::New | Phase::Planning { .. } => stopped("it stopped while planning".into()),
            Phase::Review => stopped("it stopped before the plan was approved".into()),
            Phase::Deciding => {
                let gate = state.waiting_proposal().and_then(|replan| replan.removed_gates().next());
                stopped(match gate {
                    Some((step, why)) => format!(
                        "the replan takes out {} {}, at which somebody looks before the rest{}: run with --approve all, \
                         or decide in `planscope resume`",
                        step.id,
                        step.name(),
                        why.map(|why| format!(" ({why})")).unwrap_or_default()
                    ),
                    None => "it stopped before a replan was decided on".into(),
                })
            }
            Phase::Ready => stopped(format!("it stopped {}", next())),
            Phase::Running { .. } if state.innermost().phase == Phase::Approving => {
                stopped(approval(state.innermost()))
            }
            Phase::Approving => stopped(approval(state)),
            Phase::Running { .. } | Phase::Interrupted => stopped(match state.runs.last() {
                Some(_) if let Some(run) = state.asks() => {
                    let spec = run.step.tool_in(&state.goal.tools).map(|tool| tool.run.spec.clone());
                    let asked = spec.as_ref().and_then(|spec| spec.get("question")).and_then(|asked| asked.as_str());
                    let asked = asked.map(|asked| filled.unwrap_or(asked));
                    format!(
                        "{} {} waits for an answer{}: give it with --answer '{}=JSON', or in `planscope resume`",
                        run.step.id,
                        run.step.name(),
                        asked.map(|asked| format!(" to \"{asked}\"")).unwrap_or_default(),
                        run.step.tool.as_ref().unwrap_or(&run.step.id)
                    )
                }
                Some(run) if state.phase == Phase::Interrupted => format!(
                    "nobody knows how {} {} went: run it again, give its outcome or skip it in `planscope resume`",
                    run.step.id,
                    run.step.name()
                ),
                Some(run) => format!("it stopped while {} {} ran", run.step.id, run.step.name()),
                None => "it stopped".into(),
            }),
        }
    }
}

/// How much of an input is said where a step asks for approval, in cells.
const INPUT: usize = 40;

/// Returns that the next step of `state` asks for approval, with what it would read.
fn approval(state: &State) -> String {
    if state.stop == Some(Stop::Planner) {
        return "the planner is a program, and the goal file is not trusted: `planscope trust GOAL` shows all that it would \
                run and trusts it, --trust trusts it for one run, --planner embedded plans without it"
            .into();
    }
    let Some(step) = state.next_step() else { return "a step asks for approval first".into() };
    let read =
        step.reads().filter_map(|key| Some(format!("{key} {}", value::json(&state.context.get(key)?.value, INPUT))));
    let read = read.collect::<Vec<_>>().join(", ");
    let with = if read.is_empty() { read } else { format!(" (with {read})") };
    let tool = step.tool_in(&state.goal.tools);
    if waits_for_trust(state) {
        let risky = tool.is_some_and(|tool| tool.risk > state.settings.approve);
        let further = if risky { "; it is risky, too: --approve all lets it run" } else { "" };
        return format!(
            "{} {} starts a program, and the goal file is not trusted: `planscope trust GOAL` shows all that it would run \
             and trusts it, --trust trusts it for one run{further}",
            step.id,
            step.name()
        );
    }
    format!(
        "{} {} asks for approval first{with}: run with --approve all, or decide in `planscope resume`",
        step.id,
        step.name()
    )
}
