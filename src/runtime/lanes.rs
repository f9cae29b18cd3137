//! Running lanes: a session in memory, turned by hand until it stands still.

use std::num::NonZero;
use std::panic::AssertUnwindSafe;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::compare::lane::Lane;
use crate::engine::command::{Command, Refusal};
use crate::engine::effect::{CallOutcome, Report};
use crate::engine::event::Pace;
use crate::engine::notice::Unheard;
use crate::engine::value::Shared;
use crate::jq::Cancel;
use crate::tools;

use super::clock;
use super::perform::{asked, perform_or_say};
use super::services::Services;

/// The most threads that run lanes: as many as there are filter workers at most.
const MOST: usize = 8;

/// Lets `lane` go on as far as `pace` says. Blocks; ends soon after `cancel`. A lane that waits for a person, or that is
/// over, stands still.
pub fn go(lane: &mut Lane, pace: Pace, services: &Services, cancel: &Cancel) {
    // Nothing can be let go on while a planner is at it: a given plan may have been replanned before it began.
    settle(lane, services, cancel);
    lane.go(pace, &clock::now());
    settle(lane, services, cancel);
}

/// Does what `lane` wants until it wants nothing more.
pub fn settle(lane: &mut Lane, services: &Services, cancel: &Cancel) {
    while !cancel.is_cancelled() {
        let Some(effect) = lane.session.wants().into_iter().next() else { return };
        let Some(report) = perform_or_say(&effect, services, cancel, &Unheard) else { return };
        // A refusal means that it wants something else by now.
        let _ = lane.session.submit(Command::Report(effect.id(), report), &clock::now());
    }
}

/// Answers the tool (or unbound step) that waits for a person in `lane`. Refused where the answer does not fit.
///
/// # Errors
/// Why nobody is asked, or why the answer does not fit.
pub fn answer(lane: &mut Lane, value: Shared, services: &Services, cancel: &Cancel) -> Result<(), Refusal> {
    let (id, call) = asked(lane.state())?;
    let report = tools::answer(&call, value, &services.jq, cancel);
    if let CallOutcome::Failed(why) = &report.outcome {
        return Err(Refusal::new(why.to_string()));
    }
    lane.session.submit(Command::Report(id, Report::Call(report)), &clock::now())?;
    settle(lane, services, cancel);
    Ok(())
}

/// Returns what the tool that waits for a person in `lane` asks, its filters filled in; none where none waits.
pub fn question(lane: &Lane, services: &Services) -> Option<String> {
    let (_, call) = asked(lane.state()).ok()?;
    tools::ask::question(&call, &services.jq)
}

/// Does `count` pieces of work on all cores and returns what each came to, in their order; `done` is told after each.
/// A piece comes to none where the program itself broke at it, or where `cancel` said so before it was begun.
pub fn side_by_side<T: Send>(
    count: usize,
    cancel: &Cancel,
    work: impl Fn(usize) -> T + Sync,
    done: impl Fn() + Sync,
) -> Vec<Option<T>> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<Option<T>>> = Mutex::new((0..count).map(|_| None).collect());
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..cores.min(MOST).min(count) {
            scope.spawn(|| {
                while !cancel.is_cancelled() {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= count {
                        return;
                    }
                    // What breaks one piece leaves the others alone.
                    let result = std::panic::catch_unwind(AssertUnwindSafe(|| work(at)));
                    // A panic elsewhere leaves whole results behind.
                    let mut results = results.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    if let Some(place) = results.get_mut(at) {
                        *place = result.ok();
                    }
                    drop(results);
                    done();
                }
            });
        }
    });
    results.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}
