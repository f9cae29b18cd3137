//! The dashboard: keys in, screens out.

pub mod action;
pub mod app;
mod ask;
pub mod dialogs;
pub mod input;
pub mod keymap;
pub mod layout;
pub mod ledger;
pub mod model;
pub mod panes;
pub mod row;
pub mod shown;
pub mod stage;
pub mod story;
#[cfg(test)]
pub mod testing;
pub mod text;
pub mod theme;
pub mod update;
pub mod view;
pub mod widgets;
pub mod words;
