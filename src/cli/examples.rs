//! An example for each command, at the end of its `--help` and on its manual page.

use clap::{Command, CommandFactory as _};

use super::args::Line;

/// Each command with lines that a person may copy; `goal.json` and `session.jsonl` are files of theirs.
const EXAMPLES: &[(&[&str], &str)] = &[
    (
        &[],
        "planscope                              the start screen\n  planscope goal.json                    a session on the dashboard\n  planscope goal.json --present          the same before an audience",
    ),
    (&["run"], "planscope run goal.json --inject 'load:tickets=[]' --format json"),
    (&["plan"], "planscope plan goal.json --format mermaid"),
    (&["compare"], "planscope compare goal.json --lane react --lane plan-and-execute:never"),
    (&["stress"], "planscope stress goal.json"),
    (&["shrink"], "planscope shrink session.jsonl --out report.json"),
    (&["config"], "planscope config --path"),
    (&["check"], "planscope check goal.json --plan plan.json"),
    (&["replay"], "planscope replay session.jsonl --to 12"),
    (&["evidence"], "planscope evidence session.jsonl --format markdown --out card.md"),
    (&["export"], "planscope export session.jsonl --format html --out session.html"),
    (&["diff"], "planscope diff yesterday.jsonl today.jsonl\n  planscope diff session.jsonl@12 session.jsonl"),
    (&["when"], "planscope when session.jsonl '.counts.refund > 3'"),
    (&["resume"], "planscope resume session.jsonl"),
    (
        &["notes"],
        "planscope notes                          in the second terminal\n  planscope notes goal.json                the whole script, to read before",
    ),
    (&["trust"], "planscope trust goal.json"),
    (
        &["new"],
        "planscope new --from-session session.jsonl --out report.json\n  planscope new --from-mcp \"uvx mcp-server-time\" time.json\n  planscope new --from-mcp ~/.claude.json --trust mine.json",
    ),
    (&["samples"], "planscope samples"),
    (&["sessions"], "planscope sessions --format json"),
    (&["schema"], "planscope schema > goal.schema.json"),
    (&["protocol"], "planscope protocol check -- python3 planner.py"),
    (&["protocol", "check"], "planscope protocol check -- python3 planner.py"),
    (&["protocol", "schema"], "planscope protocol schema > protocol.schema.json"),
    (&["man"], "planscope man --folder ~/.local/share/man/man1"),
    (&["completions"], "planscope completions bash > ~/.local/share/bash-completion/completions/planscope"),
];

/// Returns the command line with an example at the end of each help.
pub(super) fn command() -> Command {
    EXAMPLES.iter().fold(Line::command(), |line, (path, example)| with(line, path, example))
}

fn with(command: Command, path: &[&str], example: &str) -> Command {
    if let Some((first, rest)) = path.split_first() {
        return command.mut_subcommand(first, |sub| with(sub, rest, example));
    }
    let example = format!("Example:\n  {example}");
    let long = command.get_after_long_help().map(|long| format!("{long}\n\n{example}"));
    let command = command.after_help(example);
    match long {
        Some(long) => command.after_long_help(long),
        None => command,
    }
}
