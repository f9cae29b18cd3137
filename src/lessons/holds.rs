//! Which checks of a lesson hold of a session that somebody made elsewhere: each by itself, at any of its moments.

use super::account::account;
use super::{Moment, Progress};
use crate::engine::event::Seq;
use crate::goal_file::{Lesson, Part};
use crate::jq::truthy;

/// What a check came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holds {
    /// It held first after this event.
    Since(Seq),
    /// It never held; why it could not be evaluated last, if so.
    Never(Option<String>),
    /// It asks what a learner does on the screen, which no session tells.
    OnScreen,
}

/// Tells whether a part can only be passed by somebody who sits before the screen.
fn is_for_the_screen(part: &Part) -> bool {
    let names = |check: &str| ["did", "survival", "predictions"].iter().any(|field| check.contains(field));
    part.check.as_deref().is_none_or(names)
}

/// Takes in what holds at `moment`, in `held`, which has a place for each part.
pub fn take(lesson: &Lesson, moment: &Moment<'_>, held: &mut [Holds]) {
    let open = lesson.parts.iter().zip(held).filter(|(_, holds)| matches!(holds, Holds::Never(_)));
    let (parts, places): (Vec<&Part>, Vec<&mut Holds>) = open.unzip();
    let filters: Vec<&str> = parts.iter().filter_map(|part| part.check.as_deref()).collect();
    if filters.is_empty() {
        return;
    }
    let account = account(moment, &Progress::new(lesson), &filters);
    for (place, came) in places.into_iter().zip(moment.ask.ask(&filters, &account)) {
        *place = match came {
            Ok(value) if truthy(&value) => Holds::Since(moment.end.seq),
            Ok(_) => Holds::Never(None),
            Err(why) => Holds::Never(Some(why)),
        };
    }
}

/// Returns what is known of each part before any moment was looked at.
pub fn begin(lesson: &Lesson) -> Vec<Holds> {
    let of = |part| if is_for_the_screen(part) { Holds::OnScreen } else { Holds::Never(None) };
    lesson.parts.iter().map(of).collect()
}
