//! Room: no sentence is cut while its pane has rows to spare, and what says what a key does is never cut at all.

use planscope::ui::session::pane::PaneId;
use planscope::ui::testing::harness::Stage;
use ratatui::layout::Rect;

const SIZES: [(u16, u16); 3] = [(80, 24), (60, 16), (120, 34)];

/// What leads to the first screens of a goal, to its end, into the past and to a replan.
const KEYS: [&str; 7] = ["", "space", "space space", "space x Enter", "space x Enter space space", "c", "c [ ["];

fn stage(text: &str, name: &str, size: (u16, u16)) -> (tempfile::TempDir, Stage) {
    let folder = tempfile::tempdir().expect("a folder");
    let goal = planscope::goal_file::parse(text, name, None).expect("a goal");
    let stage = Stage::open(goal, folder.path().join("session.jsonl"), size).expect("a session");
    (folder, stage)
}

/// The rows of `area` on the screen.
fn rows(text: &str, area: Rect) -> Vec<String> {
    let row = |y: u16| {
        let line: Vec<char> = text.lines().nth(usize::from(y)).unwrap_or_default().chars().collect();
        line.iter().skip(usize::from(area.x)).take(usize::from(area.width)).collect::<String>()
    };
    (area.y..area.bottom()).map(row).collect()
}

#[test]
fn no_sentence_is_cut_where_its_pane_has_rows_to_spare_and_what_space_does_is_never_cut() {
    let mut cut = Vec::new();
    for sample in planscope::goal_file::samples() {
        for (size, keys) in SIZES.into_iter().flat_map(|size| KEYS.map(|keys| (size, keys))) {
            let (_folder, mut stage) = stage(sample.text, sample.name, size);
            stage.app().guide(true);
            stage.press(keys).expect("keys");
            if stage.text().contains("Esc keep the draft") || stage.text().contains("Esc close") {
                stage.press("Esc").expect("a key");
            }
            let text = stage.text();
            let place = format!("{} at {size:?} after \"{keys}\"", sample.name);
            let view = stage.app().view();
            let layout = view.layout(Rect::new(0, 0, size.0, size.1));
            for area in [layout.guide, layout.next, layout.footer] {
                cut.extend(
                    rows(&text, area).into_iter().filter(|row| row.contains('…')).map(|row| format!("{place}: {row}")),
                );
            }
            // Values are cut in the context wherever they are longer than a row; the others hold sentences.
            for pane in [PaneId::PLAN, PaneId::TRACE] {
                let inside = rows(&text, layout.panes[pane.0]);
                let inside: Vec<&String> = inside.iter().skip(1).take(inside.len().saturating_sub(2)).collect();
                let spare = inside.iter().filter(|row| row.trim_matches(['│', ' ']).is_empty()).count();
                let words = |row: &&&String| row.contains('…') && !row.contains('{') && !row.contains("→");
                if spare > 0 {
                    cut.extend(inside.iter().filter(words).map(|row| format!("{place}, {spare} rows to spare: {row}")));
                }
            }
        }
    }
    assert!(cut.is_empty(), "{}\n{} in all", cut[..cut.len().min(60)].join("\n"), cut.len());
}

#[test]
fn a_name_of_a_step_that_is_a_sentence_leaves_room_for_what_space_does() {
    let goal = r#"{ "version": 1, "goal": "Plan the garden for the coming year with everybody who has a bed in it",
      "wants": { "done": "true" },
      "plan": ["Ask everybody who has a bed in the garden what they would like to grow in the coming year",
               "Draw the beds"] }"#;
    for size in SIZES {
        let (_folder, mut stage) = stage(goal, "garden", size);
        let text = stage.text();
        assert!(text.contains("space"), "{text}");
        let below: Vec<&str> = text.lines().rev().skip(1).take_while(|line| !line.starts_with('╰')).collect();
        assert!(below.iter().all(|line| !line.trim_end().ends_with('…')), "{text}");
    }
}

#[test]
fn a_plan_of_sentences_stands_whole_where_there_is_room() {
    let goal = r#"["Ask the new colleague for the name and the day on which the contract begins",
      "Order a laptop that is there on that day, with the software of the team",
      "Write a welcome letter which names the first day, the desk and whom to ask for", "Send the letter"]"#;
    for size in [(120, 34), (200, 60)] {
        let (_folder, mut stage) = stage(goal, "onboarding", size);
        let text = stage.text();
        let plan: String = text.lines().filter_map(|line| line.split('│').nth(1)).collect::<Vec<_>>().join(" ");
        let words = plan.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("that is there on that day, with the software of the team"), "{text}");
        assert!(words.contains("which names the first day, the desk and whom to ask for"), "{text}");
    }
}
