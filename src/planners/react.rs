//! ReAct's decisions: one action from what is observable now, by an honest stand-in or with the planner's wits.
//!
//! **The stand-in is no model.** It scores every tool by the words that its description and outputs share with the
//! goal and with what was observed last (tf·idf, Spärck Jones 1972, over the tools on offer), and takes the best one
//! whose work is not done yet. It looks no step ahead: it may take a tool whose inputs are missing, is refused, reads
//! the refusal like any other observation, and goes on from there. Same request, same decision.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation;

use super::embedded;
use crate::engine::effect::{CallKey, Judge, PlanReply, Remembered};
use crate::engine::event::Reason;
use crate::engine::goal::{Key, Tool, ToolName};
use crate::engine::turn::{Candidate, TurnReply, TurnRequest, Wits};

/// How much a word of the goal counts.
const OF_THE_GOAL: f64 = 1.0;
/// How much a word of a key counts that the last observation was about.
const OF_A_KEY_SEEN: f64 = 1.5;
/// How much another word of the last observation counts.
const OF_WHAT_WAS_SAID: f64 = 0.5;

/// Words that say nothing about what a tool is for.
const EMPTY: &[&str] = &[
    "a", "about", "all", "an", "and", "any", "are", "as", "at", "be", "been", "before", "but", "by", "can", "do",
    "each", "every", "for", "from", "had", "has", "have", "if", "in", "into", "is", "it", "its", "let", "no", "none",
    "not", "now", "of", "on", "once", "one", "or", "our", "out", "over", "so", "step", "than", "that", "the", "their",
    "them", "then", "there", "these", "they", "this", "to", "until", "up", "value", "was", "we", "were", "what",
    "when", "where", "which", "who", "will", "with", "you", "your",
];

/// Decides on the next action. Stops early, without one, once `cancelled` says so.
pub fn decide(request: &TurnRequest, judge: &dyn Judge, cancelled: &dyn Fn() -> bool) -> TurnReply {
    match request.wits {
        Wits::StandIn => stand_in(request),
        Wits::Planner => with_the_planners_wits(request, judge, cancelled),
    }
}

/// Takes the first step of a fresh plan, and forgets the rest of it.
fn with_the_planners_wits(request: &TurnRequest, judge: &dyn Judge, cancelled: &dyn Fn() -> bool) -> TurnReply {
    match embedded::plan(&request.known, judge, cancelled) {
        PlanReply::Plan { steps, left_out, .. } => {
            let mut uses = steps.iter().filter_map(|step| Some((step.usage.as_ref()?.tool.clone(), step.why.clone())));
            let Some((tool, why)) = uses.next() else {
                return TurnReply::NoPlan { reasons: vec![nothing_left()] };
            };
            let mut considered = vec![Candidate { tool: tool.clone(), score: None, why: why.clone() }];
            let later = |(tool, why): (ToolName, Arc<str>)| Candidate {
                tool,
                score: None,
                why: format!("later: {why}").into(),
            };
            considered.extend(uses.map(later));
            considered.extend(left_out.into_iter().map(|(tool, why)| Candidate { tool, score: None, why }));
            TurnReply::Thought { tool: Some(tool), why, considered }
        }
        PlanReply::None { reasons } => TurnReply::NoPlan { reasons },
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

/// A tool with how it stands, its score, and the words that it shares.
type Ranked<'a> = (Standing, f64, &'a Arc<Tool>, Vec<String>);

fn stand_in(request: &TurnRequest) -> TurnReply {
    let tools: Vec<(&Arc<Tool>, BTreeSet<String>)> =
        request.known.tools.values().map(|tool| (tool, words_of(tool))).collect();
    let query = query(request);
    let mut ranked: Vec<Ranked<'_>> = tools
        .iter()
        .map(|(tool, words)| {
            let shared: Vec<String> = words.iter().filter(|word| query.contains_key(*word)).cloned().collect();
            let one = |word: &String| {
                let having = tools.iter().filter(|(_, words)| words.contains(word)).count();
                query.get(word).copied().unwrap_or_default() * (1.0 + tools.len() as f64 / having.max(1) as f64).ln()
            };
            let score = shared.iter().map(one).sum::<f64>() / (words.len().max(1) as f64).sqrt();
            // An empty sum is a negative zero.
            (standing(request, tool), (score * 100.0).round() / 100.0 + 0.0, *tool, shared)
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
        return TurnReply::Thought { tool: None, why: why.into(), considered: candidates(&ranked, None) };
    };
    let mut why = if shared.is_empty() {
        "nothing on offer shares a word with the goal; it is the first one left".to_owned()
    } else {
        // What is compared are stems; what is shown are the tool's own words.
        let own = format!("{} {}", chosen.description, chosen.outputs.join(" "));
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
    TurnReply::Thought { tool: Some(chosen.name.clone()), why: why.into(), considered }
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
    let one = |(at, (standing, score, tool, shared)): (usize, &Ranked<'_>)| {
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
        Candidate { tool: tool.name.clone(), score: Some(*score), why: why.into() }
    };
    ranked.iter().enumerate().map(one).collect()
}

fn standing(request: &TurnRequest, tool: &Tool) -> Standing {
    if request.known.barred.iter().any(|barred| barred.tool == tool.name) {
        return Standing::Out("you switched it off or deleted it".to_owned());
    }
    if let Some((_, down)) = request.turned_down.iter().find(|(name, _)| *name == tool.name) {
        return Standing::Out(format!("refused, and nothing has changed since: {}", down.message));
    }
    let fact = |key: &Key| request.known.facts.iter().find(|fact| fact.key == *key);
    let outcome = call_of(request, tool).and_then(|call| request.known.outcomes.get(&call));
    match outcome {
        Some(Remembered::Failed(why)) => return Standing::Out(format!("failed on these inputs: {why}")),
        Some(Remembered::Refuted(_, why)) => return Standing::Out(format!("what it returned does not hold: {why}")),
        Some(Remembered::Returned(_)) | None => {}
    }
    let pinned = tool.outputs.iter().all(|key| fact(key).is_some_and(|fact| fact.pinned));
    if pinned {
        return Standing::Out(format!("{} is pinned", tool.outputs.join(", ")));
    }
    let known = tool.outputs.iter().all(|key| fact(key).is_some_and(|fact| fact.fresh));
    if outcome.is_some() && known {
        return Standing::Done;
    }
    let unfit = tool.outputs.iter().any(|key| request.unfit.contains(key));
    if known && !unfit { Standing::Known(tool.outputs.join(", ")) } else { Standing::Open }
}

fn call_of(request: &TurnRequest, tool: &Tool) -> Option<CallKey> {
    let hash = |key: &Key| request.known.facts.iter().find(|fact| fact.key == *key).map(|fact| fact.hash);
    let inputs = tool.inputs.iter().map(hash).collect::<Option<_>>()?;
    Some(CallKey { tool: tool.name.clone(), inputs })
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

fn words_of(tool: &Tool) -> BTreeSet<String> {
    let outputs = tool.outputs.iter().flat_map(|key| words(key));
    words(&tool.description).chain(outputs).collect()
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
}
