//! The plan as a Mermaid flowchart.

use std::io::{self, Write};

use super::{Format, Writes};
use crate::describe::graph::{START, edges};
use crate::describe::sanitize::harmless;
use crate::engine::state::State;

/// The plan as a Mermaid flowchart.
pub(super) const FORMAT: Format =
    Format { name: "mermaid", help: "A flowchart for Mermaid", writes: Writes::Plan(write) };

/// Writes the plan as a Mermaid flowchart.
fn write(to: &mut dyn Write, state: &State) -> io::Result<()> {
    let steps = state.plan.remaining();
    // Mermaid reads entities like #quot; in quoted labels.
    let quoted = |text: &str| harmless(text).replace('#', "#35;").replace('"', "#quot;").replace('<', "#lt;");
    writeln!(to, "flowchart TD")?;
    writeln!(to, "  start([\"{START}\"])")?;
    for (at, step) in steps.iter().enumerate() {
        writeln!(to, "  n{at}[\"{} {}\"]", quoted(&step.id), quoted(step.name()))?;
    }
    writeln!(to, "  goal([\"{}\"])", quoted(&state.goal.goal))?;
    let name = |node: Option<usize>, none: &str| node.map_or(none.to_string(), |at| format!("n{at}"));
    for edge in edges(steps, &state.goal) {
        writeln!(to, "  {} -- \"{}\" --> {}", name(edge.from, "start"), quoted(edge.key), name(edge.to, "goal"))?;
    }
    Ok(())
}
