//! A screen as an SVG picture: for the README, and to look at what a test sees.

use std::fmt::Write;

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};

use crate::describe::text::width;

/// The size of a cell in the picture, in its own units.
const CELL: (u32, u32) = (10, 20);

/// The colours of the picture: what most dark terminals show.
const BACKGROUND: &str = "#1c1c1c";
const FOREGROUND: &str = "#dcdcd4";

/// Returns `buffer` as an SVG document: monospaced text on a dark ground, one `text` element for each run of cells
/// with the same style.
pub fn svg(buffer: &Buffer) -> String {
    let area = buffer.area;
    let (wide, high) = (u32::from(area.width) * CELL.0 + 20, u32::from(area.height) * CELL.1 + 20);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide} {high}\" width=\"{wide}\" height=\"{high}\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{BACKGROUND}\"/>\n\
         <g font-family=\"'DejaVu Sans Mono','Menlo','Consolas',monospace\" font-size=\"16\" xml:space=\"preserve\">\n"
    );
    for y in area.top()..area.bottom() {
        let mut x = area.left();
        while x < area.right() {
            let Some(first) = buffer.cell((x, y)) else { break };
            let (style, from) = (first.style(), x);
            let mut text = String::new();
            while let Some(cell) = buffer.cell((x, y)).filter(|cell| x < area.right() && cell.style() == style) {
                text.push_str(cell.symbol());
                x += u16::try_from(width(cell.symbol())).unwrap_or(1).max(1);
            }
            run(&mut out, &text, style.fg, style.add_modifier, u32::from(from), u32::from(x - from), u32::from(y));
        }
    }
    out.push_str("</g>\n</svg>\n");
    out
}

fn run(out: &mut String, text: &str, colour: Option<Color>, modifiers: Modifier, x: u32, cells: u32, y: u32) {
    let reversed = modifiers.contains(Modifier::REVERSED);
    let (left, top) = (10 + x * CELL.0, 10 + y * CELL.1);
    if reversed {
        let (w, h) = (cells * CELL.0, CELL.1);
        let _ = writeln!(out, "<rect x=\"{left}\" y=\"{top}\" width=\"{w}\" height=\"{h}\" fill=\"{FOREGROUND}\"/>");
    }
    if text.trim().is_empty() {
        return;
    }
    let fill = if reversed { BACKGROUND } else { hex(colour) };
    let bold = if modifiers.contains(Modifier::BOLD) { " font-weight=\"bold\"" } else { "" };
    let italic = if modifiers.contains(Modifier::ITALIC) { " font-style=\"italic\"" } else { "" };
    let dim = if modifiers.contains(Modifier::DIM) { " opacity=\"0.55\"" } else { "" };
    let struck = if modifiers.contains(Modifier::CROSSED_OUT) { " text-decoration=\"line-through\"" } else { "" };
    // The length is said, so that every font keeps the columns.
    let length = cells * CELL.0;
    let base = top + 15;
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let _ = writeln!(
        out,
        "<text x=\"{left}\" y=\"{base}\" fill=\"{fill}\" textLength=\"{length}\" lengthAdjust=\"spacingAndGlyphs\"\
         {bold}{italic}{dim}{struck}>{text}</text>"
    );
}

fn hex(colour: Option<Color>) -> &'static str {
    match colour {
        Some(Color::Red | Color::LightRed) => "#f2777a",
        Some(Color::Green | Color::LightGreen) => "#8ccf7e",
        Some(Color::Blue | Color::LightBlue) => "#7aa6f2",
        Some(Color::Magenta | Color::LightMagenta) => "#d58fe0",
        Some(Color::Cyan | Color::LightCyan) => "#54c8d8",
        Some(_) | None => FOREGROUND,
    }
}
