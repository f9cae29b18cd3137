//! What the other tests stand on.

pub(crate) mod program;
