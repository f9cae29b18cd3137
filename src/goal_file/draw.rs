//! Faults as pictures: the line, the mark under it, what was expected, what to do.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::fault::{Fault, Faults};
use crate::describe::sanitize::harmless;
use crate::describe::text::line_cut;

/// More faults than this are counted instead of drawn.
const MOST: usize = 100;

/// How many characters of a line are shown on either side of a fault.
const AROUND: usize = 100;

/// Draws `faults`, with terminal colours or as plain text. Everything from the file is made harmless, and what
/// nobody reads to its end is cut.
pub(super) fn draw(faults: &Faults, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() }.decor_style(DecorStyle::Ascii);
    let name = line_cut(&faults.name);
    let text = faults.text.as_deref();
    let mut pictures: Vec<String> =
        faults.faults.iter().take(MOST).map(|fault| renderer.render(&[picture(fault, &name, text)])).collect();
    if let more @ 1.. = faults.faults.len().saturating_sub(MOST) {
        pictures.push(format!("… and {more} more faults"));
    }
    pictures.join("\n\n")
}

fn picture<'f>(fault: &'f Fault, name: &'f str, text: Option<&str>) -> Group<'f> {
    let title = Level::ERROR.primary_title(line_cut(&fault.message));
    let mut group = match text {
        Some(text) => {
            let Window { line, mark, cut } = window(text, &fault.span);
            let mut mark = AnnotationKind::Primary.span(mark);
            if let Some(expected) = &fault.expected {
                mark = mark.label(format!("expected {}", line_cut(expected)));
            }
            let snippet = Snippet::source(line).line_start(fault.line).annotation(mark);
            if cut {
                // The column in the window is not the one in the file, so the place is said on a line of its own.
                let origin = Origin::path(name).line(fault.line).char_column(fault.column);
                title.element(origin).element(snippet)
            } else {
                title.element(snippet.path(name))
            }
        }
        None => {
            let group = title.element(Origin::path(name));
            match &fault.expected {
                Some(expected) => group.element(Level::NOTE.message(format!("expected {}", line_cut(expected)))),
                None => group,
            }
        }
    };
    if !fault.path.is_empty() {
        group = group.element(Level::NOTE.with_name(Some("at")).message(line_cut(&fault.path)));
    }
    if let Some(hint) = &fault.hint {
        group = group.element(Level::HELP.message(line_cut(hint)));
    }
    group
}

/// A line of the file around a fault.
struct Window {
    /// The line, made harmless.
    line: String,
    /// The place of the fault in it.
    mark: Range<usize>,
    /// Whether its beginning was cut off.
    cut: bool,
}

/// Returns the line that `span` begins on, cut around it.
fn window(text: &str, span: &Range<usize>) -> Window {
    let start = span.start.min(text.len());
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[start..].find(['\r', '\n']).map_or(text.len(), |at| start + at);
    let end = span.end.clamp(start, line_end);
    let from =
        text[line_start..start].char_indices().rev().nth(AROUND - 1).map_or(line_start, |(at, _)| line_start + at);
    let to = text[start..line_end].char_indices().nth(AROUND).map_or(line_end, |(at, _)| start + at);
    let end = end.min(to);
    let cut = from > line_start;
    let mut line = if cut { "…".to_owned() } else { String::new() };
    line.push_str(&harmless(&text[from..start]));
    let marked = line.len();
    line.push_str(&harmless(&text[start..end]));
    let mark = marked..line.len();
    line.push_str(&harmless(&text[end..to]));
    if to < line_end {
        line.push('…');
    }
    Window { line, mark, cut }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_megabytes_is_cut_around_its_fault() {
        let text = format!("{}!{}", "a".repeat(100_000), "b".repeat(100_000));
        let Window { line, mark, cut } = window(&text, &(100_000..100_001));
        assert_eq!(&line[mark], "!");
        assert!(cut);
        assert!(line.len() < 250, "{line}");
        assert!(line.starts_with('…') && line.ends_with('…'));
    }

    #[test]
    fn a_mark_that_spans_lines_ends_with_the_first() {
        let Window { line, mark, cut } = window("ab\n  {\r\n  }", &(5..11));
        assert_eq!((line.as_str(), &line[mark], cut), ("  {", "{", false));
    }
}
