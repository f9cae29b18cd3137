//! A server while it runs: started, greeted, asked one thing at a time, and ended.
//!
//! The SDK works on a thread of its own; whoever asks blocks on what is [`Heard`], and stops waiting when nobody waits
//! for him any longer. A server that is told to stop a call lives on; one that breaks the protocol is ended, and the next
//! question starts it again.

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rmcp::ServiceExt as _;
use rmcp::handler::client::ClientHandler;
use rmcp::model::{
    CallToolRequest, CallToolRequestParams, ClientConfig, ClientRequest, Implementation, ListToolsRequest,
    PaginatedRequestParams, ProgressNotificationParam,
};
use rmcp::service::{ClientInitializeError, NotificationContext, PeerRequestOptions, RunningService, ServiceError};
use rmcp::{Peer, RoleClient};
use serde_json::{Map, Value};
use tokio::net::unix::pipe::{Receiver, Sender};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use super::wire::{Came, Heard, State, Wire};
use super::{Answered, Asked};
use crate::engine::launch::{Launch, Word};
use crate::engine::notice::{Notices, Progress};
use crate::engine::value::MAX_DEPTH;
use crate::jq::Cancel;
use crate::tools::launching::{self, Prepared, failed, not_started, prepare};
use crate::tools::nests_deeper;
use crate::tools::pool::{Pool, lock};
use crate::tools::process::{End, Kept};
use crate::tools::secrets::Secrets;
use crate::tools::stderr::Errors;

/// How often a wait looks whether anybody still waits for it.
const GLANCE: Duration = Duration::from_millis(10);

/// How long what is left to be heard of a program that has ended may take.
const LINGER: Duration = Duration::from_millis(100);

/// A server that is ready.
pub(super) type Running = RunningService<RoleClient, Hears>;

/// What the server says by itself.
pub(in crate::tools) struct Hears(Arc<Heard>);

impl ClientHandler for Hears {
    fn get_info(&self) -> ClientConfig {
        let name = Implementation::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
        ClientConfig::new(rmcp::model::ClientCapabilities::default(), name)
    }

    async fn on_progress(&self, progress: ProgressNotificationParam, _: NotificationContext<RoleClient>) {
        let said = progress.message.unwrap_or_default();
        self.0.note(match progress.total.filter(|total| *total > 0.0) {
            Some(total) => {
                let of = if said.is_empty() { "what the server does".to_owned() } else { said };
                Progress::Fraction { of: of.into(), done: (progress.progress / total).clamp(0.0, 1.0) }
            }
            None if said.is_empty() => Progress::Line(format!("progress {}", progress.progress).into()),
            None => Progress::Line(said.into()),
        });
    }
}

/// A server that was started.
pub(in crate::tools) struct Server {
    running: Running,
    kept: Kept,
    heard: Arc<Heard>,
    secrets: Secrets,
    program: Arc<str>,
    argv: Vec<Arc<str>>,
    /// The number of what it was asked last.
    turn: u64,
}

/// The thread on which the SDK works, for every server.
fn runtime() -> Result<&'static Runtime, String> {
    static RUNTIME: OnceLock<io::Result<Runtime>> = OnceLock::new();
    let runtime =
        RUNTIME.get_or_init(|| Builder::new_multi_thread().worker_threads(1).thread_name("mcp").enable_all().build());
    runtime.as_ref().map_err(|error| format!("there is no thread to ask MCP servers on: {error}"))
}

/// Within which bounds something is asked, and who is told meanwhile.
struct Bounds<'a> {
    until: Option<Instant>,
    cancel: &'a Cancel,
    notices: &'a dyn Notices,
}

/// Asks the server that this starts, and waits for the answer.
pub(super) fn ask(
    servers: &Pool<Server>,
    (launch, folder): (&Arc<Launch>, Option<&Arc<str>>),
    asked: Asked,
    timeout_ms: Option<u64>,
    (cancel, notices): (&Cancel, &dyn Notices),
) -> Answered {
    let slot = servers.slot(launch, folder);
    let mut slot = lock(&slot);
    let bounds = Bounds { until: None, cancel, notices };
    let ready = match slot.take() {
        Some(server) if server.lives() => Ok(server),
        Some(server) => {
            let (program, end) = (server.program.clone(), server.end());
            let line = format!("{program} {} since it was asked last, and was started again", launching::ended(end));
            notices.say(Progress::Line(line.into()));
            start(launch, folder, &bounds)
        }
        None => start(launch, folder, &bounds),
    };
    let mut server = match ready {
        Ok(server) => server,
        Err(why) => return (Err(why), None),
    };
    // How long it takes to become ready is another matter than how long it may take for an answer.
    let until = timeout_ms.map(|ms| Instant::now() + Duration::from_millis(ms));
    let (answer, stderr) = server.ask(asked, &Bounds { until, ..bounds }, timeout_ms.unwrap_or_default());
    let ran = |end| Some(launching::ran(server.argv.clone(), end, stderr.clone()));
    match answer {
        Ok(fields) => {
            let ran = ran(None);
            *slot = Some(server);
            (Ok(fields), ran)
        }
        Err(Wrong::Said(how)) => {
            let ran = ran(None);
            *slot = Some(server);
            (Err(how), ran)
        }
        Err(Wrong::Broke(how)) => {
            let (program, argv) = (server.program.clone(), server.argv.clone());
            let end = if cancel.is_cancelled() { None } else { server.end() };
            let how = how.unwrap_or_else(|| match end {
                Some(_) => format!("{} before it answered", launching::ended(end)),
                None => "closed its output without an answer, and was ended".to_owned(),
            });
            (Err(failed(&program, &how, &stderr)), Some(launching::ran(argv, end, stderr)))
        }
    }
}

/// Why there is no answer.
enum Wrong {
    /// It says so, and lives on.
    Said(String),
    /// It cannot be asked any more: it did this, or has ended.
    Broke(Option<String>),
}

/// Starts a server and waits until it is ready.
fn start(launch: &Arc<Launch>, folder: Option<&Arc<str>>, bounds: &Bounds<'_>) -> Result<Server, String> {
    let runtime = runtime()?;
    let argv: Vec<Arc<str>> = launch.argv.iter().map(|word: &Word| word.text().into()).collect();
    let Prepared { what, secrets, program, argv } = prepare(launch, &argv, folder.map(|folder| &**folder))?;
    let (kept, (stdin, stdout, stderr)) = Kept::start(what).map_err(|error| not_started(&program, &error))?;
    let heard = Arc::new(Heard::default());
    let longest = usize::try_from(launch.max_output).unwrap_or(usize::MAX - 1);
    {
        // Pipes are watched by the thread that reads them.
        let _inside = runtime.enter();
        let pipes = |error: io::Error| format!("{program} cannot be listened to: {error}");
        let input = Sender::from_owned_fd(stdin.into()).map_err(pipes)?;
        let out = Receiver::from_owned_fd(stdout.into()).map_err(pipes)?;
        let errors = Receiver::from_owned_fd(stderr.into()).map_err(pipes)?;
        runtime.spawn(heard.clone().drain(errors));
        let wire = Wire::new(input, out, longest, heard.clone());
        let heard = heard.clone();
        runtime.spawn(async move {
            let came = match Hears(heard.clone()).serve(wire).await {
                Ok(running) => Came::Ready(Box::new(running)),
                Err(error) => greeted_wrong(error),
            };
            heard.came(0, came);
        });
    }
    let ready_ms = launch.server.as_ref().map_or(super::READY_MS, |server| server.ready_ms);
    let until = Some(Instant::now() + Duration::from_millis(ready_ms));
    let bounds = Bounds { until, ..*bounds };
    let mut errors = Errors::new(&secrets);
    let came = wait(&heard, &kept, 0, &bounds, &secrets, &mut errors);
    errors.take(&[], true, &mut |_| ());
    let stderr = errors.end();
    let how = match came {
        Ok(Came::Ready(running)) => {
            return Ok(Server { running: *running, kept, heard, secrets, program, argv, turn: 0 });
        }
        Ok(Came::No(how)) => how,
        Ok(Came::Closed | Came::Answer(_)) => String::new(),
        Err(Silent::Late) => {
            let wrote = heard.chatter().map(|line| format!("; what it wrote is not a message of the protocol: {line}"));
            format!(
                "was not ready within {:?} and was ended (\"timeout\" of the server allows more){}",
                Duration::from_millis(ready_ms),
                wrote.unwrap_or_default()
            )
        }
        Err(Silent::Cancelled) => "was stopped".to_owned(),
        Err(Silent::Broke(how)) => how.unwrap_or_default(),
    };
    let end = if bounds.cancel.is_cancelled() { None } else { kept.end() };
    let how = match (how.is_empty(), end) {
        (false, _) => how,
        (true, Some(_)) => format!("{} before it was ready", launching::ended(end)),
        (true, None) => "closed its output before it was ready, and was ended".to_owned(),
    };
    Err(failed(&program, &secrets.cut(&how), &stderr))
}

/// Says what a server did instead of greeting.
fn greeted_wrong(error: ClientInitializeError) -> Came {
    match error {
        ClientInitializeError::ConnectionClosed(_) | ClientInitializeError::TransportError { .. } => Came::Closed,
        ClientInitializeError::JsonRpcError(error) => {
            Came::No(format!("refused to be asked: {} ({})", error.message, error.code.0))
        }
        ClientInitializeError::NoCompatibleProtocolVersion { .. } => {
            Came::No("speaks no version of the protocol that planscope does".to_owned())
        }
        error => {
            let what: String = error.to_string().chars().take(160).collect();
            Came::No(format!("did not greet as MCP servers do: {what}"))
        }
    }
}

/// Why nothing came.
enum Silent {
    Late,
    Cancelled,
    /// The connection is gone, for this reason if one is known.
    Broke(Option<String>),
}

/// Waits for the outcome of the question number `turn`; tells meanwhile what is heard.
fn wait(
    heard: &Heard,
    kept: &Kept,
    turn: u64,
    bounds: &Bounds<'_>,
    secrets: &Secrets,
    errors: &mut Errors<'_>,
) -> Result<Came, Silent> {
    let mut gone: Option<Instant> = None;
    let mut closed = false;
    loop {
        let State { errors: written, notes, came, fault, is_drained, .. } = heard.take(GLANCE);
        errors.take(&written, false, &mut |line| bounds.notices.say(Progress::Line(line.into())));
        for note in notes {
            bounds.notices.say(cut(note, secrets));
        }
        let now = Instant::now();
        match came {
            Some((of, Came::Closed)) if of == turn => closed = true,
            Some((of, came)) if of == turn => return Ok(came),
            // Nobody waits any longer for what an earlier question came to.
            Some(_) | None => {}
        }
        let has_ended = kept.has_ended();
        if gone.is_none() && (closed || fault.is_some() || has_ended) {
            gone = Some(now);
        }
        // Who closes its output mostly ends, and what it wrote before is still to be heard.
        let is_over = closed && has_ended && is_drained || gone.is_some_and(|gone| now >= gone + LINGER);
        match () {
            () if bounds.cancel.is_cancelled() => return Err(Silent::Cancelled),
            () if is_over => return Err(Silent::Broke(fault)),
            () if bounds.until.is_some_and(|until| now >= until) => return Err(Silent::Late),
            () => {}
        }
    }
}

fn cut(note: Progress, secrets: &Secrets) -> Progress {
    match note {
        Progress::Line(line) => Progress::Line(secrets.cut(&line).into()),
        Progress::Fraction { of, done } => Progress::Fraction { of: secrets.cut(&of).into(), done },
    }
}

impl Server {
    /// Tells whether it can be asked.
    fn lives(&self) -> bool {
        !self.running.is_closed() && !self.running.peer().is_transport_closed() && !self.kept.has_ended()
    }

    /// Ends it, and returns how it ended where it did so by itself.
    fn end(self) -> Option<End> {
        let Server { running, kept, .. } = self;
        drop(running);
        kept.end()
    }

    /// Asks it. Returns also what it wrote to its standard error meanwhile.
    fn ask(
        &mut self,
        asked: Asked,
        bounds: &Bounds<'_>,
        timeout_ms: u64,
    ) -> (Result<Map<String, Value>, Wrong>, Arc<str>) {
        self.turn += 1;
        let (stop, stopped) = oneshot::channel();
        if let Ok(runtime) = runtime() {
            let (peer, heard, turn) = (self.running.peer().clone(), self.heard.clone(), self.turn);
            runtime.spawn(async move {
                let came = answer(&peer, request(asked), stopped).await;
                heard.came(turn, came);
            });
        }
        let mut errors = Errors::new(&self.secrets);
        let came = wait(&self.heard, &self.kept, self.turn, bounds, &self.secrets, &mut errors);
        errors.take(&[], true, &mut |line| bounds.notices.say(Progress::Line(line.into())));
        let cut = |what: &str| self.secrets.cut(what).into_owned();
        let answer = match came {
            Ok(Came::Answer(result)) => read(*result, &self.secrets).map_err(Wrong::Said),
            Ok(Came::No(how)) => Err(Wrong::Said(cut(&how))),
            Ok(Came::Ready(_) | Came::Closed) => Err(Wrong::Broke(None)),
            Err(Silent::Late) => {
                let most = Duration::from_millis(timeout_ms);
                Err(Wrong::Said(format!("{} did not answer within {most:?}, and was told to stop", self.program)))
            }
            Err(Silent::Cancelled) => Err(Wrong::Said("was stopped".to_owned())),
            Err(Silent::Broke(how)) => Err(Wrong::Broke(how.map(|how| cut(&how)))),
        };
        drop(stop); // where it was not answered, the server is told so
        (answer, errors.end().into())
    }
}

fn request(asked: Asked) -> ClientRequest {
    match asked {
        Asked::Call(tool, arguments) => ClientRequest::CallToolRequest(CallToolRequest::new(
            CallToolRequestParams::new(tool).with_arguments(arguments),
        )),
        Asked::List(cursor) => ClientRequest::ListToolsRequest(ListToolsRequest::with_param(
            PaginatedRequestParams::default().with_cursor(cursor),
        )),
    }
}

/// Asks, and waits for the answer until nobody waits for it any longer: the server is told so then.
async fn answer(peer: &Peer<RoleClient>, request: ClientRequest, stopped: oneshot::Receiver<()>) -> Came {
    let sent = peer.send_cancellable_request(request, PeerRequestOptions::no_options()).await;
    let mut request = match sent {
        Ok(request) => request,
        Err(error) => return went_wrong(error),
    };
    tokio::select! {
        biased;
        answer = &mut request.rx => match answer {
            Ok(Ok(result)) => Came::Answer(Box::new(result)),
            Ok(Err(error)) => went_wrong(error),
            Err(_) => Came::Closed,
        },
        _ = stopped => {
            // Whether it hears it or not, nobody waits.
            let _ = request.cancel(Some("nobody waits for it any longer".to_owned())).await;
            Came::No(String::new())
        }
    }
}

fn went_wrong(error: ServiceError) -> Came {
    match error {
        ServiceError::McpError(error) => Came::No(error.message.into_owned()),
        ServiceError::TransportClosed | ServiceError::TransportSend(_) => Came::Closed,
        error => Came::No(error.to_string()),
    }
}

/// Returns the fields of an answer, without secrets.
fn read(result: rmcp::model::ServerResult, secrets: &Secrets) -> Result<Map<String, Value>, String> {
    if let rmcp::model::ServerResult::InputRequiredResult(_) = result {
        return Err("the server wants to be told more before it answers, and planscope has nobody to ask".to_owned());
    }
    let mut value = serde_json::to_value(result).map_err(|error| format!("its answer cannot be read: {error}"))?;
    if nests_deeper(&value, MAX_DEPTH) {
        return Err(format!("its answer is nested more than {MAX_DEPTH} levels deep"));
    }
    secrets.cut_value(&mut value);
    match value {
        Value::Object(fields) => Ok(fields),
        _ => Err("its answer is not an object".to_owned()),
    }
}
