//! What two values differ in: the places below them that were added, removed or changed; lists aligned item by item.
//!
//! However big the values are, the work is bounded: what lies behind it is said to be unknown.

use serde_json::Map;

use super::sign::Role;
use super::value;
use crate::engine::value::{Look, Shared, Value};

/// How many values are compared with others at most.
const WORK: usize = 200_000;

/// How many differences are listed at most.
const MOST: usize = 64;

/// How far a list is searched for where it goes on as before.
const WINDOW: usize = 32;

/// One step of a path into a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Into an object.
    Field(String),
    /// Into a list.
    Item(usize),
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Added, removed or changed.
    pub role: Role,
    /// Where: in the new value; what was removed where it stood in the old one.
    pub path: Vec<Part>,
    /// The JSON pointer into the old value; empty where it was added.
    was: String,
    /// The JSON pointer into the new value; empty where it was removed.
    pub is: String,
}

impl Leaf {
    /// Returns what was there, in the value `old`.
    pub fn was<'v>(&self, old: impl Into<Look<'v>>) -> Option<Look<'v>> {
        if self.role == Role::Added { None } else { old.into().pointer(&self.was) }
    }

    /// Returns what is there, in the value `new`.
    pub fn is<'v>(&self, new: impl Into<Look<'v>>) -> Option<Look<'v>> {
        if self.role == Role::Removed { None } else { new.into().pointer(&self.is) }
    }

    /// Returns where it is, as a row below the value names it: `quota.cpu`, `1.up`.
    pub fn name(&self) -> String {
        let path = path(&self.path);
        match self.path.first() {
            Some(Part::Item(at)) => format!("{at}{}", &path[format!("[{at}]").len()..]),
            Some(Part::Field(_)) | None => path.strip_prefix('.').unwrap_or(&path).to_owned(),
        }
    }
}

/// Returns a path as a filter writes it: `.region.quota`, `[1].up`.
pub fn path(parts: &[Part]) -> String {
    let plain = |name: &str| {
        let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        begins && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let part = |part: &Part| match part {
        Part::Field(name) if plain(name) => format!(".{name}"),
        Part::Field(name) => format!("[{}]", value::json(&Value::from(name.as_str()), 40)),
        Part::Item(at) => format!("[{at}]"),
    };
    parts.iter().map(part).collect()
}

/// What two values differ in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// The differences, in the order of the new value, as many as are listed.
    pub leaves: Vec<Leaf>,
    /// Whether these are all.
    pub whole: bool,
}

impl Difference {
    /// Returns what `new` differs in from `old`.
    pub fn between(old: &Value, new: &Value) -> Difference {
        let mut walk = Walk { left: WORK, path: Vec::new(), was: String::new(), is: String::new(), leaves: Vec::new() };
        walk.value(old, new);
        let whole = !walk.is_over();
        walk.leaves.truncate(MOST);
        Difference { leaves: walk.leaves, whole }
    }

    /// Returns what `new` differs in from `old`. Of long values it is found where their texts part: the first place.
    pub fn of(old: &Shared, new: &Shared) -> Difference {
        if old.long().is_none() && new.long().is_none() {
            return Difference::between(old, new);
        }
        let (Some(was), Some(is)) = (old.long(), new.long()) else { return Difference::default() };
        let bytes = |pair: &(&[u8], &[u8])| pair.0 == pair.1;
        let chunks = was.text().as_bytes().chunks(4_096).zip(is.text().as_bytes().chunks(4_096));
        let same = chunks.clone().take_while(bytes).count();
        let parts = chunks.skip(same).flat_map(|(a, b)| a.iter().zip(b)).take_while(|(a, b)| a == b).count();
        let mut walk = Parting { at: same * 4_096 + parts, path: Vec::new(), pointer: String::new() };
        walk.down(old.look(), new.look());
        let Parting { path, pointer, .. } = walk;
        // Where they part at once, the row of the value says so.
        let leaf = (!path.is_empty()).then(|| Leaf { role: Role::Changed, path, was: pointer.clone(), is: pointer });
        Difference { leaves: leaf.into_iter().collect(), whole: false }
    }

    /// Returns how many of the `children` of the new value are as they were, where that is known.
    pub fn same(&self, children: usize) -> Option<usize> {
        let mut touched: Vec<&Part> = self
            .leaves
            .iter()
            .filter(|leaf| leaf.role != Role::Removed || leaf.path.len() > 1)
            .filter_map(|leaf| leaf.path.first())
            .collect();
        touched.dedup();
        self.whole.then(|| children.saturating_sub(touched.len()))
    }

    /// Returns how the place in the new value at the JSON pointer `at` differs, if it or something below it does.
    pub fn role_of(&self, at: &str) -> Option<Role> {
        let below = |leaf: &&Leaf| {
            leaf.role != Role::Removed
                && leaf.is.strip_prefix(at).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let leaf = self.leaves.iter().find(below)?;
        Some(if leaf.is.len() == at.len() { leaf.role } else { Role::Changed })
    }
}

/// The way down to where the texts of two long values part.
struct Parting {
    /// Where they do.
    at: usize,
    path: Vec<Part>,
    pointer: String,
}

impl Parting {
    /// Goes down to the innermost value that both have at the place where they part.
    fn down(&mut self, old: Look<'_>, new: Look<'_>) {
        let same = |a: Look<'_>, b: Look<'_>| (a.is_list() && b.is_list()) || (a.is_object() && b.is_object());
        if !same(old, new) {
            return;
        }
        let Some((place, name)) = old.child_at(self.at) else { return };
        let token =
            name.as_deref().map_or_else(|| place.to_string(), |name| name.replace('~', "~0").replace('/', "~1"));
        let (Some(was), Some(is)) = (old.pointer(&format!("/{token}")), new.pointer(&format!("/{token}"))) else {
            return;
        };
        self.path.push(name.map_or(Part::Item(place), |name| Part::Field(name.into_owned())));
        self.pointer.push('/');
        self.pointer.push_str(&token);
        self.down(was, is);
    }
}

/// The two values while they are walked through side by side.
struct Walk {
    /// How many more values may be compared.
    left: usize,
    path: Vec<Part>,
    /// The JSON pointers to where it stands in both.
    was: String,
    is: String,
    leaves: Vec<Leaf>,
}

impl Walk {
    /// Tells whether enough is found, or too much was compared.
    fn is_over(&self) -> bool {
        self.left == 0 || self.leaves.len() > MOST
    }

    fn value(&mut self, old: &Value, new: &Value) {
        if self.is_same(old, new) || self.left == 0 {
            return;
        }
        match (old, new) {
            (Value::Object(old), Value::Object(new)) => self.object(old, new),
            (Value::Array(old), Value::Array(new)) => self.list(old, new),
            _ => self.leaf(Role::Changed),
        }
    }

    fn leaf(&mut self, role: Role) {
        let (path, was, is) = (self.path.clone(), self.was.clone(), self.is.clone());
        self.leaves.push(Leaf { role, path, was, is });
    }

    /// Does `work` one step deeper, at `was` in the old value and `is` in the new one.
    fn within(&mut self, part: Part, was: &str, is: &str, work: impl FnOnce(&mut Walk)) {
        let lengths = (self.was.len(), self.is.len());
        self.path.push(part);
        for (pointer, name) in [(&mut self.was, was), (&mut self.is, is)] {
            pointer.push('/');
            pointer.push_str(name);
        }
        work(self);
        self.path.pop();
        self.was.truncate(lengths.0);
        self.is.truncate(lengths.1);
    }

    fn object(&mut self, old: &Map<String, Value>, new: &Map<String, Value>) {
        let gone = old.iter().filter(|(name, _)| !new.contains_key(*name)).map(|(name, _)| (name, None));
        for (name, value) in new.iter().map(|(name, value)| (name, Some(value))).chain(gone) {
            if self.is_over() {
                return;
            }
            self.left -= 1;
            let pointer = name.replace('~', "~0").replace('/', "~1");
            self.within(Part::Field(name.clone()), &pointer, &pointer, |walk| match (old.get(name), value) {
                (Some(was), Some(is)) => walk.value(was, is),
                (None, _) => walk.leaf(Role::Added),
                (Some(_), None) => walk.leaf(Role::Removed),
            });
        }
    }

    /// Walks through two lists: past what is the same in both, and where they part to the next place that is.
    fn list(&mut self, old: &[Value], new: &[Value]) {
        let (mut at, mut to) = (0, 0);
        while (at < old.len() || to < new.len()) && !self.is_over() {
            if let (Some(was), Some(is)) = (old.get(at), new.get(to))
                && self.is_same(was, is)
            {
                (at, to) = (at + 1, to + 1);
                continue;
            }
            let (was, is) = self.gap(&old[at..], &new[to..]);
            self.align(&old[at..at + was], &new[to..to + is], at, to);
            (at, to) = (at + was, to + is);
        }
    }

    /// Returns how many items of both stand before the nearest place from which they go on the same.
    fn gap(&mut self, old: &[Value], new: &[Value]) -> (usize, usize) {
        if old.is_empty() || new.is_empty() {
            return (old.len(), new.len());
        }
        let (most_old, most_new) = (old.len().min(WINDOW), new.len().min(WINDOW));
        for sum in 1..most_old + most_new {
            for was in sum.saturating_sub(most_new - 1)..=sum.min(most_old - 1) {
                if self.is_same(&old[was], &new[sum - was]) {
                    return (was, sum - was);
                }
            }
        }
        (most_old, most_new)
    }

    /// Pairs the items of two short stretches so that they have the most in common; what finds none is new, or gone.
    fn align(&mut self, old: &[Value], new: &[Value], at: usize, to: usize) {
        let wide = new.len() + 1;
        let pairs = if old.is_empty() || new.is_empty() { 0 } else { old.len() * new.len() };
        let mut alike = vec![0u32; pairs];
        // The most that the rest of both has in common, from each place on.
        let mut common = vec![0u32; if pairs == 0 { 0 } else { (old.len() + 1) * wide }];
        for was in (0..old.len()).rev().filter(|_| pairs > 0) {
            for is in (0..new.len()).rev() {
                let both = self.alike(&old[was], &new[is]);
                alike[was * new.len() + is] = both;
                let paired = if both > 0 { both + common[(was + 1) * wide + is + 1] } else { 0 };
                common[was * wide + is] = paired.max(common[(was + 1) * wide + is]).max(common[was * wide + is + 1]);
            }
        }
        let (mut was, mut is) = (0, 0);
        while (was < old.len() || is < new.len()) && !self.is_over() {
            let (there, both) = (was < old.len() && is < new.len(), (at + was, to + is));
            let here = if there { common[was * wide + is] } else { 0 };
            let pair = if there { alike[was * new.len() + is] } else { 0 };
            let (part, from, into) = (Part::Item(both.1), both.0.to_string(), both.1.to_string());
            if there && pair > 0 && here == pair + common[(was + 1) * wide + is + 1] {
                self.within(part, &from, &into, |walk| walk.value(&old[was], &new[is]));
                (was, is) = (was + 1, is + 1);
            } else if was < old.len() && (is == new.len() || here == common[(was + 1) * wide + is]) {
                self.within(Part::Item(both.0), &from, &into, |walk| walk.leaf(Role::Removed));
                was += 1;
            } else {
                self.within(part, &from, &into, |walk| walk.leaf(Role::Added));
                is += 1;
            }
        }
    }

    /// Returns how much two items have in common; 0: they are not the same item with something changed.
    fn alike(&mut self, old: &Value, new: &Value) -> u32 {
        const EQUAL: usize = 1_000;
        let share = |same: usize, all: usize| if same == 0 { 0 } else { 2 + same * (EQUAL - 100) / all.max(1) };
        let both = match (old, new) {
            _ if self.is_same(old, new) => EQUAL,
            (Value::Object(old), Value::Object(new)) => {
                let same = old.iter().filter(|(name, was)| new.get(*name).is_some_and(|is| self.is_same(was, is)));
                share(same.count(), old.len().max(new.len()))
            }
            (Value::Array(old), Value::Array(new)) => {
                share(old.iter().zip(new).filter(|(was, is)| self.is_same(was, is)).count(), old.len().max(new.len()))
            }
            (Value::Object(_) | Value::Array(_), _) | (_, Value::Object(_) | Value::Array(_)) => 0,
            _ => 1, // one scalar in place of another
        };
        u32::try_from(both).unwrap_or(0)
    }

    /// Tells whether both are equal; not, where too much was compared.
    fn is_same(&mut self, old: &Value, new: &Value) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        match (old, new) {
            (Value::Object(old), Value::Object(new)) => {
                old.len() == new.len()
                    && old.iter().all(|(name, was)| new.get(name).is_some_and(|is| self.is_same(was, is)))
            }
            (Value::Array(old), Value::Array(new)) => {
                old.len() == new.len() && old.iter().zip(new).all(|(was, is)| self.is_same(was, is))
            }
            (Value::String(old), Value::String(new)) => {
                self.left = self.left.saturating_sub(old.len().min(new.len()) / 256);
                old == new
            }
            _ => old == new,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(old: &Value, new: &Value) -> Vec<String> {
        let difference = Difference::between(old, new);
        let tell = |leaf: &Leaf| {
            let json = |value: Option<Look<'_>>| value.map(|value| value.json().into_owned()).unwrap_or_default();
            format!("{} {} {}>{}", leaf.role.glyph(), path(&leaf.path), json(leaf.was(old)), json(leaf.is(new)))
        };
        difference.leaves.iter().map(tell).collect()
    }

    fn host(at: usize, cpu: usize) -> Value {
        json!({ "name": format!("host-{at}"), "zone": "a", "up": true, "load": { "cpu": cpu } })
    }

    #[test]
    fn fields_are_compared_by_name_however_deep() {
        let old = json!({ "a": 1, "region": { "name": "eu", "quota": { "cpu": 40, "mem": 8 } }, "gone": null });
        let new = json!({ "region": { "quota": { "mem": 8, "cpu": 80 }, "name": "eu" }, "a": 1, "odd key/~": [1] });
        let expected = ["± .region.quota.cpu 40>80", r#"+ ["odd key/~"] >[1]"#, "- .gone null>"];
        assert_eq!(told(&old, &new), expected);
        assert_eq!(Difference::between(&old, &new).same(3), Some(1));
        assert_eq!(told(&json!("a"), &json!(["a"])), [r#"±  "a">["a"]"#]);
        assert_eq!(told(&old, &old), [""; 0]);
    }

    #[test]
    fn what_is_put_in_front_of_a_list_changes_nothing_behind_it() {
        for many in [3, 40, 5_000] {
            let old: Vec<Value> = (0..many).map(|at| host(at, at)).collect();
            let new: Vec<Value> = std::iter::once(host(99_999, 0)).chain(old.iter().cloned()).collect();
            let difference = Difference::between(&Value::from(old.clone()), &Value::from(new.clone()));
            let [leaf] = &difference.leaves[..] else { panic!("{difference:?}") };
            assert_eq!((leaf.role, &*leaf.is, difference.same(many + 1)), (Role::Added, "/0", Some(many)));
            let difference = Difference::between(&Value::from(new), &Value::from(old));
            let [leaf] = &difference.leaves[..] else { panic!("{difference:?}") };
            assert_eq!((leaf.role, &*leaf.was, difference.same(many)), (Role::Removed, "/0", Some(many)));
        }
    }

    #[test]
    fn items_that_changed_are_found_by_what_they_have_in_common() {
        let old: Value = (0..6).map(|at| host(at, at)).collect();
        let new: Value =
            std::iter::once(json!({ "kind": "router" })).chain((1..6).map(|at| host(at, at + 50))).collect();
        let expected = [
            r#"- [0] {"name":"host-0","zone":"a","up":true,"load":{"cpu":0}}>"#,
            r#"+ [0] >{"kind":"router"}"#,
            "± [1].load.cpu 1>51",
            "± [2].load.cpu 2>52",
            "± [3].load.cpu 3>53",
            "± [4].load.cpu 4>54",
            "± [5].load.cpu 5>55",
        ];
        assert_eq!(told(&old, &new), expected);
        assert_eq!(told(&json!([1, 2, 3]), &json!([1, 9, 3])), ["± [1] 2>9"]);
        assert_eq!(told(&json!([1, 2, 3]), &json!([2, 3])), ["- [0] 1>"]);
        assert_eq!(told(&json!([[1, 2], [3, 4]]), &json!([[3, 5], [1, 2]])).len(), 2);
    }

    #[test]
    fn the_work_is_bounded_and_what_lies_behind_it_is_unknown() {
        let big = |last: usize| Value::Array((0..3_000_000).chain([last]).map(Value::from).collect());
        let (old, new) = (big(1), big(2));
        for _ in 0..20 {
            let difference = Difference::between(&old, &new);
            assert_eq!((difference.leaves.len(), difference.same(3_000_001)), (0, None));
        }
        let other = Value::Array((0..3_000_000).map(|at| Value::from(at + 7_000_000)).collect());
        let difference = Difference::between(&old, &other);
        assert_eq!((difference.leaves.len(), difference.whole), (MOST, false));
        assert_eq!(difference.role_of("/0"), Some(Role::Changed));
        assert_eq!(difference.role_of("/6"), Some(Role::Changed));
    }

    #[test]
    fn a_place_knows_whether_it_or_something_below_it_differs() {
        let (old, new) = (json!({ "ab": { "c": 1 }, "a": 1 }), json!({ "ab": { "c": 2, "d": 3 }, "a": 1 }));
        let difference = Difference::between(&old, &new);
        let roles = ["", "/ab", "/ab/c", "/ab/d", "/a"].map(|at| difference.role_of(at));
        let (changed, added) = (Some(Role::Changed), Some(Role::Added));
        assert_eq!(roles, [changed, changed, changed, added, None]);
        let names: Vec<String> = difference.leaves.iter().map(Leaf::name).collect();
        assert_eq!(names, ["ab.c", "ab.d"]);
        let listed = Difference::between(&json!([{ "up": 1, "x": 0 }]), &json!([{ "up": 2, "x": 0 }]));
        assert_eq!(listed.leaves.first().map(Leaf::name).as_deref(), Some("0.up"));
    }
}
