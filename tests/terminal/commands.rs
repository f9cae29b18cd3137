//! Programs under a dashboard: they have no terminal, say how far they are, and end with it.

use std::path::Path;

use crate::harness::Terminal;

/// Tells whether the process with the number in the file `name` is there, and is no zombie.
#[cfg(target_os = "linux")]
fn lives(folder: &Path, name: &str) -> bool {
    let pid = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

#[cfg(target_os = "linux")]
#[test]
fn a_program_has_no_terminal_is_heard_while_it_runs_and_ends_when_the_dashboard_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let goal = r#"{
        "version": 1, "goal": "Look around", "wants": { "found": "true" },
        "tools": { "look": { "outputs": ["found"], "run": { "command": { "argv": ["sh", "look.sh"] } } } }
    }"#;
    let script = "(: < /dev/tty) 2> /dev/null && echo it has a terminal >&2 || echo there is none >&2\n\
                  trap '' TERM HUP\n\
                  echo $$ > leader\n\
                  sh -c 'trap \"\" TERM HUP; echo $$ > child; while :; do sleep 1; done' &\n\
                  while :; do sleep 1; done\n";
    std::fs::write(folder.path().join("goal.json"), goal).expect("the goal file");
    std::fs::write(folder.path().join("look.sh"), script).expect("the script");
    for ends in ["by hand", "by a kill", "by quitting"] {
        for name in ["leader", "child"] {
            let _ = std::fs::remove_file(folder.path().join(name));
        }
        let mut typed = Terminal::in_folder(folder.path(), &["goal.json"]);
        typed.wait_for("only look writes found");
        if ends == "by hand" {
            typed.until(" ", "Do you trust this goal file?");
            std::thread::sleep(std::time::Duration::from_millis(400));
            typed.until("y", "May it run?");
        } else {
            typed.until(" ", "May it run?"); // the same file was trusted before
        }
        std::thread::sleep(std::time::Duration::from_millis(400));
        typed.until("y", "there is none");
        typed.wait_until("both run", |_| lives(folder.path(), "leader") && lives(folder.path(), "child"));
        match ends {
            "by hand" => {
                typed.until("\x1b", "look stopped");
                typed
                    .wait_until("both are gone", |_| !lives(folder.path(), "leader") && !lives(folder.path(), "child"));
                assert!(typed.quit());
            }
            "by a kill" => typed.kill(),
            _ => assert!(typed.quit()),
        }
        let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while lives(folder.path(), "leader") || lives(folder.path(), "child") {
            assert!(std::time::Instant::now() < until, "a child survives what ends {ends}");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }
}
