//! Following watches: their course through the record, a piece at a time between two keys; filters are evaluated off the
//! screen's thread. Nothing is journaled.
//!
//! What an event changed is looked at once, when it is new: a session that grows costs its new events. A filter that
//! reaches a limit is not evaluated again before it is set again.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant};

use crate::engine::context::Context;
use crate::engine::effect::Subject;
use crate::engine::event::Seq;
use crate::engine::goal::Condition;
use crate::engine::session::Session;
use crate::engine::value::Value;
use crate::engine::watch::{Course, Reading, Watch};
use crate::jq::Cancel;
use crate::tools::filter;

use super::aside::Aside;
use super::services::Services;

/// How long the record is folded at a time.
const PIECE: Duration = Duration::from_millis(4);

/// How many filters are evaluated at a time.
const BATCH: usize = 64;

/// How many readings of filters are kept, and how many values they may have together.
const KNOWN: usize = 512;
const KNOWN_VALUES: usize = 1_000_000;

/// A filter with the values that it is put to; `at`: after which event, where its course wants to know.
#[derive(Clone, Debug)]
struct Question {
    filter: Condition,
    fingerprint: u64,
    subject: Subject,
    at: Option<Seq>,
}

/// One watch with its course.
#[derive(Clone, Debug)]
struct Entry {
    watch: Watch,
    course: Course,
    /// What it was decided by after the last event that was folded.
    last: Option<u64>,
    /// How its filter reached a limit.
    endless: Option<Reading>,
}

/// The watches of a session, and how they went.
pub struct Watching {
    list: Vec<Entry>,
    /// How many events of the selected branch were folded, and the last of them.
    seen: (usize, Seq),
    known: Known,
    /// What the moment that is shown asks, and what courses do: evaluated in this order.
    asked: Vec<Question>,
    waiting: Vec<Question>,
    aside: Aside<Vec<(Question, Reading)>>,
}

impl Watching {
    /// Returns one that watches nothing yet.
    pub(super) fn new() -> Watching {
        let (list, asked, waiting) = (Vec::new(), Vec::new(), Vec::new());
        Watching { list, seen: (0, 0), known: Known::default(), asked, waiting, aside: Aside::new() }
    }

    /// Returns the watches, in their order.
    pub fn list(&self) -> impl Iterator<Item = &Watch> {
        self.list.iter().map(|entry| &entry.watch)
    }

    /// Returns how the watch at this place went, as far as the record was folded.
    pub fn course(&self, at: usize) -> Option<&Course> {
        self.list.get(at).map(|entry| &entry.course)
    }

    /// Returns the last event that was folded.
    pub fn folded(&self) -> Seq {
        self.seen.1
    }

    /// Watches these from now on. What is new among them is followed from the start; a filter that reached a limit and is
    /// not among `again` stays marked.
    pub(super) fn watch(&mut self, watches: Vec<Watch>, again: Option<usize>) {
        self.cancel();
        let before = std::mem::take(&mut self.list);
        let is_known = |watch: &Watch| before.iter().any(|entry| entry.watch == *watch);
        if !watches.iter().all(is_known) || !self.waiting.is_empty() || again.is_some() {
            self.seen = (0, 0);
        }
        self.waiting.clear();
        self.asked.clear();
        let from_the_start = self.seen.0 == 0;
        let entry = |(at, watch): (usize, Watch)| {
            let known = before.iter().find(|entry| entry.watch == watch);
            let endless = known.and_then(|known| known.endless.clone()).filter(|_| again != Some(at));
            match known.filter(|_| !from_the_start) {
                Some(known) => known.clone(),
                None => Entry { watch, course: Course::default(), last: None, endless },
            }
        };
        self.list = watches.into_iter().enumerate().map(entry).collect();
    }

    /// Ends what is under way.
    pub(super) fn cancel(&mut self) {
        self.aside.cancel();
    }

    /// Returns what the watches come to in `context`, which is shown from now on; none: that is being evaluated.
    pub(super) fn look(&mut self, context: &Context) -> Vec<Option<Reading>> {
        let mut asked = Vec::new();
        let read = |entry: &Entry| {
            let known = entry.watch.plain(context).or_else(|| entry.endless.clone());
            known.or_else(|| {
                let question = entry.question(entry.watch.fingerprint(context), context, None);
                let known = self.known.get(&question).cloned();
                asked.extend(known.is_none().then_some(question));
                known
            })
        };
        let readings = self.list.iter().map(read).collect();
        self.asked = asked;
        readings
    }

    /// Tells whether events of `session` are not folded yet.
    pub fn is_behind(&self, session: &Session) -> bool {
        let path = session.path();
        !self.list.is_empty() && (self.seen.0 != path.len() || path.last().is_some_and(|last| *last != self.seen.1))
    }

    /// Starts what is to be evaluated and not under way. Needs a tokio runtime.
    pub(super) fn start(&mut self, services: &Services) {
        if self.aside.is_under_way() || self.asked.is_empty() && self.waiting.is_empty() {
            return;
        }
        let (questions, services) = (self.questions(), services.clone());
        self.aside.start(move |cancel| evaluate(questions, &services, cancel));
    }

    /// Waits until something is known that was not. May be dropped and called again at any time.
    pub(super) async fn next(&mut self, session: &Session) {
        if self.folds(session) {
            return self.fold(session);
        }
        let read = self.aside.next().await;
        self.take_in(read);
    }

    /// Does the next thing here and now. Returns whether there was one.
    pub(super) fn work(&mut self, session: &Session, services: &Services, cancel: &Cancel) -> bool {
        if !self.asked.is_empty() || !self.waiting.is_empty() {
            let read = evaluate(self.questions(), services, cancel);
            self.take_in(read);
            return !cancel.is_cancelled();
        }
        let folds = self.folds(session);
        if folds {
            self.fold(session);
        }
        folds
    }

    /// Tells whether the next thing to do is to fold: what was found to be evaluated comes first.
    fn folds(&self, session: &Session) -> bool {
        self.waiting.is_empty() && self.is_behind(session)
    }

    fn questions(&self) -> Vec<Question> {
        self.asked.iter().chain(&self.waiting).cloned().collect()
    }

    /// Folds the next events of `session`.
    fn fold(&mut self, session: &Session) {
        self.go_back(session);
        let Watching { list, seen, known, waiting, .. } = self;
        let (until, from) = (Instant::now() + PIECE, seen.0);
        // What is asked of a watch stands in order: what comes after it waits, too.
        let mut waits: HashSet<usize> = HashSet::new();
        session.walk(from..session.path().len(), &mut |before, record, now| {
            let changed = before.map(|before| now.context.different_keys(&before.context).collect::<Vec<_>>());
            for (at, entry) in list.iter_mut().enumerate() {
                if changed.as_ref().is_some_and(|changed| !entry.watch.may_change(changed)) && entry.last.is_some() {
                    continue;
                }
                let fingerprint = entry.watch.fingerprint(&now.context);
                if entry.last.replace(fingerprint) == Some(fingerprint) {
                    continue;
                }
                let plain = entry.watch.plain(&now.context).or_else(|| entry.endless.clone());
                let question = || entry.question(fingerprint, &now.context, Some(record.seq));
                match plain.as_ref().or_else(|| known.get(&question())).filter(|_| !waits.contains(&at)) {
                    Some(reading) => {
                        entry.course.push(record.seq, reading.mark());
                    }
                    None => {
                        waits.insert(at);
                        waiting.push(question());
                    }
                }
            }
            *seen = (seen.0 + 1, record.seq);
            waiting.len() < BATCH && Instant::now() < until
        });
    }

    /// Forgets what lies on another branch than the one that is selected.
    fn go_back(&mut self, session: &Session) {
        let (path, (length, last)) = (session.path(), self.seen);
        if length == 0 || path.get(length - 1) == Some(&last) {
            return;
        }
        let mut at = Some(last);
        let place = loop {
            match at.map(|at| path.binary_search(&at)) {
                Some(Ok(place)) => break place,
                Some(Err(_)) => at = at.and_then(|at| session.record(at)).and_then(|record| record.parent),
                None => {
                    self.seen = (0, 0);
                    self.list.iter_mut().for_each(|entry| (entry.course, entry.last) = (Course::default(), None));
                    return;
                }
            }
        };
        self.seen = (place + 1, path[place]);
        for entry in &mut self.list {
            entry.course.go_back(self.seen.1);
            entry.last = None; // it is looked at again, and comes to the same where nothing changed
        }
    }

    fn take_in(&mut self, read: Vec<(Question, Reading)>) {
        self.aside.done();
        for (question, reading) in read {
            let is_it = |other: &Question| {
                (&other.filter, other.fingerprint, other.at) == (&question.filter, question.fingerprint, question.at)
            };
            // What was asked before the watches were others is not part of their courses.
            let waited = self.waiting.iter().any(is_it);
            let entry = self.list.iter_mut().find(|entry| *entry.watch.name() == question.filter);
            if let Some(entry) = entry {
                if let Some(seq) = question.at.filter(|_| waited) {
                    entry.course.push(seq, reading.mark());
                }
                if matches!(reading, Reading::Failed { endless: true, .. }) {
                    entry.endless = Some(reading.clone());
                }
            }
            self.asked.retain(|other| !is_it(other));
            self.waiting.retain(|other| !is_it(other));
            self.known.add(&question, reading);
        }
    }
}

impl Entry {
    fn question(&self, fingerprint: u64, context: &Context, at: Option<Seq>) -> Question {
        let subject = self.watch.subject(context);
        Question { filter: self.watch.name().clone(), fingerprint, subject, at }
    }
}

/// Returns what `watch` comes to in `context`, here and now.
pub fn read(watch: &Watch, context: &Context, services: &Services, cancel: &Cancel) -> Reading {
    let evaluated = || filter::reading(&services.jq, watch.name(), &watch.subject(context), cancel);
    watch.plain(context).unwrap_or_else(evaluated)
}

/// Evaluates these, each by itself; what reached a limit is not evaluated again.
fn evaluate(questions: Vec<Question>, services: &Services, cancel: &Cancel) -> Vec<(Question, Reading)> {
    let mut endless: HashMap<Condition, Reading> = HashMap::new();
    let mut read = Vec::with_capacity(questions.len());
    for question in questions {
        if cancel.is_cancelled() {
            break;
        }
        let reading = endless
            .get(&question.filter)
            .cloned()
            .unwrap_or_else(|| filter::reading(&services.jq, &question.filter, &question.subject, cancel));
        if matches!(reading, Reading::Failed { endless: true, .. }) {
            endless.insert(question.filter.clone(), reading.clone());
        }
        read.push((question, reading));
    }
    read
}

/// What filters came to: those that were asked last, and no more of them than fit.
#[derive(Debug, Default)]
struct Known {
    readings: HashMap<(Condition, u64), (Reading, usize)>,
    order: VecDeque<(Condition, u64)>,
    values: usize,
}

impl Known {
    fn get(&self, question: &Question) -> Option<&Reading> {
        self.readings.get(&(question.filter.clone(), question.fingerprint)).map(|(reading, _)| reading)
    }

    fn add(&mut self, question: &Question, reading: Reading) {
        let name = (question.filter.clone(), question.fingerprint);
        let size = reading.value().map_or(1, |value| values(value, KNOWN_VALUES));
        if self.readings.insert(name.clone(), (reading, size)).is_none() {
            self.order.push_back(name);
            self.values += size;
        }
        // The last one stays, however big it is: it may be what is shown.
        while self.order.len() > 1 && (self.order.len() > KNOWN || self.values > KNOWN_VALUES) {
            let Some(oldest) = self.order.pop_front() else { break };
            self.values -= self.readings.remove(&oldest).map_or(0, |(_, size)| size);
        }
    }
}

/// Returns how many values `value` is made of, a text by its length; counts no further than `most`.
fn values(value: &Value, most: usize) -> usize {
    let (mut todo, mut count) = (vec![value], 0);
    while let Some(value) = todo.pop().filter(|_| count < most) {
        count += 1;
        match value {
            Value::Array(items) => todo.extend(items),
            Value::Object(entries) => todo.extend(entries.values()),
            Value::String(text) => count += text.len() / 64,
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    count
}
