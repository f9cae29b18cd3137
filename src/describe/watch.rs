//! Watches in words and signs: what one comes to, when it changed last and by whom, and its course along the timeline.

use crate::engine::event::Seq;
use crate::engine::goal::Key;
use crate::engine::session::Session;
use crate::engine::state::State;
use crate::engine::watch::{Course, Mark, Reading, Watch};

use super::event;
use super::page::Page;
use super::sign::Role;
use super::value;

/// The signs of numbers, from the least to the greatest.
const BARS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// How many of its last changes a page lists.
const CHANGES: usize = 24;

/// Returns what a watch comes to in `cells` cells: its sign, and words. None: it is being evaluated.
pub fn told(reading: Option<&Reading>, cells: usize) -> (Role, String) {
    match reading {
        None => (Role::Interrupted, "being evaluated".into()),
        Some(Reading::Absent) => (Role::Pending, "not there".into()),
        Some(Reading::Failed { why, endless: true }) => (Role::Failed, format!("{why}; not evaluated any more")),
        Some(Reading::Failed { why, endless: false }) => (Role::Failed, why.to_string()),
        Some(Reading::Value(datum)) => {
            let whole = value::json(&datum.value, cells);
            let size = value::size(&datum.value).filter(|_| whole.ends_with('…'));
            (Role::Text, size.unwrap_or(whole))
        }
    }
}

/// Returns who did what the event `seq` did: the step, or the person.
pub fn by(session: &Session, seq: Seq) -> String {
    let Some(record) = session.record(seq) else { return String::new() };
    match record.event.innermost().step().filter(|_| record.event.ends_step()) {
        Some(step) => step.to_string(),
        None if seq == 1 => "start".into(),
        None => event::line(&record.event, session.state(), &[]).who.into(),
    }
}

/// Returns when a watch changed last up to the event `now`: `event 14, s3`; shorter: `14 s3`. None: never.
pub fn last(session: &Session, course: &Course, now: Seq) -> Option<[String; 2]> {
    let seq = course.changed(now)?;
    let by = by(session, seq);
    Some([format!("event {seq}, {by}"), format!("{seq} {by}")])
}

/// Returns the course of a watch over these moments, a cell each: bars where it is a number all along, else whether it
/// appeared, changed, went, failed or stayed.
pub fn course(course: &Course, moments: impl Iterator<Item = Seq>) -> Vec<(Role, &'static str)> {
    let marks: Vec<(Seq, Option<Mark>)> = moments.map(|seq| (seq, course.at(seq))).collect();
    let (mut least, mut most, mut numbers) = (f64::INFINITY, f64::NEG_INFINITY, true);
    for (_, mark) in &marks {
        match mark {
            Some(Mark::Value { number: Some(number), .. }) => (least, most) = (least.min(*number), most.max(*number)),
            Some(Mark::Value { number: None, .. } | Mark::Failed) => numbers = false,
            Some(Mark::Absent) | None => {}
        }
    }
    let bar = |number: f64| {
        let share = if most > least { (number - least) / (most - least) } else { 0.5 };
        // The share lies between 0 and 1: the place is one of the bars.
        BARS[((share * 7.0).round() as usize).min(7)]
    };
    let mut before = marks.first().and_then(|(seq, _)| course.at(seq.saturating_sub(1)));
    let cell = |(_, mark): (Seq, Option<Mark>)| {
        let was = std::mem::replace(&mut before, mark);
        match (was, mark) {
            (_, None) => (Role::Text, " "),
            (Some(Mark::Value { .. }), Some(Mark::Absent)) => (Role::Removed, Role::Removed.glyph()),
            (_, Some(Mark::Absent)) => (Role::Border, "·"),
            (_, Some(Mark::Failed)) => (Role::Failed, Role::Failed.glyph()),
            (_, Some(Mark::Value { number: Some(number), .. })) if numbers => (Role::Accent, bar(number)),
            (Some(Mark::Value { .. }), Some(mark)) if was == Some(mark) => (Role::Dim, "─"),
            (Some(Mark::Value { .. } | Mark::Failed), Some(_)) => (Role::Changed, Role::Changed.glyph()),
            (Some(Mark::Absent) | None, Some(_)) => (Role::Added, Role::Added.glyph()),
        }
    };
    marks.into_iter().map(cell).collect()
}

/// Returns the page on a watch at the moment `state`: its value, its last changes, and who reads next what decides it.
pub fn page(session: &Session, state: &State, watch: &Watch, of: &Course, reading: Option<&Reading>) -> Page {
    let mut page = Page::new(format!("watch {}", watch.name()));
    let (role, words) = told(reading, 2_000);
    page.add(role, 0, words);
    page.heading("changed, the last first");
    for seq in of.changes(state.seq).take(CHANGES) {
        let what = session.record(seq).map(|record| event::told(session, record, state).sentence());
        let role = match of.at(seq) {
            Some(Mark::Absent) => Role::Pending,
            Some(Mark::Failed) => Role::Failed,
            Some(Mark::Value { .. }) | None => Role::Changed,
        };
        page.add(role, 0, format!("event {seq}, {}: {}", by(session, seq), what.unwrap_or_default()));
    }
    let keys: Vec<&Key> = match watch {
        Watch::Key(key) => vec![key],
        Watch::Filter { keys, .. } => keys.iter().flatten().collect(),
    };
    if !keys.is_empty() {
        page.heading("who will read it");
    }
    for key in keys {
        let state = super::frame::acting(state);
        let readers = state.plan.readers(key).filter_map(|at| state.plan.remaining().get(at));
        let readers: Vec<String> = readers.map(|step| super::step::label(step)).collect();
        let who = if readers.is_empty() { "no step that is left".to_owned() } else { readers.join(", ") };
        page.add(Role::Text, 0, format!("{key}: {who}"));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signs(points: &[(Seq, Mark)], moments: std::ops::RangeInclusive<Seq>) -> String {
        let mut of = Course::default();
        for (seq, mark) in points {
            of.push(*seq, *mark);
        }
        course(&of, moments).into_iter().map(|(_, sign)| sign).collect()
    }

    #[test]
    fn numbers_are_bars_and_other_values_say_whether_they_changed() {
        let number = |number: f64| Mark::Value { hash: number.to_bits(), number: Some(number) };
        let text = |hash: u64| Mark::Value { hash, number: None };
        let numbers = [(1, Mark::Absent), (3, number(1.0)), (5, number(8.0)), (6, number(4.0))];
        assert_eq!(signs(&numbers, 1..=7), "··▁▁█▄▄");
        assert_eq!(signs(&[(1, number(3.0))], 1..=2), "▅▅", "one number is neither high nor low");
        let texts = [(1, Mark::Absent), (2, text(7)), (4, text(8)), (5, Mark::Absent), (6, Mark::Failed), (7, text(8))];
        assert_eq!(signs(&texts, 1..=8), "·+─±-✗±─");
        assert_eq!(signs(&texts, 3..=4), "─±", "what was before the first cell is known");
        assert_eq!(signs(&[], 1..=3), "   ");
    }
}
