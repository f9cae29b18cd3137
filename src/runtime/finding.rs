//! Looking for failures in a session that is over: off the screen's thread, and never journaled.

use std::sync::Arc;

use crate::checks::failures::{Failure, failures};
use crate::engine::event::Seq;
use crate::engine::session::Session;
use crate::jq::Cancel;

use super::aside::Aside;
use super::perform::Conditions;
use super::services::Services;

/// What the failure checks found, and the last event that they looked at.
type Found = (Seq, Arc<[Failure]>);

/// What is being looked at, and what was found.
pub(super) struct Finding {
    found: Option<Found>,
    asked: Option<Seq>,
    aside: Aside<Found>,
}

impl Finding {
    /// Returns one that has looked at nothing yet.
    pub(super) fn new() -> Finding {
        Finding { found: None, asked: None, aside: Aside::new() }
    }

    /// Returns what was found in the session whose last event is `end`; none where it was not looked at.
    pub(super) fn found(&self, end: Seq) -> Option<&[Failure]> {
        self.found.as_ref().filter(|(seq, _)| *seq == end).map(|(_, found)| &**found)
    }

    /// Asks for what is to be found up to the event `end`, instead of what was asked before.
    pub(super) fn ask(&mut self, end: Seq) {
        if self.asked == Some(end) || self.found.as_ref().is_some_and(|(seq, _)| *seq == end) {
            return;
        }
        self.cancel();
        self.asked = Some(end);
    }

    /// Ends what is under way.
    pub(super) fn cancel(&mut self) {
        self.aside.cancel();
    }

    /// Starts what is asked and not under way, if `session` still ends there. Needs a tokio runtime.
    pub(super) fn start(&mut self, session: &Session, services: &Services) {
        if !self.aside.is_under_way() && self.is_asked(session) {
            let (session, services) = (session.clone(), services.clone());
            self.aside.start(move |cancel| find(&session, &services, cancel));
        }
    }

    /// Waits until what is under way was looked at. May be dropped and called again at any time.
    pub(super) async fn next(&mut self) {
        let found = self.aside.next().await;
        self.take_in(found);
    }

    /// Looks here and now for what is asked. Returns whether anything was.
    pub(super) fn find_now(&mut self, session: &Session, services: &Services, cancel: &Cancel) -> bool {
        if !self.is_asked(session) {
            return false;
        }
        let found = find(session, services, cancel);
        if !cancel.is_cancelled() {
            self.take_in(found);
        }
        true
    }

    /// Tells whether `session` is asked about as it is: one that went on is not over, or is asked about again.
    fn is_asked(&mut self, session: &Session) -> bool {
        self.asked = self.asked.filter(|end| *end == session.state().seq);
        self.asked.is_some()
    }

    fn take_in(&mut self, found: Found) {
        // What came back may be an answer to an earlier question, sent just before that was cancelled.
        if self.asked == Some(found.0) {
            self.asked = None;
            self.aside.done();
        }
        self.found = Some(found);
    }
}

fn find(session: &Session, services: &Services, cancel: &Cancel) -> Found {
    let end = session.state();
    (end.seq, failures(session, end, &Conditions { services, cancel }).into())
}
