//! The plan as a map: every step has a row, the lines show who hands what to whom, and it goes to what is selected.

use planscope::ui::input::Input;
use planscope::ui::testing::harness::Stage;
use serde_json::{Value, json};

/// Twenty steps: three diamonds, one behind the other, with a chain before, between and behind them.
fn three_diamonds() -> Value {
    let mut tools = serde_json::Map::new();
    let mut add = |name: &str, inputs: &[&str]| {
        let filter = format!("[.[]] | length + {}", inputs.len());
        let tool = json!({ "description": format!("Make {name}"), "inputs": inputs, "outputs": [format!("k_{name}")],
                           "run": { "jq": filter } });
        tools.insert(name.to_owned(), tool);
    };
    let mut last = String::new();
    let from = |last: &str| if last.is_empty() { Vec::new() } else { vec![last.to_owned()] };
    for part in ["a", "b", "c"] {
        for name in ["fetch", "split"] {
            let inputs = from(&last);
            let name = format!("{name}_{part}");
            add(&name, &inputs.iter().map(String::as_str).collect::<Vec<_>>());
            last = format!("k_{name}");
        }
        for side in ["left", "right"] {
            add(&format!("{side}_{part}"), &[&last]);
        }
        let (left, right) = (format!("k_left_{part}"), format!("k_right_{part}"));
        add(&format!("join_{part}"), &[&left, &right]);
        last = format!("k_join_{part}");
        if part != "c" {
            add(&format!("check_{part}"), &[&last]);
            last = format!("k_check_{part}");
        }
    }
    for name in ["sum", "sign", "send"] {
        add(name, &[&last]);
        last = format!("k_{name}");
    }
    json!({ "version": 1, "goal": "Send the sum of three", "wants": { last: "true" }, "tools": tools })
}

fn stage(size: (u16, u16)) -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let goal = planscope::goal_file::parse(&three_diamonds().to_string(), "map.json", None).expect("a goal");
    let stage = Stage::open(goal, folder.path().join("session.jsonl"), size).expect("a session");
    (folder, stage)
}

#[test]
fn twenty_steps_with_three_diamonds_stand_whole_at_80_columns() {
    let (_folder, mut stage) = stage((80, 24));
    stage.press("space space space m").expect("keys");
    let text = stage.text();
    for step in 1..=20 {
        assert!(text.contains(&format!(" s{step} ")), "s{step} is not to be seen:\n{text}");
    }
    assert!(text.contains("20 steps, 17 waves"), "{text}");
    insta::assert_snapshot!("map_80x24", text);
}

#[test]
fn what_the_selected_step_rests_on_is_lit_and_enter_goes_to_it() {
    let (_folder, mut stage) = stage((120, 34));
    stage.press("space m End").expect("keys");
    let heavy = |text: &str| text.matches('┃').count() + text.matches('┗').count() + text.matches('┛').count();
    let lit = heavy(&stage.text());
    assert!(lit > 0, "{}", stage.text());
    stage.press("Home").expect("keys");
    assert_eq!(heavy(&stage.text()), 0, "the first rests on nothing: {}", stage.text());
    stage.press("Down Down w").expect("keys");
    assert!(stage.text().contains("Why s3"), "{}", stage.text());
    stage.press("Esc m Down Down Enter").expect("keys");
    let text = stage.text();
    assert!(!text.contains("Map: "), "{text}");
    stage.press("w").expect("keys");
    assert!(stage.text().contains("Why s4 ") || stage.text().contains("Why s5 "), "{}", stage.text());
}

#[test]
fn the_map_follows_the_session_and_a_click_selects() {
    let (_folder, mut stage) = stage((120, 34));
    stage.press("m").expect("keys");
    assert!(stage.text().contains("next"), "{}", stage.text());
    let before = stage.text();
    stage.press("Esc space space m").expect("keys");
    assert_ne!(before, stage.text());
    assert!(stage.text().matches("done").count() >= 2, "{}", stage.text());
    for size in [(40, 10), (60, 16), (200, 60)] {
        stage.input(&Input::Resized { width: size.0, height: size.1 }).expect("a resize");
        assert!(stage.text().contains("Map: 20 steps"), "{size:?}: {}", stage.text());
    }
}
