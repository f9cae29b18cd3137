//! Stacks: parsing and running filters is recursive, so it happens where there is room.

use std::thread;

/// The stack on which filters run in a worker process. All of it can become resident, so it counts as memory.
pub(super) const WORKER_STACK: usize = 64 << 20;
/// How deep recursion may go in a worker before it is stopped; beyond it lies room for one native step.
pub(super) const WORKER_ROOM: usize = 40 << 20;
/// The stack on which filters run inside this process, where an overflow would end it.
const THREAD_STACK: usize = 512 << 20;
/// How deep recursion may go inside this process.
pub(super) const THREAD_ROOM: usize = 128 << 20;

/// Says whether the syntax tree of a text can only be so shallow that any stack suffices.
pub(super) fn is_shallow(text: &str) -> bool {
    // Every level of the tree needs a byte of an operator, a bracket or a keyword.
    text.len() <= 400 && text.bytes().filter(|byte| !byte.is_ascii_alphanumeric() && *byte != b' ').count() <= 60
}

/// Runs `work` on a thread with a large stack (address space only, until it is used) and waits for it.
///
/// Where no thread can be started the work is done here: the bounds on filter texts keep the recursion of ordinary ones shallow.
pub(super) fn roomy<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let mut work = Some(work);
    let slot = &mut work;
    let done = thread::scope(|scope| {
        let run = move || slot.take().map(|work| work());
        match thread::Builder::new().stack_size(THREAD_STACK).spawn_scoped(scope, run) {
            Ok(thread) => match thread.join() {
                Ok(result) => result,
                Err(panic) => std::panic::resume_unwind(panic),
            },
            Err(_) => None,
        }
    });
    match (done, work) {
        (Some(result), _) => result,
        (None, Some(work)) => work(),
        (None, None) => unreachable!("the work is either done or still there"),
    }
}
