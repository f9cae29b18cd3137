//! JSON text with positions: a scanner that never recurses, the document it builds, and the way back from a path to its place.
//!
//! `serde_json` accepts duplicate keys, stops at its own depth and knows a position only for its own errors; a goal
//! file deserves more, so the text is read here. The value that comes out is an ordinary [`serde_json::Value`].

mod document;
mod locate;
mod scanner;

pub(super) use document::read;
pub(super) use locate::locate;
pub(super) use scanner::NotJson;
