//! The branches of the session on the screen: the list, and what is done with one of them.

use crate::compare::branches as compared;
use crate::describe::branches::{self, BranchRow};
use crate::engine::event::Seq;
use crate::ui::dialogs::{BranchAct, Opened};
use crate::ui::session::app::App;

impl App {
    /// Returns the rows of the list of branches, and how many branches are put away.
    pub(super) fn branches(&self) -> (Vec<BranchRow>, usize) {
        let session = self.driver.session();
        let rows = branches::branches(session);
        let away = session.branches().len() - rows.len();
        (rows, away)
    }

    /// Does `act` with a branch. Returns what is open then; `dialog` is the list.
    pub(super) fn branch(&mut self, act: BranchAct, mut dialog: Opened) -> Result<Option<Opened>, String> {
        let (rows, _) = self.branches();
        let named = |first: Seq| rows.iter().find(|row| row.first == first).filter(|row| row.named);
        let name = |first: Seq| named(first).map(|row| row.name.clone());
        match act {
            BranchAct::Go(tip) => {
                self.ui.looking = None;
                self.driver.select(tip).map_err(|refusal| refusal.message)?;
                self.refresh();
                let row = rows.iter().find(|row| row.tip == tip);
                let row = row.map_or_else(String::new, |row| format!("{}; {}", row.name, row.status));
                self.ui.say(format!("you are on another branch: {row}\x03; \x01branch\x02 lists them"));
                return Ok(None);
            }
            BranchAct::Compare(tip) => {
                let session = self.driver.session();
                let here = rows.iter().find(|row| row.is_here);
                let other = rows.iter().find(|row| row.tip == tip);
                let (Some(here), Some(other)) = (here, other) else { return Err("there is no such branch".to_owned()) };
                let page = compared::branches(session, (here.tip, tip), (&here.name, &other.name));
                return page.map(|page| Some(page.into())).ok_or_else(|| format!("there is no event {tip}"));
            }
            BranchAct::Name(first, name) => self.driver.mark_branch(first, name.as_deref(), false),
            BranchAct::PutAway(first) => self.driver.mark_branch(first, name(first).as_deref(), true),
            BranchAct::BringBack => match branches::put_away_last(self.driver.session()) {
                Some((first, name)) => self.driver.mark_branch(first, name.as_deref(), false),
                None => return Err("no branch is deleted".to_owned()),
            },
        }
        .map_err(|refusal| refusal.message)?;
        self.refresh();
        let (rows, away) = self.branches();
        if let Some(list) = dialog.branches() {
            list.renew(rows, away);
        }
        Ok(Some(dialog))
    }
}
