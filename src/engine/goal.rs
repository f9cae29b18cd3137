//! The goal and the tools that it may use, as data.

use crate::engine::ordered::IndexMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::launch::Launch;
use super::settings::PlannerChoice;
use super::source::Source;
use super::value::Shared;

/// The name of a context key.
pub type Key = Arc<str>;

/// The name of a tool.
pub type ToolName = Arc<str>;

/// A jq condition: the truthiness of its first output counts, none is false.
pub type Condition = Arc<str>;

/// The tools on offer, in the order in which they were declared (ties go by it).
pub type Catalogue = IndexMap<ToolName, Arc<Tool>>;

/// The context keys that must hold at the end, with a condition for each.
pub type Wants = IndexMap<Key, Condition>;

/// The MCP servers of a goal file, by name: how each is started.
pub type Servers = IndexMap<Arc<str>, Arc<Launch>>;

/// What a person wants, and everything that may be used to get there: one goal file, read and valid.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// The goal in words.
    pub goal: Arc<str>,
    /// What must hold at the end.
    pub wants: Arc<Wants>,
    /// What is known at the start.
    pub context: Arc<IndexMap<Key, Shared>>,
    /// The tools on offer.
    pub tools: Arc<Catalogue>,
    /// A plan made elsewhere, to be debugged as it is. Its steps have no ids of ours yet.
    pub plan: Option<Arc<Vec<StepDraft>>>,
    /// The program that plans, where the goal file names one.
    pub planner: Option<Arc<PlannerProgram>>,
    /// The MCP servers that its tools are asked of, by name.
    pub servers: Arc<Servers>,
    /// Named surprises.
    pub scenarios: Arc<Vec<Scenario>>,
    /// The evaluation of the result: key → condition on its value.
    pub expect: Arc<Wants>,
    /// The lesson, as it stands in the file (start-screen entries are read from here).
    pub lesson: Option<Shared>,
    /// The demo, as it stands in the file: beats that a presenter plays.
    pub demo: Option<Shared>,
    /// The folder that `file` tools may read from: that of the goal file. None: no files.
    pub folder: Option<Arc<str>>,
    /// The goal file itself, by its whole path: what it is trusted by, and what is remembered of it. None: a sample, or a
    /// goal without a file.
    pub file: Option<Arc<str>>,
    /// The goal file as it was read; it is what a session records.
    pub source: Source,
    /// The loop that this goal is the inside of; none for the goal of a session.
    pub exploring: Option<Arc<Explore>>,
}

/// A program that plans.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannerProgram {
    /// How it is started.
    pub launch: Arc<Launch>,
    /// How long it may take for a plan, in milliseconds.
    pub timeout_ms: u64,
}

/// A ReAct loop inside a step: over these tools, until something holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Explore {
    /// The tools that it may use.
    pub tools: Vec<ToolName>,
    /// What must hold at its end, put to an object of everything that is known inside.
    pub until: Condition,
    /// How many decisions it may take.
    pub budget: u32,
}

/// A named capability with a contract.
#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    /// Its name, unique in the catalogue.
    pub name: ToolName,
    /// What it does, for people.
    pub description: Arc<str>,
    /// The only keys that it sees, as one object.
    pub inputs: Vec<Key>,
    /// The only keys that it writes.
    pub outputs: Vec<Key>,
    /// Conditions on the inputs (one object), checked before every run.
    pub requires: Vec<Check>,
    /// For each of `requires` the inputs that alone decide it, so that it need not wait for the others; none: all do.
    pub requires_of: Vec<Option<Arc<[Key]>>>,
    /// Conditions on inputs and outputs together (one object), checked after every run.
    pub ensures: Vec<Check>,
    /// How it is run.
    pub run: Run,
    /// A jq filter over inputs and outputs (one object) that gives the line the trace shows.
    pub summary: Option<Arc<str>>,
    /// How much harm a run may do.
    pub risk: Risk,
    /// What a run costs, in no unit but its own; finite and not negative.
    pub cost: f64,
    /// How long one attempt may take, in milliseconds; none: no limit.
    pub timeout_ms: Option<u64>,
    /// How many more attempts follow a failed one.
    pub retries: u32,
}

impl Tool {
    /// Returns the tool `name` of which nothing else is said: it reads and writes nothing, costs 1, and runs as no kind yet.
    pub fn bare(name: ToolName) -> Tool {
        Tool {
            name,
            description: Arc::default(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            requires: Vec::new(),
            requires_of: Vec::new(),
            ensures: Vec::new(),
            run: Run {
                kind: Arc::default(),
                spec: Shared::default(),
                nature: Nature::Pure,
                explore: None,
                program: None,
                counted: false,
            },
            summary: None,
            risk: Risk::None,
            cost: 1.0,
            timeout_ms: None,
            retries: 0,
        }
    }
}

/// A condition with the label that people know it by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Check {
    /// What it asks, in words.
    pub label: Arc<str>,
    /// The jq condition.
    pub condition: Condition,
}

/// How a tool is run: the name of a kind, and that kind's own settings.
///
/// The engine never looks inside `spec`; the kinds stand in `tools/`, one file each.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The kind: `jq`, `value`, `file`, `ask`, …
    pub kind: Arc<str>,
    /// The settings of that kind, as they stand in the goal file.
    pub spec: Shared,
    /// What a run touches.
    pub nature: Nature,
    /// The loop that a run is, where it is one.
    pub explore: Option<Arc<Explore>>,
    /// The program that a run starts, where it starts one: nothing of it runs before the goal file is trusted.
    pub program: Option<Arc<Launch>>,
    /// Whether what a run gives depends on how often the same was called before.
    pub counted: bool,
}

/// What a run touches, which decides durability, recovery and approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nature {
    /// Computed from data; can be computed again (jq, value, file).
    Pure,
    /// Reaches outside; its start and outcome are on disk before anything else.
    Outside,
    /// A person answers.
    Asked,
    /// It goes on inside the session: a loop over other tools, each with a nature of its own.
    Inside,
}

/// How much harm a run may do; `High` asks before it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// None at all.
    None,
    /// Little.
    #[default]
    Low,
    /// Ask first.
    High,
}

/// A step as somebody wrote it down, before it has an id of ours.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StepDraft {
    /// The id that the author gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Arc<str>>,
    /// The tool; none: unbound, a person says what came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<ToolName>,
    /// What it does; none: the tool's own description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Arc<str>>,
    /// A tool's input → the key that feeds it (its own name where it is not listed).
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub with: IndexMap<Key, Key>,
    /// A tool's output → the key that it writes (its own name where it is not listed).
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub to: IndexMap<Key, Key>,
    /// What must hold after it, besides the tool's own `ensures`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ensures: Vec<Check>,
    /// Whether it asks before it runs, whatever its tool's risk.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub approval: bool,
    /// A remark by its author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Arc<str>>,
    /// Whether it is switched off.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub skip: bool,
}

/// A named surprise that a goal file offers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// What people choose it by.
    pub name: Arc<str>,
    /// The tool after whose next finished step it lands; none: at once.
    pub after: Option<ToolName>,
    /// What happens, in this order.
    pub surprises: Vec<Surprise>,
    /// What is right in the world that it makes: replaces the goal's `expect` for these keys once it has landed.
    #[serde(default, skip_serializing_if = "Wants::is_empty")]
    pub expect: Wants,
}

/// One thing that a scenario or a person makes happen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Surprise {
    /// The world is this: the key gets the value, pinned; `None` removes the key.
    Set {
        /// The key.
        key: Key,
        /// Its value from now on.
        value: Option<Shared>,
    },
    /// The tool returned this instead of what it would return, once.
    Outcome {
        /// The tool.
        tool: ToolName,
        /// Its result.
        value: Shared,
    },
    /// The tool's next attempts fail.
    Fail {
        /// The tool.
        tool: ToolName,
        /// What it says.
        error: Arc<str>,
        /// How many attempts.
        times: u32,
    },
    /// The goal is another one from now on.
    Goal {
        /// The goal in words.
        goal: Arc<str>,
        /// What must hold at the end.
        wants: Wants,
    },
}

impl Goal {
    /// Returns the strategy that suits its tools where nobody chose one: the hybrid where a tool explores.
    pub fn usual_strategy(&self) -> super::event::Strategy {
        use super::event::Strategy;
        if self.explores() { Strategy::Hybrid } else { Strategy::PlanAndExecute }
    }

    /// Returns every key that something in it reads or writes, or says something of; some of them several times.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        let tools = self.tools.values().flat_map(|tool| tool.inputs.iter().chain(&tool.outputs));
        let steps = self.plan.iter().flat_map(|steps| steps.iter());
        // What a step without a tool brings stands under its id, where nothing else was said.
        let bound = steps.flat_map(|step| step.with.values().chain(step.to.values()).chain(&step.id));
        let other_goals = self.scenarios.iter().flat_map(|scenario| &scenario.surprises).filter_map(|one| match one {
            Surprise::Goal { wants, .. } => Some(wants.keys()),
            Surprise::Set { .. } | Surprise::Outcome { .. } | Surprise::Fail { .. } => None,
        });
        self.context.keys().chain(self.wants.keys()).chain(tools).chain(bound).chain(other_goals.flatten())
    }

    /// Tells whether its plan has a step whose output stands under an id that it gets only when it is planned.
    pub fn has_unnamed_outputs(&self) -> bool {
        let unnamed = |step: &StepDraft| step.tool.is_none() && step.to.is_empty() && step.id.is_none();
        self.plan.iter().flat_map(|steps| steps.iter()).any(unnamed)
    }

    /// Returns every program that it may start: those of its tools, its servers, and the planner.
    pub fn programs(&self) -> impl Iterator<Item = &Arc<Launch>> {
        let of_tools = self.tools.values().filter_map(|tool| tool.run.program.as_ref());
        let own = of_tools.filter(|launch| launch.server.is_none()).chain(self.servers.values());
        own.chain(self.planner.as_ref().map(|planner| &planner.launch))
    }

    /// Tells whether it starts a program.
    pub fn starts_programs(&self) -> bool {
        self.programs().next().is_some()
    }

    /// Returns who plans where nobody chose: the program that the goal file names, else the planner that is built in.
    pub fn usual_planner(&self) -> PlannerChoice {
        if self.planner.is_some() { PlannerChoice::program() } else { PlannerChoice::default() }
    }

    /// Tells whether one of its tools is a loop over others.
    pub fn explores(&self) -> bool {
        self.tools.values().any(|tool| tool.run.explore.is_some())
    }

    /// Returns its tools without those that are loops over others.
    pub fn plain_tools(&self) -> Arc<Catalogue> {
        if !self.explores() {
            return self.tools.clone();
        }
        let plain = self.tools.iter().filter(|(_, tool)| tool.run.explore.is_none());
        Arc::new(plain.map(|(name, tool)| (name.clone(), tool.clone())).collect())
    }

    /// Returns an empty goal over `tools`: a starting point for tests and for plans without a goal file.
    pub fn empty(words: &str) -> Goal {
        Goal {
            goal: words.into(),
            wants: Arc::default(),
            context: Arc::default(),
            tools: Arc::default(),
            plan: None,
            planner: None,
            servers: Arc::default(),
            scenarios: Arc::default(),
            expect: Arc::default(),
            lesson: None,
            demo: None,
            folder: None,
            file: None,
            source: Source::default(),
            exploring: None,
        }
    }
}
