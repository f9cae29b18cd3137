//! Starting a program: what a goal file says of it, and what is known of one that has run.
//!
//! The engine starts nothing. It knows of programs that they need trust and approval, and keeps what they came to.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// How a program is started, as a goal file writes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Launch {
    /// The program and its arguments; each is handed over as it is, and no shell reads them.
    pub argv: Vec<Word>,
    /// The folder that it works in, seen from that of the goal file; none: just there.
    pub cwd: Option<Arc<str>>,
    /// What it is given of the environment besides the usual: each variable with its value, none: the one that it has.
    pub env: Vec<(Arc<str>, Option<Arc<str>>)>,
    /// Whether its inputs are written to its standard input, as JSON.
    pub stdin: bool,
    /// Whether its standard output is JSON; else it is one text.
    pub json: bool,
    /// The most bytes that it may write to its standard output.
    pub max_output: u64,
    /// Whether it stays alive between the times at which it is asked, and speaks a protocol.
    pub stays: bool,
    /// The MCP server that it is, where it is one.
    pub server: Option<Server>,
}

/// An MCP server, as a goal file declares it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Server {
    /// Its name in the goal file.
    pub name: Arc<str>,
    /// How long it may take until it is ready, in milliseconds.
    pub ready_ms: u64,
}

impl Default for Launch {
    /// Returns what is written where nothing is said: no program, JSON in and out.
    fn default() -> Launch {
        let (argv, env, cwd) = (Vec::new(), Vec::new(), None);
        Launch { argv, cwd, env, stdin: true, json: true, max_output: 0, stays: false, server: None }
    }
}

/// One word of a command line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Word {
    /// This.
    Text(Arc<str>),
    /// What this jq filter gives on the inputs: exactly one argument.
    Jq(Arc<str>),
}

impl Word {
    /// Returns how it is written.
    pub fn text(&self) -> &str {
        match self {
            Word::Text(text) | Word::Jq(text) => text,
        }
    }
}

impl Launch {
    /// Returns the folder that it works in, where that of the goal file is `folder`.
    pub fn place(&self, folder: &str) -> PathBuf {
        match &self.cwd {
            Some(cwd) => Path::new(folder).join(&**cwd),
            None => PathBuf::from(folder),
        }
    }
}

/// Files by their paths, each with its digest.
pub type Digests = [(Arc<str>, Arc<str>)];

/// What is known of a program that has run: facts, kept with what its step came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ran {
    /// The program and its arguments, filled in.
    pub argv: Vec<Arc<str>>,
    /// The status that it ended with; none where it did not end by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<i32>,
    /// The signal that ended it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
    /// The end of what it wrote to its standard error.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub stderr: Arc<str>,
    /// The files that its command line named, each with the digest that it had then; none in older journals.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<(Arc<str>, Arc<str>)>,
}

/// On whose word the programs of a goal file may be started, or why they may not any longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truster {
    /// A person said so, who was shown them.
    Person,
    /// The command line said so, for this once.
    Option,
    /// They had been trusted on this machine before, just as they are.
    Earlier,
    /// They are not trusted on this machine as they are now.
    Nobody,
}
