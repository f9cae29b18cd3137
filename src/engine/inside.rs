//! The loop inside a step: a ReAct session of its own, on a copy of the step's inputs, folded from the same events.
//!
//! The road not taken is a tool that loops by itself: its inner actions would be no events, and nobody could step
//! through them, inject among them, or resume between them.

use std::sync::Arc;

use super::apply::aims_at;
use super::context::{Origin, Write};
use super::effect::{EffectId, EffectKind};
use super::event::{Decider, Dial, Event, Mark, Pace, Seq, Settings, Stop, Strategy};
use super::goal::{Catalogue, Explore, Goal, Key, Wants};
use super::source::Source;
use super::state::{Armed, Phase, State, StepRun};
use super::value::{Shared, Value};

impl State {
    /// Returns the loop that the running step is, if it is one and no surprise answers in its place. A surprise that comes
    /// while the loop is under way waits for its end.
    pub fn loop_running(&self) -> Option<&Arc<Explore>> {
        let Phase::Running { .. } = self.phase else { return None };
        let tool = self.runs.last()?.step.tool_in(&self.goal.tools)?;
        let explore = tool.run.explore.as_ref()?;
        let surprised = || self.armed.iter().any(|armed| aims_at(&armed.surprise, &tool.name));
        (self.inner.is_some() || !surprised()).then_some(explore)
    }

    /// Tells whether the running step is a loop that stands still until a person lets it go on.
    pub fn rests_inside(&self) -> bool {
        self.inner.as_ref().is_some_and(|inner| {
            let deepest = self.innermost();
            matches!(inner.phase, Phase::Ready | Phase::Running { .. })
                && deepest.phase == Phase::Ready
                && deepest.pace == Pace::Paused
                && deepest.open_questions.is_empty()
        })
    }

    /// Returns what the loop of the running step came to, once it is over: its result, or why there is none.
    pub(super) fn gathered(&self) -> Option<Result<Shared, Arc<str>>> {
        let inner = self.inner.as_ref()?;
        match &inner.phase {
            Phase::Reached => Some(Ok(inner.found())),
            Phase::Ended { why, .. } => Some(Err(why.clone())),
            Phase::New
            | Phase::Planning { .. }
            | Phase::Review
            | Phase::Deciding
            | Phase::Ready
            | Phase::Approving
            | Phase::Running { .. }
            | Phase::Interrupted => None,
        }
    }

    /// Returns what a loop found under the keys that it wants: the value of one, an object of several.
    fn found(&self) -> Shared {
        let value = |key: &Key| self.context.get(key).map(|datum| datum.value.clone());
        let mut keys = self.goal.wants.keys();
        match (keys.next(), keys.next()) {
            (Some(only), None) => value(only).unwrap_or_default(),
            _ => {
                let entries = self.goal.wants.keys().filter_map(|key| Some((key.to_string(), (*value(key)?).clone())));
                Shared::new(Value::Object(entries.collect()))
            }
        }
    }

    /// Tells whether the step `id` was started or decided on here, or further inside.
    pub(super) fn has_step(&self, id: &str) -> bool {
        self.step(id).is_some()
    }

    /// Tells whether the answer to the effect `id` is waited for here, by this state and not by its loop.
    pub(super) fn awaits(&self, id: EffectId) -> bool {
        match id.kind {
            EffectKind::Judge => id.seq == self.asked_since && !self.open_questions.is_empty(),
            EffectKind::Watch => id.seq == self.breakpoints.open().0 && self.breakpoints.has_open(),
            EffectKind::Fill => self.breakpoints.unfilled().is_some_and(|(hit, ..)| *hit == id.seq),
            EffectKind::Plan | EffectKind::Think => {
                matches!(self.phase, Phase::Planning { asked, .. } if asked == id.seq)
            }
            EffectKind::Call => matches!(self.phase, Phase::Running { started, .. } if started == id.seq),
        }
    }

    pub(super) fn entered(&mut self, seq: Seq, stepwise: bool) {
        let Some(run) = self.runs.last().cloned() else { return };
        let Some(tool) = run.step.tool_in(&self.goal.tools).cloned() else { return };
        let Some(explore) = tool.run.explore.clone() else { return };
        let offered = explore.tools.iter().filter_map(|name| self.goal.tools.get_key_value(name));
        let tools: Catalogue = offered.map(|(name, tool)| (name.clone(), tool.clone())).collect();
        let present: Wants = tool.outputs.iter().map(|key| (key.clone(), "true".into())).collect();
        let goal = Goal {
            goal: tool.description.clone(),
            wants: Arc::new(present),
            context: Arc::default(),
            tools: Arc::new(tools),
            plan: None,
            servers: self.goal.servers.clone(),
            planner: None,
            scenarios: Arc::default(),
            expect: Arc::default(),
            lesson: None,
            demo: None,
            folder: self.goal.folder.clone(),
            file: self.goal.file.clone(),
            source: Source::default(),
            exploring: Some(explore),
        };
        let mut inner = State::new(Arc::new(goal));
        inner.settings = Arc::new(Settings {
            dial: Dial::OnDeviation,
            decider: Decider::Auto,
            approve: self.settings.approve,
            max_steps: self.settings.max_steps.map(|most| most.saturating_sub(self.calls)),
            strategy: Strategy::React,
            planner: self.settings.planner.clone(),
            trusted: self.settings.trusted,
            told: false,
        });
        inner.id_prefix = format!("{}.", run.step.id).into();
        // A loop that begins again goes on counting: no id is used twice.
        inner.next_step = run.inside.as_ref().map_or(1, |before| before.next_step);
        inner.outcomes = self.outcomes.clone();
        inner.allowed = self.allowed.clone();
        inner.phase = Phase::Ready;
        inner.approved = true;
        inner.pace = if stepwise { Pace::Paused } else { Pace::Free };
        for (name, key) in &run.step.with {
            let Some(datum) = self.context.get(key) else { continue };
            let (value, sources) = (datum.value.clone(), Arc::new([]));
            let write = Write { value, origin: Origin::Initial, sources, refuted: None, pinned: datum.pinned };
            inner.context.write(name, write, seq);
        }
        inner.seq = seq;
        if !self.breakpoints.is_empty() {
            inner.breakpoints = Arc::new(self.breakpoints.for_inside());
        }
        self.inner = Some(Arc::new(inner));
        self.share_armed();
        if let Some(inner) = &mut self.inner {
            Arc::make_mut(inner).review_all(seq);
        }
        if stepwise {
            self.pace = Pace::Steps(1);
            self.stop = Some(Stop::StepsDone);
        }
    }

    /// Folds in what happened inside the running step.
    pub(super) fn apply_inside(&mut self, seq: Seq, event: &Event) {
        let Some(inner) = &mut self.inner else { return };
        let inner = Arc::make_mut(inner);
        let laid = inner.armed.clone();
        inner.apply(seq, event);
        let spent = match event {
            Event::Finished { mark, .. } | Event::Failed { mark, .. } | Event::Retried { mark, .. } => {
                *mark == Mark::Injected
            }
            _ => false,
        };
        let (tools, left) = (inner.goal.tools.clone(), inner.armed.clone());
        let met = laid.iter().find(|armed| spent && !left.contains(armed)).and_then(|armed| armed.scenario.clone());
        if spent {
            let mine = |armed: &Armed| tools.keys().any(|tool| aims_at(&armed.surprise, tool));
            self.armed.retain(|armed| !mine(armed));
            self.armed.append(left);
        }
        match event {
            Event::Started { .. } => {
                self.calls += 1;
                // A later tool has run: what was changed before stays.
                self.undo = imbl::Vector::new();
                self.redo = imbl::Vector::new();
            }
            Event::Refused { .. } => {
                self.undo = imbl::Vector::new();
                self.redo = imbl::Vector::new();
            }
            Event::Retried { .. } => self.calls += 1,
            Event::Approved { tool: Some(tool), .. } => {
                self.allowed.insert(tool.clone());
            }
            Event::BreakpointHit { hit } => self.broke_inside(seq, hit),
            Event::Finished { .. } => {
                if let Some(tool) = inner.runs.last().and_then(|run| run.step.tool.clone()) {
                    *self.finished.entry(tool).or_insert(0) += 1;
                }
            }
            _ => {}
        }
        self.expect_of(met.as_deref());
    }

    /// Lets the loop see the surprises that wait for its tools.
    pub(super) fn share_armed(&mut self) {
        let Some(inner) = &mut self.inner else { return };
        let inner = Arc::make_mut(inner);
        let tools = inner.goal.tools.clone();
        let mine = |armed: &&Armed| tools.keys().any(|tool| aims_at(&armed.surprise, tool));
        inner.armed = self.armed.iter().filter(mine).cloned().collect();
        for armed in inner.armed.clone() {
            inner.forget_armed(&armed.surprise);
        }
    }

    /// Lets the loop see that the world is this, as far as it or its tools know the keys.
    ///
    /// What it makes from then on is made from the new values, and what it made before is stale inside: so its step has
    /// read the new ones.
    pub(super) fn share_injected(&mut self, seq: Seq, event: &Event) {
        let (Some(inner), Event::Injected { values, outcome_of: None, .. }) = (&mut self.inner, event) else { return };
        let Some(step) = self.runs.last().map(|run| run.step.clone()) else { return };
        let known = |name: &Key| {
            inner.context.get(name).is_some()
                || inner.goal.tools.values().any(|tool| tool.inputs.contains(name) || tool.outputs.contains(name))
        };
        let mut shared = crate::engine::ordered::IndexMap::default();
        for (key, value) in values {
            let mut fed = step.with.iter().filter(|(_, fed_by)| fed_by == key).map(|(name, _)| name).peekable();
            let names: Vec<Key> = if fed.peek().is_some() { fed.cloned().collect() } else { vec![key.clone()] };
            shared.extend(names.into_iter().filter(known).map(|name| (name, value.clone())));
        }
        if shared.is_empty() {
            return;
        }
        let event = Event::Injected { values: shared, outcome_of: None, scenario: None };
        Arc::make_mut(inner).apply(seq, &event);
        let context = self.context.clone();
        self.with_last_run(|run| {
            let now = |(key, version): &(Key, Seq)| {
                let seen = values.contains_key(key).then(|| context.get(key)).flatten();
                (key.clone(), seen.map_or(*version, |datum| datum.version))
            };
            run.reads = run.reads.iter().map(now).collect();
        });
    }

    /// Returns what a person gave inside the loop of the running step and its result rests on, key and version there;
    /// none where nobody did. What was given outside and shared with the loop is seen there.
    pub(super) fn given_inside(&self) -> Option<Arc<[(Key, Seq)]>> {
        let inner = self.inner.as_deref()?;
        let reads = &self.runs.last()?.reads;
        let (mut given, mut seen) = (Vec::new(), std::collections::HashSet::new());
        let mut todo: Vec<&Key> = inner.goal.wants.keys().collect();
        while let Some(key) = todo.pop() {
            let Some(datum) = inner.context.get(key).filter(|_| seen.insert(key)) else { continue };
            let shared = reads.iter().any(|(_, version)| *version == datum.version);
            if datum.is_given() && !shared {
                match &datum.given {
                    Some(deeper) => given.extend(deeper.iter().cloned()),
                    None => given.push((key.clone(), datum.version)),
                }
            }
            todo.extend(datum.sources.iter().map(|(source, _)| source));
        }
        given.sort_unstable();
        (!given.is_empty()).then(|| given.into())
    }

    /// Gives `pace` to the loop that is under way, where there is one. Returns whether it is the loop's alone.
    pub(super) fn pace_inside(&mut self, pace: &Pace) -> bool {
        let Some(inner) = &mut self.inner else { return false };
        let inner = Arc::make_mut(inner);
        let (given, alone) = match pace {
            Pace::Steps(_) | Pace::Into => (pace.clone(), true),
            Pace::Out => (Pace::Free, true),
            Pace::Paused => (Pace::Paused, false),
            Pace::Free | Pace::ToDeviation | Pace::ToReplan | Pace::Until(_) => (Pace::Free, false),
        };
        if !inner.pace_inside(&given) {
            inner.stop = (given == Pace::Paused).then_some(Stop::Paused);
            inner.pace = given;
        }
        alone
    }

    /// Keeps how the loop of the last run ended, with the run.
    pub(super) fn leave(&mut self) {
        let Some(inner) = self.inner.take() else { return };
        self.with_last_run(|run| run.inside = Some(inner));
    }

    /// Tells whether `run` is the loop that is under way.
    pub fn is_loop_under_way(&self, run: &StepRun) -> bool {
        self.inner.is_some() && self.runs.last().is_some_and(|last| last.step.id == run.step.id)
    }

    /// Returns the loop inside `run`: the one that is under way, or how the last one ended; none where it was not a loop.
    pub fn loop_of<'a>(&'a self, run: &'a StepRun) -> Option<&'a State> {
        let under_way = self.inner.as_deref().filter(|_| self.is_loop_under_way(run));
        under_way.or(run.inside.as_deref())
    }
}
