//! Why each step is in a plan, and why each other tool is not.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::engine::event::{Seq, Verdict};
use crate::engine::goal::{Key, ToolName};
use crate::engine::plan::{Author, Use};

use super::explain::against;
use super::memory::Outlook;
use super::problem::{KeyId, OpId, Problem};
use super::text::{are_pinned, listed};
use super::world::Val;

/// Up to how many tools a catalogue lists those that have nothing to do with the goal.
const LISTED: usize = 200;

/// Which step of a plan makes what another one, or the goal, relies on.
pub(super) struct Needs {
    /// place in the plan → the keys that it is there for.
    keys: Vec<Vec<KeyId>>,
    /// key → the use that makes it.
    maker: HashMap<KeyId, OpId>,
    /// The uses of the plan.
    chosen: HashSet<OpId>,
}

/// Finds out what each step of `plan` is there for.
pub(super) fn needs(problem: &Problem<'_>, plan: &[OpId]) -> Needs {
    let mut keys = vec![Vec::new(); plan.len()];
    let mut maker = HashMap::new();
    let mut open: HashSet<KeyId> = problem.wants.iter().copied().collect();
    for (at, &op) in plan.iter().enumerate().rev() {
        for (key, _) in &problem.ops[op].writes {
            if open.remove(key) {
                keys[at].push(*key);
                maker.entry(*key).or_insert(op);
            }
        }
        open.extend(&problem.ops[op].reads);
    }
    Needs { keys, maker, chosen: plan.iter().copied().collect() }
}

/// Returns why the step at `at` of `plan` is there, in a sentence.
pub(super) fn why(problem: &Problem<'_>, plan: &[OpId], at: usize, needs: &Needs) -> Arc<str> {
    let op = plan[at];
    let uses = &problem.ops[op];
    if let Some(place) = uses.kept {
        return match problem.request.keep.get(place).map(|step| step.by) {
            Some(Author::Planner | Author::File) if uses.tool.is_none() => {
                "it stands in the plan and uses no tool: only you can drop it".into()
            }
            Some(Author::Planner | Author::File) => "it stands in the plan".into(),
            Some(Author::Person) | None => "you added it".into(),
        };
    }
    let Some(&key) = needs.keys[at].first() else { return format!("{} takes part", uses.name).into() };
    let name = &problem.keys[key];
    let slot = problem.start.slots[key];
    let need = match slot.value {
        Val::Missing | Val::Unknown => String::new(),
        Val::Known(_) => match problem.fact(key).and_then(|fact| fact.refuted.as_ref()) {
            Some(why) => format!("{name} is refuted ({why}); "),
            None if !slot.fresh => format!("{name} is stale; "),
            None => match complaint(problem, needs, key) {
                Some(whose) => format!("{name} needs another value ({whose}); "),
                None if goes_stale(problem, &plan[..at], key) => format!("{name} goes stale within this plan; "),
                None => format!("{name} needs another value; "),
            },
        },
    };
    let others = writers(problem, key).filter(|&other| problem.ops[other].name != uses.name);
    let others: Vec<OpId> = others.collect();
    let out: Vec<String> = others.iter().filter_map(|&other| barrier(problem, other)).take(2).collect();
    let choice = if others.is_empty() {
        format!("only {} writes {name}", uses.name)
    } else if !out.is_empty() && out.len() == others.len().min(2) {
        out.join("; ")
    } else if others.iter().all(|&other| problem.ops[other].cost >= uses.cost) {
        format!("the cheapest of {} tools that write {name}", others.len() + 1)
    } else {
        format!("cheapest way to {name} overall, of {} tools that write it", others.len() + 1)
    };
    let more: Vec<&str> = needs.keys[at].iter().skip(1).take(3).map(|&key| &*problem.keys[key]).collect();
    let also = if more.is_empty() { String::new() } else { format!("; it makes {} too", listed(&more)) };
    format!("{need}{choice}{also}").into()
}

/// Returns the uses that write `key`, without the steps to keep that do what another one of them does.
pub(super) fn writers<'p>(problem: &'p Problem<'_>, key: KeyId) -> impl Iterator<Item = OpId> + 'p {
    let all = &problem.writers[key];
    let doubled = move |op: OpId| {
        let kept = &problem.ops[op];
        let same = |other: &OpId| problem.ops[*other].kept.is_none() && problem.ops[*other].name == kept.name;
        kept.kept.is_some() && all.iter().any(same)
    };
    all.iter().copied().filter(move |&op| !doubled(op))
}

/// Tells whether one of `before` writes what the present value of `key` was made from.
fn goes_stale(problem: &Problem<'_>, before: &[OpId], key: KeyId) -> bool {
    let sources = problem.fact(key).map_or(&[][..], |fact| &fact.sources);
    let written = |(source, _): &(Key, Seq)| {
        before.iter().any(|&op| problem.ops[op].writes.iter().any(|(key, _)| problem.keys[*key] == *source))
    };
    sources.iter().any(written)
}

/// Returns who cannot use the present value of `key`: "count requires \"there are tickets\"", "count failed on it".
fn complaint(problem: &Problem<'_>, needs: &Needs, key: KeyId) -> Option<String> {
    let place = problem.wants.iter().position(|&want| want == key);
    if place.is_some_and(|place| problem.want_met(place, problem.start.slots[key].value) != Verdict::True) {
        return Some("the goal wants another".to_string());
    }
    for &op in problem.readers[key].iter().filter(|op| needs.chosen.contains(op)) {
        let name = &problem.ops[op].name;
        match problem.outlook_in(op, &problem.start) {
            Outlook::Requires(check, _) => return Some(format!("{name} requires \"{}\"", check.label)),
            Outlook::Failed(_) => return Some(format!("{name} failed on it")),
            Outlook::Refuted(_) => return Some(format!("what {name} made of it was refuted")),
            Outlook::Open | Outlook::Returns(_) => {}
        }
    }
    None
}

/// Returns what keeps `op` out from the start, in a sentence: a person, a failure, a false requirement.
fn barrier(problem: &Problem<'_>, op: OpId) -> Option<String> {
    let uses = &problem.ops[op];
    if uses.barred {
        return Some(format!("{} is out: you skipped or deleted it", uses.name));
    }
    match problem.outlook_now(op) {
        Outlook::Open => None,
        Outlook::Failed(error) => Some(format!("{} is out: it failed with {error}", uses.name)),
        Outlook::Refuted(why) => Some(format!("{} is out: its result was refuted ({why})", uses.name)),
        Outlook::Requires(check, verdict) => {
            let said = match verdict {
                Verdict::True | Verdict::False => "is false".to_string(),
                Verdict::Undecided(why) => format!("cannot be decided ({why})"),
            };
            Some(format!("{} is out: it requires \"{}\", which {said}", uses.name, check.label))
        }
        Outlook::Returns(_) => {
            let unchanged = |(key, _): &(KeyId, _)| problem.start.slots[*key].fresh;
            uses.writes.iter().all(unchanged).then(|| format!("{} is out: it returned the same before", uses.name))
        }
    }
}

/// Returns the tools that are not in `plan`, each with the reason, by declaration.
pub(super) fn left_out(problem: &Problem<'_>, plan: &[OpId], needs: &Needs) -> Vec<(ToolName, Arc<str>)> {
    let request = problem.request;
    let chosen: HashSet<&str> = plan.iter().filter_map(|&op| problem.ops[op].tool.as_ref()).map(|t| &*t.name).collect();
    let places: HashMap<&str, OpId> =
        (0..problem.ops.len()).filter(|&op| problem.ops[op].plain).map(|op| (&*problem.ops[op].name, op)).collect();
    let mut left = Vec::new();
    for (name, tool) in request.tools.iter().filter(|(name, _)| !chosen.contains(&***name)) {
        let outputs: Vec<KeyId> = tool.outputs.iter().filter_map(|key| problem.ids.get(key).copied()).collect();
        let rival = outputs.iter().find_map(|key| needs.maker.get(key).map(|op| (*key, *op)));
        if request.tools.len() > LISTED && rival.is_none() {
            continue;
        }
        let reason = places.get(&**name).and_then(|&op| reason(problem, op, rival, &outputs)).unwrap_or_else(|| {
            let usage = Use::plain(tool).sorted();
            if request.barred.iter().any(|barred| barred.sorted() == usage) {
                "you skipped or deleted it".to_string()
            } else {
                idle(problem, &outputs)
            }
        });
        left.push((name.clone(), reason.into()));
    }
    left
}

fn reason(problem: &Problem<'_>, op: OpId, rival: Option<(KeyId, OpId)>, outputs: &[KeyId]) -> Option<String> {
    let uses = &problem.ops[op];
    if uses.barred {
        return Some("you skipped or deleted it".to_string());
    }
    if !outputs.is_empty() && uses.writes.is_empty() {
        let names: Vec<&str> = outputs.iter().map(|&key| &*problem.keys[key]).collect();
        return Some(are_pinned(&names));
    }
    match problem.outlook_now(op) {
        Outlook::Failed(error) => return Some(format!("failed: {error}")),
        Outlook::Refuted(why) => return Some(format!("refuted: {why}")),
        Outlook::Requires(check, Verdict::Undecided(why)) => {
            return Some(format!("requires \"{}\", which cannot be decided: {why}", check.label));
        }
        Outlook::Requires(check, Verdict::True | Verdict::False) => {
            return Some(format!("requires \"{}\", which is false on the present value", check.label));
        }
        Outlook::Open | Outlook::Returns(_) => {}
    }
    let (key, rival) = rival?;
    if let Some(sentence) = against(problem, op) {
        return Some(sentence);
    }
    let missing = uses.reads.iter().find(|&&key| {
        problem.start.slots[key].value == Val::Missing && problem.writers[key].iter().all(|&w| problem.ops[w].barred)
    });
    if let Some(&key) = missing {
        return Some(format!("needs {}, which nothing makes", problem.keys[key]));
    }
    let other = &problem.ops[rival];
    Some(if other.kept.is_some() {
        format!("the step {} that stays writes {}", other.name, problem.keys[key])
    } else if uses.cost > other.cost {
        format!("dearer than {} ({} against {})", other.name, uses.cost, other.cost)
    } else if uses.cost < other.cost {
        format!("{} is cheaper overall, with what else each needs", other.name)
    } else {
        format!("{} writes {} at no higher cost", other.name, problem.keys[key])
    })
}

/// Returns why a tool that writes nothing the plan needs is not needed.
fn idle(problem: &Problem<'_>, outputs: &[KeyId]) -> String {
    match outputs {
        [key] if problem.pinned[*key] => are_pinned(&[&*problem.keys[*key]]),
        [key] if problem.start.slots[*key].fresh => format!("not needed: {} is there", problem.keys[*key]),
        _ => "not needed".to_string(),
    }
}
