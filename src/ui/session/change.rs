//! What a key can change: the vocabulary between what an action means and what carries it out.

use crate::describe::why::Subject;
use crate::engine::command::Command;
use crate::engine::event::Seq;
use crate::engine::plan::StepId;
use crate::engine::watch::Watch;
use crate::runtime::searching::Search;
use crate::ui::external::Paged;
use crate::ui::session::layout::Split;
use crate::ui::session::lesson::LessonAct;
use crate::ui::session::model::Beat;
use crate::ui::session::pane::PaneId;
use crate::ui::session::presenting::PresentAct;

/// One thing that an action changes.
#[derive(Clone, Debug)]
pub enum Change {
    /// Asks the session for this, at the moment that is shown.
    Submit(Command),
    /// Runs the step that comes next, if the session is ready for it.
    RunOn,
    /// Gives a pane the focus.
    Focus(PaneId),
    /// Selects an entry of a pane; none: it follows what happens.
    Cursor(PaneId, Option<usize>),
    /// Gives the focused pane the whole screen, or gives it back.
    Zoom(bool),
    /// Puts the borders between the panes here.
    Split(Split),
    /// Shows the plan as a map beside its list, or no longer.
    MapBeside(bool),
    /// Lights what lies on the chain of this question; none: lights nothing any longer.
    Light(Option<Subject>),
    /// Looks at an event; none: comes back to now.
    Look(Option<Seq>),
    /// Keeps this moment as one of two to compare; none: neither is chosen.
    KeepMoment(Option<Seq>),
    /// Folds or unfolds the loop inside this step.
    FoldLoop(StepId, bool),
    /// Folds or unfolds the value under this key and JSON pointer.
    Fold(String, bool),
    /// Lists another piece of the long value under this key and JSON pointer: from that entry on.
    Piece(String, usize),
    /// Looks for this in the context.
    Seek(String),
    /// Goes to the place of this number among those that were found in the context.
    Hit(usize),
    /// Watches the waiting proposal at this beat.
    Watch(Beat),
    /// Puts the waiting proposal aside.
    Aside,
    /// Takes the change of this step out of the proposal, or puts it back.
    Hunk(StepId),
    /// Predicts of the watched proposal that this step does not survive, or that it does; none: begins with those that
    /// are there.
    Predict(Option<StepId>),
    /// Does something for the lesson.
    Lesson(LessonAct),
    /// Does something for an audience.
    Present(PresentAct),
    /// Ends the search.
    FindEnd,
    /// Sets, changes or removes a breakpoint.
    Break(Command),
    /// Looks through the record.
    Search(Search),
    /// Does something with a watch.
    Watches(WatchAct),
    /// Goes to the row of the trace that tells this event.
    Row(Seq),
    /// Puts the report away, or brings it back.
    Report(bool),
    /// Shows this value in the person's pager.
    Pager(Paged),
    /// Edits what is selected in the person's editor.
    Editor(DialogRequest),
    /// Copies this text; the words say what it is.
    Copy(String, String),
    /// Takes over what was changed on disk.
    TakeOver,
    /// Opens a dialog.
    Open(DialogRequest),
    /// Shows the strategies side by side.
    Compare,
    /// Asks what could go wrong with the goal.
    Stress,
    /// Tries what the report offers at this place, from 0.
    TryNext(usize),
    /// Says this.
    Say(String),
    /// Suspends the program.
    Suspend,
    /// Quits.
    Quit,
}

/// What is done with a watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatchAct {
    /// Watches this: in place of that one, or behind the others.
    Set(Option<usize>, Watch),
    /// Watches the one at this place no longer.
    Remove(usize),
    /// Swaps the one at the first place with the one at the second.
    Move(usize, usize),
}

/// A dialog to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DialogRequest {
    /// Another value for this key, or a new key; at the part of its value under this JSON pointer.
    InjectKey(String, String),
    /// Another outcome of this step.
    InjectOutcome(StepId),
    /// The surprises of the goal file.
    Surprises,
    /// A tool that shall fail.
    FailTool,
    /// The goal.
    Goal,
    /// A remaining step, changed.
    EditStep(StepId),
    /// A new step at this place among the remaining ones.
    AddStep(usize),
    /// What came back.
    Answer,
    /// A risky step.
    Risk,
    /// Whether what was changed on disk is trusted.
    TakeOver,
    /// An interrupted step.
    Interrupted,
    /// The tools.
    Tools,
    /// Why, about this step or key, or the whole.
    WhyStep(StepId),
    /// Why a key has its value.
    WhyKey(String),
    /// Why the event was.
    WhyEvent(Seq),
    /// Why there is no way on, or why it is over.
    WhyEnd,
    /// The evidence card.
    Evidence,
    /// The plan as a map.
    Map,
    /// The checklist of the plan.
    Checklist,
    /// An entry of the trace.
    Entry(Seq),
    /// How many steps to run.
    Steps,
    /// The breakpoints.
    Breakpoints,
    /// The branches.
    Branches,
    /// When a condition held first.
    FirstTime,
    /// A filter to watch: a new one, or in place of that one.
    Watch(Option<usize>),
    /// How the value of this key came to be what it is, version by version.
    Versions(String),
    /// As what the selected value is copied.
    CopyAs(String, String),
    /// How the watch at this place went.
    WhyWatch(usize),
    /// These two moments beside each other.
    Moments(Seq, Seq),
    /// What to find.
    Find,
    /// Anything, to go to.
    Anything,
    /// Which session to compare this one with.
    Others,
    /// Every key that works here.
    Help,
    /// Everything, by name.
    Palette,
    /// The beats of the demo.
    Beats,
    /// Whether to start over.
    StartOver,
    /// Which strategy from now on.
    Strategy,
    /// What was considered for the thought of this event.
    Thought(Seq),
    /// Whether to stop the loop that is under way, as a whole.
    StopLoop,
    /// The same, about the loop that is under way.
    Inside(Box<DialogRequest>),
}

impl DialogRequest {
    /// Returns the same about the loop that is under way, if `inside`.
    pub fn inside(self, inside: bool) -> DialogRequest {
        if inside { DialogRequest::Inside(Box::new(self)) } else { self }
    }
}

/// What an action does, or the sentence that says why it does nothing here.
pub type Meaning = Result<Vec<Change>, String>;

/// Opens a dialog.
pub(crate) fn open(ask: DialogRequest) -> Meaning {
    Ok(vec![Change::Open(ask)])
}

/// Asks the session for `command`.
pub(crate) fn submit(command: Command) -> Meaning {
    Ok(vec![Change::Submit(command)])
}

/// Refuses with the sentence that says why.
pub(crate) fn no<T>(why: impl Into<String>) -> Result<T, String> {
    Err(why.into())
}
