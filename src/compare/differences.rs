//! What differs between two branches, moments or sessions: the plan by the identity of its steps, the context by value, the figures.

use super::figures::{Figures, recount};
use crate::describe::change::Change;
use crate::describe::sign::Role;
use crate::engine::event::Seq;
use crate::engine::goal::Key;
use crate::engine::ordered::IndexMap;
use crate::engine::session::Session;
use crate::engine::state::{State, StepRun};

/// A figure: its name, and how it is read.
type Read = (&'static str, fn(&Figures) -> f64);

/// The figures that are compared, first those that stand only once both are over: until then what was called may still
/// be read.
const FIGURES: [Read; 8] = [
    ("wasted", |figures| figures.wasted_calls as f64),
    ("stale results", |figures| figures.stale_results as f64),
    ("decisions", |figures| figures.decisions as f64),
    ("tool calls", |figures| figures.tool_calls as f64),
    ("repeated", |figures| figures.repeated_calls as f64),
    ("replans", |figures| figures.replans as f64),
    ("discarded", |figures| figures.discarded_steps as f64),
    ("cost", |figures| figures.cost),
];

/// How many of them stand only at the end.
const AT_THE_END: usize = 2;

/// What makes two steps the same step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// Their id: within a session it is given once.
    Id,
    /// What they are called, and how many of that name came before: two sessions give their ids by themselves.
    Name,
}

/// How a step stands on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepDifference {
    /// What it is called.
    pub name: String,
    /// How it stood, in a word; none: it was not there.
    pub was: Option<&'static str>,
    /// How it stands; none: it is not there.
    pub is: Option<&'static str>,
}

/// A figure on both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct FigureDifference {
    /// What it is called.
    pub name: &'static str,
    /// What it was.
    pub was: f64,
    /// What it is.
    pub is: f64,
}

/// What differs, and what does not.
#[derive(Clone, Debug, PartialEq)]
pub struct Differences {
    /// The steps of both sides, also those that stand alike.
    pub steps: Vec<StepDifference>,
    /// What became of the values that are not the same.
    pub keys: Vec<Change>,
    /// How many keys have the same value.
    pub same_keys: usize,
    /// The figures of both sides, also those that are the same.
    pub figures: Vec<FigureDifference>,
}

impl Differences {
    /// Returns what differs from `was` to `is`, each looked at where it stands.
    pub fn between(was: &Session, is: &Session, identity: Identity) -> Differences {
        let (before, after) = (was.state(), is.state());
        let (keys, same_keys) = keys(before, after);
        Differences { steps: steps(before, after, identity), keys, same_keys, figures: figures(was, is) }
    }

    /// Tells whether nothing differs.
    pub fn is_none(&self) -> bool {
        let alike = self.steps.iter().all(|step| step.was == step.is);
        alike && self.keys.is_empty() && self.figures.iter().all(|figure| figure.was == figure.is)
    }
}

fn steps(before: &State, after: &State, identity: Identity) -> Vec<StepDifference> {
    let mut steps: IndexMap<String, StepDifference> = IndexMap::default();
    for (side, state) in [before, after].into_iter().enumerate() {
        let is_stale = |run: &StepRun| {
            let now = |(key, version): &(Key, Seq)| state.context.get(key).filter(|datum| datum.version == *version);
            run.wrote.iter().filter_map(now).any(|datum| !datum.fresh)
        };
        let runs = state.runs.iter().map(|run| (&run.step, if is_stale(run) { "stale" } else { run.word() }));
        let todo = state.plan.remaining().iter().map(|step| (step, if step.skip { "skipped" } else { "to do" }));
        let mut named: IndexMap<&str, usize> = IndexMap::default();
        for (step, word) in runs.chain(todo) {
            let known = match identity {
                Identity::Id => step.id.to_string(),
                Identity::Name => {
                    let so_far = named.entry(step.name()).or_default();
                    *so_far += 1;
                    format!("{so_far} {}", step.name())
                }
            };
            let name = match identity {
                Identity::Id if step.name() != &*step.id => format!("{} {}", step.id, step.name()),
                Identity::Id | Identity::Name => step.name().to_owned(),
            };
            let entry = steps.entry(known).or_insert(StepDifference { name, was: None, is: None });
            *(if side == 0 { &mut entry.was } else { &mut entry.is }) = Some(word);
        }
    }
    steps.into_values().collect()
}

/// Returns the values that are not the same, and how many are.
fn keys(before: &State, after: &State) -> (Vec<Change>, usize) {
    let value = |state: &State, key: &str| state.context.get(key).map(|datum| datum.value.clone());
    let change = |key: &Key| Change::of(key, value(before, key), value(after, key));
    let changes: Vec<Change> =
        before.context.different_keys(&after.context).map(change).filter(|change| change.role != Role::Kept).collect();
    let gone = changes.iter().filter(|change| before.context.get(&change.key).is_some()).count();
    (changes, before.context.len() - gone)
}

fn figures(was: &Session, is: &Session) -> Vec<FigureDifference> {
    let over = |session: &Session| session.state().phase.is_over();
    let stand = if over(was) && over(is) { &FIGURES[..] } else { &FIGURES[AT_THE_END..] };
    let (was, is) = (recount(was, was.state()), recount(is, is.state()));
    stand.iter().map(|(name, read)| FigureDifference { name, was: read(&was), is: read(&is) }).collect()
}
