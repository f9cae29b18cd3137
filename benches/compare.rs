//! `planscope compare` over a matrix: strategies × scenarios on one goal, as a whole process without a screen.
//!
//! `cargo bench --bench compare` prints targets and figures (medians). The goal is a chain of jq tools with a decoy
//! beside each and a loop that may stand for three of them; the scenarios change a value along the way.

mod cases;

use std::path::Path;
use std::process::{Command, Stdio};

use criterion::{Criterion, criterion_group};
use serde_json::{Value, json};

use cases::{Cpu, CpuTime, figure, in_earnest, median, target, timed};

const PROGRAM: &str = env!("CARGO_BIN_EXE_planscope");

/// The four strategies.
const LANES: [&str; 8] =
    ["--lane", "plan-and-execute", "--lane", "react", "--lane", "react-planner", "--lane", "hybrid"];

/// Returns a chain of `steps` jq tools with decoys and a loop, and `scenarios` surprises on the way.
fn goal(steps: usize, scenarios: usize) -> Value {
    let mut goal = cases::chain(steps, false, 0, false);
    for n in 1..=steps {
        goal["tools"][format!("decoy{n}")] = json!({
            "description": format!("Lead nowhere from k{}", n - 1), "inputs": [format!("k{}", n - 1)],
            "outputs": [format!("nowhere{n}")], "run": {"jq": format!(".k{} + 1", n - 1)}
        });
    }
    let (from, to) = (steps / 2, steps / 2 + 3);
    let inside: Vec<String> = (from + 1..=to).map(|n| format!("t{n}")).collect();
    goal["tools"]["explore"] = json!({
        "description": format!("Find the way from k{from} to k{to}"), "inputs": [format!("k{from}")],
        "outputs": [format!("k{to}")], "run": {"explore": {"tools": inside, "until": format!(".k{to} != null")}}
    });
    let scenario = |n: usize| {
        let after = 1 + n % (steps - 1);
        json!({"name": format!("surprise {n}"), "after": format!("t{after}"), "set": {format!("k{}", n % after): 100 + n}})
    };
    goal["scenarios"] = (0..scenarios).map(scenario).collect();
    goal
}

fn compare(goal: &Path, lanes: &[&str]) {
    let mut command = Command::new(PROGRAM);
    command.arg("compare").arg(goal).args(lanes).args(["--scenarios", "all", "--format", "csv"]);
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(status.is_ok_and(|status| status.success()), "the comparison failed");
}

fn table(folder: &Path) {
    let path = folder.join("hundred.json");
    std::fs::write(&path, goal(20, 100).to_string()).expect("the goal file is written");
    let mut runs: Vec<(f64, f64)> = (0..5).map(|_| timed(Cpu::Children, || compare(&path, &LANES))).collect();
    let cpu = median(runs.iter().map(|(_, cpu)| *cpu).collect());
    let wall = median(runs.drain(..).map(|(wall, _)| wall).collect());
    target("4 strategies × 100 scenarios of 20 steps, wall", wall, "ms", 2_000.0);
    figure("the same, processor", cpu, "ms");
    for lane in LANES.chunks(2) {
        let other = if lane[1] == "plan-and-execute" { "plan-and-execute:never" } else { "plan-and-execute" };
        let (_, cpu) = timed(Cpu::Children, || compare(&path, &[lane[0], lane[1], "--lane", other]));
        figure(&format!("{} and {other} alone, processor", lane[1]), cpu, "ms");
    }
}

/// `planscope stress` on a goal of 20 steps, every single fault in four lanes.
fn stress_table(folder: &Path) {
    let path = folder.join("twenty.json");
    std::fs::write(&path, cases::chain(20, false, 0, false).to_string()).expect("the goal file is written");
    let stress = || {
        let mut command = Command::new(PROGRAM);
        let output = command.arg("stress").arg(&path).args(LANES).args(["--format", "json"]).output();
        let output = output.expect("it runs");
        serde_json::from_slice::<Value>(&output.stdout).expect("it prints a document")
    };
    let found = stress();
    let faults = found["faults"].as_array().map_or(0, Vec::len);
    figure("single faults of 20 steps", faults as f64, "faults");
    let walls = (0..5).map(|_| timed(Cpu::Children, || drop(stress())).0).collect();
    target("stress: every single fault of 20 steps in 4 lanes, wall", median(walls), "ms", 2_000.0);
}

fn matrix(criterion: &mut Criterion<CpuTime>) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ten.json");
    std::fs::write(&path, goal(20, 10).to_string()).expect("the goal file is written");
    let mut group = criterion.benchmark_group("compare");
    group.sample_size(10);
    group.bench_function("4 strategies × 10 scenarios of 20 steps", |b| b.iter(|| compare(&path, &LANES)));
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(CpuTime(Cpu::Children));
    targets = matrix
}

fn main() {
    if in_earnest() {
        let folder = tempfile::tempdir().expect("a folder");
        table(folder.path());
        stress_table(folder.path());
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
}
