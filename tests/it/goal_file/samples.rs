//! The samples show what their lessons say: every comparison runs on all its lanes, and every claim is evaluated.
//!
//! No code knows a sample by name: what is run and what must hold stands in the goal files.

use std::collections::HashSet;
use std::sync::Arc;

use crate::support::program::Folder;
use planscope::checks::failures::FAILURE_CHECKS;
use planscope::compare::lane::{Lane, LaneKind};
use planscope::engine::effect::Subject;
use planscope::engine::event::{Dial, Pace, Strategy, Verdict};
use planscope::engine::goal::{Goal, Risk};
use planscope::goal_file::{self, lesson_of};
use planscope::jq::{Cancel, Evaluator};
use planscope::runtime::lanes;
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

#[test]
fn every_sample_shows_what_its_lesson_says() {
    let (folder, services) =
        (Folder::new(), Services::new(Evaluator::isolated(env!("CARGO_BIN_EXE_planscope").into())));
    let mut wrong = Vec::new();
    let mut claims = 0;
    let (mut triggered, mut nearly) = (HashSet::new(), HashSet::new());
    for (name, goal) in goals() {
        for comparison in lesson_of(&goal).compare {
            let mut arguments = vec!["compare", name];
            arguments.extend(comparison.lanes.iter().flat_map(|lane| ["--lane", &lane.name]));
            arguments.extend(comparison.scenario.iter().flat_map(|scenario| ["--scenario", scenario.as_str()]));
            let (_, compared) = folder.json(&arguments);
            let ran = compared["lanes"].as_array().unwrap();
            let lanes: Map<String, Value> =
                comparison.lanes.iter().zip(ran).map(|(lane, ran)| (lane.name.clone(), ran.clone())).collect();
            for check in FAILURE_CHECKS.iter().map(|check| check.name()) {
                let finds = |ran: &Value| ran["failure_checks"].as_array().unwrap().iter().any(|f| f["check"] == check);
                let found = ran.iter().filter(|ran| finds(ran)).count();
                // The same goal with the same surprise, and one lane does what the check is about.
                triggered.extend((found > 0).then_some(check));
                nearly.extend((found > 0 && found < ran.len()).then_some(check));
            }
            let subject = Subject::Value(Arc::new(json!({ "lanes": lanes })));
            let conditions: Vec<&str> = comparison.shows.values().map(AsRef::as_ref).collect();
            let verdicts = filter::judge(&services.jq, &conditions, &subject, &Cancel::new());
            claims += verdicts.len();
            for (claim, verdict) in comparison.shows.keys().zip(verdicts) {
                if verdict != Verdict::True {
                    let scenario = comparison.scenario.as_deref().unwrap_or("no surprise");
                    let figures = lanes.iter().map(|(lane, ran)| format!("\n    {lane}: {}", ran["metrics"]));
                    wrong.push(format!("{name}, {scenario}: {claim}: {verdict:?}{}", figures.collect::<String>()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let all: HashSet<&str> = FAILURE_CHECKS.iter().map(|check| check.name()).collect();
    assert_eq!(triggered, all, "a check that no lesson triggers");
    assert_eq!(nearly, all, "a check that no lane nearly triggers beside one that does");
    assert!(claims > 40, "only {claims} claims: this test looks in the wrong place");
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
