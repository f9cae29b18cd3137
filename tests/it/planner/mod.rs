//! The embedded planner against oracles that share no code with it.

mod brute_force;
mod cases;
mod executions;
mod surprised;
