//! Watches as they are written (`tickets`, `.counts.refund`), and those that are remembered of a goal file.

use super::{breakpoints, kept};
use crate::describe::nearest::nearest;
use crate::engine::breakpoint::Place;
use crate::engine::goal::Goal;
use crate::engine::state::State;
use crate::engine::watch::Watch;

/// Under which name they are kept.
const NAME: &str = "watches";

/// Reads a watch as it is written: the name of a key, or a jq filter on the context. `goal` and, where one goes on, the
/// session know the names.
///
/// # Errors
/// A sentence that says what is wrong with it and at which of its characters, with the nearest name.
pub fn read(text: &str, goal: &Goal, session: Option<&State>) -> Result<Watch, String> {
    let text = text.trim();
    let known = |name: &str| breakpoints::unknown_key(name, goal, session).is_none();
    let key = text.strip_prefix("key:").map(str::trim).or_else(|| known(text).then_some(text));
    if let Some(key) = key.filter(|_| !text.is_empty()) {
        return match breakpoints::unknown_key(key, goal, session) {
            Some(unknown) => Err(format!("at character 5: {unknown}")),
            None => Ok(Watch::Key(key.into())),
        };
    }
    if text.is_empty() {
        return Err("at character 1: a key or a jq filter belongs here, like tickets or .tickets | length".into());
    }
    match breakpoints::condition(text, goal, session) {
        // What is nothing but the way to a key is that key.
        Ok(Place::When { condition, keys: Some(keys) }) => match keys.as_slice() {
            [key] if condition.strip_prefix('.') == Some(key) => Ok(Watch::Key(key.clone())),
            _ => Ok(Watch::Filter { filter: condition, keys: Some(keys) }),
        },
        Ok(Place::When { condition, keys }) => Ok(Watch::Filter { filter: condition, keys }),
        Ok(_) => Err("at character 1: this is not a jq filter".into()), // a condition is read as nothing else
        Err(why) => {
            let is_name = text.chars().all(|c| c.is_alphanumeric() || c == '_');
            let near = nearest(text, goal.keys().map(|key| &**key)).filter(|_| is_name);
            // A name alone is meant for a key sooner than for a filter.
            let why = match is_name {
                true => {
                    format!("at character 1: nobody reads or writes \"{text}\", and no jq filter goes by that name")
                }
                false => why,
            };
            Err(near.map_or(why.clone(), |near| format!("{why}; did you mean the key \"{near}\"?")))
        }
    }
}

/// Returns the watches that are remembered of the goal file at `path`, and a sentence on each that is not usable any more.
pub fn remembered(path: &str, goal: &Goal) -> (Vec<Watch>, Vec<String>) {
    let (kept, trouble) = kept::of::<String>(NAME, path);
    let mut said: Vec<String> = trouble.into_iter().collect();
    let mut watches: Vec<Watch> = Vec::new();
    for text in kept {
        match read(&text, goal, None) {
            Ok(watch) if watches.contains(&watch) => {}
            Ok(watch) => watches.push(watch),
            Err(why) => said.push(format!("the watch {text} is left out: {why}")),
        }
    }
    (watches, said)
}

/// Remembers these watches of the goal file at `path`.
///
/// # Errors
/// Why they could not be kept.
pub fn remember<'a>(path: &str, watches: impl Iterator<Item = &'a Watch>) -> Result<(), String> {
    kept::keep(NAME, path, watches.map(|watch| watch.name().to_string()).collect::<Vec<String>>())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_is_a_key_and_anything_else_a_filter_that_is_refused_with_its_position() {
        let text = json!({
            "version": 1, "goal": "Count", "wants": { "counts": "true" }, "context": { "length": 1 },
            "tools": {
                "load_tickets": { "outputs": ["tickets"], "run": { "value": [1] } },
                "count": { "inputs": ["tickets"], "outputs": ["counts"], "run": { "jq": "1" } }
            }
        });
        let goal = crate::goal_file::parse(&text.to_string(), "goal.json", None).expect("a goal");
        let key = |name: &str| Ok(Watch::Key(name.into()));
        for (text, watch) in [
            ("tickets", key("tickets")),
            (" key:tickets ", key("tickets")),
            (".tickets", key("tickets")),
            ("length", key("length")),
            (
                ".tickets | length",
                Ok(Watch::Filter { filter: ".tickets | length".into(), keys: Some(vec!["tickets".into()]) }),
            ),
            (".", Ok(Watch::Filter { filter: ".".into(), keys: None })),
        ] {
            assert_eq!(read(text, &goal, None), watch, "{text}");
        }
        for (text, words) in [
            ("key:tikets", "at character 5: nobody reads or writes \"tikets\": did you mean \"tickets\"?"),
            (".tickets | lenght", "at character 12: no filter is named `lenght`"),
            (".cuonts.refund", "at character 2: nobody reads or writes \"cuonts\": did you mean \"counts\"?"),
            ("tikets", "did you mean the key \"tickets\"?"),
            ("zzz", "at character 1: nobody reads or writes \"zzz\", and no jq filter goes by that name"),
            ("", "at character 1: a key or a jq filter belongs here"),
        ] {
            let why = read(text, &goal, None).expect_err(text);
            assert!(why.contains(words), "{text}: {why}");
        }
    }
}
