//! The course of a run, as far as advice rests on it: what was known up front, what observations changed.

use std::collections::HashSet;
use std::sync::Arc;

use super::calls::{calls, path};
use super::lane::Lane;
use crate::engine::event::{Event, Seq};
use crate::engine::plan::{Step, StepId};

/// What a lane's trace says about its goal.
#[derive(Clone, Debug, Default)]
pub(super) struct Course {
    /// The event of the first plan; none where no plan was made.
    pub planned: Option<Seq>,
    /// How many steps the first plan had.
    pub steps: usize,
    /// How many of the first plan's steps were done.
    pub kept: usize,
    /// The replans that were accepted, by event.
    pub replans: Vec<Seq>,
    /// Of these, those after which another action came next than was planned.
    pub turned: Vec<Seq>,
    /// The refused choices, by event.
    pub refused: Vec<Seq>,
    /// The loops that were entered, by event.
    pub loops: Vec<Seq>,
    /// Steps outside loops that were done.
    pub outside: usize,
    /// The first call that was made of stale values, by its event.
    pub on_stale: Option<Seq>,
    /// The event by which it ended, with how.
    pub ended: Option<Seq>,
}

impl Course {
    pub(super) fn of(lane: &Lane) -> Course {
        let (session, state) = (&lane.session, lane.state());
        let mut course = Course::default();
        let mut first: HashSet<StepId> = HashSet::new();
        let next = |steps: &[Arc<Step>]| steps.iter().find(|step| !step.skip).cloned();
        for record in path(session, state) {
            match &record.event {
                Event::Planned { steps, .. } if course.planned.is_none() => {
                    course.planned = Some(record.seq);
                    course.steps = steps.len();
                    first = steps.iter().map(|step| step.id.clone()).collect();
                }
                Event::Replanned { proposal, steps } => {
                    course.replans.push(record.seq);
                    let replan = state.replans.iter().find(|replan| replan.seq == *proposal);
                    let before = replan.and_then(|replan| next(&replan.before));
                    let same = match (&before, next(steps)) {
                        (Some(a), Some(b)) => a.same_use(&b),
                        (None, None) => true,
                        (Some(_), None) | (None, Some(_)) => false,
                    };
                    course.turned.extend((!same).then_some(record.seq));
                }
                Event::Entered { .. } => course.loops.push(record.seq),
                Event::Inner { event } => {
                    if let Event::Refused { .. } = event.innermost() {
                        course.refused.push(record.seq);
                    }
                }
                Event::Refused { .. } => course.refused.push(record.seq),
                event if event.is_end() => course.ended = Some(record.seq),
                _ => {}
            }
        }
        for call in calls(session, state).iter().filter(|call| call.done && call.within.is_none()) {
            course.kept += usize::from(first.contains(&call.step));
            course.outside += usize::from(!call.is_loop);
        }
        let stale = state.runs.iter().find(|run| run.on_stale && run.ended.is_some());
        course.on_stale = stale.and_then(|run| run.ended);
        course
    }
}
