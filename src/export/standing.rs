//! How a step stands, for formats that draw plans: its name with a sign, and a colour beside that.

use crate::describe::sign::Role;
use crate::describe::step;
use crate::engine::plan::Step;
use crate::engine::state::StepRun;

/// The colours of the classes, light enough for dark letters.
pub(super) const COLOURS: [(&str, &str); 3] = [("done", "#b7e1b0"), ("failed", "#f5b7b1"), ("other", "#f7dc8f")];

/// Returns the class of a sign's colour; one that is not among [`COLOURS`] has none.
pub(super) fn class(role: Role) -> &'static str {
    match role {
        Role::Done => "done",
        Role::Failed | Role::Refuted => "failed",
        Role::Pending | Role::Skipped => "todo",
        _ => "other",
    }
}

/// Returns the colour of a sign; none: that of the page.
pub(super) fn colour(role: Role) -> Option<&'static str> {
    COLOURS.iter().find(|(name, _)| *name == class(role)).map(|(_, colour)| *colour)
}

/// Returns what a step is called: `s1 load`, and once it was started `✓ s1 load`.
pub(super) fn name(step: &Step, run: Option<&std::sync::Arc<StepRun>>) -> String {
    let sign = run.map(|run| format!("{} ", step::sign(run.status).glyph())).unwrap_or_default();
    format!("{sign}{} {}", step.id, step.name())
}
