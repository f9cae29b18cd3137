//! The engine by itself, in processor time: what a step costs, a jump to any event, the list of the timeline, filters.
//!
//! `cargo bench --bench engine` prints a table of targets and figures (medians of interleaved rounds), then what
//! criterion measures. A step is everything but the tool, the planner and the sync: the effect that is wanted, its
//! report, the fold, freshness, the forward check, what follows by itself, and the journal's lines, written.

mod cases;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group};
use planscope::engine::command::Command;
use planscope::engine::effect::{CallOutcome, CallReport, Effect, Judge, Report, Subject};
use planscope::engine::event::{Decider, Mark, Pace, Settings, Verdict};
use planscope::engine::goal::Goal;
use planscope::engine::ordered::IndexMap;
use planscope::engine::session::Session;
use planscope::engine::state::Phase;
use planscope::engine::value::{Shared, Value};
use planscope::goal_file;
use planscope::jq::{self, Cancel, Evaluator, Input, Limits};
use planscope::planners::{embedded, react};
use planscope::runtime::clock;
use planscope::runtime::journal::{self, Journal};
use planscope::runtime::recorded::session_of;

use cases::{Cpu, CpuTime, cpu, figure, in_earnest, median, target};

const SMALL: usize = 1_000;
const LARGE: usize = 10 << 20;

/// Conditions that all hold: their evaluation is not what is measured.
struct True;

impl Judge for True {
    fn judge(&self, _: &str, _: &Subject) -> Verdict {
        Verdict::True
    }
}

fn goal(source: &Value) -> Arc<Goal> {
    Arc::new(goal_file::parse(&source.to_string(), "bench", None).expect("the goal is sound"))
}

fn settings() -> Settings {
    Settings::default().with_decider(Decider::Auto)
}

/// Answers as the world would, at no cost: every output of the nth call is n.
fn answer(effect: &Effect, calls: &mut u64) -> Report {
    match effect {
        Effect::AskPlanner(_, _, request) => Report::Plan(embedded::plan(request, &True, &|| false)),
        Effect::Think(_, request) => {
            Report::Turn(react::decide(request, &|known| embedded::plan(known, &True, &|| false)))
        }
        Effect::Judge(_, inquiries) => {
            Report::Verdicts(inquiries.iter().map(|inquiry| (inquiry.question.clone(), Verdict::True)).collect())
        }
        // No bench of the engine sets a breakpoint.
        Effect::Watch(..) => Report::Watched(Vec::new()),
        Effect::Fill(_, text, _) => Report::Filled(text.clone()),
        Effect::CallTool(_, call) => {
            *calls += 1;
            let value: Shared = Shared::new(Value::from(*calls));
            let outputs: IndexMap<_, _> = call.step.to.iter().map(|(name, _)| (name.clone(), value.clone())).collect();
            Report::Call(CallReport {
                outcome: CallOutcome::Done(outputs),
                summary: None,
                wall_ms: Some(0.012),
                mark: Mark::Ran,
                ran: None,
            })
        }
    }
}

/// Answers like [`answer`], but what the textbook's tools return.
fn textbook_answer(effect: &Effect, returns: &IndexMap<String, Shared>) -> Report {
    match effect {
        Effect::CallTool(_, call) => {
            let outputs =
                call.step.to.iter().filter_map(|(name, _)| Some((name.clone(), returns.get(&**name)?.clone())));
            let outcome = CallOutcome::Done(outputs.collect());
            Report::Call(CallReport {
                outcome,
                summary: Some("Loaded".into()),
                wall_ms: Some(0.012),
                mark: Mark::Ran,
                ran: None,
            })
        }
        Effect::AskPlanner(..) | Effect::Think(..) | Effect::Judge(..) | Effect::Watch(..) | Effect::Fill(..) => {
            answer(effect, &mut 0)
        }
    }
}

/// A session that has its plan, with its journal.
struct Ready {
    session: Session,
    journal: Journal,
    _folder: tempfile::TempDir,
}

fn ready(goal: &Arc<Goal>) -> Ready {
    let folder = tempfile::tempdir().expect("a folder");
    let mut journal = Journal::create(&folder.path().join("session.jsonl")).expect("a journal");
    let mut session = Session::open(goal.clone(), settings(), &clock::now());
    while session.state().phase != Phase::Review {
        let effect = session.wants().into_iter().next().expect("a plan is wanted");
        let report = answer(&effect, &mut 0);
        session.submit(Command::Report(effect.id(), report), &clock::now()).expect("the plan is wanted");
    }
    journal.append(session.records()).expect("it is written");
    Ready { session, journal, _folder: folder }
}

/// Runs to the end.
fn play(ready: &mut Ready, mut answer: impl FnMut(&Effect) -> Report) {
    let Ready { session, journal, .. } = ready;
    session.submit(Command::SetPace(Pace::Free), &clock::now()).expect("it may go on");
    while let Some(effect) = session.wants().into_iter().next() {
        let report = answer(&effect);
        session.submit(Command::Report(effect.id(), report), &clock::now()).expect("the report is wanted");
        journal.append(session.records()).expect("it is written");
    }
}

fn play_chain(ready: &mut Ready) {
    let mut calls = 0;
    play(ready, |effect| answer(effect, &mut calls));
}

/// Returns the processor time of a step in a run of a whole `goal`, in microseconds.
fn step_cost(goal: &Arc<Goal>, steps: usize) -> f64 {
    let repeat = (400 / steps).max(1);
    let mut runs: Vec<Ready> = (0..repeat).map(|_| ready(goal)).collect();
    let before = cpu(Cpu::Thread);
    runs.iter_mut().for_each(play_chain);
    let taken = cpu(Cpu::Thread) - before;
    assert!(runs.iter().all(|run| run.session.state().phase == Phase::Reached), "a run did not reach its goal");
    taken.as_secs_f64() * 1e6 / (steps * repeat) as f64
}

fn steps_table() {
    let lengths = [4, 1_000, 10_000];
    let goals = lengths.map(|steps| goal(&cases::chain(steps, true, 0, false)));
    let sizes = [(SMALL, false), (LARGE, false), (SMALL, true), (LARGE, true)];
    let weighty = sizes.map(|(bytes, reads)| goal(&cases::chain(1_000, true, bytes, reads)));
    let mut by_length: [Vec<f64>; 3] = Default::default();
    let mut by_size: [Vec<f64>; 4] = Default::default();
    for _ in 0..9 {
        for (at, steps) in lengths.into_iter().enumerate() {
            by_length[at].push(step_cost(&goals[at], steps));
        }
        for (at, goal) in weighty.iter().enumerate() {
            by_size[at].push(step_cost(goal, 1_000));
        }
    }
    for (at, steps) in lengths.into_iter().enumerate() {
        target(&format!("engine, a step of {steps}"), median(by_length[at].clone()), "µs", 7.0);
    }
    let [small, large, small_read, large_read] = by_size.map(median);
    target("engine, a step with a 10 MB context against 1 KB", large / small, "times", 1.5);
    target("engine, a step that reads 10 MB against 1 KB", large_read / small_read, "times", 1.5);
}

/// Runs the textbook's plan `times` over, with what its tools return.
fn textbook(times: usize) -> (Ready, f64) {
    let source = cases::textbook_plan(times);
    let mut returns: IndexMap<String, Shared> = IndexMap::default();
    returns.insert("tickets".into(), Shared::new(source["tools"]["load_tickets"]["run"]["value"].clone()));
    returns.insert("intent_counts".into(), Shared::new(serde_json::json!({"refund": 3, "password": 1, "address": 1})));
    returns.insert("top_intent".into(), Shared::new("refund".into()));
    returns.insert("report".into(), Shared::new("This week, a total of 5 support tickets were handled.".into()));
    let mut ready = ready(&goal(&source));
    let before = cpu(Cpu::Thread);
    play(&mut ready, |effect| textbook_answer(effect, &returns));
    let each = (cpu(Cpu::Thread) - before).as_secs_f64() * 1e6 / (times * 4) as f64;
    assert_eq!(ready.session.state().phase, Phase::Reached);
    (ready, each)
}

fn confirming_table() {
    for times in [25, 250, 2_500] {
        let each = median((0..3).map(|_| textbook(times).1).collect());
        target(&format!("engine, a step of {} that mostly confirm what is known", times * 4), each, "µs", 7.0);
    }
}

/// Returns a session of at least a hundred thousand events.
fn long_session() -> Ready {
    let mut long = ready(&goal(&cases::chain(50_000, true, 0, false)));
    play_chain(&mut long);
    long
}

/// Returns numbers of events that jump about.
fn jumps(session: &Session) -> impl Iterator<Item = u64> {
    let events = session.records().len() as u64;
    (0u64..).map(move |n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15) % events + 1)
}

fn timeline_table(long: &Ready) {
    let session = &long.session;
    let events = session.records().len();
    figure("the long session", events as f64, "events");
    let jump = (0..9).map(|round| {
        let before = cpu(Cpu::Thread);
        jumps(session).skip(round * 1_000).take(1_000).for_each(|seq| drop(black_box(session.state_at(seq))));
        (cpu(Cpu::Thread) - before).as_secs_f64() * 1e3 / 1_000.0
    });
    target("a jump to any event of the long session", median(jump.collect()), "ms", 0.5);
    let list = (0..9).map(|_| {
        let before = cpu(Cpu::Thread);
        black_box(listed(session));
        (cpu(Cpu::Thread) - before).as_secs_f64() * 1e3 / (events as f64 / 1e3)
    });
    target("the whole timeline listed, 1,000 events", median(list.collect()), "ms", 1.3);
    reading(long, 3);
    let mut short = ready(&goal(&cases::chain(496, true, 0, false)));
    play_chain(&mut short);
    reading(&short, 21);
}

/// Prints what it costs to open a recorded session: its file read, then its goal read and its events folded.
fn reading(run: &Ready, rounds: usize) {
    let (path, events) = (run.journal.path(), run.session.records().len());
    let (mut read, mut fold) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let before = cpu(Cpu::Thread);
        let recording = journal::look(path).expect("it reads");
        let between = cpu(Cpu::Thread);
        black_box(session_of(recording.records, path, planscope::tools::KINDS).expect("a session"));
        read.push((between - before).as_secs_f64() * 1e3 / (events as f64 / 1e3));
        fold.push((cpu(Cpu::Thread) - between).as_secs_f64() * 1e3 / (events as f64 / 1e3));
    }
    figure(&format!("a file of {events} events read, 1,000 events"), median(read), "ms");
    figure(&format!("a session of {events} events folded, its goal read, 1,000 events"), median(fold), "ms");
}

/// Lists the timeline as a trace shows it: each event's number, moment, kind and step, and the branches. Returns its size.
fn listed(session: &Session) -> usize {
    let mut lines = String::new();
    for record in session.path().iter().filter_map(|seq| session.record(*seq)) {
        let mark = if record.event.is_moment() { '·' } else { ' ' };
        let line = format!("{} {} {mark} {:?}\n", record.seq, record.at, std::mem::discriminant(&record.event));
        lines.push_str(&line);
    }
    lines.len() + session.branches().len()
}

fn filters_table() {
    let filter =
        "reduce .tickets[] as $ticket ({}; .[$ticket.intent] += 1) | to_entries | sort_by(-.value) | first | .key";
    let before = cpu(Cpu::Thread);
    jq::check(filter).expect("it is a filter");
    figure(
        "the first filter checked (reads the standard library)",
        (cpu(Cpu::Thread) - before).as_secs_f64() * 1e6,
        "µs",
    );
    let check = (0..9).map(|_| {
        let before = cpu(Cpu::Thread);
        (0..1_000).for_each(|_| jq::check(black_box(filter)).expect("it is a filter"));
        (cpu(Cpu::Thread) - before).as_secs_f64() * 1e6 / 1e3
    });
    figure("a filter checked", median(check.collect()), "µs");
    let engine = Evaluator::isolated(env!("CARGO_BIN_EXE_planscope").into());
    let input = Input::fields([("k0", Arc::new(Value::from(1)))]);
    let trip = || engine.run(".k0 + 1", &input, Limits::TOOL, &Cancel::new());
    assert_eq!(trip(), Ok(Value::from(2)));
    let trips = (0..9).map(|_| {
        let before = std::time::Instant::now();
        (0..1_000).for_each(|_| assert!(trip().is_ok()));
        before.elapsed().as_secs_f64() * 1e6 / 1e3
    });
    figure("a filter's round trip to its worker, wall", median(trips.collect()), "µs");
}

fn steps(criterion: &mut Criterion<CpuTime>) {
    let mut group = criterion.benchmark_group("step");
    group.sample_size(10).measurement_time(Duration::from_secs(2));
    for steps in [4, 1_000, 10_000] {
        let goal = goal(&cases::chain(steps, true, 0, false));
        group.throughput(criterion::Throughput::Elements(steps as u64));
        group.bench_with_input(BenchmarkId::from_parameter(steps), &goal, |bencher, goal| {
            bencher.iter_batched_ref(|| ready(goal), play_chain, criterion::BatchSize::PerIteration);
        });
    }
}

fn timeline(criterion: &mut Criterion<CpuTime>) {
    let long = long_session();
    let mut group = criterion.benchmark_group("timeline");
    group.sample_size(10);
    let mut jumps = jumps(&long.session);
    group.bench_function("jump", |bencher| {
        bencher.iter(|| long.session.state_at(jumps.next().unwrap_or(1)));
    });
    group.bench_function("list", |bencher| bencher.iter(|| listed(&long.session)));
}

fn by_cpu() -> Criterion<CpuTime> {
    Criterion::default().with_measurement(CpuTime(Cpu::Thread))
}

criterion_group! { name = benches; config = by_cpu(); targets = steps, timeline }

fn main() {
    if in_earnest() {
        steps_table();
        confirming_table();
        timeline_table(&long_session());
        filters_table();
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
}
