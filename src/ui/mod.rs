//! The dashboard: keys in, screens out.

pub mod dialogs;
pub mod input;
pub mod platform;
pub mod start;
pub mod terminal;
pub mod text;
pub mod theme;
pub mod widgets;
