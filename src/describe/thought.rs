//! One thought in full: what it saw, what it chose, what it chose that over and why, and its outcome.

use super::Moment;
use super::change;
use super::event;
use super::page::Page;
use super::sign::Role;
use super::step;
use super::text::count;
use crate::engine::event::{Event, Recorded, Seq};
use crate::engine::state::State;
use crate::engine::turn::{Became, Candidate, Thought, Turn, Wits};

/// Returns the page about the thought of the event `seq`, or none if that is not a thought.
pub fn thought(view: Moment<'_>, seq: Seq) -> Option<Page> {
    let record = view.records.get(usize::try_from(seq).ok()?.checked_sub(1)?)?;
    let Event::Thought(thought) = record.event.innermost() else { return None };
    let turn = turn_of(view, seq);
    let title = match &turn {
        Some((number, _)) => format!("Thought {number}"),
        None => format!("Thought of event {seq}"),
    };
    let mut page = Page::new(title);
    page.add(Role::Text, 0, format!("by {}", decider(thought.wits)));
    page.heading("Saw");
    match seen(view, record) {
        Some(told) => page.add(Role::Current, 0, told),
        None => page.add(Role::Pending, 0, "nothing yet: only the goal, and what is known at the start"),
    }
    decided(&mut page, thought);
    if let Some((_, turn)) = turn {
        page.heading("What followed");
        became(&mut page, view, &turn);
    }
    Some(page)
}

fn decider(wits: Wits) -> String {
    match wits {
        Wits::StandIn => format!(
            "the {}: those of the goal, and of what was seen last, with those of each tool whose inputs are there",
            wits.label()
        ),
        Wits::Blind => {
            format!("the {}: those of the goal, and of what was seen last, with those of each tool", wits.label())
        }
        Wits::Planner => "the planner: the first step of a fresh plan".to_owned(),
    }
}

/// Adds what was decided on, why, and what else was considered.
pub(super) fn decided(page: &mut Page, thought: &Thought) {
    page.heading("Decided");
    match &thought.step {
        Some(step) => page.add(Role::Current, 0, step::label(step)),
        None => page.add(Role::Failed, 0, "on nothing: no tool is left to try"),
    }
    page.add(Role::Text, 1, thought.why.to_string());
    considered(page, thought);
}

/// Adds the candidates, the best first, each with its score and why it was chosen or lost.
fn considered(page: &mut Page, thought: &Thought) {
    if thought.considered.is_empty() {
        return;
    }
    page.heading("Considered");
    let chosen = thought.step.as_ref().and_then(|step| step.tool.as_ref());
    let wide = thought.considered.iter().map(|other| other.tool.chars().count()).max().unwrap_or(0).min(28);
    for Candidate { tool, score, why } in &thought.considered {
        let role = if Some(tool) == chosen { Role::Done } else { Role::Skipped };
        let score = score.map(|score| format!(" {score:>5.2}")).unwrap_or_default();
        page.add(role, 0, format!("{tool:<wide$}{score}  {why}"));
    }
}

/// Returns what was observed last before the thought, at its own depth, in words.
fn seen(view: Moment<'_>, thought: &Recorded) -> Option<String> {
    let depth = depth(&thought.event);
    let mut at = thought.parent;
    while let Some(record) = at.and_then(|seq| view.records.get(usize::try_from(seq).ok()?.checked_sub(1)?)) {
        let entered = matches!(&record.event, Event::Entered { .. });
        if depth > 0 && entered {
            return None;
        }
        let inner = record.event.innermost();
        let mine = depth == self::depth(&record.event) || matches!(inner, Event::Injected { .. });
        if mine
            && matches!(
                inner,
                Event::Finished { .. }
                    | Event::Failed { .. }
                    | Event::Refused { .. }
                    | Event::Injected { .. }
                    | Event::GoalChanged { .. }
            )
        {
            let told = event::line(&record.event, view.state, &change::looked_up(view, record));
            return Some(format!("{} (event {})", told.sentence(), record.seq));
        }
        at = record.parent.filter(|parent| *parent < record.seq);
    }
    None
}

fn depth(event: &Event) -> usize {
    let (mut event, mut depth) = (event, 0);
    while let Event::Inner { event: inside } = event {
        event = inside;
        depth += 1;
    }
    depth
}

/// Returns the turn of the thought, with its number from 1, wherever it was taken.
fn turn_of(view: Moment<'_>, seq: Seq) -> Option<(usize, Turn)> {
    let state = view.state;
    let loops = state.runs.iter().filter_map(|run| state.loop_of(run));
    let mut states = std::iter::once(state).chain(loops);
    states.find_map(|state| {
        let at = state.turns.iter().position(|turn| turn.seq == seq)?;
        Some((at + 1, (**state.turns.get(at)?).clone()))
    })
}

fn became(page: &mut Page, view: Moment<'_>, turn: &Turn) {
    match &turn.became {
        Became::Open if turn.thought.step.is_none() => page.add(Role::Failed, 0, "no action"),
        Became::Open => page.add(Role::Pending, 0, "its action is still to do: \x01step\x02 carries it out"),
        Became::Refused(refused) => {
            page.add(Role::Failed, 0, format!("refused: {} (event {})", refused.message, refused.seq));
        }
        Became::Dropped => page.add(Role::Skipped, 0, "dropped before it was started"),
        Became::Acted(id) => {
            let home = view.state.inside_of(id).map_or(view.state, |inside| &**inside);
            let Some(run) = home.run(id) else { return };
            let role = step::sign(run.status);
            let said = run.error.as_ref().or(run.summary.as_ref()).map(|said| format!(": {said}")).unwrap_or_default();
            let wrote: Vec<&str> = run.wrote.iter().map(|(key, _)| &**key).collect();
            let wrote = if wrote.is_empty() { String::new() } else { format!(", wrote {}", wrote.join(", ")) };
            page.add(role, 0, format!("{} {}{wrote}{said}", step::label(&run.step), run.word()));
        }
    }
}

/// Returns the figures of the turns: "3 thoughts, 1 refused".
pub fn tally(state: &State) -> String {
    let refused = state.turns.iter().filter(|turn| matches!(turn.became, Became::Refused { .. })).count();
    let thoughts = count(state.turns.len(), "thought");
    if refused > 0 { format!("{thoughts}, {refused} refused") } else { thoughts }
}

/// Returns what the thoughts came to, in a sentence; none where there were none.
pub fn account(state: &State) -> Option<String> {
    let of = |which: fn(&Became) -> bool| state.turns.iter().filter(|turn| which(&turn.became)).count();
    let acted = of(|became| matches!(became, Became::Acted(_)));
    let refused = of(|became| matches!(became, Became::Refused { .. }));
    let dropped = of(|became| matches!(became, Became::Dropped));
    if state.turns.is_empty() {
        return None;
    }
    let mut words = format!("{}: {acted} acted on", count(state.turns.len(), "decision"));
    for (count, word) in [(refused, "refused"), (dropped, "dropped")] {
        if count > 0 {
            words.push_str(&format!(", {count} {word}"));
        }
    }
    Some(words)
}
