//! Parts of a screen that know no session: rows, fields, lists, sheets.
//!
//! *Invariant:* nothing here names an engine's state or a screen.

pub mod buttons;
pub mod cells;
pub mod hints;
pub mod json_rows;
pub mod key_bar;
pub mod page_rows;
pub mod picker;
pub mod row;
pub mod scroll;
pub mod sheet;
pub mod status_line;
pub mod text_field;
