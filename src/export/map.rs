//! The plan as a picture of a map, in SVG: a row a step, lines from who makes something to who reads it.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::standing::class;
use super::{Format, Writes};
use crate::describe::map::Map;
use crate::describe::sanitize::harmless;
use crate::describe::sign::Role;
use crate::describe::{step, text};
use crate::engine::state::State;

/// The plan as a picture of a map.
pub(super) const FORMAT: Format = Format {
    name: "map",
    help: "The plan as a picture of a map (SVG): what ran and what is to do, who hands what to whom",
    writes: Writes::Plan(write),
};

/// How far rows, tracks and the cells of a text stand apart, and how wide the margin is.
const ROW: usize = 26;
const TRACK: usize = 22;
const CELL: usize = 9;
const MARGIN: usize = 20;

/// How wide the number of a wave is.
const WAVE: usize = 34;

/// Writes what ran and what is to do as a map.
fn write(to: &mut dyn Write, state: &State) -> io::Result<()> {
    let map = Map::of(state);
    let escaped = |words: &str| {
        harmless(words).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
    };
    let x = |track: usize| MARGIN + WAVE + track * TRACK;
    let y = |row: usize| MARGIN + ROW * 2 + row * ROW;
    let words = x(map.width()) + TRACK / 2;
    let mut widest = text::width(&state.goal.goal);
    let mut lines = String::new();
    let mut signs = String::new();
    for (row, node) in map.nodes.iter().enumerate() {
        let (here_x, here_y) = (x(map.track(row)), y(row));
        for &parent in &node.parents {
            let (from_x, from_y) = (x(map.track(parent)), y(parent));
            // Down in the track of who makes it, then across.
            let _ = match from_x == here_x {
                true => write!(lines, "<path d=\"M{from_x} {from_y}V{here_y}\"/>"),
                false => {
                    let (turn, bend) = (here_y - 8, if here_x > from_x { from_x + 8 } else { from_x - 8 });
                    write!(lines, "<path d=\"M{from_x} {from_y}V{turn}Q{from_x} {here_y} {bend} {here_y}H{here_x}\"/>")
                }
            };
        }
        let (role, word) = standing(state, node.step.skip, node.run.map(|run| (step::sign(run.status), run.word())));
        let reads: Vec<&str> = node.step.reads().map(|key| &**key).collect();
        let writes: Vec<&str> = node.step.writes().map(|key| &**key).collect();
        let flow = format!("{} → {}", reads.join(", "), writes.join(", "));
        let word = if word.is_empty() { String::new() } else { format!(" · {word}") };
        let said = format!("{} {} {flow}{word}", node.step.id, node.step.name());
        widest = widest.max(text::width(&said));
        let wave = (row == 0 || map.nodes[row - 1].wave != node.wave).then_some(node.wave);
        if let Some(wave) = wave {
            let _ = write!(signs, "<text class=\"dim\" x=\"{MARGIN}\" y=\"{}\">{wave}</text>", here_y + 5);
        }
        let _ = writeln!(
            signs,
            "<circle class=\"{}\" cx=\"{here_x}\" cy=\"{here_y}\" r=\"8\"/>\
             <text class=\"sign\" x=\"{here_x}\" y=\"{}\">{}</text>\
             <text x=\"{words}\" y=\"{}\"><tspan class=\"name\">{} {}</tspan><tspan class=\"dim\"> {}{word}</tspan></text>",
            class(role),
            here_y + 4,
            role.glyph(),
            here_y + 5,
            escaped(&node.step.id),
            escaped(node.step.name()),
            escaped(&flow),
        );
    }
    let (wide, high) = (words + widest * CELL + MARGIN, y(map.nodes.len()) + MARGIN);
    writeln!(
        to,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide} {high}\" width=\"{wide}\" height=\"{high}\">\n{STYLE}\n\
         <rect width=\"100%\" height=\"100%\"/>\n<text class=\"name\" x=\"{MARGIN}\" y=\"{}\" xml:space=\"preserve\">{}</text>\n\
         <g class=\"lines\">{lines}</g>\n<g xml:space=\"preserve\">\n{signs}</g>\n</svg>",
        MARGIN + 10,
        escaped(&state.goal.goal),
    )
}

/// Returns the sign of a step and how it stands in a word.
fn standing(state: &State, is_off: bool, run: Option<(Role, &'static str)>) -> (Role, &'static str) {
    match run {
        Some(run) => run,
        None if is_off => (Role::Skipped, "skipped"),
        None if state.runs.is_empty() => (Role::Pending, ""), // nothing has run: all of it is to do
        None => (Role::Pending, "to do"),
    }
}

/// Dark on light and light on dark, as the reader's system asks for.
const STYLE: &str = "<style>
text{font:15px 'DejaVu Sans Mono',Menlo,Consolas,monospace;fill:#1c1c1c}
rect{fill:#fff}.name{font-weight:bold}.dim{fill:#5f5f5f}
.lines path{fill:none;stroke:#767676;stroke-width:2}
circle{stroke:#1c1c1c;stroke-width:1.5;fill:#fff}.sign{text-anchor:middle;font-size:11px}
.done{fill:#b7e1b0}.failed{fill:#f5b7b1}.other{fill:#f7dc8f}
@media (prefers-color-scheme:dark){text{fill:#dcdcd4}rect{fill:#1c1c1c}.dim{fill:#a0a0a0}
.lines path{stroke:#8a8a8a}circle{stroke:#dcdcd4;fill:#1c1c1c}.sign{fill:#1c1c1c}.todo+.sign{fill:#dcdcd4}}
</style>";
