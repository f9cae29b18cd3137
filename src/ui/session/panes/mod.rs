//! The panes, and what stands above and below them. Each says what it shows as lines; `draw` decides where they go.

mod columns;
pub mod context;
pub mod detail;
pub mod footer;
mod ghosts;
pub mod goal;
pub mod guide;
pub mod lesson;
pub mod map;
pub mod plan;
pub mod report;
pub mod strip;
pub mod trace;
pub mod turn;
mod watches;
pub mod why;

use crate::ui::session::lists::context::ContextList;
use crate::ui::session::lists::plan::PlanList;
use crate::ui::session::lists::trace::TraceList;
use crate::ui::session::pane::Pane;

/// The panes, in the order of Tab. The first three are [`PaneId::PLAN`], [`PaneId::CONTEXT`] and [`PaneId::TRACE`].
///
/// [`PaneId::PLAN`]: crate::ui::session::pane::PaneId::PLAN
/// [`PaneId::CONTEXT`]: crate::ui::session::pane::PaneId::CONTEXT
/// [`PaneId::TRACE`]: crate::ui::session::pane::PaneId::TRACE
pub static PANES: &[&dyn Pane] = &[&PlanList, &ContextList, &TraceList];
