//! What the advisor says, every number taken from the figures.

use super::{Advice, BreakEven, Cited, Judged, Row, Tier, break_even, rival};
use crate::compare::price::{self, Price};
use crate::describe::text::count;
use crate::engine::event::Seq;
use crate::engine::turn::Wits;

/// How many events a sentence names before it says how many more there are.
const NAMED: usize = 6;

pub(super) fn advice(
    judged: &[Judged],
    chosen: Option<usize>,
    row: Option<Row>,
    under_way: bool,
    price: &Price,
) -> Advice {
    let wits = wits(judged);
    let bills = judged.iter().map(|lane| lane.bill).collect();
    let none = Advice {
        lane: None,
        choice: None,
        because: String::new(),
        short: String::new(),
        row,
        change: "A lane that copes.".to_owned(),
        wits,
        events: Vec::new(),
        cited: Vec::new(),
        price: *price,
        bills,
        break_even: None,
    };
    let Some((at, lane)) = chosen.and_then(|at| Some((at, judged.get(at)?))) else {
        return no_choice(judged, none, under_way);
    };
    let mut sentences = Vec::new();
    let mut cited = Vec::new();
    let mut cite = |lane: usize, events: &[Seq], what: &'static str| {
        cited.extend(events.iter().map(|event| Cited { lane, event: *event, what }));
    };
    let others: Vec<(usize, &Judged)> = judged.iter().enumerate().filter(|(other, _)| *other != at).collect();
    cite(at, lane.course.planned.as_slice(), "the first plan");
    cite(at, &lane.course.replans, "a replan");
    cite(at, &lane.course.loops, "a loop was entered");
    cite(at, &lane.course.refused, "a choice was refused");
    cite(at, lane.course.ended.as_slice(), "how it ended");
    sentences.push(format!("{}.", course(lane)));
    sentences.push(self::price(lane, price));
    for (other, judged) in &others {
        let (sentence, events, what) = beside(lane, judged);
        sentences.push(sentence);
        cite(*other, &events, what);
    }
    let mut events: Vec<Seq> = cited.iter().filter(|cited| cited.lane == at).map(|cited| cited.event).collect();
    events.sort_unstable();
    events.dedup();
    if let Some(row) = row.filter(|row| !row.is_for(lane.result.kind.strategy)) {
        let why = match others.iter().find(|(_, other)| row.is_for(other.result.kind.strategy)) {
            None => "no lane tried that".to_owned(),
            Some((_, other)) if other.tier > lane.tier => format!("here {} did not cope", other.result.name),
            Some((_, other)) => format!("here {} took more", other.result.name),
        };
        sentences.push(format!("The table says \"{row}\"; {why}."));
    }
    if judged.iter().any(is_stand_in) && none.wits.is_some() {
        sentences.push("What is said of the stand-in is said of a stand-in: with a model it may do better.".to_owned());
    }
    Advice {
        lane: Some(at),
        choice: Some(lane.result.name.clone()),
        because: sentences.join(" "),
        short: format!("{}.", short(lane, &others)),
        change: change(judged, at, price, none.wits.is_some()),
        events,
        cited,
        break_even: break_even(judged, at, price),
        ..none
    }
}

/// Says why nothing is chosen: no lane coped, and how each of them ended.
fn no_choice(judged: &[Judged], none: Advice, under_way: bool) -> Advice {
    if under_way || judged.is_empty() {
        let because = match under_way {
            true => "Not every lane has come to its end yet.",
            false => "There is no lane to judge.",
        };
        let change = "Let the lanes come to their ends.".to_owned();
        return Advice { because: because.to_owned(), short: because.to_owned(), change, ..none };
    }
    let mut sentences = vec![if judged.len() == 1 { "The lane did not cope." } else { "No lane coped." }.to_owned()];
    let mut cited = Vec::new();
    for (at, lane) in judged.iter().enumerate() {
        let (sentence, events, what) = ended(lane);
        sentences.push(sentence);
        cited.extend(events.into_iter().map(|event| Cited { lane: at, event, what }));
    }
    let short = format!("{} {}", sentences[0], sentences.get(1).map_or("", String::as_str));
    Advice { because: sentences.join(" "), short: short.trim_end().to_owned(), cited, ..none }
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
    if lane.bill.repetitions > 0 {
        parts.push(format!("{} that brought nothing new", count(lane.bill.repetitions as usize, "repetition")));
    }
    if parts.is_empty() { "nothing was thrown away".to_owned() } else { parts.join(", ") }
}

fn price(lane: &Judged, price: &Price) -> String {
    let maker = if lane.bill.given_plan { ", who made the given plan as one decision" } else { "" };
    format!("It took {} ({} at this price{maker}).", took(lane), price::short(lane.bill.at(price)))
}

/// Follows "took": "2 decisions and 5 tool calls", with what they cost where the goal file gives costs.
fn took(lane: &Judged) -> String {
    let figures = &lane.result.figures;
    let (decisions, calls) = (figures.decisions as usize, figures.tool_calls as usize);
    let cost = match figures.cost == figures.tool_calls as f64 {
        true => String::new(),
        false => format!(", which cost {}", number(figures.cost)),
    };
    format!("{} and {}{cost}", count(decisions, "decision"), count(calls, "tool call"))
}

fn number(n: f64) -> String {
    format!("{}", (n * 100.0).round() / 100.0)
}

/// Says how a lane that did not cope ended, and which of its events show it.
fn ended(lane: &Judged) -> (String, Vec<Seq>, &'static str) {
    let name = &lane.result.name;
    let at = lane.course.ended.map(|seq| format!(" (event {seq})")).unwrap_or_default();
    let why = || lane.result.standing.why.as_deref().unwrap_or("nobody knows why").trim_end_matches('.').to_owned();
    let mut events: Vec<Seq> = lane.course.ended.into_iter().collect();
    match lane.tier {
        Tier::Open => (format!("{name} did not come to an end of its own: {}.", why()), Vec::new(), ""),
        Tier::Ended => {
            let worked = match lane.course.on_stale.filter(|_| lane.result.figures.stale_results > 0) {
                Some(seq) => {
                    events.insert(0, seq);
                    events.sort_unstable();
                    format!(", after it had worked on stale values (event {seq})")
                }
                None => String::new(),
            };
            (format!("{name} did not reach the goal{at}{worked}: {}.", why()), events, "it ended without the goal")
        }
        Tier::Unexpected => {
            let expected = lane.result.unexpected().map(|(key, condition)| format!("{key}: {condition}"));
            let sentence =
                format!("{name} reached the goal{at}, and not what is expected of {}.", expected.unwrap_or_default());
            (sentence, events, "a result that is not expected")
        }
        Tier::Unmet => (
            format!("{name} reached the goal{at} and never met the surprise: how it would answer to it is not shown."),
            events,
            "how it ended",
        ),
        Tier::Coped => (format!("{name} coped."), events, "how it ended"),
    }
}

/// Says how another lane stands beside the chosen one, and which of its events show it.
fn beside(chosen: &Judged, other: &Judged) -> (String, Vec<Seq>, &'static str) {
    if other.tier != Tier::Coped {
        return ended(other);
    }
    let name = &other.result.name;
    let (less, more) = trade(chosen, other);
    let mut sentence = match (less.as_slice(), more.as_slice()) {
        ([], []) => format!("{name} took the same"),
        ([], more) => format!("{name} {}", more.join(", ")),
        (less, []) => format!("{name} {}", less.join(", ")),
        (less, more) => format!("{name} {} but {}", less.join(", "), more.join(", ")),
    };
    if other.is_rigid() {
        sentence.push_str(": nothing contradicted its plan here, and it has no answer where something does");
    }
    (format!("{sentence}."), other.course.ended.into_iter().collect(), "how it ended")
}

/// Says in what `other` took less than the chosen lane, and in what more: as their figures stand in the table.
fn trade(chosen: &Judged, other: &Judged) -> (Vec<String>, Vec<String>) {
    let (a, b) = (&chosen.result.figures, &other.result.figures);
    let (mut less, mut more) = (Vec::new(), Vec::new());
    let mut put = |mine: f64, theirs: f64, fewer: String, greater: String| match theirs.total_cmp(&mine) {
        std::cmp::Ordering::Less => less.push(fewer),
        std::cmp::Ordering::Greater => more.push(greater),
        std::cmp::Ordering::Equal => {}
    };
    let n = b.decisions;
    put(a.decisions as f64, n as f64, format!("decided less often ({n})"), format!("decided more often ({n})"));
    let n = b.tool_calls;
    put(a.tool_calls as f64, n as f64, format!("called fewer tools ({n})"), format!("called more tools ({n})"));
    let costs = [chosen, other].iter().any(|lane| lane.result.figures.cost != lane.result.figures.tool_calls as f64);
    if costs {
        let n = number(b.cost);
        put(a.cost, b.cost, format!("cost less ({n})"), format!("cost more ({n})"));
    }
    let (mine, theirs) = (a.discarded_steps, b.discarded_steps);
    let thrown = format!("threw {} away", of_its(theirs, "planned step"));
    put(mine as f64, theirs as f64, format!("threw fewer planned steps away ({theirs})"), thrown);
    let (mine, theirs) = (chosen.bill.repetitions, other.bill.repetitions);
    let again = format!("repeated {} for nothing", count(theirs as usize, "call"));
    put(mine as f64, theirs as f64, format!("repeated less for nothing ({theirs})"), again);
    // What it lost by, where the table shows it ahead in all that was said.
    let planned = other.bill.planned_steps;
    if !less.is_empty() && more.is_empty() && planned > chosen.bill.planned_steps {
        more.push(format!("planned more steps ({planned})"));
    }
    (less, more)
}

fn of_its(n: u64, what: &str) -> String {
    format!("{n} of its {what}s")
}

/// Says why in a line, with the trade-off where the table shows another lane ahead in something.
fn short(lane: &Judged, others: &[(usize, &Judged)]) -> String {
    let course = &lane.course;
    let own = match (course.planned, course.replans.as_slice()) {
        (Some(planned), []) if course.loops.is_empty() => format!("Steps known up front (event {planned}); no replan"),
        (Some(planned), []) => {
            format!("Outline known (event {planned}); the rest explored ({})", events(&course.loops))
        }
        (Some(_), replans) if course.kept * 2 >= course.steps => {
            format!("Steps known up front; {} ({})", count(replans.len(), "replan"), events(replans))
        }
        (Some(_), replans) => format!("{} ({})", count(replans.len(), "replan"), events(replans)),
        (None, _) if lane.plans() => "There was no plan to begin with".to_owned(),
        (None, _) if lane.bill.thrown_away == 0 && lane.result.figures.wasted_calls == 0 => {
            format!("It took {}, nothing in vain", took(lane))
        }
        (None, _) => format!("It took {}", took(lane)),
    };
    let ahead = |(_, other): &&(usize, &Judged)| other.tier == Tier::Coped && !trade(lane, other).0.is_empty();
    match others.iter().find(ahead) {
        Some((_, other)) => format!("{own}; {}", beside(lane, other).0.trim_end_matches('.')),
        None => own,
    }
}

/// Says what would change the verdict: what the nearest other strategy lacks, and the break-even.
fn change(judged: &[Judged], at: usize, price: &Price, unequal: bool) -> String {
    let model = if unequal { " Or a model in place of the stand-in." } else { "" };
    let Some(lane) = judged.get(at) else { return String::new() };
    let Some(rival) = rival(judged, at, price) else {
        let other = |other: &&Judged| other.result.kind.strategy != lane.result.kind.strategy;
        return match judged.iter().find(other) {
            None => format!("A lane of another strategy that copes with less.{model}"),
            Some(other) => format!("{} would have to cope first.{model}", other.result.name),
        };
    };
    let name = &rival.result.name;
    let spare = rival.bill.at(price) - lane.bill.at(price);
    let replans = (spare / price.decision).ceil();
    let mut said = match lane.plans() && !rival.plans() && replans.is_finite() && replans >= 1.0 {
        true => format!("With {} more, {name} would have cost no more.", count(replans as usize, "replan")),
        false => format!("{name} took {} more at this price.", price::short(spare)),
    };
    if let Some(even) = break_even(judged, at, price) {
        said.push_str(&format!(" {}", even.said()));
    }
    format!("{said}{model}")
}

impl BreakEven {
    /// Says it in a sentence: "Break-even: above 0.5s a planned step (0.17 of a decision), react would be it."
    pub fn said(&self) -> String {
        let Some(step) = self.planned_step else {
            return format!("Break-even: no price of a planned step makes {} take less.", self.against);
        };
        let side = if self.above { "above" } else { "below" };
        let part = self.of_a_decision.map(|part| format!(" ({} of a decision)", number(part))).unwrap_or_default();
        format!("Break-even: {side} {} a planned step{part}, {} would take less.", price::short(step), self.against)
    }
}

fn is_stand_in(lane: &Judged) -> bool {
    matches!(lane.result.kind.strategy.wits(), Some(Wits::StandIn | Wits::Blind))
}

/// Says that the lanes were decided in by unequal wits, where they were.
fn wits(judged: &[Judged]) -> Option<String> {
    let stand_in = |lane: &Judged| is_stand_in(lane) || !lane.course.loops.is_empty();
    let unequal = judged.iter().any(stand_in) && judged.iter().any(|lane| !is_stand_in(lane));
    unequal.then(|| "Stand-in: no model, it matches words. Planner: looks ahead. A difference may be theirs, not the strategy's.".to_owned())
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
