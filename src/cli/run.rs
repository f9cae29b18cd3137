//! `planscope run`: to the end without a screen.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use crate::checks::failures::failures;
use crate::describe::breakpoint;
use crate::describe::change::Rewrites;
use crate::describe::coped;
use crate::describe::remedies::has_no_plan;
use crate::engine::breakpoint::Breakpoint;
use crate::engine::command::Command;
use crate::engine::event::{Decider, Outcome, Pace};
use crate::engine::goal::{Goal, Risk, Tool};
use crate::engine::settings::PlannerChoice;
use crate::engine::state::{Phase, State};
use crate::jq::Cancel;
use crate::runtime::driver::{Driver, SessionFile};
use crate::runtime::services::Services;
use crate::runtime::trust::{self, Subject};
use crate::runtime::{RuntimeError, breakpoints, telling};

use super::args::{self, RunFormat};
use super::autopilot::{Say, Speaker};
use super::exit::{Exit, Failure};
use super::script::Asked;
use super::watches::Watches;
use super::{Environment, goal, report};
use crate::describe::keys;
use crate::describe::standing::Standing;
use crate::export::run_report::Line;
use crate::export::{RunReport, json};
use crate::runtime::perform::Conditions;

/// Runs, prints the report, and returns the exit status.
pub(super) fn run(run: &args::Run, environment: &Environment, out: &mut impl Write) -> Result<Exit, Failure> {
    let Environment { services, cancel, .. } = environment;
    let (mut driver, speaker, watches) = match run.program.as_slice() {
        [] => open(run, services)?,
        argv => tell(argv, run, services, cancel)?,
    };
    if likely_needs_worker(driver.session().goal(), services) {
        services.jq.start_ahead(); // it starts while the goal is planned
    }
    let (rewrites, answer_refused) = (Rewrites::default(), None);
    let mut play = Play { run, speaker, watches, services, cancel, streamed: 0, rewrites, answer_refused };
    let ended = play.through(&mut driver, out);
    let saved = driver.sync();
    let error = match ended {
        Ok(()) => saved.err(),
        Err(Stumble::Runtime(error)) => Some(error),
        // Who reads it has gone: the run was cut short, unless it was over just then.
        Err(Stumble::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            return Ok(play.status(Standing::of(driver.state()).status, &driver));
        }
        Err(Stumble::Output(error)) => return Err(error.into()),
    };
    let standing = play.standing(&driver, error.as_ref());
    let unused = play.speaker.asked.unused(driver.state());
    let mut stderr = io::stderr();
    for (text, why) in play.speaker.asked.refusals() {
        let said = crate::describe::text::lines_cut(&format!("{text}: {why}"));
        let _ = writeln!(stderr, "planscope: {}", crate::describe::sanitize::harmless(&said));
    }
    // What stopped on the way may come to it yet.
    let broke = play.speaker.stopped_at(driver.state()).is_some();
    let never = if broke { "not used yet" } else { "never used" };
    let in_part = play.speaker.asked.landed_in_part(driver.state());
    for text in &unused {
        let said = crate::describe::text::lines_cut(text);
        let never = if in_part.contains(text) { "used only in part" } else { never };
        let _ = writeln!(stderr, "planscope: {never}: {}", crate::describe::sanitize::harmless(&said));
    }
    let missed = play.speaker.asked.never_landed(driver.state());
    let untried = !run.allow_unused && standing.status == "reached" && !missed.is_empty();
    if untried {
        let shows =
            if missed.iter().all(|text| in_part.contains(text)) { "does not show all" } else { "shows nothing" };
        let _ = writeln!(stderr, "planscope: so the run {shows} of it: exit status 3 (--allow-unused: 0)");
    }
    for what in driver.rescued().iter().chain(error.as_ref().map(|error| &error.message)) {
        let _ = writeln!(stderr, "planscope: {}", crate::describe::sanitize::harmless(what));
    }
    // Without the surprise that it was made for, it shows nothing.
    let exit = if untried { Exit::NotReached } else { play.status(standing.status, &driver) };
    for text in never_hit(run, driver.state()).iter().filter(|_| !broke) {
        let _ = writeln!(stderr, "planscope: never hit: --break {}", crate::describe::sanitize::harmless(text));
    }
    // What was not even taken never landed.
    let taken = play.speaker.asked.refusals().next().is_none();
    match print(&play, &driver, &standing, (unused, taken), out) {
        // Whoever closed the pipe has seen enough; how the run ended stays what it is.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(exit),
        Err(error) => Err(error.into()),
        Ok(()) => Ok(exit),
    }
}

/// Prints how the run went.
fn print(
    play: &Play<'_>,
    driver: &Driver,
    standing: &Standing,
    (unused, taken): (Vec<String>, bool),
    out: &mut impl Write,
) -> io::Result<()> {
    let Play { run, services, watches, .. } = play;
    let mut stderr = io::stderr();
    let file = driver.path().display().to_string();
    match run.format {
        RunFormat::Text => report::run(out, driver.session(), driver.state(), standing)?,
        RunFormat::Jsonl => {}
        RunFormat::Json => {
            // What was stopped is judged all the same.
            let judge = Conditions { services, cancel: &Cancel::new() };
            let (session, state) = (driver.session(), driver.state());
            let mut report = RunReport::of(session, state, standing, unused, Some(file.clone()), &judge);
            report.coped &= taken;
            report.watches = watches.json();
            json::document(out, &report)?;
        }
    }
    out.flush()?;
    if run.format == RunFormat::Text {
        let expectations = coped::expectations(driver.session(), driver.state());
        for expected in expectations.iter().filter(|_| standing.status == "reached") {
            let said = format!("expect {}", expected.said());
            let _ = writeln!(stderr, "{}", crate::describe::sanitize::harmless(&said));
        }
        for failure in failures(driver.session(), driver.state(), &Conditions { services, cancel: &Cancel::new() }) {
            let _ = writeln!(stderr, "{}", crate::describe::sanitize::harmless(&failure.said()));
        }
    }
    if run.format == RunFormat::Text || standing.status == "stopped" {
        let _ = writeln!(stderr, "session: {}", crate::describe::sanitize::harmless(&file));
        if driver.state().stopped_at().is_some() && standing.status == "stopped" {
            let on = format!("go on: planscope run --session {file}, or planscope resume {file}");
            let _ = writeln!(stderr, "{}", crate::describe::sanitize::harmless(&on));
        }
    }
    Ok(())
}

/// Returns the breakpoints that were asked for and never hit, as they were written.
fn never_hit(run: &args::Run, state: &State) -> Vec<String> {
    let read = |text: &String| breakpoints::place(text, &state.goal, Some(state));
    let missed = |text: &String| {
        let place = read(text).ok()?;
        let standing = state.breakpoints.at(&place).filter(|standing| standing.hits == 0)?;
        let why = standing.undecided.as_ref().map(|why| format!(" ({})", breakpoint::undecided(standing, why)));
        Some(format!("{text}{}", why.unwrap_or_default()))
    };
    run.breaks.iter().filter_map(missed).collect()
}

/// Sets the breakpoints that were asked for; what is set already stays as it is.
fn set(breaks: Vec<Breakpoint>, driver: &mut Driver) {
    for breakpoint in breaks {
        let _ = driver.submit(Command::SetBreakpoint { id: None, breakpoint });
    }
}

/// Reads the breakpoints that are asked for.
fn read_breaks(texts: &[String], goal: &Goal, session: Option<&State>) -> Result<Vec<Breakpoint>, Failure> {
    let one = |text: &String| match breakpoints::place(text, goal, session) {
        Ok(place) => Ok(place.stops()),
        Err(why) => Err(Failure::usage(format!("--break '{text}': {why}"))),
    };
    texts.iter().map(one).collect()
}

/// Tells whether a run is likely to evaluate what takes a worker: a condition of the goal does, or most of its tools do.
fn likely_needs_worker(goal: &Goal, services: &Services) -> bool {
    let of_tool = |tool: &Tool| {
        let run = if *tool.run.kind == *"jq" { tool.run.spec.as_str() } else { None };
        let checks = tool.requires.iter().chain(&tool.ensures).map(|check| &*check.condition);
        run.into_iter().chain(checks).chain(tool.summary.as_deref()).any(|filter| services.jq.needs_worker(filter))
    };
    let mut conditions = goal.wants.values().chain(goal.expect.values());
    conditions.any(|condition| services.jq.needs_worker(condition))
        || goal.tools.values().filter(|tool| of_tool(tool)).count() * 2 > goal.tools.len()
}

/// Opens a new session on what the program `argv` tells.
fn tell(
    argv: &[String],
    run: &args::Run,
    services: &Services,
    cancel: &Cancel,
) -> Result<(Driver, Speaker, Watches), Failure> {
    let goal = Arc::new(telling::goal(argv, services, cancel)?);
    let mut asked = Asked::read(&run.play, &goal, None)?;
    let breaks = read_breaks(&run.breaks, &goal, None)?;
    let watches = Watches::read(&run.watch, &goal, None)?;
    let settings = telling::settings(&goal).with_limit(run.play.max_steps);
    let settings = run.replan.map_or(settings.clone(), |when| settings.with_dial(when));
    let file = run.session.clone().map_or(SessionFile::StateFolder, SessionFile::File);
    let mut driver = Driver::open(goal, settings, file, services.clone())?;
    set(breaks, &mut driver);
    asked.hand_over(|command| driver.submit(command).map_err(|refusal| refusal.message));
    Ok((driver, Speaker::new(asked, Risk::High), watches))
}

/// Opens a new session on the goal, or the recorded one to go on with.
fn open(run: &args::Run, services: &Services) -> Result<(Driver, Speaker, Watches), Failure> {
    let Some(name) = &run.goal else {
        let path: PathBuf = run.session.clone().unwrap_or_default();
        let (mut driver, torn) = Driver::reopen_in(&path, run.folder.as_deref(), services.clone())?;
        if let Some(torn) = torn {
            let _ = writeln!(io::stderr(), "planscope: {}: {torn}", path.display());
        }
        take_over(run.trust, &mut driver);
        let mut asked = Asked::read(&run.play, &driver.state().goal, Some(driver.state()))?;
        let breaks = read_breaks(&run.breaks, &driver.state().goal, Some(driver.state()))?;
        let watches = Watches::read(&run.watch, &driver.state().goal, Some(driver.state()))?;
        let since = driver.state().seq;
        set(breaks, &mut driver);
        asked.hand_over(|command| driver.submit(command).map_err(|refusal| refusal.message));
        if let Some(when) = run.replan {
            let _ = driver.submit(Command::TurnDial(when));
        }
        if let Some(planner) = &run.play.planner {
            ask_instead(planner, &mut driver)?;
        }
        let mut speaker = Speaker::new(asked, run.play.approve).since(since);
        if let Some(left) = speaker.try_again(driver.state(), run.retry) {
            let _ = writeln!(io::stderr(), "planscope: {}", crate::describe::sanitize::harmless(&left));
        }
        let over = matches!(
            driver.state().phase,
            Phase::Reached | Phase::Ended { outcome: Outcome::Unreachable | Outcome::NotReached, .. }
        );
        if driver.state().settings.decider != Decider::Auto && (!over || speaker.tries_again()) {
            // Where it cannot be saved, the run ends with that soon enough.
            let _ = driver.submit(Command::SetDecider(Decider::Auto));
        }
        return Ok((driver, speaker, watches));
    };
    let goal = Arc::new(goal::read(name)?);
    let mut asked = Asked::read(&run.play, &goal, None)?;
    let breaks = read_breaks(&run.breaks, &goal, None)?;
    let watches = Watches::read(&run.watch, &goal, None)?;
    let settings = run
        .play
        .settings(&goal)
        .with_strategy(run.strategy.unwrap_or_else(|| goal.usual_strategy()))
        .with_dial(run.replan.unwrap_or_default())
        .with_decider(Decider::Auto);
    let file = run.session.clone().map_or(SessionFile::StateFolder, SessionFile::File);
    trust_once(run.trust, &goal, true, services);
    let mut driver = Driver::open(goal, settings, file, services.clone())?;
    set(breaks, &mut driver);
    asked.hand_over(|command| driver.submit(command).map_err(|refusal| refusal.message));
    Ok((driver, Speaker::new(asked, run.play.approve), watches))
}

/// Takes over what was changed on disk since, where it may be, and says so; trusts the goal for this once, where that is
/// asked for.
fn take_over(trusts: bool, driver: &mut Driver) {
    let say = |said: String| {
        let _ = writeln!(io::stderr(), "planscope: {}", crate::describe::sanitize::harmless(&said));
    };
    let edited = match driver.look_at_disk() {
        Ok(changed) => changed.cloned(),
        Err(why) => {
            say(format!("{why}; the session goes on with what it knew"));
            None
        }
    };
    if trusts {
        driver.trust_once();
    }
    let Some(edited) = edited else { return };
    let taken = driver.edited().is_none() || driver.take_over().is_ok();
    let stale = if edited.tools.is_empty() { String::new() } else { format!("; stale: {}", edited.tools.join(", ")) };
    say(match taken {
        true => format!("{}, and was taken over{stale}", edited.said()),
        false => format!(
            "{}, and is not taken over: it is not trusted as it is now (--trust, or planscope trust GOAL)",
            edited.said()
        ),
    });
}

/// Lets `planner` plan from now on, and asks it where the one before did not answer.
fn ask_instead(planner: &PlannerChoice, driver: &mut Driver) -> Result<(), Failure> {
    let answered = has_no_plan(driver.state()) && !planner.is_program();
    if driver.state().settings.planner != *planner {
        let set = driver.submit(Command::SetPlanner(planner.clone()));
        set.map_err(|refusal| Failure::usage(format!("--planner: {}", refusal.message)))?;
    }
    let open = matches!(driver.state().phase, Phase::Ended { outcome: Outcome::Stopped | Outcome::Interrupted, .. });
    if answered || open {
        let _ = driver.submit(Command::Replan); // it is asked already
    }
    Ok(())
}

/// Trusts `goal` for this once, where that is asked for.
pub(super) fn trust_once(asked: bool, goal: &Goal, is_new: bool, services: &Services) {
    if let Some(subject) = Subject::of(goal, is_new).filter(|_| asked) {
        services.trust.grant_once(&subject);
    }
}

/// Refuses a goal that starts programs and is not trusted, where there is nothing to be seen without them.
pub(super) fn only_trusted(goal: &Goal, services: &Services) -> Result<(), Failure> {
    match Subject::of(goal, true).map(|subject| services.trust.standing(&subject)) {
        None | Some(trust::Standing::Trusted(_)) => Ok(()),
        Some(trust::Standing::Asks(_)) => Err(Failure {
            message:
                "this goal starts programs, and its file is not trusted, so nothing was run: `planscope trust GOAL` \
                      shows all that it would run and trusts it, --trust trusts it for one run"
                    .into(),
            drawn: false,
            exit: Exit::Asks,
        }),
    }
}

fn asks(driver: &Driver) -> bool {
    let state = driver.state().innermost();
    let interrupted = matches!(state.phase, Phase::Ended { outcome: Outcome::Interrupted, .. });
    let decides = matches!(state.phase, Phase::Approving | Phase::Deciding | Phase::Interrupted);
    interrupted || decides || state.asks().is_some()
}

enum Stumble {
    Runtime(RuntimeError),
    Output(io::Error),
}

/// One run under way.
struct Play<'a> {
    run: &'a args::Run,
    speaker: Speaker,
    watches: Watches,
    services: &'a Services,
    cancel: &'a Cancel,
    /// How many events were printed (jsonl).
    streamed: usize,
    /// Which keys had a value by then.
    rewrites: Rewrites,
    /// Why an answer did not fit.
    answer_refused: Option<String>,
}

impl Play<'_> {
    fn through(&mut self, driver: &mut Driver, out: &mut impl Write) -> Result<(), Stumble> {
        loop {
            self.stream(driver, out)?;
            while driver.work(self.cancel).map_err(Stumble::Runtime)? {
                self.stream(driver, out)?;
            }
            if self.cancel.is_cancelled() {
                let _ = driver.submit(Command::SetPace(Pace::Paused));
                return self.stream(driver, out);
            }
            if let Some(error) = driver.unsaved() {
                return Err(Stumble::Runtime(error.clone()));
            }
            let went_on = match self.speaker.next(driver.state()) {
                Say::Command(command) => driver.submit(*command).is_ok(),
                Say::Answer(value) => match driver.answer_now(value, self.cancel) {
                    Ok(()) => true,
                    Err(refusal) => {
                        self.answer_refused = Some(keys::usual(&refusal.message).into_owned());
                        false
                    }
                },
                Say::Nothing => false,
            };
            if !went_on {
                return self.stream(driver, out);
            }
        }
    }

    fn stream(&mut self, driver: &Driver, out: &mut impl Write) -> Result<(), Stumble> {
        let aloud = self.run.format == RunFormat::Text;
        if self.run.format != RunFormat::Jsonl {
            self.watches.follow(driver.session(), self.services, self.cancel, &mut |line| {
                if aloud {
                    let _ = writeln!(io::stderr(), "{}", crate::describe::sanitize::harmless(line));
                }
            });
            return Ok(());
        }
        let new = driver.session().records().get(self.streamed..).unwrap_or_default();
        if new.is_empty() {
            return Ok(());
        }
        for record in new {
            let changes = self.rewrites.next(driver.session(), record);
            // Event by event, so that each line has what its event changed.
            let until = driver.session().path().partition_point(|seq| *seq <= record.seq);
            self.watches.follow_to(until, driver.session(), self.services, self.cancel, &mut |_| {});
            let line = Line::of(record, &changes).watching(self.watches.changed_by(record.seq));
            json::line(out, &line).map_err(Stumble::Output)?;
        }
        self.streamed += new.len();
        out.flush().map_err(Stumble::Output)
    }

    /// Returns the exit status of a run that stands like this.
    fn status(&self, standing: &str, driver: &Driver) -> Exit {
        match standing {
            "reached" => Exit::Done,
            "failed" => Exit::Trouble,
            "stopped" if !self.cancel.is_cancelled() && self.speaker.stopped_at(driver.state()).is_some() => {
                Exit::Broke
            }
            _ if asks(driver) => Exit::Asks,
            _ => Exit::NotReached,
        }
    }

    fn standing(&self, driver: &Driver, error: Option<&RuntimeError>) -> Standing {
        let mut standing = Standing::asking(driver.state(), driver.question().as_deref());
        if let Some(error) = error {
            standing.status = "failed";
            standing.why = Some(error.message.clone());
        } else if self.cancel.is_cancelled() {
            standing.why = Some(format!("stopped by you: {}", standing.why.unwrap_or_default()));
        } else if let Some(why) = &self.answer_refused {
            standing.why = Some(format!("the answer does not fit: {why}; {}", standing.why.unwrap_or_default()));
        }
        standing
    }
}
