//! What a form would lead to as it is typed: foreseen by the engine, put into words, kept until something changes.

use std::cell::{Cell, RefCell};

use crate::describe::ahead;
use crate::describe::impact::impact;
use crate::describe::sign::Role;
use crate::engine::command::Command;
use crate::engine::effect::Inquiry;
use crate::engine::event::Seq;
use crate::engine::foresee::foresee;
use crate::ui::dialogs::DialogView;

/// What was foreseen last.
#[derive(Clone, Debug, Default)]
pub(super) struct Preview {
    seen: RefCell<Option<Seen>>,
    /// The moment at which it was asked last what would follow.
    asked: Cell<Option<Seq>>,
}

/// What a dialog wants to be run ahead.
#[derive(Clone, Debug)]
pub enum RunAhead {
    /// Nothing: what is typed is not a command.
    Nothing,
    /// What it wanted before.
    Same,
    /// This command.
    Of(Box<Command>),
}

#[derive(Clone, Debug)]
struct Seen {
    seq: Seq,
    /// How many conditions were judged by then.
    judged: usize,
    lines: Vec<(Role, String)>,
    pending: Vec<Inquiry>,
}

impl Preview {
    /// Forgets what was foreseen: what is typed is another command now.
    pub(super) fn clear(&self) {
        self.seen.replace(None);
        self.asked.set(None);
    }

    /// Returns what is to be run ahead of `command`, once.
    pub(super) fn ahead(&self, view: &DialogView<'_>, command: impl FnOnce() -> Result<Command, String>) -> RunAhead {
        if self.asked.replace(Some(view.state.seq)) == Some(view.state.seq) {
            return RunAhead::Same;
        }
        command().map_or(RunAhead::Nothing, |command| RunAhead::Of(Box::new(command)))
    }

    /// Returns what `command` would lead to, in lines; `command` is asked for only where that is not known.
    pub(super) fn lines(
        &self,
        view: &DialogView<'_>,
        command: impl FnOnce() -> Result<Command, String>,
    ) -> Vec<(Role, String)> {
        let mut lines = self.look(view, command).lines;
        // Why it would be refused is said already.
        if let Some(Ok(ahead)) = view.ahead {
            lines.extend(ahead::lines(view.state, ahead));
        }
        lines
    }

    /// Returns the conditions that have to be judged before more can be said.
    pub(super) fn pending(
        &self,
        view: &DialogView<'_>,
        command: impl FnOnce() -> Result<Command, String>,
    ) -> Vec<Inquiry> {
        self.look(view, command).pending
    }

    fn look(&self, view: &DialogView<'_>, command: impl FnOnce() -> Result<Command, String>) -> Seen {
        let (seq, judged) = (view.state.seq, view.judgements.len());
        if let Some(seen) = self.seen.borrow().as_ref().filter(|seen| (seen.seq, seen.judged) == (seq, judged)) {
            return seen.clone();
        }
        let (lines, pending) = match command() {
            Ok(command) => match foresee(view.state, command, view.judgements) {
                Ok(foreseen) => (impact(view.state, &foreseen), foreseen.pending),
                Err(refusal) => (vec![(Role::Failed, refusal.message)], Vec::new()),
            },
            Err(why) => (vec![(Role::Failed, why)], Vec::new()),
        };
        let seen = Seen { seq, judged, lines, pending };
        self.seen.replace(Some(seen.clone()));
        seen
    }
}
