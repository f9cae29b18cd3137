//! Filters in the worker processes of the real program.

mod isolation;
