//! Dialogs: what opens over the dashboard, takes every key while it is open, and answers with an outcome.
//!
//! The loop holds at most one open [`Dialog`], hands it every [`Input`] and acts on the [`DialogOutcome`]. A dialog
//! touches no session, no file and no terminal. Where a submitted command is refused, the loop hands the sentence to
//! [`Dialog::refuse`] and the dialog stays open; where it is carried out, the loop drops the dialog. On
//! [`DialogOutcome::Close`] the loop gives the dialog to [`Drafts::keep`], so that what was typed is there when the
//! same thing is opened again ([`Drafts::take`]).
//!
//! In text fields printable keys, Backspace and Enter type; only Esc, Tab and chords act. A paste is text.

mod answer;
mod choice;
mod drafts;
mod edit_step;
mod fail_tool;
mod goal;
mod inject;
mod offers;
mod page;
mod pairs;
mod prompt;
mod strategy;
mod surprises;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::engine::command::Command;
use crate::engine::event::{Recorded, Seq};
use crate::engine::goal::StepDraft;
use crate::engine::plan::StepId;
use crate::engine::state::State;

use crate::describe::Moment;

use crate::ui::input::Input;
use crate::ui::theme::Theme;

pub use answer::Answer;
pub use choice::{Choice, approve_risk, confirm, fork, interrupted};
pub use drafts::Drafts;
pub use edit_step::EditStep;
pub use fail_tool::FailTool;
pub use goal::ChangeGoal;
pub use inject::{Inject, Target};
pub use offers::{Offer, Offers};
pub use page::Pager;
pub use prompt::{Prompt, PromptKind};
pub use strategy::{stop_loop, strategy};
pub use surprises::Surprises;

/// What dialogs may look at while they are drawn and while they act.
#[derive(Clone, Copy)]
pub struct DialogView<'a> {
    /// The state that the person looks at.
    pub state: &'a State,
    /// All events of the session, by number (`Session::records`).
    pub records: &'a [Recorded],
    /// How things look.
    pub theme: &'a Theme,
    /// Tells what is wrong with the syntax of a jq filter, if anything is.
    pub jq: &'a dyn Fn(&str) -> Result<(), String>,
    /// What the plan checker says about the plan with this step in it; none: the plan is executable.
    pub check: &'a dyn Fn(&Place, &StepDraft) -> Option<String>,
}

impl<'a> DialogView<'a> {
    /// Returns what is looked at, as pages describe it.
    pub fn moment(&self) -> Moment<'a> {
        Moment { state: self.state, records: self.records }
    }
}

/// Where a step that is being edited will stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// It replaces this remaining step.
    Of(StepId),
    /// It is added at this place among the remaining ones; 0 is next.
    At(usize),
}

/// What a dialog wants after an input.
#[derive(Clone, Debug)]
pub enum DialogOutcome {
    /// Stays open.
    Stay,
    /// Closes; what was typed is kept (see [`Drafts`]).
    Close,
    /// Asks the session for this, at the moment that the person looks at.
    Submit(Command),
    /// Asks the session for this as of that event: a fork.
    SubmitAt(Seq, Command),
    /// Opens the text in `$EDITOR`; the result comes back by [`Dialog::give`].
    OpenEditor(String),
    /// Reads this file; its text comes back by [`Dialog::give`].
    ReadFile(String),
    /// Lands the goal's scenario with this index, here and now.
    Scenario(usize),
    /// Lands the goal's scenario with this index in a fork right after that event.
    ScenarioAt(usize, Seq),
    /// Carries out the offered action with this name, after closing.
    Run(&'static str),
    /// Goes to this event in the trace, after closing.
    Jump(Seq),
    /// What was typed into a prompt of this kind, after closing.
    Typed(PromptKind, String),
    /// Opens this dialog instead.
    Open(Box<Dialog>),
    /// The person chose the answer with this number; the loop knows what it asked.
    Chosen(usize),
    /// The person confirmed what the loop asked under this word (quit, start over, …).
    Confirmed(&'static str),
}

/// A dialog.
#[derive(Clone, Debug)]
pub enum Dialog {
    /// Another value for a key, or another outcome of a step.
    Inject(Box<Inject>),
    /// A tool that shall fail.
    FailTool(Box<FailTool>),
    /// The surprises that the goal file offers.
    Surprises(Box<Surprises>),
    /// The goal's words and wants.
    Goal(Box<ChangeGoal>),
    /// A step, changed or new.
    EditStep(Box<EditStep>),
    /// What came back.
    Answer(Box<Answer>),
    /// A question with a few answers: confirm, fork, approve a risky step, interrupted.
    Choice(Box<Choice>),
    /// What can be done here and now: help and palette.
    Offers(Box<Offers>),
    /// Something to read: a trace entry, a why, the tools.
    Page(Box<Pager>),
    /// One line of text: go to, find, how many steps.
    Prompt(Box<Prompt>),
}

impl Dialog {
    /// Acts on one input.
    pub fn handle(&mut self, input: &Input, view: &DialogView<'_>) -> DialogOutcome {
        match self {
            Dialog::Inject(dialog) => dialog.handle(input, view),
            Dialog::FailTool(dialog) => dialog.handle(input, view),
            Dialog::Surprises(dialog) => dialog.handle(input, view),
            Dialog::Goal(dialog) => dialog.handle(input, view),
            Dialog::EditStep(dialog) => dialog.handle(input, view),
            Dialog::Answer(dialog) => dialog.handle(input, view),
            Dialog::Choice(dialog) => dialog.handle(input),
            Dialog::Offers(dialog) => dialog.handle(input),
            Dialog::Page(dialog) => dialog.handle(input),
            Dialog::Prompt(dialog) => dialog.handle(input),
        }
    }

    /// Draws itself over `area` (the whole screen), whatever its size.
    pub fn draw(&self, area: Rect, buf: &mut Buffer, view: &DialogView<'_>) {
        match self {
            Dialog::Inject(dialog) => dialog.draw(area, buf, view),
            Dialog::FailTool(dialog) => dialog.draw(area, buf, view),
            Dialog::Surprises(dialog) => dialog.draw(area, buf, view),
            Dialog::Goal(dialog) => dialog.draw(area, buf, view),
            Dialog::EditStep(dialog) => dialog.draw(area, buf, view),
            Dialog::Answer(dialog) => dialog.draw(area, buf, view),
            Dialog::Choice(dialog) => dialog.draw(area, buf, view.theme),
            Dialog::Offers(dialog) => dialog.draw(area, buf, view.theme),
            Dialog::Page(dialog) => dialog.draw(area, buf, view.theme),
            Dialog::Prompt(dialog) => dialog.draw(area, buf, view.theme),
        }
    }

    /// Takes what `$EDITOR` or a file gave back, or the sentence that says why there is nothing.
    pub fn give(&mut self, text: Result<String, String>) {
        match self {
            Dialog::Inject(dialog) => dialog.give(text),
            Dialog::Answer(dialog) => dialog.give(text),
            Dialog::FailTool(_)
            | Dialog::Surprises(_)
            | Dialog::Goal(_)
            | Dialog::EditStep(_)
            | Dialog::Choice(_)
            | Dialog::Offers(_)
            | Dialog::Page(_)
            | Dialog::Prompt(_) => {}
        }
    }

    /// Shows why the session refused what was submitted; it stays until the next key.
    pub fn refuse(&mut self, message: &str) {
        match self {
            Dialog::Inject(dialog) => dialog.refuse(message),
            Dialog::FailTool(dialog) => dialog.refuse(message),
            Dialog::Surprises(dialog) => dialog.refuse(message),
            Dialog::Goal(dialog) => dialog.refuse(message),
            Dialog::EditStep(dialog) => dialog.refuse(message),
            Dialog::Answer(dialog) => dialog.refuse(message),
            Dialog::Choice(dialog) => dialog.refuse(message),
            Dialog::Offers(dialog) => dialog.refuse(message),
            Dialog::Page(_) => {}
            Dialog::Prompt(dialog) => dialog.refuse(message),
        }
    }

    /// Returns what the draft is about, where what was typed is worth keeping.
    pub fn draft_of(&self) -> Option<String> {
        match self {
            Dialog::Inject(dialog) => dialog.draft_of(),
            Dialog::FailTool(_) => Some("fail".into()),
            Dialog::Goal(dialog) => dialog.draft_of(),
            Dialog::EditStep(dialog) => dialog.draft_of(),
            Dialog::Answer(dialog) => dialog.draft_of(),
            Dialog::Surprises(_) | Dialog::Choice(_) | Dialog::Offers(_) | Dialog::Page(_) | Dialog::Prompt(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
