//! Running ahead: what the steps that only compute would come to after a command, on a copy of the session. Nothing is recorded,
//! and nothing that reaches outside or asks a person is run.

use std::time::Duration;

use crate::describe::ahead::{Ahead, Stop};
use crate::engine::command::{Approval, Command};
use crate::engine::effect::Effect;
use crate::engine::event::{Decider, Pace, Seq};
use crate::engine::notice::Unheard;
use crate::engine::session::Session;
use crate::engine::state::Phase;
use crate::jq::Cancel;

use super::clock;
use super::perform::perform_or_say;
use super::services::Services;

/// How long a question waits for a newer one, so that not every key that is typed is run.
const PAUSE: Duration = Duration::from_millis(30);

/// The most that is run: far more than a plan has steps that a person looks at.
const MOST: usize = 1_000;

/// What is to be run ahead. Two are the same if they have the same number.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its number, by whoever asks.
    pub number: u64,
    /// The moment at which the command would be carried out.
    pub at: Seq,
    /// The command.
    pub command: Command,
}

impl PartialEq for Asked {
    fn eq(&self, other: &Asked) -> bool {
        self.number == other.number
    }
}

/// Runs ahead on a copy of `session`; the sentence of the refusal where the command would be refused.
///
/// # Errors
/// Why the command would be refused.
pub(super) fn ahead(session: &Session, asked: &Asked, services: &Services, cancel: &Cancel) -> Result<Ahead, String> {
    std::thread::sleep(PAUSE);
    if cancel.is_cancelled() {
        return Err(String::new()); // nobody waits for it any longer
    }
    let mut copy = session.clone();
    let now = clock::now();
    copy.submit_at(asked.at, asked.command.clone(), &now).map_err(|refusal| refusal.message)?;
    let runs = copy.state().runs.len();
    let breakpoints: Vec<_> = copy.state().breakpoints.list().iter().map(|standing| standing.id).collect();
    for id in breakpoints {
        // It stops where it stands for a person, not for a look ahead.
        let _ = copy.submit(Command::RemoveBreakpoint(id), &now);
    }
    let _ = copy.submit(Command::SetDecider(Decider::Auto), &now);
    let mut stop = Stop::Many;
    for _ in 0..MOST {
        if cancel.is_cancelled() {
            break;
        }
        if let Some(effect) = copy.wants().into_iter().next() {
            if effect.reaches_outside() {
                stop = Stop::Outside(copy.state().current_run().map(|run| run.step.id.clone()));
                break;
            }
            let Some(report) = perform_or_say(&at_once(effect.clone()), services, cancel, &Unheard) else { break };
            // A refusal means that it wants something else by now.
            let _ = copy.submit(Command::Report(effect.id(), report), &now);
            continue;
        }
        let go_on = match copy.state().phase {
            Phase::Review | Phase::Deciding => Command::Approve(Approval::default()),
            Phase::Ready => Command::SetPace(Pace::Free),
            _ => {
                stop = Stop::Stands;
                break;
            }
        };
        if copy.submit(go_on, &now).is_err() {
            stop = Stop::Stands;
            break;
        }
    }
    let before = session.state_at(asked.at).unwrap_or_else(|| session.state().clone());
    Ok(Ahead::new(&before, copy.state().clone(), runs, stop))
}

/// Returns the same without a wait: a look ahead does not try again later.
fn at_once(effect: Effect) -> Effect {
    match effect {
        Effect::CallTool(id, mut call) => {
            call.wait_ms = 0;
            Effect::CallTool(id, call)
        }
        effect => effect, // no other waits
    }
}
