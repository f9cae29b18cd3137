//! The plan as a map: who hands what to whom, which steps could run together, and what the selected one rests on.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::describe::map::{Cell, Map, Node};
use crate::describe::remedies;
use crate::describe::sign::Role;
use crate::describe::step as described;
use crate::describe::text::{self, count};
use crate::describe::why::{Subject, why};
use crate::engine::plan::StepId;
use crate::engine::state::State;
use crate::ui::action::Action;
use crate::ui::dialogs::{Dialog, DialogOutcome, DialogView};
use crate::ui::input::{Input, KeyPress, MouseAct};
use crate::ui::keymap::Mode;
use crate::ui::session::pane::select;
use crate::ui::session::panes::plan::{handed, outdated};
use crate::ui::widgets::row::Row;
use crate::ui::widgets::sheet::{Scroll, Sheet, plain, whole_width};

/// Where it looks its keys up.
const MODES: [Mode; 2] = [Mode::Map, Mode::Page];

/// The narrowest map that says what each step reads and writes.
const FLOW: usize = 64;

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
                    return DialogOutcome::Open(why(view.moment(), &Subject::Step(self.at.clone())).into());
                }
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
        // Lines that are many have two fifths of the width, and show those round the selected step.
        let room = (width / 5).max(4);
        let tracks = map.width();
        let first = match tracks.checked_sub(room) {
            Some(hidden) => map.track(at).saturating_sub(room / 2).saturating_add_signed(self.pan).min(hidden),
            None => 0,
        };
        let shown = first..tracks.min(first + room);
        let rows = at.saturating_sub(height)..(at + height).min(map.nodes.len());
        let lit = map.rests_on(at);
        let id = map.nodes[rows.clone()].iter().map(|node| text::width(&node.step.id)).max().unwrap_or(0);
        let name = map.nodes[rows.clone()].iter().map(|node| text::width(node.step.name())).max().unwrap_or(0);
        let flow = (4 + 2 * shown.len() + 1 + id + 1 + name + 2).min(width / 2);
        let mut body = vec![Line::default(); map.nodes.len()];
        let cells = map.cells(rows.clone(), shown.clone(), &lit);
        for (row, cells) in rows.zip(cells) {
            let wave = (row == 0 || map.nodes[row - 1].wave != map.nodes[row].wave).then_some(map.nodes[row].wave);
            let line = line(view, &map.nodes[row], wave, &cells, lit[row], Columns { width, id, flow });
            body[row] = if row == at { select(line, view.theme) } else { line };
        }
        let mut title = format!("Map: {}", count(map.nodes.len(), "step"));
        let waves = map.nodes.iter().map(|node| node.wave).max().unwrap_or(0);
        title.push_str(&format!(", {}", count(waves, "wave")));
        if shown.len() < tracks {
            title.push_str(&format!(", lines {} to {} of {tracks}", shown.start + 1, shown.end));
        }
        let hints = view.hints(&MODES).keys(&[Action::Up, Action::Down], "step").key(Action::Open, "go to it");
        let hints = hints.key(Action::Why, "why");
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

/// Where the parts of a row stand.
#[derive(Clone, Copy)]
struct Columns {
    /// How wide a row is.
    width: usize,
    /// How wide an id is.
    id: usize,
    /// Where it is said what a step reads and writes.
    flow: usize,
}

/// Returns the row of a step: its wave, the lines with its sign among them, its name, what it hands over, how it stands.
fn line(
    view: &DialogView<'_>,
    node: &Node<'_>,
    wave: Option<usize>,
    cells: &[Cell],
    lit: bool,
    columns: Columns,
) -> Line<'static> {
    let Columns { width, id, flow: at } = columns;
    let (state, theme) = (view.state, view.theme);
    let (sign, status) = standing(state, node);
    let (dim, words, strong) = (theme.style(Role::Dim), theme.style(Role::Text), theme.style(Role::Strong));
    let border = |lit: bool| if lit { strong } else { theme.style(Role::Border) };
    let wave = wave.map_or_else(String::new, |wave| wave.to_string());
    let mut row = Row::new().put(&format!("{wave:>3} "), dim);
    for cell in cells {
        row = match cell.line() {
            _ if cell.node => row.put(sign.glyph(), theme.style(sign)),
            Some(line) => row.put(line.encode_utf8(&mut [0; 4]), border(cell.lit_down || cell.lit_across)),
            None => row.put(" ", words),
        };
        let across = if cell.lit_across { "━" } else { "─" };
        row = if cell.right { row.put(across, border(cell.lit_across)) } else { row.put(" ", words) };
    }
    let name = if lit { strong } else { words };
    row = row.put(" ", words).put(&text::pad(&node.step.id, id), dim).put(" ", words).put(node.step.name(), name);
    if width >= FLOW {
        let ends = if status.is_empty() { 0 } else { text::width(&status) + 1 };
        let room = width.saturating_sub(at.max(row.left_width() + 1) + ends);
        let (flow, short) = handed(node.step, width);
        let fits = short.into_iter().find(|words| text::width(&flow) > room && text::width(words) <= room);
        row = row.tab(at, true).put(&fits.unwrap_or(flow), dim);
    }
    row.right(&status, theme.words(sign)).fit(width, 24)
}

/// Returns the sign of a step, and how it stands in a word.
fn standing(state: &State, node: &Node<'_>) -> (Role, String) {
    let step = node.step;
    let Some(run) = node.run else {
        return match () {
            () if step.skip => (Role::Skipped, "skipped".to_owned()),
            () if remedies::blocks(state, &step.id) => (Role::Surprise, "blocked".to_owned()),
            () if state.next_step().is_some_and(|next| next.id == step.id) => (Role::Current, "next".to_owned()),
            () => (Role::Pending, String::new()),
        };
    };
    match described::sign(run.status) {
        Role::Done if outdated(state, run) => (Role::Stale, "stale".to_owned()),
        sign => (sign, run.word().to_owned()),
    }
}
