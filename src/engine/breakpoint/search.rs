//! Looking through the record: where a breakpoint would have hit, and when a condition held first. Nothing runs.

use super::{Before, Breakpoint, BreakpointId, Found, Place, after, starts};
use crate::engine::effect::Inquiry;
use crate::engine::event::{Event, Recorded, Seq, Verdict};
use crate::engine::session::Session;
use crate::engine::state::State;

/// How many events are folded from one state that is looked up: as often as a session keeps one.
const BLOCK: usize = 16;

/// A place in the record at which a breakpoint would have hit.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    /// The moment to look at: the event that did it, or the one before the start that it would have stopped.
    pub moment: Seq,
    /// The breakpoint.
    pub breakpoint: BreakpointId,
    /// What it would have found.
    pub found: Found,
}

/// What a search may ask: what a condition comes to, and whether anybody still waits.
pub trait Asks {
    /// Returns what `inquiry` comes to.
    fn judge(&mut self, inquiry: &Inquiry) -> Verdict;

    /// Tells whether nobody waits for the answer any more.
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// When a condition held first, and what came in between.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct First {
    /// The event after which it held first.
    pub seq: Option<Seq>,
    /// The first event after which it could not be decided, and why.
    pub undecided: Option<(Seq, std::sync::Arc<str>)>,
}

/// Returns the last moment of the selected branch before the event `before` at which one of `breakpoints` would have
/// stopped the session; none: at none, or the search was cancelled.
pub fn last_hit(
    session: &Session,
    before: Seq,
    breakpoints: &[(BreakpointId, Breakpoint)],
    asks: &mut dyn Asks,
) -> Option<Past> {
    let path = session.path();
    let mut end = path.partition_point(|seq| *seq <= before);
    while end > 0 && !asks.is_cancelled() {
        let start = end.saturating_sub(BLOCK);
        let hits = hits_in(session, start..end, breakpoints, asks);
        if let Some(last) = hits.into_iter().rfind(|hit| hit.moment < before) {
            return Some(last);
        }
        end = start;
    }
    None
}

/// Returns the first moment of the selected branch after the event `after`, as [`last_hit`] the last before one.
pub fn next_hit(
    session: &Session,
    after: Seq,
    breakpoints: &[(BreakpointId, Breakpoint)],
    asks: &mut dyn Asks,
) -> Option<Past> {
    let path = session.path();
    let mut start = path.partition_point(|seq| *seq <= after);
    while start < path.len() && !asks.is_cancelled() {
        let end = (start + BLOCK).min(path.len());
        let hits = hits_in(session, start..end, breakpoints, asks);
        if let Some(next) = hits.into_iter().find(|hit| hit.moment > after) {
            return Some(next);
        }
        start = end;
    }
    None
}

/// Returns when the condition of `watch` held first on the selected branch.
pub fn first_time(session: &Session, watch: &Breakpoint, asks: &mut dyn Asks) -> First {
    let mut first = First::default();
    session.walk(0..session.path().len(), &mut |before, record, now| {
        if asks.is_cancelled() {
            return false;
        }
        let Some(verdict) = verdict(before, now, watch, asks) else { return true };
        match verdict {
            Verdict::True => first.seq = Some(record.seq),
            Verdict::False => {}
            Verdict::Undecided(why) => {
                first.undecided.get_or_insert((record.seq, why));
            }
        }
        first.seq.is_none()
    });
    first
}

/// Returns every hit among these events of the selected branch, in order.
fn hits_in(
    session: &Session,
    places: std::ops::Range<usize>,
    breakpoints: &[(BreakpointId, Breakpoint)],
    asks: &mut dyn Asks,
) -> Vec<Past> {
    let mut hits = Vec::new();
    session.walk(places, &mut |before, record, now| {
        let known = before.map(Before::of);
        for (id, breakpoint) in breakpoints {
            let hit = match (&breakpoint.place, before) {
                (Place::When { .. }, _) => {
                    came_to_hold(before, now, breakpoint, asks).then_some((record.seq, Found::Holds))
                }
                (_, None) => None,
                (place, Some(before)) => looks(place, before, known.as_ref(), record, &record.event, now),
            };
            hits.extend(hit.map(|(moment, found)| Past { moment, breakpoint: *id, found }));
        }
        !asks.is_cancelled()
    });
    hits
}

/// Returns what a breakpoint at `place` finds in `event`, here or in the loop inside, and the moment to look at.
fn looks(
    place: &Place,
    before: &State,
    known: Option<&Before>,
    record: &Recorded,
    event: &Event,
    now: &State,
) -> Option<(Seq, Found)> {
    match event {
        Event::Inner { event } => looks(place, before.inner.as_deref()?, None, record, event, now.inner.as_deref()?),
        Event::Started { step, .. } => {
            let (_, step) = before.plan.find(step)?;
            starts(place, before, step).map(|found| (record.parent.unwrap_or(record.seq), found))
        }
        event => {
            let own;
            let known = match known {
                Some(known) => known,
                None => {
                    own = Before::of(before);
                    &own
                }
            };
            after(place, known, &known.changed(now), event, now).map(|found| (record.seq, found))
        }
    }
}

/// Tells whether the condition of `watch` holds `now` and did not `before`.
fn came_to_hold(before: Option<&State>, now: &State, watch: &Breakpoint, asks: &mut dyn Asks) -> bool {
    verdict(before, now, watch, asks) == Some(Verdict::True)
        && before.is_none_or(|before| judged(before, watch, asks) != Some(Verdict::True))
}

/// Returns what the condition of `watch` comes to `now`; none where it looks at nothing that has changed since `before`.
fn verdict(before: Option<&State>, now: &State, watch: &Breakpoint, asks: &mut dyn Asks) -> Option<Verdict> {
    if let Some(before) = before {
        let known = Before::of(before);
        if !watch.place.looks_at(&known.changed(now)) {
            return None;
        }
    }
    judged(now, watch, asks)
}

fn judged(state: &State, watch: &Breakpoint, asks: &mut dyn Asks) -> Option<Verdict> {
    state.watching(watch).map(|inquiry| asks.judge(&inquiry))
}
