//! Lessons: each fails on its start file and is passed by its solution, pressed key by key on the real screen.

mod strip;
mod walk;

use std::sync::Arc;

use planscope::engine::goal::Goal;
use planscope::goal_file::{self, Lesson, Part, lesson_of};
use planscope::jq::{Cancel, Evaluator};
use planscope::lessons::holds::Holds;
use planscope::runtime::services::Services;
use planscope::runtime::teaching::Teacher;
use planscope::ui::testing::harness::Stage;
use serde_json::Value;

/// A lesson as it stands in the folder.
pub(crate) struct Read {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) goal: Goal,
    pub(crate) lesson: Lesson,
}

/// Returns the lessons of the folder, in the order in which they are taken.
pub(crate) fn lessons() -> Vec<Read> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_goals/lessons");
    let files = std::fs::read_dir(folder).expect("the folder of the lessons").flatten();
    let read = |file: std::fs::DirEntry| {
        let name = file.path().file_stem().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(file.path()).expect("a lesson");
        let goal = goal_file::parse(&text, &name, None).unwrap_or_else(|faults| panic!("{faults}"));
        let lesson = lesson_of(&goal);
        Read { name, text, goal, lesson }
    };
    let mut lessons: Vec<Read> = files.map(read).collect();
    lessons.sort_by_key(|read| read.lesson.order);
    lessons
}

/// Opens a session on `goal`, as the lesson begins it.
pub(crate) fn stage(goal: Goal, size: (u16, u16)) -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let stage = Stage::open(goal, folder.path().join("session.jsonl"), size).expect("a session");
    (folder, stage)
}

/// Presses `key`, or types what it says.
pub(crate) fn press(stage: &mut Stage, key: &str) {
    match key.strip_prefix("type:") {
        Some(text) => stage.type_text(text).expect("text"),
        None => stage.press(key).unwrap_or_else(|fault| panic!("{key}: {fault}")),
    }
}

/// Returns the goal of the lesson with the plan of its solution, and its keys.
fn solution(read: &Read) -> (Goal, Vec<String>) {
    let solution = read.lesson.solution.clone().unwrap_or_else(|| panic!("{} has no solution", read.name));
    let Some(plan) = solution.plan else { return (read.goal.clone(), solution.keys) };
    let mut file: Value = serde_json::from_str(&read.text).expect("JSON");
    file["plan"] = plan;
    let goal = goal_file::parse(&file.to_string(), &read.name, None).unwrap_or_else(|faults| panic!("{faults}"));
    (goal, solution.keys)
}

#[test]
fn every_lesson_is_passed_by_its_solution() {
    let mut wrong = Vec::new();
    for read in lessons() {
        for size in [(80, 24), (120, 34)] {
            let (goal, keys) = solution(&read);
            let (_folder, mut stage) = stage(goal, size);
            keys.iter().for_each(|key| press(&mut stage, key));
            let text = stage.text();
            let app = stage.app();
            let taught = app.view().ui.lesson.as_ref().expect("a lesson");
            if !taught.progress.is_through() {
                wrong.push(format!("{} at {size:?} stands at part {}:\n{text}", read.name, taught.progress.at + 1));
                break;
            }
            for (at, said) in
                taught.progress.said.iter().enumerate().filter_map(|(at, said)| Some((at, said.as_ref()?)))
            {
                let (skipped, right) = (said.value.is_none(), said.right);
                if said.truth.is_none() && !skipped {
                    wrong.push(format!("{}, part {}: no truth", read.name, at + 1));
                }
                if right == Some(false) {
                    wrong.push(format!("{}, part {}: {}", read.name, at + 1, said.sentence()));
                }
                let why = read.lesson.parts[at].predict.as_ref().and_then(|predict| predict.why.as_ref());
                if why.is_some() && said.value.is_some() && said.why.is_none() {
                    wrong.push(format!("{}, part {}: no why", read.name, at + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_lesson_fails_on_its_start_file() {
    let (services, cancel) = (Services::new(Evaluator::in_thread()), Cancel::new());
    for read in lessons() {
        let (_folder, mut stage) = stage(read.goal.clone(), (80, 24));
        let at = |stage: &mut Stage| stage.app().view().ui.lesson.as_ref().expect("a lesson").progress.at;
        assert_eq!(at(&mut stage), 0, "{}: something is passed before anything was done", read.name);
        // Who only runs it to the end, whatever asks on the way, has not passed it.
        for key in ["c", "Enter", "space", "Esc", "c", "Enter", "c"] {
            press(&mut stage, key);
        }
        assert!(at(&mut stage) < read.lesson.parts.len(), "{} passes by itself", read.name);
        // Without a screen neither.
        let goal = Arc::new(read.goal);
        let teacher = Teacher::of(&goal).expect("a teacher");
        let session = teacher.run(&goal, &services, &cancel);
        let held = teacher.held(&session, &services, &cancel);
        let all = held.iter().all(|holds| matches!(holds, Holds::Since(_)));
        assert!(!all, "{} holds by itself: {held:?}", read.name);
    }
}

#[test]
fn a_lesson_that_is_solved_in_a_file_holds_there_and_not_on_its_start_file() {
    let (services, cancel) = (Services::new(Evaluator::in_thread()), Cancel::new());
    let rewritten = lessons().into_iter().filter(solution_has_plan);
    let mut seen = 0;
    for read in rewritten {
        let teacher = Teacher::of(&Arc::new(read.goal.clone())).expect("a teacher");
        let held = |goal: Goal| {
            let session = teacher.run(&Arc::new(goal), &services, &cancel);
            teacher.held(&session, &services, &cancel)
        };
        let fails = |holds: &Holds| matches!(holds, Holds::Never(_));
        assert!(held(read.goal.clone()).iter().any(fails), "{}", read.name);
        assert!(!held(solution(&read).0).iter().any(fails), "{}: {:?}", read.name, held(solution(&read).0));
        seen += 1;
    }
    assert!(seen >= 2, "knowledge base answers and competitor research");
}

fn solution_has_plan(read: &Read) -> bool {
    read.lesson.solution.as_ref().is_some_and(|solution| solution.plan.is_some())
}

#[test]
fn the_lessons_are_built_in_in_their_order_and_each_is_complete() {
    let read = lessons();
    let built: Vec<&str> = goal_file::lessons().iter().map(|(sample, _, _)| sample.name).collect();
    assert_eq!(built, read.iter().map(|read| read.name.as_str()).collect::<Vec<_>>());
    assert!(read.len() >= 10);
    for (at, Read { name, lesson, goal, .. }) in read.iter().enumerate() {
        assert_eq!(lesson.order as usize, at + 1, "{name}");
        assert!(!lesson.title.is_empty() && (1..=10).contains(&lesson.minutes), "{name}");
        assert!(lesson.parts.iter().any(|part| part.predict.is_some()), "{name} asks nothing");
        let hinted = |part: &Part| !part.hints.is_empty() || part.predict.is_some();
        assert!(lesson.parts.iter().all(hinted), "{name} leaves somebody without a hint");
        let outside = goal.tools.values().any(|tool| tool.run.nature == planscope::engine::goal::Nature::Outside);
        assert!(!outside, "{name} needs something from outside");
    }
}
