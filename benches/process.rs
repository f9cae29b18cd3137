//! The program as a whole process, as a person or a script runs it: start, goal file, planning, tools, journal, output.
//!
//! `cargo bench --bench process` prints a table of targets and figures (medians of interleaved rounds), then what
//! criterion measures. Goal files and sessions are made in a temporary folder. The textbook run is held against
//! `benches/cases/textbook.py`, run by the system's own interpreter: those of version managers start far slower.

mod cases;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, criterion_group};
use planscope::engine::goal::Goal;
use planscope::engine::state::Phase;
use planscope::goal_file;
use planscope::jq::Evaluator;
use planscope::runtime::driver::{Driver, SessionFile};
use planscope::runtime::services::Services;
use planscope::runtime::teaching;
use planscope::ui::input::{Input, KeyPress};
use planscope::ui::keymap::Keymap;
use planscope::ui::screen::Screen;
use planscope::ui::session::app::App;
use planscope::ui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::Value;
use tempfile::TempDir;

use cases::{Cpu, CpuTime, figure, in_earnest, median, target, timed};

const PROGRAM: &str = env!("CARGO_BIN_EXE_planscope");
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/cases/textbook.py");

/// Where goal files and sessions are.
struct Desk {
    folder: TempDir,
    sessions: AtomicU64,
}

impl Desk {
    fn new() -> Desk {
        Desk { folder: tempfile::tempdir().expect("a folder"), sessions: AtomicU64::new(0) }
    }

    /// Writes a goal file.
    fn goal(&self, name: &str, goal: &Value) -> PathBuf {
        let path = self.folder.path().join(format!("{name}.json"));
        std::fs::write(&path, goal.to_string()).expect("the goal file is written");
        path
    }

    /// Runs `goal` to its end, recorded in a session file of its own, which is returned.
    fn run(&self, goal: &Path) -> PathBuf {
        let number = self.sessions.fetch_add(1, Ordering::Relaxed);
        let session = self.folder.path().join(format!("session{number}.jsonl"));
        call(&["run".as_ref(), goal, "--session".as_ref(), &session]);
        session
    }
}

/// Runs planscope with its output thrown away.
fn call(arguments: &[&Path]) {
    let mut command = Command::new(PROGRAM);
    let status = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(status.is_ok_and(|status| status.success()), "planscope {arguments:?} failed");
}

/// Returns the system's interpreter, or the one that `python3` leads to: a version manager's costs more than the script.
fn python() -> Option<PathBuf> {
    let system = PathBuf::from("/usr/bin/python3");
    if system.is_file() {
        return Some(system);
    }
    let says = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output().ok()?;
    Some(PathBuf::from(String::from_utf8(says.stdout).ok()?.trim())).filter(|path| path.is_file())
}

/// Runs every piece of work once a round, and returns the medians of wall and processor time in milliseconds.
fn interleaved<const N: usize>(rounds: usize, work: [&dyn Fn(); N]) -> [(f64, f64); N] {
    let mut wall: [Vec<f64>; N] = std::array::from_fn(|_| Vec::new());
    let mut cpu: [Vec<f64>; N] = std::array::from_fn(|_| Vec::new());
    for _ in 0..rounds {
        for (at, work) in work.iter().enumerate() {
            let (this_wall, this_cpu) = timed(Cpu::Children, work);
            wall[at].push(this_wall);
            cpu[at].push(this_cpu);
        }
    }
    std::array::from_fn(|at| (median(std::mem::take(&mut wall[at])), median(std::mem::take(&mut cpu[at]))))
}

fn textbook_table(desk: &Desk) {
    let sample = Path::new("customer_support_report");
    let Some(python) = python() else {
        println!("no python3 here: the textbook run cannot be held against the plain script");
        return;
    };
    let script = || {
        let status = Command::new(&python).arg(SCRIPT).stdout(Stdio::null()).status();
        assert!(status.is_ok_and(|status| status.success()), "the plain script failed");
    };
    let [(run, run_cpu), (plain, plain_cpu), (help, help_cpu)] =
        interleaved(41, [&|| drop(desk.run(sample)), &script, &|| call(&["samples".as_ref()])]);
    figure("the textbook run, durable, wall", run, "ms");
    figure("the plain script, wall", plain, "ms");
    figure("a process that only lists the samples, wall", help, "ms");
    figure("the textbook run, processor", run_cpu, "ms");
    figure("the plain script, processor", plain_cpu, "ms");
    figure("a process that only lists the samples, processor", help_cpu, "ms");
    target("the textbook run against the plain script, wall", run / plain, "times", 0.5);
    target("the textbook run against the plain script, processor", run_cpu / plain_cpu, "times", 0.5);
}

fn chain_table(desk: &Desk) {
    for (kind, constant) in [("value", true), ("jq", false)] {
        let short = desk.goal("short", &cases::chain(1_000, constant, 0, false));
        let long = desk.goal("long", &cases::chain(10_000, constant, 0, false));
        let [(short, short_cpu), (long, long_cpu)] =
            interleaved(5, [&|| drop(desk.run(&short)), &|| drop(desk.run(&long))]);
        figure(&format!("a chain of 1,000 {kind} tools, wall"), short, "ms");
        target(&format!("a chain of 10,000 {kind} tools, wall"), long, "ms", 2_000.0);
        target(&format!("a chain of 10,000 {kind} tools, processor"), long_cpu, "ms", 2_000.0);
        target(&format!("a chain of 10,000 {kind} tools against 1,000, wall"), long / short, "times", 13.0);
        target(
            &format!("a chain of 10,000 {kind} tools against 1,000, processor"),
            long_cpu / short_cpu,
            "times",
            13.0,
        );
    }
}

fn context_table(desk: &Desk) {
    for (kind, constant) in [("value", true), ("jq", false)] {
        for reads in [false, true] {
            let goal = |name: &str, steps, bytes| desk.goal(name, &cases::chain(steps, constant, bytes, reads));
            let (small, large) = (goal("small", 1_000, 1_000), goal("large", 1_000, 10 << 20));
            // What a large context costs once, to read and to record it, is no step's cost.
            let (small_once, large_once) = (goal("small1", 1, 1_000), goal("large1", 1, 10 << 20));
            let costs = interleaved(
                5,
                [&small, &small_once, &large, &large_once]
                    .map(|goal| move || drop(desk.run(goal)))
                    .each_ref()
                    .map(|run| run as &dyn Fn()),
            );
            let [(_, small), (_, small_once), (_, large), (_, large_once)] = costs;
            let (small, large) = (small - small_once, large - large_once);
            let how = if reads { "that reads" } else { "beside" };
            figure(&format!("a step of kind {kind} {how} 1 KB, processor"), small, "µs");
            target(&format!("a step of kind {kind} {how} 10 MB against 1 KB, processor"), large / small, "times", 1.5);
        }
    }
}

fn journal_table(desk: &Desk) {
    let size = |times: usize| {
        let session = desk.run(&desk.goal("textbook", &cases::textbook_plan(times)));
        std::fs::metadata(session).expect("the session is there").len() as f64 / 1e6
    };
    let (short, long) = (size(250), size(2_500));
    target("the journal of 1,000 steps", short, "MB", 0.6);
    target("the journal of 10,000 steps against 1,000", long / short, "times", 10.2);
}

fn planning_table(desk: &Desk) {
    let pipeline = desk.goal("pipeline", &cases::pipeline(20));
    let catalogue = desk.goal("catalogue", &cases::catalogue(10_000, 100));
    let [(_, small), (_, many)] =
        interleaved(21, [&|| call(&["plan".as_ref(), &pipeline]), &|| call(&["plan".as_ref(), &catalogue])]);
    target("a plan of 20 tools beside 20 decoys, processor", small, "ms", 4.0);
    figure("a plan of 100 among 10,000 tools, processor", many, "ms");
}

fn replay_table(desk: &Desk) {
    let session = desk.run(&desk.goal("replayed", &cases::chain(10_000, true, 0, false)));
    let events = std::fs::read(&session).expect("it reads").iter().filter(|byte| **byte == b'\n').count() as f64;
    let [(_, replay)] = interleaved(5, [&|| call(&["replay".as_ref(), &session])]);
    figure("a session read, folded and printed, 1,000 events, processor", replay / (events / 1e3), "ms");
    // A file's plan that makes the same keys over and over: every step repeats one before.
    let [short, long] = [250, 2_500].map(|times| desk.run(&desk.goal("repeated", &cases::textbook_plan(times))));
    let told = |session: &Path| call(&["replay".as_ref(), session, "--format=json".as_ref()]);
    let [(_, short), (_, long)] = interleaved(5, [&|| told(&short), &|| told(&long)]);
    figure("10,000 steps that repeat each other, read, folded and told with what went wrong, processor", long, "ms");
    target("the same against 1,000 steps, processor", long / short, "times", 13.0);
}

/// What starting a program as a tool costs more than starting it: its pipes, its session, its guard, its contract.
fn command_table(desk: &Desk) {
    const STEPS: usize = 50;
    let program = desk.folder.path().join("answer.sh");
    std::fs::write(&program, "read -r line; echo 1\n").expect("the script is written");
    let mut goal = cases::chain(STEPS, true, 0, false);
    for tool in goal["tools"].as_object_mut().expect("tools").values_mut() {
        tool["run"] = serde_json::json!({ "command": { "argv": ["sh", "answer.sh"] } });
    }
    let goal = desk.goal("commands", &goal);
    let (mut alone, mut tool, mut step) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..9 {
        for _ in 0..STEPS {
            let (wall, _) = timed(Cpu::Children, || {
                let mut command = Command::new("sh");
                command.arg(&program).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
                let mut child = command.spawn().expect("a shell");
                drop(child.stdin.take());
                assert!(child.wait_with_output().is_ok_and(|output| output.status.success()));
            });
            alone.push(wall);
        }
        let session = desk.folder.path().join(format!("commands{round}.jsonl"));
        let options = ["run", "--trust", "--approve", "all", "--session"].map(Path::new);
        let (wall, _) = timed(Cpu::Children, || call(&[&options[..], &[&*session, &*goal]].concat()));
        step.push(wall / STEPS as f64);
        let text = std::fs::read_to_string(&session).expect("the session is there");
        let events = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("an event"));
        tool.extend(events.filter_map(|event| event["ran"].is_object().then(|| event["wall_ms"].as_f64())?));
    }
    let (alone, tool) = (median(alone), median(tool));
    figure("a program, started and waited for, wall", alone, "ms");
    figure("a step that starts it, its start and its end on disk, wall", median(step), "ms");
    target("what a command tool adds to its program, wall", tool - alone, "ms", 1.0);
}

/// What a call costs more than the program takes to answer a line by itself: the protocol, and who reads and writes it.
fn program_table(desk: &Desk) {
    const STEPS: usize = 200;
    const ANSWERS: &str =
        "while read -r line; do id=${line#*'\"id\":'}; printf '{\"id\":%s,\"result\":1}\\n' \"${id%%,*}\"; done";
    let mut goal = cases::chain(STEPS, true, 0, false);
    for tool in goal["tools"].as_object_mut().expect("tools").values_mut() {
        tool["run"] = serde_json::json!({ "program": { "command": ["sh", "-c", ANSWERS] } });
    }
    let goal = desk.goal("programs", &goal);
    let mut command = Command::new("sh");
    command.args(["-c", ANSWERS]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("a shell");
    let mut input = child.stdin.take().expect("its input");
    let mut output = BufReader::new(child.stdout.take().expect("its output"));
    let (mut alone, mut tool) = (Vec::new(), Vec::new());
    for round in 0..9 {
        for at in 0..STEPS {
            let (wall, _) = timed(Cpu::Children, || {
                let mut answer = String::new();
                writeln!(input, "{{\"protocol\":1,\"id\":{at},\"verb\":\"call\"}}").expect("it reads");
                output.read_line(&mut answer).expect("it answers");
            });
            alone.push(wall);
        }
        let session = desk.folder.path().join(format!("programs{round}.jsonl"));
        let options = ["run", "--trust", "--approve", "all", "--session"].map(Path::new);
        call(&[&options[..], &[&*session, &*goal]].concat());
        let text = std::fs::read_to_string(&session).expect("the session is there");
        let events = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("an event"));
        tool.extend(events.filter_map(|event| event["ran"].is_object().then(|| event["wall_ms"].as_f64())?));
    }
    drop(input);
    assert!(child.wait().is_ok_and(|status| status.success()));
    let (alone, tool) = (median(alone), median(tool));
    figure("a program that stays alive, asked and answering, wall", alone, "ms");
    target("what a protocol call adds to its program, wall", tool - alone, "ms", 1.0);
}

/// A key, until its frame is drawn, while the program that plans writes a plan of a thousand steps piece by piece, and
/// while it arrives; driven as the dashboard's loop does, with a person who presses a key every few milliseconds.
fn planner_table(desk: &Desk) {
    const STEPS: usize = 1_000;
    // It says on standard error how far it is, and takes half a second: not because it computes.
    const PLANS: &str = r#"
read -r line; id=${line#*'"id":'}; id=${id%%,*}; printf '{"id":%s,"plan":[' "$id"; n=0; comma=
while [ $n -lt 1000 ]; do
  n=$((n + 1)); printf '%s{"tool":"t%s","why":"makes k%s"}' "$comma" $n $n; comma=,
  [ $((n % 20)) = 0 ] && { echo "step $n" >&2; sleep 0.01; }
done
printf ']}\n'; cat > /dev/null"#;
    let mut goal = cases::chain(STEPS, true, 0, false);
    goal["planner"] = serde_json::json!({ "command": ["sh", "-c", PLANS] });
    let folder = desk.folder.path();
    let goal = goal_file::parse(&goal.to_string(), "planned", folder.to_str()).expect("a goal");
    let (mut calm, mut busy, mut worst) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..5 {
        let [during, after] = keys_around_a_plan(&goal, folder.join(format!("planned{round}.jsonl")));
        worst.push(during.iter().copied().fold(0.0, f64::max));
        busy.extend(during);
        calm.extend(after);
    }
    let (calm, busy, worst) = (median(calm), median(busy), median(worst));
    figure("a key with its frame, a plan of 1,000 steps there and nobody planning, wall", calm, "ms");
    target("the same while a program answers with that plan, wall", busy / calm, "times", 1.5);
    target("the worst of its keys, which falls together with the plan, wall", worst, "ms", 16.0);
}

/// Opens `goal`, trusts it, presses keys until its plan is there, and then as many; returns how long each took.
fn keys_around_a_plan(goal: &Goal, session: PathBuf) -> [Vec<f64>; 2] {
    const AREA: Rect = Rect::new(0, 0, 120, 34);
    let services = Services::new(Evaluator::in_thread());
    let settings = teaching::settings(goal, None);
    let mut driver =
        Driver::open(Arc::new(goal.clone()), settings, SessionFile::File(session), services).expect("a session");
    driver.trust_once();
    let mut app = App::new(driver, Keymap::built_in().expect("keys"), Theme::coloured(), (AREA.width, AREA.height));
    let (press, mut keys) = tokio::sync::mpsc::unbounded_channel();
    let person = std::thread::spawn(move || {
        let mut down = true;
        loop {
            std::thread::sleep(Duration::from_millis(4));
            let key = if down { 'j' } else { 'k' };
            down = !down;
            if press.send((key, Instant::now())).is_err() {
                return;
            }
        }
    });
    let mut took = [Vec::new(), Vec::new()];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut buffer = Buffer::empty(AREA);
        while took[1].len() <= took[0].len() {
            let pressed = tokio::select! {
                biased;
                pressed = keys.recv() => pressed,
                _ = app.next() => None,
            };
            if let Some((key, _)) = pressed {
                let _ = app.input(&Input::Key(KeyPress::char(key)));
            }
            let planned = app.driver().state().phase == Phase::Review;
            buffer.reset();
            app.draw(AREA, &mut buffer);
            if let Some((_, at)) = pressed {
                took[usize::from(planned)].push(at.elapsed().as_secs_f64() * 1e3);
            }
        }
    });
    drop(keys);
    person.join().expect("the person has ended");
    took
}

/// An MCP server in a few lines of shell: fifty tools, each of which answers at once.
const SERVER: &str = r#"
tools=; n=0
while [ $n -lt 50 ]; do
  tools="$tools${tools:+,}{\"name\":\"t$n\",\"description\":\"Does it\",\"inputSchema\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}}}}"; n=$((n + 1))
done
while read -r line; do
  id=${line#*'"id":'}; id=${id%%[,\}]*}
  case $line in
    *'"initialize"'*) answer='{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"b","version":"1"}}';;
    *'"tools/list"'*) answer="{\"tools\":[$tools]}";;
    *'"tools/call"'*) answer='{"content":[{"type":"text","text":"1"}]}';;
    *) continue;;
  esac
  printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$answer"
done
"#;

/// What a call of an MCP server costs more than the server takes to answer a line, and how long it takes to list many.
#[cfg(feature = "mcp")]
fn mcp_table(desk: &Desk) {
    const STEPS: usize = 200;
    let script = desk.folder.path().join("server.sh");
    std::fs::write(&script, SERVER).expect("the script is written");
    let mut goal = cases::chain(STEPS, true, 0, false);
    goal["servers"] = serde_json::json!({ "s": { "command": ["sh", "server.sh"] } });
    for tool in goal["tools"].as_object_mut().expect("tools").values_mut() {
        tool["run"] = serde_json::json!({ "mcp": { "server": "s", "tool": "t1" } });
    }
    let goal = desk.goal("mcp", &goal);
    let mut child =
        Command::new("sh").arg(&script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a shell");
    let mut input = child.stdin.take().expect("its input");
    let mut output = BufReader::new(child.stdout.take().expect("its output"));
    let (mut alone, mut tool) = (Vec::new(), Vec::new());
    for round in 0..9 {
        for at in 0..STEPS {
            let (wall, _) = timed(Cpu::Children, || {
                let mut answer = String::new();
                writeln!(input, "{{\"jsonrpc\":\"2.0\",\"id\":{at},\"method\":\"tools/call\"}}").expect("it reads");
                output.read_line(&mut answer).expect("it answers");
            });
            alone.push(wall);
        }
        let session = desk.folder.path().join(format!("mcp{round}.jsonl"));
        let options = ["run", "--trust", "--approve", "all", "--session"].map(Path::new);
        call(&[&options[..], &[&*session, &*goal]].concat());
        let text = std::fs::read_to_string(&session).expect("the session is there");
        let events = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("an event"));
        tool.extend(events.filter_map(|event| event["ran"].is_object().then(|| event["wall_ms"].as_f64())?));
    }
    drop(input);
    assert!(child.wait().is_ok_and(|status| status.success()));
    let (alone, tool) = (median(alone), median(tool));
    figure("an MCP server, asked and answering, wall", alone, "ms");
    target("what an MCP call adds to its server, wall", tool - alone, "ms", 2.0);
    listing_table(desk, &script);
}

/// Twenty servers of fifty tools are listed, all at once, while somebody presses keys.
#[cfg(feature = "mcp")]
fn listing_table(desk: &Desk, script: &Path) {
    use planscope::runtime::offered;
    use planscope::ui::testing::harness::Stage;
    let servers: serde_json::Map<String, Value> = (0..20)
        .map(|at| (format!("s{at}"), serde_json::json!({ "command": ["sh", script.display().to_string()] })))
        .collect();
    let text = serde_json::json!({ "version": 1, "goal": "g", "servers": servers }).to_string();
    let goal = goal_file::parse(&text, "many", desk.folder.path().to_str()).expect("a goal");
    let shown = goal_file::parse(&cases::textbook_plan(250).to_string(), "shown", None).expect("a goal");
    let mut stage = Stage::open(shown, desk.folder.path().join("stage.jsonl"), (120, 34)).expect("a screen");
    let (mut frames, mut wall) = (Vec::new(), 0.0);
    std::thread::scope(|scope| {
        let listing = scope.spawn(|| {
            let folder = desk.folder.path().display().to_string();
            timed(Cpu::Children, || {
                let listed = offered::list(&goal.servers, &folder, &planscope::jq::Cancel::new());
                let tools: usize = listed.iter().map(|(_, tools)| tools.as_ref().map_or(0, Vec::len)).sum();
                assert_eq!(tools, 1_000);
            })
        });
        while !listing.is_finished() {
            for key in ["j", "k"] {
                frames.push(timed(Cpu::Children, || stage.press(key).expect("a key")).0);
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
        }
        wall = listing.join().expect("it ends").0;
    });
    frames.sort_by(f64::total_cmp);
    figure("20 MCP servers of 50 tools each, started and listed, wall", wall, "ms");
    target("a key meanwhile, with its frame, 95 of 100, wall", frames[frames.len() * 95 / 100], "ms", 16.0);
}

#[cfg(not(feature = "mcp"))]
fn mcp_table(_: &Desk) {
    let _ = SERVER;
}

fn processes(criterion: &mut Criterion<CpuTime>) {
    let desk = Desk::new();
    let mut group = criterion.benchmark_group("process");
    group.sample_size(10);
    let runs = [
        ("textbook", PathBuf::from("customer_support_report")),
        ("chain of 1,000", desk.goal("chain", &cases::chain(1_000, true, 0, false))),
        ("chain of 1,000 jq tools", desk.goal("chain_jq", &cases::chain(1_000, false, 0, false))),
    ];
    for (name, goal) in &runs {
        group.bench_with_input(BenchmarkId::new("run", name), goal, |bencher, goal| bencher.iter(|| desk.run(goal)));
    }
    let pipeline = desk.goal("pipeline", &cases::pipeline(20));
    group.bench_function("plan of 20", |bencher| bencher.iter(|| call(&["plan".as_ref(), &pipeline])));
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(CpuTime(Cpu::Children));
    targets = processes
}

fn main() {
    if in_earnest() {
        let desk = Desk::new();
        textbook_table(&desk);
        planning_table(&desk);
        journal_table(&desk);
        chain_table(&desk);
        context_table(&desk);
        replay_table(&desk);
        command_table(&desk);
        program_table(&desk);
        planner_table(&desk);
        mcp_table(&desk);
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
}
