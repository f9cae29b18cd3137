//! What may stand on the command line: every subcommand and option, with the words of `--help`.

mod format;
mod lanes;

use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};

use crate::compare::figures::FIGURES;
use crate::compare::price::Price;
use crate::engine::settings::{Dial, PlannerChoice, Strategy};
use crate::export::EvidenceWriter;
use crate::export::csv::Layout;
use crate::runtime::opening::{Appearance, ThemeName};
use crate::runtime::picture::Shows;
use crate::stress::verdict::Verdict;
pub(super) use format::{CompareFormat, ExportFormat, Format, PlanFormat, RunFormat, StressFormat};
use format::{
    TEXT, a_comparison_format, a_layout, a_plan_format, a_stress_format, an_evidence_format, an_export_format,
};
pub(super) use lanes::{LaneAsked, LanesAsked, Play};
use lanes::{a_planner, lane, lanes, who_plans};

/// A debugger for plans, in the terminal: step, inject, watch the replanner rewrite what is left.
#[derive(Debug, Parser)]
#[command(name = "planscope", version, args_conflicts_with_subcommands = true, max_term_width = 110)]
pub(super) struct Line {
    /// What to do; without it, the dashboard opens.
    #[command(subcommand)]
    pub command: Option<Subject>,
    /// A goal file, a plan file (a JSON list of steps or texts), the name of a sample, or the file of a session; without it,
    /// the start screen.
    pub goal: Option<String>,
    /// How to decide what comes next [default: plan-and-execute; hybrid where a tool explores].
    #[arg(long, value_enum, requires = "goal")]
    pub strategy: Option<Strategy>,
    /// The file of the new session, instead of one in the state folder.
    #[arg(long, value_name = "FILE")]
    pub session: Option<PathBuf>,
    #[command(flatten)]
    pub appearance: Look,
    /// A program that tells what it plans and does, instead of a goal: planscope -- python3 agent.py
    #[arg(last = true, value_name = "PROGRAM", conflicts_with = "goal")]
    pub program: Vec<String>,
}

/// How the dashboard looks and moves.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Look {
    /// How the dashboard looks [default: `PLANSCOPE_THEME`, else auto].
    #[arg(long, value_enum, value_name = "THEME")]
    pub theme: Option<ThemeName>,
    /// Present it to an audience: few words, no times, the pressed keys; the demo that GOAL has is played with space and
    /// backspace, of which nothing stays.
    #[arg(long)]
    pub present: bool,
    /// How long a step is looked at where it goes on before an audience, like 1s or 0.5s [default: 1s].
    #[arg(long, value_name = "SECONDS", value_parser = a_pace, requires = "present")]
    pub pace: Option<f64>,
    /// Let nothing move by itself: a replan is seen rewritten at once [also: `PLANSCOPE_REDUCED_MOTION`].
    #[arg(long)]
    pub reduced_motion: bool,
}

impl Look {
    /// Returns the same as the dashboard takes it.
    pub(super) fn read(self) -> Appearance {
        Appearance { theme: self.theme, present: self.present, pace: self.pace, still: self.reduced_motion }
    }
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub(super) enum Subject {
    /// Run to the end without a screen.
    Run(Box<Run>),
    /// Plan only, and show the plan or why there is none.
    Plan(Plan),
    /// Run the strategies side by side on one goal, with the same surprises.
    Compare(Box<Compare>),
    /// What could go wrong: every single fault (a tool fails, an observation is another one, a scenario), in every lane.
    Stress(Box<Stress>),
    /// Make the smallest goal file that still ends as a recorded session did: a report that somebody can read.
    Shrink(Shrink),
    /// Check a goal file and its plan: faults, checklist, next fix.
    Check(Check),
    /// Show a recorded session, running nothing.
    Replay(Replay),
    /// The evidence card of a recorded session: goal, plan, what was observed, checks, evaluation, what to revise, and
    /// what was not verified. Runs nothing.
    Evidence(Evidence),
    /// Write a recorded session for another program: a page that steps in a browser, a recording for asciinema, a picture,
    /// a table. Runs nothing.
    Export(Export),
    /// Say at which moment of a recorded session a jq condition on the context holds first. Runs nothing.
    When(When),
    /// Learn: list the lessons and how far you are, take one, or hold one against a goal file or session of your own.
    #[command(after_help = LEARN)]
    Learn(Learn),
    /// Compare two recorded sessions, or two moments: the plan, the context by value, the figures. Runs nothing.
    Diff(Diff),
    /// Go on with a session in the dashboard (without a screen: run --session FILE).
    Resume {
        /// The file of the session.
        session: PathBuf,
        /// Where the folder of its goal file is now, if it has moved.
        #[arg(long, value_name = "DIR")]
        folder: Option<PathBuf>,
        #[command(flatten)]
        appearance: Look,
    },
    /// Read along what to say while a demo is presented in another terminal; with a goal file, print all that its demo says.
    Notes(Notes),
    /// Show everything that a goal file would start, in full, and trust it to: as it is now, on this machine.
    Trust(Trust),
    /// Write a new goal file: an empty one, a copy of a sample, or a recording of a session to share.
    New(New),
    /// List the built-in goals.
    Samples {
        /// How to print them.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// List the recorded sessions, the newest first.
    Sessions {
        /// How to print them.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Print what is set: theme, mouse and every key, as the file has it that you may write to set it otherwise.
    Config {
        /// Print where that file is, or would be.
        #[arg(long)]
        path: bool,
    },
    /// Print the JSON Schema of goal files.
    Schema,
    /// The protocol by which programs plan, act and tell (assets/protocol.md): its schema, and whether a program keeps to it.
    #[command(subcommand)]
    Protocol(Protocol),
    /// Print the manual page, or write one for each command into a folder.
    Man {
        /// The folder; it is made where it is not there.
        #[arg(long, value_name = "DIR")]
        folder: Option<PathBuf>,
    },
    /// Print the completions for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// `planscope run`.
#[derive(Debug, Args)]
pub(super) struct Run {
    /// A goal file, a plan file (a JSON list of steps or texts), the name of a sample, or - for standard input.
    #[arg(required_unless_present_any = ["session", "program"])]
    pub goal: Option<String>,
    /// A program that tells what it plans and does, instead of GOAL: planscope run -- python3 agent.py
    #[arg(last = true, value_name = "PROGRAM", conflicts_with = "goal")]
    pub program: Vec<String>,
    /// How to decide what comes next [default: plan-and-execute; hybrid where a tool explores].
    #[arg(long, value_enum, requires = "goal")]
    pub strategy: Option<Strategy>,
    /// When to replan; a proposal is accepted, since nobody is there to ask [default: on-deviation].
    #[arg(long, value_enum, value_name = "WHEN")]
    pub replan: Option<Dial>,
    #[command(flatten)]
    pub play: Play,
    /// Let the goal file start its programs this once, as it is now; without it, and without `planscope trust GOAL`, it
    /// ends with exit status 4 where one is due.
    #[arg(long)]
    pub trust: bool,
    /// Stop there, with exit status 5: step:ID, tool:NAME, key:KEY, when:CONDITION (jq, on the context), replan, replan>N
    /// (changes more than N steps), deviation, check, stale, failed or contract (an answer unlike it). Several times.
    #[arg(long = "break", value_name = "PLACE")]
    pub breaks: Vec<String>,
    /// Tell on standard error when this changes, and in the JSON as `watches`: a key, or a jq filter on the context.
    /// Several times.
    #[arg(long, value_name = "KEY|JQ")]
    pub watch: Vec<String>,
    /// A surprise that was asked for and never landed is not a failure [else: exit status 3].
    #[arg(long)]
    pub allow_unused: bool,
    /// The file of the session: a new one with GOAL; without GOAL, the one to go on with.
    #[arg(long, value_name = "FILE")]
    pub session: Option<PathBuf>,
    /// In a session that goes on: where the folder of its goal file is now, if it has moved.
    #[arg(long, value_name = "DIR", conflicts_with = "goal", requires = "session")]
    pub folder: Option<PathBuf>,
    /// In a session that goes on: run a failed step again also where it reaches outside. Others are tried again by
    /// themselves, once.
    #[arg(long, conflicts_with = "goal", requires = "session")]
    pub retry: bool,
    /// How to print the run; jsonl streams the events as they happen.
    #[arg(long, value_enum, default_value_t)]
    pub format: RunFormat,
}

/// `planscope compare`.
#[derive(Debug, Args)]
#[command(after_long_help = figures())]
pub(super) struct Compare {
    /// A goal file, a plan file (a JSON list of steps or texts), the name of a sample, or - for standard input.
    pub goal: String,
    /// A lane: plan-and-execute, react, react-planner, react-blind or hybrid, and after a colon its replan dial; two to
    /// four of them [default: plan-and-execute, the same never replanning (hybrid where a tool explores), react and
    /// react-planner].
    #[arg(long, visible_alias = "strategy", value_name = "STRATEGY[:WHEN]", value_parser = lane)]
    pub lane: Vec<LaneAsked>,
    /// When lanes replan that do not say so themselves [default: on-deviation].
    #[arg(long, value_enum, value_name = "WHEN")]
    pub replan: Option<Dial>,
    #[command(flatten)]
    pub play: Play,
    /// Let the goal file start its programs this once, as it is now; without it, and without `planscope trust GOAL`, it
    /// ends with exit status 4 where one is due.
    #[arg(long)]
    pub trust: bool,
    /// Compare once for each of these scenarios, and `all` for every one of the goal file and none; several times.
    #[arg(long, value_name = "NAME|all", conflicts_with = "scenario")]
    pub scenarios: Vec<String>,
    /// Run every lane this often, and say whether plan, order and result were the same.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub repeat: u32,
    /// What a decision, a planned step, a call (times its cost) and what is thrown away are said to take, like
    /// decision=3s,planned-step=0.3s,call=3s,thrown-away=3s; what is not named stays as it is here.
    #[arg(long, value_name = "PRICE", default_value_t, value_parser = Price::parse, hide_default_value = true)]
    pub price: Price,
    /// How to print the comparison.
    #[arg(long, default_value = TEXT, value_parser = a_comparison_format())]
    pub format: CompareFormat,
    /// Which columns a CSV has.
    #[arg(long, default_value = "full", value_parser = a_layout())]
    pub layout: Layout,
}

/// `planscope stress`.
#[derive(Debug, Args)]
#[command(after_long_help = verdicts())]
pub(super) struct Stress {
    /// A goal file, a plan file (a JSON list of steps or texts), the name of a sample, or - for standard input.
    pub goal: String,
    /// A lane: plan-and-execute, react, react-planner, react-blind or hybrid, and after a colon its replan dial; several
    /// times, and `all` for each strategy with each dial [default: those of compare].
    #[arg(long, visible_alias = "strategy", value_name = "STRATEGY[:WHEN]|all", value_parser = lanes)]
    pub lane: Vec<LanesAsked>,
    /// When lanes replan that do not say so themselves [default: on-deviation].
    #[arg(long, value_enum, value_name = "WHEN")]
    pub replan: Option<Dial>,
    #[command(flatten)]
    pub play: Play,
    /// A session of this goal: the tools that reach outside answer from its record, and nothing runs for real.
    #[arg(long, value_name = "SESSION")]
    pub record: Option<PathBuf>,
    /// Every two faults at once, too.
    #[arg(long)]
    pub pairs: bool,
    /// Also list the faults that change nothing.
    #[arg(long)]
    pub all: bool,
    /// What an earlier run printed with --format json: what is worse than then ends with exit status 3.
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// How to print it.
    #[arg(long, default_value = TEXT, value_parser = a_stress_format())]
    pub format: StressFormat,
}

/// Returns what each verdict means, for the end of `--help`.
fn verdicts() -> String {
    let lines = Verdict::ALL.iter().map(|verdict| format!("  {:<11} {}", verdict.word(), verdict.means()));
    format!("Verdicts on a fault in a lane, the worst first:\n{}", lines.collect::<Vec<_>>().join("\n"))
}

/// Returns what each figure counts, for the end of `--help`.
fn figures() -> String {
    let lines = FIGURES.iter().map(|(name, counts)| format!("  {name:<18} {counts}"));
    format!("Figures, recounted from the trace:\n{}", lines.collect::<Vec<_>>().join("\n"))
}

/// `planscope plan`.
#[derive(Debug, Args)]
pub(super) struct Plan {
    /// A goal file, a plan file, the name of a sample, or - for standard input.
    pub goal: String,
    /// How to print the plan.
    #[arg(long, default_value = TEXT, value_parser = a_plan_format())]
    pub format: PlanFormat,
    #[arg(long, value_name = "NAME", help = who_plans(), value_parser = a_planner())]
    pub planner: Option<PlannerChoice>,
    /// Let the goal file start the program that plans this once, as it is now.
    #[arg(long)]
    pub trust: bool,
}

/// `planscope protocol`.
#[derive(Debug, Subcommand)]
pub(super) enum Protocol {
    /// Try a program out: each verb, and each odd case. Starts it several times; ends with 3 where something is wrong.
    Check {
        /// How to print it.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
        /// The program and its arguments.
        #[arg(last = true, required = true, value_name = "PROGRAM")]
        program: Vec<String>,
    },
    /// Print the JSON Schema of the lines.
    Schema,
}

/// `planscope shrink`.
#[derive(Debug, Args)]
pub(super) struct Shrink {
    /// The file of a session that came to an end.
    pub session: PathBuf,
    /// Where the goal file goes [default: the session's name with -shrunk.json].
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// What must still hold, as a jq condition on what `run --format json` prints [default: it ends as the session did,
    /// by the same cause and with the same failure checks].
    #[arg(long, value_name = "CONDITION")]
    pub holds: Option<String>,
    /// The most runs that are tried.
    #[arg(long, value_name = "N", default_value_t = 4000)]
    pub tries: usize,
}

/// `planscope new`.
#[derive(Debug, Args)]
pub(super) struct New {
    /// Its name; `.json` is added where it is missing.
    #[arg(required_unless_present_any = ["from_session", "from_mcp"])]
    pub name: Option<PathBuf>,
    /// The sample to copy.
    #[arg(long, value_name = "SAMPLE", conflicts_with_all = ["from_session", "from_mcp"])]
    pub from: Option<String>,
    /// The session to make a recording of: a goal file whose tools answer from its record, secrets cut. Whoever gets it
    /// steps, injects and replans without any of the tools; what was never observed is refused.
    #[arg(long, value_name = "SESSION")]
    pub from_session: Option<PathBuf>,
    /// The MCP servers to ask for their tools: a file with the usual "mcpServers", or a command line that starts one. Each
    /// tool gets a contract; outputs that a server does not describe are marked as guessed.
    #[arg(long, value_name = "FILE|COMMAND", conflicts_with = "from_session")]
    pub from_mcp: Option<String>,
    /// With --from-mcp FILE: start the servers that the file names. Without, it is only shown what would be started.
    #[arg(long, requires = "from_mcp")]
    pub trust: bool,
    /// The same as NAME.
    #[arg(long, value_name = "FILE", conflicts_with = "name")]
    pub out: Option<PathBuf>,
}

impl New {
    /// Returns the name that the file is to have, if one was given.
    pub(super) fn name(&self) -> Option<&Path> {
        self.name.as_deref().or(self.out.as_deref())
    }
}

/// `planscope trust`.
#[derive(Debug, Args)]
pub(super) struct Trust {
    /// A goal file.
    #[arg(required_unless_present_any = ["list", "revoke"])]
    pub goal: Option<String>,
    /// List the goal files that are trusted.
    #[arg(long, conflicts_with_all = ["goal", "revoke"])]
    pub list: bool,
    /// Trust this goal file no longer, whatever is in it.
    #[arg(long, value_name = "GOAL", conflicts_with = "goal")]
    pub revoke: Option<PathBuf>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `planscope check`.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// A goal file, a plan file, the name of a sample, or - for standard input.
    pub goal: String,
    /// A plan file to check against the goal's tools.
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
    /// How to print the result.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `planscope replay`.
#[derive(Debug, Args)]
pub(super) struct Replay {
    /// The file of the session.
    pub session: PathBuf,
    /// The event to stop after.
    #[arg(long, value_name = "N")]
    pub to: Option<u64>,
    /// List every change of this, and what it is in the end: a key, or a jq filter on the context. Several times.
    #[arg(long, value_name = "KEY|JQ")]
    pub watch: Vec<String>,
    /// How to print the session.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// What `planscope learn` is for.
const LEARN: &str = "Examples:
  planscope learn                            the lessons, and how far you are
  planscope learn LESSON                     takes one, on the dashboard
  planscope new mine --from LESSON           copies it, to solve it in an editor
  planscope learn LESSON --check mine.json   which of its checks hold of that file
  planscope learn LESSON --watch mine.json   and again whenever you save it";

/// `planscope learn`.
#[derive(Debug, Args)]
pub(super) struct Learn {
    /// The name of a lesson, or a goal file that teaches one; without it, the lessons are listed.
    pub lesson: Option<String>,
    /// Say which of its checks hold of this goal file or session, without a screen. Exit status 3: not all of them.
    #[arg(long, value_name = "FILE", requires = "lesson", conflicts_with = "watch")]
    pub check: Option<PathBuf>,
    /// The same of this goal file, and again whenever it is saved, until all of them hold.
    #[arg(long, value_name = "FILE", requires = "lesson")]
    pub watch: Option<PathBuf>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// How the dashboard looks [default: `PLANSCOPE_THEME`, else auto].
    #[arg(long, value_enum, value_name = "THEME")]
    pub theme: Option<ThemeName>,
}

/// `planscope notes`.
#[derive(Debug, Args)]
pub(super) struct Notes {
    /// A goal file or the name of a sample: its whole demo is printed, and nothing is waited for.
    pub goal: Option<String>,
    /// Print what is said now, once; exit status 3: no demo is presented.
    #[arg(long, conflicts_with = "goal")]
    pub once: bool,
    /// How to print it.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `planscope when`.
#[derive(Debug, Args)]
pub(super) struct When {
    /// The file of the session.
    pub session: PathBuf,
    /// The condition: jq, put to an object of the context, like '.counts.refund > 3'.
    pub condition: String,
    /// The event to stop at.
    #[arg(long, value_name = "N")]
    pub to: Option<u64>,
    /// How to print the moment.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `planscope export`.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// The file of the session.
    pub session: PathBuf,
    /// What to write.
    #[arg(long, value_parser = an_export_format())]
    pub format: ExportFormat,
    /// The event to stop after: how it stood so far.
    #[arg(long, value_name = "N")]
    pub to: Option<u64>,
    /// A new file for it, instead of standard output; one that exists is not overwritten.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Of pictures and recordings: what they show.
    #[arg(long, value_enum, default_value_t)]
    pub screen: Shows,
    /// Of pictures and recordings: columns and rows of the terminal.
    #[arg(long, value_name = "COLUMNSxROWS", default_value = "120x34", value_parser = a_size)]
    pub size: (u16, u16),
    /// Of a recording: how long a step is looked at, like 1s or 0.5s; a replan three times as long.
    #[arg(long, value_name = "SECONDS", default_value = "1s", value_parser = a_pace)]
    pub pace: f64,
    /// Of pictures and recordings: the colours [default: dark].
    #[arg(long, value_enum, value_name = "THEME")]
    pub theme: Option<ThemeName>,
}

/// Reads the size of a terminal: `120x34`.
fn a_size(typed: &str) -> Result<(u16, u16), String> {
    let size = typed.split_once('x').and_then(|(wide, high)| Some((wide.parse().ok()?, high.parse().ok()?)));
    let fits = |(wide, high): &(u16, u16)| (20..=500).contains(wide) && (5..=200).contains(high);
    size.filter(fits).ok_or_else(|| "a size is columns x rows, like 120x34: at least 20x5, at most 500x200".to_owned())
}

/// Reads a pace: `1s`, `0.5s`.
fn a_pace(typed: &str) -> Result<f64, String> {
    let seconds = typed.strip_suffix('s').unwrap_or(typed).parse::<f64>().ok();
    let fits = |seconds: &f64| (0.01..=60.0).contains(seconds);
    seconds.filter(fits).ok_or_else(|| "a pace is a time like 1s or 0.5s: at least 0.01s, at most 60s".to_owned())
}

/// `planscope diff`.
#[derive(Debug, Args)]
pub(super) struct Diff {
    /// The file of a session, at its end or after an event of it: session.jsonl@12.
    #[arg(value_name = "SESSION[@EVENT]")]
    pub one: String,
    /// The file of the other one, which may be the same.
    #[arg(value_name = "SESSION[@EVENT]")]
    pub other: String,
    /// How to print what differs.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `planscope evidence`.
#[derive(Debug, Args)]
pub(super) struct Evidence {
    /// The file of the session.
    pub session: PathBuf,
    /// The event to stop after: how it stood so far.
    #[arg(long, value_name = "N")]
    pub to: Option<u64>,
    /// How to print the card.
    #[arg(long, default_value = TEXT, value_parser = an_evidence_format())]
    pub format: EvidenceWriter,
    /// A new file for the card, instead of standard output; one that exists is not overwritten.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}
