//! Journals that version 0.1 wrote (at f7b21f7) open and read the same: their facts hold sentences, and no data beside.

use std::path::{Path, PathBuf};

use planscope::describe::event;
use planscope::engine::event::Event;
use planscope::engine::session::Session;
use planscope::engine::state::Phase;
use planscope::runtime::journal;
use planscope::runtime::recorded::session_of;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/journal/version_0_1").join(name)
}

fn opened(name: &str) -> Session {
    let recording = journal::look(&file(name)).expect("it opens");
    assert!(recording.torn.is_none());
    session_of(recording.records, &file(name), planscope::tools::KINDS).expect("it is a session")
}

/// Returns the lines of the events that `which` picks.
fn lines(session: &Session, which: fn(&Event) -> bool) -> Vec<String> {
    let records = session.records().iter().filter(|record| which(&record.event));
    records.map(|record| event::told(session, record, session.state()).sentence()).collect()
}

#[test]
fn what_was_refused_reads_as_it_did() {
    let session = opened("react.jsonl");
    assert_eq!(
        lines(&session, |event| matches!(event, Event::Refused { .. })),
        [
            "refused s2 draft_report: needs intent_counts and top_intent, which have no value",
            "refused s4 draft_report: needs top_intent, which has no value",
            "refused s6 draft_report: needs top_intent, which has no value",
            "refused s9 report_quiet_week: requires \"there are no tickets\", which is false on tickets",
        ]
    );
}

#[test]
fn what_contradicted_the_plan_reads_as_it_did() {
    let session = opened("planned.jsonl");
    assert_eq!(
        lines(&session, |event| matches!(event, Event::Deviated { .. })),
        [
            "step s3 find_top_intent would read intent_counts, made from the old tickets (and 3 more)",
            "the plan holds again",
            "step s4 draft_report failed: the printer is off; report is still needed",
        ]
    );
}

#[test]
fn an_old_session_is_over_as_it_was_and_goes_on_where_it_stood() {
    for name in ["planned.jsonl", "react.jsonl"] {
        let mut session = opened(name);
        assert!(matches!(session.state().phase, Phase::Ended { .. }), "{name}");
        let count = session.records().len();
        session.resume("");
        assert_eq!(session.records().len(), count, "{name}: reopening added events");
        for seq in 1..=count as u64 {
            let state = session.state_at(seq).expect("a moment");
            // What the state finds by itself is what was said of it then: going on there says nothing twice.
            if let Event::Deviated { deviations } = &session.record(seq).expect("a record").event {
                assert_eq!(state.deviations.to_vec(), *deviations, "{name} at {seq}");
            }
        }
    }
}

#[test]
fn an_old_event_is_written_again_as_it_was() {
    for name in ["planned.jsonl", "react.jsonl"] {
        let lines = std::fs::read_to_string(file(name)).expect("the file");
        let mut held = 0;
        for (line, record) in lines.lines().zip(opened(name).records()) {
            let old: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
            let new = serde_json::to_value(&record.event).expect("an event");
            let facts =
                matches!(record.event, Event::Refused { .. } | Event::Deviated { .. } | Event::PlanRequested { .. });
            for (field, value) in new.as_object().expect("an object").iter().filter(|_| facts) {
                assert_eq!(old.get(field), Some(value), "{name}: {field} of {line}");
                held += 1;
            }
        }
        assert!(held > 10, "{name}: only {held} fields were held against the file");
    }
}
