//! How long what happened took, as a strip beside the trace: each bar begins where the work before it ended.
//!
//! Only work counts: how long a person looked at the screen in between says nothing of a plan.

use std::cell::OnceCell;

use crate::describe::text;
use crate::engine::event::{Event, Recorded, Seq};
use crate::engine::session::Session;

/// The narrowest trace that has room for the strip beside it.
pub const FROM: usize = 100;

/// How wide the words beside a bar are: `12 ms`.
const WORDS: usize = 8;

/// The work of the moments up to the last one that is listed, in the order in which it was done.
#[derive(Clone, Debug, Default)]
pub struct Spans {
    /// The event that ended it, how much was done before it, and how long it took, in milliseconds.
    spans: Vec<(Seq, f64, f64)>,
}

/// The same, found when it is asked for.
pub type Found = OnceCell<Spans>;

impl Spans {
    /// Returns the work of these moments.
    pub fn of(session: &Session, rows: &[Seq]) -> Spans {
        let mut spans: Vec<(Seq, f64, f64)> = Vec::new();
        let mut so_far = 0.0;
        for (seq, ms) in rows.iter().filter_map(|seq| Some((*seq, took(session.record(*seq)?)?))) {
            spans.push((seq, so_far, ms));
            so_far += ms;
        }
        Spans { spans }
    }

    /// Returns the bar of the event `seq` in `cells` cells, with how long it took; none where it did no work.
    pub fn bar(&self, seq: Seq, cells: usize) -> Option<String> {
        let at = self.spans.binary_search_by_key(&seq, |(seq, ..)| *seq).ok()?;
        let (_, from, ms) = self.spans.get(at)?;
        let whole = self.spans.last().map(|(_, from, ms)| from + ms)?;
        let cells = cells.saturating_sub(WORDS + 1).max(1);
        let cell = |done: f64| if whole > 0.0 { done / whole * cells as f64 } else { 0.0 };
        let start = (cell(*from) as usize).min(cells - 1);
        let end = (cell(from + ms).ceil() as usize).clamp(start + 1, cells);
        let bar = format!("{}{}", " ".repeat(start), "━".repeat(end - start));
        Some(format!("{bar:<cells$} {:>WORDS$}", text::duration(*ms)))
    }
}

/// Returns how long the work took that this event ended.
fn took(record: &Recorded) -> Option<f64> {
    match record.event.innermost() {
        Event::Finished { wall_ms, .. } | Event::Failed { wall_ms, .. } => *wall_ms,
        _ => None, // no other event ends work
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_follow_each_other_and_the_longest_is_the_widest() {
        let spans = Spans { spans: vec![(3, 0.0, 10.0), (5, 10.0, 60.0), (9, 70.0, 30.0)] };
        let bars: Vec<String> = [3, 5, 9].iter().map(|seq| spans.bar(*seq, 19).expect("it worked")).collect();
        assert_eq!(bars, ["━             10 ms", " ━━━━━━       60 ms", "       ━━━    30 ms"]);
        assert_eq!(spans.bar(4, 19), None);
        let nothing = Spans { spans: vec![(1, 0.0, 0.0)] };
        assert_eq!(nothing.bar(1, 12).as_deref(), Some("━     0.0 ms"));
    }
}
