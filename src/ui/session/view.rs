//! Everything that a screen is made from: what is shown, and what the screen remembers.

use std::time::Duration;

use crate::checks::failures::Failure;
use crate::describe::ahead::Ahead;
use crate::engine::plan::Plan;
use crate::engine::session::Session;
use crate::engine::state::{Phase, State};
use crate::runtime::watching::Watching;
use crate::ui::keymap::Keymap;
use crate::ui::session::layout::Shape;
use crate::ui::session::model::{Beat, Below, Ui};
use crate::ui::session::pane::{Pane, PaneId};
use crate::ui::session::snapshot::Snapshot;
use crate::ui::theme::Theme;

/// Everything that a screen is made from.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The session.
    pub session: &'a Session,
    /// The moment that is shown.
    pub shown: &'a Snapshot,
    /// What the failure checks found in what is shown; none: they have not looked, as at the past.
    pub found: Option<&'a [Failure]>,
    /// What is watched, and how it went.
    pub watching: &'a Watching,
    /// How many values the search that is under way looked at; none: none is.
    pub searches: Option<usize>,
    /// What the screen remembers.
    pub ui: &'a Ui,
    /// The panes, in the order of Tab; there is at least one.
    pub panes: &'static [&'static dyn Pane],
    /// Which key means what.
    pub keymap: &'a Keymap,
    /// How things look.
    pub theme: &'a Theme,
    /// How long the running step has been running.
    pub elapsed: Option<Duration>,
}

impl View<'_> {
    /// Returns what would come of what the open dialog is being filled in with; none: nothing, or it is not known yet.
    pub fn ahead(&self) -> Option<&Ahead> {
        self.ui.ahead.as_ref()?.as_deref().ok()
    }

    /// Returns the pane `id`; the first one where there is no such pane.
    pub fn pane(&self, id: PaneId) -> &'static dyn Pane {
        self.panes.get(id.0).copied().unwrap_or(self.panes[0])
    }

    /// Returns what stands in place of the trace.
    pub fn below(&self) -> Below {
        match &self.shown.state.phase {
            _ if self.ui.watched().is_some() => Below::Why,
            Phase::Reached if !self.ui.report_away => Below::Report,
            Phase::Ended { .. } if !self.ui.report_away => Below::Reasons,
            _ => Below::Trace,
        }
    }

    /// Returns the state as it would be under the proposal that is being watched, once it is seen what becomes of the steps.
    pub fn proposed(&self) -> Option<State> {
        let rewritten = self.ui.watched().is_some_and(|watch| watch.beat == Beat::Rewritten);
        let replan = self.shown.state.waiting_proposal().filter(|_| rewritten)?;
        let mut state = self.shown.state.clone();
        state.plan = Plan::new(state.plan.revision, replan.proposal.after.clone());
        Some(state)
    }

    /// Tells whether a report or the reasons stand in place of the trace.
    pub fn reports(&self) -> bool {
        matches!(self.below(), Below::Report | Below::Reasons)
    }

    /// Tells whether a person is asked to find what is wrong with the plan that a session opens with: until then nothing says
    /// what it is.
    pub fn poses(&self) -> bool {
        self.ui.posed && self.ui.watch.as_ref().is_some_and(|watch| watch.aside)
    }

    /// Tells whether the report on a session that is over is in sight: there digits choose what to try next, whatever
    /// pane has the focus.
    pub fn offers_choices(&self) -> bool {
        let (width, height) = self.ui.size;
        let over = !self.shown.past && self.ui.report.is_some() && self.reports();
        over && (self.ui.focus == PaneId::TRACE || Shape::of(width, height, self.ui.zoom) == Shape::Three)
    }
}
