//! Goal files: how they are read and refused, and that the samples show what their lessons say.

mod reading;
mod samples;
