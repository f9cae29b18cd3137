//! The native filters: jaq's own without input, output and clock, and those that count steps or do what jaq does not.

mod numbers;
mod objects;
mod paths;
mod regex;
mod text;

use jaq_core::box_iter::box_once;
use jaq_core::native::{Fun, bome, run, v};
use jaq_core::{Bind, Cv, Native, RunPtr, ValR};

use super::budget::Instrumented;
use super::value::JqValue;

/// Counts a step and passes its input on. The space keeps the name out of reach of filter texts.
pub(super) const TICK: &str = " tick";
/// Updates what a filter points at, path by path, as jq does.
pub(super) const MODIFY: &str = " modify";
/// The last output of a filter, null where it has none.
pub(super) const FINAL: &str = " final";

/// Filters that depend on anything but their input, or act on the world; a filter must give the same result again.
pub(super) const UNREPEATABLE: &[&str] = &[
    "env",
    "now",
    "localtime",
    "strflocaltime",
    "input",
    "inputs",
    "input_filename",
    "input_line_number",
    "debug",
    "debug_empty",
    "stderr",
    "stderr_empty",
    "halt",
    "halt_error",
    "get_search_list",
    "modulemeta",
    "$ENV",
    "$__prog_args",
];

/// Natives of jaq that definitions in `extra.jq` build on, under a name that nobody types.
const RENAMED: &[(&str, &str)] = &[
    ("limit", "limit_"),
    ("skip", "skip_"),
    ("sort", "sort_"),
    ("sort_by", "sort_by_"),
    ("group_by", "group_by_"),
    ("strftime", "strftime_"),
    ("strptime", "strptime_"),
    ("mktime", "mktime_"),
    ("gmtime", "gmtime_"),
    ("reverse", "reverse_"),
];

/// A native filter without paths, as it is listed.
type Listed = (&'static str, Box<[Bind]>, RunPtr<Instrumented>);

/// Returns every native filter.
pub(super) fn natives() -> impl Iterator<Item = Fun<Instrumented>> {
    let listed = text::natives().into_iter().chain(numbers::natives()).chain(objects::natives());
    let listed = listed.chain(regex::natives()).map(run::<Instrumented>);
    let ours: Vec<Fun<Instrumented>> = listed.chain(paths::natives()).chain([tick()]).collect();
    let replaced: Vec<&'static str> = ours.iter().map(|(name, ..)| *name).collect();
    let theirs = || jaq_core::funs().chain(jaq_std::funs());
    // Definitions of jaq go on calling them by their own names.
    let renamed = theirs().filter_map(|(name, arguments, native)| {
        let (_, new) = RENAMED.iter().find(|(old, _)| *old == name)?;
        Some((*new, arguments, native))
    });
    let kept = theirs().filter(move |(name, ..)| !UNREPEATABLE.contains(name) && !replaced.contains(name));
    ours.into_iter().chain(renamed).chain(kept)
}

fn tick() -> Fun<Instrumented> {
    let tick = Native::new(|cv: Cv<'_, Instrumented>| box_once(cv.0.data().budget.tick().map(|()| cv.1)))
        .with_paths(|cv| box_once(cv.0.data().budget.tick().map(|()| cv.1)))
        .with_update(|cv, update| match cv.0.data().budget.tick() {
            Ok(()) => update(cv.1),
            Err(stop) => box_once(Err(stop)),
        });
    (TICK, v(0), tick)
}

/// Lists a filter of its input alone.
fn plain(name: &'static str, run: RunPtr<Instrumented>) -> Listed {
    (name, v(0), run)
}

/// Lists a filter of its input and one value.
fn with_value(name: &'static str, run: RunPtr<Instrumented>) -> Listed {
    (name, v(1), run)
}

/// Returns one output or one error.
fn once<'a>(result: ValR<JqValue>) -> jaq_core::ValXs<'a, JqValue> {
    bome(result)
}
