//! Programs that tell what they plan and do by themselves: stepped, injected into and forked, a `LangGraph` graph among them.

use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};
use std::sync::Arc;

use planscope::engine::command::Command;
use planscope::engine::event::{Event, Pace};
use planscope::engine::state::{Phase, Status};
use planscope::engine::value::Shared;
use planscope::jq::{Cancel, Evaluator};
use planscope::runtime::driver::{Driver, SessionFile};
use planscope::runtime::services::Services;
use planscope::runtime::telling;
use serde_json::{Value, json};

use super::planner::asked;
use crate::support::program::Folder;

/// Returns the path of a file of the samples' agents.
fn agent(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_goals/agents").join(name).display().to_string()
}

/// Returns a Python that has what `imports` names; says so aloud where there is none.
fn python(imports: &str) -> Option<String> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/agents/bin/python");
    let found = [own, PathBuf::from("python3")].into_iter().find(|python| {
        let mut tried = Process::new(python);
        let tried = tried.args(["-c", imports]).stdout(Stdio::null()).stderr(Stdio::null()).status();
        tried.is_ok_and(|status| status.success())
    });
    if found.is_none() {
        eprintln!("SKIPPED: no python3 here that can {imports:?}");
    }
    Some(found?.display().to_string())
}

fn kinds<'d>(document: &'d Value, kind: &str) -> Vec<&'d Value> {
    document["trace"].as_array().unwrap().iter().filter(|event| event["kind"] == kind).collect()
}

#[test]
fn an_agent_that_acts_by_itself_is_recorded_as_it_tells() {
    let Some(python) = python("import json") else { return };
    let folder = Folder::new();
    let program = agent("agent.py");
    let run = |more: &[&str]| {
        let _ = std::fs::remove_file(folder.path("s.jsonl"));
        let run = [&["run", "--session", "s.jsonl", "--format", "json"][..], more, &["--", &python, &program]].concat();
        let ran = folder.run(&run);
        (
            ran.status,
            serde_json::from_str::<Value>(&ran.out).unwrap_or_else(|why| panic!("{why} {} {}", ran.out, ran.err)),
        )
    };
    let (status, document) = run(&[]);
    assert_eq!((status, &document["context"]["reply"]), (0, &json!("3 tickets, 2 refunds")), "{document:#}");
    assert_eq!((kinds(&document, "planned").len(), kinds(&document, "deviated").len()), (1, 0), "{document:#}");
    let (status, replayed) = folder.json(&["replay", "s.jsonl"]);
    assert_eq!((status, &replayed["context"]), (0, &document["context"]), "without it");
    // What somebody says that came back is what the agent's own code sees.
    let (status, document) = run(&["--outcome", "look=[\"bill\"]"]);
    assert_eq!((status, &document["context"]["reply"]), (0, &json!("1 tickets, 0 refunds")), "{document:#}");
    assert_eq!(document["plan"].as_array().map(Vec::len), Some(2), "it did not count");
    let (status, document) = run(&["--inject", "look:tickets=[\"refund\",\"b\"]"]);
    assert_eq!((status, &document["context"]["counts"]), (0, &json!({ "refund": 1, "b": 1 })), "{document:#}");
    let (status, document) = run(&["--fail", "look=the desk is closed"]);
    assert_eq!((status, kinds(&document, "failed").len()), (0, 1), "it is asked again: {document:#}");
    // Who gets its recording needs neither the agent nor trust.
    let (_, document) = run(&[]);
    assert_eq!(folder.run(&["new", "shared", "--from-session", "s.jsonl"]).status, 0);
    let (_, again) = folder.json(&["run", "shared.json"]);
    assert_eq!(again["context"]["tickets"], document["context"]["tickets"]);
}

#[test]
fn on_another_day_its_session_asks_for_trust_like_any_other() {
    let folder = Folder::new();
    let body = "case $l in *tell*) printf '{\"id\":%s,\"goal\":\"g\",\"wants\":{\"a\":\"true\"},\"tools\":{\"t\":{\"outputs\":[\"a\"]}}}\\n' $id;; *plan*) printf '{\"id\":%s,\"plan\":[{\"tool\":\"t\"}]}\\n' $id;; *) echo x >> ran; printf '{\"id\":%s,\"result\":1}\\n' $id;; esac";
    let script = asked(body);
    let ran = folder.run(&["run", "--session", "s.jsonl", "--break", "tool:t", "--", "sh", "-c", &script]);
    assert_eq!((ran.status, folder.path("ran").exists()), (5, false), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("told a plan of 1 step"), "{}", ran.out);
    let ran = folder.run(&["run", "--session", "s.jsonl", "--approve", "all"]);
    assert_eq!((ran.status, folder.path("ran").exists()), (4, false), "{}{}", ran.out, ran.err);
    assert_eq!(folder.run(&["run", "--session", "s.jsonl", "--approve", "all", "--trust"]).status, 0);
    assert_eq!(std::fs::read_to_string(folder.path("ran")).unwrap(), "x\n");
}

#[test]
fn what_tells_nothing_or_nonsense_is_named() {
    let folder = Folder::new();
    let tells = |fields: &str| asked(&format!("printf '{{\"id\":%s,{fields}}}\\n' $id"));
    for (script, says) in [
        ("exit 7".to_owned(), "the program does not tell: sh ended with status 7 before it answered"),
        (tells("\"goal\":\"g\""), "\"tools\" is not an object: name → tool"),
        (tells("\"goal\":\"g\",\"tools\":{\"t\":{}}"), "tools.t: The field \"outputs\" is missing"),
        (tells("\"tools\":{}"), "The field \"goal\" is missing"),
        (tells("\"error\":\"not today\""), "sh says: not today"),
    ] {
        let ran = folder.run(&["run", "--", "sh", "-c", &script]);
        assert!(ran.status == 1 && ran.err.contains(says), "{says}: {}", ran.err);
    }
    assert!(folder.sessions().is_empty(), "nothing of it was begun");
}

#[test]
fn a_solver_of_pddl_plans_what_python_asks_it() {
    let Some(python) = python("import pyperplan") else { return };
    let folder = Folder::new();
    let text = std::fs::read_to_string(agent("planner.json")).unwrap();
    let mut goal: Value = serde_json::from_str(&text).unwrap();
    goal["planner"] = json!({ "command": [python, agent("pddl_planner.py")] });
    folder.write("goal.json", goal.to_string());
    let (status, document) = folder.json(&["run", "goal.json", "--trust", "--scenario", "Late tickets"]);
    assert_eq!((status, &document["context"]["report"]), (0, &json!("Mostly password")), "{document:#}");
    assert_eq!((kinds(&document, "replanned").len(), &document["planner"]), (1, &json!("program")));
    goal["wants"] = json!({ "moon": "true" });
    folder.write("goal.json", goal.to_string());
    let (status, document) = folder.json(&["run", "goal.json", "--trust"]);
    assert!(status == 3 && document["why"].as_str().unwrap().contains("the solver proves"), "{document:#}");
}

fn work(driver: &mut Driver) {
    while driver.work(&Cancel::new()).unwrap() {}
}

fn go(driver: &mut Driver, pace: Pace) {
    driver.submit(Command::SetPace(pace)).unwrap();
    work(driver);
}

fn reply(driver: &Driver) -> Value {
    driver.state().context.get("result").map_or(Value::Null, |datum| datum.value["response"].clone())
}

#[test]
fn an_agent_that_cannot_go_back_begins_again_and_runs_through_what_is_done() {
    let Some(python) = python("import json") else { return };
    let folder = Folder::new();
    let program = agent("agent.py");
    let ran = folder.run(&["run", "--session", "s.jsonl", "--break", "key:counts", "--", &python, &program]);
    assert_eq!(ran.status, 5, "{}{}", ran.out, ran.err);
    let (status, document) = folder.json(&["run", "--session", "s.jsonl", "--trust", "--approve", "all"]);
    assert_eq!((status, &document["context"]["reply"]), (0, &json!("3 tickets, 2 refunds")), "{document:#}");
    assert_eq!(kinds(&document, "finished").len(), 3, "nothing was done twice");
    let argv = [python, program];
    let services = Services::new(Evaluator::in_thread());
    let goal = Arc::new(telling::goal(&argv, &services, &Cancel::new()).unwrap());
    let settings = telling::settings(&goal);
    let mut driver = Driver::open(goal, settings, SessionFile::File(folder.path("f.jsonl")), services).unwrap();
    work(&mut driver);
    go(&mut driver, Pace::Steps(1));
    let moment = driver.state().seq;
    go(&mut driver, Pace::Free);
    let reply = |driver: &Driver| (*driver.state().context.get("reply").unwrap().value).clone();
    assert_eq!(reply(&driver), json!("3 tickets, 2 refunds"));
    let replace = Command::ReplaceOutcome { step: "s1".into(), result: Shared::new(json!(["bill"])) };
    driver.submit_at(moment, replace).unwrap();
    work(&mut driver);
    go(&mut driver, Pace::Free);
    assert_eq!(reply(&driver), json!("1 tickets, 0 refunds"), "{:?}", driver.state().phase);
}

#[test]
fn a_langgraph_graph_is_stepped_injected_into_and_forked_as_it_is() {
    let Some(python) = python("import langgraph") else { return };
    let folder = Folder::new();
    let argv =
        [&python, &agent("langgraph_tell.py"), "langgraph_graph:graph", r#"{"input": "Which?"}"#].map(String::from);
    let services = Services::new(Evaluator::in_thread());
    let goal = Arc::new(telling::goal(&argv, &services, &Cancel::new()).unwrap());
    let settings = telling::settings(&goal);
    let mut driver = Driver::open(goal, settings, SessionFile::File(folder.path("s.jsonl")), services).unwrap();
    work(&mut driver);
    // Stepped: a node at a time, in its own order.
    go(&mut driver, Pace::Steps(1));
    go(&mut driver, Pace::Steps(1));
    let names = |driver: &Driver| driver.state().runs.iter().map(|run| run.step.name().to_owned()).collect::<Vec<_>>();
    assert_eq!(names(&driver), ["planner", "execute"]);
    let second = driver.state().runs[1].clone();
    let moment = driver.state().seq;
    go(&mut driver, Pace::Free);
    assert_eq!(
        (&driver.state().phase, reply(&driver)),
        (&Phase::Reached, json!("Mostly refund.")),
        "{:?}",
        driver.state().stop
    );
    assert_eq!(names(&driver).iter().filter(|name| *name == "execute").count(), 3, "no node ran for ever");
    // Forked: back then it returned something else, and the graph goes on from there on a branch of its own.
    let other = json!({ "past_steps": [["load the tickets", ["password", "password", "refund"]]] });
    let replace = Command::ReplaceOutcome { step: second.step.id.clone(), result: Shared::new(other) };
    driver.submit_at(moment, replace).unwrap();
    work(&mut driver);
    go(&mut driver, Pace::Free);
    assert_eq!(
        (&driver.state().phase, reply(&driver)),
        (&Phase::Reached, json!("Mostly password.")),
        "{:?}",
        driver.state().stop
    );
    assert!(driver.state().runs.iter().all(|run| run.status == Status::Done));
    let branches = driver.session().branches();
    assert_eq!(branches.len(), 2, "the old branch is still there");
    let told = driver.session().records().iter().filter(|record| matches!(record.event, Event::Planned { .. })).count();
    assert_eq!(told, 1);
}
