//! Filters in worker processes: ordinary ones work, hostile ones end in time, and the program lives on.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use planscope::jq::{Cancel, Engine, Fault, Input, Limits};
use serde_json::{Value, json};

fn engine() -> Engine {
    Engine::isolated(PathBuf::from(env!("CARGO_BIN_EXE_planscope")))
}

fn run(engine: &Engine, filter: &str, input: Value) -> Result<Value, Fault> {
    engine.run(filter, &Input::whole(input), Limits::CONDITION, &Cancel::new())
}

/// The largest resident size that a child of this process has had, in megabytes.
fn largest_worker() -> u64 {
    let mut largest = 0;
    for task in std::fs::read_dir("/proc/self/task").unwrap().flatten() {
        let pids = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
        for pid in pids.split_whitespace() {
            let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
            let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kilobytes = peak.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
            largest = largest.max(kilobytes.unwrap_or(0) / 1024);
        }
    }
    largest
}

#[test]
fn an_object_of_named_values_is_the_input() {
    let input = Input::fields([("tickets", Arc::new(json!([1, 2]))), ("week", Arc::new(json!("2026-W47")))]);
    let result = engine().run(r#""\(.week): \(.tickets | length)""#, &input, Limits::CONDITION, &Cancel::new());
    assert_eq!(result, Ok(json!("2026-W47: 2")));
}

/// Each with the faults that are right for it, none where a result is right too.
fn hostile() -> Vec<(String, &'static [Fault])> {
    use Fault::{Depth, Memory, OutputTooLarge, Steps, TooNested, Wall};
    const TIME: &[Fault] = &[Steps, Wall];
    const SPACE: &[Fault] = &[Memory, Steps, Wall];
    const DEEP: &[Fault] = &[Depth, Memory, TooNested, Steps, Wall];
    const LARGE: &[Fault] = &[OutputTooLarge];
    const ANY: &[Fault] = &[Depth, Memory, TooNested, OutputTooLarge, Steps, Wall];
    let list: &[(&str, &[Fault])] = &[
        ("def f: f; f", TIME),
        ("def f: 1+f; f", DEEP),
        ("def f: [f]; f", DEEP),
        ("def f(x): f(x|x); f(.)", ANY),
        ("last(range(1e18))", TIME),
        ("last(range(0; 1; 0))", TIME),
        ("repeat(empty)", TIME),
        ("last(repeat(1))", TIME),
        ("until(false; .)", TIME),
        ("[range(1e9)]", SPACE),
        (r#""x" * 1000000000000000000"#, SPACE),
        (r#""x" * 1000000000"#, SPACE),
        (r#"reduce range(60) as $i ("x"; . + .)"#, SPACE),
        ("reduce range(24) as $i (0; [., .])", LARGE),
        ("reduce range(40) as $i (0; [., .])", LARGE),
        ("reduce range(40) as $i (0; {a: ., b: .})", LARGE),
        ("reduce range(40) as $i (0; [., .]) | tojson", ANY),
        (r#"reduce range(40) as $i (0; [., .]) | "\(.)""#, ANY),
        ("reduce range(40) as $i (0; [., .]) | . == (. | map(.))", &[]),
        ("(reduce range(40) as $i (0; [., .])) as $a | (reduce range(40) as $i (0; [., .])) as $b | $a == $b", ANY),
        ("reduce range(40) as $i (0; [., .]) | flatten", ANY),
        ("reduce range(40) as $i (0; [., .]) | [..] | length", ANY),
        ("reduce range(40) as $i (0; [., .]) | walk(.)", ANY),
        ("reduce range(40) as $i (0; [., .]) | error", &[]),
        ("reduce range(40) as $i (0; [., .]) | .a", &[]),
        ("reduce range(40) as $i (3; . * .)", ANY),
        ("[] | .[1000000000] = 0", &[]),
        ("reduce range(1e6) as $i (0; [.])", DEEP),
        ("reduce range(1e6) as $i (0; [.]) | tojson", DEEP),
        ("[limit(1e9; repeat(1))] | sort", SPACE),
        (r#""x" * 10000000 | explode | map([.]) | map([.])"#, ANY),
        ("[range(100000)] | [combinations(5)] | length", ANY),
        ("reduce range(30) as $i ([1]; [.[] | (., .)]) | length", ANY),
        (r#"("a" * 30000) | test("(a*)*(a*)*(a*)*b")"#, &[]),
        (r#"("a" * 300) | [match("((a{0,100}){0,100}){0,100}"; "g")] | length"#, &[]),
        ("try (def f: f; f) catch 1", TIME),
        ("first(def f: f; f) // 1", TIME),
        ("(def f: f; f)?", TIME),
        ("[range(1e9)?]", SPACE),
        ("label $l | def f: f, break $l; last(f)", &[]),
    ];
    let deep = |filter: String| (filter, &[][..]);
    let mut all: Vec<_> = list.iter().map(|(filter, faults)| ((*filter).to_string(), *faults)).collect();
    all.push(deep("(".repeat(100_000)));
    all.push(deep("[".repeat(60_000)));
    all.push(deep(format!("1{}", "+1".repeat(30_000))));
    all.push(deep(format!("1{}", "|1".repeat(30_000))));
    all.push(deep(format!("{}1", "-".repeat(60_000))));
    all.push(deep(format!("{}1", "try ".repeat(16_000))));
    all.push(deep(format!("{}1", "def f: 1; ".repeat(6_000))));
    all.push(deep(format!("{}1{}", "def f: ".repeat(6_000), ";1".repeat(6_000))));
    all.push(deep(format!("{}1{}", r#""\("#.repeat(20_000), r#")""#.repeat(20_000))));
    all
}

#[test]
fn a_hostile_filter_ends_in_time_and_harms_nobody() {
    let engine = engine();
    let limits = Limits { wall: Duration::from_millis(1000), ..Limits::CONDITION };
    for (filter, expected) in hostile() {
        let shown: String = filter.chars().take(80).collect();
        // A worker that is there already: starting one is not part of an evaluation.
        assert_eq!(run(&engine, ".a + 1", json!({"a": 1})), Ok(json!(2)), "before {shown}");
        let start = Instant::now();
        let result = engine.run(&filter, &Input::whole(json!(null)), limits, &Cancel::new());
        let took = start.elapsed();
        let resident = largest_worker();
        let short: String = format!("{result:?}").chars().take(100).collect();
        println!("{:>7.1} ms {resident:>4} MB  {shown}  =>  {short}", took.as_secs_f64() * 1e3);
        if !expected.is_empty() {
            assert!(result.as_ref().is_err_and(|fault| expected.contains(fault)), "{shown}: {short}");
        }
        assert!(took < limits.wall + Duration::from_millis(50), "{shown} took {took:?}");
        assert!(resident < 512, "{shown} took {resident} MB");
    }
}
