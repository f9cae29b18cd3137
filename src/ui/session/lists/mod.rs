//! What the panes list: entries, the selected one, the rows that are seen. Keys and painters share it.
//!
//! *Invariant:* nothing here draws: no line, no style.

pub mod context;
pub mod outline;
pub mod plan;
pub mod report;
pub mod trace;
pub mod unfold;
pub mod watches;
