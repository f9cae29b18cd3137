//! Lighting what lies on the chain of a why, in every pane, down to what was observed.

use crate::describe::Moment;
use crate::describe::chain::Chain;
use crate::describe::text::count;
use crate::describe::why::{LONGEST, Subject};
use crate::engine::event::{Event, Seq};
use crate::engine::state::Phase;
use crate::ui::session::app::App;
use crate::ui::session::change::DialogRequest;
use crate::ui::session::lists::{context, plan};
use crate::ui::session::pane::PaneId;
use crate::ui::session::view::View;

/// What is lit.
#[derive(Clone, Debug)]
pub struct Lit {
    /// The question whose chain it is.
    pub subject: Subject,
    /// What lies on it at the moment that is shown.
    pub chain: Chain,
    /// Whether the report was put away for it.
    pub hides: bool,
}

impl App {
    /// Lights the chain of `subject`, or says that nothing lies on it.
    pub(super) fn light(&mut self, subject: Subject) {
        let chain = self.chain(&subject);
        if chain.is_empty() {
            return self.ui.refuse("nothing lies on that chain at this moment");
        }
        let Chain { about, steps, keys, events } = &chain;
        let said = format!(
            "lit: what {about} rests on: {}, {}, {}\x03; \x01path_end\x02 ends it",
            count(steps.len(), "step"),
            count(keys.len(), "key"),
            count(events.len(), "event")
        );
        self.ui.say(said);
        // The trace has its part in it.
        let hides = self.view().reports() || self.ui.lit.as_ref().is_some_and(|lit| lit.hides);
        self.ui.report_away |= hides;
        self.ui.lit = Some(Lit { subject, chain, hides });
    }

    /// Lights nothing any longer.
    pub(super) fn light_nothing(&mut self) {
        if self.ui.lit.take().is_some_and(|lit| lit.hides) {
            self.ui.report_away = false;
        }
    }

    /// Follows what is lit to the moment that is shown now.
    pub(super) fn follow_lit(&mut self) {
        if let Some(Lit { subject, hides, .. }) = self.ui.lit.take() {
            let chain = self.chain(&subject);
            self.ui.lit = (!chain.is_empty()).then_some(Lit { subject, chain, hides });
        }
    }

    fn chain(&self, subject: &Subject) -> Chain {
        let records = self.driver.session().records();
        Chain::of(Moment { state: &self.shown.state, records, longest: LONGEST, times: self.ui.times }, subject)
    }
}

/// Returns what is to be lit in place of a page that would say why; none: it rests on nothing.
pub(super) fn asked(view: &View<'_>, ask: &DialogRequest) -> Option<Subject> {
    match ask {
        DialogRequest::WhyStep(id) => {
            let state = &view.shown.state;
            let proposed = || {
                state.waiting_proposal().is_some_and(|replan| replan.proposal.after.iter().any(|step| step.id == *id))
            };
            (state.step(id).is_some() || proposed()).then(|| Subject::Step(id.clone()))
        }
        DialogRequest::WhyKey(key) => Some(Subject::Key(key.as_str().into())),
        DialogRequest::Thought(seq) => {
            let turn = view.shown.state.turns.iter().rev().find(|turn| turn.seq == *seq);
            let step = turn?.thought.step.as_ref()?;
            // A step that was only thought of rests on nothing yet.
            view.shown.state.step(&step.id).map(|step| Subject::Step(step.id.clone()))
        }
        DialogRequest::WhyEnd => Some(Subject::End),
        DialogRequest::WhyEvent(seq) => raised(view, *seq).or_else(|| about(view, *seq)),
        _ => None, // the others say why of nothing that has a chain
    }
}

/// Returns the question that the event `seq` raises; none: it is told by its entry.
pub(super) fn raised(view: &View<'_>, seq: Seq) -> Option<Subject> {
    let state = &view.shown.state;
    if let Some(at) = state.replans.iter().position(|replan| replan.seq == seq) {
        return Some(Subject::Replan(at));
    }
    match &view.session.record(seq)?.event {
        Event::Deviated { .. } => Some(Subject::Deviations),
        Event::Ended { .. } | Event::Unplannable { .. } if matches!(state.phase, Phase::Ended { .. }) => {
            Some(Subject::End)
        }
        _ => None, // its entry tells all there is
    }
}

/// Returns the step or the key that the event `seq` is about, where it is there at the moment that is shown.
fn about(view: &View<'_>, seq: Seq) -> Option<Subject> {
    let event = &view.session.record(seq)?.event;
    let step = event.step().filter(|id| view.shown.state.step(id).is_some()).cloned().map(Subject::Step);
    step.or_else(|| event.touches().first().map(|key| Subject::Key((*key).clone())))
}

/// Tells which entries of `pane` lie on the chain that is lit; none: nothing is lit.
pub(super) fn lit<'v>(view: &'v View<'_>, pane: PaneId) -> Option<Box<dyn Fn(usize) -> bool + 'v>> {
    let chain = &view.ui.lit.as_ref()?.chain;
    Some(match pane {
        PaneId::PLAN => Box::new(|at| {
            plan::item(view, at).and_then(|item| item.step()).is_some_and(|step| chain.steps.contains(&step.id))
        }),
        PaneId::CONTEXT => Box::new(|at| {
            let key = |at: usize| {
                let row = view.ui.values.get(at)?;
                context::book(view.shown, row.part)?.key(row.entry).cloned()
            };
            key(at).is_some_and(|key| chain.keys.contains(&key))
        }),
        PaneId::TRACE if view.below() == crate::ui::session::model::Below::Trace => {
            Box::new(|at| view.shown.listed().0.get(at).is_some_and(|seq| chain.events.contains(seq)))
        }
        _ => return None, // what stands in place of the trace is read as a whole
    })
}

/// Returns how much of what is lit `pane` shows, in words.
pub(super) fn said(view: &View<'_>, pane: PaneId) -> Option<String> {
    let chain = &view.ui.lit.as_ref()?.chain;
    Some(match pane {
        PaneId::PLAN => format!("lit: {}", count(chain.steps.len(), "step")),
        PaneId::CONTEXT => format!("lit: {}", count(chain.keys.len(), "key")),
        PaneId::TRACE => format!("lit: {}", count(chain.events.len(), "event")),
        _ => return None, // no other pane has part in it
    })
}
