//! Which keys are active: the modes of the keymap, from what is selected and what waits.

use crate::describe::frame::acting;
use crate::engine::state::Phase;
use crate::ui::keymap::{Mode, Part};
use crate::ui::session::lists::plan;
use crate::ui::session::model::Below;
use crate::ui::session::pane::PaneId;
use crate::ui::session::view::View;

impl View<'_> {
    /// Returns the modes that are active, the most specific first.
    pub fn modes(&self) -> Vec<Mode> {
        let mut modes = Vec::new();
        let phase = &acting(&self.shown.state).phase;
        if let Some(presented) = &self.ui.present {
            modes.extend(presented.beat.is_some().then_some(Mode::Demo));
            modes.push(Mode::Presenting);
        } else if let Some(taught) = &self.ui.lesson {
            modes.extend(taught.asks().then_some(Mode::Question));
            modes.push(Mode::Lesson);
        }
        // A search says which keys are its own, so they are, whatever else they mean here.
        if self.finds() {
            modes.push(Mode::Find);
        }
        if self.ui.lit.is_some() {
            modes.push(Mode::Lit);
        }
        if self.shown.past {
            if self.ui.watched().is_some() {
                modes.push(Mode::Again);
            }
            modes.push(Mode::Past);
        } else if let Some(watch) = self.ui.watched() {
            modes.push(Mode::Replan);
            modes.extend((!watch.tells()).then_some(Mode::Predict));
        } else if matches!(phase, Phase::Review | Phase::Approving) && self.ui.focus == PaneId::PLAN {
            modes.push(Mode::Approve);
        } else if self.ui.focus == PaneId::PLAN && self.opens_entry() {
            modes.push(Mode::Turn);
        }
        if self.offers_choices() {
            modes.push(Mode::Report);
        }
        modes.extend(self.pane(self.ui.focus).mode());
        modes.push(Mode::Everywhere);
        modes
    }

    /// Tells whether a search is under way where the person is: the moments that are looked for are those of the trace.
    pub fn finds(&self) -> bool {
        let narrows = self.shown.sought.is_some();
        self.ui.find.is_some() && (!narrows || self.ui.focus == PaneId::TRACE && self.below() == Below::Trace)
    }

    /// Returns `words` with the keys that work here, now, in the places of the actions that they name.
    pub fn words<'w>(&self, words: &'w str) -> std::borrow::Cow<'w, str> {
        self.keymap.fill(&self.modes(), words)
    }

    /// Returns the parts of `words`: texts, and the keys that work here, now, each with its action.
    pub fn parts<'w>(&self, words: &'w str) -> Vec<Part<'w>> {
        self.keymap.parts(&self.modes(), words)
    }

    /// Tells whether what the plan pane has selected can be opened, and nothing else waits for the person.
    fn opens_entry(&self) -> bool {
        let at = plan::selected(self);
        !self.session.state().waits_for_person()
            && (plan::turn_at(self, at).is_some() || plan::loop_at(self, at).is_some())
    }
}
