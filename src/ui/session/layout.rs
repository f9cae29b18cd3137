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

/// The rectangles of the dashboard. A pane that is not visible has an empty one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// How much fits.
    pub shape: Shape,
    /// Goal, settings, phases, wants.
    pub header: Rect,
    /// The panes, by [`PaneId`].
    pub panes: Vec<Rect>,
    /// The sentence about what comes next.
    pub next: Rect,
    /// The keys.
    pub footer: Rect,
}

/// Returns the layout of a screen of this size for panes that stand at `spots`, where `focus` has the focus (alone if
/// `zoom`), and the pane below has `below` lines to say.
pub fn layout(area: Rect, spots: &[Spot], focus: PaneId, zoom: bool, below: usize) -> Layout {
    let Rect { width, height, .. } = area;
    let empty = Rect::new(area.x, area.y, 0, 0);
    let mut panes = vec![empty; spots.len()];
    if width < 40 || height < 10 {
        return Layout { shape: Shape::Tiny, header: area, panes, next: empty, footer: empty };
    }
    let row = |y: u16, rows: u16| Rect::new(area.x, area.y + y, width, rows);
    let main = row(2, height - 4);
    let shape = if zoom || width < 72 || height < 18 {
        if let Some(pane) = panes.get_mut(focus.0) {
            *pane = main;
        }
        Shape::One
    } else {
        let below = u16::try_from(below).unwrap_or(u16::MAX).saturating_add(2);
        let most = if below > main.height / 3 { main.height * 9 / 20 } else { main.height / 3 };
        let below = below.clamp(5, most.max(5)).max(main.height / 4);
        let above = main.height - below;
        let left = (width * 48 / 100).min(110);
        share(Rect::new(area.x, main.y, left, above), Spot::Left, spots, &mut panes);
        share(Rect::new(area.x + left, main.y, width - left, above), Spot::Right, spots, &mut panes);
        share(Rect::new(area.x, main.y + above, width, below), Spot::Below, spots, &mut panes);
        Shape::Three
    };
    Layout { shape, header: row(0, 2), panes, next: row(height - 2, 1), footer: row(height - 1, 1) }
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
        for width in 1..200 {
            for height in 1..70 {
                let area = Rect::new(0, 0, width, height);
                let layout = layout(area, &[Spot::Left, Spot::Right, Spot::Below, Spot::Right], PaneId::PLAN, false, 9);
                let mut parts: Vec<Rect> = layout.panes.clone();
                parts.extend([layout.header, layout.next, layout.footer]);
                parts.retain(|part| part.area() > 0);
                for (at, part) in parts.iter().enumerate() {
                    assert_eq!(part.intersection(area), *part, "{width}x{height}");
                    assert!(parts[at + 1..].iter().all(|other| !part.intersects(*other)), "{width}x{height}");
                }
            }
        }
    }
}
