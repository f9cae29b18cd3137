//! The strategies side by side: figures that are recounted from traces, and what they say.
//!
//! Pure: lanes are run by the runtime, shown by the screen and printed by the command line.

pub mod advice;
pub mod calls;
pub mod column;
mod course;
pub mod figures;
pub mod lane;
pub mod matrix;
pub mod parting;
pub mod price;
pub mod repeat;
pub mod result;
