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
use crate::compare::figures::PRICED;

/// The head of the first column: it stands before every other figure.
const REACHED: &str = "reached";

/// The figures that the advice rests on: they are shown before any other.
const DECIDE: [&str; 4] = ["decisions", PRICED, "tool calls", "stale results"];

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
    Figure { head: PRICED, value: |compare, column| seconds(column.bill.at(&compare.price).round() as u64) },
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
    // What the advice weighs, and what makes a lane fail, stay in sight: others give way.
    let rank = |figure: &&Figure| DECIDE.iter().position(|head| *head == figure.head).unwrap_or(DECIDE.len());
    let mut first: Vec<&Figure> = FIGURES.iter().collect();
    first.sort_by_key(rank);
    for figure in first {
        let wide = text::width(figure.head) + gap;
        if wide <= room {
            room -= wide;
            shown.push(figure);
        }
    }
    shown.sort_by_key(|figure| FIGURES.iter().position(|other| other.head == figure.head));
    let mut head = Row::new().put(" ", plain).tab(name_width, false).put(reached, strong);
    let mut at = name_width + text::width(reached);
    for figure in &shown {
        head = head.tab(at + gap, false).put(figure.head, strong);
        at += gap + text::width(figure.head);
    }
    let mut lines = vec![head.fit(width, width)];
    let chosen = compare.advice.as_ref().filter(|_| compare.looking.is_none()).and_then(|advice| advice.lane);
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
            at += gap + text::width(figure.head);
            let value = (figure.value)(compare, column);
            let least = figure.head == PRICED && chosen == Some(place);
            row = row.tab(at.saturating_sub(text::width(&value)), true).put(&value, if least { strong } else { plain });
        }
        lines.push(row.fit(width, width));
    }
    lines
}

/// Returns what the figures mean, in two columns.
pub(super) fn definitions(theme: &Theme, width: usize) -> Vec<Line<'static>> {
    let (strong, plain) = (theme.style(Role::Strong), theme.style(Role::Text));
    let one = |(name, words): &(&str, &str), room: usize| -> Vec<Line<'static>> {
        let row = Row::new().put(" ", plain).put(name, strong).tab(NAME, true);
        let mut row = Some(row);
        let parts = text::wrap(words, room.saturating_sub(NAME + 2).max(8)).into_iter();
        let row =
            |part: String| row.take().unwrap_or_else(|| Row::new().tab(NAME, false)).put(&part, plain).fit(room, room);
        parts.map(row).collect()
    };
    let mut lines = vec![Row::new().put(" What the figures mean", theme.style(Role::Title)).fit(width, width)];
    let (left, right) = DEFINITIONS.split_at(DEFINITIONS.len().div_ceil(2));
    let half = width / 2;
    let mut left = left.iter().flat_map(|entry| one(entry, half)).collect::<Vec<_>>().into_iter();
    let mut right = right.iter().flat_map(|entry| one(entry, width - half)).collect::<Vec<_>>().into_iter();
    loop {
        let (mut line, beside) = match (left.next(), right.next()) {
            (None, None) => return lines,
            (Some(line), beside) => (line, beside),
            (None, beside) => (Row::new().fit(half, half), beside),
        };
        line.spans.extend(beside.into_iter().flat_map(|beside| beside.spans));
        lines.push(line);
    }
}

/// How wide the names of the figures stand.
const NAME: usize = 16;

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
