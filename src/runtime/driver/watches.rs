//! What a driver knows of the watches of its session.

use super::Driver;
use crate::engine::context::Context;
use crate::engine::watch::{Reading, Watch};
use crate::runtime::watching::Watching;

impl Driver {
    /// Returns the watches and how they went.
    pub fn watching(&self) -> &Watching {
        &self.watching
    }

    /// Tells whether the course of a watch is not known to the last event.
    pub fn is_watching_behind(&self) -> bool {
        self.watching.is_behind(&self.session)
    }

    /// Watches these from now on; [`Driver::next`] and [`Driver::work`] follow them. The one at `again` is evaluated once
    /// more where it had reached a limit.
    pub fn watch(&mut self, watches: Vec<Watch>, again: Option<usize>) {
        self.watching.watch(watches, again);
    }

    /// Returns what the watches come to in `context`, which is shown from now on; none: that is being evaluated.
    pub fn look_at_watches(&mut self, context: &Context) -> Vec<Option<Reading>> {
        self.watching.look(context)
    }
}
