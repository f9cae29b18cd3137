//! The figures of the lanes, beneath them, and what each of them means.

use ratatui::text::Line;

use crate::compare::column::{Column, Stand};
use crate::compare::result::seconds;
use crate::describe::sign::Role;
use crate::describe::text;
use crate::ui::compare::Compare;
use crate::ui::compare::lanes;
use crate::ui::theme::Theme;
use crate::ui::widgets::row::Row;

/// What each figure means.
pub(super) use crate::compare::figures::FIGURES as DEFINITIONS;

/// The head of the first column: it stands before every other figure.
const REACHED: &str = "reached";

/// One column of the table.
struct Figure {
    head: &'static str,
    value: fn(&Compare, &Column) -> String,
}

/// The figures, the ones that matter most first: as many as fit are shown.
const FIGURES: &[Figure] = &[
    Figure { head: "decisions", value: |_, column| column.figures.decisions.to_string() },
    Figure { head: "tool calls", value: |_, column| column.figures.tool_calls.to_string() },
    Figure { head: "wasted", value: |_, column| at_the_end(column, column.figures.wasted_calls) },
    Figure { head: "repeated", value: |_, column| column.figures.repeated_calls.to_string() },
    Figure { head: "stale results", value: |_, column| at_the_end(column, column.figures.stale_results) },
    Figure { head: "at the price", value: |compare, column| seconds(column.bill.at(&compare.price).round() as u64) },
    Figure { head: "time", value: time },
    Figure { head: "replans", value: |_, column| column.figures.replans.to_string() },
    Figure { head: "discarded", value: |_, column| column.figures.discarded_steps.to_string() },
    Figure { head: "overtaken", value: |_, column| column.figures.overtaken_calls.to_string() },
    Figure { head: "tokens", value: |_, column| column.figures.tokens.to_string() },
    Figure { head: "cost", value: |_, column| format!("{}", (column.figures.cost * 100.0).round() / 100.0) },
];

/// Before a lane is over nobody knows what was for nothing.
fn at_the_end(column: &Column, figure: u64) -> String {
    if column.is_over() { figure.to_string() } else { "-".to_owned() }
}

/// Hidden where a demo shall be the same every time.
fn time(compare: &Compare, column: &Column) -> String {
    match (compare.times, column.took_ms) {
        (false, _) => "-".to_owned(),
        (true, ms @ ..10_000) => format!("{} ms", ms.max(1)),
        (true, ms) => seconds(ms / 1000),
    }
}

/// Returns the table: a row of heads, a row for each lane.
pub(super) fn table(compare: &Compare, width: usize) -> Vec<Line<'static>> {
    let theme = &compare.theme;
    let (strong, plain) = (theme.style(Role::Strong), theme.style(Role::Text));
    let names = compare.columns.iter().map(|column| text::width(&column.kind.name())).max().unwrap_or(0);
    let reached = REACHED;
    // Blanks give way before names do, and names before heads.
    let name_width = (names + 2).min(width.saturating_sub(55).max(16));
    let mut room = width.saturating_sub(name_width + text::width(reached) + 2);
    let mut shown: Vec<&Figure> = Vec::new();
    let gap = match width {
        110.. => 3,
        _ if name_width + 60 <= width => 2,
        _ => 1,
    };
    for figure in FIGURES {
        let wide = figure.head.len() + gap;
        if wide > room {
            break;
        }
        room -= wide;
        shown.push(figure);
    }
    let mut head = Row::new().put(" ", plain).tab(name_width, false).put(reached, strong);
    let mut at = name_width + text::width(reached);
    for figure in &shown {
        head = head.tab(at + gap, false).put(figure.head, strong);
        at += gap + figure.head.len();
    }
    let mut lines = vec![head.fit(width, width)];
    for (place, column) in compare.columns.iter().enumerate() {
        let focused = place == compare.focus;
        let (role, word) = lanes::stand(column, compare.bench.is_busy_at(place));
        let name = text::clip(&column.kind.name(), name_width.saturating_sub(2));
        let mark = if focused { "▶" } else { " " };
        let mut row = Row::new()
            .put(mark, theme.style(Role::Current))
            .put(&name, if focused { strong } else { plain })
            .tab(name_width, false)
            .put(role.glyph(), theme.style(role));
        let word = match column.stand {
            Stand::Reached if role == Role::Done => " yes",
            Stand::Failed if role == Role::Failed => " no",
            _ => word,
        };
        if word.starts_with(' ') {
            row = row.put(word, plain);
        }
        let mut at = name_width + text::width(reached);
        for figure in &shown {
            at += gap + figure.head.len();
            let value = (figure.value)(compare, column);
            row = row.tab(at.saturating_sub(text::width(&value)), true).put(&value, plain);
        }
        lines.push(row.fit(width, width));
    }
    lines
}

/// Returns what the figures mean, in two columns.
pub(super) fn definitions(theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let (strong, plain) = (theme.style(Role::Strong), theme.style(Role::Text));
    let half = width / 2;
    let one = |row: Row, entry: Option<&(&str, &str)>| match entry {
        Some((name, words)) => row.put(" ", plain).put(name, strong).put("  ", plain).put(words, plain),
        None => row,
    };
    let mut lines = vec![Row::new().put(" What the figures mean", theme.style(Role::Title)).fit(width, width)];
    let rows = DEFINITIONS.len().div_ceil(2);
    for at in 0..rows {
        let mut line = one(Row::new(), DEFINITIONS.get(at)).fit(half, half);
        line.spans.extend(one(Row::new(), DEFINITIONS.get(at + rows)).fit(width - half, width - half).spans);
        lines.push(line);
    }
    lines
}

/// Returns the figure that the definitions call `name`, of each lane; nothing for one that nothing is counted for.
pub(super) fn counted(compare: &Compare, name: &str) -> Vec<String> {
    let yes = |column: &Column| match column.stand {
        Stand::Reached => "yes".to_owned(),
        Stand::Failed => "no".to_owned(),
        Stand::New | Stand::Between | Stand::Waits => "-".to_owned(),
    };
    if name == REACHED {
        return compare.columns.iter().map(yes).collect();
    }
    let figure = FIGURES.iter().find(|figure| figure.head == name);
    figure.map_or(Vec::new(), |figure| compare.columns.iter().map(|column| (figure.value)(compare, column)).collect())
}
