//! A JSON value that behaves as jq's values do: what `.a`, `.[]`, `+` and `|=` mean, and what they say when they refuse.
//!
//! *Invariant:* jaq's own rules for values are never reached from a filter. jaq evaluates over any type of value, so this
//! wrapper around its JSON value is where jq's rules stand, in one place and at native speed.

mod access;
mod arithmetic;
mod text;
mod update;

use std::fmt;

use jaq_core::path::Opt;
use jaq_core::val::Range;
use jaq_core::{ValR, ValT, ValX};
use jaq_json::{Map, Num, Rc, Val};

pub(super) use access::{bounds, length, position, positions};
pub(super) use text::{describe, json_text, literal};

/// The deepest nesting that jq prints, reads and looks into.
pub(super) const DEEPEST: usize = 10_000;

/// An error whose value is jq's message.
pub(super) type Error = jaq_core::Error<JqValue>;

/// A value of a running filter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct JqValue(pub(super) Val);

impl JqValue {
    /// Makes a text.
    pub(super) fn text(text: impl Into<String>) -> JqValue {
        JqValue(Val::from(text.into()))
    }

    /// Makes an array.
    pub(super) fn array(items: Vec<Val>) -> JqValue {
        JqValue(Val::Arr(Rc::new(items)))
    }

    /// Makes an object of these fields.
    pub(super) fn object<const N: usize>(fields: [(&str, Val); N]) -> JqValue {
        JqValue(Val::obj(fields.into_iter().map(|(key, value)| (Val::from(key.to_owned()), value)).collect()))
    }

    /// Returns the number as a double, if it is one.
    pub(super) fn double(&self) -> Option<f64> {
        jaq_std::ValT::as_f64(&self.0)
    }

    /// Returns the bytes of the text, if it is one.
    pub(super) fn bytes(&self) -> Option<&[u8]> {
        match &self.0 {
            Val::TStr(bytes) | Val::BStr(bytes) => Some(bytes),
            Val::Null | Val::Bool(_) | Val::Num(_) | Val::Arr(_) | Val::Obj(_) => None,
        }
    }

    /// Returns the items of the array, if it is one.
    pub(super) fn items(&self) -> Option<&[Val]> {
        match &self.0 {
            Val::Arr(items) => Some(items),
            Val::Null | Val::Bool(_) | Val::Num(_) | Val::TStr(_) | Val::BStr(_) | Val::Obj(_) => None,
        }
    }
}

/// Makes an error with a message.
pub(super) fn error(message: impl ToString) -> Error {
    Error::str(message)
}

/// Returns what jq calls the type of a value.
pub(super) fn kind(value: &Val) -> &'static str {
    match value {
        Val::Null => "null",
        Val::Bool(_) => "boolean",
        Val::Num(_) => "number",
        Val::TStr(_) | Val::BStr(_) => "string",
        Val::Arr(_) => "array",
        Val::Obj(_) => "object",
    }
}

/// Returns a double as an integer if it is one that doubles tell apart from its neighbours.
pub(super) fn whole(x: f64) -> Option<isize> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (x.fract() == 0.0 && x.abs() <= EXACT).then_some(x as isize)
}

/// Makes a number of a double, an integer where it is whole.
pub(super) fn number(x: f64) -> Val {
    Val::Num(whole(x).map_or(Num::Float(x), Num::Int))
}

/// Takes what is shared out of its reference, or copies it.
fn unshared<T: Clone>(shared: Rc<T>) -> T {
    Rc::try_unwrap(shared).unwrap_or_else(|shared| (*shared).clone())
}

impl fmt::Display for JqValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::write_json(&self.0, f, 0)
    }
}

impl From<bool> for JqValue {
    fn from(truth: bool) -> Self {
        JqValue(Val::Bool(truth))
    }
}

impl From<isize> for JqValue {
    fn from(i: isize) -> Self {
        JqValue(Val::from(i))
    }
}

impl From<usize> for JqValue {
    fn from(i: usize) -> Self {
        JqValue(Val::from(i))
    }
}

impl From<f64> for JqValue {
    fn from(x: f64) -> Self {
        JqValue(number(x))
    }
}

impl From<String> for JqValue {
    fn from(text: String) -> Self {
        JqValue(Val::from(text))
    }
}

impl From<Range<JqValue>> for JqValue {
    fn from(range: Range<JqValue>) -> Self {
        let end = |value: Option<JqValue>| value.map_or(Val::Null, |value| value.0);
        JqValue::object([("start", end(range.start)), ("end", end(range.end))])
    }
}

impl FromIterator<JqValue> for JqValue {
    fn from_iter<T: IntoIterator<Item = JqValue>>(items: T) -> Self {
        JqValue(items.into_iter().map(|item| item.0).collect())
    }
}

impl ValT for JqValue {
    fn from_num(digits: &str) -> ValR<Self> {
        Ok(JqValue(text::literal(digits)))
    }

    fn from_map<I: IntoIterator<Item = (Self, Self)>>(fields: I) -> ValR<Self> {
        let fields = fields.into_iter().map(|(key, value)| match key.0 {
            key @ Val::TStr(_) => Ok((key, value.0)),
            key => {
                let message = format!("Cannot use {} as object key", describe(&key));
                Err(error(message))
            }
        });
        Ok(JqValue(Val::obj(fields.collect::<Result<Map, Error>>()?)))
    }

    fn key_values(self) -> Box<dyn Iterator<Item = Result<(Self, Self), Error>>> {
        match self.0 {
            Val::Arr(items) => {
                Box::new(unshared(items).into_iter().enumerate().map(|(i, item)| Ok((JqValue::from(i), JqValue(item)))))
            }
            Val::Obj(fields) => {
                Box::new(unshared(fields).into_iter().map(|(key, value)| Ok((JqValue(key), JqValue(value)))))
            }
            other => Box::new(std::iter::once(Err(access::not_iterable(&other)))),
        }
    }

    fn values(self) -> Box<dyn Iterator<Item = ValR<Self>>> {
        match self.0 {
            Val::Arr(items) => Box::new(unshared(items).into_iter().map(|item| Ok(JqValue(item)))),
            Val::Obj(fields) => Box::new(unshared(fields).into_iter().map(|(_, value)| Ok(JqValue(value)))),
            other => Box::new(std::iter::once(Err(access::not_iterable(&other)))),
        }
    }

    fn index(self, index: &Self) -> ValR<Self> {
        access::index(self.0, &index.0).map(JqValue)
    }

    fn range(self, range: Range<&Self>) -> ValR<Self> {
        let end = |end: Option<&JqValue>| end.map_or(Val::Null, |end| end.0.clone());
        access::slice(self.0, &end(range.start), &end(range.end)).map(JqValue)
    }

    fn map_values<'a, I: Iterator<Item = ValX<'a, Self>>>(self, opt: Opt, f: impl Fn(Self) -> I) -> ValX<'a, Self> {
        update::values(self, opt, f)
    }

    fn map_index<'a, I: Iterator<Item = ValX<'a, Self>>>(
        self,
        index: &Self,
        opt: Opt,
        f: impl Fn(Self) -> I,
    ) -> ValX<'a, Self> {
        update::index(self, index, opt, f)
    }

    fn map_range<'a, I: Iterator<Item = ValX<'a, Self>>>(
        self,
        range: Range<&Self>,
        opt: Opt,
        f: impl Fn(Self) -> I,
    ) -> ValX<'a, Self> {
        let end = |end: Option<&JqValue>| end.map_or(Val::Null, |end| end.0.clone());
        update::slice(self, &end(range.start), &end(range.end), opt, f)
    }

    fn as_bool(&self) -> bool {
        !matches!(self.0, Val::Null | Val::Bool(false))
    }

    fn into_string(self) -> Self {
        match self.0 {
            text @ (Val::TStr(_) | Val::BStr(_)) => JqValue(text),
            other => JqValue(Val::utf8_str(json_text(&other))),
        }
    }
}

impl jaq_std::ValT for JqValue {
    fn into_seq<S: FromIterator<Self>>(self) -> Result<S, Self> {
        match self.0 {
            Val::Arr(items) => Ok(unshared(items).into_iter().map(JqValue).collect()),
            other => Err(JqValue(other)),
        }
    }

    fn is_int(&self) -> bool {
        jaq_std::ValT::is_int(&self.0)
    }

    fn as_isize(&self) -> Option<isize> {
        match jaq_std::ValT::as_isize(&self.0) {
            None => self.double().and_then(whole),
            exact => exact,
        }
    }

    fn as_f64(&self) -> Option<f64> {
        self.double()
    }

    fn is_utf8_str(&self) -> bool {
        matches!(self.0, Val::TStr(_))
    }

    fn as_bytes(&self) -> Option<&[u8]> {
        self.bytes()
    }

    fn as_sub_str(&self, part: &[u8]) -> Self {
        JqValue(jaq_std::ValT::as_sub_str(&self.0, part))
    }

    fn from_utf8_bytes(bytes: impl AsRef<[u8]> + Send + 'static) -> Self {
        JqValue(jaq_std::ValT::from_utf8_bytes(bytes))
    }
}
