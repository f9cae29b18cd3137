//! The real binary in a pseudo-terminal: start, step, inject, accept the replan, edit, go back, fork, quit; and the
//! terminal put back on every way out.

use std::io::Write as _;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::harness::Terminal;

#[test]
fn a_session_from_start_to_quit() {
    let mut terminal = Terminal::open(&["customer_support_report"]);
    terminal.wait_for("Enter approves");
    terminal.press(" ");
    terminal.wait_for("Loaded 5 tickets");
    terminal.press(" ");
    terminal.wait_for("space runs find_top_intent");
    // A surprise lands; the replan is watched in three beats and accepted.
    terminal.press("x");
    terminal.wait_for("Late tickets");
    terminal.press("\r");
    terminal.wait_for("1 changed");
    terminal.press(" ");
    terminal.wait_for("breaks");
    terminal.press(" ");
    terminal.wait_for("again (s2)");
    terminal.press("\r");
    terminal.wait_for("rewrote the plan");
    // A value is injected: the dialog shows what goes stale.
    terminal.press("2i");
    terminal.wait_for("Inject");
    terminal.press("\x1b");
    terminal.wait_for("Context");
    // A step is edited, and the edit is in the trace.
    terminal.press("1Ge");
    terminal.wait_for("handed off");
    terminal.press("Soon: \x13");
    terminal.wait_for("changed s4");
    terminal.press("u");
    terminal.wait_for("took event");
    terminal.press("c");
    terminal.wait_for("goal reached");
    // Back, and a fork there.
    terminal.press("[[[");
    terminal.wait_for("back to now");
    terminal.press("D");
    terminal.wait_for("Fork here?");
    terminal.press("y");
    terminal.wait_for("branch 2 of 2");
    terminal.press("q");
    assert!(terminal.wait_for_end());
    terminal.assert_restored();
    let after = terminal.text();
    assert!(after.contains("planscope resume"), "{after}");
    assert!(after.contains("planscope run customer_support_report --scenario"), "{after}");
}

#[test]
fn the_lanes_from_the_start_screen_to_a_lane_and_back() {
    let mut terminal = Terminal::open(&[]);
    terminal.wait_for("Plan against ReAct");
    terminal.press("3");
    terminal.wait_for("react: stand-in");
    terminal.wait_for("nothing has run");
    // The surprise is at hand; a prediction is asked first.
    terminal.press("x");
    terminal.wait_for("First your prediction");
    terminal.press("2");
    terminal.wait_for("You predicted: never replan fails.");
    terminal.press(" ");
    terminal.wait_for("after 1 step");
    terminal.press("c");
    terminal.wait_for("at the end");
    terminal.wait_for("So it did, alone.");
    terminal.wait_for("Took the least");
    // The rigid lane opens on the dashboard, and comes back as it was left.
    terminal.press("lo");
    terminal.wait_for("this is the lane");
    terminal.wait_for("Context");
    terminal.press("D");
    terminal.wait_for("replan on failure");
    terminal.press("q");
    terminal.wait_for("the lane is kept");
    terminal.wait_for("replan on failure");
    terminal.press("q");
    // What ran in the lanes would be gone.
    terminal.wait_for("Leave the lanes?");
    terminal.press("1");
    terminal.wait_for("What do you want to see?");
    terminal.press("q");
    assert!(terminal.wait_for_end());
    terminal.assert_restored();
}

#[test]
fn the_dashboard_shows_the_lanes_of_its_goal_and_is_there_again_afterwards() {
    let mut terminal = Terminal::open(&["customer_support_report"]);
    terminal.wait_for("Enter approves");
    terminal.press(" ");
    terminal.wait_for("Loaded 5 tickets");
    terminal.press("v");
    terminal.wait_for("nothing has run");
    terminal.press("q");
    terminal.wait_for("Trace");
    terminal.press(" ");
    terminal.wait_for("space runs find_top_intent");
    // A signal in the lanes ends the session below them like any other.
    terminal.press("v");
    terminal.wait_for("nothing has run");
    rustix::process::kill_process(terminal.pid(), rustix::process::Signal::TERM).expect("a signal");
    assert!(!terminal.wait_for_end());
    terminal.assert_restored();
    assert!(terminal.text().contains("planscope resume"), "{}", terminal.text());
}

#[test]
fn what_could_go_wrong_opens_at_its_moment_and_goes_back_twice() {
    let folder = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::sized(folder.path(), (120, 34), &["customer_support_report"]);
    terminal.wait_for("Enter approve");
    terminal.until("%", "the worst first");
    terminal.wait_for("broke");
    terminal.wait_until("every run is done", |terminal| !terminal.text().contains("stops"));
    terminal.until("\r", "this is the moment of the fault");
    terminal.until("q", "the session is kept");
    terminal.until("q", "Enter approve");
    assert!(terminal.quit());
}

#[test]
fn every_signal_puts_the_terminal_back() {
    use rustix::process::{Signal, kill_process};
    for signal in [Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT] {
        let mut terminal = Terminal::open(&["customer_support_report"]);
        terminal.wait_for("Enter approves");
        kill_process(terminal.pid(), signal).expect("a signal");
        assert!(!terminal.wait_for_end(), "{signal:?}");
        terminal.assert_restored();
        assert!(terminal.text().contains("planscope resume"), "{signal:?}: {}", terminal.text());
    }
}

#[test]
fn a_closed_window_ends_the_program() {
    let terminal = Terminal::open(&["customer_support_report"]);
    terminal.wait_for("Enter approves");
    let Terminal { mut child, master, mut keys, closing, reading, .. } = terminal;
    // Every end of the pseudo-terminal has to go, the reader's too: it goes with the next thing that it reads.
    closing.store(true, Ordering::SeqCst);
    keys.write_all(b"2").expect("a key");
    reading.join().expect("the reader");
    drop((keys, master));
    let start = Instant::now();
    while child.try_wait().expect("its status").is_none() {
        assert!(start.elapsed() < Duration::from_secs(5), "it lives on without a terminal");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn suspended_by_key_it_stops_and_comes_back_as_it_was() {
    use rustix::process::{Signal, kill_process};
    let mut terminal = Terminal::open(&["customer_support_report"]);
    terminal.wait_for("Enter approves");
    terminal.press("\x1a");
    terminal.wait_for("brings it back");
    kill_process(terminal.pid(), Signal::CONT).expect("a signal");
    terminal.wait_for("Enter approves");
    terminal.press(" ");
    terminal.wait_for("Loaded 5 tickets");
    terminal.press("q");
    assert!(terminal.wait_for_end());
    terminal.assert_restored();
}

#[test]
fn many_keys_at_once_are_few_frames() {
    let mut terminal = Terminal::open(&["customer_support_report"]);
    terminal.wait_for("Enter approves");
    let frames = |bytes: &[u8]| bytes.windows(8).filter(|window| *window == b"\x1b[?2026h").count();
    let before = frames(&terminal.bytes());
    terminal.until(&("jk".repeat(100) + "i"), "Inject");
    let drawn = frames(&terminal.bytes()) - before;
    assert!((1..=6).contains(&drawn), "{drawn} frames for 201 keys");
    terminal.until_gone("\x1b", "Inject");
    assert!(terminal.quit());
}

#[test]
fn a_terminal_that_draws_no_screen_is_told_what_needs_none() {
    for term in ["dumb", ""] {
        let mut terminal = Terminal::called(term, &["customer_support_report"]);
        terminal.wait_for("this terminal draws no screen");
        assert!(!terminal.wait_for_end(), "it ends as one that was used wrongly");
        assert!(!terminal.bytes().contains(&0x1b), "{:?}", String::from_utf8_lossy(&terminal.bytes()));
    }
}

#[test]
fn the_start_screen_opens_a_sample_with_one_key() {
    let mut terminal = Terminal::open(&[]);
    terminal.wait_for("What do you want to see?");
    terminal.press("1");
    terminal.wait_for("Plan");
    terminal.wait_for("The planner proposes");
    terminal.press("q");
    // It goes back to where it was opened from, which remembers it and lists the session.
    terminal.wait_for("1 ✓ A plan");
    terminal.wait_for("before the first");
    terminal.press("q");
    assert!(terminal.wait_for_end());
    terminal.assert_restored();
}

#[test]
fn every_press_of_space_runs_a_step_also_while_one_is_running() {
    let folder = tempfile::tempdir().expect("a folder");
    let tool = |at: usize| {
        let input = if at == 1 { String::new() } else { format!("\"k{}\"", at - 1) };
        format!(
            "\"t{at}\": {{\"description\": \"Make k{at}\", \"inputs\": [{input}], \"outputs\": [\"k{at}\"], \
             \"run\": {{\"jq\": \"[limit(20000; repeat(1))] | length\"}}}}"
        )
    };
    let tools: Vec<String> = (1..=7).map(tool).collect();
    let goal = format!(
        "{{\"version\": 1, \"goal\": \"Count\", \"wants\": {{\"k7\": \"true\"}}, \"tools\": {{{}}}}}",
        tools.join(", ")
    );
    std::fs::write(folder.path().join("goal.json"), goal).expect("a goal");
    let mut terminal = Terminal::in_folder(folder.path(), &["goal.json"]);
    terminal.wait_for("Enter approves");
    terminal.press("    ");
    terminal.wait_for("space runs t5");
    assert!(terminal.text().contains("✓ s4 t4"), "{}", terminal.text());
    // Asked for by continuing, it is a pause as before.
    terminal.press("c");
    terminal.wait_for("goal reached");
    terminal.press("q");
    assert!(terminal.wait_for_end());
    terminal.assert_restored();
}

#[test]
fn the_background_that_the_terminal_names_turns_the_colours_and_no_key_is_lost() {
    let mut terminal = Terminal::open(&["customer_support_report"]);
    let has = |terminal: &Terminal, bytes: &[u8]| terminal.bytes().windows(bytes.len()).any(|part| part == bytes);
    terminal.wait_until("the question", |terminal| has(terminal, b"\x1b]11;?\x1b\\"));
    terminal.wait_for("Enter approves");
    // The frames are those of the dark theme first, of the light one with the answer.
    assert!(!has(&terminal, b"38;5;23;"));
    terminal.press(" \x1b]11;rgb:fdfd/f6f6/e3e3\x1b\\?");
    terminal.wait_until("light colours", |terminal| has(terminal, b"38;5;23;"));
    terminal.wait_for("Keys that work here");
    terminal.until_gone("\x1b", "Keys that work here");
    terminal.wait_for("Loaded 5 tickets");
    assert!(!terminal.text().contains("rgb:"), "{}", terminal.text());
    assert!(terminal.quit());
}

#[test]
fn a_variable_that_names_no_theme_is_said_on_the_screen_and_the_option_needs_a_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let terminal = Terminal::shell(folder.path(), "PLANSCOPE_THEME=solar planscope customer_support_report");
    terminal.wait_for("\"solar\", which is not a theme");
    assert!(terminal.quit());
    let mut terminal = Terminal::shell(folder.path(), "planscope --theme solar");
    terminal.wait_for("possible values: auto, dark, light, terminal, plain");
    assert!(!terminal.wait_for_end());
}

#[test]
fn keys_of_ones_own_step_and_are_named_on_the_screen_and_a_faulty_line_is_said_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "mouse = false\n[keys.everywhere]\nstep = [\"f5\"]\nstpe = [\"f6\"]\n";
    std::fs::write(folder.path().join("config.toml"), text).expect("the folder is ours");
    let goal = r#"{"version": 1, "goal": "Greet", "wants": {"greeting": "true"}, "tools": {
        "greet": {"description": "Greet", "outputs": ["greeting"], "run": {"value": "Hello"}},
        "wave": {"description": "Wave", "inputs": ["greeting"], "outputs": ["wave"], "run": {"value": 1}}}}"#;
    std::fs::write(folder.path().join("goal.json"), goal).expect("the folder is ours");
    let script = "PLANSCOPE_CONFIG=config.toml exec planscope goal.json";
    let mut terminal = Terminal::shell(folder.path(), script);
    terminal.wait_for("config.toml:4: everywhere has no action stpe (did you mean step?)");
    terminal.until("\r", "F5");
    terminal.until("\x1b[15~", "✓ s1");
    assert!(!terminal.bytes().windows(8).any(|part| part == b"\x1b[?1000h"), "the mouse is the terminal's");
    assert!(terminal.quit());
}

#[test]
fn breakpoints_belong_to_the_goal_file_and_a_broken_file_of_them_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let goal = serde_json::json!({
        "version": 1, "goal": "Add it up", "wants": { "sum": "true" }, "context": { "numbers": [1, 2] },
        "tools": { "add_up": { "inputs": ["numbers"], "outputs": ["sum"], "run": { "jq": ".numbers | add" } } }
    });
    std::fs::write(folder.path().join("sum.json"), goal.to_string()).expect("it is written");
    let mut terminal = Terminal::in_folder(folder.path(), &["sum.json"]);
    terminal.wait_for("s1 add_up");
    terminal.press("b");
    terminal.wait_for("●○ s1 add_up");
    assert!(terminal.quit());
    // Another session on the same file has it, and stops there.
    let mut terminal = Terminal::in_folder(folder.path(), &["sum.json"]);
    terminal.wait_for("●○ s1 add_up");
    terminal.press("c");
    terminal.wait_for("breakpoint 1: before s1 add_up");
    assert!(terminal.quit());
    let file = folder.path().join("planscope/breakpoints.json");
    std::fs::write(&file, "{\"files\": 3}").expect("it is written");
    let mut terminal = Terminal::in_folder(folder.path(), &["sum.json"]);
    terminal.wait_for("no breakpoints are remembered");
    terminal.wait_for("s1 add_up");
    terminal.press("b");
    terminal.wait_for("●○ s1 add_up");
    assert!(terminal.quit());
    let kept = std::fs::read_to_string(file.with_extension("json.broken")).expect("what stood there is kept");
    assert_eq!(kept, "{\"files\": 3}");
    assert!(std::fs::read_to_string(&file).expect("it is written again").contains("step:s1"));
}

/// Records a session of so many injected values of a kilobyte in the file at `path`.
fn record_a_long_session(path: &std::path::Path, values: u32) {
    use planscope::engine::command::Command;
    use planscope::engine::event::Settings;
    use planscope::engine::value::Shared;
    use planscope::goal_file;
    use planscope::jq::Evaluator;
    use planscope::runtime::driver::{Driver, SessionFile};
    use planscope::runtime::services::Services;
    let goal = r#"{ "version": 1, "goal": "Count the parcels", "wants": { "sum": "true" }, "context": { "parcels": "" },
        "tools": { "count": { "description": "Count them", "inputs": ["parcels"], "outputs": ["sum"], "run": { "jq": "1" } } } }"#;
    let goal = goal_file::parse(goal, "goal.json", None).expect("a goal");
    let services = Services::new(Evaluator::in_thread());
    let file = SessionFile::File(path.to_owned());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(async {
        let mut driver = Driver::open(goal.into(), Settings::default(), file, services).expect("a session");
        for n in 0..values {
            let value = Shared::new(format!("{n}{}", "parcel ".repeat(150)).into());
            driver
                .submit(Command::Inject([("parcels".into(), Some(value))].into_iter().collect()))
                .expect("it is injected");
        }
    });
    runtime.shutdown_background();
}

#[test]
fn while_a_long_session_is_opened_its_end_is_seen_and_a_key_leaves() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("long.jsonl");
    record_a_long_session(&file, 5_000);
    let whole = std::fs::read(&file).expect("the session");
    assert!(whole.len() > 4 << 20, "{} bytes", whole.len());
    let mut terminal = Terminal::in_folder(folder.path(), &[]);
    terminal.until("o", "Enter open  Tab complete");
    terminal.until("long.jsonl\r", "opening long.jsonl");
    terminal.wait_for("Count the parcels");
    terminal.until("q", "you left it meanwhile");
    // The line in which its name was typed is there again.
    terminal.until("\x1b", "1… choose");
    assert!(terminal.quit());
    assert_eq!(std::fs::read(&file).expect("the session"), whole, "nothing was written to it");
    // On the command line there is nothing to go back to.
    let mut terminal = Terminal::in_folder(folder.path(), &["long.jsonl"]);
    terminal.wait_for("opening long.jsonl");
    terminal.press("q");
    assert!(terminal.wait_for_end());
    terminal.assert_restored();
}
