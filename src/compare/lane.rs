//! A lane: one strategy with one replan dial, on a copy of a goal, in memory.

use std::sync::Arc;

use crate::engine::command::Command;
use crate::engine::event::{Decider, Dial, Event, Mark, Pace, Seq, Settings, Strategy};
use crate::engine::goal::{Goal, Risk, Scenario};
use crate::engine::session::Session;
use crate::engine::state::{Phase, State};

/// What runs in a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LaneKind {
    /// How it is decided what comes next.
    pub strategy: Strategy,
    /// When a replan is due; of no weight where no plan is made.
    pub dial: Dial,
}

impl LaneKind {
    /// Returns the lanes that are compared where nobody chose: plan-and-execute, ReAct by the stand-in and with the
    /// planner's wits, and plan-and-execute without replans; where the goal has a tool that explores, the hybrid in the
    /// place of that.
    pub fn usual(goal: &Goal) -> Vec<LaneKind> {
        let of = |strategy| LaneKind { strategy, dial: Dial::OnDeviation };
        let never = LaneKind { dial: Dial::Never, ..of(Strategy::PlanAndExecute) };
        let (plan, react, wits) = (of(Strategy::PlanAndExecute), of(Strategy::React), of(Strategy::ReactPlanner));
        if goal.explores() { vec![plan, react, wits, of(Strategy::Hybrid)] } else { vec![plan, never, react, wits] }
    }

    /// Returns the lanes of [`LaneKind::usual`], each once, where those that replan do so as `dial` says.
    pub fn usual_at(goal: &Goal, dial: Dial) -> Vec<LaneKind> {
        let mut kinds: Vec<LaneKind> = Vec::new();
        for kind in LaneKind::usual(goal) {
            let kind = if kind.dial == Dial::OnDeviation { LaneKind { dial, ..kind } } else { kind };
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        kinds
    }

    /// Returns what the lane is called: "plan-and-execute", "never replan", "react: stand-in".
    pub fn name(self) -> String {
        let plain = match self.strategy {
            Strategy::PlanAndExecute => "plan-and-execute",
            Strategy::React => "react: stand-in",
            Strategy::ReactPlanner => "react: planner's wits",
            Strategy::ReactBlind => "react: blind stand-in",
            Strategy::Hybrid => "hybrid",
        };
        let dial = match self.dial {
            Dial::OnDeviation => return plain.to_owned(),
            Dial::Never => "never replan",
            Dial::OnFailure => "replan on failure",
            Dial::EveryStep => "replan every step",
        };
        if self.strategy == Strategy::PlanAndExecute { dial.to_owned() } else { format!("{plain}, {dial}") }
    }
}

/// One lane under way.
#[derive(Clone, Debug)]
pub struct Lane {
    /// What runs in it.
    pub kind: LaneKind,
    /// Its session: in memory, every event of it.
    pub session: Session,
    /// The scenario that lands in it, by name.
    pub scenario: Option<Arc<str>>,
}

impl Lane {
    /// Opens a lane on a copy of `goal`. `scenario` lands when its tool first returns there, or at once without one.
    /// `at` is stamped on its events.
    pub fn open(goal: &Arc<Goal>, kind: LaneKind, scenario: Option<&Scenario>, approve: Risk, at: &str) -> Lane {
        let mut lane =
            Lane::bare(goal, kind, Settings::default().with_approval(approve).with_planner(goal.usual_planner()), at);
        if let Some(scenario) = scenario {
            let surprises = scenario.surprises.clone();
            let (after, scenario) = (scenario.after.clone(), Some(scenario.name.clone()));
            lane.scenario = scenario.clone();
            // A new session refuses no schedule: nothing has finished in it that could be too late.
            let _ = lane.session.submit(Command::Schedule { after, nth: Some(1), surprises, scenario }, at);
        }
        lane
    }

    /// Opens a lane into which nothing is put. Strategy and dial are those of its kind, and nobody is asked about a
    /// replan; the rest is as in `settings`.
    pub fn bare(goal: &Arc<Goal>, kind: LaneKind, settings: Settings, at: &str) -> Lane {
        let LaneKind { strategy, dial } = kind;
        let settings = settings.with_strategy(strategy).with_dial(dial).with_decider(Decider::Auto);
        Lane { kind, session: Session::open(goal.clone(), settings, at), scenario: None }
    }

    /// Returns its state now.
    pub fn state(&self) -> &State {
        self.session.state()
    }

    /// Tells whether the goal is reached or the run over without it.
    pub fn is_over(&self) -> bool {
        self.state().phase.is_over()
    }

    /// Tells whether it waits for a person: an approval, an answer.
    pub fn waits_for_person(&self) -> bool {
        matches!(self.state().innermost().phase, Phase::Approving | Phase::Interrupted) || self.state().asks().is_some()
    }

    /// Lets it go on this far, if it can.
    pub fn go(&mut self, pace: Pace, at: &str) {
        // What cannot go on says so by standing still: it is over, or waits for a person.
        let _ = self.session.submit(Command::SetPace(pace), at);
    }

    /// Tells whether a surprise was meant for it.
    pub fn is_surprised(&self) -> bool {
        let put_in = |seq: &Seq| match self.session.record(*seq).map(|record| record.event.innermost()) {
            Some(Event::Scheduled { .. } | Event::Armed { .. } | Event::Injected { .. }) => true,
            Some(Event::GoalChanged { .. }) => true,
            Some(_) | None => false,
        };
        self.scenario.is_some() || self.session.path().iter().any(put_in)
    }

    /// Returns the event by which its scenario (any surprise, where it was given none by name) landed: a value that
    /// changed, an outcome or failure that was met, another goal. None where it never met it.
    pub fn met(&self) -> Option<Seq> {
        let mine = |scenario: &Option<Arc<str>>| self.scenario.is_none() || *scenario == self.scenario;
        let mut armed = false;
        self.session.path().iter().copied().find(|seq| {
            let Some(record) = self.session.record(*seq) else { return false };
            match record.event.innermost() {
                Event::Injected { scenario, .. } | Event::GoalChanged { scenario, .. } => mine(scenario),
                Event::Armed { scenario, .. } => {
                    armed |= mine(scenario);
                    false
                }
                Event::Finished { mark, .. } | Event::Failed { mark, .. } | Event::Retried { mark, .. } => {
                    armed && *mark == Mark::Injected
                }
                _ => false,
            }
        })
    }
}
