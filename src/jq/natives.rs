//! The native filters: jaq's own without input, output and clock, and those that count steps or do what jaq does not.

use jaq_core::box_iter::box_once;
use jaq_core::native::{Fun, bome, run, v};
use jaq_core::path::Opt;
use jaq_core::{Error, Exn, Native, ValT as _, ValX};
use jaq_json::{Num, Val};
use jaq_std::ValT as _;

use super::autovivify::make_room;
use super::budget::Instrumented;
use super::deletion::delete_paths;

/// Counts a step and passes its input on. The space keeps the name out of reach of filter texts.
pub(super) const TICK: &str = " tick";
/// Divides as jq does: an error for a zero divisor, a whole number where the quotient is one.
pub(super) const DIVIDE: &str = " divide";
/// Turns a float that is a whole number into an integer, so that `"\(pow(2; 3))"` is `"8"`.
pub(super) const PLAIN: &str = " plain";
/// Indexes its input, and makes room for what is not there when it updates; see [`super::autovivify`].
pub(super) const AT: &str = " at";

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
    "$__loc__",
    "$__prog_args",
];

/// Returns every native filter.
pub(super) fn natives() -> impl Iterator<Item = Fun<Instrumented>> {
    let theirs = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
    let theirs = theirs.filter(|(name, ..)| *name != "range" && !UNREPEATABLE.contains(name));
    ours().into_iter().chain(theirs)
}

fn ours() -> [Fun<Instrumented>; 6] {
    let tick = Native::new(|cv: jaq_core::Cv<'_, Instrumented>| box_once(cv.0.data().budget.tick().map(|()| cv.1)))
        .with_paths(|cv| box_once(cv.0.data().budget.tick().map(|()| cv.1)))
        .with_update(|cv, update| match cv.0.data().budget.tick() {
            Ok(()) => update(cv.1),
            Err(stop) => box_once(Err(stop)),
        });
    let at = Native::new(|mut cv: jaq_core::Cv<'_, Instrumented>| {
        let index = cv.0.pop_var();
        bome(cv.1.index(&index))
    })
    .with_paths(|mut cv| {
        let index = cv.0.pop_var();
        let (value, path) = cv.1;
        box_once(value.index(&index).map(|value| (value, path.cons(index))).map_err(Exn::from))
    })
    .with_update(|mut cv, update| {
        let index = cv.0.pop_var();
        box_once(make_room(cv.1, &index).map_index(&index, Opt::Essential, update))
    });
    [
        (TICK, v(0), tick),
        (AT, v(1), at),
        run(("delpaths", v(1), |mut cv| {
            let paths = cv.0.pop_var();
            bome(delete_paths(cv.1, paths))
        })),
        run((PLAIN, v(0), |cv| bome(Ok(plain(cv.1))))),
        run((DIVIDE, v(2), |mut cv| {
            let divisor = cv.0.pop_var();
            bome(divide(cv.0.pop_var(), divisor))
        })),
        run(("range", v(3), |mut cv| {
            let by = cv.0.pop_var();
            let to = cv.0.pop_var();
            let from = cv.0.pop_var();
            let budget = cv.0.data().budget;
            let mut values = Some(Steps { next: Ok(from), to, by });
            Box::new(std::iter::from_fn(move || {
                let value = values.as_mut()?.next();
                match (value, budget.tick()) {
                    (Some(Ok(value)), Ok(())) => Some(Ok(value)),
                    (None, _) => None,
                    (Some(Err(fault)), Ok(())) | (_, Err(fault)) => {
                        values = None;
                        Some(Err(fault))
                    }
                }
            }))
        })),
    ]
}

/// The values of `range(from; to; by)`.
struct Steps<'a> {
    next: ValX<'a, Val>,
    to: Val,
    by: Val,
}

impl<'a> Steps<'a> {
    fn next(&mut self) -> Option<ValX<'a, Val>> {
        let value = match &self.next {
            Ok(value) => value.clone(),
            Err(_) => return Some(std::mem::replace(&mut self.next, Ok(self.to.clone()))),
        };
        let goes_on = match self.by.cmp(&Val::from(0usize)) {
            std::cmp::Ordering::Greater => value < self.to,
            std::cmp::Ordering::Less => value > self.to,
            std::cmp::Ordering::Equal => value != self.to,
        };
        goes_on.then(|| {
            self.next = (value.clone() + self.by.clone()).map_err(Exn::from);
            Ok(value)
        })
    }
}

fn plain(value: Val) -> Val {
    match value {
        Val::Num(Num::Float(x)) => match whole(x) {
            Some(x) => Val::Num(Num::Int(x)),
            None => value,
        },
        other => other,
    }
}

/// Returns a float as an integer if it is one that floats tell apart from its neighbours.
pub(super) fn whole(x: f64) -> Option<isize> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (x.fract() == 0.0 && x.abs() <= EXACT).then_some(x as isize)
}

fn divide(dividend: Val, divisor: Val) -> Result<Val, Error<Val>> {
    match (&dividend, &divisor) {
        (Val::Num(_), Val::Num(_)) if divisor.as_f64() == Some(0.0) => {
            Err(Error::str(format_args!("{dividend} cannot be divided because the divisor is zero")))
        }
        _ => (dividend / divisor).map(plain),
    }
}
