//! The plan pane: what ran, what is next, what is still to do, and during a replan what becomes of each step.

use crate::describe::step;
use crate::describe::thought;
use std::sync::Arc;

use ratatui::text::Line;

use crate::describe::remedies;
use crate::describe::sign::Role;
use crate::describe::survival;
use crate::describe::text;
use crate::describe::tools;
use crate::describe::useful::Useful;
use crate::describe::waiting;
use crate::engine::diff::{Change, ChangeKind};
use crate::engine::event::{Mark, Stop};
use crate::engine::plan::{Author, Step};
use crate::engine::state::{Phase, State, Status, StepRun};
use crate::ui::action::Action;
use crate::ui::keymap::Mode;
use crate::ui::session::lists::plan::{
    Item, PlanList, breakpoint, count, holder, home, item, rewritten, selected, turn_at, whole, whole_place,
};
use crate::ui::session::model::Beat;
use crate::ui::session::pane::{Pane, PaneId, PaneText, Spot, select};
use crate::ui::session::panes::columns::{Columns, FLOW, Head};
use crate::ui::session::panes::{ghosts, turn};
use crate::ui::session::view::View;
use crate::ui::theme::Theme;
use crate::ui::widgets::buttons::Button;
use crate::ui::widgets::row::Row;
use crate::ui::widgets::scroll;

impl Pane for PlanList {
    fn title(&self) -> &'static str {
        "Plan"
    }

    fn about(&self) -> &'static [&'static str] {
        &["what is to be done: reads → writes", "to be done: reads → writes", "what to do"]
    }

    fn spot(&self) -> Spot {
        Spot::Left
    }

    fn mode(&self) -> Option<Mode> {
        Some(Mode::Plan)
    }

    fn paint(&self, view: &View<'_>, width: usize, height: usize) -> PaneText {
        let state = &view.shown.state;
        let rows = count(view);
        let at = selected(view);
        let presented = view.ui.present.is_some();
        let details = |more| item(view, at).map(|item| detail(view, item, at, width, more)).unwrap_or_default();
        // Before an audience the steps are all there is, each with a row to itself.
        let mut detail = if presented { Vec::new() } else { details(0) };
        // The steps come first: the verdict on them has the rows that they and the details leave.
        let free = height.saturating_sub(rows + LEAST);
        let foot = if presented { Vec::new() } else { foot(view, width, free) };
        let apart = presented && rows * 2 <= height + 1;
        let has_foot = height > foot.len() + 4;
        let room = if has_foot { height - foot.len() } else { height };
        // What stands apart takes two rows each.
        let apart_rows = if apart { rows } else { 0 };
        // What it said stands whole where rows would stay empty.
        let spare = room.saturating_sub(rows + detail.len());
        if spare > 0 && !detail.is_empty() {
            detail = details(spare);
        }
        // The steps come first: what is said of one has the rows that they leave, and at least a few.
        let most = room.saturating_sub(rows).max(LEAST).min(room.saturating_sub(1));
        if detail.len() > most {
            detail.truncate(most);
            // What is left out is seen to be.
            if let Some(last) = detail.pop() {
                detail.push(more(last, width));
            }
        }
        let after = at + detail.len();
        let top = scroll::window(view.ui.cursor(PaneId::PLAN).top, at..after + 1, room, rows + detail.len());
        let mut text = PaneText { top, lines: Vec::with_capacity(height), ..PaneText::default() };
        // Where all of it is seen, sentences go on below themselves in the rows that would stay empty.
        let mut spare = room.saturating_sub(rows + apart_rows + detail.len());
        // Rows before the selected entry are entries; behind it stand its details.
        let (details, seen) = (detail.len(), (top..rows + detail.len()).take(room));
        let is_detail = |row: usize| row > at && row <= after;
        let entry_of = |row: usize| if row > at { row.saturating_sub(details).max(at) } else { row };
        // The columns are those of all that would be seen without the details: those move with the selection.
        let first = entry_of(top);
        let heads = (first..rows.min(first + room))
            .map_while(|entry| Some(head(view, item(view, entry)?, entry, width, spare > 0 && entry != at)));
        let heads: Vec<Head> = heads.collect();
        let columns = Columns::of(&heads, width);
        let mut heads = heads.into_iter().skip(usize::from(is_detail(top))).zip(first + usize::from(is_detail(top))..);
        for row in seen {
            if is_detail(row) {
                text.push(at, std::mem::take(&mut detail[row - at - 1]));
                continue;
            }
            let Some((mut head, entry)) = heads.next() else { break };
            // What is selected says what it writes in its details.
            let spare_here = if entry == at && !presented { 0 } else { spare };
            let below = head.below(columns, width, spare_here, view.theme);
            spare -= below.len();
            let line = head.line(columns, width, view.theme);
            let is_selected = entry == at && view.ui.focus == PaneId::PLAN;
            text.push(entry, if is_selected { select(line, view.theme) } else { line });
            for line in below {
                text.push(entry, line);
            }
            if apart && text.lines.len() < room {
                text.push(entry, Line::default());
            }
        }
        if rows == 0 && state.is_react() {
            text.lines.extend(turn::nothing(view, width).into_iter().take(room));
        } else if rows == 0
            && let Some(why) = unplanned(state)
        {
            let line = |words: &String| Row::new().put(words, view.theme.style(Role::Dim)).fit(width, width);
            text.lines.extend(text::wrap(why, width).iter().take(room).map(line));
        }
        let free = room.saturating_sub(text.lines.len());
        text.lines.extend(ghosts::lines(view, width).into_iter().take(free));
        if has_foot {
            text.lines.resize(room, Line::default());
            // The first row of the foot is that of the tools, where they are named.
            let names_tools = tools::not_chosen(state) > 0 && !state.is_react() && view.ui.watched().is_none();
            text.buttons.extend(names_tools.then(|| Button::new(room, 0..width, Action::Tools)));
            text.lines.extend(foot);
        }
        text.hidden = (top, (rows + details).saturating_sub(top + text.entries.len()));
        text.title = title(view).into();
        text.right = figures(view, rows);
        text
    }
}

fn title(view: &View<'_>) -> String {
    match (rewritten(view), view.shown.state.plan.revision) {
        (None, _) if view.shown.state.is_react() => "Turns".to_owned(),
        (Some(_), revision) => format!("Plan {revision} → {}", revision + 1),
        (None, 0 | 1) => "Plan".to_owned(),
        (None, revision) => format!("Plan {revision} ↻"),
    }
}

/// Returns what stands on the right of the title: how far the plan is, or what a replan does to it.
fn figures(view: &View<'_>, rows: usize) -> String {
    let state = &view.shown.state;
    match rewritten(view) {
        Some(changes) => tally(changes),
        None if rows == 0 => String::new(),
        None if state.is_react() => thought::tally(state),
        None => format!("{} of {} done", view.shown.ledger.done(), whole(view, rows)),
    }
}

/// What signs and status take of a row: a name that is longer than the rest is cut there and stands below it again.
const STATUS: usize = 20;

/// How many rows the plan checker's verdict may take.
const VERDICT: usize = 3;

/// Returns the figures of a replan: `+1 -0 =2`.
pub fn tally(changes: &[Change]) -> String {
    let of = |kind: ChangeKind| changes.iter().filter(|change| change.kind == kind).count();
    let mut words = format!("+{} -{} ={}", of(ChangeKind::Added), of(ChangeKind::Removed), of(ChangeKind::Kept));
    for (kind, sign) in [(ChangeKind::Changed, '±'), (ChangeKind::Moved, '↕')] {
        if of(kind) > 0 {
            words.push_str(&format!(" {sign}{}", of(kind)));
        }
    }
    words
}

/// Tells whether a value that the run wrote is stale or refuted now.
pub(crate) fn outdated(state: &State, run: &StepRun) -> bool {
    run.wrote.iter().any(|(key, version)| state.context.get(key).is_some_and(|d| d.version == *version && !d.fresh))
}

fn head(view: &View<'_>, item: Item<'_>, at: usize, width: usize, wraps: bool) -> Head {
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
            let over = matches!(state.phase, Phase::Reached | Phase::Ended { .. });
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

/// How many rows the details of the selected step have, however long the plan is.
const LEAST: usize = 3;

/// Returns what a step reads and writes, then the same in fewer and fewer words: where there is no room for both sides of
/// the hand-off, what it makes says more.
pub(crate) fn handed(step: &Step, width: usize) -> (String, Vec<String>) {
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
pub(crate) fn flow(step: &Step) -> String {
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
            format!("{word} {}", duration(ms))
        }
        _ => word.to_owned(),
    }
}

/// Returns `line` with an ellipsis at its end: more of what it belongs to found no row.
fn more(line: Line<'static>, width: usize) -> Line<'static> {
    let used = line.spans.iter().map(|span| text::width(span.content.trim_end())).sum::<usize>();
    let mut line = line;
    if let Some(last) = line.spans.iter_mut().rev().find(|span| !span.content.trim_end().is_empty()) {
        let words = last.content.trim_end();
        let words = if words.ends_with('…') {
            words.to_owned()
        } else if used + 2 <= width {
            format!("{words} …")
        } else {
            text::clip(words, text::width(words).saturating_sub(2))
        };
        last.content = if words.ends_with('…') { words.into() } else { format!("{words}…").into() };
    }
    line
}

/// Returns a duration in few cells: `0.4 ms`, `12 ms`, `3.1 s`.
pub fn duration(ms: f64) -> String {
    match ms {
        ms if ms < 9.95 => format!("{ms:.1} ms"),
        ms if ms < 999.5 => format!("{ms:.0} ms"),
        ms => format!("{:.1} s", ms / 1000.0),
    }
}

/// How many rows what a step reads may take.
const READS: usize = 3;

/// How many steps beside one are named before they are counted.
const BESIDE: usize = 4;

/// What details are indented by.
const INDENT: &str = "      ";

/// Adds what is said under a label, wrapped to at most so many rows.
pub(crate) fn say(
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
fn detail(view: &View<'_>, item: Item<'_>, at: usize, width: usize, more: usize) -> Vec<Line<'static>> {
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

/// Says why there is no plan yet; none where nobody is about to make one.
fn unplanned(state: &State) -> Option<&'static str> {
    match state.phase {
        _ if state.is_react() => None, // it makes none
        Phase::New | Phase::Planning { cause: None, .. } => Some("no plan yet: the planner looks for one"),
        Phase::Ready if state.plan.revision == 0 => Some("no plan yet"),
        Phase::Approving if state.stop == Some(Stop::Planner) => {
            Some("no plan yet: the planner is a program, which waits until you trust the goal file")
        }
        _ => None, // there is one, or none reaches the goal
    }
}

/// Returns what is said of the whole plan below its steps, in `free` rows where that is possible.
fn foot(view: &View<'_>, width: usize, free: usize) -> Vec<Line<'static>> {
    let (state, theme) = (&view.shown.state, view.theme);
    let mut lines = Vec::new();
    // What is not there yet is not checked.
    if count(view) == 0 && unplanned(state).is_some() {
        return lines;
    }
    if state.is_react() {
        return turn::foot(view, width);
    }
    let left = tools::not_chosen(state);
    if left > 0 && view.ui.watched().is_none() {
        let words = format!("{} not chosen, and why", text::count(left, "tool"));
        let row = Row::new().put("t", theme.style(Role::Key)).put(" ", theme.style(Role::Text));
        lines.push(row.put(&words, theme.style(Role::Dim)).fit(width, width));
    }
    if view.poses() {
        let row = Row::new().put(Role::Refuted.glyph(), theme.style(Role::Refuted));
        lines.push(row.put(" clear? ordered? handed off?", theme.style(Role::Dim)).fit(width, width));
    } else if let Some(check) = view.shown.check.as_ref().filter(|_| view.ui.watched().is_none()) {
        let mut row = Row::new();
        for (holds, word) in [(check.clear, "clear"), (check.ordered, "ordered"), (check.handed_off, "handed off")] {
            let sign = if holds { Role::Done } else { Role::Failed };
            row = row.put(sign.glyph(), theme.style(sign)).put(&format!(" {word}  "), theme.style(Role::Dim));
        }
        lines.push(row.fit(width, width));
        if !check.executable() {
            let fix = view.shown.fix.as_ref().zip(view.keymap.key_for(&view.modes(), Action::Mend));
            let left = free.saturating_sub(lines.len() + usize::from(fix.is_some()));
            // Where there is little room, the place says more than the advice that goes before it.
            let whole = text::wrap(&check.sentence(), width);
            let place = check.next_fix.as_deref().filter(|_| left < whole.len().min(VERDICT));
            let mut sentence = place.map_or(whole, |place| text::wrap(place, width));
            let most = left.clamp(1, VERDICT);
            if sentence.len() > most {
                let rest = sentence.split_off(most - 1).join(" ");
                sentence.push(text::clip_words(&rest, width));
            }
            let left = left.saturating_sub(sentence.len());
            for row in sentence {
                lines.push(Row::new().put(&row, theme.style(Role::Warning)).fit(width, width));
            }
            if let Some((fix, press)) = fix {
                let key = press.to_string();
                let mut does = text::wrap(&fix.does, width.saturating_sub(key.len() + 1).max(8));
                if does.len() > left + 1 {
                    does = vec![fix.does.clone()];
                }
                for (at, words) in does.iter().enumerate() {
                    let sign = if at == 0 { key.clone() } else { " ".repeat(key.len()) };
                    let row = Row::new().put(&sign, theme.style(Role::Key)).put(" ", theme.style(Role::Text));
                    lines.push(row.put(words, theme.style(Role::Text)).fit(width, width));
                }
            }
        }
    }
    lines
}
