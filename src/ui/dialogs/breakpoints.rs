//! The breakpoints: a list to switch on and off, change, remove and follow; a form for a new one.

use std::cell::Cell;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::describe::breakpoint::{self as said, KINDS};
use crate::describe::nearest::nearest;
use crate::describe::sign::Role;
use crate::describe::text;
use crate::engine::breakpoint::{Breakpoint, BreakpointId, Place, Standing};
use crate::engine::command::Command;
use crate::runtime::breakpoints;
use crate::ui::action::Action;
use crate::ui::dialogs::{Dialog, DialogOutcome, DialogView};
use crate::ui::input::{Input, KeyPress, MouseAct};
use crate::ui::keymap::Mode;
use crate::ui::theme::Theme;
use crate::ui::widgets::sheet::{Scroll, Sheet, inner_width, marked, plain, refusal};
use crate::ui::widgets::text_field::TextField;

/// Where the list looks its keys up.
const LIST: [Mode; 1] = [Mode::Breakpoints];

/// Where the form does.
const FORM: [Mode; 2] = [Mode::Line, Mode::Form];

/// The names of the fields, and what each takes.
const FIELDS: [(&str, &str); 3] = [
    ("stop    ", "where: a kind, and behind it what it is about"),
    ("ignore  ", "how many hits are passed by first: a number, 0 for none"),
    (
        "note    ",
        "a text for the trace instead of a stop, jq between \\( and ): refunds \\(.counts.refund); empty: it stops",
    ),
];

/// How many names are suggested.
const SUGGESTED: usize = 4;

/// The list, and the form where one is open.
#[derive(Clone, Debug, Default)]
pub struct Breakpoints {
    at: usize,
    form: Option<Form>,
    refused: Option<String>,
    scroll: Scroll,
    /// The row of the first breakpoint, or of the first field, in the last drawing.
    first: Cell<usize>,
}

/// One breakpoint as it is typed.
#[derive(Clone, Debug)]
struct Form {
    id: Option<BreakpointId>,
    enabled: bool,
    fields: [TextField; 3],
    at: usize,
}

impl Form {
    fn of(standing: Option<&Standing>) -> Form {
        let breakpoint = standing.map(|standing| &standing.breakpoint);
        let note = breakpoint.and_then(|breakpoint| breakpoint.note.as_ref()).map_or("", |note| &note.text);
        let place = breakpoint.map(|breakpoint| said::written(&breakpoint.place)).unwrap_or_default();
        let ignore = breakpoint.map_or(0, |breakpoint| breakpoint.ignore).to_string();
        Form {
            id: standing.map(|standing| standing.id),
            enabled: true,
            fields: [TextField::line(&place), TextField::line(&ignore), TextField::line(note)],
            at: 0,
        }
    }

    /// Returns the breakpoint as it is typed, or the field that is faulty and why.
    fn read(&self, view: &DialogView<'_>) -> Result<Breakpoint, (usize, String)> {
        let [place, ignore, note] = &self.fields;
        let place = breakpoints::place(&place.text(), &view.state.goal, Some(view.state)).map_err(|why| (0, why))?;
        let typed = ignore.text();
        let number = if typed.trim().is_empty() { Ok(0) } else { typed.trim().parse() };
        let ignore = number.map_err(|_| (1, format!("\"{}\" is not a number of hits", typed.trim())))?;
        let note = breakpoints::note(&note.text()).map_err(|why| (2, why))?;
        Ok(Breakpoint { place, enabled: self.enabled, ignore, note })
    }
}

impl Breakpoints {
    /// Returns the list; where there is no breakpoint yet, the form for the first one stands on it.
    pub fn open(view: &DialogView<'_>) -> Breakpoints {
        let form = view.state.breakpoints.is_empty().then(|| Form::of(None));
        Breakpoints { form, ..Breakpoints::default() }
    }

    fn in_list(&mut self, input: &Input, view: &DialogView<'_>) -> DialogOutcome {
        let list = view.state.breakpoints.list();
        let last = list.len().saturating_sub(1);
        self.at = self.at.min(last);
        let action = match input {
            Input::Key(press) => view.keymap.action(&LIST, *press),
            Input::Mouse { act: MouseAct::WheelUp, .. } => Some(Action::Up),
            Input::Mouse { act: MouseAct::WheelDown, .. } => Some(Action::Down),
            Input::Mouse { act: MouseAct::Click, column, row } => {
                let row = self.scroll.row_at(*column, *row).and_then(|row| row.checked_sub(self.first.get()));
                let again = row == Some(self.at);
                self.at = row.filter(|row| *row <= last).unwrap_or(self.at);
                again.then_some(Action::Take)
            }
            Input::Mouse { act: MouseAct::Drag, .. } | Input::Paste(_) | Input::Resized { .. } => None,
        };
        let selected = list.get(self.at);
        match (action, selected) {
            (Some(Action::Close), _) => return DialogOutcome::Close,
            (Some(Action::Up), _) => self.at = self.at.checked_sub(1).unwrap_or(last),
            (Some(Action::Down), _) => self.at = if self.at >= last { 0 } else { self.at + 1 },
            (Some(Action::AddBreakpoint), _) => self.form = Some(Form::of(None)),
            (Some(Action::Take), standing) => self.form = Some(Form::of(standing)),
            (Some(Action::Toggle), Some(standing)) => {
                // One whose condition reached a limit is judged again once it is switched on.
                let enabled = !standing.is_on();
                let breakpoint = Breakpoint { enabled, ..standing.breakpoint.clone() };
                return DialogOutcome::Breakpoint(Command::SetBreakpoint { id: Some(standing.id), breakpoint });
            }
            (Some(Action::DeleteBreakpoint), Some(standing)) => {
                return DialogOutcome::Breakpoint(Command::RemoveBreakpoint(standing.id));
            }
            (Some(Action::ToHit), Some(standing)) => match standing.last {
                Some(seq) => return DialogOutcome::Jump(seq),
                None => self.refused = Some("it was not hit yet".into()),
            },
            (Some(Action::FirstTime), Some(standing)) => match standing.breakpoint.place {
                Place::When { .. } => return DialogOutcome::FirstTime(standing.breakpoint.clone()),
                _ => self.refused = Some("it has no condition that could have come to hold".into()),
            },
            _ => {} // nothing is selected, or the key means nothing here
        }
        DialogOutcome::Stay
    }

    fn in_form(&mut self, mut form: Form, input: &Input, view: &DialogView<'_>) -> DialogOutcome {
        let fields = form.fields.len();
        match input {
            Input::Key(press) => match view.keymap.action(&FORM, *press) {
                Some(Action::Close) => {
                    return if view.state.breakpoints.is_empty() { DialogOutcome::Close } else { DialogOutcome::Stay };
                }
                Some(Action::NextField) => form.at = (form.at + 1) % fields,
                Some(Action::PreviousField) => form.at = (form.at + fields - 1) % fields,
                Some(Action::Apply) => match form.read(view) {
                    Ok(breakpoint) => {
                        let id = form.id;
                        self.form = Some(form);
                        return DialogOutcome::Breakpoint(Command::SetBreakpoint { id, breakpoint });
                    }
                    Err((at, why)) => {
                        form.at = at;
                        self.refused = Some(why);
                    }
                },
                _ => {
                    form.fields[form.at].key(*press, view.keymap);
                }
            },
            Input::Paste(pasted) => self.refused = form.fields[form.at].paste(pasted).err(),
            Input::Mouse { act: MouseAct::Click, column, row } => {
                let row = self.scroll.row_at(*column, *row).and_then(|row| row.checked_sub(self.first.get()));
                form.at = row.filter(|row| *row < fields).unwrap_or(form.at);
            }
            Input::Mouse { .. } | Input::Resized { .. } => {}
        }
        self.form = Some(form);
        DialogOutcome::Stay
    }

    /// Takes in that what was asked for was done: the list shows it.
    pub fn done(&mut self) {
        self.form = None;
    }
}

impl Dialog for Breakpoints {
    fn handle(&mut self, input: &Input, view: &DialogView<'_>) -> DialogOutcome {
        if matches!(input, Input::Key(_)) {
            self.refused = None;
        }
        match self.form.take() {
            Some(form) => self.in_form(form, input, view),
            None => self.in_list(input, view),
        }
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, view: &DialogView<'_>) {
        let (theme, width) = (view.theme, inner_width(area));
        let refused = refusal(self.refused.as_deref(), width, theme);
        if let Some(form) = &self.form {
            let mut body = Vec::new();
            self.first.set(0);
            for (at, ((name, _), field)) in FIELDS.iter().zip(&form.fields).enumerate() {
                body.push(labelled(name, field, at == form.at, width, theme));
            }
            let mut foot = refused;
            if foot.is_empty() {
                foot = help(form, view, width);
            }
            let title = form.id.map_or("A new breakpoint".to_owned(), |id| format!("Breakpoint {id}"));
            let hints = view.hints(&FORM).key(Action::Apply, "set it").key(Action::NextField, "next field");
            let hints = hints.editing().key(Action::Close, "back").done();
            let sheet = Sheet { title, body, focus: Some(form.at), foot, hints, ..Sheet::default() };
            return sheet.draw(area, buf, theme, &self.scroll);
        }
        let list = view.state.breakpoints.list();
        let at = self.at.min(list.len().saturating_sub(1));
        self.first.set(0);
        let mut body: Vec<Line<'static>> =
            list.iter().enumerate().map(|(place, standing)| row(standing, place == at, view, width)).collect();
        if body.is_empty() {
            body = plain("no breakpoint is set", width);
        }
        let mut foot = refused;
        if let Some(standing) = list.get(at) {
            foot.extend(plain(&whole(standing, view), width));
        }
        let hints = view.hints(&LIST).keys(&[Action::Up, Action::Down], "choose").key(Action::Toggle, "on/off");
        let hints = hints.key(Action::AddBreakpoint, "add").key(Action::Take, "change");
        let hints = hints.key(Action::DeleteBreakpoint, "remove").key(Action::ToHit, "last hit");
        let hints = hints.key(Action::FirstTime, "when first").key(Action::Close, "close").done();
        let title = format!("Breakpoints ({})", list.len());
        Sheet { title, body, focus: Some(at), foot, hints, ..Sheet::default() }.draw(area, buf, theme, &self.scroll);
    }

    fn key_at(&self, column: u16, row: u16) -> Option<KeyPress> {
        self.scroll.key_at(column, row)
    }

    fn refuse(&mut self, message: &str) {
        self.refused = Some(message.to_owned());
    }

    fn breakpoints(&mut self) -> Option<&mut Breakpoints> {
        Some(self)
    }
}

/// Returns one breakpoint in a row: its sign and number, where it stands, and how.
fn row(standing: &Standing, selected: bool, view: &DialogView<'_>, width: usize) -> Line<'static> {
    let theme = view.theme;
    let (role, words) = said::standing(standing);
    let (mark, style) = match selected {
        true => (Role::Current.glyph(), theme.style(Role::Selected)),
        false => (" ", theme.style(Role::Text)),
    };
    let room = width.saturating_sub(4);
    let place = format!("{:>2} {}", standing.id, said::place(&standing.breakpoint.place, view.state));
    let aside = words.join(" · ");
    let keep = room.saturating_sub(text::width(&aside) + 2).max(room / 2);
    let cut = text::clip(&place, keep);
    let rest = room.saturating_sub(text::width(&cut) + 2);
    let words = text::pad(&format!("{cut}  {}", text::clip(&aside, rest)), room);
    Line::from(vec![
        Span::styled(mark, theme.style(Role::Current)),
        Span::styled(role.glyph(), theme.style(role)),
        Span::raw(" "),
        Span::styled(words, style),
    ])
}

/// Returns everything about a breakpoint: how it is written, and how it stands.
fn whole(standing: &Standing, view: &DialogView<'_>) -> String {
    let (role, words) = said::standing(standing);
    let on = if role == Role::Breakpoint { "on" } else { "not on" };
    let last = standing.last.map(|seq| format!(" · last hit: event {seq}")).unwrap_or_default();
    let past = if view.past { " · changes count from now on" } else { "" };
    format!("{} · {on} · {}{last}{past}", said::written(&standing.breakpoint.place), words.join(" · "))
}

/// Returns what is said below the form: what is wrong with what is typed, else what it means, and what could be typed.
fn help(form: &Form, view: &DialogView<'_>, width: usize) -> Vec<Line<'static>> {
    let theme = view.theme;
    let typed = form.fields[0].text();
    let mut lines = Vec::new();
    match form.read(view) {
        Ok(breakpoint) => {
            let does = if breakpoint.note.is_some() { "notes in the trace at" } else { "stops at" };
            let words = format!("{does}: {}", said::place(&breakpoint.place, view.state));
            lines.extend(marked(Role::Breakpoint, &words, width, theme));
        }
        // A field that nobody has come to yet is not wrong.
        Err((0, _)) if typed.trim().is_empty() => {}
        Err((_, why)) => lines.extend(marked(Role::Failed, &why, width, theme)),
    }
    if form.at > 0 {
        lines.extend(plain(FIELDS[form.at].1, width));
        return lines;
    }
    for (kind, means) in KINDS {
        let fits = typed.trim().is_empty() || kind.starts_with(typed.trim()) || typed.trim().starts_with(kind);
        if fits {
            lines.push(Line::from(vec![
                Span::styled(text::pad(kind, 11), theme.style(Role::Key)),
                Span::styled(text::clip(means, width.saturating_sub(11)), theme.style(Role::Dim)),
            ]));
        }
    }
    let names = names(&typed, view);
    if !names.is_empty() {
        lines.extend(plain(&format!("for example {}", names.join(", ")), width));
    }
    lines
}

/// Returns names that could follow the kind that is typed, the nearest first.
fn names(typed: &str, view: &DialogView<'_>) -> Vec<String> {
    let state = view.state;
    let Some((kind, name)) = typed.split_once(':') else { return Vec::new() };
    let mut known: Vec<String> = match kind.trim() {
        "step" => state.plan.remaining().iter().map(|step| step.id.to_string()).collect(),
        "tool" => state.goal.tools.keys().map(ToString::to_string).collect(),
        "key" => state.goal.keys().map(ToString::to_string).collect(),
        _ => return Vec::new(),
    };
    let near = nearest(name.trim(), known.iter().map(String::as_str)).map(str::to_owned);
    known.sort_by_key(|name_of| (Some(name_of) != near.as_ref(), !name_of.starts_with(name.trim())));
    known.dedup();
    known.truncate(SUGGESTED);
    known
}

/// Returns a labelled field of one line.
fn labelled(label: &str, field: &TextField, focused: bool, width: usize, theme: &Theme) -> Line<'static> {
    let style = if focused { theme.style(Role::Accent) } else { theme.style(Role::Title) };
    let mut line = Line::from(Span::styled(label.to_owned(), style));
    let room = width.saturating_sub(text::width(label));
    line.extend(field.rows(room, 1, focused, None, theme).into_iter().next().unwrap_or_default().spans);
    line
}
