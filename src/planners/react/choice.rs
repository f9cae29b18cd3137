//! What can be done next, how each of it stands and scores, and which come first.
//!
//! What is looked at at every turn is arrays over the catalogue's index; names, reasons and words are made of the few
//! that come first. So ten thousand tools can be decided among ten thousand times.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::glance::{Glance, Likely};
use super::index::{Index, root_of, spelled, stem_of, words_of};
use crate::engine::because::Because;
use crate::engine::context::Datum;
use crate::engine::effect::{CallKey, Remembered};
use crate::engine::goal::{Key, ToolName};
use crate::engine::plan::{Step, Use};
use crate::engine::turn::{TurnRequest, TurnedDown, Wits};

/// How much is to be said for an action, before its words are looked at; the first is the best.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Standing {
    /// Its work is not done.
    Open,
    /// Its work is not done, and these of its inputs are stale or refuted.
    OnStale(String),
    /// It would bring nothing new: these keys are known.
    Known(String),
    /// It was done, and what it read has not changed.
    Done,
    /// Its inputs are not there: the sentence says which.
    Lacks(String),
    /// It cannot be taken: the sentence says why.
    Out(String),
}

impl Standing {
    fn order(&self) -> u8 {
        match self {
            Standing::Open => 0,
            Standing::OnStale(_) => 1,
            Standing::Known(_) => 2,
            Standing::Done => 3,
            Standing::Lacks(_) => 4,
            Standing::Out(_) => 5,
        }
    }

    pub(super) fn can_be_taken(&self) -> bool {
        !matches!(self, Standing::Lacks(_) | Standing::Out(_))
    }

    /// Says why it comes later than one that is open.
    pub(super) fn why(&self) -> Option<String> {
        match self {
            Standing::Open => None,
            Standing::OnStale(keys) => Some(format!("{keys} is not fresh")),
            Standing::Known(keys) => Some(format!("{keys} is known already")),
            Standing::Done => Some("done already, and what it read has not changed".to_owned()),
            Standing::Lacks(why) | Standing::Out(why) => Some(why.clone()),
        }
    }
}

/// Something that can be done: a use of a tool, or a step of the goal file's plan that no tool does.
pub(super) struct Choice<'a> {
    /// What sentences and lists call it.
    pub(super) name: ToolName,
    /// The use.
    pub(super) usage: Option<Use>,
    /// The step that no tool does.
    pub(super) step: Option<&'a Arc<Step>>,
    /// What it says it does.
    description: &'a str,
    /// What it reads and writes.
    reads: Vec<&'a Key>,
    pub(super) writes: Vec<&'a Key>,
}

impl Choice<'_> {
    fn words(&self) -> BTreeSet<String> {
        words_of(self.description, self.writes.iter().copied())
    }

    /// Returns its telling words that stand in `query`.
    pub(super) fn shared_words(&self, query: &BTreeMap<String, f64>) -> Vec<String> {
        self.words().into_iter().filter(|word| query.contains_key(word)).collect()
    }

    /// Returns at most four of its own words whose stems are in `shared`: what is compared are stems.
    pub(super) fn as_spelled(&self, shared: &[String]) -> Vec<String> {
        let writes = self.writes.iter().map(|key| &***key).collect::<Vec<_>>().join(" ");
        let mut shown: Vec<String> = Vec::new();
        for word in spelled(&format!("{} {writes}", self.description)) {
            let stem = stem_of(&word);
            if shared.contains(&stem) && !shown.iter().any(|said| stem_of(said) == stem) {
                shown.push(word);
            }
        }
        shown.truncate(4);
        shown
    }
}

/// A choice with how it stands and its score.
pub(super) struct Ranked<'a> {
    pub(super) standing: Standing,
    pub(super) score: f64,
    pub(super) choice: Choice<'a>,
}

/// Everything that can be done, by declaration: tools, then uses with bindings of their own, then steps.
pub(super) struct Offer<'a> {
    request: &'a TurnRequest,
    turned_down: HashMap<&'a Use, &'a Arc<TurnedDown>>,
    unfit: HashSet<&'a Key>,
    bound: Vec<&'a Use>,
    steps: Vec<&'a Arc<Step>>,
    scores: Vec<f64>,
    /// How likely each is to come first, told without looking closely.
    likely: Vec<Likely>,
}

impl<'a> Offer<'a> {
    pub(super) fn of(request: &'a TurnRequest, query: &BTreeMap<String, f64>) -> Offer<'a> {
        let known = &request.known;
        let index = Index::of(&known.tools);
        let mut offer = Offer {
            request,
            turned_down: request.turned_down.iter().map(|(usage, down)| (usage, down)).collect(),
            unfit: request.unfit.iter().collect(),
            bound: known.uses.iter().filter(|usage| known.tools.contains_key(&usage.tool)).collect(),
            steps: known.keep.iter().filter(|step| step.tool.is_none() && !step.skip).collect(),
            scores: Vec::new(),
            likely: Vec::new(),
        };
        offer.scores = offer.score(&index, query);
        offer.likely = offer.glance(&index);
        offer
    }

    pub(super) fn len(&self) -> usize {
        self.request.known.tools.len() + self.bound.len() + self.steps.len()
    }

    fn choice(&self, at: usize) -> Option<Choice<'a>> {
        let tools = &self.request.known.tools;
        if let Some((_, tool)) = tools.get_index(at) {
            return Some(Choice {
                name: tool.name.clone(),
                usage: Some(Use::plain(tool)),
                step: None,
                description: &tool.description,
                reads: tool.inputs.iter().collect(),
                writes: tool.outputs.iter().collect(),
            });
        }
        let at = at - tools.len();
        if let Some(&usage) = self.bound.get(at) {
            let tool = tools.get(&usage.tool)?;
            return Some(Choice {
                name: tool.name.clone(),
                usage: Some(usage.clone()),
                step: None,
                description: &tool.description,
                reads: usage.with.iter().map(|(_, key)| key).collect(),
                writes: usage.to.iter().map(|(_, key)| key).collect(),
            });
        }
        let &step = self.steps.get(at - self.bound.len())?;
        Some(Choice {
            name: step.name().into(),
            usage: None,
            step: Some(step),
            description: &step.description,
            reads: step.reads().collect(),
            writes: step.writes().collect(),
        })
    }

    /// Scores everything by the words that it shares with `query`, rare ones more.
    fn score(&self, index: &Index, query: &BTreeMap<String, f64>) -> Vec<f64> {
        let (tools, all) = (self.request.known.tools.len(), self.len());
        let more: Vec<BTreeSet<String>> =
            (tools..all).filter_map(|at| self.choice(at)).map(|choice| choice.words()).collect();
        let mut scores = vec![0.0; all];
        for (word, weight) in query {
            let plain = index.having.get(word).map_or(&[][..], Vec::as_slice);
            let bound = more.iter().enumerate().filter(|(_, words)| words.contains(word)).map(|(at, _)| tools + at);
            let bound: Vec<usize> = bound.collect();
            let counts = weight * (1.0 + all as f64 / (plain.len() + bound.len()).max(1) as f64).ln();
            for &at in plain.iter().chain(&bound) {
                if let Some(score) = scores.get_mut(at) {
                    *score += counts;
                }
            }
        }
        let roots = index.root_of_words.iter().copied().chain(more.iter().map(|words| root_of(words.len())));
        for (score, root) in scores.iter_mut().zip(roots) {
            // Rounded to hundredths; by way of an integer, since it is done for every tool at every turn.
            *score = (*score / root * 100.0 + 0.5) as i64 as f64 / 100.0;
        }
        scores
    }

    /// Looks at everything without looking closely.
    fn glance(&self, index: &Index) -> Vec<Likely> {
        let blind = self.request.wits == Wits::Blind;
        let mut likely = Glance::likely(index, &self.request.known.facts, &self.request.unfit, blind);
        let refused =
            self.turned_down.keys().copied().chain(&self.request.known.barred).filter(|usage| usage.is_plain());
        for at in refused.filter_map(|usage| index.places.get(&usage.tool)) {
            if let Some(likely) = likely.get_mut(*at) {
                *likely = Likely::Out;
            }
        }
        // The others are few: they are looked at closely.
        likely.resize(self.len(), Likely::Open);
        likely
    }

    /// Returns what comes first: at most `most`, the best of all before the others.
    pub(super) fn best(&self, most: usize) -> Vec<Ranked<'a>> {
        let by_score = |a: &usize, b: &usize| self.score_of(*b).total_cmp(&self.score_of(*a)).then(a.cmp(b));
        let mut found: Vec<(usize, Ranked<'a>)> = Vec::new();
        for likely in [Likely::Open, Likely::Known, Likely::Out] {
            let enough = found.iter().filter(|(_, ranked)| ranked.standing == Standing::Open).count() >= most;
            if enough || (found.len() >= most && found.iter().any(|(_, ranked)| ranked.standing.can_be_taken())) {
                break;
            }
            let mut places: Vec<usize> = (0..self.len()).filter(|at| self.likely.get(*at) == Some(&likely)).collect();
            // Where one is to be chosen among these, all of them count; else the first in words are enough to list.
            let chosen = found.iter().any(|(_, ranked)| ranked.standing.can_be_taken());
            let to_list = likely == Likely::Out || (likely == Likely::Known && chosen);
            if to_list && places.len() > most {
                places.select_nth_unstable_by(most, by_score);
                places.truncate(most);
            }
            places.sort_unstable_by(by_score);
            let mut open = 0;
            for at in places {
                let Some(ranked) = self.ranked(at) else { continue };
                open += usize::from(ranked.standing == Standing::Open);
                found.push((at, ranked));
                if open >= most {
                    break;
                }
            }
        }
        found.sort_by(|(a, x), (b, y)| match x.standing.order().cmp(&y.standing.order()) {
            Ordering::Equal => by_score(a, b),
            order => order,
        });
        found.into_iter().map(|(_, ranked)| ranked).take(most).collect()
    }

    fn score_of(&self, at: usize) -> f64 {
        self.scores.get(at).copied().unwrap_or_default()
    }

    fn ranked(&self, at: usize) -> Option<Ranked<'a>> {
        let choice = self.choice(at)?;
        Some(Ranked { standing: self.standing(&choice), score: self.score_of(at), choice })
    }

    fn standing(&self, choice: &Choice<'_>) -> Standing {
        let known = &self.request.known;
        let barred = |usage: &Use| known.barred.iter().any(|barred| barred.sorted() == usage.sorted());
        if choice.usage.as_ref().is_some_and(barred) {
            return Standing::Out("you switched it off or deleted it".to_owned());
        }
        if let Some(down) = choice.usage.as_ref().and_then(|usage| self.turned_down.get(usage)) {
            return Standing::Out(format!("refused, and nothing has changed since: {}", down.message));
        }
        let outcome = self.call_of(choice).and_then(|call| known.outcomes.get(&call));
        match outcome {
            Some(Remembered::Failed(why)) => return Standing::Out(format!("failed on these inputs: {why}")),
            Some(Remembered::Refuted(_, why)) => {
                return Standing::Out(format!("what it returned does not hold: {why}"));
            }
            Some(Remembered::Returned(_)) | None => {}
        }
        let every = |holds: &dyn Fn(&Datum) -> bool| choice.writes.iter().all(|key| self.fact(key).is_some_and(holds));
        if every(&|fact| fact.pinned) {
            return Standing::Out(format!("{} is pinned", keys(&choice.writes)));
        }
        let blind = self.request.wits == Wits::Blind;
        let reads = |out: fn(Option<&Datum>) -> bool| -> Vec<&Key> {
            choice.reads.iter().copied().filter(|key| !blind && out(self.fact(key))).collect()
        };
        let lacks = reads(|fact| fact.is_none());
        if let Some(first) = lacks.first() {
            let because = match lacks.len() {
                1 => Because::NoValue,
                _ => Because::NoValues { keys: lacks.iter().copied().cloned().collect() },
            };
            return Standing::Lacks(because.predicate(Some(first)));
        }
        let fresh = every(&|fact| fact.fresh);
        if outcome.is_some() && fresh {
            return Standing::Done;
        }
        let unfit = choice.writes.iter().any(|key| self.unfit.contains(*key));
        if fresh && !unfit {
            return Standing::Known(keys(&choice.writes));
        }
        let stale = reads(|fact| fact.is_some_and(|fact| !fact.fresh));
        if stale.is_empty() { Standing::Open } else { Standing::OnStale(keys(&stale)) }
    }

    /// Returns what is known of `key`.
    fn fact(&self, key: &Key) -> Option<&'a Datum> {
        self.request.known.facts.get(key).map(|datum| &**datum)
    }

    fn call_of(&self, choice: &Choice<'_>) -> Option<CallKey> {
        let hash = |key: &&Key| self.fact(key).map(|fact| fact.hash);
        let inputs = choice.reads.iter().map(hash).collect::<Option<_>>()?;
        Some(CallKey { tool: choice.usage.as_ref()?.tool.clone(), inputs })
    }
}

/// Returns keys in a row: "tickets, `intent_counts`".
pub(super) fn keys(keys: &[&Key]) -> String {
    keys.iter().map(|key| &***key).collect::<Vec<_>>().join(", ")
}
