//! `planscope compare` as a contract: lanes, surprises, figures, advice, repetitions, the matrix, exit statuses.

use crate::support::program::{Folder, TICKETS};
use serde_json::{Value, json};

const LATE: &str = r#"count:tickets=[{"intent":"password"},{"intent":"password"}]"#;

fn tickets() -> Folder {
    let folder = Folder::new();
    folder.write("goal.json", TICKETS);
    folder
}

/// A goal with a distractor, a tool that fails, scenarios of every kind and a tool that asks.
fn surprises() -> Folder {
    let folder = Folder::new();
    let goal = json!({
        "version": 1,
        "goal": "Write the report on the tickets",
        "wants": { "report": "length > 0" },
        "tools": {
            "load": { "description": "Load the tickets", "inputs": [], "outputs": ["tickets"], "run": { "value": [1, 2, 3] } },
            "load_archive": { "description": "Load old tickets", "inputs": [], "outputs": ["tickets"], "cost": 3,
                              "run": { "value": [9] } },
            "count": { "description": "Count the tickets", "inputs": ["tickets"], "outputs": ["counted"],
                       "run": { "jq": ".tickets | length" } },
            "write": { "description": "Write the report", "inputs": ["counted"], "outputs": ["report"],
                       "run": { "jq": "\"\\(.counted) tickets\"" } },
            "paint": { "description": "Paint the tickets report in colours", "inputs": ["tickets"], "outputs": ["picture"],
                       "run": { "jq": "\"a picture\"" } }
        },
        "scenarios": [
            { "name": "late", "after": "count", "set": { "tickets": [1, 2, 3, 4] } },
            { "name": "down", "fail": { "tool": "load", "error": "503", "times": 1 },
              "expect": { "report": ". == \"3 tickets\"" } },
            { "name": "painted", "after": "paint", "set": { "tickets": [] } }
        ],
        "expect": { "report": ". == \"3 tickets\"" }
    });
    folder.write("goal.json", goal.to_string());
    folder
}

fn lane<'a>(compared: &'a Value, name: &str) -> &'a Value {
    let lanes = compared["lanes"].as_array().unwrap();
    lanes.iter().find(|lane| lane["lane"] == name).unwrap_or_else(|| panic!("no lane {name}: {compared}"))
}

#[test]
fn a_comparison_is_one_run_object_a_lane_without_the_trace_and_the_advice() {
    let folder = tickets();
    let (status, compared) = folder.json(&["compare", "goal.json"]);
    assert_eq!(status, 0);
    let names: Vec<&str> = compared["lanes"].as_array().unwrap().iter().map(|l| l["lane"].as_str().unwrap()).collect();
    assert_eq!(names, ["plan-and-execute", "never replan", "react: stand-in", "react: planner's wits"]);
    let planned = lane(&compared, "plan-and-execute");
    for field in ["goal", "strategy", "planner", "status", "plan", "context", "provenance", "replans", "metrics"] {
        assert!(!planned[field].is_null(), "{field}");
    }
    assert!(planned.get("trace").is_none(), "the trace is left out");
    assert_eq!((&planned["session"], &planned["parted"], &planned["met"]), (&json!(null), &json!(null), &json!(null)));
    assert_eq!((&planned["metrics"]["decisions"], &planned["metrics"]["decision_seconds"]), (&json!(1), &json!(3)));
    assert_eq!((&planned["evaluation"]["most"]["ok"], &planned["coped"]), (&json!(true), &json!(true)));
    assert_eq!(lane(&compared, "react: stand-in")["strategy"], "react");
    let advice = &compared["advice"];
    assert_eq!(advice["choice"], "plan-and-execute");
    assert_eq!(advice["row"]["strategy"], "plan-and-execute");
    assert!(advice["because"].as_str().unwrap().contains("event 3"), "{advice}");
    assert!(advice["events"].as_array().unwrap().contains(&json!(3)), "{advice}");
    assert!(advice["wits"].as_str().unwrap().contains("A difference may be theirs"));
    assert_eq!(folder.sessions().len(), 0, "lanes leave no session file");
}

#[test]
fn a_surprise_lands_in_every_lane_when_its_tool_first_returns_there() {
    let folder = surprises();
    let (status, compared) = folder.json(&["compare", "goal.json", "--scenario", "late"]);
    assert_eq!(status, 0);
    let [planned, never] = ["plan-and-execute", "never replan"].map(|name| lane(&compared, name));
    assert_eq!((&planned["status"], &never["status"]), (&json!("reached"), &json!("not_reached")));
    assert_eq!((&planned["result"], &never["result"]), (&json!("4 tickets"), &json!("3 tickets")));
    assert_eq!((&planned["metrics"]["replans"], &never["metrics"]["replans"]), (&json!(1), &json!(0)));
    assert_eq!((&planned["metrics"]["overtaken_calls"], &planned["metrics"]["repeated_calls"]), (&json!(1), &json!(1)));
    assert_eq!((&planned["metrics"]["wasted_calls"], &never["metrics"]["stale_results"]), (&json!(0), &json!(1)));
    assert!(planned["met"].as_u64().is_some() && planned["met"] == never["met"]);
    let parted = &never["parted"];
    assert!(parted["sentence"].as_str().unwrap().contains("never replan did write at event"), "{parted}");
    // The result is right for the new tickets, and what the file expects was written for the run without them.
    assert_eq!((&planned["coped"], &planned["evaluation"]["report"]["ok"]), (&json!(true), &json!(false)));
    assert!(planned["evaluation"]["report"]["why"].as_str().unwrap().contains("without the surprise"));
    assert_eq!((&never["coped"], &compared["advice"]["choice"]), (&json!(false), &json!("plan-and-execute")));
    // Where the scenario says what is right in its world, that is what counts.
    let (_, compared) = folder.json(&["compare", "goal.json", "--scenario", "down"]);
    assert_eq!(lane(&compared, "plan-and-execute")["coped"], json!(false));
    assert_eq!(compared["advice"]["choice"], json!(null));
    assert!(compared["advice"]["because"].as_str().unwrap().starts_with("No lane coped. plan-and-execute reached"));
}

#[test]
fn options_of_run_land_in_every_lane_and_what_was_never_used_is_said() {
    let folder = tickets();
    let (status, compared) = folder.json(&["compare", "goal.json", "--inject", LATE, "--fail", "load=503"]);
    assert_eq!(status, 0);
    for lane in compared["lanes"].as_array().unwrap() {
        assert!(lane["met"].as_u64().is_some(), "{}", lane["lane"]);
        assert_eq!(lane["never_met"], false);
    }
    let ran = folder.run(&["compare", "goal.json", "--outcome", "archive=[]", "--inject", "archive:tickets=[]"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(ran.err.contains("never used in any lane: --inject archive:tickets=[]"), "{}", ran.err);
}

#[test]
fn a_lane_that_never_met_the_surprise_says_so() {
    let folder = surprises();
    let ran = folder.run(&["compare", "goal.json", "--scenario", "painted"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(ran.out.contains("~ plan-and-execute, never met the surprise"), "{}", ran.out);
    let (_, compared) = folder.json(&["compare", "goal.json", "--scenario", "painted"]);
    let planned = lane(&compared, "plan-and-execute");
    assert_eq!((&planned["never_met"], &planned["unused"]), (&json!(true), &json!(["--scenario painted"])));
}

#[test]
fn the_text_shows_results_figures_and_advice() {
    let folder = surprises();
    let ran = folder.run(&["compare", "goal.json", "--scenario", "late"]);
    for line in [
        "goal: Write the report on the tickets",
        "surprise: late: lands in each lane when count first returns there",
        "  ✓ plan-and-execute, met the surprise at event",
        "    4 tickets",
        "    expect report \"3 tickets\": written for the run without the surprise, so it judges nothing here",
        "  ✗ never replan, met the surprise at event",
        "    3 tickets (stale)",
        "    parted at event",
        "react: stand-in (no model, it matches words)",
        "reached  decisions  tool calls  wasted  repeated  stale results",
        "≈ model time",
        "  the price: a decision 3s, a planned step 0.3s, a call 3s times its cost",
        "  took the least here: plan-and-execute",
        "  the table's row, by this run alone: clear path, many steps → plan-and-execute",
        "  what would change it: ",
        "A difference may be theirs",
    ] {
        assert!(ran.out.contains(line), "no line \"{line}\" in\n{}", ran.out);
    }
    let missed = folder.run(&["compare", "goal.json", "--scenario", "down"]).out;
    for line in [
        "  ~ plan-and-execute, ",
        "    expect report \"3 tickets\": not as expected",
        "here: none",
        "  No lane coped. ",
    ] {
        assert!(missed.contains(line), "no line \"{line}\" in\n{missed}");
    }
    assert!(
        ran.out.lines().filter(|line| line.starts_with("  plan-and-execute")).all(|line| line.chars().count() <= 90)
    );
}

#[test]
fn lanes_are_chosen_by_strategy_and_dial() {
    let folder = tickets();
    let lanes = ["--lane", "react-planner", "--lane", "plan-and-execute:every-step"];
    let (status, compared) = folder.json(&[&["compare", "goal.json"][..], &lanes].concat());
    assert_eq!(status, 0);
    let dials: Vec<&Value> = compared["lanes"].as_array().unwrap().iter().map(|lane| &lane["dial"]).collect();
    assert_eq!(dials, [&json!("on-deviation"), &json!("every-step")]);
    assert_eq!(compared["advice"]["wits"], json!(null), "both have the planner's wits");
    let (_, compared) = folder.json(&["compare", "goal.json", "--replan", "on-failure"]);
    assert_eq!(lane(&compared, "replan on failure")["dial"], "on-failure");
    for (arguments, says) in [
        (&["--lane", "react"][..], "2 to 4 lanes stand side by side, and this is 1"),
        (&["--lane", "react", "--lane", "react"], "react: stand-in stands there twice"),
        (
            &["--lane", "reacts", "--lane", "hybrid"],
            "there is no strategy \"reacts\"; there are plan-and-execute, react",
        ),
        (&["--lane", "react:sometimes", "--lane", "hybrid"], "there is no dial \"sometimes\""),
        (&["--scenario", "nothing"], "there is no scenario \"nothing\""),
        (&["--scenarios", "nothing"], "there is no scenario \"nothing\""),
        (&["--repeat", "0"], "0"),
    ] {
        let ran = folder.run(&[&["compare", "goal.json"][..], arguments].concat());
        assert_eq!(ran.status, 2, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(says), "{arguments:?}: {}", ran.err);
    }
    assert_eq!(folder.run(&["compare", "missing.json"]).status, 1);
}

#[test]
fn repetitions_are_held_against_each_other() {
    let folder = surprises();
    let (_, compared) = folder.json(&["compare", "goal.json", "--scenario", "late", "--repeat", "4"]);
    for lane in compared["lanes"].as_array().unwrap() {
        let repeat = &lane["repeat"];
        assert_eq!((&repeat["times"], &repeat["same"]), (&json!(4), &json!(true)), "{lane}");
        assert_eq!(
            (&repeat["same_plan"], &repeat["same_order"], &repeat["same_result"]),
            (&json!(true), &json!(true), &json!(true))
        );
    }
    let ran = folder.run(&["compare", "goal.json", "--repeat", "3"]);
    assert_eq!(ran.out.matches("plan, order and result the same 3 times").count(), 4, "{}", ran.out);
}

#[test]
fn csv_has_one_line_a_run_in_the_columns_that_were_asked_for() {
    let folder = surprises();
    let arguments =
        ["compare", "goal.json", "--scenario", "down", "--format", "csv", "--layout", "run", "--repeat", "2"];
    let ran = folder.run(&arguments);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let lines: Vec<&str> = ran.out.split("\r\n").collect();
    assert_eq!(lines[0], "run,harness,success,tokens,iters,interventions,note");
    assert_eq!(lines.len(), 1 + 4 * 2 + 1, "{}", ran.out);
    assert!(
        lines[1].starts_with("1,plan-and-execute,false,0,2,1,\"not expected of report: . == \"\"3 tickets\"\"\""),
        "{}",
        lines[1]
    );
    assert!(lines[2].starts_with("2,plan-and-execute,"), "{}", lines[2]);
    let late = folder.run(&["compare", "goal.json", "--scenario", "late", "--format", "csv", "--layout", "run"]).out;
    let lines: Vec<&str> = late.split("\r\n").collect();
    assert!(lines[1].starts_with("1,plan-and-execute,true,0,2,1,"), "{}", lines[1]);
    assert!(lines[2].starts_with("1,never replan,false,0,1,1,parted at event "), "{}", lines[2]);
    let ran = folder.run(&["compare", "goal.json", "--format", "csv"]);
    let names: Vec<&str> = ran.out.split("\r\n").next().unwrap().split(',').collect();
    for name in ["lane", "status", "decisions", "wasted_calls", "decision_seconds", "never_met", "parted"] {
        assert!(names.contains(&name), "{names:?}");
    }
}

#[test]
fn a_matrix_runs_every_scenario_in_every_lane_and_sums_up() {
    let folder = surprises();
    let (status, compared) = folder.json(&["compare", "goal.json", "--scenarios", "all"]);
    assert_eq!(status, 0);
    assert_eq!(compared["lanes"].as_array().unwrap().len(), 4 * 4);
    let scenarios: Vec<&Value> = compared["scenarios"].as_array().unwrap().iter().map(|one| &one["scenario"]).collect();
    assert_eq!(scenarios, [&json!(null), &json!("late"), &json!("down"), &json!("painted")]);
    let summary = compared["summary"].as_array().unwrap();
    let never = summary.iter().find(|total| total["lane"] == "never replan").unwrap();
    assert_eq!((&never["cells"], &never["reached"], &never["never_met"]), (&json!(4), &json!(2), &json!(1)));
    // It alone meets the surprise that lies in wait for painters, and copes.
    assert_eq!(compared["advice"]["choice"], "react: stand-in");
    // Cells are the comparisons that they would be alone.
    let (_, alone) = folder.json(&["compare", "goal.json", "--scenario", "down"]);
    for lane in alone["lanes"].as_array().unwrap() {
        let cells = compared["lanes"].as_array().unwrap().iter();
        let cell = cells.clone().find(|cell| cell["scenario"] == "down" && cell["lane"] == lane["lane"]).unwrap();
        for field in ["status", "result", "met", "parted", "coped"] {
            assert_eq!(cell[field], lane[field], "{field}");
        }
        assert_eq!(cell["metrics"]["tool_calls"], lane["metrics"]["tool_calls"]);
    }
    let ran = folder.run(&["compare", "goal.json", "--scenarios", "late", "--scenarios", "down"]);
    assert!(ran.out.contains("  late") && ran.out.contains("  down") && ran.out.contains("summary:"), "{}", ran.out);
    assert!(!ran.err.contains('\r'), "no bar where standard error is no terminal");
}

#[test]
fn a_goal_that_no_lane_reaches_is_a_result_all_the_same() {
    let folder = Folder::new();
    let goal = json!({
        "version": 1, "goal": "Find the treasure", "wants": { "treasure": "true" },
        "tools": { "dig": { "description": "Dig for treasure", "inputs": ["map"], "outputs": ["treasure"], "run": { "value": 1 } } }
    });
    folder.write("goal.json", goal.to_string());
    let (status, compared) = folder.json(&["compare", "goal.json"]);
    assert_eq!(status, 0);
    assert_eq!(lane(&compared, "plan-and-execute")["status"], "unreachable");
    assert_eq!(lane(&compared, "react: stand-in")["status"], "not_reached");
    assert_eq!((&compared["advice"]["choice"], &compared["advice"]["row"]), (&json!(null), &json!(null)));
    assert!(
        compared["advice"]["because"].as_str().unwrap().starts_with("No lane coped. plan-and-execute did not reach")
    );
}

#[test]
fn a_lane_that_asks_takes_its_answer_and_without_one_says_what_it_waits_for() {
    let folder = Folder::new();
    let goal = json!({
        "version": 1, "goal": "Greet the person by name", "wants": { "greeting": "length > 0" },
        "tools": {
            "ask_name": { "description": "Ask the person for the name", "inputs": [], "outputs": ["name"],
                          "run": { "ask": { "question": "\"Your name?\"" } } },
            "greet": { "description": "Greet the person", "inputs": ["name"], "outputs": ["greeting"],
                       "run": { "jq": "\"Hello \\(.name)\"" } }
        }
    });
    folder.write("goal.json", goal.to_string());
    let (status, compared) = folder.json(&["compare", "goal.json", "--answer", "ask_name=\"Ada\""]);
    assert_eq!(status, 0);
    for lane in compared["lanes"].as_array().unwrap() {
        assert_eq!((&lane["status"], &lane["result"]), (&json!("reached"), &json!("Hello Ada")));
    }
    assert_eq!(compared["advice"]["row"]["situation"], "short task that needs no plan");
    let lanes = ["--lane", "plan-and-execute", "--lane", "react-planner", "--answer", "ask_name=\"Ada\""];
    let (_, equal) = folder.json(&[&["compare", "goal.json"][..], &lanes].concat());
    assert_eq!(equal["advice"]["choice"], "plan-and-execute", "it took the least at the usual price");
    // At a dear planned step it would not be: the break-even says from where on.
    let even = &equal["advice"]["break_even"];
    assert_eq!((&even["against"], &even["planned_step"]), (&json!("react: planner's wits"), &json!(1.5)), "{even}");
    let dear = ["--price", "planned-step=1.6s"];
    let (_, dear) = folder.json(&[&["compare", "goal.json"][..], &lanes, &dear].concat());
    assert_eq!(dear["advice"]["choice"], "react: planner's wits");
    let wrong = folder.run(&["compare", "goal.json", "--price", "decision=3"]);
    assert_eq!(wrong.status, 2);
    assert!(wrong.err.contains("\"3\" is not a duration: write 500ms, 0.3s or 2m"), "{}", wrong.err);
    let (status, compared) = folder.json(&["compare", "goal.json"]);
    assert_eq!(status, 0);
    let why = lane(&compared, "plan-and-execute")["why"].as_str().unwrap();
    assert!(why.contains("--answer 'ask_name=JSON'"), "{why}");
    assert_eq!(compared["advice"]["choice"], json!(null));
}

#[test]
fn the_help_says_what_each_figure_counts() {
    let ran = Folder::new().run(&["compare", "--help"]);
    assert!(ran.out.contains("Figures, recounted from the trace:"), "{}", ran.out);
    for (name, _) in planscope::compare::figures::FIGURES {
        assert!(ran.out.contains(name), "{name}");
    }
}

#[test]
fn costs_count_where_the_file_gives_them() {
    let folder = Folder::new();
    let tool = |text: &str, inputs: &[&str], output: &str, cost: u32| json!({ "description": text, "inputs": inputs, "outputs": [output], "cost": cost, "run": { "value": "done" } });
    let goal = json!({ "version": 1, "goal": "Write the answer", "wants": { "answer": "contains(\"done\")" }, "context": { "q": "x" },
        "tools": { "look_up": tool("Look up the record", &["q"], "record", 1), "check": tool("Check the record", &["record"], "checked", 1),
            "compose": tool("Compose it", &["checked"], "answer", 1),
            "hire_expert": tool("Write the answer by hiring an expert", &["q"], "answer", 1000) } });
    folder.write("goal.json", goal.to_string());
    let (_, compared) = folder.json(&["compare", "goal.json", "--lane", "plan-and-execute", "--lane", "react"]);
    assert_eq!(compared["advice"]["choice"], "plan-and-execute");
    let because = compared["advice"]["because"].as_str().unwrap();
    assert!(because.contains("react: stand-in called fewer tools (1) but cost more (1000)."), "{because}");
}
