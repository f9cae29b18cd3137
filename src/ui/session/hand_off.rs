//! The drawn hand-off: between plan and context, lines from what is selected to who wrote it and reads it.
//!
//! A line ends in an arrow where a value goes to: into a step that reads it, or to the key that it becomes. Only rows
//! that are seen are looked at.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::describe::frame::loop_run;
use crate::describe::sign::Role;
use crate::engine::diff::ChangeKind;
use crate::engine::event::Seq;
use crate::engine::goal::Key;
use crate::engine::state::State;
use crate::ui::session::lists::context::{self, Book};
use crate::ui::session::lists::plan::{self, Item, holder, item};
use crate::ui::session::pane::PaneId;
use crate::ui::session::view::View;
use crate::ui::widgets::json_rows::Part;

/// An entry of a pane, and the row of the screen on which it begins.
pub(super) type Begin = (usize, u16);

/// An end of a line: its row, whether it is on the side of the plan, and whether the value goes there.
type End = (u16, bool, bool);

/// Draws the lines into `gutter`. `steps` and `keys` are the entries of plan and context that are seen, each with the row
/// of the screen on which it begins.
pub(super) fn draw(view: &View<'_>, gutter: Rect, (steps, keys): (&[Begin], &[Begin]), buf: &mut Buffer) {
    if gutter.width < 3 {
        return;
    }
    let ends = match view.ui.focus {
        PaneId::PLAN => of_step(view, steps, keys),
        PaneId::CONTEXT => of_key(view, steps, keys),
        _ => return, // a moment hands nothing over
    };
    let rows = ends.iter().map(|(row, ..)| *row);
    let (Some(first), Some(last), true) = (rows.clone().min(), rows.max(), ends.len() > 1) else { return };
    let style = view.theme.style(Role::Accent);
    for y in first..=last {
        let at = |plan: bool| ends.iter().find(|(row, side, _)| *row == y && *side == plan);
        let (left, right) = (at(true), at(false));
        let turn = match (left.is_some(), right.is_some(), y > first, y < last) {
            (true, true, true, true) => "┼",
            (true, true, true, false) => "┴",
            (true, true, false, true) => "┬",
            (true, true, false, false) => "─",
            (true, false, true, true) => "┤",
            (true, false, true, false) => "┘",
            (true, false, false, _) => "┐",
            (false, true, true, true) => "├",
            (false, true, true, false) => "└",
            (false, true, false, _) => "┌",
            (false, false, ..) => "│",
        };
        let arm = |end: Option<&End>, arrow| end.map_or(" ", |(.., into)| if *into { arrow } else { "─" });
        buf.set_string(gutter.x, y, arm(left, "◂"), style);
        buf.set_string(gutter.x + 1, y, turn, style);
        buf.set_string(gutter.x + 2, y, arm(right, "▸"), style);
    }
}

/// Returns the ends of the lines of the selected step: itself, and each key that it reads or writes.
fn of_step(view: &View<'_>, steps: &[Begin], keys: &[Begin]) -> Vec<End> {
    let at = plan::selected(view);
    let row = steps.iter().find(|(entry, _)| *entry == at);
    let (Some((_, row)), Some(item), Some(part)) = (row, item(view, at), part_of(view, at)) else { return Vec::new() };
    let Some((book, step)) = context::book(view.shown, part).zip(item.step()).filter(|_| stays(item)) else {
        return Vec::new();
    };
    let (mut ends, mut reads) = (Vec::new(), false);
    for (entry, y) in keys {
        let Some(key) = key_at(view, *entry, book) else { continue };
        if step.writes().any(|written| **written == *key) {
            ends.push((*y, false, true));
        } else if step.reads().any(|read| **read == *key) {
            ends.push((*y, false, false));
            reads = true;
        }
    }
    ends.push((*row, true, reads));
    ends
}

/// Returns the ends of the lines of the selected key: itself, and each step that wrote it, writes it or reads it.
fn of_key(view: &View<'_>, steps: &[Begin], keys: &[Begin]) -> Vec<End> {
    let Some((selected, key)) = context::current(view) else { return Vec::new() };
    let Some(book) = context::book(view.shown, selected.part) else { return Vec::new() };
    let is_own = |(entry, _): &&Begin| key_at(view, *entry, book).is_some_and(|other| other == &**key);
    let Some((_, row)) = keys.iter().find(is_own) else { return Vec::new() };
    let (mut ends, mut written) = (Vec::new(), false);
    for (entry, y) in steps.iter().filter(|(entry, _)| part_of(view, *entry) == Some(selected.part)) {
        let Some(item) = item(view, *entry).filter(|item| stays(*item)) else { continue };
        match hands(book.state, item, key) {
            Some(Hands::Writes) => {
                ends.push((*y, true, false));
                written = true;
            }
            Some(Hands::Reads) => ends.push((*y, true, true)),
            None => {}
        }
    }
    ends.push((*row, false, written));
    ends
}

/// What a step does with a key.
enum Hands {
    Reads,
    Writes,
}

/// Returns what a step does with the value that `key` has in `state`, or will have.
fn hands(state: &State, item: Item<'_>, key: &str) -> Option<Hands> {
    let step = item.step()?;
    if let Item::Run(run) = item {
        let now = state.context.get(key).map(|datum| datum.version);
        let holds = |keys: &[(Key, Seq)]| keys.iter().any(|(other, seq)| **other == *key && Some(*seq) == now);
        if holds(&run.wrote) {
            return Some(Hands::Writes);
        }
        if holds(&run.reads) {
            return Some(Hands::Reads);
        }
        if state.current_run().is_none_or(|current| current.step.id != step.id) {
            return None; // it had another value
        }
    }
    let writes = step.writes().any(|written| **written == *key);
    let reads = || step.reads().any(|read| **read == *key).then_some(Hands::Reads);
    if writes { Some(Hands::Writes) } else { reads() }
}

/// Tells whether a step is there, or will be.
fn stays(item: Item<'_>) -> bool {
    match item {
        Item::Run(_) | Item::Todo(_) => true,
        Item::Proposed(change) => change.kind != ChangeKind::Removed,
        Item::Thought(_) => false,
    }
}

/// Returns the context that the entry at `at` of the plan belongs to, where that is listed.
fn part_of(view: &View<'_>, at: usize) -> Option<Part> {
    match (holder(view, at), loop_run(&view.shown.state)) {
        (None, _) => Some(Part::Outer),
        (Some(over), Some(live)) if over.step.id == live.step.id => Some(Part::Inner),
        (Some(_), _) => None,
    }
}

/// Returns the key whose own row the entry of the context is, where it is one of `book`.
fn key_at<'a>(view: &View<'a>, entry: usize, book: Book<'a>) -> Option<&'a str> {
    let row = view.ui.values.get(entry).filter(|row| row.depth == 0 && row.part == book.part)?;
    book.key(row.entry).map(|key| &**key)
}
