//! Where lanes part and what is advised, told on pretend worlds: no process, no filter, no file.

use std::sync::Arc;

use planscope::compare::advice::{Row, advise};
use planscope::compare::lane::{Lane, LaneKind};
use planscope::compare::parting::partings;
use planscope::compare::price::Price;
use planscope::compare::repeat::{Fingerprint, Repeated};
use planscope::compare::result::{LaneResult, seconds};
use planscope::engine::effect::CallOutcome;
use planscope::engine::event::{Dial, Pace, Strategy};
use planscope::engine::goal::{Goal, Risk, Scenario, Surprise};
use planscope::engine::testing::{World, backwards, exploring, goal, tool};
use planscope::engine::value::Shared;
use serde_json::json;

const PLAN: LaneKind = LaneKind { strategy: Strategy::PlanAndExecute, dial: Dial::OnDeviation };
const NEVER: LaneKind = LaneKind { strategy: Strategy::PlanAndExecute, dial: Dial::Never };
const REACT: LaneKind = LaneKind { strategy: Strategy::React, dial: Dial::OnDeviation };
const WITS: LaneKind = LaneKind { strategy: Strategy::ReactPlanner, dial: Dial::OnDeviation };
const HYBRID: LaneKind = LaneKind { strategy: Strategy::Hybrid, dial: Dial::OnDeviation };

fn chain(steps: usize) -> Goal {
    let one = |n: usize| tool(&format!("t{n}"), &format!("k{}", n - 1), &format!("k{n}"));
    goal(&format!("k{steps}"), "k0", (1..=steps).map(one).collect())
}

fn play(goal: &Goal, kind: LaneKind, scenario: Option<&Scenario>, mut world: World) -> Lane {
    let mut lane = Lane::open(&Arc::new(goal.clone()), kind, scenario, Risk::High, "");
    assert!(world.settle(&mut lane.session, 1_000));
    lane.go(Pace::Free, "");
    assert!(world.settle(&mut lane.session, 10_000));
    lane
}

fn lanes(goal: &Goal, kinds: &[LaneKind], scenario: Option<&Scenario>) -> Vec<Lane> {
    kinds.iter().map(|kind| play(goal, *kind, scenario, World::new(backwards))).collect()
}

fn changed(after: &str, key: &str) -> Scenario {
    let surprises = vec![Surprise::Set { key: key.into(), value: Some(Shared::new(json!(5))) }];
    Scenario { name: "another".into(), after: Some(after.into()), surprises, expect: Default::default() }
}

#[test]
fn a_clear_path_is_planned_and_a_decision_a_step_is_what_react_pays() {
    let lanes = lanes(&chain(6), &[PLAN, REACT], None);
    let advice = advise(&lanes, &Price::default());
    assert_eq!((advice.lane, advice.row), (Some(0), Some(Row::Clear)));
    assert!(advice.because.contains("6 of 6 steps planned at the start (event 3) ran, with no replan"), "{advice:?}");
    assert!(advice.because.contains("It took 1 decision and 6 tool calls (22.8s at this price)."), "{advice:?}");
    assert!(advice.change.contains("With 5 replans more, react: stand-in would have cost no more."), "{advice:?}");
    assert_eq!(partings(&lanes), [None, None], "they did the same");
}

#[test]
fn a_rigid_lane_is_the_choice_only_where_no_other_coped() {
    let advice = advise(&lanes(&chain(4), &[NEVER, PLAN], None), &Price::default());
    assert_eq!(advice.choice.as_deref(), Some("plan-and-execute"), "it took the same, and answers to surprises");
    assert!(advice.because.contains("it has no answer where something does"), "{advice:?}");
    let surprised = lanes(&chain(4), &[PLAN, NEVER], Some(&changed("t2", "k1")));
    let advice = advise(&surprised, &Price::default());
    assert_eq!(advice.choice.as_deref(), Some("plan-and-execute"));
    assert!(advice.because.contains("never replan did not reach the goal"), "{advice:?}");
    let parting = partings(&surprised)[1].clone().unwrap();
    assert!(parting.sentence.contains("plan-and-execute did t2 at event"), "{parting:?}");
    assert!(parting.sentence.contains("never replan did t3 at event"), "{parting:?}");
}

#[test]
fn a_short_task_needs_no_plan_and_equal_wits_are_not_called_unequal() {
    let advice = advise(&lanes(&chain(1), &[PLAN, WITS], None), &Price::default());
    assert_eq!((advice.choice.as_deref(), advice.row), (Some("react: planner's wits"), Some(Row::Short)));
    assert_eq!(advice.wits, None);
}

#[test]
fn an_outline_with_a_loop_in_it_is_the_hybrids() {
    let goal = goal(
        "sent",
        "case",
        vec![
            exploring(tool("find", "case", "cause"), "ask look", "true", 6),
            tool("look", "case", "record"),
            tool("ask", "record", "cause"),
            tool("write", "cause", "answer"),
            tool("proofread", "answer", "proof"),
            tool("send", "proof", "sent"),
        ],
    );
    let lanes = lanes(&goal, &[HYBRID, REACT], None);
    let advice = advise(&lanes, &Price::default());
    assert_eq!((advice.choice.as_deref(), advice.row), (Some("hybrid"), Some(Row::Both)), "{advice:?}");
    assert!(advice.because.contains("1 loop inside (event"), "{advice:?}");
    assert!(advice.wits.is_some(), "the loop is decided in by the stand-in, the outline by the planner");
    let figures = LaneResult::of(&lanes[0]).figures;
    assert_eq!(
        (figures.tool_calls, figures.wasted_calls),
        (5, 0),
        "the loop is no call, its own calls are: {figures:?}"
    );
}

#[test]
fn a_lane_whose_observation_differs_parts_there() {
    let goal = chain(3);
    let mut other = World::new(backwards);
    other.tool = Box::new(|call| {
        let outputs = call.step.to.iter().map(|(name, _)| (name.clone(), Shared::new(json!(77))));
        CallOutcome::Done(outputs.collect())
    });
    let lanes = [play(&goal, PLAN, None, World::new(backwards)), play(&goal, PLAN, None, other)];
    let parting = partings(&lanes)[1].clone().unwrap();
    assert!(parting.sentence.starts_with("plan-and-execute did t1, with another result,"), "{parting:?}");
    let prints = lanes.each_ref().map(Fingerprint::of);
    let repeated = Repeated::of(&prints);
    assert_eq!(repeated.said(), "plan and order the same, result not, in 2 runs");
}

#[test]
fn nothing_is_advised_while_a_lane_is_under_way() {
    let over = play(&chain(2), PLAN, None, World::new(backwards));
    let begun = Lane::open(&Arc::new(chain(2)), REACT, None, Risk::High, "");
    let advice = advise(&[over, begun], &Price::default());
    assert_eq!((advice.lane, advice.because.as_str()), (None, "Not every lane has come to its end yet."));
}

#[test]
fn seconds_are_said_as_people_say_them() {
    assert_eq!([0, 42, 60, 63].map(seconds), ["0 s", "42 s", "1 min", "1 min 3 s"]);
}
