//! The smallest document that still shows something: hierarchical delta debugging on JSON.
//!
//! Level by level, from the root: of each object and array as many members as possible are taken out, first in large
//! groups and then one by one (Zeller and Hildebrandt 2002 on one list, Misherghi and Su 2006 on trees, whose levels
//! make that what is large goes first). Then texts and numbers that are data are made shorter. It ends where nothing that
//! was tried can go any more: every member that is left is needed as the others are.

use crate::engine::value::Value;

/// A way from the root of a document: the place of a member at each level, in its order.
type Way = Vec<usize>;

/// One document that is made smaller.
pub struct Reduction<'k> {
    /// The smallest document so far.
    best: Value,
    /// Whether a document still shows it; none: nothing more is tried.
    shows: &'k mut dyn FnMut(&Value) -> Option<bool>,
    /// Whether texts and numbers below these names may be made shorter: what stands elsewhere is a name or a filter.
    data: &'k [&'k [&'k str]],
    /// Whether nothing more is tried.
    over: bool,
}

impl<'k> Reduction<'k> {
    /// Returns a reduction of `document`, which is known to show it. `data` says where values are, as the names on the
    /// way there, `*` for any.
    pub fn new(
        document: Value,
        data: &'k [&'k [&'k str]],
        shows: &'k mut dyn FnMut(&Value) -> Option<bool>,
    ) -> Reduction<'k> {
        Reduction { best: document, shows, data, over: false }
    }

    /// Returns the smallest document that was found, and whether everything was tried.
    pub fn smallest(mut self) -> (Value, bool) {
        loop {
            let before = self.best.clone();
            let mut depth = 0;
            while !self.over {
                let ways = containers(&self.best, depth);
                if ways.is_empty() {
                    break;
                }
                // From behind: what goes at one place moves no place before it.
                for way in ways.iter().rev() {
                    self.thin(way);
                }
                depth += 1;
            }
            self.shorten();
            if self.over || self.best == before {
                return (self.best, !self.over);
            }
        }
    }

    /// Takes `other` if it still shows it.
    fn take(&mut self, other: Value) -> bool {
        if self.over {
            return false;
        }
        match (self.shows)(&other) {
            Some(true) => self.best = other,
            Some(false) => return false,
            None => {
                self.over = true;
                return false;
            }
        }
        true
    }

    /// Takes members out of what stands at `way`, in groups that become smaller.
    fn thin(&mut self, way: &[usize]) {
        let length = |document: &Value| at(document, way).map_or(0, members);
        let mut group = length(&self.best);
        while group > 0 && !self.over {
            let mut end = length(&self.best);
            while end > 0 && !self.over {
                let first = end.saturating_sub(group);
                let mut other = self.best.clone();
                if let Some(place) = at_mut(&mut other, way) {
                    remove(place, first, end);
                }
                self.take(other);
                end = first;
            }
            group /= 2;
        }
    }

    /// Makes texts and numbers that are data shorter.
    fn shorten(&mut self) {
        for way in leaves(&self.best, self.data) {
            loop {
                let candidates = at(&self.best, &way).map(shorter).unwrap_or_default();
                let shortened = candidates.into_iter().any(|candidate| {
                    let mut other = self.best.clone();
                    if let Some(place) = at_mut(&mut other, &way) {
                        *place = candidate;
                    }
                    self.take(other)
                });
                if !shortened || self.over {
                    break;
                }
            }
        }
    }
}

fn members(value: &Value) -> usize {
    match value {
        Value::Object(members) => members.len(),
        Value::Array(items) => items.len(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

fn member(value: &Value, place: usize) -> Option<&Value> {
    match value {
        Value::Object(members) => members.values().nth(place),
        Value::Array(items) => items.get(place),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

fn at<'v>(value: &'v Value, way: &[usize]) -> Option<&'v Value> {
    way.iter().try_fold(value, |value, place| member(value, *place))
}

fn at_mut<'v>(value: &'v mut Value, way: &[usize]) -> Option<&'v mut Value> {
    way.iter().try_fold(value, |value, place| match value {
        Value::Object(members) => members.values_mut().nth(*place),
        Value::Array(items) => items.get_mut(*place),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    })
}

/// Takes the members from `first` to before `end` out of `value`.
fn remove(value: &mut Value, first: usize, end: usize) {
    match value {
        Value::Object(members) => {
            let mut place = 0;
            members.retain(|_, _| {
                place += 1;
                !(first + 1..=end).contains(&place)
            });
        }
        Value::Array(items) => drop(items.drain(first..end)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Returns the ways to everything that has members `depth` levels below the root of `document`, in order.
fn containers(document: &Value, depth: usize) -> Vec<Way> {
    let mut level: Vec<(Way, &Value)> = vec![(Vec::new(), document)];
    for _ in 0..depth {
        let below = |(way, value): (Way, &'_ Value)| -> Vec<Way> {
            (0..members(value)).map(|place| [&way[..], &[place]].concat()).collect()
        };
        let ways: Vec<Way> = level.into_iter().flat_map(below).collect();
        level = ways.into_iter().filter_map(|way| Some((way.clone(), at(document, &way)?))).collect();
    }
    level.into_iter().filter(|(_, value)| members(value) > 0).map(|(way, _)| way).collect()
}

/// Returns the ways to every text and number below one of the places in `data`, in order.
fn leaves(document: &Value, data: &[&[&str]]) -> Vec<Way> {
    fn walk(value: &Value, patterns: &[&[&str]], inside: bool, way: &mut Way, found: &mut Vec<Way>) {
        let inside = inside || patterns.iter().any(|pattern| pattern.is_empty());
        let mut go = |name: &str, place: usize, value: &Value| {
            let rest: Vec<&[&str]> = patterns
                .iter()
                .filter_map(|pattern| pattern.split_first())
                .filter(|(first, _)| **first == "*" || **first == name)
                .map(|(_, rest)| rest)
                .collect();
            if inside || !rest.is_empty() {
                way.push(place);
                walk(value, &rest, inside, way, found);
                way.pop();
            }
        };
        match value {
            Value::Object(members) => {
                members.iter().enumerate().for_each(|(place, (name, value))| go(name, place, value));
            }
            Value::Array(items) => items.iter().enumerate().for_each(|(place, value)| go("", place, value)),
            Value::String(_) | Value::Number(_) if inside => found.push(way.clone()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let mut found = Vec::new();
    walk(document, data, false, &mut Vec::new(), &mut found);
    found
}

/// Returns shorter values of the same kind, the shortest first; of the shortest there is none.
fn shorter(value: &Value) -> Vec<Value> {
    match value {
        Value::String(text) => {
            let length = text.chars().count();
            let cut = |to: usize| Value::String(text.chars().take(to).collect());
            let mut lengths = vec![0, 1, length / 2, length.saturating_sub(1)];
            lengths.dedup();
            lengths.into_iter().filter(|to| *to < length).map(cut).collect()
        }
        Value::Number(number) => {
            let digits = |number: &Value| number.to_string().len();
            let whole = number.as_f64().map(|number| number.trunc() as i64);
            let halved = whole.map(|whole| whole / 2);
            [Some(0), Some(1), halved, whole]
                .into_iter()
                .flatten()
                .map(Value::from)
                .filter(|other| other != value && (digits(other) < digits(value) || value.as_i64() > other.as_i64()))
                .collect()
        }
        Value::Null | Value::Bool(_) | Value::Object(_) | Value::Array(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn smallest(document: Value, data: &[&[&str]], mut shows: impl FnMut(&Value) -> bool) -> Value {
        assert!(shows(&document), "what is reduced shows it");
        Reduction::new(document, data, &mut |document| Some(shows(document))).smallest().0
    }

    #[test]
    fn what_is_not_needed_goes_at_every_level() {
        let document = json!({ "a": [1, 2, { "x": 1, "needed": [5, 6] }, 3], "b": { "c": 1 }, "d": "text" });
        let reduced = smallest(document, &[], |document| document["a"].to_string().contains("\"needed\""));
        assert_eq!(reduced, json!({ "a": [{ "needed": [] }] }));
    }

    #[test]
    fn two_members_that_only_count_together_are_found() {
        let document = json!((0..200).collect::<Vec<u32>>());
        let has = |document: &Value, n: u32| document.as_array().is_some_and(|items| items.contains(&json!(n)));
        let mut tried = 0;
        let reduced = smallest(document, &[], |document| {
            tried += 1;
            has(document, 17) && has(document, 180)
        });
        assert_eq!(reduced, json!([17, 180]));
        assert!(tried < 120, "{tried} tries");
    }

    #[test]
    fn only_data_is_made_shorter() {
        let document = json!({ "name": "a long name", "context": { "text": "abcdefgh", "n": 1234, "f": 2.5 } });
        let reduced = smallest(document, &[&["context", "*"]], |document| {
            let text = document["context"]["text"].as_str().unwrap_or_default();
            text.contains("cd") && document["context"]["n"].as_i64() > Some(99) && document["name"].is_string()
        });
        assert_eq!(reduced["name"], "a long name");
        assert_eq!(reduced["context"]["text"], "abcd");
        assert!(reduced["context"]["n"].as_i64() < Some(200), "{reduced}");
        assert!(reduced["context"].get("f").is_none());
    }

    #[test]
    fn where_nothing_more_is_tried_the_smallest_so_far_is_given() {
        let mut left = 3;
        let mut shows = |document: &Value| {
            left -= 1;
            (left > 0).then(|| document["keep"] == 1)
        };
        let (reduced, whole) = Reduction::new(json!({ "keep": 1, "b": 2, "c": 3 }), &[], &mut shows).smallest();
        assert!(!whole && reduced["keep"] == 1, "{reduced}");
    }
}
