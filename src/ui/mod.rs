//! The dashboard: keys in, screens out.
//!
//! **Invariant:** nothing here decides what a session does: every change goes through the one door, and what is said of a
//! session comes from `describe`. A screen is drawn from its state alone, and only `terminal` and `external` touch the
//! world outside.

pub mod action;
mod arriving;
mod background;
pub mod compare;
pub mod dialogs;
mod event_loop;
mod external;
pub mod input;
pub mod keymap;
mod mask;
pub mod navigate;
pub mod pictures;
pub mod platform;
pub mod screen;
pub mod session;
pub mod start;
pub mod stress;
pub mod terminal;
#[cfg(any(test, feature = "test-support"))]
pub mod testing;
pub mod theme;
pub mod widgets;

pub use event_loop::{Ending, open};
