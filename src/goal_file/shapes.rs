//! The shapes: every object of a goal file with the fields that it may have, the kinds of tools apart, which say so
//! themselves. The schema says the same; a test compares.

use crate::tools::reading::{Shape, may, needs};

/// The goal file itself.
pub(super) const GOAL: Shape = Shape {
    what: "a goal file",
    schema: "",
    fields: &[
        may("$schema", "where an editor finds the schema"),
        needs("version", "1"),
        needs("goal", "the goal in words"),
        may("wants", "what must hold at the end"),
        may("context", "what is known at the start"),
        may("servers", "the MCP servers that tools are asked of"),
        may("tools", "the tools on offer"),
        may("plan", "a plan made elsewhere"),
        may("planner", "the program that plans"),
        may("scenarios", "named surprises"),
        may("expect", "the evaluation of the result"),
        may("lesson", "the guided tour"),
        may("demo", "beats to be played before an audience"),
    ],
    later: &[],
};

/// The program that plans.
pub(super) const PLANNER: Shape = Shape {
    what: "a planner",
    schema: "planner",
    fields: &[
        needs("command", "the program and its arguments"),
        may("env", "the variables that it is given besides the usual"),
        may("cwd", "the folder that it works in"),
        may("timeout", "how long it may take for a plan"),
        may("max_output", "the most bytes that one line of it may have"),
    ],
    later: &[("llm", "This build asks no model by itself: a program can (\"command\")")],
};

/// An MCP server.
pub(super) const SERVER: Shape = Shape {
    what: "an MCP server",
    schema: "server",
    fields: &[
        needs("command", "the program and its arguments"),
        may("env", "the variables that it is given besides the usual"),
        may("cwd", "the folder that it works in"),
        may("timeout", "how long it may take until it is ready"),
        may("max_output", "the most bytes that one message of it may have"),
    ],
    later: &[
        ("args", "The arguments stand in \"command\" here, behind the program: [\"npx\", \"-y\", \"…\"]"),
        ("url", "This build asks MCP servers that it starts, not those behind an address"),
    ],
};

/// A tool.
pub(super) const TOOL: Shape = Shape {
    what: "a tool",
    schema: "tool",
    fields: &[
        may("description", "what it does"),
        may("inputs", "the keys that it reads"),
        needs("outputs", "the keys that it writes"),
        may("requires", "conditions on the inputs"),
        may("ensures", "conditions on inputs and outputs"),
        needs("run", "how it is run, like {\"jq\": \"FILTER\"}"),
        may("summary", "a jq filter for the line in the trace"),
        may("risk", "none, low or high"),
        may("cost", "what a run costs"),
        may("timeout", "how long a run may take"),
        may("retries", "how many more attempts there are"),
    ],
    later: &[],
};

/// Kinds of tools that the format has and this build does not.
pub(super) const LATER_KINDS: &[&str] = &["llm"];

/// A step of a given plan.
pub(super) const STEP: Shape = Shape {
    what: "a step",
    schema: "bound_step",
    fields: &[
        may("id", "a name of its own"),
        may("tool", "the tool that it uses"),
        may("description", "what it does"),
        may("with", "input → key"),
        may("to", "output → key"),
        may("ensures", "what must hold after it"),
        may("approval", "whether it asks before it runs"),
        may("note", "a remark"),
        may("skip", "whether it is switched off"),
    ],
    later: &[],
};

/// A scenario.
pub(super) const SCENARIO: Shape = Shape {
    what: "a scenario",
    schema: "scenario",
    fields: &[
        needs("name", "what people choose it by"),
        may("after", "the tool after which it lands"),
        may("set", "key → value that the world has from then on"),
        may("remove", "keys that have no value from then on"),
        may("outcome", "tool → what it returns next"),
        may("fail", "the tool that fails next"),
        may("goal", "the goal from then on"),
        may("expect", "what is right once it has landed"),
    ],
    later: &[],
};

/// A failure that a scenario brings.
pub(super) const FAIL: Shape = Shape {
    what: "a failure",
    schema: "fail",
    fields: &[
        needs("tool", "the tool that fails"),
        needs("error", "what it says"),
        may("times", "how many attempts fail"),
    ],
    later: &[],
};

/// Another goal that a scenario brings.
pub(super) const OTHER_GOAL: Shape = Shape {
    what: "another goal",
    schema: "other_goal",
    fields: &[
        may("goal", "the goal in words"),
        needs("wants", "what must hold at the end"),
        may("expect", "what is right once the goal has changed"),
    ],
    later: &[],
};

/// A line of the start screen.
pub(super) const START: Shape = Shape {
    what: "an entry of the start screen",
    schema: "start",
    fields: &[
        needs("title", "what one sees there"),
        needs("about", "on what"),
        needs("minutes", "how long it takes"),
        needs("order", "its place on the start screen"),
        may("scenario", "the scenario that it is about"),
        may("steps", "how many steps have run when it opens"),
        may("compare", "whether the strategies stand side by side"),
        needs("hint", "what to try"),
    ],
    later: &[],
};

/// A comparison that a lesson is about.
pub(super) const COMPARE: Shape = Shape {
    what: "a comparison",
    schema: "comparison",
    fields: &[
        may("scenario", "the scenario that lands in every lane"),
        needs("lanes", "two to four strategies, like \"react\" or \"plan-and-execute:never\""),
        needs("look", "what to look at, in words"),
        needs("shows", "what it shows, each claim with a jq condition"),
    ],
    later: &[],
};

/// A part of a lesson.
pub(super) const PART: Shape = Shape {
    what: "a part of a lesson",
    schema: "part",
    fields: &[
        needs("text", "what is to be done, in words"),
        may("look", "where to look"),
        may("check", "when it is through: a jq condition on the account of the session"),
        may("hints", "up to three hints, the last the answer with its reasons"),
        may("predict", "what the learner is asked before it happens"),
    ],
    later: &[],
};

/// A check of a part that asks what the trace contains.
pub(super) const HAPPENED: Shape = Shape {
    what: "a check of a lesson",
    schema: "happened",
    fields: &[needs("trace", "the fields of an event that must have happened")],
    later: &[],
};

/// A question of a lesson.
pub(super) const PREDICT: Shape = Shape {
    what: "a question",
    schema: "predict",
    fields: &[
        needs("ask", "the question"),
        may("choices", "what may be chosen"),
        may("takes", "what is typed: number or text"),
        needs("truth", "a jq filter that makes the truth, null while it is not known"),
        may("why", "what the why beside it is about"),
    ],
    later: &[],
};

/// A beat of a demo.
pub(super) const BEAT: Shape = Shape {
    what: "a beat of a demo",
    schema: "beat",
    fields: &[
        needs("title", "what the audience reads"),
        needs("note", "what is said meanwhile"),
        may("takes", "how long it is talked about"),
        may("reset", "whether it begins as the demo began"),
        may("dial", "when a replan is due from then on"),
        may("surprise", "the scenario that lands"),
        may("inject", "key → value that the world has from then on"),
        may("run", "how far it runs: a number of steps, a tool, or end"),
        may("replan", "how far the replan is shown, or what is decided on it"),
        may("show", "what comes forward"),
        may("why", "what the why is about that is shown"),
    ],
    later: &[],
};

/// What solves a lesson.
pub(super) const SOLUTION: Shape = Shape {
    what: "a solution",
    schema: "solution",
    fields: &[may("plan", "the plan that takes the place of the file's"), may("keys", "the keys to press")],
    later: &[],
};

/// Every shape, for the test that compares them with the schema.
#[cfg(test)]
pub(super) const ALL: &[&Shape] = &[
    &GOAL,
    &PLANNER,
    &SERVER,
    &TOOL,
    &STEP,
    &SCENARIO,
    &FAIL,
    &OTHER_GOAL,
    &START,
    &COMPARE,
    &PART,
    &HAPPENED,
    &PREDICT,
    &SOLUTION,
    &BEAT,
];
