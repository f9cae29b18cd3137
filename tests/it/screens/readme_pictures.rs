//! The pictures of the README are what the program draws. `UPDATE_PICTURES=1 cargo test --test it pictures` redraws them.

use planscope::ui::pictures::svg::{Paper, svg};
use planscope::ui::testing::harness::Stage;
use planscope::ui::testing::lanes::CompareStage;
use planscope::ui::theme::Theme;

#[test]
fn the_picture_of_the_readme_is_the_dashboard() {
    let folder = tempfile::tempdir().expect("a folder");
    let sample = planscope::goal_file::sample("customer_support_report").expect("the sample of the README");
    let goal = planscope::goal_file::parse(sample.text, sample.name, None).expect("a goal");
    let mut stage = Stage::open(goal, folder.path().join("session.jsonl"), (104, 30)).expect("a session");
    stage.press("space space x Enter space space").expect("keys");
    let drawn = svg(&stage.buffer(), Paper::DARK);
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/dashboard.svg");
    if std::env::var_os("UPDATE_PICTURES").is_some() {
        std::fs::write(file, &drawn).expect("writes the picture");
    }
    let kept = std::fs::read_to_string(file).unwrap_or_default().replace("\r\n", "\n");
    assert!(kept == drawn, "assets/dashboard.svg is not what the program draws:\n{}", stage.text());
}

#[test]
fn the_other_picture_of_the_readme_is_the_lanes() {
    let sample = planscope::goal_file::sample("customer_support_report").expect("the sample of the README");
    let goal = planscope::goal_file::parse(sample.text, sample.name, None).expect("a goal");
    let mut stage =
        CompareStage::open(goal, Some("Late tickets arrive"), (120, 30), Theme::coloured()).expect("the lanes");
    stage.press("x 3 c").expect("keys");
    let drawn = svg(&stage.buffer(), Paper::DARK);
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/compare.svg");
    if std::env::var_os("UPDATE_PICTURES").is_some() {
        std::fs::write(file, &drawn).expect("writes the picture");
    }
    let kept = std::fs::read_to_string(file).unwrap_or_default().replace("\r\n", "\n");
    assert!(kept == drawn, "assets/compare.svg is not what the program draws:\n{}", stage.text());
}
