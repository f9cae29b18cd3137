//! What a person looks for in a trace: `kind:failed step:s3 key:tickets who:you -timeout`, all of it at once.

use crate::engine::event::{Event, Recorded};
use crate::engine::state::State;

use super::event;
use super::nearest::nearest;

/// What can be asked of a moment, by the word before the colon.
const FIELDS: [&str; 4] = ["kind", "who", "step", "key"];

/// Kinds that are not moments of their own: the trace lists none of them.
const UNLISTED: [&str; 10] = [
    "plan_requested",
    "paced",
    "stopped",
    "inner",
    "started",
    "judged",
    "breakpoint_set",
    "breakpoint_removed",
    "breakpoints_judged",
    "branch_marked",
];

/// Moments that a person looks for: those of which every term holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    text: String,
    terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    field: Field,
    /// In small letters.
    value: String,
    /// Whether it must not hold.
    not: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Kind,
    Who,
    Step,
    Key,
    Words,
}

impl Query {
    /// Reads a query; none where no term names a field: that is a text to find.
    ///
    /// # Errors
    /// A sentence on the first term that means nothing, with the place at which it begins, in characters from 1.
    pub fn parse(text: &str) -> Result<Option<Query>, String> {
        let mut terms = Vec::new();
        for (at, word) in words(text) {
            let (not, bare) = word.strip_prefix('-').map_or((false, &*word), |bare| (true, bare));
            let (field, value) = match bare.split_once(':') {
                Some(("kind", kind)) => (Field::Kind, named(kind).map_err(|why| format!("at {at}: {why}"))?),
                Some(("who", who)) => (Field::Who, who.to_lowercase()),
                Some(("step", step)) => (Field::Step, step.to_lowercase()),
                Some(("key", key)) => (Field::Key, key.to_lowercase()),
                Some((name, _)) if let Some(near) = nearest(name, FIELDS) => {
                    return Err(format!("at {at}: nothing is called {name}: (did you mean {near}:?)"));
                }
                Some(_) | None => (Field::Words, bare.to_lowercase()),
            };
            if value.is_empty() {
                return Err(format!("at {at}: {bare} says nothing; write it like kind:failed, step:s3 or key:tickets"));
            }
            terms.push(Term { field, value, not });
        }
        let names = terms.iter().any(|term| term.field != Field::Words || term.not);
        Ok(names.then(|| Query { text: text.trim().to_owned(), terms }))
    }

    /// Tells whether a term of `text` asks for a field of moments: such a text is looked for nowhere else.
    pub fn names_field(text: &str) -> bool {
        let field = |word: &str| word.trim_start_matches('-').split_once(':').map(|(name, _)| name.to_owned());
        words(text).iter().filter_map(|(_, word)| field(word)).any(|name| FIELDS.contains(&&*name))
    }

    /// Returns it as it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Tells whether `record` is looked for; `state` knows the steps.
    pub fn holds(&self, record: &Recorded, state: &State) -> bool {
        // Words are looked for last: saying what happened costs most.
        let terms = |words: bool| self.terms.iter().filter(move |term| (term.field == Field::Words) == words);
        terms(false).all(|term| holds(term, &record.event, state) != term.not)
            && (terms(true).next().is_none() || {
                let told = event::line(&record.event, state, &[]);
                let said = format!("{} {} {}", told.who, told.sentence(), told.marks.join(" ")).to_lowercase();
                terms(true).all(|term| said.contains(&term.value) != term.not)
            })
    }
}

fn holds(term: &Term, event: &Event, state: &State) -> bool {
    let is = |name: &str| name.to_lowercase() == term.value;
    match term.field {
        Field::Kind => event.innermost().kind() == term.value,
        Field::Who => event::line(event, state, &[]).who.starts_with(&*term.value),
        Field::Step => {
            let by_tool = |id: &str| state.step(id).is_some_and(|step| is(step.name()));
            event.step().is_some_and(|id| is(id) || by_tool(id))
                || event.steps().iter().any(|step| is(&step.id) || is(step.name()))
        }
        Field::Key => event.touches().into_iter().any(|key| is(key)),
        Field::Words => false, // they are looked for in what is said
    }
}

/// Returns the kind of event that a person means by `typed`: its name, or as much of it as tells it from the others.
fn named(typed: &str) -> Result<String, String> {
    let typed = typed.to_lowercase();
    let usual = match &*typed {
        "done" => "finished",
        "surprise" => "armed",
        "replan" => "replanned",
        typed => typed,
    };
    let listed = Event::KINDS.iter().copied().filter(|kind| !UNLISTED.contains(kind));
    if listed.clone().any(|kind| kind == usual) {
        return Ok(usual.to_owned());
    }
    let begun: Vec<&str> = listed.clone().filter(|kind| kind.starts_with(usual)).collect();
    match begun.as_slice() {
        [only] if !usual.is_empty() => Ok((*only).to_owned()),
        _ => {
            let near =
                nearest(usual, listed.clone()).map(|near| format!(" (did you mean {near}?)")).unwrap_or_default();
            Err(format!("there is no kind \"{typed}\"{near}: there are {}", listed.collect::<Vec<_>>().join(", ")))
        }
    }
}

/// Returns the words of `text`, each with the place at which it begins; what stands in quotes is one.
fn words(text: &str) -> Vec<(usize, String)> {
    let mut words: Vec<(usize, String)> = Vec::new();
    let (mut quoted, mut inside) = (false, false);
    for (at, c) in text.chars().enumerate() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => inside = false,
            c => match words.last_mut().filter(|_| inside) {
                Some((_, word)) => word.push(c),
                None => {
                    words.push((at + 1, c.to_string()));
                    inside = true;
                }
            },
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::command::Command;
    use crate::engine::event::{Decider, Dial, Pace};
    use crate::engine::session::Session;
    use crate::engine::testing::{World, backwards, goal, settings, tool};
    use crate::engine::value::Shared;
    use serde_json::json;
    use std::sync::Arc;

    fn session() -> Session {
        let mut world = World::new(backwards);
        let goal = goal("b", "", vec![tool("make_a", "", "a"), tool("make_b", "a", "b")]);
        let mut session = Session::open(Arc::new(goal), settings(Dial::OnDeviation, Decider::Auto), "");
        world.settle(&mut session, 20);
        session.submit(Command::SetPace(Pace::Steps(1)), "").expect("steps");
        world.settle(&mut session, 20);
        session
            .submit(Command::Inject([("a".into(), Some(Shared::new(json!(7))))].into_iter().collect()), "")
            .expect("injects");
        session
    }

    fn found(session: &Session, text: &str) -> Vec<&'static str> {
        let query = Query::parse(text).expect(text).expect("it names a field");
        let hits = session.records().iter().filter(|record| query.holds(record, session.state()));
        hits.map(|record| record.event.innermost().kind()).collect()
    }

    #[test]
    fn every_term_has_to_hold() {
        let session = session();
        assert_eq!(found(&session, "kind:injected"), ["injected"]);
        assert_eq!(found(&session, "kind:done step:make_a"), ["finished"]);
        assert_eq!(found(&session, "kind:finished step:s1"), ["finished"]);
        assert_eq!(found(&session, "key:a who:you"), ["injected"]);
        assert_eq!(found(&session, "key:a -who:you"), ["finished"]);
        assert_eq!(found(&session, "key:a nowhere"), [""; 0]);
        assert_eq!(found(&session, "kind:finished \"make_a\""), ["finished"]);
    }

    #[test]
    fn a_text_is_no_query_and_what_means_nothing_is_said_with_its_place() {
        assert_eq!(Query::parse("disk full"), Ok(None));
        assert_eq!(Query::parse("10:30"), Ok(None));
        for (text, said) in [
            ("x kind:faild", "at 3: there is no kind \"faild\" (did you mean failed?)"),
            ("steps:s1", "at 1: nothing is called steps"),
            ("step:", "at 1: step: says nothing"),
            ("kind:", "at 1: there is no kind"),
        ] {
            let fault = Query::parse(text).expect_err(text);
            assert!(fault.starts_with(said), "{text}: {fault}");
        }
        assert!(Query::parse("kind:re").is_err(), "several kinds begin so");
        assert!(Query::parse("kind:unplan").expect("one begins so").is_some());
    }
}
