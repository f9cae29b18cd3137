//! The row of a step in the plan pane: its signs, what it is called, what it reads and writes, how it stands.

use std::sync::Arc;

use ratatui::text::Line;

use crate::describe::remedies;
use crate::describe::sign::Role;
use crate::describe::step;
use crate::describe::survival;
use crate::describe::text;
use crate::describe::useful::Useful;
use crate::describe::waiting;
use crate::engine::diff::ChangeKind;
use crate::engine::event::Mark;
use crate::engine::plan::{Author, Step};
use crate::engine::state::{Phase, State, Status, StepRun};
use crate::ui::session::lists::plan::{Item, breakpoint, holder, home, rewritten, whole_place};
use crate::ui::session::model::Beat;
use crate::ui::session::panes::columns::{FLOW, Head};
use crate::ui::session::panes::turn;
use crate::ui::session::view::View;
use crate::ui::widgets::row::Row;

use super::LEAST;

/// Tells whether a value that the run wrote is stale or refuted now.
pub(in crate::ui::session::panes) fn outdated(state: &State, run: &StepRun) -> bool {
    run.wrote.iter().any(|(key, version)| state.context.get(key).is_some_and(|d| d.version == *version && !d.fresh))
}

pub(super) fn head(view: &View<'_>, item: Item<'_>, at: usize, width: usize, wraps: bool) -> Head {
    let (state, theme) = (home(view, at), view.theme);
    let nested = holder(view, at).is_some();
    let step = match (item, item.step()) {
        (Item::Thought(turn), _) => return Head::Whole(turn::head(view, turn, at, width)),
        (_, Some(step)) => step,
        (_, None) => return Head::Whole(Line::default()),
    };
    let breaks = view.ui.watched().is_some_and(|watch| watch.beat >= Beat::Breaks);
    // What a changed goal leaves of it is said before the plan is rewritten.
    let useful = view.ui.watched().filter(|watch| watch.beat == Beat::Breaks && !nested);
    let useful = useful.and_then(|watch| watch.useful.get(&step.id).copied());
    let (mark, sign, status) = match item {
        Item::Run(run) => {
            let given = matches!(run.mark, Mark::Injected | Mark::Answered);
            let sign = match run.status {
                Status::Done if outdated(state, run) => Role::Stale,
                Status::Done if given => Role::Injected,
                Status::Done if run.mark == Mark::Recorded => Role::Recorded,
                status => step::sign(status),
            };
            let waits = matches!(state.phase, Phase::Interrupted)
                && state.runs.last().is_some_and(|last| last.step.id == run.step.id);
            // Where a loop is under way, it is inside that the session stands.
            let here = matches!(run.status, Status::Running) && !turn::shows_inside(view, run);
            let mark = if here || waits { Role::Current } else { Role::Text };
            // One sign that it runs is enough.
            let sign = if here && sign == Role::Current { Role::Text } else { sign };
            let words =
                useful.map_or_else(|| status_words(state, run, view, width), |useful| useful.words().to_owned());
            (mark, sign, words)
        }
        Item::Todo(step) => {
            let next = state.next_step().is_some_and(|next| next.id == step.id);
            let broken = breaks
                && !nested
                && useful.is_none()
                && state.deviations.iter().any(|d| d.step.as_ref() == Some(&step.id));
            let blocked = !broken && !nested && remedies::blocks(state, &step.id);
            let over = state.phase.is_over();
            let mark = match (
                broken || blocked,
                next && !over && !matches!(state.phase, Phase::Running { .. } | Phase::Interrupted),
            ) {
                (true, _) => Role::Surprise,
                (false, true) => Role::Current,
                (false, false) => Role::Text,
            };
            let ghost = view.ahead().filter(|_| !nested).map(|ahead| ahead.of_step(&step.id));
            let sign = ghost.map_or(if step.skip { Role::Skipped } else { Role::Pending }, |(sign, _)| sign);
            let predicted = view.ui.watched().filter(|_| !nested && !step.skip);
            let predicted = predicted.and_then(|watch| watch.predicted.as_ref());
            let words = match () {
                () if useful.is_some() => useful.map(Useful::words).unwrap_or_default().to_owned(),
                () if let Some((_, words)) = ghost => words.to_owned(),
                () if let Some(dropped) = predicted => {
                    format!("? {}", survival::word(!dropped.contains(&step.id)))
                }
                () if broken => "breaks".to_owned(),
                () if step.skip => "skipped".to_owned(),
                () if blocked => "blocked".to_owned(),
                () if state.phase == Phase::Reached => "not needed".to_owned(),
                () => match (waiting::of_step(state, step), matches!(state.phase, Phase::Approving) && next) {
                    // What waits for it is not forgotten while it asks.
                    (Some(_), true) => format!("{} asks first", Role::Surprise.glyph()),
                    (None, true) => "asks first".to_owned(),
                    (Some(waits), false) => format!("{} {waits}", Role::Surprise.glyph()),
                    (None, false) => repeats(step),
                },
            };
            (mark, sign, words)
        }
        Item::Thought(_) => (Role::Text, Role::Text, String::new()), // has a row of its own
        Item::Proposed(change) => {
            let out = view.ui.watched().is_some_and(|watch| watch.out.contains(&step.id));
            let words = match change.kind {
                _ if out => "not this line".to_owned(),
                ChangeKind::Added if step.repeats.is_some() => repeats(step),
                ChangeKind::Added => "new".to_owned(),
                ChangeKind::Removed => "dropped".to_owned(),
                ChangeKind::Moved => "moved".to_owned(),
                ChangeKind::Changed => "changed".to_owned(),
                ChangeKind::Kept => String::new(),
            };
            let predicted = view.ui.watched().and_then(|watch| watch.predicted.as_ref());
            let words = match predicted.and_then(|dropped| survival::is_right(dropped, change)) {
                Some(right) => {
                    let word = if words.is_empty() { survival::word(true) } else { &words };
                    format!("{} {word}", if right { Role::Done } else { Role::Failed }.glyph())
                }
                None => words,
            };
            let mark = if out { Role::Skipped } else { step::changed(change.kind) };
            let sign = if change.kind == ChangeKind::Removed || step.skip { Role::Skipped } else { Role::Pending };
            (mark, sign, words)
        }
    };
    let gone = matches!(item, Item::Proposed(change) if change.kind == ChangeKind::Removed)
        || sign == Role::Removed
        || step.skip
        || useful == Some(Useful::Dropped);
    let name = if gone {
        theme.words(Role::Removed)
    } else if mark == Role::Current {
        theme.style(Role::Strong)
    } else {
        theme.style(Role::Text)
    };
    let author = match step.by {
        Author::Person => "✎",
        Author::Planner | Author::File => "",
    };
    let gutter = breakpoint(view, step);
    let (rail, number) = (rail(view, at), turn::number(view, at));
    let indent = 5 + if nested { 2 } else { 0 } + text::width(rail) + text::width(&number) + text::width(&step.id);
    let ends = if status.is_empty() { 0 } else { text::width(&status) + 1 };
    let mut parts = match wraps && step.tool.is_none() {
        true => text::wrap(step.name(), width.saturating_sub(indent + ends + text::width(author)).max(LEAST)),
        false => Vec::new(),
    };
    let more = (parts.split_off(parts.len().min(1)), indent);
    let words = parts.first().map_or(step.name(), String::as_str);
    let lead = Row::new()
        .put(mark.glyph(), theme.style(mark))
        .put(gutter.map_or(" ", Role::glyph), theme.style(gutter.unwrap_or(Role::Text)))
        .put(if nested { "  " } else { "" }, theme.style(Role::Text))
        .put(sign.glyph(), theme.style(sign))
        .put(" ", theme.style(Role::Text))
        .put(rail, theme.style(Role::Border))
        .put(&number, theme.style(Role::Dim))
        .put(&step.id, theme.style(Role::Dim))
        .put(" ", theme.style(Role::Text))
        .put(words, name)
        .put(author, theme.style(Role::Injected));
    let (flow, short) = handed(step, width);
    let about = if step.tool.is_some() { step.description.clone() } else { Arc::default() };
    // What happens to a step says more than how it stands.
    let said = if matches!(mark, Role::Text | Role::Current | Role::Kept) { sign } else { mark };
    let is_plain = sign == Role::Done && status == sign.word();
    Head::Step { lead, more, flow, short, about, status: (status, theme.words(sign)), is_plain, said }
}

/// Returns what a step reads and writes, then the same in fewer and fewer words: where there is no room for both sides of
/// the hand-off, what it makes says more.
pub(in crate::ui::session::panes) fn handed(step: &Step, width: usize) -> (String, Vec<String>) {
    let flow = flow(step);
    if flow.is_empty() || width >= FLOW && step.to.is_empty() {
        return (flow, Vec::new());
    }
    let keys: Vec<&str> = step.writes().map(|key| &**key).collect();
    let writes = format!("→ {}", keys.join(", "));
    let reads = Some(step.reads().count()).filter(|reads| *reads > 1 && width >= FLOW);
    let counted = reads.map(|reads| format!("{} {writes}", text::count(reads, "key")));
    let fewest = (keys.len() > 1).then(|| format!("→ {} keys", keys.len()));
    match width >= FLOW {
        true => (flow, counted.into_iter().chain([writes]).chain(fewest).collect()),
        false => (writes, fewest.into_iter().collect()),
    }
}

/// Returns the piece of the rail beside a row: a group of steps of which none needs another is held together by one.
fn rail(view: &View<'_>, at: usize) -> &'static str {
    let groups = &view.shown.beside;
    if groups.is_empty() || rewritten(view).is_some() {
        return "";
    }
    let Some(place) = whole_place(view, at) else { return "  " };
    match groups.get(place) {
        Some(group) if group.len() > 1 => match place {
            first if first == group.start => "┌ ",
            last if last + 1 == group.end => "└ ",
            _ => "├ ",
        },
        Some(_) | None => "  ",
    }
}

/// Returns what a step reads and writes; nothing for one that names no keys: it writes one of its own name.
pub(in crate::ui::session::panes) fn flow(step: &Step) -> String {
    if step.tool.is_none() && step.with.is_empty() && step.writes().all(|key| **key == *step.id) {
        return String::new();
    }
    let list = |keys: Vec<&str>| if keys.is_empty() { "–".to_owned() } else { keys.join(", ") };
    format!("{} → {}", list(step.reads().map(|key| &**key).collect()), list(step.writes().map(|key| &**key).collect()))
}

fn repeats(step: &Step) -> String {
    step.repeats.as_ref().map(|id| format!("again ({id})")).unwrap_or_default()
}

fn status_words(state: &State, run: &StepRun, view: &View<'_>, width: usize) -> String {
    let word = match run.status {
        Status::Done if outdated(state, run) => "stale",
        Status::Done if run.mark == Mark::Injected => "given",
        Status::Done if run.mark == Mark::Answered => "answered",
        Status::Done if run.mark == Mark::Recorded => "record",
        Status::Done if run.on_stale => "on stale values",
        Status::Done if run.step.repeats.is_some() => return repeats(&run.step),
        _ => run.word(),
    };
    if run.status == Status::Running && state.waits_for_person() {
        return "waits for you".into();
    }
    if let Some(used) = turn::budget(state, run) {
        return match run.status {
            Status::Running => used,
            _ => format!("{word}, {used}"),
        };
    }
    if run.status == Status::Running {
        let seconds = view.elapsed.map_or(0, |elapsed| elapsed.as_secs());
        return if seconds == 0 { "running".into() } else { format!("running {seconds} s") };
    }
    match run.wall_ms {
        // Beside "stale" it would be read as how long it has been so.
        Some(ms) if width >= 56 && view.ui.times && run.mark == Mark::Ran && !outdated(state, run) => {
            format!("{word} {}", text::duration(ms))
        }
        _ => word.to_owned(),
    }
}
