//! What stays alive between calls: one of each that the goal file names, for one session.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::engine::launch::Launch;

/// The programs of one session that stay alive. Clones share them; with the last of them they are ended.
pub(super) struct Pool<T>(Arc<Mutex<HashMap<Named, Slot<T>>>>);

/// A program as it is named: the folder of the goal file, and what stands there.
type Named = (Option<Arc<str>>, Arc<Launch>);

/// Where a program is kept while nobody asks it.
pub(super) type Slot<T> = Arc<Mutex<Option<T>>>;

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T> Pool<T> {
    /// Returns where the program is kept; whoever holds the lock of it asks it.
    pub(super) fn slot(&self, launch: &Arc<Launch>, folder: Option<&Arc<str>>) -> Slot<T> {
        lock(&self.0).entry((folder.cloned(), launch.clone())).or_default().clone()
    }

    /// Takes the program out: the next that is asked is a new one.
    pub(super) fn take(&self, launch: &Arc<Launch>, folder: Option<&Arc<str>>) -> Option<T> {
        let slot = lock(&self.0).remove(&(folder.cloned(), launch.clone()))?;
        lock(&slot).take()
    }

    /// Takes every program out that nobody asks.
    pub(super) fn drain(&self) -> Vec<T> {
        let slots: Vec<Slot<T>> = lock(&self.0).drain().map(|(_, slot)| slot).collect();
        slots.iter().filter_map(|slot| lock(slot).take()).collect()
    }

    /// Hands all that runs over to a new holder.
    pub(super) fn hand_over(&self) -> Pool<T> {
        Pool(Arc::new(Mutex::new(std::mem::take(&mut *lock(&self.0)))))
    }
}

impl<T> Clone for Pool<T> {
    fn clone(&self) -> Pool<T> {
        Pool(self.0.clone())
    }
}

impl<T> Default for Pool<T> {
    fn default() -> Pool<T> {
        Pool(Arc::default())
    }
}
