//! What a person looks for in the context: a text in names and values, `key:` and `value:` in one of them, `jq:` a
//! condition on each value; and the places at which it is found, however deep and folded.

use crate::engine::context::Context;
use crate::engine::goal::Key;
use crate::engine::value::{Look, Value};

/// How many values are looked at between two questions whether to go on.
const PIECE: usize = 4_096;

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sought {
    /// This text, in small letters, in a name or a value.
    Text(String),
    /// In a name.
    Name(String),
    /// In a value.
    Value(String),
    /// A value of which this condition holds.
    Jq(String),
}

/// Where something was found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Hit {
    /// Whether it is in the context of the loop that is under way.
    pub inner: bool,
    /// The key.
    pub key: Key,
    /// The JSON pointer into its value; empty: the key itself.
    pub pointer: String,
}

impl Sought {
    /// Reads what was typed.
    pub fn of(text: &str) -> Sought {
        let text = text.trim();
        match text.split_once(':') {
            Some(("key", name)) => Sought::Name(name.trim().to_lowercase()),
            Some(("value", value)) => Sought::Value(value.trim().to_lowercase()),
            Some(("jq", filter)) => Sought::Jq(filter.to_owned()),
            Some(_) | None => Sought::Text(text.to_lowercase()),
        }
    }

    /// Returns the filter that comes to the paths of what is looked for, at most `most`, where a condition is.
    pub fn paths(&self, most: usize) -> Option<String> {
        match self {
            Sought::Jq(filter) => Some(format!("[limit({most}; paths(({filter})? // false))]")),
            Sought::Text(_) | Sought::Name(_) | Sought::Value(_) => None,
        }
    }

    /// Tells whether `name` is looked for.
    pub fn is_name(&self, name: &str) -> bool {
        match self {
            Sought::Text(text) | Sought::Name(text) => name.to_lowercase().contains(text),
            Sought::Value(_) | Sought::Jq(_) => false,
        }
    }

    fn is_value(&self, value: Look<'_>) -> bool {
        let (Sought::Text(text) | Sought::Value(text)) = self else { return false };
        if value.is_nested() {
            return false; // its entries are looked at
        }
        match value.beginning(usize::MAX) {
            Some(value) => value.to_lowercase().contains(text),
            None => value.json().contains(text),
        }
    }

    /// Adds where it is found in `context`, in the order of the names, until there are `most`; `goes_on` is told how many
    /// more values were looked at.
    pub fn find(
        &self,
        (context, inner): (&Context, bool),
        most: usize,
        hits: &mut Vec<Hit>,
        goes_on: &mut dyn FnMut(usize) -> bool,
    ) {
        for (key, datum) in context.iter() {
            let mut walk = Walk { sought: self, inner, key, pointer: String::new(), most, looked: 0, hits, goes_on };
            let goes_on = walk.value(datum.value.look(), self.is_name(key));
            let looked = walk.looked;
            if !goes_on || !(walk.goes_on)(looked) {
                return;
            }
        }
    }
}

/// Returns the pointer that a path of jq leads to, behind its first part.
pub fn pointer(path: &[Value]) -> String {
    let mut pointer = String::new();
    for part in path.iter().skip(1) {
        match part {
            Value::String(name) => push(&mut pointer, name),
            other => push(&mut pointer, &other.to_string()),
        }
    }
    pointer
}

fn push(pointer: &mut String, name: &str) {
    pointer.push('/');
    if name.contains(['~', '/']) {
        pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
    } else {
        pointer.push_str(name);
    }
}

/// A value that is being looked through.
struct Walk<'a> {
    sought: &'a Sought,
    inner: bool,
    key: &'a Key,
    pointer: String,
    most: usize,
    looked: usize,
    hits: &'a mut Vec<Hit>,
    goes_on: &'a mut dyn FnMut(usize) -> bool,
}

impl Walk<'_> {
    /// Looks through `value`, whose name is looked for if `named`. Returns whether to go on. No deeper than a value may be.
    fn value(&mut self, value: Look<'_>, named: bool) -> bool {
        self.looked += 1;
        if self.looked == PIECE {
            self.looked = 0;
            if !(self.goes_on)(PIECE) {
                return false;
            }
        }
        if named || self.sought.is_value(value) {
            let (inner, key, pointer) = (self.inner, self.key.clone(), self.pointer.clone());
            self.hits.push(Hit { inner, key, pointer });
            if self.hits.len() >= self.most {
                return false;
            }
        }
        let length = self.pointer.len();
        value.children(0).enumerate().all(|(at, (name, child))| {
            match &name {
                Some(name) => push(&mut self.pointer, name),
                None => push(&mut self.pointer, &at.to_string()),
            }
            let goes_on = self.value(child, name.is_some_and(|name| self.sought.is_name(&name)));
            self.pointer.truncate(length);
            goes_on
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::engine::context::Datum;
    use crate::engine::value::Shared;

    fn found(text: &str, most: usize) -> Vec<String> {
        let value = json!([{ "intent": "Refund", "n": 31 }, { "a/b": [null, "refunds"] }]);
        let context: Context = [("tickets".into(), Datum::of(Shared::new(value)))].into_iter().collect();
        let mut hits = Vec::new();
        Sought::of(text).find((&context, false), most, &mut hits, &mut |_| true);
        hits.into_iter().map(|hit| format!("{}{}", hit.key, hit.pointer)).collect()
    }

    #[test]
    fn names_and_values_are_found_wherever_they_stand() {
        assert_eq!(found("refund", 9), ["tickets/0/intent", "tickets/1/a~1b/1"]);
        assert_eq!(found("refund", 1), ["tickets/0/intent"]);
        assert_eq!(found("key:INT", 9), ["tickets/0/intent"]);
        assert_eq!(found("tick", 9), ["tickets"]);
        assert_eq!(found("value:intent", 9), [""; 0]);
        assert_eq!(found("31", 9), ["tickets/0/n"]);
        assert_eq!(pointer(&[json!("tickets"), json!(1), json!("a/b"), json!(0)]), "/1/a~1b/0");
    }

    #[test]
    fn a_search_ends_where_nobody_waits_for_it() {
        let many = Value::Array((0..20_000).map(Value::from).collect());
        let context: Context = [("n".into(), Datum::of(Shared::new(many)))].into_iter().collect();
        let (mut hits, mut looked) = (Vec::new(), 0);
        Sought::of("7").find((&context, false), usize::MAX, &mut hits, &mut |more| {
            looked += more;
            looked < 8_000
        });
        assert!(looked < 9_000 && !hits.is_empty());
    }
}
