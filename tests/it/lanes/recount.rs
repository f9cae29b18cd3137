//! The figures of a run once more, from nothing but the JSON of its events and the goal file: no type of the program.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Every figure that is recounted.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Recounted {
    pub decisions: u64,
    pub tool_calls: u64,
    pub wasted_calls: u64,
    pub overtaken_calls: u64,
    pub repeated_calls: u64,
    pub discarded_steps: u64,
    pub stale_results: u64,
    pub replans: u64,
    pub cost: f64,
    pub decision_seconds: u64,
    pub reached: bool,
}

/// Where a key belongs: 0 is the session, n the loop of call n - 1.
type Scope = usize;

#[derive(Clone)]
struct Datum {
    value: Value,
    version: u64,
    sources: Vec<(String, u64)>,
    refuted: bool,
    pinned: bool,
    /// The done call that wrote it last.
    writer: Option<usize>,
}

struct Call {
    step: String,
    tool: Option<String>,
    scope: Scope,
    attempts: u64,
    done: bool,
    is_loop: bool,
    reads: Vec<(String, u64)>,
    wrote: Vec<(String, u64)>,
}

#[derive(Default)]
struct Sim {
    /// The contexts, by scope.
    data: BTreeMap<Scope, BTreeMap<String, Datum>>,
    calls: Vec<Call>,
    /// Every version that was ever written, and the calls that wrote (or confirmed) it.
    makers: BTreeMap<(Scope, String, u64), Vec<usize>>,
    overtaken: BTreeSet<usize>,
}

impl Sim {
    /// Tells whether every source is at that version and itself fresh, by the plain definition. Where an equal value
    /// was made from what was made from it, nothing in that ring contradicts it.
    fn holds(&self, scope: Scope, sources: &[(String, u64)]) -> bool {
        let mut todo: Vec<(String, u64)> = sources.to_vec();
        let mut seen = BTreeSet::new();
        while let Some((key, version)) = todo.pop() {
            let datum = self.data.get(&scope).and_then(|data| data.get(&key));
            match datum.filter(|datum| datum.version == version && !datum.refuted) {
                None => return false,
                Some(datum) if seen.insert(key) => todo.extend(datum.sources.iter().cloned()),
                Some(_) => {}
            }
        }
        true
    }

    fn stale(&self, scope: Scope, key: &str) -> bool {
        self.data.get(&scope).and_then(|data| data.get(key)).is_some_and(|d| !self.holds(scope, &d.sources))
    }

    /// Writes `key`; an equal value keeps its version. Returns the version that it has.
    fn write(&mut self, scope: Scope, key: &str, mut datum: Datum) -> u64 {
        let data = self.data.entry(scope).or_default();
        if let Some(before) = data.get(key).filter(|before| before.value == datum.value) {
            datum.version = before.version;
        }
        let version = datum.version;
        data.insert(key.to_owned(), datum);
        version
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn pairs(value: &Value) -> Vec<(String, u64)> {
    value.as_array().into_iter().flatten().map(|pair| (text(&pair[0]), pair[1].as_u64().unwrap_or(0))).collect()
}

fn ids(steps: &Value) -> BTreeSet<String> {
    let id = |step: &Value| if step.is_string() { text(step) } else { text(&step["id"]) };
    steps.as_array().into_iter().flatten().map(id).collect()
}

/// Recounts `events`, each with its number under `seq`, of a run on the goal file `goal`.
pub(super) fn recount(goal: &Value, events: &[Value]) -> Recounted {
    let mut sim = Sim::default();
    let mut counted = Recounted::default();
    let (mut asked, mut scopes): (bool, Vec<usize>) = (false, Vec::new());
    let mut tools: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut bindings: BTreeMap<String, Value> = BTreeMap::new();
    let mut started: BTreeSet<String> = BTreeSet::new();
    let mut proposed: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
    let mut discarded: Vec<String> = Vec::new();
    let mut wanted: BTreeSet<String> =
        goal["wants"].as_object().into_iter().flatten().map(|(k, _)| k.clone()).collect();
    let mut wants = wanted.clone();
    for event in events {
        let seq = event["seq"].as_u64().unwrap_or(0);
        let (mut depth, mut event) = (0, event);
        while event["kind"] == "inner" {
            (depth, event) = (depth + 1, &event["event"]);
        }
        let kind = text(&event["kind"]);
        let mut learn = |step: &Value| {
            tools.insert(text(&step["id"]), step["tool"].as_str().map(str::to_owned));
            bindings.insert(text(&step["id"]), step.clone());
        };
        match kind.as_str() {
            "planned" | "replanned" => event["steps"].as_array().into_iter().flatten().for_each(&mut learn),
            "proposed" => event["after"].as_array().into_iter().flatten().for_each(&mut learn),
            "thought" if event["step"].is_object() => learn(&event["step"]),
            _ => {}
        }
        match kind.as_str() {
            "opened" => {
                for (key, value) in goal["context"].as_object().into_iter().flatten() {
                    let value = value.clone();
                    let datum =
                        Datum { value, version: seq, sources: vec![], refuted: false, pinned: false, writer: None };
                    sim.write(0, key, datum);
                }
            }
            "plan_requested" => asked = true,
            "planned" | "proposed" | "unplannable" | "thought" => {
                counted.decisions += u64::from(std::mem::take(&mut asked));
                if kind == "proposed" {
                    proposed.insert(seq, ids(&event["before"]));
                }
            }
            "replanned" => {
                counted.replans += 1;
                let stays = ids(&event["steps"]);
                let before = proposed.get(&event["proposal"].as_u64().unwrap_or(0)).cloned().unwrap_or_default();
                discarded.extend(before.into_iter().filter(|id| !stays.contains(id)));
            }
            "started" => {
                scopes.truncate(depth);
                let step = text(&event["step"]);
                started.insert(step.clone());
                sim.calls.push(Call {
                    tool: tools.get(&step).cloned().flatten(),
                    step,
                    scope: scopes.last().map_or(0, |at| at + 1),
                    attempts: 1,
                    done: false,
                    is_loop: false,
                    reads: pairs(&event["reads"]),
                    wrote: vec![],
                });
                scopes.push(sim.calls.len() - 1);
            }
            "entered" => {
                let at = scopes[depth];
                sim.calls[at].attempts -= 1;
                sim.calls[at].is_loop = true;
                // A loop that begins again knows nothing of the one before.
                sim.data.remove(&(at + 1));
                for (name, key) in bound(&bindings, &sim.calls[at].step, "with") {
                    let outer = sim.data.get(&sim.calls[at].scope).and_then(|data| data.get(&key)).cloned();
                    if let Some(outer) = outer {
                        sim.write(
                            at + 1,
                            &name,
                            Datum { version: seq, sources: vec![], refuted: false, writer: None, ..outer },
                        );
                    }
                }
            }
            "retried" => {
                scopes.truncate(depth + 1);
                sim.calls[scopes[depth]].attempts += 1;
            }
            "finished" | "failed" => {
                let at = scopes[depth];
                let done = kind == "finished";
                let (scope, reads) = (sim.calls[at].scope, sim.calls[at].reads.clone());
                // As things were before this event: its own writes make nothing overtaken.
                let writes = event["writes"].as_object().into_iter().flatten();
                let was_stale: BTreeSet<&String> =
                    writes.clone().map(|(key, _)| key).filter(|key| sim.stale(scope, key)).collect();
                for (key, value) in writes {
                    let before = sim.data.get(&scope).and_then(|data| data.get(key)).cloned();
                    if before.as_ref().is_some_and(|datum| datum.pinned) {
                        continue;
                    }
                    if let Some(writer) = before.and_then(|datum| datum.writer)
                        && done
                        && was_stale.contains(key)
                    {
                        sim.overtaken.insert(writer);
                    }
                    let (value, sources) = (value.clone(), reads.clone());
                    let writer = done.then_some(at);
                    let datum = Datum { value, version: seq, sources, refuted: !done, pinned: false, writer };
                    let version = sim.write(scope, key, datum);
                    sim.makers.entry((scope, key.clone(), version)).or_default().push(at);
                    sim.calls[at].wrote.push((key.clone(), version));
                }
                if !done && event["writes"].as_object().is_none_or(serde_json::Map::is_empty) {
                    refute_unconfirmed(&mut sim, at, &bindings);
                }
                sim.calls[at].done = done;
                scopes.truncate(depth);
            }
            "injected" => inject(goal, &mut sim, seq, event, &scopes, &bindings),
            "goal_changed" => {
                wants = event["wants"].as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect();
                wanted.extend(wants.iter().cloned());
            }
            "reached" if depth == 0 => counted.reached = true,
            "ended" if depth == 0 => counted.reached = false,
            _ => {}
        }
    }
    counted.decision_seconds = 3 * counted.decisions;
    discarded.retain(|id| !started.contains(id));
    counted.discarded_steps = discarded.into_iter().collect::<BTreeSet<_>>().len() as u64;
    counted.stale_results = wants.iter().filter(|key| sim.stale(0, key)).count() as u64;
    calls(goal, &sim, &wanted, &mut counted);
    counted
}

/// What the failed call at `at` was to confirm is not trusted any more: what the same use made, and what was fresh.
fn refute_unconfirmed(sim: &mut Sim, at: usize, bindings: &BTreeMap<String, Value>) {
    let (scope, step) = (sim.calls[at].scope, sim.calls[at].step.clone());
    let named = |id: &str| {
        let step = &bindings[id];
        let words = if step["tool"].is_null() { step["description"].clone() } else { Value::Null };
        (step["tool"].clone(), bound(bindings, id, "with"), bound(bindings, id, "to"), words)
    };
    for (_, key) in bound(bindings, &step, "to") {
        let Some(datum) = sim.data.get(&scope).and_then(|data| data.get(&key)) else { continue };
        let fresh = !datum.refuted && !sim.stale(scope, &key);
        let same_use = |maker: usize| named(&sim.calls[maker].step) == named(&step);
        let refuted = fresh && !datum.pinned && datum.writer.is_some_and(same_use);
        if let Some(datum) = sim.data.get_mut(&scope).and_then(|data| data.get_mut(&key)).filter(|_| refuted) {
            datum.refuted = true;
        }
    }
}

fn calls(goal: &Value, sim: &Sim, wanted: &BTreeSet<String>, counted: &mut Recounted) {
    let provenance = provenance(goal, sim, wanted);
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for (at, call) in sim.calls.iter().enumerate() {
        let Some(tool) = call.tool.as_deref().filter(|_| call.attempts > 0) else { continue };
        counted.tool_calls += call.attempts;
        counted.cost += goal["tools"][tool]["cost"].as_f64().unwrap_or(1.0) * call.attempts as f64;
        if !call.wrote.iter().any(|(key, _)| provenance.contains(&(call.scope, key.clone()))) {
            counted.wasted_calls += call.attempts;
        }
        counted.overtaken_calls += u64::from(sim.overtaken.contains(&at));
        counted.repeated_calls += u64::from(done.contains(tool));
        if call.done {
            done.insert(tool);
        }
    }
}

/// Returns every key that a value under a wanted key was ever made from, however far back.
fn provenance(goal: &Value, sim: &Sim, wanted: &BTreeSet<String>) -> BTreeSet<(Scope, String)> {
    let mut todo: Vec<(Scope, String, u64)> =
        sim.makers.keys().filter(|(scope, key, _)| *scope == 0 && wanted.contains(key)).cloned().collect();
    let (mut seen, mut keys) = (BTreeSet::new(), BTreeSet::new());
    while let Some(place) = todo.pop() {
        if !seen.insert(place.clone()) {
            continue;
        }
        keys.insert((place.0, place.1.clone()));
        for &at in sim.makers.get(&place).into_iter().flatten() {
            let call = &sim.calls[at];
            todo.extend(call.reads.iter().map(|(key, version)| (call.scope, key.clone(), *version)));
            if !call.is_loop {
                continue;
            }
            let outputs = goal["tools"][call.tool.as_deref().unwrap_or_default()]["outputs"].as_array();
            for output in outputs.into_iter().flatten().map(text) {
                let version = sim.data.get(&(at + 1)).and_then(|data| data.get(&output)).map(|datum| datum.version);
                todo.extend(version.map(|version| (at + 1, output, version)));
            }
        }
    }
    keys
}

/// Lets the world be another: outside, and inside the loop that is under way as far as it knows the keys.
fn inject(goal: &Value, sim: &mut Sim, seq: u64, event: &Value, scopes: &[usize], bindings: &BTreeMap<String, Value>) {
    let running = scopes.first().copied().filter(|&at| sim.calls[at].is_loop && sim.data.contains_key(&(at + 1)));
    let datum = |value: &Value| Datum {
        value: value.clone(),
        version: seq,
        sources: vec![],
        refuted: false,
        pinned: true,
        writer: None,
    };
    for (key, value) in event["values"].as_object().into_iter().flatten() {
        let mut places = vec![(0, key.clone())];
        if let Some(at) = running {
            let fed = bound(bindings, &sim.calls[at].step, "with").into_iter().filter(|(_, by)| by == key);
            let mut names: Vec<String> = fed.map(|(name, _)| name).collect();
            if names.is_empty() {
                names.push(key.clone());
            }
            let inside =
                goal["tools"][sim.calls[at].tool.as_deref().unwrap_or_default()]["run"]["explore"]["tools"].clone();
            let known = |name: &String| {
                sim.data.get(&(at + 1)).is_some_and(|data| data.contains_key(name))
                    || inside.as_array().into_iter().flatten().any(|tool| {
                        let tool = &goal["tools"][tool.as_str().unwrap_or_default()];
                        let named =
                            |what: &str| tool[what].as_array().into_iter().flatten().any(|k| k == name.as_str());
                        named("inputs") || named("outputs")
                    })
            };
            places.extend(names.into_iter().filter(known).map(|name| (at + 1, name)));
        }
        let shared = places.len() > 1;
        for (scope, name) in places {
            // A null stands for a removed key: these tests inject no null.
            if value.is_null() {
                sim.data.entry(scope).or_default().remove(&name);
            } else {
                sim.write(scope, &name, datum(value));
            }
        }
        if let Some(at) = running.filter(|_| shared) {
            let now = sim.data.get(&0).and_then(|data| data.get(key)).map(|datum| datum.version);
            for (read, version) in &mut sim.calls[at].reads {
                if read == key {
                    *version = now.unwrap_or(*version);
                }
            }
        }
    }
}

fn bound(bindings: &BTreeMap<String, Value>, step: &str, what: &str) -> Vec<(String, String)> {
    let list = bindings.get(step).and_then(|step| step[what].as_array().cloned()).unwrap_or_default();
    list.iter().map(|pair| (text(&pair[0]), text(&pair[1]))).collect()
}
