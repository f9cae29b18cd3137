//! The bench that runs lanes, and a lane that becomes a recorded session.

use std::sync::Arc;

use planscope::compare::lane::LaneKind;
use planscope::engine::event::{Dial, Strategy};
use planscope::engine::goal::Goal;
use planscope::jq::{Cancel, Evaluator};
use planscope::runtime::bench::{Aim, Bench};
use planscope::runtime::driver::{Driver, SessionFile};
use planscope::runtime::services::Services;

const GOAL: &str = r#"{
  "version": 1,
  "goal": "Know the sum of the numbers",
  "wants": { "sum": ". == 6 or . == 10" },
  "tools": {
    "read_numbers": { "description": "Read the numbers", "inputs": [], "outputs": ["numbers"], "run": { "value": [1, 2, 3] } },
    "add_up": { "description": "Add the numbers up", "inputs": ["numbers"], "outputs": ["sum"], "run": { "jq": ".numbers | add" } }
  },
  "scenarios": [
    { "name": "One more number", "after": "read_numbers", "set": { "numbers": [1, 2, 3, 4] } },
    { "name": "Never", "after": "nothing_that_runs", "set": { "numbers": [] } }
  ]
}"#;

fn goal() -> Arc<Goal> {
    let text = GOAL.replace("nothing_that_runs", "add_up");
    Arc::new(planscope::goal_file::parse(&text, "sum", None).expect("a goal"))
}

fn bench() -> Bench {
    let goal = goal();
    Bench::new(goal.clone(), &LaneKind::usual(&goal), Services::new(Evaluator::in_thread()))
}

fn work(bench: &mut Bench) {
    let cancel = Cancel::new();
    while bench.work(&cancel).is_some() {}
}

#[test]
fn a_first_plan_is_made_and_nothing_runs() {
    let mut bench = bench();
    work(&mut bench);
    assert!(!bench.is_busy() && !bench.is_over());
    for at in 0..bench.len() {
        let lane = bench.lane(at).expect("a lane");
        assert!(lane.state().runs.is_empty());
        assert_eq!(bench.ticks(at).len(), 1);
    }
}

#[test]
fn one_step_each_then_each_to_its_end() {
    let mut bench = bench();
    bench.aim(Aim::Steps(1));
    work(&mut bench);
    for at in 0..bench.len() {
        assert_eq!(bench.ticks(at).len(), 2, "lane {at}");
    }
    bench.aim(Aim::End);
    work(&mut bench);
    assert!(bench.is_over());
}

#[test]
fn a_surprise_lands_in_every_lane_and_they_go_to_where_they_were() {
    let mut bench = bench();
    bench.aim(Aim::Steps(1));
    work(&mut bench);
    bench.land(goal().scenarios.first().cloned());
    work(&mut bench);
    for at in 0..bench.len() {
        assert_eq!(bench.ticks(at).len(), 2, "lane {at}");
    }
    bench.aim(Aim::End);
    work(&mut bench);
    for at in 0..bench.len() {
        assert!(bench.lane(at).expect("a lane").met().is_some(), "lane {at}");
    }
    bench.land(None);
    work(&mut bench);
    assert!(bench.is_over() && bench.scenario().is_none(), "without it they go to the end too");
}

#[test]
fn cancelled_lanes_rest_and_go_on_afterwards() {
    let mut bench = bench();
    bench.aim(Aim::End);
    let cancel = Cancel::new();
    cancel.cancel();
    bench.work(&cancel);
    bench.cancel();
    assert!(!bench.is_busy());
    bench.aim(Aim::End);
    work(&mut bench);
    assert!(bench.is_over());
}

#[test]
fn what_is_asked_for_while_lanes_are_out_is_done_afterwards() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut bench = bench();
        // Out for the first plan; a step is asked for meanwhile.
        let _ = tokio::time::timeout(std::time::Duration::ZERO, bench.next()).await;
        bench.aim(Aim::Steps(1));
        while bench.is_busy() {
            bench.next().await;
        }
        for at in 0..bench.len() {
            assert_eq!(bench.ticks(at).len(), 2, "lane {at}");
        }
    });
}

#[test]
fn a_turned_lane_runs_again_to_where_it_was() {
    let mut bench = bench();
    bench.aim(Aim::End);
    work(&mut bench);
    bench.turn(1, LaneKind { strategy: Strategy::PlanAndExecute, dial: Dial::EveryStep });
    assert!(bench.is_busy_at(1) && !bench.is_busy_at(0));
    work(&mut bench);
    assert!(bench.is_over());
    assert_eq!(bench.kind(1).expect("a kind").dial, Dial::EveryStep);
}

#[test]
fn lanes_on_tasks_come_back_as_messages_and_late_ones_are_dropped() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut bench = bench();
        bench.aim(Aim::End);
        while !bench.is_over() {
            bench.next().await;
        }
        // Started over while they are out: what was out comes back to nobody.
        bench.start_over();
        bench.aim(Aim::End);
        let _ = tokio::time::timeout(std::time::Duration::from_millis(1), bench.next()).await;
        bench.start_over();
        while bench.is_busy() {
            bench.next().await;
        }
        for at in 0..bench.len() {
            assert!(bench.lane(at).expect("a lane").state().runs.is_empty(), "lane {at}");
        }
    });
}

#[test]
fn a_lane_becomes_a_recorded_session_and_opens_again_the_same() {
    let mut bench = bench();
    bench.aim(Aim::End);
    work(&mut bench);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lane.jsonl");
    let services = Services::new(Evaluator::in_thread());
    for at in 0..bench.len() {
        let session = bench.lane(at).expect("a lane").session.clone();
        let path = path.with_file_name(format!("lane{at}.jsonl"));
        let adopted =
            Driver::adopt(session.clone(), SessionFile::File(path.clone()), services.clone()).expect("a driver");
        assert_eq!(adopted.session().records(), session.records());
        drop(adopted);
        let (again, torn) = Driver::reopen(&path, services.clone()).expect("the session");
        assert!(torn.is_none());
        assert_eq!(again.session().records(), session.records(), "lane {at}");
        assert_eq!(again.state().phase, session.state().phase);
        let refused = Driver::adopt(session, SessionFile::File(path), services.clone());
        assert!(refused.is_err(), "a file that exists is never overwritten");
    }
}

/// A planner with a fault of its own.
struct Breaks;

impl planscope::planners::Planner for Breaks {
    fn name(&self) -> &'static str {
        "embedded"
    }

    fn nature(&self) -> planscope::engine::settings::PlannerNature {
        planscope::engine::settings::PlannerNature::Pure
    }

    fn plan(
        &self,
        _request: &planscope::engine::effect::PlanRequest,
        _host: &planscope::planners::Host<'_>,
    ) -> planscope::engine::effect::PlanReply {
        panic!("this planner breaks")
    }
}

#[test]
fn what_breaks_one_lane_is_said_there_and_leaves_the_others_alone() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let goal = goal();
        let table: planscope::planners::Planners = Box::leak(Box::new([&Breaks as &dyn planscope::planners::Planner]));
        let services = Services::new(Evaluator::in_thread()).with_planners(table);
        let kinds = [
            LaneKind { strategy: Strategy::PlanAndExecute, dial: Dial::OnDeviation },
            LaneKind { strategy: Strategy::React, dial: Dial::OnDeviation },
        ];
        let mut bench = Bench::new(goal, &kinds, services);
        bench.aim(Aim::End);
        while !bench.is_over() {
            bench.next().await;
        }
        let state = |at: usize| bench.lane(at).expect("a lane").state();
        let planscope::engine::state::Phase::Ended { why, .. } = &state(0).phase else {
            panic!("{:?}", state(0).phase)
        };
        assert!(why.contains(planscope::runtime::bench::BROKEN), "{why}");
        assert_eq!(state(1).phase, planscope::engine::state::Phase::Reached);
    });
}
