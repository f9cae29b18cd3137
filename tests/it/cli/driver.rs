//! The driver as a screen uses it: submit, await, answer, cancel, fork, reopen, all on a tokio runtime.

use std::sync::Arc;
use std::time::Duration;

use crate::support::program::{Folder, TICKETS};
use planscope::checks::failures::Failure;
use planscope::engine::command::{Approval, Command};
use planscope::engine::event::{Pace, Settings};
use planscope::engine::state::{Phase, Status};
use planscope::engine::value::Shared;
use planscope::goal_file;
use planscope::jq::Evaluator;
use planscope::runtime::driver::{Driver, DriverEvent, SessionFile};
use planscope::runtime::services::Services;
use serde_json::json;

fn open(folder: &Folder, text: &str) -> Driver {
    let goal = goal_file::parse(text, "goal.json", None).unwrap();
    let services = Services::new(Evaluator::in_thread());
    Driver::open(Arc::new(goal), Settings::default(), SessionFile::File(folder.path("s.jsonl")), services).unwrap()
}

fn on_a_runtime(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async { tokio::time::timeout(Duration::from_secs(30), test).await.unwrap() });
    runtime.shutdown_background();
}

/// Awaits what happens until `holds`.
async fn until(driver: &mut Driver, holds: impl Fn(&Driver) -> bool) {
    while !holds(driver) {
        driver.next().await;
    }
}

#[test]
fn a_session_is_planned_stepped_and_rests_without_waking_up() {
    on_a_runtime(async {
        let folder = Folder::new();
        let mut driver = open(&folder, TICKETS);
        until(&mut driver, |d| d.state().phase == Phase::Review).await;
        driver.submit(Command::SetPace(Pace::Steps(1))).unwrap();
        until(&mut driver, |d| d.state().run("s1").is_some_and(|run| run.status == Status::Done)).await;
        until(&mut driver, |d| !d.is_busy() && d.state().phase == Phase::Ready).await;
        assert_eq!(driver.state().next_step().unwrap().tool.as_deref(), Some("count"));
        // All that may still come is one sync; then nothing, for ever.
        let saved = tokio::time::timeout(Duration::from_millis(300), driver.next()).await;
        assert!(matches!(saved, Err(_) | Ok(DriverEvent::Saved)), "{saved:?}");
        assert!(tokio::time::timeout(Duration::from_millis(300), driver.next()).await.is_err(), "it woke up");
        driver.submit(Command::SetPace(Pace::Free)).unwrap();
        until(&mut driver, |d| d.state().phase == Phase::Reached).await;
        assert_eq!(*driver.state().context.get("report").unwrap().value, json!("3 tickets, mostly refund."));
    });
}

#[test]
fn a_proposal_waits_and_a_fork_keeps_both() {
    on_a_runtime(async {
        let folder = Folder::new();
        let mut driver = open(&folder, TICKETS);
        until(&mut driver, |d| d.state().phase == Phase::Review).await;
        driver.submit(Command::SetPace(Pace::Steps(2))).unwrap();
        until(&mut driver, |d| d.state().runs.len() == 2 && d.state().phase == Phase::Ready && !d.is_busy()).await;
        let fork = driver.state().seq;
        let late = |intent: &str| {
            let tickets = Shared::new(json!([{ "intent": intent }]));
            Command::Inject([("tickets".into(), Some(tickets))].into_iter().collect())
        };
        driver.submit(late("a")).unwrap();
        until(&mut driver, |d| d.state().phase == Phase::Deciding).await;
        driver.submit(Command::Approve(Approval::Whole)).unwrap();
        driver.submit(Command::SetPace(Pace::Free)).unwrap();
        until(&mut driver, |d| d.state().phase == Phase::Reached).await;
        driver.submit_at(fork, late("b")).unwrap();
        until(&mut driver, |d| d.state().phase == Phase::Deciding).await;
        driver.submit(Command::Approve(Approval::Whole)).unwrap();
        driver.submit(Command::SetPace(Pace::Free)).unwrap();
        until(&mut driver, |d| d.state().phase == Phase::Reached).await;
        assert_eq!(*driver.state().context.get("most").unwrap().value, json!("b"));
        assert_eq!(driver.session().branches().len(), 2);
        let (path, records) = (driver.path().to_path_buf(), driver.session().records().to_vec());
        drop(driver);
        let (driver, torn) = Driver::reopen(&path, Services::new(Evaluator::in_thread())).unwrap();
        assert!(torn.is_none());
        assert_eq!(driver.session().records()[..records.len()], records);
        assert_eq!(*driver.state().context.get("most").unwrap().value, json!("b"));
    });
}

#[test]
fn an_endless_step_is_cancelled_and_its_late_answer_changes_nothing() {
    on_a_runtime(async {
        let folder = Folder::new();
        let endless = TICKETS.replace("reduce .tickets[] as $t ({}; .[$t.intent] += 1)", "last(range(1e18))");
        let mut driver = open(&folder, &endless);
        until(&mut driver, |d| d.state().phase == Phase::Review).await;
        driver.submit(Command::SetPace(Pace::Free)).unwrap();
        until(&mut driver, |d| d.state().runs.len() == 2).await;
        let _ = tokio::time::timeout(Duration::from_millis(50), driver.next()).await;
        assert!(driver.is_busy());
        driver.submit(Command::Cancel).unwrap();
        assert_eq!(driver.state().run("s2").unwrap().status, Status::Interrupted);
        let events = driver.session().records().len();
        let _ = tokio::time::timeout(Duration::from_millis(200), driver.next()).await;
        let _ = tokio::time::timeout(Duration::from_millis(200), driver.next()).await;
        assert!(!driver.is_busy());
        assert_eq!(driver.session().records().len(), events);
    });
}

#[test]
fn an_answer_that_does_not_fit_is_refused_and_the_step_still_waits() {
    on_a_runtime(async {
        let folder = Folder::new();
        let text = r#"{"version": 1, "goal": "Ask", "wants": {"a": "true", "b": "true"}, "tools": {"ask_both":
            {"description": "Ask for both", "inputs": [], "outputs": ["a", "b"], "run": {"ask": {"question": "a, b?"}}}}}"#;
        let mut driver = open(&folder, text);
        until(&mut driver, |d| d.state().phase == Phase::Review).await;
        driver.submit(Command::SetPace(Pace::Free)).unwrap();
        until(&mut driver, |d| d.state().asks().is_some()).await;
        driver.submit(Command::Answer(Shared::new(json!({"a": 1})))).unwrap();
        let moved = loop {
            match driver.next().await {
                DriverEvent::Saved => {}
                moved => break moved,
            }
        };
        assert!(matches!(&moved, DriverEvent::AnswerRefused(why) if why.contains('b')), "{moved:?}");
        assert!(driver.state().asks().is_some());
        driver.submit(Command::Answer(Shared::new(json!({"a": 1, "b": 2})))).unwrap();
        until(&mut driver, |d| d.state().phase == Phase::Reached).await;
        assert_eq!(*driver.state().context.get("b").unwrap().value, json!(2));
    });
}

#[test]
fn failures_are_looked_for_when_asked_and_once() {
    on_a_runtime(async {
        let folder = Folder::new();
        let mut driver = open(&folder, goal_file::sample("lost_keys").unwrap().text);
        until(&mut driver, |d| d.state().phase == Phase::Review).await;
        driver.submit(Command::SetPace(Pace::Free)).unwrap();
        until(&mut driver, |d| d.state().phase == Phase::Reached).await;
        assert!(driver.failures().is_empty(), "nobody asked");
        driver.find_failures();
        while driver.next().await != DriverEvent::Found {}
        let said: Vec<String> = driver.failures().iter().map(Failure::said).collect();
        let [found] = said.as_slice() else { panic!("{said:?}") };
        assert!(found.starts_with("failure check, loop: s4 look_in_coat"), "{found}");
        driver.find_failures();
        let again = tokio::time::timeout(Duration::from_millis(200), driver.next()).await;
        assert!(matches!(again, Err(_) | Ok(DriverEvent::Saved)), "{again:?}");
        // What was found is of the session as it was.
        let late = [("coat".into(), Some(Shared::new(json!("a comb"))))].into_iter().collect();
        driver.submit(Command::Inject(late)).unwrap();
        assert!(driver.failures().is_empty());
    });
}

#[test]
fn a_session_file_that_somebody_takes_away_or_cuts_is_written_anew_and_said_at_once() {
    type Harm = fn(&std::path::Path);
    let harms: [(&str, Harm); 4] = [
        ("was removed", |path| std::fs::remove_file(path).unwrap()),
        ("was cut", |path| std::fs::OpenOptions::new().write(true).open(path).unwrap().set_len(100).unwrap()),
        ("was replaced", |path| {
            let other = path.with_extension("other");
            std::fs::write(&other, "mine").unwrap();
            std::fs::rename(other, path).unwrap();
        }),
        ("was written to", |path| {
            use std::io::Write as _;
            std::fs::OpenOptions::new().append(true).open(path).unwrap().write_all(b"x").unwrap();
        }),
    ];
    for (said, harm) in harms {
        if cfg!(not(unix)) && said == "was replaced" {
            continue;
        }
        on_a_runtime(async {
            let folder = Folder::new();
            let mut driver = open(&folder, TICKETS);
            until(&mut driver, |d| d.state().phase == Phase::Review).await;
            let _ = tokio::time::timeout(Duration::from_millis(100), driver.next()).await;
            let before = driver.path().to_owned();
            harm(&before);
            driver.submit(Command::SetPace(Pace::Free)).unwrap();
            let told = loop {
                if let DriverEvent::Rescued(told) = driver.next().await {
                    break told;
                }
            };
            assert!(told.contains(said) && told.contains(&*before.to_string_lossy()), "{told}");
            assert_eq!(driver.path() == before, said == "was removed", "{told}");
            assert!(told.contains(&*driver.path().to_string_lossy()), "{told}");
            until(&mut driver, |d| d.state().phase == Phase::Reached).await;
            driver.sync().unwrap();
            let events = planscope::runtime::journal::look(driver.path()).unwrap().records.len();
            assert_eq!(events, driver.session().records().len(), "the file is whole");
            if said == "was replaced" {
                assert_eq!(std::fs::read_to_string(&before).unwrap(), "mine", "what is somebody's stays");
            }
        });
    }
}
