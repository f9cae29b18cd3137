//! Failure checks: what went wrong in a run, read from its trace; computed, never stored.
//!
//! One check, one file, one line in [`FAILURE_CHECKS`]. Each looks at the whole selected branch up to a moment, the
//! inside of loops included. What was mended later stays in the trace: the finding says which event mended it.

mod counter;
mod hallucinated_step;
mod loops;
mod stale_observation;
mod trace;
mod unverified_conclusion;

#[cfg(test)]
mod testing;

use serde::Serialize;

pub use trace::Trace;

use crate::describe::evidence::{Checked, Line, Place};
use crate::describe::remedies::Act;
use crate::describe::sign::Role;
use crate::engine::effect::{Judge, Subject};
use crate::engine::event::{Seq, Verdict};
use crate::engine::goal::Key;
use crate::engine::plan::StepId;
use crate::engine::session::Session;
use crate::engine::state::State;

/// Looks at a trace for one way in which runs of agents go wrong.
pub trait FailureCheck: Sync {
    /// Returns the word that screens and JSON know it by: "`stale_observation`".
    fn name(&self) -> &'static str;

    /// Returns what it means when it finds something: "A conclusion rests on a stale value."
    fn headline(&self) -> &'static str;

    /// Returns what to do about it: "Let it replan, or run again what read the old value."
    fn advice(&self) -> &'static str;

    /// Returns the key of the dashboard that does so, and what it does there: `(Act::Replan, "plans it again")`.
    fn remedy(&self) -> (Act, &'static str);

    /// Returns what it found, in the order of the trace; each with a sentence like
    /// `s4 draft_report made report from intent_counts, which was out of date since event 14 changed tickets`.
    fn find(&self, trace: &Trace<'_>) -> Vec<Found>;
}

/// Every failure check, in the order in which what they find is told.
pub const FAILURE_CHECKS: &[&dyn FailureCheck] = &[
    &hallucinated_step::HallucinatedStep,
    &stale_observation::StaleObservation,
    &loops::Loop,
    &unverified_conclusion::UnverifiedConclusion,
];

/// One thing that a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The step that it concerns.
    pub step: Option<StepId>,
    /// The key that it concerns.
    pub key: Option<Key>,
    /// The concrete place, in a sentence.
    pub message: String,
    /// The events that show it, in order.
    pub events: Vec<Seq>,
    /// The event that mended it, where one did.
    pub mended: Option<Seq>,
}

/// What a check found, with what it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The check, by its name.
    pub check: &'static str,
    /// What it means.
    pub headline: &'static str,
    /// The concrete place, in a sentence.
    pub message: String,
    /// The step that it concerns.
    pub step: Option<StepId>,
    /// The key that it concerns.
    pub key: Option<Key>,
    /// The events that show it, in order.
    pub events: Vec<Seq>,
    /// The event that mended it; none: it stands as it is.
    pub mended: Option<Seq>,
    /// What to do about it.
    pub advice: &'static str,
}

impl Failure {
    /// Returns which check found it, and where: what an audience reads.
    pub fn brief(&self) -> String {
        let name = self.check.replace('_', " ");
        let place = self.step.as_ref().or(self.key.as_ref());
        place.map_or_else(|| name.clone(), |place| format!("{name}: {place}"))
    }

    /// Returns it in a line: what was found, where, by which events, and which event mended it.
    pub fn said(&self) -> String {
        let s = if self.events.len() == 1 { "" } else { "s" };
        let events = self.events.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
        let mended = self.mended.map_or(String::new(), |event| format!("; mended with event {event}"));
        format!("failure check, {}: {} (event{s} {events}{mended})", self.check.replace('_', " "), self.message)
    }
}

/// Runs every failure check on the selected branch of `session` up to `end`, the state after its last event of interest.
/// `judge` says what conditions come to on other values than those that were there.
pub fn failures(session: &Session, end: &State, judge: &dyn Judge) -> Vec<Failure> {
    let trace = Trace::new(session, end, judge);
    let of = |check: &&'static dyn FailureCheck| {
        let check = *check;
        let named = move |found: Found| Failure {
            check: check.name(),
            headline: check.headline(),
            message: found.message,
            step: found.step,
            key: found.key,
            events: found.events,
            mended: found.mended,
            advice: check.advice(),
        };
        check.find(&trace).into_iter().map(named)
    };
    FAILURE_CHECKS.iter().flat_map(of).collect()
}

/// Returns what the evidence card says of what was `found`: each finding at its events, each check that found nothing,
/// and what to revise.
pub fn evidence(found: &[Failure]) -> Checked {
    let mut checked = Checked::default();
    for check in FAILURE_CHECKS {
        let name = check.name().replace('_', " ");
        let of = || found.iter().filter(|failure| failure.check == check.name());
        if of().next().is_none() {
            checked.rows.push(Line::new(Role::Done, format!("no {name}")));
        }
        for failure in of() {
            let words = format!("{name}: {}", failure.message);
            let events = failure.events.clone();
            if let Some(mended) = failure.mended {
                let words = format!("{words}; mended with event {mended}");
                checked.rows.push(Line { events, ..Line::new(Role::Done, words) });
                continue;
            }
            checked.rows.push(Line { events, ..Line::new(Role::Failed, words) });
            let (act, does) = check.remedy();
            let (step, key) = (failure.step.clone(), failure.key.clone());
            let about = step.as_deref().or(key.as_deref()).map_or(String::new(), |about| format!(" at {about}"));
            let words = format!("{name}{about}: {} {does}. {}", act.key(), failure.advice);
            checked.revise.push(Line { place: Some(Place { act, step, key }), ..Line::new(Role::Current, words) });
        }
    }
    checked
}

/// Where no condition is asked about.
struct Unasked;

impl Judge for Unasked {
    fn judge(&self, _: &str, _: &Subject) -> Verdict {
        Verdict::Undecided("nobody was asked".into())
    }
}

/// Returns how many calls and refusals repeated one before, and brought nothing new.
pub fn repetitions(session: &Session, end: &State) -> usize {
    loops::Loop.find(&Trace::new(session, end, &Unasked)).len()
}

#[cfg(test)]
mod tests {
    use super::testing::{by, checks, goal, play, tool};
    use super::*;
    use crate::engine::event::Dial;

    #[test]
    fn a_run_in_which_nothing_went_wrong_has_nothing_to_tell() {
        let tools = vec![tool("load", "", "tickets"), by(tool("write", "tickets", "report"), "odd")];
        let session = play(goal("report:odd", "", tools), Dial::OnDeviation);
        assert_eq!(checks(&session), Vec::<String>::new());
    }

    #[test]
    fn failure_checks_have_names_of_their_own_and_say_what_to_do() {
        let mut names: Vec<_> = FAILURE_CHECKS.iter().map(|check| check.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FAILURE_CHECKS.len());
        assert!(FAILURE_CHECKS.iter().all(|check| check.headline().ends_with('.') && check.advice().ends_with('.')));
    }
}
