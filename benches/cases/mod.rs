//! What the benchmarks share: goals of any size, processor time, and the table of targets against figures.
#![allow(dead_code)] // each benchmark takes what it needs

use std::time::{Duration, Instant};

use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use serde_json::{Map, Value, json};

/// What is measured allocates as the program does.
#[global_allocator]
static METER: planscope::jq::Meter = planscope::jq::Meter;

/// Returns a goal of `steps` tools in a chain, `k0 → k1 → …`, tools of kind jq or (`constant`) value.
///
/// `ballast` is the size in bytes of one more value in the context; every tool reads it where `reads_ballast`.
pub(crate) fn chain(steps: usize, constant: bool, ballast: usize, reads_ballast: bool) -> Value {
    let tool = |n: usize| {
        let mut inputs = vec![json!(format!("k{}", n - 1))];
        if reads_ballast {
            inputs.push(json!("ballast"));
        }
        let run = if constant { json!({"value": n}) } else { json!({"jq": format!(".k{} + 1", n - 1)}) };
        let tool = json!({
            "description": format!("Make k{n}"), "inputs": inputs, "outputs": [format!("k{n}")], "run": run
        });
        (format!("t{n}"), tool)
    };
    let mut context = json!({"k0": 0});
    if ballast > 0 {
        let line = "0123456789abcdef".repeat(4);
        context["ballast"] = std::iter::repeat_n(json!(line), ballast.div_ceil(line.len() + 3)).collect();
    }
    let tools: Map<String, Value> = (1..=steps).map(tool).collect();
    let wants = Map::from_iter([(format!("k{steps}"), json!("true"))]);
    json!({"version": 1, "goal": "Walk a chain", "wants": wants, "context": context, "tools": tools})
}

/// Returns a goal of `steps` tools, each of which reads what the three before it made.
pub(crate) fn dense(steps: usize) -> Value {
    let tool = |n: usize| {
        let inputs: Vec<Value> = (n.saturating_sub(3)..n).map(|from| json!(format!("k{from}"))).collect();
        let tool = json!({
            "description": format!("Make k{n}"), "inputs": inputs, "outputs": [format!("k{n}")],
            "run": {"jq": format!(".k{} + 1", n - 1)}
        });
        (format!("t{n}"), tool)
    };
    let tools: Map<String, Value> = (1..=steps).map(tool).collect();
    let wants = Map::from_iter([(format!("k{steps}"), json!("true"))]);
    json!({"version": 1, "goal": "Walk a dense chain", "wants": wants, "context": {"k0": 0}, "tools": tools})
}

/// Returns the textbook's four steps as a plan, `times` over, with no wants.
pub(crate) fn textbook_plan(times: usize) -> Value {
    let steps = ["load_tickets", "count_intents", "find_top_intent", "draft_report"];
    let text = include_str!("../../sample_goals/customer_support_report.json");
    let sample: Value = serde_json::from_str(text).expect("the sample is JSON");
    let plan: Vec<Value> = (0..times).flat_map(|_| steps).map(|tool| json!({"tool": tool})).collect();
    let tools: Map<String, Value> =
        steps.iter().map(|tool| (tool.to_string(), sample["tools"][tool].clone())).collect();
    json!({"version": 1, "goal": "Repeat the weekly report", "context": {}, "tools": tools, "plan": plan})
}

/// Returns a goal with `tools` tools on `depth` levels: each level has as many ways to be made from the one below,
/// most of which need something else too, half of which nothing makes.
pub(crate) fn catalogue(tools: usize, depth: usize) -> Value {
    let ways = tools / depth;
    let tool = |(level, way): (usize, usize)| {
        let mut inputs = vec![json!(format!("k{}", level - 1))];
        if way > 0 {
            inputs.push(json!(format!("extra{}", (level * 7 + way) % 50)));
        }
        let tool = json!({
            "description": format!("Make k{level}, way {way}"), "inputs": inputs, "outputs": [format!("k{level}")],
            "cost": 1 + way % 7, "run": {"value": 1}
        });
        (format!("t{level}_{way}"), tool)
    };
    let all = (1..=depth).flat_map(|level| (0..ways).map(move |way| (level, way)));
    let tools: Map<String, Value> = all.map(tool).collect();
    let extras = (0..50).step_by(2).map(|n| (format!("extra{n}"), json!(n)));
    let context: Map<String, Value> = extras.chain([("k0".to_string(), json!(0))]).collect();
    let wants = Map::from_iter([(format!("k{depth}"), json!("true"))]);
    json!({"version": 1, "goal": "Choose among many tools", "wants": wants, "context": context, "tools": tools})
}

/// Returns a pipeline of `steps` tools, each with a decoy beside it that leads nowhere.
pub(crate) fn pipeline(steps: usize) -> Value {
    let mut goal = chain(steps, true, 0, false);
    for n in 1..=steps {
        goal["tools"][format!("decoy{n}")] = json!({
            "description": format!("Lead nowhere from k{}", n - 1), "inputs": [format!("k{}", n - 1)],
            "outputs": [format!("nowhere{n}")], "run": {"value": n}
        });
    }
    goal
}

/// Whose processor time is taken.
#[derive(Clone, Copy)]
pub(crate) enum Cpu {
    /// The calling thread's.
    Thread,
    /// That of the child processes that were waited for, and of theirs.
    Children,
}

/// Returns the processor time, user and system, that was taken so far.
///
/// The words of the C library's structures are those of 64-bit Linux, which is where the figures are taken.
pub(crate) fn cpu(of: Cpu) -> Duration {
    unsafe extern "C" {
        fn clock_gettime(clock: i32, time: *mut [i64; 2]) -> i32;
        fn getrusage(who: i32, usage: *mut [i64; 18]) -> i32;
    }
    const CLOCK_THREAD_CPUTIME_ID: i32 = 3;
    const RUSAGE_CHILDREN: i32 = -1;
    let word = |word: i64| u64::try_from(word).unwrap_or(0);
    match of {
        Cpu::Thread => {
            let mut time = [0; 2];
            // SAFETY: `struct timespec` is two words: seconds and nanoseconds.
            let status = unsafe { clock_gettime(CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
            assert_eq!(status, 0, "clock_gettime");
            Duration::from_nanos(word(time[0]) * 1_000_000_000 + word(time[1]))
        }
        Cpu::Children => {
            let mut usage = [0; 18];
            // SAFETY: `struct rusage` is eighteen words; the first four are seconds and microseconds, user and system.
            let status = unsafe { getrusage(RUSAGE_CHILDREN, &raw mut usage) };
            assert_eq!(status, 0, "getrusage");
            Duration::from_micros((word(usage[0]) + word(usage[2])) * 1_000_000 + word(usage[1]) + word(usage[3]))
        }
    }
}

/// Processor time as criterion measures it: on a busy machine the only time that holds.
pub(crate) struct CpuTime(pub Cpu);

impl Measurement for CpuTime {
    type Intermediate = Duration;
    type Value = Duration;

    fn start(&self) -> Duration {
        cpu(self.0)
    }

    fn end(&self, start: Duration) -> Duration {
        cpu(self.0) - start
    }

    fn add(&self, a: &Duration, b: &Duration) -> Duration {
        *a + *b
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        value.as_nanos() as f64
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}

/// Returns the middle one.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Returns the wall time and the processor time of `work`, in milliseconds.
pub(crate) fn timed(of: Cpu, work: impl FnOnce()) -> (f64, f64) {
    let (wall, before) = (Instant::now(), cpu(of));
    work();
    (wall.elapsed().as_secs_f64() * 1e3, (cpu(of) - before).as_secs_f64() * 1e3)
}

/// Prints a line of the table: what, the figure, and the most that it may be.
pub(crate) fn target(what: &str, figure: f64, unit: &str, most: f64) {
    let verdict = if figure <= most { "holds" } else { "MISSED" };
    println!("target  {verdict:6}  {what:76} {figure:>10.3} {unit:5} (at most {most})");
}

/// Prints a line of the table that has no target.
pub(crate) fn figure(what: &str, figure: f64, unit: &str) {
    println!("figure          {what:76} {figure:>10.3} {unit}");
}

/// Tells whether the benchmarks are really run (`cargo bench`), and not only tried by `cargo test --benches`.
pub(crate) fn in_earnest() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}
