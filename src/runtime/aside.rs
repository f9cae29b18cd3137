//! Work beside the screen's thread: one piece at a time, cancelled where another is asked for.

use tokio::sync::mpsc;

use crate::jq::Cancel;

/// The piece that is under way, and what pieces came to that nobody has taken in yet.
pub(super) struct Aside<T> {
    under_way: Option<Cancel>,
    inbox: mpsc::UnboundedReceiver<T>,
    outbox: mpsc::UnboundedSender<T>,
}

impl<T: Send + 'static> Aside<T> {
    /// Returns one with nothing under way.
    pub(super) fn new() -> Aside<T> {
        let (outbox, inbox) = mpsc::unbounded_channel();
        Aside { under_way: None, inbox, outbox }
    }

    /// Tells whether a piece is under way.
    pub(super) fn is_under_way(&self) -> bool {
        self.under_way.is_some()
    }

    /// Starts `work` on a thread of its own; what it comes to is dropped where it is cancelled. Needs a tokio runtime.
    pub(super) fn start(&mut self, work: impl FnOnce(&Cancel) -> T + Send + 'static) {
        let (cancel, outbox) = (Cancel::new(), self.outbox.clone());
        self.under_way = Some(cancel.clone());
        tokio::task::spawn_blocking(move || {
            let result = work(&cancel);
            if !cancel.is_cancelled() {
                let _ = outbox.send(result); // nobody listens where its owner is gone
            }
        });
    }

    /// Cancels what is under way. What it came to may have been sent just before: whoever takes it in has to know what they
    /// asked for.
    pub(super) fn cancel(&mut self) {
        if let Some(cancel) = self.under_way.take() {
            cancel.cancel();
        }
    }

    /// Says that what was under way was taken in: the next piece may start.
    pub(super) fn done(&mut self) {
        self.under_way = None;
    }

    /// Waits for what a piece came to; for ever where none is under way. May be dropped and called again at any time.
    pub(super) async fn next(&mut self) -> T {
        match self.inbox.recv().await {
            Some(result) => result,
            None => std::future::pending().await,
        }
    }
}
