//! The embedded planner by itself, in processor time: many tools with a deep plan, and the small cases of every day.
//!
//! `cargo bench --bench planning` prints a table of targets and figures, then what criterion measures. Requests are
//! those that a session makes; conditions all hold.

mod cases;

use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, criterion_group};
use planscope::engine::effect::{Effect, Judge, PlanReply, PlanRequest, Subject};
use planscope::engine::event::{Settings, Verdict};
use planscope::engine::session::Session;
use planscope::engine::value::Value;
use planscope::goal_file;
use planscope::planners::embedded;

use cases::{Cpu, CpuTime, cpu, figure, in_earnest, median, target};

/// Conditions that all hold.
struct True;

impl Judge for True {
    fn judge(&self, _: &str, _: &Subject) -> Verdict {
        Verdict::True
    }
}

/// Returns the request that a new session on `source` makes.
fn request(source: &Value) -> PlanRequest {
    let goal = Arc::new(goal_file::from_source(source, None).expect("the goal is sound"));
    let session = Session::open(goal, Settings::default(), "");
    match session.wants().into_iter().next() {
        Some(Effect::AskPlanner(_, request)) => *request,
        other => panic!("a plan is wanted, not {other:?}"),
    }
}

fn plan(request: &PlanRequest) -> usize {
    match embedded::plan(request, &True, &|| false) {
        PlanReply::Plan { steps, .. } => steps.len(),
        other => panic!("there is a plan, and not {other:?}"),
    }
}

/// Returns a name, the request, how long the plan is, and the most that it may take in milliseconds.
fn problems() -> Vec<(&'static str, PlanRequest, usize, Option<f64>)> {
    vec![
        ("20 tools in a pipeline, 20 decoys", request(&cases::pipeline(20)), 20, None),
        ("100 tools in a pipeline, 100 decoys", request(&cases::pipeline(100)), 100, None),
        ("10,000 tools, 100 ways for each of 100 levels", request(&cases::catalogue(10_000, 100)), 100, Some(50.0)),
        ("10,000 tools, a pipeline of 100 among them", among(10_000, 100), 100, Some(50.0)),
        ("10,000 tools in one chain", request(&cases::chain(10_000, true, 0, false)), 10_000, None),
    ]
}

/// Returns the request for a pipeline of `depth` among `tools` in all, the others in pipelines of their own.
fn among(tools: usize, depth: usize) -> PlanRequest {
    let mut goal = cases::chain(tools, true, 0, false);
    for n in (depth + 1..=tools).step_by(depth) {
        goal["tools"][format!("t{n}")]["inputs"] = serde_json::json!(["k0"]);
    }
    goal["wants"] = serde_json::json!({format!("k{depth}"): "true"});
    request(&goal)
}

fn table() {
    let problems = problems();
    let mut figures: Vec<Vec<f64>> = vec![Vec::new(); problems.len()];
    for _ in 0..7 {
        for (at, (_, request, length, _)) in problems.iter().enumerate() {
            let before = cpu(Cpu::Thread);
            assert_eq!(plan(request), *length);
            figures[at].push((cpu(Cpu::Thread) - before).as_secs_f64() * 1e3);
        }
    }
    for ((name, _, _, most), figures) in problems.iter().zip(figures) {
        match most {
            Some(most) => target(&format!("planning, {name}"), median(figures), "ms", *most),
            None => figure(&format!("planning, {name}"), median(figures), "ms"),
        }
    }
}

fn planning(criterion: &mut Criterion<CpuTime>) {
    let mut group = criterion.benchmark_group("planning");
    group.sample_size(10);
    for (name, request, _, _) in &problems() {
        group.bench_with_input(BenchmarkId::from_parameter(name), request, |bencher, request| {
            bencher.iter(|| plan(request));
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(CpuTime(Cpu::Thread));
    targets = planning
}

fn main() {
    if in_earnest() {
        table();
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
}
