//! Tools held to their contracts, whatever kind they are of.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use super::program::Programs;
use super::{Host, KINDS, answer, call};
use crate::engine::effect::{Call, CallOutcome, CallReport};
use crate::engine::event::Mark;
use crate::engine::goal::{Check, Key, Tool};
use crate::engine::notice::Unheard;
use crate::engine::plan::Step;
use crate::engine::value::Shared;
use crate::jq::{Cancel, Evaluator};

fn keys(text: &str) -> Vec<Key> {
    text.split_whitespace().map(Key::from).collect()
}

/// Returns a call of a tool `inputs → outputs` that is run as `kind`: `spec`; each input is 1, 2, 3 …
fn to_call(inputs: &str, outputs: &str, kind: &str, spec: Value) -> Call {
    let mut tool = Tool::bare("tool".into());
    (tool.inputs, tool.outputs, tool.timeout_ms) = (keys(inputs), keys(outputs), Some(60_000));
    (tool.run.kind, tool.run.spec) = (kind.into(), Shared::new(spec));
    let step = Step {
        id: "s1".into(),
        tool: Some("tool".into()),
        with: tool.inputs.iter().map(|key| (key.clone(), key.clone())).collect(),
        to: tool.outputs.iter().map(|key| (key.clone(), key.clone())).collect(),
        ..Step::default()
    };
    let inputs = tool.inputs.iter().enumerate().map(|(at, key)| (key.clone(), Shared::new(json!(at + 1)))).collect();
    Call {
        step: Arc::new(step),
        tool: Some(Arc::new(tool)),
        inputs,
        attempt: 1,
        wait_ms: 0,
        instead: None,
        gathered: None,
        earlier: 0,
        folder: None,
        ensures: Vec::new(),
    }
}

fn run(to_call: &Call) -> CallReport {
    let (jq, cancel) = (Evaluator::in_thread(), Cancel::new());
    call(to_call, &Host { kinds: KINDS, jq: &jq, cancel: &cancel, notices: &Unheard, programs: &Programs::default() })
}

fn failed(to_call: &Call) -> String {
    match run(to_call).outcome {
        CallOutcome::Failed(error) | CallOutcome::Unlike(error) => error.to_string(),
        outcome => panic!("{outcome:?}"),
    }
}

fn done(to_call: &Call) -> Value {
    match run(to_call).outcome {
        CallOutcome::Done(outputs) => {
            outputs.into_iter().map(|(key, value)| (key.to_string(), (*value).clone())).collect()
        }
        outcome => panic!("{outcome:?}"),
    }
}

fn with(mut to_call: Call, change: impl FnOnce(&mut Call)) -> Call {
    change(&mut to_call);
    to_call
}

fn ensuring(to_call: Call, label: &str, condition: &str) -> Call {
    with(to_call, |call| call.ensures.push(Check { label: label.into(), condition: condition.into() }))
}

#[test]
fn a_tool_sees_its_inputs_and_nothing_else() {
    assert_eq!(done(&to_call("a b", "c", "jq", json!("."))), json!({"c": {"a": 1, "b": 2}}));
    assert_eq!(done(&to_call("", "c", "jq", json!("."))), json!({"c": {}}));
}

#[test]
fn one_output_is_the_result_and_several_are_its_entries() {
    assert_eq!(done(&to_call("a", "c", "jq", json!("{c: 5}"))), json!({"c": {"c": 5}}));
    assert_eq!(done(&to_call("a", "c d", "jq", json!("{d: .a, c: 5}"))), json!({"c": 5, "d": 1}));
    let error = failed(&to_call("a", "c d", "jq", json!("{c: 5}")));
    assert!(error.contains("lacks d") && error.contains("c, d"), "{error}");
    let error = failed(&to_call("a", "c d", "jq", json!("{c: 5, d: 1, e: 2}")));
    assert!(error.contains("holds e"), "{error}");
    let error = failed(&to_call("a", "c d", "jq", json!("[5]")));
    assert!(error.contains("an object of c, d") && error.contains("an array"), "{error}");
}

#[test]
fn no_output_and_an_error_are_failures_with_their_message() {
    assert_eq!(failed(&to_call("a", "c", "jq", json!("error(\"no such luck\")"))), "no such luck");
    assert_eq!(failed(&to_call("a", "c", "jq", json!("empty"))), "the filter gave no output");
}

#[test]
fn an_ensures_that_does_not_hold_refutes_the_outputs_and_says_what_it_saw() {
    let good = ensuring(to_call("a", "c", "jq", json!(".a + 1")), "it grew", ".c > .a");
    assert_eq!(done(&good), json!({"c": 2}));
    let bad = ensuring(to_call("a", "c", "jq", json!(".a - 1")), "it grew", ".c > .a");
    let CallOutcome::Refuted(outputs, why) = run(&bad).outcome else { panic!("{:?}", run(&bad)) };
    assert_eq!(*outputs["c"], json!(0));
    assert_eq!(&*why, "\"it grew\" does not hold: it saw a 1, c 0");
    let undecided = ensuring(to_call("a", "c", "jq", json!(".a")), "it is odd", ".c | error(\"who knows\")");
    let CallOutcome::Refuted(_, why) = run(&undecided).outcome else { panic!("{:?}", run(&undecided)) };
    assert_eq!(&*why, "\"it is odd\" cannot be decided: who knows");
}

#[test]
fn a_summary_is_text_and_one_that_fails_is_left_out() {
    let summed = |filter: &str| {
        let tool = with(to_call("a", "c", "jq", json!("7")), |call| {
            let tool = call.tool.as_mut().map(Arc::make_mut);
            tool.unwrap().summary = Some(filter.into());
        });
        run(&tool).summary.map(|text| text.to_string())
    };
    assert_eq!(summed("\"\\(.c) from \\(.a)\"").as_deref(), Some("7 from 1"));
    assert_eq!(summed("{n: .c}").as_deref(), Some(r#"{"n":7}"#));
    assert_eq!(summed("error(\"x\")"), None);
}

#[test]
fn a_surprise_answers_instead_by_the_same_contract() {
    let surprise = |result: Result<Value, &str>| {
        with(to_call("a", "c d", "jq", json!("error(\"it ran\")")), |call| {
            call.instead = Some(result.map(Shared::new).map_err(Arc::from));
        })
    };
    let report = run(&surprise(Ok(json!({"c": 1, "d": 2}))));
    assert!(matches!(report.outcome, CallOutcome::Done(_)) && report.mark == Mark::Injected);
    assert!(failed(&surprise(Ok(json!({"c": 1})))).contains("lacks d"));
    assert_eq!(failed(&surprise(Err("503"))), "503");
}

#[test]
fn a_tool_that_takes_too_long_says_how_long_it_had() {
    let slow = with(to_call("a", "c", "jq", json!("last(range(1e18))")), |call| {
        call.tool.as_mut().map(Arc::make_mut).unwrap().timeout_ms = Some(30);
    });
    let error = failed(&slow);
    assert!(error == "took longer than 30 ms" || error.contains("steps"), "{error}");
}

#[test]
fn an_answer_of_a_person_is_held_to_the_contract_too() {
    let asked = ensuring(to_call("a", "c", "ask", json!({"question": "c?"})), "it is big", ".c > 3");
    let answered = |value: Value| answer(&asked, Shared::new(value), &Evaluator::in_thread(), &Cancel::new());
    assert!(matches!(answered(json!(4)).outcome, CallOutcome::Done(_)) && answered(json!(4)).mark == Mark::Answered);
    assert!(matches!(answered(json!(2)).outcome, CallOutcome::Refuted(..)));
    let numbers = to_call("a", "c", "ask", json!({"question": "c?", "schema": {"type": "number"}}));
    let report = answer(&numbers, Shared::new(json!("x")), &Evaluator::in_thread(), &Cancel::new());
    let refused = CallOutcome::Failed("the answer has to be of type number, and it is a text".into());
    assert_eq!(report.outcome, refused);
}

#[test]
fn a_question_is_filled_in_from_the_inputs_and_stays_as_written_where_that_fails() {
    let asking = |question: &str| to_call("a", "c", "ask", json!({ "question": question }));
    let put = |question: &str| super::ask::question(&asking(question), &Evaluator::in_thread());
    assert_eq!(put(r#"Is "\(.a)" enough?"#).as_deref(), Some("Is \"1\" enough?"));
    assert_eq!(put("plain \\d").as_deref(), Some("plain \\d"));
    assert_eq!(put(r"Is \(error) it?").as_deref(), Some(r"Is \(error) it?"));
    assert_eq!(put(r"\(last(range(1e18)))").as_deref(), Some(r"\(last(range(1e18)))"));
}

/// Returns a folder with `goal/` (the goal's own) and `secret.json` beside it.
fn folders() -> tempfile::TempDir {
    let outer = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(outer.path().join("goal/data")).unwrap();
    std::fs::write(outer.path().join("secret.json"), "1").unwrap();
    outer
}

fn file(outer: &Path, name: &str) -> Call {
    with(to_call("", "c", "file", json!(name)), |call| {
        call.folder = outer.join("goal").to_str().map(Arc::from);
    })
}

#[test]
fn a_file_is_parsed_by_its_name() {
    let outer = folders();
    let write = |name: &str, bytes: &[u8]| std::fs::write(outer.path().join("goal").join(name), bytes).unwrap();
    write("data/a.json", b"\xef\xbb\xbf{\"a\": [1]}");
    write("b.txt", "über\n".as_bytes());
    write("bad.json", b"{\"a\": }");
    write("deep.json", ("[".repeat(100_000) + &"]".repeat(100_000)).as_bytes());
    write("latin.txt", b"\xe9");
    assert_eq!(done(&file(outer.path(), "data/a.json")), json!({"c": {"a": [1]}}));
    assert_eq!(done(&file(outer.path(), "b.txt")), json!({"c": "über\n"}));
    for (name, says) in [
        ("bad.json", "bad.json is not JSON: expected value at line 1"),
        ("deep.json", "nested more than"),
        ("latin.txt", "not UTF-8"),
        ("missing.txt", "there is no such file"),
        ("data", "is not a file"),
    ] {
        let error = failed(&file(outer.path(), name));
        assert!(error.contains(says) && error.contains(name), "{error}");
    }
    assert!(failed(&to_call("", "c", "file", json!("a.json"))).contains("no folder of its own"));
}

#[test]
fn a_file_of_a_hundred_megabytes_is_read_and_a_bigger_one_is_named_with_the_most() {
    let outer = folders();
    let goal = outer.path().join("goal");
    std::fs::write(goal.join("big.txt"), vec![b'x'; 100_000_000]).unwrap();
    let bigger = std::fs::File::create(goal.join("bigger.txt")).unwrap();
    bigger.set_len((256 << 20) + 1).unwrap(); // zeros that take no room on the disk
    let CallOutcome::Done(read) = run(&file(outer.path(), "big.txt")).outcome else { panic!("it is not read") };
    assert_eq!(read["c"].look().text_len(), Some(100_000_000));
    assert!(!read["c"].long().expect("it is long").is_tree());
    let error = failed(&file(outer.path(), "bigger.txt"));
    assert!(error.contains("bigger.txt is bigger than 256 MiB, the most that a file tool reads"), "{error}");
}

#[test]
#[cfg(unix)]
fn a_file_outside_the_folder_is_never_read() {
    let outer = folders();
    std::os::unix::fs::symlink(outer.path().join("secret.json"), outer.path().join("goal/link.json")).unwrap();
    std::os::unix::fs::symlink(outer.path(), outer.path().join("goal/up")).unwrap();
    let absolute = outer.path().join("secret.json");
    for name in ["../secret.json", "data/../../secret.json", "link.json", "up/secret.json", absolute.to_str().unwrap()]
    {
        let error = failed(&file(outer.path(), name));
        assert!(error.contains("outside the folder"), "{name}: {error}");
    }
    assert_eq!(
        failed(&file(outer.path(), "/dev/zero")),
        "/dev/zero lies outside the folder of the goal file, where a file tool may not read"
    );
}
