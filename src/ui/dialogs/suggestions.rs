//! What may be typed into a field for a tool or a key: everything, the nearest name first, until something is typed.

use crate::describe::nearest::nearest;
use crate::describe::value;
use crate::engine::state::State;
use crate::ui::dialogs::Place;
use crate::ui::widgets::picker::ranked;

/// How many suggestions are seen at once.
pub(super) const SEEN: usize = 5;

/// What a field asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// A tool.
    Tool,
    /// A key to read.
    Read,
    /// A key to write.
    Write,
}

/// Returns the names that fit, best first. `typed`: what stands in the field was typed there, so it filters; else it is
/// only what stood there before, and the name that it was probably meant to be comes first.
pub(super) fn names(state: &State, place: &Place, asked: Asked, content: &str, typed: bool) -> Vec<String> {
    let mut names = known(state, place, asked);
    let content = content.trim();
    let found = ranked(content, names.iter().map(String::as_str));
    // A name that is typed in full is not a question any more, and one that nothing matches is a mistake.
    if typed && !found.is_empty() && !names.iter().any(|name| name == content) {
        return found.into_iter().filter_map(|at| names.get(at).cloned()).collect();
    }
    let near = names.iter().position(|name| name == content);
    let near = near.or_else(|| {
        let near = nearest(content, names.iter().map(String::as_str))?.to_owned();
        names.iter().position(|name| *name == near)
    });
    if let Some(at) = near {
        names[..=at].rotate_right(1);
    }
    names
}

fn known(state: &State, place: &Place, asked: Asked) -> Vec<String> {
    match asked {
        Asked::Tool => state.goal.tools.keys().map(ToString::to_string).collect(),
        Asked::Read => readable(state, place),
        Asked::Write => {
            let wanted = state.goal.wants.keys();
            let read = state.plan.remaining().iter().flat_map(|step| step.reads());
            let mut names: Vec<String> = Vec::new();
            for name in wanted.chain(read) {
                if !names.iter().any(|known| **known == **name) {
                    names.push(name.to_string());
                }
            }
            names
        }
    }
}

/// Returns the keys that a step at `place` can read: what is known, and what earlier remaining steps write.
pub(super) fn readable(state: &State, place: &Place) -> Vec<String> {
    let at = match place {
        Place::Of(id) => state.plan.find(id).map_or(usize::MAX, |(at, _)| at),
        Place::At(at) => *at,
    };
    let mut names: Vec<String> = state.context.iter().map(|(key, _)| key.to_string()).collect();
    for key in state.plan.remaining().iter().take(at).filter(|step| !step.skip).flat_map(|step| step.writes()) {
        if state.context.get(key).is_none() && !names.iter().any(|name| **name == **key) {
            names.push(key.to_string());
        }
    }
    names
}

/// Returns a few words about a suggestion.
pub(super) fn about(state: &State, asked: Asked, name: &str) -> String {
    match asked {
        Asked::Tool => state.goal.tools.get(name).map_or(String::new(), |tool| {
            let reads = if tool.inputs.is_empty() { "nothing".into() } else { tool.inputs.join(", ") };
            format!("({reads} → {}) {}", tool.outputs.join(", "), tool.description)
        }),
        Asked::Read => match state.context.get(name) {
            Some(datum) => value::json(&datum.value, 40),
            None => "will be written by an earlier step".into(),
        },
        Asked::Write if state.goal.wants.contains_key(name) => "wanted".into(),
        Asked::Write => "read by a remaining step".into(),
    }
}
