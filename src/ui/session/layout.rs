//! Which rectangle belongs to which part of the screen, at every size.

use ratatui::layout::Rect;

use crate::ui::session::pane::{PaneId, Spot};

/// How much of the dashboard fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The current step, its state and how to quit.
    Tiny,
    /// One pane at a time.
    One,
    /// Plan and context side by side, the trace below.
    Three,
}

impl Shape {
    /// Returns how much fits on a screen of this size, where one pane has it all if `zoom`.
    pub fn of(width: u16, height: u16, zoom: bool) -> Shape {
        match () {
            () if width < 40 || height < 10 => Shape::Tiny,
            () if zoom || width < 72 || height < 18 => Shape::One,
            () => Shape::Three,
        }
    }
}

/// Where a person put the borders; none: where they stand by themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// The columns of the panes on the left.
    pub left: Option<u16>,
    /// The rows of the pane below.
    pub below: Option<u16>,
    /// Whether what stands on the left by itself stands on the right.
    pub mirrored: bool,
}

impl Split {
    /// Returns the same with the panes on the left and those on the right in each other's place.
    pub fn swapped(self) -> Split {
        Split { mirrored: !self.mirrored, ..self }
    }
}

/// What stands beside the panes where there is room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// Whether what is selected is shown in full.
    pub detail: bool,
    /// How many rows the plan has as a map; none: it is not shown as one.
    pub map: Option<usize>,
}

/// A border that can be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// The one on the right of the left panes.
    Right,
    /// The one above the pane below: the lower end of what stands there.
    Above,
    /// The same, held at the upper end of the pane below.
    Top,
}

/// The fewest columns that a moved border leaves to a pane.
const FEWEST_COLUMNS: u16 = 24;

/// The fewest rows that a moved border leaves to a pane.
const FEWEST_ROWS: u16 = 5;

/// The narrowest screen that shows what is selected in full beside plan and context.
const WIDE: u16 = 160;

/// The narrowest screen that shows the plan as a map beside its list.
pub const BESIDE: u16 = 120;

/// The fewest columns of that map.
const MAP: u16 = 36;

/// The fewest rows of what is selected below it.
const DETAIL: u16 = 8;

/// How many columns lie between plan and context where the screen is [`WIDE`]: lines are drawn there.
const GUTTER: u16 = 3;

/// The most of the panes' rows, in twentieths, that the pane below has for a page that is long.
pub const LONG: u16 = 9;

/// The same once the session is over: its result is what one looks for.
pub const OVER: u16 = 11;

/// The lowest screen with rows above the panes.
const GUIDED: u16 = 14;

/// The most rows that they take of a low screen; of a higher one it is an eighth.
const FEWEST_GUIDED: u16 = 2;

/// The rectangles of the dashboard. A pane that is not visible has an empty one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// How much fits.
    pub shape: Shape,
    /// Goal, settings, phases, wants.
    pub header: Rect,
    /// What the screen says of itself until a person has seen it often enough.
    pub guide: Rect,
    /// The panes, by [`PaneId`].
    pub panes: Vec<Rect>,
    /// What is selected, in full: where the screen is wide enough.
    pub detail: Rect,
    /// The plan as a map.
    pub map: Rect,
    /// What lies between the panes on the left and those on the right, for lines.
    pub gutter: Rect,
    /// The sentence about what comes next.
    pub next: Rect,
    /// The keys.
    pub footer: Rect,
}

/// Returns the layout of a screen of this size for panes that stand at `spots`, where `focus` has the focus (alone if
/// `zoom`; with what stands at the `side` where it is wide), the pane below has `below` lines to say and so many twentieths
/// of the panes' rows for them, the guide has `guide`, the sentence about what comes next `next`, and the borders were put
/// to `split`.
pub fn layout(
    area: Rect,
    spots: &[Spot],
    focus: PaneId,
    zoom: bool,
    ((below, twentieths), guide, next): ((usize, u16), usize, usize),
    split: Split,
    side: Side,
) -> Layout {
    let Rect { width, height, .. } = area;
    let empty = Rect::new(area.x, area.y, 0, 0);
    let mut panes = vec![empty; spots.len()];
    let shape = Shape::of(width, height, zoom);
    if shape == Shape::Tiny {
        let (guide, detail, map, gutter) = (empty, empty, empty, empty);
        return Layout {
            shape: Shape::Tiny,
            header: area,
            guide,
            panes,
            detail,
            map,
            gutter,
            next: empty,
            footer: empty,
        };
    }
    let row = |y: u16, rows: u16| Rect::new(area.x, area.y + y, width, rows);
    // The panes come first.
    let guided = if zoom || height < GUIDED {
        0
    } else {
        u16::try_from(guide).unwrap_or(0).min((height / 8).max(FEWEST_GUIDED))
    };
    // A sentence that needs more rows takes them from the pane below: the others stand still.
    let next = u16::try_from(next).unwrap_or(1).clamp(1, height / 6);
    let main = row(2 + guided, height - 4 - guided);
    let (mut detail, mut map, mut gutter) = (empty, empty, empty);
    if shape == Shape::One {
        if let Some(pane) = panes.get_mut(focus.0) {
            *pane = Rect { height: main.height + 1 - next, ..main };
        }
    } else {
        // Where nothing is to be said there, the panes above have it all.
        let is_none = below == 0;
        let below = u16::try_from(below).unwrap_or(u16::MAX).saturating_add(2);
        let most = if below > main.height / 3 { main.height * twentieths / 20 } else { main.height / 3 };
        let below = match split.below {
            Some(rows) => rows.clamp(FEWEST_ROWS, main.height.saturating_sub(FEWEST_ROWS).max(FEWEST_ROWS)),
            None => below.clamp(5, most.max(5)).max(main.height / 4),
        };
        let (above, below) = match is_none {
            true => (main.height + 1 - next, 0),
            false => (main.height - below, below + 1 - next),
        };
        // A value or a step in full stands beside the two, not in their place.
        let between = if width >= WIDE && side.detail { GUTTER } else { 0 };
        let is_shown = side.detail && width >= WIDE || side.map.is_some() && width >= BESIDE;
        let beside = if is_shown { (width * 3 / 10).max(MAP) } else { 0 };
        let width = width - beside;
        let most = width.saturating_sub(FEWEST_COLUMNS + between).max(FEWEST_COLUMNS);
        let left = split.left.map_or(width * 48 / 100, |columns| columns.clamp(FEWEST_COLUMNS, most));
        let (first, second) = match split.mirrored {
            true => (Spot::Right, Spot::Left),
            false => (Spot::Left, Spot::Right),
        };
        share(Rect::new(area.x, main.y, left, above), first, spots, &mut panes);
        let right = left + between;
        share(Rect::new(area.x + right, main.y, width - right, above), second, spots, &mut panes);
        gutter = Rect::new(area.x + left, main.y, between, above);
        if is_shown {
            let column = Rect::new(area.x + width, main.y, beside, above);
            // The map has what it needs, as long as what is selected can be read below it.
            let rows = match side.map {
                None => 0,
                Some(_) if !side.detail || width + beside < WIDE || above < DETAIL * 2 => above,
                Some(rows) => u16::try_from(rows).unwrap_or(u16::MAX).saturating_add(2).min(above - DETAIL),
            };
            map = Rect { height: rows, ..column };
            detail = Rect { y: column.y + rows, height: above - rows, ..column };
        }
        let width = width + beside;
        share(Rect::new(area.x, main.y + above, width, below), Spot::Below, spots, &mut panes);
    }
    Layout {
        shape,
        header: row(0, 2),
        guide: row(2, guided),
        panes,
        detail,
        map,
        gutter,
        next: row(height - 1 - next, next),
        footer: row(height - 1, 1),
    }
}

/// Gives `room` to the panes at `spot`, in equal parts from the top.
fn share(room: Rect, spot: Spot, spots: &[Spot], panes: &mut [Rect]) {
    let mut left = u16::try_from(spots.iter().filter(|other| **other == spot).count()).unwrap_or(u16::MAX);
    let mut y = room.y;
    for (pane, _) in panes.iter_mut().zip(spots).filter(|(_, other)| **other == spot) {
        let height = (room.bottom() - y) / left.max(1);
        *pane = Rect { y, height, ..room };
        (y, left) = (y + height, left.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_every_size_the_parts_lie_inside_the_screen_and_never_overlap() {
        for width in 1..240 {
            for height in 1..70 {
                let area = Rect::new(0, 0, width, height);
                let moved = (width % 3 == 0).then_some(height % 70 * 3);
                let split = Split { left: moved, below: moved.map(|rows| rows / 2), mirrored: height % 3 == 0 };
                let side = Side { detail: height % 2 == 0, map: (width % 5 < 3).then_some(usize::from(height) / 3) };
                let layout = layout(
                    area,
                    &[Spot::Left, Spot::Right, Spot::Below, Spot::Right],
                    PaneId::PLAN,
                    false,
                    ((9, if height % 4 < 2 { LONG } else { OVER }), 2, usize::from(width % 4)),
                    split,
                    side,
                );
                let mut parts: Vec<Rect> = layout.panes.clone();
                let Layout { header, guide, detail, map, gutter, next, footer, .. } = layout;
                parts.extend([header, guide, detail, map, gutter, next, footer]);
                parts.retain(|part| part.area() > 0);
                for (at, part) in parts.iter().enumerate() {
                    assert_eq!(part.intersection(area), *part, "{width}x{height}");
                    assert!(parts[at + 1..].iter().all(|other| !part.intersects(*other)), "{width}x{height}");
                }
            }
        }
    }
}
