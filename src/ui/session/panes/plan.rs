//! The plan pane: what ran, what is next, what is still to do, and during a replan what becomes of each step.

mod detail;
mod foot;
mod row;

use ratatui::text::Line;

use crate::describe::sign::Role;
use crate::describe::text;
use crate::describe::thought;
use crate::describe::tools;
use crate::engine::diff::{Change, ChangeKind};
use crate::ui::action::Action;
use crate::ui::keymap::Mode;
use crate::ui::session::lists::plan::{PlanList, count, item, rewritten, selected, whole};
use crate::ui::session::pane::{Pane, PaneId, PaneText, Spot, select};
use crate::ui::session::panes::columns::{Columns, Head};
use crate::ui::session::panes::{ghosts, turn};
use crate::ui::session::view::View;
use crate::ui::widgets::buttons::Button;
use crate::ui::widgets::row::Row;
use crate::ui::widgets::scroll;
use detail::detail;
pub(super) use detail::say;
use foot::{foot, unplanned};
use row::head;
pub(super) use row::{flow, handed, outdated};

impl Pane for PlanList {
    fn title(&self) -> &'static str {
        "Plan"
    }

    fn about(&self) -> &'static [&'static str] {
        &["what is to be done: reads → writes", "to be done: reads → writes", "what to do"]
    }

    fn spot(&self) -> Spot {
        Spot::Left
    }

    fn mode(&self) -> Option<Mode> {
        Some(Mode::Plan)
    }

    fn paint(&self, view: &View<'_>, width: usize, height: usize) -> PaneText {
        let state = &view.shown.state;
        let rows = count(view);
        let at = selected(view);
        let presented = view.ui.present.is_some();
        let details = |more| item(view, at).map(|item| detail(view, item, at, width, more)).unwrap_or_default();
        // Before an audience the steps are all there is, each with a row to itself.
        let mut detail = if presented { Vec::new() } else { details(0) };
        // The steps come first: the verdict on them has the rows that they and the details leave.
        let free = height.saturating_sub(rows + LEAST);
        let foot = if presented { Vec::new() } else { foot(view, width, free) };
        let apart = presented && rows * 2 <= height + 1;
        let has_foot = height > foot.len() + 4;
        let room = if has_foot { height - foot.len() } else { height };
        // What stands apart takes two rows each.
        let apart_rows = if apart { rows } else { 0 };
        // What it said stands whole where rows would stay empty.
        let spare = room.saturating_sub(rows + detail.len());
        if spare > 0 && !detail.is_empty() {
            detail = details(spare);
        }
        // The steps come first: what is said of one has the rows that they leave, and at least a few.
        let most = room.saturating_sub(rows).max(LEAST).min(room.saturating_sub(1));
        if detail.len() > most {
            detail.truncate(most);
            // What is left out is seen to be.
            if let Some(last) = detail.pop() {
                detail.push(more(last, width));
            }
        }
        let after = at + detail.len();
        let top = scroll::window(view.ui.cursor(PaneId::PLAN).top, at..after + 1, room, rows + detail.len());
        let mut text = PaneText { top, lines: Vec::with_capacity(height), ..PaneText::default() };
        // Where all of it is seen, sentences go on below themselves in the rows that would stay empty.
        let mut spare = room.saturating_sub(rows + apart_rows + detail.len());
        // Rows before the selected entry are entries; behind it stand its details.
        let (details, seen) = (detail.len(), (top..rows + detail.len()).take(room));
        let is_detail = |row: usize| row > at && row <= after;
        let entry_of = |row: usize| if row > at { row.saturating_sub(details).max(at) } else { row };
        // The columns are those of all that would be seen without the details: those move with the selection.
        let first = entry_of(top);
        let heads = (first..rows.min(first + room))
            .map_while(|entry| Some(head(view, item(view, entry)?, entry, width, spare > 0 && entry != at)));
        let heads: Vec<Head> = heads.collect();
        let columns = Columns::of(&heads, width);
        let mut heads = heads.into_iter().skip(usize::from(is_detail(top))).zip(first + usize::from(is_detail(top))..);
        for row in seen {
            if is_detail(row) {
                text.push(at, std::mem::take(&mut detail[row - at - 1]));
                continue;
            }
            let Some((mut head, entry)) = heads.next() else { break };
            // What is selected says what it writes in its details.
            let spare_here = if entry == at && !presented { 0 } else { spare };
            let below = head.below(columns, width, spare_here, view.theme);
            spare -= below.len();
            let line = head.line(columns, width, view.theme);
            let is_selected = entry == at && view.ui.focus == PaneId::PLAN;
            text.push(entry, if is_selected { select(line, view.theme) } else { line });
            for line in below {
                text.push(entry, line);
            }
            if apart && text.lines.len() < room {
                text.push(entry, Line::default());
            }
        }
        if rows == 0 && state.is_react() {
            text.lines.extend(turn::nothing(view, width).into_iter().take(room));
        } else if rows == 0
            && let Some(why) = unplanned(state)
        {
            let line = |words: &String| Row::new().put(words, view.theme.style(Role::Dim)).fit(width, width);
            text.lines.extend(text::wrap(why, width).iter().take(room).map(line));
        }
        let free = room.saturating_sub(text.lines.len());
        text.lines.extend(ghosts::lines(view, width).into_iter().take(free));
        if has_foot {
            text.lines.resize(room, Line::default());
            // The first row of the foot is that of the tools, where they are named.
            let names_tools = tools::not_chosen(state) > 0 && !state.is_react() && view.ui.watched().is_none();
            text.buttons.extend(names_tools.then(|| Button::new(room, 0..width, Action::Tools)));
            text.lines.extend(foot);
        }
        text.hidden = (top, (rows + details).saturating_sub(top + text.entries.len()));
        text.title = title(view).into();
        text.right = figures(view, rows);
        text
    }
}

fn title(view: &View<'_>) -> String {
    match (rewritten(view), view.shown.state.plan.revision) {
        (None, _) if view.shown.state.is_react() => "Turns".to_owned(),
        (Some(_), revision) => format!("Plan {revision} → {}", revision + 1),
        (None, 0 | 1) => "Plan".to_owned(),
        (None, revision) => format!("Plan {revision} ↻"),
    }
}

/// Returns what stands on the right of the title: how far the plan is, or what a replan does to it.
fn figures(view: &View<'_>, rows: usize) -> String {
    let state = &view.shown.state;
    match rewritten(view) {
        Some(changes) => tally(changes),
        None if rows == 0 => String::new(),
        None if state.is_react() => thought::tally(state),
        None => format!("{} of {} done", view.shown.ledger.done(), whole(view, rows)),
    }
}

/// Returns the figures of a replan: `+1 -0 =2`.
pub fn tally(changes: &[Change]) -> String {
    let of = |kind: ChangeKind| changes.iter().filter(|change| change.kind == kind).count();
    let mut words = format!("+{} -{} ={}", of(ChangeKind::Added), of(ChangeKind::Removed), of(ChangeKind::Kept));
    for (kind, sign) in [(ChangeKind::Changed, '±'), (ChangeKind::Moved, '↕')] {
        if of(kind) > 0 {
            words.push_str(&format!(" {sign}{}", of(kind)));
        }
    }
    words
}

/// How many rows the details of the selected step have, however long the plan is.
const LEAST: usize = 3;

/// Returns `line` with an ellipsis at its end: more of what it belongs to found no row.
fn more(line: Line<'static>, width: usize) -> Line<'static> {
    let used = line.spans.iter().map(|span| text::width(span.content.trim_end())).sum::<usize>();
    let mut line = line;
    if let Some(last) = line.spans.iter_mut().rev().find(|span| !span.content.trim_end().is_empty()) {
        let words = last.content.trim_end();
        let words = if words.ends_with('…') {
            words.to_owned()
        } else if used + 2 <= width {
            format!("{words} …")
        } else {
            text::clip(words, text::width(words).saturating_sub(2))
        };
        last.content = if words.ends_with('…') { words.into() } else { format!("{words}…").into() };
    }
    line
}
