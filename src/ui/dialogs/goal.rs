//! Change the goal: its words, and its wants as lines `key: condition`.

use crate::ui::dialogs::{Dialog, DialogOutcome, DialogView, RunAhead, pairs};
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::engine::command::Command;
use crate::engine::effect::Inquiry;
use crate::engine::goal::Wants;
use crate::engine::state::State;

use crate::describe::sign::Role;
use crate::ui::action::Action;
use crate::ui::dialogs::preview::Preview;
use crate::ui::input::{Input, KeyPress, MouseAct};
use crate::ui::keymap::Mode;
use crate::ui::widgets::sheet::{Scroll, Sheet, heading, inner_height, inner_width, marked, refusal};
use crate::ui::widgets::text_field::TextField;

/// Where it looks its keys up.
const MODES: [Mode; 1] = [Mode::Form];

/// The form for the goal.
#[derive(Clone, Debug)]
pub struct ChangeGoal {
    words: TextField,
    wants: TextField,
    on_wants: bool,
    refused: Option<String>,
    scroll: Scroll,
    preview: Preview,
}

impl ChangeGoal {
    /// Returns the form with the goal as it is.
    pub fn open(state: &State) -> ChangeGoal {
        let wants = pairs::check_lines(state.goal.wants.iter().map(|(key, condition)| (&**key, &**condition)));
        ChangeGoal {
            words: TextField::line(&state.goal.goal),
            wants: TextField::lines(&wants),
            on_wants: false,
            refused: None,
            scroll: Scroll::default(),
            preview: Preview::default(),
        }
    }

    fn command(&self, view: &DialogView<'_>) -> Result<Command, (usize, String)> {
        let goal: Arc<str> = self.words.text().trim().into();
        Ok(Command::ChangeGoal { goal, wants: self.wants(view)?, scenario: None })
    }

    fn wants(&self, view: &DialogView<'_>) -> Result<Wants, (usize, String)> {
        pairs::parse_pairs(&self.wants.text(), view.jq).map(|pairs| pairs.into_iter().collect())
    }
}

impl Dialog for ChangeGoal {
    fn handle(&mut self, input: &Input, view: &DialogView<'_>) -> DialogOutcome {
        self.preview.clear();
        let on_wants = self.on_wants;
        let field = if on_wants { &mut self.wants } else { &mut self.words };
        match input {
            Input::Key(press) => {
                self.refused = None;
                match view.keymap.action(&MODES, *press) {
                    Some(Action::Close) => return DialogOutcome::Close,
                    Some(Action::NextField | Action::PreviousField) => self.on_wants = !on_wants,
                    Some(Action::Apply) => match self.command(view) {
                        Ok(command) => return DialogOutcome::Submit(command),
                        Err((line, message)) => self.refused = Some(format!("line {}: {message}", line + 1)),
                    },
                    _ => {
                        let goes_on = || view.keymap.action(&[Mode::List], *press);
                        if !field.key(*press, view.keymap)
                            && !on_wants
                            && matches!(goes_on(), Some(Action::Take | Action::Down))
                        {
                            self.on_wants = true;
                        }
                    }
                }
            }
            Input::Paste(pasted) => self.refused = field.paste(pasted).err(),
            Input::Mouse { act: MouseAct::Click, column, row } => {
                if let Some(row) = self.scroll.row_at(*column, *row) {
                    self.on_wants = row > 1;
                }
            }
            Input::Mouse { act, .. } => self.wants.wheel(*act),
            Input::Resized { .. } => {}
        }
        DialogOutcome::Stay
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, view: &DialogView<'_>) {
        let (width, theme) = (inner_width(area), view.theme);
        let mut body = vec![heading("Goal, in words", theme)];
        body.extend(self.words.rows(width, 1, !self.on_wants, None, theme));
        body.push(heading("Wants at the end, a line each, key: condition (jq)", theme));
        let faulty = self.wants(view).err();
        let before = body.len();
        let room = inner_height(area).saturating_sub(before + 5).clamp(1, 12.max(inner_height(area) / 2));
        let wrong = faulty.as_ref().map(|(line, _)| (*line, 0));
        let rows = self.wants.rows(width, room, self.on_wants, wrong, theme);
        let cursor = before + self.wants.cursor_row().min(rows.len().saturating_sub(1));
        body.extend(rows);
        let focus = Some(if self.on_wants { cursor } else { 1 });
        let mut foot = refusal(self.refused.as_deref(), width, theme);
        if foot.is_empty() {
            foot = match &faulty {
                Some((line, message)) => marked(Role::Failed, &format!("line {}: {message}", line + 1), width, theme),
                None if self.wants(view).is_ok_and(|wants| wants == *view.state.goal.wants) => {
                    marked(Role::Kept, "the same wants as now", width, theme)
                }
                None => {
                    let lines = self.preview.lines(view, || self.command(view).map_err(|(_, message)| message));
                    lines.into_iter().flat_map(|(role, words)| marked(role, &words, width, theme)).collect()
                }
            };
        }
        foot.extend(view.fork(width));
        let hints = view.hints(&MODES).key(Action::Apply, "change the goal").key(Action::NextField, "next field");
        let hints = hints.editing().key(Action::Close, "keep the draft and close").done();
        let foot_title = Some("If you apply this".into());
        let (title, hidden) = ("Change the goal".into(), self.wants.hidden(room));
        Sheet { title, body, focus, foot, foot_title, hints, hidden, ..Sheet::default() }.draw(
            area,
            buf,
            theme,
            &self.scroll,
        );
    }

    fn pending(&self, view: &DialogView<'_>) -> Vec<Inquiry> {
        match self.command(view) {
            Ok(command) => self.preview.pending(view, || Ok(command)),
            Err(_) => Vec::new(),
        }
    }

    fn ahead(&self, view: &DialogView<'_>) -> RunAhead {
        self.preview.ahead(view, || self.command(view).map_err(|(_, message)| message))
    }

    fn key_at(&self, column: u16, row: u16) -> Option<KeyPress> {
        self.scroll.key_at(column, row)
    }

    fn refuse(&mut self, message: &str) {
        self.refused = Some(message.to_owned());
    }

    fn draft_of(&self) -> Option<String> {
        Some("goal".into())
    }
}
