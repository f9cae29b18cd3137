//! ReAct's decisions: one action from what is observable now, by an honest stand-in or with the planner's wits.
//!
//! **The stand-in is no model.** It scores every tool by the words that its description and outputs share with the
//! goal and with what was observed last (tf·idf, Spärck Jones 1972, over the tools on offer), and takes the best one
//! whose work is not done yet. It looks no step ahead: it may take a tool whose inputs are missing, is refused, reads
//! the refusal like any other observation, and goes on from there. Same request, same decision.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use unicode_segmentation::UnicodeSegmentation;

use crate::engine::effect::{CallKey, Fact, PlanReply, PlanRequest, PlannedStep, Remembered};
use crate::engine::event::Reason;
use crate::engine::goal::{Catalogue, Key, ToolName};
use crate::engine::plan::{Step, Use};
use crate::engine::turn::{Candidate, TurnReply, TurnRequest, TurnedDown, Wits};

/// How much a word of the goal counts.
const OF_THE_GOAL: f64 = 1.0;
/// How much a word of a key counts that the last observation was about.
const OF_A_KEY_SEEN: f64 = 1.5;
/// How much another word of the last observation counts.
const OF_WHAT_WAS_SAID: f64 = 0.5;

/// How many candidates a thought lists; the rest is counted.
const LISTED: usize = 12;

/// Words that say nothing about what a tool is for.
const EMPTY: &[&str] = &[
    "a", "about", "all", "an", "and", "any", "are", "as", "at", "be", "been", "before", "but", "by", "can", "do",
    "each", "every", "for", "from", "had", "has", "have", "if", "in", "into", "is", "it", "its", "let", "no", "none",
    "not", "now", "of", "on", "once", "one", "or", "our", "out", "over", "so", "step", "than", "that", "the", "their",
    "them", "then", "there", "these", "they", "this", "to", "until", "up", "value", "was", "we", "were", "what",
    "when", "where", "which", "who", "will", "with", "you", "your",
];

/// Decides on the next action; `plan` makes a fresh plan where the policy takes the first step of one.
pub fn decide(request: &TurnRequest, plan: &dyn Fn(&PlanRequest) -> PlanReply) -> TurnReply {
    match request.wits {
        Wits::StandIn => stand_in(request),
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
        PlanReply::Broken { error } => TurnReply::Broken { error },
    }
}

fn nothing_left() -> Reason {
    Reason { sentence: "a fresh plan has no step, and the goal is not reached".into(), ..Reason::default() }
}

/// How much is to be said for an action, before its words are looked at; less is better.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
enum Standing {
    /// Its work is not done.
    Open,
    /// It would bring nothing new: these keys are known.
    Known(String),
    /// It was done, and what it read has not changed.
    Done,
    /// It cannot be taken: the sentence says why.
    Out(String),
}

/// Something that can be done: a use of a tool, or a step of the goal file's plan that no tool does.
struct Choice<'a> {
    /// What sentences and lists call it.
    name: ToolName,
    /// The use.
    usage: Option<Use>,
    /// The step that no tool does.
    step: Option<&'a Arc<Step>>,
    /// What it says it does.
    description: &'a str,
    /// What it reads and writes.
    reads: Vec<&'a Key>,
    writes: Vec<&'a Key>,
    /// The telling words of all that.
    words: BTreeSet<String>,
}

/// Something that can be done, with how it stands, its score, and the words that it shares.
type Ranked<'a> = (Standing, f64, &'a Choice<'a>, Vec<String>);

/// Returns everything that can be done, by declaration: tools, then uses with bindings of their own, then steps.
fn choices(request: &TurnRequest) -> Vec<Choice<'_>> {
    let known = &request.known;
    let catalogue = words_of_all(&known.tools);
    let plain = known.tools.values().zip(catalogue.iter()).map(|(tool, words)| Choice {
        name: tool.name.clone(),
        usage: Some(Use::plain(tool)),
        step: None,
        description: &tool.description,
        reads: tool.inputs.iter().collect(),
        writes: tool.outputs.iter().collect(),
        words: words.clone(),
    });
    let bound = known.uses.iter().filter_map(|usage| {
        let tool = known.tools.get(&usage.tool)?;
        let writes: Vec<&Key> = usage.to.iter().map(|(_, key)| key).collect();
        Some(Choice {
            name: tool.name.clone(),
            usage: Some(usage.clone()),
            step: None,
            description: &tool.description,
            reads: usage.with.iter().map(|(_, key)| key).collect(),
            words: words_of(&tool.description, &writes),
            writes,
        })
    });
    let steps = known.keep.iter().filter(|step| step.tool.is_none() && !step.skip).map(|step| Choice {
        name: step.name().into(),
        usage: None,
        step: Some(step),
        description: &step.description,
        reads: step.reads().collect(),
        writes: step.writes().collect(),
        words: words_of(&step.description, &step.writes().collect::<Vec<_>>()),
    });
    plain.chain(bound).chain(steps).collect()
}

fn stand_in(request: &TurnRequest) -> TurnReply {
    let choices = choices(request);
    let query = query(request);
    let mut having: HashMap<&str, usize> = HashMap::new();
    for word in choices.iter().flat_map(|choice| &choice.words).filter(|word| query.contains_key(*word)) {
        *having.entry(word).or_insert(0) += 1;
    }
    let known = Known {
        request,
        facts: request.known.facts.iter().map(|fact| (&fact.key, fact)).collect(),
        turned_down: request.turned_down.iter().map(|(usage, down)| (usage, down)).collect(),
        unfit: request.unfit.iter().collect(),
    };
    let mut ranked: Vec<Ranked<'_>> = choices
        .iter()
        .map(|choice| {
            let words = &choice.words;
            let shared: Vec<String> = words.iter().filter(|word| query.contains_key(*word)).cloned().collect();
            let one = |word: &String| {
                let having = having.get(word.as_str()).copied().unwrap_or(1);
                query.get(word).copied().unwrap_or_default() * (1.0 + choices.len() as f64 / having as f64).ln()
            };
            let score = shared.iter().map(one).sum::<f64>() / (words.len().max(1) as f64).sqrt();
            // The sum of nothing is -0.0.
            (standing(&known, choice), (score * 100.0).round() / 100.0 + 0.0, choice, shared)
        })
        .collect();
    // Stable: ties go by declaration.
    ranked.sort_by(|a, b| order(&a.0).cmp(&order(&b.0)).then(b.1.total_cmp(&a.1)));
    let best = ranked.first().filter(|(standing, ..)| !matches!(standing, Standing::Out(_)));
    let Some((best_standing, best_score, chosen, shared)) = best else {
        let why = match ranked.first() {
            None => "no tool is on offer".to_owned(),
            Some(_) => "no tool is left to try: each was refused or failed, and nothing has changed since".to_owned(),
        };
        return TurnReply::Thought {
            action: None,
            why: why.into(),
            considered: candidates(&ranked, None),
            others: others(&ranked),
        };
    };
    let mut why = if shared.is_empty() {
        "nothing on offer shares a word with the goal; it is the first one left".to_owned()
    } else {
        // What is compared are stems; what is shown are the tool's own words.
        let writes = chosen.writes.iter().map(|key| &***key).collect::<Vec<_>>().join(" ");
        let own = format!("{} {writes}", chosen.description);
        let mut shown: Vec<String> = Vec::new();
        for word in spelled(&own).into_iter().filter(|word| shared.contains(&stem_of(word))) {
            if !shown.iter().any(|said| stem_of(said) == stem_of(&word)) {
                shown.push(word);
            }
        }
        shown.truncate(4);
        format!("closest in words: {}", shown.join(", "))
    };
    match best_standing {
        Standing::Known(keys) => why = format!("nothing else is left; it would bring {keys} again. {why}"),
        Standing::Done => why = format!("nothing else is left; it repeats what was done. {why}"),
        Standing::Open | Standing::Out(_) => {}
    }
    let considered = candidates(&ranked, Some(*best_score));
    let others = others(&ranked);
    let kept = chosen.step.map(|step| step.id.clone());
    let action = PlannedStep { usage: chosen.usage.clone(), kept, why: why.as_str().into() };
    TurnReply::Thought { action: Some(action), why: why.into(), considered, others }
}

fn order(standing: &Standing) -> u8 {
    match standing {
        Standing::Open => 0,
        Standing::Known(_) => 1,
        Standing::Done => 2,
        Standing::Out(_) => 3,
    }
}

fn candidates(ranked: &[Ranked<'_>], best: Option<f64>) -> Vec<Candidate> {
    let one = |(at, (standing, score, choice, shared)): (usize, &Ranked<'_>)| {
        let why = match (standing, best) {
            (Standing::Open, Some(_)) if at == 0 => "chosen".to_owned(),
            (Standing::Known(_) | Standing::Done, Some(_)) if at == 0 => "chosen: nothing else is left".to_owned(),
            (Standing::Open, Some(best)) if *score == best => "as related, and declared later".to_owned(),
            (Standing::Open, _) if shared.is_empty() => "shares no word with the goal or what was seen last".to_owned(),
            (Standing::Open, _) => "less related".to_owned(),
            (Standing::Known(keys), _) => format!("{keys} is known already"),
            (Standing::Done, _) => "done already, and what it read has not changed".to_owned(),
            (Standing::Out(why), _) => why.clone(),
        };
        // The same tool may be offered more than once: what each use makes tells them apart.
        let bound = choice.usage.as_ref().is_some_and(|usage| !usage.is_plain());
        let makes = if bound { format!("for {}: ", keys(&choice.writes)) } else { String::new() };
        Candidate { tool: choice.name.clone(), score: Some(*score), why: format!("{makes}{why}").into() }
    };
    ranked.iter().take(LISTED).enumerate().map(one).collect()
}

fn others(ranked: &[Ranked<'_>]) -> usize {
    ranked.len().saturating_sub(LISTED)
}

/// What is known, by name.
struct Known<'a> {
    request: &'a TurnRequest,
    facts: HashMap<&'a Key, &'a Fact>,
    turned_down: HashMap<&'a Use, &'a Arc<TurnedDown>>,
    unfit: HashSet<&'a Key>,
}

fn standing(known: &Known<'_>, choice: &Choice<'_>) -> Standing {
    let Known { request, facts, turned_down, unfit } = known;
    let barred = |usage: &Use| request.known.barred.iter().any(|barred| barred.sorted() == usage.sorted());
    if choice.usage.as_ref().is_some_and(barred) {
        return Standing::Out("you switched it off or deleted it".to_owned());
    }
    if let Some(down) = choice.usage.as_ref().and_then(|usage| turned_down.get(usage)) {
        return Standing::Out(format!("refused, and nothing has changed since: {}", down.message));
    }
    let outcome = call_of(facts, choice).and_then(|call| request.known.outcomes.get(&call));
    match outcome {
        Some(Remembered::Failed(why)) => return Standing::Out(format!("failed on these inputs: {why}")),
        Some(Remembered::Refuted(_, why)) => return Standing::Out(format!("what it returned does not hold: {why}")),
        Some(Remembered::Returned(_)) | None => {}
    }
    let every =
        |holds: &dyn Fn(&Fact) -> bool| choice.writes.iter().all(|key| facts.get(key).is_some_and(|f| holds(f)));
    if every(&|fact| fact.pinned) {
        return Standing::Out(format!("{} is pinned", keys(&choice.writes)));
    }
    let fresh = every(&|fact| fact.fresh);
    if outcome.is_some() && fresh {
        return Standing::Done;
    }
    let unfit = choice.writes.iter().any(|key| unfit.contains(*key));
    if fresh && !unfit { Standing::Known(keys(&choice.writes)) } else { Standing::Open }
}

fn keys(keys: &[&Key]) -> String {
    keys.iter().map(|key| &***key).collect::<Vec<_>>().join(", ")
}

fn call_of(facts: &HashMap<&Key, &Fact>, choice: &Choice<'_>) -> Option<CallKey> {
    let hash = |key: &&Key| facts.get(*key).map(|fact| fact.hash);
    let inputs = choice.reads.iter().map(hash).collect::<Option<_>>()?;
    Some(CallKey { tool: choice.usage.as_ref()?.tool.clone(), inputs })
}

/// Returns the words of the goal and of what was seen last, each with what it counts.
fn query(request: &TurnRequest) -> BTreeMap<String, f64> {
    let mut query: BTreeMap<String, f64> = BTreeMap::new();
    let mut add = |text: &str, weight: f64| {
        for word in words(text) {
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

/// The words of the tools of a catalogue, in its order.
type Words = Arc<Vec<BTreeSet<String>>>;

/// The catalogues whose words were told apart last: a run asks for the same ones at each of its turns.
static TOLD_APART: Mutex<Vec<(Arc<Catalogue>, Words)>> = Mutex::new(Vec::new());

/// How many catalogues are kept.
const KEPT: usize = 4;

fn words_of_all(tools: &Arc<Catalogue>) -> Words {
    let kept = || TOLD_APART.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, words)) = kept().iter().find(|(catalogue, _)| same_tools(catalogue, tools)) {
        return words.clone();
    }
    // Not under the lock: lanes run side by side.
    let words: Words = Arc::new(
        tools.values().map(|tool| words_of(&tool.description, &tool.outputs.iter().collect::<Vec<_>>())).collect(),
    );
    let mut kept = kept();
    kept.truncate(KEPT - 1);
    kept.insert(0, (tools.clone(), words.clone()));
    words
}

/// Tells whether both hold the very same tools; what is on offer may be picked out anew at each turn.
fn same_tools(a: &Arc<Catalogue>, b: &Arc<Catalogue>) -> bool {
    Arc::ptr_eq(a, b) || (a.len() == b.len() && a.values().zip(b.values()).all(|(a, b)| Arc::ptr_eq(a, b)))
}

fn words_of(description: &str, outputs: &[&Key]) -> BTreeSet<String> {
    words(description).chain(outputs.iter().flat_map(|key| words(key))).collect()
}

/// Returns the telling words of `text`, lower case, without the commonest endings.
fn words(text: &str) -> impl Iterator<Item = String> {
    spelled(text).into_iter().map(|word| stem_of(&word))
}

fn stem_of(word: &str) -> String {
    stem(word.trim_end_matches("'s"))
}

/// Returns the telling words of `text`, lower case.
fn spelled(text: &str) -> Vec<String> {
    let spaced = text.replace(['_', '-', '.', '/'], " ");
    let words = spaced.unicode_words().map(|word| word.to_lowercase().replace('’', "'"));
    words.filter(|word| !EMPTY.contains(&word.as_str())).collect()
}

/// Cuts the endings that tell "tickets" from "ticket" and "loading" from "load"; no more of a stemmer than that.
fn stem(word: &str) -> String {
    let long = |rest: &&str| rest.chars().count() >= 3;
    if let Some(rest) = word.strip_suffix("ies").filter(long) {
        return format!("{rest}y");
    }
    for ending in ["ing", "ed", "es", "s"] {
        if let Some(rest) = word.strip_suffix(ending).filter(long)
            && !(ending == "s" && rest.ends_with('s'))
        {
            return rest.trim_end_matches('e').to_owned();
        }
    }
    word.trim_end_matches('e').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_do_not_tell_words_apart_and_empty_words_are_dropped() {
        let of = |text: &str| words(text).collect::<Vec<_>>();
        assert_eq!(of("Load this week’s tickets"), ["load", "week", "ticket"]);
        assert_eq!(of("loading a ticket for the weeks"), ["load", "ticket", "week"]);
        assert_eq!(of("intent_counts"), ["intent", "count"]);
        assert_eq!(of("categories of each class"), ["category", "class"]);
    }

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
        let settings = settings(Dial::OnDeviation, Decider::Auto).with_strategy(Strategy::React);
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
    fn it_matches_words_is_refused_and_goes_on_from_what_the_refusal_says() {
        let (mut session, mut world) = open(parcels());
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
