//! The session as the event loop knows it: what comes in, frames, what goes on without a person, and how it is left.

use std::time::{Duration, Instant};

use futures_util::future::LocalBoxFuture;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::describe::reproduce::farewell;
use crate::runtime::driver::DriverEvent;
use crate::ui::input::Input;
use crate::ui::mask;
use crate::ui::screen::{Left, Request, Screen};
use crate::ui::session::app::App;
use crate::ui::session::demo::Play;
use crate::ui::session::draw::Frame;
use crate::ui::session::panes::footer;
use crate::ui::theme::Theme;

/// How often it is said how far a search is.
const PROGRESS: Duration = Duration::from_millis(200);

impl Screen for App {
    fn input(&mut self, input: &Input) -> Vec<Request> {
        self.act_on(input);
        self.glance_at_disk();
        std::mem::take(&mut self.requests)
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer) {
        self.catch_up();
        let aside =
            self.is_demo() && !self.shows_for_beat() && self.dialog.as_ref().is_some_and(|it| !it.takes_space());
        if let Some(presented) = &mut self.ui.present {
            presented.aside = aside;
        }
        let next = footer::next(&self.view(), usize::from(area.width));
        // What is unfolded depends on the room that there is.
        if self.ui.listed != self.context_room(next.lines.len()) {
            self.list_values();
        }
        let frame = self.view().draw_around(next, area, buf);
        for (pane, top) in frame.tops() {
            if let Some(cursor) = self.ui.cursors.get_mut(pane.0) {
                cursor.top = top;
            }
        }
        self.frame = Some(frame);
        if let Some(dialog) = &self.dialog {
            // What an audience reads of the beat stays below it.
            let caption = self.demo.as_ref().and(self.frame.as_ref()).map_or(0, Frame::caption);
            let area = Rect { height: area.height - caption, ..area };
            let area = self.banner(area, buf);
            self.with_dialog_view(|view| dialog.draw(area, buf, view));
        }
        if self.ui.present.is_some() {
            mask::hide(buf, area, &self.secrets);
        }
    }

    fn next(&mut self) -> LocalBoxFuture<'_, bool> {
        Box::pin(async {
            tokio::select! {
                event = self.driver.next() => {
                    // A course that is followed is shown once it is known.
                    let follows = event == DriverEvent::Watched && self.driver.is_watching_behind();
                    let shows = event != DriverEvent::Saved && !follows;
                    self.moved(event);
                    let played = self.play_on();
                    // Before an audience only what rests is shown, which is the same every time.
                    (shows || played) && (self.demo.is_none() || self.rests())
                }
                () = until(self.play.as_ref().and_then(Play::due)) => {
                    self.play_on();
                    self.demo.is_none() || self.rests()
                }
                came = App::tutored(&mut self.tutor) => {
                    self.taught(came);
                    true
                }
                listed = App::listed(&mut self.servers) => {
                    self.take_listing(listed);
                    true
                }
            }
        })
    }

    /// Returns how long it is until the elapsed time of the running step changes on the screen, if one runs.
    fn deadline(&self) -> Option<Duration> {
        // How far a search is, is said as it goes.
        let looks = self.driver.searches().map(|_| PROGRESS);
        let elapses = self.started.filter(|_| self.ui.times).map(|(_, since)| {
            let elapsed = since.elapsed();
            Duration::from_secs(elapsed.as_secs() + 1).saturating_sub(elapsed)
        });
        looks.into_iter().chain(elapses).min()
    }

    fn give(&mut self, text: Result<String, String>) {
        match (&mut self.dialog, text) {
            (Some(dialog), text) => dialog.give(text),
            // Without a dialog, only the card was asked to be saved.
            (None, Ok(saved)) => self.ui.say(saved),
            (None, Err(why)) => self.ui.refuse(why),
        }
        // What is there now may lead to something else than what was there.
        self.judge_what_is_foreseen();
    }

    fn refuse(&mut self, why: String) {
        self.ui.refuse(why);
    }

    fn restyle(&mut self, theme: Theme) {
        self.theme = theme;
        // What was laid out already has the old one.
        self.shown.restyle();
    }

    fn leave(&mut self) -> Left {
        // Where it cannot be written down, syncing says so.
        let _ = self.driver.stay();
        let unsaved = self.driver.sync().err().map(|trouble| trouble.to_string());
        let words = self.farewell();
        Left { session: Some((self.driver.session().clone(), self.driver.path().to_owned())), unsaved, words }
    }

    fn title(&self) -> String {
        format!("planscope · {}", self.shown.state.goal.goal)
    }

    fn resume(&mut self, _left: Left) {
        self.refresh();
    }

    fn is_unsaved(&mut self) -> bool {
        self.driver.sync().is_err()
    }

    fn farewell(&mut self) -> String {
        let unsaved = self.driver.sync().err();
        let unsaved = unsaved.map(|trouble| format!("the session cannot be saved: {trouble}\n"));
        let words = farewell(self.driver.session(), self.driver.path(), self.named.as_deref());
        // Nobody goes on in what was presented alone, and an audience reads no path.
        if self.is_demo() {
            return unsaved.unwrap_or_default() + "The demo is over; the sessions are as they were.\n";
        }
        let rescued = self.driver.rescued().map(|what| format!("{what}\n"));
        unsaved.or(rescued).unwrap_or_default() + &words
    }
}

/// Waits until `due`; for ever where nothing is.
async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due.into()).await,
        None => std::future::pending().await,
    }
}
