//! Running ahead: what would come of a state if it went on, as far as pure steps lead. On a copy; nothing is recorded.

use std::time::{Duration, Instant};

use crate::engine::command::Command;
use crate::engine::effect::Effect;
use crate::engine::event::{Decider, Pace};
use crate::engine::foresee::{Judgements, foresee};
use crate::engine::state::{Phase, State};
use crate::jq::Cancel;

use super::perform::perform;
use super::services::Services;

/// How long it runs at most.
const LONGEST: Duration = Duration::from_secs(2);

/// How many effects are performed at most.
const MOST: usize = 500;

/// Where it begins: two are the same where their numbers are.
#[derive(Clone, Debug)]
pub struct Start {
    /// Its number.
    pub id: u64,
    /// The state.
    pub state: State,
}

impl PartialEq for Start {
    fn eq(&self, other: &Start) -> bool {
        self.id == other.id
    }
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Ahead {
    /// The state in the end.
    pub state: State,
    /// Why it went no further, where something could have followed.
    pub stopped: Option<String>,
}

impl PartialEq for Ahead {
    fn eq(&self, other: &Ahead) -> bool {
        self.state.seq == other.state.seq && self.stopped == other.stopped
    }
}

/// Returns for whom `state` waits, where it does.
fn waits(state: &State) -> Option<String> {
    let here = state.innermost();
    match here.phase {
        Phase::Running { .. } => {
            here.asks().and(here.current_run()).map(|run| format!("{} asks a person", run.step.name()))
        }
        Phase::Approving => here.next_step().map(|step| format!("{} asks before it runs", step.name())),
        _ => None, // nothing follows, or it is over
    }
}

/// Lets `start` go on by itself until something reaches outside, asks a person, or takes too long.
pub(super) fn run(start: &State, services: &Services, cancel: &Cancel) -> Ahead {
    let (until, none) = (Instant::now() + LONGEST, Judgements::default());
    let mut state = start.clone();
    for command in [Command::SetDecider(Decider::Auto), Command::SetPace(Pace::Free)] {
        // Where it is so already there is nothing to set.
        if let Ok(foreseen) = foresee(&state, command, &none) {
            state = foreseen.state;
        }
    }
    for _ in 0..MOST {
        let Some(effect) = state.wants().into_iter().next() else {
            let stopped = waits(&state);
            return Ahead { state, stopped };
        };
        if effect.reaches_outside() {
            let name = state.innermost().current_run().map(|run| run.step.name().to_owned());
            let stopped =
                name.map_or("who plans reaches outside".into(), |name| format!("{name} does not only compute"));
            return Ahead { state, stopped: Some(stopped) };
        }
        if cancel.is_cancelled() || Instant::now() > until {
            break;
        }
        let effect = match effect {
            Effect::CallTool(id, mut call) => {
                call.wait_ms = 0; // nobody sits and waits for what is not so
                Effect::CallTool(id, call)
            }
            other => other,
        };
        let Some(report) = perform(&effect, services, cancel) else { break };
        match foresee(&state, Command::Report(effect.id(), report), &none) {
            Ok(foreseen) => state = foreseen.state,
            Err(_) => return Ahead { state, stopped: None }, // it wants something else by now
        }
    }
    Ahead { state, stopped: Some("it takes longer than this looks ahead".into()) }
}
