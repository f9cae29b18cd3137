//! The rows of a map: the lines between the steps, and each step in words. The whole map and the one beside the plan share them.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::describe::map::{Cell, Map, Node};
use crate::describe::remedies;
use crate::describe::sign::Role;
use crate::describe::step as described;
use crate::describe::text::{self, count};
use crate::engine::context::Origin;
use crate::engine::plan::StepId;
use crate::engine::state::State;
use crate::ui::session::lists;
use crate::ui::session::pane::{PaneId, select};
use crate::ui::session::panes::plan::{handed, outdated};
use crate::ui::session::view::View;
use crate::ui::theme::Theme;
use crate::ui::widgets::cells::{frame, padded, put, put_over};
use crate::ui::widgets::row::Row;
use crate::ui::widgets::scroll;

/// The narrowest map that says what each step reads and writes.
const FLOW: usize = 64;

/// The most steps of which a map is drawn beside the plan: of more it would cost more than the frame.
const BESIDE: usize = 2_000;

/// What of a map stands out, and how far its lines were moved aside.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'m> {
    /// The selected row.
    pub at: usize,
    /// Which rows are lit.
    pub lit: &'m [bool],
    /// How far the lines were moved to the side by hand, in tracks.
    pub pan: isize,
}

/// Returns the lines of the steps at `rows`, `width` cells wide, and which tracks they show.
pub(crate) fn lines(
    (state, theme): (&State, &Theme),
    map: &Map<'_>,
    rows: Range<usize>,
    seen: Seen<'_>,
    width: usize,
) -> (Vec<Line<'static>>, Range<usize>) {
    let Seen { at, lit, pan } = seen;
    // Lines that are many have two fifths of the width, and show those round the selected step.
    let room = (width / 5).max(4);
    let tracks = map.width();
    let first = match tracks.checked_sub(room) {
        Some(hidden) => map.track(at).saturating_sub(room / 2).saturating_add_signed(pan).min(hidden),
        None => 0,
    };
    let shown = first..tracks.min(first + room);
    let nodes = map.nodes.get(rows.clone()).unwrap_or_default();
    let id = nodes.iter().map(|node| text::width(&node.step.id)).max().unwrap_or(0);
    let name = nodes.iter().map(|node| text::width(node.step.name())).max().unwrap_or(0);
    let flow = (4 + 2 * shown.len() + 1 + id + 1 + name + 2).min(width / 2);
    let cells = map.cells(rows.clone(), shown.clone(), lit);
    let rows = rows.zip(cells).map(|(row, cells)| {
        let wave = (row == 0 || map.nodes[row - 1].wave != map.nodes[row].wave).then_some(map.nodes[row].wave);
        let is_lit = lit.get(row).copied().unwrap_or(false);
        let line = line((state, theme), &map.nodes[row], wave, &cells, is_lit, Columns { width, id, flow });
        if row == at { select(line, theme) } else { line }
    });
    (rows.collect(), shown)
}

/// Draws the map beside plan and context: it follows what the focused pane has selected. Returns the first row that is
/// visible, where clicks can find one.
pub(crate) fn draw(view: &View<'_>, area: Rect, buf: &mut Buffer) -> Option<usize> {
    if area.width < 12 || area.height < 4 {
        return None;
    }
    // Of a proposal that is seen the map is that of the plan as it would be.
    let proposed = view.proposed();
    let (state, theme) = (proposed.as_ref().unwrap_or(&view.shown.state), view.theme);
    let inner = padded(Rect::new(area.x + 1, area.y + 1, area.width - 2, area.height - 2));
    let (width, height) = (usize::from(inner.width), usize::from(inner.height));
    frame(area, theme.style(Role::Border), buf);
    let title = |words: &str, buf: &mut Buffer| {
        let line = Line::styled(format!(" {words} "), theme.style(Role::Title));
        put_over(&line, (area.x + 1, area.y), area.width - 2, buf);
    };
    if steps(state) > BESIDE {
        title("Map", buf);
        let words = format!("{} are too many to be drawn here: \x01map\x02", count(steps(state), "step"));
        for (at, row) in text::wrap(&view.words(&words), width).into_iter().take(height).enumerate() {
            put(Line::styled(row, theme.style(Role::Dim)), inner, at, buf);
        }
        return None;
    }
    let map = Map::of(state);
    let waves = map.nodes.iter().map(|node| node.wave).max().unwrap_or(0);
    title(&format!("Map: {}", count(waves, "wave")), buf);
    let followed = followed(view);
    let at = followed.and_then(|id| map.nodes.iter().position(|node| node.step.id == id));
    let next = || map.nodes.iter().position(|node| node.run.is_none());
    let at = at.or_else(next).unwrap_or(map.nodes.len().saturating_sub(1));
    let lit: Vec<bool> = match &view.ui.lit {
        Some(lit) => map.nodes.iter().map(|node| lit.chain.steps.contains(&node.step.id)).collect(),
        None => map.rests_on(at),
    };
    let top = at.saturating_sub(height / 2).min(map.nodes.len().saturating_sub(height));
    let rows = top..map.nodes.len().min(top + height);
    let below = map.nodes.len() - rows.end;
    let (lines, _) = lines((state, theme), &map, rows, Seen { at, lit: &lit, pan: 0 }, width);
    for (at, line) in lines.into_iter().enumerate() {
        put(line, inner, at, buf);
    }
    if let Some(marks) = scroll::marks((top, below)) {
        let line = Line::styled(format!(" {marks} "), theme.style(Role::Border));
        put_over(&line, (area.x + 1, area.bottom() - 1), area.width - 2, buf);
    }
    Some(top)
}

/// Returns how many steps a map of `state` has.
pub(crate) fn steps(state: &State) -> usize {
    state.runs.len() + state.plan.remaining().len()
}

/// Returns the step that what is selected is about: itself, who makes the key, whose moment it is.
fn followed(view: &View<'_>) -> Option<StepId> {
    let state = &view.shown.state;
    match view.ui.focus {
        PaneId::CONTEXT => {
            let (_, key) = lists::context::current(view)?;
            let writer = || state.plan.remaining().get(state.plan.writers(key).next()?).map(|step| step.id.clone());
            match state.context.get(key).map(|datum| &datum.origin) {
                Some(Origin::Step(id) | Origin::Edited(id)) => Some(id.clone()),
                Some(_) | None => writer(), // nobody made it: who is to
            }
        }
        PaneId::TRACE => view.session.record(lists::trace::current(view)?)?.event.step().cloned(),
        _ => lists::plan::item(view, lists::plan::selected(view))?.step().map(|step| step.id.clone()),
    }
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
    (state, theme): (&State, &Theme),
    node: &Node<'_>,
    wave: Option<usize>,
    cells: &[Cell],
    lit: bool,
    columns: Columns,
) -> Line<'static> {
    let Columns { width, id, flow: at } = columns;
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
    // Where it is narrow the sign says how it stands.
    if width >= FLOW { row.right(&status, theme.words(sign)).fit(width, 24) } else { row.fit(width, width) }
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
