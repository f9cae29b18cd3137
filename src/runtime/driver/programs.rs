//! What a driver knows of the programs that its goal starts: whether they are trusted, what the next one is, what they say.

use std::sync::Arc;

use tokio::sync::{oneshot, watch};

use super::Driver;
use crate::describe::launch::Named;
use crate::describe::tools::Listed;
use crate::engine::command::{Command, Refusal};
use crate::engine::effect::EffectId;
use crate::engine::launch::Truster;
use crate::engine::notice::{Notice, Notices, Progress};
use crate::jq::Cancel;
use crate::runtime::offered;
use crate::runtime::trust::{Standing, Subject};
use crate::tools::command;

impl Driver {
    /// Returns what the running step says of itself.
    pub fn notice(&self) -> Option<Notice> {
        self.notices.borrow().clone().filter(|notice| self.running.contains_key(&notice.of))
    }

    /// Lets the trace say whether the programs of the goal may be started on this machine as they are now.
    pub(super) fn tell_trust(&mut self) {
        let knows = |subject: &Subject| subject.is_of(&self.session.state().goal);
        if self.subject.as_ref().is_some_and(|subject| !knows(subject)) {
            self.subject = Subject::of(&self.session.state().goal, false); // another branch knows another goal
        }
        self.services.trust.tell(&mut self.session, self.subject.as_ref());
    }

    /// Returns what the goal would start that is not trusted; none where it starts nothing, or is trusted.
    pub fn untrusted(&self) -> Option<Named> {
        let on_disk = self.edited().and_then(|_| Subject::of(self.goal_on_disk(), true));
        match self.services.trust.standing(on_disk.as_ref().or(self.subject.as_ref())?) {
            Standing::Trusted(_) => None,
            Standing::Asks(named) => Some(named),
        }
    }

    /// Returns the content that a person is asked to trust, as it is now; none where nothing is started.
    pub fn asked_to_trust(&self) -> Option<String> {
        let on_disk = self.edited().and_then(|_| Subject::of(self.goal_on_disk(), true));
        on_disk.as_ref().or(self.subject.as_ref()).map(Subject::content)
    }

    /// Trusts the goal to start its programs as they are now: a person said so who was shown them.
    ///
    /// # Errors
    /// Where it cannot be remembered or saved.
    pub fn trust(&mut self) -> Result<(), Refusal> {
        self.take_in_saved();
        let changed = self.untrusted().map(|named| named.changed).unwrap_or_default();
        if !self.trust_what_is_on_disk(Truster::Person)? {
            if let Some(subject) = &self.subject {
                self.services.trust.grant(subject).map_err(|error| Refusal::new(error.message))?;
            }
            self.submit(Command::Trust(Truster::Person))?;
        }
        // What runs is what stood there before.
        self.end_those(self.subject.as_ref().map(|subject| subject.naming(&changed)).unwrap_or_default());
        Ok(())
    }

    /// Trusts the goal for this once: the command line said so.
    pub fn trust_once(&mut self) {
        self.take_in_saved();
        // Where it is not taken over, the session goes on with what it knows.
        if self.trust_what_is_on_disk(Truster::Option).unwrap_or(false) {
            return;
        }
        if let Some(subject) = &self.subject {
            self.services.trust.grant_once(subject);
            self.tell_trust();
        }
    }

    /// Starts the MCP servers of the goal once more and asks them what they offer; what they say comes in the end.
    ///
    /// # Errors
    /// A sentence, where there are none, or they may not be started.
    pub fn list_servers(&self, cancel: Cancel) -> Result<oneshot::Receiver<Vec<Listed>>, String> {
        let goal = self.state().goal.clone();
        let folder = goal.folder.as_deref().unwrap_or(".").to_owned();
        if goal.servers.is_empty() {
            return Err("this goal names no MCP servers".to_owned());
        }
        for launch in goal.servers.values() {
            self.services.trust.may_start_program(launch, &folder)?;
        }
        let (tell, told) = oneshot::channel();
        std::thread::spawn(move || {
            let listed = offered::list(&goal.servers, &folder, &cancel);
            let _ = tell.send(offered::undeclared(&goal, listed)); // nobody listens where the screen is gone
        });
        Ok(told)
    }

    /// Returns the command line of the next step, filled in, or why it cannot be; none where it starts no program.
    pub fn next_command_line(&self) -> Option<Result<Vec<Arc<str>>, String>> {
        let state = self.state().innermost();
        command::of_call(&state.call_of(state.next_step()?), &self.services.jq)
    }
}

/// Tells whoever looks what an effect says of itself: the latest, an earlier one may be lost.
pub(super) struct Heard {
    pub(super) of: EffectId,
    pub(super) noticed: watch::Sender<Option<Notice>>,
}

impl Notices for Heard {
    fn say(&self, progress: Progress) {
        let _ = self.noticed.send(Some(Notice { of: self.of, progress })); // nobody listens where the driver is gone
    }
}
