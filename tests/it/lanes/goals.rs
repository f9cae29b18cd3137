//! Random goal files: unreachable ones, failing tools, conditions, distractors, loops, bad plans, surprises.

use serde_json::{Map, Value, json};

/// A small generator of numbers, the same everywhere.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Returns a number below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n.max(1)
    }

    /// Tells whether one of `n` throws won.
    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

const WORDS: &[&str] =
    &["tickets", "report", "count", "price", "cause", "customer", "load", "find", "check", "draft", "week", "answer"];

fn key(n: usize) -> String {
    format!("k{n}")
}

fn words(dice: &mut Dice) -> String {
    (0..2 + dice.below(4)).map(|_| *dice.pick(WORDS)).collect::<Vec<_>>().join(" ")
}

fn condition(dice: &mut Dice, of: &str) -> String {
    match dice.below(5) {
        0 => format!("{of} % 2 == 0"),
        1 => format!("{of} % 3 != 1"),
        2 => format!("{of} > 3"),
        3 => format!("{of} < 40"),
        _ => format!("{of} != null"),
    }
}

/// Returns a goal file.
pub(super) fn goal(dice: &mut Dice) -> Value {
    let keys = 4 + dice.below(6);
    let count = 2 + dice.below(9);
    let mut tools = Map::new();
    let mut names: Vec<String> = Vec::new();
    for n in 0..count {
        let name = format!("t{n}_{}", dice.pick(WORDS));
        let outputs = if dice.one_in(6) { 2 } else { 1 };
        let first = dice.below(keys);
        let outputs: Vec<String> = (0..outputs).map(|more| key((first + more) % keys)).collect();
        let mut inputs: Vec<String> = Vec::new();
        for _ in 0..dice.below(3) {
            // Mostly from below, so that most goals can be reached; from anywhere makes circles.
            let input = key(if dice.one_in(4) { dice.below(keys) } else { dice.below(first.max(1)) });
            if !inputs.contains(&input) && !outputs.contains(&input) {
                inputs.push(input);
            }
        }
        let mut tool = plain(dice, &inputs, &outputs);
        if !inputs.is_empty() && dice.one_in(3) {
            let of = format!(".{}", dice.pick(&inputs));
            tool["requires"] = json!({ "it fits": condition(dice, &of) });
        }
        if dice.one_in(4) {
            let of = format!(".{}", outputs[0]);
            tool["ensures"] = json!({ "it holds": condition(dice, &of) });
        }
        if dice.one_in(5) {
            tool["retries"] = json!(1 + dice.below(2));
        }
        if dice.one_in(3) {
            tool["cost"] = json!(dice.below(5));
        }
        tools.insert(name.clone(), tool);
        names.push(name);
    }
    let mut found = None;
    for n in 0..dice.below(3) {
        // One of its tools makes what it is for: else the goal file has a fault.
        let maker = dice.pick(&names).clone();
        let output = tools[&maker]["outputs"][0].as_str().unwrap_or_default().to_owned();
        let inside: Vec<&String> = names.iter().filter(|name| **name == maker || dice.one_in(2)).collect();
        let mut inputs: Vec<String> =
            (0..dice.below(3)).map(|_| key(dice.below(keys))).filter(|k| *k != output).collect();
        inputs.sort();
        inputs.dedup();
        found = Some(json!(output));
        let until = condition(dice, &format!(".{output}"));
        tools.insert(
            format!("x{n}_{}", dice.pick(WORDS)),
            json!({
                "description": words(dice), "inputs": inputs, "outputs": [output], "retries": dice.below(2), "cost": dice.below(2),
                "run": { "explore": { "tools": inside, "until": until, "budget": 1 + dice.below(7) } }
            }),
        );
    }
    let mut wants = Map::new();
    if let Some(found) = &found
        && dice.one_in(2)
    {
        // What a loop finds is wanted, or something that is made of it.
        let reader = tools.values().find(|tool| tool["inputs"].as_array().is_some_and(|inputs| inputs.contains(found)));
        let want = reader.map_or(found, |reader| &reader["outputs"][0]);
        wants.insert(want.as_str().unwrap_or_default().to_owned(), json!(". != null"));
    }
    for _ in 0..if wants.is_empty() { 1 + dice.below(2) } else { dice.below(2) } {
        let want = condition(dice, ".");
        wants.insert(key(keys - 1 - dice.below(3)), json!(want));
    }
    let mut context = Map::new();
    for _ in 0..dice.below(3) {
        context.insert(key(dice.below(3)), json!(dice.below(9)));
    }
    let mut goal = json!({
        "version": 1, "goal": words(dice), "wants": wants, "context": context, "tools": tools,
    });
    if dice.one_in(5) {
        let steps = (0..=dice.below(5)).map(|_| json!({ "tool": dice.pick(&names) }));
        goal["plan"] = steps.collect();
    }
    if dice.one_in(3) {
        let want = condition(dice, ".");
        goal["expect"] = json!({ key(keys - 1): want });
    }
    goal["scenarios"] = (0..dice.below(3)).map(|n| scenario(dice, n, &names, keys)).collect();
    name_only_what_is_known(&mut goal);
    goal
}

/// A key that nothing reads or writes is a fault where it is set or expected: a wanted one stands in its place.
fn name_only_what_is_known(goal: &mut Value) {
    let names = |value: &Value| value.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect::<Vec<_>>();
    let mut known = [names(&goal["wants"]), names(&goal["context"])].concat();
    for tool in goal["tools"].as_object().into_iter().flatten().map(|(_, tool)| tool) {
        let keys = [&tool["inputs"], &tool["outputs"]].into_iter().filter_map(|keys| keys.as_array()).flatten();
        known.extend(keys.filter_map(|key| key.as_str().map(str::to_owned)));
    }
    let wanted = known[0].clone();
    let mend = |keys: &mut Value| {
        let Some(keys) = keys.as_object_mut() else { return };
        let entries = std::mem::take(keys);
        let named = |key: String| if known.contains(&key) { key } else { wanted.clone() };
        keys.extend(entries.into_iter().map(|(key, value)| (named(key), value)));
    };
    if goal["expect"].is_object() {
        mend(&mut goal["expect"]);
    }
    for scenario in goal["scenarios"].as_array_mut().into_iter().flatten() {
        if scenario["set"].is_object() {
            mend(&mut scenario["set"]);
        }
    }
}

fn plain(dice: &mut Dice, inputs: &[String], outputs: &[String]) -> Value {
    let sum =
        inputs.iter().map(|key| format!(".{key}")).chain([dice.below(4).to_string()]).collect::<Vec<_>>().join(" + ");
    let value = match outputs {
        [_] => sum,
        several => {
            let fields = several.iter().enumerate().map(|(n, key)| format!("{key}: ({sum} + {n})"));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
    };
    let filter = match dice.below(9) {
        0 => "error(\"it is broken\")".to_owned(),
        1 if !inputs.is_empty() => format!("if .{} % 2 == 0 then error(\"not today\") else {value} end", inputs[0]),
        _ => value,
    };
    json!({ "description": words(dice), "inputs": inputs, "outputs": outputs, "run": { "jq": filter } })
}

fn scenario(dice: &mut Dice, n: usize, names: &[String], keys: usize) -> Value {
    let name = format!("surprise {n}");
    let tool = dice.pick(names).clone();
    let value = dice.below(12);
    match dice.below(5) {
        0 => json!({ "name": name, "after": tool, "set": { key(dice.below(keys)): value, key(dice.below(keys)): 7 } }),
        1 => json!({ "name": name, "set": { key(dice.below(keys)): value } }),
        2 => json!({ "name": name, "fail": { "tool": tool, "error": "503", "times": 1 + dice.below(3) } }),
        3 => json!({ "name": name, "outcome": { tool: value } }),
        _ => {
            let want = condition(dice, ".");
            let wants = json!({ key(dice.below(keys)): want });
            json!({ "name": name, "after": tool, "goal": { "goal": words(dice), "wants": wants } })
        }
    }
}
