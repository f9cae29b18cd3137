//! A plan as a graph: the steps that ran and those that are to do, and the keys that they hand to one another.

use std::collections::HashMap;
use std::sync::Arc;

use crate::engine::context::Origin;
use crate::engine::event::Seq;
use crate::engine::goal::Key;
use crate::engine::plan::Step;
use crate::engine::state::{State, StepRun};

/// Where a key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// It is known at the start.
    Start,
    /// A person or a surprise said so meanwhile.
    Injected,
    /// The step at this place.
    Step(usize),
    /// It is not there, and no step before writes it.
    Nobody,
}

impl std::fmt::Display for Source {
    /// Writes the id of its node: `n0` for the first step.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Source::Start => f.write_str("start"),
            Source::Injected => f.write_str("injected"),
            Source::Step(at) => write!(f, "n{at}"),
            Source::Nobody => f.write_str("nobody"),
        }
    }
}

/// One hand-off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge<'a> {
    /// Where it comes from.
    pub from: Source,
    /// The place of the step that reads it; none: the goal wants it.
    pub to: Option<usize>,
    /// The key.
    pub key: &'a Key,
}

/// A plan as a graph.
#[derive(Clone, Debug)]
pub struct Graph<'a> {
    /// The steps, each with its run if it was started.
    pub steps: Vec<(&'a Arc<Step>, Option<&'a Arc<StepRun>>)>,
    /// The hand-offs, in the order in which they are read, then the wants.
    pub edges: Vec<Edge<'a>>,
}

impl<'a> Graph<'a> {
    /// Returns what ran in `state`, by the versions that it really read, and what is to do, by the order of the plan.
    /// A step that is switched off hands nothing on.
    pub fn of(state: &'a State) -> Graph<'a> {
        let mut made: HashMap<(&Key, Seq), usize> = HashMap::new();
        let (mut steps, mut edges) = (Vec::new(), Vec::new());
        for run in &state.runs {
            let to = Some(steps.len());
            edges.extend(run.reads.iter().map(|(key, version)| {
                let made = made.get(&(key, *version)).map(|at| Source::Step(*at));
                Edge { from: made.unwrap_or_else(|| given(state, key, *version)), to, key }
            }));
            made.extend(run.wrote.iter().map(|(key, version)| ((key, *version), steps.len())));
            steps.push((&run.step, Some(run)));
        }
        let now = |key: &Key| {
            let Some(datum) = state.context.get(key) else { return Source::Nobody };
            let made = made.get(&(key, datum.version)).map(|at| Source::Step(*at));
            made.unwrap_or_else(|| given(state, key, datum.version))
        };
        let mut writer: HashMap<&Key, usize> = HashMap::new();
        for step in state.plan.remaining() {
            let at = steps.len();
            steps.push((step, None));
            if step.skip {
                continue;
            }
            let from = |key: &Key| writer.get(key).map_or_else(|| now(key), |at| Source::Step(*at));
            edges.extend(step.reads().map(|key| Edge { from: from(key), to: Some(at), key }));
            writer.extend(step.writes().map(|key| (key, at)));
        }
        let wanted = state.goal.wants.keys();
        edges.extend(wanted.map(|key| {
            let from = writer.get(key).map_or_else(|| now(key), |at| Source::Step(*at));
            Edge { from, to: None, key }
        }));
        Graph { steps, edges }
    }

    /// Returns the nodes that are no steps, each with its words: the start, and what else something comes from.
    pub fn outside(&self) -> impl Iterator<Item = (Source, &'static str)> {
        let used = |from: Source| from == Source::Start || self.edges.iter().any(|edge| edge.from == from);
        let all = [
            (Source::Start, "known at the start"),
            (Source::Injected, "injected"),
            (Source::Nobody, "nobody writes it"),
        ];
        all.into_iter().filter(move |(from, _)| used(*from))
    }
}

/// Returns where this version of `key` comes from, which no step made: the first event holds what is known at the start.
fn given(state: &State, key: &Key, version: Seq) -> Source {
    let now = state.context.get(key).filter(|datum| datum.version == version);
    let initial = now.map_or(version <= 1, |datum| datum.origin == Origin::Initial);
    if initial { Source::Start } else { Source::Injected }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::command::Command;
    use crate::engine::event::{Decider, Dial, Pace};
    use crate::engine::goal::StepDraft;
    use crate::engine::session::Session;
    use crate::engine::testing::{World, backwards, goal, settings, tool};
    use crate::engine::value::Shared;
    use serde_json::json;

    fn drawn(state: &State) -> Vec<String> {
        let graph = Graph::of(state);
        let reader = |to: Option<usize>| to.map_or_else(|| "goal".to_owned(), |at| Source::Step(at).to_string());
        graph.edges.iter().map(|edge| format!("{} {} {}", edge.from, edge.key, reader(edge.to))).collect()
    }

    #[test]
    fn what_ran_hands_on_by_versions_and_what_is_to_do_by_its_order() {
        let goal = goal("report", "", vec![tool("load", "", "tickets"), tool("draft", "tickets", "report")]);
        let mut world = World::new(backwards);
        let mut session = Session::open(Arc::new(goal), settings(Dial::Never, Decider::Ask), "");
        world.settle(&mut session, 50);
        let planned = ["n0 tickets n1", "n1 report goal"];
        assert_eq!(drawn(session.state()), planned);
        session.submit(Command::SetPace(Pace::Steps(1)), "").expect("it runs");
        world.settle(&mut session, 50);
        assert_eq!(drawn(session.state()), planned, "one ran, one is to do");
        let other = Command::Inject([("tickets".into(), Some(Shared::new(json!("others"))))].into_iter().collect());
        session.submit(other, "").expect("it is injected");
        assert_eq!(drawn(session.state()), ["injected tickets n1", "n1 report goal"]);
        session.submit(Command::SetPace(Pace::Free), "").expect("it runs");
        world.settle(&mut session, 50);
        assert_eq!(drawn(session.state()), ["injected tickets n1", "n1 report goal"], "all ran");
        assert!(session.state().plan.remaining().is_empty());
        let outside: Vec<_> = Graph::of(session.state()).outside().map(|(from, _)| from).collect();
        assert_eq!(outside, [Source::Start, Source::Injected]);
    }

    #[test]
    fn what_nobody_writes_is_not_known_at_the_start() {
        let mut goal = goal("report", "tickets", vec![tool("draft", "tickets counts", "report")]);
        goal.plan = Some(Arc::new(vec![StepDraft { tool: Some("draft".into()), ..StepDraft::default() }]));
        let mut world = World::new(backwards);
        let mut session = Session::open(Arc::new(goal), settings(Dial::Never, Decider::Ask), "");
        world.settle(&mut session, 50);
        let drawn = drawn(session.state());
        assert!(drawn.contains(&"start tickets n0".to_owned()), "{drawn:?}");
        assert!(drawn.contains(&"nobody counts n0".to_owned()), "{drawn:?}");
    }
}
