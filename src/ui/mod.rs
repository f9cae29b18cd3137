//! The dashboard: keys in, screens out.

pub mod action;
pub mod dialogs;
pub mod input;
pub mod keymap;
pub mod ledger;
pub mod row;
#[cfg(test)]
pub mod testing;
pub mod text;
pub mod theme;
pub mod widgets;
