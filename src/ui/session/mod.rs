//! One session on the screen: its state on the screen, its panes, what a key means, its dialogs.
//!
//! *Invariant:* a key becomes an action (`keymap`), an action becomes changes (`update`, which changes nothing itself),
//! changes are carried out by the app, and a frame is drawn from the view. What keys and painters share stands in
//! `lists`, so that neither needs the other.

pub mod app;
mod arranging;
mod asked;
mod branches;
mod breakpoints;
pub mod change;
mod counting;
mod demo;
mod derived;
mod dialog_outcome;
mod draw;
mod evidence;
mod explorer;
mod hand_off;
pub mod layout;
pub mod lesson;
pub mod lighting;
pub mod lists;
pub mod model;
mod modes;
mod mouse;
mod offers;
mod on_disk;
mod open_dialog;
pub mod pane;
pub mod panes;
pub mod presenting;
mod screen;
pub mod snapshot;
pub mod update;
pub mod view;
mod watches;
mod watching;
mod what_if;
