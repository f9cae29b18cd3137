//! What a person does to turns and to the loops inside steps: add, change, drop, think again, undo, fork, resume.

use std::sync::Arc;

use planscope::engine::command::Command;
use planscope::engine::event::{Decider, Dial, Event, Pace, Seq, Strategy};
use planscope::engine::goal::{Goal, StepDraft};
use planscope::engine::session::Session;
use planscope::engine::state::{Phase, State, Status};
use planscope::engine::testing::{World, backwards, exploring, goal, settings, tool};
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

/// Tools that are taken in this order, each when it is open.
fn two() -> Goal {
    goal("b", "", vec![tool("make", "", "a"), tool("turn", "a", "b"), tool("other", "", "c")])
}

/// A plan whose first step is a loop over `look` and `ask`.
fn explored() -> Goal {
    let tools = vec![
        exploring(tool("find", "case", "cause"), "look ask", "true", 6),
        tool("look", "case", "record"),
        tool("ask", "record", "cause"),
        tool("write", "cause", "answer"),
    ];
    goal("answer", "case", tools)
}

fn draft(tool: &str) -> StepDraft {
    StepDraft { tool: Some(tool.into()), ..StepDraft::default() }
}

fn names(state: &State) -> Vec<&str> {
    state.plan.remaining().iter().map(|step| step.name()).collect()
}

fn inside(state: &State) -> &State {
    state.inner.as_ref().expect("a loop is under way")
}

/// Returns the last event of the branch that `wanted` picks.
fn last(session: &Session, wanted: impl Fn(&Event) -> bool) -> Seq {
    let found = session.path().iter().rev().filter_map(|seq| session.record(*seq));
    found.into_iter().find(|record| wanted(record.event.innermost())).expect("such an event").seq
}

#[test]
fn a_persons_step_is_acted_on_before_the_next_thought() {
    let (mut world, mut session) = open(two(), Strategy::React);
    submit(&mut world, &mut session, Command::AddStep { draft: draft("other"), at: 0 });
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
    let state = session.state();
    assert_eq!(state.runs.last().map(|run| run.step.name()), Some("other"));
    assert!(state.turns.is_empty(), "nothing was thought for it");
}

#[test]
fn thinking_again_drops_the_open_action_and_keeps_a_persons_step() {
    let (mut world, mut session) = open(two(), Strategy::React);
    submit(&mut world, &mut session, Command::SetPace(Pace::Into));
    assert_eq!(names(session.state()), ["make"]);
    submit(&mut world, &mut session, Command::AddStep { draft: draft("other"), at: 1 });
    submit(&mut world, &mut session, Command::Replan);
    let state = session.state();
    assert_eq!(names(state), ["other", "make"], "the person's step stays, and is next");
    assert_eq!(state.turns.len(), 2);
    assert_eq!(state.turns[0].became, Became::Dropped);
    assert_eq!(state.turns[1].became, Became::Open);
    submit(&mut world, &mut session, Command::SetPace(Pace::Free));
    assert_eq!(session.state().phase, Phase::Reached);
}

#[test]
fn a_deleted_action_is_dropped_and_its_use_does_not_come_back() {
    let (mut world, mut session) = open(two(), Strategy::React);
    submit(&mut world, &mut session, Command::SetPace(Pace::Into));
    let id = session.state().open_action().expect("an action is open");
    submit(&mut world, &mut session, Command::DeleteStep(id));
    let state = session.state();
    assert_eq!(state.turns[0].became, Became::Dropped);
    assert_eq!(state.barred.len(), 1);
    submit(&mut world, &mut session, Command::Undo);
    assert_eq!(session.state().turns[0].became, Became::Open, "taken back, it is open again");
}

#[test]
fn a_switched_off_action_is_passed_by_and_the_next_is_thought_of() {
    let (mut world, mut session) = open(two(), Strategy::React);
    submit(&mut world, &mut session, Command::SetPace(Pace::Into));
    let step = session.state().open_action().expect("an action is open");
    submit(&mut world, &mut session, Command::SkipStep { step: step.clone(), skip: true });
    assert_eq!(session.state().turns[0].became, Became::Open, "it can be switched on again");
    submit(&mut world, &mut session, Command::SetPace(Pace::Into));
    let state = session.state();
    assert_eq!(state.status(&step), Some(Status::Skipped));
    assert_eq!(state.turns[0].became, Became::Dropped);
    assert_eq!(state.turns.len(), 2);
}

#[test]
fn a_changed_action_is_the_one_that_is_carried_out() {
    let (mut world, mut session) = open(two(), Strategy::React);
    submit(&mut world, &mut session, Command::SetPace(Pace::Into));
    let step = session.state().open_action().expect("an action is open");
    submit(&mut world, &mut session, Command::ChangeStep { step: step.clone(), draft: draft("other") });
    submit(&mut world, &mut session, Command::SetPace(Pace::Into));
    let state = session.state();
    assert_eq!(state.runs.last().map(|run| run.step.name()), Some("other"));
    assert_eq!(state.turns[0].became, Became::Acted(step));
}

#[test]
fn going_back_to_a_branch_on_which_a_thought_was_waited_for_is_no_circle() {
    let (mut world, mut session) = open(two(), Strategy::React);
    session.submit(Command::SetPace(Pace::Steps(1)), "").expect("it thinks");
    let tip = session.state().seq;
    assert!(matches!(session.state().phase, Phase::Planning { .. }));
    session.select(1, "").expect("back to the start");
    session.select(tip, "").expect("and there again");
    submit(&mut world, &mut session, Command::SetPace(Pace::Free));
    assert_eq!(session.state().phase, Phase::Reached);
}

#[test]
fn what_is_injected_while_it_thinks_can_be_taken_back_and_it_thinks_again() {
    let (mut world, mut session) = open(two(), Strategy::React);
    session.submit(Command::SetPace(Pace::Steps(1)), "").expect("it thinks");
    session
        .submit(Command::Inject([("a".into(), Some(Shared::new(json!(7))))].into_iter().collect()), "")
        .expect("injects");
    session.submit(Command::SetPace(Pace::Paused), "").expect("pauses");
    assert!(world.settle(&mut session, 50));
    session.submit(Command::Undo, "").expect("takes it back");
    assert!(world.settle(&mut session, 50), "it thinks again");
    submit(&mut world, &mut session, Command::SetPace(Pace::Free));
    assert_eq!(session.state().phase, Phase::Reached);
}

#[test]
fn a_fork_before_an_action_came_back_has_its_thought_open_again() {
    let (mut world, mut session) = open(two(), Strategy::React);
    submit(&mut world, &mut session, Command::SetPace(Pace::Free));
    let started = last(&session, |event| matches!(event, Event::Started { .. }));
    session.select(started, "").expect("forks");
    let state = session.state();
    assert_eq!(state.turns.last().map(|turn| turn.became.clone()), Some(Became::Open));
    assert_eq!(state.plan.remaining().len(), 1);
}

#[test]
fn a_fork_inside_a_loop_goes_on_inside_it() {
    let (mut world, mut session) = open(explored(), Strategy::Hybrid);
    submit(&mut world, &mut session, Command::SetPace(Pace::Free));
    assert_eq!(session.state().phase, Phase::Reached);
    let looked = last(&session, |event| matches!(event, Event::Finished { step, .. } if &**step == "s1.1"));
    let inject = Command::Inject([("record".into(), Some(Shared::new(json!(40))))].into_iter().collect());
    session.submit_at(looked, Command::Within(Box::new(inject)), "").expect("forks");
    assert!(world.settle(&mut session, 50));
    let state = session.state();
    assert!(state.rests_inside(), "{:?} {:?}", state.phase, state.pace);
    assert_eq!(inside(state).runs.len(), 1, "what was done inside is from the record");
    submit(&mut world, &mut session, Command::SetPace(Pace::Out));
    let cause = session.state().context.get("cause").expect("a cause");
    assert_eq!(*cause.value, json!(41), "made from what was injected inside");
}

#[test]
fn what_is_injected_while_a_loop_rests_can_be_taken_back() {
    let (mut world, mut session) = open(explored(), Strategy::Hybrid);
    submit(&mut world, &mut session, Command::SetPace(Pace::Into));
    submit(
        &mut world,
        &mut session,
        Command::Inject([("case".into(), Some(Shared::new(json!(40))))].into_iter().collect()),
    );
    submit(&mut world, &mut session, Command::Undo);
    let state = session.state();
    assert!(state.rests_inside());
    assert_eq!(*state.context.get("case").expect("a value").value, json!(1));
    assert_eq!(*inside(state).context.get("case").expect("a value").value, json!(1));
    submit(&mut world, &mut session, Command::Redo);
    assert_eq!(*inside(session.state()).context.get("case").expect("a value").value, json!(40));
}

#[test]
fn a_key_that_only_the_loop_knows_is_injected_and_taken_back_inside() {
    let (mut world, mut session) = open(explored(), Strategy::Hybrid);
    submit(&mut world, &mut session, Command::SetPace(Pace::Into));
    let within = |command| Command::Within(Box::new(command));
    let inject = Command::Inject([("record".into(), Some(Shared::new(json!(9))))].into_iter().collect());
    submit(&mut world, &mut session, within(inject));
    assert!(session.state().context.get("record").is_none(), "the outer context knows nothing of it");
    assert!(inside(session.state()).context.get("record").is_some());
    submit(&mut world, &mut session, within(Command::Undo));
    assert!(inside(session.state()).context.get("record").is_none());
    assert!(session.state().rests_inside());
}

#[test]
fn steps_that_are_added_or_run_again_inside_a_loop_carry_its_ids() {
    let (mut world, mut session) = open(explored(), Strategy::Hybrid);
    submit(&mut world, &mut session, Command::SetPace(Pace::Into));
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
    submit(&mut world, &mut session, Command::Rerun("s1.1".into()));
    let next = inside(session.state()).next_step().expect("it is to run again").clone();
    assert_eq!((&*next.id, next.repeats.as_deref()), ("s1.2", Some("s1.1")));
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
    let run = inside(session.state()).run("s1.2").expect("it ran");
    assert_eq!(run.status, Status::Done);
    let add = Command::AddStep { draft: draft("ask"), at: 0 };
    submit(&mut world, &mut session, Command::Within(Box::new(add)));
    assert_eq!(inside(session.state()).next_step().map(|step| &*step.id), Some("s1.3"));
}

#[test]
fn an_inner_action_that_was_stopped_can_be_run_again_given_or_skipped() {
    for how in ["again", "give", "skip"] {
        let (mut world, mut session) = open(explored(), Strategy::Hybrid);
        submit(&mut world, &mut session, Command::SetPace(Pace::Into));
        session.submit(Command::SetPace(Pace::Steps(1)), "").expect("one turn");
        while inside(session.state()).runs.is_empty() {
            let effect = session.wants().into_iter().next().expect("something is wanted");
            let report = world.answer(&effect);
            session.submit(Command::Report(effect.id(), report), "").expect("it is waited for");
        }
        session.submit(Command::Within(Box::new(Command::Cancel)), "").expect("stops the inner action");
        assert_eq!(session.state().innermost().phase, Phase::Interrupted);
        assert!(session.submit(Command::SetPace(Pace::Steps(1)), "").is_err(), "that comes first");
        let step: planscope::engine::plan::StepId = "s1.1".into();
        let command = match how {
            "again" => Command::Rerun(step),
            "give" => Command::ReplaceOutcome { step, result: Shared::new(json!(5)) },
            _ => Command::SkipStep { step, skip: true },
        };
        submit(&mut world, &mut session, command);
        assert!(session.state().rests_inside(), "{how}");
        if how == "skip" {
            submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
            let next = inside(session.state()).turns.last().and_then(|turn| turn.thought.step.clone());
            assert_eq!(next.as_ref().map(|step| step.name()), Some("ask"), "what was passed by does not come back");
            continue;
        }
        submit(&mut world, &mut session, Command::SetPace(Pace::Free));
        assert_eq!(session.state().phase, Phase::Reached, "{how}");
    }
}

#[test]
fn a_loop_that_is_stopped_as_a_whole_is_an_interrupted_step() {
    let (mut world, mut session) = open(explored(), Strategy::Hybrid);
    submit(&mut world, &mut session, Command::SetPace(Pace::Into));
    submit(&mut world, &mut session, Command::SetPace(Pace::Steps(1)));
    submit(&mut world, &mut session, Command::Cancel);
    assert_eq!(session.state().phase, Phase::Interrupted);
    let run = session.state().runs.last().expect("a run").clone();
    assert_eq!(run.inside.as_ref().map(|inside| inside.turns.len()), Some(1), "what was done inside is kept");
    submit(&mut world, &mut session, Command::Rerun(run.step.id.clone()));
    submit(&mut world, &mut session, Command::SetPace(Pace::Free));
    assert_eq!(session.state().phase, Phase::Reached);
}

#[test]
fn stepping_inside_a_loop_ends_with_the_loop_however_far_it_was_to_go_before() {
    for pace in [Pace::Steps(1), Pace::Out] {
        let (mut world, mut session) = open(explored(), Strategy::Hybrid);
        session.submit(Command::SetPace(Pace::Free), "").expect("it goes on");
        while session.state().inner.is_none() {
            let effect = session.wants().into_iter().next().expect("something is wanted");
            let report = world.answer(&effect);
            session.submit(Command::Report(effect.id(), report), "").expect("it is waited for");
        }
        session.submit(Command::SetPace(Pace::Paused), "").expect("it pauses");
        session.submit(Command::SetPace(Pace::Free), "").expect("it goes on");
        session.submit(Command::SetPace(pace.clone()), "").expect("steps");
        assert!(world.settle(&mut session, 100));
        while session.state().inner.is_some() {
            submit(&mut world, &mut session, Command::SetPace(pace.clone()));
        }
        let state = session.state();
        assert_eq!((state.runs.len(), &state.phase), (1, &Phase::Ready), "{pace:?}: what follows the loop waits");
    }
}
