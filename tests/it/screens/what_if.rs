//! What if, live: while a value is typed the steps that only compute run ahead, and nothing of it is recorded.

use planscope::ui::testing::harness::Stage;
use serde_json::{Value, json};

fn orders(last: Value) -> Value {
    let tool = |inputs: &[&str], output: &str, filter: &str| json!({ "description": format!("Make {output}"), "inputs": inputs, "outputs": [output], "run": { "jq": filter } });
    json!({
        "version": 1, "goal": "Bill the orders", "wants": { "bill": "length < 12" },
        "tools": {
            "fetch_orders": tool(&[], "orders", "[4, 5]"),
            "sum_orders": tool(&["orders"], "total", ".orders | add"),
            "write_bill": last,
        }
    })
}

fn pure() -> Value {
    json!({ "description": "Write it", "inputs": ["total"], "outputs": ["bill"], "run": { "jq": "\"pay \\(.total)\"" } })
}

fn stage(last: Value, size: (u16, u16)) -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let goal = planscope::goal_file::parse(&orders(last).to_string(), "orders.json", None).expect("a goal");
    let stage = Stage::open(goal, folder.path().join("session.jsonl"), size).expect("a session");
    (folder, stage)
}

#[test]
fn what_would_come_of_a_value_is_seen_while_it_is_typed_and_nothing_is_recorded() {
    let (_folder, mut stage) = stage(pure(), (120, 40));
    stage.press("Enter space 2 Home i").expect("keys");
    let events = stage.app().driver().session().records().len();
    let text = stage.text();
    assert!(text.contains("Inject: orders") && text.contains("would run: s2 sum_orders, s3 write_bill"), "{text}");
    assert!(text.contains("bill is \"pay 9\""), "{text}");
    assert!(text.contains("the goal would be reached"), "{text}");
    stage.press("C-u").expect("keys");
    stage.type_text("[40]").expect("text");
    let text = stage.text();
    assert!(text.contains("bill is \"pay 40\"") && !text.contains("pay 9"), "{text}");
    insta::assert_snapshot!("what_if_120x40", text);
    assert_eq!(stage.app().driver().session().records().len(), events, "nothing of it is recorded");
    // What is not JSON would be nothing.
    stage.type_text(",").expect("text");
    assert!(!stage.text().contains("would run"), "{}", stage.text());
    stage.press("Esc").expect("keys");
    assert_eq!(stage.app().driver().session().records().len(), events);
}

#[test]
fn one_key_takes_another_value_and_what_would_be_follows() {
    let (_folder, mut stage) = stage(pure(), (120, 40));
    stage.press("Enter space 2 Home i C-u").expect("keys");
    stage.type_text("[40]").expect("text");
    stage.press("Left A-↑").expect("keys");
    assert!(stage.text().contains("\"pay 41\""), "{}", stage.text());
    stage.press("A-↓ A-↓").expect("keys");
    assert!(stage.text().contains("\"pay 39\""), "{}", stage.text());
}

#[test]
fn what_is_not_as_wanted_or_cannot_run_ahead_is_said() {
    let (_folder, mut stage) = stage(pure(), (120, 40));
    stage.press("Enter space 2 Home i C-u").expect("keys");
    stage.type_text("[123456789]").expect("text");
    let text = stage.text();
    assert!(text.contains("not as wanted"), "{text}");
    let asks = json!({ "description": "Write it", "inputs": ["total"], "outputs": ["bill"], "run": { "ask": { "question": "The bill?" } } });
    let (_folder, mut asked) = self::stage(asks, (120, 40));
    asked.press("Enter space 2 Home i").expect("keys");
    let text = asked.text();
    assert!(text.contains("would run: s2 sum_orders") && text.contains("bill would have no value"), "{text}");
    assert!(text.contains("write_bill"), "{text}");
    assert!(asked.app().driver().state().asks().is_none(), "nobody is asked");
}
