//! The samples show what their lessons say: every comparison runs on all its lanes, and every claim is evaluated.
//!
//! No code knows a sample by name: what is run and what must hold stands in the goal files.

use std::collections::HashSet;
use std::sync::Arc;

use crate::lanes::goals::Dice;
use planscope::checks::failures::FAILURE_CHECKS;
use planscope::compare::lane::{Lane, LaneKind};
use planscope::compare::result::LaneResult;
use planscope::engine::effect::Subject;
use planscope::engine::event::{Dial, Pace, Strategy, Verdict};
use planscope::engine::goal::{Goal, Risk};
use planscope::engine::value::Shared;
use planscope::export::RunReport;
use planscope::goal_file::{self, lesson_of};
use planscope::jq::{Cancel, Evaluator};
use planscope::runtime::lanes;
use planscope::runtime::perform::Conditions;
use planscope::runtime::services::Services;
use planscope::tools::filter;
use serde_json::{Map, Value, json};

fn goals() -> Vec<(&'static str, Arc<Goal>)> {
    let read = |sample: &goal_file::Sample| {
        let goal = goal_file::parse(sample.text, sample.name, None);
        (sample.name, Arc::new(goal.unwrap_or_else(|faults| panic!("{}: {faults:?}", sample.name))))
    };
    goal_file::samples().iter().map(read).collect()
}

/// How many orders of a sample's tools are tried beside the one in which they stand.
const ORDERS: u64 = 12;

/// Returns `text`, a goal file, with its tools in another order; 0 leaves it as it is.
fn in_order(text: &str, order: u64) -> String {
    let mut goal: Value = serde_json::from_str(text).expect("a sample is JSON");
    let mut dice = Dice::new(order);
    if order > 0
        && let Some(tools) = goal["tools"].as_object_mut()
    {
        let mut entries: Vec<(String, Value)> = std::mem::take(tools).into_iter().collect();
        (1..entries.len()).rev().for_each(|at| entries.swap(at, dice.below(at + 1)));
        tools.extend(entries);
    }
    goal.to_string()
}

/// Returns what JSON says of a lane that ran to its end.
fn ran(goal: &Arc<Goal>, kind: LaneKind, scenario: Option<&str>, services: &Services) -> Value {
    let cancel = Cancel::new();
    let scenario = scenario.map(|name| goal.scenarios.iter().find(|one| *one.name == *name).expect("it is there"));
    let mut lane = Lane::open(goal, kind, scenario, Risk::Low, "");
    lanes::go(&mut lane, Pace::Free, services, &cancel);
    let result = LaneResult::of(&lane);
    let judge = Conditions { services, cancel: &cancel };
    let (standing, figures) = (&result.standing, result.figures.clone());
    let report = RunReport::brief(&lane.session, lane.state(), standing, figures, Vec::new(), None, &judge);
    serde_json::to_value(report).expect("a report is JSON")
}

#[test]
fn every_sample_shows_what_its_lesson_says_in_whatever_order_its_tools_stand() {
    let services = Services::new(Evaluator::in_thread());
    let samples = goal_file::samples();
    let cases: Vec<(usize, u64)> =
        (0..samples.len()).flat_map(|at| (0..=ORDERS).map(move |order| (at, order))).collect();
    // Of one sample in one order: what is wrong, how many claims there are, which checks a lesson triggers, and which of
    // them not in every lane of it.
    let one = |at: usize| {
        let (sample, order) = (&samples[cases[at].0], cases[at].1);
        let (mut wrong, mut claims) = (Vec::new(), 0);
        let (mut triggered, mut nearly) = (HashSet::new(), HashSet::new());
        let goal = goal_file::parse(&in_order(sample.text, order), sample.name, None);
        let goal = Arc::new(goal.unwrap_or_else(|faults| panic!("{}: {faults:?}", sample.name)));
        for comparison in lesson_of(&goal).compare {
            let scenario = comparison.scenario.as_deref();
            let of = |lane: &goal_file::LaneNamed| LaneKind { strategy: lane.strategy, dial: lane.dial };
            let lanes: Map<String, Value> = comparison
                .lanes
                .iter()
                .map(|lane| (lane.name.clone(), ran(&goal, of(lane), scenario, &services)))
                .collect();
            for check in FAILURE_CHECKS.iter().map(|check| check.name()) {
                let finds = |ran: &Value| ran["failure_checks"].as_array().unwrap().iter().any(|f| f["check"] == check);
                let found = lanes.values().filter(|ran| finds(ran)).count();
                // The same goal with the same surprise, and one lane does what the check is about.
                triggered.extend((found > 0).then_some(check));
                nearly.extend((found > 0 && found < lanes.len()).then_some(check));
            }
            let subject = Subject::Value(Shared::new(json!({ "lanes": lanes })));
            let conditions: Vec<&str> = comparison.shows.values().map(AsRef::as_ref).collect();
            let verdicts = filter::judge(&services.jq, &conditions, &subject, &Cancel::new());
            claims += verdicts.len();
            for (claim, verdict) in comparison.shows.keys().zip(verdicts) {
                if verdict != Verdict::True {
                    let scenario = scenario.unwrap_or("no surprise");
                    let said = |(lane, ran): (&String, &Value)| {
                        let order: Vec<&Value> =
                            ran["plan"].as_array().unwrap().iter().map(|step| &step["tool"]).collect();
                        format!("\n    {lane}: {} {} {order:?}", ran["status"], ran["metrics"])
                    };
                    let figures = lanes.iter().map(said).collect::<String>();
                    wrong.push(format!("{} in order {order}, {scenario}: {claim}: {verdict:?}{figures}", sample.name));
                }
            }
        }
        (wrong, claims, triggered, nearly)
    };
    let done = lanes::side_by_side(cases.len(), &Cancel::new(), one, || ());
    let (mut wrong, mut claims) = (Vec::new(), 0);
    let (mut triggered, mut nearly) = (HashSet::new(), HashSet::new());
    for (at, done) in done.into_iter().enumerate() {
        let (what, how_many, which, not_all) = done.unwrap_or_else(|| panic!("{:?} broke", cases[at]));
        wrong.extend(what);
        claims += how_many;
        if cases[at].1 == 0 {
            triggered.extend(which);
            nearly.extend(not_all);
        }
    }
    assert!(wrong.is_empty(), "{} claims of {claims} do not hold:\n{}", wrong.len(), wrong.join("\n"));
    let all: HashSet<&str> = FAILURE_CHECKS.iter().map(|check| check.name()).collect();
    assert_eq!(triggered, all, "a check that no lesson triggers");
    assert_eq!(nearly, all, "a check that no lane nearly triggers beside one that does");
    assert!(claims > 40 * ORDERS as usize, "only {claims} claims: this test looks in the wrong place");
}

#[test]
fn every_strategy_ends_on_every_sample_whatever_scenario_lands() {
    let (services, cancel) =
        (Services::new(Evaluator::isolated(env!("CARGO_BIN_EXE_planscope").into())), Cancel::new());
    for (name, goal) in goals() {
        let scenarios = goal.scenarios.iter().map(Some).chain([None]);
        for scenario in scenarios {
            for strategy in Strategy::ALL {
                for dial in [Dial::Never, Dial::OnFailure, Dial::OnDeviation, Dial::EveryStep] {
                    // Where no plan is made, the dial says only what to do with stale values.
                    if strategy.wits().is_some() && matches!(dial, Dial::OnFailure | Dial::EveryStep) {
                        continue;
                    }
                    let mut lane = Lane::open(&goal, LaneKind { strategy, dial }, scenario, Risk::Low, "");
                    lanes::go(&mut lane, Pace::Free, &services, &cancel);
                    let lands = scenario.map_or("nothing", |scenario| &scenario.name);
                    assert!(
                        lane.is_over() || lane.waits_for_person(),
                        "{name}, {strategy:?}, {dial:?}, {lands}: {:?} {:?} {:?}",
                        lane.state().phase,
                        lane.state().stop,
                        lane.state().deviations
                    );
                }
            }
        }
    }
}

#[test]
fn every_entry_of_the_start_screen_says_all_and_names_a_place_of_its_own() {
    let goals = goal_file::sample_goals();
    let entries = goal_file::start_entries(&goals);
    let mut places: Vec<u32> = entries.iter().map(|(_, entry)| entry.order).collect();
    places.dedup();
    assert_eq!(places.len(), entries.len(), "two entries want the same place");
    for (at, entry) in entries {
        let name = goals[at].0.name;
        for text in [&entry.title, &entry.about, &entry.hint] {
            assert!(!text.is_empty() && text.chars().count() < 100, "{name}: {text:?}");
        }
    }
}

#[test]
fn every_scenario_of_a_sample_says_what_is_right_in_its_world_and_a_stale_answer_is_not_judged() {
    for (name, goal) in goals() {
        for scenario in goal.scenarios.iter() {
            assert!(!scenario.expect.is_empty(), "{name}: {} expects nothing", scenario.name);
        }
    }
    let services = Services::new(Evaluator::in_thread());
    let source = json!({ "version": 1, "goal": "Count", "wants": { "n": ". > 0" }, "tools": {
        "load": { "description": "Load", "outputs": ["tickets"], "run": { "value": [1, 2] } },
        "count": { "description": "Count", "inputs": ["tickets"], "outputs": ["half"], "run": { "jq": ".tickets | length" } },
        "add": { "description": "Add", "inputs": ["tickets"], "outputs": ["n"], "run": { "jq": ".tickets | add" } }
    }, "plan": [{ "tool": "load" }, { "tool": "count" }, { "tool": "add" }],
        "scenarios": [{ "name": "late", "after": "count", "set": { "tickets": [7] }, "expect": { "half": ". == 1", "n": ". == 7" } },
            { "name": "never", "after": "nobody", "set": { "tickets": [7] } }],
        "expect": { "half": ". == 2", "n": ". == 3" } });
    let mut source = source;
    source["tools"]["nobody"] = json!({ "description": "Nobody calls it", "outputs": ["z"], "run": { "value": 1 } });
    let goal = Arc::new(goal_file::parse(&source.to_string(), "goal.json", None).expect("it reads"));
    let of = |dial, scenario| {
        let ran = ran(&goal, LaneKind { strategy: Strategy::PlanAndExecute, dial }, scenario, &services);
        (ran["status"].clone(), ran["coped"].clone(), ran["evaluation"].clone())
    };
    let met = json!({ "half": { "ok": true }, "n": { "ok": true } });
    assert_eq!(of(Dial::Never, None), (json!("reached"), json!(true), met.clone()), "the file's own world");
    let stale = json!({ "half": { "ok": null, "why": "not judged: stale" }, "n": { "ok": true } });
    assert_eq!(of(Dial::Never, Some("late")), (json!("reached"), json!(true), stale), "n was made after it changed");
    assert_eq!(of(Dial::OnDeviation, Some("never")), (json!("reached"), json!(false), met), "it never landed");
}
