//! The whole screen, from the session and what the screen remembers: pure, so tests see what people see.

use crate::describe::next;
use std::sync::Arc;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType, Widget};

use crate::describe::frame::acting;
use crate::describe::sign::Role;
use crate::engine::session::Session;
use crate::engine::state::Phase;
use crate::ui::action::Action;
use crate::ui::keymap::{Keymap, Mode};
use crate::ui::session::layout::{Layout, Shape, layout};
use crate::ui::session::model::{Pane, Ui};
use crate::ui::session::panes;
use crate::ui::session::panes::PaneText;
use crate::ui::session::snapshot::Snapshot;
use crate::ui::theme::Theme;
use crate::ui::widgets::row::Row;

/// Everything that a screen is made from.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The session.
    pub session: &'a Session,
    /// The moment that is shown.
    pub shown: &'a Snapshot,
    /// What the screen remembers.
    pub ui: &'a Ui,
    /// Which key means what.
    pub keymap: &'a Keymap,
    /// How things look.
    pub theme: &'a Theme,
    /// How long the running step has been running.
    pub elapsed: Option<Duration>,
}

/// What stands below plan and context.
enum Below {
    Trace,
    Why,
    Report,
    Reasons,
}

impl<'a> View<'a> {
    /// Returns the modes that are active, the most specific first.
    pub fn modes(&self) -> Vec<Mode> {
        let mut modes = Vec::new();
        let phase = &acting(&self.shown.state).phase;
        // A search says which keys are its own, so they are, whatever else they mean here.
        if self.ui.find.is_some() {
            modes.push(Mode::Find);
        }
        if self.shown.past {
            modes.push(Mode::Past);
        } else if self.ui.watched().is_some() {
            modes.push(Mode::Replan);
        } else if matches!(phase, Phase::Review | Phase::Approving) && self.ui.focus == Pane::Plan {
            modes.push(Mode::Approve);
        } else if self.ui.focus == Pane::Plan && self.opens_entry() {
            modes.push(Mode::Turn);
        }
        modes.push(match self.ui.focus {
            Pane::Plan => Mode::Plan,
            Pane::Context => Mode::Context,
            Pane::Trace => Mode::Trace,
        });
        modes.push(Mode::Everywhere);
        modes
    }

    /// Tells whether what the plan pane has selected can be opened, and nothing else waits for the person.
    fn opens_entry(&self) -> bool {
        let at = panes::plan::selected(self);
        !self.session.state().waits_for_person()
            && (panes::plan::turn_at(self, at).is_some() || panes::plan::loop_at(self, at).is_some())
    }

    /// Tells whether `action` would do something here, now.
    pub fn works(&self, action: Action) -> bool {
        crate::ui::session::update::interpret(self, action).is_ok()
    }

    fn below(&self) -> Below {
        match &self.shown.state.phase {
            _ if self.ui.watched().is_some() => Below::Why,
            Phase::Reached if !self.ui.report_away => Below::Report,
            Phase::Ended { .. } if !self.ui.report_away => Below::Reasons,
            _ => Below::Trace,
        }
    }

    /// Tells whether a report or the reasons stand in the place of the trace.
    pub fn reports(&self) -> bool {
        matches!(self.below(), Below::Report | Below::Reasons)
    }

    fn report(&self, width: usize) -> Arc<[Line<'static>]> {
        self.shown.at_the_end(width, || panes::report::all(self, width))
    }

    fn reasons(&self, width: usize) -> Arc<[Line<'static>]> {
        self.shown.at_the_end(width, || panes::why::reasons(self, width))
    }

    /// Returns the layout of the screen in `area`.
    pub fn layout(&self, area: Rect) -> Layout {
        let width = usize::from(area.width.saturating_sub(4));
        let below = match self.below() {
            Below::Trace => self.shown.rows.len().min(usize::from(area.height) / 5).max(4),
            Below::Why => {
                // As much as the layout gives at most: whole sentences only where they all find room.
                let most = usize::from(area.height.saturating_sub(4)) * 9 / 20;
                let height = most.saturating_sub(2);
                self.ui.watched().map_or(0, |watch| panes::why::all(self, watch, width, height).len())
            }
            Below::Report => self.report(width).len(),
            Below::Reasons => self.reasons(width).len(),
        };
        layout(area, self.ui.focus, self.ui.zoom, below)
    }

    /// Returns what `pane` says in `width` × `height` cells.
    pub fn pane(&self, pane: Pane, width: usize, height: usize) -> PaneText {
        match pane {
            Pane::Plan => panes::plan::lines(self, width, height),
            Pane::Context => panes::context::lines(self, width, height),
            Pane::Trace => {
                let top = self.ui.cursor(Pane::Trace).at.unwrap_or(0);
                match (self.below(), self.ui.watched()) {
                    (Below::Why, Some(watch)) => panes::why::lines(self, watch, width, height, top),
                    (Below::Report, _) => panes::report::lines(self, "Goal reached", &self.report(width), height, top),
                    (Below::Reasons, _) => panes::report::lines(self, "Why not", &self.reasons(width), height, top),
                    (Below::Trace | Below::Why, _) => panes::trace::lines(self, width, height),
                }
            }
        }
    }

    /// Draws the screen.
    pub fn draw(&self, area: Rect, buf: &mut Buffer) {
        let layout = self.layout(area);
        if layout.shape == Shape::Tiny {
            return self.draw_tiny(area, buf);
        }
        let width = usize::from(area.width);
        for (at, line) in panes::goal::lines(self, width).into_iter().enumerate() {
            put(line, layout.header, at, buf);
        }
        for pane in Pane::ALL {
            let rect = layout.panes[pane.place()];
            if rect.width > 2 && rect.height > 2 {
                self.draw_pane(pane, rect, layout.shape, buf);
            }
        }
        put(panes::footer::next(self, width), layout.next, 0, buf);
        put(panes::footer::keys(self, width), layout.footer, 0, buf);
    }

    fn draw_pane(&self, pane: Pane, rect: Rect, shape: Shape, buf: &mut Buffer) {
        let focused = self.ui.focus == pane;
        let style = self.theme.style(if focused { Role::Focus } else { Role::Border });
        let room = padded(Rect::new(rect.x + 1, rect.y + 1, rect.width - 2, rect.height - 2));
        let text = self.pane(pane, usize::from(room.width), usize::from(room.height));
        let bold = self.theme.style(if focused { Role::Focus } else { Role::Title });
        let mut spans = vec![ratatui::text::Span::styled(" ", style)];
        for (at, span) in text.title.spans.iter().enumerate() {
            spans.push(if at == 0 { span.clone().style(bold) } else { span.clone() });
        }
        spans.push(ratatui::text::Span::styled(" ", style));
        let mut block =
            Block::bordered().border_type(BorderType::Rounded).border_style(style).title_top(Line::from(spans));
        let room = usize::from(rect.width).saturating_sub(text.title.width() + 8);
        if !text.right.is_empty() && crate::describe::text::width(&text.right) < room {
            block = block.title_top(Line::raw(format!(" {} ", text.right)).right_aligned());
        }
        if shape == Shape::One && !self.ui.zoom {
            let others: Vec<String> = Pane::ALL
                .into_iter()
                .filter(|other| *other != pane)
                .map(|other| format!("{} {}", other.place() + 1, other.title()))
                .collect();
            block = block.title_bottom(Line::raw(format!(" {} ", others.join(" · "))).right_aligned());
        }
        let inner = padded(block.inner(rect));
        block.render(rect, buf);
        for (at, line) in text.lines.into_iter().enumerate() {
            put(line, inner, at, buf);
        }
    }

    /// Draws what matters most where nothing else fits: the current step, its state, how to quit.
    fn draw_tiny(&self, area: Rect, buf: &mut Buffer) {
        let state = &self.shown.state;
        let width = usize::from(area.width);
        let plain = self.theme.style(Role::Text);
        let here = acting(state);
        let (name, status) = match (here.current_run(), here.next_step()) {
            (Some(run), _) => (run.step.name().to_owned(), run.word()),
            (None, Some(step)) => (step.name().to_owned(), "next"),
            (None, None) if here.is_react() => (here.goal.goal.to_string(), "one decision at a time"),
            (None, None) => (state.goal.goal.to_string(), "no step left"),
        };
        let lines = [
            Row::new().put("▶ ", self.theme.style(Role::Current)).put(&name, self.theme.style(Role::Strong)),
            Row::new().put("  ", plain).put(status, plain),
            Row::new()
                .put("q", self.theme.style(Role::Key))
                .put(" quit  ", plain)
                .put("space", self.theme.style(Role::Key))
                .put(" step", plain),
            Row::new().put(&next::next(state), plain),
            Row::new().put(&format!("too small ({}x{})", area.width, area.height), self.theme.style(Role::Dim)),
        ];
        for (at, row) in lines.into_iter().enumerate() {
            put(row.fit(width, width), area, at, buf);
        }
    }
}

/// Returns the inside of a pane without its margin: the frame and the text do not touch.
pub fn padded(inner: Rect) -> Rect {
    let left = u16::from(inner.width >= 40);
    Rect::new(inner.x + left, inner.y, inner.width.saturating_sub(left + 1), inner.height)
}

/// Puts `line` into the row `at` of `area`, if it has one. The row is blank before: the view is drawn first, on nothing,
/// so what is blank in the line need not be written.
fn put(line: Line<'static>, area: Rect, at: usize, buf: &mut Buffer) {
    let Some(y) = u16::try_from(at).ok().filter(|at| *at < area.height).map(|at| area.y + at) else { return };
    let mut x = area.x;
    for span in &line.spans {
        let style = line.style.patch(span.style);
        let left = area.right().saturating_sub(x);
        let is_blank = style == Style::default() && span.content.bytes().all(|byte| byte == b' ');
        x = match u16::try_from(span.content.len()) {
            Ok(wide) if is_blank => x + wide.min(left),
            _ => buf.set_stringn(x, y, &span.content, usize::from(left), style).0,
        };
    }
}
