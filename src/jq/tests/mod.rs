//! What the evaluator understands, and how it refuses what it does not.

mod language;
mod syntax;
