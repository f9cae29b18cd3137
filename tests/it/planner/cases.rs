//! Goal files that people ran into, run by the program: what was wrong with each, and what is right.

use serde_json::{Value, json};

use crate::support::program::{Folder, Ran, steps};

fn goal(name: &str) -> &'static str {
    macro_rules! files {
        ($($name:literal),+ $(,)?) => {
            match name {
                $($name => include_str!(concat!("goals/", $name, ".json")),)+
                _ => panic!("no goal file {name}"),
            }
        };
    }
    files!(
        "approve_between",
        "approve_draft",
        "burns_given",
        "circular_provenance",
        "deploy",
        "early_cutoff",
        "etl",
        "etl_ok",
        "false_still_needed",
        "look_before_send",
        "pinned_ask",
        "pinned_risk",
        "skip_comes_back",
    )
}

fn folder(name: &str) -> Folder {
    let folder = Folder::new();
    folder.write("goal.json", goal(name));
    folder
}

fn run(name: &str, arguments: &[&str]) -> (i32, Value) {
    folder(name).json(&[&["run", "goal.json"], arguments].concat())
}

fn text(name: &str, arguments: &[&str]) -> Ran {
    folder(name).run(&[&["run", "goal.json"], arguments].concat())
}

/// Returns the ids of the steps in the plan of a run, each with how it stands.
fn ids(run: &Value) -> Vec<String> {
    let plan = run["plan"].as_array().unwrap().iter();
    plan.map(|step| format!("{} {}", step["id"].as_str().unwrap(), step["status"].as_str().unwrap())).collect()
}

fn tools(run: &Value) -> Vec<String> {
    steps(&run["plan"]).into_iter().map(|(tool, status)| format!("{tool} {status}")).collect()
}

const NORTH: &str = r#"sum:north_rows=[{"region":"north","amount":5},{"region":"north","amount":999}]"#;

const REGIONS: [&str; 4] = ["--answer", r#"n0="north""#, "--answer", r#"s0="south""#];

#[test]
fn a_bound_plan_is_replanned_in_its_own_bindings() {
    let (status, run) = run("etl_ok", &[&REGIONS[..], &["--inject", NORTH]].concat());
    assert_eq!(status, 0);
    let repeats: Vec<&Value> =
        run["plan"].as_array().unwrap().iter().filter(|step| !step["repeats"].is_null()).collect();
    let again: Vec<[&Value; 3]> =
        repeats.iter().map(|step| [&step["repeats"], &step["inputs"], &step["outputs"]]).collect();
    assert_eq!(
        json!(again),
        json!([["n2", ["north_rows"], ["north_clean"]], ["n3", ["north_clean"], ["north_total"]]])
    );
    assert_eq!(run["plan"].as_array().unwrap().len(), 12, "{:?}", ids(&run));
    assert_eq!(run["context"]["dashboard"]["all"], 1074);
}

#[test]
fn the_lanes_that_decide_one_action_at_a_time_know_the_bindings_too() {
    for strategy in ["react", "react-planner"] {
        let (status, run) = run("etl_ok", &[&REGIONS[..], &["--strategy", strategy]].concat());
        assert_eq!((status, &run["context"]["dashboard"]["all"]), (0, &json!(150)), "{strategy}: {}", run["why"]);
    }
}

#[test]
fn the_reason_starts_at_the_faulty_step_of_a_given_plan() {
    let (status, run) = run("etl", &[]);
    assert_eq!(status, 3);
    assert_eq!(run["why"], "step m reads south_totals; nothing writes it; did you mean south_total?");
    let said = text("etl", &[]);
    assert!(said.out.contains("unreachable: step m reads south_totals; nothing writes it"), "{}", said.out);
}

#[test]
fn the_headline_is_what_happened_last_and_why_it_matters() {
    let (_, failed) = run("deploy", &["--fail", "build_image=502 bad gateway"]);
    assert_eq!(failed["why"], "build_image failed (502 bad gateway) and is the only tool that writes image");
    let (_, gate) = run("deploy", &["--inject", r#"benchmark:test_report={"passed": 3, "failed": 2}"#]);
    let why = gate["why"].as_str().unwrap();
    assert!(why.starts_with("test_report changed: gate requires \"nothing failed\", which is false on "), "{why}");
    assert!(
        why.ends_with(" on test_report = {\"passed\": 3, \"failed\": 2}, and nothing else writes verdict"),
        "{why}"
    );
}

#[test]
fn a_tool_that_fails_on_its_input_says_so() {
    let goal = |filter: &str| {
        let tool = json!({"description": "Make y", "inputs": ["x"], "outputs": ["y"], "run": {"jq": filter}});
        json!({"version": 1, "goal": "Make y", "wants": {"y": "true"}, "context": {"x": [1, 2, 3, 4]}, "tools": {"t": tool}})
    };
    let broken = [
        ("error(\"disk full\")", "disk full"),
        (".x | from_entries", "Cannot index number with "),
        (".x | keys | .[0] | test(\"a\")", ""),
        (".x[\"a\"]", ""),
        (".x | tonumber", ""),
        ("empty", ""),
    ];
    for (filter, message) in broken {
        let folder = Folder::new();
        folder.write("goal.json", goal(filter).to_string());
        let (status, run) = folder.json(&["run", "goal.json"]);
        let why = run["why"].as_str().unwrap();
        assert!(status == 3 && why.starts_with("t failed (") && why.contains(message), "{filter}: {why}");
        assert!(why.ends_with(" and is the only tool that writes y"), "{filter}: {why}");
    }
}

#[test]
fn nobody_is_asked_and_nothing_is_approved_for_what_is_pinned() {
    for name in ["pinned_ask", "pinned_risk"] {
        let (status, run) = run(name, &["--inject", r#"load_events:statement="I am sorry""#]);
        assert_eq!((status, &run["context"]["postmortem"]), (0, &json!("2 events; owner: I am sorry")), "{name}");
        assert_eq!(tools(&run), ["load_events done", "write_it done"], "{name}");
        assert_eq!(run["replans"][0]["cause"]["kind"], "step_unneeded", "{name}");
    }
}

#[test]
fn an_early_cutoff_is_carried_out() {
    let arguments = ["--answer", r#"ask_editor="News""#, "--inject", "layout:feed=[2,1,3]"];
    let (status, run) = run("early_cutoff", &arguments);
    assert_eq!((status, &run["context"]["digest"]), (0, &json!("<News>[1,2,3]")));
    let done = ["sort_feed done", "ask_editor done", "layout done", "sort_feed done", "digest done"];
    assert_eq!(tools(&run), done);
    assert_eq!(run["failure_checks"].as_array().unwrap().iter().filter(|f| f["check"] == "loop").count(), 0);
}

#[test]
fn what_is_not_needed_any_more_is_not_said_to_be() {
    let (status, run) = run("false_still_needed", &["--inject", "t1:c=5"]);
    assert_eq!((status, tools(&run)), (0, vec!["t1 done".into(), "t4 done".into()]));
    assert_eq!(run["replans"][0]["cause"]["kind"], "step_unneeded");
}

#[test]
fn the_dials_that_only_run_on_run_what_is_not_needed() {
    for dial in ["never", "on-failure"] {
        let arguments =
            ["--inject", r#"load_events:statement="I am sorry""#, "--replan", dial, "--answer", r#"ask_owner="x""#];
        let (status, run) = run("pinned_ask", &arguments);
        assert_eq!((status, run["plan"].as_array().unwrap().len()), (0, 3), "{dial}");
        assert_eq!(run["replans"], json!([]));
    }
}

const CHANGED: [&str; 2] = ["--scenario", "The order changes"];

#[test]
fn a_look_of_a_person_stays_between_the_draft_and_what_is_sent() {
    let look = ["--answer", r#"s3="fine""#];
    let (status, run) = run("look_before_send", &[CHANGED, look].concat());
    assert_eq!(status, 0);
    assert_eq!(ids(&run), ["s1 done", "s5 done", "s2 done", "s3 done", "s4 done"]);
    let (status, run) = self::run("look_before_send", &[&look[..], &["--replan", "every-step"]].concat());
    assert_eq!((status, ids(&run)), (0, vec!["s1 done".into(), "s2 done".into(), "s3 done".into(), "s4 done".into()]));
}

/// What has to run again before a step of the author stood ahead of both; it does not put one ahead of the other.
#[test]
fn a_repeat_of_what_was_done_does_not_change_the_order_of_an_authors_steps() {
    let tool = |inputs: &[&str], output: &str, filter: &str| json!({"description": format!("Make the {output}"), "inputs": inputs, "outputs": [output], "run": {"jq": filter}});
    let goal = json!({
        "version": 1, "goal": "Write a letter", "wants": {"letter": ". > 5"}, "context": {"brief": 1},
        "tools": {
            "fetch": tool(&[], "source", "10"),
            "sum_up": tool(&["source"], "brief", ".source"),
            "draft": tool(&["brief"], "letter", ".brief"),
        },
        "plan": [
            {"id": "f0", "tool": "draft"},
            {"id": "look", "description": "Look at the letter"},
            {"id": "f1", "tool": "fetch"},
        ],
    });
    let folder = Folder::new();
    folder.write("goal.json", goal.to_string());
    let (status, run) = folder.json(&["run", "goal.json", "--answer", r#"look="fine""#]);
    assert_eq!((status, &run["context"]["letter"]), (0, &json!(10)), "{}", run["why"]);
    assert_eq!(ids(&run), ["f0 done", "look done", "f1 done", "s1 done", "s2 done"]);
}

#[test]
fn a_gate_that_leads_to_no_want_survives_a_replan() {
    let (status, run) = run("approve_between", &CHANGED);
    assert_eq!(status, 4);
    assert_eq!(ids(&run), ["s1 done", "s5 done", "s2 done", "s3 pending", "s4 pending"]);
    assert!(run["why"].as_str().unwrap().starts_with("s3 note asks for approval first"), "{}", run["why"]);
}

#[test]
fn a_repeat_asks_as_the_step_did_that_it_repeats() {
    let (status, run) = run("approve_draft", &["--inject", "draft:order=30"]);
    assert_eq!(status, 4);
    let folder = folder("approve_draft");
    let (status, run_all) = folder.json(&["run", "goal.json", "--approve", "all", "--inject", "draft:order=30"]);
    assert_eq!(status, 0);
    let asked = run_all["trace"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["kind"] == "approved" && event["step"].is_string());
    assert_eq!(asked.count(), 2, "the draft, and the draft that repeats it; {}", run["why"]);
}

#[test]
fn a_replan_that_takes_out_a_gate_asks_although_nobody_is_to_be_asked() {
    let folder = folder("approve_between");
    let set = ["--inject", r#"price:noted="x""#];
    let (status, run) = folder.json(&[&["run", "goal.json"], &set[..]].concat());
    assert_eq!(status, 4);
    let why = run["why"].as_str().unwrap();
    assert!(why.starts_with("the replan takes out s3 note, at which somebody looks before the rest"), "{why}");
    assert!(why.contains("noted is pinned"), "{why}");
    let (status, _) = folder.json(&[&["run", "goal.json", "--approve", "all"], &set[..]].concat());
    assert_eq!(status, 0);
}

#[test]
fn a_use_that_the_given_plan_switches_off_does_not_come_back() {
    let (status, run) = run("skip_comes_back", &[]);
    assert_eq!((status, &run["context"]["report"]), (0, &json!("n=1")), "{:?}", tools(&run));
    assert!(tools(&run).contains(&"load_archive done".to_string()));
}

#[test]
fn a_value_is_never_its_own_source() {
    let arguments = ["--strategy", "react", "--outcome", "a=3", "--inject", "a:k3=2"];
    for arguments in [&arguments[..], &[]] {
        let (_, run) = run("circular_provenance", arguments);
        let provenance = run["provenance"].as_object().unwrap();
        for key in provenance.keys() {
            let mut todo = vec![key.as_str()];
            let mut seen: Vec<&str> = Vec::new();
            while let Some(at) = todo.pop() {
                for (source, version) in provenance[at]["from"].as_object().into_iter().flatten() {
                    if provenance[source]["version"] == *version && !seen.contains(&source.as_str()) {
                        seen.push(source);
                        todo.push(source);
                    }
                }
            }
            assert!(!seen.contains(&key.as_str()), "{key} is made from itself: {provenance:?}");
        }
    }
}

#[test]
fn a_given_fact_is_overwritten_last() {
    let (status, run) = run("burns_given", &[]);
    assert_eq!(
        (status, &run["context"]["answer"], &run["context"]["k"]),
        (0, &json!(3), &json!(4)),
        "{:?}",
        tools(&run)
    );
}

#[test]
fn a_replan_leaves_the_steps_that_it_keeps_in_their_order() {
    let folder = Folder::new();
    let tool = |inputs: Value, output: &str| json!({ "inputs": inputs, "outputs": [output], "run": { "value": 1 } });
    let goal = json!({
        "version": 1, "goal": "Go on a trip", "wants": { "trip": "true" },
        "tools": {
            "list_hotels": tool(json!([]), "hotels"), "read_weather": tool(json!([]), "weather"),
            "ask_fare": tool(json!([]), "fare"), "pick_hotel": tool(json!(["hotels"]), "hotel"),
            "go": tool(json!(["weather", "fare", "hotel"]), "trip"), "book": tool(json!(["hotel"]), "booking")
        },
        "scenarios": [{ "name": "Book", "after": "list_hotels",
                        "goal": { "wants": { "trip": "true", "booking": "true" } } }]
    });
    folder.write("goal.json", goal.to_string());
    // Once the hotels are there, one of them could be picked first; nothing is won by moving that step.
    for (arguments, replans) in [(&["--replan", "every-step"][..], 4), (&["--scenario", "Book"], 1)] {
        let (status, run) = folder.json(&[&["run", "goal.json"], arguments].concat());
        assert_eq!(status, 0, "{run}");
        let all = run["replans"].as_array().unwrap();
        assert_eq!(all.len(), replans, "{arguments:?}");
        for replan in all {
            let kept = |side: &str| -> Vec<Value> {
                let both = ["before", "after"].map(|side| replan[side].as_array().unwrap());
                let stays = |id: &&Value| both.iter().all(|ids| ids.contains(id));
                replan[side].as_array().unwrap().iter().filter(stays).cloned().collect()
            };
            assert_eq!(kept("before"), kept("after"), "{arguments:?}");
        }
    }
}
