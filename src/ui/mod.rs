//! The dashboard: keys in, screens out.

pub mod action;
pub mod app;
mod ask;
pub mod compare;
pub mod dialogs;
mod event_loop;
mod external;
pub mod input;
pub mod keymap;
pub mod layout;
pub mod model;
pub mod navigate;
pub mod outline;
pub mod panes;
pub mod picture;
pub mod platform;
pub mod row;
pub mod screen;
pub mod shown;
pub mod stage;
pub mod start;
mod status_line;
pub mod terminal;
pub mod theme;
pub mod update;
pub mod values;
pub mod view;

pub use event_loop::{Ending, open};
