//! The checklist and the hand-offs of a plan as a page, with the next fix.

use super::fix::Fix;
use super::{Checklist, Entry, ledger};
use crate::describe::page::Page;
use crate::describe::sign::Role;
use crate::describe::text::count;
use crate::engine::state::State;

/// The most hand-offs that are listed.
const LISTED: usize = 100;

/// Returns the page about the remaining plan of `state`, of which `list` was found, and which `fix` would mend.
pub fn page(state: &State, list: Option<&Checklist>, fix: Option<&Fix>) -> Page {
    let mut page = Page::new("Checklist and hand-offs");
    let steps = state.plan.remaining();
    let Some(list) = list else {
        page.add(
            Role::Pending,
            0,
            if state.is_react() {
                "There is no plan to be checked: one action is decided on at a time."
            } else {
                "No step is left that could be checked."
            },
        );
        return page;
    };
    page.add(if list.executable() { Role::Done } else { Role::Warning }, 0, list.headline.sentence());
    for (holds, word, means) in [
        (list.clear, "clear", "every step says what it does, with what"),
        (list.ordered, "ordered", "no step comes before what it reads is made"),
        (list.handed_off, "handed off", "what a step reads, or the goal wants, is made by some step, or there"),
    ] {
        page.add(if holds { Role::Done } else { Role::Failed }, 0, format!("{word}: {means}"));
    }
    if !list.findings.is_empty() {
        page.heading("To mend, the first first");
        for (finding, more) in list.listed() {
            page.add(Role::Warning, 0, finding.message.clone());
            if more > 0 {
                page.add(Role::Warning, 0, format!("… and {more} more like this one"));
            }
        }
    }
    page.heading("Next fix");
    match (fix, &list.next_fix) {
        (Some(fix), _) => page.add(Role::Current, 0, format!("\x01mend\x02 {}", fix.does)),
        (None, Some(next)) => {
            page.add(
                Role::Pending,
                0,
                format!("by hand: {next} \x01edit\x02 edits a step, \x01add_below\x02 adds one"),
            );
        }
        (None, None) => page.add(Role::Done, 0, "nothing is to be mended"),
    }
    page.heading("Hand-offs of the remaining plan");
    let entries = ledger(&state.goal, steps, &|key| state.context.get(key).is_some());
    for entry in entries.iter().take(LISTED) {
        page.add(sign(entry), 0, said(entry));
    }
    if entries.len() > LISTED {
        page.add(Role::Pending, 0, format!("{} more", count(entries.len() - LISTED, "key")));
    }
    page
}

fn sign(entry: &Entry) -> Role {
    match (entry.never_written(), entry.never_read(), entry.available) {
        (true, _, _) => Role::Failed,
        (_, true, _) => Role::Warning,
        (_, _, true) => Role::Done,
        _ => Role::Pending,
    }
}

/// Says who hands `entry` to whom: "groups: s2 → s3, s4".
fn said(entry: &Entry) -> String {
    let makers = match (entry.writers.is_empty(), entry.available) {
        (true, true) => "there".to_owned(),
        (true, false) => "nobody".to_owned(),
        (false, there) => format!("{}{}", if there { "there, " } else { "" }, entry.writers.join(", ")),
    };
    let mut whom: Vec<&str> = entry.readers.iter().map(|id| &**id).collect();
    whom.extend(entry.wanted.then_some("wanted"));
    let whom = if whom.is_empty() { "nobody".to_owned() } else { whom.join(", ") };
    let remark = entry.remark().map(|remark| format!(" ({remark})")).unwrap_or_default();
    format!("{}: {makers} → {whom}{remark}", entry.key)
}
