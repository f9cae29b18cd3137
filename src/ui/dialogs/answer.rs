//! What came back? The answer to an `ask` tool or an unbound step, or the outcome of an interrupted one.
//!
//! Where only a few answers fit (yes or no, one of a list), they are a choice. Else one line is given by Enter; text
//! with several lines by C-s.

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

use crate::ui::action::Action;
use crate::ui::input::{Input, Key, KeyPress};
use crate::ui::keymap::Mode;

use crate::describe::sign::Role;
use crate::ui::dialogs::{Dialog, DialogOutcome, DialogView};
use crate::ui::widgets::picker::{Entry, Picked, Picker};
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
    /// The only answers that fit, where there are few; and the choice among them.
    options: Option<(Vec<Value>, Picker)>,
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
        answer.schema = part("schema").map(Shared::new);
        let options = answer.schema.as_deref().filter(|_| answer.outputs.len() < 2).map(options).unwrap_or_default();
        if !options.is_empty() {
            let picker = Picker::new(options.iter().map(option).collect());
            answer.options = Some((options, picker));
        }
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
            options: None,
            replaces: true,
            editor: TextField::lines(""),
            refused: None,
            scroll: Scroll::default(),
        }
    }

    /// Returns what gives `value` as the answer.
    fn submit(&self, value: Value) -> DialogOutcome {
        let value = Shared::new(value);
        DialogOutcome::Submit(match self.replaces {
            true => Command::ReplaceOutcome { step: self.step.clone(), result: value },
            false => Command::Answer(value),
        })
    }

    fn give_it(&mut self) -> DialogOutcome {
        match self.value() {
            Ok(value) => self.submit(value),
            Err(message) => {
                self.refused = Some(message);
                DialogOutcome::Stay
            }
        }
    }

    /// Tells whether Enter gives the answer: one line, unless JSON was begun in it.
    fn is_one_line(&self) -> bool {
        let typed = self.editor.text();
        let begun = typed.trim_start().starts_with(['{', '[']) && serde_json::from_str::<Value>(&typed).is_err();
        !typed.contains('\n') && !begun
    }

    /// Returns where it looks its keys up.
    fn modes(&self) -> &'static [Mode] {
        if self.is_one_line() { &[Mode::Line, Mode::Form] } else { &[Mode::Form] }
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
    fn handle(&mut self, input: &Input, view: &DialogView<'_>) -> DialogOutcome {
        if matches!(input, Input::Key(_)) {
            self.refused = None;
        }
        if let Some((options, picker)) = &mut self.options {
            return match picker.handle(input, view.keymap) {
                Picked::Nothing => DialogOutcome::Stay,
                Picked::Away => DialogOutcome::Close,
                Picked::Entry(at) => match options.get(at).cloned() {
                    Some(value) => self.submit(value),
                    None => DialogOutcome::Stay,
                },
            };
        }
        match input {
            Input::Key(press) => match view.keymap.action(self.modes(), *press) {
                Some(Action::Close) => return DialogOutcome::Close,
                Some(Action::Apply) => return self.give_it(),
                Some(Action::Editor) => return DialogOutcome::OpenEditor(self.editor.text()),
                _ => {
                    self.editor.key(*press, view.keymap);
                }
            },
            Input::Paste(pasted) => self.refused = self.editor.paste(pasted).err(),
            Input::Mouse { act, .. } => self.editor.wheel(*act),
            Input::Resized { .. } => {}
        }
        DialogOutcome::Stay
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, view: &DialogView<'_>) {
        let (width, theme) = (inner_width(area), view.theme);
        let mut body = plain(&self.question, width);
        let title = format!("Answer: {}", step::label_of(view.state, &self.step));
        if let Some((_, picker)) = &self.options {
            let question = body.len();
            let (rows, focus) = picker.rows(width, theme);
            body.extend(rows);
            picker.stands_below(question);
            let mut foot = vec![picker.filter_line(width, theme)];
            foot.extend(refusal(self.refused.as_deref(), width, theme));
            let hints = view.hints(&[Mode::List]).keys(&[Action::Up, Action::Down], "choose");
            let hints = hints.key(Action::Take, "give this answer").key(Action::Close, "close, it waits").done();
            let focus = focus.map(|row| row + question);
            return Sheet { title, body, focus, foot, hints, ..Sheet::default() }.draw(
                area,
                buf,
                theme,
                &picker.scroll,
            );
        }
        if let Some(schema) = &self.schema {
            body.extend(marked(Role::Pending, &format!("as {}", value::json(schema, 160)), width, theme));
        }
        body.push(heading("What came back?", theme));
        let before = body.len();
        let room = inner_height(area).saturating_sub(before + 6).clamp(1, 10.max(inner_height(area) / 2));
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
                    let words = format!("this is not JSON; as text it goes to {keys}");
                    marked(Role::Surprise, &words, width, theme)
                }
                Ok(Value::String(_)) => marked(Role::Done, &format!("text, goes to {keys}"), width, theme),
                Ok(_) => marked(Role::Done, &format!("JSON, goes to {keys}"), width, theme),
                Err(message) => marked(Role::Pending, &message, width, theme),
            };
        }
        let hints = view.hints(self.modes()).key(Action::Apply, "give this answer");
        let hints = match self.is_one_line() {
            true => hints.key(Action::NewLine, "new line"),
            false => hints.typed(KeyPress::plain(Key::Enter), "new line"),
        };
        let hints = hints.key(Action::Editor, "$EDITOR").editing();
        let hints = hints.key(Action::Close, "keep the draft and close").done();
        let (focus, hidden) = (Some(focus), self.editor.hidden(room));
        Sheet { title, body, focus, foot, hints, hidden, ..Sheet::default() }.draw(area, buf, theme, &self.scroll);
    }

    fn give(&mut self, given: Result<String, String>) {
        match given {
            Ok(content) => self.editor.set(content.trim_end_matches('\n')),
            Err(message) => self.refused = Some(message),
        }
    }

    fn key_at(&self, column: u16, row: u16) -> Option<KeyPress> {
        let scroll = self.options.as_ref().map_or(&self.scroll, |(_, picker)| &picker.scroll);
        scroll.key_at(column, row)
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

/// Returns the only answers that `schema` lets pass, where it lists them; else none.
fn options(schema: &Value) -> Vec<Value> {
    let of = |name: &str| match name {
        "boolean" => Some(vec![Value::Bool(true), Value::Bool(false)]),
        "null" => Some(vec![Value::Null]),
        _ => None,
    };
    match (schema.get("enum"), schema.get("type")) {
        (Some(Value::Array(values)), _) => values.clone(),
        (None, Some(Value::String(name))) => of(name).unwrap_or_default(),
        (None, Some(Value::Array(names))) => {
            let each: Option<Vec<Vec<Value>>> = names.iter().map(|name| of(name.as_str()?)).collect();
            each.map(|values| values.concat()).unwrap_or_default()
        }
        (..) => Vec::new(),
    }
}

/// Returns how a choice shows `value`.
fn option(value: &Value) -> Entry {
    let (name, detail) = match value {
        Value::Bool(true) => ("yes".to_owned(), "true".to_owned()),
        Value::Bool(false) => ("no".to_owned(), "false".to_owned()),
        Value::String(words) => (words.clone(), String::new()),
        other => (value::json(other, 80), String::new()),
    };
    Entry { name, detail, group: String::new() }
}
