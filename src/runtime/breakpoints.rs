//! Breakpoints as they are written (`key:tickets`, `when:.counts.refund > 3`), and those that are remembered of a goal file.

use serde::{Deserialize, Serialize};

use super::kept;
use crate::describe::breakpoint::{KINDS, written};
use crate::describe::nearest::nearest;
use crate::describe::unknown;
use crate::engine::breakpoint::{Breakpoint, Note, Place};
use crate::engine::goal::{Goal, Key};
use crate::engine::state::State;
use crate::jq;

/// Under which name they are kept.
const NAME: &str = "breakpoints";

/// Reads a place as it is written. `goal` and, where one goes on, the session know the names.
///
/// # Errors
/// A sentence that says what is wrong with it and where, with the nearest name.
pub fn place(text: &str, goal: &Goal, session: Option<&State>) -> Result<Place, String> {
    let text = text.trim();
    if let Some(condition) = text.strip_prefix("when:") {
        return when(condition, text.len() - condition.len(), goal, session);
    }
    if let Some(number) = text.strip_prefix("replan").and_then(|rest| rest.trim_start().strip_prefix('>')) {
        return number.trim().parse().map(|most| Place::Replan(Some(most))).map_err(|_| {
            let at = text.chars().count() - number.trim_start().chars().count() + 1;
            format!("at character {at}, behind >, stands a number of steps, like replan>3")
        });
    }
    match text.split_once(':') {
        Some(("step", id)) => step(id.trim(), goal, session),
        Some(("tool", name)) => match unknown::tool(goal.tools.keys().map(|name| &**name), name.trim()) {
            Some(unknown) => Err(format!("at character 6: {unknown}")),
            None => Ok(Place::Tool(name.trim().into())),
        },
        Some(("key", name)) => match unknown_key(name.trim(), goal, session) {
            Some(unknown) => Err(format!("at character 5: {unknown}")),
            None => Ok(Place::Key(name.trim().into())),
        },
        _ => match text {
            "replan" => Ok(Place::Replan(None)),
            "deviation" => Ok(Place::Deviation),
            "check" => Ok(Place::Check),
            "stale" => Ok(Place::Stale),
            "failed" => Ok(Place::Failed),
            "contract" => Ok(Place::Contract),
            _ => Err(no_place(text, goal)),
        },
    }
}

fn no_place(text: &str, goal: &Goal) -> String {
    let kind = text.split(':').next().unwrap_or(text);
    let kinds = KINDS.map(|(kind, _)| kind);
    // Who writes only a name means what goes by it.
    let meant = if goal.tools.contains_key(text) {
        Some(format!("tool:{text}"))
    } else if goal.keys().any(|key| **key == *text) {
        Some(format!("key:{text}"))
    } else {
        let near = nearest(kind, kinds.map(|kind| kind.trim_end_matches(':')));
        near.map(|near| kinds.into_iter().find(|kind| kind.trim_end_matches(':') == near).unwrap_or(near).to_owned())
    };
    let hint = meant.map(|meant| format!(": did you mean \"{meant}\"?")).unwrap_or_default();
    format!("at character 1: \"{kind}\" is not a kind of breakpoint{hint}; there are {}", kinds.join(", "))
}

fn step(id: &str, goal: &Goal, session: Option<&State>) -> Result<Place, String> {
    let named: Vec<&str> =
        goal.plan.iter().flat_map(|plan| plan.iter()).filter_map(|draft| draft.id.as_deref()).collect();
    // What planners call their steps: s3, and s3.1 inside a loop.
    let counted =
        |id: &str| id.strip_prefix('s').is_some_and(|rest| rest.split('.').all(|part| part.parse::<u32>().is_ok()));
    let known = named.contains(&id) || counted(id) || session.is_some_and(|state| state.step(id).is_some());
    if known {
        return Ok(Place::Step(id.into()));
    }
    let tools = goal.tools.keys().map(|name| &**name);
    let hint = match (nearest(id, named.iter().copied()), nearest(id, tools)) {
        (Some(near), _) => format!(": did you mean \"step:{near}\"?"),
        (None, Some(near)) => format!(": did you mean \"tool:{near}\"?"),
        (None, None) => ": the planner calls its steps s1, s2, …".into(),
    };
    Err(format!("at character 6: there is no step \"{id}\"{hint}"))
}

pub(super) fn unknown_key(name: &str, goal: &Goal, session: Option<&State>) -> Option<unknown::Unknown> {
    if session.is_some_and(|state| state.knows_key(name)) { None } else { unknown::key(goal, name) }
}

/// Reads a jq condition on the context that stands by itself.
///
/// # Errors
/// A sentence that says what is wrong with it and at which of its characters.
pub fn condition(text: &str, goal: &Goal, session: Option<&State>) -> Result<Place, String> {
    when(text, 0, goal, session)
}

fn when(condition: &str, before: usize, goal: &Goal, session: Option<&State>) -> Result<Place, String> {
    let at = |byte: usize| before + condition.get(..byte).unwrap_or(condition).chars().count() + 1;
    if condition.trim().is_empty() {
        return Err(format!("at character {}: a jq condition belongs here, like .tickets | length > 3", at(0)));
    }
    jq::check(condition).map_err(|fault| format!("at character {}: {fault}", at(fault.offset())))?;
    let keys = jq::entries_read(condition);
    for key in keys.iter().flatten() {
        if let Some(unknown) = unknown_key(key, goal, session) {
            let found = condition.find(key.as_str()).unwrap_or(0);
            return Err(format!("at character {}: {unknown}", at(found)));
        }
    }
    let keys = keys.map(|keys| keys.into_iter().map(Key::from).collect());
    Ok(Place::When { condition: condition.trim().into(), keys })
}

/// Reads the text of a note; nothing is none.
///
/// # Errors
/// What is wrong with a filter in it, and where.
pub fn note(text: &str) -> Result<Option<Note>, String> {
    let text = text.trim();
    for (at, filter) in jq::interpolations(text) {
        let place = |byte: usize| text.get(..byte).unwrap_or(text).chars().count() + 1;
        let Some(filter) = filter else {
            return Err(format!("at character {}: this \\( is never closed", place(at)));
        };
        jq::check(filter).map_err(|fault| format!("at character {}: {fault}", place(at + fault.offset())))?;
    }
    let filter = jq::filling(text).map(Into::into);
    Ok((!text.is_empty()).then(|| Note { text: text.into(), filter }))
}

/// A breakpoint as it is remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    place: String,
    #[serde(default = "yes")]
    enabled: bool,
    #[serde(default)]
    ignore: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

fn yes() -> bool {
    true
}

/// Returns the breakpoints that are remembered of the goal file at `path`, and a sentence on each that is not usable any
/// more.
pub fn remembered(path: &str, goal: &Goal) -> (Vec<Breakpoint>, Vec<String>) {
    let (kept, trouble) = kept::of::<Kept>(NAME, path);
    let mut said: Vec<String> = trouble.into_iter().collect();
    let mut breakpoints = Vec::new();
    for kept in kept {
        let read = place(&kept.place, goal, None)
            .and_then(|place| Ok((place, note(kept.note.as_deref().unwrap_or_default())?)));
        match read {
            Ok((place, note)) => {
                breakpoints.push(Breakpoint { place, enabled: kept.enabled, ignore: kept.ignore, note });
            }
            Err(why) => said.push(format!("the breakpoint {} is left out: {why}", kept.place)),
        }
    }
    (breakpoints, said)
}

/// Remembers these breakpoints of the goal file at `path`.
///
/// # Errors
/// Why they could not be kept.
pub fn remember<'a>(path: &str, breakpoints: impl Iterator<Item = &'a Breakpoint>) -> Result<(), String> {
    let kept = breakpoints.map(|breakpoint| Kept {
        place: written(&breakpoint.place),
        enabled: breakpoint.enabled,
        ignore: breakpoint.ignore,
        note: breakpoint.note.as_ref().map(|note| note.text.to_string()),
    });
    kept::keep(NAME, path, kept.collect::<Vec<Kept>>())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn goal() -> Goal {
        let text = json!({
            "version": 1, "goal": "Count", "wants": { "counts": "true" }, "context": { "week": 1 },
            "tools": {
                "load_tickets": { "outputs": ["tickets"], "run": { "value": [1] } },
                "count": { "inputs": ["tickets"], "outputs": ["counts"], "run": { "jq": "1" } }
            },
            "plan": [{ "id": "load", "tool": "load_tickets" }, { "id": "count", "tool": "count" }]
        });
        crate::goal_file::parse(&text.to_string(), "goal.json", None).expect("a goal")
    }

    #[test]
    fn what_is_written_is_read_and_written_again() {
        let all = [
            "step:load",
            "step:s3",
            "step:s3.1",
            "tool:count",
            "key:tickets",
            "replan",
            "replan>3",
            "deviation",
            "check",
            "stale",
            "failed",
            "contract",
            "when:.counts.refund > 3",
        ];
        for text in all {
            assert_eq!(place(text, &goal(), None).map(|place| written(&place)).as_deref(), Ok(text));
        }
        let counts = place("when:.counts.refund > 3", &goal(), None);
        assert!(matches!(counts, Ok(Place::When { keys: Some(keys), .. }) if keys == ["counts".into()]));
    }

    #[test]
    fn a_faulty_one_is_refused_with_its_position_and_the_nearest_name() {
        let fault = |text: &str| place(text, &goal(), None).expect_err("a fault");
        assert_eq!(fault("key:tikets"), "at character 5: nobody reads or writes \"tikets\": did you mean \"tickets\"?");
        assert_eq!(
            fault("tool:cuont"),
            "at character 6: there is no tool \"cuont\" in this goal: did you mean \"count\"?"
        );
        assert_eq!(fault("step:laod"), "at character 6: there is no step \"laod\": did you mean \"step:load\"?");
        assert_eq!(fault("replan>many"), "at character 8, behind >, stands a number of steps, like replan>3");
        assert!(
            fault("tickets")
                .starts_with("at character 1: \"tickets\" is not a kind of breakpoint: did you mean \"key:tickets\"?")
        );
        assert!(fault("stpe:s1").contains("did you mean \"step:\"?"), "{}", fault("stpe:s1"));
        assert!(fault("when:.counts.refund >").starts_with("at character 2"), "{}", fault("when:.counts.refund >"));
        let lenght = fault("when:.tickets | lenght > 3");
        assert!(lenght.starts_with("at character 17: ") && lenght.contains("length"), "{lenght}");
        assert_eq!(
            fault("when:.tikets"),
            "at character 7: nobody reads or writes \"tikets\": did you mean \"tickets\"?"
        );
        assert!(fault("when: ").contains("a jq condition belongs here"));
        assert!(note("see \\(.tickets").is_err_and(|why| why.starts_with("at character 5")));
        assert!(note("see \\(.tickets | lenght)").is_err_and(|why| why.starts_with("at character 18")));
    }
}
