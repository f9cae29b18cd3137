//! The lesson on the screen: what the strip is made from, who follows the session for it, what its keys do.
//!
//! The strip stands in place of the guide and never over anything. How far the learner is is asked off this thread
//! (`runtime::teaching`); the session knows nothing of it.

use std::sync::Arc;

use crate::describe::survival;
use crate::engine::event::Seq;
use crate::goal_file::{Lesson, Takes};
use crate::jq::Cancel;
use crate::lessons::Progress;
use crate::lessons::account::Doings;
use crate::runtime::remembered::Remembered;
use crate::runtime::services::Services;
use crate::runtime::teaching::{Teacher, Teaching};
use crate::ui::action::Action;
use crate::ui::input::Input;
use crate::ui::keymap::Mode;
use crate::ui::session::app::App;
use crate::ui::session::change::{Change, Meaning, no};
use crate::ui::session::model::Beat;
use crate::ui::session::view::View;
use crate::ui::widgets::text_field::TextField;

/// Where the strip looks its keys up while an answer is typed.
const TYPING: [Mode; 2] = [Mode::Line, Mode::Form];

/// What the strip is made from.
#[derive(Debug)]
pub struct Taught {
    /// The lesson.
    pub lesson: Arc<Lesson>,
    /// How far the learner is.
    pub progress: Progress,
    /// Whether the strip was put away.
    pub hidden: bool,
    /// The answer that is being typed.
    pub(crate) typing: Option<TextField>,
}

impl Taught {
    /// Tells whether a question is seen that waits for its answer.
    pub fn asks(&self) -> bool {
        !self.hidden && self.progress.asks(&self.lesson).is_some()
    }

    /// Tells whether that answer is typed.
    fn is_typed(&self) -> bool {
        let takes = self.progress.asks(&self.lesson).map(|predict| &predict.takes);
        self.asks() && matches!(takes, Some(Takes::Number | Takes::Text))
    }
}

/// What a key of the lesson does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LessonAct {
    /// Shows one more hint.
    Hint,
    /// Puts the strip away, or brings it back.
    Hide,
    /// Takes the choice with this number, from 1.
    Choose(usize),
    /// Begins to type an answer.
    Type,
    /// Leaves the question unanswered.
    Skip,
}

/// Who follows the session for a lesson.
pub(super) struct Tutor {
    teaching: Teaching,
    services: Services,
    doings: Doings,
    /// The last event that was looked at.
    seen: Seq,
    /// The tip that was asked about last.
    asked: Option<Seq>,
    /// The proposal whose prediction was counted last.
    judged: Option<Seq>,
    /// By what the progress is remembered; none: it is not.
    name: Option<String>,
}

/// Returns what `action` does for the lesson.
pub(super) fn interpret(view: &View<'_>, action: Action) -> Meaning {
    let Some(taught) = &view.ui.lesson else { return no("this goal teaches no lesson: `planscope learn` lists them") };
    let act = match action {
        Action::Hint if taught.progress.is_through() => return no("the lesson is through"),
        Action::Hint => LessonAct::Hint,
        Action::HideLesson => LessonAct::Hide,
        _ if !taught.asks() => return no("the lesson asks nothing now"),
        Action::Answer if taught.is_typed() => LessonAct::Type,
        Action::Answer => return no("this answer is chosen, by its digit"),
        Action::ByNumber => match view.ui.number {
            Some(number) => LessonAct::Choose(number as usize),
            None => return no("each answer has its digit"),
        },
        _ => LessonAct::Skip,
    };
    Ok(vec![Change::Lesson(act)])
}

impl App {
    /// Follows the lesson of the goal, if it teaches one.
    pub(super) fn begin_lesson(&mut self) {
        let Some(teacher) = Teacher::of(self.driver.session().goal()) else { return };
        let lesson = teacher.lesson.clone();
        let progress = Progress::new(&lesson);
        self.ui.lesson = Some(Taught { lesson, progress, hidden: false, typing: None });
        let services = self.driver.services().clone();
        let teaching = Teaching::new(teacher);
        let (seen, asked, judged, name) = (0, None, None, None);
        self.tutor = Some(Tutor { teaching, services, doings: Doings::default(), seen, asked, judged, name });
    }

    /// Remembers how far the learner gets under this name.
    pub fn remember_lesson(&mut self, name: &str) {
        if let Some(tutor) = &mut self.tutor {
            tutor.name = Some(name.to_owned());
        }
    }

    /// Asks how far the learner is, if the session has gone on.
    pub(super) fn follow_lesson(&mut self) {
        let tip = self.driver.state().seq;
        if self.tutor.as_ref().is_some_and(|tutor| tutor.asked != Some(tip)) {
            self.ask_tutor();
        }
    }

    fn ask_tutor(&mut self) {
        let (Some(tutor), Some(taught)) = (&mut self.tutor, &self.ui.lesson) else { return };
        if taught.progress.is_through() {
            return; // there is nothing more to be learnt from it
        }
        tutor.asked = Some(self.driver.state().seq);
        tutor.teaching.ask(self.driver.session(), &taught.progress, &tutor.doings, tutor.seen);
    }

    /// Waits for the next thing that the tutor says; for ever where there is none. May be dropped at any time.
    pub(super) async fn tutored(tutor: &mut Option<Tutor>) -> (Progress, Seq) {
        match tutor {
            Some(tutor) => tutor.teaching.next(&tutor.services).await,
            None => std::future::pending().await,
        }
    }

    /// Takes in how far the learner is.
    pub(super) fn taught(&mut self, (progress, seen): (Progress, Seq)) {
        let (Some(tutor), Some(taught)) = (&mut self.tutor, &mut self.ui.lesson) else { return };
        tutor.seen = seen;
        let went_on = progress.at > taught.progress.at;
        if progress.at != taught.progress.at {
            taught.typing = None;
        }
        taught.progress = progress;
        if let Some(name) = tutor.name.as_deref().filter(|_| went_on) {
            let (parts, (right, asked)) = (taught.lesson.parts.len(), taught.progress.score());
            let at = taught.progress.at;
            Remembered::change(|remembered| remembered.learnt(name, at, parts, right, asked));
        }
    }

    /// Asks here and now how far the learner is, if that is asked. Returns whether it was.
    pub fn teach_now(&mut self, cancel: &Cancel) -> bool {
        let Some(tutor) = &mut self.tutor else { return false };
        let answer = tutor.teaching.now(&tutor.services, cancel);
        answer.map(|answer| self.taught(answer)).is_some()
    }

    /// Notes that `action` was carried out: a check may ask for it.
    pub(super) fn note_doing(&mut self, action: Action) {
        if self.tutor.as_mut().is_some_and(|tutor| tutor.doings.note(action.name())) {
            self.ask_tutor();
        }
    }

    /// Notes what a prediction of the watched replan came to, once it is seen.
    pub(super) fn note_survival(&mut self) {
        let Some(tutor) = &mut self.tutor else { return };
        let watch = self.ui.watched().filter(|watch| watch.beat == Beat::Rewritten && tutor.judged != Some(watch.seq));
        let Some((seq, dropped, watch)) = watch.and_then(|watch| Some((watch.seq, watch.predicted.as_ref()?, watch)))
        else {
            return;
        };
        tutor.judged = Some(seq);
        tutor.doings.survival.push(survival::score(dropped, &watch.changes));
        self.ask_tutor();
    }

    /// Starts the lesson over.
    pub(super) fn restart_lesson(&mut self) {
        let tip = self.driver.state().seq;
        if let (Some(tutor), Some(taught)) = (&mut self.tutor, &mut self.ui.lesson) {
            (tutor.doings, tutor.seen, tutor.judged) = (Doings::default(), tip, None);
            taught.progress = Progress::new(&taught.lesson);
            (taught.hidden, taught.typing) = (false, None);
            self.ask_tutor();
        }
    }

    /// Does what a key of the lesson means.
    pub(super) fn act_in_lesson(&mut self, act: LessonAct) {
        let Some(taught) = &mut self.ui.lesson else { return };
        let (lesson, progress) = (&taught.lesson, &mut taught.progress);
        let done = match act {
            LessonAct::Hint => {
                taught.hidden = false;
                progress.hint(lesson)
            }
            LessonAct::Hide => {
                taught.hidden = !taught.hidden;
                if taught.hidden {
                    self.ui.say("the lesson is put away: \x01hide_lesson\x02 brings it back");
                }
                return;
            }
            LessonAct::Type => {
                taught.typing = Some(TextField::line(""));
                return;
            }
            LessonAct::Choose(number) => progress.choose(lesson, number),
            LessonAct::Skip => progress.skip(lesson),
        };
        self.answered(done);
    }

    fn answered(&mut self, done: Result<(), String>) {
        match done {
            Ok(()) => self.ask_tutor(),
            Err(why) => self.ui.refuse(why),
        }
    }

    /// Hands `input` to the answer that is being typed. Returns whether one was.
    pub(super) fn type_answer(&mut self, input: &Input) -> bool {
        let Some(taught) = &mut self.ui.lesson else { return false };
        let Some(field) = &mut taught.typing else { return false };
        match input {
            Input::Key(press) => match self.keymap.action(&TYPING, *press) {
                Some(Action::Close) => taught.typing = None,
                Some(Action::Apply) => {
                    let done = taught.progress.type_in(&taught.lesson, &field.text());
                    if done.is_ok() {
                        taught.typing = None;
                    }
                    self.ui.toast = None;
                    self.answered(done);
                }
                _ => {
                    self.ui.toast = None;
                    field.key(*press, &self.keymap);
                }
            },
            Input::Paste(text) => {
                if let Err(why) = field.paste(text) {
                    self.ui.refuse(why);
                }
            }
            Input::Mouse { .. } => taught.typing = None,
            Input::Resized { .. } => return false,
        }
        true
    }
}
