//! Changing a part of a value: `.a |= f`, `.[] |= f`, `.[1:3] = []`. What is not there is made, as in jq.

use jaq_core::path::Opt;
use jaq_core::{Exn, ValX};
use jaq_json::{Map, Rc, Val};

use super::access::{self, bounds, place_to_set};
use super::{Error, JqValue, error, unshared};

/// Replaces each item by the first output of `f` for it, and drops those for which there is none.
pub(super) fn values<'a, I: Iterator<Item = ValX<'a, JqValue>>>(
    value: JqValue,
    opt: Opt,
    f: impl Fn(JqValue) -> I,
) -> ValX<'a, JqValue> {
    match value.0 {
        Val::Arr(items) => {
            let items = unshared(items).into_iter().filter_map(|item| f(JqValue(item)).next());
            Ok(JqValue(items.map(|item| item.map(|item| item.0)).collect::<Result<Val, Exn<'_, _>>>()?))
        }
        Val::Obj(fields) => {
            let fields = unshared(fields).into_iter().filter_map(|(key, value)| {
                let value = f(JqValue(value)).next()?;
                Some(value.map(|value| (key, value.0)))
            });
            Ok(JqValue(Val::obj(fields.collect::<Result<Map, Exn<'_, _>>>()?)))
        }
        other => opt.fail(JqValue(other), |value| Exn::from(access::not_iterable(&value.0))),
    }
}

/// Replaces the part at `index` by the first output of `f`; without an output the part is deleted.
pub(super) fn index<'a, I: Iterator<Item = ValX<'a, JqValue>>>(
    mut value: JqValue,
    index: &JqValue,
    opt: Opt,
    f: impl Fn(JqValue) -> I,
) -> ValX<'a, JqValue> {
    match (&mut value.0, &index.0) {
        (Val::Obj(fields), key @ Val::TStr(_)) => {
            let fields = Rc::make_mut(fields);
            match fields.get_mut(key) {
                Some(place) => match f(JqValue(std::mem::take(place))).next().transpose()? {
                    Some(new) => *place = new.0,
                    None => drop(fields.shift_remove(key)),
                },
                None => {
                    if let Some(new) = f(JqValue(Val::Null)).next().transpose()? {
                        fields.insert(key.clone(), new.0);
                    }
                }
            }
            Ok(value)
        }
        (Val::Null, key @ Val::TStr(_)) => {
            let new = f(JqValue(Val::Null)).next().transpose()?;
            Ok(new.map_or(value, |new| JqValue(Val::obj(Map::from_iter([(key.clone(), new.0)])))))
        }
        (Val::Arr(items), Val::Num(at)) => match place_to_set(at, items.len()) {
            Ok(at) => {
                set(Rc::make_mut(items), at, f)?;
                Ok(value)
            }
            Err(fault) => opt.fail(value, |_| Exn::from(fault)),
        },
        (Val::Null, Val::Num(at)) => match place_to_set(at, 0) {
            Ok(at) => {
                let mut items = Vec::new();
                Ok(if set(&mut items, at, f)? { JqValue::array(items) } else { value })
            }
            Err(fault) => opt.fail(value, |_| Exn::from(fault)),
        },
        (Val::Arr(_) | Val::Null | Val::TStr(_), Val::Obj(range)) => {
            let end = |name: &str| range.get(&Val::from(name.to_owned())).cloned().unwrap_or(Val::Null);
            slice(value, &end("start"), &end("end"), opt, f)
        }
        (Val::Arr(_), Val::Arr(_)) => {
            opt.fail(value, |_| Exn::from(error("Cannot update field at array index of array")))
        }
        _ => {
            let fault = access::index(value.0.clone(), &index.0).err();
            let fault = fault.unwrap_or_else(|| error("Invalid path component"));
            opt.fail(value, |_| Exn::from(fault))
        }
    }
}

/// Replaces the item at `at`, filling up with nulls; says whether the array holds what it did not hold before.
fn set<'a, I: Iterator<Item = ValX<'a, JqValue>>>(
    items: &mut Vec<Val>,
    at: usize,
    f: impl Fn(JqValue) -> I,
) -> Result<bool, Exn<'a, JqValue>> {
    let old = items.get_mut(at).map(std::mem::take);
    let there = old.is_some();
    match f(JqValue(old.unwrap_or(Val::Null))).next().transpose()? {
        Some(new) => {
            if !there {
                items.resize(at + 1, Val::Null);
            }
            items[at] = new.0;
            Ok(true)
        }
        None => {
            if there {
                items.remove(at);
            }
            Ok(there)
        }
    }
}

/// Replaces a slice of an array by the first output of `f`; without an output the slice is deleted.
pub(super) fn slice<'a, I: Iterator<Item = ValX<'a, JqValue>>>(
    mut value: JqValue,
    start: &Val,
    end: &Val,
    opt: Opt,
    f: impl Fn(JqValue) -> I,
) -> ValX<'a, JqValue> {
    let part = |fault: Error, value| opt.fail(value, |_| Exn::from(fault));
    match &mut value.0 {
        Val::Arr(items) => {
            let (start, end) = match bounds(items.len(), start, end) {
                Ok(bounds) => bounds,
                Err(fault) => return part(fault, value),
            };
            let old: Val = items[start..end].iter().cloned().collect();
            match f(JqValue(old)).next().transpose()?.map(|new| new.0) {
                Some(Val::Arr(new)) => {
                    Rc::make_mut(items).splice(start..end, new.iter().cloned());
                }
                Some(_) => return part(error("A slice of an array can only be assigned another array"), value),
                None => drop(Rc::make_mut(items).drain(start..end)),
            }
            Ok(value)
        }
        Val::Null => match bounds(0, start, end) {
            Err(fault) => part(fault, value),
            Ok(_) => match f(JqValue(Val::Null)).next().transpose()?.map(|new| new.0) {
                Some(new @ Val::Arr(_)) => Ok(JqValue(new)),
                Some(_) => part(error("A slice of an array can only be assigned another array"), value),
                None => Ok(value),
            },
        },
        Val::TStr(_) => part(error("Cannot update string slices"), value),
        _ => {
            let fault = access::slice(value.0.clone(), start, end).err();
            part(fault.unwrap_or_else(|| error("Invalid path component")), value)
        }
    }
}
