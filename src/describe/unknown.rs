//! What a surprise names that the goal does not have, and the name that was meant.

use std::fmt;

use super::nearest::nearest;
use crate::engine::goal::{Goal, Surprise, Tool};
use crate::engine::value::Value;

/// A name that nothing goes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// What is wrong, in a sentence without its full stop.
    pub message: String,
    /// The name that was most likely meant.
    pub near: Option<String>,
}

impl Unknown {
    /// Returns the question that helps, where there is one.
    pub fn hint(&self) -> Option<String> {
        self.near.as_ref().map(|near| format!("did you mean \"{near}\"?"))
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.hint().map_or(Ok(()), |hint| write!(f, ": {hint}"))
    }
}

/// Returns what is wrong with the name of a key, where nothing in `goal` reads or writes it.
pub fn key(goal: &Goal, name: &str) -> Option<Unknown> {
    let numbered = name.strip_prefix('s').is_some_and(|digits| digits.parse::<u32>().is_ok());
    if goal.keys().any(|key| **key == *name) || (numbered && goal.has_unnamed_outputs()) {
        return None;
    }
    let near = nearest(name, goal.keys().map(|key| &**key)).map(str::to_owned);
    Some(Unknown { message: format!("nobody reads or writes \"{name}\""), near })
}

/// Returns what is wrong with the name of a tool, where it is none of `tools`.
pub fn tool<'t>(tools: impl Iterator<Item = &'t str> + Clone, name: &str) -> Option<Unknown> {
    let known = tools.clone().any(|known| known == name);
    let unknown = || Unknown {
        message: format!("there is no tool \"{name}\" in this goal"),
        near: nearest(name, tools).map(str::to_owned),
    };
    (!known).then(unknown)
}

/// Returns the entry of `result` that was meant to be an output of `tool` and is written otherwise. What is nothing like
/// an output may be meant as it is: a tool that returns the wrong thing is a surprise, too.
pub fn output(tool: &Tool, result: &Value) -> Option<Unknown> {
    let entries = result.as_object().filter(|_| tool.outputs.len() != 1)?;
    let missing = || tool.outputs.iter().map(|key| &**key).filter(|key| !entries.contains_key(*key));
    let extra = entries.keys().filter(|name| !tool.outputs.iter().any(|key| **key == ***name));
    extra.filter_map(|name| Some((name, nearest(name, missing())?))).next().map(|(name, near)| Unknown {
        message: format!("{} has no output \"{name}\"", tool.name),
        near: Some(near.to_owned()),
    })
}

/// Returns what `surprise` names that `goal` does not have.
pub fn in_surprise(goal: &Goal, surprise: &Surprise) -> Option<Unknown> {
    let tools = || goal.tools.keys().map(|name| &**name);
    match surprise {
        Surprise::Set { key: name, .. } => key(goal, name),
        Surprise::Fail { tool: name, .. } => tool(tools(), name),
        Surprise::Outcome { tool: name, value } => tool(tools(), name).or_else(|| output(goal.tools.get(name)?, value)),
        Surprise::Goal { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn goal() -> Goal {
        let text = json!({
            "version": 1, "goal": "Send it", "wants": { "sent": "true" }, "context": { "order": 1 },
            "tools": {
                "price": { "inputs": ["order"], "outputs": ["price"], "run": { "jq": "1" } },
                "split": { "inputs": ["price"], "outputs": ["left", "right"], "run": { "jq": "1" } }
            },
            "plan": [{ "tool": "price", "to": { "price": "sum" } }, "Look at it"]
        });
        crate::goal_file::parse(&text.to_string(), "goal.json", None).expect("a goal")
    }

    #[test]
    fn a_key_that_nothing_reads_or_writes_is_named_with_the_one_that_was_meant() {
        let said = |name: &str| key(&goal(), name).map(|unknown| unknown.to_string());
        let known = ["order", "sent", "price", "sum", "left", "s2"];
        assert!(known.iter().all(|name| said(name).is_none()));
        let ordr = said("ordr");
        assert_eq!(ordr.as_deref(), Some("nobody reads or writes \"ordr\": did you mean \"order\"?"));
        assert_eq!(said("weather").as_deref(), Some("nobody reads or writes \"weather\""));
    }

    #[test]
    fn a_misspelt_output_is_named_and_one_that_is_meant_to_be_wrong_is_not() {
        let goal = goal();
        let said = |value: Value| output(&goal.tools["split"], &value).map(|unknown| unknown.to_string());
        assert_eq!(
            said(json!({"left": 1, "rihgt": 2})).as_deref(),
            Some("split has no output \"rihgt\": did you mean \"right\"?")
        );
        assert_eq!(said(json!({"left": 1, "right": 2})), None);
        assert_eq!(said(json!({"error": "down"})), None);
        assert_eq!(said(json!(null)), None);
    }
}
