//! What the tests of the failure checks share: sessions played in a pretend world, and what is found in them.

use std::sync::Arc;

use super::failures;
use crate::engine::command::Command;
use crate::engine::event::{Decider, Dial, Pace};
use crate::engine::goal::{Check, Goal, StepDraft, Tool};
use crate::engine::session::Session;
use crate::engine::testing::{Words, World, backwards, settings};
use crate::engine::value::{Shared, Value};

pub(super) use crate::engine::testing::{goal, tool};

/// Returns a world that plans backwards.
pub(super) fn world() -> World {
    World::new(backwards)
}

/// Returns `tool` with an `ensures`.
pub(super) fn by(mut tool: Tool, condition: &str) -> Tool {
    tool.ensures.push(Check { label: "it is right".into(), condition: condition.into() });
    tool
}

/// Returns `goal` with a plan that uses these tools in this order.
pub(super) fn plan(mut goal: Goal, tools: &[&str]) -> Goal {
    let draft = |tool: &&str| StepDraft { tool: Some((*tool).into()), ..StepDraft::default() };
    goal.plan = Some(Arc::new(tools.iter().map(draft).collect()));
    goal
}

/// Plays a session to its end.
pub(super) fn play(goal: Goal, dial: Dial) -> Session {
    world().play(goal, dial)
}

/// Opens a session that loads tickets, counts them and writes a report.
pub(super) fn chain(dial: Dial) -> (World, Session) {
    let tools =
        vec![tool("load", "", "tickets"), tool("count", "tickets", "counts"), tool("write", "counts", "report")];
    let (mut world, mut goal) = (world(), goal("report", "", tools));
    goal.expect = Arc::new([("report".into(), "odd".into())].into_iter().collect());
    let mut session = Session::open(Arc::new(goal), settings(dial, Decider::Auto), "");
    world.settle(&mut session, 1_000);
    (world, session)
}

/// Lets it run this many steps.
pub(super) fn steps(world: &mut World, session: &mut Session, steps: u32) {
    let _ = session.submit(Command::SetPace(Pace::Steps(steps)), "");
    world.settle(session, 1_000);
}

/// Lets it run to the end.
pub(super) fn go(world: &mut World, session: &mut Session) {
    let _ = session.submit(Command::SetPace(Pace::Free), "");
    world.settle(session, 1_000);
}

/// Says that the world is this.
pub(super) fn inject(world: &mut World, session: &mut Session, key: &str, value: Value) {
    let command = Command::Inject([(key.into(), Some(Shared::new(value)))].into_iter().collect());
    session.submit(command, "").expect("anything may be injected");
    world.settle(session, 1_000);
}

/// Turns the dial.
pub(super) fn turn_dial(world: &mut World, session: &mut Session, dial: Dial) {
    session.submit(Command::TurnDial(dial), "").expect("it may always be turned");
    world.settle(session, 1_000);
}

/// Returns what the checks find in `session`, each as "name: sentence".
pub(super) fn checks(session: &Session) -> Vec<String> {
    let found = failures(session, session.state(), &Words).into_iter();
    found.map(|failure| format!("{}: {}", failure.check, failure.message)).collect()
}
