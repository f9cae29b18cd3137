//! Watching a replan: its beats, as it arrives and when it is looked at again in the past.

use std::sync::Arc;

use crate::describe::useful::useful;
use crate::engine::context::Context;
use crate::engine::diff;
use crate::engine::event::{Cause, Event, Recorded};
use crate::engine::session::Session;
use crate::engine::state::{Replan, State};
use crate::ui::session::app::App;
use crate::ui::session::layout::Shape;
use crate::ui::session::lists;
use crate::ui::session::model::{Beat, Watch};
use crate::ui::session::pane::PaneId;
use crate::ui::session::panes;
use crate::ui::widgets::status_line::About;

impl App {
    /// Goes to `beat` of the proposal that is watched.
    pub(super) fn watch(&mut self, beat: Beat) {
        let Some(watch) = self.ui.watched_mut() else { return };
        watch.beat = beat;
        watch.aside = false;
        self.ui.posed &= self.ui.looking.is_some();
        let Some(watch) = self.ui.watched() else { return };
        let first = watch.changes.iter().position(|change| change.kind != diff::ChangeKind::Kept);
        // What is shown of the state depends on how far it was watched.
        self.refresh();
        self.ui.focus = if beat == Beat::Landed && self.one_pane() { PaneId::CONTEXT } else { PaneId::PLAN };
        self.ui.reset(PaneId::TRACE);
        if beat == Beat::Rewritten {
            self.note_survival();
            let past = lists::plan::past(&self.view());
            self.ui.select(PaneId::PLAN, first.map(|at| past + at));
        }
    }

    /// Begins to watch a proposal that arrived, and stops when it is decided.
    pub(super) fn follow_proposal(&mut self) {
        let Some(replan) = self.driver.state().waiting_proposal().cloned() else {
            if self.ui.watch.take().is_some() {
                self.ui.select(PaneId::PLAN, None);
            }
            return;
        };
        if self.ui.watch.as_ref().is_some_and(|watch| watch.seq == replan.seq) {
            return;
        }
        // A plan that is wrong from the start is looked at first: what it breaks is shown once it is asked for.
        let from_the_start = self.driver.state().runs.is_empty() && self.driver.state().replans.len() == 1;
        let untouched = from_the_start
            && self.driver.state().undo.is_empty()
            && matches!(replan.proposal.cause, Cause::Deviation(_));
        let aside = self.dialog.is_some() || untouched;
        // A proposal replaces what was said of the command that led to it.
        self.ui.toast = self.ui.toast.take().filter(|toast| matches!(toast.about, About::Refused | About::Hint));
        let mut watch = Watch { aside, ..watched(self.driver.session(), self.driver.state(), &replan) };
        if self.ui.still {
            watch.beat = Beat::Rewritten;
        }
        let beat = watch.beat;
        self.ui.watch = Some(watch);
        self.ui.select(PaneId::PLAN, None);
        if !aside {
            self.ui.reset(PaneId::TRACE);
            // Where there is room for one pane, it is the one in which it happens.
            if beat == Beat::Landed && self.one_pane() {
                self.ui.focus = PaneId::CONTEXT;
            }
        }
    }

    /// Watches the proposal of the past that is looked at, if it is one.
    pub(super) fn follow_past(&mut self) {
        let replan = self.shown.state.waiting_proposal().filter(|_| self.shown.past).cloned();
        let seq = replan.as_ref().map(|replan| replan.seq);
        if self.ui.again.as_ref().map(|watch| watch.seq) != seq {
            self.ui.again = replan.map(|replan| watched(self.driver.session(), &self.shown.state, &replan));
        }
    }

    /// Shows of a change that has only landed nothing of what follows from it, which is the next beat; and nothing of what is
    /// wrong with a plan while a person looks for it.
    pub(super) fn hold_back(&mut self) {
        if self.view().poses() {
            self.shown.state.deviations = Arc::default();
        }
        let Some(watch) = self.ui.watched().filter(|watch| watch.beat == Beat::Landed) else { return };
        if let Some(before) = &watch.before {
            self.shown.state.context.as_fresh_as(before);
            self.shown.state.deviations = Arc::default();
        }
    }

    /// Tells whether the screen has room for one pane only.
    fn one_pane(&self) -> bool {
        let (width, height) = self.ui.size;
        Shape::of(width, height, self.ui.zoom) == Shape::One
    }
}

/// Returns the watch of `replan` at its first beat, as it is seen in `state`. Beats that have nothing to show are left
/// out: what a person asked for has not landed anywhere, and where nothing contradicts the plan nothing breaks.
fn watched(session: &Session, state: &State, replan: &Replan) -> Watch {
    let goal = state.goal_before.is_some();
    // What a person did to the plan, or to the settings, landed nowhere in the context.
    let lands = |record: &Recorded| {
        matches!(
            record.event.innermost(),
            Event::Injected { .. }
                | Event::Finished { .. }
                | Event::Failed { .. }
                | Event::Undone { .. }
                | Event::Redone { .. }
        )
    };
    let deviates = matches!(replan.proposal.cause, Cause::Deviation(_));
    let landed = goal || deviates && panes::why::seen(session, replan).is_some_and(lands);
    let breaks = goal || !state.deviations.is_empty();
    let shows = |beat: &Beat| match beat {
        Beat::Landed => landed,
        Beat::Breaks => breaks,
        Beat::Rewritten => true,
    };
    let beats: Vec<Beat> = Beat::ALL.into_iter().filter(shows).collect();
    let before =
        panes::why::seen(session, replan).filter(|_| landed).and_then(|record| session.state_at(record.parent?));
    let before = before.map(|before| before.context);
    // What a check refuted breaks what reads it, and is as new as can be.
    let stale =
        |context: &Context, key: &str| context.get(key).is_some_and(|datum| !datum.fresh && datum.refuted.is_none());
    let stales = before.as_ref().is_some_and(|before| {
        state.context.different_keys(before).any(|key| stale(&state.context, key) && !stale(before, key))
    });
    Watch {
        seq: replan.seq,
        beat: beats[0],
        beats,
        aside: false,
        changes: diff::changes(&replan.before, &replan.proposal.after),
        out: std::collections::HashSet::new(),
        predicted: None,
        before,
        stales,
        useful: if goal { useful(state, replan) } else { std::collections::HashMap::new() },
    }
}
