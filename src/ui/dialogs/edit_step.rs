//! Edit or add a step: words, tool, bindings, expectation, approval, note; the plan checker speaks while one types.

use crate::describe::nearest::nearest;
use crate::describe::{step, tools};
use crate::engine::ordered::IndexMap;
use crate::ui::dialogs::suggestions::{self, Asked, SEEN};
use crate::ui::dialogs::{Dialog, DialogOutcome, DialogView, Place, RunAhead, pairs};
use std::cell::{Cell, RefCell};
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::engine::advance::step_of;
use crate::engine::command::Command;
use crate::engine::effect::Inquiry;
use crate::engine::event::Seq;
use crate::engine::goal::{Key, StepDraft};
use crate::engine::state::State;

use crate::describe::sign::Role;
use crate::describe::text;
use crate::ui::action::Action;
use crate::ui::dialogs::preview::Preview;
use crate::ui::input::{Input, KeyPress, MouseAct};
use crate::ui::keymap::Mode;
use crate::ui::theme::Theme;
use crate::ui::widgets::scroll;
use crate::ui::widgets::sheet::{Scroll, Sheet, inner_height, inner_width, marked, refusal};
use crate::ui::widgets::text_field::TextField;

/// What a field of the form is for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Purpose {
    Description,
    Tool,
    /// The key that feeds this input.
    Input(Key),
    /// The key that this output goes to.
    Output(Key),
    /// The keys that an unbound step reads, separated by commas.
    Reads,
    /// The keys that an unbound step writes.
    Writes,
    Ensures,
    Approval,
    Note,
}

impl Purpose {
    /// Returns what names are suggested for it, if any are.
    fn asks(&self) -> Option<Asked> {
        match self {
            Purpose::Tool => Some(Asked::Tool),
            Purpose::Input(_) | Purpose::Reads => Some(Asked::Read),
            Purpose::Output(_) | Purpose::Writes => Some(Asked::Write),
            Purpose::Description | Purpose::Ensures | Purpose::Approval | Purpose::Note => None,
        }
    }
}

#[derive(Clone, Debug)]
struct Field {
    purpose: Purpose,
    editor: TextField,
}

/// The form for a step.
#[derive(Clone, Debug)]
pub struct EditStep {
    place: Place,
    /// What the form does not show stays as it was.
    base: StepDraft,
    fields: Vec<Field>,
    at: usize,
    approval: bool,
    /// The suggestion under the cursor; none: what is typed counts.
    suggestion: Option<usize>,
    /// Whether what stands in the focused field was typed since it has the focus.
    typed: bool,
    refused: Option<String>,
    scroll: Scroll,
    places: RefCell<Vec<usize>>,
    /// The first row of the suggestions in the last drawing, which of them stands there, and how many are seen.
    offered: Cell<(usize, usize, usize)>,
    said: RefCell<Option<(Seq, StepDraft, Option<String>)>>,
    preview: Preview,
}

/// Tells whether `command` leaves the step that it is about as it is.
fn changes_nothing(command: &Command, state: &State) -> bool {
    let Command::ChangeStep { step: id, draft } = command else { return false };
    let old = state.plan.find(id).map(|(_, step)| step);
    old.is_some_and(|old| step_of(state, id.clone(), draft, old.by).reads_like(old))
}

impl EditStep {
    /// Returns the form for the step at `place`: as it is, or empty for a new one. None if the step is not remaining.
    pub fn open(view: &DialogView<'_>, place: Place) -> Option<EditStep> {
        let base = match &place {
            Place::Of(id) => view.state.plan.find(id)?.1.draft(),
            Place::At(_) => StepDraft::default(),
        };
        let ensures = base.ensures.iter().map(|check| (&*check.label, &*check.condition));
        let field = |purpose, editor| Field { purpose, editor };
        let mut form = EditStep {
            fields: vec![
                field(Purpose::Description, TextField::lines(base.description.as_deref().unwrap_or_default()).at_end()),
                field(Purpose::Tool, TextField::line(base.tool.as_deref().unwrap_or_default())),
                field(Purpose::Ensures, TextField::lines(&pairs::check_lines(ensures)).at_end()),
                field(Purpose::Approval, TextField::line("")),
                field(Purpose::Note, TextField::line(base.note.as_deref().unwrap_or_default())),
            ],
            approval: base.approval,
            place,
            base,
            at: 0,
            suggestion: None,
            typed: false,
            refused: None,
            scroll: Scroll::default(),
            places: RefCell::default(),
            offered: Cell::default(),
            said: RefCell::default(),
            preview: Preview::default(),
        };
        form.bind(view.state);
        Some(form)
    }

    fn text(&self, purpose: &Purpose) -> Option<String> {
        self.fields.iter().find(|field| field.purpose == *purpose).map(|field| field.editor.text())
    }

    fn tool_name(&self) -> String {
        self.text(&Purpose::Tool).unwrap_or_default().trim().to_owned()
    }

    /// Rebuilds the binding fields for the tool that is typed, keeping what was typed into those that stay.
    fn bind(&mut self, state: &State) {
        let name = self.tool_name();
        let mut wanted: Vec<(Purpose, String)> = Vec::new();
        let same = self.base.tool.as_deref() == Some(name.as_str());
        let bound = |map: &IndexMap<Key, Key>, key: &Key| {
            let known = if same { map.get(key) } else { None };
            known.unwrap_or(key).to_string()
        };
        match state.goal.tools.get(name.as_str()) {
            Some(tool) => {
                wanted.extend(tool.inputs.iter().map(|key| (Purpose::Input(key.clone()), bound(&self.base.with, key))));
                wanted.extend(tool.outputs.iter().map(|key| (Purpose::Output(key.clone()), bound(&self.base.to, key))));
            }
            None if name.is_empty() => {
                let list = |map: &IndexMap<Key, Key>| {
                    let keys: Vec<&str> = map.values().map(|key| &**key).collect();
                    if self.base.tool.is_none() { keys.join(", ") } else { String::new() }
                };
                wanted.push((Purpose::Reads, list(&self.base.with)));
                wanted.push((Purpose::Writes, list(&self.base.to)));
            }
            // Half a name: the fields stay as they are until it is one.
            None => return,
        }
        let binds = |purpose: &Purpose| {
            matches!(purpose, Purpose::Input(_) | Purpose::Output(_) | Purpose::Reads | Purpose::Writes)
        };
        let focused = self.fields.get(self.at).map(|field| field.purpose.clone());
        let mut old: Vec<Field> = Vec::new();
        self.fields.retain(|field| {
            let stays = !binds(&field.purpose);
            if !stays {
                old.push(field.clone());
            }
            stays
        });
        let new = wanted.into_iter().map(|(purpose, content)| {
            let kept = old.iter().find(|field| field.purpose == purpose).cloned();
            kept.unwrap_or_else(|| Field { purpose, editor: TextField::line(&content) })
        });
        let at = self.fields.iter().position(|field| field.purpose == Purpose::Tool).map_or(0, |at| at + 1);
        self.fields.splice(at..at, new.collect::<Vec<_>>());
        let found = focused.and_then(|focused| self.fields.iter().position(|field| field.purpose == focused));
        self.at = found.unwrap_or(at.saturating_sub(1));
    }

    /// Returns the step as it is typed, or what is wrong with it.
    fn draft(&self, view: &DialogView<'_>) -> Result<StepDraft, String> {
        let name = self.tool_name();
        let mut draft = StepDraft {
            tool: (!name.is_empty()).then(|| name.as_str().into()),
            approval: self.approval,
            with: IndexMap::default(),
            to: IndexMap::default(),
            ..self.base.clone()
        };
        for field in &self.fields {
            let typed = field.editor.text();
            let typed = typed.trim();
            match &field.purpose {
                Purpose::Description => draft.description = (!typed.is_empty()).then(|| typed.into()),
                Purpose::Note => draft.note = (!typed.is_empty()).then(|| typed.into()),
                Purpose::Input(key) if typed.is_empty() => return Err(format!("say which key feeds {key}")),
                Purpose::Output(key) if typed.is_empty() => return Err(format!("say which key {key} goes to")),
                Purpose::Input(key) => drop(draft.with.insert(key.clone(), typed.into())),
                Purpose::Output(key) => drop(draft.to.insert(key.clone(), typed.into())),
                Purpose::Reads => draft.with = listed(typed),
                Purpose::Writes => draft.to = listed(typed),
                Purpose::Ensures => {
                    let pairs = pairs::parse_pairs(&field.editor.text(), view.jq);
                    let pairs = pairs
                        .map_err(|(line, message)| format!("what must hold after it, line {}: {message}", line + 1))?;
                    draft.ensures = pairs::checks(pairs);
                }
                Purpose::Tool | Purpose::Approval => {}
            }
        }
        if !name.is_empty() && !view.state.goal.tools.contains_key(name.as_str()) {
            let near = nearest(&name, view.state.goal.tools.keys().map(|tool| &**tool));
            let near = near.map_or(String::new(), |near| format!("; did you mean {near}?"));
            return Err(format!("there is no tool \"{name}\"{near}"));
        }
        Ok(draft)
    }

    /// Returns what may be typed into the focused field, best first.
    fn suggestions(&self, state: &State) -> Vec<String> {
        let Some((field, asked)) = self.fields.get(self.at).and_then(|field| Some((field, field.purpose.asks()?)))
        else {
            return Vec::new();
        };
        let content = field.editor.text();
        let content = content.rsplit(',').next().unwrap_or_default();
        suggestions::names(state, &self.place, asked, content, self.typed)
    }

    fn take(&mut self, name: &str, state: &State) {
        if let Some(field) = self.fields.get_mut(self.at) {
            let typed = field.editor.text();
            let content = match (&field.purpose, typed.rsplit_once(',')) {
                (Purpose::Reads | Purpose::Writes, Some((before, _))) => format!("{}, {name}", before.trim_end()),
                _ => name.to_owned(),
            };
            field.editor.set(&content);
        }
        self.suggestion = None;
        self.typed = false;
        self.bind(state);
    }

    fn go(&mut self, by: isize) {
        let last = self.fields.len().saturating_sub(1);
        self.suggestion = None;
        self.typed = false;
        self.at = match self.at.checked_add_signed(by) {
            Some(at) if at <= last => at,
            Some(_) => 0,
            None => last,
        };
    }

    fn command(&self, view: &DialogView<'_>) -> Result<Command, String> {
        let draft = self.draft(view)?;
        Ok(match &self.place {
            Place::Of(step) => Command::ChangeStep { step: step.clone(), draft },
            Place::At(at) => Command::AddStep { draft, at: *at },
        })
    }

    fn key(&mut self, press: KeyPress, view: &DialogView<'_>) -> DialogOutcome {
        let on_box = self.on(&Purpose::Approval);
        let modes: &[Mode] = if on_box { &[Mode::Box, Mode::Form] } else { &[Mode::Form] };
        match view.keymap.action(modes, press) {
            Some(Action::Close) => return DialogOutcome::Close,
            Some(Action::NextField) => self.go(1),
            Some(Action::PreviousField) => self.go(-1),
            Some(Action::Apply) => match self.command(view) {
                Ok(command) if changes_nothing(&command, view.state) => return DialogOutcome::Close,
                Ok(command) => return DialogOutcome::Submit(command),
                Err(message) => self.refused = Some(message),
            },
            Some(Action::Toggle) => self.approval = !self.approval,
            _ if on_box => match view.keymap.action(&[Mode::List], press) {
                Some(Action::Up) => self.go(-1),
                Some(Action::Down) => self.go(1),
                _ => {} // a box takes no text
            },
            _ => {
                let Some(field) = self.fields.get_mut(self.at) else { return DialogOutcome::Stay };
                let before = field.editor.text();
                if field.editor.key(press, view.keymap) {
                    self.suggestion = None;
                    self.typed |= field.editor.text() != before;
                    if self.on(&Purpose::Tool) {
                        self.bind(view.state);
                    }
                } else {
                    self.move_in_suggestions(view.keymap.action(&[Mode::List], press), view.state);
                }
            }
        }
        DialogOutcome::Stay
    }

    fn on(&self, purpose: &Purpose) -> bool {
        self.fields.get(self.at).is_some_and(|field| field.purpose == *purpose)
    }

    fn move_in_suggestions(&mut self, action: Option<Action>, state: &State) {
        let names = self.suggestions(state);
        let shown = names.len();
        match (action, self.suggestion) {
            (Some(Action::Down), None) if shown > 0 => self.suggestion = Some(0),
            (Some(Action::Down), Some(at)) if at + 1 < shown => self.suggestion = Some(at + 1),
            (Some(Action::Up), Some(at)) => self.suggestion = at.checked_sub(1),
            (Some(Action::Up), None) => self.go(-1),
            (Some(Action::Take), Some(at)) => {
                if let Some(name) = names.get(at).cloned() {
                    self.take(&name, state);
                }
                self.go(1);
            }
            (Some(Action::Take | Action::Down), _) => self.go(1),
            _ => {} // a key that neither moves nor takes
        }
    }

    /// Returns what the plan checker says to the step as it is typed.
    fn says(&self, view: &DialogView<'_>, width: usize, theme: &Theme) -> Vec<Line<'static>> {
        let draft = match self.draft(view) {
            Ok(draft) => draft,
            Err(message) => return marked(Role::Failed, &message, width, theme),
        };
        let known = self.said.borrow().clone().filter(|(seq, of, _)| *seq == view.state.seq && *of == draft);
        let said = match known {
            Some((_, _, said)) => said,
            None => {
                let said = (view.check)(&self.place, &draft);
                self.said.replace(Some((view.state.seq, draft, said.clone())));
                said
            }
        };
        match said {
            Some(words) => marked(Role::Surprise, &words, width, theme),
            None if view.state.is_react() => marked(Role::Done, "everything that it reads is there", width, theme),
            None => {
                // The checker knows the plan alone; what the present values say against it is foreseen.
                let mut lines = marked(Role::Done, "The plan is now basically executable.", width, theme);
                let foreseen = self.preview.lines(view, || self.command(view)).into_iter();
                let against = foreseen.filter(|(role, _)| matches!(role, Role::Current | Role::Surprise));
                lines.extend(against.flat_map(|(role, words)| marked(role, &words, width, theme)));
                lines
            }
        }
    }

    /// Returns the contract of the tool that is typed.
    fn contract(&self, state: &State, width: usize, theme: &Theme) -> Vec<Line<'static>> {
        let name = self.tool_name();
        let Some(tool) = state.goal.tools.get(name.as_str()) else {
            let words = if name.is_empty() { "no tool: a person is asked what came back" } else { "no such tool yet" };
            return marked(Role::Pending, words, width, theme);
        };
        let reads = if tool.inputs.is_empty() { "nothing".into() } else { tool.inputs.join(", ") };
        let mut words = format!("{}: {reads} → {}", tool.description, tool.outputs.join(", "));
        for check in &tool.requires {
            words.push_str(&format!("; requires {}", check.label));
        }
        for check in &tool.ensures {
            words.push_str(&format!("; ensures {}", check.label));
        }
        let contract = marked(Role::Kept, &words, width, theme).into_iter().take(4);
        let runs = tools::runs(tool);
        let runs = runs.iter().flat_map(|line| marked(Role::Pending, line, width, theme));
        contract.chain(runs.take(8)).collect()
    }

    /// Returns a word beside a binding: whether the key is there.
    fn remark(&self, purpose: &Purpose, typed: &str, state: &State) -> Span<'static> {
        let Purpose::Input(_) = purpose else { return Span::raw("") };
        let made = suggestions::readable(state, &self.place).iter().any(|key| key == typed.trim());
        Span::raw(if made { format!("  {}", Role::Done.glyph()) } else { "  ? nothing makes it".to_owned() })
    }
}

impl Dialog for EditStep {
    fn handle(&mut self, input: &Input, view: &DialogView<'_>) -> DialogOutcome {
        self.preview.clear();
        match input {
            Input::Key(press) => {
                self.refused = None;
                return self.key(*press, view);
            }
            Input::Paste(pasted) => {
                if let Some(field) = self.fields.get_mut(self.at).filter(|field| field.purpose != Purpose::Approval) {
                    self.refused = field.editor.paste(pasted).err();
                }
                self.typed = true;
                self.bind(view.state);
            }
            Input::Mouse { act: MouseAct::WheelUp, .. } => self.go(-1),
            Input::Mouse { act: MouseAct::WheelDown, .. } => self.go(1),
            Input::Mouse { act: MouseAct::Click, column, row } => {
                let row = self.scroll.row_at(*column, *row);
                let (first, from, seen) = self.offered.get();
                let offered = row.and_then(|row| row.checked_sub(first)).filter(|at| *at < seen);
                if let Some(name) = offered.and_then(|at| self.suggestions(view.state).get(from + at).cloned()) {
                    self.take(&name, view.state);
                    return DialogOutcome::Stay;
                }
                let at = row.and_then(|row| self.places.borrow().iter().rposition(|first| *first <= row));
                if let Some(at) = at.filter(|at| *at < self.fields.len()) {
                    self.at = at;
                    self.suggestion = None;
                    self.typed = false;
                }
            }
            Input::Mouse { act: MouseAct::Drag, .. } | Input::Resized { .. } => {}
        }
        DialogOutcome::Stay
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, view: &DialogView<'_>) {
        let (width, theme, state) = (inner_width(area), view.theme, view.state);
        let mut body: Vec<Line<'static>> = Vec::new();
        let mut places = Vec::new();
        let mut focus = 0;
        let longest = self.fields.iter().map(|field| text::width(&label(&field.purpose).0) + 1).max().unwrap_or(0);
        let wide = longest.clamp(LABEL.0, LABEL.1).min(width / 2);
        for (at, field) in self.fields.iter().enumerate() {
            let focused = at == self.at;
            places.push(body.len());
            let first = body.len();
            let (label, tall) = label(&field.purpose);
            let label = text::pad(&label, wide);
            let style = theme.style(if focused { Role::Accent } else { Role::Title });
            let room = width.saturating_sub(text::width(&label));
            if field.purpose == Purpose::Approval {
                let mark = if self.approval { "[x]" } else { "[ ]" };
                let mark_style = theme.style(if focused { Role::Selected } else { Role::Text });
                body.push(Line::from(vec![
                    Span::styled(label, style),
                    Span::styled(mark, mark_style),
                    Span::raw(" asks before it runs"),
                ]));
            } else {
                let height = if tall && focused { 4 } else { 1 };
                let rows = field.editor.rows(room, height, focused, None, theme);
                let cursor = field.editor.cursor_row().min(rows.len().saturating_sub(1));
                for (row, typed) in rows.into_iter().enumerate() {
                    let lead = if row == 0 { label.clone() } else { " ".repeat(text::width(&label)) };
                    let mut line = Line::from(Span::styled(lead, style));
                    line.extend(typed.spans);
                    if row == 0 && !focused {
                        line.push_span(self.remark(&field.purpose, &field.editor.text(), state));
                    }
                    body.push(line);
                }
                if focused {
                    focus = first + cursor;
                }
            }
            if focused {
                focus = focus.max(first);
                let lead = wide;
                self.offered.set((0, 0, 0));
                if field.purpose == Purpose::Tool {
                    body.extend(self.contract(state, width, theme));
                    let others: Vec<&str> = view.listing.undeclared().map(|tool| &*tool.name).collect();
                    if !others.is_empty() {
                        let words = format!("offered by a server, not declared here: {}", others.join(", "));
                        body.extend(marked(Role::Added, &text::clip(&words, 3 * width), width, theme));
                    }
                }
                let names = self.suggestions(state);
                let seen = names.len().min(SEEN);
                let from = scroll::window(0, self.suggestion.map_or(0..0, |at| at..at + 1), seen, names.len());
                self.offered.set((body.len(), from, seen));
                let room = width.saturating_sub(lead);
                for (at, name) in names.iter().enumerate().skip(from).take(seen) {
                    let chosen = self.suggestion == Some(at);
                    let style = theme.style(if chosen { Role::Selected } else { Role::Text });
                    let about =
                        field.purpose.asks().map_or(String::new(), |asked| suggestions::about(state, asked, name));
                    let row = text::clip(&format!(" {name} {about}"), room);
                    body.push(Line::from(vec![Span::raw(" ".repeat(lead)), Span::styled(row, style)]));
                    if chosen {
                        focus = body.len() - 1;
                    }
                }
                let below = names.len() - from - seen;
                if below > 0 {
                    let row = text::clip(&format!(" ↓ {below} more"), room);
                    body.push(Line::from(vec![Span::raw(" ".repeat(lead)), Span::styled(row, theme.style(Role::Dim))]));
                }
                if field.purpose == Purpose::Ensures {
                    let words = "a line each, a name and a condition in jq: it is a text: .report | type == \"string\"";
                    body.extend(marked(Role::Pending, words, width, theme));
                }
            }
        }
        self.places.replace(places);
        let mut foot = refusal(self.refused.as_deref(), width, theme);
        if foot.is_empty() {
            foot = self.says(view, width, theme);
        }
        let title = match &self.place {
            Place::Of(id) => format!("Edit {}", step::label_of(state, id)),
            Place::At(at) => {
                let id = state.new_id();
                match (at.checked_sub(1), state.plan.remaining()) {
                    (Some(above), steps) if above < steps.len() => {
                        format!("Add step {id} below {}", step::label(&steps[above]))
                    }
                    (_, [next, ..]) => format!("Add step {id} above {}", step::label(next)),
                    (_, []) => format!("Add step {id}"),
                }
            }
        };
        foot.extend(view.fork(width));
        let hints = view.hints(&[Mode::Form, Mode::List]).key(Action::Apply, "apply");
        let hints = hints.key(Action::NextField, "next field").key(Action::Down, "names").key(Action::Take, "pick");
        let hints = hints.editing().key(Action::Close, "keep and close").done();
        let tall = inner_height(area) < 24;
        let foot_title = Some("Next fix".into());
        Sheet { title, body, focus: Some(focus), foot, foot_title, hints, tall, ..Sheet::default() }.draw(
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
        self.preview.ahead(view, || self.command(view))
    }

    fn key_at(&self, column: u16, row: u16) -> Option<KeyPress> {
        self.scroll.key_at(column, row)
    }

    fn refuse(&mut self, message: &str) {
        self.refused = Some(message.to_owned());
    }

    fn draft_of(&self) -> Option<String> {
        Some(match &self.place {
            Place::Of(id) => format!("edit {id}"),
            Place::At(at) => format!("add {at}"),
        })
    }
}

/// The least and the most cells of a label.
const LABEL: (usize, usize) = (18, 28);

fn label(purpose: &Purpose) -> (String, bool) {
    match purpose {
        Purpose::Description => ("description".into(), true),
        Purpose::Tool => ("tool".into(), false),
        Purpose::Input(key) => (format!("reads {key} ←"), false),
        Purpose::Output(key) => (format!("writes {key} →"), false),
        Purpose::Reads => ("reads keys".into(), false),
        Purpose::Writes => ("writes keys".into(), false),
        Purpose::Ensures => ("must hold after it".into(), true),
        Purpose::Approval => ("approval".into(), false),
        Purpose::Note => ("note".into(), false),
    }
}

/// Returns keys separated by commas, each bound to itself.
fn listed(typed: &str) -> IndexMap<Key, Key> {
    let keys = typed.split(',').map(str::trim).filter(|key| !key.is_empty());
    keys.map(|key| (Arc::from(key), Arc::from(key))).collect()
}
