//! Tools of MCP servers: an honest server, one for every way to go wrong, real ones, and the contracts made of what
//! they offer.

use std::path::{Path, PathBuf};

use planscope::goal_file;
use planscope::ui::screen::Request;
use planscope::ui::testing::harness::Stage;
use serde_json::{Value, json};

use super::{wait_until, why};
use crate::support::program::Folder;

const SERVER: &str = include_str!("server.sh");

/// Returns a folder with the tests' server, and a goal for `out` from the server that plays `mode`.
fn goal(folder: &Folder, mode: &str) -> Value {
    folder.write("server.sh", SERVER);
    json!({
        "version": 1, "goal": "Have it made", "wants": { "out": "true" }, "context": { "word": "one" },
        "servers": { "tests": { "command": ["sh", "server.sh", mode], "env": { "TOKEN": "hunter2-hunter2" }, "timeout": "20s" } },
        "tools": { "make": {
            "description": "Make it", "inputs": ["word"], "outputs": ["out"], "timeout": "20s",
            "run": { "mcp": { "server": "tests", "tool": "shout-it" } }
        } }
    })
}

fn run(folder: &Folder, goal: &Value) -> Value {
    folder.write("goal.json", goal.to_string());
    let _ = std::fs::remove_file(folder.path("s.jsonl"));
    folder.json(&["run", "goal.json", "--trust", "--approve", "all", "--session", "s.jsonl"]).1
}

/// Returns what the server makes of `out` where it plays `mode`.
fn made(mode: &str) -> Value {
    let folder = Folder::new();
    let document = run(&folder, &goal(&folder, mode));
    assert_eq!(document["status"], "reached", "{mode}: {document:#}");
    document["context"]["out"].clone()
}

#[test]
fn what_a_server_answers_is_the_result_however_it_says_it() {
    assert_eq!(made("honest"), "one!");
    assert_eq!(made("structured"), json!({ "sum": 3 }));
    let image = json!([{ "type": "image", "data": "aGk=", "mimeType": "image/png" }, { "type": "text", "text": "hi" }]);
    assert_eq!(made("image"), image);
    for mode in ["chatter", "binary"] {
        assert_eq!(made(mode), "after it", "what is not a message is left");
    }
    assert_eq!(made("disorder"), "mine", "an answer to something else is nobody's");
    let seen = made("environment");
    let seen: Vec<&str> = seen.as_str().unwrap().split_whitespace().collect();
    assert!(seen.contains(&"TOKEN") && seen.contains(&"PATH") && !seen.contains(&"XDG_STATE_HOME"), "{seen:?}");
}

#[test]
fn every_way_to_go_wrong_is_a_sentence_and_the_session_goes_on() {
    for (mode, says) in [
        ("failing", "the disk is full"),
        ("refusing", "no such tool here"),
        ("contentless", "the server's answer is unlike a result: it has no \"content\""),
        ("crashing", "sh ended with status 7 before it answered: out of paper"),
        ("garbage", "sh wrote an answer that is none of the protocol"),
        ("number", "sh wrote a number that cannot be kept"),
        ("closing", "sh closed its output without an answer, and was ended"),
        ("starting", "sh ended with status 3 before it was ready: I have no licence"),
        ("rude", "sh refused to be asked: not today"),
    ] {
        let folder = Folder::new();
        let document = run(&folder, &goal(&folder, mode));
        assert!(why(&document).contains(says), "{mode}: {}", why(&document));
    }
    for (mode, part, says) in [
        ("hanging", "server", "sh was not ready within 300ms and was ended"),
        (
            "babbling",
            "server",
            "allows more); what it wrote is not a message of the protocol: hello, is anybody there?",
        ),
        ("silent", "tool", "sh did not answer within 300ms, and was told to stop"),
        ("flood", "size", "sh wrote a message of more than 20000 bytes (max_output allows more)"),
    ] {
        let folder = Folder::new();
        let mut goal = goal(&folder, mode);
        match part {
            "server" => goal["servers"]["tests"]["timeout"] = json!("300ms"),
            "tool" => goal["tools"]["make"]["timeout"] = json!("300ms"),
            _ => goal["servers"]["tests"]["max_output"] = json!(20_000),
        }
        let document = run(&folder, &goal);
        assert!(why(&document).contains(says), "{mode}: {}", why(&document));
        #[cfg(target_os = "linux")]
        wait_until("it is gone", || !super::lives(&folder, "leader"));
    }
    let folder = Folder::new();
    let mut command = goal(&folder, "honest");
    command["servers"]["tests"]["command"] = json!(["no-such-program"]);
    let says = why(&run(&folder, &command));
    assert!(says.contains("no-such-program cannot be started"), "{says}");
}

#[test]
fn a_server_that_crashed_is_started_again_and_one_that_was_told_to_stop_lives_on() {
    let folder = Folder::new();
    let mut goal_of = goal(&folder, "crashing_once");
    goal_of["tools"]["make"]["retries"] = json!(1);
    assert_eq!(run(&folder, &goal_of)["context"]["out"], "again");
    let folder = Folder::new();
    let mut goal_of = goal(&folder, "silent");
    goal_of["tools"]["make"]["retries"] = json!(1);
    goal_of["tools"]["make"]["timeout"] = json!("500ms");
    assert_eq!(run(&folder, &goal_of)["context"]["out"], "the second", "the same process counts its calls");
    assert!(folder.path("cancelled").exists(), "it was told that nobody waits any longer");
}

#[test]
fn arguments_and_result_are_what_filters_make_of_them() {
    let folder = Folder::new();
    let mut goal = goal(&folder, "honest");
    let spec = &mut goal["tools"]["make"]["run"]["mcp"];
    spec["arguments"] = json!("{word: \"other\"}");
    spec["result"] = json!("{said: ., long: length}");
    assert_eq!(run(&folder, &goal)["context"]["out"], json!({ "said": "other!", "long": 6 }));
    for (field, filter, says) in [
        ("arguments", "[1]", "gives an array, and it has to be an object"),
        ("result", "fromjson", "its answer is unlike what \"result\" (fromjson) expects"),
    ] {
        let mut goal = goal.clone();
        goal["tools"]["make"]["run"]["mcp"][field] = json!(filter);
        assert!(why(&run(&folder, &goal)).contains(says), "{}", why(&run(&folder, &goal)));
    }
    // An answer unlike its contract is a deviation, too.
    goal["tools"]["make"]["outputs"] = json!(["out", "other"]);
    let failed = run(&folder, &goal);
    assert!(why(&failed).contains("lacks out") || why(&failed).contains("lacks other"), "{}", why(&failed));
}

#[test]
fn secrets_are_cut_from_what_a_server_answers() {
    let folder = Folder::new();
    let mut goal = goal(&folder, "secret");
    goal["servers"]["tests"]["env"] = json!(["TOKEN"]);
    folder.write("goal.json", goal.to_string());
    let mut command = folder.command(&["run", "goal.json", "--trust", "--approve", "all", "--session", "s.jsonl"]);
    assert!(command.env("TOKEN", "hunter2-hunter2").output().unwrap().status.success());
    let session = std::fs::read_to_string(folder.path("s.jsonl")).unwrap();
    assert!(session.contains("the token is «secret:TOKEN»") && !session.contains("hunter2"), "{session}");
}

#[test]
fn nothing_is_started_before_it_is_trusted_and_the_whole_server_is_shown() {
    let folder = Folder::new();
    let mut goal = goal(&folder, "honest");
    goal["tools"]["look"] = goal["tools"]["make"].clone();
    goal["tools"]["look"]["risk"] = json!("low");
    goal["tools"]["look"]["outputs"] = json!(["seen"]);
    folder.write("goal.json", goal.to_string());
    for arguments in [&["run", "goal.json", "--approve", "all"][..], &["compare", "goal.json", "--approve", "all"]] {
        assert_eq!(folder.run(arguments).status, 4);
        assert!(!folder.path("leader").exists(), "{arguments:?}");
    }
    let shown = folder.run(&["trust", "goal.json"]).out;
    for says in [
        "1 MCP server is started",
        "tests  (an MCP server)",
        "server.sh",
        "risk high, asks for each  make",
        "risk low, does not ask  look",
    ] {
        assert!(shown.contains(says), "{says}: {shown}");
    }
    // High by default: it asks although the file is trusted.
    assert_eq!(folder.run(&["run", "goal.json"]).status, 4);
    goal["tools"]["make"]["risk"] = json!("low");
    folder.write("goal.json", goal.to_string());
    assert_eq!(folder.run(&["run", "goal.json", "--trust"]).status, 0, "as the file says");
}

#[test]
fn a_recording_needs_no_server_and_lanes_are_answered() {
    let folder = Folder::new();
    let document = run(&folder, &goal(&folder, "honest"));
    assert_eq!(document["status"], "reached");
    let ran = folder.run(&["compare", "goal.json", "--trust", "--approve", "all"]);
    assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
    assert_eq!(folder.run(&["new", "--from-session", "s.jsonl", "shared.json"]).status, 0);
    let shared = std::fs::read_to_string(folder.path("shared.json")).unwrap();
    assert!(!shared.contains("\"servers\"") && !shared.contains("\"files\""), "{shared}");
    std::fs::remove_file(folder.path("server.sh")).unwrap();
    let (status, again) = folder.json(&["run", "shared.json"]);
    assert_eq!((status, &again["context"]["out"]), (0, &json!("one!")));
}

#[test]
fn a_goal_file_that_names_no_server_says_what_is_wrong() {
    let folder = Folder::new();
    let mut goal = goal(&folder, "honest");
    goal["tools"]["make"]["run"]["mcp"]["server"] = json!("test");
    folder.write("goal.json", goal.to_string());
    let ran = folder.run(&["check", "goal.json"]);
    assert!(
        ran.err.contains("There is no server \"test\"") && ran.err.contains("did you mean \"tests\"?"),
        "{}",
        ran.err
    );
    goal["servers"]["tests"] = json!({ "command": ["npx"], "args": ["-y"], "url": "http://x" });
    folder.write("goal.json", goal.to_string());
    let err = folder.run(&["check", "goal.json"]).err;
    assert!(err.contains("The arguments stand in \"command\" here"), "{err}");
    assert!(err.contains("asks MCP servers that it starts"), "{err}");
}

#[test]
fn contracts_are_made_of_what_servers_offer() {
    let folder = Folder::new();
    folder.write("server.sh", SERVER);
    let ran = folder.run(&["new", "--from-mcp", "sh server.sh honest", "made.json"]);
    assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
    assert!(
        ran.out.contains("2 tools of 1 server") && ran.out.contains("1 has outputs that are guessed"),
        "{}",
        ran.out
    );
    let made: Value = serde_json::from_slice(&std::fs::read(folder.path("made.json")).unwrap()).unwrap();
    let (shout, look) = (&made["tools"]["shout_it"], &made["tools"]["look"]);
    assert_eq!((&shout["inputs"], &shout["outputs"]), (&json!(["word"]), &json!(["shout_it_result"])));
    assert_eq!(shout["description"], "Does shout-it.");
    assert_eq!((&shout["run"]["mcp"]["guessed"], shout.get("risk")), (&json!(true), None));
    assert_eq!((&look["risk"], look["run"]["mcp"].get("guessed")), (&json!("low"), None));
    assert_eq!(look["run"]["mcp"]["result"], ".result");
    assert!(look["ensures"].to_string().contains("array"), "{look:#}");
    // What a file names is started only where that is said.
    folder.write(
        "servers.json",
        json!({ "mcpServers": {
            "one": { "command": "sh", "args": ["server.sh", "thousand"], "env": { "API_KEY": "sk-hunter2", "MODE": "x" } },
            "two": { "command": "sh", "args": ["server.sh", "starting"] },
            "far": { "url": "https://example.org/mcp" }
        } })
        .to_string(),
    );
    let ran = folder.run(&["new", "--from-mcp", "servers.json", "many.json"]);
    assert_eq!(ran.status, 4, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("nothing was started") && !folder.path("many.json").exists(), "{}", ran.out);
    let ran = folder.run(&["new", "--from-mcp", "servers.json", "--trust", "many.json"]);
    assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
    for says in
        ["left out far", "left out two: sh ended with status 3", "1000 tools of 1 server", "environment: API_KEY"]
    {
        assert!(ran.out.contains(says), "{says}: {}", ran.out);
    }
    let many = std::fs::read_to_string(folder.path("many.json")).unwrap();
    assert!(!many.contains("hunter2"), "no secret stands in a file to share");
    let many: Value = serde_json::from_str(&many).unwrap();
    assert_eq!(many["tools"].as_object().unwrap().len(), 1_000);
    assert_eq!(many["servers"]["one"]["env"], json!({ "API_KEY": true, "MODE": "x" }));
}

/// Returns what `.ci/run` has installed, or none: the test says so aloud.
fn installed(name: &str) -> Option<String> {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/agents").join(name);
    let found = path.exists().then(|| path.display().to_string());
    if found.is_none() {
        eprintln!("SKIPPED: {name} is not installed here (.ci/run installs it where there is npm, or python3)");
    }
    found
}

#[test]
fn real_servers_are_listed_and_asked() {
    if let Some(everything) = installed("node_modules/.bin/mcp-server-everything") {
        let folder = Folder::new();
        let ran = folder.run(&["new", "--from-mcp", &format!("{everything} stdio"), "made.json"]);
        assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
        let mut made: Value = serde_json::from_slice(&std::fs::read(folder.path("made.json")).unwrap()).unwrap();
        assert_eq!(made["tools"]["get_sum"]["inputs"], json!(["a", "b"]), "{made:#}");
        made["wants"] = json!({ "get_sum_result": "contains(\"42\")" });
        made["context"] = json!({ "a": 40, "b": 2 });
        let document = run(&folder, &made);
        assert_eq!(document["status"], "reached", "{document:#}");
    }
    if let Some(time) = installed("bin/mcp-server-time") {
        let folder = Folder::new();
        let goal = json!({
            "version": 1, "goal": "What time is it there?", "wants": { "there": "test(\"T\")" }, "context": { "timezone": "Asia/Tokyo" },
            "servers": { "time": { "command": [time, "--local-timezone", "UTC"] } },
            "tools": { "now": {
                "inputs": ["timezone"], "outputs": ["there"], "risk": "low",
                "run": { "mcp": { "server": "time", "tool": "get_current_time", "result": ".datetime" } }
            } }
        });
        let document = run(&folder, &goal);
        assert_eq!(document["status"], "reached", "{document:#}");
        let mut wrong = goal;
        wrong["context"]["timezone"] = json!("Nowhere/None");
        assert!(why(&run(&folder, &wrong)).contains("Nowhere/None"), "what it says when it fails");
    }
}

#[test]
fn the_page_about_the_tools_says_what_else_a_trusted_server_offers_and_copies_how_to_declare_it() {
    let folder = Folder::new();
    let path = folder.write("goal.json", goal(&folder, "honest").to_string());
    let mut stage = Stage::open(goal_file::read(&path).unwrap(), folder.path("s.jsonl"), (110, 34)).unwrap();
    stage.press("t").unwrap();
    let text = stage.text();
    assert!(text.contains("1 MCP server: tests") && text.contains("l starts them once more and asks"), "{text}");
    stage.press("l").unwrap();
    assert!(stage.text().contains("nothing was run: its goal file is not trusted"), "{}", stage.text());
    assert!(!folder.path("leader").exists());
    stage.app().driver().trust_once();
    stage.press("l").unwrap();
    let text = stage.text();
    assert!(text.contains("tests offers 2 tools, 1 of them not declared here:"), "{text}");
    assert!(text.contains("▶ look: Looks."), "{text}");
    stage.press("y").unwrap();
    let copied = stage.requests.iter().rev().find_map(|request| match request {
        Request::Copy(text) => Some(text.clone()),
        _ => None,
    });
    // What was copied, put into the goal file, declares it.
    let mut whole = goal(&folder, "honest");
    let declared: Value = serde_json::from_str(&format!("{{{}}}", copied.unwrap())).unwrap();
    whole["tools"].as_object_mut().unwrap().extend(declared.as_object().unwrap().clone());
    let whole = goal_file::parse(&whole.to_string(), "goal", None).unwrap();
    assert!(whole.tools.contains_key("look"));
    // The step form names it beside the tools that there are.
    stage.press("Esc o Tab").unwrap();
    assert!(stage.text().contains("offered by a server, not declared here: look"), "{}", stage.text());
    #[cfg(target_os = "linux")]
    wait_until("who was only asked what it offers is gone", || !super::lives(&folder, "leader"));
    // One that says nothing of the kind is said to.
    let folder = Folder::new();
    let path = folder.write("goal.json", goal(&folder, "starting").to_string());
    let mut stage = Stage::open(goal_file::read(&path).unwrap(), folder.path("s.jsonl"), (110, 34)).unwrap();
    stage.app().driver().trust_once();
    stage.press("t l").unwrap();
    let text = stage.text();
    assert!(text.contains("tests does not say what it offers: sh ended with status 3 before it was ready"), "{text}");
}

/// The whole way of an engineer, on the sample: a planner, two servers and a script; trusted, run, surprised, edited, shared.
#[test]
fn the_sample_goes_the_whole_way() {
    if std::process::Command::new("python3").arg("--version").output().is_err() {
        return eprintln!("SKIPPED: no python3 here");
    }
    let folder = Folder::new();
    let agents = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_goals/agents");
    for name in ["shop.json", "shop_server.py", "running_low.py", "planner.py"] {
        folder.write(name, std::fs::read(agents.join(name)).unwrap());
    }
    assert_eq!(folder.run(&["trust", "shop.json"]).status, 0);
    let (status, ran) = folder.json(&[
        "run",
        "shop.json",
        "--scenario",
        "Somebody bought the pens",
        "--approve",
        "all",
        "--session",
        "s.jsonl",
    ]);
    assert_eq!(
        (status, &ran["context"]["order"]),
        (0, &json!("10 ink at 22, 10 paper at 4.5, 10 pens at 0.9")),
        "{ran:#}"
    );
    let script = std::fs::read_to_string(folder.path("running_low.py")).unwrap();
    folder.write("running_low.py", script.replace("LOW = 3", "LOW = 2"));
    assert_eq!(folder.run(&["trust", "shop.json"]).status, 0);
    let (status, after) = folder.json(&["run", "--session", "s.jsonl", "--approve", "all"]);
    assert_eq!((status, &after["context"]["order"]), (0, &json!("10 ink at 22, 10 pens at 0.9")), "{after:#}");
    assert_eq!(folder.run(&["new", "--from-session", "s.jsonl", "shared.json"]).status, 0);
    for name in ["shop.json", "shop_server.py", "running_low.py", "planner.py"] {
        std::fs::remove_file(folder.path(name)).unwrap();
    }
    let (status, shared) = folder.json(&["run", "shared.json", "--scenario", "Somebody bought the pens"]);
    assert_eq!(status, 0, "{shared:#}");
    assert!(shared["context"]["order"].as_str().unwrap().contains("ink"), "{shared:#}");
}
