//! One lane as a column: its rows, and its result.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Widget};
use unicode_segmentation::UnicodeSegmentation;

use crate::compare::column::{Column, Result, Stand};
use crate::describe::lane_rows::{About, LaneRow};
use crate::describe::sanitize;
use crate::describe::sign::Role;
use crate::describe::text;
use crate::ui::compare::Compare;
use crate::ui::widgets::cells::{padded, put};
use crate::ui::widgets::row::Row;

/// How many rows a result may take.
const MOST_OF_RESULT: usize = 8;

/// How much of a result stands beside its verdict at least.
const LEAST_OF_RESULT: usize = 10;

/// How much of the result of a step is worth showing at least.
const WORTH: usize = 8;

/// Returns the sign and the word of how a lane stands.
pub(super) fn stand(column: &Column, busy: bool) -> (Role, &'static str) {
    match column.stand {
        _ if busy => (Role::Current, "runs"),
        Stand::New => (Role::Pending, "not begun"),
        Stand::Between => (Role::Pending, "under way"),
        Stand::Waits => (Role::Interrupted, "waits for you"),
        Stand::Reached => (Role::Done, "reached"),
        Stand::Failed => (Role::Failed, "not reached"),
    }
}

/// In how many rows a row of a lane goes on below itself before every other one does.
const GOES_ON: usize = 3;

/// In how many it does at most, however much room there is.
const MOST: usize = 40;

/// The narrowest lane in which a part of what does not fit says something.
const PART: usize = 30;

/// How much a result is indented below its row.
const BELOW: usize = 4;

/// The rows of a lane that are seen, and where.
pub(super) struct Window {
    /// The places of rows in [`Column::rows`]; a row that goes on below itself stands here once for each row of the screen.
    pub shown: Vec<usize>,
    /// How many of `shown` stand above the first that is seen.
    pub top: usize,
    /// How many are seen.
    pub rows: usize,
}

/// Returns the part of the lane `at` that is seen in so many columns and rows.
fn window(compare: &Compare, at: usize, (width, room): (usize, usize)) -> Window {
    let Some(column) = compare.columns.get(at) else { return Window { shown: Vec::new(), top: 0, rows: 0 } };
    let mut shown = column.shown(room);
    // Rows that would stay empty hold what others cut.
    let mut spare = room.saturating_sub(shown.len());
    if spare > 0 {
        let needs = |at: &usize| column.rows.get(*at).map_or(0, |row| below(column, *at, row, width).len());
        let all: Vec<usize> = shown.iter().map(needs).collect();
        let went_well = |at: &usize| column.rows.get(*at).is_some_and(|row| row.role == Role::Done);
        let mut more: Vec<usize> = all.iter().map(|needs| (*needs).min(GOES_ON)).collect();
        // Why something did not go as planned says more than the results of the rest.
        let (last, first): (Vec<usize>, Vec<usize>) = (0..shown.len()).partition(|place| went_well(&shown[*place]));
        for place in first.into_iter().chain(last) {
            let enough = more[place] <= spare || !went_well(&shown[place]) && width >= PART;
            more[place] = if enough { more[place].min(spare) } else { 0 };
            spare -= more[place];
        }
        for (more, all) in more.iter_mut().zip(all) {
            let rest = if *more > 0 { (all - *more).min(spare) } else { 0 };
            *more += rest;
            spare -= rest;
        }
        let rows = shown.into_iter().zip(more);
        shown = rows.flat_map(|(at, more)| std::iter::repeat_n(at, 1 + more)).collect();
    }
    let rows = room.min(shown.len());
    let most = shown.len() - rows;
    let place = compare.places.get(at).and_then(|place| place.at);
    let top = match place.map(|place| shown.partition_point(|at| *at < place)) {
        // The selected row stands in the middle, as far as there is more on both sides.
        Some(place) => (place + 1).saturating_sub(rows / 2 + 1).min(most),
        None => follow(column, &shown, rows).min(most),
    };
    Window { shown, top, rows }
}

/// Returns where a lane stands that is followed: what happened last is seen, and what is next as far as there is room.
fn follow(column: &Column, shown: &[usize], rows: usize) -> usize {
    let last = shown.iter().rposition(|at| column.rows.get(*at).is_some_and(|row| row.role != Role::Pending));
    (last.unwrap_or(0) + 2).saturating_sub(rows)
}

/// Returns the inside of a lane: its rows, then its result.
pub(super) fn inside(compare: &Compare, at: usize, rect: Rect) -> (Rect, Vec<Line<'static>>) {
    let inner = padded(Rect::new(rect.x + 1, rect.y + 1, rect.width.saturating_sub(2), rect.height.saturating_sub(2)));
    let Some(column) = compare.columns.get(at) else { return (inner, Vec::new()) };
    let most = (usize::from(inner.height) + 2) / 4;
    let foot = foot(compare, column, usize::from(inner.width), most);
    let height = inner.height.saturating_sub(u16::try_from(foot.len()).unwrap_or(0));
    (Rect { height, ..inner }, foot)
}

/// Draws the lane `at`.
pub(super) fn draw(compare: &Compare, at: usize, rect: Rect, one: bool, buf: &mut Buffer) {
    let Some(column) = compare.columns.get(at) else { return };
    let theme = &compare.theme;
    let focused = at == compare.focus;
    let style = theme.style(if focused { Role::Focus } else { Role::Border });
    let title_style = theme.style(if focused { Role::Focus } else { Role::Title });
    let (role, word) = stand(column, compare.bench.is_busy_at(at));
    let wide = usize::from(rect.width);
    let name = column.kind.name();
    // The word goes before the name does; the sign stays.
    let whole = text::width(&name) + text::width(word) + 9 <= wide;
    let right = if whole { format!("{} {word}", role.glyph()) } else { role.glyph().to_owned() };
    let name = text::clip(&name, wide.saturating_sub(text::width(&right) + 7));
    let mark = if focused { "▶" } else { " " };
    let title = vec![Span::styled(mark, style), Span::styled(name, title_style), Span::raw(" ")];
    let right = vec![Span::raw(" "), Span::styled(right, theme.style(role)), Span::raw(" ")];
    // A frame may be dim; what stands on it is to be read.
    let (title, right) = (bright(title), bright(right));
    let mut block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(style)
        .title_top(title)
        .title_top(right.right_aligned());
    if compare.bench.scenario().is_some() && column.met.is_none() && column.is_over() {
        block =
            block.title_bottom(bright(vec![Span::raw(text::clip(" never met the surprise ", wide.saturating_sub(4)))]));
    }
    if one {
        let others: Vec<String> = compare
            .columns
            .iter()
            .enumerate()
            .map(|(place, other)| {
                let (role, _) = stand(other, compare.bench.is_busy_at(place));
                let mark = if place == at { "▶" } else { " " };
                format!("{mark}{} {}", role.glyph(), other.kind.name())
            })
            .collect();
        let mut tabs = format!(" {} ", others.join("  "));
        if text::width(&tabs) + 4 > wide {
            let signs: Vec<&str> = compare
                .columns
                .iter()
                .enumerate()
                .map(|(at, c)| stand(c, compare.bench.is_busy_at(at)).0.glyph())
                .collect();
            tabs = format!(" lane {} of {}: {} ", at + 1, signs.len(), signs.join(" "));
        }
        let tabs = text::clip(&tabs, wide.saturating_sub(4));
        block = block.title_bottom(bright(vec![Span::raw(tabs)]).right_aligned());
    }
    block.render(rect, buf);
    let (inner, foot) = inside(compare, at, rect);
    let width = usize::from(inner.width);
    let window = window(compare, at, (width, usize::from(inner.height)));
    let more = window.shown.len().saturating_sub(window.top + window.rows);
    let selected = compare.places.get(at).and_then(|place| place.at);
    for place in 0..window.rows {
        let Some(row) = window.shown.get(window.top + place).and_then(|at| Some((*at, column.rows.get(*at)?))) else {
            continue;
        };
        let hidden = match place {
            0 if window.top > 0 => Some((window.top + 1, "above")),
            last if last + 1 == window.rows && more > 0 => Some((more + 1, "below")),
            _ => None,
        };
        let here = focused && selected == Some(row.0);
        let line = match hidden.filter(|_| !here) {
            Some((count, where_to)) => Line::raw(text::clip(&format!("… {count} more {where_to}"), width)),
            None => {
                let seen = window.shown.get(..window.top + place).unwrap_or_default();
                let before = seen.iter().rev().take_while(|at| **at == row.0).count();
                let goes_on = window.shown.get(window.top + place + 1) == Some(&row.0) || before > 0;
                match before {
                    0 => row_line(compare, column, row.0, row.1, (here, goes_on), width),
                    _ => {
                        let all = below(column, row.0, row.1, width);
                        let last = window.shown.get(window.top + place + 1) != Some(&row.0);
                        let cut = if last && all.len() > before { " …" } else { "" };
                        let words = all.get(before - 1).map_or("", String::as_str);
                        let line = Row::new().tab(BELOW, false).put(words, theme.style(Role::Text));
                        let line = line.put(cut, theme.style(Role::Text)).fit(width, width);
                        if here { theme.select(line) } else { line }
                    }
                }
            }
        };
        put(line, inner, place, buf);
    }
    let below = Rect { y: inner.y + inner.height, height: foot.len() as u16, ..inner };
    for (at, line) in foot.into_iter().enumerate() {
        put(line, below, at, buf);
    }
}

/// Returns what goes on below a row, because its own row has no room for it: its result.
fn below(column: &Column, at: usize, row: &LaneRow, width: usize) -> Vec<String> {
    let parted = column.parted.as_ref().is_some_and(|(place, _)| *place == at);
    let marks = text::width(&marks(row, parted, width));
    let used = row.depth.min(4) * 2 + 2 + text::width(&row.what) + 2 + if marks > 0 { marks + 1 } else { 0 };
    if row.result.is_empty() || width < 2 * BELOW || used + text::width(&row.result) <= width {
        return Vec::new();
    }
    let room = width - BELOW;
    let mut rows = text::wrap(&sanitize::harmless(&row.result), room);
    if rows.len() > MOST {
        rows.truncate(MOST);
        if let Some(last) = rows.last_mut() {
            *last = text::clip(&format!("{last} …"), room);
        }
    }
    rows
}

/// Returns a row of a lane: `here` it is selected, and its result stands below it where it goes on there.
fn row_line(
    compare: &Compare,
    column: &Column,
    at: usize,
    row: &LaneRow,
    (here, goes_on): (bool, bool),
    width: usize,
) -> Line<'static> {
    let theme = &compare.theme;
    let plain = theme.style(Role::Text);
    let words = match row.role {
        Role::Stale | Role::Failed | Role::Surprise => theme.words(row.role),
        _ => plain,
    };
    let parted = column.parted.as_ref().is_some_and(|(place, _)| *place == at);
    let marks = marks(row, parted, width);
    let sign = if parted && row.sign == " " { "≠" } else { row.sign };
    let indent = "  ".repeat(row.depth.min(4));
    // Of a change, what it became is at the end: its place gives way.
    let what = match row.role {
        Role::Surprise | Role::Injected if row.what.contains(" → ") => {
            middle(&row.what, width.saturating_sub(text::width(&indent) + 2))
        }
        _ => row.what.clone(),
    };
    let used = text::width(&indent) + 2 + text::width(&what);
    let right = if marks.is_empty() { 0 } else { text::width(&marks) + 1 };
    let mut line = Row::new().put(&indent, plain).put(sign, theme.style(row.role)).put(" ", plain).put(&what, words);
    if !row.result.is_empty() && !goes_on && used + 2 + WORTH + right <= width {
        line = line.put("  ", plain).put(&row.result, plain);
    }
    // Where the marks find no room, the line below the lanes says them.
    let line = line.right(&marks, theme.style(Role::Strong)).fit(width, width.min(14));
    let line = theme.tint(line, row.role);
    if here { theme.select(line) } else { line }
}

/// Returns `words` in at most `most` cells, shortened in the middle.
fn middle(words: &str, most: usize) -> String {
    let words = sanitize::harmless(words);
    if text::width(&words) <= most {
        return words.into_owned();
    }
    let mut tail = String::new();
    for grapheme in words.graphemes(true).rev() {
        if text::width(grapheme) + text::width(&tail) > most * 2 / 3 {
            break;
        }
        tail.insert_str(0, grapheme);
    }
    text::clip(&words, most - text::width(&tail)) + &tail
}

/// Returns what is said of a row on its right, as much as fits; the line below the lanes says it all.
fn marks(row: &LaneRow, parted: bool, width: usize) -> String {
    let own = row.marks.join(", ");
    let first = row.marks.first().copied().unwrap_or_default().to_owned();
    let variants = match (parted, own.is_empty()) {
        (true, true) => vec!["parted here".to_owned(), "parted".to_owned()],
        (true, false) => vec![format!("parted here, {own}"), "parted here".to_owned(), "parted".to_owned()],
        (false, _) => vec![own, first],
    };
    let used = row.depth.min(4) * 2 + 2 + text::width(&row.what);
    let fits = variants.iter().find(|marks| used + 1 + text::width(marks) <= width);
    fits.or(variants.last()).cloned().unwrap_or_default()
}

fn bright(spans: Vec<Span<'static>>) -> Line<'static> {
    let lit = |span: Span<'static>| {
        let style = span.style.remove_modifier(ratatui::style::Modifier::DIM);
        span.style(style)
    };
    Line::from(spans.into_iter().map(lit).collect::<Vec<_>>())
}

/// Returns the result of a lane, in at most `most` rows: what stands under each wanted key, and whether that is wanted.
fn foot(compare: &Compare, column: &Column, width: usize, most: usize) -> Vec<Line<'static>> {
    let theme = &compare.theme;
    let there: Vec<&Result> = column.results.iter().filter(|result| result.text.is_some()).collect();
    if most < 2 || there.is_empty() && !column.is_over() {
        return Vec::new();
    }
    let mut lines = vec![Line::styled("─".repeat(width), theme.style(Role::Border))];
    let results: Vec<&Result> = if column.is_over() { column.results.iter().collect() } else { there };
    let named = column.results.len() > 1;
    let each = ((most - 1) / results.len().max(1)).clamp(1, MOST_OF_RESULT);
    for result in results {
        let role = if result.holds { Role::Done } else { Role::Failed };
        let mut words = match &result.text {
            Some(text) => excerpt(compare, &result.key, text, width.saturating_sub(4) * each),
            None => String::new(),
        };
        if named || words.is_empty() {
            words = if words.is_empty() { result.key.to_string() } else { format!("{}: {words}", result.key) };
        }
        let why = if result.why.is_empty() { String::new() } else { format!(" {}", result.why) };
        let mut verdict = format!("{}{why}", role.glyph());
        let room = |verdict: &str| width.saturating_sub(text::width(verdict) + 1).max(1);
        let more = format!("{verdict}{}", if result.holds { as_expected(column) } else { "" });
        // The sign says it, where the words would leave the value no room.
        if room(&more) >= LEAST_OF_RESULT {
            verdict = more;
        }
        let room = room(&verdict);
        let mut rows = text::wrap(&words, room);
        if rows.len() > each {
            rows.truncate(each);
            if let Some(last) = rows.last_mut() {
                *last = text::clip(&format!("{last} …"), room);
                if !last.ends_with('…') {
                    last.push('…');
                }
            }
        }
        let last = rows.len().saturating_sub(1);
        for (at, words) in rows.into_iter().enumerate() {
            let row = Row::new().put(&words, theme.style(Role::Text));
            let row = if at == last { row.right(&verdict, theme.style(role)) } else { row };
            lines.push(row.fit(width, width));
        }
    }
    lines.truncate(most);
    lines
}

/// Says how a lane compares with what is expected in the world that it ended in.
fn as_expected(column: &Column) -> &'static str {
    let here = column.expected.iter().filter(|expected| expected.missed() || expected.judged.met() == Some(true));
    let judged = here.map(|expected| !expected.missed());
    match judged.reduce(|all, one| all && one) {
        Some(true) => " as expected",
        Some(false) => " not as expected",
        None => "",
    }
}

/// Returns what is shown of a result: all of it where it fits, else from a little before where the lanes' results part.
fn excerpt(compare: &Compare, key: &str, text: &str, room: usize) -> String {
    if text::width(text) <= room {
        return text.to_owned();
    }
    let others: Vec<&str> = compare
        .columns
        .iter()
        .flat_map(|column| &column.results)
        .filter(|result| &*result.key == key)
        .filter_map(|result| result.text.as_deref())
        .collect();
    let common = others.iter().map(|other| common(text, other)).filter(|common| *common < text.len()).min();
    let Some(common) = common else { return text.to_owned() };
    // Two words before it say what it is that differs.
    let start = text.get(..common).unwrap_or_default();
    let start = start.rmatch_indices(' ').nth(2).map_or(0, |(at, _)| at + 1);
    if start < 12 { text.to_owned() } else { format!("…{}", text.get(start..).unwrap_or_default()) }
}

/// Returns how many bytes two texts begin with in common.
fn common(one: &str, other: &str) -> usize {
    let pairs = one.char_indices().zip(other.chars());
    let differs = pairs.into_iter().find(|((_, a), b)| a != b).map(|((at, _), _)| at);
    differs.unwrap_or(one.len().min(other.len()))
}

/// Returns the row of the lane `at` that stands at this cell.
pub(super) fn row_at(compare: &Compare, at: usize, rect: Rect, row: u16) -> Option<usize> {
    let (inner, _) = inside(compare, at, rect);
    let place = usize::from(row.checked_sub(inner.y)?);
    let window = window(compare, at, (usize::from(inner.width), usize::from(inner.height)));
    (place < window.rows).then(|| window.shown.get(window.top + place).copied()).flatten()
}

/// Returns the rows that a person moves through in the lane `at`, as they are on a screen of this size.
pub(super) fn places(compare: &Compare, at: usize, rect: Rect) -> Vec<usize> {
    let (inner, _) = inside(compare, at, rect);
    let mut places = window(compare, at, (usize::from(inner.width), usize::from(inner.height))).shown;
    places.dedup();
    places
}

/// Tells whether `row` is a step of the plan that has not run.
pub(super) fn is_todo(row: &LaneRow) -> bool {
    row.role == Role::Pending && matches!(row.about, About::Action(_))
}
