//! The dashboard: keys in, screens out.

pub mod input;
pub mod action;
pub mod keymap;
