//! What there is to say to a session that waits for somebody, where nobody sits at a screen: `run` and `compare`.

use crate::engine::command::{Approval, Command};
use crate::engine::event::{Outcome, Pace};
use crate::engine::goal::Risk;
use crate::engine::plan::Step;
use crate::engine::state::{Phase, State};
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
}

/// Steps that were started, and inside the loop that is under way, steps and turns.
type Progress = (usize, usize, usize);

fn progress(state: &State) -> Progress {
    let inner = state.innermost();
    (state.runs.len(), inner.runs.len(), inner.turns.len())
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
        Speaker { asked, risk, urged: None }
    }

    /// Finds what to say to a session in `state`.
    pub(super) fn next(&mut self, state: &State) -> Say {
        match &state.phase {
            Phase::New | Phase::Planning { .. } | Phase::Reached | Phase::Interrupted => Say::Nothing,
            Phase::Deciding => {
                let gate = state.waiting_proposal().is_some_and(|replan| replan.removed_gates().next().is_some());
                match gate && self.risk < Risk::High {
                    true => Say::Nothing,
                    false => Say::Command(Box::new(Command::Approve(Approval::Whole))),
                }
            }
            Phase::Approving => match state.next_step() {
                Some(step) if self.may_approve(step, state) => {
                    Say::Command(Box::new(Command::Approve(Approval::Whole)))
                }
                Some(_) | None => Say::Nothing,
            },
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

    fn may_approve(&self, step: &Step, state: &State) -> bool {
        let risk = step.tool_in(&state.goal.tools).map_or(Risk::None, |tool| tool.risk);
        let needed = if step.approval { Risk::High } else { risk };
        needed <= self.risk
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
