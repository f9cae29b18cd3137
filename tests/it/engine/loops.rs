//! What ReAct and the loops inside steps do, told as commands in and states out, against a pretend world.

use std::sync::Arc;

use planscope::engine::command::Command;
use planscope::engine::effect::CallOutcome;
use planscope::engine::event::{Decider, Dial, Event, Outcome, Pace, Strategy};
use planscope::engine::goal::{Goal, Surprise};
use planscope::engine::session::Session;
use planscope::engine::state::{Phase, State, Status};
use planscope::engine::testing::{World, backwards, exploring, goal, picture, requiring, settings, tool};
use planscope::engine::turn::Became;
use planscope::engine::value::Shared;
use serde_json::json;

fn open(goal: Goal, strategy: Strategy) -> (World, Session) {
    let settings = settings(Dial::OnDeviation, Decider::Ask).with_strategy(strategy);
    let mut world = World::new(backwards);
    let mut session = Session::open(Arc::new(goal), settings, "");
    assert!(world.settle(&mut session, 50));
    (world, session)
}

fn submit(world: &mut World, session: &mut Session, command: Command) {
    session.submit(command, "").unwrap_or_else(|refusal| panic!("{refusal}"));
    assert!(world.settle(session, 500));
}

/// Tools that the pretend decider takes in this order: `draft` before what it needs is there.
fn backward_goal() -> Goal {
    goal(
        "report",
        "",
        vec![tool("draft", "counts", "report"), tool("count", "tickets", "counts"), tool("load", "", "tickets")],
    )
}

/// A plan with a loop in its middle.
fn outline() -> Goal {
    goal(
        "answer",
        "case",
        vec![
            tool("look", "case", "record"),
            tool("ask", "record", "cause"),
            exploring(tool("find", "case", "cause"), "ask look", "true", 6),
            tool("write", "cause", "answer"),
        ],
    )
}

fn inside(state: &State) -> &State {
    state.inner.as_ref().expect("a loop is under way")
}

#[test]
fn a_turn_thinks_then_acts_and_a_refusal_is_an_observation_of_its_own() {
    let (mut world, mut session) = open(backward_goal(), Strategy::React);
    assert_eq!(session.state().phase, Phase::Ready);
    assert!(session.state().turns.is_empty(), "nothing is thought before somebody asks");
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
    let turn = session.state().turns.last().expect("a turn");
    assert!(matches!(&turn.became, Became::Refused(refused) if refused.message.contains("needs counts")), "{turn:?}");
    assert!(session.state().runs.is_empty(), "what is refused is never started");
    submit(&mut world, &mut session, Command::SetPace(Pace::Free));
    assert_eq!(session.state().phase, Phase::Reached);
    let done: Vec<&str> = session.state().runs.iter().map(|run| run.step.name()).collect();
    assert_eq!(done, ["load", "count", "draft"]);
    let refused = session.state().turns.iter().filter(|turn| matches!(turn.became, Became::Refused { .. })).count();
    assert!(refused >= 2, "steps were tried out of order: {refused}");
}

#[test]
fn half_a_turn_shows_the_action_before_it_is_taken() {
    let (mut world, mut session) = open(goal("a", "", vec![tool("make", "", "a")]), Strategy::React);
    submit(&mut world, &mut session, Command::SetPace(Pace::Into));
    assert_eq!(session.state().plan.remaining().len(), 1);
    assert!(session.state().runs.is_empty());
    submit(&mut world, &mut session, Command::SetPace(Pace::Into));
    assert_eq!(session.state().phase, Phase::Reached);
}

#[test]
fn a_refused_tool_is_tried_again_only_when_what_it_was_refused_for_changes() {
    let (mut world, mut session) = open(backward_goal(), Strategy::React);
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
    assert_eq!(session.state().standing_refusals().count(), 1);
    submit(
        &mut world,
        &mut session,
        Command::Inject([("counts".into(), Some(Shared::new(json!(2))))].into_iter().collect()),
    );
    assert_eq!(session.state().standing_refusals().count(), 0);
}

#[test]
fn a_stale_input_refuses_an_action_unless_the_dial_is_at_never() {
    for (dial, refused) in [(Dial::OnDeviation, true), (Dial::Never, false)] {
        let tools = vec![tool("count", "tickets", "counts"), tool("draft", "counts", "report")];
        let (mut world, mut session) = open(goal("report", "tickets", tools), Strategy::React);
        if dial == Dial::Never {
            submit(&mut world, &mut session, Command::TurnDial(dial));
        }
        submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
        submit(&mut world, &mut session, Command::SetPace(Pace::Into));
        submit(
            &mut world,
            &mut session,
            Command::Inject([("tickets".into(), Some(Shared::new(json!(9))))].into_iter().collect()),
        );
        submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
        let last = session.state().turns.last().expect("a turn").became.clone();
        assert_eq!(matches!(last, Became::Refused { .. }), refused, "{dial:?}: {last:?}");
    }
}

#[test]
fn a_run_that_cannot_end_is_noticed() {
    let impossible =
        goal("report", "", vec![requiring(tool("draft", "tickets", "report"), "big"), tool("load", "", "tickets")]);
    let (mut world, mut session) = open(impossible, Strategy::React);
    submit(&mut world, &mut session, Command::SetPace(Pace::Free));
    let Phase::Ended { outcome: Outcome::NotReached, why, .. } = &session.state().phase else {
        panic!("{:?}", session.state().phase)
    };
    assert!(why.contains("first one that is open") || why.contains("circle"), "{why}");
    // Something new lets it go on.
    submit(
        &mut world,
        &mut session,
        Command::Inject([("tickets".into(), Some(Shared::new(json!(9))))].into_iter().collect()),
    );
    submit(&mut world, &mut session, Command::SetPace(Pace::Free));
    assert_eq!(session.state().phase, Phase::Reached);
}

#[test]
fn the_strategy_can_change_halfway_and_done_work_is_kept() {
    let (mut world, mut session) = open(backward_goal(), Strategy::PlanAndExecute);
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
    submit(&mut world, &mut session, Command::SetStrategy(Strategy::React));
    assert!(session.state().plan.remaining().is_empty(), "no plan is made any more");
    submit(&mut world, &mut session, Command::SetPace(Pace::Free));
    assert_eq!(session.state().phase, Phase::Reached);
    let loads = session.state().runs.iter().filter(|run| run.step.name() == "load").count();
    assert_eq!(loads, 1, "what was loaded is not loaded again");
    let (mut world, mut session) = open(backward_goal(), Strategy::React);
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(3)));
    submit(&mut world, &mut session, Command::SetStrategy(Strategy::PlanAndExecute));
    assert_eq!(session.state().phase, Phase::Review, "a plan is made and waits for approval");
}

#[test]
fn a_loop_is_stepped_over_as_one_step() {
    let (mut world, mut session) = open(explored(), Strategy::Hybrid);
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
    let run = session.state().runs.last().expect("a run").clone();
    assert_eq!((run.step.name(), run.status), ("find", Status::Done));
    let inside = run.inside.as_ref().expect("its loop is kept");
    assert_eq!(inside.turns.len(), 3, "ask is refused, look and ask are done: {:?}", inside.turns);
    assert!(inside.runs.iter().all(|run| run.step.id.starts_with("s1.")), "inner ids name their step");
    submit(&mut world, &mut session, Command::SetPace(Pace::Free));
    assert_eq!(session.state().phase, Phase::Reached);
}

/// The same with the loop declared first: the pretend planner takes the first writer of each key.
fn explored() -> Goal {
    let mut goal = outline();
    let mut tools = (*goal.tools).clone();
    let ask = tools.shift_remove("ask").expect("a tool");
    tools.insert("ask".into(), ask);
    goal.tools = Arc::new(tools);
    goal
}

#[test]
fn a_loop_is_stepped_into_and_out_of() {
    let (mut world, mut session) = open(explored(), Strategy::Hybrid);
    submit(&mut world, &mut session, Command::SetPace(Pace::Into));
    assert!(session.state().rests_inside());
    assert!(inside(session.state()).turns.is_empty());
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
    assert_eq!(inside(session.state()).turns.len(), 1);
    assert!(session.state().rests_inside(), "one turn, and it stands still again");
    submit(&mut world, &mut session, Command::SetPace(Pace::Out));
    let state = session.state();
    assert!(state.inner.is_none() && state.phase == Phase::Ready && state.pace == Pace::Paused, "{:?}", state.phase);
    assert_eq!(state.runs.last().map(|run| run.status), Some(Status::Done));
    assert!(session.submit(Command::SetPace(Pace::Out), "").is_err(), "there is nothing to go out of");
}

#[test]
fn a_budget_ends_a_loop_and_its_step_has_failed() {
    let mut goal = explored();
    let mut tools = (*goal.tools).clone();
    tools.insert("find".into(), Arc::new(exploring(tool("find", "case", "cause"), "ask look", "false", 2)));
    goal.tools = Arc::new(tools);
    let (mut world, mut session) = open(goal, Strategy::Hybrid);
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
    let run = session.state().runs.last().expect("a run");
    assert_eq!(run.status, Status::Failed);
    assert!(run.error.as_ref().is_some_and(|error| error.contains("budget of 2")), "{:?}", run.error);
}

#[test]
fn what_changes_in_the_world_changes_inside_a_loop_too() {
    let (mut world, mut session) = open(explored(), Strategy::Hybrid);
    submit(&mut world, &mut session, Command::SetPace(Pace::Into));
    submit(
        &mut world,
        &mut session,
        Command::Inject([("case".into(), Some(Shared::new(json!(40))))].into_iter().collect()),
    );
    assert_eq!(*inside(session.state()).context.get("case").expect("a value").value, json!(40));
    submit(&mut world, &mut session, Command::SetPace(Pace::Free));
    assert_eq!(session.state().phase, Phase::Reached);
}

#[test]
fn a_surprise_for_an_inner_tool_lands_inside() {
    let (mut world, mut session) = open(explored(), Strategy::Hybrid);
    let surprise = Surprise::Fail { tool: "look".into(), error: "503".into(), times: 1 };
    submit(&mut world, &mut session, Command::Surprise { surprise, scenario: None });
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
    let run = session.state().runs.last().expect("a run");
    let inside = run.inside.as_ref().expect("its loop");
    assert!(inside.runs.iter().any(|run| run.error.as_deref() == Some("503")), "{:?}", inside.runs);
    assert!(session.state().armed.is_empty(), "it was used up");
}

#[test]
fn an_inner_step_in_flight_is_run_again_or_interrupted_when_a_session_is_resumed() {
    for nature in [planscope::engine::goal::Nature::Pure, planscope::engine::goal::Nature::Outside] {
        let mut goal = explored();
        let mut tools = (*goal.tools).clone();
        for name in ["ask", "look"] {
            let mut tool = (*tools[name]).clone();
            tool.run.nature = nature;
            tools.insert(name.into(), Arc::new(tool));
        }
        goal.tools = Arc::new(tools);
        let (mut world, mut session) = open(goal, Strategy::Hybrid);
        session.submit(Command::SetPace(Pace::Free), "").expect("it goes on");
        let called = |session: &Session| {
            session.wants().iter().any(|effect| matches!(effect, planscope::engine::effect::Effect::CallTool(..)))
        };
        while !called(&session) {
            let effect = session.wants().into_iter().next().expect("something is wanted");
            let report = world.answer(&effect);
            session.submit(Command::Report(effect.id(), report), "").expect("it is waited for");
        }
        let mut again = Session::reopen(session.goal().clone(), session.records().to_vec()).expect("a session");
        assert!(again.wants().is_empty(), "a reopened session wants nothing");
        again.resume("");
        let pure = nature == planscope::engine::goal::Nature::Pure;
        assert_eq!(again.wants().len(), usize::from(pure), "only a pure step runs again by itself");
        assert_eq!(again.state().innermost().phase == Phase::Interrupted, !pure);
        assert!(world.settle(&mut again, 100));
        if !pure {
            let step = inside(again.state()).runs.last().expect("a run").step.id.clone();
            let reply = Command::ReplaceOutcome { step, result: Shared::new(json!(3)) };
            submit(&mut world, &mut again, reply);
        }
        submit(&mut world, &mut again, Command::SetPace(Pace::Free));
        assert_eq!(again.state().phase, Phase::Reached, "{}", picture(again.state()));
    }
}

#[test]
fn a_failed_call_inside_is_no_guide_for_the_loop_outside_of_it() {
    let (mut world, mut session) = open(explored(), Strategy::Hybrid);
    world.tool = Box::new(|call| match call.step.name() {
        "look" => CallOutcome::Failed("gone".into()),
        _ => planscope::engine::testing::add_up(call),
    });
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
    let run = session.state().runs.last().expect("a run");
    assert_eq!(run.status, Status::Failed, "nothing was left to try inside");
    let events: Vec<&Event> = session.records().iter().map(|record| record.event.innermost()).collect();
    assert!(events.iter().any(|event| matches!(event, Event::Failed { error, .. } if &**error == "gone")));
}

#[test]
fn a_goal_without_wants_is_never_reached_by_react() {
    let (mut world, mut session) = open(goal("", "", vec![tool("make", "", "a")]), Strategy::React);
    submit(&mut world, &mut session, Command::SetPace(Pace::Free));
    assert!(
        matches!(&session.state().phase, Phase::Ended { why, .. } if why.contains("wants")),
        "{:?}",
        session.state().phase
    );
}

#[test]
fn what_was_injected_before_an_inner_tool_ran_cannot_be_taken_back() {
    let (mut world, mut session) = open(explored(), Strategy::Hybrid);
    submit(&mut world, &mut session, Command::SetPace(Pace::Into));
    submit(
        &mut world,
        &mut session,
        Command::Inject([("case".into(), Some(Shared::new(json!(40))))].into_iter().collect()),
    );
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(2)));
    assert!(session.submit(Command::Undo, "").is_err());
}

#[test]
fn a_loop_that_is_begun_anew_goes_on_counting_its_steps() {
    let mut goal = explored();
    let mut tools = (*goal.tools).clone();
    let mut find = exploring(tool("find", "case", "cause"), "ask look", "false", 2);
    find.retries = 1;
    tools.insert("find".into(), Arc::new(find));
    goal.tools = Arc::new(tools);
    let (mut world, mut session) = open(goal, Strategy::Hybrid);
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
    let mut seen = std::collections::HashSet::new();
    for record in session.records() {
        if let Event::Thought(thought) = record.event.innermost()
            && let Some(step) = &thought.step
        {
            assert!(seen.insert(step.id.clone()), "{} was thought of twice", step.id);
        }
    }
    assert_eq!(seen.len(), 4, "two attempts of two decisions");
    assert!(seen.iter().all(|id| session.state().step(id).is_some() || session.state().inside_of(id).is_some()));
}
