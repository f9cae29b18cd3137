//! What an open dialog answers to an input, carried out on the session.

use std::sync::Arc;

use crate::describe::frame::{self, acting};
use crate::describe::impact;
use crate::describe::query::Query;
use crate::describe::sought::Sought;
use crate::engine::command::Command;
use crate::engine::event::{Event, Pace};
use crate::engine::state::Phase;
use crate::runtime::searching::Search;
use crate::runtime::watches;
use crate::ui::action::Action;
use crate::ui::dialogs::{self, DialogOutcome, Opened, Prompt, PromptKind};
use crate::ui::input::Input;
use crate::ui::screen::Request;
use crate::ui::session::app::App;
use crate::ui::session::change::{Change, WatchAct};
use crate::ui::session::model::Cursor;
use crate::ui::session::pane::PaneId;

/// Tells whether what was typed in the context asks for moments: what it shares with the context is looked for there.
fn is_of_the_trace(text: &str) -> bool {
    matches!(Sought::of(text), Sought::Text(_)) && Query::names_field(text)
}

impl App {
    /// Hands `input` to the open dialog and acts on what it answers.
    pub(crate) fn dialog_input(&mut self, mut dialog: Opened, input: &Input) {
        let outcome = self.with_dialog_view(|view| dialogs::hand(&mut dialog, input, view));
        let done = match outcome {
            DialogOutcome::Stay => Ok(Some(dialog)),
            DialogOutcome::Close => {
                self.drafts.keep(dialog);
                Ok(None)
            }
            DialogOutcome::Submit(command) => {
                let risky = matches!(acting(&self.shown.state).phase, Phase::Approving)
                    && matches!(command, Command::Approve(_));
                let again = matches!(command, Command::Rerun(_));
                // Whether an answer fits is known later: until then it is a draft.
                if matches!(command, Command::Answer(_)) {
                    self.drafts.keep(dialog.clone());
                }
                let command = self.addressed(command);
                let done = self.submit(command).map(|()| None).map_err(|why| (dialog, why));
                // "Run it" runs it, also where the steps that were asked for ended at the question.
                if (risky || again) && done.is_ok() {
                    self.run_on();
                }
                done
            }
            DialogOutcome::SubmitAt(at, command) => {
                self.submit_at(at, command).map(|()| None).map_err(|why| (dialog, why))
            }
            DialogOutcome::OpenEditor(text) => {
                self.requests.push(Request::Edit(text));
                Ok(Some(dialog))
            }
            DialogOutcome::ReadFile(path) => {
                self.requests.push(Request::Read(path));
                Ok(Some(dialog))
            }
            DialogOutcome::Scenario(at) => {
                let command = self.scenario(at, false);
                let waits = matches!(&command, Some(Command::Schedule { after: Some(_), .. }));
                let parts = self.shown.state.goal.scenarios.get(at).map_or(0, |scenario| scenario.surprises.len());
                let armed = self.shown.state.armed.len();
                let done = self.submit_some(command).map(|()| None).map_err(|why| (dialog, why));
                if done.is_ok() && !self.shown.past && self.ui.watched().is_none() {
                    let in_wait = self.shown.state.armed.len() == armed + parts;
                    self.ui.say(match (waits, in_wait) {
                        (true, _) => "it waits for its moment, then it lands",
                        (false, true) => "it is armed for the next run of its tool",
                        (false, false) => "it has landed",
                    });
                }
                done
            }
            DialogOutcome::ScenarioAt(at, moment) => match self.scenario(at, true) {
                Some(command) => self.submit_at(moment, command).map(|()| None).map_err(|why| (dialog, why)),
                None => Err((dialog, "there is no such surprise".to_owned())),
            },
            DialogOutcome::Run(name) => {
                if let Some(action) = Action::named(name) {
                    self.act(action);
                }
                Ok(None)
            }
            DialogOutcome::Mend(command) => match self.submit(command) {
                Ok(()) => Ok(Some(dialog)),
                Err(why) => Err((dialog, why)),
            },
            DialogOutcome::Breakpoint(command) => match self.change_breakpoint(command) {
                Ok(()) => {
                    if let Some(list) = dialog.breakpoints() {
                        list.done();
                    }
                    Ok(Some(dialog))
                }
                Err(why) => Err((dialog, why)),
            },
            DialogOutcome::Branch(act) => match self.branch(act, dialog.copied()) {
                Ok(stays) => Ok(stays),
                Err(why) => Err((dialog, why)),
            },
            DialogOutcome::FirstTime(watch) => {
                self.search(Search::First(watch));
                Ok(None)
            }
            DialogOutcome::CopyAs(text, what) => {
                self.carry_out(Change::Copy(text, what));
                Ok(None)
            }
            DialogOutcome::Jump(seq) => {
                self.select_row(seq);
                Ok(None)
            }
            DialogOutcome::Select(step) => {
                self.select_step(&step);
                Ok(None)
            }
            DialogOutcome::SelectKey(key) => {
                self.select_key(&key);
                Ok(None)
            }
            DialogOutcome::Beside(file) => {
                self.search(Search::Beside(file));
                Ok(None)
            }
            DialogOutcome::Light(subject) => {
                self.light(subject);
                Ok(None)
            }
            DialogOutcome::Revise(place) => {
                self.revise(&place);
                Ok(None)
            }
            DialogOutcome::ListServers => match self.list_servers() {
                Ok(()) => Ok(Some(dialog)),
                Err(why) => Err((dialog, why)),
            },
            DialogOutcome::Copy(text, what) => {
                self.carry_out(Change::Copy(text, what));
                Ok(Some(dialog))
            }
            DialogOutcome::Save => {
                self.save_card();
                Ok(Some(dialog))
            }
            DialogOutcome::Chosen(at) => {
                // Where the card is saved, it says so itself.
                let stays = self.try_next(at);
                Ok(stays.then_some(dialog))
            }
            DialogOutcome::Typed(kind, text) => {
                self.typed(kind, text);
                Ok(None)
            }
            DialogOutcome::Open(dialog) => Ok(Some(dialog)),
            DialogOutcome::Beat(at) => {
                self.demo_to(at);
                Ok(None)
            }
            DialogOutcome::Confirmed("start_over") => {
                self.start_over();
                Ok(None)
            }
            DialogOutcome::Confirmed(dialogs::TRUST) => self.trust().map(|()| None).map_err(|why| (dialog, why)),
            DialogOutcome::Confirmed(_) => Ok(None),
        };
        match done {
            Ok(None) => {}
            // What was submitted may have opened a dialog of its own (a fork asks first): that one stays.
            Ok(Some(dialog)) => self.dialog = Some(self.dialog.take().unwrap_or(dialog)),
            Err((mut dialog, why)) => {
                let words = self.view().words(&why).into_owned();
                dialog.refuse(&words);
                self.dialog = Some(dialog);
            }
        }
    }

    /// Runs the step that was just approved or is to run again, unless something is to be decided first.
    pub(crate) fn run_on(&mut self) {
        let here = acting(&self.shown.state);
        if matches!(here.phase, Phase::Ready)
            && here.pace == Pace::Paused
            && let Err(why) = self.submit(Command::SetPace(Pace::Steps(1)))
        {
            self.ui.refuse(why);
        }
    }

    /// Addresses `command` to the loop that the dialog is about, if it is about one.
    fn addressed(&self, command: Command) -> Command {
        match command {
            // An answer finds the tool that asks; a pace and a stop are the session's.
            Command::Answer(_) | Command::SetPace(_) | Command::Cancel | Command::SetStrategy(_) => command,
            command if self.about.is_some() => frame::within(command),
            command => command,
        }
    }

    /// Asks whether to fork at the moment that is looked at, saying what is served from the record and what will run
    /// once `command` was carried out there.
    pub(crate) fn ask_to_fork(&mut self, command: Command) {
        let state = &self.shown.state;
        let foreseen = self.driver.session().foresee_at(state.seq, command.clone(), self.driver.judgements());
        let leads_to = impact::fork(state, foreseen.as_ref().ok());
        self.dialog = Some(dialogs::fork(state.seq, "Acting", command, &leads_to));
    }

    pub(super) fn scenario(&self, at: usize, land_now: bool) -> Option<Command> {
        let state = &self.shown.state;
        let scenario = state.goal.scenarios.get(at)?;
        // Before its moment it waits for it; at its moment, or without one, it lands.
        let waits = |tool: &Arc<str>| !land_now && state.finished.get(tool).copied().unwrap_or(0) == 0;
        Some(Command::Schedule {
            after: scenario.after.clone().filter(waits),
            nth: None,
            surprises: scenario.surprises.clone(),
            scenario: Some(scenario.name.clone()),
        })
    }

    fn submit_some(&mut self, command: Option<Command>) -> Result<(), String> {
        command.map_or_else(|| Err("there is no such surprise".to_owned()), |command| self.submit(command))
    }

    fn typed(&mut self, kind: PromptKind, text: String) {
        match kind {
            PromptKind::Find if self.ui.focus == PaneId::CONTEXT && !is_of_the_trace(&text) => self.seek_values(text),
            PromptKind::Find => {
                // Of the trace one can ask more than what stands there, wherever one asks it.
                let query = match self.ui.focus == PaneId::TRACE || Query::names_field(&text) {
                    true => Query::parse(&text),
                    false => Ok(None),
                };
                match query {
                    Ok(query) => {
                        let filters = query.is_some();
                        if filters && self.ui.focus != PaneId::TRACE {
                            (self.ui.focus, self.ui.report_away) = (PaneId::TRACE, true);
                        }
                        self.shown.seek(self.driver.session(), query);
                        self.ui.find = Some(text);
                        match filters {
                            true => self.ui.cursors[PaneId::TRACE.0] = Cursor::default(),
                            false => self.act(Action::FindNext),
                        }
                    }
                    // It stays to be mended, below what is wrong with it.
                    Err(why) => {
                        let mut prompt = Opened::from(Prompt::new(PromptKind::Find, &text));
                        prompt.refuse(&why);
                        self.dialog = Some(prompt);
                    }
                }
            }
            PromptKind::Steps => match text.parse() {
                Ok(steps) => {
                    if matches!(self.shown.state.phase, Phase::Review) {
                        self.act(Action::Approve);
                    }
                    if let Err(why) = self.submit(Command::SetPace(Pace::Steps(steps))) {
                        self.ui.refuse(why);
                    }
                }
                Err(_) => self.ui.refuse(format!("\"{text}\" is not a number of steps")),
            },
            PromptKind::Watch(at) => {
                let state = self.driver.state();
                match watches::read(&text, &state.goal, Some(state)) {
                    Ok(watch) => self.change_watches(WatchAct::Set(at, watch)),
                    Err(why) => self.ui.refuse(format!("{text} {why}")),
                }
            }
            PromptKind::GoTo | PromptKind::OpenFile | PromptKind::Price | PromptKind::Faults | PromptKind::When => {
                self.ui.refuse("that is not asked for on the dashboard");
            }
        }
    }

    /// Goes back to the first plan, on a branch of its own.
    fn start_over(&mut self) {
        let session = self.driver.session();
        let planned = |seq: &&u64| session.record(**seq).is_some_and(|r| matches!(r.event, Event::Planned { .. }));
        let first = session.path().iter().find(planned).or(session.path().first()).copied();
        let Some(first) = first else { return };
        self.ui.looking = None;
        match self.driver.select(first) {
            Ok(()) => {
                self.refresh();
                self.restart_lesson();
                self.ui.say("started over; what was done before is on the other branch (\x01branch\x02)");
            }
            Err(refusal) => self.ui.refuse(refusal.message),
        }
    }
}
