//! Reads what a goal file offers to the start screen.

use serde::{Deserialize, Serialize};

use super::reader::{Reader, Spot};
use super::shapes::START;

/// One line of the start screen: a goal to open, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartEntry {
    /// What one sees there: "A plan, one step at a time".
    pub title: String,
    /// On what: "support report, 4 steps".
    pub about: String,
    /// How many minutes it takes.
    pub minutes: u32,
    /// Its place on the start screen, from 1.
    pub order: u32,
    /// The scenario that is at hand, by its name.
    #[serde(default)]
    pub scenario: Option<String>,
    /// How many steps have run when it opens.
    #[serde(default)]
    pub steps: u32,
    /// Whether it opens the strategies side by side instead of one session.
    #[serde(default)]
    pub compare: bool,
    /// What to try: "space steps".
    pub hint: String,
}

/// Reads the entries of the lesson at `spot`. What else a lesson holds is left to those who give it.
pub(super) fn read(reader: &mut Reader<'_>, spot: &Spot<'_>, scenarios: &[&str]) -> Vec<StartEntry> {
    if !spot.value.is_object() {
        reader.fault(spot, "This is no lesson", "an object, like {\"start\": [ … ]}", None);
    }
    let Some(start) = spot.value.get("start") else { return Vec::new() };
    let list = spot.field("start", start);
    let mut entries = Vec::new();
    for (index, value) in reader.list(&list, "a list of entries of the start screen").iter().enumerate() {
        let at = list.entry(index, value);
        let Some(object) = reader.object(&at, &START) else { continue };
        let mut entry = StartEntry::default();
        for (field, value) in object {
            let at = at.field(field, value);
            match field.as_str() {
                "title" => entry.title = reader.text(&at, "a text").unwrap_or_default().to_owned(),
                "about" => entry.about = reader.text(&at, "a text").unwrap_or_default().to_owned(),
                "hint" => entry.hint = reader.text(&at, "a text").unwrap_or_default().to_owned(),
                "minutes" => entry.minutes = reader.count(&at, 1).unwrap_or_default(),
                "order" => entry.order = reader.count(&at, 1).unwrap_or_default(),
                "steps" => entry.steps = reader.count(&at, 0).unwrap_or_default(),
                "compare" => entry.compare = reader.flag(&at),
                "scenario" if value.is_null() => {}
                "scenario" => {
                    let name = reader.text(&at, "the name of a scenario of this goal").unwrap_or_default();
                    if !name.is_empty() && !scenarios.contains(&name) {
                        let message = format!("There is no scenario \"{name}\"");
                        reader.fault(&at, message, "the name of a scenario of this goal", None);
                    }
                    entry.scenario = Some(name.to_owned());
                }
                _ => {}
            }
        }
        entries.push(entry);
    }
    entries
}
