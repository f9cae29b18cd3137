//! Edit and continue: the goal file, or a script that it names, is changed while a session is there. What that touches
//! is stale and made again; what it does not touch is not run again.

use planscope::engine::event::Event;
use planscope::goal_file;
use planscope::ui::testing::harness::Stage;
use serde_json::{Value, json};

use crate::support::program::Folder;

/// A goal of three tools: one starts a program that leaves a trace of each run, one a script, one is computed.
fn goal(folder: &Folder) -> Value {
    folder.write("count.sh", "cat > /dev/null; echo count >> ran; echo 3\n");
    let goal = json!({
        "version": 1, "goal": "Say how many", "wants": { "report": "true" },
        "tools": {
            "load": { "inputs": [], "outputs": ["tickets"], "run": { "command": { "argv": ["sh", "-c", "echo load >> ran; echo '[1]'"], "stdin": "none" } } },
            "count": { "inputs": ["tickets"], "outputs": ["n"], "run": { "command": { "argv": ["sh", "count.sh"] } } },
            "report": { "inputs": ["n"], "outputs": ["report"], "run": { "jq": "\"\\(.n) tickets\"" } }
        }
    });
    folder.write("goal.json", goal.to_string());
    goal
}

fn ran(folder: &Folder) -> Vec<String> {
    std::fs::read_to_string(folder.path("ran")).unwrap_or_default().lines().map(str::to_owned).collect()
}

const ON: [&str; 7] = ["run", "--session", "s.jsonl", "--approve", "all", "--format", "json"];

fn go_on(folder: &Folder, more: &[&str]) -> (i32, Value, String) {
    let ran = folder.run(&[&ON[..], more].concat());
    (ran.status, serde_json::from_str(&ran.out).unwrap(), ran.err)
}

#[test]
fn an_edited_script_makes_stale_what_it_made_and_nothing_else() {
    let folder = Folder::new();
    goal(&folder);
    let first = folder.run(&["run", "goal.json", "--trust", "--approve", "all", "--session", "s.jsonl"]);
    assert_eq!(first.status, 0, "{}", first.err);
    let (_, before, err) = go_on(&folder, &["--trust"]);
    assert!(!err.contains("changed on disk"), "{err}");
    assert_eq!((&before["context"]["report"], ran(&folder).len()), (&json!("3 tickets"), 2));
    folder.write("count.sh", "cat > /dev/null; echo count >> ran; echo 30\n");
    // Any changed byte asks again: until then nothing of it runs, and nothing is taken over.
    let (_, held, err) = go_on(&folder, &[]);
    assert!(err.contains("count.sh changed on disk, and is not taken over: it is not trusted as it is now"), "{err}");
    assert_eq!((&held["context"]["report"], ran(&folder).len()), (&json!("3 tickets"), 2));
    let (status, after, err) = go_on(&folder, &["--trust"]);
    assert_eq!(status, 0, "{after:#}");
    assert!(err.contains("count.sh changed on disk, and was taken over; stale: count"), "{err}");
    assert_eq!(after["context"]["report"], "30 tickets");
    assert_eq!(ran(&folder), ["load", "count", "count"], "load is not run again");
    // It is a fact of the session: read again, it folds to the same, without any of the files.
    std::fs::remove_file(folder.path("count.sh")).unwrap();
    let replayed = folder.run(&["replay", "s.jsonl"]);
    assert_eq!(replayed.status, 0, "{}", replayed.err);
    assert!(replayed.out.contains("count.sh changed on disk: count is another one"), "{}", replayed.out);
}

#[test]
fn an_edited_goal_file_makes_stale_what_its_changed_tools_made() {
    let folder = Folder::new();
    let mut goal = goal(&folder);
    folder.run(&["run", "goal.json", "--trust", "--approve", "all", "--session", "s.jsonl"]);
    goal["tools"]["report"]["run"]["jq"] = json!("\"\\(.n) pieces\"");
    goal["tools"]["load"]["description"] = json!("Words change nothing");
    folder.write("goal.json", goal.to_string());
    let (status, after, err) = go_on(&folder, &["--trust"]);
    assert!(err.contains("goal.json changed on disk, and was taken over; stale: report"), "{err}");
    assert_eq!((status, &after["context"]["report"]), (0, &json!("3 pieces")));
    assert_eq!(ran(&folder), ["load", "count"], "neither program runs again");
    // A new tool, a tool less, other wants, another value that is known at the start.
    goal["tools"]["print"] =
        json!({ "inputs": ["report", "paper"], "outputs": ["page"], "run": { "jq": ".report + \" on \" + .paper" } });
    goal["wants"] = json!({ "page": "true" });
    goal["context"] = json!({ "paper": "A4" });
    folder.write("goal.json", goal.to_string());
    let (status, after, _) = go_on(&folder, &["--trust"]);
    assert_eq!((status, &after["context"]["page"]), (0, &json!("3 pieces on A4")), "{after:#}");
    goal["context"] = json!({ "paper": "A5" });
    folder.write("goal.json", goal.to_string());
    let (_, after, _) = go_on(&folder, &["--trust"]);
    assert_eq!(after["context"]["page"], "3 pieces on A5");
    assert_eq!(ran(&folder), ["load", "count"]);
    // What is not a goal is said, and the session keeps what it knew.
    folder.write("goal.json", "{");
    let (status, after, err) = go_on(&folder, &["--trust"]);
    assert!(err.contains("goal.json changed on disk, and no goal can be read from it now"), "{err}");
    assert_eq!((status, &after["context"]["page"]), (0, &json!("3 pieces on A5")));
}

#[test]
fn on_the_screen_one_key_takes_it_over_and_what_changed_is_shown_first() {
    let folder = Folder::new();
    let text = json!({
        "version": 1, "goal": "Greet", "wants": { "b": "true" },
        "tools": {
            "make_a": { "inputs": [], "outputs": ["a"], "run": { "value": "one" } },
            "make_b": { "inputs": ["a"], "outputs": ["b"], "run": { "jq": ".a + \"?\"" } }
        }
    });
    let path = folder.write("goal.json", text.to_string());
    let mut stage = Stage::open(goal_file::read(&path).unwrap(), folder.path("s.jsonl"), (110, 30)).unwrap();
    stage.press("C-l").unwrap();
    assert!(stage.text().contains("nothing that this session rests on was changed on disk"), "{}", stage.text());
    stage.press("Enter c").unwrap();
    assert!(stage.text().contains("goal reached"), "{}", stage.text());
    folder.write("goal.json", text.to_string().replace('?', "!"));
    stage.press("C-l").unwrap();
    let shown = stage.text();
    assert!(shown.contains("make_b is not the tool any more that made it") || shown.contains("stale"), "{shown}");
    assert!(stage.app().driver().state().goal.tools["make_b"].run.spec.to_string().contains('!'));
    assert!(!stage.app().driver().state().context.is_fresh("b") && stage.app().driver().state().context.is_fresh("a"));
    let records = stage.app().driver().session().records();
    assert!(records.iter().any(|record| matches!(record.event, Event::Redefined { .. })));
    // The question of a goal that starts programs shows the difference.
    let folder = Folder::new();
    goal(&folder);
    assert_eq!(folder.run(&["trust", "goal.json"]).status, 0);
    folder.write("count.sh", "cat > /dev/null; echo count >> ran; echo 30\n");
    let shown = folder.run(&["trust", "goal.json"]).out;
    assert!(shown.contains("- cat > /dev/null; echo count >> ran; echo 3\n"), "{shown}");
    assert!(shown.contains("+ cat > /dev/null; echo count >> ran; echo 30\n"), "{shown}");
}

#[test]
fn a_script_that_changed_before_its_step_ran_is_said_and_asks_for_trust_with_what_changed() {
    let folder = Folder::new();
    goal(&folder);
    let path = folder.path("goal.json");
    let mut stage = Stage::open(goal_file::read(&path).unwrap(), folder.path("s.jsonl"), (120, 40)).unwrap();
    stage.app().driver().trust().unwrap();
    folder.write("count.sh", "cat > /dev/null; echo count >> ran; echo 30\n");
    stage.press("C-l").unwrap();
    let text = stage.text();
    assert!(text.contains("count.sh changed on disk, and nothing was made with it yet: the next step that"), "{text}");
    assert!(!text.contains("No "), "nothing is refused: {text}");
    stage.press("Enter space").unwrap();
    let text = stage.text();
    assert!(
        text.contains("Do you trust this goal file?") && text.contains("cat > /dev/null; echo count >> ran; echo 30"),
        "{text}"
    );
    std::thread::sleep(std::time::Duration::from_millis(320));
    stage.press("y").unwrap();
    assert!(stage.text().contains("May it run?"), "{}", stage.text());
    assert_eq!(stage.app().driver().changed_before_it_ran(), None);
}

#[test]
fn a_planner_that_was_edited_is_started_anew_once_it_is_trusted() {
    let folder = Folder::new();
    let answer = |why: &str| {
        format!(
            "while read -r l; do id=${{l#*'\"id\":'}}; id=${{id%%,*}}; \
             printf '{{\"id\":%s,\"plan\":[{{\"tool\":\"make_a\",\"why\":\"{why}\"}}]}}\\n' \"$id\"; done\n"
        )
    };
    folder.write("plan.sh", answer("the first reason"));
    let goal = json!({
        "version": 1, "goal": "Greet", "wants": { "a": "true" }, "planner": { "command": ["sh", "plan.sh"] },
        "tools": { "make_a": { "inputs": [], "outputs": ["a"], "run": { "value": "one" } } }
    });
    let path = folder.write("goal.json", goal.to_string());
    let mut stage = Stage::open(goal_file::read(&path).unwrap(), folder.path("s.jsonl"), (120, 40)).unwrap();
    stage.app().driver().trust().unwrap();
    stage.press("j k").unwrap();
    assert!(stage.text().contains("the first reason"), "{}", stage.text());
    folder.write("plan.sh", format!("touch another\n{}", answer("another reason")));
    stage.press("C-l").unwrap();
    assert!(stage.text().contains("plan.sh changed on disk, and nothing was made with it yet"), "{}", stage.text());
    // Asked again it is not: it is another program than the one that was trusted.
    stage.press("Enter r").unwrap();
    assert!(stage.text().contains("Do you trust this goal file?"), "{}", stage.text());
    std::thread::sleep(std::time::Duration::from_millis(320));
    stage.press("y r").unwrap();
    assert!(folder.path("another").exists(), "what was edited is what was asked: {}", stage.text());
}
