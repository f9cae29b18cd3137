//! Breakpoints: where a session stops, what it says, that it goes on; and the record looked through for hits, against a
//! plain scan of every state.

use std::sync::Arc;

use planscope::engine::breakpoint::search::{Asks, First, Past, first_time, last_hit, next_hit};
use planscope::engine::breakpoint::{Breakpoint, Found, Note, Place};
use planscope::engine::command::{Approval, Command};
use planscope::engine::diff::{self, ChangeKind};
use planscope::engine::effect::{CallOutcome, Inquiry, Judge as _};
use planscope::engine::event::{Decider, Dial, Event, Pace, Recorded, Seq, Verdict};
use planscope::engine::goal::Goal;
use planscope::engine::review::DeviationKind;
use planscope::engine::session::Session;
use planscope::engine::state::{Phase, State};
use planscope::engine::testing::{Words, World, add_up, backwards, exploring, goal, settings, tool};
use planscope::engine::value::Shared;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::json;

use super::cases;
use super::fold::{deed, perform, place, started_with, world_goal};

/// What a tool comes to.
type Outcome = fn() -> CallOutcome;

/// A session on a chain of four steps, s1 to s4, its plan made and approved.
fn chain(decider: Decider) -> (World, Session) {
    opened(goal("e", "a", chain_tools()), Dial::OnDeviation, decider)
}

fn chain_tools() -> Vec<planscope::engine::goal::Tool> {
    vec![tool("to_b", "a", "b"), tool("to_c", "b", "c"), tool("to_d", "c", "d"), tool("to_e", "d", "e")]
}

fn opened(goal: Goal, dial: Dial, decider: Decider) -> (World, Session) {
    let mut world = World::new(backwards);
    let mut session = Session::open(Arc::new(goal), settings(dial, decider), "");
    world.settle(&mut session, 100);
    session.submit(Command::Approve(Approval::Whole), "").expect("a plan");
    (world, session)
}

fn set(session: &mut Session, breakpoint: Breakpoint) {
    session.submit(Command::SetBreakpoint { id: None, breakpoint }, "").expect("it is set");
}

/// Lets the session go on so far, and returns the step that is next.
fn go(world: &mut World, session: &mut Session, pace: Pace) -> String {
    session.submit(Command::SetPace(pace), "").expect("it may go on");
    assert!(world.settle(session, 1_000), "it comes to rest");
    session.state().next_step().map_or("none".into(), |step| step.id.to_string())
}

fn stopped_at(session: &Session) -> Option<Found> {
    session.state().stopped_at().map(|hit| hit.found.clone())
}

fn hits(session: &Session) -> Vec<(u32, bool)> {
    let hit = |record: &Recorded| match record.event.innermost() {
        Event::BreakpointHit { hit } => Some((hit.breakpoint, hit.stops)),
        _ => None,
    };
    session.path().iter().filter_map(|seq| hit(session.record(*seq)?)).collect()
}

#[test]
fn before_a_step_every_pace_stops_but_a_single_step_runs_it() {
    for pace in [Pace::Free, Pace::Steps(4), Pace::ToDeviation, Pace::ToReplan, Pace::Until("s4".into())] {
        let (mut world, mut session) = chain(Decider::Ask);
        set(&mut session, Place::Step("s3".into()).stops());
        assert_eq!(go(&mut world, &mut session, pace.clone()), "s3", "{pace:?}");
        assert_eq!(stopped_at(&session), Some(Found::Starts { step: "s3".into() }), "{pace:?}");
        // Going on does not stop at the same hit again.
        assert_eq!(go(&mut world, &mut session, Pace::Free), "none", "{pace:?}");
        assert_eq!(session.state().phase, Phase::Reached);
        assert_eq!(stopped_at(&session), None);
        assert_eq!(hits(&session), [(1, true)], "{pace:?}");
    }
    let (mut world, mut session) = chain(Decider::Ask);
    set(&mut session, Place::Step("s2".into()).stops());
    go(&mut world, &mut session, Pace::Steps(1));
    assert_eq!(go(&mut world, &mut session, Pace::Steps(1)), "s3", "a step runs it, as it does in gdb");
    assert_eq!(hits(&session), [(1, false)], "and it counts");
}

#[test]
fn who_came_to_a_step_by_stepping_continues_from_it() {
    let (mut world, mut session) = chain(Decider::Ask);
    set(&mut session, Place::Step("s2".into()).stops());
    go(&mut world, &mut session, Pace::Steps(1));
    assert_eq!(go(&mut world, &mut session, Pace::Free), "none");
    // Set where one stands, it stops once; nobody is stuck there.
    let (mut world, mut session) = chain(Decider::Ask);
    go(&mut world, &mut session, Pace::Steps(1));
    set(&mut session, Place::Step("s2".into()).stops());
    assert_eq!(go(&mut world, &mut session, Pace::Free), "s2");
    assert_eq!(go(&mut world, &mut session, Pace::Free), "none");
    // At the first step nobody has stood yet.
    let (mut world, mut session) = chain(Decider::Ask);
    set(&mut session, Place::Tool("to_b".into()).stops());
    assert_eq!(go(&mut world, &mut session, Pace::Free), "s1");
    assert!(session.state().runs.is_empty());
}

#[test]
fn a_key_that_changes_stops_behind_what_changed_it_and_before_anything_follows() {
    let (mut world, mut session) = chain(Decider::Auto);
    set(&mut session, Place::Key("b".into()).stops());
    set(&mut session, Place::Deviation.stops());
    set(&mut session, Place::Replan(None).stops());
    assert_eq!(go(&mut world, &mut session, Pace::Free), "s2");
    assert_eq!(stopped_at(&session), Some(Found::Changed { key: "b".into() }));
    go(&mut world, &mut session, Pace::Steps(1));
    session
        .submit(Command::Inject([("a".into(), Some(Shared::new(json!(5))))].into_iter().collect()), "")
        .expect("it lands");
    world.settle(&mut session, 100);
    let Some(Found::Deviation { message }) = stopped_at(&session) else { panic!("{:?}", stopped_at(&session)) };
    assert!(message.contains("made from the old a"), "{message}");
    assert_eq!(session.state().phase, Phase::Ready, "the replan is not asked for yet");
    go(&mut world, &mut session, Pace::Free);
    assert_eq!(stopped_at(&session), Some(Found::Replan { changes: 2 }), "s1 and s2 again");
    assert_eq!(session.state().phase, Phase::Deciding, "nobody has accepted it yet");
    session.submit(Command::Approve(Approval::Whole), "").expect("it is accepted");
    go(&mut world, &mut session, Pace::Free);
    assert_eq!(stopped_at(&session), Some(Found::Changed { key: "b".into() }), "b once more");
    go(&mut world, &mut session, Pace::Free);
    assert_eq!(session.state().phase, Phase::Reached);
    assert!(session.state().breakpoints.list().iter().map(|standing| standing.hits).eq([2, 1, 1]));
}

#[test]
fn a_value_that_is_confirmed_has_not_changed() {
    let (mut world, mut session) = chain(Decider::Auto);
    go(&mut world, &mut session, Pace::Steps(2));
    set(&mut session, Place::Key("c".into()).stops());
    session.submit(Command::Rerun("s2".into()), "").expect("again");
    world.settle(&mut session, 100);
    go(&mut world, &mut session, Pace::Steps(1));
    assert!(session.state().runs.iter().filter(|run| run.step.tool.as_deref() == Some("to_c")).count() == 2);
    assert_eq!(hits(&session), []);
    session.submit(Command::Inject([("c".into(), None)].into_iter().collect()), "").expect("it is removed");
    assert_eq!(
        hits(&session),
        [(1, false)],
        "gone is another value, and who did that while it rests need not be stopped"
    );
}

#[test]
fn a_replan_stops_where_it_changes_more_than_asked_for() {
    for (more_than, stops) in [(1, true), (2, false)] {
        let (mut world, mut session) = chain(Decider::Auto);
        set(&mut session, Place::Replan(Some(more_than)).stops());
        go(&mut world, &mut session, Pace::Steps(2));
        session
            .submit(Command::Inject([("a".into(), Some(Shared::new(json!(5))))].into_iter().collect()), "")
            .expect("it lands");
        world.settle(&mut session, 100);
        assert_eq!(stopped_at(&session).is_some(), stops, "{more_than}");
    }
}

#[test]
fn failures_checks_and_contracts_stop_each_at_its_own() {
    let places = [Place::Failed, Place::Check, Place::Contract];
    let outcomes: [(Outcome, [bool; 3]); 3] = [
        (|| CallOutcome::Failed("503".into()), [true, false, false]),
        (|| CallOutcome::Unlike("a text".into()), [true, false, true]),
        (
            || CallOutcome::Refuted([("b".into(), Shared::new(json!(0)))].into_iter().collect(), "too small".into()),
            [true, true, true],
        ),
    ];
    for (outcome, stops) in outcomes {
        for (place, stops) in places.iter().zip(stops) {
            let (mut world, mut session) = chain(Decider::Ask);
            world.tool = Box::new(move |call| if *call.step.id == *"s1" { outcome() } else { add_up(call) });
            set(&mut session, place.clone().stops());
            go(&mut world, &mut session, Pace::Free);
            assert_eq!(matches!(stopped_at(&session), Some(Found::Failed { .. })), stops, "{place:?} {:?}", outcome());
        }
    }
}

#[test]
fn a_stale_read_stops_before_it_happens() {
    let (mut world, mut session) = opened(goal("e", "a", chain_tools()), Dial::Never, Decider::Ask);
    go(&mut world, &mut session, Pace::Steps(2));
    session
        .submit(Command::Inject([("a".into(), Some(Shared::new(json!(5))))].into_iter().collect()), "")
        .expect("it lands");
    set(&mut session, Place::Stale.stops());
    assert_eq!(go(&mut world, &mut session, Pace::Free), "s3");
    assert_eq!(stopped_at(&session), Some(Found::Reads { step: Some("s3".into()), key: "c".into() }));
    // Its outputs are born stale: the next step reads one, too.
    assert_eq!(go(&mut world, &mut session, Pace::Free), "s4");
    assert_eq!(go(&mut world, &mut session, Pace::Free), "none");
}

fn when(condition: &str, keys: &[&str]) -> Breakpoint {
    let keys = (!keys.is_empty()).then(|| keys.iter().map(|key| (*key).into()).collect());
    Place::When { condition: condition.into(), keys }.stops()
}

#[test]
fn a_condition_stops_when_it_comes_to_hold_and_not_while_it_holds() {
    let (mut world, mut session) = chain(Decider::Ask);
    // b is 2, c is 3, d is 4.
    set(&mut session, when("big", &["d"]));
    assert_eq!(stopped_at(&session), None);
    world.settle(&mut session, 10);
    assert_eq!(stopped_at(&session), Some(Found::Holds), "of no value at all everything holds");
    assert_eq!(go(&mut world, &mut session, Pace::Free), "none", "it holds all along");
    let (mut world, mut session) = chain(Decider::Ask);
    set(&mut session, when("odd", &[]));
    world.settle(&mut session, 10);
    assert_eq!(stopped_at(&session), Some(Found::Holds), "a is 1");
    assert_eq!(go(&mut world, &mut session, Pace::Free), "none", "b is 2, and stays so");
    assert_eq!(hits(&session).len(), 1);
}

#[test]
fn what_reached_a_limit_is_marked_and_not_judged_again() {
    use planscope::engine::effect::{Effect, Report, Watched};
    let (mut world, mut session) = chain(Decider::Ask);
    set(&mut session, when("odd", &[]));
    let Some(Effect::Watch(id, asked)) = session.wants().into_iter().next() else { panic!("it is judged") };
    let watched = Watched { breakpoint: asked[0].0, verdict: Verdict::Undecided("too long".into()), endless: true };
    session.submit(Command::Report(id, Report::Watched(vec![watched])), "").expect("it is waited for");
    assert_eq!(go(&mut world, &mut session, Pace::Free), "none", "it holds nobody up");
    let standing = session.state().breakpoints.list()[0].clone();
    assert!(standing.faulty && !standing.is_on());
    assert_eq!(standing.undecided.as_deref(), Some("too long"));
    set(&mut session, standing.breakpoint);
    assert!(session.state().breakpoints.list()[0].is_on(), "set again it is judged again");
    assert!(matches!(session.wants()[..], [Effect::Watch(..)]));
}

#[test]
fn ignored_hits_and_notes_do_not_stop_and_what_is_off_is_not_hit() {
    let (mut world, mut session) = chain(Decider::Ask);
    set(&mut session, Breakpoint { ignore: 1, ..Place::Key("b".into()).stops() });
    set(&mut session, Breakpoint { enabled: false, ..Place::Key("c".into()).stops() });
    let note = Some(Note { text: "d is \\(.d)".into(), filter: Some("filled in".into()) });
    set(&mut session, Breakpoint { note, ..Place::Key("d".into()).stops() });
    assert_eq!(go(&mut world, &mut session, Pace::Free), "none");
    assert_eq!(hits(&session), [(1, false), (3, false)]);
    let noted = session.records().iter().find_map(|record| match &record.event {
        Event::BreakpointNoted { hit, text, .. } => Some((*hit, text.to_string())),
        _ => None,
    });
    let (hit, text) = noted.expect("it is noted");
    assert_eq!(text, "filled in");
    assert!(matches!(session.record(hit).map(|record| &record.event), Some(Event::BreakpointHit { .. })));
    let surprise = planscope::engine::goal::Surprise::Set { key: "b".into(), value: Some(Shared::new(json!(9))) };
    session.submit(Command::Surprise { surprise, scenario: Some("late".into()) }, "").expect("it lands");
    assert_eq!(session.state().stopped_at().map(|hit| hit.nth), Some(2), "the second hit stops");
}

#[test]
fn a_breakpoint_stops_inside_a_loop_and_stepping_goes_on_there() {
    let tools =
        vec![tool("to_b", "a", "b"), tool("to_c", "b", "c"), exploring(tool("dig", "a", "c"), "to_b to_c", "true", 6)];
    let mut goal = goal("c", "a", tools);
    goal.plan = Some(Arc::new(vec![planscope::engine::goal::StepDraft {
        tool: Some("dig".into()),
        ..planscope::engine::goal::StepDraft::default()
    }]));
    let (mut world, mut session) = opened(goal, Dial::OnDeviation, Decider::Ask);
    set(&mut session, Place::Tool("to_b".into()).stops());
    go(&mut world, &mut session, Pace::Free);
    assert_eq!(stopped_at(&session), Some(Found::Starts { step: "s1.1".into() }));
    assert!(session.state().rests_inside(), "the loop rests");
    assert_eq!(session.state().breakpoints.list()[0].hits, 1, "the session counts what is hit inside");
    go(&mut world, &mut session, Pace::Free);
    assert_eq!(stopped_at(&session), None);
    assert!(session.state().runs.iter().all(|run| *run.step.id != *"s1.1") && session.state().inner.is_none());
}

#[test]
fn to_the_next_replan_and_there_somebody_decides() {
    let (mut world, mut session) = chain(Decider::Auto);
    let scenario = Command::Schedule {
        after: Some("to_c".into()),
        nth: None,
        surprises: vec![planscope::engine::goal::Surprise::Set { key: "a".into(), value: Some(Shared::new(json!(7))) }],
        scenario: None,
    };
    session.submit(scenario, "").expect("it waits");
    go(&mut world, &mut session, Pace::ToReplan);
    assert_eq!(session.state().phase, Phase::Deciding);
    session.submit(Command::Approve(Approval::Whole), "").expect("it is accepted");
    assert_eq!(session.state().phase, Phase::Ready);
    assert_eq!(go(&mut world, &mut session, Pace::Free), "none");
}

#[test]
fn they_do_not_stay_behind_on_another_branch_nor_are_they_taken_back() {
    let (mut world, mut session) = chain(Decider::Ask);
    let early = session.state().seq;
    go(&mut world, &mut session, Pace::Steps(2));
    set(&mut session, Place::Step("s3".into()).stops());
    session.select(early, "").expect("the branch is selected");
    assert!(session.state().breakpoints.at(&Place::Step("s3".into())).is_some(), "it was set later");
    assert_eq!(go(&mut world, &mut session, Pace::Free), "s3");
    session
        .submit(Command::Inject([("a".into(), Some(Shared::new(json!(3))))].into_iter().collect()), "")
        .expect("it lands");
    set(&mut session, Place::Key("a".into()).stops());
    session.submit(Command::Undo, "").expect("it is taken back");
    assert_eq!(session.state().breakpoints.list().len(), 2, "to take a value back takes no breakpoint away");
    assert_eq!(hits(&session).last(), Some(&(2, false)), "and it changes the key");
}

/// Conditions in a few words.
struct InWords;

impl Asks for InWords {
    fn judge(&mut self, inquiry: &Inquiry) -> Verdict {
        Words.judge(&inquiry.question.condition, &inquiry.values)
    }
}

/// Returns everything that a breakpoint at `place` would stop at on the selected branch, by the plain definition: every
/// state is made again and compared with the one before it.
fn scanned(session: &Session, at: &Place) -> Vec<(Seq, Found)> {
    let mut found = Vec::new();
    let mut before: Option<State> = None;
    for seq in session.path() {
        let record = session.record(*seq).expect("an event");
        let now = session.state_at(*seq).expect("a state");
        found.extend(before.as_ref().and_then(|before| in_event(at, before, record, &record.event, &now)));
        if let Place::When { .. } = at {
            let holds = |state: &State| {
                let inquiry = state.watching(&at.clone().stops()).expect("a condition");
                InWords.judge(&inquiry) == Verdict::True
            };
            if holds(&now) && !before.as_ref().is_some_and(holds) {
                found.push((*seq, Found::Holds));
            }
        }
        before = Some(now);
    }
    found
}

fn in_event(at: &Place, before: &State, record: &Recorded, event: &Event, now: &State) -> Option<(Seq, Found)> {
    let stale = |kind: DeviationKind| kind == DeviationKind::StaleInput;
    match (at, event) {
        (_, Event::Inner { event }) => in_event(at, before.inner.as_ref()?, record, event, now.inner.as_ref()?),
        (_, Event::Started { step, .. }) => {
            let step = now.run(step)?.step.clone();
            let found = match at {
                Place::Step(id) if *id == step.id => Found::Starts { step: step.id.clone() },
                Place::Tool(name) if Some(name) == step.tool.as_ref() => Found::Starts { step: step.id.clone() },
                Place::Stale => {
                    let key = step.reads().find(|key| before.context.get(key).is_some_and(|datum| !datum.fresh))?;
                    Found::Reads { step: Some(step.id.clone()), key: key.clone() }
                }
                _ => return None,
            };
            Some((record.parent?, found))
        }
        (Place::Key(key), _) => {
            let value = |state: &State| state.context.get(key).map(|datum| datum.value.clone());
            (value(before) != value(now)).then(|| (record.seq, Found::Changed { key: key.clone() }))
        }
        (Place::Replan(more_than), Event::Proposed(proposal)) => {
            let changes = diff::changes(before.plan.remaining(), &proposal.after);
            let changes = changes.iter().filter(|change| change.kind != ChangeKind::Kept).count();
            more_than.is_none_or(|most| changes > most).then_some((record.seq, Found::Replan { changes }))
        }
        (Place::Deviation, Event::Deviated { deviations }) => {
            let new = deviations.iter().find(|deviation| !before.said.contains(deviation))?;
            Some((record.seq, Found::Deviation { message: new.message.clone() }))
        }
        (Place::Stale, Event::Deviated { deviations }) => {
            let new = deviations.iter().find(|new| stale(new.kind) && !before.said.contains(new))?;
            Some((record.seq, Found::Reads { step: None, key: new.key.clone()? }))
        }
        (Place::Check, Event::Judged { verdicts }) => {
            let until = now.goal.exploring.as_ref().map(|explore| explore.until.clone());
            let (question, _) = verdicts
                .iter()
                .find(|(question, verdict)| *verdict != Verdict::True && until.as_ref() != Some(&question.condition))?;
            let (condition, keys) = (question.condition.clone(), question.keys().cloned().collect());
            Some((record.seq, Found::Check { condition, keys, undecided: None }))
        }
        (Place::Failed, Event::Failed { step, error, .. }) => {
            Some((record.seq, Found::Failed { step: step.clone(), error: error.clone() }))
        }
        _ => None,
    }
}

/// Plays a random session and hands it over.
fn random_sessions(cases: u32, test: impl Fn(&Session) -> Result<(), TestCaseError>) {
    let mut runner = TestRunner::new(ProptestConfig { cases, ..ProptestConfig::default() });
    let deeds = (0usize..2, prop::collection::vec(deed(), 1..60));
    let run = runner.run(&deeds, |(strategy, deeds)| {
        let mut world = World::new(backwards);
        let mut session = Session::open(Arc::new(world_goal()), started_with(strategy * 4), "");
        for deed in &deeds {
            perform(&mut world, &mut session, deed);
        }
        test(&session)
    });
    run.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn continuing_backwards_finds_what_a_plain_scan_finds_from_every_moment() {
    random_sessions(cases(60), |session| {
        let list: Vec<(u32, Breakpoint)> =
            (0..14).filter(|at| *at != 13).chain(14..17).map(|at| (at as u32, place(at).stops())).collect();
        let mut all: Vec<Past> = Vec::new();
        for (id, breakpoint) in &list {
            let one = scanned(session, &breakpoint.place).into_iter();
            all.extend(one.map(|(moment, found)| Past { moment, breakpoint: *id, found }));
        }
        for moment in session.path() {
            let last = last_hit(session, *moment, &list, &mut InWords).map(|past| past.moment);
            let scan = all.iter().map(|past| past.moment).filter(|at| at < moment).max();
            prop_assert_eq!(last, scan, "the last before {}", moment);
            let next = next_hit(session, *moment, &list, &mut InWords).map(|past| past.moment);
            let scan = all.iter().map(|past| past.moment).filter(|at| at > moment).min();
            prop_assert_eq!(next, scan, "the next after {}", moment);
        }
        if let Some(past) = last_hit(session, Seq::MAX, &list, &mut InWords) {
            prop_assert!(all.contains(&past), "{:?}", past);
        }
        Ok(())
    });
}

#[test]
fn what_a_session_stopped_at_is_what_the_record_is_found_to_hold() {
    random_sessions(cases(200), |session| {
        for record in session.path().iter().filter_map(|seq| session.record(*seq)) {
            let Event::BreakpointHit { hit } = &record.event else { continue };
            if matches!(hit.place, Place::When { .. } | Place::Check | Place::Contract) {
                continue; // what is judged comes later than what it is about, and a refuted value is found twice
            }
            // A step that was about to start may have been taken out of the plan by the person who was stopped.
            let started = |step: &str| session.state().run(step).is_some();
            if hit.found.before().is_some_and(|step| !started(step)) {
                continue;
            }
            let scan = scanned(session, &hit.place);
            prop_assert!(scan.iter().any(|(_, found)| *found == hit.found), "{:?}\n{:?}", hit, scan);
        }
        Ok(())
    });
}

#[test]
fn the_first_moment_of_a_condition_is_that_of_a_plain_scan() {
    random_sessions(cases(600), |session| {
        for at in 14..17 {
            let watch = place(at).stops();
            let holds = |seq: &&Seq| {
                let inquiry = session.state_at(**seq).and_then(|state| state.watching(&watch)).expect("a condition");
                InWords.judge(&inquiry) == Verdict::True
            };
            let scan = session.path().iter().find(holds).copied();
            prop_assert_eq!(first_time(session, &watch, &mut InWords), First { seq: scan, undecided: None });
        }
        Ok(())
    });
}

#[test]
fn wherever_it_stopped_somebody_can_go_on() {
    random_sessions(cases(200), |session| {
        let Some(hit) = session.state().stopped_at().cloned() else { return Ok(()) };
        let mut world = World::new(backwards);
        let mut on = session.clone();
        world.settle(&mut on, 200);
        let ways = [
            Command::SetPace(Pace::Steps(1)),
            Command::Approve(Approval::Whole),
            Command::Rerun(on.state().current_run().map_or("s1".into(), |run| run.step.id.clone())),
            Command::SetPace(Pace::Free),
        ];
        let over = matches!(on.state().phase, Phase::Reached | Phase::Ended { .. });
        let asked = on.state().asks().is_some();
        let went = ways.into_iter().any(|way| on.clone().submit(way, "").is_ok());
        prop_assert!(went || over || asked, "{:?} at {:?}", on.state().phase, hit);
        Ok(())
    });
}
