//! What a key or a click does on the screen of the lanes, or why it does nothing.

use ratatui::layout::{Position, Rect};

use crate::compare::column::Stand;
use crate::engine::goal::Goal;
use crate::runtime::bench::{Aim, MOST};
use crate::ui::action::Action;
use crate::ui::compare::layout::Layout;
use crate::ui::compare::{Compare, draw, footer, lanes, pages};
use crate::ui::input::MouseAct;
use crate::ui::screen::{Request, Screen};
use crate::ui::widgets::key_bar;

/// How far a page goes.
const PAGE: isize = 8;

/// Returns why `action` does nothing here, now; none where it does something.
pub(super) fn refusal(compare: &Compare, action: Action) -> Option<String> {
    let busy = compare.bench.is_busy();
    let over = compare.bench.is_over();
    let goal: &Goal = compare.bench.goal();
    let lane = compare.columns.get(compare.focus);
    let stuck = !busy && compare.columns.iter().all(|lane| lane.is_over() || lane.stand == Stand::Waits);
    let why: &str = match action {
        Action::SurpriseAll if goal.scenarios.is_empty() => "this goal file offers no surprises",
        Action::LaneStep if compare.looking.is_some() => return None,
        Action::LaneStep | Action::LaneEnd if over => {
            "every lane is through: \x01surprise_all\x02 lands a surprise, \x01lanes_over\x02 starts over"
        }
        Action::LaneStep | Action::LaneEnd if stuck => {
            return draw::waits(compare);
        }
        Action::Back if busy => "the lanes are under way; \x01cancel\x02 stops them",
        Action::Back if compare.looking == Some(0) || compare.furthest() == 0 => "there is nothing before this",
        Action::Forward if compare.looking.is_none() => "this is now; \x01lane_step\x02 goes on",
        Action::OpenLane if compare.bench.is_busy_at(compare.focus) => {
            "this lane is under way; \x01cancel\x02 stops it"
        }
        Action::AddLane if compare.columns.len() >= MOST => {
            "four lanes are the most; \x01remove_lane\x02 takes one away"
        }
        Action::RemoveLane if compare.columns.len() < 2 => "one lane has to stay",
        Action::LaneDial if lane.is_some_and(|lane| lane.kind.strategy.wits().is_some()) => {
            "this lane makes no plan, so it has no dial; \x01lane_strategy\x02 gives it another strategy"
        }
        Action::LanesOver if compare.furthest() == 0 && !busy => "nothing has run yet",
        Action::Cancel
            if !compare.bench.is_running() && compare.looking.is_none() && !compare.zoom && compare.furthest() == 0 =>
        {
            "nothing runs; \x01leave\x02 goes back"
        }
        Action::Predict if busy => "the lanes are under way: it is too late to predict",
        Action::Why if compare.selected().is_none() => "there is nothing to explain yet",
        _ => return None, // what a dashboard alone knows is bound to no key here
    };
    Some(why.to_owned())
}

impl Compare {
    /// Carries out `action`, or says why not.
    pub(super) fn act(&mut self, action: Action) {
        if let Some(why) = refusal(self, action) {
            // One Esc too many is nobody's fault.
            if action != Action::Cancel {
                self.refuse(why);
            }
            return;
        }
        match action {
            Action::LaneStep if self.looking.is_some() => self.look(1),
            Action::LaneStep => self.aim(Aim::Steps(1)),
            Action::LaneEnd => self.aim(Aim::End),
            Action::SurpriseAll => self.ask_surprise(),
            Action::Leave => self.ask_to_leave(),
            Action::LanesOver => self.start_over(),
            Action::Cancel if self.bench.is_running() => {
                self.bench.cancel();
                self.say("stopped; \x01lane_step\x02 and \x01lane_end\x02 go on from here");
            }
            Action::Cancel if self.looking.is_some() => self.look_at(None),
            Action::Cancel if self.zoom => self.zoom = false,
            // What ran in the lanes is not thrown away by a slip: it is asked.
            Action::Cancel => self.ask_to_leave(),
            Action::OpenLane => self.open_lane(),
            Action::AddLane => self.ask_lane(),
            Action::RemoveLane => self.remove(),
            Action::LaneDial => {
                if let Some(kind) = self.bench.kind(self.focus) {
                    let dial = kind.dial.next();
                    self.turn(crate::compare::lane::LaneKind { dial, ..kind });
                }
            }
            Action::LaneStrategy => self.ask_strategy(),
            Action::Figures => self.read(pages::figures(self)),
            Action::Predict => self.ask_prediction(None),
            Action::Price => self.ask_price(),
            Action::Why => match pages::why(self) {
                Some(page) => self.read(page),
                None => self.refuse("there is nothing to explain yet".into()),
            },
            Action::Back => self.look(-1),
            Action::Forward => self.look(1),
            Action::Zoom => self.zoom = !self.zoom,
            Action::LaneLeft => self.focus = self.focus.checked_sub(1).unwrap_or(self.columns.len().saturating_sub(1)),
            Action::LaneRight => self.focus = if self.focus + 1 < self.columns.len() { self.focus + 1 } else { 0 },
            Action::Up => self.by(-1),
            Action::Down => self.by(1),
            Action::PageUp => self.by(-PAGE),
            Action::PageDown => self.by(PAGE),
            Action::Top => self.by(isize::MIN / 2),
            Action::Bottom => self.by(isize::MAX / 2),
            Action::Palette => self.list(true),
            Action::Help => self.list(false),
            Action::Suspend => self.requests.push(Request::Suspend),
            _ => self.refuse("that is for the dashboard: \x01open_lane\x02 opens the lane there".into()), // bound to no key here
        }
    }

    /// Returns how many steps the lane has that went furthest.
    pub(super) fn furthest(&self) -> usize {
        (0..self.bench.len()).map(|at| self.bench.ticks(at).len().saturating_sub(1)).max().unwrap_or(0)
    }

    /// Looks one step back or forward in every lane; nothing runs.
    fn look(&mut self, by: isize) {
        let last = self.furthest();
        let next = self.looking.unwrap_or(last).saturating_add_signed(by);
        self.look_at((next < last).then_some(next));
    }

    fn look_at(&mut self, step: Option<usize>) {
        self.looking = step;
        for place in &mut self.places {
            place.at = None;
        }
        self.refresh();
    }

    fn remove(&mut self) {
        let name = self.bench.kind(self.focus).map(crate::compare::lane::LaneKind::name).unwrap_or_default();
        if self.bench.remove(self.focus) {
            self.columns.remove(self.focus);
            self.places.remove(self.focus);
            self.refresh();
            self.say(format!("{name} is gone; \x01add_lane\x02 adds a lane"));
        }
    }

    /// Returns the row that is selected in the focused lane, the last one that happened where none is.
    pub(super) fn selected(&self) -> Option<usize> {
        let column = self.columns.get(self.focus)?;
        let at = self.places.get(self.focus).and_then(|place| place.at);
        let last = || column.rows.iter().rposition(|row| !lanes::is_todo(row));
        at.filter(|at| *at < column.rows.len()).or_else(last).or_else(|| column.rows.len().checked_sub(1))
    }

    fn area(&self) -> Rect {
        Rect::new(0, 0, self.size.0, self.size.1)
    }

    /// Moves the cursor within the focused lane.
    fn by(&mut self, by: isize) {
        let rect = draw::layout_of(self, self.area()).lanes.get(self.focus).copied().unwrap_or_default();
        let places = lanes::places(self, self.focus, rect);
        let Some(last) = places.len().checked_sub(1) else { return };
        let now = self.places.get(self.focus).and_then(|place| place.at);
        let next = match now.or_else(|| self.selected()) {
            Some(at) if now.is_some() => {
                let here = places.partition_point(|place| *place < at);
                here.saturating_add_signed(by).min(last)
            }
            // The first press selects what happened last.
            Some(at) if by.abs() == 1 => places.partition_point(|place| *place < at).min(last),
            Some(_) if by < 0 => 0,
            Some(_) | None => last,
        };
        if let (Some(place), Some(at)) = (self.places.get_mut(self.focus), places.get(next)) {
            place.at = Some(*at);
        }
    }

    /// Returns what the key does that stands at this cell: in the footer, in the line above it, or in the header.
    fn key_at(&self, layout: &Layout, at: Position) -> Option<Action> {
        let (width, column) = (usize::from(layout.footer.width), usize::from(at.x));
        if layout.footer.contains(at) {
            return key_bar::action_at(&footer::offers(self, width), column);
        }
        if layout.line.contains(at) {
            let (rows, row) = (draw::line(self, width), usize::from(at.y - layout.line.y));
            return rows.buttons.iter().find(|button| button.is_at(column, row)).map(|button| button.action);
        }
        let header = layout.header.contains(at).then(|| draw::header(self, width, layout.header.height))?;
        let row = usize::from(at.y - layout.header.y);
        header.buttons.iter().find(|button| button.is_at(column, row)).map(|button| button.action)
    }

    pub(super) fn mouse(&mut self, act: MouseAct, column: u16, row: u16) {
        let layout = draw::layout_of(self, self.area());
        let at = Position::new(column, row);
        if act == MouseAct::Click
            && let Some(action) = self.key_at(&layout, at)
        {
            self.toast = None;
            return self.act(action);
        }
        if act == MouseAct::Click && layout.table.contains(at) {
            let place = usize::from(row - layout.table.y);
            if let Some(place) = place.checked_sub(1).filter(|place| *place < self.columns.len()) {
                self.focus = place;
            }
            return;
        }
        let Some(lane) = layout.lanes.iter().position(|rect| rect.contains(at)) else { return };
        self.toast = None;
        let changed = self.focus != lane;
        self.focus = lane;
        match act {
            MouseAct::WheelUp => self.by(-3),
            MouseAct::WheelDown => self.by(3),
            MouseAct::Drag => {}
            MouseAct::Click => {
                let rect = layout.lanes.get(lane).copied().unwrap_or_default();
                let hit = lanes::row_at(self, lane, rect, row);
                let again = !changed && hit.is_some() && self.places.get(lane).is_some_and(|place| place.at == hit);
                if let (Some(place), Some(_)) = (self.places.get_mut(lane), hit) {
                    place.at = hit;
                }
                // A second click on a row explains it.
                if again {
                    self.act(Action::Why);
                }
            }
        }
    }
}
