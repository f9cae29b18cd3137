//! The pictures of the README are what the program draws. `UPDATE_PICTURES=1 cargo test --test picture` makes them anew.

use planscope::engine::goal::Goal;
use planscope::ui::compare::stage::CompareStage;
use planscope::ui::picture::svg;
use planscope::ui::stage::Stage;
use planscope::ui::theme::Theme;

fn goal() -> Goal {
    let sample = planscope::goal_file::sample("customer_support_report").expect("the sample of the README");
    planscope::goal_file::parse(sample.text, sample.name, None).expect("a goal")
}

/// Holds the file `name` to what is drawn now, or makes it anew where that was asked for.
fn holds(name: &str, drawn: &str, text: &str) {
    let file = format!("{}/assets/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_PICTURES").is_some() {
        std::fs::write(&file, drawn).expect("writes the picture");
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    assert!(kept == drawn, "assets/{name} is not what the program draws:\n{text}");
}

#[test]
fn the_picture_of_the_dashboard_is_the_dashboard() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut stage = Stage::open(goal(), folder.path().join("session.jsonl"), (104, 30)).expect("a session");
    stage.press("space space x Enter space space").expect("keys");
    holds("dashboard.svg", &svg(&stage.buffer()), &stage.text());
}

#[test]
fn the_picture_of_the_lanes_is_the_lanes() {
    let mut stage = CompareStage::open(goal(), None, (112, 32), Theme::coloured()).expect("the lanes");
    stage.press("x 1 3 c").expect("keys");
    holds("compare.svg", &svg(&stage.buffer()), &stage.text());
}
