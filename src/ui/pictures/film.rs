//! Frames as one SVG picture that moves: each row of the screen stands in it once for as long as it stays the same.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ratatui::buffer::Buffer;

use super::svg::{END, Paper, begin, row};

/// How much longer the last frame is looked at before it begins again, in seconds.
const END_HOLDS: f64 = 2.0;

/// Returns `frames`, each with how long it is looked at in seconds, as a document that shows one after the other, again and
/// again. Who asked for reduced motion sees the last one, which stands still.
pub fn film(frames: &[(Buffer, f64)], paper: Paper) -> String {
    let Some((last, _)) = frames.last() else { return String::new() };
    let starts: Vec<f64> = frames
        .iter()
        .scan(0.0, |at, (_, hold)| {
            let start = *at;
            *at += hold;
            Some(start)
        })
        .collect();
    let total = starts.last().copied().unwrap_or_default() + frames.last().map_or(0.0, |(_, hold)| *hold) + END_HOLDS;
    // Every run of frames in which a row is the same, by the frames that it spans.
    let mut spans: BTreeMap<(usize, usize), String> = BTreeMap::new();
    for y in last.area.top()..last.area.bottom() {
        let drawn = |(screen, _): &(Buffer, f64)| {
            let mut out = String::new();
            row(&mut out, screen, y, paper);
            out
        };
        let rows: Vec<String> = frames.iter().map(drawn).collect();
        let mut from = 0;
        for to in 1..=rows.len() {
            if to == rows.len() || rows[to] != rows[from] {
                spans.entry((from, to)).or_default().push_str(&rows[from]);
                from = to;
            }
        }
    }
    let whole = (0, frames.len());
    let mut style = String::from("<style>\n");
    let mut body = String::new();
    for ((from, to), rows) in spans.iter().filter(|(_, rows)| !rows.is_empty()) {
        if (*from, *to) == whole {
            body.push_str(rows);
            continue;
        }
        let percent = |at: usize| starts.get(at).map_or(100.0, |start| start / total * 100.0);
        let name = format!("f{from}-{to}");
        let before = if *from > 0 { "0%{visibility:hidden}" } else { "" };
        let after = match *to < frames.len() {
            true => format!("{:.3}%{{visibility:hidden}}", percent(*to)),
            false => String::new(),
        };
        let _ = writeln!(style, "@keyframes {name}{{{before}{:.3}%{{visibility:visible}}{after}}}", percent(*from));
        let _ = writeln!(style, ".{name}{{animation:{name} {total:.2}s step-end infinite}}");
        let kind = if *to == frames.len() { "l" } else { "m" };
        let _ = writeln!(body, "<g class=\"{kind} {name}\">\n{rows}</g>");
    }
    style.push_str("@media (prefers-reduced-motion:reduce){.l,.m{animation:none}.m{visibility:hidden}}\n</style>\n");
    begin(last.area, paper, &style) + &body + END
}
