//! What the context pane lists: the watches, every key, what is unfolded of its value, and what the shown moment wrote.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use crate::describe::frame::within;
use crate::describe::ledger::Ledger;
use crate::describe::page::Page;
use crate::describe::sign::Role;
use crate::describe::unfolded::unfolded;
use crate::describe::value;
use crate::describe::why::{self, Subject};
use crate::describe::{self, Moment};
use crate::engine::command::Command;
use crate::engine::context::Datum;
use crate::engine::goal::Key;
use crate::engine::state::State;
use crate::engine::value::{Look, Shared};
use crate::engine::watch::Reading;
use crate::ui::external;
use crate::ui::session::change::{Change, DialogRequest, Meaning, no, open, submit};
use crate::ui::session::lists::{unfold, watches};
use crate::ui::session::model::{Folds, Ui};
use crate::ui::session::pane::{PaneId, PaneList};
use crate::ui::session::snapshot::{Snapshot, Touched, Watched};
use crate::ui::session::view::View;
use crate::ui::widgets::json_rows::{Kind, Part, ValueRow, Values};

/// What the folds of values inside a loop begin with, and those of what watches come to.
const INSIDE: &str = "inside ";
const WATCH: &str = "watch ";

/// What the last moment did to watches: they say it themselves.
static UNTOUCHED: LazyLock<Touched> = LazyLock::new(Touched::new);

/// One of the contexts that the pane lists.
#[derive(Clone, Copy)]
pub struct Book<'a> {
    /// Which of them.
    pub part: Part,
    /// The state that it belongs to.
    pub state: &'a State,
    /// Its hand-offs.
    pub ledger: &'a Ledger,
    /// What the last moment did to it.
    pub touched: &'a Touched,
    /// The watches, where it is what those come to.
    pub watches: Option<&'a [Watched]>,
}

impl<'a> Book<'a> {
    /// Returns how many entries it has.
    pub fn count(&self) -> usize {
        self.watches.map_or_else(|| self.ledger.count(), <[Watched]>::len)
    }

    /// Returns the key at `entry`, or what the watch there is called.
    pub fn key(&self, entry: usize) -> Option<&'a Key> {
        match self.watches {
            Some(watches) => watches.get(entry).map(|watched| watched.watch.name()),
            None => self.ledger.key(entry),
        }
    }

    /// Returns the place of `key`.
    pub fn place(&self, key: &str) -> Option<usize> {
        match self.watches {
            Some(watches) => watches.iter().position(|watched| **watched.watch.name() == *key),
            None => self.ledger.place(key),
        }
    }

    /// Returns what it has under `key`.
    pub fn datum(&self, key: &str) -> Option<&'a Datum> {
        let Some(watches) = self.watches else { return self.state.context.get(key).map(|datum| &**datum) };
        match watches.get(self.place(key)?)?.reading.as_ref()? {
            Reading::Value(datum) => Some(datum),
            Reading::Absent | Reading::Failed { .. } => None,
        }
    }
}

/// Returns the contexts to list: what a loop under way knows comes first, for there the session stands.
fn books(shown: &Snapshot) -> Vec<Book<'_>> {
    let (state, ledger) = (&shown.state, &shown.ledger);
    let outer = Book { part: Part::Outer, state, ledger, touched: &shown.touched, watches: None };
    let watches = Book { part: Part::Watches, touched: &UNTOUCHED, watches: Some(&shown.watched), ..outer };
    let mut books = Vec::with_capacity(3);
    books.extend((!shown.watched.is_empty()).then_some(watches));
    if let (Some(inside), Some(inner)) = (&shown.inside, &shown.state.inner) {
        let (ledger, touched) = (&inside.ledger, &inside.touched);
        books.push(Book { part: Part::Inner, state: inner, ledger, touched, watches: None });
    }
    books.push(outer);
    books
}

/// Returns the context that `part` names, where there is one.
pub fn book(shown: &Snapshot, part: Part) -> Option<Book<'_>> {
    books(shown).into_iter().find(|book| book.part == part)
}

/// Returns the rows of the context pane in `size` columns and rows: every key, and what is unfolded of its value.
pub fn rows(shown: &Snapshot, folds: &Folds, (width, room): (usize, usize)) -> Values {
    let books = books(shown);
    let mut values = Values::default();
    let (watches, books) = books.split_at(books.partition_point(|book| book.part == Part::Watches));
    for book in watches {
        values.add(book.part, None, book.count());
        unfold::unfold(book, folds, (width, 0), &mut values);
    }
    let room = room.saturating_sub(section(values.len(), room));
    let room = if books.len() > 1 { room - room / 2 } else { room };
    for book in books {
        let name = crate::describe::frame::loop_run(&shown.state).map_or("", |run| &run.step.id);
        let heading = if book.part == Part::Inner { format!("inside {name}") } else { "outside".to_owned() };
        values.add(book.part, (books.len() > 1).then_some(heading), book.count());
        unfold::unfold(book, folds, (width, room), &mut values);
    }
    values
}

/// Returns how many of `height` rows the watches have, the line below them included, where they have so many.
pub fn section(watches: usize, height: usize) -> usize {
    if watches == 0 { 0 } else { watches.min((height / 3).max(1)) + 1 }
}

/// Tells whether the shown moment gave a key another value than it had.
pub fn is_news(change: &describe::change::Change) -> bool {
    matches!(change.role, Role::Added | Role::Changed | Role::Removed)
}

/// Returns the name under which it is remembered whether a value is folded.
pub fn folded_as(part: Part, key: &str, pointer: &str) -> String {
    match part {
        Part::Inner => format!("{INSIDE}{key}{pointer}"),
        Part::Watches => format!("{WATCH}{key}{pointer}"),
        Part::Outer | Part::Heading => format!("{key}{pointer}"),
    }
}

/// Returns the key that is folded under this name as a whole, where it is one of `part`.
pub fn key_of(part: Part, folded: &str) -> Option<&str> {
    match part {
        Part::Inner => folded.strip_prefix(INSIDE),
        Part::Watches => folded.strip_prefix(WATCH),
        Part::Outer | Part::Heading => Some(folded),
    }
}

/// Returns which of `rows` show the first key that the shown moment wrote, its unfolded value included.
pub fn news(shown: &Snapshot, rows: &Values) -> Option<Range<usize>> {
    let first = |book: &Book<'_>| {
        let written = book.touched.values().filter(|change| is_news(change));
        let place = written.filter_map(|change| book.place(&change.key)).min()?;
        rows.of(book.part, place)
    };
    books(shown).iter().find_map(first)
}

/// A row by what it stands for: a key of a context, the place in its value, and what it says of it.
pub type Held = (Part, Key, String, Kind);

/// Returns what the row stands for that a person went to.
pub fn held(shown: &Snapshot, ui: &Ui) -> Option<Held> {
    let row = ui.values.get(ui.cursor(PaneId::CONTEXT).at?)?;
    let key = book(shown, row.part)?.key(row.entry)?.clone();
    Some((row.part, key, row.pointer.clone(), row.kind))
}

/// Returns the first row of `key` in the session's own context.
pub fn first_of(shown: &Snapshot, rows: &Values, key: &Key) -> Option<usize> {
    rows.of(Part::Outer, book(shown, Part::Outer)?.ledger.place(key)?).map(|own| own.start)
}

/// Returns the row that stands for what was `held`, or for its key, if one of `rows` does.
pub fn same(shown: &Snapshot, (part, key, pointer, kind): &Held, rows: &Values) -> Option<usize> {
    let own = rows.of(*part, book(shown, *part)?.place(key)?)?;
    let find = |is: &dyn Fn(&ValueRow) -> bool| own.clone().find(|at| rows.get(*at).is_some_and(|row| is(&row)));
    // What changed stands among the others once it is not news any more.
    let there =
        find(&|row| row.pointer == *pointer && row.kind == *kind).or_else(|| find(&|row| row.pointer == *pointer));
    there.or(Some(own.start))
}

/// Returns the place of the selected row: until a person moves, what the shown moment wrote.
pub fn selected(ui: &Ui) -> usize {
    let heading = || {
        let first = ui.values.length(Part::Watches);
        first + usize::from(ui.values.get(first).is_some_and(|row| row.part == Part::Heading))
    };
    let follows = || ui.news.as_ref().map_or_else(heading, |news| news.start);
    ui.cursor(PaneId::CONTEXT).at.unwrap_or_else(follows).min(ui.values.len().saturating_sub(1))
}

/// Returns the rows that are to be seen: the selected one, or all that the shown moment wrote, as far as `height` goes.
pub fn in_sight(ui: &Ui, height: usize) -> Range<usize> {
    let at = selected(ui);
    match &ui.news {
        Some(news) if ui.cursor(PaneId::CONTEXT).at.is_none() => at..news.end.min(at + height.max(1)),
        Some(_) | None => at..at + 1,
    }
}

/// Returns the selected row with its key.
pub fn current<'a>(view: &View<'a>) -> Option<(Cow<'a, ValueRow>, &'a Key)> {
    let row = view.ui.values.get(selected(view.ui))?;
    let key = book(view.shown, row.part)?.key(row.entry)?;
    Some((row, key))
}

/// Returns what the context that a row belongs to has under `key`.
pub fn datum<'a>(shown: &'a Snapshot, part: Part, key: &str) -> Option<&'a Datum> {
    book(shown, part)?.datum(key)
}

/// Returns the value that a row stands for.
pub fn value<'a>(shown: &'a Snapshot, row: &'a ValueRow) -> Option<Look<'a>> {
    place(shown, row).and_then(|(value, pointer)| value.at(pointer))
}

/// Returns the value in which that stands which a row stands for, and the JSON pointer that leads there.
pub fn place<'a>(shown: &'a Snapshot, row: &'a ValueRow) -> Option<(&'a Shared, &'a str)> {
    let book = book(shown, row.part)?;
    let key = book.key(row.entry)?;
    let value = &book.datum(key)?.value;
    let pointer = match row.kind {
        Kind::Difference(at) => {
            let leaf = book.touched.get(key)?.difference.leaves.get(at)?;
            (leaf.role != Role::Removed).then_some(&*leaf.is)?
        }
        Kind::Value | Kind::Text | Kind::Rest | Kind::Before => &row.pointer,
    };
    Some((value, pointer))
}

/// Returns the name that a row stands under: its key, a field, or an index.
pub fn name<'a>(shown: &'a Snapshot, row: &'a ValueRow) -> &'a str {
    match (row.depth, book(shown, row.part)) {
        (0, Some(book)) => book.key(row.entry).map_or("", |key| key),
        _ => &row.name,
    }
}

/// Tells whether the rows below the key at `place` leave something out.
fn rest_below(view: &View<'_>, place: usize) -> bool {
    view.ui.values.from(place + 1).take_while(|row| row.depth > 0).any(|row| row.kind == Kind::Rest)
}

/// Folds or unfolds the selected value; `to` none: whichever it is not.
fn fold(view: &View<'_>, to: Option<bool>) -> Meaning {
    let Some((row, key)) = current(view) else { return no("there is no value here") };
    let Some(value) = value(view.shown, &row) else {
        let gone = matches!(row.kind, Kind::Difference(_));
        return no(if gone {
            "it is gone: \x01back\x02 shows it as it was".to_owned()
        } else {
            format!("{key} has no value yet")
        });
    };
    let path = folded_as(row.part, key, &row.pointer);
    let place = selected(view.ui);
    let open = view.ui.values.get(place + 1).is_some_and(|next| next.depth > row.depth);
    let whole = view.ui.folds.open.get(&path) == Some(&true);
    let from = view.ui.folds.from.get(&path).copied().unwrap_or(0);
    match row.kind {
        // Of a long list or object a piece is listed, the next one in its place.
        Kind::Rest if whole && to != Some(false) => {
            return Ok(vec![Change::Piece(path, from + unfold::MOST)]);
        }
        Kind::Before if to != Some(false) => {
            return Ok(vec![Change::Piece(path, from.saturating_sub(unfold::MOST))]);
        }
        Kind::Rest | Kind::Before | Kind::Value | Kind::Text | Kind::Difference(_) => {}
    }
    let unfolds = match row.kind {
        Kind::Rest | Kind::Before => true,
        Kind::Text => !whole,
        Kind::Value | Kind::Difference(_) => !open || !whole && row.depth == 0 && rest_below(view, place),
    };
    match to.unwrap_or(unfolds) {
        true if row.kind == Kind::Rest || unfold::can_unfold(value) => Ok(vec![Change::Fold(path, true)]),
        true => no("this value has nothing to unfold"),
        false if open || row.kind == Kind::Text => Ok(vec![Change::Fold(path, false)]),
        false => match view.ui.values.before(place).find(|(_, other)| other.depth < row.depth) {
            Some((above, _)) => Ok(vec![Change::Cursor(PaneId::CONTEXT, Some(above))]),
            None => no("this value is folded already"),
        },
    }
}

/// The list of the context pane.
pub struct ContextList;

impl PaneList for ContextList {
    fn len(&self, view: &View<'_>) -> usize {
        view.ui.values.len()
    }

    fn selected(&self, view: &View<'_>) -> usize {
        selected(view.ui)
    }

    fn text(&self, view: &View<'_>, at: usize) -> String {
        let Some(row) = view.ui.values.get(at) else { return String::new() };
        let whole = value(view.shown, &row).filter(|_| row.kind != Kind::Text);
        let value = whole.map(|value| value::json(value, 2_000)).unwrap_or_default();
        format!("{} {value}", name(view.shown, &row))
    }

    fn open(&self, view: &View<'_>) -> Meaning {
        fold(view, None)
    }

    fn fold(&self, view: &View<'_>, unfold: bool) -> Meaning {
        fold(view, Some(unfold))
    }

    fn inject(&self, view: &View<'_>) -> Option<Meaning> {
        let (row, key) = current(view)?;
        if let Some(refused) = watches::no_key(view, "injects into") {
            return Some(refused);
        }
        Some(open(DialogRequest::InjectKey(key.to_string(), row.pointer.clone()).inside(row.part == Part::Inner)))
    }

    fn pin(&self, view: &View<'_>) -> Meaning {
        let Some((row, key)) = current(view) else {
            return no("select a key in the context (\x01context_pane\x02) to pin it");
        };
        if let Some(refused) = watches::no_key(view, "pins") {
            return refused;
        }
        match datum(view.shown, row.part, key) {
            Some(datum) => {
                let pin = Command::Pin { key: key.clone(), pinned: !datum.pinned };
                submit(if row.part == Part::Inner { within(pin) } else { pin })
            }
            None => no(format!("{key} has no value to pin")),
        }
    }

    fn why(&self, view: &View<'_>) -> Meaning {
        match current(view) {
            Some((row, _)) if row.part == Part::Watches => open(DialogRequest::WhyWatch(row.entry)),
            Some((row, key)) => open(DialogRequest::WhyKey(key.to_string()).inside(row.part == Part::Inner)),
            None => no("there is no key here"),
        }
    }

    fn detail(&self, view: &View<'_>, width: usize, height: usize) -> Option<Page> {
        let (row, key) = current(view)?;
        let state = book(view.shown, row.part)?.state;
        let mut page = Page::new(format!("{key}{}", row.pointer.replace('/', " › ")));
        if let Some(value) = value(view.shown, &row) {
            // Where it comes from keeps a third.
            let (rows, more) = unfolded(value, (height * 2 / 3).max(3), width);
            for row in rows {
                page.add(Role::Text, 0, row);
            }
            if more {
                page.add(Role::Text, 0, "… more");
            }
        }
        if let Some((at, watched)) = watches::current(view) {
            let of = watches::page(view, at, watched);
            page.rows.extend(of.rows.into_iter().skip(1));
            return Some(page);
        }
        let moment = Moment { state, records: view.session.records(), longest: height, times: view.ui.times };
        let why = why::why(moment, &Subject::Key(key.clone()));
        page.heading(why.title);
        page.rows.extend(why.rows);
        Some(page)
    }

    fn copy(&self, view: &View<'_>) -> Meaning {
        match current(view) {
            Some((row, key)) => match value(view.shown, &row) {
                Some(Look::Inside(value)) if value.text().len() > external::CLIPBOARD => {
                    no(external::too_long(&format!("{key}{}", row.pointer), value.text().len()))
                }
                Some(value) => {
                    Ok(vec![Change::Copy(value::json_pretty(&value.value()), format!("{key}{}", row.pointer))])
                }
                None => no(format!("{key} has no value yet")),
            },
            None => no("there is no value here"),
        }
    }
}
