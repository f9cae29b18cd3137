//! Why a tool was chosen or not, and why there is no plan: sentences that name keys and tools.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::problem::{KeyId, Problem};
use super::walk::{Violation, short};
use crate::engine::event::Reason;
use crate::engine::goal::{Key, Tool, ToolName};
use crate::engine::plan::{Step, Use};

/// How deep the tree of reasons goes before it says only that more lies below.
const DEEPEST: usize = 40;

/// How many tools are explained one by one; of a larger catalogue only those that bear on the plan.
const LISTED: usize = 200;

/// Returns why the candidate `at` is in the plan.
pub fn why_chosen(problem: &Problem<'_>, at: usize, chosen: &BTreeSet<usize>, met: &[Violation]) -> String {
    let candidate = &problem.candidates[at];
    if candidate.kept.is_some() {
        return "you put it there".into();
    }
    let needed = |key: &&KeyId| {
        problem.wants.contains(key) || problem.readers[**key].iter().any(|reader| chosen.contains(reader))
    };
    let Some(key) = candidate.writes.iter().find(needed) else { return "the plan needs it".into() };
    let name = &problem.keys[*key];
    let others: Vec<usize> = problem.writers[*key].iter().copied().filter(|other| *other != at).collect();
    let out = others.iter().find_map(|other| against(*other, met));
    match (others.len(), out) {
        (0, _) => format!("only {} writes {name}", candidate.name()),
        (_, Some(why)) => format!("writes {name}; {why}"),
        (n, None) => format!("the cheapest of {} that write {name}", n + 1),
    }
}

/// Returns why each tool that is not in the plan is not.
pub fn left_out(problem: &Problem<'_>, chosen: &BTreeSet<usize>, met: &[Violation]) -> Vec<(ToolName, Arc<str>)> {
    let used: HashSet<&str> =
        chosen.iter().filter_map(|at| problem.candidates[*at].tool.as_ref().map(|tool| &*tool.name)).collect();
    let needed: HashSet<KeyId> = chosen
        .iter()
        .flat_map(|at| problem.candidates[*at].reads.iter().chain(&problem.candidates[*at].writes).copied())
        .chain(problem.wants.iter().copied())
        .collect();
    let many = problem.request.tools.len() > LISTED;
    let bears = |tool: &Tool| {
        let mut writes = tool.outputs.iter().filter_map(|key| problem.ids.get(key));
        !many || writes.any(|key| needed.contains(key))
    };
    let tools = problem.request.tools.values().filter(|tool| !used.contains(&*tool.name) && bears(tool));
    let around = Around::of(problem, chosen);
    tools.map(|tool| (tool.name.clone(), why_left_out(problem, tool, &around, met).into())).collect()
}

/// What lies around a plan, looked up once for all the tools that are not in it.
struct Around<'p> {
    chosen: &'p BTreeSet<usize>,
    /// The keys that the plan reads or the goal wants.
    wanted: HashSet<KeyId>,
    /// The candidate that is a tool's plain use.
    plain: HashMap<&'p str, usize>,
}

impl<'p> Around<'p> {
    fn of(problem: &'p Problem<'_>, chosen: &'p BTreeSet<usize>) -> Around<'p> {
        let read = chosen.iter().flat_map(|at| problem.candidates[*at].reads.iter().copied());
        let wanted = read.chain(problem.wants.iter().copied()).collect();
        let plain = problem.candidates.iter().enumerate().filter_map(|(at, candidate)| match &candidate.tool {
            Some(tool) if candidate.kept.is_none() && !candidate.writes.is_empty() => Some((&*tool.name, at)),
            _ => None,
        });
        Around { chosen, wanted, plain: plain.collect() }
    }
}

fn why_left_out(problem: &Problem<'_>, tool: &Tool, around: &Around<'_>, met: &[Violation]) -> String {
    if !problem.request.barred.is_empty() && problem.request.barred.contains(&Use::plain(tool)) {
        return "you skipped or deleted it".into();
    }
    if let Some(pin) = tool.outputs.iter().find(|key| problem.ids.get(*key).is_some_and(|id| problem.pinned[*id])) {
        return format!("you pinned {pin} (p unpins)");
    }
    let Some(at) = around.plain.get(&*tool.name).copied() else { return "not needed".into() };
    if let Some(why) = against(at, met) {
        return why;
    }
    for key in tool.outputs.iter().filter_map(|key| problem.ids.get(key)) {
        let name = &problem.keys[*key];
        let wanted = around.wanted.contains(key);
        let other = problem.writers[*key].iter().find(|other| around.chosen.contains(other) && **other != at);
        if let (true, Some(other)) = (wanted, other) {
            let other = &problem.candidates[*other];
            let costs = other.tool.as_ref().map_or(0.0, |tool| tool.cost);
            return if tool.cost > costs {
                format!("{} writes {name} cheaper ({costs} against {})", other.name(), tool.cost)
            } else {
                format!("{} writes {name} already", other.name())
            };
        }
        if wanted && problem.available[*key] {
            return format!("{name} is known already");
        }
    }
    "not needed".into()
}

/// Returns a violation in a sentence.
pub fn sentence(problem: &Problem<'_>, violation: &Violation) -> String {
    match violation {
        Violation::Missing { step, key } => match problem.candidates.get(*step) {
            Some(step) => format!("{} reads {}, which is not there then", step.name(), problem.keys[*key]),
            None => format!("{} is not made", problem.keys[*key]),
        },
        Violation::Stale { step, key, by } => {
            let key = &problem.keys[*key];
            let by: Vec<&str> = by.iter().map(|at| problem.candidates[*at].name()).collect();
            let who = step.map_or("the goal".to_string(), |at| problem.candidates[at].name().to_string());
            if by.is_empty() {
                format!("{who} needs {key}, which is stale then")
            } else {
                format!("{who} needs {key}, which running {} again makes stale", by.join(" and "))
            }
        }
        Violation::False { sentence, .. } | Violation::Useless { sentence, .. } => sentence.clone(),
    }
}

/// Returns what was met that speaks against the candidate `at` itself.
fn against(at: usize, met: &[Violation]) -> Option<String> {
    met.iter().find_map(|violation| match violation {
        Violation::False { step: Some(step), sentence, .. } | Violation::Useless { step, sentence } => {
            (*step == at).then(|| sentence.clone())
        }
        Violation::False { step: None, .. } | Violation::Missing { .. } | Violation::Stale { .. } => None,
    })
}

/// Returns why a person's step cannot be kept.
pub fn why_not_kept(problem: &Problem<'_>, step: &Step, met: &[Violation]) -> String {
    for key in step.reads() {
        if let Some(id) = problem.ids.get(key)
            && !problem.available[*id]
            && problem.writers[*id].is_empty()
        {
            return format!("nothing makes {key}, which it reads");
        }
    }
    match met.last() {
        Some(violation) => sentence(problem, violation),
        None => "its inputs cannot be made".into(),
    }
}

/// Returns why there is no plan: for each want, down to what nothing can make and what was seen to be false.
pub fn reasons(problem: &Problem<'_>, met: &[Violation]) -> Vec<Reason> {
    let mut list = Vec::new();
    let mut on_the_way = Vec::new();
    for key in &problem.wants {
        let false_want = met.iter().find_map(|violation| match violation {
            Violation::False { step: None, about, sentence } => about.contains(key).then(|| sentence.clone()),
            Violation::False { .. }
            | Violation::Useless { .. }
            | Violation::Missing { .. }
            | Violation::Stale { .. } => None,
        });
        let stale = |v: &Violation| matches!(v, Violation::Stale { step: None, key: stale, .. } if stale == key);
        if problem.available[*key] && false_want.is_none() && !met.iter().any(stale) {
            continue;
        }
        let mut reason = of_key(problem, *key, met, &mut on_the_way);
        if let Some(sentence) = false_want {
            reason = Reason { sentence, key: Some(problem.keys[*key].clone()), tool: None, because: vec![reason] };
        }
        list.push(reason);
    }
    let conflicts = met.iter().filter(|violation| matches!(violation, Violation::Stale { .. }));
    for violation in conflicts.take(8) {
        let sentence = format!("a conflict: {}", sentence(problem, violation));
        list.push(Reason { sentence, ..Reason::default() });
    }
    if list.is_empty() {
        let sentence = match met.first() {
            Some(violation) => sentence(problem, violation),
            None => "the steps that you keep stand in each other's way".into(),
        };
        list.push(Reason { sentence, ..Reason::default() });
    }
    list
}

fn of_key(problem: &Problem<'_>, key: KeyId, met: &[Violation], on_the_way: &mut Vec<KeyId>) -> Reason {
    let name = problem.keys[key].clone();
    let reason =
        |sentence: String, because: Vec<Reason>| Reason { sentence, key: Some(name.clone()), tool: None, because };
    let fact = problem.request.facts.iter().find(|fact| fact.key == name);
    if problem.pinned[key] {
        let value = fact.map_or(String::new(), |fact| format!(" to {}", short(&fact.value)));
        let sentence = format!("you pinned {name}{value}, so nothing makes another value for it (p unpins)");
        return reason(sentence, Vec::new());
    }
    if on_the_way.contains(&key) {
        return reason(format!("{name} is needed to make {name}: a circle"), Vec::new());
    }
    if on_the_way.len() >= DEEPEST {
        return reason(format!("{name} is missing; the chain goes on below"), Vec::new());
    }
    on_the_way.push(key);
    let writers = problem.request.tools.values().filter(|tool| tool.outputs.contains(&name)).take(20);
    let because: Vec<Reason> = writers.map(|tool| of_tool(problem, tool, met, on_the_way)).collect();
    on_the_way.pop();
    if because.is_empty() {
        let near = nearest(problem, &name).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        return reason(format!("nothing writes {name}{near}"), because);
    }
    let sentence = match fact {
        Some(fact) if fact.fresh => format!("another value for {name} cannot be made"),
        Some(fact) => match &fact.refuted {
            Some(why) => format!("{name} is refuted ({why}) and cannot be made again"),
            None => format!("{name} is stale and cannot be made again"),
        },
        None => format!("{name} cannot be made"),
    };
    reason(sentence, because)
}

fn of_tool(problem: &Problem<'_>, tool: &Arc<Tool>, met: &[Violation], on_the_way: &mut Vec<KeyId>) -> Reason {
    let reason =
        |sentence: String, because: Vec<Reason>| Reason { sentence, key: None, tool: Some(tool.name.clone()), because };
    if problem.request.barred.contains(&Use::plain(tool)) {
        return reason(format!("{} would write it, but you skipped or deleted that step", tool.name), Vec::new());
    }
    let Some(at) = plain(problem, &tool.name) else {
        return reason(format!("{} writes only what is pinned", tool.name), Vec::new());
    };
    let reads = &problem.candidates[at].reads;
    if let Some(sentence) = against(at, met) {
        let because = reads.iter().map(|key| of_key(problem, *key, met, on_the_way)).collect();
        return reason(sentence, because);
    }
    let missing: Vec<KeyId> = reads.iter().copied().filter(|key| !problem.available[*key]).collect();
    let because: Vec<Reason> = missing.iter().map(|key| of_key(problem, *key, met, on_the_way)).collect();
    if missing.is_empty() {
        let about = met.iter().find(|violation| match violation {
            Violation::Stale { by, step, .. } => by.contains(&at) || *step == Some(at),
            Violation::False { .. } | Violation::Useless { .. } | Violation::Missing { .. } => false,
        });
        let why = about.map_or("its result does not help".to_string(), |violation| sentence(problem, violation));
        return reason(format!("{}: {why}", tool.name), because);
    }
    let names: Vec<&str> = missing.iter().map(|key| &*problem.keys[*key]).collect();
    reason(format!("{} needs {}", tool.name, names.join(", ")), because)
}

fn plain(problem: &Problem<'_>, tool: &str) -> Option<usize> {
    let is = |c: &super::problem::Candidate| c.kept.is_none() && c.tool.as_ref().is_some_and(|t| *t.name == *tool);
    problem.candidates.iter().position(is).filter(|at| !problem.candidates[*at].writes.is_empty())
}

fn nearest<'p>(problem: &'p Problem<'_>, name: &str) -> Option<&'p Key> {
    let written = (0..problem.keys.len()).filter(|key| !problem.writers[*key].is_empty() || problem.available[*key]);
    let others = written.map(|key| &problem.keys[key]).filter(|key| ***key != *name);
    let near = others.map(|key| (distance(key, name), key)).filter(|(distance, _)| *distance <= 2);
    near.min_by_key(|(distance, _)| *distance).map(|(_, key)| key)
}

/// Returns the edit distance of two names (Levenshtein, one row at a time).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (diagonal + usize::from(x != *y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}
