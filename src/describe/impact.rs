//! What a command would lead to, in words: of what `engine::foresee` found, the most important first.

use crate::engine::event::{Dial, Event};
use crate::engine::foresee::{End, Foreseen, Later, Lost, first_reader};
use crate::engine::goal::Key;
use crate::engine::review::{self, Deviation, DeviationKind};
use crate::engine::state::{State, Status};

use super::sign::Role;
use super::{frame, step, text};

/// How many keys or steps are named before the rest is counted.
const NAMED: usize = 4;

/// Returns what `foreseen` would change of `state`, most important first.
pub fn impact(state: &State, foreseen: &Foreseen) -> Vec<(Role, String)> {
    let mut out = Vec::new();
    let injected = Injected::of(state, foreseen);
    if let Some(Injected { pinned, .. }) = injected.as_ref().filter(|injected| injected.changed.is_empty()) {
        let pin = if *pinned { "; it is pinned from now on" } else { "" };
        out.push((Role::Kept, format!("the value stays the same: nothing goes stale{pin}")));
    }
    let changes_goal = wants(state, foreseen, &mut out);
    stale(injected.as_ref(), foreseen, &mut out);
    let before = out.len();
    deviations(state, foreseen, &mut out);
    if let Some(later) = &foreseen.later {
        out.extend(after_it(state, later));
    }
    if changes_goal && foreseen.end.is_none() {
        out.push(match foreseen.replan.is_some() || foreseen.state.replan_is_due() || state.is_react() {
            true => (Role::Replanned, "the session pauses and the remaining steps are replanned".into()),
            false => (Role::Kept, "the plan stays as it is: the dial says no replan".into()),
        });
    }
    end(state, foreseen, &mut out);
    let contradicted = out.len() > before;
    if let Some(injected) = &injected {
        injected.readers_and_writers(state, &mut out);
    }
    if !foreseen.pending.is_empty() {
        out.push((Role::Pending, "what it means for the conditions is being checked".into()));
    } else if !contradicted && injected.is_some_and(|injected| !injected.changed.is_empty()) {
        out.push((Role::Kept, "no remaining step reads anything that goes stale".into()));
    }
    out
}

/// How many steps a fork lists before the rest is counted.
const LISTED: usize = 8;

/// Returns what happens where a fork begins with what was `foreseen` of the moment `state`: what comes from the record,
/// what will run, and what cannot; none: it would be refused.
pub fn fork(state: &State, foreseen: Option<&Foreseen>) -> Vec<(Role, String)> {
    let after = foreseen.map_or(state, |foreseen| &foreseen.state);
    let done = state.runs.iter().filter(|run| run.status == Status::Done);
    let mut served: Vec<(Role, String)> = done
        .map(|run| (Role::Recorded, format!("{}: from the record, does not run", step::label(&run.step))))
        .collect();
    if let Some(run) = frame::loop_run(state) {
        let turns = text::count(state.inner.as_ref().map_or(0, |inner| inner.turns.len()), "turn");
        served.push((
            Role::Recorded,
            format!("{}, {turns} inside: from the record, does not run", step::label(&run.step)),
        ));
    }
    let mut runs: Vec<(Role, String)> = Vec::new();
    for left in state.plan.remaining().iter().filter(|left| after.step(&left.id).is_none()) {
        runs.push((Role::Removed, format!("{}: taken out", step::label(left))));
    }
    let deviations = foreseen.map_or(&[][..], |_| &after.deviations[..]);
    for left in after.plan.remaining() {
        let label = step::label(left);
        let stopped = deviations.iter().find(|deviation| deviation.step.as_ref() == Some(&left.id) && stops(deviation));
        runs.push(match stopped {
            _ if left.skip => (Role::Skipped, format!("{label}: skipped")),
            Some(Deviation { kind: DeviationKind::MissingInput, key: Some(key), .. }) => {
                (Role::Failed, format!("{label}: nothing makes {key}"))
            }
            Some(deviation) => (Role::Failed, deviation.message.to_string()),
            None => (Role::Current, format!("{label}: will run")),
        });
    }
    if foreseen.is_some_and(|foreseen| foreseen.replan.is_some()) {
        runs.push((Role::Replanned, "the rest is replanned".into()));
    } else if !runs.iter().any(|(role, _)| *role == Role::Current) {
        runs.push((Role::Kept, "nothing runs by itself".into()));
    }
    shorten(&mut served);
    shorten(&mut runs);
    served.extend(runs);
    served
}

fn shorten(rows: &mut Vec<(Role, String)>) {
    let total = rows.len();
    if total > LISTED {
        let role = rows[LISTED - 1].0;
        rows.truncate(LISTED - 1);
        rows.push((role, format!("and {} more", total + 1 - LISTED)));
    }
}

/// Tells whether a step cannot run because of `deviation`, whatever the dial says.
fn stops(deviation: &Deviation) -> bool {
    match deviation.kind {
        DeviationKind::MissingInput
        | DeviationKind::OrderWrong
        | DeviationKind::RequirementFalse
        | DeviationKind::UnknownTool => true,
        DeviationKind::StaleInput
        | DeviationKind::StepUnneeded
        | DeviationKind::ExpectationFalse
        | DeviationKind::ToolFailed
        | DeviationKind::GoalChanged
        | DeviationKind::GoalReachedEarly
        | DeviationKind::GoalNotReached => false,
    }
}

/// The values that are injected by the command.
struct Injected<'f> {
    keys: Vec<&'f Key>,
    /// Those of them that are other ones than now.
    changed: Vec<&'f Key>,
    removed: Vec<&'f Key>,
    pinned: bool,
}

impl<'f> Injected<'f> {
    fn of(state: &State, foreseen: &'f Foreseen) -> Option<Injected<'f>> {
        let Event::Injected { values, outcome_of, .. } = foreseen.events.first()?.innermost() else { return None };
        let differs = |key: &Key, value: Option<&crate::engine::value::Shared>| {
            state.context.get(key).map(|datum| &datum.value) != value
        };
        let changed = values.iter().filter(|(key, value)| differs(key, value.as_ref())).map(|(key, _)| key);
        Some(Injected {
            keys: values.keys().collect(),
            changed: changed.collect(),
            removed: values.iter().filter(|(_, value)| value.is_none()).map(|(key, _)| key).collect(),
            pinned: outcome_of.is_none(),
        })
    }

    /// Says which steps read the values that are given, and which would write them again.
    fn readers_and_writers(&self, state: &State, out: &mut Vec<(Role, String)>) {
        for key in self.keys.iter().filter(|key| !self.removed.contains(key)) {
            if let Some(reader) = first_reader(state, key) {
                out.push((Role::Kept, format!("{} reads the value that you give", step::label(reader))));
            }
            let writer = state.plan.writers(key).next().and_then(|at| state.plan.remaining().get(at));
            if let Some(writer) = writer {
                let words = match self.pinned {
                    true => format!("{} will not overwrite {key}: it is pinned", step::label(writer)),
                    false => format!("{} will write {key} again", step::label(writer)),
                };
                out.push((Role::Changed, words));
            }
        }
    }
}

/// Says which keys are wanted otherwise than now. Returns whether the command changes the goal.
fn wants(state: &State, foreseen: &Foreseen, out: &mut Vec<(Role, String)>) -> bool {
    let Some(Event::GoalChanged { wants, .. }) = foreseen.events.first().map(Event::innermost) else { return false };
    for (key, condition) in wants {
        match state.goal.wants.get(key) {
            None => out.push((Role::Added, format!("{key} is wanted from now on"))),
            Some(old) if old != condition => out.push((Role::Changed, format!("{key} has another condition"))),
            Some(_) => {}
        }
    }
    for key in state.goal.wants.keys().filter(|key| !wants.contains_key(*key)) {
        out.push((Role::Removed, format!("{key} is no longer wanted")));
    }
    true
}

fn stale(injected: Option<&Injected<'_>>, foreseen: &Foreseen, out: &mut Vec<(Role, String)>) {
    for went in foreseen.stale.iter().take(NAMED) {
        let changed = injected.and_then(|injected| injected.changed.first());
        let words = match (&went.source, changed) {
            (Some((source, version)), _) => format!("{} was made from {source} as of event {version}", went.key),
            (None, Some(changed)) => format!("{} rests on {changed} by way of others", went.key),
            (None, None) => format!("{} goes stale", went.key),
        };
        out.push((Role::Stale, words));
    }
    if foreseen.stale.len() > NAMED {
        out.push((Role::Stale, format!("and {} more values go stale", foreseen.stale.len() - NAMED)));
    }
}

fn deviations(before: &State, foreseen: &Foreseen, out: &mut Vec<(Role, String)>) {
    let after = &foreseen.state;
    if after.is_react() {
        // Where no plan is made, nothing is rewritten: the action that is open would be refused.
        let hit = after.next_step().and_then(|next| review::blocked(after, next).or(review::stale_input(after, next)));
        out.extend(hit.map(|hit| (Role::Current, format!("{}: it would be refused", said(before, after, &hit)))));
        return;
    }
    let due = foreseen.replan.is_some() || after.replan_is_due();
    let told = foreseen.deviations.iter().filter(|deviation| deviation.kind != DeviationKind::GoalChanged);
    for (at, deviation) in told.take(NAMED).enumerate() {
        let then = match deviation.kind {
            DeviationKind::GoalReachedEarly | DeviationKind::GoalChanged => "",
            _ if at > 0 => "",
            _ if due => ": a replan is needed",
            DeviationKind::StaleInput => ": it runs all the same, the dial says no replan",
            DeviationKind::MissingInput | DeviationKind::RequirementFalse | DeviationKind::UnknownTool
                if after.settings.dial == Dial::Never =>
            {
                ": it is blocked, and the dial says no replan"
            }
            DeviationKind::MissingInput
            | DeviationKind::RequirementFalse
            | DeviationKind::UnknownTool
            | DeviationKind::OrderWrong
            | DeviationKind::ToolFailed
            | DeviationKind::ExpectationFalse
            | DeviationKind::StepUnneeded
            | DeviationKind::GoalNotReached => "",
        };
        out.push((Role::Current, format!("{}{then}", said(before, after, deviation))));
    }
    if foreseen.deviations.len() > NAMED {
        out.push((Role::Current, format!("and {} more steps are hit", foreseen.deviations.len() - NAMED)));
    }
    out.extend(foreseen.lost.iter().take(NAMED).map(lost));
    for deviation in foreseen.mended.iter().take(NAMED).filter(|_| foreseen.deviations.is_empty()) {
        out.push((Role::Kept, format!("no longer so: {}", deviation.message)));
    }
}

/// Says whether anything else makes what a step would not make any more.
fn lost(lost: &Lost) -> (Role, String) {
    match lost.others.as_slice() {
        [] => (Role::Surprise, format!("no other tool writes {}", lost.key)),
        [only] => (Role::Pending, format!("{only} writes {} too", lost.key)),
        [first, others @ ..] => {
            (Role::Pending, format!("{first} and {} write {} too", text::count(others.len(), "other tool"), lost.key))
        }
    }
}

/// Returns a deviation in the words of a preview: short where the sign says the rest.
fn said(before: &State, state: &State, deviation: &Deviation) -> String {
    let was_there = |key: &Key| before.context.is_fresh(key);
    match (deviation.kind, &deviation.step, &deviation.key) {
        (DeviationKind::StaleInput, Some(id), Some(key)) => {
            format!("{} would read {key}, a stale value", step::label_of(state, id))
        }
        (DeviationKind::MissingInput, Some(id), Some(key)) => {
            format!("{} would miss {key}", step::label_of(state, id))
        }
        (DeviationKind::GoalNotReached, _, Some(key))
            if was_there(key) && state.context.get(key).is_some_and(|datum| !datum.fresh) =>
        {
            format!("{key} is wanted, goes stale, and no step makes it again")
        }
        (DeviationKind::GoalNotReached, _, Some(key)) if was_there(key) && state.context.get(key).is_none() => {
            format!("{key} is wanted, is gone, and no step makes it again")
        }
        _ => deviation.message.to_string(),
    }
}

/// Says what follows when the step comes to the outcome that was given to its tool.
fn after_it(before: &State, later: &Later) -> Vec<(Role, String)> {
    let label = step::label_of(&later.foreseen.state, &later.step);
    if later.survives {
        return vec![(Role::Kept, format!("{label} is tried again, and goes on"))];
    }
    let mut out = vec![(Role::Pending, format!("when {label} comes to it:"))];
    deviations(before, &later.foreseen, &mut out);
    if out.len() == 1 {
        let nothing = later.foreseen.pending.is_empty();
        return if nothing {
            vec![(Role::Kept, format!("when {label} comes to it, the plan still holds"))]
        } else {
            out
        };
    }
    out
}

fn end(state: &State, foreseen: &Foreseen, out: &mut Vec<(Role, String)>) {
    match &foreseen.end {
        Some(End::Reached) if !review::reached(state) => out.push((Role::Done, "the goal is reached by that".into())),
        Some(End::Otherwise(_, why)) => out.push((Role::Failed, format!("it ends there: {why}"))),
        Some(End::Reached) | None => {}
    }
}
