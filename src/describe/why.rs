//! Why: the chain from a step, key, deviation, replan or missing plan down to what was observed.

use super::value;
use std::collections::HashSet;
use std::sync::Arc;

use super::Moment;
use super::change;
use super::event;
use super::page::Page;
use super::remedies::found;
use super::sign::Role;
use super::step;
use super::text;
use super::tools;
use crate::engine::context::Origin;
use crate::engine::event::{Event, Reason, Seq, Verdict};
use crate::engine::goal::Key;
use crate::engine::plan::{Author, Step, StepId};
use crate::engine::state::{Phase, State};

/// The most rows of a chain on a page that is read in full.
pub const LONGEST: usize = 300;

/// What the question is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A step: why is it here, and how does it stand?
    Step(StepId),
    /// A key: where does its value come from, who reads it, is it fresh?
    Key(Key),
    /// What contradicts the remaining plan now.
    Deviations,
    /// The replan with this index: what was seen, what it broke, what became of each row.
    Replan(usize),
    /// Why there is no plan, or why it ended.
    End,
}

/// Returns the page that answers.
pub fn why(view: Moment<'_>, subject: &Subject) -> Page {
    let state = view.state;

    match subject {
        Subject::Step(id) => why_step(view, id),
        Subject::Key(key) => {
            let mut page = Page::new(format!("Why {key}?"));
            wanted(&mut page, state, key);
            chain(&mut page, view, key, 0);
            readers(&mut page, state, key);
            page
        }
        Subject::Deviations => {
            let mut page = Page::new("Why does the plan no longer hold?");
            for deviation in state.deviations.iter() {
                page.add(Role::Surprise, 0, deviation.message.to_string());
                if let Some(key) = &deviation.key {
                    chain(&mut page, view, key, 1);
                }
            }
            if state.deviations.is_empty() {
                page.add(Role::Done, 0, "Nothing contradicts the remaining plan.");
            }
            page
        }
        Subject::Replan(at) => why_replan(view, *at),
        Subject::End => why_end(view),
    }
}

/// Returns the answer in a line, for beside something else; none where there is nothing to say.
pub fn short(state: &State, subject: &Subject) -> Option<String> {
    match subject {
        Subject::Key(key) => {
            let datum = state.context.get(key)?;
            let by = match &datum.origin {
                Origin::Initial => "It was known from the start".to_owned(),
                Origin::Step(id) => format!("{} made it", step::label_of(state, id)),
                Origin::Injected => "The world is this".to_owned(),
                Origin::Edited(id) => format!("You gave it in place of {}", step::label_of(state, id)),
                Origin::Record => "It is from a record".to_owned(),
            };
            let source = datum.sources.iter().find_map(|(key, _)| Some((key, state.context.get(key)?)));
            let from = source.map(|(key, from)| format!(" from {key} {}", value::json(&from.value, 60)));
            Some(format!("{by}{}.", from.unwrap_or_default()))
        }
        Subject::Step(id) => {
            let run = state.run(id)?;
            let error = run.error.as_deref().map(|error| format!(": {error}")).unwrap_or_default();
            Some(format!("{}: {}{error}.", step::label_of(state, id), run.word()))
        }
        Subject::Replan(at) => Some(format!("Because {}.", state.replans.get(*at)?.proposal.cause.message())),
        Subject::Deviations => state.deviations.iter().next().map(|deviation| format!("{}.", deviation.message)),
        Subject::End => None,
    }
}

fn why_step(view: Moment<'_>, id: &StepId) -> Page {
    let state = view.state;
    // A step that a replan proposes is in no plan yet.
    let proposed = || state.waiting_proposal()?.proposal.after.iter().find(|step| step.id == *id);
    let Some(step) = state.step(id).or_else(proposed) else {
        let mut page = Page::new("Why?");
        page.add(Role::Failed, 0, format!("there is no step {id} at this moment"));
        return page;
    };
    let mut page = Page::new(format!("Why {}?", step::label(step)));
    let author = match step.by {
        // What a replan repeats is the file's own step, and it is the planner that wants it again.
        Author::File if step.repeats.is_some() => "the planner put it there",
        Author::Planner => "the planner put it there",
        Author::File => "it stands in the plan of the goal file",
        Author::Person => "you put it there",
    };
    let why = step.why.as_deref().map_or(String::new(), |why| format!(": {why}"));
    page.add(if step.by == Author::Person { Role::Injected } else { Role::Kept }, 0, format!("{author}{why}"));
    if let Some(old) = &step.repeats {
        page.add(Role::Replanned, 0, format!("it repeats {}", step::label_of(state, old)));
    }
    for key in step.writes() {
        let readers = match state.step(id) {
            Some(_) => labels(state.plan.readers(key).filter_map(|place| state.plan.remaining().get(place))),
            // What is proposed is handed on within the proposal.
            None => {
                let after = state.waiting_proposal().map_or(&[][..], |waiting| &waiting.proposal.after);
                let behind = after.iter().skip_while(|other| other.id != *id).skip(1);
                labels(behind.filter(|other| !other.skip && other.reads().any(|read| read == key)))
            }
        };
        let wanted = state.goal.wants.contains_key(key);
        let mut whom = readers.join(", ");
        if wanted {
            whom = if whom.is_empty() { "the goal wants it".into() } else { format!("{whom}; the goal wants it") };
        }
        if whom.is_empty() {
            whom = "nothing that is still to do reads it".into();
        }
        page.add(Role::Added, 0, format!("writes {key}: {whom}"));
    }
    match state.run(id) {
        Some(run) => {
            page.add(
                step::sign(run.status),
                0,
                format!("{}, {}", run.word(), text::count(run.attempts as usize, "attempt")),
            );
            if let Some(error) = &run.error {
                page.add(Role::Failed, 0, error.to_string());
            }
            if run.on_stale {
                page.add(Role::Stale, 0, "it ran on stale values: what it wrote was born stale");
            }
        }
        None => standing(&mut page, state, step),
    }
    for deviation in state.deviations.iter().filter(|deviation| deviation.step.as_ref() == Some(id)) {
        page.add(Role::Surprise, 0, deviation.message.to_string());
    }
    let reads: Vec<&Key> = step.reads().collect();
    if !reads.is_empty() {
        page.heading("It reads");
        for key in reads {
            chain(&mut page, view, key, 0);
        }
    }
    page
}

/// Returns what the first of `steps` are called.
fn labels<'s>(steps: impl Iterator<Item = &'s Arc<Step>>) -> Vec<String> {
    steps.take(5).map(|step| step::label(step)).collect()
}

/// Says what a step that is still to do waits for.
fn standing(page: &mut Page, state: &State, step: &Step) {
    if step.skip {
        page.add(Role::Skipped, 0, "it is switched off: \x01skip\x02 switches it on");
        return;
    }
    let missing: Vec<&str> = step.reads().filter(|key| !state.context.is_fresh(key)).map(|key| &**key).collect();
    match missing.is_empty() {
        true => page.add(Role::Pending, 0, "still to do; everything that it reads is there"),
        false => page.add(Role::Pending, 0, format!("still to do; waits for {}", missing.join(", "))),
    }
}

fn wanted(page: &mut Page, state: &State, key: &Key) {
    let Some(condition) = state.goal.wants.get(key) else { return };
    let (role, word) = match state.want_verdict(key) {
        Some(Verdict::True) => (Role::Done, "holds".to_owned()),
        Some(Verdict::False) => (Role::Failed, "does not hold".to_owned()),
        Some(Verdict::Undecided(why)) => (Role::Refuted, format!("undecided: {why}")),
        None => (Role::Pending, "not judged yet".to_owned()),
    };
    page.add(role, 0, format!("wanted, where {condition}: {word}"));
}

fn readers(page: &mut Page, state: &State, key: &Key) {
    let steps: Vec<String> = state
        .plan
        .readers(key)
        .filter_map(|place| state.plan.remaining().get(place))
        .take(8)
        .map(|step| step::label(step))
        .collect();
    if !steps.is_empty() {
        page.heading("Who will read it");
        for step in steps {
            page.add(Role::Pending, 0, step);
        }
    }
}

/// Adds the chain from `key` down to what was observed; each key once. Iterative: chains may be long.
fn chain(page: &mut Page, view: Moment<'_>, key: &Key, indent: usize) {
    let Moment { state, records, longest, .. } = view;
    let mut seen: HashSet<Key> = HashSet::new();
    let mut todo: Vec<(Key, usize, Option<Seq>)> = vec![(key.clone(), indent, None)];
    let mut rows = 0;
    while let Some((key, depth, version)) = todo.pop() {
        rows += 1;
        if rows > longest {
            page.add(Role::Interrupted, indent, format!("{} more below", todo.len() + 1));
            return;
        }
        let Some(datum) = state.context.get(&key) else {
            let maker = state.plan.writers(&key).next().and_then(|place| state.plan.remaining().get(place));
            let words = match maker {
                Some(step) => format!("{key}: no value yet; {} will write it", step::label(step)),
                None => match state.failed_to_write(|owed| *owed == key) {
                    Some(run) => {
                        let error = run.error.as_deref().unwrap_or_default();
                        format!("{key}: no value: {} failed ({})", step::label(&run.step), text::clip(error, 120))
                    }
                    None => format!("{key}: no value, and no remaining step writes it"),
                },
            };
            page.add(Role::Pending, depth, words);
            continue;
        };
        let by = match &datum.origin {
            Origin::Initial => "known from the start".to_owned(),
            Origin::Step(id) => format!("by {}", step::label_of(state, id)),
            Origin::Injected => "injected: the world is this".to_owned(),
            Origin::Edited(id) => format!("replaced by a person: what {} returned", step::label_of(state, id)),
            Origin::Record => "from a record".to_owned(),
        };
        let scenario = usize::try_from(datum.version).ok().and_then(|seq| records.get(seq.checked_sub(1)?));
        let scenario = match scenario.map(|record| &record.event) {
            Some(Event::Injected { scenario: Some(name), .. }) => format!(" (surprise \"{name}\")"),
            _ => String::new(),
        };
        let role = match (&datum.refuted, datum.fresh, &datum.origin) {
            (Some(_), _, _) => Role::Refuted,
            (None, false, _) => Role::Stale,
            (None, true, Origin::Injected | Origin::Edited(_)) => Role::Injected,
            (None, true, Origin::Record) => Role::Recorded,
            (None, true, Origin::Initial | Origin::Step(_)) => Role::Done,
        };
        let old = match version {
            Some(version) if version != datum.version => format!(", but version {version} was read"),
            Some(_) | None => String::new(),
        };
        let pin = if datum.pinned { ", pinned" } else { "" };
        page.add(role, depth, format!("{key}: {by}, event {}{scenario}{pin}{old}", datum.version));
        page.add(Role::Text, depth + 1, value::json(&datum.value, 160));
        if let Some(why) = &datum.refuted {
            page.add(Role::Refuted, depth + 1, format!("refuted: {why}"));
        }
        for (key, version) in datum.given.iter().flat_map(|given| given.iter()) {
            page.add(Role::Injected, depth + 1, format!("{key}: given by a person inside it, event {version}"));
        }
        if seen.insert(key) {
            let next = datum.sources.iter().rev();
            todo.extend(next.map(|(source, version)| (source.clone(), depth + 1, Some(*version))));
        }
    }
}

fn why_replan(view: Moment<'_>, at: usize) -> Page {
    let state = view.state;
    let Some(replan) = state.replans.get(at) else {
        let mut page = Page::new("Why did the plan change?");
        page.add(Role::Done, 0, "It was not replanned.");
        return page;
    };
    let mut page = Page::new(format!("Why replan {}?", at + 1));
    page.heading("Saw");
    let record = usize::try_from(replan.saw).ok().and_then(|seq| view.records.get(seq.checked_sub(1)?));
    let number = format!("event {}", replan.saw);
    let said = record.map(|record| {
        let mut told = event::line(&record.event, state, &change::looked_up(view, record));
        told.marks.push(number.clone());
        format!("{} ({})", told.sentence(), told.marks.join(", "))
    });
    page.add(Role::Surprise, 0, said.unwrap_or(number));
    page.heading("Breaks");
    page.add(Role::Stale, 0, replan.proposal.cause.message().to_owned());
    page.heading("Rewritten");
    let before: HashSet<&StepId> = replan.before.iter().map(|step| &step.id).collect();
    let after: HashSet<&StepId> = replan.proposal.after.iter().map(|step| &step.id).collect();
    for step in &replan.proposal.after {
        let (role, same) =
            if before.contains(&step.id) { (Role::Kept, "same tool, same hand-off") } else { (Role::Added, "") };
        let why = step.why.as_deref().unwrap_or(same);
        page.add(role, 0, format!("{}: {why}", step::label(step)));
    }
    for step in replan.before.iter().filter(|step| !after.contains(&step.id)) {
        let why = replan.proposal.not_kept.iter().find(|(id, _)| *id == step.id).map(|(_, why)| why.to_string());
        let why = why.unwrap_or_else(|| "nothing needs it any more".into());
        page.add(Role::Removed, 0, format!("{}: {why}", step::label(step)));
    }
    for (tool, why) in tools::passed_over_by(view.state, &replan.proposal) {
        page.add(Role::Skipped, 0, format!("not {tool}: {why}"));
    }
    page.heading("What became of it");
    let (role, words) = match replan.accepted {
        Some(true) => (Role::Done, "accepted"),
        Some(false) => (Role::Failed, "rejected: the old plan goes on"),
        None => (Role::Pending, "waits for a decision"),
    };
    page.add(role, 0, words);
    page
}

fn why_end(view: Moment<'_>) -> Page {
    let mut page = Page::new(match &view.state.phase {
        Phase::Ended { .. } => "Why is there no way on?",
        Phase::Reached => "Why is the goal reached?",
        Phase::New
        | Phase::Planning { .. }
        | Phase::Review
        | Phase::Deciding
        | Phase::Ready
        | Phase::Approving
        | Phase::Running { .. }
        | Phase::Interrupted => "Why?",
    });
    end(&mut page, view);
    page
}

/// Says why a session is over: the reasons, then every wanted key and the chain from it down to what was observed.
pub fn end(page: &mut Page, view: Moment<'_>) {
    let state = view.state;
    match &state.phase {
        Phase::Ended { why, reasons, .. } => {
            page.add(Role::Failed, 0, found(state, why, reasons));
            tree(page, reasons, view.longest);
        }
        Phase::Reached => {}
        Phase::New
        | Phase::Planning { .. }
        | Phase::Review
        | Phase::Deciding
        | Phase::Ready
        | Phase::Approving
        | Phase::Running { .. }
        | Phase::Interrupted => {
            page.add(Role::Pending, 0, "The session is not over.");
            return;
        }
    }
    for key in state.goal.wants.keys() {
        page.heading(format!("The goal wants {key}"));
        wanted(page, state, key);
        chain(page, view, key, 0);
    }
}

/// Adds a tree of reasons, what each rests on below it. Iterative: trees may be deep.
fn tree(page: &mut Page, reasons: &[Reason], longest: usize) {
    let mut todo: Vec<(&Reason, usize)> = reasons.iter().rev().map(|reason| (reason, 1)).collect();
    let mut rows = 0;
    while let Some((reason, depth)) = todo.pop() {
        rows += 1;
        if rows > longest {
            page.add(Role::Interrupted, 1, format!("{} more reasons", todo.len() + 1));
            return;
        }
        let role = if reason.because.is_empty() { Role::Failed } else { Role::Pending };
        page.add(role, depth, reason.sentence.clone());
        todo.extend(reason.because.iter().rev().map(|reason| (reason, depth + 1)));
    }
}
