//! A learner's way through the first three lessons at 80×24: only keys that the screen offers, a replan soon, few words.

use std::collections::BTreeSet;

use super::{lessons, press, stage};
use planscope::ui::testing::harness::Stage;

const SMALL: (u16, u16) = (80, 24);

/// Tells whether the screen offers `key` now: it stands there as a word of its own before the word that says what it does.
fn offers(stage: &mut Stage, key: &str) -> bool {
    let text = stage.text();
    let words: Vec<&str> = text.split_whitespace().collect();
    words.windows(2).any(|two| two[0].trim_end_matches([',', ';', ':', '.']) == key && !two[1].starts_with('│'))
}

/// Returns what the strip and the line of what comes next say.
fn said(stage: &mut Stage) -> Vec<String> {
    let text = stage.text();
    let lines: Vec<&str> = text.lines().collect();
    let strip = lines.iter().skip(2).take_while(|line| !line.starts_with('╭'));
    strip.map(|line| line.trim().to_owned()).collect()
}

#[test]
fn the_first_three_lessons_are_walked_with_keys_that_the_screen_offers() {
    for read in lessons().into_iter().take(3) {
        let keys = read.lesson.solution.expect("a solution").keys;
        let (_folder, mut stage) = stage(read.goal, SMALL);
        for (at, key) in keys.iter().enumerate() {
            if !key.starts_with("type:") {
                assert!(
                    offers(&mut stage, key),
                    "{}, key {}: {key} is not offered:\n{}",
                    read.name,
                    at + 1,
                    stage.text()
                );
            }
            press(&mut stage, key);
        }
        let app = stage.app();
        assert!(app.view().ui.lesson.as_ref().is_some_and(|taught| taught.progress.is_through()), "{}", read.name);
    }
}

#[test]
fn the_first_replan_comes_after_few_keys_and_few_words() {
    let first = lessons().swap_remove(0);
    let keys = first.lesson.solution.expect("a solution").keys;
    let (_folder, mut stage) = stage(first.goal, SMALL);
    let mut read: BTreeSet<String> = said(&mut stage).into_iter().collect();
    let mut pressed = 0;
    for key in &keys {
        press(&mut stage, key);
        pressed += 1;
        read.extend(said(&mut stage));
        if !stage.app().driver().state().replans.is_empty() {
            break;
        }
    }
    let words: usize = read.iter().map(|line| line.split_whitespace().count()).sum();
    assert!(pressed <= 12, "{pressed} keys");
    assert!(words <= 150, "{words} words: {read:#?}");
    assert!(!stage.app().driver().state().replans.is_empty(), "no replan: {}", stage.text());
}
