//! What a part of a filter comes to at most, and how such bounds combine.

/// What a part of a filter comes to at most, for one input.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound {
    /// How many outputs it has.
    pub(super) count: u64,
    /// How big each is, in units.
    pub(super) each: u64,
    /// How big all of them are together.
    pub(super) all: u64,
    /// What is done and made for all of them, in units.
    pub(super) work: u64,
}

impl Bound {
    /// One output of this size, made by doing as much.
    pub(super) fn one(each: u64) -> Bound {
        Bound { count: 1, each, all: each, work: each.saturating_add(1) }
    }

    /// As many outputs, each of this size, with so much more to do for each.
    pub(super) fn of_each(self, each: u64, work: u64) -> Bound {
        let more = self.count.saturating_mul(work.saturating_add(each).saturating_add(1));
        let all = self.count.saturating_mul(each);
        Bound { count: self.count, each, all, work: self.work.saturating_add(more) }
    }

    /// Every output of this with every one of `other`, which is computed again for each.
    pub(super) fn with(self, other: Bound, each: u64, work: u64) -> Bound {
        let count = self.count.saturating_mul(other.count);
        let both = self.work.saturating_add(self.count.saturating_mul(other.work));
        Bound { count, each, all: 0, work: both }.of_each(each, work)
    }

    /// The outputs of either, or of both.
    pub(super) fn or(self, other: Bound) -> Bound {
        Bound {
            count: self.count.saturating_add(other.count),
            each: self.each.max(other.each),
            all: self.all.saturating_add(other.all),
            work: self.work.saturating_add(other.work),
        }
    }
}
