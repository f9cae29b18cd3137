//! Filters in worker processes: ordinary ones work, hostile ones end in time, and the program lives on.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use planscope::jq::{Cancel, Evaluator, Fault, Input, Limits};
use serde_json::{Value, json};

fn engine() -> Evaluator {
    Evaluator::isolated(PathBuf::from(env!("CARGO_BIN_EXE_planscope")))
}

fn run(engine: &Evaluator, filter: &str, input: Value) -> Result<Value, Fault> {
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
    const LARGE: &[Fault] = &[OutputTooLarge, Wall];
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

/// How much later than its limit, or than its cancel, an evaluation may end.
const IN_TIME: Duration = Duration::from_millis(50);

/// Repeats what took too long: on a computer that is busy with other tests only the best of some attempts tells.
fn in_time<T>(limit: Duration, attempt: impl Fn() -> T, took: impl Fn(&T) -> Duration) -> T {
    (0..5).map(|_| attempt()).find(|result| took(result) < limit).unwrap_or_else(attempt)
}

/// Watches the resident size of all workers while `work` runs, and returns the largest, in megabytes.
fn watched<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut largest = 0;
            while !done.load(Ordering::Relaxed) {
                largest = largest.max(largest_worker());
                std::thread::sleep(Duration::from_millis(2));
            }
            largest
        });
        let result = work();
        done.store(true, Ordering::Relaxed);
        (result, watcher.join().unwrap())
    })
}

#[test]
fn a_hostile_filter_ends_in_time_and_harms_nobody() {
    let engine = engine();
    let limits = Limits { wall: Duration::from_millis(500), ..Limits::CONDITION };
    for (filter, expected) in hostile() {
        let shown: String = filter.chars().take(80).collect();
        // A worker that is there already: starting one is not part of an evaluation.
        assert_eq!(run(&engine, ".a + 1", json!({"a": 1})), Ok(json!(2)), "before {shown}");
        let ((result, took), resident) = in_time(
            limits.wall + IN_TIME,
            || {
                watched(|| {
                    let start = Instant::now();
                    let result = engine.run(&filter, &Input::whole(json!(null)), limits, &Cancel::new());
                    (result, start.elapsed())
                })
            },
            |((_, took), _)| *took,
        );
        let short: String = format!("{result:?}").chars().take(100).collect();
        println!("{:>7.1} ms {resident:>4} MB  {shown}  =>  {short}", took.as_secs_f64() * 1e3);
        if !expected.is_empty() {
            assert!(result.as_ref().is_err_and(|fault| expected.contains(fault)), "{shown}: {short}");
        }
        assert!(took < limits.wall + IN_TIME, "{shown} took {took:?}");
        assert!(resident < 512, "{shown} took {resident} MB");
    }
}

#[test]
fn a_filter_with_all_the_time_in_the_world_stays_below_512_megabytes() {
    let engine = engine();
    for filter in [
        "[range(1e9)]",
        "[range(1e9) | [.]]",
        "[range(1e9) | {a: .}]",
        "[range(1e9) | tostring]",
        "reduce range(1e9) as $i (\"\"; . + \"0123456789012345678901234567890123456789\")",
        "reduce range(100) as $i ([1]; . + .) | sort",
        "def f: [range(1000)] as $x | [f, $x]; f",
        "def f($x): f([$x, $x]) | [.]; f(1)",
        "[limit(1e9; repeat([1]))] | group_by(.)",
        "[range(1e6)] | tojson * 1000",
    ] {
        let (result, resident) = watched(|| engine.run(filter, &Input::whole(json!(null)), PATIENT, &Cancel::new()));
        println!("{resident:>4} MB  {filter}  =>  {result:?}");
        assert!(matches!(result, Err(Fault::Memory | Fault::Depth | Fault::Wall)), "{filter}: {result:?}");
        assert!(resident < 512, "{filter} took {resident} MB");
    }
}

/// A filter that neither steps nor the worker's own clock can stop: one native step that takes for ever.
const HANGING: &str = "reduce range(60) as $i (0; [., .]) | tojson";

/// Long enough that only what the test does can end an evaluation.
const PATIENT: Limits = Limits { steps: u64::MAX, wall: Duration::from_secs(60) };

#[test]
fn a_cancel_ends_what_runs_within_50_ms() {
    let engine = engine();
    for filter in ["def f: f; f", HANGING, "reduce range(60) as $i (0; [., .]) | walk(.)", "last(range(1e18))"] {
        let attempt = || {
            assert_eq!(run(&engine, "1", json!(null)), Ok(json!(1)));
            let cancel = Cancel::new();
            let running = std::thread::spawn({
                let (engine, cancel) = (engine.clone(), cancel.clone());
                move || (engine.run(filter, &Input::whole(json!(null)), PATIENT, &cancel), Instant::now())
            });
            std::thread::sleep(Duration::from_millis(100));
            let asked = Instant::now();
            cancel.cancel();
            let (result, ended) = running.join().unwrap();
            (result, ended - asked)
        };
        let (result, took) = in_time(IN_TIME, attempt, |(_, took)| *took);
        assert_eq!(result, Err(Fault::Cancelled), "{filter}");
        assert!(took < IN_TIME, "{filter} took {took:?}");
        assert_eq!(run(&engine, "1", json!(null)), Ok(json!(1)), "after {filter}");
    }
}

#[test]
fn a_cancelled_flag_starts_nothing() {
    let cancel = Cancel::new();
    cancel.cancel();
    let result = engine().run("1", &Input::whole(json!(null)), PATIENT, &cancel);
    assert_eq!(result, Err(Fault::Cancelled));
}

#[test]
fn a_hanging_evaluation_does_not_block_the_others() {
    let engine = engine();
    let cancel = Cancel::new();
    let hanging: Vec<_> = (0..2)
        .map(|_| {
            let (engine, cancel) = (engine.clone(), cancel.clone());
            std::thread::spawn(move || engine.run(HANGING, &Input::whole(json!(null)), PATIENT, &cancel))
        })
        .collect();
    std::thread::sleep(Duration::from_millis(50));
    let others: Vec<_> = (0..8)
        .map(|i| {
            let engine = engine.clone();
            std::thread::spawn(move || {
                (0..50).all(|j| run(&engine, ". + 1", json!(i * 100 + j)) == Ok(json!(i * 100 + j + 1)))
            })
        })
        .collect();
    assert!(others.into_iter().all(|other| other.join().unwrap()));
    cancel.cancel();
    for thread in hanging {
        assert_eq!(thread.join().unwrap(), Err(Fault::Cancelled));
    }
}

#[test]
fn a_fault_in_a_batch_leaves_the_others_alone() {
    let input = Input::fields([("a", Arc::new(json!(3)))]);
    let filters = [
        ".a",
        "nope",
        ".a | error",
        "empty",
        "\"x\" * 1e9 | 1",
        "\"x\" * 1000000000",
        ".a + 1",
        "def f: 1+f; f",
        ".a + 2",
    ];
    let batch: Vec<_> = filters.iter().map(|filter| (*filter, input.clone())).collect();
    let results = engine().run_many(&batch, Limits::CONDITION, &Cancel::new());
    assert_eq!(results.len(), batch.len());
    assert_eq!(results[0], Ok(json!(3)));
    assert!(matches!(&results[1], Err(Fault::Syntax(fault)) if fault.span == (0..4)));
    assert_eq!(results[2], Err(Fault::Error("3".into())));
    assert_eq!(results[3], Err(Fault::Empty));
    assert!(matches!(results[4], Err(Fault::Error(_))));
    assert_eq!(results[5], Err(Fault::Memory));
    assert_eq!(results[6], Ok(json!(4)));
    assert_eq!(results[7], Err(Fault::Depth));
    assert_eq!(results[8], Ok(json!(5)));
}

#[test]
fn large_inputs_are_remembered_without_being_confused() {
    let engine = engine();
    let large = |seed: usize| Arc::new(json!((0..20_000).map(|i| format!("value {}", i + seed)).collect::<Vec<_>>()));
    let no = Cancel::new();
    // Far more than a worker keeps, in turns, so that values are dropped and sent again.
    let values: Vec<_> = (0..60).map(|i| large(i * 7)).collect();
    for round in 0..2 {
        for (i, value) in values.iter().enumerate() {
            let input = Input::fields([("list", value.clone()), ("week", Arc::new(json!(i)))]);
            let result = engine.run("[.week, .list[1]]", &input, Limits::CONDITION, &no);
            assert_eq!(result, Ok(json!([i, format!("value {}", i * 7 + 1)])), "round {round}");
        }
    }
    // An address that is used again for another value is another value.
    for seed in 0..30 {
        let result = engine.run(".[0]", &Input::whole(large(seed)), Limits::CONDITION, &no);
        assert_eq!(result, Ok(json!(format!("value {seed}"))));
    }
    // What a filter changes is its own copy.
    let kept = large(0);
    let input = Input::whole(kept);
    assert_eq!(engine.run(".[0] = 1 | .[0]", &input, Limits::CONDITION, &no), Ok(json!(1)));
    assert_eq!(engine.run(".[0]", &input, Limits::CONDITION, &no), Ok(json!("value 0")));
    assert!(largest_worker() < 512);
}

#[test]
fn what_a_worker_remembers_survives_a_killed_one() {
    let engine = engine();
    let input = Input::whole(json!(vec!["abc"; 5_000]));
    for _ in 0..3 {
        assert_eq!(engine.run("length", &input, Limits::CONDITION, &Cancel::new()), Ok(json!(5_000)));
        assert_eq!(engine.run("\"x\" * 1000000000", &input, Limits::CONDITION, &Cancel::new()), Err(Fault::Memory));
    }
}

#[test]
fn both_engines_agree() {
    let isolated = engine();
    let here = Evaluator::in_thread();
    let input = json!({"a": [1, 2.5, "é", null, 1e300, 18446744073709551615u64, {"b": {"c": []}}], "n": 1.0});
    for filter in [".", ".a | reverse", "keys", ".a[1:3]", "tojson", "error", ".a.b", "[..] | length", "nope(1)"] {
        assert_eq!(run(&isolated, filter, input.clone()), run(&here, filter, input.clone()), "{filter}");
    }
    // Steps are counted alike: the least number that suffices is the same.
    let filter = "[range(50)] | map(select(. % 3 == 0)) | sort_by(-.) | add";
    let least = |engine: &Evaluator| {
        (0..2_000).find(|steps| {
            let limits = Limits { steps: *steps, wall: Duration::from_secs(10) };
            engine.run(filter, &Input::whole(json!(null)), limits, &Cancel::new()).is_ok()
        })
    };
    let steps = least(&isolated).unwrap();
    for (steps, enough) in [(steps, true), (steps - 1, false)] {
        let limits = Limits { steps, wall: Duration::from_secs(10) };
        let result = here.run(filter, &Input::whole(json!(null)), limits, &Cancel::new());
        assert_eq!(result.is_ok(), enough);
    }
}

#[test]
fn an_executable_that_is_no_worker_is_recognised() {
    for (executable, says) in
        [("/bin/true", "did not start"), ("/bin/echo", "did not start"), ("/nowhere/at/all", "cannot start")]
    {
        let engine = Evaluator::isolated(PathBuf::from(executable));
        match run(&engine, "1", json!(null)) {
            Err(Fault::Broken(message)) => assert!(message.contains(says), "{executable}: {message}"),
            other => panic!("{executable}: {other:?}"),
        }
    }
}

#[cfg(unix)]
mod orphans {
    use std::io::{Read, Write};
    use std::os::unix::process::{CommandExt, ExitStatusExt};
    use std::process::{Child, Command, Stdio};
    use std::time::{Duration, Instant};

    fn worker() -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_planscope"));
        command.arg(planscope::jq::WORKER_ARGUMENT).stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0);
        let mut child = command.spawn().unwrap();
        child.stdout.as_mut().unwrap().read_exact(&mut [0; 16]).unwrap();
        child
    }

    fn ends(child: &mut Child) -> bool {
        let deadline = Instant::now() + Duration::from_secs(2);
        while Instant::now() < deadline {
            if child.try_wait().unwrap().is_some() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        child.kill().unwrap();
        false
    }

    #[test]
    fn a_worker_ends_when_its_stdin_closes_even_in_the_middle_of_a_hanging_filter() {
        let mut idle = worker();
        drop(idle.stdin.take());
        assert!(ends(&mut idle));

        let mut busy = worker();
        let mut frame = Vec::new();
        frame.extend(0u32.to_le_bytes());
        frame.extend(0u32.to_le_bytes());
        frame.extend(u64::MAX.to_le_bytes());
        frame.extend(u64::MAX.to_le_bytes());
        frame.extend(1u32.to_le_bytes());
        frame.extend(u32::try_from(super::HANGING.len()).unwrap().to_le_bytes());
        frame.extend(super::HANGING.as_bytes());
        frame.extend([0, 0, 4, 0, 0, 0]);
        frame.extend(b"null");
        let stdin = busy.stdin.as_mut().unwrap();
        stdin.write_all(&u32::try_from(frame.len()).unwrap().to_le_bytes()).unwrap();
        stdin.write_all(&frame).unwrap();
        std::thread::sleep(Duration::from_millis(100));
        assert_eq!(busy.try_wait().unwrap(), None, "it evaluates");
        drop(busy.stdin.take());
        assert!(ends(&mut busy));
    }

    #[test]
    fn nonsense_on_stdin_ends_a_worker() {
        let mut child = worker();
        child.stdin.as_mut().unwrap().write_all(&[9, 0, 0, 0, 255, 255, 255, 255, 1, 2, 3, 4, 5]).unwrap();
        assert!(ends(&mut child));
        assert_eq!(child.wait().unwrap().signal(), None);
    }
}

/// Filters that would be many times their input, or run for long, if the thread that asks ran them.
fn greedy() -> Vec<String> {
    let doubled = |times: usize| vec!["[., .]"; times].join(" | ");
    let mut all: Vec<String> = [
        "[.[] as $a | .[] as $b | .[] as $c | .[] as $d | [$a, $b, $c, $d]] | length",
        "[.[] as $a | .[] as $b | .[] as $c | $a + $b + $c] | add",
        "reduce .[] as $x (.; . + .) | length",
        "reduce .[] as $x (.; [., .]) | tojson | length",
        "reduce .[] as $x ({}; .[\"a\"] = [., .]) | tojson | length",
        "reduce .[] as $x (0; ., .)",
        "reduce .[] as $x (0; . + (1, 2))",
        "reduce .[] as $i (null; .[$i * 9999999] = 1) | length",
        "[.[] | \"\\(.)\" * 99999999] | length",
        "[.[] | [range(1e9)]] | length",
        "sort_by(.[]?, (.. | tojson), def f: f; f)",
        "\"\\(.[])\\(.[])\\(.[])\\(.[])\\(.[])\\(.[])\"",
        "[{(.[] | tojson): .[], b: .[], c: .[], d: .[]}] | length",
        "any(.[]; . as $x | any($x[]?; any(def f: f; f)))",
        "[.[] | first(repeat(empty))]",
    ]
    .into_iter()
    .map(str::to_owned)
    .collect();
    all.push(format!("{} | tojson | length", doubled(30)));
    all.push(format!("{} | tojson | length", vec!["(. + .)"; 40].join(" | ")));
    all
}

#[test]
fn an_engine_that_spares_workers_runs_nothing_hostile_in_this_process() {
    let spare = engine().sparing();
    for (filter, _) in hostile() {
        let shown: String = filter.chars().take(80).collect();
        assert!(spare.needs_worker(&filter), "{shown} would run in this process");
    }
    // What is hostile on some inputs only: it ends in time, and takes what memory it takes in a worker.
    let inputs = [json!([1, 2, 3]), json!((0..40).collect::<Vec<_>>()), json!(vec!["some text that is long"; 400])];
    let limits = Limits { wall: Duration::from_millis(300), ..Limits::CONDITION };
    for (filter, input) in greedy().iter().flat_map(|filter| inputs.iter().map(move |input| (filter, input))) {
        let attempt = || {
            assert_eq!(spare.run("[range(3)] | add", &Input::whole(json!(null)), limits, &Cancel::new()), Ok(json!(3)));
            let start = Instant::now();
            let result = spare.run(filter, &Input::whole(input.clone()), limits, &Cancel::new());
            (result, start.elapsed())
        };
        let (result, took) = in_time(limits.wall + IN_TIME, attempt, |(_, took)| *took);
        println!("{:>7.1} ms  {filter}  =>  {:.60}", took.as_secs_f64() * 1e3, format!("{result:?}"));
        assert!(took < limits.wall + IN_TIME, "{filter} took {took:?}");
    }
}

#[test]
fn an_engine_that_spares_workers_gives_what_a_worker_gives() {
    let (spare, isolated) = (engine().sparing(), engine());
    let input = json!({"a": [1, 2.5, "é", null, 1e300, 18446744073709551615u64, {"b": {"c": []}}], "n": 1.0, "s": "x"});
    for filter in [
        ".",
        ".a | reverse",
        "keys",
        ".a[1:3]",
        "tojson",
        "error",
        ".a.b",
        "nope(1)",
        ".n / 0",
        ".a | add",
        "\"\\(.n) \\(.a)\"",
        "reduce .a[] as $x ({}; .[\"k\\($x)\"] += 1)",
        "empty",
        ".a[]",
        ".s * 3",
        ".a | sort",
        "error(null)",
        ".a | length",
    ] {
        assert_eq!(run(&spare, filter, input.clone()), run(&isolated, filter, input.clone()), "{filter}");
    }
    assert!(!spare.needs_worker("reduce .tickets[] as $ticket ({}; .[$ticket.intent] += 1)"));
    // Limits hold there, too: what they stop is asked of a worker, which they stop in the same way.
    let limits = Limits { steps: 2, wall: Duration::from_secs(9) };
    assert_eq!(spare.run("[.a[]]", &Input::whole(input), limits, &Cancel::new()), Err(Fault::Steps));
    let cancel = Cancel::new();
    cancel.cancel();
    assert_eq!(spare.run("1", &Input::whole(json!(null)), PATIENT, &cancel), Err(Fault::Cancelled));
}
