//! Moving: focus, cursors, folds, search, copy, why.

use crate::describe::event;
use crate::describe::text;
use crate::engine::state::Phase;
use crate::ui::action::Action;
use crate::ui::session::lists::outline;
use crate::ui::session::model::{Pane, Part};
use crate::ui::session::panes::{context, plan, trace};
use crate::ui::session::update::{Change, DialogRequest, Meaning, no, open};
use crate::ui::session::view::View;

pub(crate) fn interpret(view: &View<'_>, action: Action) -> Meaning {
    let ui = view.ui;
    let around = |by: usize| Pane::ALL[(ui.focus.place() + by) % Pane::ALL.len()];
    match action {
        Action::NextPane => Ok(vec![Change::Focus(around(1))]),
        Action::PreviousPane => Ok(vec![Change::Focus(around(2))]),
        Action::PlanPane => Ok(vec![Change::Focus(Pane::Plan)]),
        Action::ContextPane => Ok(vec![Change::Focus(Pane::Context)]),
        Action::TracePane => Ok(vec![Change::Focus(Pane::Trace)]),
        Action::Zoom => Ok(vec![Change::Zoom(!ui.zoom)]),
        Action::Up => by(view, ui.focus, -1),
        Action::Down => by(view, ui.focus, 1),
        Action::PageUp => by(view, ui.focus, -page(view)),
        Action::PageDown => by(view, ui.focus, page(view)),
        Action::Top => Ok(vec![Change::Cursor(ui.focus, Some(0))]),
        Action::Bottom => Ok(vec![Change::Cursor(ui.focus, Some(len(view, ui.focus).saturating_sub(1)))]),
        Action::Left => fold(view, Some(false)),
        Action::Right => fold(view, Some(true)),
        Action::Open if ui.focus == Pane::Context => fold(view, None),
        Action::Open if ui.focus == Pane::Plan => open_entry(view),
        Action::Open if view.reports() => Ok(vec![Change::Report(false)]),
        Action::Open => match trace::current(view) {
            Some(seq) => open(DialogRequest::Entry(seq)),
            None => no("nothing happened yet"),
        },
        Action::Why => why(view),
        Action::Copy => copy(view),
        Action::Find => open(DialogRequest::Find),
        Action::FindNext => find(view, true),
        Action::FindPrevious => find(view, false),
        Action::FindEnd => Ok(vec![Change::FindEnd]),
        _ => no("that moves nothing"),
    }
}

/// Returns how many entries a pane has.
fn len(view: &View<'_>, pane: Pane) -> usize {
    match pane {
        Pane::Plan => plan::count(view),
        Pane::Context => view.ui.values.len(),
        Pane::Trace if view.ui.watched().is_some() || view.reports() => 1_000, // clamped where it is drawn
        Pane::Trace => view.shown.rows.len(),
    }
}

fn page(view: &View<'_>) -> isize {
    isize::try_from((view.ui.size.1 / 2).max(4)).unwrap_or(4)
}

/// Moves the cursor of `pane` by so many entries.
pub(crate) fn by(view: &View<'_>, pane: Pane, by: isize) -> Meaning {
    let at = match pane {
        Pane::Plan => plan::selected(view),
        Pane::Context => context::selected(view.ui),
        Pane::Trace if view.ui.watched().is_some() || view.reports() => view.ui.cursor(Pane::Trace).at.unwrap_or(0),
        Pane::Trace => trace::selected(view),
    };
    let last = len(view, pane).saturating_sub(1);
    Ok(vec![Change::Cursor(pane, Some(at.saturating_add_signed(by).min(last)))])
}

/// Opens what the plan pane has selected: the thought of a turn, the loop inside a step.
fn open_entry(view: &View<'_>) -> Meaning {
    let at = plan::selected(view);
    if let Some(run) = plan::loop_at(view, at) {
        let unfolded = outline::is_unfolded(&view.shown.state, run, &view.ui.loops);
        return Ok(vec![Change::FoldLoop(run.step.id.clone(), !unfolded)]);
    }
    match (plan::turn_at(view, at), plan::item(view, at).and_then(|item| item.step())) {
        (Some((_, turn)), _) => open(DialogRequest::Thought(turn.seq)),
        (None, Some(step)) => open(DialogRequest::WhyStep(step.id.clone())),
        (None, None) => no("there is nothing to open here"),
    }
}

/// Folds or unfolds a loop in the plan pane; from inside one, the cursor goes to its step.
fn fold_loop(view: &View<'_>, to: bool) -> Meaning {
    let at = plan::selected(view);
    if let Some(run) = plan::loop_at(view, at) {
        return Ok(vec![Change::FoldLoop(run.step.id.clone(), to)]);
    }
    match plan::holder(view, at) {
        Some(holder) if !to => {
            let is_holder = |at: &usize| plan::loop_at(view, *at).is_some_and(|run| run.step.id == holder.step.id);
            let above = (0..at).rev().find(is_holder).unwrap_or(at);
            Ok(vec![Change::Cursor(Pane::Plan, Some(above))])
        }
        Some(_) => no("a turn has nothing to unfold; Enter opens its thought"),
        None => no("select a step with a loop inside to fold it, or a value in the context (2)"),
    }
}

fn fold(view: &View<'_>, to: Option<bool>) -> Meaning {
    if let (Pane::Plan, Some(to)) = (view.ui.focus, to) {
        return fold_loop(view, to);
    }
    if view.ui.focus != Pane::Context {
        return no("select a value in the context (2) to fold it");
    }
    let Some((row, key)) = context::current(view) else { return no("there is no value here") };
    let Some(value) = context::value(view.shown, &row) else {
        return no(format!("{key} has no value yet"));
    };
    let path = context::folded_as(row.part, key, &row.pointer);
    let place = context::selected(view.ui);
    let open = view.ui.values.get(place + 1).is_some_and(|next| next.depth > row.depth);
    let whole = view.ui.folds.get(&path) == Some(&true);
    match to.unwrap_or(!open || row.rest || !whole && row.depth == 0 && rest_below(view, place)) {
        true if row.rest || text::size(value).is_some() => Ok(vec![Change::Fold(path, true)]),
        true => no("this value has nothing to unfold"),
        false if open => Ok(vec![Change::Fold(path, false)]),
        false => match view.ui.values.before(place).find(|(_, other)| other.depth < row.depth) {
            Some((above, _)) => Ok(vec![Change::Cursor(Pane::Context, Some(above))]),
            None => no("this value is folded already"),
        },
    }
}

/// Tells whether the rows below the key at `place` leave something out.
fn rest_below(view: &View<'_>, place: usize) -> bool {
    view.ui.values.from(place + 1).take_while(|row| row.depth > 0).any(|row| row.rest)
}

fn why(view: &View<'_>) -> Meaning {
    match view.ui.focus {
        Pane::Plan => match plan::item(view, plan::selected(view)) {
            Some(item) => match (plan::turn_at(view, plan::selected(view)), item.step()) {
                (Some((_, turn)), _) => open(DialogRequest::Thought(turn.seq)),
                (None, Some(step)) => open(DialogRequest::WhyStep(step.id.clone())),
                (None, None) => no("there is no step here"),
            },
            None if matches!(view.shown.state.phase, Phase::Ended { .. }) => open(DialogRequest::WhyEnd),
            None => no("there is no step here"),
        },
        Pane::Context => match context::current(view) {
            Some((row, key)) => open(DialogRequest::WhyKey(key.to_string()).inside(row.part == Part::Inner)),
            None => no("there is no key here"),
        },
        Pane::Trace => match trace::current(view) {
            Some(seq) => open(DialogRequest::WhyEvent(seq)),
            None => no("nothing happened yet"),
        },
    }
}

fn copy(view: &View<'_>) -> Meaning {
    let shown = view.shown;
    match view.ui.focus {
        Pane::Plan => match plan::item(view, plan::selected(view)).and_then(|item| item.step()) {
            Some(step) => {
                let json = serde_json::to_string_pretty(&**step).map_err(|error| error.to_string())?;
                Ok(vec![Change::Copy(json, format!("step {}", step.id))])
            }
            None => no("there is no step here"),
        },
        Pane::Context => match context::current(view) {
            Some((row, key)) => match context::value(shown, &row) {
                Some(value) => Ok(vec![Change::Copy(text::json_pretty(value), format!("{key}{}", row.pointer))]),
                None => no(format!("{key} has no value yet")),
            },
            None => no("there is no value here"),
        },
        Pane::Trace => match trace::current(view).and_then(|seq| view.session.record(seq)) {
            Some(record) => {
                let told = event::tell(record, &shown.state);
                Ok(vec![Change::Copy(told.sentence(), format!("event {}", record.seq))])
            }
            None => no("nothing happened yet"),
        },
    }
}

fn find(view: &View<'_>, forward: bool) -> Meaning {
    let Some(what) = &view.ui.find else { return no("nothing is searched for; / finds") };
    let what = what.to_lowercase();
    let pane = view.ui.focus;
    let total = match pane {
        Pane::Trace => view.shown.rows.len(),
        Pane::Plan | Pane::Context => len(view, pane),
    };
    let from = match pane {
        Pane::Plan => plan::selected(view),
        Pane::Context => context::selected(view.ui),
        Pane::Trace => trace::selected(view),
    };
    let places = (1..=total).map(|by| if forward { (from + by) % total } else { (from + total * 2 - by) % total });
    let mut places = places;
    match places.find(|at| words_at(view, pane, *at).to_lowercase().contains(&what)) {
        Some(at) => Ok(vec![Change::Cursor(pane, Some(at))]),
        None => no(format!("\"{what}\" is not in this pane")),
    }
}

fn words_at(view: &View<'_>, pane: Pane, at: usize) -> String {
    match pane {
        Pane::Plan => plan::item(view, at).and_then(|item| item.step()).map_or_else(String::new, |step| {
            let keys: Vec<&str> = step.reads().chain(step.writes()).map(|key| &**key).collect();
            format!("{} {} {} {}", step.id, step.name(), step.description, keys.join(" "))
        }),
        Pane::Context => view.ui.values.get(at).map_or_else(String::new, |row| {
            let value = context::value(view.shown, &row).map(|value| text::json(value, 2_000)).unwrap_or_default();
            format!("{} {value}", context::name(view.shown, &row))
        }),
        Pane::Trace => {
            let record = view.shown.rows.get(at).and_then(|seq| view.session.record(*seq));
            record.map_or_else(String::new, |record| {
                let told = event::tell(record, &view.shown.state);
                format!("{} {} {}", told.who, told.sentence(), told.wrote.join(" "))
            })
        }
    }
}
