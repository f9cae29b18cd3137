//! Maps that keep the order in which their keys came.

/// A map that keeps the order in which its keys came, of values that are found by names.
///
/// Each event of a session that is opened makes and looks into some of them, mostly of one or two entries: foldhash is
/// seeded anew in each process as the standard library's hash is, and costs less for a name.
pub type IndexMap<K, V> = indexmap::IndexMap<K, V, foldhash::fast::RandomState>;
