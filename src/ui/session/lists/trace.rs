//! What the trace pane lists: the moments of the selected branch, or the rows of what stands in its place.

use crate::describe::evidence::result_keys;
use crate::describe::page::Page;
use crate::describe::{Moment, entry, event, value};
use crate::engine::event::{Event, Seq};
use crate::ui::session::change::{Change, DialogRequest, Meaning, no, open};
use crate::ui::session::model::Below;
use crate::ui::session::pane::{PaneId, PaneList};
use crate::ui::session::view::View;

/// How far one can scroll in what stands in place of the trace; the painter stops at its end.
const FAR: usize = 1_000;

/// Returns the place of the selected row: where the cursor is, else the moment that is shown.
pub fn selected(view: &View<'_>) -> usize {
    let (rows, happened) = view.shown.listed();
    view.ui.cursor(PaneId::TRACE).at.unwrap_or(happened.saturating_sub(1)).min(rows.len().saturating_sub(1))
}

/// Returns the selected event.
pub fn current(view: &View<'_>) -> Option<Seq> {
    view.shown.listed().0.get(selected(view)).copied()
}

/// Returns the event that proposed the replan which the event `seq` carried out; where it carried out none, that event.
pub fn proposed(view: &View<'_>, seq: Seq) -> Seq {
    let carried_out = view.session.record(seq).is_some_and(|record| matches!(record.event, Event::Replanned { .. }));
    let replans = &view.session.state().replans;
    let before = replans.iter().rev().map(|replan| replan.seq).find(|proposed| *proposed < seq);
    before.filter(|_| carried_out).unwrap_or(seq)
}

/// Tells whether a page stands in place of the trace: the why of a replan, the report, the reasons.
fn is_page(view: &View<'_>) -> bool {
    view.ui.watched().is_some() || view.reports()
}

/// The list of the trace pane.
pub struct TraceList;

impl PaneList for TraceList {
    fn len(&self, view: &View<'_>) -> usize {
        if is_page(view) { FAR } else { view.shown.listed().0.len() }
    }

    fn selected(&self, view: &View<'_>) -> usize {
        if is_page(view) { view.ui.cursor(PaneId::TRACE).at.unwrap_or(0) } else { selected(view) }
    }

    fn text(&self, view: &View<'_>, at: usize) -> String {
        let record = view.shown.listed().0.get(at).and_then(|seq| view.session.record(*seq));
        record.map_or_else(String::new, |record| {
            // A search goes through all of a long session: what was there before is looked up where a person did it.
            let told = match record.event.innermost() {
                Event::Injected { .. } => event::told(view.session, record, &view.shown.state),
                _ => event::line(&record.event, &view.shown.state, &[]),
            };
            let wrote: Vec<&str> = told.wrote.iter().map(|(_, words)| words.as_str()).collect();
            format!("{} {} {}", told.who, told.sentence(), wrote.join(" "))
        })
    }

    fn open(&self, view: &View<'_>) -> Meaning {
        if view.reports() {
            return open(DialogRequest::Evidence);
        }
        match current(view) {
            Some(seq) => open(DialogRequest::Entry(seq)),
            None => no("nothing happened yet"),
        }
    }

    fn why(&self, view: &View<'_>) -> Meaning {
        match (view.below(), result_keys(&view.shown.state).first()) {
            (Below::Report, Some(key)) => return open(DialogRequest::WhyKey(key.to_string())),
            (Below::Reasons, _) => return open(DialogRequest::WhyEnd),
            (Below::Report | Below::Trace | Below::Why, _) => {}
        }
        match current(view) {
            Some(seq) => open(DialogRequest::WhyEvent(seq)),
            None => no("nothing happened yet"),
        }
    }

    fn detail(&self, view: &View<'_>, _width: usize, height: usize) -> Option<Page> {
        // It would tell what is to be found.
        if view.poses() {
            return None;
        }
        let moment =
            Moment { state: &view.shown.state, records: view.session.records(), longest: height, times: view.ui.times };
        entry::entry(moment, current(view)?)
    }

    fn copy(&self, view: &View<'_>) -> Meaning {
        if view.below() == Below::Report {
            let state = &view.shown.state;
            let values = result_keys(state).into_iter().filter_map(|key| state.context.get(key));
            let texts: Vec<String> = values.map(|datum| value::text(&datum.value)).collect();
            return Ok(vec![Change::Copy(texts.join("\n"), "the result".to_owned())]);
        }
        match current(view).and_then(|seq| view.session.record(seq)) {
            Some(record) => {
                let told = event::told(view.session, record, &view.shown.state);
                Ok(vec![Change::Copy(told.marked_sentence(), format!("event {}", record.seq))])
            }
            None => no("nothing happened yet"),
        }
    }
}
