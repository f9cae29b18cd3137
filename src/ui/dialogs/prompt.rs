//! One line of text: where to go, what to find, how many steps.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::runtime::{breakpoints, watches};
use crate::ui::action::Action;
use crate::ui::dialogs::{Dialog, DialogOutcome, DialogView};
use crate::ui::input::{Input, KeyPress};
use crate::ui::keymap::Mode;
use crate::ui::widgets::sheet::{Scroll, Sheet, inner_width, refusal};
use crate::ui::widgets::text_field::TextField;

/// Where it looks its keys up.
const MODES: [Mode; 2] = [Mode::Line, Mode::Form];

/// What a prompt is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PromptKind {
    /// Find text in the pane.
    Find,
    /// Go to an event, a step or a key.
    GoTo,
    /// How many steps to run.
    Steps,
    /// The path of a file to open.
    OpenFile,
    /// A condition on the context: when did it hold first?
    When,
    /// A key or a filter to watch: a new one, or in place of that one.
    Watch(Option<usize>),
    /// What decisions, planned steps and calls take; nothing typed: the usual price.
    Price,
    /// What faults are to say that are shown; nothing typed: all of them.
    Faults,
}

/// A prompt of one line.
#[derive(Clone, Debug)]
pub struct Prompt {
    kind: PromptKind,
    editor: TextField,
    refused: Option<String>,
    scroll: Scroll,
}

impl Prompt {
    /// Returns a prompt with this text in it already.
    pub fn new(kind: PromptKind, content: &str) -> Prompt {
        Prompt { kind, editor: TextField::line(content), refused: None, scroll: Scroll::default() }
    }
}

impl Dialog for Prompt {
    fn handle(&mut self, input: &Input, view: &DialogView<'_>) -> DialogOutcome {
        match input {
            Input::Key(press) => {
                self.refused = None;
                match view.keymap.action(&MODES, *press) {
                    Some(Action::Close) => return DialogOutcome::Close,
                    Some(Action::Apply) => {
                        let typed = self.editor.text().trim().to_owned();
                        let number = typed.parse::<u32>().is_ok_and(|steps| steps > 0);
                        if typed.is_empty() && !matches!(self.kind, PromptKind::Price | PromptKind::Faults) {
                            return DialogOutcome::Close;
                        } else if self.kind == PromptKind::When {
                            match breakpoints::condition(&typed, &view.state.goal, Some(view.state)) {
                                Ok(place) => return DialogOutcome::FirstTime(place.stops()),
                                Err(why) => self.refused = Some(format!("{typed} {why}")),
                            }
                        } else if let (PromptKind::Watch(_), Err(why)) =
                            (self.kind, watches::read(&typed, &view.state.goal, Some(view.state)))
                        {
                            self.refused = Some(format!("{typed} {why}"));
                        } else if self.kind == PromptKind::Steps && !number {
                            self.refused = Some("type a number of steps, from 1".into());
                        } else {
                            return DialogOutcome::Typed(self.kind, typed);
                        }
                    }
                    _ => {
                        self.editor.key(*press, view.keymap);
                    }
                }
            }
            Input::Paste(pasted) => self.refused = self.editor.paste(pasted).err(),
            Input::Mouse { .. } | Input::Resized { .. } => {}
        }
        DialogOutcome::Stay
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, view: &DialogView<'_>) {
        let theme = view.theme;
        let width = inner_width(area);
        let title = match self.kind {
            PromptKind::Find => "Find in this pane; of the trace also kind:failed step:s3 key:x -word",
            PromptKind::GoTo => "Go to an event, a step or a key",
            PromptKind::Steps => "How many steps?",
            PromptKind::OpenFile => "Open a goal file or a plan",
            PromptKind::When => "When did this hold first? A jq condition on the context, like .counts.refund > 3",
            PromptKind::Faults => "Which faults? What their sentences hold, like a tool or \"null\"",
            PromptKind::Watch(_) => "Watch a key or a jq filter on the context, like .tickets | length",
            PromptKind::Price => "What does each take? What is not named takes the usual",
        };
        let body = self.editor.rows(width, 1, true, None, theme);
        let foot = refusal(self.refused.as_deref(), width, theme);
        let hints = view.hints(&MODES).key(Action::Apply, "go").editing().key(Action::Close, "close").done();
        Sheet { title: title.into(), body, focus: Some(0), foot, hints, ..Sheet::default() }.draw(
            area,
            buf,
            theme,
            &self.scroll,
        );
    }

    fn key_at(&self, column: u16, row: u16) -> Option<KeyPress> {
        self.scroll.key_at(column, row)
    }

    fn refuse(&mut self, message: &str) {
        self.refused = Some(message.to_owned());
    }
}
