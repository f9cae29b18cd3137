//! Random runs with surprises: no call that nothing needs, sound plans, and a reason that begins with what happened
//! last.
//!
//! `PLANSCOPE_CASES=4000 cargo test --test it planner::surprised` tries more; a failure names the number of its goal.

use std::sync::Arc;

use planscope::engine::command::Command;
use planscope::engine::effect::{
    Call, CallOutcome, CallReport, EffectId, EffectKind, PlanRequest, PlannedStep, Report,
};
use planscope::engine::event::{Decider, Dial, Edit, Event, Mark, Outcome, Pace};
use planscope::engine::goal::{Check, Goal, Key, StepDraft, Surprise, Tool};
use planscope::engine::ordered::IndexMap;
use planscope::engine::plan::{Author, StepId};
use planscope::engine::session::Session;
use planscope::engine::state::{Phase, State, Status};
use planscope::engine::testing::{Words, World, goal, settings, tool};
use planscope::engine::value::Shared;
use planscope::engine::value::content_hash;
use planscope::planners::embedded::{holds, plan};
use serde_json::json;

const KEYS: u64 = 7;

/// A generator of small numbers that is the same everywhere (xorshift64*).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % sides
    }

    fn keys(&mut self, from: u64, to: u64, not: &[String]) -> Vec<String> {
        let mut keys: Vec<String> = Vec::new();
        for _ in 0..from + self.roll(to - from + 1) {
            let key = format!("k{}", self.roll(KEYS));
            if !keys.contains(&key) && !not.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }
}

fn random_goal(dice: &mut Dice) -> Goal {
    let mut tools: Vec<Tool> = Vec::new();
    for at in 0..4 + dice.roll(5) {
        let outputs = dice.keys(1, 2, &[]);
        let inputs = dice.keys(0, 2, &outputs);
        let mut made = tool(&format!("t{at}"), &inputs.join(" "), &outputs.join(" "));
        made.cost = 1.0 + dice.roll(9) as f64;
        if !inputs.is_empty() && dice.roll(4) == 0 {
            let word = ["even", "odd", "big"][dice.roll(3) as usize];
            made.requires.push(Check { label: word.into(), condition: word.into() });
        }
        tools.push(made);
    }
    let known = dice.keys(0, 2, &[]).join(" ");
    let wanted = |key: &String, dice: &mut Dice| match dice.roll(4) {
        0 => format!("{key}:{}", ["even", "odd", "big"][dice.roll(3) as usize]),
        _ => key.clone(),
    };
    let wants = dice.keys(1, 2, &[]);
    let wants: Vec<String> = wants.iter().map(|key| wanted(key, dice)).collect();
    goal(&wants.join(" "), &known, tools)
}

/// Makes the planner's own first plan of `goal` the goal file's, with keys of its own between the steps, and sometimes
/// a look of a person or a step that asks.
fn given(dice: &mut Dice, goal: &Goal) -> Option<Vec<StepDraft>> {
    let session = opened(goal.clone(), Dial::OnDeviation);
    let steps = session.state().plan.remaining().to_vec();
    if steps.is_empty() {
        return None;
    }
    let bound = |key: &Key| -> Key {
        let made = steps.iter().any(|step| step.writes().any(|written| written == key));
        let free = made && !goal.wants.contains_key(key) && !goal.context.contains_key(key);
        if free { format!("own_{key}").into() } else { key.clone() }
    };
    let mut drafts: Vec<StepDraft> = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        if dice.roll(6) == 0 {
            drafts.push(StepDraft {
                id: Some(format!("look{at}").into()),
                description: Some("Look at it all".into()),
                ..StepDraft::default()
            });
        }
        drafts.push(StepDraft {
            id: Some(format!("f{at}").into()),
            tool: step.tool.clone(),
            with: step.with.iter().map(|(name, key)| (name.clone(), bound(key))).collect(),
            to: step.to.iter().map(|(name, key)| (name.clone(), bound(key))).collect(),
            approval: dice.roll(8) == 0,
            note: Some("as the author wants it".into()),
            ..StepDraft::default()
        });
    }
    Some(drafts)
}

fn world(coarse: u64, failing: u64) -> World {
    let mut world = World::new(|request| plan(request, &Words, &|| false));
    world.tool = Box::new(move |call| does(call, coarse, failing));
    world
}

/// What a tool does: always the same for the same inputs; with few different results, so that many are confirmed.
fn does(call: &Call, coarse: u64, failing: u64) -> CallOutcome {
    let name = call.tool.as_ref().map(|tool| tool.name.to_string()).unwrap_or_default();
    let seen = |salt: u64| {
        let inputs = call.inputs.iter().map(|(_, value)| content_hash(value));
        inputs.fold(content_hash(&json!(name)).wrapping_add(salt), |sum, hash| sum.wrapping_mul(31).wrapping_add(hash))
            >> 7
    };
    if seen(97) % 100 < failing {
        return CallOutcome::Failed("it does not work".into());
    }
    let outputs = call.step.to.iter().enumerate();
    let value = |at: usize| Shared::new(json!(seen(at as u64 * 3) % coarse));
    let outputs: IndexMap<Key, Shared> = outputs.map(|(at, (name, _))| (name.clone(), value(at))).collect();
    if seen(89) % 100 < failing {
        CallOutcome::Refuted(outputs, "it is not so".into())
    } else {
        CallOutcome::Done(outputs)
    }
}

fn opened(goal: Goal, dial: Dial) -> Session {
    let mut session = Session::open(Arc::new(goal), settings(dial, Decider::Auto), "");
    world(5, 0).settle(&mut session, 1_000);
    session
}

/// Answers what `session` waits for, people included. Returns false where nothing is waited for.
fn turn(session: &mut Session, world: &mut World) -> bool {
    if let Some(effect) = session.wants().into_iter().next() {
        let report = world.answer(&effect);
        return session.submit(Command::Report(effect.id(), report), "").is_ok();
    }
    let Phase::Running { started, .. } = session.state().phase else { return false };
    let Some(call) = session.state().asks().and_then(|_| session.state().call(0)) else { return false };
    let value = Shared::new(json!(started % 3));
    let outputs = call.step.to.iter().map(|(name, _)| (name.clone(), value.clone())).collect();
    let report = CallReport {
        outcome: CallOutcome::Done(outputs),
        summary: None,
        wall_ms: None,
        mark: Mark::Answered,
        ran: None,
    };
    session.submit(Command::Report(EffectId { seq: started, kind: EffectKind::Call }, Report::Call(report)), "").is_ok()
}

/// Returns the remaining steps but the one with `id`, as a planner would answer them.
fn without(state: &State, request: &PlanRequest, id: &StepId) -> Vec<PlannedStep> {
    let rest = state.plan.remaining().iter().filter(|step| step.id != *id && !step.skip);
    let kept = |id: &StepId| request.keep.iter().any(|step| step.id == *id);
    rest.map(|step| PlannedStep { usage: step.usage(), kept: kept(&step.id).then(|| step.id.clone()), why: "".into() })
        .collect()
}

/// Returns the planner's step that is about to start although the rest of the plan holds without it.
fn needless(session: &Session) -> Option<StepId> {
    let state = session.state();
    // A surprise that is armed makes the planner forget what its tool returned; it observed nothing that would make
    // a step needless.
    let step = state.next_step().filter(|step| step.is_the_planners() && state.armed.is_empty())?;
    let request = state.plan_request();
    holds(&request, &without(state, &request, &step.id), &Words).is_ok().then(|| step.id.clone())
}

/// Returns what the reason may begin with: what happened last; where that is a step that returned, what happened before
/// it may matter more, and so may what failed and what was taken out.
fn expected(session: &Session) -> Vec<String> {
    let records = session.path();
    let events = records.iter().rev().filter_map(|seq| session.record(*seq)).map(|record| &record.event);
    let state = session.state();
    let name = |id: &str| state.step(id).map(|step| step.name().to_string()).unwrap_or_default();
    let begins = |event: &Event| match event {
        Event::Finished { step, .. } => Some(format!("{} returned ", name(step))),
        // Whether it failed or its result does not hold, its name comes first.
        Event::Failed { step, .. } => Some(format!("{} ", name(step))),
        Event::Injected { values, .. } => {
            Some(values.keys().map(std::string::ToString::to_string).collect::<Vec<_>>().join(", "))
        }
        Event::Edited { edit: Edit::Deleted { .. } } => Some("you deleted ".into()),
        Event::Edited { edit: Edit::SkipSet { skip: true, .. } } => Some("you skipped ".into()),
        Event::GoalChanged { .. } => Some("the goal is another one".into()),
        _ => None,
    };
    let mut found = Vec::new();
    let mut passed = false;
    for event in events {
        // What failed and what a person took out stays so, whatever happened since.
        if !passed || matches!(event, Event::Failed { .. } | Event::Edited { .. }) {
            found.extend(begins(event));
        }
        passed |= begins(event).is_some() && !matches!(event, Event::Finished { .. });
    }
    found
}

fn surprise(dice: &mut Dice, session: &Session) -> Option<Command> {
    let state = session.state();
    let key = format!("k{}", dice.roll(KEYS));
    let key: Key = match dice.roll(3) {
        0 => format!("own_{key}").into(),
        _ => key.into(),
    };
    let value = Shared::new(json!(dice.roll(6)));
    let pick = |n: usize, dice: &mut Dice| dice.roll(n.max(1) as u64) as usize;
    let tools: Vec<_> = state.goal.tools.keys().cloned().collect();
    let tool = tools[pick(tools.len(), dice)].clone();
    match dice.roll(9) {
        0..=2 => Some(Command::Inject([(key, Some(value))].into_iter().collect())),
        3 => Some(Command::Inject([(key, None)].into_iter().collect())),
        4 => {
            let done: Vec<_> = state.runs.iter().filter(|run| run.ended.is_some() && run.step.to.len() == 1).collect();
            let run = done.get(pick(done.len(), dice))?;
            Some(Command::ReplaceOutcome { step: run.step.id.clone(), result: value })
        }
        5 => {
            Some(Command::Surprise { surprise: Surprise::Fail { tool, error: "503".into(), times: 1 }, scenario: None })
        }
        6 => {
            let step = state.plan.remaining().get(pick(state.plan.remaining().len(), dice))?;
            Some(Command::SkipStep { step: step.id.clone(), skip: true })
        }
        7 => {
            let step = state.plan.remaining().get(pick(state.plan.remaining().len(), dice))?;
            Some(Command::DeleteStep(step.id.clone()))
        }
        _ => Some(Command::ChangeGoal {
            goal: "another".into(),
            wants: [(key, "true".into())].into_iter().collect(),
            scenario: None,
        }),
    }
}

#[derive(Debug, Default)]
struct Tally {
    goals: u64,
    given: u64,
    landed: u64,
    reached: u64,
    unneeded: u64,
    replans: u64,
    no_plan: u64,
    repeats: u64,
    gates: u64,
    all_the_same: u64,
}

fn run(case: u64, tally: &mut Tally) {
    let mut dice = Dice((case + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    (0..3).for_each(|_| _ = dice.roll(2));
    let mut goal = random_goal(&mut dice);
    if dice.roll(2) == 0 {
        goal.plan = given(&mut dice, &goal).map(Arc::new);
        tally.given += u64::from(goal.plan.is_some());
    }
    let dial = if dice.roll(4) == 0 { Dial::EveryStep } else { Dial::OnDeviation };
    let mut world = world(2 + dice.roll(4), 4 * dice.roll(3));
    let mut session = Session::open(Arc::new(goal), settings(dial, Decider::Auto), "");
    let after = match dice.roll(2) {
        0 => dice.roll(3) as usize,
        _ => 1 + dice.roll(5) as usize,
    };
    let mut left = 1 + dice.roll(3);
    tally.goals += 1;
    for _ in 0..3_000 {
        let before = session.state().runs.len();
        let doubted = needless(&session);
        let ready = session.state().phase == Phase::Ready && session.state().open_questions.is_empty();
        let quiet = ready && session.wants().is_empty() && session.state().pace == Pace::Paused;
        if quiet
            && left > 0
            && session.state().runs.len() >= after
            && let Some(command) = surprise(&mut dice, &session)
        {
            left -= 1;
            tally.landed += u64::from(session.submit(command, "").is_ok());
            continue;
        }
        if quiet && let Some(id) = doubted {
            panic!("goal {case}: {id} is about to run and nothing needs it\n{}", told(&session));
        }
        if turn(&mut session, &mut world) {
            assert!(session.state().runs.len() <= before + 1, "goal {case}: it ran on");
            continue;
        }
        let asks = matches!(session.state().phase, Phase::Approving | Phase::Review);
        let command = match asks {
            true => Command::Approve(planscope::engine::command::Approval::Whole),
            false => Command::SetPace(Pace::Steps(1)),
        };
        if matches!(session.state().phase, Phase::Reached | Phase::Ended { .. }) || session.submit(command, "").is_err()
        {
            break;
        }
    }
    judged(case, &session, tally);
    stepped_on(case, session, &mut world, tally);
}

/// Steps a session on that found no way to the goal: each press of the key runs a step, while there is one that can run.
fn stepped_on(case: u64, mut session: Session, world: &mut World, tally: &mut Tally) {
    if !matches!(session.state().phase, Phase::Ended { .. }) {
        return;
    }
    for _ in 0..40 {
        let Some(step) = session.state().runnable().map(|step| step.id.clone()) else { return };
        let before = session.state().runs.len();
        let pressed = session.submit(Command::SetPace(Pace::Steps(1)), "").map(|_| ());
        assert!(pressed.is_ok(), "goal {case}: {step} could run: {pressed:?}\n{}", told(&session));
        for _ in 0..100 {
            let whole = planscope::engine::command::Approval::Whole;
            if matches!(session.state().phase, Phase::Approving) {
                let said = [Command::Approve(whole), Command::SetPace(Pace::Steps(1))];
                said.into_iter().for_each(|command| assert!(session.submit(command, "").is_ok()));
            }
            if !turn(&mut session, world) {
                break;
            }
        }
        if session.state().phase == Phase::Reached {
            return;
        }
        let ran = session.state().runs.len() > before;
        assert!(ran, "goal {case}: {step} could run, and nothing did\n{}", told(&session));
        tally.all_the_same += 1;
    }
}

fn judged(case: u64, session: &Session, tally: &mut Tally) {
    let state = session.state();
    tally.reached += u64::from(state.phase == Phase::Reached);
    for record in session.records() {
        match &record.event {
            Event::Deviated { deviations } => {
                let kind = planscope::engine::review::DeviationKind::StepUnneeded;
                tally.unneeded += u64::from(deviations.iter().any(|deviation| deviation.kind == kind));
            }
            Event::Started { step, .. } => {
                let Some(step) = state.step(step) else { continue };
                tally.repeats += u64::from(step.again);
                // An author's step that is done once more is all that its author made it.
                if step.again {
                    let done = |other: &&Arc<planscope::engine::state::StepRun>| {
                        other.step.same_use(step) && other.started < record.seq && other.status != Status::Skipped
                    };
                    let repeats = step.repeats.is_some() == state.runs.iter().any(|run| done(&run));
                    assert!(step.by == Author::File && step.note.is_some() && repeats, "goal {case}");
                }
            }
            _ => {}
        }
    }
    for replan in &state.replans {
        tally.replans += 1;
        let removed = replan.removed_gates().count();
        tally.gates += replan.before.iter().filter(|step| step.is_a_gate()).count() as u64;
        assert!(removed == 0 || replan.accepted != Some(true), "goal {case}: a gate is gone\n{}", told(session));
    }
    if let Phase::Ended { outcome, why, .. } = &state.phase {
        assert!(!why.contains("planner failed"), "goal {case}: {why}\n{}", told(session));
        if *outcome == Outcome::Unreachable {
            tally.no_plan += 1;
            let begins = expected(session);
            assert!(
                begins.is_empty() || begins.iter().any(|begins| why.starts_with(begins)),
                "goal {case}: \"{why}\" begins with none of {begins:?}\n{}",
                told(session)
            );
        }
    }
}

fn told(session: &Session) -> String {
    let one = |record: &planscope::engine::event::Recorded| {
        let mut event = serde_json::to_value(&record.event).unwrap_or_default();
        event["goal"] = json!(null);
        event["settings"] = json!(null);
        event["left_out"] = json!(null);
        format!("{} {event}", record.seq)
    };
    let tools = session.state().goal.tools.values();
    let tool = |tool: &Arc<Tool>| format!("{} {:?} -> {:?} {:?}", tool.name, tool.inputs, tool.outputs, tool.requires);
    let lines = tools.map(tool).chain(session.records().iter().map(|record| one(record)));
    format!("{:?}\n{}", session.state().goal.wants, lines.collect::<Vec<_>>().join("\n"))
}

#[test]
fn nothing_needless_is_run_and_a_reason_begins_with_what_happened_last() {
    let cases: u64 = std::env::var("PLANSCOPE_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(400);
    let first: u64 = std::env::var("PLANSCOPE_FIRST").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    let mut tally = Tally::default();
    (first..first + cases).for_each(|case| run(case, &mut tally));
    println!("{tally:?}");
    let many = cases / 50;
    assert!(
        tally.unneeded >= many && tally.no_plan >= many && tally.repeats > 0 && tally.all_the_same > 0,
        "too little happens: {tally:?}"
    );
    assert!(tally.landed > cases / 4 && tally.reached > cases / 4 && tally.gates > 0, "too little happens: {tally:?}");
}
