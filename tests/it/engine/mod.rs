//! The core alone, against a pretend world: no file, no process, no clock.

mod again;
mod breakpoints;
mod fold;
mod foresee;
mod loops;
mod react;
mod story;

/// How many random sessions a test tries: what is usual, or as many as `PLANSCOPE_CASES` says.
fn cases(usual: u32) -> u32 {
    std::env::var("PLANSCOPE_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(usual)
}
