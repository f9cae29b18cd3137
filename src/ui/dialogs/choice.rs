//! A question with a few answers. The cursor starts on the safe one, so that Enter Enter harms nothing.

use crate::describe::launch::quoted;
use crate::describe::sanitize;
use crate::describe::step;
use crate::describe::value;
use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::engine::approval::{Asks, asks};
use crate::engine::command::{Approval, Command};
use crate::engine::event::Seq;
use crate::engine::goal::{Nature, Risk};
use crate::engine::launch::{Launch, Word};
use crate::engine::state::State;
use crate::engine::value::Value;

use crate::describe::sign::Role;
use crate::describe::text;
use crate::ui::action::Action;
use crate::ui::dialogs::{Answer, Dialog, DialogOutcome, DialogView, Opened};
use crate::ui::input::{Input, KeyPress, MouseAct};
use crate::ui::keymap::Mode;
use crate::ui::widgets::sheet::{Scroll, Sheet, inner_width, marked, plain, refusal};

/// How long after it has appeared a guarded answer is not taken.
const READING: Duration = Duration::from_millis(300);

/// Where it looks its keys up; those of the answers are typed.
const MODES: [Mode; 1] = [Mode::Choice];

/// A question, what follows from saying yes, and the answers.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    title: String,
    sentence: String,
    consequences: Vec<(Role, String)>,
    answers: Vec<(char, String, DialogOutcome)>,
    at: usize,
    /// The answers that are not taken before a person can have read the question.
    guarded: &'static str,
    since: Option<Instant>,
    away: Option<&'static str>,
    refused: Option<String>,
    scroll: Scroll,
    /// Whether the answers stood in the foot in the last drawing, and the row of the first one there or in the body.
    first: Cell<(bool, usize)>,
}

impl Choice {
    /// Returns a question without answers.
    pub fn new(title: impl Into<String>, sentence: impl Into<String>) -> Choice {
        Choice { title: title.into(), sentence: sentence.into(), ..Choice::default() }
    }

    /// Adds what follows from it.
    pub fn consequence(mut self, role: Role, words: impl Into<String>) -> Choice {
        self.consequences.push((role, words.into()));
        self
    }

    /// Adds an answer with its key; the first one added is the default.
    pub fn answer(mut self, key: char, words: impl Into<String>, outcome: DialogOutcome) -> Choice {
        self.answers.push((key, words.into(), outcome));
        self
    }

    /// Selects the answer at this place, where there is one.
    pub fn selecting(mut self, at: usize) -> Choice {
        self.at = at.min(self.answers.len().saturating_sub(1));
        self
    }

    /// Says what closing without an answer means, where that is something.
    pub fn away(mut self, words: &'static str) -> Choice {
        self.away = Some(words);
        self
    }

    /// Takes the answers with these keys only once a person can have read the question: what was typed ahead is none.
    pub fn guarded(self, keys: &'static str) -> Choice {
        Choice { guarded: keys, since: Some(Instant::now()), ..self }
    }

    fn chosen(&mut self, at: usize) -> DialogOutcome {
        let early = self.since.is_some_and(|since| since.elapsed() < READING);
        if early && self.answers.get(at).is_some_and(|(key, ..)| self.guarded.contains(*key)) {
            self.refused = Some("read it first: what was typed ahead is not an answer".to_owned());
            return DialogOutcome::Stay;
        }
        self.answers.get(at).map_or(DialogOutcome::Close, |(_, _, outcome)| outcome.clone())
    }
}

/// Asks as what the part of the value of `key` under a JSON pointer is copied.
pub fn copy_as(key: &str, pointer: &str) -> Opened {
    let filter = value::filter(key, pointer);
    // A path is the same without the point that a filter begins with.
    let path = filter.strip_prefix('.').unwrap_or(&filter).to_owned();
    let copies = |text: &str| DialogOutcome::CopyAs(text.to_owned(), text.to_owned());
    Choice::new("Copy", format!("As what is {} copied?", text::clip(&path, 60)))
        .answer('j', "JSON: the value itself", DialogOutcome::Run("copy"))
        .answer('p', format!("path: {path}"), copies(&path))
        .answer('q', format!("jq: {filter}"), copies(&filter))
        .into()
}

impl Dialog for Choice {
    fn handle(&mut self, input: &Input, view: &DialogView<'_>) -> DialogOutcome {
        let last = self.answers.len().saturating_sub(1);
        match input {
            Input::Key(press) => {
                self.refused = None;
                let action = view.keymap.action(&MODES, *press);
                match action {
                    Some(Action::Close) => return DialogOutcome::Close,
                    Some(Action::Take) => return self.chosen(self.at),
                    Some(Action::Up) => self.at = self.at.checked_sub(1).unwrap_or(last),
                    Some(Action::Down) => self.at = if self.at >= last { 0 } else { self.at + 1 },
                    Some(Action::PageUp) => self.scroll.by(-5),
                    Some(Action::PageDown) => self.scroll.by(5),
                    _ => {
                        let typed = press.typed();
                        if let Some(at) = self.answers.iter().position(|(key, ..)| Some(*key) == typed) {
                            return self.chosen(at);
                        }
                    }
                }
            }
            Input::Mouse { act: MouseAct::WheelUp, .. } => self.at = self.at.saturating_sub(1),
            Input::Mouse { act: MouseAct::WheelDown, .. } => self.at = (self.at + 1).min(last),
            Input::Mouse { act: MouseAct::Click, column, row } => {
                let (pinned, first) = self.first.get();
                let row = match pinned {
                    true => self.scroll.foot_at(*column, *row),
                    false => self.scroll.row_at(*column, *row),
                };
                let row = row.and_then(|row| row.checked_sub(first));
                if let Some(at) = row.filter(|at| *at <= last && !self.answers.is_empty()) {
                    self.at = at;
                    return self.chosen(at);
                }
            }
            Input::Mouse { act: MouseAct::Drag, .. } | Input::Paste(_) | Input::Resized { .. } => {}
        }
        DialogOutcome::Stay
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, view: &DialogView<'_>) {
        let theme = view.theme;
        let width = inner_width(area);
        let mut body = plain(&self.sentence, width);
        for (role, words) in &self.consequences {
            body.extend(marked(*role, words, width, theme));
        }
        body.push(Line::default());
        let mut refused = refusal(self.refused.as_deref(), width, theme);
        let first = body.len();
        let mut answers = Vec::with_capacity(self.answers.len());
        for (at, (key, words, _)) in self.answers.iter().enumerate() {
            let (mark, style) = match at == self.at {
                true => (Role::Current.glyph(), theme.style(Role::Selected)),
                false => (" ", theme.style(Role::Text)),
            };
            let words = text::pad(&format!(" {key}  {words}"), width.saturating_sub(2));
            answers.push(Line::from(vec![
                Span::styled(format!("{mark} "), theme.style(Role::Current)),
                Span::styled(words, style),
            ]));
        }
        let away = self.away.unwrap_or("close, nothing happens");
        let hints = view.hints(&MODES).keys(&[Action::Up, Action::Down], "choose").key(Action::Take, "take it");
        let reads = !self.guarded.is_empty();
        let hints = if reads { hints.keys(&[Action::PageUp, Action::PageDown], "read") } else { hints };
        let hints = hints.key(Action::Close, away).done();
        // What has to be read first scrolls, and the answers to it stay in sight.
        let pinned = reads && first + answers.len() + 3 > usize::from(area.height.saturating_sub(2));
        // Why an answer was not taken stands above the answers, in sight like them.
        let first = if pinned { 0 } else { first } + refused.len();
        refused.append(&mut answers);
        let (foot, focus) = if pinned {
            (refused, None)
        } else {
            body.append(&mut refused);
            (Vec::new(), Some(first + self.at))
        };
        self.first.set((pinned, first));
        Sheet { title: self.title.clone(), body, focus, foot, hints, ..Sheet::default() }.draw(
            area,
            buf,
            theme,
            &self.scroll,
        );
    }

    fn key_at(&self, column: u16, row: u16) -> Option<KeyPress> {
        self.scroll.key_at(column, row)
    }

    fn refuse(&mut self, message: &str) {
        self.refused = Some(message.to_owned());
    }
}

/// Returns the question whether to do something, with what follows from it. *No* is the default.
pub fn confirm(title: &str, sentence: &str, consequences: &[String], yes: &str, outcome: DialogOutcome) -> Opened {
    let mut choice = Choice::new(title, sentence).answer('n', "no, leave it as it is", DialogOutcome::Close);
    for words in consequences {
        choice = choice.consequence(Role::Changed, words);
    }
    Opened::from(choice.answer('y', yes, outcome))
}

/// Returns the list of the beats of a demo, by their titles: one of them is to be played next. The one that was played
/// last, `at`, is selected.
pub fn beats(titles: &[Arc<str>], at: usize) -> Opened {
    let choice = Choice::new("Beats", "Goes to the start of one; what came after it is gone.");
    let keys = ('1'..='9').chain('a'..='z');
    let add = |choice: Choice, (at, (title, key)): (usize, (&Arc<str>, char))| {
        choice.answer(key, &**title, DialogOutcome::Beat(at))
    };
    Opened::from(titles.iter().zip(keys).enumerate().fold(choice, add).selecting(at))
}

/// Returns the question whether to act in the past: what is served from the record and what will really run.
pub fn fork(moment: Seq, what: &str, command: Command, leads_to: &[(Role, String)]) -> Opened {
    let sentence = format!("You look at event {moment}. {what} here starts a fork; what came after it is kept.");
    let mut choice = Choice::new("Fork here?", sentence).answer('n', "no, only look", DialogOutcome::Close);
    for (role, words) in leads_to {
        choice = choice.consequence(*role, words.clone());
    }
    let outcome = DialogOutcome::SubmitAt(moment, command);
    Opened::from(choice.answer('y', "fork and do it", outcome))
}

/// Returns the question whether the next, risky step may run, or none where no step waits for approval. Where it starts a
/// program, `line` is its command line, filled in, or why it cannot be.
pub fn approve_risk(state: &State, line: Option<Result<Vec<Arc<str>>, String>>) -> Option<Opened> {
    let step = state.next_step()?;
    let tool = step.tool_in(&state.goal.tools);
    let why = match (asks(state, step), tool) {
        (Some(Asks::BroughtIn), _) => {
            "It starts a program, and the goal file that you trusted has no such step: a planner, a thought or an edit brought it in.".to_owned()
        }
        (_, Some(tool)) if tool.risk == Risk::High => {
            let why = match &tool.run.program {
                Some(launch) if launch.server.is_some() => "asks an MCP server, which is risky",
                Some(_) => "starts a program, which is risky",
                None => "is marked as risky",
            };
            format!("{} {why}.", text::clip(&tool.name, 40))
        }
        (_, Some(_) | None) => "This step asks before it runs.".to_owned(),
    };
    let mut choice = Choice::new("May it run?", format!("{} is next. {why}", step::label(step)));
    if let Some(tool) = tool {
        let reach = match tool.run.nature {
            Nature::Pure => "computes from its inputs, touches nothing outside",
            Nature::Outside => "reaches outside this program; what it does there cannot be undone here",
            Nature::Asked => "a person answers",
            Nature::Inside => "a loop over other tools; each of them asks where it is risky",
        };
        choice = choice.consequence(Role::Surprise, format!("{}: {reach}", tool.run.kind));
        match &*tool.run.spec {
            _ if let Some(launch) = &tool.run.program => choice = program(choice, launch, line),
            Value::Null => {}
            // A filter reads as it was written, without the quotes and escapes of JSON.
            Value::String(filter) => {
                choice = choice.consequence(Role::Pending, text::clip(&sanitize::harmless(filter), 200));
            }
            spec => choice = choice.consequence(Role::Pending, value::json(spec, 200)),
        }
    }
    for key in step.reads() {
        let value = state.context.get(key).map_or("no value".into(), |datum| value::json(&datum.value, 120));
        choice = choice.consequence(Role::Kept, format!("reads {key}: {value}"));
    }
    for key in step.writes() {
        choice = choice.consequence(Role::Added, format!("writes {key}"));
    }
    let skip = Command::SkipStep { step: step.id.clone(), skip: true };
    let choice = choice.answer('n', "not now", DialogOutcome::Close).answer(
        'y',
        "run it",
        DialogOutcome::Submit(Command::Approve(Approval::Whole)),
    );
    let choice = match tool.filter(|tool| tool.run.program.is_some() && !step.approval) {
        Some(tool) => {
            let words = format!("run it, and do not ask for {} again in this session", text::clip(&tool.name, 40));
            choice.answer('a', words, DialogOutcome::Submit(Command::Approve(Approval::Tool)))
        }
        None => choice,
    };
    let choice = choice.answer('s', "skip it", DialogOutcome::Submit(skip));
    let starts = tool.is_some_and(|tool| tool.run.program.is_some());
    Some(Opened::from(if starts { choice.guarded("ya") } else { choice }))
}

/// Adds the whole command line, a word a line: those that were computed are marked.
fn program(choice: Choice, launch: &Launch, line: Option<Result<Vec<Arc<str>>, String>>) -> Choice {
    let argv = match line {
        Some(Ok(argv)) => argv,
        Some(Err(why)) => return choice.consequence(Role::Failed, why),
        None => return choice,
    };
    let choice = match (&launch.server, argv.get(launch.argv.len())) {
        (Some(server), Some(asks)) => choice
            .consequence(Role::Changed, format!("asks the MCP server {}: {}", server.name, text::clip(asks, 2_000))),
        _ => choice,
    };
    launch.argv.iter().zip(&argv).enumerate().fold(choice, |choice, (at, (word, filled))| {
        let name = if at == 0 { "program".to_owned() } else { format!("argument {at}") };
        match word {
            Word::Text(_) => choice.consequence(Role::Pending, format!("{name}  {}", quoted(filled))),
            Word::Jq(filter) => {
                choice.consequence(Role::Changed, format!("{name}  {}  computed: {}", quoted(filled), quoted(filter)))
            }
        }
    })
}

/// Returns the question what to do about an interrupted step, or none where none is.
pub fn interrupted(state: &State) -> Option<Opened> {
    let run = state.current_run()?;
    let id = &run.step.id;
    let nature = run.step.tool_in(&state.goal.tools).map(|tool| tool.run.nature);
    let step = step::label(&run.step);
    let mut choice = if run.was_stopped() {
        Choice::new("Stopped", format!("{step} was stopped before it returned anything."))
    } else {
        Choice::new("Interrupted", format!("{step} was interrupted: nobody knows how it went."))
    };
    if nature == Some(Nature::Outside) {
        choice = choice.consequence(Role::Surprise, "it reaches outside: what it did there may have happened already");
    }
    let answer = Opened::from(Answer::outcome_of(run));
    let skip = Command::SkipStep { step: id.clone(), skip: true };
    let choice = choice
        .answer('l', "leave it for now", DialogOutcome::Close)
        .answer('r', "run it again", DialogOutcome::Submit(Command::Rerun(id.clone())))
        .answer('g', "give its outcome: you know what came back", DialogOutcome::Open(answer))
        .answer('s', "skip it: its outputs stay as they are", DialogOutcome::Submit(skip));
    Some(Opened::from(choice))
}
