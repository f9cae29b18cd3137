//! How far a learner is in a lesson: the current part, its hints, what was predicted; moved on by what holds.

use serde_json::Value;

use super::Moment;
use super::account::account;
use super::said::{self, Said};
use crate::describe::why::{self, Subject};
use crate::goal_file::{About, Lesson, Predict, Takes};
use crate::jq::truthy;

/// How far a learner is in a lesson.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// The current part, from 0; as many as there are: it is through.
    pub at: usize,
    /// How many hints of the current part were asked for.
    pub hints: usize,
    /// What was said to the question of each part; none: it was not asked, or not answered yet.
    pub said: Vec<Option<Said>>,
}

impl Progress {
    /// Returns the progress of somebody who begins.
    pub fn new(lesson: &Lesson) -> Progress {
        Progress { at: 0, hints: 0, said: vec![None; lesson.parts.len()] }
    }

    /// Tells whether the lesson is through.
    pub fn is_through(&self) -> bool {
        self.at >= self.said.len()
    }

    /// Returns the question that waits for an answer.
    pub fn asks<'l>(&self, lesson: &'l Lesson) -> Option<&'l Predict> {
        let predict = lesson.parts.get(self.at)?.predict.as_ref()?;
        self.said.get(self.at).is_some_and(Option::is_none).then_some(predict)
    }

    /// Returns what was said to the question of the current part and waits for its truth.
    pub fn waits(&self) -> Option<&Said> {
        self.said.get(self.at)?.as_ref().filter(|said| said.truth.is_none())
    }

    /// Answers the question with its choice `number`, from 1.
    ///
    /// # Errors
    /// A sentence that says why not.
    pub fn choose(&mut self, lesson: &Lesson, number: usize) -> Result<(), String> {
        match self.asks(lesson).map(|predict| &predict.takes) {
            Some(Takes::Choices(choices)) => match number.checked_sub(1).and_then(|at| choices.get(at)) {
                Some(choice) => self.answer(Some(choice.as_str().into())),
                None => Err(format!("there are {} answers, 1 to {}", choices.len(), choices.len())),
            },
            Some(Takes::Number | Takes::Text) => Err("this answer is typed: \x01answer\x02 begins it".into()),
            None => Err("nothing is asked".into()),
        }
    }

    /// Answers the question with what was typed.
    ///
    /// # Errors
    /// A sentence that says what would be taken.
    pub fn type_in(&mut self, lesson: &Lesson, typed: &str) -> Result<(), String> {
        let predict = self.asks(lesson).ok_or("nothing is asked")?;
        let value = said::read(&predict.takes, typed)?;
        self.answer(Some(value))
    }

    /// Leaves the question unanswered.
    ///
    /// # Errors
    /// A sentence, where nothing is asked.
    pub fn skip(&mut self, lesson: &Lesson) -> Result<(), String> {
        self.asks(lesson).ok_or("nothing is asked")?;
        self.answer(None)
    }

    fn answer(&mut self, value: Option<Value>) -> Result<(), String> {
        let said = self.said.get_mut(self.at).ok_or("the lesson is through")?;
        *said = Some(Said { value, ..Said::default() });
        Ok(())
    }

    /// Shows one more hint.
    ///
    /// # Errors
    /// A sentence, where there is none.
    pub fn hint(&mut self, lesson: &Lesson) -> Result<(), String> {
        let hints = lesson.parts.get(self.at).map_or(0, |part| part.hints.len());
        match hints {
            0 => Err("there is no hint for this part".into()),
            _ if self.hints >= hints => Err("that was the answer: there is no further hint".into()),
            _ => {
                self.hints += 1;
                Ok(())
            }
        }
    }

    /// Returns how many predictions were right, and of how many.
    pub fn score(&self) -> (usize, usize) {
        let judged = self.said.iter().flatten().filter_map(|said| said.right);
        judged.fold((0, 0), |(right, all), one| (right + usize::from(one), all + 1))
    }

    /// Moves on over every part that is through at `moment`. Returns whether anything changed.
    pub fn follow(&mut self, lesson: &Lesson, moment: &Moment<'_>) -> bool {
        let before = self.clone();
        while let Some(part) = lesson.parts.get(self.at) {
            let check = part.check.as_deref();
            let truth = part.predict.as_ref().map(|predict| &*predict.truth);
            let said = part.predict.as_ref().and_then(|predict| match &predict.why {
                Some(About::Said(filter)) => Some(&**filter),
                Some(About::Key(_) | About::Step(_) | About::Replan) | None => None,
            });
            let filters: Vec<&str> = check.into_iter().chain(truth).chain(said).collect();
            let mut came = moment.ask.ask(&filters, &account(moment, self, &filters)).into_iter();
            let holds = check.is_none_or(|_| came.next().is_some_and(|came| came.is_ok_and(|value| truthy(&value))));
            if let Some(predict) = &part.predict {
                let truth = came.next().and_then(Result::ok).filter(|truth| !truth.is_null());
                let sentence = said.and_then(|_| came.next()).and_then(Result::ok);
                // What is asked has happened: it is too late to predict.
                if check.is_some() && holds && truth.is_some() && self.asks(lesson).is_some() {
                    let _ = self.answer(None);
                }
                // Who is to see for themselves is not told before they have.
                if let (true, Some(truth), Some(Some(said))) = (holds, truth, self.said.get_mut(self.at))
                    && said.truth.is_none()
                {
                    said.settle(truth, because(predict, moment, sentence));
                }
                let Some(said) = self.said.get(self.at).and_then(Option::as_ref) else { break };
                if said.value.is_some() && said.truth.is_none() || check.is_none() && said.truth.is_none() {
                    break;
                }
            }
            if !holds {
                break;
            }
            (self.at, self.hints) = (self.at + 1, 0);
        }
        *self != before
    }
}

/// Returns what a tool or a check said, as a sentence begins.
fn begin(words: &str) -> String {
    // An id or a name stays as it is written.
    let is_word = words.split(' ').next().is_some_and(|first| first.chars().all(char::is_alphabetic));
    let mut letters = words.chars();
    match letters.next().filter(|_| is_word) {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => words.to_owned(),
    }
}

/// Returns the recorded why of what a question asks.
fn because(predict: &Predict, moment: &Moment<'_>, said: Option<Value>) -> Option<String> {
    let subject = match predict.why.as_ref()? {
        About::Said(_) => return said.and_then(|said| said.as_str().map(begin)),
        About::Key(key) => Subject::Key(key.clone()),
        About::Step(step) => Subject::Step(step.clone()),
        About::Replan => Subject::Replan(moment.end.replans.len().checked_sub(1)?),
    };
    why::short(moment.end, &subject)
}
