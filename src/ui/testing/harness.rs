//! A screen without a terminal: keys in, a picture out. Tests and the pictures of the README use it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::engine::event::{Settings, Strategy};
use crate::engine::goal::Goal;
use crate::jq::{Cancel, Evaluator};
use crate::runtime::driver::{Driver, SessionFile};
use crate::runtime::services::Services;
use crate::runtime::teaching;
use crate::ui::input::{Input, Key, KeyPress};
use crate::ui::keymap::Keymap;
use crate::ui::screen::{Request, Screen};
use crate::ui::session::app::App;
use crate::ui::theme::Theme;

/// A session on a screen of a fixed size, driven by hand.
pub struct Stage {
    app: App,
    size: (u16, u16),
    /// Where answers are checked.
    runtime: tokio::runtime::Runtime,
    /// What the event loop would have had to do.
    pub requests: Vec<Request>,
}

impl Stage {
    /// Opens a new session on `goal`, recorded in `file`, on a screen of this size. The plan is made already.
    ///
    /// # Errors
    /// If the session cannot be recorded, or its first plan fails.
    pub fn open(goal: Goal, file: std::path::PathBuf, size: (u16, u16)) -> Result<Stage, String> {
        let settings = teaching::settings(&goal, None);
        Stage::open_with(goal, settings, file, size)
    }

    /// Opens a new session on `goal` under `strategy`.
    ///
    /// # Errors
    /// If the session cannot be recorded, or its first plan fails.
    pub fn open_as(
        goal: Goal,
        strategy: Strategy,
        file: std::path::PathBuf,
        size: (u16, u16),
    ) -> Result<Stage, String> {
        let planner = goal.usual_planner();
        Stage::open_with(goal, Settings::default().with_strategy(strategy).with_planner(planner), file, size)
    }

    fn open_with(goal: Goal, settings: Settings, file: std::path::PathBuf, size: (u16, u16)) -> Result<Stage, String> {
        let services = Services::new(Evaluator::in_thread());
        let driver =
            Driver::open(Arc::new(goal), settings, SessionFile::File(file), services).map_err(|t| t.message)?;
        let mut app = App::new(driver, Keymap::built_in()?, Theme::coloured(), size);
        app.show_times(false);
        let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|error| error.to_string())?;
        let mut stage = Stage { app, size, runtime, requests: Vec::new() };
        stage.work()?;
        Ok(stage)
    }

    /// Plays the demo of the goal from now on, without its pauses.
    ///
    /// # Errors
    /// If what follows cannot be saved.
    pub fn present(&mut self) -> Result<(), String> {
        self.app.play_demo(1.0, None);
        self.work()
    }

    /// Returns the session's screen.
    pub fn app(&mut self) -> &mut App {
        &mut self.app
    }

    /// Takes this keymap from now on.
    pub fn take_keymap(&mut self, keymap: Keymap) {
        self.app.keymap = keymap;
    }

    /// Presses `keys`, as the footer writes them, with a space between; `"text"` types text.
    ///
    /// # Errors
    /// If a word does not name a key, or what follows cannot be saved.
    pub fn press(&mut self, keys: &str) -> Result<(), String> {
        for key in keys.split_whitespace() {
            self.input(&Input::Key(named(key).ok_or_else(|| format!("{key} is not a key"))?))?;
        }
        Ok(())
    }

    /// Types `text`, character by character.
    ///
    /// # Errors
    /// If what follows cannot be saved.
    pub fn type_text(&mut self, text: &str) -> Result<(), String> {
        text.chars().try_for_each(|c| self.input(&Input::Key(KeyPress::char(c))))
    }

    /// Hands over one input and does everything that the session wants then.
    ///
    /// # Errors
    /// If what follows cannot be saved.
    pub fn input(&mut self, input: &Input) -> Result<(), String> {
        if let Input::Resized { width, height } = input {
            self.size = (*width, *height);
        }
        let inside = self.runtime.enter();
        self.requests.extend(self.app.input(input));
        drop(inside);
        if self.app.driver().is_answering() {
            let checked = self.runtime.block_on(self.app.driver.next());
            self.app.moved(checked);
        }
        while self.app.is_listing() {
            self.runtime.block_on(self.app.wait_for_servers());
        }
        self.work()?;
        // As in a terminal, each key has its frame: what a click means is what was drawn.
        let _: Buffer = self.buffer();
        Ok(())
    }

    fn work(&mut self) -> Result<(), String> {
        let cancel = Cancel::new();
        let mut worked = true;
        while worked {
            worked = false;
            while self.app.driver().work(&cancel).map_err(|error| error.message)? {
                worked = true;
            }
            self.app.moved(crate::runtime::driver::DriverEvent::Events);
            self.app.moved(crate::runtime::driver::DriverEvent::Judged);
            while self.app.teach_now(&cancel) {}
            worked |= self.app.goes_on();
        }
        self.app.catch_up();
        // What is watched at the moment that is shown now.
        while self.app.driver().work(&cancel).map_err(|error| error.message)? {
            self.app.moved(crate::runtime::driver::DriverEvent::Watched);
        }
        Ok(())
    }

    /// Returns what the screen shows.
    pub fn buffer(&mut self) -> Buffer {
        let area = Rect::new(0, 0, self.size.0, self.size.1);
        let mut buffer = Buffer::empty(area);
        self.app.draw(area, &mut buffer);
        buffer
    }

    /// Returns the text of the screen, row by row, blanks at the end of a row left out.
    pub fn text(&mut self) -> String {
        text_of(&self.buffer())
    }

    /// Returns the text of the screen with a last line that stands for its styles.
    pub fn picture(&mut self) -> String {
        picture_of(&self.buffer())
    }
}

/// Returns the text of a buffer with a last line that stands for its styles.
pub fn picture_of(buffer: &Buffer) -> String {
    let mut hasher = DefaultHasher::new();
    for cell in buffer.content() {
        // By their names: those of the crates that draw may be written otherwise from one release to the next.
        (format!("{:?} {:?}", cell.fg, cell.bg), cell.modifier.bits()).hash(&mut hasher);
    }
    format!("{}\nstyles {:016x}\n", text_of(buffer), hasher.finish())
}

/// Returns the text of a buffer, row by row.
pub fn text_of(buffer: &Buffer) -> String {
    let area = buffer.area;
    let mut rows = Vec::with_capacity(usize::from(area.height));
    for y in area.top()..area.bottom() {
        let mut row = String::new();
        let mut x = area.left();
        while x < area.right() {
            let symbol = buffer.cell((x, y)).map_or(" ", |cell| cell.symbol());
            row.push_str(symbol);
            x += u16::try_from(crate::describe::text::width(symbol)).unwrap_or(1).max(1);
        }
        rows.push(row.trim_end().to_owned());
    }
    rows.join("\n")
}

/// Returns the key that the footer writes like this.
pub(crate) fn named(name: &str) -> Option<KeyPress> {
    match name {
        "Up" => Some(KeyPress::plain(Key::Up)),
        "Down" => Some(KeyPress::plain(Key::Down)),
        "Left" => Some(KeyPress::plain(Key::Left)),
        "Right" => Some(KeyPress::plain(Key::Right)),
        shown => KeyPress::shown(shown),
    }
}
