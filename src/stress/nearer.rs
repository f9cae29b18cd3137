//! Ways to begin nearer to what went wrong: a value in the context in place of the tools that made it, another wanted key.

use serde_json::json;

use crate::engine::goal::Key;
use crate::engine::value::{Shared, Value};

/// Returns `document`, a goal file, with `value` for `key` in its context, and without the tools that make nothing else.
pub fn given(document: &Value, key: &Key, value: &Shared) -> Option<Value> {
    let mut other = document.clone();
    let makes = |tool: &Value| tool["outputs"].as_array().is_some_and(|keys| keys.iter().any(|made| *made == **key));
    let there =
        |document: &Value, made: &Value| made.as_str().is_some_and(|made| document["context"].get(made).is_some());
    let object = other.as_object_mut()?;
    let context = object.entry("context").or_insert_with(|| json!({}));
    context.as_object_mut()?.insert(key.to_string(), (**value).clone());
    let known = other.clone();
    let tools = other.get_mut("tools")?.as_object_mut()?;
    let before = tools.len();
    tools.retain(|_, tool| {
        let needed = |made: &Value| !there(&known, made);
        !makes(tool) || tool["outputs"].as_array().is_some_and(|keys| keys.iter().any(needed))
    });
    (tools.len() < before).then_some(other)
}

/// Returns `document`, a goal file, with `key` wanted and nothing else.
pub fn wanting(document: &Value, key: &Key) -> Option<Value> {
    let wants = json!({ &**key: "true" });
    (document["wants"] != wants).then(|| {
        let mut other = document.clone();
        other["wants"] = wants;
        other
    })
}

/// Tells whether every tool of `document` reads, makes and does what it does in `original`: a fault that comes of another
/// contract is another fault.
pub fn keeps_contracts(document: &Value, original: &Value) -> bool {
    let (tools, was) = (document["tools"].as_object(), &original["tools"]);
    tools.into_iter().flatten().all(|(name, tool)| {
        ["inputs", "outputs"].iter().all(|field| tool[field] == was[name.as_str()][field])
            && tool["run"]["jq"] == was[name.as_str()]["run"]["jq"]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> Value {
        json!({
            "wants": { "c": "true" },
            "tools": {
                "make_a": { "outputs": ["a"], "run": { "value": 1 } },
                "both": { "inputs": ["a"], "outputs": ["b", "also"], "run": { "jq": "." } },
                "make_c": { "inputs": ["b"], "outputs": ["c"], "run": { "jq": ".b" } },
            }
        })
    }

    #[test]
    fn a_given_value_takes_the_place_of_who_made_only_it() {
        let document = given(&file(), &"a".into(), &Shared::new(json!(7))).expect("make_a goes");
        assert_eq!(document["context"], json!({ "a": 7 }));
        assert!(document["tools"].get("make_a").is_none() && document["tools"].get("both").is_some());
        assert_eq!(given(&document, &"b".into(), &Shared::new(json!(1))), None, "nobody else would make also");
        assert_eq!(wanting(&document, &"b".into()).expect("c was wanted")["wants"], json!({ "b": "true" }));
        assert_eq!(wanting(&document, &"c".into()), None);
    }

    #[test]
    fn another_contract_is_another_tool() {
        let mut document = file();
        document["tools"].as_object_mut().expect("an object").shift_remove("make_a");
        assert!(keeps_contracts(&document, &file()));
        document["tools"]["both"]["inputs"] = json!([]);
        assert!(!keeps_contracts(&document, &file()));
    }
}
