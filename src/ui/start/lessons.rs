//! The lessons on the start screen: the one that is next among the first lines, all of them at the end, with their ticks.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::engine::goal::Goal;
use crate::goal_file::{self, Lesson, Sample};
use crate::runtime::remembered::{Learnt, Remembered};
use crate::ui::navigate::Destination;
use crate::ui::start::{Card, Entry, Start, Target};

/// How far the lessons were learnt, by their names.
type Far = BTreeMap<String, Learnt>;

/// Returns the line of the lesson that is next, and the lines of all of them.
pub(super) fn entries(far: &Far) -> (Option<Entry>, Vec<Entry>) {
    let lessons = goal_file::lessons();
    let all: Vec<Entry> = lessons.iter().map(|(sample, goal, lesson)| entry(sample, goal, lesson, far)).collect();
    let next = all.iter().position(|entry| entry.done != Some(true)).unwrap_or(0);
    let next = all.get(next).map(|entry| Entry {
        title: "Learn, lesson by lesson".to_owned(),
        about: format!("{} of {}: {}", next + 1, all.len(), entry.title),
        ..entry.clone()
    });
    (next, all)
}

fn entry(sample: &'static Sample, goal: &Arc<Goal>, lesson: &Lesson, far: &Far) -> Entry {
    let learnt = far.get(sample.name).cloned().unwrap_or_default();
    let parts = lesson.parts.len();
    let (asked, right) = (learnt.asked, learnt.right);
    let aside = match (learnt.is_through(), learnt.passed) {
        (true, _) if asked > 0 => format!("{right} of {asked} right"),
        (true, _) => "through".to_owned(),
        (false, 0) => format!("{} min", lesson.minutes),
        (false, passed) => format!("part {} of {parts}", passed + 1),
    };
    Entry {
        title: lesson.title.clone(),
        about: goal.goal.to_string(),
        aside,
        target: Target::To(Destination::Goal {
            goal: goal.clone(),
            named: sample.name.to_owned(),
            steps: 0,
            hint: None,
        }),
        sample: Some(sample),
        card: Card {
            goal: goal.goal.to_string(),
            hint: lesson.parts.first().map(|part| part.text.clone()).unwrap_or_default(),
            ..Card::default()
        },
        done: Some(learnt.is_through()),
    }
}

impl Start {
    /// Updates how far the lessons were learnt.
    pub(super) fn list_lessons(&mut self) {
        let (next, all) = entries(&Remembered::load().lessons);
        if let (Some(next), Some(place)) = (next, self.next_lesson.and_then(|at| self.entries.get_mut(at))) {
            *place = next;
        }
        self.entries.truncate(self.lessons);
        self.entries.extend(all);
    }
}
