//! What an injected value would do, said before it is applied: computed from provenance and the remaining plan.

use std::collections::HashSet;

use crate::engine::event::Dial;
use crate::engine::goal::Key;
use crate::engine::state::State;
use crate::engine::value::Value;

use super::sign::Role;
use super::step;

/// How many keys or steps are named before the rest is counted.
const NAMED: usize = 4;

/// What would be injected.
pub struct Change<'a> {
    /// Each key with its new value; none: it is removed.
    pub values: Vec<(Key, Option<&'a Value>)>,
    /// Whether the world is this, pinned; else a step returned it.
    pub pinned: bool,
}

/// Returns what would follow from `change`, most important first.
pub fn impact(state: &State, change: &Change<'_>) -> Vec<(Role, String)> {
    let mut out = Vec::new();
    let differs = |key: &Key, value: &Option<&Value>| state.context.get(key).map(|datum| &*datum.value) != *value;
    let changed: Vec<&(Key, Option<&Value>)> =
        change.values.iter().filter(|(key, value)| differs(key, value)).collect();
    if changed.is_empty() {
        let pin = if change.pinned { "; it is pinned from now on" } else { "" };
        out.push((Role::Kept, format!("the value is the same as now: nothing goes stale{pin}")));
    }
    let mut stale: Vec<Key> = Vec::new();
    let mut gone: HashSet<Key> = HashSet::new();
    for (key, value) in &changed {
        if value.is_none() {
            gone.insert(key.clone());
        }
        for hit in state.context.cone(key) {
            if stale.contains(&hit) || changed.iter().any(|(other, _)| *other == hit) {
                continue;
            }
            if let Some(datum) = state.context.get(&hit).filter(|datum| datum.fresh) {
                let direct = datum.sources.iter().find(|(source, _)| source == key);
                let words = match direct {
                    Some((source, version)) => format!("{hit} was made from {source} as of event {version}"),
                    None => format!("{hit} rests on {key} by way of others"),
                };
                if stale.len() < NAMED {
                    out.push((Role::Stale, words));
                }
                stale.push(hit);
            }
        }
    }
    if stale.len() > NAMED {
        out.push((Role::Stale, format!("and {} more values go stale", stale.len() - NAMED)));
    }
    steps(state, change, &stale, &gone, !changed.is_empty(), &mut out);
    out
}

/// Says which remaining steps are hit, and whether a replan is due.
fn steps(
    state: &State,
    change: &Change<'_>,
    stale: &[Key],
    gone: &HashSet<Key>,
    changes: bool,
    out: &mut Vec<(Role, String)>,
) {
    let plan = &state.plan;
    let named = |place: usize| {
        plan.remaining().get(place).map_or_else(|| format!("step {}", place + 1), |step| step::label(step))
    };
    // A step reads what is there unless an earlier remaining step writes it anew.
    let first_reader = |key: &Key| {
        let place = plan.readers(key).next()?;
        plan.writers(key).next().is_none_or(|writer| writer >= place).then_some(place)
    };
    let mut hits: Vec<(usize, String, bool)> = Vec::new();
    for key in stale {
        if let Some(place) = first_reader(key) {
            hits.push((place, format!("{} would read {key}, a stale value", named(place)), false));
        }
    }
    for key in gone {
        if let Some(place) = first_reader(key) {
            hits.push((place, format!("{} would miss {key}", named(place)), true));
        }
    }
    hits.sort();
    let blocked = hits.iter().any(|(_, _, missing)| *missing);
    let unmade: Vec<&Key> = stale
        .iter()
        .chain(gone)
        .filter(|key| state.goal.wants.contains_key(*key) && plan.writers(key).next().is_none())
        .collect();
    let due = match state.settings.dial {
        // Where no plan is made, nothing is rewritten: what comes next is decided on then.
        _ if state.is_react() => false,
        Dial::Never => false,
        Dial::OnFailure => blocked,
        Dial::OnDeviation => !hits.is_empty() || !unmade.is_empty(),
        Dial::EveryStep => changes,
    };
    let more = hits.len().saturating_sub(NAMED);
    for (at, (_, words, missing)) in hits.iter().take(NAMED).enumerate() {
        let then = match (at == 0, due, missing) {
            (true, true, _) => ": a replan is needed",
            (true, _, _) if state.is_react() => ": it would be refused",
            (true, false, true) => ": it is blocked, and the dial says no replan",
            (true, false, false) => ": it runs all the same, the dial says no replan",
            (false, _, _) => "",
        };
        out.push((Role::Current, format!("{words}{then}")));
    }
    if more > 0 {
        out.push((Role::Current, format!("and {more} more steps are hit")));
    }
    for key in unmade {
        let then = if due && hits.is_empty() { ": a replan is needed" } else { "" };
        let what = if gone.contains(key) { "is gone" } else { "goes stale" };
        let unmade = if state.is_react() { "" } else { ", and no step makes it again" };
        out.push((Role::Current, format!("{key} is wanted, {what}{unmade}{then}")));
    }
    for (key, value) in &change.values {
        if let (Some(_), Some(place)) = (value, first_reader(key)) {
            out.push((Role::Kept, format!("{} reads the value that you give", named(place))));
        }
        if let Some(place) = plan.writers(key).next().filter(|_| value.is_some()) {
            let words = match change.pinned {
                true => format!("{} will not overwrite {key}: it is pinned", named(place)),
                false => format!("{} will write {key} again", named(place)),
            };
            out.push((Role::Changed, words));
        }
    }
    if hits.is_empty() && changes && !out.iter().any(|(role, _)| *role == Role::Current) {
        out.push((Role::Kept, "no remaining step reads anything that goes stale".into()));
    }
}
