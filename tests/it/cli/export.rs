//! `planscope export`: what a recorded session looks like to the programs that it is written for.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::program::{Folder, TICKETS};

/// A session with a surprise, whose values hold what a page, a terminal or a table could take for its own.
fn recorded() -> Folder {
    let folder = Folder::new();
    folder.write("goal.json", TICKETS);
    let nasty = r#"load:tickets=[{"intent":"</script><b>x</b>\u001b[31m,\"q\"\u202e"}]"#;
    let ran = folder.run(&["run", "goal.json", "--session", "s.jsonl", "--inject", nasty]);
    assert!(ran.status == 0 || ran.status == 3, "{}", ran.err);
    folder
}

fn export(folder: &Folder, more: &[&str]) -> String {
    let ran = folder.run(&[&["export", "s.jsonl"], more].concat());
    assert_eq!(ran.status, 0, "{more:?}: {}", ran.err);
    ran.out
}

#[test]
fn the_page_holds_every_moment_and_nothing_of_a_session_becomes_a_part_of_it() {
    let folder = recorded();
    let page = export(&folder, &["--format", "html"]);
    assert_eq!((page.matches("</script>").count(), page.matches("<b>").count()), (2, 0));
    assert!(!page.contains(['\u{1b}', '\u{202e}']) && !page.contains("http://") && !page.contains("https://"));
    let data = page.split_once("id=\"moments\">").and_then(|(_, rest)| rest.split_once("</script>")).unwrap().0;
    let data: Value = serde_json::from_str(data).unwrap();
    let (_, run) = folder.json(&["replay", "s.jsonl"]);
    let (moments, trace) = (data["moments"].as_array().unwrap(), run["trace"].as_array().unwrap());
    assert_eq!(moments.len(), trace.len());
    let numbers = |list: &[Value], name: &str| list.iter().map(|one| one[name].as_u64().unwrap()).collect::<Vec<_>>();
    assert_eq!(numbers(moments, "event"), numbers(trace, "seq"));
    // What the moments add up to is the plan and the context as they are at the end.
    let mut plan: Vec<&Value> = Vec::new();
    for change in moments.iter().filter_map(|moment| moment.get("plan")) {
        let [from, gone] = [0, 1].map(|at| change[at].as_u64().unwrap() as usize);
        plan.splice(from..from + gone, change[2].as_array().unwrap());
    }
    let steps = |plan: &[&Value]| plan.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(steps(&plan), steps(&run["plan"].as_array().unwrap().iter().collect::<Vec<_>>()));
    assert!(plan.iter().all(|row| row["word"] == "done"), "{plan:?}");
    assert!(moments.iter().filter(|moment| moment.get("plan").is_some()).count() > plan.len());
    let mut context = std::collections::BTreeMap::new();
    for entry in moments.iter().flat_map(|moment| moment["context"].as_array().unwrap()) {
        let key = entry["key"].as_str().unwrap();
        match entry["value"].as_u64() {
            Some(at) => drop(context.insert(key, data["values"][at as usize].as_str().unwrap())),
            None => drop(context.remove(key)),
        }
    }
    let keys: Vec<&str> = run["context"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(context.keys().copied().collect::<std::collections::BTreeSet<_>>(), keys.into_iter().collect());
    assert_eq!(serde_json::from_str::<Value>(context["counts"]).unwrap(), run["context"]["counts"]);
}

/// What a terminal of 100 × 30 shows after the bytes of the recording.
fn played(cast: &str) -> (vt100::Parser, usize) {
    let [thirty, hundred] = [30, 100].map(|n| std::num::NonZero::new(n).unwrap());
    let mut terminal = vt100::Parser::new(thirty, hundred, 0);
    let mut last = 0.0;
    let mut frames = 0;
    for line in cast.lines().skip(1) {
        let event: Value = serde_json::from_str(line).unwrap();
        let at = event[0].as_f64().unwrap();
        assert!(at >= last, "time goes backwards: {line}");
        last = at;
        if event[1] == "o" {
            frames += 1;
            terminal.process(event[2].as_str().unwrap().as_bytes());
        }
    }
    (terminal, frames)
}

#[test]
fn the_recording_plays_to_the_same_last_screen_as_the_picture_and_is_the_same_each_time() {
    let folder = recorded();
    let size = ["--size", "100x30"];
    let cast = export(&folder, &[&["--format", "asciicast"][..], &size].concat());
    let header: Value = serde_json::from_str(cast.lines().next().unwrap()).unwrap();
    assert_eq!((&header["version"], &header["width"], &header["height"]), (&2.into(), &100.into(), &30.into()));
    let (terminal, frames) = played(&cast);
    assert!(frames > 5, "{frames} frames");
    let text = terminal.screen().contents();
    assert!(text.contains("Plan") && text.contains("goal reached"), "{text}");
    assert_eq!(cast, export(&folder, &[&["--format", "asciicast"][..], &size].concat()));
    let picture = export(&folder, &[&["--format", "svg"][..], &size].concat());
    let picture = picture.replace('\u{a0}', " ");
    for words in ["Plan", "Context", "goal reached"] {
        assert!(picture.contains(words), "{words}");
    }
    let light = export(&folder, &[&["--format", "svg", "--theme", "light"][..], &size].concat());
    assert!(picture != light && light.contains("#ffffff"));
    let plan = export(&folder, &[&["--format", "svg", "--screen", "plan"][..], &size].concat());
    assert!(!plan.contains("Context"), "the plan alone");
}

#[test]
fn every_format_is_written_and_a_file_whole_or_not_at_all() {
    let folder = recorded();
    let csv = export(&folder, &["--format", "csv"]);
    let (_, run) = folder.json(&["replay", "s.jsonl"]);
    assert!(csv.starts_with("event,at,who,what,result,marks,wrote,depth\r\n"));
    assert_eq!(csv.matches("\r\n").count(), run["trace"].as_array().unwrap().len() + 1, "a line an event");
    assert!(export(&folder, &["--format", "markdown"]).starts_with('#'));
    let flowchart = export(&folder, &["--format", "mermaid"]);
    assert!(flowchart.starts_with("flowchart") && flowchart.contains("[\"✓ s1 load"), "{flowchart}");
    let graph = export(&folder, &["--format", "dot"]);
    assert!(graph.starts_with("digraph") && graph.contains("label=\"✓ s1 load"), "{graph}");
    for drawn in [flowchart, graph] {
        assert!(!drawn.lines().any(|line| line.contains("start -") && line.contains("goal")), "it ran: {drawn}");
    }
    assert!(serde_json::from_str::<Value>(&export(&folder, &["--format", "json"])).is_ok());
    assert!(export(&folder, &["--format", "html", "--out", "page.html"]).is_empty());
    let ran = folder.run(&["export", "s.jsonl", "--format", "csv", "--out", "page.html"]);
    assert!(ran.status == 1 && ran.err.contains("page.html exists already"), "{}", ran.err);
    for wrong in [&["--size", "big"][..], &["--pace", "0s"], &["--to", "9999"]] {
        let ran = folder.run(&[&["export", "s.jsonl", "--format", "svg"], wrong].concat());
        assert_eq!(ran.status, 2, "{wrong:?}: {}", ran.err);
    }
}

/// Chromium, where it is installed.
fn chromium() -> Option<&'static str> {
    ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| Command::new(name).arg("--version").output().is_ok_and(|out| out.status.success()))
}

#[test]
fn a_browser_steps_through_the_page() {
    let Some(browser) = chromium() else {
        eprintln!("skipped: no Chromium on this machine to open the page in");
        return;
    };
    let folder = recorded();
    let page = export(&folder, &["--format", "html"]);
    let shown = |keys: &str| {
        // The page's own keys are pressed, and what stands in it then is read.
        let press = format!(
            "for (const key of {keys}) document.dispatchEvent(new KeyboardEvent(\"keydown\", {{ key, bubbles: true }}));"
        );
        let pressed = page.replacen("show();\n</script>", &format!("show();\n{press}\n</script>"), 1);
        assert_ne!(pressed, page, "the page ends otherwise");
        let path = folder.path("page.html");
        std::fs::write(&path, pressed).unwrap();
        let out = Command::new(browser)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=2000", "--dump-dom"])
            .arg(format!("--user-data-dir={}", folder.path("profile").display()))
            .arg(format!("file://{}", path.display()))
            .output()
            .unwrap();
        String::from_utf8_lossy(&out.stdout).into_owned()
    };
    let first = shown("[]");
    assert!(first.contains("moment 1 of "), "{first}");
    let last = shown("[\"End\"]");
    assert!(last.contains("goal reached") && !last.contains("moment 1 of "), "{last}");
    assert!(shown("[\"End\", \"ArrowLeft\", \" \", \"Home\", \"ArrowRight\"]").contains("moment 2 of "));
    assert!(!Path::new("page.html").exists());
}

#[test]
fn the_moving_picture_of_the_readme_is_a_session_of_the_program() {
    let folder = Folder::new();
    let scenario = ["--scenario", "Late tickets arrive", "--session", "s.jsonl"];
    let ran = folder.run(&[&["run", "customer_support_report"][..], &scenario].concat());
    assert_eq!(ran.status, 0, "{}", ran.err);
    let drawn = export(&folder, &["--format", "moving-svg", "--size", "80x24"]);
    assert_eq!(drawn, export(&folder, &["--format", "moving-svg", "--size", "80x24"]), "the same each time");
    assert!(drawn.contains("@keyframes") && drawn.contains("prefers-reduced-motion") && drawn.ends_with("</svg>\n"));
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/tour.svg");
    if std::env::var_os("UPDATE_PICTURES").is_some() {
        std::fs::write(file, &drawn).expect("writes the picture");
    }
    assert!(drawn.len() < 200_000, "{} bytes are much for a picture of a README", drawn.len());
    let kept = std::fs::read_to_string(file).unwrap_or_default().replace("\r\n", "\n");
    assert!(kept == drawn, "UPDATE_PICTURES=1 cargo test --test it moving_picture draws assets/tour.svg as it is now");
}

#[test]
fn every_format_of_the_table_that_writes_a_session_or_a_plan_is_offered() {
    let help = recorded().run(&["export", "--help"]).out;
    let sessions = planscope::export::of_sessions().map(|(format, _)| format);
    let formats: Vec<_> = sessions.chain(planscope::export::of_plans().map(|(format, _)| format)).collect();
    assert!(formats.len() > 3);
    for format in formats {
        let words = help.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(&format!("- {}: {}", format.name, format.help)), "{} is not in\n{help}", format.name);
    }
}

/// Runs a program on what was exported as `format`; none, said aloud, where it is not installed.
fn opened(folder: &Folder, format: &str, program: &str, arguments: &[&str]) -> Option<Vec<u8>> {
    let text = export(folder, &["--format", format, "--size", "100x30"]);
    folder.write("exported", text);
    let ran = Command::new(program).args(arguments).arg(folder.path("exported")).env("HOME", folder.path("")).output();
    let Ok(ran) = ran else {
        eprintln!("skipped: {program} is not on this machine to open the {format} with");
        return None;
    };
    assert!(ran.status.success(), "{program}: {}", String::from_utf8_lossy(&ran.stderr));
    Some(ran.stdout)
}

#[test]
fn asciinema_and_graphviz_open_what_is_for_them() {
    let folder = recorded();
    if let Some(shown) = opened(&folder, "asciicast", "asciinema", &["cat"]) {
        let [thirty, hundred] = [30, 100].map(|n| std::num::NonZero::new(n).unwrap());
        let mut terminal = vt100::Parser::new(thirty, hundred, 0);
        terminal.process(&shown);
        assert!(terminal.screen().contents().contains("goal reached"), "{}", terminal.screen().contents());
    }
    // A plan with steps left, as it was after its first event that has one.
    let plan = folder.run(&["plan", "goal.json", "--format", "dot"]);
    folder.write("plan.dot", plan.out);
    let drawn = Command::new("dot").args(["-Tsvg"]).arg(folder.path("plan.dot")).output();
    match drawn {
        Ok(drawn) => {
            let svg = String::from_utf8_lossy(&drawn.stdout).into_owned();
            assert!(drawn.status.success() && svg.contains("load") && svg.contains("</svg>"), "{svg}");
        }
        Err(_) => eprintln!("skipped: dot is not on this machine to draw the plan with"),
    }
}

#[test]
fn mermaid_draws_the_flowchart_in_a_browser() {
    // The script of mermaid, from its npm package (dist/mermaid.min.js): it is not a part of this repository.
    let Some((script, browser)) = std::env::var_os("PLANSCOPE_MERMAID").zip(chromium()) else {
        eprintln!(
            "skipped: PLANSCOPE_MERMAID names no dist/mermaid.min.js, or there is no Chromium to draw the plan with"
        );
        return;
    };
    let folder = recorded();
    let plan = folder.run(&["plan", "goal.json", "--format", "mermaid"]).out;
    let page = format!(
        "<!DOCTYPE html><pre class=\"mermaid\">{}</pre><script src=\"{}\"></script><script>mermaid.run()</script>",
        plan.replace('&', "&amp;").replace('<', "&lt;"),
        Path::new(&script).display()
    );
    let path = folder.write("page.html", page);
    let out = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=10000", "--dump-dom"])
        .arg("--allow-file-access-from-files")
        .arg(format!("--user-data-dir={}", folder.path("profile").display()))
        .arg(format!("file://{}", path.display()))
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&out.stdout);
    assert!(dom.contains("<svg") && dom.contains("flowchart") && !dom.contains("Syntax error"), "{dom}");
}
