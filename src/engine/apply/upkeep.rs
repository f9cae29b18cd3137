//! Keeping the forward check, the open questions and the fingerprint of the situation, at the cost of what changed.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::Touch;
use crate::engine::event::{About, Question, Seq};
use crate::engine::goal::Key;
use crate::engine::review;
use crate::engine::state::State;

impl State {
    /// Reviews everything, whatever happened.
    pub(in crate::engine) fn review_all(&mut self, seq: Seq) {
        self.review(seq, Touch::Everything);
    }

    pub(super) fn review(&mut self, seq: Seq, touch: Touch) {
        if self.is_react() {
            // There is no plan that anything could contradict; only questions arise.
            if !matches!(touch, Touch::Nothing) {
                self.ask(seq, review::questions(self), false);
                if !self.deviations.is_empty() {
                    self.deviations = std::sync::Arc::new([]);
                }
            }
            return;
        }
        match touch {
            Touch::Nothing => {}
            Touch::AsAssumed(step, keys) => {
                if !keys.is_empty() {
                    let new = review::questions_about(self, keys.iter());
                    self.ask(seq, new, true);
                }
                if review::reached(self) {
                    self.ask(seq, review::questions(self), true); // what is expected of the result, too
                }
                let lasting = self.deviations.iter().all(|deviation| deviation.kind.lasts());
                if !lasting || self.deviations.len() >= review::LISTED || review::reached(self) {
                    self.deviations = review::walk(self, &self.plan).into();
                } else if self.deviations.iter().any(|d| d.step.as_ref() == Some(&step)) {
                    let left = self.deviations.iter().filter(|d| d.step.as_ref() != Some(&step));
                    self.deviations = left.cloned().collect();
                }
            }
            Touch::Verdicts { matters } => {
                let reached = review::reached(self);
                // Now there is a result: what is expected of it is compared before anything says that it is reached.
                let new = if reached { review::questions(self) } else { Vec::new() };
                self.ask(seq, new, true);
                if matters || reached {
                    self.deviations = review::walk(self, &self.plan).into();
                }
            }
            Touch::Everything => {
                let new = review::questions(self);
                self.ask(seq, new, false);
                self.deviations = review::walk(self, &self.plan).into();
            }
        }
    }

    pub(super) fn ask(&mut self, seq: Seq, new: Vec<Question>, keep: bool) {
        let mut open = new;
        if keep {
            for question in self.open_questions.iter() {
                if !self.verdicts.contains_key(question) && !open.contains(question) && self.still_there(question) {
                    open.push(question.clone());
                }
            }
        }
        if *open != *self.open_questions {
            self.asked_since = seq;
            self.open_questions = open.into();
        }
    }

    fn still_there(&self, question: &Question) -> bool {
        let at = |key: &Key, version: Seq| self.context.get(key).is_some_and(|datum| datum.version == version);
        match &question.about {
            About::Value(key, version) => at(key, *version),
            About::Object(parts) => parts.iter().all(|(_, key, version)| at(key, *version)),
        }
    }

    /// Returns a fingerprint of the situation: contents of the context, pins, barred uses and remembered outcomes.
    pub fn situation(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.fingerprint.sum_of(&self.context, &self.outcomes).hash(&mut hasher);
        self.barred.len().hash(&mut hasher);
        self.goal.goal.hash(&mut hasher);
        for (key, condition) in self.goal.wants.iter() {
            (key, condition).hash(&mut hasher);
        }
        for (tool, down) in self.standing_refusals() {
            (tool, &down.message).hash(&mut hasher);
        }
        for armed in &self.armed {
            format!("{:?}", armed.surprise).hash(&mut hasher);
        }
        hasher.finish()
    }
}
