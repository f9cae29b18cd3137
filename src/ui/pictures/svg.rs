//! A screen as an SVG picture: for the README, for slides, and to look at what a test sees.

use std::fmt::Write;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use crate::describe::text::width;

/// The size of a cell in the picture, in its own units.
const CELL: (u32, u32) = (10, 20);

/// The ground of the picture, and text without a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paper {
    ground: &'static str,
    text: &'static str,
}

impl Paper {
    /// What most dark terminals show.
    pub const DARK: Paper = Paper { ground: "#1c1c1c", text: "#dcdcd4" };
    /// A page.
    pub const LIGHT: Paper = Paper { ground: "#ffffff", text: "#1c1c1c" };
}

/// Returns `buffer` as an SVG document: monospaced text on `paper`, one `text` element for each run of cells
/// with the same style.
pub fn svg(buffer: &Buffer, paper: Paper) -> String {
    let mut out = begin(buffer.area, paper, "");
    for y in buffer.area.top()..buffer.area.bottom() {
        row(&mut out, buffer, y, paper);
    }
    out.push_str(END);
    out
}

/// How a document ends.
pub(super) const END: &str = "</g>\n</svg>\n";

/// Returns how a document of a screen of this size begins, with this style sheet.
pub(super) fn begin(area: Rect, paper: Paper, style: &str) -> String {
    let (wide, high) = (u32::from(area.width) * CELL.0 + 20, u32::from(area.height) * CELL.1 + 20);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide} {high}\" width=\"{wide}\" height=\"{high}\">\n\
         {style}<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{}\"/>\n\
         <g font-family=\"'DejaVu Sans Mono','Menlo','Consolas',monospace\" font-size=\"16\">\n",
        paper.ground
    )
}

/// Adds the row `y` of `buffer`.
pub(super) fn row(out: &mut String, buffer: &Buffer, y: u16, paper: Paper) {
    let area = buffer.area;
    let mut x = area.left();
    while x < area.right() {
        let Some(first) = buffer.cell((x, y)) else { break };
        let (style, from) = (first.style(), x);
        let mut text = String::new();
        while let Some(cell) = buffer.cell((x, y)).filter(|cell| x < area.right() && cell.style() == style) {
            text.push_str(cell.symbol());
            x += u16::try_from(width(cell.symbol())).unwrap_or(1).max(1);
        }
        let place = Place { x: u32::from(from), cells: u32::from(x - from), y: u32::from(y) };
        run(out, &text, style, paper, place);
    }
}

/// Where a run of cells stands.
struct Place {
    x: u32,
    cells: u32,
    y: u32,
}

fn run(out: &mut String, text: &str, style: Style, paper: Paper, place: Place) {
    let Place { x, cells, y } = place;
    let modifiers = style.add_modifier;
    let (mut fill, mut ground) = (colour(style.fg), colour(style.bg));
    if modifiers.contains(Modifier::REVERSED) {
        let (text, paper) = (fill.unwrap_or_else(|| paper.text.to_owned()), paper.ground.to_owned());
        (fill, ground) = (Some(ground.unwrap_or(paper)), Some(text));
    }
    let (left, top) = (10 + x * CELL.0, 10 + y * CELL.1);
    if let Some(ground) = ground {
        let (w, h) = (cells * CELL.0, CELL.1);
        let _ = writeln!(out, "<rect x=\"{left}\" y=\"{top}\" width=\"{w}\" height=\"{h}\" fill=\"{ground}\"/>");
    }
    // Blanks at an end are left out, and the text begins where they ended; those inside are such that every viewer keeps
    // them, as browsers keep no others.
    let blanks = |text: &str| (text.len() - text.trim_start_matches(' ').len()) as u32;
    let (before, text) = (blanks(text), text.trim_start_matches(' '));
    let after = (text.len() - text.trim_end_matches(' ').len()) as u32;
    let text = text.trim_end_matches(' ');
    if text.is_empty() {
        return;
    }
    let (left, cells) = (left + before * CELL.0, cells.saturating_sub(before + after));
    let fill = fill.unwrap_or_else(|| paper.text.to_owned());
    let bold = if modifiers.contains(Modifier::BOLD) { " font-weight=\"bold\"" } else { "" };
    let italic = if modifiers.contains(Modifier::ITALIC) { " font-style=\"italic\"" } else { "" };
    let dim = if modifiers.contains(Modifier::DIM) { " opacity=\"0.55\"" } else { "" };
    let struck = if modifiers.contains(Modifier::CROSSED_OUT) { " text-decoration=\"line-through\"" } else { "" };
    // The length is said, so that every font keeps the columns.
    let length = cells * CELL.0;
    let base = top + 15;
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let text = text.replace(' ', "\u{a0}");
    let _ = writeln!(
        out,
        "<text x=\"{left}\" y=\"{base}\" fill=\"{fill}\" textLength=\"{length}\" lengthAdjust=\"spacingAndGlyphs\"\
         {bold}{italic}{dim}{struck}>{text}</text>"
    );
}

/// Returns a colour as a page writes it; none where it is the terminal's own.
fn colour(colour: Option<Color>) -> Option<String> {
    let indexed = |at: u8| match at {
        0..=15 => SIXTEEN[usize::from(at)].to_owned(),
        16..=231 => {
            let level = |n: u8| if n == 0 { 0 } else { 55 + 40 * u32::from(n) };
            let n = at - 16;
            format!("#{:02x}{:02x}{:02x}", level(n / 36), level(n / 6 % 6), level(n % 6))
        }
        232..=255 => {
            let grey = 8 + 10 * u32::from(at - 232);
            format!("#{grey:02x}{grey:02x}{grey:02x}")
        }
    };
    Some(match colour? {
        Color::Reset => return None,
        Color::Black => indexed(0),
        Color::Red => indexed(1),
        Color::Green => indexed(2),
        Color::Yellow => indexed(3),
        Color::Blue => indexed(4),
        Color::Magenta => indexed(5),
        Color::Cyan => indexed(6),
        Color::Gray => indexed(7),
        Color::DarkGray => indexed(8),
        Color::LightRed => indexed(9),
        Color::LightGreen => indexed(10),
        Color::LightYellow => indexed(11),
        Color::LightBlue => indexed(12),
        Color::LightMagenta => indexed(13),
        Color::LightCyan => indexed(14),
        Color::White => indexed(15),
        Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
        Color::Indexed(at) => indexed(at),
    })
}

/// The 16 colours of a terminal, in soft shades; every other terminal has others.
const SIXTEEN: [&str; 16] = [
    "#1c1c1c", "#f2777a", "#8ccf7e", "#e5c76b", "#7aa6f2", "#d58fe0", "#54c8d8", "#b3b9b8", "#767c77", "#f2777a",
    "#8ccf7e", "#e5c76b", "#7aa6f2", "#d58fe0", "#54c8d8", "#dcdcd4",
];
