//! The context as an explorer: what is looked for in its values is found however deep it is folded, and unfolded.

use std::collections::HashSet;

use crate::describe::sought::{Hit, Sought};
use crate::engine::event::Seq;
use crate::engine::value::Shared;
use crate::jq;
use crate::runtime::searching::Search;
use crate::ui::action::Action;
use crate::ui::input::Input;
use crate::ui::session::app::App;
use crate::ui::session::change::DialogRequest;
use crate::ui::session::lists::{context, unfold};
use crate::ui::session::model::Hits;
use crate::ui::session::pane::PaneId;
use crate::ui::widgets::json_rows::{Kind, Part};

impl App {
    /// Looks for `text` in the values of the moment that is shown.
    pub(super) fn seek_values(&mut self, text: String) {
        let what = Sought::of(&text);
        if let Sought::Jq(filter) = &what
            && let Err(fault) = jq::check(filter)
        {
            let before = text.len() - filter.len() + fault.offset();
            let at = text.get(..before).unwrap_or(&text).chars().count() + 1;
            return self.ui.refuse(format!("{text} at character {at}: {fault}"));
        }
        self.ui.find = Some(text);
        self.ui.hits = None;
        self.driver.search(Search::Values(self.shown.state.seq, what));
    }

    /// Takes in where `what` was found.
    pub(super) fn found_values(&mut self, seq: Seq, what: &Sought, found: Result<Vec<Hit>, String>) {
        let text = self.ui.find.clone().unwrap_or_default();
        let mut list = match found {
            Ok(list) => list,
            Err(why) => return self.ui.refuse(format!("{text}: {why}")),
        };
        if seq != self.shown.state.seq {
            return self.seek_values(text); // they are other values now
        }
        self.catch_up();
        // A key is found by its name before it has a value.
        let ledger = &self.shown.ledger;
        let without = (0..ledger.count()).filter_map(|place| ledger.key(place));
        let without = without.filter(|key| self.shown.state.context.get(key).is_none() && what.is_name(key));
        list.extend(without.map(|key| Hit { inner: false, key: key.clone(), pointer: String::new() }));
        let place = |hit: &Hit| {
            let book = context::book(&self.shown, part(hit));
            (!hit.inner, book.and_then(|book| book.place(&hit.key)).unwrap_or(usize::MAX))
        };
        list.sort_by_cached_key(place);
        if list.is_empty() {
            self.ui.hits = None;
            return self.ui.refuse(format!("\"{text}\" is not in this pane"));
        }
        let here = context::current(&self.view()).map(|(row, _)| (row.part != Part::Inner, row.entry));
        let at = list.iter().position(|hit| here.is_none_or(|here| place(hit) >= here)).unwrap_or(0);
        let all: HashSet<Hit> = list.iter().cloned().collect();
        self.ui.hits = Some(Hits { seq, list, all, at });
        self.go_to_hit(at);
    }

    /// Lists another piece of the long value that is selected, and stands at its beginning.
    pub(super) fn list_piece(&mut self, path: String, from: usize) {
        let row = context::current(&self.view());
        let held = row.map(|(row, key)| (row.part, key.clone(), row.pointer.clone(), Kind::Value));
        self.ui.folds.from.insert(path, from);
        self.list_values();
        let row = held.and_then(|held| context::same(&self.shown, &held, &self.ui.values));
        self.ui.select(PaneId::CONTEXT, row.map(|row| row + 1));
    }

    /// Unfolds the place of the hit `at`, and selects it.
    pub(super) fn go_to_hit(&mut self, at: usize) {
        let Some(hits) = &mut self.ui.hits else { return };
        let Some(hit) = hits.list.get(at).cloned() else { return };
        hits.at = at;
        let part = part(&hit);
        let value = context::datum(&self.shown, part, &hit.key).map(|datum| datum.value.clone());
        let (mut above, mut here) = (String::new(), value.as_ref().map(Shared::look));
        for token in hit.pointer.split('/').skip(1) {
            let name = context::folded_as(part, &hit.key, &above);
            let place = here.and_then(|here| here.place(token)).unwrap_or(0);
            self.ui.folds.from.insert(name.clone(), place - place % unfold::MOST);
            self.ui.folds.open.insert(name, true);
            above = format!("{above}/{token}");
            here = value.as_ref().and_then(|value| value.at(&above));
        }
        self.list_values();
        let held = (part, hit.key, hit.pointer, Kind::Value);
        let row = context::same(&self.shown, &held, &self.ui.values);
        self.ui.focus = PaneId::CONTEXT;
        self.ui.select(PaneId::CONTEXT, row);
    }

    /// Opens the dialog that changes a value, and its text in the person's editor.
    pub(super) fn edit_outside(&mut self, ask: DialogRequest) {
        self.open(ask);
        let key = self.keymap.key_for(&[crate::ui::keymap::Mode::Form], Action::Editor);
        if let (Some(dialog), Some(key)) = (self.dialog.take(), key) {
            self.dialog_input(dialog, &Input::Key(key));
        }
    }
}

/// Returns in which context a hit is.
fn part(hit: &Hit) -> Part {
    if hit.inner { Part::Inner } else { Part::Outer }
}
