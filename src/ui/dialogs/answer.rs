//! What came back? The answer to an `ask` tool or an unbound step, or the outcome of an interrupted one.

use crate::describe::step;
use crate::describe::value;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::engine::command::Command;
use crate::engine::numbers;
use crate::engine::plan::StepId;
use crate::engine::state::{State, StepRun};
use crate::engine::value::{Shared, Value};
use crate::tools::ask::mismatch;

use crate::ui::input::{Input, Key, MouseAct};

use crate::describe::sign::Role;
use crate::ui::dialogs::{Dialog, DialogOutcome, DialogView};
use crate::ui::widgets::sheet::{Scroll, Sheet, heading, inner_height, inner_width, marked, plain, refusal};
use crate::ui::widgets::text_field::TextField;

/// The form for an answer: JSON where it is JSON, else plain text.
#[derive(Clone, Debug)]
pub struct Answer {
    step: StepId,
    question: String,
    /// The tool's own output names.
    outputs: Vec<Arc<str>>,
    keys: Vec<Arc<str>>,
    schema: Option<Shared>,
    replaces: bool,
    editor: TextField,
    refused: Option<String>,
    scroll: Scroll,
}

impl Answer {
    /// Returns the form for the step that waits for a person, or none where none waits; `question` is what it asks.
    pub fn open(state: &State, question: Option<String>) -> Option<Answer> {
        let run = state.asks()?;
        let spec = run.step.tool_in(&state.goal.tools).map(|tool| tool.run.spec.clone());
        let part = |name: &str| {
            let spec = spec.as_deref()?;
            spec.get(name).or_else(|| spec.get("ask").and_then(|ask| ask.get(name))).cloned()
        };
        let mut answer = Answer::outcome_of(run);
        answer.replaces = false;
        if let Some(question) = question {
            answer.question = question;
        }
        answer.schema = part("schema").map(Arc::new);
        Some(answer)
    }

    /// Returns the form for the outcome of a step that ran and whose outcome nobody knows.
    pub fn outcome_of(run: &StepRun) -> Answer {
        let step = &run.step;
        let question = if step.description.is_empty() { step.name().to_owned() } else { step.description.to_string() };
        Answer {
            step: step.id.clone(),
            question,
            outputs: step.to.iter().map(|(name, _)| name.clone()).collect(),
            keys: step.writes().cloned().collect(),
            schema: None,
            replaces: true,
            editor: TextField::lines(""),
            refused: None,
            scroll: Scroll::default(),
        }
    }

    /// Returns the answer as it would be given: JSON, or text as a string.
    fn value(&self) -> Result<Value, String> {
        let typed = self.editor.text();
        if typed.trim().is_empty() {
            return Err("nothing is typed yet".into());
        }
        let text = || Value::String(typed.trim_end_matches('\n').to_owned());
        let wants_text = self.schema.as_ref().is_some_and(|schema| schema.get("type") == Some(&"string".into()));
        let value = match serde_json::from_str::<Value>(typed.trim()) {
            Ok(value) if !value.is_string() && !wants_text && numbers::first_lost(&typed).is_some() => {
                let number = numbers::first_lost(&typed).map_or("", |(_, number)| number);
                return Err(numbers::sentence(number));
            }
            Ok(value) if value.is_string() || !wants_text => value,
            Ok(_) | Err(_) => text(),
        };
        if let Some(why) = self.schema.as_ref().and_then(|schema| mismatch(schema, &value)) {
            return Err(why);
        }
        if self.outputs.len() < 2 {
            return Ok(value);
        }
        let names = self.outputs.join(", ");
        let Value::Object(entries) = &value else {
            return Err(format!("this step has {} outputs: give an object with {names}", self.outputs.len()));
        };
        match self.outputs.iter().find(|name| !entries.contains_key(&***name)) {
            Some(missing) => Err(format!("the output \"{missing}\" is missing; the object needs {names}")),
            None => Ok(value),
        }
    }
}

impl Dialog for Answer {
    fn handle(&mut self, input: &Input, _view: &DialogView<'_>) -> DialogOutcome {
        match input {
            Input::Key(press) => {
                self.refused = None;
                match (press.key, press.ctrl) {
                    (Key::Esc, _) => return DialogOutcome::Close,
                    (Key::Char('s'), true) => match self.value() {
                        Ok(value) if self.replaces => {
                            let command = Command::ReplaceOutcome { step: self.step.clone(), result: Arc::new(value) };
                            return DialogOutcome::Submit(command);
                        }
                        Ok(value) => return DialogOutcome::Submit(Command::Answer(Arc::new(value))),
                        Err(message) => self.refused = Some(message),
                    },
                    (Key::Char('o'), true) => return DialogOutcome::OpenEditor(self.editor.text()),
                    _ => {
                        self.editor.key(*press);
                    }
                }
            }
            Input::Paste(pasted) => self.refused = self.editor.paste(pasted).err(),
            Input::Mouse { act: MouseAct::WheelUp, .. } => self.scroll.by(-1),
            Input::Mouse { act: MouseAct::WheelDown, .. } => self.scroll.by(1),
            Input::Mouse { act: MouseAct::Click, .. } | Input::Resized { .. } => {}
        }
        DialogOutcome::Stay
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, view: &DialogView<'_>) {
        let (width, theme) = (inner_width(area), view.theme);
        let mut body = plain(&self.question, width);
        if let Some(schema) = &self.schema {
            body.extend(marked(Role::Pending, &format!("as {}", value::json(schema, 160)), width, theme));
        }
        body.push(heading("What came back?", theme));
        let before = body.len();
        let room = inner_height(area).saturating_sub(before + 6).clamp(1, 10);
        let rows = self.editor.rows(width, room, true, None, theme);
        let focus = before + self.editor.cursor_row().min(rows.len().saturating_sub(1));
        let short = room.min(4).saturating_sub(rows.len());
        body.extend(rows);
        body.extend(std::iter::repeat_n(ratatui::text::Line::default(), short));
        let mut foot = refusal(self.refused.as_deref(), width, theme);
        if foot.is_empty() {
            let keys = self.keys.join(", ");
            foot = match self.value() {
                Ok(Value::String(text)) if text.trim_start().starts_with(['{', '[']) => {
                    let words = format!("this is no JSON; as text it goes to {keys}");
                    marked(Role::Surprise, &words, width, theme)
                }
                Ok(Value::String(_)) => marked(Role::Done, &format!("text, goes to {keys}"), width, theme),
                Ok(_) => marked(Role::Done, &format!("JSON, goes to {keys}"), width, theme),
                Err(message) => marked(Role::Pending, &message, width, theme),
            };
        }
        let title = format!("Answer: {}", step::label_of(view.state, &self.step));
        let hints = vec![("C-s", "give this answer"), ("C-o", "$EDITOR"), ("Esc", "keep the draft and close")];
        Sheet { title, body, focus: Some(focus), foot, hints, ..Sheet::default() }.draw(area, buf, theme, &self.scroll);
    }

    fn give(&mut self, given: Result<String, String>) {
        match given {
            Ok(content) => self.editor.set(content.trim_end_matches('\n')),
            Err(message) => self.refused = Some(message),
        }
    }

    fn refuse(&mut self, message: &str) {
        self.refused = Some(message.to_owned());
    }

    fn draft_of(&self) -> Option<String> {
        Some(format!("answer {}", self.step))
    }

    fn answers(&self) -> bool {
        true
    }
}
