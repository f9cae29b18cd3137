//! Two branches, moments or sessions beside each other, as a page.

use super::differences::{Differences, Identity};
use crate::describe::event;
use crate::describe::evidence::headline;
use crate::describe::page::Page;
use crate::describe::sign::Role;
use crate::describe::text::{clip, count};
use crate::engine::event::Seq;
use crate::engine::session::Session;

/// How many differences inside a value are told.
const PARTS: usize = 8;

/// Returns the page that compares the branch with the tip `one` to that with the tip `other`, each called as `names` says;
/// none where there is no such event.
pub fn branches(session: &Session, (one, other): (Seq, Seq), names: (&str, &str)) -> Option<Page> {
    let (was, is) = (session.clone().looked_at(one)?, session.clone().looked_at(other)?);
    Some(page(&Differences::between(&was, &is, Identity::Id), names))
}

/// Returns the page that compares two moments, of one branch or of two; none where there is no such event.
pub fn moments(session: &Session, (one, other): (Seq, Seq)) -> Option<Page> {
    let name = |seq: Seq| {
        let told = event::told(session, session.record(seq)?, session.state());
        let elsewhere = if session.path().binary_search(&seq).is_ok() { "" } else { ", on another branch" };
        let now = if seq == session.state().seq { "now, " } else { "" };
        let what = if told.what.is_empty() { told.result } else { told.what };
        Some(format!("{now}event {seq}: {}{elsewhere}", clip(&what, 40)))
    };
    let now = if other == session.state().seq { "now, " } else { "" };
    // What happened there stands whole below the title.
    let title = format!("event {one} → {now}event {other}");
    Some(Page { title, ..branches(session, (one, other), (&name(one)?, &name(other)?))? })
}

/// Returns the page that compares two sessions, each looked at where it stands, and what differs. Steps are those of one
/// name: two sessions give their ids by themselves.
pub fn sessions(was: &Session, is: &Session, names: (&str, &str)) -> (Page, Differences) {
    let differences = Differences::between(was, is, Identity::Name);
    let mut page = page(&differences, names);
    page.heading("How they stand");
    for (session, name) in [(was, names.0), (is, names.1)] {
        page.add(Role::Text, 0, format!("{name}: {}", headline(session.state(), 0)));
    }
    if was.goal().goal != is.goal().goal {
        page.add(Role::Warning, 0, "They are about two goals.");
    }
    (page, differences)
}

/// Returns what differs as a page: the plan, the context, the figures.
pub fn page(differences: &Differences, names: (&str, &str)) -> Page {
    let mut page = Page::new(format!("{} → {}", clip(names.0, 40), clip(names.1, 40)));
    page.add(Role::Text, 0, format!("What differs, from \"{}\" to \"{}\".", names.0, names.1));
    page.heading("Plan");
    let (same, others): (Vec<_>, Vec<_>) = differences.steps.iter().partition(|step| step.was == step.is);
    for step in others {
        let (role, words) = match (step.was, step.is) {
            (Some(was), Some(is)) => (Role::Changed, format!("{was} → {is}")),
            (None, is) => (Role::Added, is.unwrap_or_default().to_owned()),
            (Some(was), None) => (Role::Removed, was.to_owned()),
        };
        page.add(role, 0, format!("{}: {words}", step.name));
    }
    rest(&mut page, same.iter().map(|step| format!("{} {}", step.name, step.is.unwrap_or_default())));
    page.heading("Context");
    for change in &differences.keys {
        page.add(change.role, 0, change.said());
        let (parts, more) = change.told_parts(PARTS);
        // One difference is said already.
        let several = parts.len() > 1;
        for (role, words) in parts.into_iter().filter(|_| several) {
            page.add(role, 1, words);
        }
        if more > 0 {
            page.add(Role::Text, 1, format!("… {more} more"));
        }
    }
    if differences.same_keys > 0 {
        page.add(Role::Kept, 0, format!("{} with the same value", count(differences.same_keys, "key")));
    }
    page.heading("Figures");
    let (same, others): (Vec<_>, Vec<_>) = differences.figures.iter().partition(|figure| figure.was == figure.is);
    for figure in others {
        page.add(Role::Changed, 0, format!("{} {} → {}", figure.name, figure.was, figure.is));
    }
    rest(&mut page, same.iter().map(|figure| format!("{} {}", figure.name, figure.was)));
    page
}

/// Adds what is the same.
fn rest(page: &mut Page, same: impl Iterator<Item = String>) {
    let same: Vec<String> = same.collect();
    if !same.is_empty() {
        page.add(Role::Kept, 0, format!("the same: {}", same.join(", ")));
    }
}
