//! Stale observation: a conclusion, the value of a wanted key, made from what was no longer so.
//!
//! What was stale and made again before anything was concluded from it is not a failure; neither is a conclusion that the
//! world overtook afterwards: that was right when it was drawn, and the goal check says that it no longer holds.

use std::collections::HashSet;

use super::trace::{called, ended};
use super::{FailureCheck, Found, Trace};
use crate::describe::remedies::Act;
use crate::engine::context::Context;
use crate::engine::event::{Event, Seq};
use crate::engine::goal::Key;
use crate::engine::state::{State, Status, StepRun};

/// Follows the stale value: `s4 draft_report made report from tickets as they were before event 14`.
pub(super) struct StaleObservation;

impl FailureCheck for StaleObservation {
    fn name(&self) -> &'static str {
        "stale_observation"
    }

    fn headline(&self) -> &'static str {
        "A conclusion rests on a stale value."
    }

    fn advice(&self) -> &'static str {
        "Let it replan when a value changes, or run again what read the old one."
    }

    fn remedy(&self) -> (Act, &'static str) {
        (Act::Replan, "plans it again")
    }

    fn find(&self, trace: &Trace<'_>) -> Vec<Found> {
        let mut wanted: HashSet<&Key> = trace.session.goal().wants.keys().chain(trace.end.goal.wants.keys()).collect();
        for record in &trace.records {
            if let Event::GoalChanged { wants, .. } = record.event.innermost() {
                wanted.extend(wants.keys());
            }
        }
        // Loops work on copies that nothing outside changes; what lands inside one is refused there while it is stale.
        let concluded = ended(trace.end).filter(|(run, _)| run.status == Status::Done && run.on_stale);
        let of = |(run, seq): (&std::sync::Arc<StepRun>, Seq)| {
            let key = run.step.writes().find(|key| wanted.contains(*key))?.clone();
            Some(found(trace, run, seq, key))
        };
        concluded.filter_map(of).collect()
    }
}

fn found(trace: &Trace<'_>, run: &StepRun, ended: Seq, key: Key) -> Found {
    let then = trace.session.record(run.started).and_then(|record| trace.session.state_at(record.parent?));
    let old = then.as_ref().and_then(|then| root(then, run));
    let step = called(&run.step);
    let mut message = match &old {
        Some(Old { key: old, change: Change::Value(change) }) => {
            format!("{step} made {key} from {old} as it was before event {change}")
        }
        Some(Old { key: old, change: Change::Removed }) => {
            format!("{step} made {key} from {old}, which had no value any more")
        }
        Some(Old { key: old, change: Change::Refuted(why) }) => {
            format!("{step} made {key} from {old}, which had been found wrong: {why}")
        }
        None => format!("{step} made {key} from a value that was stale"),
    };
    let mended = mended(trace.end, ended, &key);
    if let Some(seq) = mended {
        message.push_str(&format!("; it was made again at event {seq}"));
    }
    let change = match old {
        Some(Old { change: Change::Value(seq), .. }) => Some(seq),
        Some(Old { change: Change::Removed | Change::Refuted(_), .. }) | None => None,
    };
    let events = change.into_iter().chain([run.started, ended]).collect();
    Found { step: Some(run.step.id.clone()), key: Some(key), message, events, mended }
}

/// What a stale value rests on that is no longer so.
struct Old {
    key: Key,
    change: Change,
}

enum Change {
    /// This event gave it another value.
    Value(Seq),
    /// It has no value any more.
    Removed,
    /// A check on it was false.
    Refuted(std::sync::Arc<str>),
}

/// Finds what the stale inputs of `run` rest on, in the state `then` just before it began.
fn root(then: &State, run: &StepRun) -> Option<Old> {
    let context: &Context = &then.context;
    let mut todo: Vec<&Key> = run.step.reads().filter(|key| !context.is_fresh(key)).collect();
    let mut seen: HashSet<&Key> = HashSet::new();
    while let Some(key) = todo.pop() {
        let Some(datum) = context.get(key).filter(|_| seen.insert(key)) else { continue };
        if let Some(why) = &datum.refuted {
            return Some(Old { key: key.clone(), change: Change::Refuted(why.clone()) });
        }
        for (source, version) in datum.sources.iter() {
            match context.get(source) {
                None => return Some(Old { key: source.clone(), change: Change::Removed }),
                Some(now) if now.version != *version => {
                    return Some(Old { key: source.clone(), change: Change::Value(now.version) });
                }
                Some(now) if !now.fresh => todo.push(source),
                Some(_) => {}
            }
        }
    }
    None
}

/// Returns the event after `ended` that made `key` again, if it is fresh now.
fn mended(end: &State, ended: Seq, key: &Key) -> Option<Seq> {
    let datum = end.context.get(key).filter(|datum| datum.fresh)?;
    (datum.confirmed > ended).then_some(datum.confirmed)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{chain, checks, go, inject, steps, turn_dial};
    use crate::engine::event::Dial;

    #[test]
    fn a_conclusion_from_a_value_that_changed_is_found() {
        let (mut world, mut session) = chain(Dial::Never);
        steps(&mut world, &mut session, 2);
        inject(&mut world, &mut session, "tickets", json!(8));
        go(&mut world, &mut session);
        let found = checks(&session);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("stale_observation: s3 write made report from tickets as it was before event"));
    }

    #[test]
    fn what_is_made_again_before_it_is_concluded_from_is_no_failure() {
        let (mut world, mut session) = chain(Dial::OnDeviation);
        steps(&mut world, &mut session, 2);
        inject(&mut world, &mut session, "tickets", json!(8));
        go(&mut world, &mut session);
        assert_eq!(checks(&session), Vec::<String>::new());
    }

    #[test]
    fn a_change_after_the_conclusion_overtakes_it_and_is_no_failure() {
        let (mut world, mut session) = chain(Dial::Never);
        go(&mut world, &mut session);
        inject(&mut world, &mut session, "tickets", json!(8));
        assert_eq!(checks(&session), Vec::<String>::new());
    }

    #[test]
    fn a_stale_conclusion_that_is_made_again_says_when() {
        let (mut world, mut session) = chain(Dial::Never);
        steps(&mut world, &mut session, 2);
        inject(&mut world, &mut session, "tickets", json!(8));
        go(&mut world, &mut session);
        turn_dial(&mut world, &mut session, Dial::OnDeviation);
        go(&mut world, &mut session);
        let found = checks(&session);
        assert!(found[0].contains("; it was made again at event"), "{found:?}");
    }
}
