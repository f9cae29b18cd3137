//! Pages to read about the lanes: why a row is there, and what the figures say and mean.

use crate::checks::failures::Failure;
use crate::compare::advice;
use crate::compare::lane::Lane;
use crate::describe::Moment;
use crate::describe::event;
use crate::describe::lane_rows::{About, LaneRow};
use crate::describe::page::Page;
use crate::describe::sign::Role;
use crate::describe::text::count;
use crate::describe::why;
use crate::engine::event::{Event, Seq};
use crate::engine::plan::StepId;
use crate::engine::state::{State, StepRun};
use crate::engine::turn::Thought;
use crate::ui::compare::{Compare, draw, figures, lanes};
use crate::ui::dialogs::Opened;

/// Returns the page that explains the selected row; none while its lane is under way.
pub(super) fn why(compare: &Compare) -> Option<Opened> {
    let column = compare.columns.get(compare.focus)?;
    let row = column.rows.get(compare.selected()?)?;
    let lane = compare.bench.lane(compare.focus)?;
    let past = lane.session.state_at(column.seq)?;
    let mut page = Page::new(format!("Why, in {}", column.kind.name()));
    match &row.about {
        About::Action(id) => action(&mut page, lane, &past, row, id),
        About::Thought => thought(&mut page, lane, row.seq),
        About::Replan => replan(&mut page, lane, &past, row),
        About::Event => event(&mut page, lane, &past, row, compare.bench.scenario().is_some()),
    }
    if let Some((at, parting)) = &column.parted
        && Some(*at) == compare.selected()
    {
        page.add(Role::Changed, 0, format!("parted here: {}", parting.sentence));
    }
    for mark in &row.marks {
        let words = match *mark {
            "again" => "again: the same tool was done before in this lane",
            "wasted" => "wasted: nothing that was ever wanted was made from what it wrote",
            "on stale" => "on stale: it read a value made from one that is no longer current, so its own is stale too",
            "answered" => "answered: a person said what came back",
            "surprise" => "the surprise answered here, in place of the tool",
            other => other,
        };
        page.add(Role::Stale, 0, words);
    }
    Some(page.into())
}

/// Returns the thought that chose the step `id`, with its event.
fn thought_of(lane: &Lane, id: &StepId) -> Option<(Seq, Thought)> {
    lane.session.path().iter().rev().filter_map(|seq| lane.session.record(*seq)).find_map(|record| {
        match record.event.innermost() {
            Event::Thought(thought) if thought.step.as_ref().is_some_and(|step| step.id == *id) => {
                Some((record.seq, (**thought).clone()))
            }
            _ => None,
        }
    })
}

fn run_of<'a>(state: &'a State, id: &StepId) -> Option<&'a std::sync::Arc<StepRun>> {
    state.inside_of(id).map_or_else(|| state.run(id), |inside| inside.run(id))
}

fn action(page: &mut Page, lane: &Lane, state: &State, row: &LaneRow, id: &StepId) {
    let words = if row.result.is_empty() { row.what.clone() } else { format!("{}: {}", row.what, row.result) };
    page.heading(words);
    if let Some(step) = state.step(id) {
        page.add(Role::Pending, 0, format!("{} ({id})", step.description));
        let run = run_of(state, id);
        for key in step.reads() {
            let version = run.and_then(|run| run.reads.iter().find(|(read, _)| read == key));
            page.add(
                Role::Kept,
                1,
                match version {
                    Some((_, version)) => format!("reads {key}, as of event {version}"),
                    None => format!("reads {key}"),
                },
            );
        }
        for key in step.writes() {
            page.add(Role::Added, 1, format!("writes {key}"));
        }
        if let Some(run) = run {
            let ended = run.ended.map_or(String::new(), |ended| format!(", ended with event {ended}"));
            page.add(Role::Current, 1, format!("started with event {}{ended}", run.started));
        }
        if let Some(why) = &step.why
            && thought_of(lane, id).is_none()
        {
            page.add(Role::Replanned, 1, format!("planned because {why}"));
        }
    }
    if let Some((seq, _)) = thought_of(lane, id) {
        thought(page, lane, seq);
    }
}

fn thought(page: &mut Page, lane: &Lane, seq: Seq) {
    let Some(Event::Thought(thought)) = lane.session.record(seq).map(|record| record.event.innermost()) else { return };
    page.heading(format!("What was thought before it, event {seq}"));
    page.add(Role::Text, 0, thought.wits.label());
    page.add(Role::Current, 0, thought.why.to_string());
    page.heading(format!("{}, the best first", count(thought.considered.len() + thought.others, "candidate")));
    for candidate in &thought.considered {
        let chosen = thought.step.as_ref().is_some_and(|step| step.tool.as_ref() == Some(&candidate.tool));
        // No score is below nothing, and nothing has no sign.
        let score =
            candidate.score.map_or(String::new(), |score| format!("{:.2}  ", if score > 0.0 { score } else { 0.0 }));
        let role = if chosen { Role::Current } else { Role::Skipped };
        page.add(role, 0, format!("{score}{}: {}", candidate.tool, candidate.why));
    }
    if thought.others > 0 {
        page.add(Role::Skipped, 0, format!("… {} more", thought.others));
    }
}

fn replan(page: &mut Page, lane: &Lane, state: &State, row: &LaneRow) {
    let proposal = match lane.session.record(row.seq).map(|record| record.event.innermost()) {
        Some(Event::Replanned { proposal, .. }) => *proposal,
        _ => return, // a row about a replan tells no other event
    };
    let Some(replan) = state.replans.iter().find(|replan| replan.seq == proposal) else { return };
    page.heading(format!("Replanned, event {}", row.seq));
    page.add(Role::Surprise, 0, replan.proposal.cause.message());
    let after = replan.taken.as_deref().unwrap_or(&replan.proposal.after);
    for change in crate::engine::diff::changes(&replan.before, after) {
        use crate::engine::diff::ChangeKind;
        let role = match change.kind {
            ChangeKind::Kept => Role::Kept,
            ChangeKind::Added => Role::Added,
            ChangeKind::Removed => Role::Removed,
            ChangeKind::Moved => Role::Moved,
            ChangeKind::Changed => Role::Changed,
        };
        let why = change.step.why.as_ref().map_or(String::new(), |why| format!(": {why}"));
        page.add(role, 1, format!("{} {}{why}", change.step.id, change.step.name()));
    }
}

fn event(page: &mut Page, lane: &Lane, state: &State, row: &LaneRow, surprised: bool) {
    let Some(record) = lane.session.record(row.seq) else { return };
    let told = event::told(&lane.session, record, state);
    page.heading(format!("Event {}", row.seq));
    let sentence = told.sentence();
    page.add(told.sign, 0, if sentence.is_empty() { row.what.clone() } else { sentence });
    match record.event.innermost() {
        Event::Planned { steps, left_out, .. } => {
            for step in steps {
                let why = step.why.as_ref().map_or(String::new(), |why| format!(": {why}"));
                page.add(Role::Pending, 1, format!("{} {}{why}", step.id, step.name()));
            }
            if !left_out.is_empty() {
                page.heading("Not chosen");
            }
            for (tool, why) in left_out {
                page.add(Role::Skipped, 1, format!("{tool}: {why}"));
            }
        }
        Event::Deviated { deviations } => {
            for deviation in deviations {
                page.add(Role::Surprise, 1, deviation.message.to_string());
            }
        }
        Event::Reached | Event::Ended { .. } | Event::Unplannable { .. } if is_end(&record.event) => {
            if let Some(met) = lane.met().filter(|met| *met <= state.seq) {
                page.add(Role::Surprise, 0, format!("met the surprise with event {met}"));
            } else if surprised {
                page.add(Role::Surprise, 0, "never met the surprise");
            }
            why::end(page, Moment { state, records: lane.session.records(), longest: why::LONGEST, times: true });
        }
        _ => {} // the sentence says it all
    }
}

/// Adds what the failure checks find in the trace of a lane that is over.
fn went_wrong(page: &mut Page, found: &[Failure]) {
    if found.is_empty() {
        page.add(Role::Done, 0, "no failure check found anything in its trace");
    }
    for failure in found {
        page.add(if failure.mended.is_some() { Role::Done } else { Role::Failed }, 0, failure.said());
    }
}

/// Tells whether an event is about the lane's own end, not that of a loop inside.
fn is_end(event: &Event) -> bool {
    !matches!(event, Event::Inner { .. })
}

/// Returns the page of the figures: what each of them means and what was counted, then how the lanes stand and why.
pub(super) fn figures(compare: &Compare) -> Opened {
    let mut page = Page::new("Figures");
    let names: Vec<String> = compare.columns.iter().map(|column| column.kind.name()).collect();
    page.heading(format!("Counted in {}", names.join(" · ")));
    for (name, means) in figures::DEFINITIONS {
        let counted = figures::counted(compare, name);
        let counted = if counted.is_empty() { String::new() } else { format!(" {}.", counted.join(" · ")) };
        page.add(Role::Kept, 0, format!("{name}:{counted} {means}"));
    }
    for (at, column) in compare.columns.iter().enumerate() {
        page.heading(column.kind.name());
        let (role, word) = lanes::stand(column, compare.bench.is_busy_at(at));
        let why = column.why.as_ref().map_or(String::new(), |why| format!(": {why}"));
        page.add(role, 0, format!("{word}{why}"));
        if let Some(met) = column.met {
            page.add(Role::Surprise, 0, format!("met the surprise with event {met}"));
        } else if compare.bench.scenario().is_some() && column.is_over() {
            page.add(Role::Surprise, 0, "never met the surprise");
        }
        for expected in &column.expected {
            page.add(expected.role(), 0, expected.said());
        }
        if column.is_over() {
            went_wrong(&mut page, compare.bench.found(at));
        }
    }
    if let Some(advice) = &compare.advice {
        page.heading(match &advice.choice {
            Some(choice) => format!("Took the least here: {choice}"),
            None => "No advice".to_owned(),
        });
        page.add(Role::Current, 0, advice.because.clone());
        page.add(Role::Changed, 0, format!("what would change it: {}", advice.change));
        page.add(Role::Kept, 0, format!("the price: {}", advice.price.sentence()));
        for cited in &advice.cited {
            let lane = compare.columns.get(cited.lane).map(|column| column.kind.name()).unwrap_or_default();
            page.add(Role::Pending, 1, format!("{lane}, event {}: {}", cited.event, cited.what));
        }
    }
    page.heading("The table of strategies; the row that applies, by this run alone");
    let applies = compare.advice.as_ref().and_then(|advice| advice.row);
    for row in advice::Row::ALL {
        page.add(if applies == Some(row) { Role::Current } else { Role::Text }, 0, row.to_string());
    }
    page.heading("Whose wits");
    page.add(Role::Kept, 0, draw::wits(compare));
    if let Some(wits) = compare.advice.as_ref().and_then(|advice| advice.wits.as_ref()) {
        page.add(Role::Kept, 0, wits.clone());
    }
    page.into()
}
