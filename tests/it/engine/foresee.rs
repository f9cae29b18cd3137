//! What is foreseen is what happens: on random sessions, and on the cases that previews got wrong.

use std::sync::Arc;

use planscope::engine::command::Command;
use planscope::engine::effect::{Effect, Judge};
use planscope::engine::foresee::{Foreseen, Judgements, foresee};
use planscope::engine::session::Session;
use planscope::engine::state::State;
use planscope::engine::testing::{Words, World, backwards, picture};
use proptest::prelude::*;

use super::cases;
use super::fold::{Deed, command_of, deed, perform, started_with, world_goal};

/// Returns what `command` leads to, every condition judged.
fn foreseen(state: &State, command: &Command) -> Option<Foreseen> {
    let mut known = Judgements::default();
    loop {
        let foreseen = foresee(state, command.clone(), &known).ok()?;
        if foreseen.pending.is_empty() {
            return Some(foreseen);
        }
        for inquiry in &foreseen.pending {
            assert!(known.get(inquiry).is_none(), "nothing that is known is asked for");
            known.add(inquiry, Words.judge(&inquiry.question.condition, &inquiry.values));
        }
    }
}

/// Carries `command` out and lets the world judge what is asked, and nothing else.
fn carried_out(session: &Session, command: Command) -> Option<Session> {
    let mut session = session.clone();
    session.submit(command, "").ok()?;
    let mut world = World::new(backwards);
    while let Some(effect) = session.wants().into_iter().find(|effect| matches!(effect, Effect::Judge(..))) {
        let report = world.answer(&effect);
        session.submit(Command::Report(effect.id(), report), "").expect("it is asked");
    }
    Some(session)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(200), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_foreseen_is_what_happens(deeds in prop::collection::vec(deed(), 1..50), strategy in 0usize..4) {
        let mut world = World::new(backwards);
        let mut session = Session::open(Arc::new(world_goal()), started_with(strategy), "");
        // What is foreseen is what follows where no breakpoint stops it.
        let breaks = |deed: &&Deed| matches!(deed, Deed::Break(..) | Deed::Unbreak(_) | Deed::ToReplan);
        for deed in deeds.iter().filter(|deed| !breaks(deed)) {
            if let Some(command) = command_of(&mut world, &session, deed) {
                let (before, count) = (session.state(), session.records().len());
                let foreseen = foreseen(before, &command);
                let happened = carried_out(&session, command);
                prop_assert_eq!(foreseen.is_some(), happened.is_some(), "{:?}", deed);
                // Where there are branches, events are numbered on: what follows is the same, its numbers are not.
                if let (Some(foreseen), Some(happened), true) = (foreseen, happened, before.seq == count as u64) {
                    let events: Vec<_> = happened.records()[count..].iter().map(|record| record.event.clone()).collect();
                    prop_assert_eq!(&foreseen.events, &events, "{:?}", deed);
                    prop_assert_eq!(picture(&foreseen.state), picture(happened.state()), "{:?}", deed);
                    let new = happened.state().deviations.iter().filter(|one| !before.deviations.contains(one));
                    if foreseen.events[0].unwrapped().0 == 0 {
                        for one in new {
                            let known = before.deviations.iter().any(|old| (old.kind, &old.step, &old.key) == (one.kind, &one.step, &one.key));
                            prop_assert!(known || foreseen.deviations.contains(one), "{:?} brings {:?}", deed, one);
                        }
                    }
                }
            }
            perform(&mut world, &mut session, deed);
        }
    }
}
