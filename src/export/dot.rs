//! The plan as a Graphviz digraph.

use std::io::{self, Write};

use super::standing::{colour, name};
use super::{Format, Writes};
use crate::describe::graph::{Graph, Source};
use crate::describe::sanitize::harmless;
use crate::describe::step;
use crate::engine::state::State;

/// The plan as a Graphviz digraph.
pub(super) const FORMAT: Format =
    Format { name: "dot", help: "The remaining plan as a graph for Graphviz", writes: Writes::Plan(write) };

/// Writes what ran and what is to do as a Graphviz digraph.
fn write(to: &mut dyn Write, state: &State) -> io::Result<()> {
    let graph = Graph::of(state);
    let quoted = |text: &str| harmless(text).replace('\\', "\\\\").replace('"', "\\\"");
    writeln!(to, "digraph plan {{")?;
    for (node, words) in graph.outside() {
        writeln!(to, "  {node} [label=\"{words}\", shape=oval];")?;
    }
    for (at, (step, run)) in graph.steps.iter().enumerate() {
        let colour = run.and_then(|run| colour(step::sign(run.status)));
        let filled = colour.map(|colour| format!(", style=filled, fillcolor=\"{colour}\"")).unwrap_or_default();
        writeln!(to, "  {} [label=\"{}\", shape=box{filled}];", Source::Step(at), quoted(&name(step, *run)))?;
    }
    writeln!(to, "  goal [label=\"{}\", shape=oval];", quoted(&state.goal.goal))?;
    for edge in &graph.edges {
        let reader = edge.to.map_or_else(|| "goal".to_owned(), |at| Source::Step(at).to_string());
        writeln!(to, "  {} -> {reader} [label=\"{}\"];", edge.from, quoted(edge.key))?;
    }
    writeln!(to, "}}")
}
