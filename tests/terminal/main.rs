//! The real program in a pseudo-terminal: keys in, screen out.
//!
//! A binary of its own, so that nothing else uses the processor meanwhile; and one test after the other, since each
//! waits for what a screen shows.
#![cfg(unix)]

mod command_line;
mod commands;
mod dashboard;
mod demo;
mod harness;
mod react;
