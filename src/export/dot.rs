//! The plan as a Graphviz digraph.

use std::io::{self, Write};

use super::{Format, Writes};
use crate::describe::graph::{START, edges};
use crate::describe::sanitize::harmless;
use crate::engine::state::State;

/// The plan as a Graphviz digraph.
pub(super) const FORMAT: Format = Format { name: "dot", help: "A graph for Graphviz", writes: Writes::Plan(write) };

/// Writes the plan as a Graphviz digraph.
fn write(to: &mut dyn Write, state: &State) -> io::Result<()> {
    let steps = state.plan.remaining();
    let quoted = |text: &str| harmless(text).replace('\\', "\\\\").replace('"', "\\\"");
    writeln!(to, "digraph plan {{")?;
    writeln!(to, "  start [label=\"{START}\", shape=oval];")?;
    for (at, step) in steps.iter().enumerate() {
        writeln!(to, "  n{at} [label=\"{} {}\", shape=box];", quoted(&step.id), quoted(step.name()))?;
    }
    writeln!(to, "  goal [label=\"{}\", shape=oval];", quoted(&state.goal.goal))?;
    let name = |node: Option<usize>, none: &str| node.map_or(none.to_string(), |at| format!("n{at}"));
    for edge in edges(steps, &state.goal) {
        writeln!(to, "  {} -> {} [label=\"{}\"];", name(edge.from, "start"), name(edge.to, "goal"), quoted(edge.key))?;
    }
    writeln!(to, "}}")
}
