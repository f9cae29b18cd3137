//! Judging conditions for previews: off the screen's thread, the newest question alone, and never journaled.

use std::time::Duration;

use crate::engine::effect::Inquiry;
use crate::engine::event::Verdict;
use crate::engine::foresee::Judgements;
use crate::jq::Cancel;
use crate::tools::filter;

use super::aside::Aside;
use super::services::Services;

/// How long a question waits for a newer one, so that not every key that is typed is evaluated.
const PAUSE: Duration = Duration::from_millis(30);

type Judged = Vec<(Inquiry, Verdict)>;

/// What is being judged, and what is known.
pub(super) struct Judging {
    known: Judgements,
    asked: Vec<Inquiry>,
    aside: Aside<Judged>,
}

impl Judging {
    /// Returns one that knows nothing yet.
    pub(super) fn new() -> Judging {
        Judging { known: Judgements::default(), asked: Vec::new(), aside: Aside::new() }
    }

    /// Returns what is known.
    pub(super) fn known(&self) -> &Judgements {
        &self.known
    }

    /// Asks for these from now on, instead of what was asked before.
    pub(super) fn ask(&mut self, inquiries: Vec<Inquiry>) {
        let same = |(a, b): (&Inquiry, &Inquiry)| a.question.condition == b.question.condition && a.values == b.values;
        if inquiries.len() == self.asked.len() && inquiries.iter().zip(&self.asked).all(same) {
            return;
        }
        self.aside.cancel();
        self.asked = inquiries;
    }

    /// Starts what is asked and not under way. Needs a tokio runtime.
    pub(super) fn start(&mut self, services: &Services) {
        if self.asked.is_empty() || self.aside.is_under_way() {
            return;
        }
        let (inquiries, services) = (self.asked.clone(), services.clone());
        self.aside.start(move |cancel| {
            std::thread::sleep(PAUSE);
            if cancel.is_cancelled() { Vec::new() } else { judge(&services, inquiries, cancel) }
        });
    }

    /// Waits until what is under way was judged. May be dropped and called again at any time.
    pub(super) async fn judged(&mut self) {
        let judged = self.aside.next().await;
        self.take_in(judged);
    }

    /// Judges what is asked, here and now. Returns whether there was anything.
    pub(super) fn judge_now(&mut self, services: &Services, cancel: &Cancel) -> bool {
        if self.asked.is_empty() {
            return false;
        }
        let judged = judge(services, std::mem::take(&mut self.asked), cancel);
        self.take_in(judged);
        true
    }

    fn take_in(&mut self, judged: Judged) {
        for (inquiry, verdict) in judged {
            self.known.add(&inquiry, verdict);
        }
        self.aside.done();
        self.asked = Vec::new();
    }
}

fn judge(services: &Services, inquiries: Vec<Inquiry>, cancel: &Cancel) -> Judged {
    let verdicts = filter::verdicts(&services.jq, &inquiries, cancel);
    inquiries.into_iter().zip(verdicts).collect()
}
