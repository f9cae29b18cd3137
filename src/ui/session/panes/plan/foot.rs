//! What is said of the whole plan below its steps: the tools that were not chosen, the verdict of the checks, the next fix.

use ratatui::text::Line;

use crate::describe::sign::Role;
use crate::describe::text;
use crate::describe::tools;
use crate::engine::event::Stop;
use crate::engine::state::{Phase, State};
use crate::ui::action::Action;
use crate::ui::session::lists::plan::count;
use crate::ui::session::panes::turn;
use crate::ui::session::view::View;
use crate::ui::widgets::row::Row;

/// How many rows the plan checker's verdict may take.
const VERDICT: usize = 3;

/// Says why there is no plan yet; none where nobody is about to make one.
pub(super) fn unplanned(state: &State) -> Option<&'static str> {
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
pub(super) fn foot(view: &View<'_>, width: usize, free: usize) -> Vec<Line<'static>> {
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
