//! Judging conditions for previews: off the screen's thread, the newest question alone, and never journaled.

use std::time::Duration;

use tokio::sync::mpsc;

use crate::engine::effect::Inquiry;
use crate::engine::event::Verdict;
use crate::engine::foresee::Judgements;
use crate::jq::Cancel;
use crate::tools::filter;

use super::services::Services;

/// How long a question waits for a newer one, so that not every key that is typed is evaluated.
const PAUSE: Duration = Duration::from_millis(30);

type Judged = Vec<(Inquiry, Verdict)>;

/// What is being judged, and what is known.
pub(super) struct Judging {
    known: Judgements,
    asked: Vec<Inquiry>,
    under_way: Option<Cancel>,
    inbox: mpsc::UnboundedReceiver<Judged>,
    outbox: mpsc::UnboundedSender<Judged>,
}

impl Judging {
    /// Returns one that knows nothing yet.
    pub(super) fn new() -> Judging {
        let (outbox, inbox) = mpsc::unbounded_channel();
        Judging { known: Judgements::default(), asked: Vec::new(), under_way: None, inbox, outbox }
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
        if let Some(cancel) = self.under_way.take() {
            cancel.cancel();
        }
        self.asked = inquiries;
    }

    /// Starts what is asked and not under way. Needs a tokio runtime.
    pub(super) fn start(&mut self, services: &Services) {
        if self.asked.is_empty() || self.under_way.is_some() {
            return;
        }
        let cancel = Cancel::new();
        self.under_way = Some(cancel.clone());
        let (inquiries, services, outbox) = (self.asked.clone(), services.clone(), self.outbox.clone());
        tokio::task::spawn_blocking(move || {
            std::thread::sleep(PAUSE);
            if cancel.is_cancelled() {
                return;
            }
            let judged = judge(&services, inquiries, &cancel);
            if !cancel.is_cancelled() {
                let _ = outbox.send(judged); // nobody listens where the driver is gone
            }
        });
    }

    /// Waits until what is under way was judged. May be dropped and called again at any time.
    pub(super) async fn judged(&mut self) {
        match self.inbox.recv().await {
            Some(judged) => self.take_in(judged),
            None => std::future::pending().await,
        }
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
        self.under_way = None;
        self.asked = Vec::new();
    }
}

fn judge(services: &Services, inquiries: Vec<Inquiry>, cancel: &Cancel) -> Judged {
    let verdicts = filter::verdicts(&services.jq, &inquiries, cancel);
    inquiries.into_iter().zip(verdicts).collect()
}
