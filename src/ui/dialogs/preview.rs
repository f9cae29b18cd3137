//! What a form would lead to as it is typed: foreseen by the engine, put into words, kept until something changes.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::describe::impact::impact;
use crate::describe::sign::Role;
use crate::engine::command::Command;
use crate::engine::effect::Inquiry;
use crate::engine::event::Seq;
use crate::engine::foresee::foresee;
use crate::engine::state::State;
use crate::ui::dialogs::DialogView;

/// What was foreseen last.
#[derive(Clone, Debug, Default)]
pub(super) struct Preview {
    seen: RefCell<Option<Seen>>,
}

#[derive(Clone, Debug)]
struct Seen {
    seq: Seq,
    /// How many conditions were judged by then.
    judged: usize,
    lines: Vec<(Role, String)>,
    pending: Vec<Inquiry>,
    /// The state then, under a number of its own; none: it cannot be applied.
    then: Option<(u64, State)>,
}

/// The number of the next state that is foreseen.
static NEXT: AtomicU64 = AtomicU64::new(1);

impl Preview {
    /// Forgets what was foreseen: what is typed is another command now.
    pub(super) fn clear(&self) {
        self.seen.replace(None);
    }

    /// Returns what `command` would lead to, in lines; `command` is asked for only where that is not known.
    pub(super) fn lines(
        &self,
        view: &DialogView<'_>,
        command: impl FnOnce() -> Result<Command, String>,
    ) -> Vec<(Role, String)> {
        self.look(view, command).lines
    }

    /// Returns the conditions that have to be judged before more can be said.
    pub(super) fn pending(
        &self,
        view: &DialogView<'_>,
        command: impl FnOnce() -> Result<Command, String>,
    ) -> Vec<Inquiry> {
        self.look(view, command).pending
    }

    /// Returns the state then, under a number of its own; none: it cannot be applied as it is.
    pub(super) fn then(
        &self,
        view: &DialogView<'_>,
        command: impl FnOnce() -> Result<Command, String>,
    ) -> Option<(u64, State)> {
        self.look(view, command).then
    }

    fn look(&self, view: &DialogView<'_>, command: impl FnOnce() -> Result<Command, String>) -> Seen {
        let (seq, judged) = (view.state.seq, view.judgements.len());
        if let Some(seen) = self.seen.borrow().as_ref().filter(|seen| (seen.seq, seen.judged) == (seq, judged)) {
            return seen.clone();
        }
        let foreseen = command()
            .and_then(|command| foresee(view.state, command, view.judgements).map_err(|refusal| refusal.message));
        let (lines, pending, then) = match foreseen {
            Ok(foreseen) => {
                let id = NEXT.fetch_add(1, Ordering::Relaxed);
                (impact(view.state, &foreseen), foreseen.pending, Some((id, foreseen.state)))
            }
            Err(why) => (vec![(Role::Failed, why)], Vec::new(), None),
        };
        let seen = Seen { seq, judged, lines, pending, then };
        self.seen.replace(Some(seen.clone()));
        seen
    }
}
