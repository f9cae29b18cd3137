//! Random goals in every kind of lane: none hangs, none goes in circles without notice, no figure is contradicted by a
//! recount of the raw events, and no advice contradicts the figures.
//!
//! `PLANSCOPE_CASES=20000 cargo test --test it lanes::random` tries more; a failure names the number of its goal.

use std::sync::Arc;

use planscope::compare::advice::advise;
use planscope::compare::figures::{self, FIGURES};
use planscope::compare::lane::{Lane, LaneKind};
use planscope::compare::parting::partings;
use planscope::compare::price::{Bill, Price};
use planscope::compare::repeat::Fingerprint;
use planscope::compare::result::LaneResult;
use planscope::engine::command::Command;
use planscope::engine::effect::Effect;
use planscope::engine::event::{Dial, Event, Pace, Strategy};
use planscope::engine::goal::{Goal, Risk, Scenario};
use planscope::engine::state::Phase;
use planscope::goal_file;
use planscope::jq::{Cancel, Evaluator};
use planscope::runtime::perform::perform;
use planscope::runtime::services::Services;
use serde_json::{Value, json};

use super::goals::{self, Dice};
use super::recount;

/// No lane of a random goal may take more reports of the world than this; a hundred fruitless decisions are allowed.
const MOST_REPORTS: usize = 4_000;

/// How often the same call may be made: a hundred fruitless decisions, retries on top.
const MOST_ALIKE: usize = 310;

const DIALS: [Dial; 4] = [Dial::Never, Dial::OnFailure, Dial::OnDeviation, Dial::EveryStep];

/// Lets a lane run to its end, without waiting between attempts.
fn run(goal: &Arc<Goal>, kind: LaneKind, scenario: Option<&Scenario>, services: &Services) -> Lane {
    let cancel = Cancel::new();
    let mut lane = Lane::open(goal, kind, scenario, Risk::High, "2026-11-24T09:00:00Z");
    let mut reports = 0;
    let mut settle = |lane: &mut Lane| {
        while let Some(mut effect) = lane.session.wants().into_iter().next() {
            reports += 1;
            assert!(reports <= MOST_REPORTS, "{} hangs: {:?}", kind.name(), lane.state().phase);
            if let Effect::CallTool(_, call) = &mut effect {
                call.wait_ms = 0;
            }
            let report = perform(&effect, services, &cancel).expect("nobody cancels");
            lane.session.submit(Command::Report(effect.id(), report), "2026-11-24T09:00:01Z").expect("it was wanted");
        }
    };
    settle(&mut lane);
    lane.go(Pace::Free, "2026-11-24T09:00:00Z");
    settle(&mut lane);
    lane
}

fn events(lane: &Lane) -> Vec<Value> {
    let one = |record: &planscope::engine::event::Recorded| {
        let mut event = serde_json::to_value(&record.event).expect("an event is JSON");
        event["seq"] = json!(record.seq);
        event
    };
    lane.session.path().iter().filter_map(|seq| lane.session.record(*seq)).map(one).collect()
}

fn recounted(source: &Value, lane: &Lane, place: &str) {
    let figures = figures::recount(&lane.session, lane.state());
    let said = recount::Recounted {
        decisions: figures.decisions,
        tool_calls: figures.tool_calls,
        wasted_calls: figures.wasted_calls,
        overtaken_calls: figures.overtaken_calls,
        repeated_calls: figures.repeated_calls,
        discarded_steps: figures.discarded_steps,
        stale_results: figures.stale_results,
        replans: figures.replans,
        cost: figures.cost,
        decision_seconds: figures.decision_seconds,
        reached: LaneResult::of(lane).reached(),
    };
    let counted = recount::recount(source, &events(lane));
    if said != counted {
        for event in events(lane).iter().filter(|event| event["kind"] != "opened") {
            let mut event = event.clone();
            event["considered"] = Value::Null;
            eprintln!("{event}");
        }
    }
    assert_eq!(said, counted, "{place}\n{source}");
}

/// A lane ends by itself, says why, and does not go on and on with the same call.
fn bounded(lane: &Lane, place: &str) {
    let state = lane.state();
    match &state.phase {
        Phase::Reached => {}
        Phase::Ended { why, .. } => assert!(!why.is_empty(), "{place}: it ended without a reason"),
        phase => panic!("{place}: it stands still in {phase:?}"),
    }
    let mut alike: std::collections::HashMap<String, usize> = Default::default();
    for event in events(lane) {
        let event = if event["kind"] == "inner" { event["event"].clone() } else { event };
        if event["kind"] == "started" {
            let step = state.step(event["step"].as_str().unwrap_or_default());
            let call = format!("{:?} {}", step.map(|step| &step.tool), event["reads"]);
            *alike.entry(call).or_default() += 1;
        }
    }
    let most = alike.into_iter().max_by_key(|(_, n)| *n);
    assert!(most.as_ref().is_none_or(|(_, n)| *n <= MOST_ALIKE), "{place}: {most:?}");
}

/// Advice never contradicts the figures, and cites only events that are there.
fn never_contradicts(lanes: &[Lane], place: &str) {
    let advice = advise(lanes, &Price::default());
    let results: Vec<LaneResult> = lanes.iter().map(LaneResult::of).collect();
    let coped = results.iter().any(|result| result.coped);
    let Some(chosen) = advice.lane.and_then(|at| results.get(at)) else {
        assert!(!coped, "{place}: a lane coped, and none is chosen\n{advice:?}");
        assert_eq!((advice.choice.as_ref(), advice.break_even.as_ref()), (None, None), "{place}");
        assert!(advice.because.contains("coped") || advice.because.contains("cope"), "{place}: {advice:?}");
        return;
    };
    assert!(chosen.coped, "{place}: {} did not cope\n{advice:?}", chosen.name);
    assert_eq!(advice.choice.as_deref(), Some(chosen.name.as_str()), "{place}");
    let price = |at: usize| advice.bills[at].at(&advice.price);
    for (at, other) in results.iter().enumerate().filter(|(_, other)| other.coped) {
        let (a, b) = (price(at), price(advice.lane.unwrap_or_default()));
        assert!(a + 1e-3 >= b, "{place}: {} took {a}, {} {b}", other.name, chosen.name);
    }
    for (lane, bill) in lanes.iter().zip(&advice.bills) {
        let figures = figures::recount(&lane.session, lane.state());
        assert_eq!(*bill, Bill::of(&lane.session, lane.state(), &figures), "{place}");
        assert!(bill.thrown_away >= figures.discarded_steps && bill.decisions >= figures.decisions, "{place}");
    }
    for cited in &advice.cited {
        let lane = &lanes[cited.lane];
        assert!(lane.session.path().contains(&cited.event), "{place}: {cited:?} is no event");
        let event = lane.session.record(cited.event).map(|record| record.event.innermost());
        match cited.what {
            "the first plan" => assert!(matches!(event, Some(Event::Planned { .. })), "{place}: {cited:?}"),
            "a replan" => assert!(matches!(event, Some(Event::Replanned { .. })), "{place}: {cited:?}"),
            "a choice was refused" => assert!(matches!(event, Some(Event::Refused { .. })), "{place}: {cited:?}"),
            "a loop was entered" => assert!(matches!(event, Some(Event::Entered { .. })), "{place}: {cited:?}"),
            _ => {}
        }
    }
    for event in &advice.events {
        assert!(advice.cited.iter().any(|cited| Some(cited.lane) == advice.lane && cited.event == *event), "{place}");
    }
    // Its numbers are the figures.
    let figures = &chosen.figures;
    let count = |n: u64, what: &str| match n {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    };
    let decisions =
        format!("It took {} and {}", count(figures.decisions, "decision"), count(figures.tool_calls, "tool call"));
    assert!(advice.because.contains(&decisions), "{place}: {advice:?} says another number than {decisions}");
    let stand_in = |r: &LaneResult| matches!(r.kind.strategy, Strategy::React | Strategy::ReactBlind);
    let unequal = results.iter().any(stand_in) && !results.iter().all(stand_in);
    assert!(!unequal || advice.wits.is_some(), "{place}: unequal wits are not said");
}

#[test]
fn no_lane_hangs_and_no_figure_or_advice_is_contradicted_by_a_recount() {
    let cases: u64 = std::env::var("PLANSCOPE_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(100);
    let first: u64 = std::env::var("PLANSCOPE_FIRST").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    let services = Services::new(Evaluator::in_thread());
    let (mut reached, mut replanned, mut looped, mut circles, mut lanes_run) = (0, 0, 0, 0, 0);
    for case in first..first + cases {
        if cases > 1_000 && case.is_multiple_of(100) {
            eprintln!("goal {case}");
        }
        let source = goals::goal(&mut Dice::new(case));
        let text = source.to_string();
        let goal = match goal_file::parse(&text, "goal.json", None) {
            Ok(goal) => Arc::new(goal),
            Err(faults) => panic!("goal {case}: {faults}\n{text}"),
        };
        let scenario = goal.scenarios.first();
        let mut lanes = Vec::new();
        for strategy in Strategy::ALL {
            for dial in DIALS {
                let kind = LaneKind { strategy, dial };
                let place = format!("goal {case}, {}", kind.name());
                let lane = run(&goal, kind, scenario, &services);
                bounded(&lane, &place);
                recounted(&source, &lane, &place);
                let result = LaneResult::of(&lane);
                reached += u64::from(result.reached());
                let why = result.standing.why.as_deref().unwrap_or_default();
                circles += u64::from(why.contains("circle") || why.contains("in a row"));
                replanned += u64::from(result.figures.replans > 0);
                looped += u64::from(events(&lane).iter().any(|event| event["kind"] == "entered"));
                lanes.push(lane);
            }
        }
        lanes_run += lanes.len() as u64;
        never_contradicts(&lanes, &format!("goal {case}"));
        // Any choice of lanes, in any order, is advised upon.
        let mut dice = Dice::new(case + 1);
        let some: Vec<Lane> = (0..2 + dice.below(3)).map(|_| lanes[dice.below(lanes.len())].clone()).collect();
        never_contradicts(&some, &format!("goal {case}, some lanes"));
        for (at, parting) in partings(&some).into_iter().enumerate() {
            let Some(parting) = parting else { continue };
            assert!(at > 0 && some[at].session.path().contains(&parting.here), "goal {case}: {parting:?}");
            assert!(some[0].session.path().contains(&parting.first), "goal {case}: {parting:?}");
        }
        // The same again is the same.
        let again = run(&goal, lanes[5].kind, scenario, &services);
        assert_eq!(Fingerprint::of(&again), Fingerprint::of(&lanes[5]), "goal {case}");
    }
    eprintln!(
        "{lanes_run} lanes of {cases} goals: {reached} reached it, {replanned} replanned, {looped} entered a loop, {circles} saw a circle"
    );
    assert!(reached * 5 > lanes_run && reached < lanes_run && replanned > cases / 10, "the goals are too much alike");
    assert!(circles > 0, "no goal made a lane go in a circle");
    assert!(looped > cases / 4, "hardly a lane entered a loop: {looped}");
}

#[test]
fn a_figure_has_one_sentence_that_says_what_it_counts() {
    for (name, counts) in FIGURES {
        assert!(counts.ends_with('.') && counts.len() > 20 && !name.is_empty(), "{name}: {counts}");
    }
}
