//! What an action means here, now: changes of the screen and commands to the session, or why not.
//!
//! [`interpret`] changes nothing, so footer, help and palette ask it which actions work. One file a noun.

pub(crate) mod breakpoints;
mod explorer;
mod looking;
mod moving;
mod plan;
mod proposal;
pub(crate) mod running;
pub(crate) mod watches;
mod world;

pub(crate) use moving::by;

use crate::engine::command::Command;
use crate::ui::action::Action;
use crate::ui::session::change::{Change, DialogRequest, Meaning, no, open, submit};
use crate::ui::session::layout::BESIDE;
use crate::ui::session::lesson::{self, Taught};
use crate::ui::session::lighting;
use crate::ui::session::lists;
use crate::ui::session::pane::PaneId;
use crate::ui::session::presenting;
use crate::ui::session::view::View;

impl View<'_> {
    /// Tells whether `action` would do something here, now.
    pub fn works(&self, action: Action) -> bool {
        interpret(self, action).is_ok()
    }
}

/// Returns what `action` means here, now.
///
/// # Errors
/// Why the action cannot be done here, now.
pub fn interpret(view: &View<'_>, action: Action) -> Meaning {
    use Action::*;
    match action {
        Breakpoint | Breakpoints | LastHit | NextHit | FirstTime | Writer => breakpoints::interpret(view, action),
        Continue if view.ui.present.is_some() => presenting::interpret(view, action),
        Step | Into | Out | Continue | Steps | RunTo | NextDeviation | NextReplan | Cancel | Approve => {
            running::interpret(view, action)
        }
        ByNumber if view.ui.lesson.as_ref().is_some_and(Taught::asks) => lesson::interpret(view, action),
        Back | Forward | LookHere | Now | CompareMoments | Branch | StartOver | Evidence | ByNumber => {
            looking::interpret(view, action)
        }
        Accept | NextBeat | ToggleHunk | EditProposal | Reject | Later | Proposal | Predict => {
            proposal::interpret(view, action)
        }
        Inject | Surprise | FailTool | ChangeGoal | Replan | TakeOver | Dial | Decider | Planner | Pin | Undo
        | Redo => world::interpret(view, action),
        CallOff => match lists::plan::item(view, lists::plan::selected(view)).and_then(|item| item.step()) {
            Some(step) => match step.tool.as_ref().filter(|tool| view.shown.state.is_armed_for(tool)) {
                Some(tool) => submit(Command::CallOff(tool.clone())),
                None => no(
                    "nothing is armed for this step: \x01fail_tool\x02 makes its tool fail, \x01surprise\x02 lets a surprise happen",
                ),
            },
            None => no("select a step that something is armed for"),
        },
        Editor if view.ui.focus == PaneId::CONTEXT => match view.pane(view.ui.focus).inject(view) {
            Some(meaning) => match meaning?.as_slice() {
                [Change::Open(ask)] => Ok(vec![Change::Editor(ask.clone())]),
                _ => no("there is no value here to edit"),
            },
            None => no("there is no value here to edit"),
        },
        CopyAs | Versions | Pager => explorer::interpret(view, action),
        Watch | WatchFilter => watches::interpret(view, action),
        Delete | MoveDown | MoveUp if view.ui.focus == PaneId::CONTEXT => watches::interpret(view, action),
        Edit if lists::watches::current(view).is_some() => watches::interpret(view, action),
        Edit | AddBelow | AddAbove | Delete | MoveDown | MoveUp | Skip | Rerun => plan::interpret(view, action),
        Strategy => world::strategy(view),
        Tools => open(DialogRequest::Tools),
        Checklist if view.shown.state.is_react() => {
            no("there is no plan to be checked: one action is decided on at a time")
        }
        Checklist => open(DialogRequest::Checklist),
        Mend => match view.shown.mends() {
            Some(fix) => {
                let said = format!("{}; \x01undo\x02 takes it back", fix.does);
                Ok(vec![Change::Submit(fix.command.clone()), Change::Say(said)])
            }
            None => no("no fault of the plan is mended by one key: \x01checklist\x02 says what there is to mend"),
        },
        Map => match lists::plan::count(view) {
            0 => no("there is no step yet that a map could show"),
            _ => open(DialogRequest::Map),
        },
        MapBeside => match view.ui.map {
            true => Ok(vec![Change::MapBeside(false)]),
            false if lists::plan::count(view) == 0 => no("there is no step yet that a map could show"),
            false if view.ui.size.0 < BESIDE => no(format!(
                "a map beside the plan needs {BESIDE} columns and this terminal has {}: \x01map\x02 shows it whole",
                view.ui.size.0
            )),
            false => Ok(vec![Change::Zoom(false), Change::MapBeside(true)]),
        },
        LightPath => {
            let whys = view.pane(view.ui.focus).why(view)?;
            let subject = whys.iter().find_map(|change| match change {
                Change::Open(ask) => lighting::asked(view, ask),
                _ => None, // opens no page
            });
            match subject {
                Some(subject) => Ok(vec![Change::Light(Some(subject))]),
                None => no("that rests on nothing: select a step, a key, or a moment that changed one"),
            }
        }
        PathEnd => Ok(vec![Change::Light(None)]),
        SwapPanes => Ok(vec![Change::Split(view.ui.split.swapped())]),
        Why | Open | Copy | NextPane | PreviousPane | PlanPane | ContextPane | TracePane | Up | Down | Left | Right
        | PageUp | PageDown | Top | Bottom | Zoom | Grow | Shrink | Find | FindNext | FindPrevious | FindEnd => {
            moving::interpret(view, action)
        }
        Present | DemoNext | DemoBack | DemoAgain | DemoStart | DemoList | Faster | Slower => {
            presenting::interpret(view, action)
        }
        Hint | HideLesson | Answer | SkipQuestion => lesson::interpret(view, action),
        Compare => Ok(vec![Change::Compare]),
        Stress => Ok(vec![Change::Stress]),
        Pairs | ShowAll => no("that is for what could go wrong: \x01stress\x02 shows it"),
        LaneStep | LaneEnd | SurpriseAll | LanesOver | OpenLane | AddLane | RemoveLane | LaneDial | LaneStrategy
        | Figures | Price | LaneLeft | LaneRight | Leave => {
            no("that is for the lanes side by side: \x01compare\x02 shows them")
        }
        Close | Apply | ValueUp | ValueDown | Take | NextField | PreviousField | NewLine | Editor | Clear
        | UndoTyping | RemoveKey | Reload | OtherTool | Toggle | AddBreakpoint | DeleteBreakpoint | ToHit
        | NameBranch | DropBranch | CompareBranch | Save | ListServers => {
            no("that is for what is open above the screen")
        }
        OpenFile | CopySample | ResumeLast => no("that is for the start screen"),
        CompareSession => open(DialogRequest::Others),
        GoToAnything => open(DialogRequest::Anything),
        Palette => open(DialogRequest::Palette),
        Help => open(DialogRequest::Help),
        Suspend => Ok(vec![Change::Suspend]),
        Quit => Ok(vec![Change::Quit]),
    }
}
