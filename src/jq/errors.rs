//! Turns what a filter raises into text, without ever printing all of a large value.

use std::fmt::{self, Write};

use jaq_json::{Error, Val};

/// The longest message, in bytes.
const MAX_MESSAGE: usize = 2_000;

/// Returns the message of an error: the text of `error("…")`, or what jq says about a refused operation.
pub(super) fn sentence(error: Error) -> String {
    let mut shown = Capped(String::new());
    // An `Err` here only says that the rest was cut off.
    let whole = write!(shown, "{error}").is_ok();
    let text = if shown.0.starts_with('"') {
        // Only `error("…")` begins with a quote; the value is already decoded, so taking it costs nothing.
        match error.into_val() {
            Val::TStr(bytes) => cut(&String::from_utf8_lossy(&bytes[..bytes.len().min(MAX_MESSAGE)])),
            _ => shown.0,
        }
    } else if whole {
        shown.0
    } else {
        shown.0 + "…"
    };
    if text.is_empty() { "the filter raised an empty error".into() } else { text }
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_MESSAGE).collect()
}

/// Text that refuses to grow beyond [`MAX_MESSAGE`], which ends the printing of a value.
struct Capped(String);

impl Write for Capped {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.0.len() + text.len() <= MAX_MESSAGE {
            self.0.push_str(text);
            return Ok(());
        }
        let room = MAX_MESSAGE - self.0.len();
        let end = (0..=room).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        self.0.push_str(&text[..end]);
        Err(fmt::Error)
    }
}
