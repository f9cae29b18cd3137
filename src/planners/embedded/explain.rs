//! Why there is no plan: a tree of reasons down to what nothing can make.

use std::collections::HashMap;

use crate::engine::event::{Reason, Verdict};

use super::conflicts::{Setback, overtakers};
use super::derivation::{Combine, Derivation, Terms};
use super::graph::Graph;
use super::memory::Outlook;
use super::problem::{KeyId, OpId, Problem};
use super::text::{listed, quoted, short};
use super::why::writers;
use super::world::Obstacle;
use crate::describe::nearest::nearest;

/// How deep the tree gets; what lies deeper is listed at this depth, so that a long chain is still named in full.
const DEPTH: usize = 40;

/// How many uses that write one key are looked into.
const WRITERS: usize = 50;

/// How many objections to whole plans are listed.
const OBJECTIONS: usize = 8;

/// What is yet to be explained.
enum Why {
    /// That a key cannot be had; `other`: that no other value for it can be had.
    Key { key: KeyId, other: bool },
    /// That a use is not possible.
    Op(OpId),
}

struct Found {
    reason: Reason,
    above: Option<usize>,
    depth: usize,
}

/// A tree under construction, flat, so that nothing is recursive over a long chain.
struct Tree<'t, 'a> {
    problem: &'t Problem<'a>,
    derivation: Derivation,
    found: Vec<Found>,
    seen: HashMap<(KeyId, bool), usize>,
    todo: Vec<(Why, Option<usize>)>,
}

/// Returns why the goals cannot be derived: one tree for each want or kept step (`only`: that goal alone).
pub(super) fn underivable(graph: &Graph<'_, '_>, problem: &Problem<'_>, only: Option<usize>) -> Vec<Reason> {
    let terms = Terms { world: &problem.start, out: &[], free: &[], done: 0, combine: Combine::Sum };
    let derivation = graph.derive_all(&terms);
    let mut tree = Tree { problem, derivation, found: Vec::new(), seen: HashMap::new(), todo: Vec::new() };
    let goals = problem.wants.len() + problem.kept.len();
    let open: Vec<usize> =
        (0..goals).filter(|at| only.is_none_or(|o| o == *at) && !tree.derivation.reached_goal(*at)).collect();
    for goal in open {
        match problem.wants.get(goal) {
            Some(&key) => tree.want(goal, key),
            None => tree.todo.push((Why::Op(problem.kept[goal - problem.wants.len()]), None)),
        }
        tree.grow();
    }
    tree.roots()
}

impl Tree<'_, '_> {
    fn add(&mut self, sentence: String, key: Option<KeyId>, op: Option<OpId>, above: Option<usize>) -> usize {
        let problem = self.problem;
        let (above, depth) = match above {
            Some(above) if self.found[above].depth >= DEPTH => (self.found[above].above, DEPTH),
            Some(above) => (Some(above), self.found[above].depth + 1),
            None => (None, 0),
        };
        let reason = Reason {
            sentence,
            key: key.map(|key| problem.keys[key].clone()),
            tool: op.and_then(|op| problem.ops[op].tool.as_ref().map(|tool| tool.name.clone())),
            because: Vec::new(),
        };
        self.found.push(Found { reason, above, depth });
        self.found.len() - 1
    }

    fn roots(mut self) -> Vec<Reason> {
        let mut roots = Vec::new();
        while let Some(Found { mut reason, above, .. }) = self.found.pop() {
            reason.because.reverse();
            match above {
                Some(above) => self.found[above].reason.because.push(reason),
                None => roots.push(reason),
            }
        }
        roots.reverse();
        roots
    }

    fn want(&mut self, place: usize, key: KeyId) {
        let problem = self.problem;
        let name = &problem.keys[key];
        let condition = problem.request.wants.get_index(place).map_or("", |(_, condition)| condition);
        let (any, _) = self.derivation.key(key);
        let slot = problem.start.slots[key];
        let sentence = match problem.present(key) {
            Some(value) if slot.fresh => {
                let verdict = said(&problem.want_met(place, slot.value));
                format!("the goal wants {name} to meet \"{condition}\", which {verdict} on {}", short(&value))
            }
            Some(_) | None if any => {
                format!("the goal wants {name} to meet \"{condition}\", and no value that can be had meets it")
            }
            Some(_) | None => format!("the goal wants {name}"),
        };
        let root = self.add(sentence, Some(key), None, None);
        self.todo.push((Why::Key { key, other: any }, Some(root)));
    }

    fn grow(&mut self) {
        while let Some((why, above)) = self.todo.pop() {
            let first = self.todo.len();
            match why {
                Why::Key { key, other } => self.key(key, other, above),
                Why::Op(op) => self.op(op, above),
            }
            // First come first explained, depth first.
            self.todo[first..].reverse();
        }
    }

    fn key(&mut self, key: KeyId, other: bool, above: Option<usize>) {
        let problem = self.problem;
        let name = problem.keys[key].clone();
        if let Some(&before) = self.seen.get(&(key, other)) {
            let mut up = above;
            while let Some(at) = up.filter(|at| *at != before) {
                up = self.found[at].above;
            }
            let sentence = match up {
                Some(_) => format!("a circle: {name} would be needed to make {name} itself"),
                None => format!("{name} cannot be had, see there"),
            };
            self.add(sentence, Some(key), None, above);
            return;
        }
        let slot = problem.start.slots[key];
        let fact = problem.fact(key);
        let all: Vec<OpId> = writers(problem, key).collect();
        let mut writers = all.clone();
        writers.truncate(WRITERS);
        let what = if other { format!("another value for {name}") } else { quoted(&name) };
        let state = match fact {
            Some(fact) if fact.pinned => {
                format!("{name} is pinned as {}: no step makes another value", short(&fact.value))
            }
            Some(fact) if fact.refuted.is_some() => {
                format!("{name} is refuted ({}) and would have to be made again", fact.refuted.as_deref().unwrap_or(""))
            }
            Some(_) if !slot.fresh => format!("{name} is stale and would have to be made again"),
            Some(fact) if other => format!("{name} is {}; it would need another value", short(&fact.value)),
            Some(_) | None if other => format!("{name} would need another value"),
            Some(_) | None => format!("{name} is not there"),
        };
        let sentence = match writers.as_slice() {
            _ if fact.is_some_and(|fact| fact.pinned) => state,
            [] => {
                let known = problem.request.tools.values().flat_map(|tool| &tool.outputs);
                let known = known.chain(problem.request.facts.iter().map(|(key, _)| key)).map(|key| &**key);
                let near = nearest(&name, known).filter(|_| fact.is_none());
                let hint = near.map_or(String::new(), |near| format!("; the nearest known key is \"{near}\""));
                match fact {
                    Some(_) => format!("{state}: nothing writes {}", quoted(&name)),
                    None => format!("nothing writes {what}{hint}"),
                }
            }
            [only] => format!("{state}: only {} writes {name}", problem.ops[*only].name),
            _ => format!("{state}: none of the {} that write {name} can", all.len()),
        };
        let here = self.add(sentence, Some(key), None, above);
        self.seen.insert((key, other), here);
        for op in writers {
            self.todo.push((Why::Op(op), Some(here)));
        }
    }

    fn op(&mut self, op: OpId, above: Option<usize>) {
        let problem = self.problem;
        let uses = &problem.ops[op];
        let name = &uses.name;
        if uses.barred {
            let sentence = format!("{name} is out: you skipped, deleted or changed this use");
            self.add(sentence, None, Some(op), above);
            return;
        }
        let lacking: Vec<KeyId> = uses.reads.iter().copied().filter(|&key| !self.derivation.key(key).0).collect();
        if !lacking.is_empty() {
            let names: Vec<&str> = lacking.iter().map(|&key| &*problem.keys[key]).collect();
            let here = self.add(format!("{name} needs {}", listed(&names)), Some(lacking[0]), Some(op), above);
            for key in lacking {
                self.todo.push((Why::Key { key, other: false }, Some(here)));
            }
            return;
        }
        let changeable = uses.inputs.iter().any(|&key| self.derivation.key(key).1);
        let sentence = against(problem, op);
        let here = match sentence {
            Some(sentence) => self.add(sentence, uses.inputs.first().copied(), Some(op), above),
            None if changeable || uses.inputs.iter().all(|&key| problem.start.slots[key].fresh) => {
                let sentence = format!("{name} can run, but makes nothing that helps here");
                self.add(sentence, None, Some(op), above);
                return;
            }
            None => self.add(format!("{name} is not possible on any values that can be had"), None, Some(op), above),
        };
        if !changeable {
            for &key in &uses.reads {
                self.todo.push((Why::Key { key, other: true }, Some(here)));
            }
        }
    }
}

/// Returns what a verdict other than true is called.
fn said(verdict: &Verdict) -> String {
    match verdict {
        Verdict::True => "is true".to_string(),
        Verdict::False => "is false".to_string(),
        Verdict::Undecided(why) => format!("cannot be decided ({why})"),
    }
}

/// Returns what is known to speak against `op` on the present values, in a sentence.
pub(super) fn against(problem: &Problem<'_>, op: OpId) -> Option<String> {
    objected(problem, op, &problem.outlook_now(op), true)
}

fn objected(problem: &Problem<'_>, op: OpId, outlook: &Outlook, present: bool) -> Option<String> {
    let uses = &problem.ops[op];
    let name = &uses.name;
    let seen = || {
        if !present {
            return "the values that it would see".to_string();
        }
        // Of what it was put to, what a requirement is not about has nothing to do with it.
        let deciding = match outlook {
            Outlook::Requires(check, _) => {
                let place = uses.tool.as_ref().and_then(|tool| tool.requires.iter().position(|one| one == check));
                place.and_then(|place| problem.deciding(op, place)).filter(|keys| !keys.is_empty())
            }
            _ => None, // it is about all of them
        };
        let seen =
            deciding.as_ref().unwrap_or(&uses.inputs).iter().filter_map(|&key| {
                problem.present(key).map(|value| format!("{} = {}", problem.keys[key], short(&value)))
            });
        listed(&seen.collect::<Vec<_>>())
    };
    let on = if uses.inputs.is_empty() { String::new() } else { format!(" on {}", seen()) };
    match outlook {
        Outlook::Open => None,
        Outlook::Requires(check, verdict) => {
            Some(format!("{name} requires \"{}\", which {}{on}", check.label, said(verdict)))
        }
        Outlook::Failed(error) => {
            Some(format!("{name} failed: {error}{}", if on.is_empty() { on } else { format!(" ({})", on.trim()) }))
        }
        Outlook::Refuted(why) => Some(format!("what {name} returned was refuted: {why}")),
        Outlook::Returns(values) => {
            let returned = uses.writes.iter().zip(values.iter()).filter_map(|((key, _), value)| match value {
                super::world::Val::Known(id) => {
                    Some(format!("{} = {}", problem.keys[*key], short(&problem.memory.get(*id))))
                }
                super::world::Val::Unknown | super::world::Val::Missing => None,
            });
            Some(format!("{name} returned {} before{on}, and would again", listed(&returned.collect::<Vec<_>>())))
        }
    }
}

/// Returns why a goal that can be derived has no plan that holds: the conflicts that the search ran into.
pub(super) fn conflicting(problem: &Problem<'_>, setbacks: &[Setback], gave_up: bool) -> Vec<Reason> {
    let wants: Vec<&str> = problem.wants.iter().map(|&key| &*problem.keys[key]).collect();
    let mut root = Reason {
        sentence: format!("a conflict: {} can be made, but no order of steps makes all hold together", listed(&wants)),
        key: problem.wants.first().map(|&key| problem.keys[key].clone()),
        ..Reason::default()
    };
    if gave_up {
        root.sentence =
            format!("a circle or a conflict: no plan for {} was found before the search gave up", listed(&wants));
    }
    for setback in setbacks {
        for reason in objections(problem, setback) {
            if root.because.len() < OBJECTIONS && root.because.iter().all(|other| other.sentence != reason.sentence) {
                root.because.push(reason);
            }
        }
    }
    vec![root]
}

fn objections(problem: &Problem<'_>, setback: &Setback) -> Vec<Reason> {
    let names = |ops: &[OpId]| listed(&ops.iter().map(|&op| &*problem.ops[op].name).collect::<Vec<_>>());
    let reason = |sentence: String, key: Option<KeyId>, op: Option<OpId>| Reason {
        sentence,
        key: key.map(|key| problem.keys[key].clone()),
        tool: op.and_then(|op| problem.ops[op].tool.as_ref().map(|tool| tool.name.clone())),
        because: Vec::new(),
    };
    let mut found = Vec::new();
    for (key, by) in setback.marked.iter().filter(|(_, by)| !by.is_empty()) {
        let name = &problem.keys[*key];
        let mut again: Vec<OpId> = problem.writers[*key].clone();
        again.truncate(3);
        let then = match again.as_slice() {
            [] => format!("nothing writes {name} again"),
            some => format!("{} would have to make it again", names(some)),
        };
        found.push(reason(format!("{} makes {name} stale, and {then}", names(by)), Some(*key), by.first().copied()));
    }
    let Some((at, obstacle)) = &setback.objection else { return found };
    let op = setback.ops.get(*at).copied();
    let who = op.map_or("the goal".to_string(), |op| problem.ops[op].name.to_string());
    let (sentence, key) = match obstacle {
        Obstacle::Missing(key) => {
            (format!("{who} needs {}, which only a later step could make", problem.keys[*key]), Some(*key))
        }
        Obstacle::Stale(key) => {
            let name = &problem.keys[*key];
            let by = overtakers(problem, &setback.ops[..(*at).min(setback.ops.len())], *key);
            let by = if by.is_empty() { "another step".to_string() } else { names(&by) };
            (format!("{who} needs {name}, which {by} makes stale; making it again goes in a circle"), Some(*key))
        }
        Obstacle::Outlook(outlook) => {
            let sentence = op.and_then(|op| objected(problem, op, outlook, false));
            (sentence.unwrap_or_else(|| format!("{who} is not possible then")), None)
        }
        Obstacle::Want(place) => {
            let key = problem.wants[*place];
            let condition = problem.request.wants.get_index(*place).map_or("", |(_, condition)| condition);
            let name = &problem.keys[key];
            (
                format!("the goal wants {name} to meet \"{condition}\", which is false on the value it would have"),
                Some(key),
            )
        }
    };
    found.push(reason(sentence, key, op));
    found
}
