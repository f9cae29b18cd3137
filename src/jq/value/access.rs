//! Reading a part of a value: `.a`, `.[0]`, `.[1:3]`, `.[]`.

use jaq_json::{Num, Val};

use super::{Error, describe, error, kind, number};

/// Returns the error of iterating over what holds nothing.
pub(super) fn not_iterable(value: &Val) -> Error {
    error(format!("Cannot iterate over {}", describe(value)))
}

fn no_index(value: &Val, index: &Val) -> Error {
    error(match index {
        Val::TStr(_) | Val::Num(_) => format!("Cannot index {} with {}", kind(value), describe(index)),
        Val::Null | Val::Bool(_) | Val::BStr(_) | Val::Arr(_) | Val::Obj(_) => {
            format!("Cannot index {} with {}", kind(value), kind(index))
        }
    })
}

/// Returns the part of `value` at `index`, null where there is none.
pub(super) fn index(value: Val, index: &Val) -> Result<Val, Error> {
    match (value, index) {
        (Val::Obj(fields), Val::TStr(_)) => Ok(fields.get(index).cloned().unwrap_or(Val::Null)),
        (Val::Arr(items), Val::Num(at)) => {
            Ok(position(at, items.len()).and_then(|at| items.get(at)).cloned().unwrap_or(Val::Null))
        }
        (Val::Null, Val::TStr(_) | Val::Num(_) | Val::Null) => Ok(Val::Null),
        (value @ (Val::Null | Val::Arr(_) | Val::TStr(_)), Val::Obj(range)) => {
            let end = |name: &str| range.get(&Val::from(name.to_owned())).cloned().unwrap_or(Val::Null);
            slice(value, &end("start"), &end("end"))
        }
        (Val::Arr(items), Val::Arr(part)) => Ok(positions(&items, part)),
        (value, index) => Err(no_index(&value, index)),
    }
}

/// Returns where in an array of `len` items a number points, if that is inside: fractions are cut off, and what is
/// negative counts from the end.
pub(in super::super) fn position(at: &Num, len: usize) -> Option<usize> {
    match at {
        Num::Int(at @ 0..) => Some(at.unsigned_abs()),
        Num::Int(at) => len.checked_sub(at.unsigned_abs()),
        Num::BigInt(_) | Num::Float(_) | Num::Dec(_) => {
            let at = super::JqValue(Val::Num(at.clone())).double()?.trunc();
            if at.is_nan() {
                None
            } else if at >= 0.0 {
                Some(at as usize)
            } else {
                len.checked_sub(-at as usize)
            }
        }
    }
}

/// Returns where `part` begins in `items`.
pub(in super::super) fn positions(items: &[Val], part: &[Val]) -> Val {
    if part.is_empty() {
        return Val::Null;
    }
    let found = items.windows(part.len()).enumerate().filter(|(_, window)| *window == part);
    found.map(|(at, _)| Val::from(at)).collect()
}

/// Returns the bounds of a slice of `len` items: what is not whole is widened, what is negative counts from the end.
pub(in super::super) fn bounds(len: usize, start: &Val, end: &Val) -> Result<(usize, usize), Error> {
    let bound = |value: &Val| match value {
        Val::Null => Ok(None),
        Val::Num(_) => Ok(super::JqValue(value.clone()).double().filter(|x| !x.is_nan())),
        Val::Bool(_) | Val::TStr(_) | Val::BStr(_) | Val::Arr(_) | Val::Obj(_) => {
            Err(error("Start and end indices of an array slice must be numbers"))
        }
    };
    let size = len as f64;
    let place = |at: f64| if at < 0.0 { (at + size).max(0.0) } else { at.min(size) };
    let start = place(bound(start)?.unwrap_or(0.0)).floor() as usize;
    let end = place(bound(end)?.unwrap_or(size)).ceil() as usize;
    Ok((start, end.max(start).min(len)))
}

/// Returns a slice of an array or of a text.
pub(super) fn slice(value: Val, start: &Val, end: &Val) -> Result<Val, Error> {
    match value {
        Val::Null => bounds(0, start, end).map(|_| Val::Null),
        Val::Arr(items) => {
            let (start, end) = bounds(items.len(), start, end)?;
            Ok(items[start..end].iter().cloned().collect())
        }
        Val::TStr(bytes) => {
            let text = bstr::BStr::new(&**bytes);
            let mut starts = bstr::ByteSlice::char_indices(&**bytes).map(|(at, ..)| at);
            let length = if text.is_ascii() { text.len() } else { starts.clone().count() };
            let (start, end) = bounds(length, start, end)?;
            let (from, to) = if text.is_ascii() {
                (start, end)
            } else {
                let from = starts.nth(start).unwrap_or(text.len());
                let to = if end == start { from } else { starts.nth(end - start - 1).unwrap_or(text.len()) };
                (from, to)
            };
            Ok(Val::utf8_str(bytes.slice(from..to)))
        }
        other => Err(error(format!("Cannot index {} with object", kind(&other)))),
    }
}

/// Returns the index that an update of an array of `len` items means.
pub(super) fn place_to_set(at: &Num, len: usize) -> Result<usize, Error> {
    /// The largest index that an update fills up to.
    const LARGEST: f64 = 10_000_000.0;
    let at = super::JqValue(Val::Num(at.clone())).double().unwrap_or(f64::NAN).trunc();
    if at.is_nan() {
        Err(error("Cannot set array element at NaN index"))
    } else if at < 0.0 {
        len.checked_sub(-at as usize).ok_or_else(|| error("Out of bounds negative array index"))
    } else if at > LARGEST && at >= len as f64 {
        Err(error("Array index too large"))
    } else {
        Ok(at as usize)
    }
}

/// Returns the length that jq gives a value.
pub(in super::super) fn length(value: &Val) -> Result<Val, Error> {
    match value {
        Val::Null => Ok(Val::from(0usize)),
        Val::Num(Num::Int(i)) => Ok(i.checked_abs().map_or_else(|| number((*i as f64).abs()), Val::from)),
        Val::Num(at) => Ok(match super::JqValue(value.clone()).double() {
            Some(x) if x < 0.0 => Val::Num(-at.clone()),
            _ => value.clone(),
        }),
        Val::TStr(bytes) | Val::BStr(bytes) => Ok(Val::from(bstr::ByteSlice::chars(&***bytes).count())),
        Val::Arr(items) => Ok(Val::from(items.len())),
        Val::Obj(fields) => Ok(Val::from(fields.len())),
        Val::Bool(_) => Err(error(format!("{} has no length", describe(value)))),
    }
}
