//! Screens without a terminal, for tests, benches and the pictures of the README.

pub mod harness;
pub mod lanes;
