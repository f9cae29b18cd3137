//! Plan checks: is a plan clear, ordered, handed off, and what else would make it better; computed, never stored.
//!
//! One check, one file, one line in [`CHECKS`]. The first three give the headline; the others are advice. What went
//! wrong in a run, in contrast to its plan, is the business of [`failures`].
//!
//! **Invariant:** a check decides nothing and changes nothing: it reads a plan or a trace and says what it found. Nothing
//! here knows a file, a clock, a tool's kind or a screen.

mod approval;
mod clear;
mod evidence;
pub mod failures;
pub mod fix;
mod granularity;
mod handed_off;
mod ledger;
mod ordered;
pub mod page;
mod synthesis;
mod unused;
mod view;

#[cfg(test)]
mod testing;

use std::sync::Arc;

use serde::Serialize;

pub use ledger::{Entry, ledger};
pub use view::View;

use crate::engine::goal::{Goal, Key};
use crate::engine::plan::{Step, StepId};
use crate::engine::review::Deviation;

/// Looks at a plan for one thing that may be wrong with it.
pub trait Check: Sync {
    /// Returns the word that screens and JSON know it by: "ordered".
    fn name(&self) -> &'static str;

    /// Returns the headline that a finding of it makes, or none if it only advises.
    fn headline(&self) -> Option<Headline>;

    /// Returns what it found, in the order of the plan; each with a sentence like
    /// `nothing makes "regions", which step 4 reads.`
    fn find(&self, view: &View<'_>) -> Vec<Finding>;
}

/// Every check, in the order in which what they find should be mended.
pub const CHECKS: &[&dyn Check] = &[
    &clear::Clear,
    &ordered::Ordered,
    &handed_off::HandedOff,
    &unused::Unused,
    &granularity::Granularity,
    &evidence::Evidence,
    &synthesis::Synthesis,
    &approval::Approval,
];

/// The verdict on a plan as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Headline {
    /// A step does not say what it does.
    Unclear,
    /// A step comes before what it needs.
    Unordered,
    /// A step needs what nothing makes.
    NotHandedOff,
    /// It can be run.
    Executable,
}

impl Headline {
    /// Returns the sentence that people read.
    pub fn sentence(self) -> &'static str {
        match self {
            Headline::Unclear => "First make the step descriptions clear.",
            Headline::Unordered => "First define the execution order.",
            Headline::NotHandedOff => "First clarify how each step's output is passed to the next step.",
            Headline::Executable => "The plan is now basically executable.",
        }
    }
}

/// How many findings of one check are listed for people.
const LISTED: usize = 8;

/// One thing that a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The check, by its name.
    pub check: &'static str,
    /// The step that it concerns.
    pub step: Option<StepId>,
    /// The key that it concerns.
    pub key: Option<Key>,
    /// The concrete place, in a sentence: `nothing makes "regions", which step 4 reads.`
    pub message: String,
}

impl Finding {
    /// Tells whether it says what `deviation` does: it names the same step and key. Advice on a step as a whole does not:
    /// that nothing checks what a step makes is not what is wrong with it.
    pub fn says(&self, deviation: &Deviation) -> bool {
        let decides = CHECKS.iter().any(|check| check.name() == self.check && check.headline().is_some());
        let same = self.step.is_some() && self.step == deviation.step && self.key == deviation.key;
        same && (decides || self.key.is_some())
    }
}

/// What the checks say about a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Checklist {
    /// Every step says what it does.
    pub clear: bool,
    /// Every step comes after what it needs.
    pub ordered: bool,
    /// Everything that is needed is made by some step, or there.
    pub handed_off: bool,
    /// The verdict.
    pub headline: Headline,
    /// What was found, what should be mended first in front.
    pub findings: Vec<Finding>,
    /// The concrete place to mend next.
    pub next_fix: Option<String>,
}

impl Checklist {
    /// Tells whether the plan can be run.
    pub fn executable(&self) -> bool {
        self.headline == Headline::Executable
    }

    /// Returns what is listed for people: of each check the first few, the last of them with how many more there are.
    pub fn listed(&self) -> Vec<(&Finding, usize)> {
        let like = |check: &str| self.findings.iter().filter(|finding| finding.check == check).count();
        let mut listed: Vec<(&Finding, usize)> = Vec::new();
        for finding in &self.findings {
            let before = listed.iter().filter(|(other, _)| other.check == finding.check).count();
            if before < LISTED {
                let rest = if before + 1 == LISTED { like(finding.check) - LISTED } else { 0 };
                listed.push((finding, rest));
            }
        }
        listed
    }

    /// Returns verdict and next fix as one sentence, for the line under a form.
    pub fn sentence(&self) -> String {
        let headline = self.headline.sentence();
        match (&self.next_fix, self.headline) {
            (Some(fix), Headline::Unclear | Headline::Unordered | Headline::NotHandedOff) => {
                format!("{}: {fix}", headline.trim_end_matches('.'))
            }
            (Some(fix), Headline::Executable) => format!("{headline} Better still: {fix}"),
            (None, _) => headline.to_owned(),
        }
    }
}

/// Checks the remaining `steps` for `goal`; `available` tells which keys have a value that can be relied on.
pub fn checklist(goal: &Goal, steps: &[Arc<Step>], available: &dyn Fn(&str) -> bool) -> Checklist {
    list(&View::new(goal, steps, available), CHECKS.iter().copied())
}

/// Like [`checklist`], without advice: only what decides whether the plan can be run. For a line on every frame.
pub fn verdict(goal: &Goal, steps: &[Arc<Step>], available: &dyn Fn(&str) -> bool) -> Checklist {
    list(&View::new(goal, steps, available), CHECKS.iter().copied().filter(|check| check.headline().is_some()))
}

/// Looks at `view` with these checks.
pub fn list<'c>(view: &View<'_>, checks: impl Iterator<Item = &'c dyn Check>) -> Checklist {
    let mut findings = Vec::new();
    let mut headline = Headline::Executable;
    let (mut clear, mut ordered, mut handed_off) = (true, true, true);
    for check in checks {
        let found = check.find(view);
        if let (Some(verdict), false) = (check.headline(), found.is_empty()) {
            match verdict {
                Headline::Unclear => clear = false,
                Headline::Unordered => ordered = false,
                Headline::NotHandedOff => handed_off = false,
                Headline::Executable => {}
            }
            if headline == Headline::Executable {
                headline = verdict;
            }
        }
        findings.extend(found);
    }
    let next_fix = findings.first().map(|finding: &Finding| finding.message.clone());
    Checklist { clear, ordered, handed_off, headline, findings, next_fix }
}

#[cfg(test)]
mod tests {
    use super::testing::{goal, step};
    use super::*;
    use crate::engine::review::DeviationKind;

    #[test]
    fn a_good_plan_is_executable_and_has_nothing_to_mend() {
        let (goal, steps) = goal();
        let list = checklist(&goal, &steps, &|_| false);
        assert_eq!((list.headline, list.findings, list.next_fix), (Headline::Executable, vec![], None));
        assert!(list.clear && list.ordered && list.handed_off);
    }

    #[test]
    fn advice_on_a_step_does_not_say_what_is_wrong_with_it() {
        let finding = |check, key: Option<&str>| Finding {
            check,
            step: Some("s1".into()),
            key: key.map(Into::into),
            message: String::new(),
        };
        let deviation = |step: &str, key: Option<&str>| Deviation {
            kind: DeviationKind::UnknownTool,
            step: Some(step.into()),
            key: key.map(Into::into),
            message: "step s1 names a tool that does not exist".into(),
            because: None,
            rests_on: None,
        };
        assert!(finding("clear", None).says(&deviation("s1", None)));
        assert!(!finding("evidence", None).says(&deviation("s1", None)));
        assert!(finding("unused", Some("k")).says(&deviation("s1", Some("k"))));
        assert!(!finding("clear", None).says(&deviation("s2", None)));
    }

    #[test]
    fn the_verdict_is_the_checklist_without_its_advice() {
        let (goal, mut steps) = goal();
        steps.push(step("s4", "Note what nobody reads").writing(&["notes"]).into());
        for swap in [(0, 0), (1, 2), (0, 1)] {
            steps.swap(swap.0, swap.1);
            let (all, short) = (checklist(&goal, &steps, &|_| false), verdict(&goal, &steps, &|_| false));
            assert_eq!((all.clear, all.ordered, all.handed_off), (short.clear, short.ordered, short.handed_off));
            assert_eq!(all.headline, short.headline);
            assert!(short.executable() || short.sentence() == all.sentence(), "{}", short.sentence());
        }
    }

    #[test]
    fn the_first_thing_to_mend_gives_the_headline_and_the_others_are_still_said() {
        let (goal, mut steps) = goal();
        steps.swap(1, 2);
        steps.push(step("s4", "").reading(&["regions"]).into());
        let list = checklist(&goal, &steps, &|_| false);
        assert_eq!((list.clear, list.ordered, list.handed_off), (false, false, false));
        assert_eq!(list.sentence(), "First make the step descriptions clear: step 4 does not say what it does.");
        steps.pop();
        let list = checklist(&goal, &steps, &|_| false);
        assert_eq!((list.clear, list.ordered, list.handed_off), (true, false, true));
        assert_eq!(list.headline.sentence(), "First define the execution order.");
    }

    #[test]
    fn checks_have_names_of_their_own() {
        let mut names: Vec<_> = CHECKS.iter().map(|check| check.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CHECKS.len());
    }

    #[test]
    fn a_plan_of_ten_thousand_steps_is_checked_whole() {
        let goal = Goal::empty("g");
        let steps: Vec<Arc<Step>> = (0..10_000)
            .map(|n| {
                let (before, after) = (format!("k{n}"), format!("k{}", n + 1));
                step(&format!("s{n}"), "Add one to the number").reading(&[&before]).writing(&[&after]).into()
            })
            .collect();
        let list = checklist(&goal, &steps, &|key| key == "k0");
        assert!(list.executable());
    }
}
