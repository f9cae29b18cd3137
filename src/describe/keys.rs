//! Keys in sentences: what is said names an action as `{key:step}`, and who shows it puts the key there that it has.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::{Map, Value};

/// How the place of a key begins; the name of the action and a brace follow.
const PLACE: &str = "{key:";

/// The key of each action where no other keymap says otherwise: the first that the file names.
static USUAL: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let modes: Map<String, Value> = serde_json::from_str(include_str!("../../assets/keymap.json")).unwrap_or_default();
    let mut usual = HashMap::new();
    for (action, keys) in modes.values().filter_map(Value::as_object).flatten() {
        if let Some(key) = keys.get(0).and_then(Value::as_str) {
            usual.entry(action.clone()).or_insert_with(|| shown(key));
        }
    }
    usual
});

/// Returns `words` with keys in the places of actions, where `key` knows one.
pub fn fill(words: &str, key: impl Fn(&str) -> Option<String>) -> Cow<'_, str> {
    if !words.contains(PLACE) {
        return Cow::Borrowed(words);
    }
    let mut out = String::with_capacity(words.len());
    let mut parts = words.split(PLACE);
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        match part.split_once('}').and_then(|(action, after)| Some((key(action)?, after))) {
            Some((key, after)) => out.extend([&*key, after]),
            // Somebody's own words.
            None => out.extend([PLACE, part]),
        }
    }
    Cow::Owned(out)
}

/// Returns `words` with the keys that actions have where nobody looks at a screen: those that the program comes with.
pub fn usual(words: &str) -> Cow<'_, str> {
    fill(words, |action| USUAL.get(action).cloned())
}

/// Returns a key of the keymap's file as a screen shows it.
fn shown(key: &str) -> String {
    if let Some(letter) = key.strip_prefix("shift-") {
        return letter.to_uppercase();
    }
    if let Some(rest) = key.strip_prefix("ctrl-") {
        return format!("C-{}", shown(rest));
    }
    match key {
        "enter" => "Enter".to_owned(),
        "esc" => "Esc".to_owned(),
        "tab" => "Tab".to_owned(),
        "end" => "End".to_owned(),
        plain => plain.to_owned(),
    }
}
