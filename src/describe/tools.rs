//! The tools on offer: which of them the plan uses, and why the others were not chosen.

use std::sync::Arc;

use super::sanitize;
use super::text::{clip, count};
use crate::engine::event::{Proposal, Seq};
use crate::engine::goal::{Key, Risk, Tool, ToolName};
use crate::engine::state::State;
use crate::engine::value::Value;

use super::launch;
use super::page::Page;
use super::sign::Role;
use super::step;

/// What the MCP servers of a goal offer, as far as they were asked.
#[derive(Clone, Debug, Default)]
pub enum Listing {
    /// Nobody asked them.
    #[default]
    NotAsked,
    /// They were asked and have not all answered.
    Asked,
    /// What each of them said.
    Came(Vec<Listed>),
}

/// A server, with what it offers, or a sentence that says why it does not say so.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its name in the goal file.
    pub server: Arc<str>,
    /// How many tools it offers, and those that the goal file does not declare.
    pub offers: Result<(usize, Vec<Undeclared>), String>,
}

/// A tool that a server offers and that the goal file does not declare.
#[derive(Clone, Debug)]
pub struct Undeclared {
    /// Its name there.
    pub name: String,
    /// What it does, in the server's words.
    pub description: String,
    /// How a goal file declares it: `"name": {…}`, an entry of `tools`.
    pub declaration: String,
}

impl Listing {
    /// Returns the undeclared tools of every server, in order.
    pub fn undeclared(&self) -> impl Iterator<Item = &Undeclared> {
        let all: &[Listed] = if let Listing::Came(all) = self { all } else { &[] };
        all.iter().filter_map(|listed| listed.offers.as_ref().ok()).flat_map(|(_, undeclared)| undeclared)
    }
}

/// Adds to `page` what the servers of the goal offer, the undeclared tool number `at` marked; returns the row of each.
pub fn servers(page: &mut Page, state: &State, listing: &Listing, at: usize) -> Vec<usize> {
    let mut rows = Vec::new();
    if state.goal.servers.is_empty() {
        return rows;
    }
    let names: Vec<&str> = state.goal.servers.keys().map(|name| &**name).collect();
    page.heading(format!("{}: {}", count(names.len(), "MCP server"), names.join(", ")));
    let listed = match listing {
        Listing::NotAsked => {
            let words = "\x01list_servers\x02 starts them once more and asks what else they offer";
            page.add(Role::Pending, 0, words);
            return rows;
        }
        Listing::Asked => {
            page.add(Role::Current, 0, "asked what they offer …");
            return rows;
        }
        Listing::Came(listed) => listed,
    };
    for Listed { server, offers } in listed {
        let (all, undeclared) = match offers {
            Ok((all, undeclared)) => (all, undeclared),
            Err(why) => {
                page.add(Role::Failed, 0, format!("{server} does not say what it offers: {why}"));
                continue;
            }
        };
        let rest = match undeclared.len() {
            0 => "all of them declared here".to_owned(),
            some => format!("{some} of them not declared here:"),
        };
        page.add(Role::Kept, 0, format!("{server} offers {}, {rest}", count(*all, "tool")));
        for tool in undeclared {
            let role = if rows.len() == at { Role::Current } else { Role::Added };
            rows.push(page.rows.len());
            let about = if tool.description.is_empty() { "" } else { ": " };
            page.add(role, 1, format!("{}{about}{}", tool.name, clip(&tool.description, 200)));
        }
    }
    rows
}

/// Returns how many tools the planner passed over for good: none that has run already.
pub fn not_chosen(state: &State) -> usize {
    state.left_out.iter().filter(|(tool, _)| !state.finished.contains_key(tool)).count()
}

/// Returns the tools that a proposal passed over, each with its reason; not those that have run and
/// whose values still hold: that they are not needed again goes without saying.
pub fn passed_over_by<'p>(
    state: &'p State,
    proposal: &'p Proposal,
) -> impl Iterator<Item = &'p (ToolName, Arc<str>)> + 'p {
    let holds = |(key, version): &(Key, Seq)| {
        state.context.get(key).is_some_and(|datum| datum.fresh && datum.version == *version)
    };
    let is_done =
        move |name: &ToolName| state.runs_with(name).any(|run| !run.wrote.is_empty() && run.wrote.iter().all(holds));
    proposal.left_out.iter().filter(move |(name, _)| !is_done(name))
}

/// Returns the page about all tools.
pub fn tools(state: &State) -> Page {
    let used = |name: &str| state.plan.remaining().iter().find(|step| step.tool.as_deref() == Some(name));
    let ran = |name: &str| state.runs.iter().rev().find(|run| run.step.tool.as_deref() == Some(name));
    let mut page = Page::new(format!("Tools: {} offered", state.goal.tools.len()));
    for (name, tool) in &*state.goal.tools {
        let (role, fate) = match (used(name), ran(name)) {
            (Some(step), _) if step.skip => (Role::Skipped, format!("switched off: {}", step::label(step))),
            (Some(step), _) => (Role::Pending, format!("chosen: {}", step::label(step))),
            (None, Some(run)) => (Role::Done, format!("{}: {}", run.word(), step::label(&run.step))),
            (None, None) if state.is_react() => (Role::Skipped, passed_over(state, name)),
            (None, None) if state.barred.iter().any(|usage| usage.tool == *name) => {
                (Role::Skipped, "you took it out of the plan: it does not come back by itself".to_owned())
            }
            (None, None) => {
                let why = state.left_out.iter().find(|(left, _)| left == name).map(|(_, why)| why.to_string());
                (Role::Skipped, format!("not chosen: {}", why.unwrap_or_else(|| "the plan does not need it".into())))
            }
        };
        let reads = if tool.inputs.is_empty() { "nothing".into() } else { tool.inputs.join(", ") };
        let kind = sanitize::harmless(&tool.run.kind);
        let risk = if tool.risk == Risk::High { ", high risk" } else { "" };
        page.add(role, 0, format!("{name}: {reads} → {} · {kind}, cost {}{risk}", tool.outputs.join(", "), tool.cost));
        if !tool.description.is_empty() {
            page.add(Role::Text, 1, tool.description.to_string());
        }
        page.add(Role::Text, 1, fate);
        for line in runs(tool) {
            page.add(Role::Text, 1, line);
        }
    }
    if state.goal.tools.is_empty() {
        page.add(Role::Pending, 0, "This goal offers no tools: every step asks you what came back.");
    }
    page
}

/// Returns what a tool starts, or whom it asks and with which arguments; nothing where it does neither.
pub fn runs(tool: &Tool) -> Vec<String> {
    let Some(launch) = &tool.run.program else { return Vec::new() };
    let Some(server) = &launch.server else { return vec![format!("runs {}", launch::words(launch))] };
    let spec = &*tool.run.spec;
    let named = spec["tool"].as_str().unwrap_or_default();
    let mut lines = vec![format!("asks the MCP server {} for {}", launch::quoted(&server.name), launch::quoted(named))];
    if spec["guessed"] == true {
        lines.push("its outputs are guessed: the server does not say what it gives".to_owned());
    }
    let required =
        |name: &str| spec["schema"]["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
    for (name, schema) in spec["schema"]["properties"].as_object().into_iter().flatten() {
        let kind = match &schema["type"] {
            Value::String(kind) => kind.clone(),
            Value::Null => "anything".to_owned(),
            several => several.to_string(),
        };
        let must = if required(name) { "" } else { ", may be left out" };
        let about = schema["description"].as_str().map(|about| format!(": {about}")).unwrap_or_default();
        lines.push(clip(&format!("argument {} ({kind}{must}){about}", launch::quoted(name)), 160));
    }
    lines
}

/// Says what the last thought held against a tool that no thought has chosen yet.
fn passed_over(state: &State, name: &str) -> String {
    let Some(turn) = state.turns.last() else { return "offered".to_owned() };
    let considered = turn.thought.considered.iter().find(|other| *other.tool == *name);
    match considered {
        Some(other) => format!("not chosen last: {}", other.why),
        None => "not chosen last".to_owned(),
    }
}
