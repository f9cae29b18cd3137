//! Two things done at once.

/// Returns what both return, the first one on a thread of its own where there is one to be had.
pub(super) fn beside<T: Send, U>(one: &(impl Fn() -> T + Sync), other: impl FnOnce() -> U) -> (T, U) {
    std::thread::scope(|scope| {
        let helper = std::thread::Builder::new().spawn_scoped(scope, one);
        let other = other();
        let one = helper.ok().and_then(|helper| helper.join().ok()).unwrap_or_else(one);
        (one, other)
    })
}
