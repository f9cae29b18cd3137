//! How a person arranged the panes, remembered from one time to the next.

use crate::runtime::remembered::{Panes, Remembered};
use crate::ui::session::app::App;
use crate::ui::session::layout::Split;

/// Returns the part of `whole` that `piece` is, in thousandths.
fn part(piece: u16, whole: u16) -> u16 {
    u16::try_from(u32::from(piece) * 1000 / u32::from(whole.max(1))).unwrap_or(1000)
}

/// Returns so many thousandths of `whole`.
fn piece(part: u16, whole: u16) -> u16 {
    u16::try_from((u32::from(part.min(1000)) * u32::from(whole)).div_ceil(1000)).unwrap_or(whole)
}

impl App {
    /// Arranges the panes as they were left last, in this terminal's measure.
    pub fn recall_panes(&mut self) {
        let Panes { left, below, mirrored, map } = Remembered::load().panes;
        let (width, height) = self.ui.size;
        self.ui.split = Split {
            left: left.map(|left| piece(left, width)),
            below: below.map(|below| piece(below, height)),
            mirrored,
        };
        self.ui.map = map;
        self.list_values();
    }

    /// Remembers how the panes are arranged.
    pub(super) fn remember_panes(&self) {
        if !self.remembers {
            return;
        }
        let Split { left, below, mirrored } = self.ui.split;
        let (width, height) = self.ui.size;
        let panes = Panes {
            left: left.map(|left| part(left, width)),
            below: below.map(|below| part(below, height)),
            mirrored,
            map: self.ui.map,
        };
        Remembered::change(|remembered| remembered.panes = panes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_border_stands_where_it_stood_in_the_same_terminal_and_in_its_place_in_another() {
        for whole in 1..=500 {
            for at in 0..=whole {
                assert!(piece(part(at, whole), whole).abs_diff(at) <= 1, "{at} of {whole}");
            }
        }
        assert_eq!(piece(part(40, 120), 240), 80);
    }
}
