//! Dialogs: what opens over the dashboard, takes every key while it is open, and answers with an outcome.
//!
//! The loop holds at most one open [`Dialog`], hands it every [`Input`] and acts on the [`DialogOutcome`]. A dialog
//! touches no session, no file and no terminal. Where a submitted command is refused, the loop hands the sentence to
//! [`Dialog::refuse`] and the dialog stays open; where it is carried out, the loop drops the dialog. On
//! [`DialogOutcome::Close`] the loop gives the dialog to [`Drafts::keep`], so that what was typed is there when the
//! same thing is opened again ([`Drafts::take`]).
//!
//! What a key means, the keymap says; in text fields printable keys, Backspace and Enter type. A paste is text.

mod answer;
mod anything;
mod beside;
mod branches;
mod breakpoints;
mod checklist;
mod choice;
mod drafts;
mod edit_step;
mod evidence;
mod fail_tool;
mod goal;
mod inject;
mod map;
mod offers;
mod others;
mod page;
mod pairs;
mod preview;
mod prompt;
mod strategy;
mod suggestions;
mod surprises;
mod tools;
mod trust;

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::engine::breakpoint::Breakpoint;
use crate::engine::command::Command;
use crate::engine::effect::Inquiry;
use crate::engine::event::{Recorded, Seq};
use crate::engine::foresee::Judgements;
use crate::engine::goal::{Key, StepDraft};
use crate::engine::plan::StepId;
use crate::engine::state::State;

use crate::describe::Moment;
use crate::describe::ahead::Ahead;
use crate::describe::evidence as described;
use crate::describe::sign::Role;
use crate::describe::tools::Listing;
use crate::describe::why::{self, Subject};

use crate::ui::action::Action;
use crate::ui::input::{Input, KeyPress, MouseAct};
use crate::ui::keymap::{Keymap, Mode};
use crate::ui::theme::Theme;
use crate::ui::widgets::hints::Hints;
use crate::ui::widgets::picker::Picker;
use crate::ui::widgets::sheet::{Sheet, inner_width, marked};

pub use answer::Answer;
pub use anything::Anything;
pub use branches::{BranchAct, Branches};
pub use breakpoints::Breakpoints;
pub use checklist::PlanChecks;
pub use choice::{Choice, approve_risk, beats, confirm, copy_as, fork, interrupted};
pub use drafts::Drafts;
pub use edit_step::EditStep;
pub use evidence::EvidenceCard;
pub(crate) use evidence::choice_rows;
pub use fail_tool::FailTool;
pub use goal::ChangeGoal;
pub use inject::{Inject, Target};
pub use map::PlanMap;
pub use offers::{Offer, Offers};
pub use others::{Others, no_others};
pub use page::Pager;
pub use preview::RunAhead;
pub use prompt::{Prompt, PromptKind};
pub use strategy::{stop_loop, strategy};
pub use surprises::Surprises;
pub use tools::Tools;
pub use trust::{TRUST, trust};

/// What dialogs may look at while they are drawn and while they act.
#[derive(Clone, Copy)]
pub struct DialogView<'a> {
    /// The state that the person looks at.
    pub state: &'a State,
    /// All events of the session, by number (`Session::records`).
    pub records: &'a [Arc<Recorded>],
    /// How things look.
    pub theme: &'a Theme,
    /// Which key means what.
    pub keymap: &'a Keymap,
    /// Tells what is wrong with the syntax of a jq filter, if anything is.
    pub jq: &'a dyn Fn(&str) -> Result<(), String>,
    /// What the plan checker says about the plan with this step in it; none: the plan is executable.
    pub check: &'a dyn Fn(&Place, &StepDraft) -> Option<String>,
    /// What is known of conditions on values that are only typed so far.
    pub judgements: &'a Judgements,
    /// What the steps that only compute would come to after what is typed, once that is known.
    pub ahead: Option<&'a Result<Box<Ahead>, String>>,
    /// What the MCP servers of the goal offer.
    pub listing: &'a Listing,
    /// Whether times are said.
    pub times: bool,
    /// Whether that state is past: what is asked for then forks there.
    pub past: bool,
}

impl DialogView<'_> {
    /// Hands `act` what dialogs may look at on a screen without a session of its own: a state with its events, and nothing
    /// that is worked out for a preview.
    pub(crate) fn bare<T>(
        (state, records): (&State, &[Arc<Recorded>]),
        theme: &Theme,
        keymap: &Keymap,
        act: impl FnOnce(&DialogView<'_>) -> T,
    ) -> T {
        act(&DialogView {
            state,
            records,
            theme,
            keymap,
            jq: &|_| Ok(()),
            check: &|_, _| None,
            judgements: &Judgements::default(),
            ahead: None,
            listing: &Listing::NotAsked,
            times: true,
            past: false,
        })
    }
}

impl<'a> DialogView<'a> {
    /// Says that what is applied forks, where it does.
    pub(super) fn fork(&self, width: usize) -> Vec<Line<'static>> {
        if !self.past {
            return Vec::new();
        }
        let words =
            format!("you look at event {}: this starts a fork there; what came after it is kept", self.state.seq);
        marked(Role::Recorded, &words, width, self.theme)
    }

    /// Returns `words` with keys in the places of the actions that they name.
    pub(super) fn fill<'w>(&self, words: &'w str) -> std::borrow::Cow<'w, str> {
        self.keymap.fill(&[], words)
    }

    /// Returns the beginning of a bottom line where `modes` are active.
    pub(super) fn hints(&self, modes: &'a [Mode]) -> Hints<'a> {
        Hints::new(self.keymap, modes)
    }

    /// Returns what is looked at, as pages describe it.
    pub fn moment(&self) -> Moment<'a> {
        Moment { state: self.state, records: self.records, longest: why::LONGEST, times: self.times }
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
    /// Goes to what is to be revised, after closing.
    Revise(described::Place),
    /// Saves the evidence card.
    Save,
    /// Asks the MCP servers of the goal what they offer, and stays open.
    ListServers,
    /// Copies this text, which is called so, and stays open.
    Copy(String, String),
    /// Selects this step in the plan, after closing.
    Select(StepId),
    /// Selects this key in the context, after closing.
    SelectKey(Key),
    /// Compares the session with the one in this file, after closing.
    Beside(std::path::PathBuf),
    /// Lights in the panes what lies on the chain of this question.
    Light(Subject),
    /// Sets, changes or removes a breakpoint, and stays open.
    Breakpoint(Command),
    /// Asks the session for this, and stays open.
    Mend(Command),
    /// Does something with a branch.
    Branch(BranchAct),
    /// Looks for the moment at which the condition of this one held first, after closing.
    FirstTime(Breakpoint),
    /// Goes to this event in the trace, after closing.
    Jump(Seq),
    /// Copies this text, after closing; the words say what it is.
    CopyAs(String, String),
    /// What was typed into a prompt of this kind, after closing.
    Typed(PromptKind, String),
    /// Opens this dialog instead.
    Open(Opened),
    /// The person chose the answer with this number; the loop knows what it asked.
    Chosen(usize),
    /// Goes to the beat of the demo with this number, after closing.
    Beat(usize),
    /// The person confirmed what the loop asked under this word (quit, start over, …).
    Confirmed(&'static str),
}

/// A dialog: one file, which implements this.
pub trait Dialog: Copied + std::fmt::Debug {
    /// Acts on one input.
    fn handle(&mut self, input: &Input, view: &DialogView<'_>) -> DialogOutcome;

    /// Draws itself over `area` (the whole screen), whatever its size.
    fn draw(&self, area: Rect, buf: &mut Buffer, view: &DialogView<'_>);

    /// Returns the key that a click on this cell stands for: one of its bottom line.
    fn key_at(&self, column: u16, row: u16) -> Option<KeyPress>;

    /// Returns the conditions that have to be judged before the preview can say more.
    fn pending(&self, _view: &DialogView<'_>) -> Vec<Inquiry> {
        Vec::new()
    }

    /// Returns what is to be run ahead, to show what it would lead to.
    fn ahead(&self, _view: &DialogView<'_>) -> RunAhead {
        RunAhead::Nothing
    }

    /// Takes what `$EDITOR` or a file gave back, or the sentence that says why there is nothing.
    fn give(&mut self, _text: Result<String, String>) {}

    /// Shows why the session refused what was submitted; it stays until the next key.
    fn refuse(&mut self, message: &str);

    /// Returns what the draft is about, where what was typed is worth keeping.
    fn draft_of(&self) -> Option<String> {
        None
    }

    /// Returns itself where it is the evidence card, which follows the session.
    fn card(&mut self) -> Option<&mut EvidenceCard> {
        None
    }

    /// Returns itself where it is the list of branches.
    fn branches(&mut self) -> Option<&mut Branches> {
        None
    }

    /// Returns itself where it is the list of breakpoints.
    fn breakpoints(&mut self) -> Option<&mut Breakpoints> {
        None
    }

    /// Returns itself where it lists what can be done now, which follows the session.
    fn offers(&mut self) -> Option<&mut Offers> {
        None
    }

    /// Tells whether a typed space means something in it; where not, it goes on with a demo.
    fn takes_space(&self) -> bool {
        true
    }

    /// Tells whether it gives the answer of a step that asks.
    fn answers(&self) -> bool {
        false
    }
}

/// Draws a list that narrows while one types under `title`; what Enter does with an entry is called `take`.
fn draw_list(
    picker: &Picker,
    title: &str,
    take: &'static str,
    (area, buf): (Rect, &mut Buffer),
    view: &DialogView<'_>,
) {
    let (theme, width) = (view.theme, inner_width(area));
    let (body, focus) = picker.rows(width, theme);
    let mut foot = vec![picker.filter_line(width, theme)];
    foot.extend(picker.whole(width));
    let hints = view.hints(&[Mode::List, Mode::Form]).keys(&[Action::Up, Action::Down], "choose");
    let hints = hints.key(Action::Take, take).key(Action::Clear, "clear the filter");
    let hints = hints.key(Action::Close, "close").done();
    let sheet = Sheet { title: title.to_owned(), body, focus, foot, hints, tall: true, ..Sheet::default() };
    sheet.draw(area, buf, theme, &picker.scroll);
}

/// Hands `input` to `dialog`: a click on a key of its bottom line is that key.
pub fn hand(dialog: &mut Opened, input: &Input, view: &DialogView<'_>) -> DialogOutcome {
    let press = match input {
        Input::Mouse { act: MouseAct::Click, column, row } => dialog.key_at(*column, *row),
        Input::Key(_) | Input::Mouse { .. } | Input::Paste(_) | Input::Resized { .. } => None,
    };
    match press {
        Some(press) => dialog.handle(&Input::Key(press), view),
        None => dialog.handle(input, view),
    }
}

/// An open dialog, whichever it is.
pub type Opened = Box<dyn Dialog>;

/// What is kept in a draft, or opened from another dialog, is copied: every dialog that is `Clone` can be.
pub trait Copied {
    /// Returns a copy.
    fn copied(&self) -> Opened;
}

impl<T: Dialog + Clone + 'static> Copied for T {
    fn copied(&self) -> Opened {
        Box::new(self.clone())
    }
}

impl<T: Dialog + 'static> From<T> for Opened {
    fn from(dialog: T) -> Opened {
        Box::new(dialog)
    }
}

impl Clone for Opened {
    fn clone(&self) -> Opened {
        (**self).copied()
    }
}

#[cfg(test)]
mod tests;
