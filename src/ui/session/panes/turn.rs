//! Turns in the plan pane: what was thought, what it was chosen over, what became of it; and loops with their budget.

use crate::describe::step;
use std::sync::Arc;

use ratatui::text::Line;

use crate::describe::sign::Role;
use crate::describe::text;
use crate::engine::plan::Step;
use crate::engine::state::{State, StepRun};
use crate::engine::turn::{Became, Refused, Turn};
use crate::ui::session::lists::outline;
use crate::ui::session::lists::plan::{self, Item};
use crate::ui::session::panes::plan::{flow, say};
use crate::ui::session::view::View;
use crate::ui::widgets::row::Row;

/// How many of the tools that lost are named under a turn.
const NAMED: usize = 2;

/// Returns the number of the turn that an entry belongs to, with a blank behind it; empty where it has none.
pub(crate) fn number(view: &View<'_>, at: usize) -> String {
    if view.ui.outline.is_none() && !view.shown.state.is_react() {
        return String::new();
    }
    let home = plan::home(view, at);
    if home.turns.is_empty() {
        return String::new();
    }
    // Where the ids count the thoughts already, the number would only say the same again.
    let last = home.turns.iter().enumerate().rev().find_map(|(at, turn)| Some((at, turn.thought.step.as_ref()?)));
    if last.is_none_or(|(at, step)| *step.id == format!("{}{}", home.id_prefix, at + 1)) {
        return String::new();
    }
    let digits = home.turns.len().to_string().len();
    match plan::turn_at(view, at) {
        Some((number, _)) => format!("{number:>digits$} "),
        None => " ".repeat(digits + 1),
    }
}

/// Returns the row of a thought whose action was never started.
pub(crate) fn head(view: &View<'_>, turn: &Arc<Turn>, at: usize, width: usize) -> Line<'static> {
    let theme = view.theme;
    let (sign, word) = match (&turn.became, &turn.thought.step) {
        (Became::Refused { .. }, _) => (Role::Failed, "refused"),
        (Became::Dropped, _) => (Role::Skipped, "dropped"),
        (Became::Open, None) => (Role::Failed, "nothing left"),
        (Became::Open | Became::Acted(_), _) => (Role::Pending, "thought"),
    };
    let indent = if plan::holder(view, at).is_some() { "    " } else { "  " };
    let mut row = Row::new()
        .put(indent, theme.style(Role::Text))
        .put(sign.glyph(), theme.style(sign))
        .put(" ", theme.style(Role::Text))
        .put(&number(view, at), theme.style(Role::Dim));
    row = match &turn.thought.step {
        Some(step) => row
            .put(&step.id, theme.style(Role::Dim))
            .put(" ", theme.style(Role::Text))
            .put(step.name(), theme.words(sign)),
        None => row.put("nothing is left to try", theme.style(Role::Text)),
    };
    if width >= 56 {
        let words = match (&turn.became, &turn.thought.step) {
            (Became::Refused(refused), Some(step)) => refused_why(step, refused),
            (_, Some(step)) => flow(step),
            (_, None) => String::new(),
        };
        row = row.tab(32.min(width / 2), true).put(&words, theme.style(Role::Dim));
    }
    row.right(word, theme.words(sign)).fit(width, 16)
}

/// Returns what is to be said about the turn of an entry, and about the loop inside it.
pub(crate) fn detail(view: &View<'_>, at: usize, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let mut put = |label: &str, words: &str, most| say(&mut lines, view.theme, width, (label, words, most));
    if let Some((_, turn)) = plan::turn_at(view, at) {
        if let (Became::Refused(refused), Some(step)) = (&turn.became, &turn.thought.step) {
            put("refused ", &refused_why(step, refused), 3);
        }
        put("why    ", &turn.thought.why, if width >= 56 { 3 } else { 2 });
        let lost = turn
            .thought
            .considered
            .iter()
            .filter(|other| turn.thought.step.as_ref().is_none_or(|step| step.tool.as_ref() != Some(&other.tool)));
        let named: Vec<String> = lost
            .clone()
            .filter(|other| other.score.is_none_or(|score| score > 0.0))
            .take(NAMED)
            .map(|other| match other.score {
                Some(score) => format!("{} {score:.2}", other.tool),
                None => other.tool.to_string(),
            })
            .collect();
        let more = lost.count().saturating_sub(named.len());
        if !named.is_empty() {
            let more = if more > 0 { format!(", {more} more") } else { String::new() };
            put("over   ", &format!("{}{more}", named.join(", ")), 2);
        }
    }
    let Some(Item::Run(run)) = plan::item(view, at) else { return lines };
    let state = plan::home(view, at);
    if let Some(explore) = run.step.tool_in(&state.goal.tools).and_then(|tool| tool.run.explore.as_ref()) {
        put("until  ", &explore.until, 2);
        put("tools  ", &explore.tools.join(", "), 2);
        if let Some(used) = budget(state, run) {
            put("used   ", &format!("{used} thoughts"), 1);
        }
    }
    lines
}

/// Tells whether the entries of the loop inside `run` show, and stand for where the session is.
pub(crate) fn shows_inside(view: &View<'_>, run: &StepRun) -> bool {
    let state = &view.shown.state;
    state.is_loop_under_way(run)
        && outline::is_unfolded(state, run, &view.ui.loops)
        && state.inner.as_ref().is_some_and(|inner| !inner.runs.is_empty() || !inner.plan.remaining().is_empty())
}

/// Returns how much of its budget the loop inside `run` has used: "3 of 8"; none where it is not a loop.
pub(crate) fn budget(state: &State, run: &StepRun) -> Option<String> {
    let inside = state.loop_of(run)?;
    let explore = inside.goal.exploring.as_ref()?;
    Some(format!("{} of {}", inside.turns.len(), explore.budget))
}

/// Returns what stands in the pane before the first turn: what a turn is.
pub(crate) fn nothing(view: &View<'_>, width: usize) -> Vec<Line<'static>> {
    let theme = view.theme;
    let mut lines = Vec::new();
    let beats = [
        ("think  ", "which tool next? Only from what is known now"),
        ("act    ", "use it; it is refused where something that it needs is missing"),
        ("observe", "see what came back, and think again"),
    ];
    for (beat, words) in beats {
        let room = width.saturating_sub(10).max(8);
        for (at, words) in text::wrap(words, room).into_iter().enumerate() {
            let beat = if at == 0 { beat } else { "       " };
            let row = Row::new().put("  ", theme.style(Role::Text)).put(beat, theme.style(Role::Strong));
            let row = row.put(" ", theme.style(Role::Text)).put(&words, theme.style(Role::Dim));
            lines.push(row.fit(width, width));
        }
    }
    lines
}

/// Returns what stands at the foot of the pane where no plan is made.
pub(crate) fn foot(view: &View<'_>, width: usize) -> Vec<Line<'static>> {
    let theme = view.theme;
    let mut lines = Vec::new();
    let row = |words: &str| Row::new().put(words, theme.style(Role::Dim)).fit(width, width);
    lines.push(row("no plan: one decision at a time"));
    if plan::selected(view) < plan::count(view) && plan::turn_at(view, plan::selected(view)).is_some() {
        let key = Row::new().put("w", theme.style(Role::Key)).put(" ", theme.style(Role::Text));
        lines.push(key.put("what else was considered", theme.style(Role::Dim)).fit(width, width));
    }
    lines
}

fn refused_why(step: &Step, refused: &Refused) -> String {
    step::refusal(Some(step), &refused.message, refused.key.as_ref(), refused.because.as_ref())
}
