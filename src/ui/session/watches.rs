//! Watches of an open session: set, changed, remembered of the goal file, and what they come to at the shown moment.

use crate::engine::watch::Watch;
use crate::runtime::watches;
use crate::ui::session::app::App;
use crate::ui::session::change::WatchAct;
use crate::ui::session::pane::PaneId;
use crate::ui::session::snapshot::Watched;
use crate::ui::widgets::json_rows::Part;
use crate::ui::widgets::status_line::About;

impl App {
    /// Watches what is remembered of the goal file.
    pub(super) fn recall_watches(&mut self) {
        let goal = self.driver.session().goal().clone();
        let Some(file) = &goal.file else { return };
        let (remembered, said) = watches::remembered(file, &goal);
        if !remembered.is_empty() {
            self.driver.watch(remembered, None);
            self.follow_watches();
        }
        if let Some(words) = said.first() {
            self.note(About::Note, words);
        }
    }

    /// Sets a watch, changes one or watches it no longer, and remembers that.
    pub(super) fn change_watches(&mut self, act: WatchAct) {
        let mut list: Vec<Watch> = self.driver.watching().list().cloned().collect();
        let mut again = None;
        let (said, at) = match act {
            WatchAct::Set(place, watch) => {
                if let Some(other) = list.iter().position(|other| *other == watch)
                    && place != Some(other)
                {
                    return self.ui.refuse(format!("{} is watched already", watch.name()));
                }
                again = place;
                let words = format!("{} is watched, above the context", watch.name());
                match place.and_then(|place| list.get_mut(place)) {
                    Some(other) => *other = watch,
                    None => list.push(watch),
                }
                (words, Some(place.unwrap_or(list.len() - 1)))
            }
            WatchAct::Remove(place) if place < list.len() => {
                let gone = list.remove(place);
                let next = list.len().checked_sub(1).map(|last| place.min(last));
                (format!("{} is watched no longer", gone.name()), next)
            }
            WatchAct::Move(place, to) if place < list.len() && to < list.len() => {
                list.swap(place, to);
                (String::new(), Some(to))
            }
            WatchAct::Remove(_) | WatchAct::Move(..) => return,
        };
        let file = self.driver.session().goal().file.clone().filter(|_| self.remembers);
        let kept = file.map_or(Ok(()), |file| watches::remember(&file, list.iter()));
        let in_section = self.ui.values.length(Part::Watches);
        self.driver.watch(list, again);
        self.follow_watches();
        let row = at.and_then(|at| self.ui.values.of(Part::Watches, at)).map(|rows| rows.start);
        match (row, self.ui.cursor(PaneId::CONTEXT).at) {
            (Some(row), Some(before)) if before < in_section => self.ui.select(PaneId::CONTEXT, Some(row)),
            _ => {} // who stood below them still does
        }
        match kept {
            Err(why) => self.ui.refuse(why),
            Ok(()) if said.is_empty() => {}
            Ok(()) => self.ui.say(said),
        }
    }

    /// Takes in what the watches come to at the moment that is shown.
    pub(super) fn follow_watches(&mut self) {
        self.read_watches();
        self.list_values();
    }

    pub(super) fn read_watches(&mut self) {
        let readings = self.driver.look_at_watches(&self.shown.state.context);
        let watches = self.driver.watching().list().cloned();
        self.shown.watched = watches.zip(readings).map(|(watch, reading)| Watched { watch, reading }).collect();
    }
}
