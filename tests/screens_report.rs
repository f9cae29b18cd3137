//! Whole screens of real sessions: keys in, picture out.

use planscope::ui::stage::Stage;

fn stage(sample: &str, size: (u16, u16)) -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let sample = planscope::goal_file::sample(sample).expect("a sample");
    let goal = planscope::goal_file::parse(sample.text, sample.name, None).expect("a goal");
    let stage = Stage::open(goal, folder.path().join("session.jsonl"), size).expect("a session");
    (folder, stage)
}

#[test]
fn look() {
    for size in [(80, 24), (120, 34), (60, 16), (200, 50)] {
        let (_folder, mut stage) = stage("customer_support_report", size);
        for keys in ["", "space", "space", "x Enter", "space", "space", "Enter", "c", "[ [ [", "End w", "Esc ?"] {
            stage.press(keys).expect("keys");
            println!("== {size:?} after {keys}\n{}", stage.text());
        }
    }
}
