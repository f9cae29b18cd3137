//! The plan as a map: who hands what to whom, which steps could run together, and what the selected one rests on.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::describe::map::Map;
use crate::describe::text::{self, count};
use crate::describe::why::Subject;
use crate::engine::plan::StepId;
use crate::ui::action::Action;
use crate::ui::dialogs::page::Pager;
use crate::ui::dialogs::{Dialog, DialogOutcome, DialogView};
use crate::ui::input::{Input, KeyPress, MouseAct};
use crate::ui::keymap::Mode;
use crate::ui::session::layout::BESIDE;
use crate::ui::session::panes::map::{Seen, lines};
use crate::ui::widgets::sheet::{Scroll, Sheet, plain, whole_width};

/// Where it looks its keys up.
const MODES: [Mode; 2] = [Mode::Map, Mode::Page];

/// The map, and the step on it that is selected.
#[derive(Clone, Debug)]
pub struct PlanMap {
    /// The selected step: it stays selected while others come and go.
    at: StepId,
    /// How far the lines were moved to the side by hand, in tracks.
    pan: isize,
    scroll: Scroll,
}

impl PlanMap {
    /// Returns the map of what is looked at, with this step selected.
    pub fn open(at: StepId) -> PlanMap {
        PlanMap { at, pan: 0, scroll: Scroll::default() }
    }

    /// Returns the row of the selected step; where it is gone, the first that is still to do.
    fn row(&self, map: &Map<'_>) -> usize {
        let rows = || map.nodes.iter();
        let found = rows().position(|node| node.step.id == self.at).or_else(|| rows().position(|n| n.run.is_none()));
        found.unwrap_or(map.nodes.len().saturating_sub(1))
    }

    fn go(&mut self, map: &Map<'_>, to: usize) {
        if let Some(node) = map.nodes.get(to.min(map.nodes.len().saturating_sub(1))) {
            self.at = node.step.id.clone();
            self.pan = 0; // the lines follow the selected step again
        }
    }
}

impl Dialog for PlanMap {
    fn handle(&mut self, input: &Input, view: &DialogView<'_>) -> DialogOutcome {
        let map = Map::of(view.state);
        let at = self.row(&map);
        let page = self.scroll.page();
        match input {
            Input::Key(press) => match view.keymap.action(&MODES, *press) {
                Some(Action::Close) => return DialogOutcome::Close,
                Some(Action::Open) => return DialogOutcome::Select(self.at.clone()),
                Some(Action::Why) => {
                    return DialogOutcome::Open(Pager::why(view.moment(), Subject::Step(self.at.clone())).into());
                }
                Some(Action::LightPath) => return DialogOutcome::Light(Subject::Step(self.at.clone())),
                Some(Action::MapBeside) => return DialogOutcome::Run(Action::MapBeside.name()),
                Some(Action::Up) => self.go(&map, at.saturating_sub(1)),
                Some(Action::Down) => self.go(&map, at + 1),
                Some(Action::PageUp) => self.go(&map, at.saturating_sub(page)),
                Some(Action::PageDown) => self.go(&map, at + page),
                Some(Action::Top) => self.go(&map, 0),
                Some(Action::Bottom) => self.go(&map, usize::MAX),
                Some(Action::Left) => self.pan -= 1,
                Some(Action::Right) => self.pan += 1,
                _ => {} // bound to no key here
            },
            Input::Mouse { act: MouseAct::WheelUp, .. } => self.go(&map, at.saturating_sub(3)),
            Input::Mouse { act: MouseAct::WheelDown, .. } => self.go(&map, at + 3),
            Input::Mouse { act: MouseAct::Click, column, row } => {
                let row = self.scroll.row_at(*column, *row).filter(|row| *row < map.nodes.len());
                match row {
                    // A second click on the selected one opens it, as in the panes.
                    Some(row) if row == at => return DialogOutcome::Select(self.at.clone()),
                    Some(row) => self.go(&map, row),
                    None => {}
                }
            }
            Input::Mouse { act: MouseAct::Drag, .. } | Input::Paste(_) | Input::Resized { .. } => {}
        }
        DialogOutcome::Stay
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, view: &DialogView<'_>) {
        let map = Map::of(view.state);
        let at = self.row(&map);
        let (width, height) = (whole_width(area), usize::from(area.height));
        let tracks = map.width();
        let rows = at.saturating_sub(height)..(at + height).min(map.nodes.len());
        let lit = map.rests_on(at);
        let mut body = vec![Line::default(); map.nodes.len()];
        let seen = Seen { at, lit: &lit, pan: self.pan };
        let (lines, shown) = lines((view.state, view.theme), &map, rows.clone(), seen, width);
        for (row, line) in rows.zip(lines) {
            body[row] = line;
        }
        let mut title = format!("Map: {}", count(map.nodes.len(), "step"));
        let waves = map.nodes.iter().map(|node| node.wave).max().unwrap_or(0);
        title.push_str(&format!(", {}", count(waves, "wave")));
        if shown.len() < tracks {
            title.push_str(&format!(", lines {} to {} of {tracks}", shown.start + 1, shown.end));
        }
        let hints = view.hints(&MODES).keys(&[Action::Up, Action::Down], "step").key(Action::Open, "go to it");
        let hints = hints.key(Action::Why, "why");
        let hints = if area.width >= BESIDE { hints.key(Action::MapBeside, "beside the plan") } else { hints };
        let hints = if shown.len() < tracks { hints.keys(&[Action::Left, Action::Right], "lines") } else { hints };
        let hints = hints.key(Action::Close, "close").done();
        let words =
            "the number is the wave: its steps need nothing of each other; heavy: what the selected step rests on";
        let words = if text::width(words) <= width {
            words
        } else {
            "number: the wave; heavy: what the selected step rests on"
        };
        // The steps come first.
        let foot = if map.nodes.len() + 8 <= height { plain(words, width) } else { Vec::new() };
        let focus = Some(at);
        Sheet { title, body, focus, foot, hints, tall: true, whole: true, ..Sheet::default() }.draw(
            area,
            buf,
            view.theme,
            &self.scroll,
        );
    }

    fn takes_space(&self) -> bool {
        false
    }

    fn key_at(&self, column: u16, row: u16) -> Option<KeyPress> {
        self.scroll.key_at(column, row)
    }

    fn refuse(&mut self, _message: &str) {}
}
