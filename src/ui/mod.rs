//! The dashboard.

pub mod platform;
pub mod terminal;
