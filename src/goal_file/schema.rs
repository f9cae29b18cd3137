//! The JSON Schema of goal files, for editors and for people.

/// The schema, as it stands in `assets/goal.schema.json`.
pub const SCHEMA: &str = include_str!("../../assets/goal.schema.json");
