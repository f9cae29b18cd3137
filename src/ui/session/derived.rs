//! What the screen derives from the session: the shown moment, the cursors that follow it, the listed values.

use std::time::Instant;

use ratatui::layout::Rect;

use crate::describe::frame::acting;
use crate::engine::state::{Phase, State};
use crate::ui::session::app::App;
use crate::ui::session::lists;
use crate::ui::session::pane::PaneId;
use crate::ui::session::panes::footer;
use crate::ui::session::snapshot::Snapshot;
use crate::ui::widgets::cells::padded;

impl App {
    /// Derives everything from the session.
    pub(crate) fn refresh(&mut self) {
        let ready = |state: &State| match state.phase {
            Phase::Review => true,
            Phase::Ready => state.is_react(),
            _ => false, // the others have no plan yet, or are past it
        };
        if !self.beginning.is_empty() && ready(self.driver.state()) {
            for command in std::mem::take(&mut self.beginning) {
                // A plan that cannot be approved is on the screen, with the reason.
                let _ = self.driver.submit(command);
            }
        }
        // Only a frame needs the rest: of many events, or keys, at once it is derived for the last.
        let before = &self.shown;
        let (stood, was_over) = (standing(&before.state), before.state.phase.is_over());
        let rows = before.shown_rows();
        let session = self.driver.session();
        if self.held.is_none() {
            self.held = lists::context::held(&self.shown, &self.ui);
        }
        self.shown = Snapshot::at(session, self.ui.looking, Some(&mut self.shown));
        self.behind = true;
        if !self.shown.past {
            self.ui.looking = None;
        }
        let state = &self.shown.state;
        if stood != standing(state) {
            self.ui.select(PaneId::PLAN, None);
            if self.ui.focus != PaneId::CONTEXT {
                self.ui.select(PaneId::CONTEXT, None);
            }
        }
        if rows != self.shown.shown_rows() {
            self.ui.select(PaneId::TRACE, None);
        }
        if state.phase.is_over() && !was_over {
            self.ui.report_away = false;
            self.ui.reset(PaneId::TRACE);
        }
        if self.driver.state().phase.is_over() {
            self.driver.find_failures();
        }
        self.report_at_the_end();
        // A loop that rests, or waits for a person, is not at work.
        self.started = match acting(self.driver.state()).phase {
            Phase::Running { started, .. } if self.driver.state().asks().is_none() => match self.started {
                Some((seq, since)) if seq == started => Some((seq, since)),
                Some(_) | None => Some((started, Instant::now())),
            },
            _ => None,
        };
        self.follow_proposal();
        self.follow_past();
        self.hold_back();
        self.follow_hit();
        self.follow_question();
        self.follow_lesson();
    }

    /// Derives what the next frame needs, if anything changed.
    pub fn catch_up(&mut self) {
        if std::mem::take(&mut self.behind) {
            self.shown.derive(self.driver.session());
            // Beside the plan as it is rewritten stands who hands what to whom in that plan.
            if let Some(proposed) = self.view().proposed() {
                self.shown.ledger.follow(&proposed);
            }
            self.follow_lit();
            self.read_watches();
            self.list_values();
            self.renew_card();
            self.renew_offers();
        }
    }

    /// Returns how many columns and rows the context pane has above so many rows about what comes next.
    pub(super) fn context_room(&self, next: usize) -> (usize, usize) {
        let area = Rect::new(0, 0, self.ui.size.0, self.ui.size.1);
        let rect = self.view().layout_around(area, next).panes[PaneId::CONTEXT.0];
        let inner = padded(Rect { width: rect.width.saturating_sub(2), height: rect.height.saturating_sub(2), ..rect });
        // Before an audience a value has few rows.
        let most = if self.ui.present.is_some() { inner.height * 2 / 3 } else { inner.height };
        (usize::from(inner.width), usize::from(most))
    }

    pub(crate) fn list_values(&mut self) {
        self.ui.outline =
            crate::ui::session::lists::outline::outline(&self.shown.state, self.ui.explores, &self.ui.loops);
        let next = footer::next(&self.view(), usize::from(self.ui.size.0)).lines.len();
        self.ui.listed = self.context_room(next);
        let rows = lists::context::rows(&self.shown, &self.ui.folds, self.ui.listed);
        // Values that fold up above it must not push the cursor onto another key.
        let held = self.held.take().or_else(|| lists::context::held(&self.shown, &self.ui));
        if let Some(same) = held.and_then(|held| lists::context::same(&self.shown, &held, &rows))
            && self.ui.cursor(PaneId::CONTEXT).at.is_some()
        {
            self.ui.select(PaneId::CONTEXT, Some(same));
        }
        self.ui.news = lists::context::news(&self.shown, &rows);
        self.ui.values = rows;
    }
}

/// Returns what the cursor of the plan pane depends on: where it changes, the cursor follows what happens.
fn standing(state: &State) -> (usize, u32, usize, usize, usize) {
    let inner = state.inner.as_deref();
    let runs = inner.map_or(0, |inner| inner.runs.len() + 1);
    (state.runs.len(), state.plan.revision, state.turns.len(), runs, inner.map_or(0, |inner| inner.turns.len()))
}
