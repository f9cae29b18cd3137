//! The dashboard: keys in, screens out.

pub mod input;
