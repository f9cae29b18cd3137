//! What a key or a click does on the screen of what could go wrong.

use crate::describe::page::Page;
use crate::describe::sign::Role;
use crate::stress::table::Row;
use crate::stress::verdict::Cell;
use crate::ui::action::Action;
use crate::ui::dialogs::{self, DialogOutcome, Offers, Opened, Prompt, PromptKind};
use crate::ui::input::{Input, MouseAct};
use crate::ui::screen::{Request, Screen};
use crate::ui::stress::{MODES, Stress, draw};

impl Stress {
    pub(super) fn act_on(&mut self, input: &Input) {
        if let Input::Resized { width, height } = input {
            self.size = (*width, *height);
        }
        if let Some(mut dialog) = self.dialog.take() {
            let outcome = self.with_dialog_view(|view| dialogs::hand(&mut dialog, input, view));
            return self.answered(outcome, dialog);
        }
        match input {
            Input::Key(press) => {
                self.toast = None;
                match self.keymap.action(&MODES, *press) {
                    Some(action) => self.act(action),
                    None => self.refuse(format!("{press} means nothing here; \x01help\x02 shows every key that does")),
                }
            }
            Input::Mouse { act: MouseAct::WheelUp, .. } => self.by(-3),
            Input::Mouse { act: MouseAct::WheelDown, .. } => self.by(3),
            Input::Mouse { act: MouseAct::Click, column, row } => self.click(*column, *row),
            Input::Mouse { act: MouseAct::Drag, .. } | Input::Resized { .. } => {}
            Input::Paste(_) => self.refuse("text was pasted, and no field is open to take it".into()),
        }
    }

    fn answered(&mut self, outcome: DialogOutcome, dialog: Opened) {
        match outcome {
            DialogOutcome::Typed(_, text) => {
                self.filter = text;
                (self.at, self.top) = (None, 0);
            }
            DialogOutcome::Run(name) => {
                if let Some(action) = Action::named(name) {
                    self.act(action);
                }
            }
            DialogOutcome::Close => {}
            _ => self.dialog = Some(dialog), // what else dialogs answer is asked for by none of those that open here
        }
    }

    /// Returns why `action` does nothing here, now.
    pub(super) fn refusal(&self, action: Action) -> Option<String> {
        let none = self.shown().is_empty();
        let (_, of) = self.stressing.progress();
        let why = match action {
            Action::Open | Action::Why if none => "there is no fault here to look at",
            Action::Pairs if self.stressing.has_pairs() => "every two faults are among them already",
            Action::Pairs if of == 0 => "first the single faults have to be known",
            Action::Cancel if !self.stressing.is_running() && self.filter.is_empty() => "",
            _ => return None,
        };
        Some(why.to_owned())
    }

    fn act(&mut self, action: Action) {
        if let Some(why) = self.refusal(action) {
            // One Esc too many is nobody's fault.
            if !why.is_empty() {
                self.refuse(why);
            }
            return;
        }
        let page = isize::try_from(self.rows.height.max(2) - 1).unwrap_or(1);
        match action {
            Action::Open => self.look(),
            Action::Why => self.explain(),
            Action::Pairs => {
                self.stressing.pair();
                self.say("every two faults at once are tried out, too; \x01cancel\x02 stops");
            }
            Action::ShowAll => self.all = !self.all,
            Action::Find => self.dialog = Some(Opened::from(Prompt::new(PromptKind::Faults, &self.filter))),
            Action::Cancel if self.stressing.is_running() => {
                self.stressing.stop();
                self.say("stopped; what was not tried is not in the table");
            }
            Action::Cancel => self.filter.clear(),
            Action::Left => self.lane = self.lane.saturating_sub(1),
            Action::Right => self.lane = (self.lane + 1).min(self.table.lanes.len().saturating_sub(1)),
            Action::Up => self.by(-1),
            Action::Down => self.by(1),
            Action::PageUp => self.by(-page),
            Action::PageDown => self.by(page),
            Action::Top => self.by(isize::MIN / 2),
            Action::Bottom => self.by(isize::MAX / 2),
            Action::Palette => self.list(true),
            Action::Help => self.list(false),
            Action::Suspend => self.requests.push(Request::Suspend),
            Action::Leave => self.requests.push(Request::Leave),
            _ => {} // bound to no key here
        }
    }

    fn by(&mut self, by: isize) {
        let shown = self.shown();
        let to = self.selected(&shown).saturating_add_signed(by).min(shown.len().saturating_sub(1));
        let at = shown.get(to).map(|row| row.fault.sentence.clone());
        self.at = at;
    }

    /// Selects what was clicked; a second click opens it.
    fn click(&mut self, column: u16, row: u16) {
        if let Some(action) = draw::key_at(self, column, row) {
            return self.act(action);
        }
        let Some(row) = row.checked_sub(self.rows.y).filter(|row| *row < self.rows.height) else { return };
        let (shown, before) = (self.shown(), (self.at.clone(), self.lane));
        let at = self.top + usize::from(row);
        let Some(sentence) = shown.get(at).map(|row| row.fault.sentence.clone()) else { return };
        let same = self.selected(&shown) == at;
        let lane = draw::lane_at(self, &shown, usize::from(column));
        self.at = Some(sentence);
        self.lane = lane.unwrap_or(self.lane);
        if same && self.lane == before.1 {
            self.look();
        }
    }

    /// Returns the selected fault with its cell, and what the lane is called.
    pub(super) fn cell(&self) -> Option<(&Row, &Cell, &str)> {
        let shown = self.shown();
        let row = *shown.get(self.selected(&shown))?;
        Some((row, row.cells.get(self.lane)?, &self.table.lanes.get(self.lane)?.result.name))
    }

    /// Runs the selected cell once more, to open it where it met its fault.
    fn look(&mut self) {
        let Some((row, ..)) = self.cell() else { return };
        let row = row.clone();
        self.stressing.look(&row, self.lane);
        self.say("this run is made once more, and opens at the moment of the fault …");
    }

    /// Says all there is to say about the selected fault.
    fn explain(&mut self) {
        let Some((row, ..)) = self.cell() else { return };
        let mut page = Page::new(row.fault.sentence.clone());
        for (calm, cell) in self.table.lanes.iter().zip(&row.cells) {
            page.add(cell.verdict.sign(), 0, format!("{}: {}", calm.result.name, draw::said(cell)));
            if !cell.result.is_empty() {
                page.add(Role::Text, 1, format!("it came to: {}", cell.result));
            }
        }
        let of = |sentence: &&String| sentence.starts_with(&format!("{}: ", row.fault.subject));
        let advice = self.table.advice();
        let advice: Vec<&String> = advice.iter().filter(of).collect();
        if !advice.is_empty() {
            page.heading("What would help");
            advice.into_iter().for_each(|sentence| page.add(Role::Added, 0, sentence.clone()));
        }
        if let Some(line) = self.table.reproduced(row, "GOAL") {
            page.heading("The same without a screen");
            page.add(Role::Text, 0, line);
        }
        self.dialog = Some(page.into());
    }

    /// Lists what works here, now: the help, or the palette.
    fn list(&mut self, palette: bool) {
        let list = Offers::of(&self.keymap, &MODES, |action| self.refusal(action), palette);
        self.dialog = Some(Opened::from(list));
    }
}
