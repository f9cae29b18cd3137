//! What the advisor says, every number taken from the figures.

use super::{Advice, Cited, Judged, Row, Tier};
use crate::compare::result::seconds;
use crate::engine::event::{Seq, Strategy};

/// How many events a sentence names before it says how many more there are.
const NAMED: usize = 6;

pub(super) fn advice(judged: &[Judged], chosen: Option<usize>, row: Option<Row>, under_way: bool) -> Advice {
    let lane = chosen.and_then(|at| judged.get(at).map(|lane| (at, lane)));
    let wits = wits(judged);
    let Some((at, lane)) = lane else {
        let because = match judged.iter().find_map(|lane| lane.result.standing.why.as_deref()) {
            _ if under_way => "Not every lane has come to its end yet.".to_owned(),
            Some(why) => format!("No lane came to an end of its own: {}.", why.trim_end_matches('.')),
            None => "There is no lane to judge.".to_owned(),
        };
        let change = "Let the lanes come to their ends.".to_owned();
        let short = because.clone();
        return Advice {
            lane: None,
            choice: None,
            because,
            short,
            row,
            change,
            wits,
            events: Vec::new(),
            cited: vec![],
        };
    };
    let mut sentences = Vec::new();
    let mut cited = Vec::new();
    let mut cite = |lane: usize, events: &[Seq], what: &'static str| {
        cited.extend(events.iter().map(|event| Cited { lane, event: *event, what }));
    };
    let others: Vec<(usize, &Judged)> = judged.iter().enumerate().filter(|(other, _)| *other != at).collect();
    sentences.extend(standing(lane, judged.len()));
    if lane.result.never_met() && judged.iter().any(|lane| lane.result.met.is_some()) {
        sentences.push("It never met the surprise: how it would answer to one is not shown here.".to_owned());
    }
    let course = course(lane);
    cite(at, lane.course.planned.as_slice(), "the first plan");
    cite(at, &lane.course.replans, "a replan");
    cite(at, &lane.course.loops, "a loop was entered");
    cite(at, &lane.course.refused, "a choice was refused");
    cite(at, lane.course.ended.as_slice(), "how it ended");
    sentences.push(format!("{}.", course));
    sentences.push(price(lane));
    for (other, judged) in &others {
        let (sentence, events, what) = beside(lane, judged);
        sentences.extend(sentence);
        cite(*other, &events, what);
    }
    let events: Vec<Seq> = cited.iter().filter(|cited| cited.lane == at).map(|cited| cited.event).collect();
    let mut events = events;
    events.sort_unstable();
    events.dedup();
    let fits = row.is_none_or(|row| row.is_for(lane.result.kind.strategy));
    if let Some(row) = row.filter(|_| !fits) {
        let why = match others.iter().find(|(_, other)| row.is_for(other.result.kind.strategy)) {
            None => "no lane tried that".to_owned(),
            Some((_, other)) if other.tier > lane.tier => format!("here {} did not cope as well", other.result.name),
            Some((_, other)) => format!("here {} took more", other.result.name),
        };
        sentences.push(format!("The table says \"{row}\"; {why}."));
    }
    if judged.iter().any(|lane| lane.result.kind.strategy == Strategy::React) && wits.is_some() {
        sentences.push("What is said of the stand-in is said of a stand-in: with a model it may do better.".to_owned());
    }
    Advice {
        lane: Some(at),
        choice: Some(lane.result.name.clone()),
        because: sentences.join(" "),
        short: format!("{}.", short(lane)),
        row,
        change: change(lane, &others, wits.is_some()),
        wits,
        events,
        cited,
    }
}

/// Says how well the chosen lane ended, where that is not plain success.
fn standing(lane: &Judged, lanes: usize) -> Option<String> {
    let every = if lanes == 1 { "The lane" } else { "No lane" };
    match lane.tier {
        Tier::Coped => None,
        Tier::Unexpected => lane.result.unexpected().map(|(key, condition)| {
            let none = if lanes == 1 { "The result is not" } else { "No lane that reached the goal has" };
            format!("{none} what the goal file expects of {key}: {condition}. That may be the surprise's doing.")
        }),
        Tier::Stale => Some("Every lane that reached the goal rests on stale values.".to_owned()),
        Tier::Ended | Tier::Open if lanes == 1 => Some(format!("{every} did not reach the goal.")),
        Tier::Ended | Tier::Open => Some(format!("{every} reached the goal; this one found out with the least.")),
    }
}

/// Says what the trace of the chosen lane shows of the goal.
fn course(lane: &Judged) -> String {
    let course = &lane.course;
    let mut said = match course.planned {
        Some(planned) => {
            let known =
                format!("{} of {} planned at the start (event {planned}) ran", course.kept, steps(course.steps));
            match course.replans.len() {
                0 => format!("{known}, with no replan"),
                n => format!(
                    "{known}; {} ({}), of which {} changed the next action",
                    count(n, "replan"),
                    events(&course.replans),
                    course.turned.len()
                ),
            }
        }
        None if lane.plans() => "There was no plan to begin with".to_owned(),
        None => {
            let decisions = lane.result.figures.decisions;
            match course.refused.len() {
                0 => format!("It decided {} on what it saw last, and none was refused", times(decisions)),
                n => format!(
                    "It decided {} on what it saw last; {} refused ({})",
                    times(decisions),
                    if n == 1 { "1 was".to_owned() } else { format!("{n} were") },
                    events(&course.refused)
                ),
            }
        }
    };
    if !course.loops.is_empty() {
        said.push_str(&format!("; {} inside ({})", count(course.loops.len(), "loop"), events(&course.loops)));
    }
    let thrown = thrown(lane);
    said.push_str(&format!("; {thrown}"));
    said
}

/// Says how much was thrown away.
fn thrown(lane: &Judged) -> String {
    let figures = &lane.result.figures;
    let mut parts = Vec::new();
    if figures.wasted_calls > 0 {
        parts.push(format!("{} wasted", count(figures.wasted_calls as usize, "call")));
    }
    if figures.overtaken_calls > 0 {
        parts.push(format!("{} overtaken", count(figures.overtaken_calls as usize, "call")));
    }
    if figures.discarded_steps > 0 {
        parts.push(format!("{} discarded", count(figures.discarded_steps as usize, "planned step")));
    }
    if parts.is_empty() { "nothing was thrown away".to_owned() } else { parts.join(", ") }
}

fn price(lane: &Judged) -> String {
    let figures = &lane.result.figures;
    format!("It took {} ({} at 3 s a decision).", took(lane), seconds(figures.decision_seconds))
}

/// Follows "took": "2 decisions and 5 tool calls".
fn took(lane: &Judged) -> String {
    let figures = &lane.result.figures;
    let (decisions, calls) = (figures.decisions as usize, figures.tool_calls as usize);
    format!("{} and {}", count(decisions, "decision"), count(calls, "tool call"))
}

/// Says how another lane stands beside the chosen one, and which of its events show it.
fn beside(chosen: &Judged, other: &Judged) -> (Option<String>, Vec<Seq>, &'static str) {
    let name = &other.result.name;
    let at = |seq: Option<Seq>| seq.map(|seq| format!(" (event {seq})")).unwrap_or_default();
    let why = || other.result.standing.why.as_deref().unwrap_or("nobody knows why").trim_end_matches('.').to_owned();
    let ended = other.course.ended;
    if other.tier == Tier::Open {
        return (Some(format!("{name} did not come to an end of its own: {}.", why())), Vec::new(), "");
    }
    if other.tier == Tier::Ended {
        let stale = if other.result.figures.stale_results > 0 { other.course.on_stale } else { None };
        let mut events: Vec<Seq> = ended.into_iter().chain(stale).collect();
        events.sort_unstable();
        let worked = match stale {
            Some(seq) => format!(", after it had worked on stale values (event {seq})"),
            None => String::new(),
        };
        let sentence = format!("{name} did not reach the goal{}{worked}: {}.", at(ended), why());
        return (Some(sentence), events, "it ended without the goal");
    }
    if other.tier == Tier::Stale {
        let sentence = format!("{name} rests on stale values{}.", at(other.course.on_stale.or(ended)));
        return (Some(sentence), other.course.on_stale.or(ended).into_iter().collect(), "work on stale values");
    }
    if other.tier == Tier::Unexpected && chosen.tier == Tier::Coped {
        let expected = other.result.unexpected().map(|(key, condition)| format!("{key}: {condition}"));
        let sentence = format!(
            "{name} reached the goal{}, and not what is expected of {}.",
            at(ended),
            expected.unwrap_or_default()
        );
        return (Some(sentence), ended.into_iter().collect(), "a result that is not expected");
    }
    let sentence = if other.is_rigid() && other.price() <= chosen.price() {
        format!(
            "{name} took {}: nothing contradicted its plan here, and it has no answer where something does.",
            took(other)
        )
    } else {
        let thrown = match other.result.figures.discarded_steps {
            0 => String::new(),
            n => format!(", and {} discarded", count(n as usize, "planned step")),
        };
        format!("{name} took {}{thrown}.", took(other))
    };
    (Some(sentence), ended.into_iter().collect(), "how it ended")
}

/// Says why in a line. A lane that never met the surprise shows nothing of how its strategy answers to one.
fn short(lane: &Judged) -> String {
    let course = &lane.course;
    if lane.result.never_met() && lane.tier <= Tier::Stale {
        return format!("It never met the surprise; it took {}", took(lane));
    }
    if lane.tier > Tier::Stale {
        return "No lane reached the goal; this one found out with the least".to_owned();
    }
    match (course.planned, course.replans.as_slice()) {
        (Some(planned), []) if course.loops.is_empty() => format!("Steps known up front (event {planned}); no replan"),
        (Some(planned), []) => {
            format!("Outline known (event {planned}); the rest explored ({})", events(&course.loops))
        }
        (Some(_), replans) if course.kept * 2 >= course.steps => {
            format!("Steps known up front; {} ({})", count(replans.len(), "replan"), events(replans))
        }
        (Some(_), replans) => format!("{} ({})", count(replans.len(), "replan"), events(replans)),
        (None, _) if lane.plans() => "There was no plan to begin with".to_owned(),
        (None, _) => format!("It took {}", took(lane)),
    }
}

/// Says what would change the verdict.
fn change(lane: &Judged, others: &[(usize, &Judged)], unequal: bool) -> String {
    let model = if unequal { " Or a model in place of the stand-in." } else { "" };
    if lane.tier >= Tier::Ended {
        return format!("A lane that reaches the goal.{model}");
    }
    // The nearest lane of another kind; one that only turns the dial would be the same strategy.
    let rival = |other: &&(usize, &Judged)| other.1.result.kind.strategy != lane.result.kind.strategy;
    let able = others.iter().filter(rival).filter(|(_, other)| other.tier == lane.tier);
    let Some((_, rival)) = able.min_by_key(|(at, other)| (other.price(), *at)) else {
        return match others.iter().find(rival) {
            None => format!("A lane of another strategy that copes with less.{model}"),
            Some((_, other)) => format!("{} would have to cope first.{model}", other.result.name),
        };
    };
    let (name, spare) = (&rival.result.name, rival.price().saturating_sub(lane.price()));
    let replans = rival.result.figures.replans + rival.result.figures.discarded_steps;
    let said = match (lane.plans(), rival.plans()) {
        (true, false) if spare > 0 => {
            format!("With {} more, {name} would have cost no more.", count(spare as usize, "replan"))
        }
        (true, false) => format!("One replan more, and {name} would be it."),
        (false, true) if replans > spare && spare > 0 => {
            format!(
                "With {} or discarded steps fewer, {name} would have cost no more.",
                count(spare as usize, "replan")
            )
        }
        (false, true) => format!("Every further step that needs no look costs a decision that {name} does not need."),
        (true, true) | (false, false) if spare > 0 => {
            format!("{name} took {spare} more in decisions, calls and discarded steps; it would have to save them.")
        }
        (true, true) | (false, false) => format!("{name} took no more: the next surprise decides."),
    };
    format!("{said}{model}")
}

/// Says that the lanes were decided in by unequal wits, where they were.
fn wits(judged: &[Judged]) -> Option<String> {
    let stand_in = |lane: &Judged| lane.result.kind.strategy == Strategy::React || !lane.course.loops.is_empty();
    let planner = |lane: &Judged| lane.result.kind.strategy != Strategy::React;
    let unequal = judged.iter().any(stand_in) && judged.iter().any(planner);
    unequal.then(|| "Stand-in: no model, it matches words. Planner: reads contracts. Unequal wits.".to_owned())
}

/// Returns "event 4", "events 4, 5", "events 1, 2, 3 and 9 more".
fn events(seqs: &[Seq]) -> String {
    let named: Vec<String> = seqs.iter().take(NAMED).map(u64::to_string).collect();
    let more = match seqs.len().saturating_sub(NAMED) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    format!("event{} {}{more}", if seqs.len() == 1 { "" } else { "s" }, named.join(", "))
}

fn steps(n: usize) -> String {
    count(n, "step")
}

fn times(n: u64) -> String {
    if n == 1 { "once".to_owned() } else { format!("{n} times") }
}

fn count(n: usize, what: &str) -> String {
    match n {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    }
}
