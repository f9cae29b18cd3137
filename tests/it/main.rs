//! The tests of the crate and of the program, in one binary: a folder a subject. Those that need a terminal are in
//! `tests/terminal`.
//!
//! `cargo test --test it` runs them, `cargo test --test it screens::` one folder, a longer path one test.

mod cli;
mod commands;
mod engine;
mod goal_file;
mod journal;
mod jq;
mod lanes;
mod lessons;
mod planner;
mod presenting;
mod readme;
mod recipes;
mod screens;
mod support;
mod tables;
mod tidy;
