//! The evidence card as a dialog: it scrolls, leads to what is to be revised, is saved, and offers what to try next.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::describe::evidence::{Evidence, FAILURE_CHECKS, Line as Said, Part};
use crate::describe::keys;
use crate::describe::sign::Role;
use crate::describe::text;
use crate::ui::action::Action;
use crate::ui::dialogs::page::{SCROLLS, scroll};
use crate::ui::dialogs::{Dialog, DialogOutcome, DialogView};
use crate::ui::input::{Input, KeyPress, MouseAct};
use crate::ui::keymap::Mode;
use crate::ui::theme::Theme;
use crate::ui::widgets::buttons::{Button, Rows};
use crate::ui::widgets::sheet::{Scroll, Sheet, inner_width, marked, refusal};

/// Where it looks its keys up.
const MODES: [Mode; 2] = [Mode::Card, Mode::Page];

/// How many cells the labels take.
const LABEL: usize = 13;

/// What it takes to say which rows are seen.
const POSITION: usize = 16;

/// The narrowest card with its labels beside the rows; else they stand above them.
const BESIDE: usize = 56;

/// The card.
#[derive(Clone, Debug)]
pub struct EvidenceCard {
    evidence: Evidence,
    /// What to try next, each after its digit.
    choices: Vec<(String, String)>,
    /// Which of what is to be revised is selected.
    at: usize,
    /// Whether it was saved, or why not, since it was asked for last.
    saved: Option<Result<String, String>>,
    scroll: Scroll,
}

impl EvidenceCard {
    /// Returns the card of `evidence`, which offers `choices`.
    pub fn new(evidence: Evidence, choices: Vec<(String, String)>) -> EvidenceCard {
        EvidenceCard { evidence, choices, at: 0, saved: None, scroll: Scroll::default() }
    }

    /// Shows `evidence` from now on.
    pub fn renew(&mut self, evidence: Evidence) {
        self.evidence = evidence;
        self.at = self.at.min(self.evidence.places().count().saturating_sub(1));
    }

    /// Returns the rows, and for each of what is to be revised where it begins.
    fn rows(&self, width: usize, view: &DialogView<'_>) -> (Vec<Line<'static>>, Vec<usize>) {
        let theme = view.theme;
        let beside = width >= BESIDE;
        let left = if beside { LABEL } else { 2 };
        let (mut rows, mut places) = (Vec::new(), Vec::new());
        for part in &self.evidence.parts {
            if !beside {
                rows.push(Line::styled(part.label, theme.style(Role::Title)));
            }
            for (at, row) in together(part).iter().enumerate() {
                let label = if beside && at == 0 { part.label } else { "" };
                let chosen = row.place.is_some() && places.len() == self.at;
                if row.place.is_some() {
                    places.push(rows.len());
                }
                let lead = Span::styled(text::pad(label, left), theme.style(Role::Title));
                said(row, lead, left, chosen, width, view, &mut rows);
            }
        }
        (rows, places)
    }

    fn place(&self) -> DialogOutcome {
        let place = self.evidence.places().nth(self.at).map(|(_, place)| place.clone());
        place.map_or(DialogOutcome::Stay, DialogOutcome::Revise)
    }
}

/// Returns the rows of a part; the checks that found nothing are one.
fn together(part: &Part) -> Cow<'_, [Said]> {
    let found_nothing = |row: &Said| row.role == Role::Done && row.events.is_empty() && row.text.is_none();
    if part.name != FAILURE_CHECKS || part.rows.iter().filter(|row| found_nothing(row)).count() < 2 {
        return Cow::Borrowed(&part.rows);
    }
    let (nothing, mut rows): (Vec<Said>, Vec<Said>) = part.rows.iter().cloned().partition(found_nothing);
    let words: Vec<String> = nothing.into_iter().map(|row| row.words).collect();
    rows.push(Said::new(Role::Done, words.join(", ")));
    Cow::Owned(rows)
}

/// The blank at which no row ends.
const TIE: char = '\u{a0}';

/// Returns `words` with what makes sense only together tied: the sign of a change to its key, an event to its number.
fn tied(words: &str) -> String {
    let mut tied = words.replace("(event ", "(event\u{a0}").replace("(events ", "(events\u{a0}");
    for role in [Role::Added, Role::Changed, Role::Kept, Role::Removed] {
        let sign = role.glyph();
        tied = tied.replace(&format!("  {sign} "), &format!("  {sign}{TIE}"));
    }
    tied
}

/// Adds the rows of one line of the card, which begin with `lead`, as wide as `left`.
fn said(
    row: &Said,
    lead: Span<'static>,
    left: usize,
    chosen: bool,
    width: usize,
    view: &DialogView<'_>,
    rows: &mut Vec<Line<'static>>,
) {
    let theme = view.theme;
    let indent = left + (row.indent * 2).min(width / 4);
    let style = theme.style(if row.role == Role::Strong { Role::Strong } else { Role::Text });
    let glyph = if chosen { Role::Current.glyph() } else { row.role.glyph() };
    let mut lead = Some(lead);
    let said = tied(&view.fill(&row.said()));
    for (at, words) in text::wrap(&said, width.saturating_sub(indent + 2).max(8)).into_iter().enumerate() {
        let words = words.replace(TIE, " ");
        let lead = lead.take().unwrap_or_else(|| Span::raw(" ".repeat(left)));
        let sign = if at == 0 { glyph } else { " " };
        let mut line = Line::from(vec![
            lead,
            Span::raw(" ".repeat(indent - left)),
            Span::styled(format!("{sign} "), theme.style(row.role)),
            Span::styled(words, style),
        ]);
        if chosen {
            line = line.patch_style(theme.style(Role::Selected));
        }
        rows.push(line);
    }
    for words in row.text.iter().flat_map(|text| text::wrap(text, width.saturating_sub(indent + 4).max(8))) {
        rows.push(Line::from(vec![Span::raw(" ".repeat(indent + 4)), Span::styled(words, theme.style(Role::Text))]));
    }
}

/// Returns `choices` after their digits, as many in a row as fit; a click on one chooses it.
pub(crate) fn choice_rows<'a>(choices: impl Iterator<Item = (String, &'a str)>, width: usize, theme: &Theme) -> Rows {
    let mut rows = Rows::default();
    for (digit, words) in choices {
        let words = text::clip(words, width.saturating_sub(digit.len() + 1));
        let wide = digit.len() + 1 + text::width(&words);
        let (gap, mut row) = match rows.lines.pop() {
            Some(row) if row.width() + 3 + wide <= width => ("   ", row),
            Some(row) => {
                rows.lines.push(row);
                ("", Line::default())
            }
            None => ("", Line::default()),
        };
        row.push_span(Span::raw(gap));
        let from = row.width();
        let number = digit.parse().ok();
        row.push_span(Span::styled(digit, theme.style(Role::Key)));
        row.push_span(Span::styled(format!(" {words}"), theme.style(Role::Text)));
        let button = Button::new(rows.lines.len(), from..from + wide, Action::ByNumber);
        rows.buttons.push(Button { number, ..button });
        rows.lines.push(row);
    }
    rows
}

impl Dialog for EvidenceCard {
    fn handle(&mut self, input: &Input, view: &DialogView<'_>) -> DialogOutcome {
        let places = self.evidence.places().count();
        match input {
            Input::Key(press) => {
                self.saved = None;
                match view.keymap.action(&MODES, *press) {
                    Some(Action::Close) => return DialogOutcome::Close,
                    Some(Action::Take) => return self.place(),
                    Some(Action::Save) => return DialogOutcome::Save,
                    Some(Action::ByNumber) => {
                        let at = self.choices.iter().position(|(digit, _)| digit.chars().eq(press.typed()));
                        return at.map_or(DialogOutcome::Stay, DialogOutcome::Chosen);
                    }
                    Some(action @ (Action::NextField | Action::PreviousField)) if places > 0 => {
                        let by = if action == Action::NextField { 1 } else { places - 1 };
                        self.at = (self.at + by) % places;
                        let (_, at) = self.rows(self.scroll.width(), view);
                        self.scroll.show(at.get(self.at).copied().unwrap_or(0));
                    }
                    Some(action) => scroll(&self.scroll, action),
                    None => {}
                }
            }
            Input::Mouse { act: MouseAct::WheelUp, .. } => self.scroll.by(-3),
            Input::Mouse { act: MouseAct::WheelDown, .. } => self.scroll.by(3),
            Input::Mouse { act: MouseAct::Click, column, row } => {
                if let Some(number) = self.scroll.button_at(*column, *row) {
                    let at = self.choices.iter().position(|(digit, _)| digit.parse() == Ok(number));
                    return at.map_or(DialogOutcome::Stay, DialogOutcome::Chosen);
                }
                let (_, at) = self.rows(self.scroll.width(), view);
                let row = self.scroll.row_at(*column, *row);
                if let Some(clicked) = row.and_then(|row| at.iter().position(|place| *place == row)) {
                    self.at = clicked;
                    return self.place();
                }
            }
            Input::Mouse { act: MouseAct::Drag, .. } | Input::Paste(_) | Input::Resized { .. } => {}
        }
        DialogOutcome::Stay
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, view: &DialogView<'_>) {
        let (width, theme) = (inner_width(area), view.theme);
        let (body, _) = self.rows(width, view);
        let choices = self.choices.iter().map(|(digit, words)| (digit.clone(), words.as_str()));
        let mut foot = match &self.saved {
            Some(Ok(saved)) => Rows::from(marked(Role::Done, saved, width, theme)),
            Some(Err(why)) => Rows::from(refusal(Some(why), width, theme)),
            None => Rows::default(),
        };
        foot.append(choice_rows(choices, width, theme));
        let hints = view.hints(&MODES);
        let hints = match self.evidence.places().count() {
            0 => hints,
            1 => hints.key(Action::Take, "goes to ▶"),
            _ => hints.key(Action::Take, "goes to ▶").key(Action::NextField, "the next"),
        };
        let hints = hints.key(Action::Save, "save as Markdown").keys(&SCROLLS, "scroll");
        let hints = hints.key(Action::Close, "close").done();
        // How much of the card is seen has room beside it.
        let summary = format!("Evidence: {}", self.evidence.summary());
        let title = keys::shortened(&summary, |words| text::width(&view.fill(words)) + POSITION <= width);
        let mut title = view.fill(title).into_owned();
        // What was not verified is said before how often it was replanned.
        if text::width(&title) > width
            && let Some((headline, more)) = title.split_once(" · ")
        {
            title = format!("{} · {more}", headline.split(", ").next().unwrap_or(headline));
        }
        let foot_title = (!self.choices.is_empty()).then(|| "Try next".to_owned());
        Sheet { title, body, foot: foot.lines, buttons: foot.buttons, hints, foot_title, ..Sheet::default() }.draw(
            area,
            buf,
            theme,
            &self.scroll,
        );
    }

    fn give(&mut self, text: Result<String, String>) {
        self.saved = Some(text);
    }

    fn refuse(&mut self, message: &str) {
        self.saved = Some(Err(message.to_owned()));
    }

    fn takes_space(&self) -> bool {
        false
    }

    fn key_at(&self, column: u16, row: u16) -> Option<KeyPress> {
        self.scroll.key_at(column, row)
    }

    fn card(&mut self) -> Option<&mut EvidenceCard> {
        Some(self)
    }
}
