//! Natives about numbers: the special ones, and `range`.

use std::cmp::Ordering;

use jaq_core::native::v;
use jaq_core::{Exn, ValX};
use jaq_json::{Num, Val};

use super::super::value::{JqValue, error, length, number};
use super::{Listed, once, plain};

pub(super) fn natives() -> Vec<Listed> {
    vec![
        plain("nan", |_| once(Ok(JqValue(Val::Num(Num::Float(f64::NAN)))))),
        plain("infinite", |_| once(Ok(JqValue(Val::Num(Num::Float(f64::INFINITY)))))),
        plain("length", |cv| once(length(&cv.1.0).map(JqValue))),
        plain("datetime_", |cv| once(Ok(cv.1.items().and_then(datetime).map_or(JqValue(Val::Null), JqValue::array)))),
        ("range", v(3), |mut cv| {
            let by = cv.0.pop_var();
            let to = cv.0.pop_var();
            let from = cv.0.pop_var();
            if [&from, &to, &by].into_iter().any(|bound| bound.double().is_none()) {
                return once(Err(error("Range bounds must be numeric")));
            }
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
        }),
    ]
}

/// Returns the parts of a date, cut to whole numbers and filled up to six; none where one is not a number.
fn datetime(parts: &[Val]) -> Option<Vec<Val>> {
    let whole = |part: &Val| JqValue(part.clone()).double().map(|part| number(part.floor()));
    let mut parts: Vec<Val> = parts.iter().map(whole).collect::<Option<_>>()?;
    parts.resize(parts.len().max(6), Val::from(0usize));
    Some(parts)
}

/// The values of `range(from; to; by)`.
struct Steps<'a> {
    next: ValX<'a, JqValue>,
    to: JqValue,
    by: JqValue,
}

impl<'a> Steps<'a> {
    fn next(&mut self) -> Option<ValX<'a, JqValue>> {
        let value = match &self.next {
            Ok(value) => value.clone(),
            Err(_) => return Some(std::mem::replace(&mut self.next, Ok(self.to.clone()))),
        };
        let goes_on = match self.by.cmp(&JqValue::from(0usize)) {
            Ordering::Greater => value < self.to,
            Ordering::Less => value > self.to,
            Ordering::Equal => false,
        };
        goes_on.then(|| {
            self.next = (value.clone() + self.by.clone()).map_err(Exn::from);
            Ok(value)
        })
    }
}
