//! The surprises that the goal file offers: here and now, or in a fork where their moment has passed.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::engine::advance::returned_instead;
use crate::engine::event::{Event, Seq};
use crate::engine::goal::{Scenario, Surprise};
use crate::engine::plan::Step;
use crate::engine::state::Phase;

use crate::describe::sign::Role;
use crate::describe::{surprise, text};
use crate::ui::action::Action;
use crate::ui::dialogs::{Dialog, DialogOutcome, DialogView};
use crate::ui::input::{Input, KeyPress};
use crate::ui::keymap::Mode;
use crate::ui::widgets::picker::{Entry, Picked, Picker};
use crate::ui::widgets::sheet::{Sheet, inner_width, marked, refusal};

/// The list of surprises.
#[derive(Clone, Debug)]
pub struct Surprises {
    picker: Picker,
    refused: Option<String>,
}

/// When a surprise can land.
enum When {
    Now,
    Later(String),
    /// It is armed already.
    Waits,
    Passed(String, Seq),
}

impl Surprises {
    /// Returns the list for the goal as it is; it may be empty, and then says so.
    pub fn open(view: &DialogView<'_>) -> Surprises {
        let entry = |scenario: &std::sync::Arc<str>, after: Option<&str>| Entry {
            name: text::clip(scenario, 60),
            detail: after.map_or(String::new(), |tool| format!("after {}", text::clip(tool, 40))),
            group: String::new(),
        };
        let scenarios = view.state.goal.scenarios.iter();
        let entries = scenarios.map(|scenario| entry(&scenario.name, scenario.after.as_deref())).collect();
        Surprises { picker: Picker::new(entries), refused: None }
    }
}

impl Dialog for Surprises {
    fn handle(&mut self, input: &Input, view: &DialogView<'_>) -> DialogOutcome {
        if matches!(input, Input::Key(_)) {
            self.refused = None;
        }
        match self.picker.handle(input, view.keymap) {
            Picked::Nothing => DialogOutcome::Stay,
            Picked::Away => DialogOutcome::Close,
            Picked::Entry(at) => match view.state.goal.scenarios.get(at).map(|scenario| when(scenario, view)) {
                Some(When::Passed(_, moment)) => DialogOutcome::ScenarioAt(at, moment),
                Some(When::Now | When::Later(_)) => DialogOutcome::Scenario(at),
                Some(When::Waits) | None => DialogOutcome::Stay, // what waits says so below the list
            },
        }
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, view: &DialogView<'_>) {
        let (width, theme) = (inner_width(area), view.theme);
        let scenarios = &view.state.goal.scenarios;
        let (mut body, focus) = self.picker.rows(width, theme);
        if scenarios.is_empty() {
            let words = "This goal file offers no surprises. \x01inject\x02 injects one of your own, \
                         \x01fail_tool\x02 makes a tool fail.";
            body = marked(Role::Pending, &view.fill(words), width, theme);
        }
        let mut foot = Vec::new();
        if let Some(scenario) = self.picker.current().and_then(|at| scenarios.get(at)) {
            for surprise in &scenario.surprises {
                foot.extend(marked(Role::Surprise, &surprise::what_now(surprise, view.state), width, theme));
            }
            let (role, words) = match when(scenario, view) {
                When::Now => match is_armed_for(scenario, view) {
                    Some(tools) if is_called(&tools, view) => {
                        (Role::Pending, format!("armed for the next run of {}", tools.join(", ")))
                    }
                    Some(tools) => {
                        let words = "and no step that is still to do uses it: nothing comes of it as things are";
                        (Role::Surprise, format!("armed for the next run of {}, {words}", tools.join(", ")))
                    }
                    None => (Role::Current, "lands here and now".to_owned()),
                },
                When::Later(words) => (Role::Pending, words),
                When::Waits => (Role::Surprise, WAITS.to_owned()),
                When::Passed(words, _) => (Role::Recorded, words),
            };
            foot.extend(marked(role, &view.fill(&words), width, theme));
        }
        foot.extend(refusal(self.refused.as_deref(), width, theme));
        foot.insert(0, self.picker.filter_line(width, theme));
        let hints = view.hints(&[Mode::List]).keys(&[Action::Up, Action::Down], "choose");
        let hints = hints.key(Action::Take, "let it happen").key(Action::Close, "close").done();
        Sheet { title: "Surprises".into(), body, focus, foot, hints, ..Sheet::default() }.draw(
            area,
            buf,
            theme,
            &self.picker.scroll,
        );
    }

    fn key_at(&self, column: u16, row: u16) -> Option<KeyPress> {
        self.picker.scroll.key_at(column, row)
    }

    fn refuse(&mut self, message: &str) {
        self.refused = Some(message.to_owned());
    }
}

/// What is said of a surprise that is armed: twice it would land on what it made itself.
const WAITS: &str = "it is armed already; \x01call_off\x02 on its step calls it off";

/// Returns when `scenario` can land: its moment is right after the first finished step of its tool.
fn when(scenario: &Scenario, view: &DialogView<'_>) -> When {
    let waits = view.state.scheduled.iter().filter_map(|scheduled| scheduled.scenario.as_ref());
    if waits
        .chain(view.state.armed.iter().filter_map(|armed| armed.scenario.as_ref()))
        .any(|name| *name == scenario.name)
    {
        return When::Waits;
    }
    let Some(tool) = &scenario.after else { return When::Now };
    if view.state.finished.get(tool).copied().unwrap_or(0) == 0 {
        return When::Later(format!("waits until {tool} has finished a step, then lands"));
    }
    // Its moment is now where nothing else has started since that step.
    let last = view.state.runs.last();
    if last.is_some_and(|run| run.step.tool.as_ref() == Some(tool) && run.ended.is_some()) {
        return When::Now;
    }
    let run = view.state.runs.iter().find(|run| run.step.tool.as_ref() == Some(tool) && run.ended.is_some());
    let finished = |seq: Seq| {
        let record = usize::try_from(seq).ok()?.checked_sub(1).and_then(|at| view.records.get(at))?;
        matches!(record.event, Event::Finished { .. } | Event::Injected { .. }).then_some(seq)
    };
    match run.and_then(|run| run.ended).and_then(finished) {
        Some(moment) => {
            let words = format!("after {tool}: its moment has passed; \x01take\x02 forks there (event {moment})");
            When::Passed(words, moment)
        }
        None => When::Now,
    }
}

/// Returns the tools whose next run `scenario` waits for, where nothing of it lands before.
fn is_armed_for<'s>(scenario: &'s Scenario, view: &DialogView<'_>) -> Option<Vec<&'s str>> {
    let mut tools: Vec<&str> = Vec::new();
    for surprise in &scenario.surprises {
        match surprise {
            Surprise::Set { .. } | Surprise::Goal { .. } => return None,
            Surprise::Outcome { tool, value } if returned_instead(view.state, tool, value).is_some() => return None,
            Surprise::Outcome { tool, .. } | Surprise::Fail { tool, .. } => tools.push(tool),
        }
    }
    (!tools.is_empty()).then_some(tools)
}

/// Tells whether one of `tools` may still be called: a step that is to do, or under way, uses it, or the loop of one does.
/// Without a plan, or while another is made, any may.
fn is_called(tools: &[&str], view: &DialogView<'_>) -> bool {
    let state = view.state;
    if state.is_react() || matches!(state.phase, Phase::New | Phase::Planning { .. } | Phase::Deciding) {
        return true;
    }
    let calls = |step: &Arc<Step>| {
        let tool = step.tool_in(&state.goal.tools);
        let inside = tool.and_then(|tool| tool.run.explore.as_ref()).into_iter().flat_map(|explore| &explore.tools);
        step.tool.iter().chain(inside).any(|tool| tools.contains(&&**tool))
    };
    let under_way = state.current_run().map(|run| &run.step);
    under_way.into_iter().chain(state.plan.remaining()).any(|step| !step.skip && calls(step))
}
