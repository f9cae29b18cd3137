//! What is armed for a step: a failure or an outcome that waits for its tool, or surprises that come after it.

use crate::engine::goal::Surprise;
use crate::engine::plan::Step;
use crate::engine::state::State;

/// Returns in a few words what is armed for a remaining `step`, if something is: "fails next", "a surprise after
/// it". What is laid for a tool waits for the first step that uses it.
pub fn of_step(state: &State, step: &Step) -> Option<String> {
    if state.armed.is_empty() && state.scheduled.is_empty() {
        return None;
    }
    let tool = step.tool.as_ref()?;
    let uses = |other: &&std::sync::Arc<Step>| other.tool.as_ref() == Some(tool) && !other.skip;
    // How many steps with this tool come before it.
    let before = state.plan.remaining().iter().take_while(|other| other.id != step.id).filter(uses).count();
    let armed = state.armed.iter().find_map(|armed| match &armed.surprise {
        Surprise::Fail { tool: aimed, times, .. } if aimed == tool && before < *times as usize => {
            Some(if *times > 1 { format!("fails {times} times") } else { "fails next".to_owned() })
        }
        Surprise::Outcome { tool: aimed, .. } if aimed == tool && before == 0 => Some("returns a surprise".to_owned()),
        _ => None, // what is laid for other tools, and what lands by itself
    });
    armed.or_else(|| {
        let finished = state.finished.get(tool).copied().unwrap_or(0) as usize + before + 1;
        let due =
            |due: &&crate::engine::state::Scheduled| due.after.as_ref() == Some(tool) && due.nth as usize == finished;
        state.scheduled.iter().find(due).map(|_| "a surprise after it".to_owned())
    })
}
