//! `planscope run` as a contract: its JSON, its text, its options and its exit statuses.

use std::path::Path;
use std::process::Stdio;

use crate::support::program::{Folder, Ran, TICKETS, steps};
use serde_json::{Value, json};

fn tickets() -> Folder {
    let folder = Folder::new();
    folder.write("goal.json", TICKETS);
    folder
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

#[test]
fn a_run_says_everything_in_one_document() {
    let folder = tickets();
    let (status, run) = folder.json(&["run", "goal.json"]);
    assert_eq!(status, 0);
    for (field, value) in [
        ("goal", json!("Say which tickets come most")),
        ("strategy", json!("plan-and-execute")),
        ("planner", json!("embedded")),
        ("status", json!("reached")),
        ("why", json!(null)),
        ("replans", json!([])),
        ("unused", json!([])),
        ("evaluation", json!({"most": {"ok": true}})),
    ] {
        assert_eq!(run[field], value, "{field}");
    }
    let [failure] = &run["failure_checks"].as_array().unwrap()[..] else { panic!("{}", run["failure_checks"]) };
    assert_eq!((&failure["check"], &failure["key"]), (&json!("unverified_conclusion"), &json!("report")));
    assert!(
        failure["events"]
            .as_array()
            .unwrap()
            .iter()
            .all(|event| run["trace"][event.as_u64().unwrap() as usize - 1].is_object())
    );
    let done = ["load", "count", "top", "report"].map(|tool| (tool.to_string(), "done".to_string()));
    assert_eq!(steps(&run["plan"]), done);
    let step = &run["plan"][1];
    assert_eq!(
        (&step["id"], &step["inputs"], &step["outputs"]),
        (&json!("s2"), &json!(["tickets"]), &json!(["counts"]))
    );
    assert_eq!((&step["stale"], &step["repeats"]), (&json!(false), &json!(null)));
    assert!(step["wall_ms"].as_f64().unwrap() >= 0.0 && step["description"] == "Count the tickets by intent");
    assert_eq!(run["context"]["counts"], json!({"refund": 2, "password": 1}));
    assert_eq!(run["context"]["report"], "3 tickets, mostly refund.");
    let from = &run["provenance"]["report"];
    assert_eq!(
        (&from["by"], &from["fresh"], &from["pinned"], &from["refuted"]),
        (&json!("s4"), &json!(true), &json!(false), &json!(false))
    );
    assert_eq!(from["from"]["most"], run["provenance"]["most"]["version"]);
    assert_eq!(run["provenance"]["week"]["by"], "initial");
    let metrics = &run["metrics"];
    for (figure, value) in [("decisions", 1), ("tool_calls", 4), ("wasted_calls", 0), ("replans", 0), ("tokens", 0)] {
        assert_eq!(metrics[figure], value, "{figure}");
    }
    assert_eq!(metrics["cost"].as_f64(), Some(4.0));
    assert!(Path::new(text(&run["session"])).exists());
    let trace = run["trace"].as_array().unwrap();
    for (at, event) in trace.iter().enumerate() {
        assert_eq!(event["seq"], at + 1);
        assert!(text(&event["at"]).ends_with('Z') && event["kind"].is_string() && event.get("parent").is_some());
    }
    let kinds: Vec<&str> = trace.iter().map(|event| text(&event["kind"])).collect();
    for kind in ["planned", "started", "finished", "approved", "reached"] {
        assert!(kinds.contains(&kind), "{kind} is not in {kinds:?}");
    }
}

#[test]
fn the_text_has_its_blocks_in_order_and_the_texts_of_the_tools() {
    let folder = Folder::new();
    let ran = folder.run(&["run", "customer_support_report"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let report = "This week, a total of 5 support tickets were handled. The most frequent issue was refund, appearing 3 \
                  times. It is recommended to prioritize improving the refund workflow and FAQ copy.";
    let lines: Vec<&str> = ran.out.lines().collect();
    let at = |line: &str| lines.iter().position(|l| *l == line).unwrap_or_else(|| panic!("{line} in {}", ran.out));
    let (plan, trace, end) = (at("plan:"), at("trace:"), at("final report:"));
    assert!(plan < trace && trace < end);
    assert_eq!(lines[end + 1..], [report]);
    let traced = lines[trace..end].iter().filter_map(|line| line.split_once(": ")).map(|(_, text)| text);
    let traced: Vec<&str> = traced.collect();
    for text in ["Loaded 5 tickets", r#"{"refund":3,"password":1,"address":1}"#, "refund", report] {
        assert!(traced.contains(&text), "{text} in {}", ran.out);
    }
    let four = ["load_tickets", "count_intents", "find_top_intent", "draft_report"];
    let planned: Vec<bool> = lines[plan + 1..trace].iter().zip(four).map(|(line, tool)| line.contains(tool)).collect();
    assert_eq!(planned, [true; 4], "{}", ran.out);
}

#[test]
fn what_failure_checks_find_is_told_beside_the_text_and_changes_nothing_in_it() {
    let folder = Folder::new();
    let run = ["run", "customer_support_report", "--scenario", "Late tickets arrive"];
    let healed = folder.run(&run);
    assert!(!healed.err.contains("failure check"), "{}", healed.err);
    let rigid = folder.run(&[&run[..], &["--replan", "never"]].concat());
    let says = "failure check, stale observation: s4 draft_report made report from tickets as it was before event";
    assert!(rigid.err.contains(says), "{}", rigid.err);
    assert!(!rigid.out.contains("failure check"), "{}", rigid.out);
}

#[test]
fn a_late_observation_leads_to_a_replan_with_its_cause() {
    let folder = tickets();
    folder.write("late.json", r#"[{"intent": "password"}]"#);
    for arguments in [
        ["run", "goal.json", "--scenario", "Late tickets"],
        ["run", "goal.json", "--inject", r#"count:tickets=[{"intent":"password"}]"#],
        ["run", "goal.json", "--inject", "count:tickets=@late.json"],
        ["run", "goal.json", "--inject", r#"count#1:tickets=[{"intent":"password"}]"#],
    ] {
        let (status, run) = folder.json(&arguments);
        assert_eq!((status, &run["status"]), (0, &json!("reached")), "{arguments:?}");
        assert_eq!(run["context"]["report"], "1 tickets, mostly password.");
        let replan = &run["replans"][0];
        assert_eq!((&replan["cause"]["kind"], &replan["cause"]["step"]), (&json!("stale_input"), &json!("s3")));
        assert_eq!(replan["cause"]["key"], "counts");
        assert!(text(&replan["cause"]["message"]).contains("counts"));
        assert_eq!((&replan["before"], &replan["after"]), (&json!(["s3", "s4"]), &json!(["s5", "s3", "s4"])));
        assert_eq!((&replan["kept"], &replan["added"]), (&json!(["s3", "s4"]), &json!(["s5"])));
        assert_eq!((&replan["removed"], &replan["accepted"]), (&json!([]), &json!(true)));
        let tools: Vec<String> = steps(&run["plan"]).into_iter().map(|(tool, _)| tool).collect();
        assert_eq!(tools, ["load", "count", "count", "top", "report"]);
        assert_eq!((&run["plan"][1]["stale"], &run["plan"][2]["repeats"]), (&json!(true), &json!("s2")));
        let tickets = &run["provenance"]["tickets"];
        assert_eq!((&tickets["by"], &tickets["pinned"]), (&json!("injected"), &json!(true)));
        for (figure, value) in [
            ("decisions", 2),
            ("tool_calls", 5),
            ("overtaken_calls", 1),
            ("repeated_calls", 1),
            ("replans", 1),
            ("stale_results", 0),
        ] {
            assert_eq!(run["metrics"][figure], value, "{figure}");
        }
    }
}

#[test]
fn with_the_dial_at_never_the_rigid_plan_runs_on() {
    let folder = tickets();
    let (status, run) = folder.json(&["run", "goal.json", "--scenario", "Late tickets", "--replan", "never"]);
    assert_eq!((status, &run["replans"], &run["status"]), (3, &json!([]), &json!("not_reached")));
    assert!(text(&run["why"]).contains("report"), "{}", run["why"]);
    assert_eq!(run["provenance"]["report"]["fresh"], false);
    assert_eq!(run["metrics"]["stale_results"], 1);
}

#[test]
fn an_injection_at_the_start_comes_before_the_first_plan() {
    let folder = tickets();
    let (status, run) = folder.json(&["run", "goal.json", "--inject", r#"start:tickets=[{"intent":"x"}]"#]);
    assert_eq!((status, &run["context"]["report"]), (0, &json!("1 tickets, mostly x.")));
    let tools: Vec<String> = steps(&run["plan"]).into_iter().map(|(tool, _)| tool).collect();
    assert_eq!(tools, ["count", "top", "report"], "tickets are there and pinned");
}

#[test]
fn outcomes_and_failures_come_instead_of_a_run() {
    let folder = tickets();
    let (status, run) = folder.json(&["run", "goal.json", "--outcome", "load=[]"]);
    assert_eq!((status, &run["context"]["report"]), (0, &json!("1 tickets, mostly address.")), "the archive has one");
    assert_eq!(run["replans"][0]["cause"]["kind"], "requirement_false");
    let (status, run) = folder.json(&["run", "goal.json", "--fail", "load=503: down"]);
    assert_eq!((status, &run["context"]["report"]), (0, &json!("1 tickets, mostly address.")));
    assert_eq!(run["replans"][0]["cause"]["kind"], "tool_failed");
    assert_eq!((&run["plan"][0]["status"], &run["plan"][0]["error"]), (&json!("failed"), &json!("503: down")));
    let (status, run) = folder.json(&["run", "goal.json", "--fail", "load*1=a=b", "--fail", "archive*9=down"]);
    assert_eq!((status, &run["status"]), (3, &json!("unreachable")));
    let reasons = format!("{}{}", run["why"], run["reasons"]);
    for name in ["report", "tickets", "load", "archive", "a=b", "down"] {
        assert!(reasons.contains(name), "{name} in {reasons}");
    }
}

#[test]
fn what_never_came_to_pass_is_listed() {
    let folder = tickets();
    let asked = ["archive:week=1", "count#2:week=1", "archive#2:week=1"];
    let mut arguments =
        vec!["run", "goal.json", "--outcome", "archive=[]", "--answer", "load=1", "--fail", "archive*2=x"];
    arguments.extend(asked.iter().flat_map(|asked| ["--inject", asked]));
    let (status, run) = folder.json(&arguments);
    assert_eq!((status, &run["status"]), (3, &json!("reached")));
    assert_eq!(folder.json(&[&arguments[..], &["--allow-unused"]].concat()).0, 0);
    let unused: Vec<&str> = run["unused"].as_array().unwrap().iter().map(text).collect();
    assert_eq!(unused.len(), 6, "{unused:?}");
    let ran = folder.run(&arguments);
    for asked in asked.into_iter().chain(["archive=[]", "load=1", "archive*2=x"]) {
        assert!(unused.iter().any(|unused| unused.contains(asked)), "{asked} in {unused:?}");
        assert!(ran.err.contains(asked), "{asked} in {}", ran.err);
    }
}

#[test]
fn a_failure_that_came_once_has_come_however_often_it_was_asked_for() {
    let folder = tickets();
    let arguments = ["run", "goal.json", "--fail", "load*9=503: down"];
    let (status, run) = folder.json(&arguments);
    assert_eq!((status, &run["status"], &run["unused"]), (0, &json!("reached"), &json!([])), "the archive has one");
    let ran = folder.run(&arguments);
    assert!(!ran.err.contains("never used") && !ran.err.contains("exit status 3"), "{}", ran.err);
}

#[test]
fn what_landed_in_part_is_not_called_never_used() {
    let folder = tickets();
    let mut goal: Value = serde_json::from_str(TICKETS).unwrap();
    goal["scenarios"] = json!([
        { "name": "Both", "set": { "week": 2 }, "fail": { "tool": "archive", "error": "down" } },
    ]);
    folder.write("goal.json", goal.to_string());
    let ran = folder.run(&["run", "goal.json", "--scenario", "Both"]);
    assert_eq!(ran.status, 3, "{}", ran.err);
    assert!(ran.err.contains("used only in part: --scenario Both"), "{}", ran.err);
    assert!(ran.err.contains("so the run does not show all of it"), "{}", ran.err);
}

#[test]
fn a_plan_of_plain_sentences_is_stepped_with_answers() {
    let folder = Folder::new();
    folder.write("plan.json", r#"["Look it up", "Write it down"]"#);
    let (status, run) = folder.json(&["run", "plan.json"]);
    assert_eq!((status, &run["status"]), (4, &json!("stopped")));
    assert!(text(&run["why"]).contains("s1"), "{}", run["why"]);
    let answers = ["--answer", r#"s1={"found": true}"#, "--answer", r#"Write it down="done""#];
    let (_, run) = folder.json(&[&["run", "plan.json"][..], &answers].concat());
    assert_eq!((&run["context"]["s1"], &run["context"]["s2"]), (&json!({"found": true}), &json!("done")));
    assert_eq!(steps(&run["plan"]), [("-".into(), "done".into()), ("-".into(), "done".into())]);
}

#[test]
fn an_ask_tool_waits_for_an_answer_that_fits() {
    let folder = Folder::new();
    folder.write(
        "goal.json",
        r#"{"version": 1, "goal": "Know the budget", "wants": {"budget": "type == \"number\""}, "tools": {
            "ask_boss": {"description": "Ask the boss", "outputs": ["budget"], "inputs": [],
                "ensures": {"the budget is positive": ".budget > 0"}, "run": {"ask": {"question": "How much?"}}}}}"#,
    );
    let (status, run) = folder.json(&["run", "goal.json"]);
    assert_eq!((status, &run["status"]), (4, &json!("stopped")));
    assert!(text(&run["why"]).contains("ask_boss"), "{}", run["why"]);
    let (status, run) = folder.json(&["run", "goal.json", "--answer", "ask_boss=100"]);
    assert_eq!((status, &run["context"]["budget"]), (0, &json!(100)));
    let (status, run) = folder.json(&["run", "goal.json", "--answer", "ask_boss=-5", "--replan", "never"]);
    assert_eq!((status, &run["provenance"]["budget"]["refuted"]), (3, &json!(true)));
    assert!(text(&run["plan"][0]["error"]).contains("the budget is positive"), "{}", run["plan"]);
    let ran = folder.run(&["run", "goal.json", "--answer", "ask_bos=100"]);
    assert!(ran.err.contains("never used: --answer ask_bos=100 (did you mean ask_boss?)"), "{}", ran.err);
}

#[test]
fn a_question_is_said_as_a_person_is_asked_it() {
    let folder = Folder::new();
    folder.write(
        "goal.json",
        r#"{"version": 1, "goal": "Know who comes", "wants": {"guests": "true"}, "context": {"day": "Friday"},
            "tools": {"who": {"description": "Ask who comes", "inputs": ["day"], "outputs": ["guests"],
                "run": {"ask": {"question": "Who comes on \\(.day)?"}}}}}"#,
    );
    let (status, run) = folder.json(&["run", "goal.json"]);
    assert_eq!(status, 4);
    assert!(text(&run["why"]).contains("\"Who comes on Friday?\""), "{}", run["why"]);
    let compared = folder.run(&["compare", "goal.json"]);
    assert_eq!(compared.out.matches("\"Who comes on Friday?\"").count(), 8, "{}", compared.out);
}

#[test]
fn a_risky_step_asks_for_approval() {
    let folder = Folder::new();
    let goal = |risk: &str| {
        format!(
            r#"{{"version": 1, "goal": "Send it", "wants": {{"sent": "."}}, "tools": {{"send":
            {{"description": "Send the mail", "inputs": [], "outputs": ["sent"], "risk": "{risk}", "run": {{"value": true}}}}}}}}"#
        )
    };
    folder.write("high.json", goal("high"));
    folder.write("low.json", goal("low"));
    for (file, approve, status) in
        [("high.json", "low", 4), ("high.json", "all", 0), ("low.json", "low", 0), ("low.json", "none", 4)]
    {
        let (ended, run) = folder.json(&["run", file, "--approve", approve]);
        assert_eq!(ended, status, "{file} {approve}");
        assert_eq!(run["status"], if status == 0 { "reached" } else { "stopped" });
        assert!(status == 0 || text(&run["why"]).contains("approv"), "{}", run["why"]);
    }
    let ran = folder.run(&["run", "high.json", "--session", "s.jsonl"]);
    assert_eq!(ran.status, 4);
    assert_eq!(folder.run(&["run", "--session", "s.jsonl", "--approve", "all"]).status, 0, "approved later");
}

#[test]
fn a_limit_stops_the_run() {
    let folder = tickets();
    let (status, run) = folder.json(&["run", "goal.json", "--max-steps", "2"]);
    assert_eq!((status, &run["status"]), (3, &json!("stopped")));
    let statuses: Vec<String> = steps(&run["plan"]).into_iter().map(|(_, status)| status).collect();
    assert_eq!(statuses, ["done", "done", "pending", "pending"]);
}

#[test]
fn wrong_usage_ends_with_2_and_bad_input_with_1_and_nothing_is_written() {
    let folder = tickets();
    folder.write("bad.json", "{");
    folder.write("latin", [0x22, 0xe9, 0x22]);
    let cases: [(i32, &[&str], &str); 16] = [
        (2, &["run"], "GOAL"),
        (2, &["run", "goal.json", "--strategy", "luck"], "plan-and-execute"),
        (2, &["run", "goal.json", "--planner", "openai:x"], "embedded"),
        (2, &["run", "goal.json", "--replan", "sometimes"], "on-deviation"),
        (2, &["run", "goal.json", "--frobnicate"], "--frobnicate"),
        (2, &["run", "goal.json", "--inject", "tickets"], "AFTER:KEY=JSON"),
        (2, &["run", "goal.json", "--inject", "load:tickets=[1"], "not JSON"),
        (2, &["run", "goal.json", "--inject", "load#0:tickets=1"], "from 1"),
        (2, &["run", "goal.json", "--fail", "load*x=1"], "from 1"),
        (2, &["run", "goal.json", "--outcome", "=1"], "TOOL=JSON"),
        (2, &["run", "goal.json", "--scenario", "Late ticket"], "Did you mean \"Late tickets\"?"),
        (1, &["run", "goal.json", "--inject", "load:tickets=@no.json"], "no.json"),
        (1, &["run", "goal.json", "--inject", "load:tickets=@bad.json"], "not JSON"),
        (1, &["run", "nowhere.json"], "nowhere.json"),
        (1, &["run", "bad.json"], "bad.json:1:1"),
        (1, &["run", "latin"], "UTF-8"),
    ];
    for (status, arguments, says) in cases {
        let ran = folder.run(arguments);
        assert_eq!(ran.status, status, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(says), "{arguments:?} should say {says}: {}", ran.err);
        assert_eq!(ran.out, "", "{arguments:?}");
    }
    assert_eq!(folder.sessions(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn jsonl_streams_the_events() {
    let folder = tickets();
    let ran = folder.run(&["run", "goal.json", "--format", "jsonl"]);
    assert_eq!(ran.status, 0);
    let events: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (_, run) = folder.json(&["replay", folder.sessions()[0].to_str().unwrap()]);
    assert_eq!(json!(events), run["trace"]);
}

#[test]
fn a_pipe_that_closes_ends_it_quietly() {
    let folder = tickets();
    // A run that is cut short before its end was not completed.
    for (arguments, status) in [
        (&["run", "goal.json"][..], 0),
        (&["run", "goal.json", "--format", "json"], 0),
        (&["run", "goal.json", "--format", "jsonl"], 3),
        (&["schema"], 0),
        (&["completions", "bash"], 0),
    ] {
        let mut command = folder.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ran = Ran::of(child.wait_with_output().unwrap());
        assert_eq!(ran.status, status, "{arguments:?}: {}", ran.err);
        assert!(!ran.err.contains("panicked") && !ran.err.contains("Broken pipe"), "{}", ran.err);
    }
}

#[test]
#[cfg(unix)]
fn ctrl_c_ends_the_run_with_its_document() {
    let folder = Folder::new();
    folder.write(
        "goal.json",
        r#"{"version": 1, "goal": "Go on for ever", "wants": {"a": "true"}, "tools": {"spin":
            {"description": "Turn round and round", "inputs": [], "outputs": ["a"], "run": {"jq": "last(range(1e18))"}}}}"#,
    );
    let mut command = folder.command(&["run", "goal.json", "--session", "s.jsonl", "--format", "json"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let session = folder.path("s.jsonl");
    while !std::fs::read_to_string(&session).unwrap_or_default().contains("\"started\"") {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let ran = Ran::of(child.wait_with_output().unwrap());
    let run: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{} {}", ran.out, ran.err));
    assert_eq!((ran.status, &run["status"]), (3, &json!("stopped")));
    assert!(text(&run["why"]).contains("stopped by you"), "{}", run["why"]);
}

#[test]
fn text_from_tools_reaches_no_terminal_as_a_command() {
    let folder = Folder::new();
    folder.write(
        "goal.json",
        r#"{"version": 1, "goal": "Say \u001b[31mred\u202e", "wants": {"a": "true"}, "tools": {"say":
            {"description": "Say \u0007 it", "inputs": [], "outputs": ["a"], "run": {"value": "x\u001b]0;title\u0007\u009b2Jy\nz"}}}}"#,
    );
    for arguments in
        [&["run", "goal.json"][..], &["run", "goal.json", "--format", "json"], &["plan", "goal.json"], &["sessions"]]
    {
        let ran = folder.run(arguments);
        assert_eq!(ran.status, 0, "{}", ran.err);
        let both = ran.out + &ran.err;
        let harmful = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!both.contains(harmful), "{arguments:?}: {both:?}");
    }
}

#[test]
fn a_plan_without_wants_reports_what_its_last_step_came_to() {
    let folder = Folder::new();
    folder.write("plan.json", r#"["Ask Ann", "Write it down"]"#);
    let ran = folder.run(&["run", "plan.json", "--answer", "s1=1", "--answer", r#"s2="Ann says yes""#]);
    assert_eq!(ran.status, 0, "{}", ran.out);
    assert!(ran.out.ends_with("final report:\nAnn says yes\n"), "{}", ran.out);
}

#[test]
fn a_surprise_for_an_ask_tool_comes_to_pass() {
    let folder = Folder::new();
    let goal = json!({
        "version": 1, "goal": "Ask", "wants": { "city": "true" },
        "tools": { "ask_city": { "outputs": ["city"], "description": "Ask for it", "run": { "ask": { "question": "?" } } } }
    });
    folder.write("goal.json", goal.to_string());
    let (status, run) = folder.json(&["run", "goal.json", "--outcome", r#"ask_city="Rome""#]);
    assert_eq!((status, &run["context"]["city"], &run["unused"]), (0, &json!("Rome"), &json!([])));
}

#[test]
fn a_session_that_rests_inside_a_loop_goes_on() {
    let folder = Folder::new();
    let goal = planscope::goal_file::sample("lost_suitcase").unwrap();
    let goal = planscope::goal_file::parse(goal.text, goal.name, None).unwrap();
    let mut stage = planscope::ui::testing::harness::Stage::open(goal, folder.path("s.jsonl"), (100, 30)).unwrap();
    stage.press("space S").unwrap();
    drop(stage);
    let (status, run) = folder.json(&["run", "--session", "s.jsonl"]);
    assert_eq!((status, &run["status"]), (0, &json!("reached")), "{}", run["why"]);
}

#[test]
fn at_never_a_run_runs_what_can_run_past_a_step_that_cannot() {
    let folder = Folder::new();
    folder.write(
        "goal.json",
        r#"{"version": 1, "goal": "Join", "wants": {"sum": "true"}, "tools": {
            "left": {"description": "Make the left half", "outputs": ["l"], "run": {"value": 1}},
            "right": {"description": "Make the right half", "outputs": ["r"], "run": {"value": 2}},
            "add": {"description": "Add both", "inputs": ["l", "r"], "outputs": ["sum"], "run": {"jq": ".l + .r"}}},
            "plan": [{"tool": "left"}, {"id": "m", "tool": "add", "with": {"r": "rr"}}, {"tool": "right"}]}"#,
    );
    let (status, run) = folder.json(&["run", "goal.json", "--replan", "never"]);
    assert_eq!((status, &run["context"]["r"]), (3, &json!(2)));
    assert!(text(&run["why"]).contains("step m add needs rr"), "{}", run["why"]);
}

#[test]
fn a_number_that_would_change_is_refused_wherever_it_comes_from() {
    let folder = tickets();
    folder.write("big.json", "[123456789012345678901234567890]");
    for asked in ["start:week=123456789012345678901234567890", "start:week=@big.json"] {
        let ran = folder.run(&["run", "goal.json", "--inject", asked]);
        assert!(ran.status != 0 && ran.err.contains("would change"), "{}", ran.err);
    }
    folder.write(
        "file.json",
        r#"{"version": 1, "goal": "g", "wants": {"x": "true"}, "tools": {
            "load": {"description": "Load it", "outputs": ["x"], "run": {"file": "big.json"}}}}"#,
    );
    let (status, run) = folder.json(&["run", "file.json"]);
    assert_eq!(status, 3);
    assert!(text(&run["why"]).contains("would change"), "{}", run["why"]);
}

#[test]
fn a_run_says_what_changed_in_values_that_were_there() {
    let folder = tickets();
    let args = ["run", "goal.json", "--inject", r#"count:counts={"refund": 9, "password": 1}"#];
    let (_, run) = folder.json(&args);
    let injected = run["trace"].as_array().unwrap().iter().find(|event| event["kind"] == "injected").unwrap();
    assert_eq!(injected["changes"], json!([{ "path": "counts.refund", "was": "2", "now": "9" }]));
    let first = run["trace"].as_array().unwrap().iter().find(|event| event["kind"] == "finished").unwrap();
    assert_eq!(first.get("changes"), None, "what is new is not a change");
    let ran = folder.run(&args);
    assert!(ran.out.contains("± counts.refund 2 → 9"), "{}", ran.out);
}
