//! Natives about arrays and objects: keys, what is in them, and where.

use jaq_core::ValR;
use jaq_json::Val;

use super::super::library::Library;
use super::super::value::{DEEPEST, JqValue, describe, error, kind, positions};
use super::{Listed, once, plain, with_value};

pub(super) fn natives() -> Vec<Listed> {
    vec![
        plain("keys_unsorted", |cv| {
            once(match &cv.1.0 {
                Val::Arr(items) => Ok(JqValue((0..items.len()).map(Val::from).collect())),
                Val::Obj(fields) => Ok(JqValue(fields.keys().cloned().collect())),
                other => Err(error(format!("{} has no keys", describe(other)))),
            })
        }),
        with_value("has", |mut cv| {
            let key = cv.0.pop_var();
            once(has(&cv.1, &key))
        }),
        with_value("contains", |mut cv| {
            let part = cv.0.pop_var();
            once(match contains(&cv.1.0, &part.0, 0) {
                Ok(Some(truth)) => Ok(truth.into()),
                Ok(None) => {
                    let (whole, part) = (describe(&cv.1.0), describe(&part.0));
                    Err(error(format!("{whole} and {part} cannot have their containment checked")))
                }
                Err(TooDeep) => Err(error("Containment check too deep")),
            })
        }),
        with_value("indices", |mut cv| {
            let part = cv.0.pop_var();
            once(indices(&cv.1, &part))
        }),
        with_value("bsearch", |mut cv| {
            let sought = cv.0.pop_var();
            once(match cv.1.items() {
                Some(items) => Ok(match items.binary_search(&sought.0) {
                    Ok(at) => JqValue::from(at),
                    Err(at) => JqValue(Val::from(-1 - isize::try_from(at).unwrap_or(isize::MAX))),
                }),
                None => Err(error(format!("{} cannot be searched from", describe(&cv.1.0)))),
            })
        }),
        plain("builtins", |_| {
            let names = Library::shared().signatures().map(|(name, arity)| Val::from(format!("{name}/{arity}")));
            once(Ok(JqValue(names.collect())))
        }),
    ]
}

fn has(value: &JqValue, key: &JqValue) -> ValR<JqValue> {
    match (&value.0, &key.0) {
        (Val::Obj(fields), key @ Val::TStr(_)) => Ok(fields.contains_key(key).into()),
        (Val::Arr(items), Val::Num(_)) => {
            let at = key.double().unwrap_or(f64::NAN).trunc();
            let at = if at < 0.0 { at + items.len() as f64 } else { at };
            Ok((at >= 0.0 && at < items.len() as f64).into())
        }
        (value, key) => {
            let what = if matches!(key, Val::TStr(_)) { "string" } else { kind(key) };
            Err(error(format!("Cannot check whether {} has a {what} key", kind(value))))
        }
    }
}

/// Values are nested deeper than jq looks.
struct TooDeep;

/// Says whether `whole` contains `part`; `None` where they are of different types.
fn contains(whole: &Val, part: &Val, depth: usize) -> Result<Option<bool>, TooDeep> {
    if depth > DEEPEST {
        return Err(TooDeep);
    }
    let inside = |whole: &Val, part: &Val| Ok(contains(whole, part, depth + 1)? == Some(true));
    let truth = match (whole, part) {
        (Val::Obj(whole), Val::Obj(part)) => {
            let mut parts = part.iter();
            all(&mut parts, |(key, part)| whole.get(key).map_or(Ok(false), |whole| inside(whole, part)))?
        }
        (Val::Arr(whole), Val::Arr(part)) => {
            let mut parts = part.iter();
            all(&mut parts, |part| {
                let missing = all(&mut whole.iter(), |whole| Ok(!inside(whole, part)?))?;
                Ok(!missing)
            })?
        }
        (Val::TStr(whole), Val::TStr(part)) => bstr::ByteSlice::contains_str(&***whole, &***part),
        (Val::Bool(whole), Val::Bool(part)) if whole == part => true,
        (Val::Null, Val::Null) => true,
        (Val::Num(whole), Val::Num(part)) => whole == part,
        _ => return Ok(None),
    };
    Ok(Some(truth))
}

/// Says whether `test` holds for every item, up to the first for which it does not.
fn all<T>(items: &mut impl Iterator<Item = T>, test: impl Fn(T) -> Result<bool, TooDeep>) -> Result<bool, TooDeep> {
    for item in items {
        if !test(item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn indices(value: &JqValue, part: &JqValue) -> ValR<JqValue> {
    match (&value.0, &part.0) {
        (Val::Null, _) => Ok(JqValue(Val::Null)),
        (Val::Arr(items), Val::Arr(part)) => Ok(JqValue(positions(items, part))),
        (Val::Arr(items), part) => Ok(JqValue(positions(items, std::slice::from_ref(part)))),
        (Val::TStr(text), Val::TStr(part)) => {
            if part.is_empty() {
                return Ok(JqValue(Val::Null));
            }
            let starts = bstr::ByteSlice::char_indices(&***text).map(|(at, ..)| at).enumerate();
            let found = starts.filter(|(_, at)| text[*at..].starts_with(part));
            Ok(JqValue(found.map(|(place, _)| Val::from(place)).collect()))
        }
        (value, part) => Err(error(format!("Cannot determine indices of {} in {}", kind(part), kind(value)))),
    }
}
