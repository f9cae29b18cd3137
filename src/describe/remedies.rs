//! What a person can do where no plan reaches the goal as things are, the nearest first.

use std::borrow::Cow;

use crate::engine::advance::in_the_way;
use crate::engine::because::Called;
use crate::engine::event::{Outcome, Reason};
use crate::engine::goal::Key;
use crate::engine::plan::{Step, StepId};
use crate::engine::review::{Deviation, DeviationKind};
use crate::engine::state::{Phase, State};

use super::text;

/// What to do, and what it does in this session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// What to do.
    pub act: Act,
    /// What that does here, to follow the name of the key.
    pub does: String,
    /// The step that it is about.
    pub step: Option<StepId>,
    /// The key that it is about.
    pub key: Option<Key>,
}

/// The ways out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Go on with the step that can run.
    Step,
    /// Run a failed step again.
    Rerun,
    /// Give a value.
    Inject,
    /// Edit a step of the plan.
    Edit,
    /// Take back the last change.
    Undo,
    /// Replan the rest.
    Replan,
    /// Ask the embedded planner instead of the program that plans.
    Planner,
    /// Switch a step off.
    Skip,
    /// Change the goal and what it wants.
    Goal,
    /// Look why something is as it is.
    Why,
}

impl Act {
    /// Every one, for the test that the keymap knows these keys.
    pub const ALL: [Act; 10] = [
        Act::Step,
        Act::Rerun,
        Act::Inject,
        Act::Edit,
        Act::Undo,
        Act::Replan,
        Act::Planner,
        Act::Skip,
        Act::Goal,
        Act::Why,
    ];

    /// Returns the place of the key that does it on the dashboard (see [`keys`](super::keys)).
    pub fn key(self) -> &'static str {
        match self {
            Act::Step => "\x01step\x02",
            Act::Rerun => "\x01rerun\x02",
            Act::Inject => "\x01inject\x02",
            Act::Edit => "\x01edit\x02",
            Act::Undo => "\x01undo\x02",
            Act::Replan => "\x01replan\x02",
            Act::Planner => "\x01planner\x02",
            Act::Skip => "\x01skip\x02",
            Act::Goal => "\x01change_goal\x02",
            Act::Why => "\x01why\x02",
        }
    }
}

/// Returns the ways out of `state`; none where a plan is followed and nothing is in its way.
pub fn remedies(state: &State) -> Vec<Remedy> {
    let stuck = matches!(state.phase, Phase::Ended { .. } | Phase::Ready);
    if !stuck || state.is_react() || (state.deviations.is_empty() && !planned_outside(state)) {
        return Vec::new();
    }
    let mut ways = Vec::new();
    let mut add = |act, does: String, step: Option<&Step>, key: Option<&Key>| {
        if !ways.iter().any(|way: &Remedy| way.act == act) {
            ways.push(Remedy { act, does, step: step.map(|step| step.id.clone()), key: key.cloned() });
        }
    };
    if planned_outside(state) {
        add(Act::Planner, "asks the embedded planner instead".to_owned(), None, None);
        add(Act::Replan, "asks it again".to_owned(), None, None);
    }
    if let Some(failed) = state.failed_last() {
        add(Act::Rerun, format!("on {} runs it again", text::clip(failed.step.name(), 24)), Some(&failed.step), None);
    }
    for deviation in nearest_first(state) {
        match (deviation.kind, &deviation.key, deviation.step.as_ref().and_then(|id| state.plan.find(id))) {
            (DeviationKind::UnknownTool | DeviationKind::OrderWrong, _, Some((_, step))) => {
                add(Act::Edit, format!("mends {}", Called::of(step)), Some(step), None);
            }
            (DeviationKind::MissingInput, Some(key), Some((_, step))) => {
                // What a step was to write that has run or is switched off is not a slip of its reader.
                if !state.goal.tools.values().any(|tool| tool.outputs.contains(key)) {
                    add(Act::Edit, format!("mends {}", Called::of(step)), Some(step), Some(key));
                }
                add(Act::Inject, format!("gives {key}"), Some(step), Some(key));
            }
            (DeviationKind::GoalNotReached, Some(key), _)
                if state.context.get(key).is_some_and(|datum| !datum.fresh) =>
            {
                add(Act::Replan, format!("plans what makes {key} again"), None, Some(key));
            }
            (_, Some(key), _) => add(Act::Inject, format!("gives {key}"), None, Some(key)),
            _ => {} // what concerns no key is mended by no value
        }
    }
    if let Some(change) = state.undo.last() {
        add(Act::Undo, format!("takes back the {}", change.what), None, None);
    }
    if let Some(step) = state.runnable() {
        add(Act::Step, format!("runs {} all the same", text::clip(step.name(), 24)), Some(step), None);
    }
    ways
}

/// Tells whether the session is over for what a program said that plans, or failed to say.
pub fn planned_outside(state: &State) -> bool {
    matches!(state.phase, Phase::Ended { .. }) && state.settings.planner.is_program() && !state.is_react()
}

/// Tells whether the session is over because a program that plans sees no plan: it has answered, and was not silent.
pub fn has_no_plan(state: &State) -> bool {
    let unreachable = |state: &State| matches!(state.phase, Phase::Ended { outcome: Outcome::Unreachable, .. });
    planned_outside(state) && unreachable(state)
}

/// Says what was found where a session ended for `why`, of which the tree of `reasons` says more.
pub fn found<'a>(state: &State, why: &'a str, reasons: &[Reason]) -> Cow<'a, str> {
    match reasons.first() {
        Some(first) if *first.sentence == *why && planned_outside(state) => {
            format!("the planner sees no plan: {why}").into()
        }
        // The tree begins with the same sentence.
        Some(first) if *first.sentence == *why => "nothing that is offered leads to what the goal wants".into(),
        Some(_) | None => why.into(),
    }
}

/// Returns what contradicts the plan, what the reason begins with in front.
fn nearest_first(state: &State) -> Vec<&Deviation> {
    let why = match &state.phase {
        Phase::Ended { why, .. } => &**why,
        _ => "", // nothing was said yet
    };
    let named =
        |deviation: &Deviation| deviation.step.as_ref().is_some_and(|id| why.starts_with(&format!("step {id} ")));
    let mut all: Vec<&Deviation> = state.deviations.iter().collect();
    all.sort_by_key(|deviation| !named(deviation));
    all
}

/// Tells whether the remaining step `id` cannot run in `state`, and nothing is going to be done about it by itself.
pub fn blocks(state: &State, id: &str) -> bool {
    let stuck = |deviation: &Deviation| {
        matches!(state.phase, Phase::Ended { .. }) || state.quiet.contains(&state.quiet_of(deviation))
    };
    let blocking = |kind| {
        matches!(
            kind,
            DeviationKind::MissingInput
                | DeviationKind::UnknownTool
                | DeviationKind::OrderWrong
                | DeviationKind::RequirementFalse
        )
    };
    let of = |deviation: &&Deviation| deviation.step.as_deref() == Some(id) && blocking(deviation.kind);
    state.deviations.iter().filter(of).any(stuck)
}

/// Returns the place among the remaining steps that a person looks at where no plan reaches the goal: of the step that
/// is wrong, where one is.
pub fn place(state: &State) -> Option<usize> {
    let id = |deviation: &Deviation| deviation.step.clone().filter(|id| blocks(state, id));
    nearest_first(state).into_iter().find_map(id).and_then(|id| state.plan.find(&id)).map(|(place, _)| place)
}

/// Returns why `step`, which comes next, cannot run although nothing else can.
pub fn in_its_way(state: &State, step: &Step) -> Option<String> {
    let why = in_the_way(state, step).filter(|_| state.is_out_of_reach())?.message;
    let failed = state.failed_last();
    let way = failed.map_or(
        "\x01inject\x02 gives a value, \x01edit\x02 edits it, \x01replan\x02 replans".to_owned(),
        |run| {
            format!("\x01rerun\x02 on {} runs it again, \x01inject\x02 gives a value", text::clip(run.step.name(), 24))
        },
    );
    Some(format!("no step can run: {why}; {way}"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::describe::next;
    use crate::engine::command::Command;
    use crate::engine::effect::PlanReply;
    use crate::engine::event::{Decider, Dial};
    use crate::engine::launch::Truster;
    use crate::engine::session::Session;
    use crate::engine::settings::{PlannerChoice, Settings};
    use crate::engine::testing::{World, goal, settings, tool};

    /// Returns a session whose planner sees no plan and says so.
    fn unplanned(planner: PlannerChoice) -> Session {
        let why = "the moon is wrong";
        let reason = Reason { sentence: why.to_owned(), ..Reason::default() };
        let mut world = World::new(move |_| PlanReply::None { why: Some(why.into()), reasons: vec![reason.clone()] });
        let goal = Arc::new(goal("a", "n", vec![tool("make", "n", "a")]));
        let settings = Settings { planner, ..settings(Dial::OnDeviation, Decider::Auto) };
        let mut session = Session::open(goal, settings, "now");
        if session.submit(Command::Trust(Truster::Person), "").is_ok() {
            world.settle(&mut session, 20);
        }
        world.settle(&mut session, 20);
        session
    }

    #[test]
    fn what_a_program_says_that_plans_is_its_own_and_the_embedded_planner_is_one_key_away() {
        let session = unplanned(PlannerChoice::program());
        let state = session.state();
        let Phase::Ended { why, reasons, .. } = &state.phase else { panic!("{:?}", state.phase) };
        assert_eq!(found(state, why, reasons), "the planner sees no plan: the moon is wrong");
        let acts: Vec<Act> = remedies(state).iter().map(|way| way.act).collect();
        assert_eq!(acts[..2], [Act::Planner, Act::Replan]);
        assert!(has_no_plan(state), "it has answered");
        let next = next::next(state);
        assert!(next.contains("asks the embedded planner instead") && next.ends_with("the moon is wrong"), "{next}");

        let session = unplanned(PlannerChoice::default());
        let state = session.state();
        let Phase::Ended { why, reasons, .. } = &state.phase else { panic!("{:?}", state.phase) };
        assert_eq!(found(state, why, reasons), "nothing that is offered leads to what the goal wants");
        assert!(remedies(state).iter().all(|way| way.act != Act::Planner));
    }
}
