//! `planscope stress` as a contract: which faults there are, what each comes to, formats, baseline, exit statuses.

use serde_json::{Value, json};

use crate::support::program::Folder;

/// Three tools in a row: the first can fail once, nothing checks the second, the third has a check.
fn parcels() -> Value {
    json!({
        "version": 1,
        "goal": "Say what the parcels weigh",
        "wants": { "label": "length > 0" },
        "context": { "unit": "kg", "unread": 1 },
        "tools": {
            "fetch": { "description": "Fetch the parcels", "inputs": [], "outputs": ["parcels"], "retries": 1,
                       "run": { "value": [{ "kg": 2 }, { "kg": 3 }] } },
            "weigh": { "description": "Weigh the parcels", "inputs": ["parcels"], "outputs": ["total", "heaviest"],
                       "run": { "jq": "{total: ([.parcels[]?.kg] | add), heaviest: ([.parcels[]?.kg] | max)}" } },
            "print": { "description": "Print the label", "inputs": ["total", "heaviest", "unit"], "outputs": ["label"],
                       "ensures": { "it has a number": ".label | test(\"[0-9]\")" },
                       "run": { "jq": "\"\\(.total) of \\(.heaviest) \\(.unit)\"" } }
        },
        "scenarios": [{ "name": "One more", "after": "weigh", "set": { "parcels": [{ "kg": 9 }] } }],
        "expect": { "label": ". == \"5 of 3 kg\"" }
    })
}

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("goal.json", parcels().to_string());
    folder
}

/// Returns what each fault came to in the lane at `at`.
fn verdicts(document: &Value, at: usize) -> Vec<(String, String)> {
    let faults = document["faults"].as_array().expect("faults");
    let one = |fault: &Value| {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        (text(&fault["fault"]), text(&fault["cells"][at]["verdict"]))
    };
    faults.iter().map(one).collect()
}

#[test]
fn every_single_fault_has_a_verdict_in_every_lane_the_worst_first() {
    let folder = folder();
    let ran = folder.run(&[
        "stress",
        "goal.json",
        "--lane",
        "plan-and-execute",
        "--lane",
        "plan-and-execute:never",
        "--format",
        "json",
    ]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let document: Value = serde_json::from_str(&ran.out).expect("JSON");
    let found = verdicts(&document, 0);
    let of = |sentence: &str| {
        let hit = found.iter().find(|(fault, _)| fault == sentence);
        hit.map_or_else(|| panic!("no fault {sentence}: {found:#?}"), |(_, verdict)| verdict.as_str())
    };
    assert_eq!(of("fetch fails once"), "costs", "its retry mends it");
    assert_eq!(of("fetch fails for good"), "broke");
    assert_eq!(of("weigh returns total as 6 (one more)"), "follows");
    assert_eq!(of("weigh returns total as null"), "unnoticed", "nothing checks it, and the label names null");
    assert_eq!(of("print returns \"\""), "broke", "its check sees it, and nothing else makes a label");
    assert_eq!(of("unit is null at the start"), "unnoticed");
    assert_eq!(of("unit is not there at the start"), "broke");
    assert_eq!(of("the scenario \"One more\""), "costs", "it replans");
    assert_eq!(verdicts(&document, 1).iter().find(|(fault, _)| fault.contains("One more")).expect("it").1, "broke");
    assert!(found.iter().all(|(fault, _)| !fault.starts_with("unread")), "nothing reads it");
    for (at, (fault, _)) in found.iter().enumerate() {
        assert!(found[..at].iter().all(|(other, _)| other != fault), "{fault} is there twice");
    }
    let bad = ["broke", "wrong", "stale", "unnoticed"];
    let first_lane_bad = document["faults"].as_array().expect("faults").iter().map(|fault| {
        fault["cells"]
            .as_array()
            .expect("cells")
            .iter()
            .any(|cell| bad.contains(&cell["verdict"].as_str().unwrap_or_default()))
    });
    assert!(first_lane_bad.collect::<Vec<_>>().is_sorted_by_key(|bad| !bad), "the worst come first");
    let advice = document["advice"].to_string();
    assert!(advice.contains("weigh: 2 values of another shape pass unseen"), "{advice}");
    let total: u64 =
        document["lanes"][0]["verdicts"].as_object().expect("verdicts").values().filter_map(Value::as_u64).sum();
    assert_eq!(total, found.len() as u64);
}

#[cfg(unix)]
#[test]
fn the_command_beside_a_fault_does_the_same_again() {
    let folder = folder();
    let lanes = ["--lane", "plan-and-execute", "--lane", "plan-and-execute:never", "--lane", "react"];
    let ran = folder.run(&[&["stress", "goal.json", "--format", "json"], &lanes[..]].concat());
    let document: Value = serde_json::from_str(&ran.out).expect("JSON");
    let mut tried = 0;
    for fault in document["faults"].as_array().expect("faults") {
        let Some(line) = fault["reproduce"].as_str() else { continue };
        // The line is that of the worst.
        let cells = fault["cells"].as_array().expect("cells");
        let broke = cells.iter().find(|cell| cell["verdict"] == "broke");
        let cell = broke.unwrap_or(&cells[0]);
        let line = line.strip_prefix("planscope ").expect("it names the program");
        let again = folder.in_a_shell(line);
        let reached = !["broke", "waits"].contains(&cell["verdict"].as_str().expect("a verdict"));
        assert_eq!(again.status == 0, reached, "{line}: {}\n{}", cell["verdict"], again.out);
        tried += 1;
    }
    assert!(tried > 20, "{tried} were tried");
}

#[test]
fn two_faults_at_once_are_tried_on_request() {
    let folder = folder();
    let ran = folder.run(&["stress", "goal.json", "--lane", "plan-and-execute", "--pairs", "--format", "json"]);
    let document: Value = serde_json::from_str(&ran.out).expect("JSON");
    let found = verdicts(&document, 0);
    let both = found.iter().filter(|(fault, _)| fault.contains(", and ")).count();
    assert!(both > 100, "{both} pairs");
    let breaks = |fault: &str| found.iter().any(|(other, verdict)| other == fault && verdict == "broke");
    assert!(breaks("fetch fails for good, and weigh fails once"));
}

#[test]
fn text_csv_and_junit_say_the_same() {
    let folder = folder();
    let lanes = ["stress", "goal.json", "--lane", "plan-and-execute", "--lane", "react"];
    let with = |more: &[&str]| folder.run(&[&lanes[..], more].concat()).out;
    let text = with(&[]);
    assert!(text.contains("A ✓ plan-and-execute") && text.contains("B ✓ react: stand-in"), "{text}");
    assert!(text.contains("✗ fetch fails for good") && text.contains("what would help A:"), "{text}");
    assert!(text.contains("planscope run goal.json --fail"), "{text}");
    let widest = text.lines().map(|line| line.chars().count()).max().unwrap_or_default();
    assert!(widest <= 140, "{widest} columns");
    let csv = with(&["--format", "csv"]);
    let lines: Vec<&str> = csv.split("\r\n").filter(|line| !line.is_empty()).collect();
    assert!(lines[0].starts_with("fault,kind,subject,lane,verdict,"));
    let document: Value = serde_json::from_str(&with(&["--format", "json"])).expect("JSON");
    let faults = document["faults"].as_array().expect("faults").len();
    assert_eq!(lines.len(), 1 + 2 * faults);
    let junit = with(&["--format", "junit"]);
    assert_eq!(junit.matches("<testcase ").count(), 2 * faults);
    let bad = document["faults"]
        .as_array()
        .expect("faults")
        .iter()
        .flat_map(|fault| fault["cells"].as_array().expect("cells"));
    let bad =
        bad.filter(|cell| ["broke", "wrong", "stale", "unnoticed"].contains(&cell["verdict"].as_str().expect("it")));
    assert_eq!(junit.matches("<failure ").count(), bad.count());
    assert!(!junit.contains("returns \"\""), "quotes are escaped in attributes");
}

#[test]
fn what_is_worse_than_a_baseline_is_named_and_ends_with_three() {
    let folder = folder();
    let lanes = ["stress", "goal.json", "--lane", "plan-and-execute", "--format", "json"];
    let before = folder.run(&lanes).out;
    folder.write("before.json", before);
    let same = folder.run(&[&lanes[..], &["--baseline", "before.json"]].concat());
    assert_eq!((same.status, same.err.as_str()), (0, ""));
    let mut worse = parcels();
    worse["tools"]["fetch"]["retries"] = json!(0);
    worse["tools"]["print"]["ensures"] = json!({});
    folder.write("goal.json", worse.to_string());
    let ran = folder.run(&[&lanes[..], &["--baseline", "before.json"]].concat());
    assert_eq!(ran.status, 3, "{}", ran.err);
    assert!(ran.err.contains("worse: plan-and-execute: fetch fails once: the goal is not reached"), "{}", ran.err);
    for (document, says) in [("{}", "has no list \"faults\""), ("nothing", "is not JSON"), ("[1", "is not JSON")] {
        folder.write("bad.json", document);
        let ran = folder.run(&[&lanes[..], &["--baseline", "bad.json"]].concat());
        assert_eq!(ran.status, 1);
        assert!(ran.err.contains(says) && ran.err.contains("bad.json"), "{}", ran.err);
    }
    let mut other = parcels();
    other["goal"] = json!("Something else");
    folder.write("goal.json", other.to_string());
    let ran = folder.run(&[&lanes[..], &["--baseline", "before.json"]].concat());
    assert!(ran.status == 1 && ran.err.contains("that is of another goal"), "{}", ran.err);
    let ran = folder.run(&[&lanes[..], &["--baseline", "nowhere.json"]].concat());
    assert_eq!(ran.status, 1, "{}", ran.err);
}

#[test]
fn a_goal_that_is_not_reached_undisturbed_has_nothing_to_judge_by() {
    let folder = Folder::new();
    let mut goal = parcels();
    goal["wants"] = json!({ "label": "length > 1000" });
    folder.write("goal.json", goal.to_string());
    let ran = folder.run(&["stress", "goal.json", "--lane", "plan-and-execute", "--format", "json"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let document: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert!(verdicts(&document, 0).iter().all(|(_, verdict)| verdict == "not_judged"));
    assert_ne!(document["lanes"][0]["status"], "reached");
    let said = folder.run(&["stress", "goal.json", "--lane", "plan-and-execute"]).out;
    assert!(said.contains("- there is nothing to judge by: undisturbed, no lane reaches the goal (--all"), "{said}");
    assert!(!said.contains("change nothing"), "{said}");
}

#[test]
fn what_a_plan_goes_around_at_the_start_was_noticed() {
    let folder = Folder::new();
    let goal = json!({
        "version": 1, "goal": "Have wort", "wants": { "wort": ".sugar > 0" }, "context": { "malt": 12 },
        "tools": {
            "mash": { "description": "Mash the malt", "inputs": ["malt"], "outputs": ["wort"],
                      "requires": { "enough": ".malt >= 10" }, "run": { "jq": "{sugar: .malt}" } },
            "buy": { "description": "Buy wort", "outputs": ["wort"], "cost": 9, "run": { "value": { "sugar": 5 } } }
        }
    });
    folder.write("goal.json", goal.to_string());
    let ran = folder.run(&["stress", "goal.json", "--lane", "plan-and-execute", "--format", "json"]);
    let document: Value = serde_json::from_str(&ran.out).expect("JSON");
    let verdicts = verdicts(&document, 0);
    let of = |fault: &str| verdicts.iter().find(|(name, _)| name == fault).map(|(_, verdict)| verdict.as_str());
    // Its "requires" speaks up while the plan is made: another tool is taken.
    assert_eq!(of("malt is not there at the start"), Some("follows"), "{verdicts:?}");
    assert_eq!(of("malt is null at the start"), Some("follows"), "{verdicts:?}");
    // To a text it says yes, and the step reads it.
    assert_eq!(of("malt is \"12\" (a text) at the start"), Some("unnoticed"), "{verdicts:?}");
}

#[cfg(unix)]
#[test]
fn tools_that_reach_outside_answer_from_the_record_of_a_session_and_never_run_for_it() {
    let folder = Folder::new();
    let mut goal = parcels();
    // Each run of it leaves a line.
    let script = "echo ran >> ran.txt; echo '[{\"kg\": 2}, {\"kg\": 3}]'";
    goal["tools"]["fetch"]["run"] = json!({ "command": { "argv": ["sh", "-c", script] } });
    folder.write("goal.json", goal.to_string());
    let refused = folder.run(&["stress", "goal.json"]);
    assert!(refused.status == 1 && refused.err.contains("--record"), "{} {}", refused.status, refused.err);
    let ran = folder.run(&["run", "goal.json", "--trust", "--approve", "all", "--session", "s.jsonl"]);
    assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
    let runs = || std::fs::read_to_string(folder.path("ran.txt")).expect("it ran").lines().count();
    let before = runs();
    let tried = folder.run(&["stress", "goal.json", "--record", "s.jsonl", "--format", "json"]);
    assert_eq!(tried.status, 0, "{}", tried.err);
    assert!(tried.err.contains("nothing runs for real: 1 tool answers from the record"), "{}", tried.err);
    let document: Value = serde_json::from_str(&tried.out).expect("a document");
    assert!(document["faults"].as_array().is_some_and(|faults| faults.len() > 10), "{document}");
    assert_eq!(runs(), before, "nothing ran for it");
    // Of another goal there is nothing to answer from.
    folder.write("other.json", goal.to_string().replace("Say what the parcels weigh", "Something else"));
    let other = folder.run(&["stress", "other.json", "--record", "s.jsonl"]);
    assert!(other.status == 1 && other.err.contains("a session of another goal"), "{} {}", other.status, other.err);
}
