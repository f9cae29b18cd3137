//! What the start screen lists: the lessons of the samples, the samples, the sessions of late.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::describe::condition::wanted;
use crate::engine::goal::{Goal, Nature};
use crate::goal_file::{self, Sample};
use crate::runtime::remembered::Remembered;
use crate::runtime::sessions;
use crate::ui::keymap::Keymap;
use crate::ui::navigate::Destination;
use crate::ui::start::{Card, Entry, Start, Target};
use crate::ui::theme::Theme;

/// How many sessions are listed.
const RECENT: usize = 4;

impl Start {
    /// Returns the start screen over the built-in samples and the sessions of this machine.
    pub fn open(keymap: Keymap, theme: Theme) -> Start {
        let (first, samples) = of_samples(&goal_file::sample_goals());
        let mut start = Start::new(first, samples, Vec::new(), keymap, theme);
        start.remembers = true;
        start.list_sessions();
        start
    }

    /// Lists the sessions of this machine, the last one first.
    pub(super) fn list_sessions(&mut self) {
        if !self.remembers {
            return;
        }
        let Remembered { opened, files, .. } = Remembered::load();
        (self.opened, self.recent) = (opened, files);
        // A folder of sessions that cannot be read is not a reason not to start: there is nothing to resume then.
        let sessions = sessions::newest(RECENT).unwrap_or_default();
        let sessions = sessions.into_iter().map(|entry| Entry {
            title: entry.goal.clone(),
            about: format!("event {}, {}", entry.events, entry.standing),
            aside: entry.at.get(..10).unwrap_or_default().to_owned(),
            card: Card {
                goal: entry.goal,
                hint: format!("\x01open\x02 goes on in {}", entry.path.display()),
                ..Card::default()
            },
            sample: None,
            target: Target::To(Destination::Recording(entry.path)),
            done: None,
        });
        let on_session = self.is_session(self.at);
        let before = self.samples;
        let sessions: Vec<Entry> = sessions.collect();
        let count = sessions.len();
        self.entries.splice(self.sessions..self.samples, sessions);
        self.samples = self.sessions + count;
        self.lessons = self.lessons + self.samples - before;
        self.list_lessons();
        // The cursor stays on its sample, or goes to the session that was left.
        self.at = match (on_session, self.at < before) {
            (true, _) => self.sessions,
            (false, true) => self.at,
            (false, false) => self.at + self.samples - before,
        };
    }
}

/// Returns what to see first, and the samples themselves.
pub(super) fn of_samples(goals: &[(&'static Sample, Arc<Goal>)]) -> (Vec<Entry>, Vec<Entry>) {
    let card = |goal: &Goal, hint: &str| Card {
        goal: goal.goal.to_string(),
        wants: goal.wants.iter().map(|(key, condition)| wanted(key, condition)).collect::<Vec<_>>().join(" · "),
        tools: tools_in_words(goal),
        hint: hint.to_owned(),
    };
    let lessons = goal_file::start_entries(goals).into_iter().filter_map(|(at, entry)| {
        let place = goals.get(at)?;
        let (sample, goal) = place;
        let card = card(goal, &entry.hint);
        let target = Target::To(destination(place, Some(&entry)));
        let sample = Some(*sample).filter(|_| !entry.compare);
        let aside = format!("{} min", entry.minutes);
        Some(Entry { title: entry.title, about: entry.about, aside, target, sample, card, done: None })
    });
    let samples = goals.iter().map(|place| {
        let (sample, goal) = place;
        Entry {
            title: sample.name.to_owned(),
            about: goal.goal.to_string(),
            aside: format!("{} tools", goal.tools.len()),
            target: Target::To(destination(place, None)),
            sample: Some(*sample),
            card: card(goal, "\x01copy_sample\x02 copies it beside you, to change it"),
            done: None,
        }
    });
    let next = super::lessons::entries(&BTreeMap::new()).0;
    (lessons.chain(next).chain(own()).collect(), samples.collect())
}

/// Returns what an `entry` of the start screen on this sample opens, or the sample itself.
pub(crate) fn destination(
    (sample, goal): &(&'static Sample, Arc<Goal>),
    entry: Option<&goal_file::StartEntry>,
) -> Destination {
    let goal = goal.clone();
    match entry {
        Some(entry) if entry.compare => Destination::Lanes { goal, scenario: entry.scenario.clone() },
        entry => Destination::Goal {
            goal,
            named: sample.name.to_owned(),
            steps: entry.map_or(0, |entry| entry.steps),
            hint: entry.map(|entry| entry.hint.clone()),
        },
    }
}

/// Returns what leads to a goal of the person's own.
fn own() -> [Entry; 2] {
    let (aside, sample) = (String::new(), None);
    let file = Card {
        goal: "A goal file, or a plan: a JSON list of steps or of plain sentences".into(),
        hint: "type its path; `planscope schema` prints the format".into(),
        ..Card::default()
    };
    let copy = Card {
        goal: "Choose a sample below and press \x01copy_sample\x02: it is copied beside you and opened".into(),
        ..Card::default()
    };
    let entry = |title: &str, about: &str, target, card| Entry {
        title: title.into(),
        about: about.into(),
        aside: aside.clone(),
        target,
        sample,
        card,
        done: None,
    };
    [
        entry("My own plan or goal", "open a file", Target::File, file),
        entry("A copy of a sample", "to change it", Target::Copy, copy),
    ]
}

fn tools_in_words(goal: &Goal) -> String {
    let mut kinds: Vec<&str> = Vec::new();
    for tool in goal.tools.values() {
        if !kinds.contains(&&*tool.run.kind) {
            kinds.push(&tool.run.kind);
        }
    }
    let outside = goal.tools.values().any(|tool| tool.run.nature == Nature::Outside);
    let reach = if outside { "some reach outside" } else { "nothing leaves this machine" };
    format!("{} offered ({}): {reach}", goal.tools.len(), kinds.join(", "))
}
