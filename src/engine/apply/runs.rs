//! Folding in how steps began, went and ended.

use std::sync::Arc;

use super::Touch;
use crate::engine::context::{Origin, Write};
use crate::engine::effect::{CallKey, Remembered};
use crate::engine::event::{Mark, Pace, Seq, Stop};
use crate::engine::goal::Key;
use crate::engine::ordered::IndexMap;
use crate::engine::plan::{Step, StepId};
use crate::engine::review;
use crate::engine::state::{Phase, State, Status, StepRun};
use crate::engine::value::Shared;

/// How many keys a confirmed value may bear on before the whole plan is reviewed at less cost.
const MOST_TOUCHED: usize = 64;

impl State {
    pub(super) fn started(&mut self, seq: Seq, id: &StepId, reads: &[(Key, Seq)]) -> Touch {
        let Some((place, step)) = self.plan.find(id).map(|(at, step)| (at, step.clone())) else {
            return Touch::Nothing;
        };
        self.plan.take(place);
        self.undo = imbl::Vector::new();
        self.redo = imbl::Vector::new();
        self.approved_step = None;
        self.stop = None;
        self.calls += 1;
        let on_stale = step.reads().any(|key| !self.context.is_fresh(key));
        let call = self.call_key(&step);
        self.push_run(StepRun {
            step,
            status: Status::Running,
            attempts: 1,
            started: seq,
            ended: None,
            reads: reads.into(),
            wrote: Arc::new([]),
            on_stale,
            error: None,
            summary: None,
            wall_ms: None,
            mark: Mark::Ran,
            call,
            inside: None,
        });
        self.acted(id);
        if !self.breakpoints.is_empty() {
            Arc::make_mut(&mut self.breakpoints).started();
        }
        self.phase = Phase::Running { started: seq, wait_ms: 0 };
        match place {
            0 if self.deviations.is_empty() => Touch::Nothing,
            0 => Touch::AsAssumed(id.clone(), Vec::new()),
            _ => Touch::Everything, // it was reviewed behind other steps
        }
    }

    pub(super) fn finished(
        &mut self,
        seq: Seq,
        writes: &IndexMap<Key, Shared>,
        summary: &Option<Arc<str>>,
        wall_ms: Option<f64>,
        mark: Mark,
    ) -> Touch {
        let Some(run) = self.runs.last().cloned() else { return Touch::Nothing };
        let mut as_assumed = !run.on_stale && self.failed.is_empty();
        // Only replans in a row that brought nothing are counted back: elsewhere nobody asks.
        let wanted_before = if self.fruitless > 0 { self.fresh_wants() } else { 0 };
        let given = self.given_inside();
        let (mut changed, mut confirmed) = (Vec::with_capacity(writes.len()), Vec::with_capacity(writes.len()));
        for (key, value) in writes {
            if self.context.get(key).is_some_and(|datum| datum.pinned) {
                self.context.set_discarded(key, value.clone());
                continue;
            }
            let (value, origin, sources) = (value.clone(), Origin::Step(run.step.id.clone()), run.reads.clone());
            let new = self.context.write(key, Write { value, origin, sources, refuted: None, pinned: false }, seq);
            if let Some(given) = &given {
                self.context.set_given(key, given.clone());
            }
            as_assumed &= self.context.is_fresh(key);
            if !new {
                confirmed.push(key.clone());
            }
            changed.push(key.clone());
        }
        as_assumed &= changed.len() == run.step.to.len();
        // Where more may have been meant than was told, the wants count once the last told step is done.
        as_assumed &= !self.settings.told || self.plan.first().is_some();
        // A step that would make again what is there now may not be needed any more. That is only ever so of the
        // planner's: a plan of an author's steps that make the same keys over and over is not reviewed at each of them.
        as_assumed &= !changed.iter().any(|key| self.plan.planner_writes(key));
        let mut touched = changed.clone();
        if as_assumed && !confirmed.is_empty() {
            as_assumed = self.deviations.is_empty() && self.confirms(&confirmed, &mut touched);
        }
        self.remember(&run, Remembered::Returned(Arc::new(by_tool_names(&run.step, writes))));
        if let Some(tool) = &run.step.tool {
            *self.finished.entry(tool.clone()).or_insert(0) += 1;
        }
        if self.fruitless > 0 && self.fresh_wants() > wanted_before {
            self.fruitless = 0;
        }
        let id = run.step.id.clone();
        if self.is_react() {
            let said = summary.as_deref().unwrap_or(run.step.name()).to_string();
            self.see(seq, said, writes.keys().cloned().collect());
        }
        drop(run); // so that its end is written into it, and not into a copy
        self.end_run(seq, Status::Done, None, summary.clone(), wall_ms, mark, &changed);
        self.spend_pace();
        self.phase = Phase::Ready;
        if as_assumed { Touch::AsAssumed(id, touched) } else { Touch::Everything }
    }

    /// Tells whether nothing contradicts the plan either now that the keys `confirmed` kept their values, where the
    /// review had assumed new ones and found nothing; adds to `touched` what was made from them and stays as it is.
    ///
    /// What is fresher than assumed can only bring back an answer that was given before to a condition on it.
    fn confirms(&self, confirmed: &[Key], touched: &mut Vec<Key>) -> bool {
        let mut todo: Vec<&Key> = confirmed.iter().collect();
        while let Some(key) = todo.pop() {
            for made in self.context.made_from(key) {
                if !touched.contains(made) {
                    todo.push(made);
                    touched.push(made.clone());
                }
            }
            if touched.len() > MOST_TOUCHED {
                return false;
            }
        }
        // A step that would make again what is as it was may not be needed any more.
        if touched.iter().any(|key| self.plan.planner_writes(key)) {
            return false;
        }
        review::nothing_known_against(self, touched.iter())
    }

    pub(super) fn ended_badly(
        &mut self,
        seq: Seq,
        error: &Arc<str>,
        writes: &IndexMap<Key, Shared>,
        wall_ms: Option<f64>,
        remember: bool,
        mark: Mark,
    ) {
        let Some(run) = self.runs.last().cloned() else { return };
        let mut changed = Vec::new();
        for (key, value) in writes {
            if self.context.get(key).is_some_and(|datum| datum.pinned) {
                self.context.set_discarded(key, value.clone());
                continue;
            }
            let (value, origin, sources) = (value.clone(), Origin::Step(run.step.id.clone()), run.reads.clone());
            let refuted = Some(error.clone());
            self.context.write(key, Write { value, origin, sources, refuted, pinned: false }, seq);
            changed.push(key.clone());
        }
        if writes.is_empty() {
            self.refute_unconfirmed(&run, error);
        }
        if remember {
            let outcome = if writes.is_empty() {
                Remembered::Failed(error.clone())
            } else {
                Remembered::Refuted(Arc::new(by_tool_names(&run.step, writes)), error.clone())
            };
            self.remember(&run, outcome);
        }
        self.failed.push_back(self.runs.len() - 1);
        if self.is_react() {
            self.see(seq, format!("{} failed: {error}", run.step.name()), run.step.writes().cloned().collect());
        }
        self.end_run(seq, Status::Failed, Some(error.clone()), None, wall_ms, mark, &changed);
        self.spend_pace();
        self.phase = Phase::Ready;
    }

    /// What `run`, which failed, was to confirm is not trusted any more: the values that the same use made before.
    fn refute_unconfirmed(&mut self, run: &StepRun, error: &Arc<str>) {
        for key in run.step.writes() {
            let Some(datum) = self.context.get(key).filter(|datum| datum.fresh && !datum.pinned) else { continue };
            let (Origin::Step(maker) | Origin::Edited(maker)) = &datum.origin else { continue };
            if self.run(maker).is_some_and(|made| made.step.same_use(&run.step)) {
                self.context.refute(key, error);
            }
        }
    }

    fn push_run(&mut self, run: StepRun) {
        let at = self.runs.len();
        self.run_of.insert(run.step.id.clone(), at);
        if let Some(tool) = &run.step.tool {
            self.runs_with.entry(tool.clone()).or_default().push_back(at);
        }
        self.runs.push_back(Arc::new(run));
    }

    /// Takes the last run away, as if it had not been started.
    pub(super) fn pop_run(&mut self) -> Option<Arc<StepRun>> {
        let run = self.runs.pop_back()?;
        self.run_of.remove(&run.step.id);
        if let Some(places) = run.step.tool.as_ref().and_then(|tool| self.runs_with.get_mut(tool)) {
            places.pop_back();
        }
        Some(run)
    }

    pub(super) fn skipped(&mut self, seq: Seq, id: &StepId) {
        if let Some(at) = self.run_of.get(id).copied() {
            // A person passes by a step whose outcome nobody knows.
            self.rewrote = seq;
            if let Some(run) = self.runs.get_mut(at) {
                let run = Arc::make_mut(run);
                run.status = Status::Skipped;
                run.ended = Some(seq);
            }
            // Where a plan is not what remembers it, what a person passes by does not come back by itself.
            if self.is_react()
                && let Some(step) = self.runs.get(at).map(|run| run.step.clone())
            {
                self.bar(&step);
            }
            self.phase = Phase::Ready;
            return;
        }
        let Some((place, step)) = self.plan.find(id).map(|(at, step)| (at, step.clone())) else { return };
        self.plan.take(place);
        self.drop_lost_turn();
        self.push_run(StepRun {
            step,
            status: Status::Skipped,
            attempts: 0,
            started: seq,
            ended: Some(seq),
            reads: Arc::new([]),
            wrote: Arc::new([]),
            on_stale: false,
            error: None,
            summary: None,
            wall_ms: None,
            mark: Mark::Ran,
            call: None,
            inside: None,
        });
    }

    pub(super) fn replace_outcome(&mut self, seq: Seq, id: &StepId, values: &IndexMap<Key, Option<Shared>>) {
        let Some(at) = self.run_of.get(id).copied() else { return };
        let Some(run) = self.runs.get(at).cloned() else { return };
        let mut writes = IndexMap::default();
        for (key, value) in values {
            let Some(value) = value else { continue };
            writes.insert(key.clone(), value.clone());
            if self.context.get(key).is_some_and(|datum| datum.pinned) {
                self.context.set_discarded(key, value.clone());
                continue;
            }
            let (value, origin, sources) = (value.clone(), Origin::Edited(id.clone()), run.reads.clone());
            self.context.write(key, Write { value, origin, sources, refuted: None, pinned: false }, seq);
        }
        self.remember(&run, Remembered::Returned(Arc::new(by_tool_names(&run.step, &writes))));
        self.failed.retain(|failed| *failed != at);
        let wrote: Arc<[(Key, Seq)]> = writes.keys().map(|key| (key.clone(), self.version(key, seq))).collect();
        self.rewrote = seq;
        if let Some(run) = self.runs.get_mut(at) {
            let run = Arc::make_mut(run);
            run.status = Status::Done;
            run.mark = Mark::Injected;
            run.error = None;
            run.summary = None;
            run.wrote = wrote;
            run.ended = Some(seq);
        }
        if self.phase == Phase::Interrupted && at + 1 == self.runs.len() {
            self.phase = Phase::Ready;
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn end_run(
        &mut self,
        seq: Seq,
        status: Status,
        error: Option<Arc<str>>,
        summary: Option<Arc<str>>,
        wall_ms: Option<f64>,
        mark: Mark,
        wrote: &[Key],
    ) {
        let wrote = wrote.iter().map(|key| (key.clone(), self.version(key, seq))).collect();
        self.leave();
        self.with_last_run(|run| {
            run.status = status;
            run.ended = Some(seq);
            run.error = error;
            run.summary = summary;
            run.wall_ms = wall_ms;
            run.mark = mark;
            run.wrote = wrote;
        });
    }

    pub(super) fn remember(&mut self, run: &StepRun, outcome: Remembered) {
        if let Some(call) = &run.call {
            self.outcomes.insert(call.clone(), outcome);
        }
    }

    /// Returns what a call of `step` with the present values would be remembered by.
    pub fn call_key(&self, step: &Step) -> Option<CallKey> {
        let tool = step.tool_in(&self.goal.tools)?;
        let inputs = step.with.iter().map(|(_, key)| self.context.get(key).map(|datum| datum.hash));
        Some(CallKey { tool: tool.name.clone(), inputs: inputs.collect::<Option<_>>()? })
    }

    pub(super) fn version(&self, key: &Key, or: Seq) -> Seq {
        self.context.get(key).map_or(or, |datum| datum.version)
    }

    pub(in crate::engine) fn with_last_run(&mut self, change: impl FnOnce(&mut StepRun)) {
        let last = self.runs.len().saturating_sub(1);
        if let Some(run) = self.runs.get_mut(last) {
            change(Arc::make_mut(run));
        }
    }

    fn fresh_wants(&self) -> usize {
        self.goal.wants.keys().filter(|key| self.context.is_fresh(key)).count()
    }

    pub(super) fn spend_pace(&mut self) {
        match self.pace {
            Pace::Steps(n) if n > 1 => self.pace = Pace::Steps(n - 1),
            Pace::Steps(_) | Pace::Into | Pace::Out => {
                self.pace = Pace::Paused;
                self.stop = Some(Stop::StepsDone);
            }
            Pace::Paused | Pace::Until(_) | Pace::ToDeviation | Pace::ToReplan | Pace::Free => {}
        }
    }
}

fn by_tool_names(step: &Step, writes: &IndexMap<Key, Shared>) -> IndexMap<Key, Shared> {
    step.to.iter().filter_map(|(name, key)| writes.get(key).map(|value| (name.clone(), value.clone()))).collect()
}
