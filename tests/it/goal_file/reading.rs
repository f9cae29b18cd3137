//! Goal files: what is read, what is refused, and how the refusal reads.

use std::collections::HashSet;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use planscope::engine::event::Dial;
use planscope::engine::goal::{Goal, Nature, Risk, Surprise};
use planscope::engine::ordered::IndexMap;
use planscope::engine::value::Shared;
use planscope::goal_file::{self, Fault, Faults};
use planscope::jq::{Cancel, Evaluator, Input, Limits};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Reads a goal file that has `more` besides what every goal file needs; none where it is fine.
fn faults_of(more: Value) -> Vec<Fault> {
    let text = serde_json::to_string_pretty(&goal_with(more)).expect("a value has a text");
    goal_file::parse(&text, "goal.json", None).err().map(|faults| faults.faults).unwrap_or_default()
}

fn goal_with(more: Value) -> Value {
    let mut goal = json!({"version": 1, "goal": "Count the tickets"});
    let goal_entries = goal.as_object_mut().expect("it is an object");
    goal_entries.extend(more.as_object().expect("it is an object").clone());
    goal
}

fn tool_with(more: Value) -> Value {
    let mut tool = json!({"outputs": ["count"], "run": {"value": 1}});
    tool.as_object_mut().expect("it is an object").extend(more.as_object().expect("it is an object").clone());
    json!({"tools": {"count": tool}})
}

fn messages(faults: &[Fault]) -> Vec<(&str, &str)> {
    faults.iter().map(|fault| (fault.path.as_str(), fault.message.as_str())).collect()
}

fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("a file can be written");
    (folder, path)
}

fn refusal(path: &std::path::Path) -> Faults {
    goal_file::read(path).expect_err("the file is refused")
}

#[test]
fn a_goal_file_is_read_with_its_defaults() {
    let text = r#"{
      "version": 1, "goal": "Count", "wants": {"count": ". > 0"}, "context": {"week": null},
      "tools": {
        "count": {"inputs": ["week"], "outputs": ["count"], "run": {"jq": "3"}, "requires": {"there is a week": ".week"}},
        "guess": {"outputs": ["count"], "run": {"ask": {"question": "How many in \\(.week)?"}}, "cost": 2.5, "risk": "high"},
        "slow": {"outputs": ["a", "b"], "run": {"value": {"a": 1, "b": 2}}, "timeout": "500ms", "retries": 2}
      },
      "plan": ["Count them", {"tool": "count", "id": "c", "to": {"count": "total"}, "approval": true}, {"tool": "nobody"}],
      "scenarios": [{"name": "all", "after": "count", "remove": ["a"], "set": {"week": null, "b": 1}, "outcome": {"slow": {}},
        "fail": {"tool": "count", "error": "503"}, "goal": {"wants": {"total": "true"}}}]
    }"#;
    let goal = goal_file::parse(text, "goal.json", Some("/somewhere")).expect("it is a goal file");
    assert_eq!(*goal.goal, *"Count");
    assert_eq!(goal.folder.as_deref(), Some("/somewhere"));
    let [count, guess, slow] = ["count", "guess", "slow"].map(|name| goal.tools[name].clone());
    assert_eq!((count.timeout_ms, count.cost, count.retries, count.risk), (Some(60_000), 1.0, 0, Risk::None));
    assert_eq!((&*count.run.kind, &*count.run.spec, count.run.nature), ("jq", &json!("3"), Nature::Pure));
    assert_eq!(&*count.requires[0].label, "there is a week");
    assert_eq!((guess.timeout_ms, guess.run.nature, guess.cost, guess.risk), (None, Nature::Asked, 2.5, Risk::High));
    assert_eq!((slow.timeout_ms, slow.retries), (Some(500), 2));
    let plan = goal.plan.as_ref().expect("there is a plan");
    assert_eq!(plan[0].description.as_deref(), Some("Count them"));
    assert_eq!(plan[1].to["count"], "total".into());
    assert_eq!(plan[2].tool.as_deref(), Some("nobody"), "an unknown tool is a deviation, no fault");
    let surprises = &goal.scenarios[0].surprises;
    assert_eq!(surprises.len(), 6, "one for each key, tool and goal: {surprises:?}");
    assert_eq!(surprises[0], Surprise::Set { key: "a".into(), value: None });
    assert_eq!(surprises[1], Surprise::Set { key: "week".into(), value: Some(Value::Null.into()) });
    assert!(matches!(&surprises[4], Surprise::Fail { times: 1, error, .. } if **error == *"503"));
    assert!(matches!(&surprises[5], Surprise::Goal { goal, .. } if **goal == *"Count"), "the old words are kept");
    assert_eq!(
        goal_file::from_record(planscope::tools::KINDS, &goal.source, Some("/somewhere"))
            .expect("what was read can be read again"),
        goal
    );
}

#[test]
fn a_plan_file_is_a_goal_without_wants_named_after_its_file() {
    let (_folder, path) =
        file("my_first-plan.json", br#"["Load the tickets", {"id": "x", "description": "Count them"}]"#);
    let goal = goal_file::read(&path).expect("it is a plan file");
    assert_eq!((&*goal.goal, goal.wants.len()), ("my first plan", 0));
    assert_eq!(goal.plan.as_ref().map(|plan| plan.len()), Some(2));
    let again = goal_file::from_record(planscope::tools::KINDS, &goal.source, goal.folder.as_deref())
        .expect("a session can record it");
    // The file itself is of the session's record, not of the goal's text.
    assert_eq!(planscope::engine::goal::Goal { file: goal.file.clone(), ..again }, goal);
    assert!(goal.file.as_deref().is_some_and(|file| file.ends_with("my_first-plan.json")));
    let (_folder, path) = file("bad.json", br#"["a", {"tol": "x"}, 3]"#);
    let faults = refusal(&path);
    assert_eq!(
        messages(&faults.faults),
        [("[1].tol", "\"tol\" is not a field of a step"), ("[2]", "This is a number")]
    );
}

#[test]
fn a_missing_file_a_folder_and_an_empty_file_are_named() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let missing = refusal(&folder.path().join("nope.json")).to_string();
    assert!(missing.contains("There is no such file") && missing.contains("nope.json"), "{missing}");
    assert!(refusal(folder.path()).to_string().contains("This is a folder"));
    let (_folder, path) = file("empty.json", b"");
    assert!(refusal(&path).to_string().contains("The file is empty"));
}

#[test]
fn a_recorded_session_is_told_from_a_goal_file_however_long_it_is() {
    let (_folder, path) = file("session.jsonl", b"{\"n\":1,\"at\":\"x\",\"kind\":\"opened\"}\n");
    let said = refusal(&path).to_string();
    assert!(said.contains("recorded session") && said.contains("planscope resume "), "{said}");
    std::fs::OpenOptions::new().write(true).open(&path).and_then(|file| file.set_len(64 << 20)).expect("a long file");
    assert!(refusal(&path).to_string().contains("recorded session"));
}

#[test]
fn a_name_of_a_megabyte_is_cut_in_the_drawing_and_its_colours_are_not() {
    let text = format!("{{\"version\": 1, \"goal\": \"g\", \"{}\\u001b[31m\": 1}}", "x".repeat(1 << 20));
    let (_folder, path) = file("long.json", text.as_bytes());
    let faults = refusal(&path);
    for drawn in [faults.to_string(), faults.in_colour()] {
        assert!(drawn.len() < 20_000, "{} bytes", drawn.len());
    }
    assert!(faults.in_colour().contains("\u{1b}[") && !faults.to_string().contains('\u{1b}'));
}

#[test]
fn a_file_that_is_no_utf_8_is_named_with_the_place_of_the_byte() {
    let (_folder, path) = file("latin.json", b"{\n  \"goal\": \"caf\xe9\"\n}");
    let faults = refusal(&path);
    assert_eq!((faults.faults[0].line, faults.faults[0].column), (2, 15));
    assert!(faults.faults[0].message.contains("0xe9"), "{faults}");
    let (_folder, path) = file("utf16.json", b"\xff\xfe{\0}\0");
    assert!(refusal(&path).to_string().contains("UTF-16"));
}

#[test]
fn a_truncated_file_names_the_bracket_that_is_open() {
    let (_folder, path) = file("cut.json", b"{\n  \"version\": 1,\n  \"tools\": {\n    \"a\": {");
    let faults = refusal(&path);
    let fault = &faults.faults[0];
    assert_eq!((fault.line, fault.column, faults.faults.len()), (4, 10, 1));
    assert_eq!(fault.message, "The file ends too early: 3 brackets are never closed, the innermost begins here");
}

#[test]
fn ten_thousand_levels_are_a_message_and_no_stack_overflow() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
        let text = format!("{{\"version\": 1, \"goal\": \"g\", \"context\": {{\"deep\": {deep}}}}}");
        let (_folder, path) = file("deep.json", text.as_bytes());
        let faults = refusal(&path);
        assert!(faults.faults[0].message.contains("more than 100 levels deep"), "{}", faults.faults[0].message);
        assert!(faults.to_string().len() < 2_000, "the picture of a long line is cut");
    }
}

#[test]
fn fifty_megabytes_are_refused() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("big.json");
    let mut big = fs::File::create(&path).expect("a file can be written");
    big.write_all(b"{").and_then(|()| big.set_len(50_000_000)).expect("a file can grow");
    let faults = refusal(&path).to_string();
    assert!(faults.contains("up to 32 MiB") && faults.contains("50 MB"), "{faults}");
}

#[test]
fn a_field_that_stands_twice_is_found_at_every_level() {
    let text = r#"{
  "version": 1,
  "goal": "g",
  "goal": "h",
  "tools": {"a": {"outputs": ["x"], "run": {"value": 1}}, "a": {"outputs": ["x"], "run": {"value": {"k": 1, "k": 2}}}}
}"#;
    let faults = goal_file::parse(text, "goal.json", None).expect_err("fields stand twice").faults;
    let places: Vec<_> = faults.iter().map(|fault| (fault.path.as_str(), fault.line, fault.column)).collect();
    assert_eq!(places, [("goal", 4, 3), ("tools.a", 5, 59), ("tools.a.run.value.k", 5, 109)]);
    assert_eq!(faults[0].message, "\"goal\" stands twice in the same object");
}

#[test]
fn all_faults_of_a_file_come_in_one_go_in_the_order_of_the_file() {
    let text = r#"{
  "version": 2,
  "wants": {"x": 5},
  "tools": {
    "count": {
      "input": ["tickets"],
      "outputs": [],
      "run": {"jp": "."},
      "cost": -1,
      "risk": "huge",
      "timeout": "1h",
      "retries": 1.5
    }
  },
  "plan": [{"id": "a"}, {"id": "a"}],
  "scenarios": [{"name": "s", "after": "cuont", "set": {}}]
}"#;
    let faults = goal_file::parse(text, "goal.json", None).expect_err("much is wrong").faults;
    let lines: Vec<_> = faults.iter().map(|fault| (fault.line, fault.path.as_str())).collect();
    assert_eq!(
        lines,
        [
            (1, ""),
            (2, "version"),
            (3, "wants.x"),
            (6, "tools.count.input"),
            (7, "tools.count.outputs"),
            (8, "tools.count.run.jp"),
            (9, "tools.count.cost"),
            (10, "tools.count.risk"),
            (11, "tools.count.timeout"),
            (12, "tools.count.retries"),
            (15, "plan[1].id"),
            (16, "scenarios[0].after"),
        ]
    );
    assert_eq!(faults[0].message, "The field \"goal\" is missing");
    assert_eq!(faults[3].hint.as_deref(), Some("did you mean \"inputs\"?"));
    assert_eq!(faults[11].hint.as_deref(), Some("did you mean \"count\"?"));
}

#[test]
fn a_wrong_type_is_named_with_what_was_expected() {
    let faults = faults_of(tool_with(json!({"inputs": ["a", 5], "outputs": "count", "requires": ["x"], "summary": 1})));
    assert_eq!(
        messages(&faults),
        [
            ("tools.count.outputs", "This is a text"),
            ("tools.count.inputs[1]", "This is a number"),
            ("tools.count.requires", "This is a list"),
            ("tools.count.summary", "This is a number"),
        ]
    );
    assert_eq!(faults[1].expected.as_deref(), Some("the name of a key"));
    assert_eq!(messages(&faults_of(json!({"tools": []}))), [("tools", "This is a list")]);
    let fault = goal_file::parse("3", "goal.json", None).expect_err("a number is not a goal");
    assert_eq!(messages(&fault.faults), [("", "This is a number")]);
}

#[test]
fn a_tool_that_reads_what_it_writes_is_told_to_give_the_result_its_own_key() {
    let faults = faults_of(tool_with(json!({"inputs": ["count"]})));
    assert_eq!(messages(&faults), [("tools.count.outputs[0]", "The tool \"count\" reads and writes \"count\"")]);
    assert_eq!(faults[0].hint.as_deref(), Some("give the result its own key"));
    let mut goal = tool_with(json!({"inputs": ["tickets"]}));
    goal["plan"] = json!([{"tool": "count", "with": {"tickets": "count"}}]);
    assert_eq!(messages(&faults_of(goal)), [("plan[0]", "This step reads and writes \"count\"")]);
}

#[test]
fn a_binding_to_an_input_that_the_tool_lacks_is_a_fault_with_a_hint() {
    let mut goal = tool_with(json!({"inputs": ["tickets"]}));
    goal["plan"] = json!([{"tool": "count", "with": {"ticket": "x"}, "to": {"sum": "y"}}, {"tool": "unknown", "with": {"a": "b"}}]);
    let faults = faults_of(goal);
    assert_eq!(
        messages(&faults),
        [
            ("plan[0].with.ticket", "\"ticket\" is not an input of count"),
            ("plan[0].to.sum", "\"sum\" is not an output of count")
        ]
    );
    assert_eq!(faults[0].hint.as_deref(), Some("did you mean \"tickets\"?"));
}

#[test]
fn a_file_outside_its_folder_is_refused() {
    for path in ["/etc/passwd", "../secret.json", "data/../../secret.json", "~/x", "C:\\x", "\\\\host\\x"] {
        let faults = faults_of(tool_with(json!({"run": {"file": path}})));
        assert_eq!(faults.len(), 1, "{path}");
        assert_eq!(faults[0].path, "tools.count.run.file");
    }
    assert_eq!(faults_of(tool_with(json!({"run": {"file": "data/../tickets.json"}}))), []);
}

#[test]
fn a_tool_is_run_in_exactly_one_way_that_this_build_has() {
    let of = |run: Value| faults_of(tool_with(json!({"run": run})));
    assert_eq!(messages(&of(json!({}))), [("tools.count.run", "This does not say how the tool is run")]);
    let several = of(json!({"jq": ".", "value": 1}));
    assert_eq!(several[0].message, "A tool is run in one way, and \"jq\" stands here already");
    let later = of(json!({"llm": {"model": "big"}}));
    assert_eq!(
        later[0].message,
        "This build does not run \"llm\" tools yet: it runs jq, value, file, command, program, mcp, ask, explore and recorded"
    );
    assert_eq!(later.len(), 1);
    assert_eq!(of(json!({"ask": {"qestion": "?"}})).len(), 2, "unknown field and missing field");
    let planner = faults_of(json!({"planner": {"llm": "x"}, "servers": {}}));
    let said: Vec<&str> = planner.iter().map(|fault| &*fault.path).collect();
    assert_eq!(said, ["planner", "planner.llm"], "the command is missing, and what is to come is named");
}

#[test]
fn scenarios_name_known_tools_and_do_something() {
    let mut goal = tool_with(json!({}));
    goal["scenarios"] = json!([
        {"name": "a", "outcome": {"cuont": 1}},
        {"name": "a", "fail": {"tool": "zzz", "error": "x", "times": 0}},
        {"name": "c"},
        {"set": {"count": 1}}
    ]);
    let faults = faults_of(goal);
    let paths: Vec<_> = faults.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "scenarios[0].outcome.cuont",
            "scenarios[1].name",
            "scenarios[1].fail.tool",
            "scenarios[1].fail.times",
            "scenarios[2]",
            "scenarios[3]"
        ]
    );
    assert_eq!(faults[0].hint.as_deref(), Some("did you mean \"count\"?"));
}

#[test]
fn the_picture_shows_the_line_and_makes_what_is_in_it_harmless() {
    let text = "{\n  \"version\": 1,\n  \"goal\": \"g\",\n  \"to\u{202e}ols\u{200b}\": {} }";
    let faults = goal_file::parse(text, "evil\u{1b}[31m.json", None).expect_err("the field is unknown");
    let picture = faults.to_string();
    assert!(!picture.contains(['\u{1b}', '\u{202e}', '\u{200b}']), "{picture:?}");
    assert!(picture.contains("evil␛[31m.json:4:3"), "{picture}");
    assert!(faults.in_colour().contains("\u{1b}["), "colour is there when asked for");
}

#[test]
fn the_picture_of_a_typo_says_what_to_do() {
    let text = "{\n  \"version\": 1,\n  \"goal\": \"g\",\n  \"tols\": {}\n}";
    let picture = goal_file::parse(text, "goal.json", None).expect_err("the field is unknown").to_string();
    for part in [
        "\"tols\" is not a field of a goal file",
        "goal.json:4:3",
        "4 |   \"tols\": {}",
        "^^^^^^",
        "did you mean \"tools\"?",
    ] {
        assert!(picture.contains(part), "no {part} in\n{picture}");
    }
}

#[test]
fn every_sample_can_be_read_and_has_scenarios() {
    let names: Vec<_> = goal_file::samples().iter().map(|sample| sample.name).collect();
    let folder = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/sample_goals")).expect("the folder is there");
    let files = folder.flatten().filter(|entry| entry.path().is_file());
    assert_eq!(files.count(), names.len(), "every file is built in: {names:?}");
    for sample in goal_file::samples() {
        let goal = goal_file::parse(sample.text, sample.name, None).unwrap_or_else(|faults| panic!("{faults}"));
        assert!((2..=4).contains(&goal.scenarios.len()), "{}", sample.name);
        assert!(goal.tools.values().all(|tool| !tool.description.is_empty()), "{}", sample.name);
        assert!(goal.tools.values().all(|tool| &*tool.run.kind != "file"), "{} can be copied on its own", sample.name);
        let makes = |key: &str| goal.tools.values().any(|tool| tool.outputs.iter().any(|output| **output == *key));
        assert!(goal.wants.keys().chain(goal.expect.keys()).all(|key| makes(key)), "{}", sample.name);
        assert!(!goal.wants.is_empty());
        goal_file::parse(&sample.copy(), "copy.json", None).unwrap_or_else(|faults| panic!("{faults}"));
        assert!(sample.copy().contains("\"./goal.schema.json\""), "{}", sample.name);
    }
}

#[test]
fn start_entries_come_from_the_samples_in_their_order() {
    let goals = goal_file::sample_goals();
    let entries = goal_file::start_entries(&goals);
    assert!(entries.len() >= 3);
    assert!(entries.is_sorted_by_key(|(_, entry)| entry.order));
    assert_eq!(goals.len(), goal_file::samples().len());
    for (at, entry) in &entries {
        assert!(*at < goals.len() && !entry.title.is_empty() && entry.minutes > 0, "{entry:?}");
    }
}

#[test]
fn a_faulty_filter_is_named_wherever_it_stands_at_its_place_in_the_file() {
    let text = r#"{
  "version": 1,
  "goal": "g",
  "wants": {"count": "length >"},
  "tools": {
    "count": {
      "inputs": ["a"],
      "outputs": ["count"],
      "requires": {"some": ".a | nosuch"},
      "ensures": {"some": "\"\u00e9\" + ]"},
      "run": {"jq": "reduce"},
      "summary": "\"\\(.count\""
    },
    "ask": {"inputs": ["a"], "outputs": ["b"], "run": {"ask": {"question": "Is \"\\(.a)\" or \\(.a |) \\(never"}}}
  },
  "plan": [{"tool": "count", "ensures": {"x": "}"}}],
  "scenarios": [{"name": "s", "goal": {"wants": {"b": "("}}}],
  "expect": {"count": "if"}
}"#;
    let faults = goal_file::parse(text, "goal.json", None).expect_err("the filters are faulty");
    let places: Vec<_> = faults.faults.iter().map(|fault| (fault.line, fault.path.as_str())).collect();
    assert_eq!(
        places,
        [
            (4, "wants.count"),
            (9, "tools.count.requires.some"),
            (10, "tools.count.ensures.some"),
            (11, "tools.count.run.jq"),
            (12, "tools.count.summary"),
            (14, "tools.ask.run.ask.question"),
            (14, "tools.ask.run.ask.question"),
            (16, "plan[0].ensures.x"),
            (17, "scenarios[0].goal.wants.b"),
            (18, "expect.count"),
        ],
        "{faults}"
    );
    let column = |line: usize, mark: &str| text.lines().nth(line - 1).and_then(|text| text.find(mark)).map(|at| at + 1);
    assert_eq!(Some(faults.faults[1].column), column(9, "nosuch"), "{faults}");
    assert_eq!(Some(faults.faults[2].column), column(10, "]\""), "{faults}");
    assert_eq!(Some(faults.faults[6].column), column(14, "\\\\(never"), "{faults}");
    assert!(faults.faults[0].message.starts_with("This is not a jq filter: "), "{faults}");
}

/// What a tool did: its name, and its line in the trace.
type Line = (String, String);

/// Runs each tool of `goal` that finds what it requires, once, in the order of the file, until none of them is left:
/// no plan, all that can be done. Of two tools that write the same key, the first counts, or the newest.
/// Loops call the others and are left out. What is in `instead` comes in place of a tool's own result.
fn run_all(goal: &Goal, newest: bool, instead: &IndexMap<Arc<str>, Shared>) -> (Vec<Line>, IndexMap<Arc<str>, Shared>) {
    let jq = Evaluator::in_thread();
    let run = |filter: &str, values: &IndexMap<Arc<str>, Shared>| {
        let fields = values.iter().map(|(key, value)| (key.to_string(), Arc::new((**value).clone())));
        jq.run(filter, &Input::fields(fields), Limits::TOOL, &Cancel::new())
    };
    let mut context: IndexMap<_, _> = goal.context.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    let mut lines: Vec<Line> = Vec::new();
    while let Some(tool) = goal.tools.values().find(|tool| {
        let ready = tool.inputs.iter().all(|key| context.contains_key(key));
        let new = tool.run.explore.is_none() && lines.iter().all(|(name, _)| **name != *tool.name);
        new && ready && tool.requires.iter().all(|check| run(&check.condition, &context) == Ok(json!(true)))
    }) {
        let mut seen: IndexMap<_, _> = tool.inputs.iter().map(|key| (key.clone(), context[key].clone())).collect();
        let result = match &*tool.run.kind {
            _ if instead.contains_key(&tool.name) => Ok((*instead[&tool.name]).clone()),
            "jq" => run(tool.run.spec.as_str().expect("a filter is a text"), &seen),
            "value" => Ok((*tool.run.spec).clone()),
            "ask" => Ok(json!("an answer")),
            other => panic!("{other} depends on a folder"),
        };
        let result = result.unwrap_or_else(|fault| panic!("{}: {fault:?}", tool.name));
        let value = |key: &Arc<str>| if tool.outputs.len() == 1 { result.clone() } else { result[&**key].clone() };
        seen.extend(tool.outputs.iter().map(|key| (key.clone(), Shared::new(value(key)))));
        let mut fits = true;
        for check in &tool.ensures {
            fits &= run(&check.condition, &seen) == Ok(json!(true));
            assert!(fits || instead.contains_key(&tool.name), "{}: {}", tool.name, check.label);
        }
        if !fits {
            lines.push((tool.name.to_string(), "refuted".to_owned()));
            continue;
        }
        for key in &tool.outputs {
            let value = value(key);
            if newest || !context.contains_key(key) {
                context.insert(key.clone(), Shared::new(value.clone()));
            }
        }
        let summary = tool.summary.as_ref().map(|summary| run(summary, &seen).expect("a summary is a line"));
        let summary = summary.unwrap_or_default();
        lines.push((tool.name.to_string(), summary.as_str().map_or(summary.to_string(), str::to_owned)));
    }
    (lines, context)
}

#[test]
fn the_tools_of_every_sample_do_what_their_contracts_say() {
    for sample in goal_file::samples() {
        let goal = goal_file::parse(sample.text, sample.name, None).unwrap_or_else(|faults| panic!("{faults}"));
        let outcome = |surprise: &Surprise| match surprise {
            Surprise::Outcome { tool, value } => Some((tool.clone(), value.clone())),
            Surprise::Set { .. } | Surprise::Fail { .. } | Surprise::Goal { .. } => None,
        };
        let scenarios = goal.scenarios.iter();
        // The world of a scenario that lands at once has other facts.
        let facts = |scenario: &planscope::engine::goal::Scenario| {
            let mut context = (*goal.context).clone();
            for surprise in scenario.surprises.iter().filter(|_| scenario.after.is_none()) {
                if let Surprise::Set { key, value: Some(value) } = surprise {
                    context.insert(key.clone(), value.clone());
                }
            }
            planscope::engine::goal::Goal { context: std::sync::Arc::new(context), ..goal.clone() }
        };
        let world = |scenario: &planscope::engine::goal::Scenario| {
            let instead: IndexMap<_, _> = scenario.surprises.iter().filter_map(outcome).collect();
            (facts(scenario), instead)
        };
        let mut worlds: Vec<_> = scenarios.map(world).collect();
        worlds.push((goal.clone(), IndexMap::default()));
        let mut lines = Vec::new();
        for (goal, instead) in worlds {
            lines.extend(run_all(&goal, false, &instead).0);
            lines.extend(run_all(&goal, true, &instead).0);
        }
        let ran: HashSet<&str> = lines.iter().map(|(tool, _)| tool.as_str()).collect();
        let plain = goal.tools.values().filter(|tool| tool.run.explore.is_none()).count();
        assert!(ran.len() + 2 >= plain, "{} runs only {ran:?}", sample.name);
        assert!(
            lines.iter().all(|(_, summary)| !summary.is_empty() && summary != "null"),
            "{}: {lines:?}",
            sample.name
        );
    }
}

#[test]
fn the_textbook_example_is_there_to_the_letter() {
    let sample = goal_file::sample("customer_support_report").expect("it is built in");
    let mut goal = goal_file::parse(sample.text, sample.name, None).expect("it is a goal file");
    let (lines, context) = run_all(&goal, false, &IndexMap::default());
    let tickets: Vec<_> =
        context["tickets"].as_array().expect("a list").iter().map(|t| (&t["intent"], &t["text"])).collect();
    let given = json!([
        ["refund", "My order has not shipped yet, can I get a refund?"],
        ["refund", "How long does a refund take?"],
        ["password", "What should I do if I forgot my password?"],
        ["address", "Can I still change the address if I entered it wrong?"],
        ["refund", "Why has my refund not arrived yet?"]
    ]);
    assert_eq!(json!(tickets), given);
    let report = "This week, a total of 5 support tickets were handled. The most frequent issue was refund, appearing 3 times. It is recommended to prioritize improving the refund workflow and FAQ copy.";
    assert_eq!(*context["report"], json!(report));
    for (tool, description, summary) in [
        ("load_tickets", "Load this week’s support tickets", "Loaded 5 tickets"),
        ("count_intents", "Count the number of issues in each category", r#"{"refund":3,"password":1,"address":1}"#),
        ("find_top_intent", "Find the most frequent issue", "refund"),
        ("draft_report", "Generate a short weekly report", report),
    ] {
        assert_eq!(&*goal.tools[tool].description, description);
        assert!(lines.contains(&(tool.to_owned(), summary.to_owned())), "{tool}: {lines:?}");
    }
    let Some(Surprise::Set { key, value: Some(late) }) = goal.scenarios[0].surprises.first().cloned() else {
        panic!("the first scenario brings late tickets")
    };
    assert_eq!((&*key, goal.scenarios[0].after.as_deref()), ("tickets", Some("count_intents")));
    goal.context = Arc::new([(key, late)].into_iter().collect());
    let (_, context) = run_all(&goal, false, &IndexMap::default());
    assert!(context["report"].as_str().is_some_and(|report| report.contains("password, appearing 4 times")));
}

#[test]
fn twenty_thousand_faults_on_one_line_are_all_placed() {
    let tools: serde_json::Map<String, Value> =
        (0..10_000).map(|n| (format!("t{n}"), json!({"input": [], "outputs": ["x"], "run": {"jq": 5}}))).collect();
    let faults = faults_in_one_line(json!({"tools": tools}));
    assert_eq!(faults.faults.len(), 20_000);
    assert!(faults.to_string().ends_with("… and 19900 more faults"));
}

fn faults_in_one_line(more: Value) -> Faults {
    goal_file::parse(&goal_with(more).to_string(), "goal.json", None).expect_err("much is wrong")
}

/// Any JSON value, names and texts with everything that needs an escape.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_filter("JSON has finite numbers only", |number| number.is_finite()).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..6).prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

/// A sample as a text, some bytes of it replaced, doubled or cut.
fn damaged_sample() -> impl Strategy<Value = String> {
    let damage =
        prop::collection::vec((any::<prop::sample::Index>(), 0_usize..40, "[\\[\\]{}\",:\\\\a0\\n-]{0,3}"), 1..4);
    (any::<prop::sample::Index>(), damage).prop_map(|(which, damage)| {
        let samples = goal_file::samples();
        let mut letters: Vec<char> = samples[which.index(samples.len())].text.chars().collect();
        for (at, length, instead) in damage {
            let at = at.index(letters.len());
            let end = (at + length).min(letters.len());
            letters.splice(at..end, instead.chars());
        }
        letters.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_value_in_the_context_comes_out_as_it_went_in(value in any_json()) {
        let goal = json!({"version": 1, "goal": "g", "context": {"key": value}});
        for text in [goal.to_string(), serde_json::to_string_pretty(&goal).expect("a value has a text")] {
            let read = goal_file::parse(&text, "goal.json", None).expect("it is a goal");
            prop_assert_eq!(&*read.context["key"], &goal["context"]["key"]);
            prop_assert_eq!(read.source.to_value(), goal.clone());
        }
    }

    #[test]
    fn any_value_as_a_goal_is_read_or_refused_with_a_picture(value in any_json(), tool in any_json(), step in any_json()) {
        let goal = json!({"version": 1, "goal": "g", "tools": {"t": tool}, "plan": [step], "scenarios": value});
        for text in [goal.to_string(), value.to_string()] {
            if let Err(faults) = goal_file::parse(&text, "goal.json", None) {
                prop_assert!(!faults.faults.is_empty() && !faults.to_string().is_empty());
            }
        }
    }

    #[test]
    fn a_damaged_sample_is_read_or_refused_at_a_place_in_it(text in damaged_sample()) {
        match goal_file::parse(&text, "goal.json", None) {
            Ok(goal) => prop_assert_eq!(goal.source.to_value(), serde_json::from_str::<Value>(&text).expect("serde_json reads it too")),
            Err(faults) => {
                let lines = text.lines().count();
                for fault in &faults.faults {
                    prop_assert!((1..=lines + 1).contains(&fault.line) && fault.column >= 1, "{}", faults);
                }
                prop_assert!(faults.to_string().contains("goal.json"));
            }
        }
    }
}

#[test]
fn a_comparison_is_read_and_its_faults_are_named_at_their_place() {
    let text = |lanes: &str, claim: &str| {
        format!(
            r#"{{
  "version": 1, "goal": "g", "wants": {{}},
  "lesson": {{ "compare": [
    {{ "scenario": null, "lanes": {lanes}, "look": "here",
      "shows": {{ "it works": "{claim}" }} }}
  ] }}
}}"#
        )
    };
    let good = text(r#"["react", "plan-and-execute:never"]"#, ".lanes.react.status");
    let goal = goal_file::parse(&good, "g.json", None).unwrap_or_else(|faults| panic!("{faults}"));
    let [comparison] = &goal_file::lesson_of(&goal).compare[..] else { panic!("one comparison") };
    let lanes: Vec<_> = comparison.lanes.iter().map(|lane| (lane.strategy.word(), lane.dial)).collect();
    assert_eq!(lanes, [("react", Dial::OnDeviation), ("plan-and-execute", Dial::Never)]);
    assert_eq!((comparison.look.as_str(), comparison.shows.len()), ("here", 1));
    for (lanes, claim, says) in [
        (r#"["react"]"#, ".", "5 | 1 lane is named here; expected two to four lanes"),
        (r#"["react", "reactive"]"#, ".", "5 | \"reactive\" is not a lane"),
        (r#"["react", "react:seldom"]"#, ".", "5 | \"react:seldom\" is not a lane"),
        (r#"["react", "react"]"#, ".", "5 | \"react\" stands twice in this list"),
        (r#"["react", "hybrid"]"#, ".lanes |", "6 | This is not a jq filter"),
    ] {
        let faults = goal_file::parse(&text(lanes, claim), "g.json", None).expect_err(says);
        let (line, message) = says.split_once(" | ").expect("line | message");
        let said = faults.to_string();
        let message = message.split("; expected").next().unwrap_or(message);
        assert!(said.contains(message), "{said}");
        // The object stands on lines 4 and 5 of the text.
        let line: u32 = line.parse().expect("a line");
        assert!(said.contains(&format!("g.json:{}:", line - 1)), "{said}");
    }
}

#[test]
fn the_schema_names_every_kind_of_event() {
    let nonsense = serde_json::json!({ "kind": "nonsense" });
    let error = serde_json::from_value::<planscope::engine::event::Event>(nonsense).expect_err("no event").to_string();
    let kinds: Vec<&str> = error.split('`').skip(3).step_by(2).collect();
    assert!(kinds.len() > 20 && kinds.contains(&"opened"), "{error}");
    let schema: serde_json::Value = serde_json::from_str(&planscope::goal_file::SCHEMA).expect("the schema");
    let named = schema["$defs"]["trace_kind"]["oneOf"].as_array().expect("the kinds");
    let named: Vec<&str> = named.iter().filter_map(|kind| kind["const"].as_str()).collect();
    let missing: Vec<&&str> = kinds.iter().filter(|kind| !named.contains(kind)).collect();
    let gone: Vec<&&str> = named.iter().filter(|kind| !kinds.contains(kind)).collect();
    assert!(missing.is_empty() && gone.is_empty(), "the schema lacks {missing:?} and invents {gone:?}");
}

#[test]
fn a_plan_without_steps_is_no_goal_reached() {
    for text in ["[]", r#"{"version": 1, "goal": "g", "plan": []}"#] {
        let faults = goal_file::parse(text, "goal.json", None).expect_err("there is nothing to run");
        assert!(faults.to_string().contains("This plan has no steps"), "{faults}");
    }
}

#[test]
fn a_number_that_would_change_is_a_fault_where_it_stands() {
    for number in ["18446744073709551616", "123456789012345678901234567890", "1e-400"] {
        let text =
            format!(r#"{{"version": 1, "goal": "g", "wants": {{"x": "true"}}, "context": {{"x": [{number}]}}}}"#);
        let faults = goal_file::parse(&text, "goal.json", None).expect_err("it would change");
        assert!(faults.to_string().contains("This number would change"), "{faults}");
    }
    let kept =
        r#"{"version": 1, "goal": "g", "wants": {"x": "true"}, "context": {"x": [18446744073709551615, 5e-324]}}"#;
    assert!(goal_file::parse(kept, "goal.json", None).is_ok());
}
