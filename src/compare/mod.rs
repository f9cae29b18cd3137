//! The strategies side by side: figures that are recounted from traces, and what they say.
//!
//! Pure: lanes are run by the runtime, shown by the screen and printed by the command line.
//!
//! **Invariant:** a figure is recounted from the trace; nothing here runs a lane, or knows a screen, a file or a clock.

pub mod advice;
pub mod branches;
pub mod calls;
pub mod column;
mod course;
pub mod differences;
pub mod figures;
pub mod lane;
pub mod matrix;
pub mod parting;
pub mod price;
pub mod repeat;
pub mod result;
