//! `planscope run`: to the end without a screen.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use crate::engine::command::{Approval, Command};
use crate::engine::event::{Decider, Dial, Outcome, Pace, Settings};
use crate::engine::goal::{Goal, Risk, Tool};
use crate::engine::plan::Step;
use crate::engine::state::{Phase, State};
use crate::jq::{Cancel, Engine};
use crate::runtime::Trouble;
use crate::runtime::driver::{Driver, Place};

use super::account::{Account, Line};
use super::args::{self, RunFormat};
use super::asked::Asked;
use super::exit::{Exit, Failure};
use super::{Workshop, goal, print, words};
use crate::compare::standing::Standing;

/// Runs, prints the account, and returns the exit status.
pub fn run(run: &args::Run, workshop: &Workshop, out: &mut impl Write) -> Result<Exit, Failure> {
    let Workshop { engine, cancel } = workshop;
    let (mut driver, asked) = open(run, engine)?;
    // What needs a worker mostly needs it soon: it starts while the goal is planned.
    if filters(driver.session().goal()).any(|filter| engine.needs_worker(filter)) {
        engine.start_ahead();
    }
    let mut play = Play { run, asked, cancel, streamed: 0, urged: None, answer_refused: None };
    let ended = play.through(&mut driver, out);
    let saved = driver.sync();
    let trouble = match ended {
        Ok(()) => saved.err(),
        Err(Stumble::Trouble(trouble)) => Some(trouble),
        Err(Stumble::Output(error)) => return Err(error.into()),
    };
    let standing = play.standing(&driver, trouble.as_ref());
    let unused = play.asked.unused(driver.state());
    let mut stderr = io::stderr();
    for (text, why) in play.asked.refusals() {
        let _ = writeln!(stderr, "planscope: {text}: {why}");
    }
    for text in &unused {
        let _ = writeln!(stderr, "planscope: never came to pass: {}", crate::goal_file::harmless(text));
    }
    if let Some(trouble) = &trouble {
        let _ = writeln!(stderr, "planscope: {trouble}");
    }
    let file = driver.path().display().to_string();
    match run.format {
        RunFormat::Text => words::run(out, driver.session(), driver.state(), &standing)?,
        RunFormat::Jsonl => {}
        RunFormat::Json => {
            let account = Account::of(driver.session(), driver.state(), &standing, unused, file.clone(), engine);
            print::json(out, &account)?;
        }
    }
    out.flush()?;
    if run.format == RunFormat::Text || standing.status == "stopped" {
        let _ = writeln!(stderr, "session: {}", crate::goal_file::harmless(&file));
    }
    Ok(match standing.status {
        "reached" => Exit::Done,
        "failed" => Exit::Trouble,
        _ if asks(&driver) => Exit::Asks,
        _ => Exit::NotReached,
    })
}

/// Returns the filters and conditions of `goal` that a run may evaluate.
fn filters(goal: &Goal) -> impl Iterator<Item = &str> {
    let wants = goal.wants.values().chain(goal.expect.values()).map(|condition| &**condition);
    wants.chain(goal.tools.values().flat_map(|tool| filters_of(tool)))
}

fn filters_of(tool: &Tool) -> impl Iterator<Item = &str> {
    let run = if *tool.run.kind == *"jq" { tool.run.spec.as_str() } else { None };
    let checks = tool.requires.iter().chain(&tool.ensures).map(|check| &*check.condition);
    run.into_iter().chain(checks).chain(tool.summary.as_deref())
}

/// Opens a new session on the goal, or the recorded one to go on with.
fn open(run: &args::Run, engine: &Arc<Engine>) -> Result<(Driver, Asked), Failure> {
    let Some(name) = &run.goal else {
        let path: PathBuf = run.session.clone().unwrap_or_default();
        let (mut driver, torn) = Driver::reopen(&path, engine.clone())?;
        if let Some(torn) = torn {
            let _ = writeln!(io::stderr(), "planscope: {}: {torn}", path.display());
        }
        let mut asked = Asked::read(run, &driver.state().goal)?;
        asked.hand_over(|command| driver.submit(command).map_err(|refusal| refusal.message));
        // Refused where it stands so already; where it cannot be saved, the run ends with that soon enough.
        let _ = driver.submit(Command::SetDecider(Decider::Auto));
        if let Some(when) = run.replan {
            let _ = driver.submit(Command::TurnDial(when.into()));
        }
        return Ok((driver, asked));
    };
    let goal = Arc::new(goal::read(name)?);
    let mut asked = Asked::read(run, &goal)?;
    let settings = Settings {
        strategy: run.strategy.map_or_else(|| goal.usual_strategy(), Into::into),
        dial: run.replan.map(Dial::from).unwrap_or_default(),
        decider: Decider::Auto,
        approve: run.approve.into(),
        max_steps: run.max_steps,
    };
    let place = run.session.clone().map_or(Place::StateFolder, Place::File);
    let mut driver = Driver::open(goal, settings, place, engine.clone())?;
    asked.hand_over(|command| driver.submit(command).map_err(|refusal| refusal.message));
    Ok((driver, asked))
}

fn asks(driver: &Driver) -> bool {
    let state = driver.state();
    matches!(state.phase, Phase::Approving | Phase::Interrupted) || state.asks().is_some()
}

enum Stumble {
    Trouble(Trouble),
    Output(io::Error),
}

/// What there is to say to a session that waits for somebody.
enum Say {
    /// This.
    Command(Box<Command>),
    /// It was said already.
    Said,
    /// Nobody here can say more.
    Nothing,
}

/// One run under way.
struct Play<'a> {
    run: &'a args::Run,
    asked: Asked,
    cancel: &'a Cancel,
    /// How many events were printed (jsonl).
    streamed: usize,
    /// How many steps had been started when it was last told to go on.
    urged: Option<usize>,
    /// Why an answer did not fit.
    answer_refused: Option<String>,
}

impl Play<'_> {
    fn through(&mut self, driver: &mut Driver, out: &mut impl Write) -> Result<(), Stumble> {
        loop {
            self.stream(driver, out)?;
            while driver.work(self.cancel).map_err(Stumble::Trouble)? {
                self.stream(driver, out)?;
            }
            if self.cancel.is_cancelled() {
                let _ = driver.submit(Command::SetPace(Pace::Paused));
                return self.stream(driver, out);
            }
            if let Some(trouble) = driver.unsaved() {
                return Err(Stumble::Trouble(trouble.clone()));
            }
            let went_on = match self.next(driver) {
                Say::Command(command) => driver.submit(*command).is_ok(),
                Say::Said => true,
                Say::Nothing => false,
            };
            if !went_on {
                return self.stream(driver, out);
            }
        }
    }

    /// Finds what to say to a session that waits for somebody.
    fn next(&mut self, driver: &mut Driver) -> Say {
        let state = driver.state();
        match &state.phase {
            Phase::New | Phase::Planning { .. } | Phase::Reached | Phase::Interrupted => Say::Nothing,
            Phase::Deciding => Say::Command(Box::new(Command::Approve(Approval::Whole))),
            Phase::Approving => match state.plan.first() {
                Some(step) if self.may_approve(step, state) => {
                    Say::Command(Box::new(Command::Approve(Approval::Whole)))
                }
                Some(_) | None => Say::Nothing,
            },
            Phase::Running { .. } => self.answer(driver),
            Phase::Ended { outcome: Outcome::Stopped, .. } if self.urged.is_none() => self.urge(state.runs.len()),
            Phase::Ended { .. } => Say::Nothing,
            // A pace that was lost twice without a step in between will not carry it any further.
            Phase::Review | Phase::Ready if self.urged == Some(state.runs.len()) => Say::Nothing,
            Phase::Review | Phase::Ready => self.urge(state.runs.len()),
        }
    }

    fn may_approve(&self, step: &Step, state: &State) -> bool {
        let risk = step.tool_in(&state.goal.tools).map_or(Risk::None, |tool| tool.risk);
        let needed = if step.approval { Risk::High } else { risk };
        needed <= Risk::from(self.run.approve)
    }

    /// Gives the step that asks its answer, if there is one.
    fn answer(&mut self, driver: &mut Driver) -> Say {
        let Some(run) = driver.state().asks() else { return Say::Nothing };
        let step = &run.step;
        let names = [step.tool.as_deref(), Some(&*step.id), Some(&*step.description)];
        let names: Vec<&str> = names.into_iter().flatten().collect();
        let Some(value) = self.asked.answer(&names) else { return Say::Nothing };
        match driver.answer_now(value, self.cancel) {
            Ok(()) => Say::Said,
            Err(refusal) => {
                self.answer_refused = Some(refusal.message);
                Say::Nothing
            }
        }
    }

    fn urge(&mut self, runs: usize) -> Say {
        self.urged = Some(runs);
        Say::Command(Box::new(Command::SetPace(Pace::Free)))
    }

    fn stream(&mut self, driver: &Driver, out: &mut impl Write) -> Result<(), Stumble> {
        if self.run.format != RunFormat::Jsonl {
            return Ok(());
        }
        let new = driver.session().records().get(self.streamed..).unwrap_or_default();
        if new.is_empty() {
            return Ok(());
        }
        for record in new {
            print::json_line(out, &Line::of(record)).map_err(Stumble::Output)?;
        }
        self.streamed += new.len();
        out.flush().map_err(Stumble::Output)
    }

    fn standing(&self, driver: &Driver, trouble: Option<&Trouble>) -> Standing {
        let mut standing = Standing::of(driver.state());
        if let Some(trouble) = trouble {
            standing.status = "failed";
            standing.why = Some(trouble.message.clone());
        } else if self.cancel.is_cancelled() {
            standing.why = Some(format!("stopped by you: {}", standing.why.unwrap_or_default()));
        } else if let Some(why) = &self.answer_refused {
            standing.why = Some(format!("the answer does not fit: {why}; {}", standing.why.unwrap_or_default()));
        }
        standing
    }
}
