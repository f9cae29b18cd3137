//! The account of a session that the checks of lessons are put to, with only the fields that they name.

use serde_json::{Map, Value, json};

use super::said::Said;
use super::{Moment, Progress};
use crate::checks::{checklist, ledger};
use crate::export::run_report;

/// What a learner did that no event tells: it changed nothing of the session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doings {
    /// What was asked of the screen, each action by its name, once.
    pub did: Vec<&'static str>,
    /// What was predicted of replans: how much was right, and of how many steps.
    pub survival: Vec<(usize, usize)>,
}

impl Doings {
    /// Notes that the action of this name was carried out. Returns whether it is new.
    pub fn note(&mut self, action: &'static str) -> bool {
        let is_new = !self.did.contains(&action);
        if is_new {
            self.did.push(action);
        }
        is_new
    }
}

/// Returns the account for `filters`: a field that none of them names is left out, for some are dear.
pub fn account(moment: &Moment<'_>, progress: &Progress, filters: &[&str]) -> Value {
    let asked = |field: &str| filters.iter().any(|filter| filter.contains(field));
    let Moment { session, end, doings, .. } = moment;
    let mut account: Map<String, Value> = run_report::fields(session, end, moment.judge, &asked);
    if asked("checklist") {
        let steps = end.plan.remaining();
        let available = |key: &str| end.context.get(key).is_some();
        let list = checklist(&end.goal, steps, &available);
        let list = serde_json::to_value(list).unwrap_or_default();
        account.insert("checklist".into(), if steps.is_empty() { Value::Null } else { list });
        let ledger = ledger(&end.goal, steps, &available);
        account.insert("hand_off".into(), serde_json::to_value(ledger).unwrap_or_default());
    }
    account.insert("dial".into(), end.settings.dial.word().into());
    if asked("did") {
        account.insert("did".into(), doings.did.iter().copied().collect());
    }
    if asked("survival") {
        let one = |(right, all): &(usize, usize)| json!({ "right": right, "of": all });
        account.insert("survival".into(), doings.survival.iter().map(one).collect());
    }
    if asked("predictions") {
        let said = |(part, said): (usize, &Option<Said>)| {
            let said = said.as_ref()?;
            Some(json!({ "part": part + 1, "said": said.value, "truth": said.truth, "right": said.right }))
        };
        let all: Vec<Value> = progress.said.iter().enumerate().filter_map(said).collect();
        account.insert("predictions".into(), all.into());
    }
    if asked("lanes") {
        account.insert("lanes".into(), (moment.lanes)());
    }
    Value::Object(account)
}
