//! Keys in sentences: what is said names an action between two control characters, `\x01step\x02`, and who shows it puts
//! the key there that it has. Words from outside hold no such place, whatever a person can read in them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::{Map, Value};

/// How the place of a key begins; the name of the action follows.
const BEGINS: char = '\x01';

/// How it ends.
const ENDS: char = '\x02';

/// What stands before a part of a sentence that may be left out, with all that follows it, where room is short.
pub const MAY_GO: char = '\x03';

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

/// Tells whether the keymap binds an action of this name.
pub fn is_action(name: &str) -> bool {
    USUAL.contains_key(name)
}

/// Returns `words` of a goal file, in which `{key:NAME}` stands for the key of an action, as they are shown from here on.
///
/// # Errors
/// The first name that is not an action.
pub fn written(words: &str) -> Result<String, String> {
    let mut out = String::with_capacity(words.len());
    let mut rest = words;
    while let Some((before, after)) = rest.split_once("{key:") {
        let Some((name, behind)) = after.split_once('}') else { break };
        if !is_action(name) {
            return Err(name.to_owned());
        }
        out.extend([before, "\x01", name, "\x02"]);
        rest = behind;
    }
    out.push_str(rest);
    Ok(out)
}

/// Returns the parts of `words`: a text, or the key of an action that `key` knows, with the name of that action.
pub fn parts(words: &str, key: impl Fn(&str) -> Option<String>) -> Vec<(Cow<'_, str>, Option<&str>)> {
    let mut parts = Vec::new();
    let (mut from, mut rest) = (0, 0);
    while let Some(begins) = words[rest..].find(BEGINS).map(|at| rest + at) {
        rest = begins + 1;
        let named = words[rest..].split_once(ENDS).map(|(name, _)| name);
        if let Some((name, key)) = named.and_then(|name| Some((name, key(name)?))) {
            parts.push((Cow::Borrowed(&words[from..begins]), None));
            parts.push((Cow::Owned(key), Some(name)));
            rest += name.len() + 1;
            from = rest;
        }
    }
    parts.push((Cow::Borrowed(&words[from..]), None));
    // Where nothing has to go, all of it stands.
    for (part, _) in &mut parts {
        if part.contains(MAY_GO) {
            *part = part.replace(MAY_GO, "").into();
        }
    }
    parts
}

/// Returns `words` with keys in the places of actions, where `key` knows one.
pub fn fill(words: &str, key: impl Fn(&str) -> Option<String>) -> Cow<'_, str> {
    if !words.contains([BEGINS, MAY_GO]) {
        return Cow::Borrowed(words);
    }
    parts(words, key).into_iter().map(|(part, _)| part).collect::<String>().into()
}

/// Returns as much of `words` as `fits`: of the parts that may go as many as have to, the last first.
pub fn shortened(words: &str, fits: impl Fn(&str) -> bool) -> &str {
    let mut kept = words;
    while let Some(at) = kept.rfind(MAY_GO)
        && !fits(kept)
    {
        kept = &kept[..at];
    }
    kept
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
