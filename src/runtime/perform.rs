//! Effect → report: who answers what the session wants. Blocks; run it where waiting harms nobody.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::engine::command::Refusal;
use crate::engine::effect::{
    Call, CallOutcome, CallReport, Effect, EffectId, EffectKind, ForProgram, Inquiry, Judge, PlanReply, Report,
    Subject, Watched,
};
use crate::engine::event::{Mark, Verdict};
use crate::engine::notice::{Notices, Unheard};
use crate::engine::state::{Phase, State};
use crate::engine::turn::TurnReply;
use crate::jq::Cancel;
use crate::planners::{self, AskProgram, Host, Said};
use crate::tools::program::Asking;
use crate::tools::{self, filter};

use super::services::Services;
use super::{clock, redefining};

/// How often a wait looks whether it was cancelled.
const GLANCE: Duration = Duration::from_millis(10);

/// Returns the answer to `effect`; none where it was cancelled, for then nobody waits for one.
pub fn perform(effect: &Effect, services: &Services, cancel: &Cancel) -> Option<Report> {
    perform_telling(effect, services, cancel, &Unheard)
}

/// Like [`perform`]; whoever performs it tells `notices` how far it is.
fn perform_telling(effect: &Effect, services: &Services, cancel: &Cancel, notices: &dyn Notices) -> Option<Report> {
    services.performed.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let report = match effect {
        Effect::AskPlanner(_, planner, request) => {
            let (judge, programs) = (Conditions { services, cancel }, Asks { services, cancel, notices });
            let cancelled = || cancel.is_cancelled();
            let host = Host { judge: &judge, cancelled: &cancelled, notices, programs: &programs };
            Report::Plan(planners::plan(services.planners, planner, request, &host))
        }
        Effect::Think(_, request) => {
            let (judge, programs) = (Conditions { services, cancel }, Asks { services, cancel, notices });
            let cancelled = || cancel.is_cancelled();
            let host = Host { judge: &judge, cancelled: &cancelled, notices, programs: &programs };
            Report::Turn(planners::decide(services.planners, request, &host))
        }
        Effect::CallTool(_, call) => {
            wait(Duration::from_millis(call.wait_ms), cancel);
            let (jq, programs) = (&services.jq, &services.programs);
            let host = tools::Host { kinds: services.kinds, jq, cancel, notices, programs };
            Report::Call(match may_start(call, services) {
                Ok(()) => made_by(call, timed(call, || tools::call(call, &host))),
                Err(why) => failed(why.into()),
            })
        }
        Effect::Watch(_, inquiries) => Report::Watched(filter::watched(&services.jq, inquiries, cancel)),
        Effect::Fill(_, text, subject) => Report::Filled(filter::text(&services.jq, text, subject, cancel).into()),
        Effect::Judge(_, inquiries) => {
            let verdicts = filter::verdicts(&services.jq, inquiries, cancel);
            let questions = inquiries.iter().map(|inquiry| inquiry.question.clone());
            Report::Verdicts(questions.zip(verdicts).collect())
        }
    };
    (!cancel.is_cancelled()).then_some(report)
}

/// Like [`perform`], on a thread of its own: should the program itself break there, the session is told so and does
/// not wait for ever.
pub fn perform_or_say(effect: &Effect, services: &Services, cancel: &Cancel, notices: &dyn Notices) -> Option<Report> {
    let broken = "planscope itself broke at this; please report it";
    let performed = std::panic::catch_unwind(AssertUnwindSafe(|| perform_telling(effect, services, cancel, notices)));
    performed.unwrap_or_else(|_| {
        Some(match effect {
            Effect::AskPlanner(..) => Report::Plan(PlanReply::Broken { error: broken.into() }),
            Effect::Think(..) => Report::Turn(TurnReply::Broken { error: broken.into() }),
            Effect::CallTool(..) => Report::Call(failed(broken.into())),
            Effect::Watch(_, inquiries) => Report::Watched(
                inquiries
                    .iter()
                    .map(|(breakpoint, _)| Watched {
                        breakpoint: *breakpoint,
                        verdict: Verdict::Undecided(broken.into()),
                        endless: true,
                    })
                    .collect(),
            ),
            Effect::Fill(..) => Report::Filled(broken.into()),
            Effect::Judge(_, inquiries) => {
                let answer = |inquiry: &Inquiry| (inquiry.question.clone(), Verdict::Undecided(broken.into()));
                Report::Verdicts(inquiries.iter().map(answer).collect())
            }
        })
    })
}

/// Returns the call that waits for a person's answer in `state`, however deep inside, with the effect that it is.
///
/// # Errors
/// If nobody is asked.
pub fn asked(state: &State) -> Result<(EffectId, Call), Refusal> {
    let state = state.innermost();
    match (&state.phase, state.asks().and_then(|_| state.call(0))) {
        (Phase::Running { started, .. }, Some(call)) => Ok((EffectId { seq: *started, kind: EffectKind::Call }, call)),
        _ => Err(Refusal::new("nothing waits for an answer")),
    }
}

/// Tells whether the program of `call` may be started, where the call starts one: what is given instead starts nothing.
fn may_start(call: &Call, services: &Services) -> Result<(), String> {
    if call.instead.is_some() || call.gathered.is_some() { Ok(()) } else { services.trust.may_start(call) }
}

/// Programs as a planner asks them: those of the session, if they are trusted.
struct Asks<'a> {
    services: &'a Services,
    cancel: &'a Cancel,
    notices: &'a dyn Notices,
}

impl AskProgram for Asks<'_> {
    fn ask(&self, told: &ForProgram, body: &str) -> Said {
        let (launch, folder) = (&told.program.launch, told.folder.as_ref());
        if let Err(why) = self.services.trust.may_start_program(launch, folder.map_or(".", |folder| &**folder)) {
            return Said { answer: Err(why), stderr: Arc::default() };
        }
        let timeout_ms = Some(told.program.timeout_ms);
        let asking = Asking { launch, folder, timeout_ms, verb: "plan", body };
        let mut answered = self.services.programs.ask(&asking, self.cancel, self.notices);
        // An agent that has gone another way begins again, and runs through what is done already.
        if told.tells && answered.answer.as_ref().is_ok_and(|fields| fields.contains_key("error")) {
            self.services.programs.end(launch, folder);
            answered = self.services.programs.ask(&asking, self.cancel, self.notices);
        }
        Said { answer: answered.answer, stderr: answered.ran.map(|ran| ran.stderr).unwrap_or_default() }
    }
}

fn failed(why: Arc<str>) -> CallReport {
    CallReport { outcome: CallOutcome::Failed(why), summary: None, wall_ms: None, mark: Mark::Ran, ran: None }
}

/// Notes which files the program of `call` was that ran.
fn made_by(call: &Call, mut report: CallReport) -> CallReport {
    let launch = call.tool.as_ref().and_then(|tool| tool.run.program.as_ref());
    if let (Some(ran), Some(launch)) = (&mut report.ran, launch) {
        Arc::make_mut(ran).files = redefining::files_of(launch, call.folder.as_deref().unwrap_or("."));
    }
    report
}

fn timed(call: &Call, run: impl FnOnce() -> CallReport) -> CallReport {
    let start = Instant::now();
    let mut report = run();
    // What a surprise or a person answers took no time of the tool's.
    if report.mark == Mark::Ran && call.instead.is_none() {
        report.wall_ms = Some(clock::ms_since(start));
    }
    report
}

fn wait(time: Duration, cancel: &Cancel) {
    let until = Instant::now() + time;
    while !cancel.is_cancelled() {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        std::thread::sleep(left.min(GLANCE));
    }
}

/// Conditions as a planner, or a report, asks them: evaluated here and now.
pub struct Conditions<'a> {
    /// What evaluates them.
    pub services: &'a Services,
    /// Ends an evaluation early.
    pub cancel: &'a Cancel,
}

impl Judge for Conditions<'_> {
    fn judge(&self, condition: &str, subject: &Subject) -> Verdict {
        filter::judge(&self.services.jq, &[condition], subject, self.cancel)
            .pop()
            .unwrap_or_else(|| Verdict::Undecided("it was not evaluated".into()))
    }
}
