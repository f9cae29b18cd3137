//! What the strip of a lesson says: where the learner is, what to do, what is asked, what became of the part before.

use super::Progress;
use super::said::Said;
use crate::describe::sign::Role;
use crate::goal_file::{Lesson, Predict, Takes};

/// A sentence of the strip with its sign; keys are named by their actions.
pub type Sentence = (Role, String);

/// What the strip says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strip {
    /// The title of the lesson, and the place in it: "Hand-offs · part 2 of 5".
    pub place: String,
    /// What became of the question of the part before.
    pub came: Option<Sentence>,
    /// What to do, or what is asked, or the hint.
    pub text: Sentence,
    /// Where to look, or how an answer is typed.
    pub look: Option<String>,
    /// What may be answered, each by its place from 1.
    pub answers: Vec<String>,
}

/// Returns what the strip says of `lesson` to somebody who is so far.
pub fn strip(lesson: &Lesson, progress: &Progress) -> Strip {
    let title = &lesson.title;
    let all = lesson.parts.len();
    let answers = Vec::new();
    let before = progress.at.checked_sub(1).and_then(|at| progress.said.get(at)?.as_ref());
    let came = before.filter(|said| said.truth.is_some()).map(outcome);
    let Some(part) = lesson.parts.get(progress.at) else {
        let (right, asked) = progress.score();
        let score = if asked > 0 { format!(" {right} of {asked} predictions were right.") } else { String::new() };
        let text = format!("The lesson is through.{score} \x01quit\x02 leaves, \x01start_over\x02 begins it again.");
        return Strip {
            place: format!("{title} · {all} of {all}"),
            came,
            text: (Role::Done, text),
            look: None,
            answers,
        };
    };
    let place = format!("{title} · part {} of {all}", progress.at + 1);
    if let Some(hint) = progress.hints.checked_sub(1).and_then(|at| part.hints.get(at)) {
        let which = if progress.hints == part.hints.len() { "Answer" } else { "Hint" };
        let (look, answers) = progress.asks(lesson).map_or((None, answers), answers_to);
        return Strip { place, came, text: (Role::Accent, format!("{which}: {hint}")), look, answers };
    }
    if let Some(predict) = progress.asks(lesson) {
        let (look, answers) = answers_to(predict);
        return Strip { place, came, text: (Role::Accent, predict.ask.clone()), look, answers };
    }
    let came = progress.waits().filter(|said| said.value.is_some()).map(outcome).or(came);
    Strip { place, came, text: (Role::Current, part.text.clone()), look: part.look.clone(), answers }
}

/// Returns how a question is answered, and with what where that is chosen.
fn answers_to(predict: &Predict) -> (Option<String>, Vec<String>) {
    let (how, answers) = match &predict.takes {
        Takes::Choices(choices) => ("\x01skip_question\x02 skips", choices.clone()),
        Takes::Number => ("\x01answer\x02 types a number   \x01skip_question\x02 skips", Vec::new()),
        Takes::Text => ("\x01answer\x02 types it   \x01skip_question\x02 skips", Vec::new()),
    };
    (Some(how.to_owned()), answers)
}

fn outcome(said: &Said) -> Sentence {
    let role = match said.right {
        Some(true) => Role::Done,
        Some(false) => Role::Failed,
        None => Role::Pending,
    };
    (role, said.sentence())
}
