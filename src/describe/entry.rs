//! One entry of the trace in full: the step, what it read, what came back, what changed, which conditions held.

use std::sync::Arc;

use super::change::{self, Change};
use super::event;
use crate::engine::event::{About, Event, Recorded, Seq, Verdict};
use crate::engine::goal::Key;
use crate::engine::launch::Ran;
use crate::engine::plan::{Step, StepId};
use crate::engine::state::State;
use crate::engine::value::Value;

use super::Moment;
use super::launch::command_line;
use super::page::Page;
use super::sign::Role;
use super::step;
use super::surprise::what;
use super::value;

/// How much of a value an entry shows.
const SHOWN: usize = 400;

/// How much of a value it shows that has changed, below what changed in it.
const WHOLE: usize = 4_000;

/// Returns the page about the event `seq`, or none if there is no such event.
pub fn entry(view: Moment<'_>, seq: Seq) -> Option<Page> {
    let record = usize::try_from(seq).ok()?.checked_sub(1).and_then(|at| view.records.get(at))?;
    if let (Event::Inner { .. }, Some(inside)) = (&record.event, inside(view, record)) {
        // What happened inside a loop is told as the loop knows it.
        return page(Moment { state: inside, ..view }, record);
    }
    page(view, record)
}

/// Returns the loop that an inner event belongs to: the one whose step was started last before it.
fn inside<'a>(view: Moment<'a>, record: &Recorded) -> Option<&'a State> {
    let mut at = record.parent;
    while let Some(found) = at.and_then(|seq| view.records.get(usize::try_from(seq).ok()?.checked_sub(1)?)) {
        if let Event::Entered { step, .. } = &found.event {
            return view.state.loop_of(view.state.run(step)?);
        }
        at = found.parent.filter(|parent| *parent < found.seq);
    }
    None
}

fn page(view: Moment<'_>, record: &Recorded) -> Option<Page> {
    let (seq, event) = (record.seq, record.event.innermost());
    let kind = event.kind().replace('_', " ");
    let within = if matches!(record.event, Event::Inner { .. }) { ", inside a loop" } else { "" };
    let mut page = Page::new(format!("Event {seq}: {kind}{within}"));
    if view.times && !record.at.is_empty() {
        page.add(Role::Text, 0, format!("at {}", record.at));
    }
    let changes = change::looked_up(view, record);
    let line = event::line(event, view.state, &changes);
    if !matches!(event, Event::Thought(_)) {
        page.add(line.sign, 0, line.sentence());
    }
    for mark in &line.marks {
        page.add(Role::Text, 1, mark.clone());
    }
    if let Some(step) = step_of(event).and_then(|id| view.state.step(id)).filter(|step| !step.description.is_empty()) {
        page.add(Role::Text, 1, step.description.to_string());
    }
    match event {
        Event::Thought(thought) => super::thought::decided(&mut page, thought),
        Event::Refused { needs, .. } if !needs.is_empty() => {
            page.add(Role::Pending, 0, format!("it is tried again once this changes: {}", needs.join(", ")));
        }
        Event::Entered { stepwise, .. } => {
            page.add(Role::Text, 0, "its loop began, on a copy of its inputs");
            if *stepwise {
                page.add(Role::Text, 0, "it stops before each of its turns");
            }
        }
        Event::Started { reads, .. } => reads_part(&mut page, view, reads),
        Event::Finished { step, wall_ms, ran, .. } | Event::Failed { step, wall_ms, ran, .. } => {
            if let Some(ms) = wall_ms.filter(|_| view.times) {
                page.add(Role::Text, 1, format!("took {ms:.1} ms"));
            }
            program(&mut page, ran.as_deref());
            reads_part(&mut page, view, reads_of(view.records, step, seq));
            context(&mut page, &changes);
        }
        Event::Retried { wait_ms, ran, .. } => {
            page.add(Role::Text, 1, format!("after {wait_ms} ms"));
            program(&mut page, ran.as_deref());
        }
        Event::Injected { outcome_of, .. } => {
            if outcome_of.is_none() {
                page.add(Role::Text, 1, "pinned: no step overwrites it");
            }
            context(&mut page, &changes);
        }
        Event::Judged { verdicts } => {
            for (question, verdict) in verdicts {
                let about = match &question.about {
                    About::Value(key, version) => format!("{key}, version {version}"),
                    About::Object(parts) => {
                        parts.iter().map(|(_, key, seq)| format!("{key}, version {seq}")).collect::<Vec<_>>().join("; ")
                    }
                };
                let (role, word) = verdict_words(verdict);
                page.add(role, 0, format!("{} on {about}: {word}", question.condition));
            }
        }
        Event::Deviated { deviations } => {
            for deviation in deviations.iter().skip(1) {
                page.add(Role::Surprise, 0, deviation.message.to_string());
            }
        }
        Event::Planned { steps, left_out, .. } => {
            steps.iter().for_each(|step| step_part(&mut page, Role::Added, step));
            left_out.iter().for_each(|(tool, why)| page.add(Role::Skipped, 0, format!("not {tool}: {why}")));
        }
        Event::Proposed(proposal) => {
            page.add(Role::Text, 0, format!("before: {}", proposal.before.join(", ")));
            for step in &proposal.after {
                let role = if proposal.before.contains(&step.id) { Role::Kept } else { Role::Added };
                step_part(&mut page, role, step);
            }
            for (step, why) in &proposal.not_kept {
                page.add(Role::Removed, 0, format!("{step} could not be kept: {why}"));
            }
        }
        Event::Replanned { steps, proposal } => {
            page.add(Role::Text, 0, format!("the proposal of event {proposal} was accepted"));
            steps.iter().for_each(|step| page.add(Role::Text, 1, step::label(step)));
        }
        Event::Armed { .. } => page.add(Role::Pending, 0, "armed: it answers the next run of the tool"),
        Event::Scheduled { after, nth, surprises, .. } => {
            surprises.iter().for_each(|surprise| page.add(Role::Surprise, 0, what(surprise)));
            let when = match (after, nth) {
                (None, _) => "at once".to_owned(),
                (Some(tool), 0 | 1) => format!("as soon as {tool} has finished a step"),
                (Some(tool), nth) => format!("as soon as {tool} has finished {nth} steps"),
            };
            page.add(Role::Pending, 0, when);
        }
        Event::GoalChanged { wants, .. } => {
            for (key, condition) in wants {
                page.add(Role::Pending, 1, format!("wants {key}: {condition}"));
            }
        }
        // What has no parts of its own is shown as it stands in the journal: nothing is kept back.
        event => raw(&mut page, event),
    }
    verdicts_after(&mut page, view.records, seq);
    Some(page)
}

/// Adds a planned step with the reason why it is there.
fn step_part(page: &mut Page, role: Role, step: &Step) {
    let why = step.why.as_deref().map_or(String::new(), |why| format!(": {why}"));
    page.add(role, 0, format!("{}{why}", step::label(step)));
}

/// Returns the step that was carried out, or tried to be.
fn step_of(event: &Event) -> Option<&StepId> {
    match event {
        Event::Refused { step, .. }
        | Event::Entered { step, .. }
        | Event::Started { step, .. }
        | Event::Finished { step, .. }
        | Event::Failed { step, .. }
        | Event::Retried { step, .. } => Some(step),
        _ => None, // the others are about no step, or say all of it in their line
    }
}

fn raw(page: &mut Page, event: &Event) {
    let Ok(Value::Object(fields)) = serde_json::to_value(event) else { return };
    for (name, value) in fields.iter().filter(|(name, _)| *name != "kind") {
        page.add(Role::Text, 0, format!("{}: {}", name.replace('_', " "), value::json(value, SHOWN)));
    }
}

fn verdict_words(verdict: &Verdict) -> (Role, String) {
    match verdict {
        Verdict::True => (Role::Done, "holds".into()),
        Verdict::False => (Role::Failed, "does not hold".into()),
        Verdict::Undecided(why) => (Role::Refuted, format!("undecided, which counts as not met: {why}")),
    }
}

fn reads_of<'a>(records: &'a [Arc<Recorded>], id: &StepId, before: Seq) -> &'a [(Key, Seq)] {
    let until = usize::try_from(before).unwrap_or(usize::MAX).min(records.len());
    let started = records[..until].iter().rev().find_map(|record| match record.event.innermost() {
        Event::Started { step, reads, .. } if step == id => Some(reads.as_slice()),
        _ => None,
    });
    started.unwrap_or_default()
}

fn reads_part(page: &mut Page, view: Moment<'_>, reads: &[(Key, Seq)]) {
    if reads.is_empty() {
        return;
    }
    page.heading("Inputs read");
    for (key, version) in reads {
        let value = value::value_at(view.records, &view.state.goal, key, *version);
        let shown = value.map_or("(the value is not in the trace)".into(), |value| value::json(&value, SHOWN));
        page.add(Role::Kept, 0, format!("{key}, version {version}: {shown}"));
    }
}

/// Adds what is known of the program that ran.
fn program(page: &mut Page, ran: Option<&Ran>) {
    let Some(ran) = ran else { return };
    page.heading("Program");
    page.add(Role::Text, 0, command_line(&ran.argv));
    match (ran.status, ran.signal) {
        (Some(status), _) => page.add(Role::Text, 0, format!("ended with status {status}")),
        (None, Some(signal)) => page.add(Role::Failed, 0, format!("was ended by signal {signal}")),
        (None, None) => page.add(Role::Failed, 0, "was ended here"),
    }
    for line in ran.stderr.lines() {
        page.add(Role::Dim, 1, line);
    }
}

/// Adds what an event did to each key: what differs, then the whole value.
fn context(page: &mut Page, changes: &[Change]) {
    if !changes.is_empty() {
        page.heading("Context");
    }
    for change in changes {
        let whole = change.is.as_ref().map(|value| value::json(value, SHOWN)).unwrap_or_default();
        match change.role {
            Role::Kept => page.add(Role::Kept, 0, format!("{}: nothing changes: {whole}", change.key)),
            Role::Changed => {
                page.add(Role::Changed, 0, change.said());
                differences(page, change);
            }
            Role::Removed => {
                let was = change.was.as_ref().map(|value| value::json(value, SHOWN)).unwrap_or_default();
                page.add(Role::Removed, 0, format!("{}: was {was}", change.key));
            }
            _ => page.add(Role::Added, 0, format!("{}: {whole}", change.key)),
        }
    }
    for change in changes.iter().filter(|change| change.role == Role::Changed) {
        page.heading(format!("{} as it is now", change.key));
        let whole = change.is.as_ref().map(|value| value::json(value, WHOLE)).unwrap_or_default();
        page.add(Role::Text, 0, whole);
    }
}

/// Adds each place in which a value differs from the one before.
fn differences(page: &mut Page, change: &Change) {
    let (Some(was), Some(is)) = (&change.was, &change.is) else { return };
    for leaf in &change.difference.leaves {
        let words = match (leaf.was(was), leaf.is(is)) {
            (Some(was), Some(is)) => change::pair(was, is, SHOWN),
            (was, is) => was.or(is).map(|value| value::json(value, SHOWN)).unwrap_or_default(),
        };
        let name = leaf.name();
        page.add(leaf.role, 1, if name.is_empty() { words } else { format!("{name}  {words}") });
    }
    match change.difference.same(value::children(is)) {
        Some(0) => {}
        Some(same) if value::size(is).is_some() => page.add(Role::Kept, 1, format!("{same} the same")),
        Some(_) => {}
        None => page.add(Role::Text, 1, "and more: it is too much to list"),
    }
}

/// Adds the verdicts that were found right after the event.
fn verdicts_after(page: &mut Page, records: &[Arc<Recorded>], seq: Seq) {
    let next = records.iter().skip(usize::try_from(seq).unwrap_or(usize::MAX)).take(3);
    let judged = next.filter(|record| record.parent == Some(seq)).find_map(|record| match record.event.innermost() {
        Event::Judged { verdicts } => Some(verdicts),
        _ => None,
    });
    let Some(verdicts) = judged.filter(|verdicts| !verdicts.is_empty()) else { return };
    page.heading("Conditions");
    for (question, verdict) in verdicts {
        let (role, word) = verdict_words(verdict);
        page.add(role, 0, format!("{}: {word}", question.condition));
    }
}
