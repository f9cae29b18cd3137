//! Looking through the record for a hit or a moment, or through the values of one: off the screen's thread, the newest
//! question alone, nothing journaled.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::compare::branches;
use crate::describe::ahead::Ahead;
use crate::describe::page::Page;
use crate::describe::sought::{self, Hit, Sought};
use crate::engine::breakpoint::search::{self, Asks, First, Past};
use crate::engine::breakpoint::{Breakpoint, BreakpointId};
use crate::engine::effect::{Inquiry, Judge as _};
use crate::engine::event::{Seq, Verdict};
use crate::engine::foresee::Judgements;
use crate::engine::session::Session;
use crate::engine::state::State;
use crate::engine::value::Value;
use crate::engine::watch::Watch;
use crate::jq::{Cancel, Limits};
use crate::tools::filter;

use super::ahead::{self, Asked};
use super::aside::Aside;
use super::perform::Conditions;
use super::recorded;
use super::services::Services;

/// How many places are found at most.
const MOST: usize = 10_000;

/// How long a condition may look through all values.
const LIMITS: Limits = Limits::lasting(Duration::from_secs(20));

/// What is looked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Search {
    /// This, in the values that are known after that event.
    Values(Seq, Sought),
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
    /// Places in the context; or why the condition could not be put to its values.
    Values(Result<Vec<Hit>, String>),
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
    look_telling(session, search, services, cancel, &AtomicUsize::new(0))
}

/// The same; `looked` counts the values that were looked at.
fn look_telling(
    session: &Session,
    search: &Search,
    services: &Services,
    cancel: &Cancel,
    looked: &AtomicUsize,
) -> Searched {
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
        Search::Values(seq, what) => Searched::Values(
            session.state_at(*seq).map_or(Ok(Vec::new()), |state| find(&state, what, services, cancel, looked)),
        ),
    }
}

/// Returns where `what` is found in the values that `state` knows; what the loop under way knows comes first.
fn find(
    state: &State,
    what: &Sought,
    services: &Services,
    cancel: &Cancel,
    looked: &AtomicUsize,
) -> Result<Vec<Hit>, String> {
    let mut hits = Vec::new();
    let contexts = state.inner.iter().map(|inner| (&inner.context, true)).chain([(&state.context, false)]);
    for (context, inner) in contexts {
        let Some(filter) = what.paths(MOST - hits.len()) else {
            what.find((context, inner), MOST, &mut hits, &mut |more| {
                looked.fetch_add(more, Ordering::Relaxed);
                !cancel.is_cancelled()
            });
            continue;
        };
        let all = Watch::Filter { filter: filter.as_str().into(), keys: None };
        let paths = filter::first(&services.jq, &filter, &all.subject(context), LIMITS, cancel)?;
        for path in paths.as_array().into_iter().flatten().filter_map(Value::as_array) {
            let key = path.first().and_then(Value::as_str);
            hits.extend(key.map(|key| Hit { inner, key: key.into(), pointer: sought::pointer(path) }));
        }
    }
    Ok(hits)
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
    aside: Aside<(Search, Searched)>,
    /// How many values were looked at so far.
    looked: Arc<AtomicUsize>,
    found: Option<(Search, Searched)>,
}

impl Searching {
    /// Returns one that looks for nothing yet.
    pub(super) fn new() -> Searching {
        Searching { asked: None, aside: Aside::new(), looked: Arc::default(), found: None }
    }

    /// Looks for this from now on, instead of what was looked for before.
    pub(super) fn ask(&mut self, search: Search) {
        self.cancel();
        self.asked = Some(search);
    }

    /// Returns how many values were looked at so far; none: none are being looked through.
    pub(super) fn looked(&self) -> Option<usize> {
        let counts = |asked: &&Search| matches!(asked, Search::Values(..));
        self.asked.as_ref().filter(counts).map(|_| self.looked.load(Ordering::Relaxed))
    }

    /// Ends what is under way.
    pub(super) fn cancel(&mut self) {
        self.aside.cancel();
        self.asked = None;
    }

    /// Takes what was found, once.
    pub(super) fn take(&mut self) -> Option<(Search, Searched)> {
        self.found.take()
    }

    /// Starts what is asked and not under way. Needs a tokio runtime.
    pub(super) fn start(&mut self, session: &Session, services: &Services) {
        let Some(search) = self.asked.clone().filter(|_| !self.aside.is_under_way()) else { return };
        self.looked = Arc::default();
        let (session, services, looked) = (session.clone(), services.clone(), self.looked.clone());
        self.aside.start(move |cancel| {
            let found = look_telling(&session, &search, &services, cancel, &looked);
            (search, found)
        });
    }

    /// Waits until what is under way was looked for. May be dropped and called again at any time.
    pub(super) async fn next(&mut self) {
        let found = self.aside.next().await;
        self.take_in(found);
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
            self.asked = None;
            self.aside.done();
            self.found = Some(found);
        }
    }
}
