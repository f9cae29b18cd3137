//! A variable that is handed on stands nowhere afterwards: not in the session, the output, the exports or the errors.

use serde_json::{Value, json};

use super::goal;
use crate::support::program::Folder;

const TOKEN: &str = "tok/en+with \"quotes\" 1234";

/// Runs the script with `API_TOKEN` and returns everything that was written anywhere.
fn everything(folder: &Folder, script: &str, stdout: &str) -> String {
    folder.write("goal.json", goal(script, json!({ "env": ["API_TOKEN"], "stdout": stdout })).to_string());
    let _ = std::fs::remove_file(folder.path("s.jsonl"));
    let arguments = ["run", "goal.json", "--trust", "--approve", "all", "--session", "s.jsonl"];
    let mut written = String::new();
    for more in [&[][..], &["--format", "json"], &["--format", "jsonl"]] {
        let _ = std::fs::remove_file(folder.path("s.jsonl"));
        let mut command = folder.command(&[&arguments[..], more].concat());
        let output = command.env("API_TOKEN", TOKEN).env("PLANSCOPE_LOG", "trace").output().unwrap();
        written += &String::from_utf8(output.stdout).unwrap();
        written += &String::from_utf8(output.stderr).unwrap();
    }
    for arguments in [&["replay", "s.jsonl", "--format", "json"][..], &["evidence", "s.jsonl", "--format", "markdown"]]
    {
        let ran = folder.run(arguments);
        written += &(ran.out + &ran.err);
    }
    written += &std::fs::read_to_string(folder.path("s.jsonl")).unwrap();
    written + &std::fs::read_to_string(folder.path("state/planscope/planscope.log")).unwrap_or_default()
}

#[test]
fn a_secret_that_a_program_prints_is_cut_wherever_it_goes() {
    let folder = Folder::new();
    let json = Value::from(TOKEN).to_string();
    for (script, stdout) in [
        ("printf '%s' \"$API_TOKEN\"", "text"),
        ("printf '%s' \"$API_TOKEN\" | base64", "text"),
        ("printf 'user:%s;' \"$API_TOKEN\" | base64 | tr -d '\\n'", "text"),
        // Seams: a second piece, and a third.
        (
            "printf 'tok/en+w' >&2; sleep 0.1; printf 'ith \"quo' >&2; sleep 0.1; printf 'tes\" 1234\\n' >&2; exit 1",
            "text",
        ),
        ("printf '%s\\n' \"$API_TOKEN\"; exit 0", "json"),
        ("cat > /dev/null; printf '{\"a\": [\"%s\"], \"%s\": 1}' \"$ESCAPED\" \"$ESCAPED\"", "json"),
        ("yes \"$API_TOKEN\" | head -n 3000 >&2; exit 2", "json"),
    ] {
        let script = format!("ESCAPED='{}'; {script}", json.trim_matches('"').replace('\'', ""));
        let shown = everything(&folder, &script.replace(TOKEN, ""), stdout);
        assert!(shown.contains("«secret:API_TOKEN»"), "{script}: {shown}");
        for form in [TOKEN, "tok/en+w\n", "dG9rL2VuK3dpdGgg", "b2svZW4rd2l0aCAi", "ay9lbit3aXRoICJx"] {
            assert!(!shown.contains(form), "{script}: {form} in {shown}");
        }
    }
}

#[test]
fn tokens_are_known_by_their_shape_and_ids_stay() {
    let folder = Folder::new();
    let id = "9f1c2aa0d3b4c5e6f708192a3b4c5d6e7f809102 123e4567-e89b-12d3-a456-426614174000";
    let script = format!("echo {id} ghp_abcdefghijklmnopqrstuvwxyz0123456789");
    let shown = everything(&folder, &format!("{} | sed s/ghq_/ghp_/", script.replace("ghp_", "ghq_")), "text");
    assert!(shown.contains(&format!("{id} «secret:github token»")), "{shown}");
    assert!(!shown.contains("ghp_abcdef"), "{shown}");
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_a_session_and_what_is_trusted() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    folder.write("goal.json", goal("echo 1", json!({})).to_string());
    assert_eq!(folder.run(&["trust", "goal.json"]).status, 0);
    assert_eq!(folder.run(&["run", "goal.json", "--approve", "all", "--session", "s.jsonl"]).status, 0);
    let trusted = std::fs::read_dir(folder.path("state/planscope/trust")).unwrap().map(|file| file.unwrap().path());
    for file in trusted.chain([folder.path("s.jsonl")]) {
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.display());
    }
}
