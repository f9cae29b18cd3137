//! ReAct's decisions: one action from what is observable now, by an honest stand-in or with the planner's wits.
//!
//! **The stand-in is not a model.** Among the tools whose declared inputs are there (an agent reads the contract) it takes
//! the one whose description and outputs share most words with the goal and with what was observed last (tf·idf,
//! Spärck Jones 1972, over the tools on offer), and whose work is not done yet. It looks no step ahead. The blind one
//! does not look at inputs either: it is refused where they are missing, reads the refusal like any other observation,
//! and goes on from there. Same request, same decision.

mod choice;
mod glance;
mod index;

use std::collections::BTreeMap;

use crate::engine::effect::{PlanReply, PlanRequest, PlannedStep};
use crate::engine::event::Reason;
use crate::engine::goal::ToolName;
use crate::engine::turn::{Candidate, TurnReply, TurnRequest, Wits};

use choice::{Offer, Ranked, Standing};

/// How much a word of the goal counts.
const OF_THE_GOAL: f64 = 1.0;
/// How much a word of a key counts that the last observation was about.
const OF_A_KEY_SEEN: f64 = 1.5;
/// How much another word of the last observation counts.
const OF_WHAT_WAS_SAID: f64 = 0.5;

/// How many candidates a thought lists; the rest is counted.
const LISTED: usize = 12;

/// Decides on the next action; `plan` makes a fresh plan where the policy takes the first step of one.
pub fn decide(request: &TurnRequest, plan: &dyn Fn(&PlanRequest) -> PlanReply) -> TurnReply {
    match request.wits {
        Wits::StandIn | Wits::Blind => stand_in(request),
        Wits::Planner => first_step(request, plan(&request.known)),
    }
}

/// Takes the first step of a fresh plan, and forgets the rest of it.
fn first_step(request: &TurnRequest, plan: PlanReply) -> TurnReply {
    match plan {
        PlanReply::Plan { steps, left_out, .. } => {
            let name = |step: &PlannedStep| -> ToolName {
                let kept = || request.known.keep.iter().find(|kept| Some(&kept.id) == step.kept.as_ref());
                match &step.usage {
                    Some(usage) => usage.tool.clone(),
                    None => kept().map_or_else(|| "a step".into(), |step| step.name().into()),
                }
            };
            let Some(first) = steps.first().cloned() else {
                return TurnReply::NoPlan { why: None, reasons: vec![nothing_left()] };
            };
            let why = first.why.clone();
            let mut considered = vec![Candidate { tool: name(&first), score: None, why: why.clone() }];
            let later = |step: &PlannedStep| Candidate {
                tool: name(step),
                score: None,
                why: format!("later: {}", step.why).into(),
            };
            considered.extend(steps.iter().skip(1).map(later));
            considered.extend(left_out.into_iter().map(|(tool, why)| Candidate { tool, score: None, why }));
            let others = considered.len().saturating_sub(LISTED);
            considered.truncate(LISTED);
            TurnReply::Thought { action: Some(first), why, considered, others }
        }
        PlanReply::None { why, reasons } => TurnReply::NoPlan { why, reasons },
        PlanReply::Broken { error } | PlanReply::Failed { error, .. } => TurnReply::Broken { error },
    }
}

fn nothing_left() -> Reason {
    Reason { sentence: "a fresh plan has no step, and the goal is not reached".into(), ..Reason::default() }
}

fn stand_in(request: &TurnRequest) -> TurnReply {
    let query = query(request);
    let offer = Offer::of(request, &query);
    let ranked = offer.best(LISTED);
    let others = offer.len().saturating_sub(ranked.len());
    let best = ranked.first().filter(|ranked| ranked.standing.can_be_taken());
    let Some(Ranked { standing, score, choice }) = best else {
        let why = match ranked.first() {
            None => "no tool is on offer".to_owned(),
            Some(first) => {
                let lacks = ranked.iter().find(|ranked| matches!(ranked.standing, Standing::Lacks(_)));
                let Ranked { standing, choice, .. } = lacks.unwrap_or(first);
                let why = standing.why().unwrap_or_default();
                format!(
                    "no tool is left to try whose inputs are there and that was not refused or failed; {} {why}",
                    choice.name
                )
            }
        };
        return TurnReply::Thought {
            action: None,
            why: why.into(),
            considered: candidates(&ranked, &query, None),
            others,
        };
    };
    let mut why = match choice.shared_words(&query).as_slice() {
        [] => "nothing on offer shares a word with the goal; it is the first one left".to_owned(),
        shared => format!("closest in words: {}", choice.as_spelled(shared).join(", ")),
    };
    match standing {
        Standing::Known(keys) => why = format!("nothing else is left; it would bring {keys} again. {why}"),
        Standing::Done => why = format!("nothing else is left; it repeats what was done. {why}"),
        Standing::OnStale(keys) => why = format!("nothing else is left; {keys} is not fresh. {why}"),
        Standing::Open | Standing::Lacks(_) | Standing::Out(_) => {}
    }
    let kept = choice.step.map(|step| step.id.clone());
    let action = PlannedStep { usage: choice.usage.clone(), kept, why: why.as_str().into() };
    let considered = candidates(&ranked, &query, Some(*score));
    TurnReply::Thought { action: Some(action), why: why.into(), considered, others }
}

fn candidates(ranked: &[Ranked<'_>], query: &BTreeMap<String, f64>, best: Option<f64>) -> Vec<Candidate> {
    let one = |(at, ranked): (usize, &Ranked<'_>)| {
        let Ranked { standing, score, choice } = ranked;
        let why = match (standing, best) {
            (Standing::Open, Some(_)) if at == 0 => "chosen".to_owned(),
            (Standing::Known(_) | Standing::Done | Standing::OnStale(_), Some(_)) if at == 0 => {
                "chosen: nothing else is left".to_owned()
            }
            (Standing::Open, Some(best)) if *score == best => "as related, and declared later".to_owned(),
            (Standing::Open, _) if choice.shared_words(query).is_empty() => {
                "shares no word with the goal or what was seen last".to_owned()
            }
            (Standing::Open, _) => "less related".to_owned(),
            (standing, _) => standing.why().unwrap_or_default(),
        };
        // The same tool may be offered more than once: what each use makes tells them apart.
        let bound = choice.usage.as_ref().is_some_and(|usage| !usage.is_plain());
        let makes = if bound { format!("for {}: ", choice::keys(&choice.writes)) } else { String::new() };
        Candidate { tool: choice.name.clone(), score: Some(*score), why: format!("{makes}{why}").into() }
    };
    ranked.iter().enumerate().map(one).collect()
}

/// Returns the words of the goal and of what was seen last, each with what it counts.
fn query(request: &TurnRequest) -> BTreeMap<String, f64> {
    let mut query: BTreeMap<String, f64> = BTreeMap::new();
    let mut add = |text: &str, weight: f64| {
        for word in index::words(text) {
            let counts = query.entry(word).or_insert(0.0);
            *counts = counts.max(weight);
        }
    };
    add(&request.known.goal, OF_THE_GOAL);
    request.known.wants.keys().for_each(|key| add(key, OF_THE_GOAL));
    if let Some(seen) = &request.seen {
        add(&seen.said, OF_WHAT_WAS_SAID);
        seen.keys.iter().for_each(|key| add(key, OF_A_KEY_SEEN));
    }
    query
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    use crate::engine::event::{Decider, Dial, Pace, Strategy};
    use crate::engine::goal::{Goal, Tool};
    use crate::engine::session::Session;
    use crate::engine::testing::{World, backwards, goal, settings, tool};
    use crate::engine::{command::Command, effect::Effect, effect::Report};

    fn described(mut tool: Tool, description: &str) -> Tool {
        tool.description = description.into();
        tool
    }

    fn parcels() -> Goal {
        let mut goal = goal(
            "answer",
            "parcel",
            vec![
                described(tool("forecast", "", "weather"), "Read the weather report"),
                described(tool("look_up", "parcel", "record"), "Look up the parcel in the register"),
                described(tool("write", "record", "answer"), "Write an answer about the late parcel"),
            ],
        );
        goal.goal = "Answer why the parcel is late".into();
        goal
    }

    /// Plays `goal` by the stand-in to the first moment at which a decision is due, and returns what it may know.
    fn due(session: &mut Session, world: &mut World) -> TurnRequest {
        loop {
            let effect = session.wants().into_iter().next().expect("a decision is wanted");
            if let Effect::Think(_, request) = effect {
                return *request;
            }
            let report = world.answer(&effect);
            session.submit(Command::Report(effect.id(), report), "").expect("it is waited for");
        }
    }

    fn open(goal: Goal) -> (Session, World) {
        open_as(Strategy::React, goal)
    }

    fn open_as(strategy: Strategy, goal: Goal) -> (Session, World) {
        let settings = settings(Dial::OnDeviation, Decider::Auto).with_strategy(strategy);
        let mut session = Session::open(Arc::new(goal), settings, "");
        session.submit(Command::SetPace(Pace::Free), "").expect("it goes on");
        (session, World::new(backwards))
    }

    fn thought(request: &TurnRequest) -> (Option<ToolName>, Vec<Candidate>) {
        match stand_in(request) {
            TurnReply::Thought { action, considered, .. } => {
                (action.and_then(|action| action.usage).map(|usage| usage.tool), considered)
            }
            other => panic!("{other:?}"),
        }
    }

    fn decide_next(session: &mut Session, world: &mut World) -> (Option<ToolName>, Vec<Candidate>) {
        let request = due(session, world);
        let id = session.wants()[0].id();
        let reply = stand_in(&request);
        session.submit(Command::Report(id, Report::Turn(reply)), "").expect("it is waited for");
        thought(&request)
    }

    #[test]
    fn it_takes_the_closest_in_words_of_what_can_run_and_says_what_the_others_lack() {
        let (mut session, mut world) = open(parcels());
        let (first, considered) = decide_next(&mut session, &mut world);
        assert_eq!(first.as_deref(), Some("look_up"), "write is closer, and its input is not there: {considered:?}");
        let lost = considered.iter().find(|candidate| &*candidate.tool == "write").expect("it was considered");
        assert_eq!(&*lost.why, "needs record, which has no value");
        assert_eq!(decide_next(&mut session, &mut world).0.as_deref(), Some("write"));
    }

    #[test]
    fn of_many_tools_the_best_are_listed_in_order_and_the_others_counted() {
        let tool_of = |n: usize| {
            let inputs = if n.is_multiple_of(3) { "nowhere" } else { "" };
            described(tool(&format!("t{n}"), inputs, &format!("k{n}")), ["Make it", "Make the report", "Look"][n % 3])
        };
        let mut goal = goal("never", "", (0..40).map(tool_of).collect());
        goal.goal = "Make the report".into();
        let (mut session, mut world) = open(goal);
        let request = due(&mut session, &mut world);
        let TurnReply::Thought { action, considered, others, .. } = stand_in(&request) else { panic!("no thought") };
        assert_eq!(action.and_then(|action| action.usage).map(|usage| usage.tool).as_deref(), Some("t1"));
        assert_eq!((considered.len(), others), (LISTED, 40 - LISTED));
        let scores: Vec<f64> = considered.iter().filter_map(|candidate| candidate.score).collect();
        assert!(scores.is_sorted_by(|a, b| a >= b), "{considered:?}");
        assert!(considered.iter().all(|candidate| !candidate.why.contains("nowhere")), "{considered:?}");
    }

    #[test]
    fn the_blind_one_is_refused_and_goes_on_from_what_the_refusal_says() {
        let (mut session, mut world) = open_as(Strategy::ReactBlind, parcels());
        let (first, considered) = decide_next(&mut session, &mut world);
        assert_eq!(first.as_deref(), Some("write"), "closest in words, whatever it needs: {considered:?}");
        assert_eq!(considered.len(), 3, "every tool was considered");
        let (second, considered) = decide_next(&mut session, &mut world);
        assert_eq!(second.as_deref(), Some("look_up"), "{considered:?}");
        let lost = considered.iter().find(|candidate| &*candidate.tool == "write").expect("it was considered");
        assert!(lost.why.contains("refused"), "{lost:?}");
        let (third, _) = decide_next(&mut session, &mut world);
        assert_eq!(third.as_deref(), Some("write"));
    }

    #[test]
    fn fresh_work_is_repeated_only_where_nothing_else_is_left() {
        let mut goal = goal("never", "", vec![tool("a", "", "x"), tool("b", "", "y")]);
        goal.goal = "make x".into();
        let (mut session, mut world) = open(goal);
        let order: Vec<_> = (0..2).filter_map(|_| decide_next(&mut session, &mut world).0).collect();
        assert_eq!(order, ["a".into(), "b".into()] as [ToolName; 2]);
        let (_, considered) = decide_next(&mut session, &mut world);
        assert!(considered[0].why.contains("nothing else is left"), "{considered:?}");
    }

    #[test]
    fn the_same_request_gets_the_same_decision_and_ties_go_by_declaration() {
        let goal = goal("never", "", vec![tool("one", "", "x"), tool("two", "", "y")]);
        let (mut session, mut world) = open(goal);
        let request = due(&mut session, &mut world);
        assert_eq!(thought(&request).0.as_deref(), Some("one"));
        assert_eq!(thought(&request), thought(&request));
    }
}
