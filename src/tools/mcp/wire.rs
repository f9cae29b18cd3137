//! The wire to a server: a message of JSON in a line, there and back, over its pipes; and what is heard on the way.
//!
//! What is not a message is told and left; an answer that cannot be read, or is too long, ends the connection, so that
//! nobody waits for it.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use rmcp::RoleClient;
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::unix::pipe::{Receiver, Sender};

use crate::engine::notice::Progress;
use crate::engine::numbers;
use crate::tools::pool::lock;

/// How much of standard error is kept until somebody asks, in bytes.
const KEPT: usize = 64 * 1024;

/// How many notes are kept until somebody asks.
const NOTES: usize = 64;

/// What is heard of a server: filled by those who read from it, emptied by whoever asks it.
#[derive(Default)]
pub(super) struct Heard {
    state: Mutex<State>,
    changed: Condvar,
}

/// What was heard and not taken yet.
#[derive(Default)]
pub(super) struct State {
    /// What it wrote to its standard error.
    pub(super) errors: Vec<u8>,
    /// What it says of how far it is.
    pub(super) notes: VecDeque<Progress>,
    /// The outcome of the question with this number.
    pub(super) came: Option<(u64, Came)>,
    /// Why the connection was ended.
    pub(super) fault: Option<String>,
    /// Whether nothing more comes on its standard error.
    pub(super) is_drained: bool,
    /// How the first line begins that it wrote to its standard output and that was not a message.
    pub(super) chatter: Option<String>,
}

/// The outcome of a question.
pub(super) enum Came {
    /// It is ready.
    Ready(Box<super::client::Running>),
    /// It answered this.
    Answer(Box<rmcp::model::ServerResult>),
    /// It did not, for this reason.
    No(String),
    /// The connection is closed.
    Closed,
}

impl Heard {
    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut lock(&self.state));
        self.changed.notify_all();
    }

    /// Takes the outcome of the question number `turn`.
    pub(super) fn came(&self, turn: u64, came: Came) {
        // What is asked now counts more than what was given up.
        self.change(|state| {
            if state.came.as_ref().is_none_or(|(of, _)| *of <= turn) {
                state.came = Some((turn, came));
            }
        });
    }

    pub(super) fn note(&self, note: Progress) {
        self.change(|state| {
            if state.notes.len() == NOTES {
                state.notes.pop_front();
            }
            state.notes.push_back(note);
        });
    }

    /// Returns how the first line begins that was not a message, where there was one.
    pub(super) fn chatter(&self) -> Option<String> {
        lock(&self.state).chatter.clone()
    }

    fn fault(&self, sentence: String) {
        self.change(|state| {
            state.fault.get_or_insert(sentence);
        });
    }

    /// Waits up to this long until something is heard, and takes it.
    pub(super) fn take(&self, within: Duration) -> State {
        let state = lock(&self.state);
        let empty = |state: &mut State| state.errors.is_empty() && state.notes.is_empty() && state.came.is_none();
        let waited = self.changed.wait_timeout_while(state, within, empty);
        let (mut state, _) = waited.unwrap_or_else(std::sync::PoisonError::into_inner);
        // Why it ended holds for whatever is asked afterwards, too.
        let (fault, is_drained, chatter) = (state.fault.clone(), state.is_drained, state.chatter.clone());
        std::mem::replace(&mut *state, State { fault, is_drained, chatter, ..State::default() })
    }

    /// Reads what it writes to its standard error, to the end.
    pub(super) async fn drain(self: Arc<Heard>, mut errors: Receiver) {
        let mut piece = vec![0; 16 * 1024];
        while let Ok(length @ 1..) = errors.read(&mut piece).await {
            self.change(|state| {
                state.errors.extend_from_slice(&piece[..length]);
                if state.errors.len() > 2 * KEPT {
                    let from = state.errors.len() - KEPT;
                    let line = state.errors[from..].iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
                    state.errors.drain(..from + line);
                }
            });
        }
        self.change(|state| state.is_drained = true);
    }
}

/// The pipes of a server.
pub(super) struct Wire {
    out: BufReader<Receiver>,
    input: Arc<tokio::sync::Mutex<Option<Sender>>>,
    /// The line that is not read to its end yet.
    held: Vec<u8>,
    /// How long a line may be.
    longest: usize,
    heard: Arc<Heard>,
}

impl Wire {
    pub(super) fn new(input: Sender, out: Receiver, longest: usize, heard: Arc<Heard>) -> Wire {
        let input = Arc::new(tokio::sync::Mutex::new(Some(input)));
        Wire { out: BufReader::with_capacity(64 * 1024, out), input, held: Vec::new(), longest, heard }
    }

    /// Reads on until a line is whole; none where there is no more, or it is too long. Dropped, it loses nothing.
    async fn line(&mut self) -> Option<Vec<u8>> {
        loop {
            let piece = self.out.fill_buf().await.ok().filter(|piece| !piece.is_empty())?;
            let end = piece.iter().position(|byte| *byte == b'\n');
            let length = end.map_or(piece.len(), |end| end + 1);
            if self.held.len() + length > self.longest {
                let longest = self.longest;
                self.heard.fault(format!("wrote a message of more than {longest} bytes (max_output allows more)"));
                return None;
            }
            self.held.extend_from_slice(&piece[..length]);
            self.out.consume(length);
            if end.is_some() {
                return Some(std::mem::take(&mut self.held));
            }
        }
    }

    /// Reads a line as a message; none where it is none. What cannot be an answer and claims to be one is a fault.
    fn message(&self, line: &[u8]) -> Result<Option<RxJsonRpcMessage<RoleClient>>, String> {
        let text = String::from_utf8_lossy(line);
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let begins = || text.chars().take(60).collect::<String>();
        let read = serde_json::from_str(text);
        if let (Ok(_), Some((_, number))) = (&read, numbers::first_lost(text)) {
            return Err(format!("wrote a number that cannot be kept: {}", numbers::sentence(number)));
        }
        if let Ok(message) = read {
            return Ok(Some(message));
        }
        match serde_json::from_str::<Value>(text) {
            Ok(value) if value.get("jsonrpc").is_some() && value.get("method").is_none() => {
                Err(format!("wrote an answer that is none of the protocol; it begins: {}", begins()))
            }
            // A notification of a kind that nobody knows is none of our business, like chatter.
            Ok(_) | Err(_) => {
                self.heard.change(|state| {
                    state.chatter.get_or_insert_with(begins);
                });
                self.heard.note(Progress::Line(format!("(no message of the protocol) {}", begins()).into()));
                Ok(None)
            }
        }
    }
}

impl Transport<RoleClient> for Wire {
    type Error = io::Error;

    fn send(&mut self, message: TxJsonRpcMessage<RoleClient>) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let input = self.input.clone();
        async move {
            let mut line = serde_json::to_vec(&message)?;
            line.push(b'\n');
            match input.lock().await.as_mut() {
                Some(input) => input.write_all(&line).await,
                None => Err(io::ErrorKind::BrokenPipe.into()),
            }
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleClient>> {
        loop {
            let line = self.line().await?;
            match self.message(&line) {
                Ok(Some(message)) => return Some(message),
                Ok(None) => {}
                Err(sentence) => {
                    self.heard.fault(sentence);
                    return None;
                }
            }
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        // Who still writes to a server that does not read is not waited for: with this wire its pipes are closed.
        if let Ok(mut input) = self.input.try_lock() {
            *input = None;
        }
        Ok(())
    }
}
