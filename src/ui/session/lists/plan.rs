//! What the plan pane lists: turns and runs, what is still to do, and during a replan what becomes of each step.

use std::sync::Arc;

use super::outline::{self, Place};
use crate::describe;
use crate::describe::page::Page;
use crate::describe::sign::Role;
use crate::describe::why::{self, Subject};
use crate::describe::{Moment, remedies, thought};
use crate::engine::breakpoint::{Place as BreakpointPlace, Standing};
use crate::engine::diff::Change as StepChange;
use crate::engine::plan::Step;
use crate::engine::state::{Phase, State, Status, StepRun};
use crate::engine::turn::{Became, Turn};
use crate::ui::session::change::{Change, DialogRequest, Meaning, no, open};
use crate::ui::session::model::Beat;
use crate::ui::session::pane::{PaneId, PaneList};
use crate::ui::session::view::View;

/// One entry of the pane.
#[derive(Clone, Copy, Debug)]
pub enum Item<'a> {
    /// A step that was started.
    Run(&'a Arc<StepRun>),
    /// A step that is still to do.
    Todo(&'a Arc<Step>),
    /// A step of a proposal.
    Proposed(&'a StepChange),
    /// A thought whose action was never started.
    Thought(&'a Arc<Turn>),
}

impl<'a> Item<'a> {
    /// Returns its step, if it has one.
    pub fn step(&self) -> Option<&'a Arc<Step>> {
        match self {
            Item::Run(run) => Some(&run.step),
            Item::Todo(step) => Some(step),
            Item::Proposed(change) => Some(&change.step),
            Item::Thought(turn) => turn.thought.step.as_ref(),
        }
    }
}

/// Returns how many entries stand before the remaining steps.
pub fn past(view: &View<'_>) -> usize {
    view.ui.outline.as_ref().map_or(view.shown.state.runs.len(), Vec::len)
}

/// Returns the sign of the breakpoint before `step`, if one stands there.
pub fn breakpoint(view: &View<'_>, step: &Step) -> Option<Role> {
    let breakpoints = &view.shown.state.breakpoints;
    if breakpoints.is_empty() {
        return None;
    }
    let stands = |standing: &&Standing| match &standing.breakpoint.place {
        BreakpointPlace::Step(id) => *id == step.id,
        BreakpointPlace::Tool(tool) => Some(tool) == step.tool.as_ref(),
        _ => false, // the others stand before no step
    };
    let standing = breakpoints.list().iter().filter(stands).max_by_key(|standing| standing.is_on())?;
    Some(describe::breakpoint::standing(standing).0)
}

/// Returns how many entries there are.
pub fn count(view: &View<'_>) -> usize {
    past(view) + rewritten(view).map_or(view.shown.state.plan.remaining().len(), <[StepChange]>::len)
}

/// Returns how many of the first `until` entries are not part of a loop.
pub fn whole(view: &View<'_>, until: usize) -> usize {
    let until = until.min(count(view));
    let nested = view.ui.outline.iter().flatten().take(until).filter(|entry| entry.within.is_some()).count();
    until - nested
}

/// Returns the place of the entry at `at` among the runs and, behind them, the remaining steps; none where it is a part
/// of a loop, or a thought without a step.
pub fn whole_place(view: &View<'_>, at: usize) -> Option<usize> {
    let runs = view.shown.state.runs.len();
    match at.checked_sub(past(view)) {
        Some(todo) => Some(runs + todo),
        None if view.ui.outline.is_none() => Some(at),
        None => match item(view, at) {
            Some(Item::Run(run)) if holder(view, at).is_none() => view.shown.state.run_of.get(&run.step.id).copied(),
            Some(_) | None => None,
        },
    }
}

/// Returns the entry at `at`.
pub fn item<'a>(view: &View<'a>, at: usize) -> Option<Item<'a>> {
    let state = &view.shown.state;
    if at < past(view) {
        let Some(outline) = &view.ui.outline else { return state.runs.get(at).map(Item::Run) };
        return of_outline(home(view, at), outline.get(at)?.place);
    }
    let at = at - past(view);
    match rewritten(view) {
        Some(changes) => changes.get(at).map(Item::Proposed),
        None => state.plan.remaining().get(at).map(Item::Todo),
    }
}

/// Returns the step whose loop the entry at `at` belongs to, if it stands inside one.
pub fn holder<'a>(view: &View<'a>, at: usize) -> Option<&'a Arc<StepRun>> {
    let entry = view.ui.outline.as_ref()?.get(at)?;
    view.shown.state.runs.get(entry.within?)
}

/// Returns the state that the entry at `at` belongs to: the session's, or a loop's.
pub fn home<'a>(view: &View<'a>, at: usize) -> &'a State {
    let state = &view.shown.state;
    holder(view, at).and_then(|run| state.loop_of(run)).unwrap_or(state)
}

/// Returns the turn of the entry at `at`, with its number from 1.
pub fn turn_at<'a>(view: &View<'a>, at: usize) -> Option<(usize, &'a Arc<Turn>)> {
    let home = home(view, at);
    // The outline knows the turn of what was thought; looking for it would cost what the session is long.
    let known = view.ui.outline.as_ref().and_then(|outline| outline.get(at)).map(|entry| entry.place);
    let place = match (item(view, at)?, known) {
        (Item::Thought(_) | Item::Run(_), Some(outline::Place::Turn(place))) => place,
        (Item::Thought(turn), _) => home.turns.iter().position(|other| Arc::ptr_eq(other, turn))?,
        (Item::Run(run), _) => outline::turn_of(home, &run.step.id)?,
        (Item::Todo(step), _) => outline::turn_of(home, &step.id)?,
        (Item::Proposed(_), _) => return None,
    };
    Some((place + 1, home.turns.get(place)?))
}

/// Returns the run of the entry at `at`, if it has a loop inside.
pub fn loop_at<'a>(view: &View<'a>, at: usize) -> Option<&'a Arc<StepRun>> {
    let Some(Item::Run(run)) = item(view, at) else { return None };
    home(view, at).loop_of(run).map(|_| run)
}

/// Returns the place of the selected entry: where the cursor is, else where the session is.
pub fn selected(view: &View<'_>) -> usize {
    let state = &view.shown.state;
    let here = match state.phase {
        Phase::Running { .. } | Phase::Interrupted => past(view).saturating_sub(1),
        // Where a failure leaves no way on, it is what a person acts on.
        Phase::Ended { .. } if state.runs.last().is_some_and(|run| run.status == Status::Failed) => {
            past(view).saturating_sub(1)
        }
        Phase::Ended { .. } if let Some(place) = remedies::place(state) => past(view) + place,
        _ => past(view) + state.plan.remaining().iter().position(|step| !step.skip).unwrap_or(0),
    };
    view.ui.cursor(PaneId::PLAN).at.unwrap_or(here).min(count(view).saturating_sub(1))
}

/// Returns what the watched proposal does to each step, once it is seen rewritten.
pub fn rewritten<'a>(view: &View<'a>) -> Option<&'a [StepChange]> {
    view.ui.watched().filter(|watch| watch.beat == Beat::Rewritten).map(|watch| watch.changes.as_slice())
}

/// Returns what an entry of the outline stands for in the state that it belongs to.
fn of_outline(state: &State, place: Place) -> Option<Item<'_>> {
    match place {
        Place::Run(at) => state.runs.get(at).map(Item::Run),
        Place::Todo(at) => state.plan.remaining().get(at).map(Item::Todo),
        Place::Turn(at) => {
            let turn = state.turns.get(at)?;
            let run = turn.thought.step.as_ref().and_then(|step| state.run(&step.id));
            match (&turn.became, run) {
                (Became::Acted(_), Some(run)) => Some(Item::Run(run)),
                // A step that was thought of twice ran for the later thought; one that was switched off was passed by.
                (Became::Dropped, Some(run)) if outline::turn_of(state, &run.step.id) == Some(at) => {
                    Some(Item::Run(run))
                }
                _ => Some(Item::Thought(turn)),
            }
        }
    }
}

/// The list of the plan pane.
pub struct PlanList;

impl PaneList for PlanList {
    fn len(&self, view: &View<'_>) -> usize {
        count(view)
    }

    fn selected(&self, view: &View<'_>) -> usize {
        selected(view)
    }

    fn text(&self, view: &View<'_>, at: usize) -> String {
        let Some(step) = item(view, at).and_then(|item| item.step()) else { return String::new() };
        let keys: Vec<&str> = step.reads().chain(step.writes()).map(|key| &**key).collect();
        format!("{} {} {} {}", step.id, step.name(), step.description, keys.join(" "))
    }

    /// Opens the thought of a turn, or folds and unfolds the loop inside a step.
    fn open(&self, view: &View<'_>) -> Meaning {
        let at = selected(view);
        if let Some(run) = loop_at(view, at) {
            let unfolded = outline::is_unfolded(&view.shown.state, run, &view.ui.loops);
            return Ok(vec![Change::FoldLoop(run.step.id.clone(), !unfolded)]);
        }
        match (turn_at(view, at), item(view, at).and_then(|item| item.step())) {
            (Some((_, turn)), _) => open(DialogRequest::Thought(turn.seq)),
            (None, Some(step)) => open(DialogRequest::WhyStep(step.id.clone())),
            (None, None) => no("there is nothing to open here"),
        }
    }

    /// Folds or unfolds a loop; from inside one, the cursor goes to its step.
    fn fold(&self, view: &View<'_>, unfold: bool) -> Meaning {
        let at = selected(view);
        if let Some(run) = loop_at(view, at) {
            return Ok(vec![Change::FoldLoop(run.step.id.clone(), unfold)]);
        }
        match holder(view, at) {
            Some(holder) if !unfold => {
                let is_holder = |at: &usize| loop_at(view, *at).is_some_and(|run| run.step.id == holder.step.id);
                let above = (0..at).rev().find(is_holder).unwrap_or(at);
                Ok(vec![Change::Cursor(PaneId::PLAN, Some(above))])
            }
            Some(_) => no("a turn has nothing to unfold; \x01open\x02 opens its thought"),
            None => no("select a step with a loop inside to fold it, or a value in the context (\x01context_pane\x02)"),
        }
    }

    fn inject(&self, view: &View<'_>) -> Option<Meaning> {
        let state = &view.shown.state;
        let at = selected(view);
        match item(view, at)? {
            Item::Run(run) if run.status == Status::Running => state.asks().map(|_| open(DialogRequest::Answer)),
            Item::Run(run) => Some(match holder(view, at) {
                Some(over) if !state.is_loop_under_way(over) => no(format!(
                    "the loop of {name} is over: \x01inject\x02 on {name} gives another outcome, \x01back\x02 goes back into it",
                    name = over.step.name()
                )),
                Some(_) | None => open(DialogRequest::InjectOutcome(run.step.id.clone())),
            }),
            // What an action was refused for is what one would give.
            Item::Thought(turn) => {
                let (home, live) = (home(view, at), holder(view, at));
                let mut reads = turn.thought.step.as_ref().into_iter().flat_map(|step| step.reads());
                let missing = reads.find(|key| home.context.get(key).is_none());
                let missing = missing.filter(|_| live.is_none_or(|run| state.is_loop_under_way(run)))?;
                Some(open(DialogRequest::InjectKey(missing.to_string(), String::new()).inside(live.is_some())))
            }
            Item::Todo(_) | Item::Proposed(_) => None,
        }
    }

    fn why(&self, view: &View<'_>) -> Meaning {
        let at = selected(view);
        match item(view, at) {
            Some(item) => match (turn_at(view, at), item.step()) {
                (Some((_, turn)), _) => open(DialogRequest::Thought(turn.seq)),
                (None, Some(step)) => open(DialogRequest::WhyStep(step.id.clone())),
                (None, None) => no("there is no step here"),
            },
            None if matches!(view.shown.state.phase, Phase::Ended { .. }) => open(DialogRequest::WhyEnd),
            None => no("there is no step here"),
        }
    }

    fn detail(&self, view: &View<'_>, _width: usize, height: usize) -> Option<Page> {
        let at = selected(view);
        let moment =
            Moment { state: home(view, at), records: view.session.records(), longest: height, times: view.ui.times };
        if let Some((_, turn)) = turn_at(view, at) {
            return thought::thought(moment, turn.seq);
        }
        match item(view, at)? {
            Item::Run(run) => Some(why::why(moment, &Subject::Step(run.step.id.clone()))),
            Item::Todo(step) => Some(why::why(moment, &Subject::Step(step.id.clone()))),
            Item::Proposed(change) => Some(why::why(moment, &Subject::Step(change.step.id.clone()))),
            Item::Thought(_) => None,
        }
    }

    fn copy(&self, view: &View<'_>) -> Meaning {
        match item(view, selected(view)).and_then(|item| item.step()) {
            Some(step) => {
                let json = serde_json::to_string_pretty(&**step).map_err(|error| error.to_string())?;
                Ok(vec![Change::Copy(json, format!("step {}", step.id))])
            }
            None => no("there is no step here"),
        }
    }
}
