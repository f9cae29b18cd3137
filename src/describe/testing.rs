//! Sessions for the tests of the panes: events by hand, folded like any others.

use std::sync::Arc;

use crate::engine::event::{Event, Mark, Recorded, Settings};
use crate::engine::goal::{Goal, Key, Tool};
use crate::engine::ordered::IndexMap;
use crate::engine::plan::Step;
use crate::engine::source::Source;
use crate::engine::state::State;
use crate::engine::value::{Shared, Value};

/// Returns a step that uses `tool` with plain bindings.
pub fn step(id: &str, tool: &str, reads: &[&str], writes: &[&str]) -> Step {
    let pairs = |keys: &[&str]| keys.iter().map(|key| (Key::from(*key), Key::from(*key))).collect();
    Step {
        id: id.into(),
        tool: Some(tool.into()),
        description: format!("Does {tool}").into(),
        with: pairs(reads),
        to: pairs(writes),
        why: Some(format!("only {tool} writes {}", writes.join(", ")).into()),
        ..Step::default()
    }
}

/// Returns a goal that wants `wants` and offers the tools that `steps` use.
pub fn goal(steps: &[Step], wants: &[&str]) -> Goal {
    let tools = steps.iter().filter_map(|step| {
        let name = step.tool.clone()?;
        let tool = Tool {
            description: step.description.clone(),
            inputs: step.reads().cloned().collect(),
            outputs: step.writes().cloned().collect(),
            ..Tool::bare(name.clone())
        };
        Some((name, Arc::new(tool)))
    });
    let wants = wants.iter().map(|key| (Key::from(*key), "length > 0".into())).collect();
    Goal { wants: Arc::new(wants), tools: Arc::new(tools.collect()), ..Goal::empty("Write the weekly report") }
}

/// A session made of events.
pub struct Story {
    /// What happened.
    pub records: Vec<Arc<Recorded>>,
    /// The state after it.
    pub state: State,
}

impl Story {
    /// Begins a session in which `steps` are planned for `wants`.
    pub fn planned(steps: Vec<Step>, wants: &[&str]) -> Story {
        let goal = Arc::new(goal(&steps, wants));
        let mut story = Story { records: vec![], state: State::new(goal) };
        let settings = Settings::default();
        story.add(Event::Opened { format: 1, source: Source::default(), folder: None, file: None, settings });
        story.add(Event::PlanRequested { cause: None });
        let steps = steps.into_iter().map(Arc::new).collect();
        story.add(Event::Planned { steps, cost: None, left_out: vec![("load_archive".into(), "it is dearer".into())] });
        story
    }

    /// Adds an event.
    pub fn add(&mut self, event: Event) -> &mut Story {
        let seq = self.records.len() as u64 + 1;
        self.state.apply(seq, &event);
        let parent = seq.checked_sub(1).filter(|parent| *parent > 0);
        self.records.push(Arc::new(Recorded { seq, parent, at: "2026-11-22T10:00:00Z".into(), event }));
        self
    }

    /// Approves the plan.
    pub fn approve(&mut self) -> &mut Story {
        self.add(Event::Approved { step: None, tool: None })
    }

    /// Runs the step that comes next, which writes `values`.
    ///
    /// # Panics
    /// If no step comes next, or `values` is not an object.
    pub fn run(&mut self, values: Value, summary: Option<&str>) -> &mut Story {
        let step = self.state.next_step().cloned().expect("a step to run");
        let reads = step.reads().filter_map(|key| Some((key.clone(), self.state.context.get(key)?.version))).collect();
        self.add(Event::Started { step: step.id.clone(), attempt: 1, reads });
        let Value::Object(values) = values else { panic!("an object of values") };
        let writes: IndexMap<_, _> =
            values.into_iter().map(|(key, value)| (Key::from(key), Shared::new(value))).collect();
        self.add(Event::Finished {
            step: step.id.clone(),
            writes,
            summary: summary.map(Into::into),
            wall_ms: Some(0.4),
            mark: Mark::Ran,
            ran: None,
        })
    }
}

/// Returns the state in which `steps` are planned for `wants`.
pub fn planned(steps: Vec<Step>, wants: &[&str]) -> State {
    Story::planned(steps, wants).state
}
