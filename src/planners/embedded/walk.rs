//! The forward walk: whether an ordered plan holds, its own staleness and all that is known included.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::problem::{KeyId, Problem};
use crate::engine::context::{Context, Origin, Write};
use crate::engine::effect::{CallKey, Judge, Remembered, Subject};
use crate::engine::event::Verdict;
use crate::engine::goal::Key;
use crate::engine::value::{Shared, Value, content_hash};

/// What speaks against a plan: the first thing that the walk met.
#[derive(Clone, Debug, PartialEq)]
pub enum Violation {
    /// A step reads what is not there.
    Missing {
        /// The step.
        step: usize,
        /// The key.
        key: KeyId,
    },
    /// A step (none: the goal) would read a value made from something that the plan makes anew.
    Stale {
        /// The step.
        step: Option<usize>,
        /// The key.
        key: KeyId,
        /// The steps that make it stale.
        by: Vec<usize>,
    },
    /// A condition is false on values that are known.
    False {
        /// The step whose condition it is; none: the goal's.
        step: Option<usize>,
        /// The keys that it is about.
        about: Vec<KeyId>,
        /// In a sentence.
        sentence: String,
    },
    /// What a call returns is known, and it is of no use.
    Useless {
        /// The step.
        step: usize,
        /// In a sentence.
        sentence: String,
    },
}

/// Walks plans; remembers what conditions came to.
pub struct Walker<'a> {
    problem: &'a Problem<'a>,
    judge: &'a dyn Judge,
    verdicts: RefCell<HashMap<(Arc<str>, Vec<u64>), Verdict>>,
}

/// Values that are only imagined carry versions from here on.
const IMAGINED: u64 = 1 << 60;

impl<'a> Walker<'a> {
    /// Returns a walker for `problem`.
    pub fn new(problem: &'a Problem<'a>, judge: &'a dyn Judge) -> Walker<'a> {
        Walker { problem, judge, verdicts: RefCell::new(HashMap::new()) }
    }

    /// Walks `order` forward; returns the first thing that speaks against it.
    pub fn walk(&self, order: &[usize]) -> Result<(), Violation> {
        let problem = self.problem;
        let mut context = problem.known.clone();
        let mut imagined: HashSet<Key> = HashSet::new();
        let mut written: HashMap<KeyId, Vec<usize>> = HashMap::new();
        for (at, &step) in order.iter().enumerate() {
            let candidate = &problem.candidates[step];
            for &key in &candidate.reads {
                match context.get(&problem.keys[key]) {
                    None => return Err(Violation::Missing { step, key }),
                    Some(datum) if !datum.fresh => {
                        let by = self.culprits(&context, key, &written);
                        return Err(Violation::Stale { step: Some(step), key, by });
                    }
                    Some(_) => {}
                }
            }
            let known = candidate.reads.iter().all(|key| !imagined.contains(&problem.keys[*key]));
            let result = if known { self.known_result(step, &context)? } else { None };
            let sources: Arc<[(Key, u64)]> = candidate
                .reads
                .iter()
                .filter_map(|key| context.get(&problem.keys[*key]).map(|d| (problem.keys[*key].clone(), d.version)))
                .collect();
            let version = IMAGINED + at as u64;
            for &key in &candidate.writes {
                let name = &problem.keys[key];
                let output = candidate.usage.as_ref().and_then(|u| u.to.iter().find(|(_, k)| k == name));
                let value = output.and_then(|(output, _)| result.as_ref().and_then(|values| values.get(output)));
                let value: Shared = match value {
                    Some(value) => {
                        imagined.remove(name);
                        value.clone()
                    }
                    None => {
                        imagined.insert(name.clone());
                        Arc::new(Value::from(version))
                    }
                };
                let (origin, sources) = (Origin::Initial, sources.clone());
                context.write(name, Write { value, origin, sources, refuted: None, pinned: false }, version);
                written.entry(key).or_default().push(step);
            }
        }
        self.wants(&context, &imagined, &written)
    }

    fn wants(
        &self,
        context: &Context,
        imagined: &HashSet<Key>,
        written: &HashMap<KeyId, Vec<usize>>,
    ) -> Result<(), Violation> {
        let problem = self.problem;
        for (&key, (name, condition)) in problem.wants.iter().zip(problem.request.wants.iter()) {
            let Some(datum) = context.get(name) else { return Err(Violation::Missing { step: usize::MAX, key }) };
            if !datum.fresh {
                let by = self.culprits(context, key, written);
                return Err(Violation::Stale { step: None, key, by });
            }
            if imagined.contains(name) {
                continue;
            }
            let subject = Subject::Value(datum.value.clone());
            let why = match self.verdict(condition, &subject, vec![datum.hash]) {
                Verdict::True => continue,
                Verdict::False => "is false".to_string(),
                Verdict::Undecided(why) => format!("cannot be decided ({why})"),
            };
            let sentence =
                format!("the goal wants {name} to meet \"{condition}\", which {why} on {}", short(&datum.value));
            return Err(Violation::False { step: None, about: vec![key], sentence });
        }
        Ok(())
    }

    /// Checks the requirements of a step whose inputs are all known; returns its result where that is known too.
    #[allow(clippy::type_complexity)]
    fn known_result(
        &self,
        step: usize,
        context: &Context,
    ) -> Result<Option<Arc<indexmap::IndexMap<Key, Shared>>>, Violation> {
        let problem = self.problem;
        let candidate = &problem.candidates[step];
        let (Some(tool), Some(usage)) = (&candidate.tool, &candidate.usage) else { return Ok(None) };
        let mut values = Vec::with_capacity(usage.with.len());
        let mut hashes = Vec::with_capacity(usage.with.len());
        for (input, key) in &usage.with {
            let Some(datum) = context.get(key) else { return Ok(None) };
            values.push((input.clone(), datum.value.clone()));
            hashes.push(datum.hash);
        }
        let subject = Subject::Object(values);
        for check in &tool.requires {
            let why = match self.verdict(&check.condition, &subject, hashes.clone()) {
                Verdict::True => continue,
                Verdict::False => "is false".to_string(),
                Verdict::Undecided(why) => format!("cannot be decided ({why})"),
            };
            let Subject::Object(values) = &subject else { continue };
            let seen = values.iter().map(|(input, value)| format!("{input} = {}", short(value)));
            let seen = seen.collect::<Vec<_>>().join(", ");
            let sentence = format!("{} requires \"{}\", which {why} on {seen}", tool.name, check.label);
            return Err(Violation::False { step: Some(step), about: candidate.reads.clone(), sentence });
        }
        let call = CallKey { tool: tool.name.clone(), inputs: hashes.into() };
        match problem.request.outcomes.get(&call) {
            None => Ok(None),
            Some(Remembered::Returned(values)) => Ok(Some(values.clone())),
            Some(Remembered::Failed(error)) => {
                let sentence = format!("{} failed on these inputs: {error}", tool.name);
                Err(Violation::Useless { step, sentence })
            }
            Some(Remembered::Refuted(_, why)) => {
                let sentence = format!("what {} returned on these inputs was refuted: {why}", tool.name);
                Err(Violation::Useless { step, sentence })
            }
        }
    }

    fn verdict(&self, condition: &Arc<str>, subject: &Subject, mut hashes: Vec<u64>) -> Verdict {
        if let Subject::Object(parts) = subject {
            hashes.extend(parts.iter().map(|(name, _)| content_hash(&Value::from(&**name))));
        }
        let question = (condition.clone(), hashes);
        if let Some(verdict) = self.verdicts.borrow().get(&question) {
            return verdict.clone();
        }
        let verdict = self.judge.judge(condition, subject);
        self.verdicts.borrow_mut().insert(question, verdict.clone());
        verdict
    }

    /// Returns the steps of the plan that wrote anything that `key` was made from.
    fn culprits(&self, context: &Context, key: KeyId, written: &HashMap<KeyId, Vec<usize>>) -> Vec<usize> {
        let mut found = Vec::new();
        let mut seen: HashSet<Key> = HashSet::new();
        let mut todo = vec![self.problem.keys[key].clone()];
        while let Some(name) = todo.pop() {
            if !seen.insert(name.clone()) {
                continue;
            }
            let Some(datum) = context.get(&name) else { continue };
            for (source, version) in datum.sources.iter() {
                let changed = context.get(source).is_none_or(|d| d.version != *version);
                if changed && let Some(id) = self.problem.ids.get(source) {
                    found.extend(written.get(id).into_iter().flatten().copied());
                }
                todo.push(source.clone());
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// Returns a value in at most some forty characters.
pub fn short(value: &Value) -> String {
    match value {
        Value::Array(items) if items.len() > 3 => format!("a list of {}", items.len()),
        Value::Object(entries) if entries.len() > 3 => format!("an object of {}", entries.len()),
        Value::String(text) if text.chars().count() > 40 => {
            format!("{:?}…", text.chars().take(40).collect::<String>())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            let text = value.to_string();
            if text.chars().count() > 60 { format!("{}…", text.chars().take(60).collect::<String>()) } else { text }
        }
    }
}
