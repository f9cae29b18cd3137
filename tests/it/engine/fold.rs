//! Random sessions: the fold equals the live state, forks share prefixes, refusals change nothing, and what is kept
//! incrementally equals its plain definition.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use super::cases;
use planscope::describe::ledger::{HandOff, Ledger, Writer};
use planscope::engine::breakpoint::{Breakpoint, Note, Place};
use planscope::engine::command::{Approval, Command};
use planscope::engine::context::{Context, Origin};
use planscope::engine::effect::Report;
use planscope::engine::event::{self, Decider, Dial, Event, Pace};
use planscope::engine::goal::{Goal, Key, StepDraft, Surprise};
use planscope::engine::review;
use planscope::engine::session::Session;
use planscope::engine::state::{Phase, State, Status};
use planscope::engine::testing::{World, backwards, decided_by, exploring, goal, picture, requiring, settings, tool};
use planscope::engine::value::Shared;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::json;

/// What a person or the world does, as small numbers that always mean something.
#[derive(Clone, Debug)]
pub(super) enum Deed {
    Answer,
    Step(u32),
    Free,
    Pause,
    Approve,
    Reject,
    Inject(usize, Option<i64>),
    Outcome(usize, i64),
    Fail(usize),
    Schedule(usize, usize, i64),
    Delete(usize),
    Move(usize, usize),
    Skip(usize, bool),
    Add(usize, usize),
    Unbound(usize),
    Rerun(usize),
    Undo,
    Redo,
    Replan,
    Dial(usize),
    Auto(bool),
    Goal(usize),
    Pin(usize, bool),
    Cancel,
    Strategy(usize),
    Into,
    Out,
    Within(usize, i64),
    Past(usize, usize, i64),
    Select(usize),
    Break(usize, u32),
    Unbreak(usize),
    ToReplan,
}

/// How many places a breakpoint may be set at.
const PLACES: usize = 17;

/// Returns the place with this number.
pub(super) fn place(at: usize) -> Place {
    let when = |condition: &str, keys: Option<Vec<Key>>| Place::When { condition: condition.into(), keys };
    match at {
        0 => Place::Step("s2".into()),
        1 => Place::Step("s3".into()),
        2 => Place::Tool("make_c".into()),
        3 => Place::Tool("make_b".into()),
        4 => Place::Key("b".into()),
        5 => Place::Key("c".into()),
        6 => Place::Key("done".into()),
        7 => Place::Replan(None),
        8 => Place::Replan(Some(1)),
        9 => Place::Deviation,
        10 => Place::Check,
        11 => Place::Stale,
        12 => Place::Failed,
        13 => Place::Contract,
        14 => when("big", Some(vec!["b".into()])),
        15 => when("even", Some(vec!["c".into(), "d".into()])),
        _ => when("odd", None),
    }
}

const KEYS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

pub(super) fn world_goal() -> Goal {
    let tools = vec![
        tool("make_b", "a", "b"),
        tool("make_c", "b", "c"),
        decided_by(requiring(tool("make_d", "b c", "d"), "big"), "b"),
        tool("other_c", "a", "c"),
        tool("make_e", "d", "e"),
        tool("both", "c", "e f"),
        tool("end", "e f", "done"),
        exploring(tool("dig", "a", "c"), "make_b make_c make_e", "true", 6),
        exploring(tool("sift", "c", "d"), "make_d make_b", "big", 4),
    ];
    goal("done", "a", tools)
}

pub(super) fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        12 => Just(Deed::Answer),
        4 => (1u32..3).prop_map(Deed::Step),
        2 => Just(Deed::Free),
        1 => Just(Deed::Pause),
        4 => Just(Deed::Approve),
        1 => Just(Deed::Reject),
        2 => (0usize..6, prop::option::of(0i64..6)).prop_map(|(k, v)| Deed::Inject(k, v)),
        1 => (0usize..8, 0i64..6).prop_map(|(s, v)| Deed::Outcome(s, v)),
        1 => (0usize..9).prop_map(Deed::Fail),
        1 => (0usize..9, 0usize..6, 0i64..6).prop_map(|(t, k, v)| Deed::Schedule(t, k, v)),
        1 => (0usize..5).prop_map(Deed::Delete),
        1 => (0usize..5, 0usize..5).prop_map(|(s, t)| Deed::Move(s, t)),
        1 => (0usize..5, any::<bool>()).prop_map(|(s, b)| Deed::Skip(s, b)),
        2 => (0usize..9, 0usize..5).prop_map(|(t, at)| Deed::Add(t, at)),
        1 => (0usize..4).prop_map(Deed::Strategy),
        3 => Just(Deed::Into),
        1 => Just(Deed::Out),
        1 => (0usize..6, 0i64..6).prop_map(|(k, v)| Deed::Within(k, v)),
        1 => (0usize..5).prop_map(Deed::Unbound),
        1 => (0usize..8).prop_map(Deed::Rerun),
        1 => Just(Deed::Undo),
        1 => Just(Deed::Redo),
        1 => Just(Deed::Replan),
        1 => (0usize..4).prop_map(Deed::Dial),
        1 => any::<bool>().prop_map(Deed::Auto),
        1 => (0usize..6).prop_map(Deed::Goal),
        1 => (0usize..6, any::<bool>()).prop_map(|(k, p)| Deed::Pin(k, p)),
        1 => Just(Deed::Cancel),
        1 => (0usize..100, 0usize..6, 0i64..6).prop_map(|(m, k, v)| Deed::Past(m, k, v)),
        1 => (0usize..100).prop_map(Deed::Select),
        2 => (0usize..PLACES, 0u32..5).prop_map(|(place, how)| Deed::Break(place, how)),
        1 => (0usize..4).prop_map(Deed::Unbreak),
        1 => Just(Deed::ToReplan),
    ]
}

fn run_of(state: &State, n: usize) -> Arc<str> {
    state.runs.get(n % state.runs.len().max(1)).map_or("s0".into(), |run| run.step.id.clone())
}

fn remaining_of(state: &State, n: usize) -> Arc<str> {
    let steps = state.plan.remaining();
    steps.get(n % steps.len().max(1)).map_or("s0".into(), |step| step.id.clone())
}

pub(super) fn started_with(strategy: usize) -> event::Settings {
    settings(Dial::OnDeviation, Decider::Ask).with_strategy(event::Strategy::ALL[strategy])
}

/// Does `deed`, and tells whether it was refused.
pub(super) fn perform(world: &mut World, session: &mut Session, deed: &Deed) -> bool {
    match deed {
        Deed::Past(at, key, value) => {
            let moment = session.path()[at % session.path().len()];
            let inject = Command::Inject([(KEYS[*key].into(), Some(Shared::new(json!(value))))].into_iter().collect());
            session.submit_at(moment, inject, "").is_err()
        }
        Deed::Select(at) => {
            let seq = session.records()[at % session.records().len()].seq;
            session.select(seq, "").is_err()
        }
        deed => match command_of(world, session, deed) {
            Some(command) => session.submit(command, "").is_err(),
            None => true,
        },
    }
}

/// Returns the command that `deed` is now, if it is one.
pub(super) fn command_of(world: &mut World, session: &Session, deed: &Deed) -> Option<Command> {
    let state = session.state();
    let tool_name =
        |n: usize| -> Arc<str> { state.goal.tools.get_index(n % 9).map(|(name, _)| name.clone()).expect("nine tools") };
    let command = match deed {
        Deed::Answer => match session.wants().first() {
            Some(effect) => Command::Report(effect.id(), world.answer(effect)),
            None => match state.asks() {
                Some(_) => match &state.innermost().phase {
                    Phase::Running { started, .. } => {
                        let id = planscope::engine::effect::EffectId {
                            seq: *started,
                            kind: planscope::engine::effect::EffectKind::Call,
                        };
                        let call = state.innermost().call(0).expect("a call");
                        let outcome = planscope::engine::testing::add_up(&call);
                        let mark = planscope::engine::event::Mark::Answered;
                        let report = planscope::engine::effect::CallReport {
                            outcome,
                            summary: None,
                            wall_ms: None,
                            mark,
                            ran: None,
                        };
                        Command::Report(id, Report::Call(report))
                    }
                    _ => return None,
                },
                None => return None,
            },
        },
        Deed::Step(n) => Command::SetPace(Pace::Steps(*n)),
        Deed::Free => Command::SetPace(Pace::Free),
        Deed::Pause => Command::SetPace(Pace::Paused),
        Deed::Approve => Command::Approve(Approval::Whole),
        Deed::Reject => Command::Reject,
        Deed::Inject(key, value) => {
            Command::Inject([(KEYS[*key].into(), value.map(|v| Shared::new(json!(v))))].into_iter().collect())
        }
        Deed::Outcome(step, value) => {
            let step = run_of(state, *step);
            let outputs = state.run(&step).map_or(1, |run| run.step.to.len());
            let result = if outputs == 1 { json!(value) } else { json!({"e": value, "f": value}) };
            Command::ReplaceOutcome { step, result: Shared::new(result) }
        }
        Deed::Fail(n) => Command::Surprise {
            surprise: Surprise::Fail { tool: tool_name(*n), error: "no".into(), times: 1 },
            scenario: None,
        },
        Deed::Schedule(after, key, value) => Command::Schedule {
            after: Some(tool_name(*after)),
            nth: None,
            surprises: vec![
                Surprise::Set { key: KEYS[*key].into(), value: Some(Shared::new(json!(value))) },
                Surprise::Outcome { tool: tool_name(*key), value: Shared::new(json!(value)) },
            ],
            scenario: Some("s".into()),
        },
        Deed::Delete(n) => Command::DeleteStep(remaining_of(state, *n)),
        Deed::Move(n, to) => Command::MoveStep { step: remaining_of(state, *n), to: *to },
        Deed::Skip(n, skip) => Command::SkipStep { step: remaining_of(state, *n), skip: *skip },
        Deed::Add(n, at) => {
            Command::AddStep { draft: StepDraft { tool: Some(tool_name(*n)), ..StepDraft::default() }, at: *at }
        }
        Deed::Unbound(at) => {
            let draft = StepDraft { description: Some("look".into()), ..StepDraft::default() };
            Command::AddStep { draft, at: *at }
        }
        Deed::Rerun(n) => Command::Rerun(run_of(state, *n)),
        Deed::Undo => Command::Undo,
        Deed::Redo => Command::Redo,
        Deed::Replan => Command::Replan,
        Deed::Dial(n) => Command::TurnDial([Dial::Never, Dial::OnFailure, Dial::OnDeviation, Dial::EveryStep][*n]),
        Deed::Auto(auto) => Command::SetDecider(if *auto { Decider::Auto } else { Decider::Ask }),
        Deed::Goal(key) => Command::ChangeGoal {
            goal: format!("want {key}").into(),
            wants: [(Key::from(KEYS[*key]), "true".into())].into_iter().collect(),
            scenario: None,
        },
        Deed::Pin(key, pinned) => Command::Pin { key: KEYS[*key].into(), pinned: *pinned },
        Deed::Cancel => Command::Cancel,
        Deed::Strategy(n) => Command::SetStrategy(event::Strategy::ALL[*n]),
        Deed::Into => Command::SetPace(Pace::Into),
        Deed::Out => Command::SetPace(Pace::Out),
        Deed::Within(key, value) => {
            let inject = Command::Inject([(KEYS[*key].into(), Some(Shared::new(json!(value))))].into_iter().collect());
            Command::Within(Box::new(inject))
        }
        Deed::Break(at, how) => {
            let ignore = u32::from(*how == 1);
            let note = (*how > 2).then(|| Note { text: "n".into(), filter: (*how == 3).then(|| "n".into()) });
            let breakpoint = Breakpoint { enabled: *how != 2, ignore, note, ..place(*at).stops() };
            Command::SetBreakpoint { id: None, breakpoint }
        }
        Deed::Unbreak(at) => Command::RemoveBreakpoint(state.breakpoints.list().get(*at)?.id),
        Deed::ToReplan => Command::SetPace(Pace::ToReplan),
        Deed::Past(..) | Deed::Select(_) => return None,
    };
    Some(command)
}

/// The plain definition of freshness, remembered per key; a circle of confirmations counts as fresh.
fn fresh(context: &Context, key: &str, seen: &mut HashMap<String, Option<bool>>) -> bool {
    if let Some(known) = seen.get(key) {
        return known.unwrap_or(true);
    }
    let Some(datum) = context.get(key) else { return false };
    seen.insert(key.into(), None);
    let holds = datum.refuted.is_none()
        && datum.sources.iter().all(|(source, version)| {
            context.get(source).is_some_and(|d| d.version == *version) && fresh(context, source, seen)
        });
    seen.insert(key.into(), Some(holds));
    holds
}

fn same_as_plain(state: &State) -> Result<(), String> {
    for (key, datum) in state.context.iter() {
        // A circle (an equal value confirmed by what was made from it) has more than one reading: not compared.
        let plain = fresh(&state.context, key, &mut HashMap::new());
        if plain != datum.fresh && !circular(&state.context, key) {
            return Err(format!("{key} is kept as fresh={}, plainly it is {plain}", datum.fresh));
        }
    }
    // Where one action is decided on at a time, there is no plan that anything could contradict.
    let walked = if state.is_react() { Vec::new() } else { review::walk(state, &state.plan) };
    let (kept, walked) = (state.deviations.to_vec(), walked);
    if kept != walked {
        return Err(format!("kept deviations {kept:?}\nwalked {walked:?}"));
    }
    let open = review::questions(state);
    if open.iter().any(|question| !state.open_questions.contains(question)) {
        return Err(format!("open questions {:?}\nplainly {open:?}", state.open_questions));
    }
    match &state.inner {
        Some(inner) => same_as_plain(inner).map_err(|what| format!("inside: {what}")),
        None => Ok(()),
    }
}

/// Returns the hand-offs of `state` by their plain definition: everything that reads or writes, in the order of the flow.
fn hand_offs(state: &State) -> Vec<HandOff> {
    fn enter<'a>(entries: &'a mut Vec<HandOff>, key: &Key) -> &'a mut HandOff {
        let place = entries.iter().position(|entry| entry.key == *key).unwrap_or_else(|| {
            let empty = HandOff { key: key.clone(), writer: None, next_writer: None, readers: vec![], wanted: false };
            entries.push(empty);
            entries.len() - 1
        });
        &mut entries[place]
    }
    fn read(entries: &mut Vec<HandOff>, key: &Key, by: &Arc<str>) {
        let readers = &mut enter(entries, key).readers;
        if readers.last() != Some(by) {
            readers.push(by.clone());
        }
    }
    let mut entries = Vec::new();
    let written = state.runs.iter().flat_map(|run| run.wrote.iter().map(|(key, _)| key));
    for key in state.goal.context.keys().chain(written).chain(state.context.iter().map(|(key, _)| key)) {
        enter(&mut entries, key);
    }
    for run in &state.runs {
        for (key, version) in run.reads.iter() {
            if state.context.get(key).is_some_and(|datum| datum.version == *version) {
                read(&mut entries, key, &run.step.id);
            }
        }
    }
    let under_way = state.runs.last().filter(|run| matches!(run.status, Status::Running | Status::Interrupted));
    let to_do = state.plan.remaining().iter().filter(|step| !step.skip);
    for step in under_way.map(|run| &run.step).into_iter().chain(to_do) {
        for key in step.reads() {
            read(&mut entries, key, &step.id);
        }
        for key in step.writes() {
            enter(&mut entries, key).next_writer.get_or_insert_with(|| step.id.clone());
        }
    }
    for key in state.goal.wants.keys() {
        enter(&mut entries, key).wanted = true;
    }
    for (key, datum) in state.context.iter() {
        enter(&mut entries, key).writer = Some(match &datum.origin {
            Origin::Initial => Writer::Start,
            Origin::Step(id) => Writer::Step(id.clone()),
            Origin::Injected => Writer::You,
            Origin::Edited(id) => Writer::YouFor(id.clone()),
            Origin::Record => Writer::Record,
        });
    }
    entries
}

fn done(state: &State) -> usize {
    state.runs.iter().filter(|run| matches!(run.status, Status::Done | Status::Skipped)).count()
}

fn circular(context: &Context, key: &str) -> bool {
    context.cone(key).iter().any(|k| context.get(k).is_some_and(|d| d.sources.iter().any(|(s, _)| s == k))) || {
        let mut todo: Vec<Key> = vec![Key::from(key)];
        let mut seen: Vec<Key> = Vec::new();
        while let Some(k) = todo.pop() {
            if seen.contains(&k) {
                continue;
            }
            if context.cone(&k).contains(&k) || context.made_from(&k).any(|m| context.cone(m).contains(m)) {
                return true;
            }
            if let Some(datum) = context.get(&k) {
                todo.extend(datum.sources.iter().map(|(s, _)| s.clone()));
            }
            seen.push(k);
        }
        false
    }
}

/// Of a long session few states are kept; every moment is still what it was, in whatever order one looks.
#[test]
fn every_moment_of_a_long_session_is_the_state_of_then() {
    let mut world = World::new(backwards);
    let mut session = Session::open(Arc::new(world_goal()), started_with(0), "");
    let mut live: HashMap<u64, String> = HashMap::new();
    for turn in 0..2_600_usize {
        let deed = match turn {
            turn if turn % 97 == 96 => Deed::Past(turn * 31, turn % KEYS.len(), 7),
            turn if turn % 61 == 60 => Deed::Select(turn * 17),
            turn if turn % 13 == 12 => Deed::Inject(turn % KEYS.len(), Some(turn as i64)),
            turn if turn % 5 == 4 => Deed::Answer,
            turn => Deed::Auto(turn % 2 == 0),
        };
        perform(&mut world, &mut session, &deed);
        live.insert(session.state().seq, picture(session.state()));
    }
    let last = session.records().len() as u64;
    assert!(last > 2_000, "{last} events");
    let reopened = Session::reopen(session.goal().clone(), session.records().to_vec()).expect("it is a session");
    let copied = session.clone();
    let scattered = (1..=last).map(|n| n * 7_919 % last + 1);
    let orders: [Vec<u64>; 3] = [(1..=last).collect(), (1..=last).rev().collect(), scattered.collect()];
    for (seq, session) in orders.iter().flatten().flat_map(|seq| [&session, &reopened, &copied].map(|s| (seq, s))) {
        let Some(seen) = live.get(seq) else { continue };
        let again = session.state_at(*seq).map(|mut state| {
            state.held = false;
            picture(&state)
        });
        assert_eq!(Some(seen), again.as_ref(), "event {seq}");
    }
    assert!(session.state_at(0).is_none() && session.state_at(last + 1).is_none());
}

/// So long a session keeps fewer states of its past, and one that is opened again fewer still.
#[test]
fn every_moment_of_a_very_long_session_is_the_state_of_then() {
    let known = goal("done", "a", vec![tool("end", "a", "done")]);
    let mut session = Session::open(Arc::new(known), settings(Dial::Never, Decider::Ask), "");
    let mut then: Vec<(u64, Decider)> = Vec::new();
    for turn in 0..40_000_u32 {
        // In no order that repeats itself after few of them.
        let decider = if turn.wrapping_mul(turn) % 7_919 % 2 == 0 { Decider::Ask } else { Decider::Auto };
        if session.submit(Command::SetDecider(decider), "").is_ok() {
            then.push((session.state().seq, session.state().settings.decider));
        }
    }
    assert!(session.records().len() > 17_000, "{} events", session.records().len());
    let reopened = Session::reopen(session.goal().clone(), session.records().to_vec()).expect("it is a session");
    for at in (0..1_000).map(|n| n * 7_919 % then.len()).chain([0, then.len() - 1]) {
        let (seq, decider) = then[at];
        for session in [&session, &reopened] {
            let state = session.state_at(seq).expect("there is such an event");
            assert_eq!((state.seq, state.settings.decider), (seq, decider));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(300), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_fold_is_the_live_state_at_every_event(deeds in prop::collection::vec(deed(), 1..60), strategy in 0usize..4) {
        let mut world = World::new(backwards);
        let mut session = Session::open(Arc::new(world_goal()), started_with(strategy), "");
        let mut ledger = Ledger::default();
        let mut live: Vec<(u64, String)> = vec![(session.state().seq, picture(session.state()))];
        for deed in &deeds {
            let (before, count) = (picture(session.state()), session.records().len());
            let prefix = session.records().to_vec();
            let refused = perform(&mut world, &mut session, deed);
            if refused {
                prop_assert_eq!(&before, &picture(session.state()), "a refusal of {:?} changed something", deed);
                prop_assert_eq!(count, session.records().len());
            }
            prop_assert_eq!(&prefix[..], &session.records()[..count], "the past was rewritten by {:?}", deed);
            if let Err(what) = same_as_plain(session.state()) {
                return Err(TestCaseError::fail(format!("after {deed:?}: {what}")));
            }
            ledger.follow(session.state());
            prop_assert_eq!(ledger.entries(), hand_offs(session.state()), "the ledger after {:?}", deed);
            prop_assert_eq!(ledger.done(), done(session.state()), "the steps that are done after {:?}", deed);
            let wanted: Vec<_> = session.wants().iter().map(planscope::engine::effect::Effect::id).collect();
            prop_assert_eq!(wanted, session.wanted_ids(), "the ids of what is wanted after {:?}", deed);
            live.push((session.state().seq, picture(session.state())));
        }
        for record in session.records() {
            let written = serde_json::to_value(&record.event).expect("an event is JSON");
            prop_assert_eq!(written["kind"].as_str(), Some(record.event.kind()));
            prop_assert!(Event::KINDS.contains(&record.event.kind()));
        }
        for (seq, seen) in &live {
            let again = session.state_at(*seq).map(|state| picture(&state));
            prop_assert_eq!(Some(seen), again.as_ref(), "event {}", seq);
        }
        // Looking about: any moment after any other, on whatever branch.
        for at in 0..live.len() {
            let state = session.state_at(live[at * 7 % live.len()].0).expect("it was there");
            ledger.follow(&state);
            prop_assert_eq!(ledger.entries(), hand_offs(&state), "the ledger at event {}", state.seq);
            prop_assert_eq!(ledger.done(), done(&state), "the steps that are done at event {}", state.seq);
            for (place, entry) in ledger.entries().iter().enumerate() {
                prop_assert_eq!(ledger.place(&entry.key), Some(place));
            }
        }
        let reopened = Session::reopen(session.goal().clone(), session.records().to_vec()).map_err(TestCaseError::fail)?;
        let mut state = reopened.state().clone();
        state.held = false;
        prop_assert_eq!(picture(session.state()), picture(&state));
        prop_assert_eq!(session.path(), reopened.path());
    }

    #[test]
    fn a_session_cut_anywhere_reopens_and_comes_to_rest(deeds in prop::collection::vec(deed(), 1..30), cut in 0usize..200, strategy in 0usize..4) {
        let mut world = World::new(backwards);
        let mut session = Session::open(Arc::new(world_goal()), started_with(strategy), "");
        for deed in &deeds {
            perform(&mut world, &mut session, deed);
        }
        let keep = 1 + cut % session.records().len();
        let records = session.records()[..keep].to_vec();
        let mut again = Session::reopen(session.goal().clone(), records).map_err(TestCaseError::fail)?;
        again.resume("");
        prop_assert!(again.records()[..keep] == session.records()[..keep]);
        prop_assert!(world.settle(&mut again, 2_000), "{:?}", again.state().phase);
        if let Err(what) = same_as_plain(again.state()) {
            return Err(TestCaseError::fail(what));
        }
    }
}

/// Runs random sessions; a share of them has to reach the goal, else nothing was held.
#[test]
fn after_any_injections_and_replans_nothing_wanted_rests_on_a_stale_value() {
    let (cases, reached) = (cases(300), Cell::new(0));
    let deeds = (prop::collection::vec(deed(), 1..40), 0usize..4);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let ran = TestRunner::new(config).run(&deeds, |(deeds, strategy)| {
        let mut world = World::new(backwards);
        let mut session = Session::open(Arc::new(world_goal()), started_with(strategy), "");
        let mut was_reached = false;
        for deed in &deeds {
            perform(&mut world, &mut session, deed);
            if session.state().phase == Phase::Reached {
                was_reached = true;
                for key in session.state().goal.wants.keys() {
                    prop_assert!(session.state().context.is_fresh(key), "reached with a stale {}", key);
                    prop_assert!(fresh(&session.state().context, key, &mut HashMap::new()));
                }
            }
        }
        reached.set(reached.get() + u32::from(was_reached));
        Ok(())
    });
    ran.unwrap_or_else(|fault| panic!("{fault}"));
    // One in twenty is the mean; a fifth of that by chance is out of the question.
    assert!(reached.get() * 100 >= cases, "only {} of {cases} sessions reached the goal", reached.get());
}

#[test]
fn a_surprise_for_the_tool_of_a_loop_under_way_waits_for_its_end() {
    let mut world = World::new(backwards);
    let mut session = Session::open(Arc::new(world_goal()), started_with(1), "");
    for deed in [Deed::Add(7, 0), Deed::Inject(0, Some(0)), Deed::Step(1), Deed::Fail(7)] {
        perform(&mut world, &mut session, &deed);
    }
    assert!(session.state().inner.is_some());
    assert!(world.settle(&mut session, 200), "{:?}", session.state().phase);
    let run = session.state().runs.last().expect("it ran");
    assert_eq!((run.status, run.error.as_deref()), (planscope::engine::state::Status::Failed, Some("no")));
}

/// What random sessions came upon, each once.
#[test]
fn what_random_sessions_came_upon_stays_mended() {
    use Deed::*;
    // The tool that is under way writes what a later requirement is about in part.
    let under_way = [
        vec![Break(0, 0), Answer, Fail(1), Step(1), Step(1), Answer, Step(1), Inject(2, None), Unbreak(0)],
        vec![Past(66, 2, 0), Pin(2, false), Answer, ToReplan],
    ];
    for deeds in [under_way.concat()] {
        let mut world = World::new(backwards);
        let mut session = Session::open(Arc::new(world_goal()), started_with(0), "");
        for deed in &deeds {
            perform(&mut world, &mut session, deed);
            assert_eq!(same_as_plain(session.state()), Ok(()), "after {deed:?} of {deeds:?}");
        }
    }
}
