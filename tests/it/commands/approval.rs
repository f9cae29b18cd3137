//! What asks before it runs in a trusted file, who may say yes, and how it looks on the screen.

use std::sync::Arc;
use std::time::Duration;

use planscope::engine::approval::{Asks, asks};
use planscope::engine::command::{Approval, Command};
use planscope::engine::event::{Decider, Event, Pace, Settings, Strategy};
use planscope::engine::goal::StepDraft;
use planscope::engine::launch::Truster;
use planscope::engine::state::Phase;
use planscope::engine::value::Shared;
use planscope::goal_file;
use planscope::jq::{Cancel, Evaluator};
use planscope::runtime::driver::{Driver, SessionFile};
use planscope::runtime::services::Services;
use planscope::ui::input::{Input, MouseAct};
use planscope::ui::testing::harness::Stage;
use serde_json::{Value, json};

use crate::support::program::Folder;

/// Two programs, one after the other, of this risk.
fn chain(risk: &str) -> Value {
    let tool = |inputs: Value, output: &str, word: Value| {
        json!({
            "description": format!("Make {output}"), "inputs": inputs, "outputs": [output], "risk": risk,
            "run": { "command": { "argv": ["sh", "-c", "echo \"$1\" >> log; echo 1", "sh", word] } }
        })
    };
    json!({
        "version": 1, "goal": "Make both", "wants": { "b": "true" }, "context": { "word": "one two" },
        "tools": { "make_a": tool(json!(["word"]), "a", json!({ "jq": ".word" })), "make_b": tool(json!(["a"]), "b", json!("last")) }
    })
}

fn open(folder: &Folder, goal: &Value, settings: Settings) -> Driver {
    let path = folder.write("goal.json", goal.to_string());
    let goal = Arc::new(goal_file::read(&path).unwrap());
    let services = Services::new(Evaluator::in_thread());
    let mut driver = Driver::open(goal, settings, SessionFile::File(folder.path("s.jsonl")), services).unwrap();
    work(&mut driver);
    driver
}

fn work(driver: &mut Driver) {
    while driver.work(&Cancel::new()).unwrap() {}
}

fn submit(driver: &mut Driver, command: Command) {
    driver.submit(command).unwrap();
    work(driver);
}

fn log(folder: &Folder) -> String {
    std::fs::read_to_string(folder.path("log")).unwrap_or_default()
}

#[test]
fn an_untrusted_step_is_not_to_be_approved_and_a_trusted_one_asks_by_its_risk() {
    let folder = Folder::new();
    let mut driver = open(&folder, &chain("high"), Settings::default());
    submit(&mut driver, Command::Approve(Approval::Whole));
    submit(&mut driver, Command::SetPace(Pace::Free));
    assert_eq!(driver.state().phase, Phase::Approving);
    assert!(driver.untrusted().is_some());
    let refused = driver.submit(Command::Approve(Approval::Whole)).unwrap_err();
    assert!(refused.message.contains("the goal file is not trusted"), "{refused}");
    driver.trust().unwrap();
    assert_eq!((driver.state().phase.clone(), log(&folder).as_str()), (Phase::Approving, ""), "trust runs nothing");
    let line = driver.next_command_line().unwrap().unwrap();
    assert_eq!(line.last().map(|word| &**word), Some("one two"), "resolved: {line:?}");
    submit(&mut driver, Command::Approve(Approval::Whole));
    submit(&mut driver, Command::SetPace(Pace::Free));
    assert_eq!((driver.state().phase.clone(), log(&folder).as_str()), (Phase::Approving, "one two\n"), "the next asks");
    let authors: Vec<Truster> = driver
        .session()
        .records()
        .iter()
        .filter_map(|record| match record.event {
            Event::Trusted { by, .. } => Some(by),
            _ => None,
        })
        .collect();
    assert_eq!(authors, [Truster::Person]);
}

#[test]
fn a_tool_may_be_approved_for_the_whole_session() {
    let folder = Folder::new();
    let mut goal = chain("high");
    goal["plan"] = json!([{ "tool": "make_a" }, { "tool": "make_a", "to": { "a": "again" } }, { "tool": "make_b" }]);
    let mut driver = open(&folder, &goal, Settings::default());
    driver.trust().unwrap();
    submit(&mut driver, Command::Approve(Approval::Whole));
    submit(&mut driver, Command::SetPace(Pace::Free));
    submit(&mut driver, Command::Approve(Approval::Tool));
    submit(&mut driver, Command::SetPace(Pace::Free));
    assert_eq!(driver.state().next_step().map(|step| step.name().to_owned()).as_deref(), Some("make_b"));
    assert_eq!((driver.state().phase.clone(), log(&folder).as_str()), (Phase::Approving, "one two\none two\n"));
    drop(driver);
    let (driver, _) = Driver::reopen(&folder.path("s.jsonl"), Services::new(Evaluator::in_thread())).unwrap();
    assert!(driver.state().allowed.contains("make_a") && !driver.state().settings.trusted, "not on another machine");
}

#[test]
fn what_was_brought_in_after_the_plan_was_read_asks_for_itself() {
    let folder = Folder::new();
    let mut driver = open(&folder, &chain("low"), Settings::default());
    driver.trust().unwrap();
    submit(&mut driver, Command::Approve(Approval::Whole));
    let draft = StepDraft { tool: Some("make_a".into()), ..StepDraft::default() };
    submit(&mut driver, Command::AddStep { draft, at: 0 });
    let step = driver.state().next_step().unwrap().clone();
    assert_eq!(asks(driver.state(), &step), Some(Asks::BroughtIn), "added by hand");
    submit(&mut driver, Command::Undo);
    submit(&mut driver, Command::SetPace(Pace::Free));
    assert_eq!(driver.state().phase, Phase::Reached, "the first plan was read: {:?}", driver.state().stop);
    assert!(driver.state().settings.trusted, "undo takes no trust back");
    // A replan brings make_a in once more.
    submit(&mut driver, Command::Inject([("word".into(), Some(Shared::new(json!("new"))))].into_iter().collect()));
    submit(&mut driver, Command::Approve(Approval::Whole));
    submit(&mut driver, Command::SetPace(Pace::Free));
    assert_eq!((driver.state().phase.clone(), log(&folder).as_str()), (Phase::Approving, "one two\nlast\n"));
}

#[test]
fn without_a_screen_what_a_thought_or_a_replan_brings_in_needs_all() {
    let folder = Folder::new();
    folder.write("goal.json", chain("low").to_string());
    assert_eq!(folder.run(&["run", "goal.json", "--trust"]).status, 0);
    let ran = folder.run(&["run", "goal.json", "--trust", "--strategy", "react"]);
    assert_eq!(ran.status, 4, "{}", ran.out);
    assert_eq!(folder.run(&["run", "goal.json", "--trust", "--strategy", "react", "--approve", "all"]).status, 0);
}

#[test]
fn a_script_that_changes_while_the_session_is_open_is_not_run() {
    let folder = Folder::new();
    let mut goal = chain("low");
    folder.write("make.sh", "echo first >> log; echo 1");
    goal["tools"]["make_a"]["run"]["command"]["argv"] = json!(["sh", "make.sh"]);
    let mut driver =
        open(&folder, &goal, Settings::default().with_decider(Decider::Auto).with_strategy(Strategy::PlanAndExecute));
    driver.trust().unwrap();
    folder.write("make.sh", "echo second >> log; echo 1");
    // The next command is what finds it.
    submit(&mut driver, Command::SetPace(Pace::Free));
    assert_eq!((driver.state().phase.clone(), log(&folder).as_str()), (Phase::Approving, ""));
    let named = driver.untrusted().unwrap();
    assert!(named.changed.is_empty() || named.changed[0].ends_with("make.sh"), "{named:?}");
    driver.trust().unwrap();
    submit(&mut driver, Command::Approve(Approval::Whole));
    submit(&mut driver, Command::SetPace(Pace::Free));
    assert!(log(&folder).starts_with("second\n"), "{}", log(&folder));
}

#[test]
fn where_there_is_more_to_read_than_room_the_answers_stay_in_sight_and_no_is_the_first() {
    let folder = Folder::new();
    let path = folder.write("goal.json", chain("high").to_string());
    let goal = goal_file::read(&path).unwrap();
    let mut stage = Stage::open(goal, folder.path("s.jsonl"), (80, 16)).unwrap();
    stage.press("space").unwrap();
    let text = stage.text();
    assert!(text.contains("Who wrote this?"), "it begins at the top: {text}");
    assert!(text.contains("▶  n  no: its programs are not started") && text.contains("yes, I have read it"), "{text}");
    stage.press("PgDn PgDn").unwrap();
    assert!(!stage.text().contains("Who wrote this?"), "it scrolls: {}", stage.text());
    assert!(stage.text().contains("▶  n  no: its programs are not started"), "{}", stage.text());
    std::thread::sleep(Duration::from_millis(320));
    stage.press("Enter").unwrap();
    assert!(!stage.text().contains("Do you trust"), "{}", stage.text());
    assert_eq!(log(&folder), "");
    stage.press("space").unwrap();
    std::thread::sleep(Duration::from_millis(320));
    // A click on an answer gives it.
    let yes = stage.text().lines().position(|line| line.contains("y  yes, I have read it")).unwrap();
    let click = Input::Mouse { act: MouseAct::Click, column: 12, row: u16::try_from(yes).unwrap() };
    stage.input(&click).unwrap();
    assert!(stage.text().contains("May it run?"), "{}", stage.text());
}

#[test]
fn on_the_screen_nothing_runs_before_two_answers_that_can_have_been_read() {
    let folder = Folder::new();
    let path = folder.write("goal.json", chain("high").to_string());
    let goal = goal_file::read(&path).unwrap();
    let mut stage = Stage::open(goal, folder.path("s.jsonl"), (110, 40)).unwrap();
    stage.press("space").unwrap();
    let text = stage.text();
    assert!(
        text.contains("Do you trust this goal file?") && text.contains("computed from the inputs by jq: .word"),
        "{text}"
    );
    stage.press("y").unwrap();
    assert!(stage.text().contains("what was typed ahead is not an answer"), "{}", stage.text());
    stage.press("Enter").unwrap();
    assert!(!stage.text().contains("Do you trust"), "no is the default: {}", stage.text());
    assert!(stage.text().contains("the goal file is not trusted"), "{}", stage.text());
    stage.press("space").unwrap();
    std::thread::sleep(Duration::from_millis(320));
    stage.press("y").unwrap();
    let text = stage.text();
    assert!(text.contains("May it run?") && text.contains("argument 4  \"one two\"  computed: .word"), "{text}");
    assert_eq!(log(&folder), "");
    std::thread::sleep(Duration::from_millis(320));
    stage.press("y").unwrap();
    assert_eq!(log(&folder), "one two\n", "{}", stage.text());
}
