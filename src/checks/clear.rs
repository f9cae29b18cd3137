//! Clear: every step says what it does, and names a tool that exists.
//!
//! A description is clear when it names an act and a thing. What only points ("do the rest", "handle it", "continue",
//! "etc.") is vague, in few words or in many: what is left without the words that point, and without those that any
//! step could say, has to be something.

use unicode_segmentation::UnicodeSegmentation;

use super::view::{called, meant};
use super::{Check, Finding, Headline, View};

/// Follows the descriptions: `step 4 does not say what it does.`
pub(super) struct Clear;

impl Check for Clear {
    fn name(&self) -> &'static str {
        "clear"
    }

    fn headline(&self) -> Option<Headline> {
        Some(Headline::Unclear)
    }

    fn find(&self, view: &View<'_>) -> Vec<Finding> {
        let mut found = Vec::new();
        for step in &view.steps {
            let says = &step.description;
            let message = match (&step.tool, view.tool(step)) {
                (Some(tool), None) => {
                    let near = meant(tool, view.goal.tools.keys().map(|name| &**name));
                    format!("{} uses \"{tool}\", and there is no such tool{near}.", called(step))
                }
                // The contract of a tool says more than its description does.
                (Some(_), Some(_)) => continue,
                (None, _) => match vague(says) {
                    None => continue,
                    Some(Vague::Nothing) => format!("{} does not say what it does.", called(step)),
                    Some(Vague::OneWord) => {
                        format!("{} says only \"{says}\": say what it does with what.", called(step))
                    }
                    Some(Vague::Points) => format!(
                        "{} says \"{says}\", which names no thing or no act of its own: say what it does with what.",
                        called(step)
                    ),
                    Some(Vague::OpenEnd(end)) => {
                        format!("{} ends in \"{end}\": name all that it does.", called(step))
                    }
                },
            };
            found.push(View::finding(self.name(), Some(step), None, message));
        }
        found
    }
}

/// What is vague about a description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Vague {
    /// There are no words.
    Nothing,
    /// There is one word.
    OneWord,
    /// Its words only point, or could stand in any step.
    Points,
    /// It leaves open what else it does.
    OpenEnd(&'static str),
}

/// Words that leave open what else there is, however they are spelt at the end of a sentence.
const OPEN_ENDS: &[&str] = &[
    "etc",
    "etcetera",
    "and so on",
    "and so forth",
    "and more",
    "and such",
    "and the like",
    "or something",
    "or whatever",
    "and others",
    "and everything else",
    "and anything else",
    "and all that",
    "and the rest",
];

/// Words that join, count or colour and name nothing.
const JOINING: &[&str] = &[
    "a",
    "about",
    "above",
    "accordingly",
    "actually",
    "after",
    "again",
    "ahead",
    "all",
    "along",
    "already",
    "also",
    "always",
    "an",
    "and",
    "any",
    "anyway",
    "appropriate",
    "appropriately",
    "are",
    "around",
    "as",
    "asap",
    "at",
    "away",
    "back",
    "be",
    "before",
    "below",
    "best",
    "better",
    "both",
    "but",
    "by",
    "can",
    "carefully",
    "correct",
    "correctly",
    "could",
    "down",
    "each",
    "either",
    "else",
    "even",
    "every",
    "exactly",
    "final",
    "finally",
    "first",
    "following",
    "for",
    "from",
    "further",
    "good",
    "has",
    "have",
    "here",
    "how",
    "i",
    "if",
    "in",
    "into",
    "is",
    "just",
    "last",
    "later",
    "next",
    "left",
    "like",
    "many",
    "may",
    "maybe",
    "might",
    "more",
    "most",
    "much",
    "must",
    "nearly",
    "necessary",
    "need",
    "needed",
    "needs",
    "nicely",
    "not",
    "now",
    "of",
    "off",
    "ok",
    "on",
    "once",
    "only",
    "onto",
    "or",
    "other",
    "our",
    "out",
    "over",
    "own",
    "please",
    "possible",
    "previous",
    "previously",
    "proper",
    "properly",
    "quickly",
    "ready",
    "really",
    "relevant",
    "remaining",
    "remains",
    "required",
    "requires",
    "right",
    "same",
    "shall",
    "should",
    "so",
    "some",
    "somehow",
    "soon",
    "still",
    "such",
    "suitable",
    "that's",
    "the",
    "then",
    "there",
    "through",
    "to",
    "together",
    "too",
    "under",
    "until",
    "up",
    "us",
    "usual",
    "usually",
    "various",
    "very",
    "was",
    "way",
    "we",
    "well",
    "were",
    "when",
    "where",
    "wherever",
    "while",
    "will",
    "with",
    "within",
    "without",
    "would",
    "yet",
    "you",
    "your",
];

/// Words that stand for a thing without naming it.
const POINTING: &[&str] = &[
    "anything",
    "aspect",
    "aspects",
    "bit",
    "case",
    "detail",
    "details",
    "end",
    "everything",
    "he",
    "him",
    "issue",
    "issues",
    "it",
    "item",
    "items",
    "its",
    "job",
    "line",
    "lot",
    "matter",
    "matters",
    "none",
    "nothing",
    "one",
    "ones",
    "others",
    "part",
    "parts",
    "phase",
    "piece",
    "pieces",
    "place",
    "point",
    "points",
    "process",
    "remainder",
    "rest",
    "result",
    "results",
    "she",
    "situation",
    "something",
    "stage",
    "step",
    "steps",
    "stuff",
    "task",
    "tasks",
    "that",
    "their",
    "them",
    "these",
    "they",
    "thing",
    "things",
    "this",
    "those",
    "time",
    "what",
    "whatever",
    "which",
    "whichever",
    "who",
    "whoever",
    "work",
    "plan",
    "outcome",
    "outcomes",
    "data",
    "information",
    "info",
    "input",
    "inputs",
    "output",
    "outputs",
    "problem",
    "problems",
    "action",
    "actions",
    "approach",
    "goal",
    "context",
];

/// Acts that any step could claim.
const ANY_ACT: &[&str] = &[
    "act",
    "address",
    "analyse",
    "analyze",
    "arrange",
    "begin",
    "carry",
    "check",
    "clean",
    "complete",
    "conclude",
    "consider",
    "continue",
    "cover",
    "deal",
    "decide",
    "deliver",
    "determine",
    "do",
    "does",
    "doing",
    "done",
    "ensure",
    "evaluate",
    "examine",
    "execute",
    "explore",
    "figure",
    "finalise",
    "finalize",
    "find",
    "finish",
    "fix",
    "follow",
    "get",
    "getting",
    "give",
    "go",
    "going",
    "handle",
    "handling",
    "help",
    "identify",
    "implement",
    "improve",
    "investigate",
    "keep",
    "know",
    "let",
    "let's",
    "look",
    "make",
    "making",
    "manage",
    "move",
    "optimise",
    "optimize",
    "organise",
    "organize",
    "perform",
    "plan",
    "prepare",
    "proceed",
    "process",
    "process",
    "produce",
    "provide",
    "put",
    "reason",
    "refine",
    "repeat",
    "resolve",
    "respond",
    "resume",
    "review",
    "run",
    "see",
    "solve",
    "sort",
    "start",
    "started",
    "stop",
    "sure",
    "take",
    "tackle",
    "think",
    "thinking",
    "tidy",
    "try",
    "understand",
    "update",
    "use",
    "verify",
    "wait",
    "wrap",
    "care",
    "happen",
    "happens",
    "apply",
    "set",
    "work",
];

/// Words that make an act of the one before them.
const PARTICLES: &[&str] = &["up", "out", "off", "down", "over", "back"];

/// Returns what is vague about `description`, if anything is.
fn vague(description: &str) -> Option<Vague> {
    let text = description.to_lowercase().replace('’', "'");
    let words: Vec<&str> = text.unicode_words().collect();
    match words.len() {
        0 => return Some(Vague::Nothing),
        1 => return Some(Vague::OneWord),
        _ => {}
    }
    let plain = words.join(" ");
    let open = OPEN_ENDS.iter().copied().find(|end| {
        let rest = plain.strip_suffix(end);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with(' '))
    });
    if let Some(end) = open {
        return Some(Vague::OpenEnd(end));
    }
    let telling: Vec<&str> = words.into_iter().filter(|word| !JOINING.contains(word)).collect();
    let things = telling.iter().filter(|word| !POINTING.contains(word) && !ANY_ACT.contains(word)).count();
    // One telling word with any act is a thing with an act; alone it is an act without a thing, or the other way.
    let acts = telling.iter().filter(|word| ANY_ACT.contains(word)).count();
    let names = telling.iter().filter(|word| POINTING.contains(word)).count();
    // An act of two words: "back up", "set up", "clean out".
    let phrasal = plain.split(' ').nth(1).is_some_and(|word| PARTICLES.contains(&word));
    match things {
        1 if phrasal => None,
        0 => Some(Vague::Points),
        1 if acts == 0 && names == 0 => Some(Vague::Points),
        1 if acts == 0 && is_pronoun(&telling) => Some(Vague::Points),
        _ => None,
    }
}

/// Tells whether what an act is done to is only pointed at, as in "send it".
fn is_pronoun(telling: &[&str]) -> bool {
    const PRONOUNS: &[&str] = &[
        "anything",
        "everything",
        "it",
        "others",
        "rest",
        "something",
        "that",
        "them",
        "these",
        "this",
        "those",
        "what",
        "whatever",
        "stuff",
        "thing",
        "things",
    ];
    telling.iter().filter(|word| POINTING.contains(word)).all(|word| PRONOUNS.contains(word))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{find, goal, step};
    use super::*;

    #[test]
    fn a_step_without_words_and_one_with_an_unknown_tool_are_unclear() {
        let (goal, mut steps) = goal();
        steps.push(step("s4", " ").into());
        steps.push(step("s5", "report").into());
        steps.push(step("fetch", "Fetch the regions").using("fetch_regions").into());
        assert_eq!(
            find(&Clear, &goal, &steps),
            [
                "step 4 does not say what it does.",
                "step 5 says only \"report\": say what it does with what.",
                "step \"fetch\" uses \"fetch_regions\", and there is no such tool.",
            ]
        );
    }

    #[test]
    fn a_step_with_words_or_a_known_tool_is_clear() {
        let (goal, mut steps) = goal();
        steps.push(step("s4", "Read the report").into());
        assert!(find(&Clear, &goal, &steps).is_empty());
    }

    #[test]
    fn what_only_points_is_said_and_how() {
        let (goal, mut steps) = goal();
        steps.push(step("s4", "Do the rest").into());
        steps.push(step("s5", "Load the tickets, the regions, etc.").into());
        assert_eq!(
            find(&Clear, &goal, &steps),
            [
                "step 4 says \"Do the rest\", which names no thing or no act of its own: say what it does with what.",
                "step 5 ends in \"etc\": name all that it does.",
            ]
        );
    }

    #[test]
    fn a_hundred_sentences_are_told_apart() {
        let lists = include_str!("sentences.txt");
        let (mut kind, mut wrong, mut counted) = ("", Vec::new(), [0, 0]);
        for line in lists.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if let Some(heading) = line.strip_prefix("# ") {
                kind = heading;
                continue;
            }
            let is_vague = vague(line).is_some();
            counted[usize::from(kind == "vague")] += 1;
            if is_vague != (kind == "vague") {
                wrong.push(format!("{kind}: {line}"));
            }
        }
        assert!(counted.iter().all(|n| *n >= 50), "{counted:?}");
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
