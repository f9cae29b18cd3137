//! What could go wrong: every single fault in every lane as a table, the worst first, while it is being tried out.
//!
//! [`Stress`] holds a [`Stressing`]: what comes back becomes rows, and each cell can be opened as a session at the moment
//! of its fault. Nothing here waits for a run.

mod act;
mod draw;

use futures_util::future::LocalBoxFuture;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::engine::state::State;
use crate::runtime::services::Services;
use crate::runtime::stressing::{Moved, Stressing, Tried};
use crate::stress::table::{Row, Table};
use crate::stress::verdict::Verdict;
use crate::ui::dialogs::{DialogView, Opened};
use crate::ui::input::Input;
use crate::ui::keymap::{Keymap, Mode};
use crate::ui::navigate::Destination;
use crate::ui::screen::{Left, Request, Screen};
use crate::ui::theme::Theme;
use crate::ui::widgets::status_line::{About, Toast};

/// The only mode that is active here.
const MODES: [Mode; 1] = [Mode::Stress];

/// The screen of what could go wrong.
pub struct Stress {
    stressing: Stressing,
    /// The faults as they were drawn last.
    table: Table,
    /// Whether more is known than what was drawn.
    behind: bool,
    /// The selected fault, by its sentence; none: the worst, whichever it is.
    at: Option<String>,
    /// The selected lane.
    lane: usize,
    /// Whether faults are shown that changed nothing in any lane.
    all: bool,
    /// What the sentence of a shown fault has to hold.
    filter: String,
    /// The first row that is seen.
    top: usize,
    /// Where the rows were drawn.
    rows: Rect,
    dialog: Option<Opened>,
    toast: Option<Toast>,
    keymap: Keymap,
    theme: Theme,
    size: (u16, u16),
    requests: Vec<Request>,
    /// What dialogs may look at.
    blank: State,
}

impl Stress {
    /// Begins to try out what could go wrong with `tried`.
    pub fn new(tried: Tried, services: Services, keymap: Keymap, theme: Theme, size: (u16, u16)) -> Stress {
        let stressing = Stressing::new(tried, services);
        let blank = State::new(stressing.goal().clone());
        Stress {
            stressing,
            table: Table { lanes: Vec::new(), rows: Vec::new() },
            behind: true,
            at: None,
            lane: 0,
            all: false,
            filter: String::new(),
            top: 0,
            rows: Rect::default(),
            dialog: None,
            toast: None,
            keymap,
            theme,
            size,
            requests: Vec::new(),
            blank,
        }
    }

    /// Waits until everything was tried out, for tests.
    pub fn finish(&mut self) {
        self.stressing.finish();
        self.behind = true;
    }

    /// Takes in what came.
    fn moved(&mut self, moved: Moved) {
        match moved {
            Moved::On => self.behind = true,
            Moved::Open(session, at) => {
                self.toast = None;
                self.requests.push(Request::Open(Destination::Moment(session, at)));
            }
        }
    }

    /// Derives what is drawn.
    fn catch_up(&mut self) {
        if std::mem::take(&mut self.behind) {
            self.table = self.stressing.table();
        }
    }

    /// Returns the rows that are shown.
    fn shown(&self) -> Vec<&Row> {
        let quiet = |row: &Row| {
            let silent = |verdict| matches!(verdict, Verdict::Same | Verdict::NotMet | Verdict::NotJudged);
            row.cells.iter().all(|cell| silent(cell.verdict))
        };
        let needle = self.filter.to_lowercase();
        let holds = |row: &Row| needle.is_empty() || row.fault.sentence.to_lowercase().contains(&needle);
        self.table.rows.iter().filter(|row| (self.all || !quiet(row)) && holds(row)).collect()
    }

    /// Returns which of the `shown` rows is selected.
    fn selected(&self, shown: &[&Row]) -> usize {
        let found = self.at.as_ref().and_then(|at| shown.iter().position(|row| row.fault.sentence == *at));
        found.unwrap_or(0)
    }

    /// Says this until the next key.
    fn say(&mut self, words: impl Into<String>) {
        self.toast = Some(Toast::new(About::Done, words));
    }

    /// Hands `act` what dialogs may look at.
    fn with_dialog_view<T>(&self, act: impl FnOnce(&DialogView<'_>) -> T) -> T {
        DialogView::bare((&self.blank, &[]), &self.theme, &self.keymap, act)
    }
}

impl Screen for Stress {
    fn input(&mut self, input: &Input) -> Vec<Request> {
        self.act_on(input);
        std::mem::take(&mut self.requests)
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer) {
        self.catch_up();
        draw::draw(self, area, buf);
        if let Some(dialog) = &self.dialog {
            self.with_dialog_view(|view| dialog.draw(area, buf, view));
        }
    }

    fn next(&mut self) -> LocalBoxFuture<'_, bool> {
        Box::pin(async {
            let moved = self.stressing.next().await;
            self.moved(moved);
            true
        })
    }

    fn wishes(&mut self) -> Vec<Request> {
        std::mem::take(&mut self.requests)
    }

    fn title(&self) -> String {
        format!("planscope · what could go wrong · {}", self.stressing.goal().goal)
    }

    fn refuse(&mut self, why: String) {
        self.toast = Some(Toast::new(About::Refused, why));
    }

    fn restyle(&mut self, theme: Theme) {
        self.theme = theme;
    }

    fn resume(&mut self, left: Left) {
        match (left.unsaved, left.session) {
            (Some(why), _) => self.refuse(format!("the session cannot be saved: {why}")),
            (None, Some(_)) => self.say("the session is kept; planscope sessions lists it"),
            (None, None) => {}
        }
    }
}
