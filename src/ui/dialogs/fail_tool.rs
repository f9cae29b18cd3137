//! Make a tool fail: which one, what it says, how many attempts.

use crate::describe::step;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::engine::command::Command;
use crate::engine::effect::Inquiry;
use crate::engine::goal::{Surprise, ToolName};
use crate::engine::plan::StepId;

use crate::describe::sign::Role;
use crate::describe::text;
use crate::ui::action::Action;
use crate::ui::dialogs::preview::Preview;
use crate::ui::dialogs::{Dialog, DialogOutcome, DialogView, RunAhead};
use crate::ui::input::{Input, KeyPress, MouseAct};
use crate::ui::keymap::Mode;
use crate::ui::theme::Theme;
use crate::ui::widgets::picker::{Entry, Picked, Picker};
use crate::ui::widgets::sheet::{Sheet, inner_width, marked, refusal};
use crate::ui::widgets::text_field::TextField;

/// Where it looks its keys up once the tool is chosen.
const MODES: [Mode; 2] = [Mode::Line, Mode::Form];

/// The form: first the tool, then the message and how often.
#[derive(Clone, Debug)]
pub struct FailTool {
    tools: Vec<ToolName>,
    picker: Picker,
    chosen: Option<ToolName>,
    message: TextField,
    times: TextField,
    on_times: bool,
    refused: Option<String>,
    preview: Preview,
}

impl FailTool {
    /// Returns the form; where the selected step has a tool, that tool is chosen already.
    pub fn open(view: &DialogView<'_>, selected: Option<&StepId>) -> FailTool {
        let state = view.state;
        let next = |tool: &str| state.plan.remaining().iter().find(|step| step.tool.as_deref() == Some(tool));
        let mut tools: Vec<ToolName> = state.goal.tools.keys().cloned().collect();
        // What the plan will use comes first: only that can be seen failing.
        tools
            .sort_by_key(|tool| next(tool).and_then(|step| state.plan.find(&step.id)).map_or(usize::MAX, |(at, _)| at));
        let entry = |tool: &ToolName| Entry {
            name: text::clip(tool, 40),
            detail: next(tool)
                .map_or("no remaining step uses it".into(), |step| format!("next: {}", step::label(step))),
            group: String::new(),
        };
        let picker = Picker::new(tools.iter().map(entry).collect());
        let chosen = selected.and_then(|id| state.step(id)).and_then(|step| step.tool.clone());
        FailTool {
            chosen: chosen.filter(|tool| state.goal.tools.contains_key(tool)),
            tools,
            picker,
            message: TextField::line("the service does not answer"),
            times: TextField::line("1"),
            on_times: false,
            refused: None,
            preview: Preview::default(),
        }
    }

    fn command(&self) -> Result<Command, String> {
        let tool = self.chosen.clone().ok_or("choose a tool first")?;
        let error = self.message.text();
        if error.trim().is_empty() {
            return Err("say what the failing tool says".into());
        }
        let times = match self.times.text().trim().parse::<u32>() {
            Ok(times) if times > 0 => times,
            Ok(_) | Err(_) => return Err("how many attempts: a number from 1".into()),
        };
        let surprise = Surprise::Fail { tool, error: Arc::from(error.trim()), times };
        Ok(Command::Surprise { surprise, scenario: None })
    }
}

impl Dialog for FailTool {
    fn handle(&mut self, input: &Input, view: &DialogView<'_>) -> DialogOutcome {
        if matches!(input, Input::Key(_)) {
            self.refused = None;
        }
        self.preview.clear();
        if self.chosen.is_none() {
            match self.picker.handle(input, view.keymap) {
                Picked::Nothing => {}
                Picked::Away => return DialogOutcome::Close,
                Picked::Entry(at) => self.chosen = self.tools.get(at).cloned(),
            }
            return DialogOutcome::Stay;
        }
        let on_times = self.on_times;
        let field = if on_times { &mut self.times } else { &mut self.message };
        match input {
            Input::Key(press) => match view.keymap.action(&MODES, *press) {
                Some(Action::Close) => return DialogOutcome::Close,
                Some(Action::NextField | Action::PreviousField) => self.on_times = !on_times,
                Some(Action::OtherTool) => self.chosen = None,
                Some(Action::Apply) => match self.command() {
                    Ok(command) => return DialogOutcome::Submit(command),
                    Err(message) => self.refused = Some(message),
                },
                _ => {
                    field.key(*press, view.keymap);
                }
            },
            Input::Paste(pasted) => self.refused = field.paste(pasted).err(),
            Input::Mouse { act: MouseAct::Click, column, row } => {
                if let Some(row) = self.picker.scroll.row_at(*column, *row) {
                    self.on_times = row > 0;
                }
            }
            Input::Mouse { .. } | Input::Resized { .. } => {}
        }
        DialogOutcome::Stay
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, view: &DialogView<'_>) {
        let (width, theme) = (inner_width(area), view.theme);
        let Some(tool) = &self.chosen else {
            let (body, focus) = self.picker.rows(width, theme);
            let foot = vec![self.picker.filter_line(width, theme)];
            let hints = view.hints(&[Mode::List]).keys(&[Action::Up, Action::Down], "choose");
            let hints = hints.key(Action::Take, "this tool").key(Action::Close, "close").done();
            let title = "Make a tool fail".into();
            Sheet { title, body, focus, foot, hints, ..Sheet::default() }.draw(area, buf, theme, &self.picker.scroll);
            return;
        };
        let body = vec![
            field("it says  ", &self.message, !self.on_times, width, theme),
            field("attempts ", &self.times, self.on_times, width, theme),
        ];
        let mut foot = refusal(self.refused.as_deref(), width, theme);
        let retries = view.state.goal.tools.get(tool).map_or(0, |tool| tool.retries);
        if retries > 0 && foot.is_empty() {
            let words = format!(
                "it has {retries} more attempts after a failed one: to fail for good, {} are needed",
                retries + 1
            );
            foot = marked(Role::Pending, &words, width, theme);
        }
        let used = view.state.plan.remaining().iter().any(|step| step.tool.as_ref() == Some(tool) && !step.skip);
        if !used {
            let words = "no remaining step uses it: it fails when one does";
            foot.extend(marked(Role::Pending, words, width, theme));
        }
        if used && self.refused.is_none() && self.command().is_ok() {
            for (role, words) in self.preview.lines(view, || self.command()) {
                foot.extend(marked(role, &words, width, theme));
            }
        }
        let title = format!("Make {tool} fail");
        let focus = Some(usize::from(self.on_times));
        foot.extend(view.fork(width));
        let hints = view.hints(&MODES).key(Action::Apply, "let it fail").key(Action::NextField, "next field");
        let hints = hints.key(Action::OtherTool, "another tool").editing().key(Action::Close, "keep and close").done();
        Sheet { title, body, focus, foot, hints, ..Sheet::default() }.draw(area, buf, theme, &self.picker.scroll);
    }

    fn pending(&self, view: &DialogView<'_>) -> Vec<Inquiry> {
        match self.command() {
            Ok(_) => self.preview.pending(view, || self.command()),
            Err(_) => Vec::new(),
        }
    }

    fn ahead(&self, view: &DialogView<'_>) -> RunAhead {
        self.preview.ahead(view, || self.command())
    }

    fn key_at(&self, column: u16, row: u16) -> Option<KeyPress> {
        self.picker.scroll.key_at(column, row)
    }

    fn refuse(&mut self, message: &str) {
        self.refused = Some(message.to_owned());
    }

    fn draft_of(&self) -> Option<String> {
        Some("fail".into())
    }
}

/// Returns a labelled field of one line.
fn field(label: &str, editor: &TextField, focused: bool, width: usize, theme: &Theme) -> Line<'static> {
    let style = if focused { theme.style(Role::Accent) } else { theme.style(Role::Title) };
    let mut line = Line::from(Span::styled(label.to_owned(), style));
    let room = width.saturating_sub(text::width(label));
    line.extend(editor.rows(room, 1, focused, None, theme).into_iter().next().unwrap_or_default().spans);
    line
}
