//! planscope: a debugger for plans, in the terminal.
#![forbid(unsafe_op_in_unsafe_fn)]
#![warn(missing_docs)]

pub mod checks;
pub mod cli;
pub mod engine;
pub mod goal_file;
pub mod jq;
pub mod planners;
pub mod runtime;
pub mod tools;
pub mod ui;
