//! The report at the end, in place of the trace: what came out, how it compares, what went wrong, what to try next.

use ratatui::text::{Line, Span};

use crate::checks::failures::Failure;
use crate::describe::coped;
use crate::describe::evidence::{result_keys, standing};
use crate::describe::sign::Role;
use crate::describe::text;
use crate::describe::thought;
use crate::describe::value;
use crate::engine::event::Outcome;
use crate::engine::goal::Key;
use crate::engine::state::Phase;
use crate::ui::dialogs::choice_rows;
use crate::ui::session::model::Below;
use crate::ui::session::view::View;
use crate::ui::widgets::buttons::{self, Rows};
use crate::ui::widgets::row::Row;

/// The longest text that a report shows whole: what is longer shows its beginning, for it is laid out at every key.
const LONGEST: usize = 20_000;

/// The least rows that a report leaves to what came out.
const LEAST: usize = 2;

/// How many rows there are for what came out where the goal was not reached.
const SAME: usize = 3;

/// The most rows that what came out has whatever else there is to say.
const MOST: usize = 5;

/// Returns what there is to say about a goal that was reached, in `height` rows where that is possible: of a long
/// result the beginning, so that how it compares and what to try next are seen beside it.
pub fn all(view: &View<'_>, width: usize, height: usize) -> Rows {
    let values = results(view, width);
    let (compared, besides, choices) = (compared(view, width), besides(view, width), choices(view, width));
    // What the checks found stands in whole sentences where that hides no choice.
    let all: usize = values.iter().map(|(_, rows)| rows.len()).sum();
    let least = (values.len() + 1).clamp(LEAST, MOST).min(all);
    let others = compared.len() + besides.len() + choices.lines.len() + least;
    let found = failures(view, width, height.saturating_sub(others));
    let mut below = Rows::from([compared, found, besides].concat());
    below.append(choices);
    let room = height.saturating_sub(below.lines.len()).max(least);
    // The last row says where the rest is.
    let shares = shares(&values, if all > room { room.saturating_sub(1) } else { room });
    let mut rows = Rows::default();
    for ((key, words), share) in values.iter().zip(&shares) {
        rows.lines.extend(result(view, key, words, *share, width));
    }
    if let Some(more) = all.checked_sub(shares.iter().sum()).filter(|more| *more > 0) {
        let words = format!("  … {}: \x01evidence\x02 shows everything", text::count(more, "more line"));
        let (row, clicks) = buttons::say(Row::new(), &view.parts(&words), view.theme.style(Role::Dim));
        rows.push(row.fit(width, width), clicks);
    }
    rows.append(below);
    rows
}

/// A value that came out, in rows.
type Shown<'a> = (&'a str, Vec<String>);

/// Returns how many of `room` rows each value has: none has more than another that needs as many.
fn shares(values: &[Shown<'_>], room: usize) -> Vec<usize> {
    let mut shares = vec![0; values.len()];
    let mut left = room;
    loop {
        let before = left;
        for (share, (_, rows)) in shares.iter_mut().zip(values) {
            if left > 0 && *share < rows.len() {
                *share += 1;
                left -= 1;
            }
        }
        if left == before {
            return shares;
        }
    }
}

/// Returns the values that came out, each in the rows that it needs: the text begins beside its key.
fn results<'v>(view: &View<'v>, width: usize) -> Vec<Shown<'v>> {
    let state = &view.shown.state;
    let one = |key: &'v Key| {
        let datum = state.context.get(key)?;
        let room = width.saturating_sub(text::width(key) + 4);
        let value = datum.value.look();
        let words = match value.beginning(LONGEST + 1) {
            Some(words) if words.len() > LONGEST => text::clip(&words, LONGEST / 4),
            Some(words) => words.into_owned(),
            None if !value::json(value, room).ends_with('…') => value::json(value, room),
            None if value::json(value, LONGEST).ends_with('…') => value::json(value, LONGEST / 4),
            None if width > 20 => value::json_pretty(&value.value()),
            None => value::json(value, width),
        };
        Some((&**key, text::wrap(&format!("{key}  {words}"), width.saturating_sub(2).max(8))))
    };
    result_keys(state).into_iter().filter_map(one).collect()
}

/// Returns the first `share` rows of a value; where there are more, the last of them is seen to go on.
fn result(view: &View<'_>, key: &str, words: &[String], share: usize, width: usize) -> Vec<Line<'static>> {
    let theme = view.theme;
    let role = standing(&view.shown.state, key).0;
    let line = |(at, row_of): (usize, &String)| {
        let sign = if at == 0 { role.glyph() } else { " " };
        let row = Row::new().put(sign, theme.style(role)).put(" ", theme.style(Role::Text));
        let cut = (at + 1 == share && share < words.len()).then(|| format!("{row_of} …"));
        let said = cut.as_ref().unwrap_or(row_of);
        let key = text::clip(key, width);
        let row = match said.strip_prefix(&*key).filter(|_| at == 0) {
            Some(rest) => row.put(&key, theme.style(Role::Strong)).put(rest, theme.style(Role::Text)),
            None => row.put(said, theme.style(Role::Text)),
        };
        row.fit(width, width)
    };
    words.iter().take(share).enumerate().map(line).collect()
}

/// Returns the first rows of what came out all the same where the goal was not reached: a plan that was carried out ends
/// with an answer, and whoever looks at it sees which.
pub(super) fn all_the_same(view: &View<'_>, width: usize) -> Vec<Line<'static>> {
    let state = &view.shown.state;
    let ended = matches!(&state.phase, Phase::Ended { outcome: Outcome::NotReached, .. });
    if !ended {
        return Vec::new();
    }
    let values = results(view, width);
    let shares = shares(&values, MOST.min(SAME.max(values.len())));
    let shown = values.iter().zip(&shares);
    shown.flat_map(|((key, words), share)| result(view, key, words, *share, width)).collect()
}

/// Returns how the values compare with what is expected in the world as it became.
fn compared(view: &View<'_>, width: usize) -> Vec<Line<'static>> {
    let expectations = coped::expectations(view.session, &view.shown.state);
    let (met, others): (Vec<_>, Vec<_>) = expectations.iter().partition(|one| one.judged.met() == Some(true));
    let keys: Vec<&str> = met.iter().map(|one| &*one.key).collect();
    let mut lines = Vec::new();
    if !keys.is_empty() {
        lines = marked(view, Role::Done, &format!("as expected in this world: {}", keys.join(", ")), width);
    }
    lines.extend(others.iter().flat_map(|one| marked(view, one.role(), &format!("expect {}", one.said()), width)));
    lines
}

/// Returns what was not needed, what never came, and how many decisions it took.
fn besides(view: &View<'_>, width: usize) -> Vec<Line<'static>> {
    let (state, theme) = (&view.shown.state, view.theme);
    let mut lines = Vec::new();
    let plain = |words: &str| Row::new().put(words, theme.style(Role::Dim)).fit(width, width);
    let unneeded: Vec<&str> = state.plan.remaining().iter().filter(|s| !s.skip).map(|s| s.name()).collect();
    if !unneeded.is_empty() {
        lines.push(plain(&format!("not needed any more: {}", unneeded.join(", "))));
    }
    // A surprise whose moment never came changed nothing: without a word one would think that it had been coped with.
    for coped::InWait { name, tool } in coped::in_wait(view.session, state) {
        let Some(tool) = tool else { continue };
        lines.extend(marked(view, Role::Surprise, &format!("{name} never came: it waits for {tool}"), width));
    }
    lines.extend(thought::account(state).map(|words| plain(&words)));
    lines
}

/// Returns what the failure checks found, in the words of `run`: red what stands, green what was mended. An audience reads
/// which check it was, and where. Where that takes more than `most` rows, each has one.
pub(super) fn failures(view: &View<'_>, width: usize, most: usize) -> Vec<Line<'static>> {
    let Some(found) = view.found else { return Vec::new() };
    if found.is_empty() && view.ui.report.is_some() {
        return marked(view, Role::Done, "the failure checks found nothing", width);
    }
    let role = |mended: bool| if mended { Role::Done } else { Role::Failed };
    let said = |one: &Failure| if view.ui.present.is_some() { one.brief() } else { one.said() };
    // Of thousands of them a frame pays for those that it shows: none takes less than a row.
    if found.len() <= most {
        let whole = |one: &Failure| marked(view, role(one.mended.is_some()), &said(one), width);
        let all: Vec<Vec<Line<'_>>> = found.iter().map(whole).collect();
        if all.iter().map(Vec::len).sum::<usize>() <= most {
            return all.concat();
        }
    }
    let cut = |one: &Failure| {
        marked(view, role(one.mended.is_some()), &text::clip_words(&said(one), width.saturating_sub(2)), width)
    };
    let mut lines: Vec<Line<'_>> = found.iter().take(most.max(1) + 1).flat_map(cut).collect();
    if lines.len() > most.max(1) {
        lines.truncate(most.max(1) - 1);
        let words = format!("failure checks found {}: \x01evidence\x02 shows them", text::count(found.len(), "thing"));
        lines.extend(marked(view, Role::Failed, &view.words(&words), width));
    }
    lines
}

/// Returns what to try next, each after its digit.
pub(super) fn choices(view: &View<'_>, width: usize) -> Rows {
    let Some(report) = view.ui.report.as_ref().filter(|_| !view.shown.past) else { return Rows::default() };
    choice_rows(report.numbered(), width, view.theme)
}

/// Returns what stands on the right of the title: that the digits choose, and which key goes to the panes instead.
pub(super) fn keys(view: &View<'_>) -> String {
    let Some(report) = view.ui.report.as_ref().filter(|_| view.offers_choices()) else { return String::new() };
    let last = report.choices.len();
    view.words(&format!("1-{last} choose · \x01next_pane\x02 panes")).into_owned()
}

fn marked(view: &View<'_>, role: Role, words: &str, width: usize) -> Vec<Line<'static>> {
    let line = |(at, words): (usize, String)| {
        let glyph = if at == 0 { role.glyph() } else { " " };
        let row = Row::new().put(glyph, view.theme.style(role)).put(" ", view.theme.style(Role::Text));
        row.put(&words, view.theme.style(Role::Text)).fit(width, width)
    };
    text::wrap(words, width.saturating_sub(2).max(8)).into_iter().enumerate().map(line).collect()
}

/// Returns what it is called: reasons while something can still run are no report.
pub(super) fn name(view: &View<'_>) -> &'static str {
    let over = view.ui.report.is_some() && !view.shown.past;
    if over || view.below() == Below::Report { "Report" } else { "Why not" }
}

/// Returns the title: what it is, and how the session stands.
pub(super) fn title(view: &View<'_>) -> Line<'static> {
    let title = Span::raw(name(view));
    let Some(report) = view.ui.report.as_ref().filter(|_| !view.shown.past) else { return Line::from(title) };
    let words = crate::describe::sanitize::harmless(&report.headline).into_owned();
    Line::from(vec![title, Span::styled(format!("  {words}"), view.theme.style(Role::Text))])
}
