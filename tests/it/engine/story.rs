//! What a session does, told as events in and states out, against a pretend world.

use std::sync::Arc;

use planscope::engine::command::{Approval, Command};
use planscope::engine::event::{Cause, Decider, Dial, Event, Outcome, Pace};
use planscope::engine::goal::{StepDraft, Surprise};
use planscope::engine::review::DeviationKind;
use planscope::engine::session::Session;
use planscope::engine::state::{Phase, Status};
use planscope::engine::testing::{World, backwards, goal, kinds, requiring, settings, tool};
use planscope::engine::value::Shared;
use serde_json::json;

fn report() -> planscope::engine::goal::Goal {
    goal(
        "report",
        "",
        vec![
            tool("load", "", "tickets"),
            tool("count", "tickets", "counts"),
            tool("find", "counts", "top"),
            tool("draft", "counts top", "report"),
        ],
    )
}

fn asked(dial: Dial) -> (World, Session) {
    let mut world = World::new(backwards);
    let mut session = Session::open(Arc::new(report()), settings(dial, Decider::Ask), "");
    assert!(world.settle(&mut session, 50));
    (world, session)
}

#[test]
fn what_is_expected_of_the_result_is_compared_when_it_is_there() {
    let mut goal = report();
    goal.expect = Arc::new([("top".into(), "true".into()), ("report".into(), "true".into())].into_iter().collect());
    let mut world = World::new(backwards);
    let mut session = Session::open(Arc::new(goal), settings(Dial::OnDeviation, Decider::Ask), "");
    assert!(world.settle(&mut session, 50));
    submit(&mut world, &mut session, Command::SetPace(Pace::Free));
    let state = session.state();
    assert!(matches!(state.phase, Phase::Reached), "{:?}", state.phase);
    for key in ["top", "report"] {
        let question = state.expect_question(key).unwrap_or_else(|| panic!("{key} has no value"));
        assert!(state.verdicts.contains_key(&question), "{key} was not compared");
    }
}

fn submit(world: &mut World, session: &mut Session, command: Command) {
    session.submit(command, "").unwrap_or_else(|refusal| panic!("{refusal}"));
    assert!(world.settle(session, 200));
}

fn inject(key: &str, value: serde_json::Value) -> Command {
    Command::Inject([(key.into(), Some(Shared::new(value)))].into_iter().collect())
}

fn ids(session: &Session) -> Vec<String> {
    session.state().plan.remaining().iter().map(|step| step.id.to_string()).collect()
}

#[test]
fn a_plan_is_proposed_approved_and_run_to_the_goal() {
    let session = World::new(backwards).play(report(), Dial::OnDeviation);
    assert_eq!(session.state().phase, Phase::Reached);
    assert_eq!(session.state().runs.len(), 4);
    assert!(kinds(&session).ends_with("judged reached"), "{}", kinds(&session));
}

#[test]
fn stepping_runs_one_task_at_a_time() {
    let (mut world, mut session) = asked(Dial::OnDeviation);
    assert_eq!(session.state().phase, Phase::Review);
    for done in 1..=3 {
        submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
        assert_eq!(session.state().runs.len(), done);
        assert_eq!(session.state().pace, Pace::Paused);
    }
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
    assert_eq!(session.state().phase, Phase::Reached);
}

#[test]
fn an_injection_makes_what_rests_on_it_stale_and_the_replan_runs_it_again() {
    let (mut world, mut session) = asked(Dial::OnDeviation);
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(2)));
    submit(&mut world, &mut session, inject("tickets", json!(8)));
    assert!(!session.state().context.is_fresh("counts"));
    let replan = session.state().waiting_proposal().expect("a proposal").clone();
    let Cause::Deviation(cause) = &replan.proposal.cause else { panic!("{:?}", replan.proposal.cause) };
    assert_eq!(cause.kind, DeviationKind::StaleInput);
    assert_eq!(replan.proposal.after[0].repeats.as_deref(), Some("s2"));
    let after: Vec<&str> = replan.proposal.after.iter().map(|step| &*step.id).collect();
    assert_eq!(after, ["s5", "s3", "s4"]);
    submit(&mut world, &mut session, Command::Approve(Approval::Whole));
    submit(&mut world, &mut session, Command::SetPace(Pace::Free));
    assert_eq!(session.state().phase, Phase::Reached);
    assert!(session.state().context.get("tickets").is_some_and(|d| d.pinned));
}

#[test]
fn a_rejected_proposal_runs_the_old_plan_on_over_stale_values_and_says_so() {
    let (mut world, mut session) = asked(Dial::OnDeviation);
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(2)));
    submit(&mut world, &mut session, inject("tickets", json!(8)));
    submit(&mut world, &mut session, Command::Reject);
    assert_eq!(session.state().phase, Phase::Ready);
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
    let run = session.state().run("s3").expect("s3 ran");
    assert!(run.on_stale);
    assert!(!session.state().context.is_fresh("top"));
}

#[test]
fn with_the_dial_at_never_the_rigid_plan_ends_without_the_goal() {
    let mut world = World::new(backwards);
    let mut session = Session::open(Arc::new(report()), settings(Dial::Never, Decider::Auto), "");
    world.settle(&mut session, 50);
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(2)));
    submit(&mut world, &mut session, inject("tickets", json!(8)));
    submit(&mut world, &mut session, Command::SetPace(Pace::Free));
    let Phase::Ended { outcome, why, .. } = &session.state().phase else { panic!("{:?}", session.state().phase) };
    assert_eq!(*outcome, Outcome::NotReached);
    assert!(why.contains("report"), "{why}");
    assert_eq!(session.state().runs.len(), 4);
}

#[test]
fn undo_takes_an_injection_back_with_version_and_pin_and_redo_makes_it_again() {
    let (mut world, mut session) = asked(Dial::OnDeviation);
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(2)));
    let before = session.state().context.get("tickets").cloned().expect("tickets");
    submit(&mut world, &mut session, inject("tickets", json!(8)));
    submit(&mut world, &mut session, Command::Undo);
    let after = session.state().context.get("tickets").expect("tickets");
    assert_eq!((after.version, after.pinned, &after.value), (before.version, false, &before.value));
    assert!(session.state().context.is_fresh("counts"));
    assert_eq!(session.state().phase, Phase::Ready);
    submit(&mut world, &mut session, Command::Redo);
    assert!(session.state().context.get("tickets").is_some_and(|d| d.pinned));
    assert!(session.state().waiting_proposal().is_some(), "{:?}", session.state().phase);
}

/// What was changed before a change is no part of what undo returns to: states nested in states could not be dropped.
#[test]
fn ten_thousand_changes_can_be_taken_back_and_need_no_deep_stack() {
    let changed = || {
        let (_, mut session) = asked(Dial::Never);
        for n in 0..10_000 {
            session.submit(inject("tickets", json!(n)), "").expect("it is injected");
        }
        for _ in 0..5_000 {
            session.submit(Command::Undo, "").expect("it is taken back");
        }
        assert_eq!((session.state().undo.len(), session.state().redo.len()), (5_000, 5_000));
        assert_eq!(session.state().context.get("tickets").map(|datum| (*datum.value).clone()), Some(json!(4_999)));
        for _ in 0..5_000 {
            session.submit(Command::Redo, "").expect("it is made again");
        }
        assert_eq!(session.state().context.get("tickets").map(|datum| (*datum.value).clone()), Some(json!(9_999)));
        drop(session);
    };
    let thread = std::thread::Builder::new().stack_size(512 << 10).spawn(changed).expect("a thread");
    thread.join().expect("it ended well");
}

#[test]
fn undo_is_refused_once_a_later_tool_has_run() {
    let (mut world, mut session) = asked(Dial::Never);
    submit(&mut world, &mut session, inject("tickets", json!(8)));
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
    let refusal = session.submit(Command::Undo, "").expect_err("refused");
    assert!(refusal.message.contains("go back"), "{refusal}");
}

#[test]
fn acting_in_the_past_forks_and_keeps_both() {
    let (mut world, mut session) = asked(Dial::OnDeviation);
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
    let moment = session.state().seq;
    submit(&mut world, &mut session, Command::SetPace(Pace::Free));
    let tip = session.state().seq;
    let count = session.records().len();
    session.submit_at(moment, inject("tickets", json!(8)), "").expect("forks");
    world.settle(&mut session, 50);
    assert_eq!(session.state().runs.len(), 1);
    assert_eq!(session.branches().len(), 2);
    assert!(session.records().len() > count);
    session.select(tip, "").expect("selects");
    assert_eq!(session.state().phase, Phase::Reached);
}

#[test]
fn a_failing_tool_is_tried_again_then_remembered_and_planned_around() {
    let mut tools =
        vec![tool("store", "", "tickets"), tool("archive", "", "tickets"), tool("count", "tickets", "counts")];
    tools[0].retries = 2;
    let mut world = World::new(backwards);
    let mut session =
        Session::open(Arc::new(goal("counts", "", tools)), settings(Dial::OnDeviation, Decider::Auto), "");
    world.settle(&mut session, 50);
    let fail = Surprise::Fail { tool: "store".into(), error: "503".into(), times: 3 };
    submit(&mut world, &mut session, Command::Surprise { surprise: fail, scenario: None });
    submit(&mut world, &mut session, Command::SetPace(Pace::Free));
    assert_eq!(session.state().phase, Phase::Reached);
    let kinds = kinds(&session);
    assert_eq!(kinds.matches("retried").count(), 2, "{kinds}");
    assert_eq!(kinds.matches(" failed").count(), 1, "{kinds}");
    assert!(session.state().run("s1").is_some_and(|run| run.status == Status::Failed));
}

#[test]
fn a_false_requirement_is_a_deviation_before_the_step_is_reached() {
    let tools = vec![tool("load", "", "n"), requiring(tool("use", "n", "m"), "big"), tool("end", "m", "done")];
    let mut world = World::new(backwards);
    let mut session = Session::open(Arc::new(goal("done", "", tools)), settings(Dial::Never, Decider::Ask), "");
    world.settle(&mut session, 50);
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
    assert_eq!(session.state().deviations.first().map(|d| d.kind), Some(DeviationKind::RequirementFalse));
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
    assert_eq!(session.state().runs.len(), 1, "a false requirement always blocks");
}

#[test]
fn a_plain_list_of_sentences_can_be_stepped_and_asks_what_came_back() {
    let mut plain = goal("", "", vec![]);
    let draft = |text: &str| StepDraft { description: Some(text.into()), ..StepDraft::default() };
    plain.plan = Some(Arc::new(vec![draft("Ask Ann"), draft("Write it down")]));
    let mut world = World::new(backwards);
    let mut session = Session::open(Arc::new(plain), settings(Dial::OnDeviation, Decider::Ask), "");
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
    assert_eq!(session.state().asks().map(|run| run.step.id.to_string()).as_deref(), Some("s1"));
}

#[test]
fn a_done_step_cannot_be_edited_away_but_it_can_be_run_again() {
    let (mut world, mut session) = asked(Dial::OnDeviation);
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(2)));
    let refusal = session.submit(Command::DeleteStep("s1".into()), "").expect_err("history");
    assert!(refusal.message.contains("done"), "{refusal}");
    submit(&mut world, &mut session, Command::Rerun("s1".into()));
    assert_eq!(session.state().plan.first().and_then(|step| step.repeats.clone()).as_deref(), Some("s1"));
}

#[test]
fn a_step_that_is_run_again_by_hand_is_kept_by_the_replan_that_it_causes() {
    let (mut world, mut session) = asked(Dial::OnDeviation);
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(3)));
    submit(&mut world, &mut session, Command::Rerun("s2".into()));
    let keep: Vec<_> = session.state().plan_request().keep.iter().map(|step| step.id.to_string()).collect();
    assert_eq!(keep, ["s5"]);
}

#[test]
fn an_unbound_step_of_the_file_is_kept_by_replans_for_no_planner_could_bring_it_back() {
    let mut given = report();
    let by_hand = StepDraft {
        description: Some("Look the tickets up".into()),
        to: [("tickets".into(), "tickets".into())].into_iter().collect(),
        ..StepDraft::default()
    };
    let count = StepDraft { tool: Some("count".into()), ..StepDraft::default() };
    given.plan = Some(Arc::new(vec![by_hand, count]));
    let mut world = World::new(backwards);
    let mut session = Session::open(Arc::new(given), settings(Dial::OnDeviation, Decider::Ask), "");
    assert!(world.settle(&mut session, 50));
    let keep: Vec<_> = session.state().plan_request().keep.iter().map(|step| step.id.to_string()).collect();
    assert_eq!(
        keep,
        ["s1", "s2"],
        "what an author put into a plan is kept, and first of all what nobody else could make"
    );
}

#[test]
fn a_surprise_about_an_outcome_that_is_there_replaces_it_and_else_is_armed() {
    let outcome = |value: i64| {
        let surprises = vec![Surprise::Outcome { tool: "load".into(), value: Shared::new(json!(value)) }];
        Command::Schedule { after: None, nth: None, surprises, scenario: Some("other tickets".into()) }
    };
    let (mut world, mut session) = asked(Dial::OnDeviation);
    submit(&mut world, &mut session, outcome(7));
    assert_eq!(session.state().armed.len(), 1, "load has not run");
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(2)));
    assert_eq!(session.state().context.get("tickets").map(|datum| (*datum.value).clone()), Some(json!(7)));
    submit(&mut world, &mut session, outcome(8));
    assert_eq!(session.state().context.get("tickets").map(|datum| (*datum.value).clone()), Some(json!(8)));
    assert!(session.state().armed.is_empty() && session.state().waiting_proposal().is_some());
    submit(&mut world, &mut session, Command::Reject);
    submit(&mut world, &mut session, inject("tickets", json!(9)));
    submit(&mut world, &mut session, outcome(10));
    assert_eq!(session.state().armed.len(), 1, "what load returned does not stand any more");
}

#[test]
fn a_surprise_that_is_armed_answers_in_a_persons_place() {
    let mut asking = report();
    let tools = asking.tools.iter().map(|(name, tool)| {
        let mut tool = (**tool).clone();
        if **name == *"load" {
            tool.run.nature = planscope::engine::goal::Nature::Asked;
        }
        (name.clone(), Arc::new(tool))
    });
    asking.tools = Arc::new(tools.collect());
    let mut world = World::new(backwards);
    let mut session = Session::open(Arc::new(asking), settings(Dial::OnDeviation, Decider::Ask), "");
    assert!(world.settle(&mut session, 50));
    let surprise = Surprise::Outcome { tool: "load".into(), value: Shared::new(json!(5)) };
    let schedule = Command::Schedule { after: None, nth: None, surprises: vec![surprise], scenario: None };
    submit(&mut world, &mut session, schedule);
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
    assert_eq!(session.state().context.get("tickets").map(|datum| (*datum.value).clone()), Some(json!(5)));
    assert!(session.state().armed.is_empty());
}

#[test]
fn skipped_and_deleted_steps_stay_away_and_the_reasons_are_said() {
    let (mut world, mut session) = asked(Dial::OnDeviation);
    submit(&mut world, &mut session, Command::DeleteStep("s2".into()));
    assert!(matches!(session.state().phase, Phase::Ended { outcome: Outcome::Unreachable, .. }));
    submit(&mut world, &mut session, Command::Undo);
    assert_eq!(ids(&session), ["s1", "s2", "s3", "s4"]);
    submit(&mut world, &mut session, Command::SkipStep { step: "s2".into(), skip: true });
    assert!(matches!(session.state().phase, Phase::Ended { outcome: Outcome::Unreachable, .. }));
}

#[test]
fn a_goal_change_asks_for_a_plan_for_the_new_goal() {
    let (mut world, mut session) = asked(Dial::OnDeviation);
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(2)));
    let wants = [("top".into(), "true".into())].into_iter().collect();
    submit(&mut world, &mut session, Command::ChangeGoal { goal: "just the top".into(), wants, scenario: None });
    let replan = session.state().waiting_proposal().expect("a proposal").clone();
    assert_eq!(replan.proposal.after.iter().map(|s| s.id.to_string()).collect::<Vec<_>>(), ["s3"]);
    let Cause::Deviation(cause) = &replan.proposal.cause else { panic!() };
    assert_eq!(cause.kind, DeviationKind::GoalChanged);
}

#[test]
fn hunks_that_do_not_hold_together_are_refused_with_the_reason() {
    let (mut world, mut session) = asked(Dial::OnDeviation);
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(2)));
    submit(&mut world, &mut session, inject("tickets", json!(8)));
    let refusal = session.submit(Command::Approve(Approval::Hunks(vec![])), "").expect_err("refused");
    assert!(refusal.message.contains("counts"), "{refusal}");
    submit(&mut world, &mut session, Command::Approve(Approval::Hunks(vec!["s5".into()])));
    assert_eq!(ids(&session), ["s5", "s3", "s4"]);
}

#[test]
fn a_reopened_session_wants_nothing_until_it_is_resumed() {
    let (_, mut session) = asked(Dial::OnDeviation);
    session.submit(Command::SetPace(Pace::Steps(1)), "").expect("starts");
    let mut again = Session::reopen(session.goal().clone(), session.records().to_vec()).expect("reopens");
    assert!(again.wants().is_empty());
    again.resume("");
    assert_eq!(again.wants().len(), 1, "a pure step runs again by itself");
}

#[test]
fn a_step_with_an_effect_outside_that_was_in_flight_is_interrupted_and_waits() {
    let mut risky = report();
    let tools = risky.tools.iter().map(|(name, tool)| {
        let mut tool = (**tool).clone();
        tool.run.nature = planscope::engine::goal::Nature::Outside;
        (name.clone(), Arc::new(tool))
    });
    risky.tools = Arc::new(tools.collect());
    let mut world = World::new(backwards);
    let mut session = Session::open(Arc::new(risky), settings(Dial::OnDeviation, Decider::Ask), "");
    world.settle(&mut session, 50);
    session.submit(Command::SetPace(Pace::Steps(1)), "").expect("starts");
    let mut again = Session::reopen(session.goal().clone(), session.records().to_vec()).expect("reopens");
    again.resume("");
    assert_eq!(again.state().phase, Phase::Interrupted);
    assert!(again.wants().is_empty());
    submit(&mut world, &mut again, Command::Rerun("s1".into()));
    submit(&mut world, &mut again, Command::SetPace(Pace::Free));
    assert_eq!(again.state().phase, Phase::Reached);
}

#[test]
fn a_cancelled_step_is_no_failure() {
    let (mut world, mut session) = asked(Dial::OnDeviation);
    session.submit(Command::SetPace(Pace::Steps(1)), "").expect("starts");
    session.submit(Command::Cancel, "").expect("cancels");
    assert_eq!(session.state().status("s1"), Some(Status::Interrupted));
    assert!(session.state().outcomes.is_empty());
    submit(&mut world, &mut session, Command::Rerun("s1".into()));
    submit(&mut world, &mut session, Command::SetPace(Pace::Free));
    assert_eq!(session.state().phase, Phase::Reached);
}

#[test]
fn a_scenario_lands_after_its_tool() {
    let mut world = World::new(backwards);
    let mut session = Session::open(Arc::new(report()), settings(Dial::OnDeviation, Decider::Auto), "");
    world.settle(&mut session, 50);
    let surprises = vec![Surprise::Set { key: "tickets".into(), value: Some(Shared::new(json!(8))) }];
    let schedule =
        Command::Schedule { after: Some("count".into()), nth: None, surprises, scenario: Some("late".into()) };
    submit(&mut world, &mut session, schedule);
    submit(&mut world, &mut session, Command::SetPace(Pace::Free));
    assert_eq!(session.state().phase, Phase::Reached);
    assert_eq!(session.state().runs.len(), 5);
    assert!(session.state().scheduled.is_empty());
    let injected = session.records().iter().filter(|r| matches!(r.event, Event::Injected { .. })).count();
    assert_eq!(injected, 1);
}

#[test]
fn replanning_after_every_step_reaches_the_goal_with_a_replan_each() {
    let session = World::new(backwards).play(report(), Dial::EveryStep);
    assert_eq!(session.state().phase, Phase::Reached);
    assert_eq!(session.state().replans.len(), 3);
}

#[test]
fn a_circle_is_said_and_stops() {
    // `flip` makes x, and `use` requires an even x; x is always odd, and nothing else makes it.
    let tools = vec![tool("flip", "", "x"), requiring(tool("use", "x", "y"), "even")];
    let session = World::new(backwards).play(goal("y", "", tools), Dial::OnDeviation);
    let Phase::Ended { outcome, why, .. } = &session.state().phase else { panic!("{:?}", session.state().phase) };
    assert_eq!(*outcome, Outcome::NotReached);
    assert!(why.contains("circle"), "{why}");
}
