//! Which strategy from now on, said for somebody who has never heard of any; and whether to stop a loop as a whole.

use crate::describe::settings;
use crate::describe::step;
use crate::engine::command::Command;
use crate::engine::event::Strategy;
use crate::engine::state::State;

use crate::describe::frame;
use crate::describe::sign::Role;
use crate::ui::dialogs::{Choice, DialogOutcome, Opened};

/// Returns what a strategy is, in a sentence.
fn meaning(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::PlanAndExecute => "a plan first, then its steps; a replan where something contradicts it",
        Strategy::React => "think, act, observe: one decision at a time, no look ahead",
        Strategy::ReactPlanner => "one decision at a time: the first step of a fresh plan, each time",
        Strategy::ReactBlind => "one decision at a time, without a look at whether the inputs are there",
        Strategy::Hybrid => "a plan, whose steps that explore think and act inside",
    }
}

/// Returns the choice of strategies; the present one is the default.
pub fn strategy(state: &State) -> Opened {
    let now = state.settings.strategy;
    let sentence = "How is it decided what comes next? What is done stays; what is left is decided again.";
    let mut choice = Choice::new("Strategy", sentence);
    for strategy in Strategy::ALL {
        let (role, as_now) = if strategy == now { (Role::Current, " (now)") } else { (Role::Pending, "") };
        choice = choice.consequence(role, format!("{}{as_now}: {}", strategy.word(), meaning(strategy)));
    }
    if !state.goal.explores() {
        choice = choice.consequence(Role::Warning, "no tool of this goal explores: the hybrid would only plan");
    }
    let mut others: Vec<Strategy> = Strategy::ALL.into_iter().filter(|strategy| *strategy != now).collect();
    others.insert(0, now);
    for strategy in others {
        let key = match strategy {
            Strategy::PlanAndExecute => 'p',
            Strategy::React => 'r',
            Strategy::ReactPlanner => 'w',
            Strategy::ReactBlind => 'b',
            Strategy::Hybrid => 'h',
        };
        let (words, outcome) = match strategy == now {
            true => (format!("leave it at {}", strategy.word()), DialogOutcome::Close),
            false => (settings::strategy(strategy), DialogOutcome::Submit(Command::SetStrategy(strategy))),
        };
        choice = choice.answer(key, words, outcome);
    }
    Opened::from(choice)
}

/// Returns the question whether to stop the loop that is under way, or none where none is.
pub fn stop_loop(state: &State) -> Option<Opened> {
    let run = frame::loop_run(state)?;
    let turns = state.inner.as_ref().map_or(0, |inner| inner.turns.len());
    let sentence = format!("The loop inside {} rests after {turns} of its turns.", step::label(&run.step));
    let choice = Choice::new("Stop the loop?", sentence)
        .consequence(Role::Interrupted, "stopped, the step has no outcome: run it again, give one, or skip it")
        .answer('n', "no, let it rest", DialogOutcome::Close)
        .answer('y', "stop the loop", DialogOutcome::Submit(Command::Cancel));
    Some(Opened::from(choice))
}
