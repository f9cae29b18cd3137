//! Planners that are programs: an honest one, and one for every way to go wrong. Each is a sentence, and the session
//! goes on with the planner that is built in.

use std::process::Stdio;
use std::time::Duration;

use planscope::goal_file;
use planscope::ui::testing::harness::Stage;
use serde_json::{Value, json};

use super::wait_until;
use crate::support::program::{Folder, steps};

/// Returns the script that takes each line as `$l`, its number as `$id`, and does `body` with them.
pub(super) fn asked(body: &str) -> String {
    format!(
        "while IFS= read -r l; do id=$(printf '%s' \"$l\" | sed 's/.*\"id\":\\([0-9]*\\),\"verb\".*/\\1/'); {body}\ndone"
    )
}

/// Returns the line that answers with this plan.
fn plan(steps: &Value) -> String {
    format!("printf '{{\"id\":%s,\"plan\":%s}}\\n' \"$id\" '{steps}'")
}

/// A goal for `b`, planned by this script.
fn goal(script: &str) -> Value {
    json!({
        "version": 1, "goal": "Make b", "wants": { "b": "true" }, "context": { "word": "one" },
        "planner": { "command": ["sh", "-c", script], "timeout": "20s" },
        "tools": {
            "make_a": { "description": "Make a", "inputs": ["word"], "outputs": ["a"], "run": { "jq": ".word + \"!\"" } },
            "make_b": { "description": "Make b", "inputs": ["a"], "outputs": ["b"], "run": { "jq": ".a + \"?\"" } }
        }
    })
}

fn honest() -> Value {
    json!([{ "tool": "make_a", "why": "a is missing" }, { "tool": "make_b", "why": "b is wanted" }])
}

/// Runs the goal, and returns the status and the document.
fn run(folder: &Folder, goal: &Value, more: &[&str]) -> (i32, Value) {
    folder.write("goal.json", goal.to_string());
    let _ = std::fs::remove_file(folder.path("s.jsonl"));
    folder.json(&[&["run", "goal.json", "--trust", "--session", "s.jsonl"][..], more].concat())
}

#[test]
fn a_program_plans_and_the_recorded_session_needs_it_no_more() {
    let folder = Folder::new();
    let told = format!("printf '%s\\n' \"$l\" >> told; echo thinking >&2; {}", plan(&honest()));
    let (status, document) = run(&folder, &goal(&asked(&told)), &[]);
    assert_eq!((status, &document["context"]["b"]), (0, &json!("one!?")), "{document:#}");
    assert_eq!((&document["planner"], &document["plan"][0]["tool"]), (&json!("program"), &json!("make_a")));
    let told: Value = serde_json::from_str(&std::fs::read_to_string(folder.path("told")).unwrap()).unwrap();
    for field in ["goal", "wants", "tools", "uses", "context", "done", "remaining", "deviation", "pins", "bars"] {
        assert!(told.get(field).is_some(), "{field}: {told:#}");
    }
    assert_eq!((&told["verb"], &told["protocol"], &told["deviation"]), (&json!("plan"), &json!(1), &Value::Null));
    assert_eq!(told["context"]["word"], json!({ "value": "one", "fresh": true, "given": true }));
    std::fs::remove_file(folder.path("goal.json")).unwrap();
    let (_, again) = folder.json(&["replay", "s.jsonl"]);
    assert_eq!((&again["context"], &again["plan"]), (&document["context"], &document["plan"]));
}

#[test]
fn a_replan_is_told_what_was_done_what_remains_and_what_contradicts_it() {
    let folder = Folder::new();
    let body = format!("printf '%s\\n' \"$l\" >> told; {}", plan(&honest()));
    let mut goal = goal(&asked(&body));
    goal["scenarios"] = json!([{ "name": "Another word", "after": "make_a", "set": { "word": "two" } }]);
    let (status, document) = run(&folder, &goal, &["--scenario", "Another word"]);
    assert_eq!((status, &document["context"]["b"]), (0, &json!("two!?")), "{document:#}");
    let told = std::fs::read_to_string(folder.path("told")).unwrap();
    let told: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(told.len(), 2, "one process was asked twice");
    assert_eq!(told[1]["id"].as_u64(), told[0]["id"].as_u64().map(|id| id + 1));
    assert_eq!(told[1]["done"][0]["results"], json!({ "a": "one!" }));
    assert_eq!((&told[1]["done"][0]["status"], &told[1]["remaining"][0]["id"]), (&json!("done"), &json!("s2")));
    assert_eq!((&told[1]["deviation"]["kind"], &told[1]["pins"]), (&json!("stale_input"), &json!(["word"])));
    // A step keeps its id where it is the same, whoever planned it.
    let ids: Vec<&str> = document["plan"].as_array().unwrap().iter().filter_map(|step| step["id"].as_str()).collect();
    assert_eq!(ids, ["s1", "s3", "s2"]);
}

#[test]
fn nothing_of_it_runs_before_the_file_is_trusted() {
    let folder = Folder::new();
    folder.write("goal.json", goal(&format!("touch ran; {}", asked(&plan(&honest())))).to_string());
    for arguments in [
        &["run", "goal.json", "--approve", "all"][..],
        &["run", "goal.json", "--strategy", "react-planner"],
        &["plan", "goal.json"],
        &["compare", "goal.json"],
    ] {
        let ran = folder.run(arguments);
        assert_eq!(ran.status, 4, "{arguments:?}: {}{}", ran.out, ran.err);
        assert!((ran.out + &ran.err).contains("not trusted"), "{arguments:?}");
    }
    for arguments in [&["check", "goal.json"][..], &["run", "goal.json", "--planner", "embedded"]] {
        assert_eq!(folder.run(arguments).status, 0, "{arguments:?}");
    }
    let ran = folder.run(&["stress", "goal.json"]);
    assert!(ran.status == 1 && ran.err.contains("its planner is a program: --planner embedded"), "{}", ran.err);
    assert_eq!(folder.run(&["stress", "goal.json", "--planner", "embedded"]).status, 0);
    assert!(!folder.path("ran").exists());
    let shown = folder.run(&["trust", "goal.json"]);
    assert!(
        shown.out.contains("the planner  (whenever a plan is due)") && shown.out.contains("touch ran"),
        "{}",
        shown.out
    );
    assert_eq!(folder.run(&["plan", "goal.json"]).status, 0);
    assert_ne!(folder.run(&["run", "goal.json", "--strategy", "react-planner"]).status, 4);
    assert!(folder.path("ran").exists());
}

#[test]
fn every_way_to_go_wrong_is_a_sentence_and_the_embedded_planner_goes_on() {
    let binary = "printf '\\377\\376\\n'; cat";
    let answer = plan(&honest());
    for (script, says) in [
        ("sleep 100".to_owned(), "sh did not answer within 500ms and was ended"),
        ("read l; echo boom >&2; exit 3".to_owned(), "sh ended with status 3 before it answered: boom"),
        ("exit 0".to_owned(), "sh ended with status 0 before it answered"),
        ("read l; kill -9 $$".to_owned(), "sh was ended by signal 9 (SIGKILL) before it answered"),
        (
            "read l; echo hello; cat".to_owned(),
            "sh wrote what is not JSON to its standard output (messages belong on standard error); it begins: hello",
        ),
        (asked(binary), "sh wrote what is not UTF-8 text"),
        ("read l; printf 'a\\033[31mb\\n'; cat".to_owned(), "it begins: a"),
        ("read l; echo 17; cat".to_owned(), "sh wrote JSON that is not an object"),
        (asked("printf '{\"plan\":[]}\\n'"), "sh answered without saying what: \"id\": "),
        (asked("printf '{\"id\":7,\"plan\":[]}\\n'"), "sh answered request 7, and it was asked request "),
        ("echo '{\"id\":1,\"plan\":[]}'; cat".to_owned(), "answered request 1"),
        (
            asked("printf '{\"id\":%s,\"plan\":[]}\\n{\"id\":%s,\"plan\":[]}\\n' $id $id"),
            " a second time, so nobody knows which answer holds",
        ),
        (asked("printf '{\"id\":%s,\"error\":\"no money left\"}\\n' $id"), "sh says: no money left"),
        (asked("printf '{\"id\":%s,\"steps\":[]}\\n' $id"), "sh answered with none of \"plan\""),
        (asked(&plan(&json!(["make_a"]))), "sh planned a step that is none: step 1 is not an object"),
        (
            asked(&plan(&json!([{ "tool": "make_a" }, { "name": "x" }]))),
            "step 2 has neither a \"tool\" nor a step to \"keep\"",
        ),
        (asked(&plan(&json!([{ "keep": "s9" }]))), "step 1 keeps \"s9\", which is not among the remaining steps"),
        (
            asked(&plan(&json!([{ "tool": "make_a", "with": ["word"] }]))),
            "step 1 has a \"with\" that is not input → key",
        ),
        ("read l; exec >&-; sleep 100".to_owned(), "sh closed its output without an answer, and was ended"),
        ("read l; yes | tr -d '\\n'".to_owned(), "sh wrote a line of more than 1048576 bytes and was ended"),
        ("read l; yes".to_owned(), "sh wrote what is not JSON"),
        ("read l; yes >&2".to_owned(), "sh did not answer within 500ms and was ended: y"),
        ("trap '' TERM; exec sleep 100".to_owned(), "sh did not answer within 500ms and was ended"),
    ] {
        let folder = Folder::new();
        let mut goal = goal(&script);
        if says.contains("500ms") {
            goal["planner"]["timeout"] = json!("500ms");
        }
        let (status, document) = run(&folder, &goal, &[]);
        let why = document["why"].as_str().unwrap_or_default();
        assert_eq!(status, 3, "{script}: {document:#}");
        assert!(why.starts_with("the planner failed: ") && why.contains(says), "{script}\n{says}\n{why}");
        assert!(!why.contains('\u{1b}') || document["status"] == "stopped", "{why}");
        let (status, document) = folder.json(&["run", "--session", "s.jsonl", "--planner", "embedded"]);
        assert_eq!((status, &document["context"]["b"]), (0, &json!("one!?")), "{script}: {document:#}");
    }
    let mut missing = goal(&answer);
    missing["planner"]["command"] = json!(["no-such-planner-anywhere"]);
    let (_, document) = run(&Folder::new(), &missing, &[]);
    assert!(document["why"].as_str().unwrap().contains("no folder of PATH has a program of this name"), "{document:#}");
}

#[test]
fn what_does_not_exist_comes_into_the_plan_as_it_is_and_is_never_run_silently() {
    for (steps, says) in [
        (json!([{ "tool": "invent" }]), "uses the tool \"invent\", which does not exist"),
        (
            json!([{ "tool": "make_a", "with": { "colour": "word" } }, { "tool": "make_b" }]),
            "gives its tool an input \"colour\", which it does not have",
        ),
        (
            json!([{ "tool": "make_a", "to": { "smell": "x" } }, { "tool": "make_b" }]),
            "expects an output \"smell\", which its tool does not have",
        ),
        (json!([{ "tool": "make_a", "with": { "word": "sword" } }, { "tool": "make_b" }]), "reads \"sword\""),
    ] {
        let folder = Folder::new();
        let (status, document) = run(&folder, &goal(&asked(&plan(&steps))), &[]);
        assert_eq!(status, 3, "{document:#}");
        let found = document["failure_checks"].to_string();
        assert!(
            found.contains("hallucinated_step") && document.to_string().contains(says.replace('"', "\\\"").as_str()),
            "{says}: {document:#}"
        );
        let calls = &document["metrics"]["tool_calls"];
        assert!(calls == 0 || !says.contains("make_a"), "{document:#}");
        assert_eq!(document["context"].get("a"), None, "{says}: nothing of it ran");
    }
}

#[test]
fn why_there_is_no_plan_is_said_in_its_own_words() {
    let body = "printf '{\"id\":%s,\"note\":\"half way\"}\\n{\"id\":%s,\"no_plan\":\"nobody knows how\",\"because\":[\"b is magic\"]}\\n' $id $id";
    let folder = Folder::new();
    let (status, document) = run(&folder, &goal(&asked(body)), &[]);
    assert_eq!((status, &document["status"], &document["why"]), (3, &json!("unreachable"), &json!("nobody knows how")));
    assert!(document["reasons"].to_string().contains("b is magic"), "{document:#}");
    // The embedded planner is asked instead, and sees one.
    let (status, document) = folder.json(&["run", "--session", "s.jsonl", "--planner", "embedded"]);
    assert_eq!((status, &document["context"]["b"]), (0, &json!("one!?")), "{document:#}");
}

#[test]
fn a_step_of_a_person_is_kept_or_said_to_be_left_out() {
    let folder = Folder::new();
    let mut goal = goal(&asked(&plan(&honest())));
    goal["plan"] =
        json!([{ "id": "look", "description": "Look at it", "to": { "seen": "seen" } }, { "tool": "make_a" }]);
    let (_, document) = run(&folder, &goal, &["--approve", "all"]);
    let told = document["trace"].to_string();
    assert!(told.contains("the program left it out"), "{document:#}");
    // What was marked to be kept keeps its id, and its place in the answer.
    let body = plan(&json!([{ "tool": "make_a" }, { "tool": "make_b" }, { "keep": "look" }]));
    goal["planner"]["command"][2] = json!(asked(&body));
    let (_, document) = run(&folder, &goal, &["--answer", "look=1"]);
    let ids: Vec<&str> = document["plan"].as_array().unwrap().iter().filter_map(|step| step["id"].as_str()).collect();
    assert!(ids.contains(&"look") && !document["trace"].to_string().contains("left it out"), "{document:#}");
}

#[test]
fn on_the_screen_it_waits_for_trust_and_one_key_asks_the_embedded_planner_instead() {
    let folder = Folder::new();
    let path = folder.write("goal.json", goal("echo boom >&2; exit 3").to_string());
    let mut stage = Stage::open(goal_file::read(&path).unwrap(), folder.path("s.jsonl"), (110, 30)).unwrap();
    assert!(stage.text().contains("the planner is a program, and the goal file is not trusted"), "{}", stage.text());
    stage.press("space").unwrap();
    assert!(stage.text().contains("Do you trust this goal file?"), "{}", stage.text());
    std::thread::sleep(Duration::from_millis(320));
    stage.press("y").unwrap();
    let text = stage.text();
    assert!(text.contains("U asks the embedded planner instead") && text.contains("boom"), "{text}");
    stage.press("U").unwrap();
    let text = stage.text();
    assert!(text.contains("make_a") && text.contains("make_b"), "{text}");
    assert!(text.contains("the planner is the embedded one from now on"), "{text}");
    stage.press("U").unwrap();
    assert!(stage.text().contains("the planner is the program that the goal file names"), "{}", stage.text());
}

#[test]
fn what_a_program_planned_was_in_no_file_that_was_read_and_asks_for_itself() {
    let folder = Folder::new();
    let mut goal = goal(&asked(&plan(&honest())));
    goal["tools"]["make_a"]["run"] = json!({ "command": { "argv": ["sh", "-c", "touch ran; echo '\"x\"'"] } });
    goal["tools"]["make_a"]["risk"] = json!("low");
    let (status, _) = run(&folder, &goal, &[]);
    assert_eq!((status, folder.path("ran").exists()), (4, false));
    assert_eq!(run(&folder, &goal, &["--approve", "all"]).0, 0);
    assert!(folder.path("ran").exists());
}

#[test]
fn a_recording_holds_its_plan_and_not_the_program() {
    let folder = Folder::new();
    let other = json!([{ "tool": "make_a", "to": { "a": "x" } }, { "tool": "make_b", "with": { "a": "x" } }]);
    let (_, document) = run(&folder, &goal(&asked(&plan(&other))), &[]);
    assert_eq!(folder.run(&["new", "shared", "--from-session", "s.jsonl"]).status, 0);
    let (status, again) = folder.json(&["run", "shared.json"]);
    assert_eq!((status, &again["context"], &again["planner"]), (0, &document["context"], &json!("embedded")));
    assert_eq!(steps(&again["plan"]), steps(&document["plan"]));
}

#[test]
fn a_request_that_was_under_way_is_not_put_again_by_itself() {
    let folder = Folder::new();
    folder.write("goal.json", goal("read l; echo asked >> log; echo $$ > leader; sleep 100").to_string());
    let arguments = ["run", "goal.json", "--trust", "--session", "s.jsonl"];
    let mut running = folder.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_until("it was asked", || folder.path("leader").exists());
    running.kill().unwrap();
    running.wait().unwrap();
    #[cfg(target_os = "linux")]
    wait_until("nothing is left of it", || !super::lives(&folder, "leader"));
    let ran = folder.run(&["run", "--session", "s.jsonl", "--trust"]);
    assert_eq!(ran.status, 4, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("was asked when the program ended"), "{}", ran.out);
    assert_eq!(std::fs::read_to_string(folder.path("log")).unwrap(), "asked\n");
    let (status, _) = folder.json(&["run", "--session", "s.jsonl", "--planner", "embedded"]);
    assert_eq!(status, 0);
}

#[test]
fn a_planner_of_long_plans_is_one_process_and_its_answers_are_facts() {
    let folder = Folder::new();
    let mut goal = goal("");
    let mut long: Vec<Value> = Vec::new();
    for at in 0..1_000 {
        let (from, to) = (if at == 0 { "word".to_owned() } else { format!("k{at}") }, format!("k{}", at + 1));
        long.push(json!({ "tool": "make_a", "with": { "word": from }, "to": { "a": to } }));
    }
    long.push(json!({ "tool": "make_b", "with": { "a": "k1000" } }));
    folder.write("plan.json", Value::from(long).to_string());
    goal["planner"]["command"][2] = json!(asked("printf '{\"id\":%s,\"plan\":%s}\\n' $id \"$(cat plan.json)\""));
    goal["tools"]["make_a"]["run"]["jq"] = json!(".word");
    let (status, document) = run(&folder, &goal, &[]);
    assert_eq!((status, document["plan"].as_array().map(Vec::len)), (0, Some(1001)));
    let records = std::fs::read_to_string(folder.path("s.jsonl")).unwrap();
    let planned = records.lines().filter(|line| line.contains("\"kind\":\"planned\"")).count();
    assert_eq!(planned, 1);
}
