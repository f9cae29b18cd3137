//! What the session wants from the world: derived from the state, so that a replay can never act.

use std::collections::HashSet;
use std::sync::Arc;

use super::advance::{acts_on, file_steps};
use super::apply::aims_at;
use super::breakpoint::{Breakpoint, Place};
use super::effect::{Call, Effect, EffectId, EffectKind, ForProgram, Inquiry, PlanRequest, Subject};
use super::event::{About, Mark, Question, Strategy, Verdict};
use super::goal::{Catalogue, Key, Nature, Surprise};
use super::plan::{Author, Step, Use};
use super::settings::PlannerChoice;
use super::state::{Phase, State, Status, StepRun};
use super::turn::{TurnRequest, Wits};

impl State {
    /// Returns what the session waits for from the world. Nothing from a person is among it.
    pub fn wants(&self) -> Vec<Effect> {
        self.wanted(&State::effect)
    }

    /// Returns the ids of what [`State::wants`] returns, without the requests: those hold every fact.
    pub fn wanted_ids(&self) -> Vec<EffectId> {
        self.wanted(&|_, id| Some(id))
    }

    /// Returns what `make` makes of each effect that is wanted, in the state (this one, or a loop's) that wants it.
    fn wanted<T>(&self, make: &dyn Fn(&State, EffectId) -> Option<T>) -> Vec<T> {
        let mut wanted = Vec::new();
        if self.held {
            return wanted;
        }
        if !self.open_questions.is_empty() {
            wanted.extend(make(self, EffectId { seq: self.asked_since, kind: EffectKind::Judge }));
        }
        if let Some((hit, ..)) = self.breakpoints.unfilled() {
            wanted.extend(make(self, EffectId { seq: *hit, kind: EffectKind::Fill }));
        } else if self.breakpoints.has_open() {
            wanted.extend(make(self, EffectId { seq: self.breakpoints.open().0, kind: EffectKind::Watch }));
        }
        match &self.phase {
            Phase::Planning { asked, .. } => {
                let kind = if self.is_react() { EffectKind::Think } else { EffectKind::Plan };
                wanted.extend(make(self, EffectId { seq: *asked, kind }));
            }
            Phase::Running { .. } if self.loop_running().is_some() && self.gathered().is_none() => {
                if let Some(inner) = &self.inner {
                    wanted.extend(inner.wanted(make));
                }
            }
            Phase::Running { started, .. } if self.asks().is_none() => {
                wanted.extend(make(self, EffectId { seq: *started, kind: EffectKind::Call }));
            }
            Phase::New
            | Phase::Review
            | Phase::Deciding
            | Phase::Ready
            | Phase::Approving
            | Phase::Running { .. }
            | Phase::Interrupted
            | Phase::Reached
            | Phase::Ended { .. } => {}
        }
        wanted
    }

    /// Returns the effect `id` with everything that it needs to know.
    fn effect(&self, id: EffectId) -> Option<Effect> {
        match id.kind {
            EffectKind::Judge => {
                let inquiries = self.open_questions.iter().filter_map(|question| self.inquiry(question));
                Some(Effect::Judge(id, inquiries.collect()))
            }
            EffectKind::Watch => {
                let conditions = self.breakpoints.open().1;
                let inquiries =
                    conditions.filter_map(|watched| Some((watched.id, self.watching(&watched.breakpoint)?)));
                Some(Effect::Watch(id, inquiries.collect()))
            }
            EffectKind::Fill => {
                let filter = self.breakpoints.unfilled()?.2.filter.clone()?;
                let parts = self.context.iter().map(|(key, datum)| (key.clone(), datum.value.clone()));
                Some(Effect::Fill(id, filter, Subject::Object(parts.collect())))
            }
            EffectKind::Think => self.turn_request().map(|request| Effect::Think(id, Box::new(request))),
            EffectKind::Plan => {
                let planner = self.settings.planner.clone();
                Some(Effect::AskPlanner(id, planner, Box::new(self.plan_request())))
            }
            EffectKind::Call => {
                let Phase::Running { wait_ms, .. } = self.phase else { return None };
                self.call(wait_ms).map(|call| Effect::CallTool(id, Box::new(call)))
            }
        }
    }

    /// Returns the call that the running step is, also for one that a person answers.
    pub fn call(&self, wait_ms: u64) -> Option<Call> {
        let run = self.runs.last()?;
        let earlier = self.earlier_attempts();
        Some(Call { attempt: run.attempts, earlier, wait_ms, gathered: self.gathered(), ..self.call_of(&run.step) })
    }

    /// Returns how many attempts there were at what the last run calls, where its tool counts them.
    fn earlier_attempts(&self) -> u32 {
        let Some(run) = self.runs.last() else { return 0 };
        if !run.step.tool_in(&self.goal.tools).is_some_and(|tool| tool.run.counted) {
            return 0;
        }
        let answered = |run: &&Arc<StepRun>| {
            matches!(run.status, Status::Done | Status::Failed) && matches!(run.mark, Mark::Ran | Mark::Recorded)
        };
        let before = self.runs.iter().take(self.runs.len() - 1).filter(|before| before.call == run.call);
        before.filter(answered).map(|before| before.attempts).sum::<u32>() + run.attempts.saturating_sub(1)
    }

    /// Returns the first attempt at `step` as it would be made now.
    pub fn call_of(&self, step: &Arc<Step>) -> Call {
        let tool = step.tool_in(&self.goal.tools).cloned();
        let inputs = step
            .with
            .iter()
            .filter_map(|(name, key)| self.context.get(key).map(|datum| (name.clone(), datum.value.clone())));
        let mut ensures = tool.as_ref().map(|tool| tool.ensures.clone()).unwrap_or_default();
        ensures.extend(step.ensures.iter().cloned());
        let instead = step.tool.as_ref().and_then(|tool| self.armed.iter().find(|a| aims_at(&a.surprise, tool)));
        let instead = instead.and_then(|armed| match &armed.surprise {
            Surprise::Outcome { value, .. } => Some(Ok(value.clone())),
            Surprise::Fail { error, .. } => Some(Err(error.clone())),
            Surprise::Set { .. } | Surprise::Goal { .. } => None,
        });
        Call {
            inputs: inputs.collect(),
            tool,
            attempt: 1,
            wait_ms: 0,
            instead,
            gathered: None,
            earlier: 0,
            folder: self.goal.folder.clone(),
            ensures,
            step: step.clone(),
        }
    }

    /// Returns the planner that is asked for plans or for decisions under these settings, if one is.
    pub fn planner_asked(&self) -> Option<&PlannerChoice> {
        match self.settings.strategy.wits() {
            Some(Wits::StandIn | Wits::Blind) => None,
            Some(Wits::Planner) | None => Some(&self.settings.planner),
        }
    }

    /// Tells whether a request for a plan or a decision is under way that reaches outside.
    pub fn is_planning_outside(&self) -> bool {
        matches!(self.phase, Phase::Planning { .. }) && self.planner_asked().is_some_and(PlannerChoice::reaches_outside)
    }

    /// Tells whether the running step of this state, not one inside it, can be computed again without harm.
    pub fn running_is_pure(&self) -> bool {
        let tool = self.runs.last().and_then(|run| run.step.tool_in(&self.goal.tools));
        tool.is_some_and(|tool| matches!(tool.run.nature, Nature::Pure | Nature::Inside))
    }

    fn inquiry(&self, question: &Question) -> Option<Inquiry> {
        let value = |key: &str| self.context.get(key).map(|datum| datum.value.clone());
        let values = match &question.about {
            About::Value(key, _) => Subject::Value(value(key)?),
            About::Object(parts) => {
                let parts = parts.iter().map(|(name, key, _)| Some((name.clone(), value(key)?)));
                Subject::Object(parts.collect::<Option<_>>()?)
            }
        };
        Some(Inquiry { question: question.clone(), values })
    }

    /// Returns the condition of `breakpoint` with the values that it is put to now; none where it has no condition.
    pub fn watching(&self, breakpoint: &Breakpoint) -> Option<Inquiry> {
        let Place::When { condition, keys } = &breakpoint.place else { return None };
        let decides = |key: &Key| keys.as_ref().is_none_or(|keys| keys.contains(key));
        let seen: Vec<_> = self.context.iter().filter(|(key, _)| decides(key)).collect();
        let about = seen.iter().map(|(key, datum)| ((*key).clone(), (*key).clone(), datum.version)).collect();
        let question = Question { condition: condition.clone(), about: About::Object(about) };
        let values = seen.into_iter().map(|(key, datum)| (key.clone(), datum.value.clone())).collect();
        Some(Inquiry { question, values: Subject::Object(values) })
    }

    /// Returns everything that may be known where one action is decided on now; none where plans are made.
    fn turn_request(&self) -> Option<TurnRequest> {
        let unmet = |key: &&Key| matches!(self.want_verdict(key), Some(Verdict::False | Verdict::Undecided(_)));
        let turned_down: Vec<_> = self.standing_refusals().map(|(usage, down)| (usage.clone(), down.clone())).collect();
        let refused_for = turned_down.iter().flat_map(|(_, down)| down.needs.iter().map(|(key, _)| key));
        // What a loop has found so far is not what it goes on for.
        let goes_on = self.until_question().is_some_and(|until| self.verdicts.get(&until) != Some(&Verdict::True));
        let unmet = |key: &&Key| unmet(key) || (goes_on && self.context.get(key).is_some());
        Some(TurnRequest {
            wits: self.settings.strategy.wits()?,
            planner: self.settings.planner.clone(),
            seen: self.seen.clone(),
            unfit: self.goal.wants.keys().filter(unmet).chain(refused_for).cloned().collect(),
            turned_down,
            known: PlanRequest { keep: self.unbound_sources(), ..self.plan_request() },
        })
    }

    /// Returns the steps of the goal file's plan that no tool does, that did not run yet, and that something reads:
    /// without a plan, what they bring is still brought by a person.
    fn unbound_sources(&self) -> Vec<Arc<Step>> {
        let steps = file_steps(self, 1);
        let read: HashSet<&Key> = steps.iter().flat_map(|step| step.reads()).chain(self.goal.wants.keys()).collect();
        let open = |step: &&Arc<Step>| {
            step.tool.is_none()
                && !step.skip
                && step.writes().any(|key| read.contains(key))
                && !self.runs.iter().any(|run| run.status == Status::Done && run.step.same_use(step))
        };
        steps.iter().filter(open).cloned().collect()
    }

    /// Returns the tools that may be chosen from: loops over others are the hybrid's alone.
    fn offered(&self) -> Arc<Catalogue> {
        match self.settings.strategy {
            Strategy::Hybrid => self.goal.tools.clone(),
            Strategy::PlanAndExecute | Strategy::React | Strategy::ReactBlind | Strategy::ReactPlanner => {
                self.plain_tools.clone()
            }
        }
    }

    /// Returns everything that a planner may know now.
    pub fn plan_request(&self) -> PlanRequest {
        let (keep, places) = if self.kept_steps {
            let remaining = self.plan.remaining().iter();
            let places = self.runs.iter().map(|run| &run.step).chain(remaining.clone());
            (remaining.filter(|step| self.is_kept(step)).cloned().collect(), places.cloned().collect())
        } else {
            (Vec::new(), self.plan.remaining().to_vec())
        };
        PlanRequest {
            goal: self.goal.goal.clone(),
            wants: self.goal.wants.clone(),
            tools: self.offered(),
            facts: self.context.clone(),
            outcomes: self.outcomes.clone(),
            uses: self.bound_uses(),
            keep,
            places,
            barred: self.barred.iter().cloned().collect(),
            recent: self.recent.clone(),
            program: self.for_program(),
        }
    }

    /// Returns what the program is told that plans, if one does.
    fn for_program(&self) -> Option<Box<ForProgram>> {
        let program = self.goal.planner.clone().filter(|_| self.settings.planner.is_program())?;
        let stands = |run: &Arc<StepRun>| {
            let wrote = run.wrote.iter().filter_map(|(key, version)| {
                let datum = self.context.get(key).filter(|datum| datum.version == *version)?;
                Some((key.clone(), datum.value.clone()))
            });
            (run.clone(), wrote.collect())
        };
        let cause = match &self.phase {
            Phase::Planning { cause, .. } => cause.clone(),
            _ => None, // nobody asks
        };
        let (done, remaining) = (self.runs.iter().map(stands).collect(), self.plan.remaining().to_vec());
        let (folder, tells) = (self.goal.folder.clone(), self.settings.told);
        Some(Box::new(ForProgram { program, folder, done, remaining, cause, tells }))
    }

    /// Tells whether a replan is to keep `step`: an author's. What the goal file planned for another goal goes, but for
    /// the gates in it.
    fn is_kept(&self, step: &Step) -> bool {
        let for_another_goal = self.goal_before.is_some() && step.by == Author::File && !step.is_a_gate() && !step.skip;
        step.outlives_replans() && !for_another_goal
    }

    /// Returns the uses with bindings of their own that stood in a plan of this session, or stand in the goal file's.
    fn bound_uses(&self) -> Vec<Use> {
        if !self.kept_steps && self.goal.plan.is_none() {
            return Vec::new();
        }
        let mut seen: HashSet<Use> = self.goal.tools.values().map(|tool| Use::plain(tool).sorted()).collect();
        let replaced = self.replans.iter().flat_map(|replan| replan.before.iter());
        let file = file_steps(self, 1);
        let stood = file.iter().chain(self.runs.iter().map(|run| &run.step)).chain(self.plan.remaining());
        let known = |usage: &Use| self.goal.tools.contains_key(&usage.tool) && seen.insert(usage.sorted());
        stood.chain(replaced).filter_map(|step| step.usage()).filter(known).collect()
    }

    /// Tells whether the dial asks for a replan because of anything that contradicts the plan now.
    pub fn replan_is_due(&self) -> bool {
        self.deviations.iter().any(|d| acts_on(self, d) && !self.quiet.contains(&self.quiet_of(d)))
    }

    /// Returns the tool of a step by name, for screens: none where it is unbound or unknown.
    pub fn tool_of(&self, step: &super::plan::Step) -> Option<&Arc<super::goal::Tool>> {
        step.tool_in(&self.goal.tools)
    }
}
