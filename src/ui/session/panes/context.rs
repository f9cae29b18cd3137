//! The context pane: every key with its value as a tree, what is new, changed, stale or wanted, and the hand-off.

use crate::describe::value;
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use ratatui::text::Line;

use crate::describe::ledger::Ledger;
use crate::describe::sign::Role;
use crate::describe::text;
use crate::engine::context::Datum;
use crate::engine::goal::Key;
use crate::engine::state::{Phase, State};
use crate::engine::value::Value;
use crate::ui::session::model::{Pane, Part, Ui, ValueRow};
use crate::ui::session::panes::{PaneText, scroll, select};
use crate::ui::session::snapshot::{Snapshot, Touch};
use crate::ui::session::view::View;
use crate::ui::widgets::json_rows::Values;
use crate::ui::widgets::row::Row;

/// How many entries of a value show until a person unfolds it.
const PEEK: usize = 3;

/// How many entries of an unfolded list or object show at most.
const MOST: usize = 500;

/// What the folds of values inside a loop begin with.
const INSIDE: &str = "inside ";

/// One of the contexts that the pane lists.
#[derive(Clone, Copy)]
struct Book<'a> {
    part: Part,
    state: &'a State,
    ledger: &'a Ledger,
    touched: &'a HashMap<Key, Touch>,
}

/// Returns the contexts to list: what a loop under way knows comes first, for there the session stands.
fn books(shown: &Snapshot) -> Vec<Book<'_>> {
    let outer = Book { part: Part::Outer, state: &shown.state, ledger: &shown.ledger, touched: &shown.touched };
    match (&shown.inside, &shown.state.inner) {
        (Some(inside), Some(inner)) => {
            let inner = Book { part: Part::Inner, state: inner, ledger: &inside.ledger, touched: &inside.touched };
            vec![inner, outer]
        }
        _ => vec![outer],
    }
}

fn book(shown: &Snapshot, part: Part) -> Option<Book<'_>> {
    books(shown).into_iter().find(|book| book.part == part)
}

/// Returns the rows of the context pane: every key, and what is unfolded of its value.
///
/// What a person did not fold shows its beginning where it is news, or where `room` rows have place for all of them.
/// Costs what is unfolded, however many keys there are.
pub fn rows(shown: &Snapshot, folds: &HashMap<String, bool>, room: usize) -> Values {
    let books = books(shown);
    let room = if books.len() > 1 { room - room / 2 } else { room };
    let mut values = Values::default();
    for book in &books {
        let name = crate::describe::frame::loop_run(&shown.state).map_or("", |run| &run.step.id);
        let heading = if book.part == Part::Inner { format!("inside {name}") } else { "outside".to_owned() };
        values.add(book.part, (books.len() > 1).then_some(heading), book.ledger.count());
        list(book, folds, room, &mut values);
    }
    values
}

fn list(book: &Book<'_>, folds: &HashMap<String, bool>, room: usize, values: &mut Values) {
    let (part, roomy) = (book.part, fits(book, room));
    let is_news = |key: &str| matches!(book.touched.get(key), Some(Touch::Added | Touch::Changed));
    let mut open: Vec<usize> = if roomy {
        (0..book.ledger.count()).collect()
    } else {
        let unfolded = folds.iter().filter(|(_, open)| **open).map(|(path, _)| path.as_str());
        let unfolded = unfolded.filter_map(|path| match part {
            Part::Inner => path.strip_prefix(INSIDE),
            Part::Outer | Part::Heading => Some(path),
        });
        let news = book.touched.keys().map(|key| &**key).filter(|key| is_news(key));
        unfolded.chain(news).filter_map(|key| book.ledger.place(key)).collect()
    };
    open.sort_unstable();
    open.dedup();
    for entry in open {
        let Some(key) = book.ledger.key(entry) else { continue };
        let Some(datum) = book.state.context.get(key) else { continue };
        let most = match folds.get(&folded_as(part, key, "")) {
            Some(true) => MOST,
            Some(false) => continue,
            None if is_news(key) || roomy => PEEK,
            None => continue,
        };
        let mut rows = Vec::new();
        // What is still to be listed, the next one last: values may be nested deeply, so no recursion.
        let mut todo = vec![];
        push_entries(&mut todo, &datum.value, "", 1, most);
        while let Some((pointer, name, depth, value)) = todo.pop() {
            let rest = value.is_none();
            rows.push(ValueRow { part, entry, pointer: pointer.clone(), depth, name, rest });
            if let Some(value) = value
                && folds.get(&folded_as(part, key, &pointer)) == Some(&true)
            {
                push_entries(&mut todo, value, &pointer, depth + 1, MOST);
            }
        }
        values.open(entry, rows);
    }
}

/// Returns the name under which it is remembered whether a value is folded.
pub fn folded_as(part: Part, key: &str, pointer: &str) -> String {
    match part {
        Part::Inner => format!("{INSIDE}{key}{pointer}"),
        Part::Outer | Part::Heading => format!("{key}{pointer}"),
    }
}

/// Tells whether the beginning of every value fits into `room` rows.
fn fits(book: &Book<'_>, room: usize) -> bool {
    if book.ledger.count() > room {
        return false;
    }
    let rows = |value: &Value| match value {
        Value::Array(items) => items.len().min(PEEK + 1),
        Value::Object(entries) => entries.len().min(PEEK + 1),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    };
    let keys = (0..book.ledger.count()).filter_map(|entry| book.ledger.key(entry));
    let values = keys.map(|key| book.state.context.get(key).map_or(1, |datum| 1 + rows(&datum.value)));
    values.sum::<usize>() <= room
}

type Pending<'a> = (String, String, u16, Option<&'a Value>);

fn push_entries<'a>(todo: &mut Vec<Pending<'a>>, value: &'a Value, pointer: &str, depth: u16, most: usize) {
    let from = todo.len();
    let total = match value {
        Value::Array(items) => {
            let entries = items.iter().take(most).enumerate();
            todo.extend(entries.map(|(at, item)| (format!("{pointer}/{at}"), at.to_string(), depth, Some(item))));
            items.len()
        }
        Value::Object(entries) => {
            todo.extend(entries.iter().take(most).map(|(name, item)| {
                let escaped = name.replace('~', "~0").replace('/', "~1");
                (format!("{pointer}/{escaped}"), name.clone(), depth, Some(item))
            }));
            entries.len()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    };
    if total > most {
        todo.push((pointer.to_owned(), format!("… {} more", total - most), depth, None));
    }
    todo[from..].reverse();
}

/// Returns which of `rows` show the first key that the shown moment wrote, its unfolded value included.
pub fn news(shown: &Snapshot, rows: &Values) -> Option<Range<usize>> {
    let first = |book: &Book<'_>| {
        let written = book.touched.iter().filter(|(_, touch)| matches!(touch, Touch::Added | Touch::Changed));
        let place = written.filter_map(|(key, _)| book.ledger.place(key)).min()?;
        rows.of(book.part, place)
    };
    books(shown).iter().find_map(first)
}

/// A row by what it stands for: a key of a context, the place in its value, and whether it is the rest that is not
/// listed.
pub type Held = (Part, Key, String, bool);

/// Returns what the row stands for that a person went to.
pub fn held(shown: &Snapshot, ui: &Ui) -> Option<Held> {
    let row = ui.values.get(ui.cursor(Pane::Context).at?)?;
    let key = book(shown, row.part)?.ledger.key(row.entry)?.clone();
    Some((row.part, key, row.pointer.clone(), row.rest))
}

/// Returns the row that stands for what was `held`, or for its key, if one of `rows` does.
pub fn same(shown: &Snapshot, (part, key, pointer, rest): &Held, rows: &Values) -> Option<usize> {
    let own = rows.of(*part, book(shown, *part)?.ledger.place(key)?)?;
    let mut places = own.clone();
    let there = places.find(|at| rows.get(*at).is_some_and(|row| row.pointer == *pointer && row.rest == *rest));
    there.or(Some(own.start))
}

/// Returns the place of the selected row: until a person moves, what the shown moment wrote.
pub fn selected(ui: &Ui) -> usize {
    let heading = || usize::from(ui.values.get(0).is_some_and(|row| row.part == Part::Heading));
    let follows = || ui.news.as_ref().map_or_else(heading, |news| news.start);
    ui.cursor(Pane::Context).at.unwrap_or_else(follows).min(ui.values.len().saturating_sub(1))
}

/// Returns the first visible row in `height` rows.
pub fn window(ui: &Ui, height: usize) -> usize {
    let (cursor, at) = (ui.cursor(Pane::Context), selected(ui));
    let until = match &ui.news {
        Some(news) if cursor.at.is_none() => news.end.min(at + height.max(1)),
        Some(_) | None => at + 1,
    };
    scroll(cursor.top, at, until, height, ui.values.len())
}

/// Returns the selected row with its key.
pub fn current<'a>(view: &View<'a>) -> Option<(Cow<'a, ValueRow>, &'a Key)> {
    let row = view.ui.values.get(selected(view.ui))?;
    let key = book(view.shown, row.part)?.ledger.key(row.entry)?;
    Some((row, key))
}

/// Returns what the context that a row belongs to has under `key`.
pub fn datum<'a>(shown: &'a Snapshot, part: Part, key: &str) -> Option<&'a Datum> {
    book(shown, part)?.state.context.get(key).map(|datum| &**datum)
}

/// Returns the value that a row stands for.
pub fn value<'a>(shown: &'a Snapshot, row: &ValueRow) -> Option<&'a Value> {
    let book = book(shown, row.part)?;
    book.state.context.get(book.ledger.key(row.entry)?)?.value.pointer(&row.pointer)
}

/// Returns the name that a row stands under: its key, a field, or an index.
pub fn name<'a>(shown: &'a Snapshot, row: &'a ValueRow) -> &'a str {
    match (row.depth, book(shown, row.part)) {
        (0, Some(book)) => book.ledger.key(row.entry).map_or("", |key| key),
        _ => &row.name,
    }
}

/// Returns what the pane says in `width` × `height` cells.
pub fn lines(view: &View<'_>, width: usize, height: usize) -> PaneText {
    let (ui, state) = (view.ui, &view.shown.state);
    let at = selected(ui);
    let top = window(ui, height);
    let rows = (top..top + height).map_while(|place| Some((place, ui.values.get(place)?)));
    let lines = rows.map(|(place, row)| {
        let line = line(view, &row, width);
        if place == at { select(line, ui.focus == Pane::Context, view.theme) } else { line }
    });
    let right = match (&state.phase, state.runs.last()) {
        (Phase::New | Phase::Planning { .. } | _, None) => "at the start".to_owned(),
        (Phase::Running { .. }, Some(run)) if state.inner.is_some() => match state.innermost().runs.last() {
            Some(inside) => format!("inside {}, after {}", run.step.id, inside.step.id),
            None => format!("inside {}, at its start", run.step.id),
        },
        (Phase::Running { .. }, Some(run)) => format!("while {} runs", run.step.id),
        (Phase::Interrupted, Some(run)) if run.was_stopped() => format!("{} stopped", run.step.id),
        (Phase::Interrupted, Some(run)) => format!("{} unknown", run.step.id),
        (_, Some(run)) => format!("after {}", run.step.id),
    };
    PaneText { title: "Context".into(), right, lines: lines.collect() }
}

fn line(view: &View<'_>, row: &ValueRow, width: usize) -> Line<'static> {
    let (theme, shown) = (view.theme, view.shown);
    let (plain, dim) = (theme.style(Role::Text), theme.style(Role::Dim));
    let Some(book) = book(shown, row.part) else {
        return Row::new().put(&row.name, theme.style(Role::Title)).fit(width, width);
    };
    let Some(key) = book.ledger.key(row.entry) else { return Line::default() };
    let datum = book.state.context.get(key);
    if row.depth > 0 {
        let indent = " ".repeat(2 + 2 * usize::from(row.depth));
        let part = Row::new().put(&indent, plain).put(&row.name, dim);
        if row.rest {
            return part.fit(width, width);
        }
        let value = datum.and_then(|datum| datum.value.pointer(&row.pointer));
        let shown = value.map(|value| value::json(value, width)).unwrap_or_default();
        let pad = usize::from(row.depth) * 2 + 2 + 10;
        return part.tab(pad.min(width / 3), false).put("  ", plain).put(&shown, plain).fit(width, width);
    }
    let touch = book.touched.get(key);
    let sign = match datum {
        Some(datum) if datum.refuted.is_some() => Role::Refuted,
        Some(datum) if !datum.fresh => Role::Stale,
        Some(_) => match touch {
            Some(Touch::Added) => Role::Added,
            Some(Touch::Changed) => Role::Changed,
            Some(Touch::Confirmed) | None => Role::Text,
        },
        None => Role::Pending,
    };
    let strong =
        if matches!(sign, Role::Added | Role::Changed) { theme.style(Role::Strong) } else { theme.words(sign) };
    let mut part = Row::new().put(sign.glyph(), theme.style(sign)).put(" ", plain).put(key, strong);
    if let Some(datum) = datum {
        part = part.tab(18.min(width / 2), true).put(&preview(datum, width), plain);
    }
    let mine = datum.is_some_and(|datum| datum.pinned || datum.is_given());
    let most = if width >= 60 {
        8
    } else if width >= 44 {
        3
    } else {
        2
    };
    let mut right = book.ledger.hand_off(row.entry, most).map(|hand_off| hand_off.text(most)).unwrap_or_default();
    if let Some(words) = datum.and_then(|datum| outdated(datum)) {
        right = if width >= 52 { format!("{words}   {right}") } else { words };
    }
    let keep = part.left_width().min(24).min(width / 2);
    if mine {
        let pinned = datum.is_some_and(|datum| datum.pinned) && width >= 44;
        part = part.right(if pinned { "✎ pinned " } else { "✎ " }, theme.style(Role::Injected));
    }
    part.right(&right, dim).fit(width, keep)
}

/// Returns a value as the row of its key shows it: small ones whole, big ones by size with their beginning.
fn preview(datum: &Datum, width: usize) -> String {
    match value::size(&datum.value) {
        Some(size) => {
            let whole = value::json(&datum.value, width);
            if text::width(&whole) <= 14 { whole } else { size }
        }
        None => value::json(&datum.value, width),
    }
}

/// Returns why a value cannot be relied on, in a few words.
fn outdated(datum: &Datum) -> Option<String> {
    if datum.refuted.is_some() {
        return Some("refuted".into());
    }
    if datum.fresh {
        return None;
    }
    let from: Vec<&str> = datum.sources.iter().map(|(key, _)| &**key).take(2).collect();
    Some(if from.is_empty() { "stale".into() } else { format!("from old {}", from.join(", ")) })
}
