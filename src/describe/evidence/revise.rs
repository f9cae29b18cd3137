//! What to revise: one concrete proposal for each problem, with the key that does it.

use super::{Line, Place, verdicts};
use crate::describe::coped::{Judged, expectations};
use crate::describe::remedies::{Act, Remedy, remedies};
use crate::describe::sign::Role;
use crate::engine::session::Session;
use crate::engine::state::State;

/// Returns the proposals: the ways out where the session is stuck, what failure checks `found`, and what is not right.
pub(super) fn rows(session: &Session, end: &State, found: Vec<Line>, over: bool) -> Vec<Line> {
    let line = |role, words: String, place: Place| Line { place: Some(place), ..Line::new(role, words) };
    let mut rows = found;
    // What the goal wants is made, not given, where anything else can be done.
    let given =
        |way: &Remedy| way.act == Act::Inject && way.key.as_ref().is_some_and(|key| end.goal.wants.contains_key(key));
    let acts: Vec<Act> = rows.iter().filter_map(|row| row.place.as_ref()).map(|place| place.act).collect();
    for way in remedies(end).into_iter().filter(|way| !given(way) && !acts.contains(&way.act)) {
        let words = format!("{} {}", way.act.key(), way.does);
        rows.push(line(Role::Current, words, Place { act: way.act, step: way.step, key: way.key }));
    }
    for key in end.goal.wants.keys().filter(|_| over) {
        let (role, how) = verdicts::standing(end, key);
        let (act, what) = match role {
            Role::Done => continue,
            Role::Pending => (Act::Inject, "gives it"),
            Role::Stale if !end.is_react() => (Act::Replan, "plans what makes it again"),
            _ => (Act::Why, "says what it was made from"),
        };
        let places = || rows.iter().filter_map(|row| row.place.as_ref());
        let named = places().any(|place| place.key.as_ref() == Some(key) || place.act == act);
        if !named && (act != Act::Inject || places().next().is_none()) {
            let words = format!("{key} {how}: {} {what}", act.key());
            rows.push(line(Role::Current, words, Place { act, step: None, key: Some(key.clone()) }));
        }
    }
    for one in expectations(session, end) {
        if !one.without_surprise && matches!(one.judged, Judged::Missed | Judged::Undecided(_)) {
            let words = format!("{} is not as expected: {} says what it was made from", one.key, Act::Why.key());
            rows.push(line(Role::Current, words, Place { act: Act::Why, step: None, key: Some(one.key) }));
        }
    }
    if rows.is_empty() {
        let words = if over { "nothing was found that has to be" } else { "nothing so far" };
        rows.push(Line::new(Role::Done, words));
    }
    rows
}
