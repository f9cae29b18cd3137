//! Watches: the selected key is watched or no longer, a filter is typed, a watch is edited, moved or taken away.

use crate::describe::value;
use crate::engine::watch::Watch;
use crate::runtime::watches::read;
use crate::ui::action::Action;
use crate::ui::session::change::{Change, DialogRequest, Meaning, WatchAct, no, open};
use crate::ui::session::lists::{context, watches};
use crate::ui::session::pane::PaneId;
use crate::ui::session::view::View;
use crate::ui::widgets::json_rows::Part;

pub(super) fn interpret(view: &View<'_>, action: Action) -> Meaning {
    let act = |act: WatchAct| Ok(vec![Change::Watches(act)]);
    let Some((at, _)) = watches::current(view) else {
        return match action {
            Action::Watch => watch(view),
            Action::WatchFilter => open(DialogRequest::Watch(None)),
            _ => no("no watch is selected: \x01watch\x02 on a key watches it, \x01watch_filter\x02 watches a filter"),
        };
    };
    let last = view.shown.watched.len() - 1;
    match action {
        Action::Watch | Action::Delete => act(WatchAct::Remove(at)),
        Action::WatchFilter => open(DialogRequest::Watch(None)),
        Action::Edit => open(DialogRequest::Watch(Some(at))),
        Action::MoveUp if at > 0 => act(WatchAct::Move(at, at - 1)),
        Action::MoveDown if at < last => act(WatchAct::Move(at, at + 1)),
        Action::MoveUp => no("this watch is the first already"),
        Action::MoveDown => no("this watch is the last already"),
        _ => no("that is about no watch"),
    }
}

/// Watches the selected key, or the selected part of its value; where that is watched, no longer.
fn watch(view: &View<'_>) -> Meaning {
    let Some((row, key)) = context::current(view).filter(|_| view.ui.focus == PaneId::CONTEXT) else {
        return no(
            "select a key in the context (\x01context_pane\x02) to watch it; \x01watch_filter\x02 watches a filter",
        );
    };
    if row.part == Part::Inner {
        return no(format!("{key} is known inside the loop alone: what is watched is the context of the session"));
    }
    let watch = match row.pointer.is_empty() {
        true => Watch::Key(key.clone()),
        false => read(&value::filter(key, &row.pointer), &view.session.state().goal, Some(view.session.state()))?,
    };
    Ok(vec![Change::Watches(match view.shown.watched.iter().position(|watched| watched.watch == watch) {
        Some(at) => WatchAct::Remove(at),
        None => WatchAct::Set(None, watch),
    })])
}
