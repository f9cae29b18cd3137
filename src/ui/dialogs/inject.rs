//! Inject a changed observation: another value for a key, or another outcome of a step.
//!
//! The JSON is checked and the impact computed while one types. Two meanings are kept apart: *the world is this*
//! (pinned), and *the tool returned this* (only where a step wrote it).

use crate::describe::step;
use crate::describe::value;
use crate::engine::ordered::IndexMap;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::engine::command::Command;
use crate::engine::context::Origin;
use crate::engine::effect::{Inquiry, Remembered};
use crate::engine::event::Seq;
use crate::engine::goal::Key;
use crate::engine::numbers;
use crate::engine::plan::StepId;
use crate::engine::state::{State, Status, StepRun};
use crate::engine::value::{Look, Shared, Value};

use crate::describe::sign::Role;
use crate::describe::text;
use crate::ui::action::Action;
use crate::ui::dialogs::beside;
use crate::ui::dialogs::preview::Preview;
use crate::ui::dialogs::{Dialog, DialogOutcome, DialogView, RunAhead};
use crate::ui::input::{Input, KeyPress};
use crate::ui::keymap::Mode;
use crate::ui::theme::Theme;
use crate::ui::widgets::sheet::{Scroll, Sheet, inner_height, inner_width, marked, refusal};
use crate::ui::widgets::text_field::{LONGEST, TextField};

/// Where it looks its keys up.
const MODES: [Mode; 1] = [Mode::Form];

/// What is injected into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A context key.
    Key(Key),
    /// The outcome of a step that was started.
    Step(StepId),
}

/// The form.
#[derive(Clone, Debug)]
pub struct Inject {
    target: Target,
    /// The part of the value that it was opened at, as a JSON pointer; empty: the whole.
    pointer: String,
    /// What stood there.
    was: Option<Shared>,
    /// The step whose outcome it may be.
    writer: Option<StepId>,
    /// Whether it is the step's outcome rather than the world.
    as_outcome: bool,
    editor: TextField,
    /// What stands for the editor's text where the value is too large for it.
    large: Option<Shared>,
    /// What `typed` comes to, kept until the text changes.
    parsed: Result<Value, Fault>,
    opened: Seq,
    refused: Option<String>,
    scroll: Scroll,
    preview: Preview,
}

/// Where JSON is faulty: row and character from 0, and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fault {
    row: usize,
    column: usize,
    message: String,
}

fn parse(typed: &str) -> Result<Value, Fault> {
    let value = serde_json::from_str::<Value>(typed).map_err(|error| {
        let row = error.line().saturating_sub(1);
        let line = typed.split('\n').nth(row).unwrap_or_default();
        // serde_json counts bytes; a person counts characters.
        let mut bytes = error.column().saturating_sub(1).min(line.len());
        while !line.is_char_boundary(bytes) {
            bytes -= 1;
        }
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default().to_owned();
        Fault { row, column: line[..bytes].chars().count(), message }
    })?;
    let Some((at, number)) = numbers::first_lost(typed) else { return Ok(value) };
    let (row, line) = (typed[..at].matches('\n').count(), typed[..at].rsplit('\n').next().unwrap_or_default());
    Err(Fault { row, column: line.chars().count(), message: numbers::sentence(number) })
}

/// Returns whether `value` is small enough for the editor; looks no further than that.
fn fits(value: &Shared) -> bool {
    if value.long().is_some() {
        return false;
    }
    let mut todo = vec![&**value];
    let mut size = 0;
    while let Some(value) = todo.pop() {
        size += 8;
        match value {
            Value::String(s) => size += s.len(),
            Value::Array(items) if items.len() > LONGEST => return false,
            Value::Array(items) => todo.extend(items),
            Value::Object(entries) if entries.len() > LONGEST => return false,
            Value::Object(entries) => {
                size += entries.keys().map(String::len).sum::<usize>();
                todo.extend(entries.values());
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
        if size > LONGEST || todo.len() > LONGEST {
            return false;
        }
    }
    true
}

/// Returns the row and character, from 0, at which the part of `value` under a JSON pointer begins where it is written
/// with an entry a line.
fn place(value: &Value, pointer: &str) -> Option<(usize, usize)> {
    fn rows(value: &Value) -> usize {
        match value {
            Value::Array(items) if !items.is_empty() => 2 + items.iter().map(rows).sum::<usize>(),
            Value::Object(entries) if !entries.is_empty() => 2 + entries.values().map(rows).sum::<usize>(),
            _ => 1,
        }
    }
    let (mut row, mut column, mut here) = (0, 0, value);
    for (depth, name) in pointer.split('/').skip(1).enumerate() {
        let name = name.replace("~1", "/").replace("~0", "~");
        let indent = 2 * (depth + 1);
        (row, column, here) = match here {
            Value::Array(items) => {
                let at = name.parse().ok()?;
                let before: usize = items.iter().take(at).map(rows).sum();
                (row + 1 + before, indent, items.get(at)?)
            }
            Value::Object(entries) => {
                let before: usize =
                    entries.iter().take_while(|(key, _)| **key != name).map(|(_, part)| rows(part)).sum();
                let key = serde_json::to_string(&name).ok()?;
                (row + 1 + before, indent + key.chars().count() + 2, entries.get(&name)?)
            }
            _ => return None,
        };
    }
    Some((row, column))
}

/// Returns a JSON pointer as a person reads it behind a key: `[3].text`.
fn path(pointer: &str) -> String {
    let part = |name: &str| match name.parse::<usize>() {
        Ok(at) => format!("[{at}]"),
        Err(_) => format!(".{}", name.replace("~1", "/").replace("~0", "~")),
    };
    pointer.split('/').skip(1).map(part).collect()
}

/// Returns what `run` returned, by the tool's own output names, as far as it is known.
fn outcome_of(state: &State, run: &StepRun) -> Option<Shared> {
    let remembered = run.call.as_ref().and_then(|call| state.outcomes.get(call));
    let outputs: IndexMap<Key, Shared> = match remembered {
        Some(Remembered::Returned(outputs) | Remembered::Refuted(outputs, _)) => (**outputs).clone(),
        Some(Remembered::Failed(_)) | None => {
            let value = |(name, key): &(Key, Key)| Some((name.clone(), state.context.get(key)?.value.clone()));
            run.step.to.iter().filter_map(value).collect()
        }
    };
    match run.step.to.as_slice() {
        [(only, _)] => outputs.get(only).cloned(),
        _ if outputs.is_empty() => None,
        _ => {
            let entry = |(name, value): (&Key, &Shared)| (name.to_string(), (**value).clone());
            Some(Shared::new(Value::Object(outputs.iter().map(entry).collect())))
        }
    }
}

impl Inject {
    /// Returns the form for `target`, filled with the value as it is now.
    pub fn open(view: &DialogView<'_>, target: Target) -> Inject {
        Inject::open_at(view, target, String::new())
    }

    /// Returns the form for `target` with the cursor at the part of the value under this JSON pointer.
    pub fn open_at(view: &DialogView<'_>, target: Target, pointer: String) -> Inject {
        let state = view.state;
        let ran = |id: &StepId| {
            state.run(id).filter(|run| !matches!(run.status, Status::Running | Status::Pending | Status::Skipped))
        };
        let (writer, present): (Option<StepId>, Option<Shared>) = match &target {
            Target::Key(key) => {
                let datum = state.context.get(key);
                let writer = datum.and_then(|datum| match &datum.origin {
                    Origin::Step(id) | Origin::Edited(id) => ran(id).map(|_| id.clone()),
                    Origin::Initial | Origin::Injected | Origin::Record => None,
                });
                (writer, datum.map(|datum| datum.value.clone()))
            }
            Target::Step(id) => {
                let value = ran(id).and_then(|run| outcome_of(state, run));
                (ran(id).map(|_| id.clone()), value)
            }
        };
        let large = present.clone().filter(|value| !fits(value));
        let content = match (&large, &present) {
            (None, Some(value)) => value::json_pretty(value),
            (Some(_), _) | (None, None) => String::new(),
        };
        let as_outcome = matches!(target, Target::Step(_));
        let parsed = match &large {
            Some(_) => Ok(Value::Null),
            None => parse(&content),
        };
        let mut editor = TextField::lines(&content).for_json();
        let small = present.as_ref().filter(|_| large.is_none());
        let place = small.and_then(|value| place(value, &pointer));
        if let Some((row, column)) = place {
            editor.go_to(row, column);
        }
        let part = |value: &Shared| value.at(&pointer).map(Look::share);
        let was = if pointer.is_empty() { present } else { present.as_ref().and_then(part) };
        let (opened, scroll) = (state.seq, Scroll::default());
        let preview = Preview::default();
        Inject {
            target,
            pointer,
            was,
            writer,
            as_outcome,
            editor,
            large,
            parsed,
            opened,
            refused: None,
            scroll,
            preview,
        }
    }

    /// Returns the value as it would be applied.
    fn value(&self) -> Result<&Value, &Fault> {
        self.untouched().map_or_else(|| self.parsed.as_ref(), |value| Ok(value))
    }

    /// Returns what is wrong with it.
    fn fault(&self) -> Option<&Fault> {
        if self.untouched().is_some() { None } else { self.parsed.as_ref().err() }
    }

    /// Returns the value that is too large for the editor, as long as nothing was typed in its place.
    fn untouched(&self) -> Option<&Shared> {
        self.large.as_ref().filter(|_| self.editor.text().trim().is_empty())
    }

    /// Returns the path that was typed as `@path` instead of JSON.
    fn path(&self) -> Option<String> {
        let typed = self.editor.text();
        let path = typed.trim().strip_prefix('@')?.trim();
        (!path.is_empty()).then(|| path.to_owned())
    }

    /// Returns the result that the writer is said to have returned: its other outputs stay as they are.
    fn result(&self, state: &State, value: &Value) -> Result<(StepId, Value), String> {
        let id = self.writer.clone().ok_or("no step returned this: say that the world is this")?;
        let run = state.run(&id).ok_or_else(|| format!("{id} did not run here"))?;
        let outputs = &run.step.to;
        let Target::Key(key) = &self.target else { return Ok((id, value.clone())) };
        if outputs.len() < 2 {
            return Ok((id, value.clone()));
        }
        let name = outputs.iter().find(|(_, written)| written == key).map(|(name, _)| name.to_string());
        let outcome = outcome_of(state, run);
        match (outcome.as_deref().and_then(Value::as_object), name) {
            (Some(entries), Some(name)) => {
                let mut entries = entries.clone();
                entries.insert(name, value.clone());
                Ok((id, Value::Object(entries)))
            }
            _ => Err(format!("{id} has several outputs: inject on the step to give them all")),
        }
    }

    fn command(&self, state: &State) -> Result<Command, String> {
        if let (Some(large), Target::Key(key), false) = (self.untouched(), &self.target, self.as_outcome) {
            return Ok(Command::Inject([(key.clone(), Some(large.clone()))].into_iter().collect()));
        }
        let value = match self.value() {
            Ok(value) => value,
            Err(fault) => {
                return Err(format!("line {}, column {}: {}", fault.row + 1, fault.column + 1, fault.message));
            }
        };
        if self.as_outcome {
            let (step, result) = self.result(state, value)?;
            return Ok(Command::ReplaceOutcome { step, result: Shared::new(result) });
        }
        match &self.target {
            Target::Key(key) => {
                Ok(Command::Inject([(key.clone(), Some(Shared::new(value.clone())))].into_iter().collect()))
            }
            Target::Step(id) => {
                let run = state.run(id).ok_or_else(|| format!("{id} did not run here"))?;
                let values = self.written(&run.step, value)?;
                let shared = |(key, value): (Key, Option<&Value>)| (key, value.map(|value| Shared::new(value.clone())));
                Ok(Command::Inject(values.into_iter().map(shared).collect()))
            }
        }
    }

    /// Returns the keys that `step` writes with the parts of `value` that they get.
    fn written<'a>(
        &self,
        step: &crate::engine::plan::Step,
        value: &'a Value,
    ) -> Result<Vec<(Key, Option<&'a Value>)>, String> {
        match step.to.as_slice() {
            [(_, key)] => Ok(vec![(key.clone(), Some(value))]),
            outputs => outputs
                .iter()
                .map(|(name, key)| match value.get(&**name) {
                    Some(part) => Ok((key.clone(), Some(part))),
                    None => Err(format!("the output \"{name}\" is missing: give an object with one entry for each")),
                })
                .collect(),
        }
    }

    /// Turns to the other meaning, where there is another one.
    fn turn(&mut self) {
        self.preview.clear();
        if self.writer.is_some() {
            self.as_outcome = !self.as_outcome;
        } else {
            self.refused = Some("no step returned this value: it can only be the world".into());
        }
    }

    /// Takes another value: of the number or truth value at the cursor, else of the whole. Tells whether there is one.
    fn another_value(&mut self, up: bool) -> bool {
        let (text, cursor) = (self.editor.text(), self.editor.cursor());
        if let Some(changed) = beside::changed_at(&text, cursor, up) {
            self.editor.set(&changed);
            self.editor.go_to(cursor.0, cursor.1);
            return true;
        }
        match (self.was.as_ref().filter(|_| self.large.is_none()).map(|was| &**was), &self.parsed) {
            (Some(was), Ok(now)) if self.pointer.is_empty() => {
                let next = beside::next_of(was, now, up);
                self.editor.set(&value::json_pretty(&next));
                true
            }
            _ => {
                self.refused = Some("put the cursor on a number, true or false to change it by one".to_owned());
                false
            }
        }
    }

    fn foreseen(&self, view: &DialogView<'_>) -> Vec<(Role, String)> {
        if self.fault().is_some() {
            return Vec::new();
        }
        self.preview.lines(view, || self.command(view.state))
    }

    /// Returns the two meanings, side by side where there is room.
    fn meaning(&self, state: &State, width: usize, theme: &Theme) -> Vec<Line<'static>> {
        let dot = |on: bool| if on { "(•)" } else { "( )" };
        let mut words = vec![format!("{} the world is this, pinned", dot(!self.as_outcome))];
        if let Some(run) = self.writer.as_ref().and_then(|id| state.run(id)) {
            words.push(format!("{} {} returned this", dot(self.as_outcome), text::clip(run.step.name(), 40)));
        }
        let joined = words.join("   ");
        if text::width(&joined) + 4 <= width {
            words = vec![joined];
        }
        let lead = |at: usize| if at == 0 { "as  " } else { "    " };
        let line = |(at, words): (usize, String)| {
            let words = text::clip(&words, width.saturating_sub(4));
            Line::from(vec![Span::styled(lead(at), theme.style(Role::Title)), Span::raw(words)])
        };
        words.into_iter().enumerate().map(line).collect()
    }
}

impl Dialog for Inject {
    fn handle(&mut self, input: &Input, view: &DialogView<'_>) -> DialogOutcome {
        let mut typed = false;
        match input {
            Input::Key(press) => {
                self.refused = None;
                match view.keymap.action(&MODES, *press) {
                    Some(Action::Close) => return DialogOutcome::Close,
                    Some(Action::NextField | Action::PreviousField) => self.turn(),
                    Some(Action::Apply) => {
                        if let Some(path) = self.path() {
                            return DialogOutcome::ReadFile(path);
                        }
                        match self.command(view.state) {
                            Ok(command) => return DialogOutcome::Submit(command),
                            Err(message) => self.refused = Some(message),
                        }
                    }
                    Some(Action::Reload) => {
                        *self = Inject::open_at(view, self.target.clone(), self.pointer.clone());
                    }
                    Some(Action::Editor) => {
                        let content = match self.large.as_ref().filter(|_| self.editor.text().trim().is_empty()) {
                            Some(value) => value::json_pretty(value),
                            None => self.editor.text(),
                        };
                        return DialogOutcome::OpenEditor(content);
                    }
                    Some(Action::RemoveKey) => match &self.target {
                        Target::Key(key) if view.state.context.get(key).is_some() => {
                            return DialogOutcome::Submit(Command::Inject([(key.clone(), None)].into_iter().collect()));
                        }
                        Target::Key(key) => self.refused = Some(format!("{key} has no value that could be removed")),
                        Target::Step(_) => {
                            self.refused = Some("an outcome cannot be removed; remove a key in the context".into());
                        }
                    },
                    Some(turn @ (Action::ValueUp | Action::ValueDown)) => {
                        typed = self.another_value(turn == Action::ValueUp);
                    }
                    _ => typed = self.editor.key(*press, view.keymap),
                }
            }
            Input::Paste(pasted) => match self.editor.paste(pasted) {
                Ok(()) => typed = true,
                Err(message) => {
                    let words = format!("{message}; \x01editor\x02 opens $EDITOR, @path reads a file");
                    self.refused = Some(view.fill(&words).into_owned());
                }
            },
            Input::Mouse { act, .. } => self.editor.wheel(*act),
            Input::Resized { .. } => {}
        }
        if typed {
            self.parsed = parse(&self.editor.text());
            self.preview.clear();
        }
        DialogOutcome::Stay
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, view: &DialogView<'_>) {
        let (width, theme, state) = (inner_width(area), view.theme, view.state);
        let title = match &self.target {
            Target::Key(key) => format!("Inject: {key}{}", path(&self.pointer)),
            Target::Step(id) => format!("Inject: what {} returned", step::label_of(state, id)),
        };
        let fault = self.fault().cloned();
        let empty = self.editor.text().trim().is_empty();
        let (role, verdict) = match (&fault, self.path()) {
            (_, Some(path)) => (Role::Pending, view.fill("\x01apply\x02 reads the file ").into_owned() + &path),
            (Some(_), None) if empty => (Role::Pending, "no value yet: type JSON, or @path for a file".to_owned()),
            (Some(fault), None) => {
                let place = format!("line {}, column {}", fault.row + 1, fault.column + 1);
                (Role::Failed, format!("{place}: {}", fault.message))
            }
            (None, None) => (Role::Done, "JSON, valid".to_owned()),
        };
        let mut foot = Vec::new();
        foot.extend(self.meaning(state, width, theme));
        // What C-s refused is what the verdict says already, as long as nothing was typed since.
        let refused = self.refused.as_deref().filter(|refused| *refused != verdict);
        foot.extend(refusal(refused, width, theme));
        foot.extend(marked(role, &verdict, width, theme));
        if let Some(was) = &self.was {
            let key = if let Target::Key(key) = &self.target { &**key } else { "it" };
            let words = format!("{key}{} was {}", path(&self.pointer), value::json(was, 2 * width));
            // In a high window more of it is seen.
            let most = 1 + inner_height(area) / 40 * 2;
            let words = text::clip_words(&words, most * width.saturating_sub(3));
            foot.extend(marked(Role::Kept, &words, width, theme));
        }
        foot.extend(view.fork(width));
        if self.opened != state.seq {
            let now = match &self.target {
                Target::Key(key) => state.context.get(key).map_or("gone".into(), |datum| value::json(&datum.value, 60)),
                Target::Step(_) => "maybe another one".into(),
            };
            let words =
                format!("typed at event {}; the value is now {now}; \x01reload\x02 starts from that", self.opened);
            foot.extend(marked(Role::Changed, &view.fill(&words), width, theme));
        }
        let room = inner_height(area);
        if self.path().is_none() {
            // The impact gets what the editor can spare.
            let most = room.saturating_sub(foot.len() + 6).max(1);
            let rows = self.foreseen(view).into_iter();
            let lines: Vec<_> = rows.flat_map(|(role, words)| marked(role, &words, width, theme)).take(most).collect();
            foot.splice(0..0, lines);
        }
        let mut hidden = (0, 0);
        let body = match (&self.large, empty) {
            (Some(value), true) => {
                let size = value::size(value).unwrap_or_else(|| "text".into());
                let words = format!(
                    "This value is too large for the editor ({size}). \x01editor\x02 opens it in $EDITOR; or type @path to \
                     read it from a file."
                );
                let mut rows = marked(Role::Pending, &view.fill(&words), width, theme);
                rows.push(Line::from(value::json(value, width)));
                rows.extend(self.editor.rows(width, 1, true, None, theme));
                rows
            }
            _ => {
                let rows = room.saturating_sub(foot.len() + 3).clamp(3, 20.max(room / 2));
                hidden = self.editor.hidden(rows);
                let wrong = fault.filter(|_| self.path().is_none() && !empty).map(|fault| (fault.row, fault.column));
                self.editor.rows(width, rows, true, wrong, theme)
            }
        };
        let focus = Some(body.len().saturating_sub(1));
        let mut hints = view.hints(&MODES).key(Action::Apply, "apply");
        if self.writer.is_some() {
            hints = hints.key(Action::NextField, "meaning");
        }
        hints = hints.keys(&[Action::ValueUp, Action::ValueDown], "another value");
        hints = hints.key(Action::Editor, "$EDITOR").editing();
        if matches!(self.target, Target::Key(_)) {
            hints = hints.key(Action::RemoveKey, "remove the key");
        }
        let hints = hints.key(Action::Close, "keep the draft and close").done();
        let foot_title = Some("If you apply this".into());
        Sheet { title, body, focus, foot, foot_title, hints, hidden, ..Sheet::default() }.draw(
            area,
            buf,
            theme,
            &self.scroll,
        );
    }

    fn pending(&self, view: &DialogView<'_>) -> Vec<Inquiry> {
        if self.fault().is_some() {
            return Vec::new();
        }
        self.preview.pending(view, || self.command(view.state))
    }

    fn ahead(&self, view: &DialogView<'_>) -> RunAhead {
        // A value that the editor does not hold is not sent round at every key.
        if self.fault().is_some() || self.path().is_some() || self.large.is_some() {
            return RunAhead::Nothing;
        }
        self.preview.ahead(view, || self.command(view.state))
    }

    fn give(&mut self, given: Result<String, String>) {
        self.preview.clear();
        match given {
            Ok(content) if content.len() > LONGEST => match serde_json::from_str::<Value>(&content) {
                Ok(_) if let Some((_, number)) = numbers::first_lost(&content) => {
                    self.refused = Some(format!("{}; what was here is kept", numbers::sentence(number)));
                }
                Ok(value) => {
                    self.large = Some(Shared::new(value));
                    self.editor = TextField::lines("").for_json();
                }
                Err(error) => self.refused = Some(format!("that is not JSON: {error}; what was here is kept")),
            },
            Ok(content) => {
                self.large = None;
                self.editor.set(content.trim_end_matches(['\n', '\r']));
                self.parsed = parse(&self.editor.text());
            }
            Err(message) => self.refused = Some(message),
        }
    }

    fn key_at(&self, column: u16, row: u16) -> Option<KeyPress> {
        self.scroll.key_at(column, row)
    }

    fn refuse(&mut self, message: &str) {
        self.refused = Some(message.to_owned());
    }

    fn draft_of(&self) -> Option<String> {
        Some(match &self.target {
            Target::Key(key) => format!("inject {key}"),
            Target::Step(id) => format!("outcome {id}"),
        })
    }
}
