//! Real programs that play every fault: each is a sentence in the trace, leaves nothing behind, and the session goes on.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{fails, goal, made, run, wait_until, why};
use crate::support::program::Folder;

#[test]
fn inputs_come_as_json_and_the_result_is_json_or_a_text() {
    assert_eq!(made("cat", json!({})), json!({ "word": "one" }));
    assert_eq!(made("cat", json!({ "stdin": "none", "stdout": "text" })), json!(""));
    assert_eq!(made("printf 'a\\033[31mb\\n'", json!({ "stdout": "text" })), json!("a\u{1b}[31mb\n"));
    assert_eq!(made("pwd | tail -c 5", json!({ "stdout": "text", "cwd": "." })).as_str().map(str::len), Some(5));
}

#[test]
fn what_jq_fills_in_is_one_argument_and_no_shell_reads_it() {
    let folder = Folder::new();
    let mut goal = goal("", json!({ "stdout": "text" }));
    goal["context"]["word"] = json!("a b; touch pwned; $(touch pwned) \"'\n*");
    goal["tools"]["make"]["run"]["command"]["argv"] = json!(["sh", "-c", "printf '%s|' \"$@\"", "name", { "jq": ".word" }, { "jq": ".word | length" }, { "jq": "true" }]);
    let document = run(&folder, &goal);
    assert_eq!(document["context"]["out"], json!("a b; touch pwned; $(touch pwned) \"'\n*|37|true|"));
    assert!(!folder.path("pwned").exists());
    for (filter, says) in [
        (".missing", "gives null, and an argument is a text, a number or a boolean"),
        ("[.word]", "gives an array"),
        ("\"a\\u0000b\"", "holds the character U+0000"),
        ("error(\"no\")", "has no value: no"),
        ("empty", "has no value"),
    ] {
        goal["tools"]["make"]["run"]["command"]["argv"] = json!(["touch", "ran", { "jq": filter }]);
        let error = why(&run(&folder, &goal));
        assert!(error.starts_with("argument 2 of its command (") && error.contains(says), "{filter}: {error}");
        assert!(!folder.path("ran").exists(), "{filter}");
    }
}

#[test]
fn of_the_environment_only_what_is_named_is_handed_over() {
    let folder = Folder::new();
    let with = json!({ "stdout": "text", "env": { "PLAIN": "as written", "API_TOKEN": true } });
    folder.write("goal.json", goal("env", with).to_string());
    let mut command = folder.command(&["run", "goal.json", "--trust", "--approve", "all", "--format", "json"]);
    let output =
        command.env("API_TOKEN", "hand-me-on").env("OTHER_KEY", "keep-me").env("LC_TIME", "C").output().unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let env = document["context"]["out"].as_str().unwrap();
    let names: Vec<&str> = env.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    for name in ["PATH", "HOME", "TERM", "LC_TIME", "PLAIN", "API_TOKEN"] {
        assert!(names.contains(&name), "{name}: {env}");
    }
    assert!(env.contains("PLAIN=as written") && env.contains("TERM=dumb"), "{env}");
    assert!(!env.contains("OTHER_KEY") && !env.contains("keep-me") && !env.contains("XDG_STATE_HOME"), "{env}");
    let missing = fails("true", json!({ "env": ["NOT_SET_ANYWHERE"] }));
    assert!(missing.contains("hands the variable NOT_SET_ANYWHERE on, and it is not set"), "{missing}");
}

#[test]
fn a_program_that_goes_wrong_says_how_in_words() {
    let folder = Folder::new();
    folder.write("plain.txt", "not a program");
    let started = |program: &str| {
        let mut goal = goal("", json!({}));
        goal["tools"]["make"]["run"]["command"]["argv"] = json!([program]);
        why(&run(&folder, &goal))
    };
    let says = started("no-such-program-anywhere");
    assert_eq!(says, "no-such-program-anywhere cannot be started: no folder of PATH has a program of this name");
    assert!(started("./nothing").contains("there is no such program"), "{}", started("./nothing"));
    assert!(started("./plain.txt").contains("it may not be run (chmod +x"), "{}", started("./plain.txt"));
    let says = fails("echo one >&2; echo two >&2; exit 3", json!({}));
    assert_eq!(says, "sh ended with status 3: two (before that: one)");
    assert_eq!(fails("kill -9 $$", json!({})), "sh was ended by signal 9 (SIGKILL)");
    let says = fails("printf '\\377\\376'", json!({ "stdout": "text" }));
    assert_eq!(says, "sh wrote what is not UTF-8 text: see byte 1");
    assert!(fails("echo '{'", json!({})).contains("sh wrote what is not JSON"));
    assert!(fails("true", json!({})).contains("sh wrote nothing, and its output is to be JSON"));
    let says = fails("pwd", json!({ "cwd": "nowhere" }));
    assert!(says.contains("nowhere: there is no such folder"), "{says}");
}

#[test]
fn exit_status_signal_and_stderr_are_kept_as_facts() {
    let document = run(&Folder::new(), &goal("echo hm >&2; exit 3", json!({})));
    let event = document["trace"].as_array().unwrap().iter().find(|event| event["kind"] == "failed").unwrap();
    assert_eq!(event["ran"]["status"], 3);
    assert_eq!(event["ran"]["stderr"], "hm");
    assert_eq!(event["ran"]["argv"], json!(["sh", "-c", "echo hm >&2; exit 3"]));
    let document = run(&Folder::new(), &goal("echo fine >&2; echo 1", json!({})));
    let event = document["trace"].as_array().unwrap().iter().find(|event| event["kind"] == "finished").unwrap();
    assert_eq!((&event["ran"]["status"], &event["ran"]["stderr"]), (&json!(0), &json!("fine")));
}

#[test]
fn a_flood_is_stopped_at_its_bound_and_of_stderr_the_end_is_kept() {
    let says = fails("yes", json!({ "stdout": "text" }));
    assert!(says.starts_with("sh wrote more than 1048576 bytes to its output and was ended"), "{says}");
    let says = fails("exec yes a long line", json!({ "max_output": 10 }));
    assert!(says.contains("more than 10 bytes"), "{says}");
    let document =
        run(&Folder::new(), &goal("yes a line of it | head -n 200000 >&2; echo last >&2; echo 1", json!({})));
    let event = document["trace"].as_array().unwrap().iter().find(|event| event["kind"] == "finished").unwrap();
    let stderr = event["ran"]["stderr"].as_str().unwrap();
    assert!(stderr.len() <= 4096 && stderr.ends_with("a line of it\nlast"), "{}", stderr.len());
}

#[test]
fn neither_big_inputs_nor_big_outputs_block_each_other() {
    let mut big = goal("cat; cat >&2", json!({ "max_output": 20_000_000 }));
    big["context"]["word"] = json!("x".repeat(5_000_000));
    let folder = Folder::new();
    assert_eq!(run(&folder, &big)["context"]["out"]["word"].as_str().map(str::len), Some(5_000_000));
    // One that does not read what it is given is not in the wrong.
    big["tools"]["make"]["run"]["command"]["argv"] = json!(["sh", "-c", "exec <&-; echo 1"]);
    assert_eq!(run(&folder, &big)["context"]["out"], 1);
}

#[cfg(target_os = "linux")]
mod what_is_left {
    use super::super::lives;
    use super::*;

    fn timed(script: &str, timeout: &str) -> Value {
        let mut goal = goal(script, json!({}));
        goal["tools"]["make"]["timeout"] = json!(timeout);
        goal
    }

    #[test]
    fn one_that_hears_nothing_is_killed_with_all_that_it_started() {
        for script in [
            "trap '' TERM; echo $$ > leader; (trap '' TERM; sh -c 'echo $$ > child; while :; do sleep 1; done') & while :; do sleep 1; done",
            // It closes its output, so that nothing is left to listen to.
            "trap '' TERM; exec >&- 2>&-; echo $$ > leader; (sh -c 'echo $$ > child; exec sleep 100') & wait; while :; do sleep 1; done",
            // With job control, its child has a group of its own.
            "set -m; echo $$ > leader; sh -c 'echo $$ > child; trap \"\" TERM; while :; do sleep 1; done' & wait",
        ] {
            let folder = Folder::new();
            let error = why(&run(&folder, &timed(script, "500ms")));
            assert!(error.contains("took longer than 500ms and was ended"), "{error}");
            let closes = script.contains(">&-");
            assert_eq!(error.contains("sh closed its output, and then took"), closes, "{error}");
            assert!(folder.path("child").exists(), "{script}");
            wait_until("nothing of it is left", || !lives(&folder, "leader") && !lives(&folder, "child"));
        }
    }

    #[test]
    fn what_a_program_leaves_running_is_ended_with_it_and_its_result_is_kept() {
        let folder = Folder::new();
        let script = "sh -c 'echo $$ > child; exec sleep 100' & while ! test -s child; do :; done; echo 7";
        let started = Instant::now();
        assert_eq!(run(&folder, &goal(script, json!({})))["context"]["out"], 7);
        assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
        wait_until("the child is gone", || !lives(&folder, "child"));
    }

    /// Starts a run whose program waits for ever, and returns it once the program and its child are there.
    fn waiting(folder: &Folder) -> std::process::Child {
        let script = "trap '' TERM; echo started >> log; echo $$ > leader; \
                      sh -c 'trap \"\" TERM; echo $$ > child; while :; do sleep 1; done' & while :; do sleep 1; done";
        folder.write("goal.json", goal(script, json!({})).to_string());
        let arguments = ["run", "goal.json", "--trust", "--approve", "all", "--session", "s.jsonl"];
        let running = folder.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        wait_until("both are there", || lives(folder, "leader") && lives(folder, "child"));
        running
    }

    #[test]
    fn killed_at_any_moment_no_child_survives_and_what_ran_waits_for_a_person() {
        let folder = Folder::new();
        let mut running = waiting(&folder);
        running.kill().unwrap();
        running.wait().unwrap();
        wait_until("nothing is left of it", || !lives(&folder, "leader") && !lives(&folder, "child"));
        // Also with everything allowed, it does not run a second time by itself.
        let ran = folder.run(&["run", "--session", "s.jsonl", "--trust", "--approve", "all"]);
        assert_eq!(ran.status, 4, "{} {}", ran.out, ran.err);
        assert!(ran.out.contains("nobody knows how s1 make went"), "{}", ran.out);
        assert_eq!(std::fs::read_to_string(folder.path("log")).unwrap(), "started\n");
    }

    #[test]
    fn stopped_by_hand_the_program_ends_too() {
        let folder = Folder::new();
        let mut running = waiting(&folder);
        let pid = rustix::process::Pid::from_child(&running);
        rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
        running.wait().unwrap();
        wait_until("nothing is left of it", || !lives(&folder, "leader") && !lives(&folder, "child"));
    }
}
