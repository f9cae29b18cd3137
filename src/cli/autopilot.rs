//! What there is to say to a session that waits for somebody, where nobody sits at a screen: `run` and `compare`.

use crate::engine::approval::{Asks, asks};
use crate::engine::breakpoint::Hit;
use crate::engine::command::{Approval, Command};
use crate::engine::event::{Outcome, Pace, Seq};
use crate::engine::goal::{Nature, Risk};
use crate::engine::plan::{Step, StepId};
use crate::engine::state::{Phase, State, Status, StepRun};
use crate::engine::value::Shared;

use super::script::Asked;

/// Who speaks for the person who is not there.
#[derive(Clone, Debug)]
pub(super) struct Speaker {
    /// The surprises and answers that were asked for.
    pub asked: Asked,
    /// Which risks it may approve.
    risk: Risk,
    /// How far it had come when it last said to go on.
    urged: Option<Progress>,
    /// The failed steps that are tried once more, each when nothing else goes on; the next one last.
    again: Vec<StepId>,
    /// The last event before it began to speak: where the session stopped earlier, it goes on.
    since: Seq,
}

/// What there is to say.
pub(super) enum Say {
    /// This.
    Command(Box<Command>),
    /// The answer of the tool that asks, which checks it first.
    Answer(Shared),
    /// Nobody here can say more.
    Nothing,
}

impl Speaker {
    /// Returns the speaker who hands out what was `asked` for and approves up to `risk`.
    pub(super) fn new(asked: Asked, risk: Risk) -> Speaker {
        Speaker { asked, risk, urged: None, again: Vec::new(), since: 0 }
    }

    /// Returns the speaker for a session that goes on from the event `since`.
    pub(super) fn since(self, since: Seq) -> Speaker {
        Speaker { since, ..self }
    }

    /// Returns the hit at which the session stopped while this one spoke for it.
    pub(super) fn stopped_at<'s>(&self, state: &'s State) -> Option<&'s Hit> {
        state.stopped_at().map(|hit| &**hit).filter(|hit| hit.event >= self.since)
    }

    /// Lets failed steps of `state` be tried once more: those that only compute, and with `outside` all of them.
    /// Returns a sentence on those that are left alone.
    pub(super) fn try_again(&mut self, state: &State, outside: bool) -> Option<String> {
        let over = matches!(
            state.phase,
            Phase::Ended { outcome: Outcome::Unreachable | Outcome::NotReached, .. } | Phase::Interrupted
        );
        let lacks = |step: &Step| step.writes().any(|key| !state.context.is_fresh(key));
        let last = |run: &StepRun| state.runs.iter().rev().find(|other| other.step.same_use(&run.step));
        let open = state.runs.iter().filter(|run| match run.status {
            Status::Failed => lacks(&run.step) && last(run).is_some_and(|last| last.step.id == run.step.id),
            Status::Interrupted => {
                state.phase == Phase::Interrupted
                    && state.current_run().is_some_and(|current| current.step.id == run.step.id)
            }
            Status::Pending | Status::Running | Status::Done | Status::Skipped => false,
        });
        let pure = |step: &Step| {
            let tool = step.tool_in(&state.goal.tools);
            tool.is_some_and(|tool| tool.run.nature == Nature::Pure)
        };
        let (tried, left): (Vec<_>, Vec<_>) = open.filter(|_| over).partition(|run| outside || pure(&run.step));
        self.again = tried.iter().rev().map(|run| run.step.id.clone()).collect();
        let first = left.first()?;
        Some(format!("{} {} may have done something outside: --retry runs it again", first.step.id, first.step.name()))
    }

    /// Tells whether a step is left that is tried once more.
    pub(super) fn tries_again(&self) -> bool {
        !self.again.is_empty()
    }

    /// Finds what to say to a session in `state`.
    pub(super) fn next(&mut self, state: &State) -> Say {
        let inner = state.innermost();
        if self.stopped_at(state).is_some() {
            return Say::Nothing;
        }
        match &state.phase {
            Phase::Ended { outcome: Outcome::Unreachable | Outcome::NotReached, .. } | Phase::Interrupted
                if let Some(step) = self.again.pop() =>
            {
                self.urged = None;
                Say::Command(Box::new(Command::Rerun(step)))
            }
            Phase::New | Phase::Planning { .. } | Phase::Reached | Phase::Interrupted => Say::Nothing,
            Phase::Deciding => {
                let gate = state.waiting_proposal().is_some_and(|replan| replan.removed_gates().next().is_some());
                match gate && self.risk < Risk::High {
                    true => Say::Nothing,
                    false => Say::Command(Box::new(Command::Approve(Approval::Whole))),
                }
            }
            Phase::Approving => self.approve(state),
            // The innermost loop is who waits.
            Phase::Running { .. } if inner.phase == Phase::Approving => self.approve(inner),
            // A loop that rests was stopped there by somebody who looked at it, or by the end of the program.
            Phase::Running { .. } if state.rests_inside() && self.urged != Some(progress(state)) => self.urge(state),
            Phase::Running { .. } => self.answer(state),
            Phase::Ended { outcome: Outcome::Stopped, .. } if self.urged.is_none() => self.urge(state),
            Phase::Ended { .. } => Say::Nothing,
            // A pace that was lost twice without a step in between will not carry it any further.
            Phase::Review | Phase::Ready if self.urged == Some(progress(state)) => Say::Nothing,
            Phase::Review | Phase::Ready => self.urge(state),
        }
    }

    /// Approves the next step of `state`, where that is not too risky. What stopped there goes on.
    fn approve(&mut self, state: &State) -> Say {
        match state.next_step() {
            Some(step) if self.may_approve(step, state) => {
                self.urged = None;
                Say::Command(Box::new(Command::Approve(Approval::Whole)))
            }
            Some(_) | None => Say::Nothing,
        }
    }

    fn may_approve(&self, step: &Step, state: &State) -> bool {
        let risk = step.tool_in(&state.goal.tools).map_or(Risk::None, |tool| tool.risk);
        match asks(state, step) {
            Some(Asks::Untrusted) => false,
            Some(Asks::Marked | Asks::BroughtIn) => self.risk == Risk::High,
            Some(Asks::Risk) | None => risk <= self.risk,
        }
    }

    /// Finds the answer of the step that asks, if there is one.
    fn answer(&mut self, state: &State) -> Say {
        let Some(run) = state.asks() else { return Say::Nothing };
        let step = &run.step;
        let names = [step.tool.as_deref(), Some(&*step.id), Some(&*step.description)];
        let names: Vec<&str> = names.into_iter().flatten().collect();
        self.asked.answer(&names).map_or(Say::Nothing, Say::Answer)
    }

    fn urge(&mut self, state: &State) -> Say {
        self.urged = Some(progress(state));
        Say::Command(Box::new(Command::SetPace(Pace::Free)))
    }
}

/// How far a session has come: steps and attempts that were started, those inside loops included, and the turns of the
/// loop that is under way.
type Progress = (usize, u64, usize);

fn progress(state: &State) -> Progress {
    (state.runs.len(), state.calls, state.innermost().turns.len())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::effect::CallOutcome;
    use crate::engine::event::Dial;
    use crate::engine::testing::{World, backwards, goal, tool};

    /// Returns the state after the only tool has failed, where a run of it touches `nature`.
    fn failed(nature: Nature) -> State {
        let mut load = tool("load", "", "tickets");
        load.run.nature = nature;
        let mut world = World::new(backwards);
        world.tool = Box::new(|_| CallOutcome::Failed(Arc::from("down")));
        world.play(goal("tickets", "", vec![load]), Dial::OnDeviation).state().clone()
    }

    #[test]
    fn what_reaches_outside_is_tried_again_only_where_that_is_asked_for() {
        for (nature, outside, tried) in [
            (Nature::Pure, false, true),
            (Nature::Outside, false, false),
            (Nature::Outside, true, true),
            (Nature::Inside, false, false),
        ] {
            let state = failed(nature);
            let mut speaker = Speaker::new(Asked::default(), Risk::Low);
            let left = speaker.try_again(&state, outside);
            assert_eq!(left.is_none(), tried, "{nature:?} {outside}: {left:?}");
            assert!(left.is_none_or(|left| left.contains("s1 load") && left.contains("--retry")));
            let Say::Command(command) = speaker.next(&state) else {
                assert!(!tried, "{nature:?} {outside}");
                continue;
            };
            assert!(matches!(&*command, Command::Rerun(step) if **step == *"s1"), "{command:?}");
            assert!(matches!(speaker.next(&state), Say::Nothing), "once");
        }
    }
}
