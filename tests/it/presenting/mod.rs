//! Before an audience: beats that can be gone back to, wrong keys, few words, nothing that an audience is not to read; the
//! notes of the presenter, the manual pages and examples.

mod beats;
mod command_line;
mod faults;

use planscope::engine::goal::Goal;
use planscope::goal_file::{self, demo_of};
use planscope::ui::testing::harness::Stage;

/// Returns the samples that have a demo, each with its name.
fn demos() -> Vec<(&'static str, Goal)> {
    let read = |sample: &goal_file::Sample| {
        let goal = goal_file::parse(sample.text, sample.name, None).unwrap_or_else(|faults| panic!("{faults}"));
        (!demo_of(&goal).is_empty()).then_some((sample.name, goal))
    };
    let demos: Vec<_> = goal_file::samples().iter().filter_map(read).collect();
    assert!(!demos.is_empty(), "no sample has a demo");
    demos
}

/// Opens the demo of `goal` on a screen of this size.
fn presented(goal: Goal, size: (u16, u16)) -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut stage = Stage::open(goal, folder.path().join("session.jsonl"), size).expect("a session");
    stage.present().expect("the demo");
    (folder, stage)
}
