//! Looking: back and forward through the moments, other branches, starting over.

use crate::ui::action::Action;
use crate::ui::session::change::{Change, DialogRequest, Meaning, no, open};
use crate::ui::session::lists;
use crate::ui::session::view::View;

pub(crate) fn interpret(view: &View<'_>, action: Action) -> Meaning {
    let shown = view.shown;
    match action {
        Action::Back => match shown.happened.checked_sub(2).and_then(|at| shown.rows.get(at)) {
            Some(seq) => Ok(vec![Change::Look(Some(*seq))]),
            None => no("this is the first moment"),
        },
        Action::Forward if !shown.past => no("this is now; \x01step\x02 runs the next step"),
        Action::Forward => match shown.rows.get(shown.happened) {
            Some(seq) if shown.happened + 1 < shown.rows.len() => Ok(vec![Change::Look(Some(*seq))]),
            Some(_) | None => Ok(vec![Change::Look(None)]),
        },
        Action::LookHere if view.reports() || view.ui.watched().is_some() && !shown.past => {
            no("the trace stands below this: \x01cancel\x02 puts it away")
        }
        // A replan is looked at where it was proposed: there its beats are shown again.
        Action::LookHere => match lists::trace::current(view).map(|seq| lists::trace::proposed(view, seq)) {
            Some(seq) if shown.rows.last() == Some(&seq) && !shown.past => no("this is now"),
            Some(seq) if shown.rows.last() == Some(&seq) => Ok(vec![Change::Look(None)]),
            Some(seq) if shown.past && shown.state.seq == seq => no("this is the moment that is shown"),
            Some(seq) => Ok(vec![Change::Look(Some(seq))]),
            None => no("nothing happened yet"),
        },
        Action::Now if shown.past => Ok(vec![Change::Look(None)]),
        Action::Now => no("this is now"),
        Action::CompareMoments => match (view.ui.moment, shown.state.seq) {
            _ if shown.rows.len() < 2 => no("there is one moment only: nothing to compare it with"),
            (Some(kept), here) if kept != here => {
                let both = DialogRequest::Moments(kept.min(here), kept.max(here));
                Ok(vec![Change::KeepMoment(None), Change::Open(both)])
            }
            (_, here) if shown.past => {
                let both = DialogRequest::Moments(here, view.session.state().seq);
                Ok(vec![Change::KeepMoment(Some(here)), Change::Open(both)])
            }
            (Some(_), _) => Ok(vec![Change::KeepMoment(None), Change::Say("no moment waits to be compared".into())]),
            (None, here) => Ok(vec![
                Change::KeepMoment(Some(here)),
                Change::Say(
                    "this moment is one of two: go to another (\x01back\x02, \x01branch\x02), \x01compare_moments\x02 compares them"
                        .into(),
                ),
            ]),
        },
        Action::Branch if shown.branches.len() > 1 => open(DialogRequest::Branches),
        Action::Branch => no("there is one branch only; act in the past to fork"),
        Action::StartOver if view.session.path().len() < 4 => no("nothing was done yet"),
        Action::StartOver => open(DialogRequest::StartOver),
        Action::Evidence => open(DialogRequest::Evidence),
        Action::ByNumber => match (&view.ui.report, view.ui.number) {
            (None, _) => no("the choices come with the report, once the session is over"),
            (Some(_), None) => open(DialogRequest::Evidence), // without a number: where they all stand
            (Some(report), Some(number)) => match (number as usize).checked_sub(1) {
                Some(at) if at < report.choices.len() => Ok(vec![Change::TryNext(at)]),
                Some(_) | None => {
                    no(format!("1 to {} choose here; \x01next_pane\x02 goes to the panes", report.choices.len()))
                }
            },
        },
        _ => no("that looks at nothing"),
    }
}
