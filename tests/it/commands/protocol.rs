//! The protocol on its own: its schema says what is really sent, and `protocol check` tells who keeps to it.

use serde_json::{Value, json};

use super::planner::asked;
use crate::support::program::Folder;

#[test]
fn the_schema_describes_the_fields_that_are_really_sent() {
    let folder = Folder::new();
    let schema: Value = serde_json::from_str(&folder.run(&["protocol", "schema"]).out).unwrap();
    let plan = "printf '{\"id\":%s,\"plan\":[{\"tool\":\"make\"}]}\\n' $id";
    let script = asked(&format!(
        "printf '%s\\n' \"$l\" >> told; case $l in *\\\"verb\\\":\\\"plan*) {plan};; *) printf '{{\"id\":%s,\"result\":1}}\\n' $id;; esac"
    ));
    let goal = json!({
        "version": 1, "goal": "Make b", "wants": { "b": "true" }, "context": { "a": 1 },
        "planner": { "command": ["sh", "-c", script] },
        "tools": { "make": { "inputs": ["a"], "outputs": ["b"], "run": { "program": { "command": ["sh", "-c", script] } } } },
        "scenarios": [{ "name": "again", "after": "make", "set": { "a": 2 } }]
    });
    folder.write("goal.json", goal.to_string());
    let ran = folder.run(&["run", "goal.json", "--trust", "--approve", "all", "--scenario", "again"]);
    assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
    let told = std::fs::read_to_string(folder.path("told")).unwrap();
    let told: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(told.len(), 4, "plan, call, plan, call by one process");
    let fields = |of: &str| {
        let properties = schema["$defs"][of]["properties"].as_object().unwrap().keys().cloned();
        properties.collect::<std::collections::BTreeSet<String>>()
    };
    let sent = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<std::collections::BTreeSet<_>>();
    for request in &told {
        let of = format!("{}_request", request["verb"].as_str().unwrap());
        assert_eq!(sent(request), fields(&of));
    }
    assert_eq!(sent(&told[0]["tools"][0]), fields("tool"));
    assert!(fields("done_step").is_superset(&sent(&told[2]["done"][0])), "{:#}", told[2]);
    assert!(fields("fact").is_superset(&sent(&told[2]["context"]["b"])), "{:#}", told[2]);
    assert!(fields("deviation").is_superset(&sent(&told[2]["deviation"])), "{:#}", told[2]);
}

#[test]
fn a_program_is_tried_out_case_by_case() {
    let folder = Folder::new();
    let plans = "case $l in *moon*) printf '{\"id\":%s,\"no_plan\":\"no moon\"}\\n' $id;; *\\\"verb\\\":\\\"plan*) printf '{\"id\":%s,\"plan\":[{\"tool\":\"make_a\"},{\"tool\":\"make_b\"}]}\\n' $id;; *) printf '{\"id\":%s,\"error\":\"I only plan\"}\\n' $id;; esac";
    let ran = folder.run(&["protocol", "check", "--", "sh", "-c", &asked(plans)]);
    assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
    for says in [
        "✓ plan: a first plan: plans make_a, make_b",
        "✓ plan: a want that nothing makes: says that there is none: no moon",
        "· call: a tool: says: I only plan",
        "✓ a verb that it does not know: says so: I only plan",
        "✓ end of input: it ends by itself",
        "it keeps to the protocol",
    ] {
        assert!(ran.out.contains(says), "{says}: {}", ran.out);
    }
    for (script, says) in [
        (
            asked("printf '{\"id\":%s,\"plan\":[{\"tool\":\"invent\"}]}\\n' $id"),
            "step 1 is invent, which does not exist: a hallucinated step",
        ),
        ("cat > /dev/null".to_owned(), "ended with status 0 before it answered"),
        (asked("echo hello"), "wrote what is not JSON to its standard output"),
        (
            asked("printf '{\"id\":%s,\"plan\":[]}\\n{\"id\":%s,\"plan\":[]}\\n' $id $id"),
            "a second time, so nobody knows which answer holds",
        ),
    ] {
        let folder = Folder::new();
        let script = if says.contains("status 0") { "exit 0".to_owned() } else { script };
        let ran = folder.run(&["protocol", "check", "--", "sh", "-c", &script]);
        assert!(ran.status == 3 && ran.out.contains(says), "{says}: {}", ran.out);
        assert!(ran.out.contains("it does not keep to the protocol"), "{}", ran.out);
    }
}
