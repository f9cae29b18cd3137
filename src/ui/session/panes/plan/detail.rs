//! What stands under the selected step of the plan pane: what it does, reads and writes, how it went, why it is there.

use ratatui::text::Line;

use crate::describe::sign::Role;
use crate::describe::text;
use crate::engine::diff::ChangeKind;
use crate::engine::plan::Step;
use crate::engine::state::{Phase, State};
use crate::ui::session::lists::plan::{Item, home, rewritten, turn_at, whole_place};
use crate::ui::session::panes::turn;
use crate::ui::session::view::View;
use crate::ui::theme::Theme;
use crate::ui::widgets::row::Row;

/// What signs and status take of a row: a name that is longer than the rest is cut there and stands below it again.
const STATUS: usize = 20;

/// How many rows what a step reads may take.
const READS: usize = 3;

/// How many steps beside one are named before they are counted.
const BESIDE: usize = 4;

/// What details are indented by.
const INDENT: &str = "      ";

/// Adds what is said under a label, wrapped to at most so many rows.
pub(in crate::ui::session::panes) fn say(
    lines: &mut Vec<Line<'static>>,
    theme: &Theme,
    width: usize,
    (label, words, most): (&str, &str, usize),
) {
    let dim = theme.style(Role::Dim);
    let room = width.saturating_sub(INDENT.len() + label.len()).max(8);
    let mut wrapped = text::wrap(words, room);
    if wrapped.len() > most {
        wrapped.truncate(most);
        if let Some(last) = wrapped.last_mut() {
            *last = text::clip(&format!("{last} …"), room);
        }
    }
    for (at, line) in wrapped.iter().enumerate() {
        let label = if at == 0 { label.to_owned() } else { " ".repeat(label.len()) };
        lines.push(Row::new().put(INDENT, dim).put(&label, dim).put(line, theme.style(Role::Text)).fit(width, width));
    }
}

/// Returns what stands under the selected entry: what it does, reads and writes, how it went, why it is there.
/// Each part of it has `more` rows than usual.
pub(super) fn detail(view: &View<'_>, item: Item<'_>, at: usize, width: usize, more: usize) -> Vec<Line<'static>> {
    let (state, theme) = (home(view, at), view.theme);
    let Some(step) = item.step() else { return turn::detail(view, at, width) };
    let dim = theme.style(Role::Dim);
    let mut lines = Vec::new();
    let say = |lines: &mut Vec<Line<'static>>, label: &str, words: &str, most: usize| {
        say(lines, theme, width, (label, words, most + more));
    };
    if let Item::Run(run) = item {
        // How it went comes first: where rows are few, that is what a person looks for.
        if let Some(error) = &run.error {
            say(&mut lines, "said   ", error, 3);
        } else if let Some(summary) = &run.summary {
            say(&mut lines, "said   ", summary, 3);
        }
        if run.attempts > 1 {
            say(&mut lines, "tried  ", &format!("{} times", run.attempts), 1);
        }
    }
    if step.tool.is_some() && !step.description.is_empty() {
        say(&mut lines, "", &step.description, 2);
    } else if step.tool.is_none() && text::width(step.name()) + text::width(&step.id) + STATUS > width {
        say(&mut lines, "", step.name(), 3);
    }
    let reads = step.with.iter().enumerate().map(|(at, (input, key))| {
        let (sign, word) = match state.context.get(key) {
            Some(datum) if datum.refuted.is_some() => (Role::Refuted, ""),
            Some(datum) if !datum.fresh => (Role::Stale, ""),
            Some(_) => (Role::Done, ""),
            None if made_before(view, state, step, key) => (Role::Pending, ""),
            None => (Role::Failed, " missing"),
        };
        let comma = if at + 1 < step.with.len() { ", " } else { "" };
        let bound = if input == key { key.to_string() } else { format!("{input} ← {key}") };
        Row::new()
            .put(&bound, theme.style(Role::Text))
            .put(&format!(" {}{word}", sign.glyph()), theme.style(sign))
            .put(comma, dim)
    });
    if !step.with.is_empty() {
        let rows = Row::new().put(INDENT, dim).put("reads  ", dim).flow(reads, width);
        lines.extend(rows.into_iter().take(READS + more));
    }
    if !step.to.is_empty() {
        let bound: Vec<String> = step
            .to
            .iter()
            .map(|(output, key)| if output == key { key.to_string() } else { format!("{output} → {key}") })
            .collect();
        say(&mut lines, "writes ", &bound.join(", "), 2);
    }
    let group =
        whole_place(view, at).and_then(|place| view.shown.beside.get(place)).filter(|_| rewritten(view).is_none());
    if let (Some(group), Item::Todo(_)) = (group.filter(|group| group.len() > 1), item) {
        let others = group.clone().filter(|place| Some(*place) != whole_place(view, at));
        let runs = view.shown.state.runs.len();
        let id = |place: usize| match place.checked_sub(runs) {
            Some(todo) => view.shown.state.plan.remaining().get(todo).map(|step| step.id.to_string()),
            None => view.shown.state.runs.get(place).map(|run| run.step.id.to_string()),
        };
        let named = match group.len() - 1 {
            n if n > BESIDE => format!("{n} others"),
            _ => others.filter_map(id).collect::<Vec<_>>().join(", "),
        };
        say(&mut lines, "beside ", &format!("{named}: could run together"), 2);
    }
    lines.extend(turn::detail(view, at, width));
    let thought = turn_at(view, at).is_some();
    let reason = view.ui.watched().is_some() || matches!(state.phase, Phase::Review);
    if let Some(why) = step.why.as_ref().filter(|_| !thought && (reason || width >= 56)) {
        say(&mut lines, "why    ", why, 2);
    }
    if let Some(note) = &step.note {
        say(&mut lines, "note   ", note, 2);
    }
    lines
}

/// Tells whether a remaining (or proposed) step ahead of `step`, or the one that runs, writes `key`.
fn made_before(view: &View<'_>, state: &State, step: &Step, key: &str) -> bool {
    if let Some(changes) = rewritten(view) {
        let new = changes.iter().filter(|change| change.kind != ChangeKind::Removed);
        return new.take_while(|change| change.step.id != step.id).any(|c| c.step.writes().any(|k| **k == *key));
    }
    let place = state.plan.find(&step.id).map_or(usize::MAX, |(at, _)| at);
    state.plan.writers(key).next().is_some_and(|at| at < place)
        || state.current_run().is_some_and(|run| run.step.writes().any(|k| **k == *key))
}
