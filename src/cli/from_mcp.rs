//! `planscope new --from-mcp`: a goal file with a contract for each tool that MCP servers offer.

use std::io::Write;
use std::path::Path;

use serde_json::json;

use crate::describe::launch;
use crate::describe::reproduce::quoted;
use crate::describe::sanitize::harmless;
use crate::describe::text::count;
use crate::goal_file;
use crate::jq::Cancel;
use crate::runtime::offered;

use super::exit::{Exit, Failure};
use super::new::create;

/// Asks the servers that `what` names for their tools and writes the goal file `name`. A command line that somebody typed
/// may be run; what a file says is run only where he says so, too.
pub(super) fn from_mcp(what: &str, name: Option<&Path>, trusted: bool, out: &mut impl Write) -> Result<Exit, Failure> {
    let named = offered::named(what)?;
    let folder = name.and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    let text = json!({ "version": 1, "goal": "List tools", "servers": named.servers }).to_string();
    let goal = goal_file::parse(&text, what, folder.to_str()).map_err(|faults| Failure::input(faults.to_string()))?;
    for why in &named.left_out {
        writeln!(out, "left out {}", harmless(why))?;
    }
    if Path::new(what).is_file() && !trusted {
        let about = launch::Named::default();
        for (role, indent, words) in launch::in_full(&goal, &about) {
            writeln!(out, "{}{} {}", "  ".repeat(indent), role.glyph(), harmless(&words))?;
        }
        writeln!(out, "\nnothing was started: the same with --trust starts these servers and asks for their tools")?;
        return Ok(Exit::Asks);
    }
    writeln!(out, "asking {} for their tools …", count(goal.servers.len(), "server"))?;
    out.flush()?;
    let folder = goal.folder.clone().unwrap_or_else(|| ".".into());
    let mut offers = Vec::new();
    let mut silent = Vec::new();
    for (server, asked) in offered::list(&goal.servers, &folder, &Cancel::new()) {
        match asked {
            Ok(tools) => offers.push((server, tools)),
            Err(why) => silent.push(format!("{server}: {why}")),
        }
    }
    if offers.is_empty() {
        return Err(Failure::input(format!("no server says what it offers. {}", silent.join(". "))));
    }
    for why in silent {
        writeln!(out, "left out {}", harmless(&why))?;
    }
    let servers = named.servers.into_iter().filter(|(name, _)| offers.iter().any(|(of, _)| **of == **name)).collect();
    let draft = offered::draft(&servers, &offers)?;
    let path = create(name.unwrap_or(Path::new("goal.json")), &draft.text, out)?;
    writeln!(out, "{} of {}", count(draft.tools, "tool"), count(offers.len(), "server"))?;
    if draft.read_only > 0 {
        let do_not = if draft.read_only == 1 { "says that it changes" } else { "say that they change" };
        writeln!(out, "{} {do_not} nothing: risk low, so they do not ask; check that", draft.read_only)?;
    }
    if draft.guessed > 0 {
        let have = if draft.guessed == 1 { "has" } else { "have" };
        writeln!(out, "{} {have} outputs that are guessed: no server says what they give", draft.guessed)?;
    }
    if !draft.handed_on.is_empty() {
        let names = harmless(&draft.handed_on.join(", ")).into_owned();
        writeln!(out, "not written down, but handed on from your environment: {names}")?;
    }
    let shown = quoted(&harmless(&path.display().to_string()));
    writeln!(out, "say in it what you want, then open it with: planscope {shown}")?;
    Ok(Exit::Done)
}
