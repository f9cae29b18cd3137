//! What a driver knows of the files that its session rests on: which of them were changed on disk, and taking them over.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use super::Driver;
use crate::engine::command::Command;
use crate::engine::command::Refusal;
use crate::engine::goal::Goal;
use crate::engine::launch::{Launch, Truster};
use crate::runtime::clock;
use crate::runtime::redefining::{self, Changed, Watch};
use crate::runtime::trust::{Standing, Subject};

/// How often it is looked whether a file was changed, at most.
const LOOK: Duration = Duration::from_millis(500);

/// What is known of the files.
#[derive(Default)]
pub(super) struct Edited {
    watch: Watch,
    /// Whether it was looked at least once.
    looked: bool,
    /// When it was glanced at last.
    glanced: Option<Instant>,
    /// What is not as the session knows it.
    changed: Option<Changed>,
}

impl Driver {
    /// Returns what of the session is not on disk as the session knows it, as far as it was looked.
    pub fn edited(&self) -> Option<&Changed> {
        self.edited.changed.as_ref()
    }

    /// Returns the goal as it is on disk, as far as it was looked.
    pub fn goal_on_disk(&self) -> &Arc<Goal> {
        self.edited().and_then(|changed| changed.goal.as_ref()).unwrap_or(&self.state().goal)
    }

    /// Looks whether the goal file, or a file that its commands name, is as the session knows it. Returns what it found.
    ///
    /// # Errors
    /// A sentence, where the goal file changed and no goal can be read from it.
    pub fn look_at_disk(&mut self) -> Result<Option<&Changed>, String> {
        self.edited.looked = true;
        self.edited.changed = None;
        self.edited.changed = redefining::changed(self.state())?;
        Ok(self.edited())
    }

    /// Takes over what was changed on disk. What its changed tools made is stale then, and nothing else.
    ///
    /// # Errors
    /// If nothing was changed, if it starts programs and is not trusted as it is now, while a step runs, or where it cannot
    /// be saved.
    pub fn take_over(&mut self) -> Result<(), Refusal> {
        self.take_in_saved();
        let changed = self.look_at_disk().map_err(Refusal::new)?.cloned();
        let Some(changed) = changed else {
            let why = self.changed_before_it_ran();
            return Err(Refusal::new(
                why.unwrap_or("nothing that this session rests on was changed on disk".to_owned()),
            ));
        };
        let subject = Subject::of(self.goal_on_disk(), true);
        if let Some(subject) = &subject
            && let Standing::Asks(_) = self.services.trust.standing(subject)
        {
            let what = changed.said();
            return Err(Refusal::new(format!("{what}, and it is not trusted as it is now: it would start programs")));
        }
        self.subject = subject;
        let done = self.submit(changed.command());
        if done.is_ok() {
            self.edited.changed = None;
            self.tell_trust();
            self.end_those(changed.launches);
        }
        done
    }

    /// Ends those of the programs that stay alive which were started from these: the next that is asked is a new one.
    pub(super) fn end_those(&self, launches: Vec<Arc<Launch>>) {
        let (programs, folder) = (self.services.programs.clone(), self.state().goal.folder.clone());
        // Who does not want to end is not waited for.
        std::thread::spawn(move || {
            for launch in &launches {
                programs.end(launch, folder.as_ref());
            }
        });
    }

    /// Says which files changed since they were trusted that no step was made with: nothing is to be taken over then.
    pub fn changed_before_it_ran(&self) -> Option<String> {
        let files = self.untrusted()?.changed;
        let names: Vec<String> = files.iter().map(|path| redefining::name_of(Path::new(path))).collect();
        (!names.is_empty() && self.edited().is_none()).then(|| {
            format!(
                "{} changed on disk, and nothing was made with it yet: the next step that starts a program shows what \
                 changed and asks for trust",
                names.join(", ")
            )
        })
    }

    /// Trusts what is on disk, on this word, and takes it over; returns whether there was something to take over.
    pub(super) fn trust_what_is_on_disk(&mut self, by: Truster) -> Result<bool, Refusal> {
        if self.edited().is_none() {
            return Ok(false);
        }
        self.subject = Subject::of(self.goal_on_disk(), true);
        if let Some(subject) = &self.subject {
            match by {
                Truster::Option => self.services.trust.grant_once(subject),
                Truster::Person | Truster::Earlier | Truster::Nobody => {
                    self.services.trust.grant(subject).map_err(|error| Refusal::new(error.message))?;
                }
            }
            // Where nobody had asked in between, it is trusted already.
            let _ = self.session.submit(Command::Trust(by), &clock::now());
        }
        self.take_over()?;
        Ok(true)
    }

    /// Looks where a file of the session may have changed since, and returns what is to be said while it is not taken over.
    /// Meant for every key: twice a second it is asked when each file was changed, and nothing is read where none was.
    pub fn glance_at_disk(&mut self) -> Option<String> {
        let due = self.edited.glanced.is_none_or(|glanced| glanced.elapsed() >= LOOK);
        if self.state().goal.file.is_none() || self.state().held {
            return None;
        }
        if !due {
            return self.edited().map(to_take_over);
        }
        self.edited.glanced = Some(Instant::now());
        let goal = self.state().goal.clone();
        let mut may = self.edited.watch.may_have_changed(&goal, self.subject.as_ref());
        if !std::mem::replace(&mut self.edited.looked, true) {
            // Since it was opened first, perhaps long ago.
            let began = self.session.records().first().and_then(|record| record.at.parse::<jiff::Timestamp>().ok());
            may |= began.is_none_or(|began| self.edited.watch.is_newer_than(SystemTime::from(began)));
        }
        if !may {
            return self.edited().map(to_take_over);
        }
        match self.look_at_disk() {
            Ok(Some(changed)) => Some(to_take_over(changed)),
            Ok(None) => self.changed_before_it_ran(),
            Err(why) => Some(why),
        }
    }
}

fn to_take_over(changed: &Changed) -> String {
    format!("{}: \x01take_over\x02 takes it over", changed.said())
}
