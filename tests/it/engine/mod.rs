//! The core alone, against a pretend world: no file, no process, no clock.

mod again;
mod breakpoints;
mod fold;
mod foresee;
mod loops;
mod react;
mod story;
