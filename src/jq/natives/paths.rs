//! Natives that work on paths: updates path by path, deletion, the last output.

use jaq_core::box_iter::box_once;
use jaq_core::native::{Fun, bome, run, v};
use jaq_core::path::Opt;
use jaq_core::{Bind, Cv, Exn, Native, ValT as _, ValX};
use jaq_json::Val;

use super::super::budget::Instrumented;
use super::super::deletion::delete_paths;
use super::super::value::{DEEPEST, JqValue, error};
use super::{FINAL, MODIFY};

pub(super) fn natives() -> [Fun<Instrumented>; 3] {
    let f = || Bind::Fun(());
    let last = Native::new(|mut cv: Cv<'_, Instrumented>| {
        let (f, context) = cv.0.pop_fun();
        let last = f.run((context, cv.1)).try_fold(JqValue(Val::Null), |_, value| value);
        box_once(last)
    })
    .with_paths(|mut cv| {
        let (f, context) = cv.0.pop_fun();
        let last = f.paths((context, cv.1)).try_fold(None, |_, path| path.map(Some));
        Box::new(last.transpose().into_iter())
    });
    [
        (FINAL, [f()].into(), last),
        run((MODIFY, [f(), f()].into(), |cv| box_once(modify(cv)))),
        run(("delpaths", v(1), |mut cv| {
            let paths = cv.0.pop_var();
            bome(delete_paths(cv.1.0, paths.0).map(JqValue))
        })),
    ]
}

/// Replaces what is at each path by the first output of the update; where there is none, the path is deleted at last.
///
/// jaq updates while it walks. jq walks over the value as it was, which differs where one path contains another or
/// depends on what another changes.
fn modify(mut cv: Cv<'_, Instrumented>) -> ValX<'_, JqValue> {
    let (update, update_context) = cv.0.pop_fun();
    let (paths, paths_context) = cv.0.pop_fun();
    let budget = cv.0.data().budget;
    let mut value = cv.1.clone();
    let mut deleted = Vec::new();
    for path in paths.paths((paths_context, (cv.1, Default::default()))) {
        budget.tick()?;
        let (_, path) = path?;
        let mut path: Vec<JqValue> = path.iter().cloned().collect();
        path.reverse();
        if path.len() > DEEPEST {
            return Err(error("Path too deep").into());
        }
        let old = path.iter().try_fold(value.clone(), jaq_core::ValT::index)?;
        match update.run((update_context.clone(), old)).next().transpose()? {
            Some(new) => value = set(value, &path, &new)?,
            None => deleted.push(path.into_iter().map(|index| index.0).collect::<Val>()),
        }
    }
    if deleted.is_empty() {
        return Ok(value);
    }
    delete_paths(value.0, deleted.into_iter().collect()).map(JqValue).map_err(Exn::from)
}

fn set<'a>(value: JqValue, path: &[JqValue], new: &JqValue) -> ValX<'a, JqValue> {
    match path.split_first() {
        None => Ok(new.clone()),
        Some((index, rest)) => value.map_index(index, Opt::Essential, |part| box_once(set(part, rest, new))),
    }
}
