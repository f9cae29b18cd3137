//! The core alone, against a pretend world: no file, no process, no clock.

mod fold;
mod loops;
mod react;
mod story;
