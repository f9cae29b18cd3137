//! The why of a replan, in place of the trace while it is watched: saw, breaks, a line for each row, what not.

use crate::describe::condition;
use crate::describe::event;
use crate::describe::remedies::{Act, Remedy, found, remedies};
use crate::describe::sanitize::harmless;
use crate::describe::step;
use crate::describe::thought;
use crate::describe::tools;
use ratatui::text::Line;

use crate::describe::sign::Role;
use crate::describe::survival::{self, Dropped};
use crate::describe::text;
use crate::engine::diff::{Change, ChangeKind};
use crate::engine::event::{Event, Reason, Recorded, Verdict};
use crate::engine::plan::Author;
use crate::engine::session::Session;
use crate::engine::state::{Phase, Replan};
use crate::ui::action::Action;
use crate::ui::keymap::Mode;
use crate::ui::session::model::{Beat, Watch};
use crate::ui::session::panes::report;
use crate::ui::session::view::View;
use crate::ui::widgets::buttons::{self, Button, Rows};
use crate::ui::widgets::row::Row;

/// How many rows of what the failure checks found stand before the choices.
const FOUND: usize = 3;

/// One thing that is said of a proposal: its sign, its label, and the words.
type Entry = (Role, String, String);

/// Returns everything there is to say about the watched proposal: in `height` rows as much as possible in whole sentences,
/// what finds no room for that in one row.
pub fn all(view: &View<'_>, watch: &Watch, width: usize, height: usize) -> Vec<Line<'static>> {
    let (theme, mut lines) = (view.theme, Vec::new());
    let (dim, style) = (theme.style(Role::Dim), theme.style(Role::Text));
    let predicted = watch.predicted.as_ref().filter(|_| watch.beat == Beat::Rewritten);
    if let Some(dropped) = predicted {
        let (right, words) = survival::outcome(dropped, &watch.changes);
        let role = if right { Role::Done } else { Role::Failed };
        let row = Row::new().put(role.glyph(), theme.style(role)).put(" ", dim);
        lines.push(row.put(&words, theme.style(Role::Strong)).fit(width, width));
    }
    let entries = entries(view, watch, predicted);
    let mut spare = height.saturating_sub(lines.len() + entries.len());
    for (sign, label, words) in entries {
        let row =
            if sign == Role::Text { Row::new() } else { Row::new().put(sign.glyph(), theme.style(sign)).put(" ", dim) };
        let row = row.put(&label, theme.style(Role::Strong)).tab(9, true);
        let (from, room) = (row.left_width(), width.saturating_sub(row.left_width()));
        let mut parts = if room < 16 { Vec::new() } else { text::wrap(&words, room) };
        if parts.len() > spare + 1 {
            parts.clear();
        }
        spare -= parts.len().saturating_sub(1);
        let mut parts = parts.into_iter();
        lines.push(row.put(&parts.next().unwrap_or(words), style).fit(width, width));
        lines.extend(parts.map(|part| Row::new().tab(from, false).put(&part, style).fit(width, width)));
    }
    lines
}

/// Returns what there is to say of the watched proposal, up to its beat, against what was `predicted`.
fn entries(view: &View<'_>, watch: &Watch, predicted: Option<&Dropped>) -> Vec<Entry> {
    let state = &view.shown.state;
    let Some(replan) = state.replans.iter().find(|replan| replan.seq == watch.seq) else { return Vec::new() };
    let mut lines: Vec<Entry> = Vec::new();
    let say = |lines: &mut Vec<Entry>, sign: Role, label: &str, words: &str| {
        lines.push((sign, label.to_owned(), words.to_owned()));
    };
    let missed = |change: &Change| predicted.is_some_and(|dropped| survival::is_right(dropped, change) == Some(false));
    let seen = seen(view.session, replan);
    // That the goal changed is what was seen: what it leaves without a use is what breaks.
    let another_goal = seen.is_some_and(|record| matches!(record.event, Event::GoalChanged { .. }));
    let saw = match seen {
        Some(record) => {
            let told = event::told(view.session, record, view.session.state());
            let by = (told.who == "you").then(|| "by you".to_owned());
            let notes: Vec<String> = told.marks.iter().cloned().chain(by).collect();
            let notes = notes.iter().map(|note| format!("{note}, ")).collect::<String>();
            // A goal is changed from what to what: its words may be the same.
            let said = match record.event {
                Event::GoalChanged { .. } => replan.proposal.cause.message().to_owned(),
                _ => told.sentence(),
            };
            format!("{said} ({notes}event {})", record.seq)
        }
        None => "only the plan: nothing has run or changed yet".to_owned(),
    };
    say(&mut lines, Role::Text, "saw", &saw);
    let mut breaks_until = lines.len();
    if watch.beat >= Beat::Breaks {
        let cause = replan.proposal.cause.message();
        let others = state.deviations.iter().map(|deviation| &*deviation.message).filter(|words| *words != cause);
        let all = (!another_goal).then_some(cause).into_iter().chain(others.take(3));
        for (at, words) in all.enumerate() {
            say(&mut lines, Role::Text, if at == 0 { "breaks" } else { "" }, words);
        }
        breaks_until = lines.len().min(breaks_until + 1);
    }
    if watch.beat < Beat::Rewritten {
        return lines;
    }
    // What follows says more than the other places where it breaks: they were shown in the beat before.
    lines.truncate(breaks_until);
    for change in watch.changes.iter().filter(|change| change.kind != ChangeKind::Kept) {
        let step = &change.step;
        let why = match change.kind {
            ChangeKind::Removed => "nothing that is still wanted needs it".to_owned(),
            ChangeKind::Moved if step.why.is_none() => {
                let reads: Vec<&str> = step.reads().map(|key| &**key).collect();
                format!("the same step, after what makes {}", reads.join(", "))
            }
            ChangeKind::Added | ChangeKind::Moved | ChangeKind::Changed | ChangeKind::Kept => {
                step.why.as_deref().unwrap_or(step.name()).to_owned()
            }
        };
        let not = if missed(change) { ": not as predicted" } else { "" };
        say(&mut lines, step::changed(change.kind), &step.id, &format!("{}{not}: {why}", step.name()));
    }
    let kept = watch.changes.iter().filter(|change| change.kind == ChangeKind::Kept);
    let (unexpected, kept): (Vec<_>, Vec<_>) = kept.partition(|change| missed(change));
    for step in unexpected.iter().map(|change| &change.step) {
        let words = format!("{}: not as predicted: same tool, same hand-off", step.name());
        say(&mut lines, Role::Kept, &step.id, &words);
    }
    if !kept.is_empty() {
        let ids: Vec<&str> = kept.iter().map(|change| &*change.step.id).collect();
        let yours = if kept.iter().any(|change| change.step.by == Author::Person) { ", yours included" } else { "" };
        say(&mut lines, Role::Kept, &ids.join(", "), &format!("same tool, same hand-off{yours}"));
    }
    for (id, why) in &replan.proposal.not_kept {
        let yours = state.step(id).is_none_or(|step| step.by == Author::Person);
        say(
            &mut lines,
            Role::Surprise,
            id,
            &format!("{} step cannot be kept: {why}", if yours { "your" } else { "this" }),
        );
    }
    // An audience reads what became of the plan; who steps through it, also what it could have been.
    for (tool, why) in tools::passed_over_by(state, &replan.proposal).filter(|_| view.ui.present.is_none()) {
        say(&mut lines, Role::Text, "not", &format!("{tool}: {why}"));
    }
    lines
}

/// Returns the last event before the proposal that changed what the plan stands on.
pub fn seen<'a>(session: &'a Session, replan: &Replan) -> Option<&'a Recorded> {
    let path = session.path();
    let before = &path[..path.partition_point(|seq| *seq < replan.seq)];
    let change = before.iter().rev().take(64).filter_map(|seq| session.record(*seq)).find(|record| {
        matches!(
            record.event,
            Event::Injected { .. }
                | Event::GoalChanged { .. }
                | Event::Finished { .. }
                | Event::Failed { .. }
                | Event::Edited { .. }
                | Event::Pinned { .. }
                | Event::Undone { .. }
                | Event::Redone { .. }
                | Event::DialTurned { .. }
        )
    });
    change.or_else(|| session.record(replan.saw))
}

/// Returns the tree of reasons for which there is no plan, or an empty list where there is none.
pub fn reasons(view: &View<'_>, width: usize) -> Rows {
    let Phase::Ended { why, reasons, .. } = &view.shown.state.phase else { return Rows::default() };
    let theme = view.theme;
    let why = found(&view.shown.state, why, reasons);
    // Cut, the one sentence that counts most would say nothing.
    let words = text::wrap(&harmless(&why), width.saturating_sub(2).max(8));
    let sign = |at: usize| if at == 0 { "✗ " } else { "  " };
    let row = |(at, row): (usize, &String)| {
        let row = Row::new().put(sign(at), theme.style(Role::Failed)).put(row, theme.style(Role::Strong));
        row.fit(width, width)
    };
    let mut rows = Rows::from(words.iter().enumerate().map(row).collect::<Vec<_>>());
    // Depth first with a stack of our own: a tree of reasons may be deep.
    if view.shown.state.is_react() {
        unmet(view, width, &mut rows);
    }
    let ways = remedies(&view.shown.state);
    if !ways.is_empty() {
        let part = |(at, way): (usize, &Remedy)| {
            let key = view.keymap.key_for(&[Mode::Plan, Mode::Everywhere], key_of(way.act)).map(|key| key.to_string());
            let part = Row::new().put(&key.unwrap_or_default(), theme.style(Role::Key));
            let part = part.put(&format!(" {}", way.does), theme.style(Role::Text));
            if at + 1 < ways.len() { part.put("   ", theme.style(Role::Dim)) } else { part }
        };
        let row = Row::new().put("  ", theme.style(Role::Dim));
        let (lines, places) = row.flow_placed(ways.iter().enumerate().map(part), width);
        let buttons = ways.iter().zip(places).map(|(way, (row, cells))| Button::new(row, cells, key_of(way.act)));
        rows.append(Rows { lines, buttons: buttons.collect() });
    }
    // Ahead of a tree that may be long; what was found too, as long as that hides no choice.
    let mut found = report::failures(view, width, usize::MAX);
    let few = if found.len() <= FOUND { std::mem::take(&mut found) } else { Vec::new() };
    rows.lines.extend(few);
    rows.append(report::choices(view, width));
    rows.lines.extend(report::all_the_same(view, width));
    let roots = match &**reasons {
        [only] if why.starts_with(&*only.sentence) => &only.because, // said in the line above already
        all => all,
    };
    let mut todo: Vec<(usize, &Reason)> = roots.iter().rev().map(|reason| (1, reason)).collect();
    while let Some((depth, reason)) = todo.pop() {
        let indent = "  ".repeat(depth.min(12));
        let row = Row::new().put(&indent, theme.style(Role::Dim)).put("└ ", theme.style(Role::Border));
        rows.lines.push(row.put(&reason.sentence, theme.style(Role::Text)).fit(width, width));
        todo.extend(reason.because.iter().rev().map(|reason| (depth + 1, reason)));
    }
    rows.lines.extend(found);
    rows
}

/// Returns the action that takes a way out.
pub fn key_of(act: Act) -> Action {
    match act {
        Act::Step => Action::Step,
        Act::Rerun => Action::Rerun,
        Act::Inject => Action::Inject,
        Act::Edit => Action::Edit,
        Act::Undo => Action::Undo,
        Act::Replan => Action::Replan,
        Act::Planner => Action::Planner,
        Act::Skip => Action::Skip,
        Act::Goal => Action::ChangeGoal,
        Act::Why => Action::Why,
    }
}

/// Says of each wanted key how it stands, of each action that was refused why, and what can be done.
fn unmet(view: &View<'_>, width: usize, rows: &mut Rows) {
    let (state, theme) = (&view.shown.state, view.theme);
    let dim = theme.style(Role::Dim);
    let mut say = |sign: Role, words: &str| {
        let row = Row::new().put("  ", dim).put(sign.glyph(), theme.style(sign)).put(" ", dim);
        let (row, clicks) = buttons::say(row, &view.parts(words), theme.style(Role::Text));
        rows.push(row.fit(width, width), clicks);
    };
    for (key, condition) in state.goal.wants.iter() {
        let words = match (state.context.get(key), state.want_verdict(key)) {
            (None, _) => "has no value",
            (Some(datum), _) if datum.refuted.is_some() => "is refuted",
            (Some(datum), _) if !datum.fresh => "is stale",
            (Some(_), Some(Verdict::True)) => continue,
            (Some(_), _) => "is not as wanted",
        };
        say(Role::Pending, &format!("{key} {words}; wanted: {}", condition::words(condition)));
    }
    for (usage, down) in state.standing_refusals() {
        say(Role::Failed, &format!("{} was refused: {}", usage.tool, down.message));
    }
    for run in state.failed.iter().filter_map(|at| state.runs.get(*at)) {
        let error = run.error.as_deref().unwrap_or("it failed");
        say(Role::Failed, &format!("{} failed: {error}", run.step.name()));
    }
    if let Some(words) = thought::account(state) {
        say(Role::Text, &words);
    }
    say(
        Role::Text,
        "try next: \x01inject\x02 gives a value · \x01strategy\x02 another strategy · \x01back\x02 looks back · \x01start_over\x02 starts over",
    );
}
