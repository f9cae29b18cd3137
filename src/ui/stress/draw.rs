//! The picture of what could go wrong: how far it is, the lanes undisturbed, the table, the selected cell in words, keys.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::describe::sanitize::harmless;
use crate::describe::sign::Role;
use crate::describe::text::{self, count};
use crate::stress::table::Row as Fault;
use crate::stress::verdict::{Cell, Verdict};
use crate::ui::action::Action;
use crate::ui::stress::{MODES, Stress};
use crate::ui::widgets::cells::put;
use crate::ui::widgets::key_bar::{self, Offer};
use crate::ui::widgets::row::Row;
use crate::ui::widgets::scroll;
use crate::ui::widgets::status_line;

/// The keys of the bottom line, in the order in which they have a place there; how to get help and away follows.
const LOUD: [Action; 6] = [Action::Open, Action::Why, Action::Find, Action::ShowAll, Action::Pairs, Action::Cancel];

/// From this height on it is said what each lane comes to in short.
const ROOMY: u16 = 30;

/// Returns what a lane is called in the table.
fn letter(at: usize) -> char {
    char::from(b'A' + u8::try_from(at % 26).unwrap_or(0))
}

/// Returns what a cell says: what it came to, what that means, and why.
pub(super) fn said(cell: &Cell) -> String {
    let why = cell.why.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
    let means = cell.verdict.means();
    let word = cell.said();
    format!("{word}, {means}{why}")
}

/// What is kept for the names of the faults, in cells: where the cells leave less, they say less.
const NAMES: usize = 36;

/// How much a cell says: the sign and a word, the sign with what it costs, the sign.
const SAYS: [fn(&Cell) -> String; 3] = [Cell::said, costs, |_| String::new()];

/// Returns what a fault costs: how many more decisions and calls; of any other verdict nothing, for its sign tells.
fn costs(cell: &Cell) -> String {
    if cell.verdict == Verdict::Costs { cell.said() } else { String::new() }
}

/// Returns a cell as it stands in its column, behind its sign.
fn cell_words(says: usize, cell: &Cell) -> String {
    let words = SAYS.get(says).map(|says| says(cell)).unwrap_or_default();
    if words.is_empty() { words } else { format!(" {words}") }
}

/// Returns how much the cells say where the names are to have room, and their columns.
fn columns(shown: &[&Fault], lanes: usize, width: usize) -> (usize, Vec<Range<usize>>) {
    let wide = |says: usize| -> Vec<usize> {
        let of = |at: usize| {
            let words = shown.iter().filter_map(|row| row.cells.get(at));
            words.map(|cell| text::width(&cell_words(says, cell)) + 4).max().unwrap_or(4).max(if says == 0 {
                5
            } else {
                4
            })
        };
        (0..lanes).map(of).collect()
    };
    let fits = |says: &usize| width.saturating_sub(wide(*says).iter().sum()) >= NAMES;
    let says = (0..SAYS.len()).find(fits).unwrap_or(SAYS.len() - 1);
    let wide = wide(says);
    let mut column = width.saturating_sub(wide.iter().sum::<usize>());
    let columns = wide.into_iter().map(|wide| {
        let cells = column..column + wide;
        column += wide;
        cells
    });
    (says, columns.collect())
}

/// Returns the lane whose cell stands at this column.
pub(super) fn lane_at(stress: &Stress, shown: &[&Fault], column: usize) -> Option<usize> {
    let (_, columns) = columns(shown, stress.table.lanes.len(), usize::from(stress.rows.width));
    columns.iter().position(|cells| cells.contains(&column))
}

/// Draws the screen.
pub(super) fn draw(stress: &mut Stress, area: Rect, buf: &mut Buffer) {
    let area = area.intersection(buf.area);
    let width = usize::from(area.width);
    let head = head(stress, width);
    let foot = foot(stress, area);
    let head_rows = u16::try_from(head.len()).unwrap_or(u16::MAX).min(area.height);
    let foot_rows = u16::try_from(foot.len()).unwrap_or(u16::MAX).min(area.height - head_rows);
    let rows = Rect { y: area.y + head_rows, height: area.height - head_rows - foot_rows, ..area };
    for (at, line) in head.into_iter().enumerate() {
        put(line, area, at, buf);
    }
    let shown_count = stress.shown().len();
    let selected = stress.selected(&stress.shown());
    stress.top = scroll::window(stress.top, selected..selected + 1, usize::from(rows.height), shown_count);
    stress.rows = rows;
    let shown = stress.shown();
    let (says, columns) = columns(&shown, stress.table.lanes.len(), width);
    for (at, row) in shown.iter().enumerate().skip(stress.top).take(usize::from(rows.height)) {
        put(line(stress, row, at == selected, (says, &columns)), rows, at - stress.top, buf);
    }
    if shown.is_empty() {
        for (at, words) in
            text::wrap(&stress.keymap.fill(&MODES, &nothing(stress)), width.saturating_sub(2)).into_iter().enumerate()
        {
            put(Line::styled(format!(" {words}"), stress.theme.style(Role::Text)), rows, at, buf);
        }
    }
    let foot_area = Rect { y: rows.bottom(), height: foot_rows, ..area };
    for (at, line) in foot.into_iter().enumerate() {
        put(line, foot_area, at, buf);
    }
}

/// Says why there is no row.
fn nothing(stress: &Stress) -> String {
    match stress.stressing.refused() {
        Some(why) => why.to_owned(),
        None if stress.table.rows.is_empty() && stress.stressing.is_running() => "nothing is known yet …".to_owned(),
        None if !stress.filter.is_empty() => format!("no fault here says \"{}\"", stress.filter),
        None if stress.table.rows.is_empty() => "nothing was tried out".to_owned(),
        None => match stress.table.unjudged() {
            Some(why) => format!("{why}; \x01show_all\x02 shows the faults all the same"),
            None => "none of these changes anything in any lane; \x01show_all\x02 shows them all the same".to_owned(),
        },
    }
}

/// Returns the rows above the table.
fn head(stress: &Stress, width: usize) -> Vec<Line<'static>> {
    let theme = &stress.theme;
    let (strong, plain) = (theme.style(Role::Title), theme.style(Role::Text));
    let (done, of) = stress.stressing.progress();
    let keys = |words: &str| stress.keymap.fill(&MODES, words).into_owned();
    let far = match stress.stressing.is_running() {
        true if of == 0 => "undisturbed first …".to_owned(),
        true => keys(&format!("{done} of {of} runs; \x01cancel\x02 stops")),
        false if done < of => format!("stopped after {done} of {of} runs"),
        false => count(of, "run"),
    };
    let goal = format!(" What could go wrong: {}", harmless(&stress.stressing.goal().goal));
    let mut lines = vec![Row::new().put(&goal, strong).right(&far, plain).right(" ", plain).fit(width, width / 2)];
    if let Some(recorded) = stress.stressing.recorded() {
        let sign = Span::styled(format!(" {} ", Role::Recorded.glyph()), theme.style(Role::Recorded));
        let words = text::clip(&harmless(recorded), width.saturating_sub(4));
        lines.push(Line::from(vec![sign, Span::styled(words, plain)]));
    }
    let lanes = stress.table.lanes.iter().enumerate().map(|(at, calm)| {
        let role = if calm.result.reached() { Role::Done } else { Role::Failed };
        Row::new()
            .put(&format!(" {} ", letter(at)), plain)
            .put(role.glyph(), theme.style(role))
            .put(&format!(" {}  ", calm.result.name), plain)
    });
    lines.extend(Row::new().flow(lanes, width));
    let shown = stress.shown();
    let faults = count(stress.table.rows.len(), "fault");
    let mut words = format!(" {faults}, the worst first");
    if stress.filter.is_empty() {
        let hidden = stress.table.rows.len() - shown.len();
        if hidden > 0 && stress.table.unjudged().is_some() {
            words.push_str("; none is judged");
        } else if hidden > 0 {
            let change = if hidden == 1 { "changes" } else { "change" };
            words.push_str(&format!("; {hidden} {change} nothing"));
        }
    } else {
        words.push_str(&format!("; with \"{}\": {}", harmless(&stress.filter), shown.len()));
    }
    let (_, columns) = columns(&shown, stress.table.lanes.len(), width);
    let left = columns.first().map_or(width, |cells| cells.start);
    let mut line =
        vec![Span::styled(text::pad(&text::clip(&words, left.saturating_sub(1)), left), theme.style(Role::Title))];
    for (at, cells) in columns.iter().enumerate() {
        let name = format!(" {}", letter(at));
        line.push(Span::styled(text::pad(&name, cells.len()), theme.style(Role::Title)));
    }
    lines.push(Line::from(line));
    lines
}

/// Returns the row of a fault.
fn line(stress: &Stress, row: &Fault, selected: bool, (says, columns): (usize, &[Range<usize>])) -> Line<'static> {
    let theme = &stress.theme;
    let worst = row.worst().sign();
    let left = columns.first().map_or(0, |cells| cells.start);
    let cursor = if selected { Role::Current.glyph() } else { " " };
    let style = theme.style(if selected { Role::Strong } else { Role::Text });
    let words = text::clip(&harmless(&row.fault.sentence), left.saturating_sub(5));
    let mut line = vec![
        Span::styled(cursor.to_owned(), theme.style(Role::Current)),
        Span::styled(format!(" {} ", worst.glyph()), theme.style(worst)),
        Span::styled(text::pad(&words, left.saturating_sub(4)), style),
    ];
    for (at, (cell, cells)) in row.cells.iter().zip(columns).enumerate() {
        let role = cell.verdict.sign();
        let chosen = selected && at == stress.lane;
        let (open, close) = if chosen { ("[", "]") } else { (" ", " ") };
        let words = format!("{open}{}{}{close}", role.glyph(), cell_words(says, cell));
        let style = theme.style(if chosen { Role::Selected } else { role });
        let gap = cells.len().saturating_sub(text::width(&words));
        line.push(Span::styled(words, style));
        line.push(Span::raw(" ".repeat(gap)));
    }
    Line::from(line)
}

/// Returns the rows below the table.
fn foot(stress: &Stress, area: Rect) -> Vec<Line<'static>> {
    let (theme, width) = (&stress.theme, usize::from(area.width));
    let mut lines = Vec::new();
    if area.height >= ROOMY && !stress.table.rows.is_empty() {
        for (at, tally) in stress.table.tallies().into_iter().enumerate() {
            let parts: Vec<String> = (Verdict::ALL.into_iter())
                .filter(|verdict| tally.of(*verdict) > 0)
                .map(|verdict| format!("{} {}", tally.of(verdict), verdict.word().replace('_', " ")))
                .collect();
            let words = format!(" {} {}: {}", letter(at), tally.lane, parts.join(" · "));
            lines.push(Line::styled(text::clip(&words, width), theme.style(Role::Text)));
        }
    }
    if area.height >= 12
        && let Some((row, cell, lane)) = stress.cell()
    {
        let fault = text::clip(&format!(" {}", harmless(&row.fault.sentence)), width);
        lines.push(Line::styled(fault, theme.style(Role::Strong)));
        let role = cell.verdict.sign();
        let words = format!("{lane}: {}", said(cell));
        for (at, words) in text::wrap(&harmless(&words), width.saturating_sub(4)).into_iter().take(2).enumerate() {
            let sign = if at == 0 { role.glyph() } else { " " };
            let sign = Span::styled(format!(" {sign} "), theme.style(role));
            lines.push(Line::from(vec![sign, Span::styled(words, theme.style(Role::Text))]));
        }
    }
    let (head, words) = match &stress.toast {
        Some(toast) => (toast.about.head(), toast.words.as_str()),
        None if stress.shown().is_empty() => ((" Next  ", Role::Strong), "\x01leave\x02 goes back"),
        None => (
            (" Next  ", Role::Strong),
            "\x01open\x02 opens this run at the moment of its fault; \x01why\x02 says all of it",
        ),
    };
    lines.push(status_line::say(head, &stress.keymap.parts(&MODES, words), width, theme).0);
    lines.push(key_bar::line(&keys(stress, width), Action::label, width, theme));
    lines
}

/// Returns the keys of the bottom line, each with the columns that it takes.
fn keys(stress: &Stress, width: usize) -> Vec<Offer> {
    let loud = LOUD.into_iter().filter_map(|action| Some((stress.keymap.key_for(&MODES, action)?, action)));
    key_bar::offers(&stress.keymap, &MODES, loud, |action| stress.refusal(action).is_none(), width)
}

/// Returns what the key of the bottom line does that stands at this cell.
pub(super) fn key_at(stress: &Stress, column: u16, row: u16) -> Option<Action> {
    let (width, height) = stress.size;
    let at = (row + 1 == height).then_some(usize::from(column))?;
    key_bar::action_at(&keys(stress, usize::from(width)), at)
}
