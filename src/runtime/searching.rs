//! Looking through the record for a hit or a moment: off the screen's thread, the newest question alone, nothing journaled.

use std::path::PathBuf;

use tokio::sync::mpsc;

use crate::engine::breakpoint::search::{self, Asks, First, Past};
use crate::engine::breakpoint::{Breakpoint, BreakpointId};
use crate::engine::effect::{Inquiry, Judge as _};
use crate::engine::event::{Seq, Verdict};
use crate::engine::foresee::Judgements;
use crate::engine::session::Session;
use crate::jq::Cancel;

use crate::compare::branches;
use crate::describe::ahead::Ahead;
use crate::describe::page::Page;

use super::ahead::{self, Asked};
use super::perform::Conditions;
use super::recorded;
use super::services::Services;

/// What is looked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Search {
    /// The last moment before this one at which a breakpoint would have stopped the session.
    Last(Seq, Vec<(BreakpointId, Breakpoint)>),
    /// The first moment after this one at which a breakpoint would have.
    Next(Seq, Vec<(BreakpointId, Breakpoint)>),
    /// When this condition held first.
    First(Breakpoint),
    /// What the steps that only compute would come to after a command.
    Ahead(Asked),
    /// What differs between the session as it is now and the one in this file.
    Beside(PathBuf),
}

/// What was found.
#[derive(Clone, Debug)]
pub enum Searched {
    /// A hit, or none.
    Hit(Option<Past>),
    /// When the condition held first.
    First(First),
    /// What they would come to, or why the command would be refused.
    Ahead(Result<Box<Ahead>, String>),
    /// What differs, or why the other one cannot be read.
    Beside(Result<Page, String>),
}

/// Looks in `session` for what `search` says, here and now.
pub fn look(session: &Session, search: &Search, services: &Services, cancel: &Cancel) -> Searched {
    let mut asking = Asking { conditions: Conditions { services, cancel }, known: Judgements::default() };
    match search {
        Search::Last(before, breakpoints) => {
            Searched::Hit(search::last_hit(session, *before, breakpoints, &mut asking))
        }
        Search::Next(after, breakpoints) => Searched::Hit(search::next_hit(session, *after, breakpoints, &mut asking)),
        Search::First(watch) => Searched::First(search::first_time(session, watch, &mut asking)),
        Search::Ahead(asked) => Searched::Ahead(ahead::ahead(session, asked, services, cancel).map(Box::new)),
        Search::Beside(file) => Searched::Beside(match recorded::look(file, services.kinds) {
            Ok((other, _)) => {
                let name = file.file_stem().unwrap_or_default().to_string_lossy();
                Ok(branches::sessions(&other, session, (&name, "this session")).0)
            }
            Err(trouble) => Err(trouble.message),
        }),
    }
}

/// Judges conditions, each once for the same values.
struct Asking<'a> {
    conditions: Conditions<'a>,
    known: Judgements,
}

impl Asks for Asking<'_> {
    fn judge(&mut self, inquiry: &Inquiry) -> Verdict {
        if let Some(known) = self.known.get(inquiry) {
            return known.clone();
        }
        let verdict = self.conditions.judge(&inquiry.question.condition, &inquiry.values);
        self.known.add(inquiry, verdict.clone());
        verdict
    }

    fn is_cancelled(&self) -> bool {
        self.conditions.cancel.is_cancelled()
    }
}

/// What is being looked for, and what was found.
pub(super) struct Searching {
    asked: Option<Search>,
    under_way: Option<Cancel>,
    found: Option<(Search, Searched)>,
    inbox: mpsc::UnboundedReceiver<(Search, Searched)>,
    outbox: mpsc::UnboundedSender<(Search, Searched)>,
}

impl Searching {
    /// Returns one that looks for nothing yet.
    pub(super) fn new() -> Searching {
        let (outbox, inbox) = mpsc::unbounded_channel();
        Searching { asked: None, under_way: None, found: None, inbox, outbox }
    }

    /// Looks for this from now on, instead of what was looked for before.
    pub(super) fn ask(&mut self, search: Search) {
        self.cancel();
        self.asked = Some(search);
    }

    /// Ends what is under way.
    pub(super) fn cancel(&mut self) {
        if let Some(cancel) = self.under_way.take() {
            cancel.cancel();
        }
        self.asked = None;
    }

    /// Takes what was found, once.
    pub(super) fn take(&mut self) -> Option<(Search, Searched)> {
        self.found.take()
    }

    /// Starts what is asked and not under way. Needs a tokio runtime.
    pub(super) fn start(&mut self, session: &Session, services: &Services) {
        let Some(search) = self.asked.clone().filter(|_| self.under_way.is_none()) else { return };
        let cancel = Cancel::new();
        self.under_way = Some(cancel.clone());
        let (session, services, outbox) = (session.clone(), services.clone(), self.outbox.clone());
        tokio::task::spawn_blocking(move || {
            let found = look(&session, &search, &services, &cancel);
            if !cancel.is_cancelled() {
                let _ = outbox.send((search, found)); // nobody listens where the driver is gone
            }
        });
    }

    /// Waits until what is under way was looked for. May be dropped and called again at any time.
    pub(super) async fn next(&mut self) {
        match self.inbox.recv().await {
            Some(found) => self.take_in(found),
            None => std::future::pending().await,
        }
    }

    /// Looks here and now for what is asked. Returns whether anything was.
    pub(super) fn look_now(&mut self, session: &Session, services: &Services, cancel: &Cancel) -> bool {
        let Some(search) = self.asked.clone() else { return false };
        let found = look(session, &search, services, cancel);
        if !cancel.is_cancelled() {
            self.take_in((search, found));
        }
        true
    }

    fn take_in(&mut self, found: (Search, Searched)) {
        // What came back may be an answer to an earlier question, sent just before that was cancelled.
        if self.asked.as_ref() == Some(&found.0) {
            (self.asked, self.under_way) = (None, None);
            self.found = Some(found);
        }
    }
}
