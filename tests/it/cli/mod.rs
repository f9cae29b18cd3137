//! The command line as a contract: the real program is run, its status and its text are read.

mod again;
mod breakpoints;
mod compare;
mod config;
mod diff;
mod driver;
mod evidence;
mod export;
mod learn;
mod nearest_cause;
mod others;
mod run;
mod shrink;
mod stress;
mod watches;
