//! The counting allocator that ends a worker process before its memory grows too large.

use std::alloc::{GlobalAlloc, Layout};
use std::sync::atomic::{AtomicIsize, Ordering};

use mimalloc::MiMalloc;

/// The status with which a worker ends when it runs out of its memory.
pub(super) const EXIT_MEMORY: i32 = 77;
/// What a worker writes in place of a reply when it runs out of its memory.
pub(super) const MARKER: [u8; 4] = [0xff; 4];

/// The most that a worker may hold, cached inputs included; with stack and program it stays below 512 MB.
const TOTAL: isize = 384 << 20;
/// The most that one evaluation may take above what it was given, whatever the worker has cached.
const EVALUATION: isize = 256 << 20;

/// `0` while nothing is counted, which is the case everywhere but in a worker.
static LIMIT: AtomicIsize = AtomicIsize::new(0);
static LIVE: AtomicIsize = AtomicIsize::new(0);
static PEAK: AtomicIsize = AtomicIsize::new(0);

/// The global allocator of the program: mimalloc, which opens a long session in three quarters of the time that the C
/// library's takes, and which this counts and limits in a worker process only.
///
/// Installed in `main.rs`: `#[global_allocator] static METER: planscope::jq::Meter = planscope::jq::Meter;`. Without
/// it filters work, but nothing bounds their memory.
#[derive(Clone, Copy, Debug)]
pub struct Meter;

// SAFETY: every call is passed on to mimalloc unchanged; counting allocates nothing.
unsafe impl GlobalAlloc for Meter {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { MiMalloc.alloc(layout) }
    }

    #[inline]
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(0, layout.size());
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { MiMalloc.dealloc(pointer, layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: the caller keeps the contract of `alloc_zeroed`.
        unsafe { MiMalloc.alloc_zeroed(layout) }
    }

    #[inline]
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size, layout.size());
        // SAFETY: the caller keeps the contract of `realloc`.
        unsafe { MiMalloc.realloc(pointer, layout, size) }
    }
}

#[inline(always)]
fn count(more: usize, less: usize) {
    let limit = LIMIT.load(Ordering::Relaxed);
    if limit != 0 {
        count_live(more, less, limit);
    }
}

/// What an allocator takes for a request at most: a header, rounded up.
#[inline(always)]
fn footprint(size: usize) -> isize {
    if size == 0 { 0 } else { isize::try_from(size.saturating_add(23) & !15).unwrap_or(isize::MAX).max(32) }
}

#[inline]
fn count_live(more: usize, less: usize, limit: isize) {
    // One thread allocates in a worker, so load and store need not be one operation.
    let live = LIVE.load(Ordering::Relaxed).saturating_add(footprint(more)) - footprint(less);
    if live > limit && more > less {
        give_up();
    }
    LIVE.store(live, Ordering::Relaxed);
    if live > PEAK.load(Ordering::Relaxed) {
        PEAK.store(live, Ordering::Relaxed);
    }
}

/// Starts counting; for a worker process, whose evaluating thread calls it.
pub(super) fn start_counting() {
    LIMIT.store(TOTAL, Ordering::Relaxed);
}

/// Starts an evaluation: it may take [`EVALUATION`] above what is live now.
pub(super) fn start_evaluation() {
    let live = LIVE.load(Ordering::Relaxed);
    PEAK.store(live, Ordering::Relaxed);
    LIMIT.store(live.saturating_add(EVALUATION).min(TOTAL), Ordering::Relaxed);
}

/// Ends an evaluation and returns how much memory it left unused behind, which the system may not have back.
pub(super) fn end_evaluation() -> isize {
    LIMIT.store(TOTAL, Ordering::Relaxed);
    PEAK.load(Ordering::Relaxed) - LIVE.load(Ordering::Relaxed)
}

/// Returns how much is live.
pub(super) fn live() -> isize {
    LIVE.load(Ordering::Relaxed)
}

/// Leaves the process at once, without destructors, locks or allocation.
#[cold]
fn give_up() -> ! {
    #[cfg(unix)]
    {
        unsafe extern "C" {
            fn write(file: i32, bytes: *const u8, count: usize) -> isize;
            fn _exit(status: i32) -> !;
        }
        // SAFETY: both are async-signal-safe functions of the C library that every Rust program links; the pointer
        // and the length are those of a static array. A failed write changes nothing: the status says it too.
        unsafe {
            write(1, MARKER.as_ptr(), MARKER.len());
            _exit(EXIT_MEMORY)
        }
    }
    #[cfg(not(unix))]
    std::process::abort()
}
