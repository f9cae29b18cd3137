//! Where things stand on the screen of the lanes: pure, from the size and how much there is to show.

use ratatui::layout::Rect;

/// From this width on lanes stand side by side.
const SIDE_BY_SIDE: u16 = 60;

/// The least height of a lane beside which figures are worth a place.
const LEAST_LANE: u16 = 9;

/// From this height on a lane leaves room to what the figures mean.
const ROOMY: u16 = 28;

/// How much there is to show.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Load {
    /// How many lanes.
    pub lanes: usize,
    /// How many rows are said about the lanes: prediction, advice, wits.
    pub said: usize,
    /// How many rows the definitions of the figures take.
    pub definitions: usize,
    /// How many rows what was just said takes.
    pub line: usize,
}

/// Where things stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    /// The goal and the surprise.
    pub header: Rect,
    /// The lanes; empty where a lane is not shown.
    pub lanes: Vec<Rect>,
    /// Whether one lane has the place of all.
    pub one: bool,
    /// The figures.
    pub table: Rect,
    /// Prediction, advice, wits.
    pub said: Rect,
    /// What the figures mean, where there is room.
    pub definitions: Rect,
    /// The selected row in full, or what was just said.
    pub line: Rect,
    /// The keys.
    pub footer: Rect,
}

/// Lays the screen out.
pub(super) fn layout(area: Rect, load: Load, focus: usize, zoom: bool) -> Layout {
    let one = zoom || area.width < SIDE_BY_SIDE;
    let mut left = area.height;
    let footer = take(&mut left, 1, 4);
    let line = take(&mut left, load.line.max(1), 5);
    let header = take(&mut left, if area.height >= 28 { 2 } else { 1 }, 6);
    // Half a table says nothing.
    let fits = !one && usize::from(left.saturating_sub(LEAST_LANE)) > load.lanes;
    let table = if fits { take(&mut left, load.lanes + 1, LEAST_LANE) } else { 0 };
    let said = if zoom { 0 } else { take(&mut left, load.said, LEAST_LANE) };
    let air = u16::from(table > 0 && left > 20);
    left = left.saturating_sub(air);
    // Nothing here depends on how far the lanes are: they stay where they are while they grow.
    let definitions = u16::try_from(load.definitions).unwrap_or(u16::MAX);
    let roomy = !one && definitions > 0 && left > definitions.saturating_add(ROOMY);
    let definitions = if roomy { definitions + 1 } else { 0 };
    let lanes_height = left - definitions;
    let mut y = area.y;
    let mut row = |height: u16| {
        let rect = Rect { x: area.x, y, width: area.width, height };
        y = y.saturating_add(height);
        rect
    };
    let header = row(header);
    let lanes = row(lanes_height);
    let table_rect = row(table);
    row(air);
    let said = row(said);
    let mut definitions = row(definitions);
    if definitions.height > 0 {
        definitions.y += 1;
        definitions.height -= 1;
    }
    let footer = Rect { y: area.bottom().saturating_sub(footer), height: footer, ..area };
    let line = Rect { y: footer.y.saturating_sub(line), height: line, ..area };
    let lanes = match one {
        true => (0..load.lanes).map(|at| if at == focus { lanes } else { Rect::default() }).collect(),
        false => side_by_side(lanes, load.lanes),
    };
    Layout { header, lanes, one, table: table_rect, said, definitions, line, footer }
}

/// Takes `rows` of what is left, as far as `keep` stay.
fn take(left: &mut u16, rows: usize, keep: u16) -> u16 {
    let rows = u16::try_from(rows).unwrap_or(u16::MAX).min(left.saturating_sub(keep));
    *left -= rows;
    rows
}

fn side_by_side(area: Rect, count: usize) -> Vec<Rect> {
    let count = u16::try_from(count).unwrap_or(1).max(1);
    let (each, mut more) = (area.width / count, area.width % count);
    let mut x = area.x;
    (0..count)
        .map(|_| {
            let width = each + u16::from(more > 0);
            more = more.saturating_sub(1);
            let rect = Rect { x, width, ..area };
            x += width;
            rect
        })
        .collect()
}
