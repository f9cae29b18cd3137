//! The report at the end, in the place of the trace: what came out, how it compares, what was not needed, what to try.

use crate::describe::coped;
use crate::describe::thought;
use crate::describe::value;
use ratatui::text::Line;

use crate::describe::sign::Role;
use crate::describe::text;
use crate::engine::goal::Key;
use crate::engine::state::Status;
use crate::engine::value::Value;
use crate::ui::session::view::View;
use crate::ui::widgets::row::Row;

/// The longest text that a report shows whole: what is longer shows its beginning, for it is laid out at every key.
const LONGEST: usize = 20_000;

/// Returns everything there is to say about a goal that was reached.
pub fn all(view: &View<'_>, width: usize) -> Vec<Line<'static>> {
    let (state, theme) = (&view.shown.state, view.theme);
    let (plain, dim) = (theme.style(Role::Text), theme.style(Role::Dim));
    let mut lines = Vec::new();
    let last = || state.runs.iter().rev().find(|run| run.status == Status::Done);
    let keys: Vec<&Key> = if state.goal.wants.is_empty() {
        last().map(|run| run.step.writes().collect()).unwrap_or_default()
    } else {
        state.goal.wants.keys().collect()
    };
    for key in keys {
        let Some(datum) = state.context.get(key) else { continue };
        let words = match &*datum.value {
            Value::String(words) if words.len() > LONGEST => text::clip(words, LONGEST / 4),
            Value::String(words) => words.clone(),
            value if value::json(value, LONGEST).ends_with('…') => value::json(value, LONGEST / 4),
            value if width > 20 => value::json_pretty(value),
            value => value::json(value, width),
        };
        lines.push(Row::new().put("✓ ", theme.style(Role::Done)).put(key, theme.style(Role::Strong)).fit(width, width));
        let wrapped = text::wrap(&words, width.saturating_sub(4).max(8));
        lines.extend(wrapped.into_iter().map(|line| Row::new().put("  ", dim).put(&line, plain).fit(width, width)));
    }
    for expected in coped::expectations(state) {
        let sign = coped::role(&expected.judged);
        let row = Row::new().put("expect ", dim).put(sign.glyph(), theme.style(sign)).put(" ", dim);
        let words = format!("{} {}: {}", expected.key, expected.condition, expected.judged.said());
        lines.push(row.put(&words, plain).fit(width, width));
    }
    lines.extend(failures(view, width));
    let unneeded: Vec<&str> = state.plan.remaining().iter().filter(|s| !s.skip).map(|s| s.name()).collect();
    if !unneeded.is_empty() {
        let words = format!("not needed any more: {}", unneeded.join(", "));
        lines.push(Row::new().put(&words, dim).fit(width, width));
    }
    // A surprise whose moment never came changed nothing: without a word one would think that it had been coped with.
    for waiting in &state.scheduled {
        let Some(tool) = &waiting.after else { continue };
        let name = waiting.scenario.as_deref().unwrap_or("a surprise");
        let row = Row::new().put(Role::Surprise.glyph(), theme.style(Role::Surprise)).put(" ", plain);
        lines.push(row.put(&format!("{name} never came: it waits for {tool}"), plain).fit(width, width));
    }
    if let Some(words) = thought::account(state) {
        lines.push(Row::new().put(&words, dim).fit(width, width));
    }
    let surprise = if state.goal.scenarios.is_empty() { "i inject" } else { "x lands a surprise" };
    let next = format!("try next: {surprise} · [ looks back · 0 starts over · Esc the trace");
    lines.extend(text::wrap(&next, width).into_iter().map(|line| Row::new().put(&line, dim).fit(width, width)));
    lines
}

/// Returns what the failure checks found, in the words of `run`: red what stands, green what was mended.
pub(super) fn failures(view: &View<'_>, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for failure in view.found {
        let role = if failure.mended.is_some() { Role::Done } else { Role::Failed };
        for (at, words) in text::wrap(&failure.said(), width.saturating_sub(2).max(8)).iter().enumerate() {
            let glyph = if at == 0 { role.glyph() } else { " " };
            let row = Row::new().put(glyph, view.theme.style(role)).put(" ", view.theme.style(Role::Text));
            lines.push(row.put(words, view.theme.style(Role::Text)).fit(width, width));
        }
    }
    lines
}
