//! The pure core: goal, plan, context, and the circle of command, event, effect and state.
//!
//! A [`command::Command`] becomes one [`event::Event`] or a [`command::Refusal`] (`decide`); what follows by
//! itself is `advance`'s; [`state::State`] is a fold over events (`apply`); what the session wants from the
//! world is derived from the state (`wants`). [`session::Session`] is the only door.
//!
//! **Invariant:** nothing here knows a clock, a file, a process, a thread, tokio or a terminal.

pub mod advance;
mod apply;
pub mod approval;
pub mod because;
pub mod branches;
pub mod breakpoint;
pub mod command;
pub mod context;
mod decide;
pub mod diff;
pub mod effect;
pub mod event;
mod fingerprint;
pub mod foresee;
pub mod goal;
mod imagined;
mod inside;
mod kept;
pub mod latest;
pub mod launch;
mod liveness;
pub mod notice;
pub mod numbers;
pub mod ordered;
pub mod plan;
pub mod review;
pub mod session;
pub mod settings;
pub mod source;
pub mod state;
#[cfg(any(test, feature = "test-support"))]
pub mod testing;
pub mod turn;
pub mod value;
mod wants;
pub mod watch;
