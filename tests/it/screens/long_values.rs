//! A value that is too long for a tree: it comes in, is looked through, searched, copied, differs and is opened again, and
//! nobody makes a tree of it.

use planscope::describe::difference::path;
use planscope::engine::command::Command;
use planscope::engine::value::{LONG, Shared, Value};
use planscope::jq::Evaluator;
use planscope::runtime::driver::{Driver, DriverEvent, SessionFile};
use planscope::runtime::journal;
use planscope::runtime::recorded::look;
use planscope::runtime::services::Services;
use planscope::ui::screen::Request;
use planscope::ui::testing::harness::Stage;
use serde_json::json;

fn items(count: usize) -> Value {
    let note = "a note that makes it long ".repeat(4);
    let tags = |at: usize| json!(["a", { "deep": at % 7 }]);
    (0..count).map(|at| json!({ "id": at, "name": format!("ticket {at}"), "tags": tags(at), "note": note })).collect()
}

/// A goal whose first tool reads a long file, in its folder.
fn goal(folder: &tempfile::TempDir, value: &Value) -> planscope::engine::goal::Goal {
    std::fs::write(folder.path().join("data.json"), value.to_string()).expect("it is written");
    let goal = json!({
        "version": 1, "goal": "Look at it", "wants": { "seen": "true" },
        "tools": {
            "load": { "outputs": ["data"], "run": { "file": "data.json" } },
            "look": { "inputs": ["data"], "outputs": ["seen"], "run": { "value": "yes" } }
        }
    });
    planscope::goal_file::parse(&goal.to_string(), "own.json", folder.path().to_str()).expect("a goal")
}

fn stage(value: &Value, keys: &str) -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let goal = goal(&folder, value);
    let mut stage = Stage::open(goal, folder.path().join("session.jsonl"), (120, 34)).expect("a session");
    stage.press(keys).expect("keys");
    (folder, stage)
}

fn data(stage: &mut Stage) -> Shared {
    stage.app().driver().state().context.get("data").expect("it was read").value.clone()
}

fn is_tree(stage: &mut Stage) -> bool {
    data(stage).long().expect("it is long").is_tree()
}

fn find(stage: &mut Stage, text: &str) {
    stage.press("/ C-u").expect("keys");
    stage.type_text(text).expect("text");
    stage.press("Enter").expect("a key");
}

#[test]
fn a_long_list_is_looked_through_and_never_a_tree() {
    let (folder, mut stage) = stage(&items(8_000), "space space Tab");
    assert!(stage.text().contains("[8000]"), "{}", stage.text());
    stage.press("g Right End Home PgDn PgDn").expect("keys");
    find(&mut stage, "ticket 7654");
    let text = stage.text();
    assert!(text.contains("» name") && text.contains("ticket 7654"), "{text}");
    stage.press("Y j").expect("keys");
    assert!(stage.requests.iter().any(|r| matches!(r, Request::Copy(text) if text == "\"ticket 7654\"")));
    stage.press("z z ~ Esc").expect("keys");
    find(&mut stage, "key:data");
    stage.press("Y j").expect("keys");
    assert!(stage.text().contains("too much for a terminal's clipboard"), "{}", stage.text());
    stage.press("| i Esc space 3 Enter Esc").expect("keys");
    let mut paged = Vec::new();
    let page = stage.requests.iter().find_map(|r| if let Request::Page(page) = r { Some(page.clone()) } else { None });
    page.expect("a page").write(&mut paged).expect("it is written");
    let whole = serde_json::to_string_pretty(&items(8_000)).expect("JSON");
    assert!(String::from_utf8(paged).expect("a text") == whole, "the pager shows it as every other value");
    assert!(!is_tree(&mut stage), "somebody made a tree of it");
    // And once more, from its file.
    let live = stage.app().driver().state().clone();
    drop(stage);
    let (session, _) = look(&folder.path().join("session.jsonl"), planscope::tools::KINDS).expect("it opens");
    let datum = session.state().context.get("data").expect("it is there");
    assert_eq!(datum, live.context.get("data").expect("it was there"));
    assert!(!datum.value.long().expect("it is long").is_tree());
    assert_eq!(*datum.value, items(8_000));
}

#[test]
fn long_texts_objects_and_deep_values_are_looked_at_where_they_stand() {
    let text = "the quick brown fox\n".repeat(LONG / 15);
    let (_folder, mut first) = stage(&json!(text), "space space Tab g Right End");
    assert!(first.text().contains("the quick brown fox") && !is_tree(&mut first), "{}", first.text());
    let object: serde_json::Map<String, Value> =
        (0..8_000).map(|at| (format!("key/{at}"), json!({ "n": at, "w": "x".repeat(150) }))).collect();
    let (_folder, mut second) = stage(&Value::Object(object), "space space Tab g Right");
    find(&mut second, "key:key/7234");
    assert!(second.text().contains("key/7234") && !is_tree(&mut second), "{}", second.text());
    let deep =
        (0..90).fold(items(8_000), |inner, at| if at % 2 == 0 { json!({ "in": inner }) } else { json!([inner]) });
    let (_folder, mut third) = stage(&deep, "space space Tab g Right");
    find(&mut third, "ticket 7999");
    assert!(third.text().contains("ticket 7999") && !is_tree(&mut third), "{}", third.text());
}

#[test]
fn what_changed_in_a_long_value_is_found_without_a_tree() {
    let (_folder, mut stage) = stage(&items(8_000), "space space Tab");
    let mut other = items(8_000);
    other[6_123]["tags"][1]["deep"] = json!("new");
    let inject = Command::Inject([("data".into(), Some(Shared::new(other)))].into_iter().collect());
    stage.app().driver().submit(inject).expect("it lands");
    stage.app().moved(DriverEvent::Events);
    let text = stage.text();
    assert!(text.contains("6123.tags[1].deep") && text.contains("→ \"new\""), "{text}");
    assert!(!is_tree(&mut stage));
    let change = stage.app().view().shown.touched["data"].clone();
    let places: Vec<String> = change.difference.leaves.iter().map(|leaf| path(&leaf.path)).collect();
    assert_eq!((places, change.difference.whole), (vec!["[6123].tags[1].deep".to_owned()], false));
}

#[test]
fn the_event_of_a_long_value_is_on_disk_before_anybody_sees_it_and_nothing_happens_until_then() {
    let folder = tempfile::tempdir().expect("a folder");
    let (goal, path) = (goal(&folder, &items(8_000)), folder.path().join("session.jsonl"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let settings = planscope::engine::event::Settings::default();
        let services = Services::new(Evaluator::in_thread());
        let file = SessionFile::File(path.clone());
        let mut driver = Driver::open(std::sync::Arc::new(goal), settings, file, services).expect("it opens");
        while driver.state().phase != planscope::engine::state::Phase::Review {
            driver.next().await;
        }
        driver.submit(Command::SetPace(planscope::engine::event::Pace::Steps(1))).expect("it may go on");
        let mut refused = 0;
        while driver.state().context.get("data").is_none() {
            driver.next().await;
            if driver.notice().is_some_and(|notice| format!("{notice:?}").contains("being saved")) {
                let pin = Command::SetPace(planscope::engine::event::Pace::Paused);
                refused += usize::from(
                    driver.submit(pin).is_err_and(|refusal| refusal.to_string().contains("is being saved")),
                );
            }
        }
        let events = driver.session().records().len();
        assert!(journal::look(&path).expect("it reads").records.len() >= events - 1 && refused <= 1);
        driver.sync().expect("it is on disk");
        assert_eq!(journal::look(&path).expect("it reads").records, driver.session().records());
    });
}

#[test]
fn a_long_line_that_is_damaged_or_forged_is_named() {
    let (folder, stage) = stage(&items(8_000), "space space");
    drop(stage);
    let path = folder.path().join("session.jsonl");
    let whole = std::fs::read(&path).expect("it reads");
    let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
    let at = lines.iter().position(|line| line.len() > LONG).expect("a long line");
    let middle = lines[..at].iter().map(|line| line.len()).sum::<usize>() + lines[at].len() / 2;
    let mut flipped = whole.clone();
    flipped[middle] ^= 1;
    std::fs::write(&path, &flipped).expect("it is written");
    let message = journal::look(&path).expect_err("it is damaged").message;
    assert!(message.contains(&format!("damaged at line {}: its checksum", at + 1)), "{message}");
    // Who forges the checksum as well is told what is wrong with the line.
    for (from, to) in [("\"id\":5000,", "\"id\":5000;"), ("\"ticket 5000\"", "\"ticket \\ud800\"")] {
        let line = std::str::from_utf8(lines[at]).expect("a text").trim_end();
        let body = line[..line.len() - 18].replacen(from, to, 1) + "}";
        let crc = crc32(body.as_bytes());
        let forged = format!("{},\"crc\":\"{crc:08x}\"}}\n", &body[..body.len() - 1]);
        let file = [&lines[..at].concat()[..], forged.as_bytes(), &lines[at + 1..].concat()[..]].concat();
        std::fs::write(&path, file).expect("it is written");
        let message = journal::look(&path).expect_err("it is forged").message;
        assert!(message.contains(&format!("damaged at line {}: this version", at + 1)), "{message}");
    }
}

/// The checksum of a line, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc: u32, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}
