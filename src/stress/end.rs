//! What a run came to, so that another run can be told to end the same: not to the letter, but in what matters.

use std::collections::BTreeSet;

use crate::compare::lane::Lane;
use crate::compare::result::LaneResult;
use crate::engine::event::Event;
use crate::engine::goal::{Key, ToolName};

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// How it stands, in the word of the contract.
    status: &'static str,
    /// Whether it coped with what was put in its way.
    coped: bool,
    /// Of what it was that ended it the words that are no values: `boom failed cannot index number`.
    cause: Vec<String>,
    /// The failure checks that found something that stands, each with the key that it is about.
    found: BTreeSet<(&'static str, Option<Key>)>,
    /// The tools that failed or were refused.
    stumbled: BTreeSet<ToolName>,
    /// The wanted keys whose value is stale.
    stale: BTreeSet<Key>,
    /// The wanted keys whose value is not what is expected.
    unexpected: BTreeSet<Key>,
}

/// How many words of a cause are compared: what it is about, and what of it.
const WORDS: usize = 6;

impl End {
    /// Returns the end of `lane`, which came to `result`, in which failure checks `found` something about a key each.
    pub fn of(lane: &Lane, result: &LaneResult, found: impl IntoIterator<Item = (&'static str, Option<Key>)>) -> End {
        let (session, state) = (&lane.session, lane.state());
        let events = session.path().iter().filter_map(|seq| session.record(*seq));
        let stumbled = events.filter_map(|record| match record.event.innermost() {
            Event::Failed { step, .. } | Event::Retried { step, .. } | Event::Refused { step, .. } => {
                state.innermost().step(step).or_else(|| state.step(step))?.tool.clone()
            }
            _ => None, // nobody stumbled
        });
        let missed = result.expect.iter().filter(|expected| expected.missed());
        End {
            status: result.standing.status,
            // What never landed says nothing of the run.
            coped: result.coped || result.never_met(),
            cause: result.standing.why.as_deref().map(words).unwrap_or_default(),
            found: found.into_iter().collect(),
            stumbled: stumbled.collect(),
            stale: result.values.iter().filter(|(_, _, fresh)| !fresh).map(|(key, _, _)| key.clone()).collect(),
            unexpected: missed.map(|expected| expected.key.clone()).collect(),
        }
    }

    /// Tells whether there is nothing in it that anybody would report.
    pub fn is_well(&self) -> bool {
        let nothing = self.found.is_empty() && self.stumbled.is_empty();
        nothing && self.stale.is_empty() && self.unexpected.is_empty() && self.coped
    }

    /// Tells whether this end shows what `other` showed: the same, and perhaps more that is wrong.
    pub fn shows(&self, other: &End) -> bool {
        self.status == other.status
            && self.coped == other.coped
            && self.cause == other.cause
            && self.stumbled.is_superset(&other.stumbled)
            && self.found.is_superset(&other.found)
            && self.stale.is_superset(&other.stale)
            && self.unexpected.is_superset(&other.unexpected)
    }
}

/// Returns the first words of a cause, without what is a value: nothing in quotes, no number, nothing after a colon that
/// a value may follow.
fn words(why: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut quoted = false;
    for word in why.split_whitespace() {
        let begins = word.starts_with(['"', '[', '{']);
        let ends = word.trim_end_matches([',', ':', ')', '.']).ends_with(['"', ']', '}']);
        if !quoted && !begins {
            let plain = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '_');
            // A number is a value, and that of a step is another one where a step before it has gone.
            if !plain.is_empty() && !plain.contains(|c: char| c.is_ascii_digit()) {
                words.push(plain.to_owned());
            }
        }
        quoted = if begins { !ends || word.len() == 1 } else { quoted && !ends };
        if words.len() == WORDS {
            break;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn a_cause_is_known_by_its_words_and_not_by_its_values() {
        let long = words("boom failed (cannot index number with \"a\")");
        assert_eq!(long, ["boom", "failed", "cannot", "index", "number", "with"]);
        assert_eq!(words("load returned x = [1, 2, 3]: the goal"), words("load returned x = [9]: the goal"));
        assert_eq!(words("x is 12 now"), words("x is 3 now"));
        assert_ne!(words("one failed (disk full)"), words("two failed (disk full)"));
    }
}
