//! The plan as a Mermaid flowchart.

use std::io::{self, Write};

use super::standing::{COLOURS, class, name};
use super::{Format, Writes};
use crate::describe::graph::{Graph, Source};
use crate::describe::sanitize::harmless;
use crate::describe::step;
use crate::engine::state::State;

/// The plan as a Mermaid flowchart.
pub(super) const FORMAT: Format =
    Format { name: "mermaid", help: "The remaining plan as a flowchart for Mermaid", writes: Writes::Plan(write) };

/// Writes what ran and what is to do as a Mermaid flowchart.
fn write(to: &mut dyn Write, state: &State) -> io::Result<()> {
    let graph = Graph::of(state);
    // Mermaid reads entities like #quot; in quoted labels.
    let quoted = |text: &str| harmless(text).replace('#', "#35;").replace('"', "#quot;").replace('<', "#lt;");
    writeln!(to, "flowchart TD")?;
    for (node, words) in graph.outside() {
        writeln!(to, "  {node}([\"{words}\"])")?;
    }
    for (at, (step, run)) in graph.steps.iter().enumerate() {
        let class = run.map(|run| format!(":::{}", class(step::sign(run.status)))).unwrap_or_default();
        writeln!(to, "  {}[\"{}\"]{class}", Source::Step(at), quoted(&name(step, *run)))?;
    }
    writeln!(to, "  goal([\"{}\"])", quoted(&state.goal.goal))?;
    for edge in &graph.edges {
        let reader = edge.to.map_or_else(|| "goal".to_owned(), |at| Source::Step(at).to_string());
        writeln!(to, "  {} -- \"{}\" --> {reader}", edge.from, quoted(edge.key))?;
    }
    if !state.runs.is_empty() {
        for (class, colour) in COLOURS {
            writeln!(to, "  classDef {class} fill:{colour},color:#1c1c1c")?;
        }
    }
    Ok(())
}
