//! Going to anything: steps, keys with their values, moments. One list that narrows while one types.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::describe::{event, step, value};
use crate::engine::event::Seq;
use crate::engine::goal::Key;
use crate::engine::plan::StepId;
use crate::engine::session::Session;
use crate::engine::state::State;
use crate::ui::dialogs::{Dialog, DialogOutcome, DialogView, draw_list};
use crate::ui::input::{Input, KeyPress};
use crate::ui::widgets::picker::{Entry, Picked, Picker};

/// How many of each kind are listed: the moments from the last one back.
const MOST: usize = 2_000;

/// How much of a value can be found.
const VALUE: usize = 400;

/// What one goes to.
#[derive(Clone, Debug)]
enum Goal {
    Step(StepId),
    Key(Key),
    Moment(Seq),
}

/// The list.
#[derive(Clone, Debug)]
pub struct Anything {
    goals: Vec<Goal>,
    picker: Picker,
}

impl Anything {
    /// Returns the list of what is there at the moment that `state` is, whose trace has these `rows`.
    pub fn open(session: &Session, state: &State, rows: &[Seq]) -> Anything {
        let (mut goals, mut entries) = (Vec::new(), Vec::new());
        let mut add = |goal: Goal, name: String, detail: String, group: &str| {
            goals.push(goal);
            entries.push(Entry { name, detail, group: group.to_owned() });
        };
        let runs = state.runs.iter().map(|run| (&run.step, run.word()));
        let todo = state.plan.remaining().iter().map(|step| (step, if step.skip { "skipped" } else { "to do" }));
        for (step, word) in runs.chain(todo).take(MOST) {
            let about = match step.description.is_empty() {
                true => word.to_owned(),
                false => format!("{word}: {}", step.description),
            };
            add(Goal::Step(step.id.clone()), step::label(step), about, "steps");
        }
        for (key, datum) in state.context.iter().take(MOST) {
            add(Goal::Key(key.clone()), key.to_string(), value::json(&datum.value, VALUE), "context");
        }
        for record in rows.iter().rev().take(MOST).filter_map(|seq| session.record(*seq)) {
            let told = event::line(&record.event, state, &[]);
            let name = format!("event {}", record.seq);
            add(Goal::Moment(record.seq), name, format!("{} {}", told.who, told.sentence()), "moments");
        }
        Anything { goals, picker: Picker::new(entries) }
    }
}

impl Dialog for Anything {
    fn handle(&mut self, input: &Input, view: &DialogView<'_>) -> DialogOutcome {
        match self.picker.handle(input, view.keymap) {
            Picked::Nothing => DialogOutcome::Stay,
            Picked::Away => DialogOutcome::Close,
            Picked::Entry(at) => match self.goals.get(at) {
                Some(Goal::Step(id)) => DialogOutcome::Select(id.clone()),
                Some(Goal::Key(key)) => DialogOutcome::SelectKey(key.clone()),
                Some(Goal::Moment(seq)) => DialogOutcome::Jump(*seq),
                None => DialogOutcome::Stay,
            },
        }
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, view: &DialogView<'_>) {
        draw_list(&self.picker, "Go to a step, a key, a moment", "go to it", (area, buf), view);
    }

    fn key_at(&self, column: u16, row: u16) -> Option<KeyPress> {
        self.picker.scroll.key_at(column, row)
    }

    fn refuse(&mut self, _message: &str) {}
}
