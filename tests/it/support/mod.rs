//! What the other tests stand on.

pub mod program;
