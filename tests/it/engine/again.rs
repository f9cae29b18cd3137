//! Running again, taking back and turning down: what is trusted afterwards, and what comes back.

use std::sync::Arc;

use planscope::engine::command::{Approval, Command};
use planscope::engine::effect::CallOutcome;
use planscope::engine::event::{Decider, Dial, Event, Pace, Strategy};
use planscope::engine::goal::{Goal, Risk, StepDraft, Surprise, Tool};
use planscope::engine::review::DeviationKind;
use planscope::engine::session::Session;
use planscope::engine::state::Phase;
use planscope::engine::testing::{World, backwards, exploring, goal, settings, tool};
use planscope::engine::value::Shared;
use serde_json::json;

fn report() -> Goal {
    goal(
        "report",
        "",
        vec![tool("load", "", "tickets"), tool("count", "tickets", "counts"), tool("draft", "counts", "report")],
    )
}

fn open(goal: Goal, dial: Dial) -> (World, Session) {
    let mut world = World::new(backwards);
    let mut session = Session::open(Arc::new(goal), settings(dial, Decider::Ask), "");
    assert!(world.settle(&mut session, 50));
    (world, session)
}

fn submit(world: &mut World, session: &mut Session, command: Command) {
    session.submit(command, "").unwrap_or_else(|refusal| panic!("{refusal}"));
    assert!(world.settle(session, 500));
}

fn fails(tool: &'static str) -> World {
    let mut world = World::new(backwards);
    world.tool = Box::new(move |call| match call.step.name() == tool {
        true => CallOutcome::Failed("it is gone".into()),
        false => planscope::engine::testing::add_up(call),
    });
    world
}

#[test]
fn what_a_failed_run_was_to_confirm_is_refuted_until_something_makes_it_again() {
    for dial in [Dial::Never, Dial::OnFailure] {
        let mut world = World::new(backwards);
        let mut session = world.play(report(), dial);
        assert_eq!(session.state().phase, Phase::Reached);
        submit(&mut fails("load"), &mut session, Command::Rerun("s1".into()));
        submit(&mut fails("load"), &mut session, Command::SetPace(Pace::Free));
        let state = session.state();
        let tickets = state.context.get("tickets").expect("it stays visible");
        assert_eq!((tickets.refuted.as_deref(), tickets.fresh), (Some("it is gone"), false), "{dial:?}");
        assert!(!state.context.is_fresh("report") && !matches!(state.phase, Phase::Reached), "{dial:?}");
        let failed = state.deviations.iter().find(|deviation| deviation.kind == DeviationKind::ToolFailed);
        let failed = failed.unwrap_or_else(|| panic!("{dial:?}: {:?}", state.deviations));
        assert_eq!(failed.key.as_deref(), Some("tickets"));
        submit(&mut world, &mut session, Command::Rerun("s1".into()));
        submit(&mut world, &mut session, Command::SetPace(Pace::Free));
        let state = session.state();
        assert!(state.context.is_fresh("tickets") && state.phase == Phase::Reached, "{dial:?}: {:?}", state.phase);
    }
}

#[test]
fn a_failed_run_says_nothing_of_a_value_that_another_tool_made() {
    let mut file = report();
    let tools = Arc::make_mut(&mut file.tools);
    tools.insert("archive".into(), Arc::new(tool("archive", "", "tickets")));
    let (mut world, mut session) = open(file, Dial::OnDeviation);
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
    let draft = StepDraft { tool: Some("archive".into()), ..StepDraft::default() };
    submit(&mut world, &mut session, Command::AddStep { draft, at: 0 });
    submit(&mut fails("archive"), &mut session, Command::SetPace(Pace::Steps(1)));
    let tickets = session.state().context.get("tickets").expect("tickets");
    assert!(tickets.fresh && tickets.refuted.is_none(), "{tickets:?}");
}

/// What lands after `load`, or at once.
fn surprises(after: bool) -> Vec<Command> {
    let after = after.then(|| "load".into());
    let set = Surprise::Set { key: "tickets".into(), value: Some(Shared::new(json!(8))) };
    let goal =
        Surprise::Goal { goal: "only count".into(), wants: [("counts".into(), "true".into())].into_iter().collect() };
    let fail = Surprise::Fail { tool: "count".into(), error: "down".into(), times: 1 };
    [vec![set.clone()], vec![goal.clone()], vec![fail.clone()], vec![set, goal, fail]]
        .into_iter()
        .map(|surprises| Command::Schedule { after: after.clone(), nth: None, surprises, scenario: Some("x".into()) })
        .collect()
}

#[test]
fn undo_takes_back_what_landed_with_what_let_it_land_and_redo_brings_it_back() {
    for waits in [false, true] {
        for surprise in surprises(waits) {
            let (mut world, mut session) = open(report(), Dial::OnDeviation);
            if waits {
                submit(&mut world, &mut session, surprise.clone());
            }
            submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
            if !waits {
                submit(&mut world, &mut session, surprise.clone());
            }
            let landed = session.state().clone();
            let before = session.records().len();
            submit(&mut world, &mut session, Command::Undo);
            let state = session.state();
            assert_eq!(state.context.get("tickets").map(|datum| datum.pinned), Some(false), "{surprise:?}");
            assert_eq!(&*state.goal.goal, "test", "{surprise:?}");
            assert!(state.armed.is_empty() && state.scheduled.is_empty(), "{surprise:?}: it is armed again");
            let lands = |event: &Event| {
                matches!(event, Event::Injected { .. } | Event::GoalChanged { .. } | Event::Armed { .. })
            };
            let again = session.records()[before..].iter().find(|record| lands(&record.event));
            assert!(again.is_none(), "{surprise:?}: {again:?}");
            submit(&mut world, &mut session, Command::Redo);
            let state = session.state();
            assert_eq!((&state.goal.goal, &state.armed), (&landed.goal.goal, &landed.armed), "{surprise:?}");
            assert_eq!(state.context.get("tickets"), landed.context.get("tickets"), "{surprise:?}");
        }
    }
}

#[test]
fn of_two_surprises_that_landed_after_one_step_undo_takes_back_the_last() {
    let (mut world, mut session) = open(report(), Dial::OnDeviation);
    for surprise in surprises(true).into_iter().take(2) {
        submit(&mut world, &mut session, surprise);
    }
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
    assert_eq!(&*session.state().goal.goal, "only count");
    submit(&mut world, &mut session, Command::Undo);
    let state = session.state();
    assert_eq!(&*state.goal.goal, "test");
    assert!(state.context.get("tickets").is_some_and(|datum| datum.pinned), "the first one stays");
}

#[test]
fn a_change_that_was_turned_down_is_quiet_whatever_key_it_shows_at_next() {
    for dial in [Dial::OnDeviation, Dial::EveryStep] {
        let (mut world, mut session) = open(report(), dial);
        submit(&mut world, &mut session, Command::SetPace(Pace::Steps(2)));
        let inject =
            |value| Command::Inject([("tickets".into(), Some(Shared::new(json!(value))))].into_iter().collect());
        submit(&mut world, &mut session, inject(8));
        submit(&mut world, &mut session, Command::Reject);
        submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
        let state = session.state();
        assert_eq!(state.runs.len(), 3, "{dial:?}: the old plan goes on");
        assert!(state.waiting_proposal().is_none(), "{dial:?}: {:?}", state.deviations);
        submit(&mut world, &mut session, inject(9));
        assert!(session.state().waiting_proposal().is_some(), "{dial:?}: another value is another matter");
    }
}

fn risky(mut tool: Tool) -> Tool {
    tool.risk = Risk::High;
    tool
}

#[test]
fn an_approval_is_for_a_step_with_these_inputs() {
    let tools = vec![risky(tool("pay", "order", "paid"))];
    let mut world = World::new(backwards);
    let asking = settings(Dial::OnDeviation, Decider::Ask).with_approval(Risk::Low);
    let mut session = Session::open(Arc::new(goal("paid", "order", tools)), asking, "");
    assert!(world.settle(&mut session, 50));
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
    submit(&mut world, &mut session, Command::Approve(Approval::Whole));
    let order = |value| Command::Inject([("order".into(), Some(Shared::new(json!(value))))].into_iter().collect());
    submit(&mut world, &mut session, order(99));
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
    assert_eq!((&session.state().phase, session.state().runs.len()), (&Phase::Approving, 0));
    submit(&mut world, &mut session, Command::Approve(Approval::Whole));
    submit(&mut world, &mut session, order(99));
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
    assert_eq!(session.state().phase, Phase::Reached, "the same value is the same input");
}

#[test]
fn an_editor_that_is_left_as_it_was_changes_nothing() {
    let (mut world, mut session) = open(report(), Dial::OnDeviation);
    let step = session.state().plan.remaining()[1].clone();
    let draft = StepDraft {
        tool: step.tool.clone(),
        description: Some(step.description.clone()),
        with: step.with.iter().cloned().collect(),
        to: step.to.iter().cloned().collect(),
        ..StepDraft::default()
    };
    let change = Command::ChangeStep { step: step.id.clone(), draft: draft.clone() };
    assert!(session.submit(change, "").is_err(), "the planner's step is not a person's for having been looked at");
    let changed = StepDraft { note: Some("mind the gap".into()), ..draft };
    submit(&mut world, &mut session, Command::ChangeStep { step: step.id.clone(), draft: changed });
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
    let same = session.state().context.get("tickets").expect("tickets").value.clone();
    let outcome = |result| Command::ReplaceOutcome { step: "s1".into(), result };
    assert!(session.submit(outcome(same), "").is_err());
    submit(&mut world, &mut session, outcome(Shared::new(json!(5))));
}

#[test]
fn what_a_person_gave_inside_a_loop_is_known_of_its_result_outside() {
    let tools = vec![
        tool("look", "case", "cause"),
        exploring(tool("find", "case", "cause"), "look", "big", 6),
        tool("write", "cause", "answer"),
    ];
    let open = || {
        let mut file = goal("answer", "case", tools.clone());
        file.plan = Some(Arc::new(vec![
            StepDraft { tool: Some("find".into()), ..StepDraft::default() },
            StepDraft { tool: Some("write".into()), ..StepDraft::default() },
        ]));
        let hybrid = settings(Dial::OnDeviation, Decider::Ask).with_strategy(Strategy::Hybrid);
        let mut world = World::new(backwards);
        let mut session = Session::open(Arc::new(file), hybrid, "");
        assert!(world.settle(&mut session, 50));
        submit(&mut world, &mut session, Command::SetPace(Pace::Into));
        (world, session)
    };
    let case = Command::Inject([("case".into(), Some(Shared::new(json!(9))))].into_iter().collect());
    let (mut world, mut session) = open();
    submit(&mut world, &mut session, Command::Within(Box::new(case.clone())));
    let given = session.state().seq;
    submit(&mut world, &mut session, Command::SetPace(Pace::Free));
    let cause = session.state().context.get("cause").expect("a cause").clone();
    let inside: Vec<_> = cause.given.iter().flat_map(|given| given.iter().cloned()).collect();
    assert!(cause.is_given() && cause.fresh, "{cause:?}");
    let [(key, version)] = &inside[..] else { panic!("{inside:?}") };
    assert!(&**key == "case" && *version <= given, "{inside:?}");
    // What is given outside is seen there: nothing has to be told of the inside.
    let (mut world, mut session) = open();
    submit(&mut world, &mut session, case);
    submit(&mut world, &mut session, Command::SetPace(Pace::Free));
    assert!(session.state().context.get("cause").is_some_and(|cause| cause.given.is_none()));
}

#[test]
fn a_moment_of_another_branch_is_looked_at_with_its_own_past() {
    let (mut world, mut session) = open(report(), Dial::OnDeviation);
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(2)));
    let older = session.state().seq;
    let fork = session.path()[2];
    session
        .submit_at(fork, Command::Inject([("tickets".into(), Some(Shared::new(json!(8))))].into_iter().collect()), "")
        .expect("a fork");
    assert!(world.settle(&mut session, 50));
    let context = session.state_at(older).expect("a state").context;
    let then = session.clone().looked_at(older).expect("a moment");
    assert_eq!(then.path().last(), Some(&older));
    let injects = |seq: &u64| then.record(*seq).is_some_and(|one| matches!(one.event, Event::Injected { .. }));
    assert!(!then.path().iter().any(injects), "the other branch's injection is not in its past");
    assert_eq!(then.state().context.get("counts"), context.get("counts"));
    assert!(session.looked_at(10_000).is_none());
}
