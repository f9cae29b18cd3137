//! `delpaths` as in jq: all paths mean the value as it was, absent ones are passed over, and keys keep their order.

use jaq_core::ValT as _;
use jaq_json::{Error, Num, Rc, Val};

/// Deletes what the array `paths` points at.
pub(super) fn delete_paths(mut value: Val, paths: Val) -> Result<Val, Error> {
    let Val::Arr(paths) = paths else {
        return Err(Error::str("the paths to delete must be an array"));
    };
    let mut known = Vec::with_capacity(paths.len());
    for path in paths.iter() {
        let Val::Arr(path) = path else {
            return Err(Error::str("a path to delete must be an array"));
        };
        known.push(absolute(&value, path));
    }
    // From the back, so that deleting one does not move the others.
    known.sort();
    for path in known.iter().rev() {
        match path.split_last() {
            None => return Ok(Val::Null),
            Some((last, way)) => {
                if let Some(holder) = walk(&mut value, way) {
                    delete(holder, last)?;
                }
            }
        }
    }
    Ok(value)
}

/// Returns the path with indices that count from the end turned into ones from the start, so that they sort.
fn absolute(value: &Val, path: &[Val]) -> Vec<Val> {
    let mut here = Some(value.clone());
    let step = |index: &Val| {
        let index = match (&here, index) {
            (Some(Val::Arr(items)), Val::Num(Num::Int(i @ ..=-1))) => {
                items.len().checked_sub(i.unsigned_abs()).map_or_else(|| index.clone(), Val::from)
            }
            _ => index.clone(),
        };
        here = here.take().and_then(|value| value.index(&index).ok());
        index
    };
    path.iter().map(step).collect()
}

/// Returns the value at the end of `way`, if it is there.
fn walk<'v>(value: &'v mut Val, way: &[Val]) -> Option<&'v mut Val> {
    way.iter().try_fold(value, |value, index| match (value, index) {
        (Val::Obj(fields), key) => Rc::make_mut(fields).get_mut(key),
        (Val::Arr(items), Val::Num(Num::Int(i @ 0..))) => Rc::make_mut(items).get_mut(i.unsigned_abs()),
        _ => None,
    })
}

fn delete(holder: &mut Val, index: &Val) -> Result<(), Error> {
    match (holder, index) {
        (Val::Null, _) => {}
        (Val::Obj(fields), key @ Val::TStr(_)) => {
            Rc::make_mut(fields).shift_remove(key);
        }
        (Val::Arr(items), Val::Num(Num::Int(i))) => {
            if let Some(i) = usize::try_from(*i).ok().filter(|i| *i < items.len()) {
                Rc::make_mut(items).remove(i);
            }
        }
        (Val::Arr(items), Val::Obj(range)) => {
            let bound = |name: &str, default: usize| match range.get(&Val::from(name.to_owned())) {
                Some(Val::Num(Num::Int(i @ 0..))) => i.unsigned_abs().min(items.len()),
                Some(Val::Num(Num::Int(i))) => items.len().saturating_sub(i.unsigned_abs()),
                _ => default,
            };
            let (start, end) = (bound("start", 0), bound("end", items.len()));
            if start < end {
                Rc::make_mut(items).drain(start..end);
            }
        }
        (holder, index) => return Err(Error::str(format_args!("cannot delete {index} of {}", kind(holder)))),
    }
    Ok(())
}

fn kind(value: &Val) -> &'static str {
    match value {
        Val::Null => "null",
        Val::Bool(_) => "a boolean",
        Val::Num(_) => "a number",
        Val::TStr(_) | Val::BStr(_) => "a string",
        Val::Arr(_) => "an array",
        Val::Obj(_) => "an object",
    }
}
