//! `delpaths` as in jq: all paths mean the value as it was, absent ones are passed over, and keys keep their order.

use jaq_core::ValT as _;
use jaq_json::{Rc, Val};

use super::value::{DEEPEST, Error, JqValue, bounds, describe, error, kind, position};

/// Deletes what the array `paths` points at.
pub(super) fn delete_paths(mut value: Val, paths: Val) -> Result<Val, Error> {
    let Val::Arr(paths) = paths else {
        return Err(error("Paths must be specified as an array"));
    };
    let mut known = Vec::with_capacity(paths.len());
    for path in paths.iter() {
        let Val::Arr(path) = path else {
            return Err(error("Path must be specified as an array"));
        };
        if path.len() > DEEPEST {
            return Err(error("Path too deep"));
        }
        known.push(absolute(&value, path));
    }
    // From the back, so that deleting one does not move the others.
    known.sort();
    for path in known.iter().rev() {
        match path.split_last() {
            None => return Ok(Val::Null),
            Some((last, way)) => {
                if let Some(holder) = walk(&mut value, way)? {
                    delete(holder, last)?;
                }
            }
        }
    }
    Ok(value)
}

/// Returns the path with indices that count from the end turned into ones from the start, so that they sort.
fn absolute(value: &Val, path: &[Val]) -> Vec<Val> {
    let mut here = Some(JqValue(value.clone()));
    let step = |index: &Val| {
        let index = match (here.as_ref().map(|here| &here.0), index) {
            (Some(Val::Arr(items)), Val::Num(at)) => position(at, items.len()).map_or_else(|| index.clone(), Val::from),
            _ => index.clone(),
        };
        here = here.take().and_then(|value| value.index(&JqValue(index.clone())).ok());
        index
    };
    path.iter().map(step).collect()
}

/// Returns the value at the end of `way`, if it is there.
fn walk<'v>(value: &'v mut Val, way: &[Val]) -> Result<Option<&'v mut Val>, Error> {
    let mut here = value;
    for index in way {
        let next = match (here, index) {
            (Val::Null, _) => None,
            (Val::Obj(fields), key @ Val::TStr(_)) => Rc::make_mut(fields).get_mut(key),
            (Val::Arr(items), Val::Num(at)) => {
                let at = position(at, items.len());
                at.and_then(|at| Rc::make_mut(items).get_mut(at))
            }
            (here, index) => {
                // Says what jq says about reading there.
                JqValue(here.clone()).index(&JqValue(index.clone()))?;
                return Err(error("Invalid path component"));
            }
        };
        match next {
            Some(next) => here = next,
            None => return Ok(None),
        }
    }
    Ok(Some(here))
}

fn delete(holder: &mut Val, index: &Val) -> Result<(), Error> {
    match (holder, index) {
        (Val::Null, _) => {}
        (Val::Obj(fields), key @ Val::TStr(_)) => {
            Rc::make_mut(fields).shift_remove(key);
        }
        (Val::Arr(items), Val::Num(at)) => {
            if let Some(at) = position(at, items.len()).filter(|at| *at < items.len()) {
                Rc::make_mut(items).remove(at);
            }
        }
        (Val::Arr(items), Val::Obj(range)) => {
            let end = |name: &str| range.get(&Val::from(name.to_owned())).cloned().unwrap_or(Val::Null);
            let (start, end) = bounds(items.len(), &end("start"), &end("end"))?;
            drop(Rc::make_mut(items).drain(start..end));
        }
        (Val::Obj(_), Val::Num(_)) => return Err(error("Cannot delete field at array index of object")),
        (Val::Arr(_), Val::TStr(_)) => return Err(error("Cannot delete field at object index of array")),
        (holder, index) => {
            return Err(error(format!("Cannot delete field at {} of {}", describe(index), kind(holder))));
        }
    }
    Ok(())
}
