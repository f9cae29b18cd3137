//! Exploring the selected value of the context: as what it is copied, its versions, all of it in a pager.

use crate::engine::watch::Watch;
use crate::ui::action::Action;
use crate::ui::external::Paged;
use crate::ui::session::change::{Change, DialogRequest, Meaning, no, open};
use crate::ui::session::lists::{context, watches};
use crate::ui::session::pane::PaneId;
use crate::ui::session::view::View;
use crate::ui::widgets::json_rows::Part;

pub(super) fn interpret(view: &View<'_>, action: Action) -> Meaning {
    let Some((row, key)) = context::current(view).filter(|_| view.ui.focus == PaneId::CONTEXT) else {
        return no("select a value in the context (\x01context_pane\x02) first");
    };
    // What a filter comes to has no place in the context.
    let computed = watches::current(view).is_some_and(|(_, watched)| matches!(watched.watch, Watch::Filter { .. }));
    match action {
        Action::Versions if computed => open(DialogRequest::WhyWatch(row.entry)),
        Action::Versions => open(DialogRequest::Versions(key.to_string()).inside(row.part == Part::Inner)),
        Action::CopyAs if computed => Ok(vec![Change::Copy(key.to_string(), format!("the filter {key}"))]),
        Action::CopyAs => open(DialogRequest::CopyAs(key.to_string(), row.pointer.clone())),
        Action::Pager => match context::place(view.shown, &row) {
            Some((value, pointer)) if value.at(pointer).is_some() => {
                Ok(vec![Change::Pager(Paged { value: value.clone(), pointer: pointer.to_owned() })])
            }
            Some(_) | None => no(format!("{key} has no value yet")),
        },
        _ => no("that explores nothing"),
    }
}
