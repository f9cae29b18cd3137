//! The frames of a recorded session: what somebody saw who stepped through it, one for each event that changed the
//! screen.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::describe::event;
use crate::engine::event::{Event, Recorded, Seq};
use crate::engine::session::Session;
use crate::runtime::RuntimeError;
use crate::runtime::driver::Driver;
use crate::runtime::services::Services;
use crate::ui::keymap::Keymap;
use crate::ui::screen::Screen as _;
use crate::ui::session::app::App;
use crate::ui::session::pane::PaneId;
use crate::ui::theme::Theme;

/// The dashboard after one event.
#[derive(Debug)]
pub struct Frame {
    /// What happened, in a sentence.
    pub said: String,
    /// How long it is looked at, in steps of the pace: a step that returned is one.
    pub hold: f64,
    /// The screen.
    pub screen: Buffer,
}

/// How the frames look.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Columns and rows.
    pub size: (u16, u16),
    /// The colours.
    pub theme: Theme,
    /// The pane that takes the whole screen; none: the dashboard.
    pub pane: Option<PaneId>,
}

/// Hands `take` a frame for each event of the selected branch after which the screen is another one, in order, until it
/// says that it wants no more.
///
/// No times are on it: the same session has the same frames.
///
/// # Errors
/// If the keymap cannot be read, or there is no room for a temporary file.
pub fn each(
    session: &Session,
    look: &Look,
    services: &Services,
    take: &mut dyn FnMut(Frame) -> bool,
) -> Result<(), RuntimeError> {
    let keymap = Keymap::built_in().map_err(RuntimeError::new)?;
    let mut before: Option<Buffer> = None;
    for record in session.path().iter().filter_map(|seq| session.record(*seq)) {
        let Some(screen) = drawn(session, record.seq, look, services, keymap.clone())? else { continue };
        if before.as_ref() == Some(&screen) {
            continue;
        }
        before = Some(screen.clone());
        if !take(Frame { said: said(session, record), hold: hold(&record.event), screen }) {
            break;
        }
    }
    Ok(())
}

/// Returns the dashboard as it was after the event `seq` of `session`; none if there is no such event.
///
/// # Errors
/// If the keymap cannot be read, or there is no room for a temporary file.
pub fn after(session: &Session, seq: Seq, look: &Look, services: &Services) -> Result<Option<Buffer>, RuntimeError> {
    drawn(session, seq, look, services, Keymap::built_in().map_err(RuntimeError::new)?)
}

fn drawn(
    session: &Session,
    seq: Seq,
    look: &Look,
    services: &Services,
    keymap: Keymap,
) -> Result<Option<Buffer>, RuntimeError> {
    let Some(then) = session.clone().looked_at(seq) else { return Ok(None) };
    let driver = Driver::look(then, services.clone())?;
    let mut app = App::new(driver, keymap, look.theme, look.size);
    app.show_times(false);
    app.catch_up();
    if let Some(pane) = look.pane {
        app.show_alone(pane);
    }
    let area = Rect::new(0, 0, look.size.0, look.size.1);
    let mut screen = Buffer::empty(area);
    app.draw(area, &mut screen);
    Ok(Some(screen))
}

fn said(session: &Session, record: &Recorded) -> String {
    let state = session.state_at(record.seq).unwrap_or_else(|| session.state().clone());
    let line = event::told(session, record, &state);
    format!("{} {}", line.who, line.marked_sentence())
}

/// Returns how long an event is looked at: a replan longer than a step, what only prepares for something hardly.
fn hold(event: &Event) -> f64 {
    match event.innermost() {
        Event::Proposed(_) | Event::Replanned { .. } | Event::Reached | Event::Ended { .. } => 3.0,
        Event::Injected { .. } | Event::GoalChanged { .. } | Event::Deviated { .. } | Event::Planned { .. } => 2.0,
        _ if event::is_told(event) => 1.0,
        _ => 0.25, // it was asked, paced or started
    }
}
