//! A plan as a drawing for other programs: steps, and the keys that they hand to one another.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use crate::describe::sanitize::harmless;
use crate::engine::plan::Step;
use crate::engine::state::State;

/// One hand-off: from a step (none: known at the start) to a step (none: wanted), and the key.
struct Edge<'a> {
    from: Option<usize>,
    to: Option<usize>,
    key: &'a str,
}

fn edges<'a>(steps: &'a [Arc<Step>], state: &'a State) -> Vec<Edge<'a>> {
    let mut writer: HashMap<&str, usize> = HashMap::new();
    let mut edges = Vec::new();
    for (at, step) in steps.iter().enumerate().filter(|(_, step)| !step.skip) {
        edges.extend(step.reads().map(|key| Edge { from: writer.get(&**key).copied(), to: Some(at), key }));
        writer.extend(step.writes().map(|key| (&**key, at)));
    }
    let wanted = state.goal.wants.keys().map(|key| Edge { from: writer.get(&**key).copied(), to: None, key });
    edges.extend(wanted);
    edges
}

/// Writes the plan as a Mermaid flowchart.
pub(super) fn mermaid(to: &mut impl Write, state: &State) -> io::Result<()> {
    let steps = state.plan.remaining();
    // Mermaid reads entities like #quot; in quoted labels.
    let quoted = |text: &str| harmless(text).replace('#', "#35;").replace('"', "#quot;").replace('<', "#lt;");
    writeln!(to, "flowchart TD")?;
    writeln!(to, "  start([\"known at the start\"])")?;
    for (at, step) in steps.iter().enumerate() {
        writeln!(to, "  n{at}[\"{} {}\"]", quoted(&step.id), quoted(step.name()))?;
    }
    writeln!(to, "  goal([\"{}\"])", quoted(&state.goal.goal))?;
    let name = |node: Option<usize>, none: &str| node.map_or(none.to_string(), |at| format!("n{at}"));
    for edge in edges(steps, state) {
        writeln!(to, "  {} -- \"{}\" --> {}", name(edge.from, "start"), quoted(edge.key), name(edge.to, "goal"))?;
    }
    Ok(())
}

/// Writes the plan as a Graphviz digraph.
pub(super) fn dot(to: &mut impl Write, state: &State) -> io::Result<()> {
    let steps = state.plan.remaining();
    let quoted = |text: &str| harmless(text).replace('\\', "\\\\").replace('"', "\\\"");
    writeln!(to, "digraph plan {{")?;
    writeln!(to, "  start [label=\"known at the start\", shape=oval];")?;
    for (at, step) in steps.iter().enumerate() {
        writeln!(to, "  n{at} [label=\"{} {}\", shape=box];", quoted(&step.id), quoted(step.name()))?;
    }
    writeln!(to, "  goal [label=\"{}\", shape=oval];", quoted(&state.goal.goal))?;
    let name = |node: Option<usize>, none: &str| node.map_or(none.to_string(), |at| format!("n{at}"));
    for edge in edges(steps, state) {
        writeln!(to, "  {} -> {} [label=\"{}\"];", name(edge.from, "start"), name(edge.to, "goal"), quoted(edge.key))?;
    }
    writeln!(to, "}}")
}
