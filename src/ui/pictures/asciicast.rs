//! Frames as an asciicast of version 2, which asciinema plays: a line of JSON for the header, and one for each frame with
//! the bytes that a terminal gets.

use std::io::{self, Write};

use ratatui::backend::{Backend as _, CrosstermBackend};
use ratatui::buffer::Buffer;
use serde_json::json;

use super::frames::Frame;

/// Writes frames as they come; times are those of the pace, not those of the session.
pub struct Asciicast<W: Write> {
    to: W,
    /// Seconds that a step is looked at.
    pace: f64,
    /// The time of the next frame, in seconds.
    at: f64,
    /// What the terminal shows.
    shown: Option<Buffer>,
}

impl<W: Write> Asciicast<W> {
    /// Begins a recording of a screen of this size, in columns and rows.
    ///
    /// # Errors
    /// Why `to` could not be written.
    pub fn begin(mut to: W, size: (u16, u16), title: &str, pace: f64) -> io::Result<Asciicast<W>> {
        let env = json!({ "TERM": "xterm-256color" });
        let header = json!({ "version": 2, "width": size.0, "height": size.1, "title": title, "env": env });
        writeln!(to, "{header}")?;
        Ok(Asciicast { to, pace, at: 0.0, shown: None })
    }

    /// Writes `frame`, with a marker that says what happened.
    ///
    /// # Errors
    /// Why it could not be written.
    pub fn frame(&mut self, frame: Frame) -> io::Result<()> {
        let bytes = bytes_between(self.shown.as_ref(), &frame.screen)?;
        let begin = if self.shown.is_none() { "\x1b[?25l\x1b[H\x1b[2J" } else { "" };
        let at = (self.at * 1000.0).round() / 1000.0;
        writeln!(self.to, "{}", json!([at, "o", format!("{begin}{bytes}")]))?;
        if frame.hold >= 1.0 {
            writeln!(self.to, "{}", json!([at, "m", frame.said]))?;
        }
        self.at += frame.hold * self.pace;
        self.shown = Some(frame.screen);
        Ok(())
    }

    /// Ends the recording: the last frame is looked at as long as it is to be.
    ///
    /// # Errors
    /// Why it could not be written.
    pub fn end(mut self) -> io::Result<()> {
        writeln!(self.to, "{}", json!([self.at, "o", "\x1b[?25h"]))?;
        self.to.flush()
    }
}

/// Returns the bytes that turn a terminal that shows `before` (none: it is empty) into one that shows `after`.
fn bytes_between(before: Option<&Buffer>, after: &Buffer) -> io::Result<String> {
    let empty = Buffer::empty(after.area);
    let mut bytes = Vec::new();
    let mut backend = CrosstermBackend::new(&mut bytes);
    backend.draw(before.unwrap_or(&empty).diff(after).into_iter())?;
    io::Write::flush(&mut backend)?;
    String::from_utf8(bytes).map_err(|_| io::ErrorKind::InvalidData.into())
}
