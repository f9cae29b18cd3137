//! The failure checks on runs of many shapes: each finds what it is about, however it is spelled, and nothing else.

use std::sync::Arc;

use planscope::checks::failures::failures;
use planscope::compare::lane::{Lane, LaneKind};
use planscope::engine::event::{Dial, Pace, Strategy};
use planscope::engine::goal::Risk;
use planscope::goal_file;
use planscope::jq::{Cancel, Evaluator};
use planscope::runtime::lanes;
use planscope::runtime::perform::Conditions;
use planscope::runtime::services::Services;
use serde_json::{Value, json};

fn services() -> Services {
    Services::new(Evaluator::in_thread())
}

/// Returns what the checks find where `goal` is run by plan-and-execute with this dial: "check step".
fn found(goal: &Value, dial: Dial, services: &Services) -> Vec<String> {
    let read = goal_file::parse(&goal.to_string(), "goal.json", None);
    let goal = Arc::new(read.unwrap_or_else(|faults| panic!("{goal}: {faults}")));
    let (cancel, kind) = (Cancel::new(), LaneKind { strategy: Strategy::PlanAndExecute, dial });
    let mut lane = Lane::open(&goal, kind, goal.scenarios.first(), Risk::High, "");
    lanes::go(&mut lane, Pace::Free, services, &cancel);
    let found = failures(&lane.session, lane.state(), &Conditions { services, cancel: &cancel });
    found.into_iter().map(|found| format!("{} {}", found.check, found.step.as_deref().unwrap_or("-"))).collect()
}

/// A goal that one tool reaches by returning `value`, with this want.
fn wanting(value: &Value, want: &str) -> Value {
    json!({ "version": 1, "goal": "Write it", "wants": { "out": want }, "context": { "q": "x" }, "tools": {
        "write": { "description": "Write it", "inputs": ["q"], "outputs": ["out"], "run": { "value": value } }
    } })
}

#[test]
fn a_condition_checks_what_some_other_value_of_its_kind_would_fail() {
    let services = services();
    let text = json!("refund 2.4");
    let (number, list, object) = (json!(5), json!(["a", "b"]), json!({ "up": true, "n": 3, "who": { "name": "Ann" } }));
    // Value, conditions that say no more than that it is there, conditions that check it.
    let cases: [(&Value, &[&str], &[&str]); 4] = [
        (
            &text,
            &[
                "length>0",
                "length > 0",
                "0 < length",
                ". == .",
                "(type == \"string\") or true",
                "test(\".\")",
                "(. // \"\") != \"\"",
                "true",
                ".",
                ". != null",
                "type == \"string\"",
                "(length | . >= 1)",
                "not | not",
                "[.] | length == 1",
                "tostring != \"\"",
                ". as $x | $x == $x",
                "if . == \"\" then false else true end",
                "utf8bytelength > 0",
                "test(\"\\\\S\")",
                "ascii_downcase | length > 0",
                "(. == \"\") | not",
                "type==\"string\" and length>0",
                "explode != []",
                "[., 1] | .[1] == 1",
                "\"constant\" | length == 8",
            ],
            &[
                "contains(\"2.4\")",
                "length > 3",
                "test(\"^[a-z]\")",
                ". == \"refund 2.4\"",
                "length < 100",
                "startswith(\"r\")",
                "test(\"[0-9]\")",
                "ascii_downcase == .",
                "split(\" \") | length == 2",
                "length>0 and contains(\"refund\")",
                "contains(\"TODO\") | not",
                ". != \"nothing\"",
                "test(\"^N/A$\") | not",
                "(length > 0) and (test(\"2\"))",
            ],
        ),
        (
            &number,
            &[
                "type == \"number\"",
                ". == .",
                ". != null",
                "tostring | length > 0",
                "(. > 0) or (. <= 0)",
                "tojson != \"\"",
            ],
            &[
                ". > 0",
                ". == 5",
                ". != 7",
                ". < 1e12 and . < 123456789123",
                ". % 2 == 1",
                ". < 100",
                "floor == .",
                ". >= 0 and . <= 10",
            ],
        ),
        (
            &list,
            &[
                "length > 0",
                "type == \"array\"",
                ". != []",
                "first != null",
                "any",
                "length >= 1 and type == \"array\"",
            ],
            &["length == 2", "index(\"a\") != null", "all(.[]; length == 1)", "unique == .", "contains([\"b\"])"],
        ),
        (
            &object,
            &[
                "has(\"up\")",
                ".n | type == \"number\"",
                "keys | length > 0",
                ".who.name | length > 0",
                ".who.name != \"\"",
            ],
            &[".up", ".n > 2", ".n == 3 and .up", ".who.name == \"Ann\"", "[.n, .up] == [3, true]"],
        ),
    ];
    let (mut right, mut all, mut wrong) = (0, 0, Vec::new());
    for (value, empty, telling) in cases {
        let tried = empty.iter().map(|c| (c, true)).chain(telling.iter().map(|c| (c, false)));
        for (condition, expected) in tried {
            let is = found(&wanting(value, condition), Dial::OnDeviation, &services) == ["unverified_conclusion s1"];
            all += 1;
            right += usize::from(is == expected);
            wrong.extend((is != expected).then(|| format!("{value}: {condition}: found: {is}")));
        }
    }
    assert!(wrong.is_empty(), "{right} of {all}: {wrong:#?}");
}

#[test]
fn an_ensures_vouches_for_an_output_only_where_it_is_about_it() {
    let services = services();
    let cases = [
        (".q == \"x\"", true),
        (".q | length > 0", true),
        ("(.out | length) > 0 and .q == \"x\"", true),
        (".out == .out", true),
        ("[.q, .out] | length == 2", true),
        (".other == 7", true),
        (".out == .q + \"!\"", false),
        (".q as $q | .out | contains($q)", false),
        ("(.out | length) == 2", false),
        (".q as $q | .out != $q", false),
        (".other as $n | (.out | length) != $n", false),
        (".out | endswith(\"!\")", false),
    ];
    for (ensures, expected) in cases {
        let goal = json!({ "version": 1, "goal": "Write it", "wants": { "out": "true" }, "context": { "q": "x" }, "tools": {
            "write": { "description": "Write it", "inputs": ["q"], "outputs": ["out", "other"],
                "ensures": { "it is right": ensures }, "run": { "jq": "{ out: (.q + \"!\"), other: 7 }" } }
        } });
        let is = found(&goal, Dial::OnDeviation, &services);
        assert_eq!(is == ["unverified_conclusion s1"], expected, "{ensures}: {is:?}");
    }
}

#[test]
fn done_with_nothing_is_done_without_an_observation_unless_a_condition_asks_for_it() {
    let services = services();
    let cases = [
        (json!(null), "", true),
        (json!(""), "", true),
        (json!([]), "", false),
        (json!({}), "", false),
        (json!(0), "", false),
        (json!(false), "", false),
        (json!("-"), "", false),
        (json!(null), "true", true),
        (json!(null), ".q == \"x\"", true),
        (json!(""), "(.seen | type) == \"string\"", true),
        (json!(""), "(.seen | length) >= 0", true),
        (json!(null), ".seen == .seen", true),
        (json!(null), ".seen == null", false),
        (json!(""), ".seen == \"\"", false),
        (json!(null), ".seen == null or (.seen | length) > 2", false),
        (json!(""), "(.seen | length) < 3", false),
    ];
    for (value, ensures, expected) in cases {
        let mut look =
            json!({ "description": "Look", "inputs": ["q"], "outputs": ["seen"], "run": { "value": value } });
        if !ensures.is_empty() {
            look["ensures"] = json!({ "it is right": ensures });
        }
        let goal = json!({ "version": 1, "goal": "Write it", "wants": { "out": ". == 1" }, "context": { "q": "x" }, "tools": {
            "look": look,
            "write": { "description": "Write it", "inputs": ["seen"], "outputs": ["out"], "run": { "value": 1 } }
        } });
        let is = found(&goal, Dial::OnDeviation, &services);
        assert_eq!(is == ["hallucinated_step s1"], expected, "{value} with {ensures}: {is:?}");
        assert!(expected || is.is_empty(), "{value} with {ensures}: {is:?}");
    }
}

#[test]
fn a_repetition_is_the_same_tool_on_equal_values_whatever_its_keys_are_called() {
    let services = services();
    let goal = |context: Value, steps: Value| {
        json!({ "version": 1, "goal": "Write it", "wants": { "out": ". > 0" }, "context": context, "tools": {
            "double": { "description": "Double it", "inputs": ["n"], "outputs": ["twice"], "run": { "jq": ".n * 2" } },
            "look": { "description": "Look", "outputs": ["seen"], "run": { "value": 1 } },
            "break": { "description": "Break", "inputs": ["n"], "outputs": ["twice"], "run": { "jq": "error(\"no\")" } },
            "write": { "description": "Write it", "inputs": ["twice"], "outputs": ["out"], "run": { "jq": ".twice" } }
        }, "plan": steps })
    };
    let as_key = |tool: &str, reads: &str, writes: &str| json!({ "tool": tool, "with": { "n": reads }, "to": { "twice": writes } });
    let write = json!({ "tool": "write" });
    let cases = [
        (
            json!({ "n": 1, "m": 1 }),
            json!([as_key("double", "n", "twice"), as_key("double", "m", "again"), write]),
            true,
        ),
        (
            json!({ "n": 1, "m": 2 }),
            json!([as_key("double", "n", "twice"), as_key("double", "m", "again"), write]),
            false,
        ),
        (json!({ "n": 1 }), json!([as_key("double", "n", "twice"), as_key("double", "n", "again"), write]), true),
        (json!({ "n": 1 }), json!([as_key("double", "n", "twice"), as_key("double", "n", "twice"), write]), true),
        (json!({ "n": 1 }), json!([as_key("double", "n", "m"), as_key("double", "m", "twice"), write]), false),
        (
            json!({ "n": 1 }),
            json!([{ "tool": "look" }, { "tool": "look" }, as_key("double", "n", "twice"), write]),
            true,
        ),
        (json!({ "n": 1 }), json!([as_key("break", "n", "x"), as_key("break", "n", "x"), write]), true),
        (json!({ "n": 0, "m": 0 }), json!([as_key("double", "n", "twice"), as_key("break", "m", "x"), write]), false),
    ];
    for (context, steps, expected) in cases {
        let is = found(&goal(context.clone(), steps.clone()), Dial::Never, &services);
        assert_eq!(is.iter().any(|found| found == "loop s2"), expected, "{context} {steps}: {is:?}");
        assert!(is.iter().filter(|found| found.starts_with("loop")).count() <= 1, "{steps}: {is:?}");
    }
}

#[test]
fn an_invention_and_a_stale_conclusion_are_found_and_what_healed_is_not() {
    let services = services();
    let tools = json!({
        "load": { "description": "Load", "outputs": ["tickets"], "run": { "value": [1, 2] } },
        "count": { "description": "Count", "inputs": ["tickets"], "outputs": ["n"], "run": { "jq": ".tickets | length" } },
        "write": { "description": "Write it", "inputs": ["n"], "outputs": ["out"], "run": { "jq": ".n" } }
    });
    let goal = |plan: Option<Value>, scenario: Option<Value>| {
        let mut goal = json!({ "version": 1, "goal": "Write it", "wants": { "out": ". > 0" }, "tools": tools });
        plan.into_iter().for_each(|plan| goal["plan"] = plan);
        scenario.into_iter().for_each(|scenario| goal["scenarios"] = json!([scenario]));
        goal
    };
    let late = || Some(json!({ "name": "late", "after": "count", "set": { "tickets": [1, 2, 3] } }));
    let step = |tool: &str| json!({ "tool": tool });
    let cases = [
        (goal(None, None), Dial::OnDeviation, vec![]),
        (goal(None, late()), Dial::OnDeviation, vec![]),
        (goal(None, late()), Dial::Never, vec!["stale_observation s3"]),
        (
            goal(Some(json!([step("load"), step("count"), step("write")])), late()),
            Dial::Never,
            vec!["stale_observation s3"],
        ),
        (
            goal(Some(json!([step("summon"), step("load"), step("count"), step("write")])), None),
            Dial::Never,
            vec!["hallucinated_step s1"],
        ),
        (
            goal(
                Some(json!([step("load"), { "tool": "count", "with": { "tickets": "merged" } }, step("write")])),
                None,
            ),
            Dial::Never,
            vec!["hallucinated_step s2"],
        ),
        (goal(Some(json!([step("write"), step("load"), step("count")])), None), Dial::Never, vec![]),
    ];
    for (goal, dial, expected) in cases {
        assert_eq!(found(&goal, dial, &services), expected, "{dial:?} {goal}");
    }
}
