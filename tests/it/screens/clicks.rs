//! The mouse does what keys do: whatever names a key, a number or a pane on the screen can be clicked.

use planscope::ui::input::{Input, MouseAct};
use planscope::ui::screen::Request;
use planscope::ui::testing::harness::Stage;
use planscope::ui::testing::lanes::CompareStage;
use planscope::ui::theme::Theme;

use super::keys::{PLACES, next_line, open_with_alt};

/// Returns the click on the first cell of `words`, wherever they stand in `text`.
pub(super) fn click_on(text: &str, words: &str) -> Input {
    let row = text.lines().position(|line| line.contains(words)).unwrap_or_else(|| panic!("no {words}: {text}"));
    let line = text.lines().nth(row).unwrap_or_default();
    let column = line[..line.find(words).unwrap_or(0)].chars().count();
    let (column, row) = (u16::try_from(column).expect("on the screen"), u16::try_from(row).expect("on the screen"));
    Input::Mouse { act: MouseAct::Click, column, row }
}

pub(super) fn click(stage: &mut Stage, words: &str) {
    let click = click_on(&stage.text(), words);
    stage.input(&click).expect("a click");
}

pub(super) fn stage(goal: &str, size: (u16, u16), keys: &str) -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let goal = planscope::goal_file::sample(goal).map_or(goal, |sample| sample.text);
    let goal = planscope::goal_file::parse(goal, "own", None).expect("a goal");
    let mut stage = Stage::open(goal, folder.path().join("session.jsonl"), size).expect("a session");
    stage.press(keys).expect("keys");
    (folder, stage)
}

/// Returns the text without what stands beside the context: that says when something was, and how long it took.
fn without_times(text: &str) -> String {
    text.lines().map(|line| line.chars().take(139).collect::<String>() + "\n").collect()
}

#[test]
fn a_click_on_a_key_of_the_next_line_is_that_key() {
    let mut clicked = 0;
    for (phase, keys, _) in PLACES {
        let (_folder, mut stage) = open_with_alt(keys);
        let line = next_line(&mut stage);
        // The last one, which is another in most phases; one that stands behind the key of its pane goes there first.
        let named: Vec<&str> = line.split([' ', ',', ';', ':']).filter(|word| word.starts_with("A-")).collect();
        let Some(key) = named.last().filter(|_| !named.contains(&"A-1")) else { continue };
        let (_other, mut pressed) = open_with_alt(keys);
        pressed.press(key).expect("a key");
        let row = stage.text().lines().count() as u16 - 2;
        let column = line[..line.rfind(key).expect("it stands there")].chars().count() as u16;
        stage.input(&Input::Mouse { act: MouseAct::Click, column, row }).expect("a click");
        assert_eq!(without_times(&stage.text()), without_times(&pressed.text()), "{phase}: {key}");
        clicked += 1;
    }
    assert!(clicked > PLACES.len() / 2, "only {clicked} keys were clicked");
}

#[test]
fn the_words_behind_a_key_are_a_part_of_it_and_those_of_the_next_are_not() {
    let (_folder, mut stage) = stage("customer_support_report", (120, 34), "space space x Enter space space");
    click(&mut stage, "runs the old one");
    assert!(stage.text().contains("Plan 1") || !stage.text().contains("Plan 1 → 2"), "{}", stage.text());
    let rejected = |stage: &mut Stage| stage.text().contains("rejected") || !stage.text().contains("old plan");
    assert!(rejected(&mut stage), "{}", stage.text());
}

#[test]
fn a_click_chooses_what_the_report_offers_at_every_size() {
    for size in [(60, 16), (80, 24), (120, 34), (200, 60)] {
        for card in ["", "E"] {
            let (_folder, mut stage) =
                stage("customer_support_report", size, "space space x Enter space space Enter c");
            stage.press(card).expect("keys");
            click(&mut stage, "save the card");
            let saved = matches!(stage.requests.as_slice(), [Request::Save { .. }]);
            assert!(saved, "{size:?} {card}: {}", stage.text());
            stage.requests.clear();
            // The digit in front of the words too.
            click(&mut stage, "1 the same, never replanning");
            assert!(
                stage.text().contains("branch 2 of 2") || stage.text().contains("replan never"),
                "{}",
                stage.text()
            );
        }
    }
}

#[test]
fn a_click_takes_the_way_out_that_a_banner_names() {
    let goal = r#"{ "version": 1, "goal": "Paint the fence", "wants": { "fence": "true" }, "context": { "paint": "red" },
      "tools": { "mix": { "description": "Mix the paint", "inputs": ["paint"], "outputs": ["mixed"], "run": { "jq": ".paint" } },
                 "brush": { "description": "Brush", "inputs": ["mixed"], "outputs": ["fence"], "run": { "jq": ".mixed" } } } }"#;
    let (_folder, mut stage) = stage(goal, (120, 34), "space G d");
    assert!(stage.text().contains("u takes back"), "{}", stage.text());
    click(&mut stage, "takes back");
    assert!(stage.text().contains("brush") && !stage.text().contains("u takes back"), "{}", stage.text());
}

#[test]
fn where_one_pane_has_the_room_a_click_on_the_name_of_another_brings_it_forward() {
    let (_folder, mut stage) = stage("customer_support_report", (60, 16), "space");
    click(&mut stage, "2 Context");
    assert!(stage.text().contains("╭ Context"), "{}", stage.text());
    click(&mut stage, "3 Trace");
    assert!(stage.text().contains("╭ Trace"), "{}", stage.text());
    click(&mut stage, "1 Plan");
    assert!(stage.text().contains("╭ Plan"), "{}", stage.text());
}

#[test]
fn the_keys_of_the_guide_can_be_clicked() {
    let (_folder, mut stage) = stage("customer_support_report", (120, 34), "");
    click(&mut stage, "Enter; space also");
    assert!(!stage.text().contains("Read them"), "it is approved: {}", stage.text());
}

#[test]
fn the_keys_of_the_card_can_be_clicked() {
    let (_folder, mut stage) = stage("customer_support_report", (120, 34), "c E");
    click(&mut stage, "s save as Markdown");
    assert!(matches!(stage.requests.as_slice(), [Request::Save { .. }]), "{:?}", stage.requests);
    click(&mut stage, "Esc close");
    assert!(stage.text().contains("q quit"), "{}", stage.text());
}

#[test]
fn beside_lanes_the_line_and_the_header_can_be_clicked() {
    let sample = planscope::goal_file::sample("customer_support_report").expect("a sample");
    let goal = planscope::goal_file::parse(sample.text, sample.name, None).expect("a goal");
    let mut stage = CompareStage::open(goal, None, (120, 34), Theme::coloured()).expect("the lanes");
    let click = click_on(&stage.text(), "each to its end");
    stage.input(&click);
    assert!(stage.text().contains("at the end"), "{}", stage.text());
    let click = click_on(&stage.text(), "lands one in every lane");
    stage.input(&click);
    assert!(stage.text().contains("Which surprise?"), "{}", stage.text());
    let click = click_on(&stage.text(), " 1  ");
    stage.input(&click);
    assert!(stage.text().contains("First your prediction"), "{}", stage.text());
}

#[test]
fn words_of_ones_own_are_never_taken_for_the_place_of_a_key() {
    let goal = r#"{ "version": 1, "goal": "Say {key:step} twice", "wants": { "{key:why}": "true" }, "context": { "{key:undo}": "{key:quit}" },
      "tools": { "say {key:inject}": { "description": "Says {key:edit}", "inputs": ["{key:undo}"], "outputs": ["{key:why}"],
                 "risk": "high", "run": { "jq": ".[\"{key:undo}\"]" } } } }"#;
    let own = ["{key:step}", "{key:why}", "{key:undo}", "{key:quit}", "{key:inject}", "{key:edit}"];
    let mut seen = std::collections::HashSet::new();
    let (_folder, mut stage) = stage(goal, (200, 60), "");
    for keys in "| w | Esc t | Esc space | n w | Esc space y | w | Esc E | Esc 2 w | Esc 3 Enter | Esc g Enter | Esc 1 w | Esc R | n"
        .split('|')
    {
        stage.press(keys).expect("keys");
        let text = stage.text();
        seen.extend(own.into_iter().filter(|one| text.contains(one)));
        // Were one filled, what stands around it would stand around a key.
        for filled in ["Say space", "say i ", "Says e ", "\"q\"", "say i:"] {
            assert!(!text.contains(filled), "{keys}: {filled}: {text}");
        }
    }
    assert_eq!(seen.len(), own.len(), "{seen:?}");
}
