//! What may stand on the command line: every subcommand and option, with the words of `--help`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::compare::figures::FIGURES;
use crate::engine::goal::Risk;
use crate::engine::settings::{Dial, Strategy, strategy_with_dial};

/// A debugger for plans, in the terminal: step, inject, watch the replanner rewrite what is left.
#[derive(Debug, Parser)]
#[command(name = "planscope", version, args_conflicts_with_subcommands = true, max_term_width = 110)]
pub(super) struct Line {
    /// What to do; without it, the dashboard opens.
    #[command(subcommand)]
    pub command: Option<Subject>,
    /// A goal file, a plan file (a JSON list of steps or texts) or the name of a sample; without it, the start screen.
    pub goal: Option<String>,
    /// How to decide what comes next [default: plan-and-execute; hybrid where a tool explores].
    #[arg(long, value_enum, requires = "goal")]
    pub strategy: Option<Strategy>,
    /// The file of the new session, instead of one in the state folder.
    #[arg(long, value_name = "FILE")]
    pub session: Option<PathBuf>,
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
    /// Check a goal file and its plan: faults, checklist, next fix.
    Check(Check),
    /// Show a recorded session, running nothing.
    Replay(Replay),
    /// Go on with a session in the dashboard (without a screen: run --session FILE).
    Resume {
        /// The file of the session.
        session: PathBuf,
    },
    /// Write a new goal file: an empty one, or a copy of a sample.
    New {
        /// Its name; `.json` is added where it is missing.
        name: PathBuf,
        /// The sample to copy.
        #[arg(long, value_name = "SAMPLE")]
        from: Option<String>,
    },
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
    /// Print the JSON Schema of goal files.
    Schema,
    /// Print the completions for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// `planscope run`.
#[derive(Debug, Args)]
pub(super) struct Run {
    /// A goal file, a plan file (a JSON list of steps or texts) or the name of a sample.
    #[arg(required_unless_present = "session")]
    pub goal: Option<String>,
    /// How to decide what comes next [default: plan-and-execute; hybrid where a tool explores].
    #[arg(long, value_enum)]
    pub strategy: Option<Strategy>,
    /// When to replan; a proposal is accepted, since nobody is there to ask [default: on-deviation].
    #[arg(long, value_enum, value_name = "WHEN")]
    pub replan: Option<Dial>,
    #[command(flatten)]
    pub play: Play,
    /// The file of the session: a new one with GOAL; without GOAL, the one to go on with.
    #[arg(long, value_name = "FILE")]
    pub session: Option<PathBuf>,
    /// How to print the run; jsonl streams the events as they happen.
    #[arg(long, value_enum, default_value_t)]
    pub format: RunFormat,
}

/// What `run` and `compare` have in common: who plans, what is put in the way, what may run.
#[derive(Clone, Debug, Args)]
pub(super) struct Play {
    /// Who plans.
    #[arg(long, value_enum, default_value_t)]
    pub planner: Planner,
    /// A scenario of the goal file; may be given several times.
    #[arg(long, value_name = "NAME")]
    pub scenario: Vec<String>,
    /// The world is this from then on, pinned: AFTER is `start`, a tool, or tool#2 for its second finished step;
    /// =@FILE reads a file. Several times.
    #[arg(long, value_name = "AFTER:KEY=JSON")]
    pub inject: Vec<String>,
    /// The tool returns this instead of running, the first time; =@FILE reads a file. Several times.
    #[arg(long, value_name = "TOOL=JSON")]
    pub outcome: Vec<String>,
    /// The tool's next attempts fail. Several times.
    #[arg(long, value_name = "TOOL[*TIMES]=MESSAGE")]
    pub fail: Vec<String>,
    /// What you answer when the tool (or the step of this id, or this description) asks; =@FILE reads a file.
    /// Several times; each answers once.
    #[arg(long, value_name = "TOOL=JSON")]
    pub answer: Vec<String>,
    /// Which risks run without asking; what needs more ends with exit status 4.
    #[arg(long, value_enum, default_value_t, value_name = "RISK")]
    pub approve: Risk,
    /// The most steps to start.
    #[arg(long, value_name = "N")]
    pub max_steps: Option<u64>,
    /// Use no network; nothing here does.
    #[arg(long)]
    pub offline: bool,
    /// Trust the goal file's programs; there are none yet.
    #[arg(long)]
    pub trust: bool,
}

impl Play {
    /// Tells whether nothing but scenarios is put in the way.
    pub(super) fn puts_only_scenarios(&self) -> bool {
        self.inject.is_empty() && self.outcome.is_empty() && self.fail.is_empty()
    }
}

/// `planscope compare`.
#[derive(Debug, Args)]
#[command(after_long_help = figures())]
pub(super) struct Compare {
    /// A goal file, a plan file (a JSON list of steps or texts) or the name of a sample.
    pub goal: String,
    /// A lane: plan-and-execute, react, react-planner or hybrid, and after a colon its replan dial; two to four of them
    /// [default: plan-and-execute, the same never replanning, react, and hybrid where a tool explores].
    #[arg(long, visible_alias = "strategy", value_name = "STRATEGY[:WHEN]", value_parser = lane)]
    pub lane: Vec<LaneAsked>,
    /// When lanes replan that do not say so themselves [default: on-deviation].
    #[arg(long, value_enum, value_name = "WHEN")]
    pub replan: Option<Dial>,
    #[command(flatten)]
    pub play: Play,
    /// Compare once for each of these scenarios, and `all` for every one of the goal file and none; several times.
    #[arg(long, value_name = "NAME|all", conflicts_with = "scenario")]
    pub scenarios: Vec<String>,
    /// Run every lane this often, and say whether plan, order and result were the same.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub repeat: u32,
    /// How to print the comparison.
    #[arg(long, value_enum, default_value_t)]
    pub format: CompareFormat,
    /// Which columns a CSV has.
    #[arg(long, value_enum, default_value_t)]
    pub layout: Layout,
}

/// A lane as it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LaneAsked {
    /// Its strategy.
    pub strategy: Strategy,
    /// Its dial, where it was said.
    pub dial: Option<Dial>,
}

fn lane(text: &str) -> Result<LaneAsked, String> {
    strategy_with_dial(text).map(|(strategy, dial)| LaneAsked { strategy, dial })
}

/// Returns what each figure counts, for the end of `--help`.
fn figures() -> String {
    let lines = FIGURES.iter().map(|(name, counts)| format!("  {name:<18} {counts}"));
    format!("Figures, recounted from the trace:\n{}", lines.collect::<Vec<_>>().join("\n"))
}

/// `planscope plan`.
#[derive(Debug, Args)]
pub(super) struct Plan {
    /// A goal file, a plan file or the name of a sample.
    pub goal: String,
    /// How to print the plan.
    #[arg(long, value_enum, default_value_t)]
    pub format: PlanFormat,
    /// Use no network; nothing here does.
    #[arg(long)]
    pub offline: bool,
}

/// `planscope check`.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// A goal file, a plan file or the name of a sample.
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
    /// How to print the session.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Text for people, or JSON for programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON document.
    Json,
}

/// How `run` prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum RunFormat {
    /// The blocks plan, trace and final report.
    #[default]
    Text,
    /// One JSON document.
    Json,
    /// One event a line, as they happen.
    Jsonl,
}

/// How `compare` prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum CompareFormat {
    /// Tables and sentences.
    #[default]
    Text,
    /// One JSON document.
    Json,
    /// One line a lane (and scenario, and repetition).
    Csv,
}

/// Which columns a CSV of `compare` has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Layout {
    /// Every figure.
    #[default]
    Full,
    /// run,harness,success,tokens,iters,interventions,note
    Run,
}

/// How `plan` prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum PlanFormat {
    /// One step a line.
    #[default]
    Text,
    /// One JSON document.
    Json,
    /// A flowchart for Mermaid.
    Mermaid,
    /// A graph for Graphviz.
    Dot,
}

/// Who plans.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Planner {
    /// The planner that is built in: offline, deterministic.
    #[default]
    Embedded,
}
