//! What the mouse does on the dashboard: borders are moved, entries selected and opened, keys of the footer pressed.

use crate::ui::action::Action;
use crate::ui::input::MouseAct;
use crate::ui::session::app::App;
use crate::ui::session::change::Change;
use crate::ui::session::draw::Under;
use crate::ui::session::pane::PaneId;
use crate::ui::session::update;

/// How many entries a turn of the wheel goes.
const WHEEL: isize = 3;

impl App {
    /// Acts on the mouse: what was clicked is what was seen.
    pub(super) fn mouse(&mut self, act: MouseAct, column: u16, row: u16) {
        // What was clicked is what was seen: the last frame knows.
        let Some(frame) = &self.frame else { return };
        match act {
            MouseAct::Click => {
                self.ui.held = frame.edge(column, row);
                if self.ui.held.is_some() {
                    return;
                }
            }
            MouseAct::Drag => {
                if let Some(edge) = self.ui.held {
                    self.ui.split = frame.moved(edge, column, row, self.ui.split);
                    self.list_values();
                }
                return;
            }
            MouseAct::WheelUp | MouseAct::WheelDown => {}
        }
        let Some(under) = frame.under(column, row) else { return };
        match (under, act) {
            (Under::Button(action, number), MouseAct::Click) => {
                self.ui.toast = None;
                self.ui.number = number;
                self.act(action);
                self.ui.number = None;
            }
            (Under::Moment(seq), MouseAct::Click) => {
                let is_last = self.shown.rows.last() == Some(&seq);
                self.carry_out(Change::Look(if is_last { None } else { Some(seq) }));
            }
            (Under::Step(row), MouseAct::Click) => {
                let proposed = self.view().proposed();
                let state = proposed.as_ref().unwrap_or(&self.shown.state);
                let remaining = || state.plan.remaining().get(row.checked_sub(state.runs.len())?);
                let step = state.runs.get(row).map(|run| &run.step).or_else(remaining);
                if let Some(id) = step.map(|step| step.id.clone()) {
                    self.ui.toast = None;
                    self.select_step(&id);
                }
            }
            (Under::Step(_), MouseAct::WheelUp) => self.wheel(PaneId::PLAN, -WHEEL),
            (Under::Step(_), MouseAct::WheelDown) => self.wheel(PaneId::PLAN, WHEEL),
            (Under::Gutter(pane, entry), MouseAct::Click) => {
                self.ui.toast = None;
                self.ui.focus = pane;
                self.ui.select(pane, Some(entry));
                self.act(Action::Breakpoint);
            }
            (Under::Pane(pane, entry), MouseAct::Click) => {
                self.ui.toast = None;
                let again = self.ui.focus == pane && entry.is_some() && self.ui.cursor(pane).at == entry;
                self.ui.focus = pane;
                if entry.is_some() {
                    self.ui.select(pane, entry);
                }
                // A second click opens what the first selected; in the trace it goes to that moment.
                if again {
                    self.act(if pane == PaneId::TRACE { Action::LookHere } else { Action::Open });
                }
            }
            (Under::Pane(pane, _) | Under::Gutter(pane, _), MouseAct::WheelUp) => self.wheel(pane, -WHEEL),
            (Under::Pane(pane, _) | Under::Gutter(pane, _), MouseAct::WheelDown) => self.wheel(pane, WHEEL),
            (_, MouseAct::Drag) | (Under::Button(..) | Under::Moment(_), MouseAct::WheelUp | MouseAct::WheelDown) => {}
        }
    }

    fn wheel(&mut self, pane: PaneId, by: isize) {
        for change in update::by(&self.view(), pane, by).unwrap_or_default() {
            self.carry_out(change);
        }
    }
}
