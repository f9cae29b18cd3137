//! Breakpoints of an open session: carried out at the tip whatever is looked at, remembered, and looked for in the record.

use crate::describe::breakpoint;
use crate::describe::event;
use crate::engine::breakpoint::search::{First, Past};
use crate::engine::breakpoint::{Breakpoint, Standing};
use crate::engine::command::Command;
use crate::engine::event::Seq;
use crate::engine::state::Phase;
use crate::runtime::breakpoints;
use crate::runtime::searching::{Search, Searched};
use crate::ui::session::app::App;
use crate::ui::session::change::Change;
use crate::ui::session::pane::PaneId;
use crate::ui::session::snapshot::Sought;
use crate::ui::widgets::status_line::About;

impl App {
    /// Sets the breakpoints and watches that are remembered of the goal file, and remembers from now on what becomes of them.
    pub fn recall_breakpoints(&mut self) {
        self.remember_breakpoints();
        let goal = self.driver.session().goal().clone();
        let Some(file) = &goal.file else { return };
        let (remembered, said) = breakpoints::remembered(file, &goal);
        for breakpoint in remembered {
            // A place that stands there twice is one.
            let _ = self.driver.submit(Command::SetBreakpoint { id: None, breakpoint });
        }
        self.refresh();
        if let Some(words) = said.first() {
            self.note(About::Note, words);
        }
    }

    /// Remembers from now on what becomes of the breakpoints of a goal file, and watches what is remembered of it.
    pub fn remember_breakpoints(&mut self) {
        self.remembers = true;
        self.recall_watches();
    }

    /// Sets, changes or removes a breakpoint, now: it forks nothing.
    pub(crate) fn change_breakpoint(&mut self, command: Command) -> Result<(), String> {
        self.driver.submit(command).map_err(|refusal| refusal.message)?;
        self.refresh();
        let file = self.driver.session().goal().file.clone().filter(|_| self.remembers);
        if let Some(file) = file {
            let list = self.driver.state().breakpoints.clone();
            let kept = list.list().iter().map(|standing| &standing.breakpoint);
            if let Err(why) = breakpoints::remember(&file, kept) {
                self.ui.refuse(why);
            }
        }
        Ok(())
    }

    /// Says why it stopped, once, where something else stands in the *Next* line: a proposal, or what it asks.
    pub(super) fn follow_hit(&mut self) {
        let state = self.driver.state();
        let hit = state.stopped_at().cloned();
        let event = hit.as_ref().map(|hit| hit.event);
        if std::mem::replace(&mut self.told, event) == event || self.shown.past {
            return;
        }
        let elsewhere = matches!(state.phase, Phase::Deciding | Phase::Approving) && self.dialog.is_none();
        if let Some(hit) = hit.filter(|_| elsewhere) {
            let words = format!("breakpoint {}: {}", hit.breakpoint, breakpoint::found(&hit, state));
            self.ui.note(About::Note, words);
        }
    }

    /// Has the record looked through.
    pub(crate) fn search(&mut self, search: Search) {
        self.ui.note(About::Note, "looking through the record; nothing runs");
        self.driver.search(search);
    }

    /// Goes to what was looked for, if it is known now.
    pub(super) fn follow_search(&mut self) {
        let Some((search, found)) = self.driver.searched() else { return };
        match (search, found) {
            (Search::Last(..) | Search::Next(..), Searched::Hit(Some(past))) => self.look_at_hit(&past),
            (Search::Last(..), _) => self.ui.refuse("no breakpoint would have stopped it before this moment"),
            (Search::Next(..), _) => self.ui.refuse("no breakpoint would have stopped it after this moment"),
            (Search::First(watch), Searched::First(first)) => self.look_at_first(&watch, &first),
            (Search::Ahead(asked), Searched::Ahead(found)) if asked.number == self.ui.asked_ahead => {
                self.ui.ahead = self.dialog.is_some().then_some(found);
            }
            (Search::Beside(_), Searched::Beside(Ok(page))) => {
                self.ui.toast = None;
                if self.dialog.is_none() {
                    self.show(page.into());
                }
            }
            (Search::Beside(_), Searched::Beside(Err(why))) => self.ui.refuse(why),
            (Search::Values(seq, what), Searched::Values(found)) => self.found_values(seq, &what, found),
            (Search::First(_) | Search::Beside(_) | Search::Values(..) | Search::Ahead(_), _) => {} // no answer to that
        }
    }

    fn look_at_hit(&mut self, past: &Past) {
        let place = self.driver.state().breakpoints.get(past.breakpoint).map(|it| it.breakpoint.place.clone());
        self.look_at(past.moment);
        if let Some(place) = place {
            let state = crate::describe::frame::acting(&self.shown.state);
            let found = breakpoint::what(&past.found, &place, state);
            self.ui.note(About::Note, format!("breakpoint {}: {found}; nothing runs", past.breakpoint));
        }
    }

    fn look_at_first(&mut self, watch: &Breakpoint, first: &First) {
        let place = breakpoint::place(&watch.place, &self.shown.state);
        let condition = place.strip_suffix(" comes to hold").unwrap_or(&place).to_owned();
        match (first.seq, &first.undecided) {
            (Some(seq), _) => {
                self.look_at(seq);
                let session = self.driver.session();
                let record = session.record(seq);
                let what = record.map(|record| event::told(session, record, session.state()).sentence());
                let words = format!("{condition} holds first after event {seq}: {}", what.unwrap_or_default());
                self.ui.note(About::Note, words);
            }
            (None, Some((seq, why))) => {
                self.ui.refuse(format!("{condition} never holds; after event {seq} it could not be decided: {why}"));
            }
            (None, None) => self.ui.refuse(format!("{condition} never holds in this session")),
        }
    }

    pub(crate) fn look_at(&mut self, moment: Seq) {
        let tip = self.driver.state().seq;
        self.carry_out(Change::Look((moment != tip).then_some(moment)));
    }

    /// Selects the row of the trace that tells the event `seq`.
    pub(super) fn select_row(&mut self, seq: Seq) {
        let rows = &self.shown.rows;
        let row = rows.partition_point(|row| *row <= seq).checked_sub(1).and_then(|at| rows.get(at)).copied();
        // It may not be among those that are looked for.
        let left_out = |sought: &&Sought| row.is_some_and(|row| !sought.rows.contains(&row));
        if let Some(sought) = self.shown.sought.as_ref().filter(left_out) {
            let words = format!("event {seq} is not {}: the trace shows all of it again", sought.query.text());
            self.carry_out(Change::FindEnd);
            self.note(About::Note, words);
        }
        let at = self.shown.listed().0.iter().position(|shown| Some(*shown) == row);
        self.ui.focus = PaneId::TRACE;
        self.ui.report_away = true;
        self.ui.select(PaneId::TRACE, at);
    }
}

/// Returns those that would stop the session, with their numbers.
pub(crate) fn stopping(list: &[Standing]) -> Vec<(u32, Breakpoint)> {
    let stops = list.iter().filter(|standing| standing.is_on() && standing.breakpoint.note.is_none());
    stops.map(|standing| (standing.id, standing.breakpoint.clone())).collect()
}
