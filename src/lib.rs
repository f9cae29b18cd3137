//! planscope: a debugger for plans, in the terminal.
//!
//! # The map
//!
//! ```text
//!  goal · loop · wants ───────────────────────────────  ui/session/panes/goal
//!  ╭ Plan ──────────────╮╭ Context ─────────────────╮
//!  │ ✓ s1 load_tickets  ││  tickets  [5]   s1 → s2  │  ui/session/panes/{plan,context} over lists/{plan,context}
//!  │ ▶ s2 count_intents ││  ○ intent_counts         │
//!  ╰────────────────────╯╰──────────────────────────╯
//!  ╭ Trace ─────────────────────────────────────────╮
//!  │ 4 executor ✓ load_tickets  Loaded 5 tickets    │  ui/session/panes/trace
//!  ╰────────────────────────────────────────────────╯
//!  Next · keys ───────────────────────────────────────  ui/session/panes/footer, describe/next, assets/keymap.json
//! ```
//!
//! The other screens: the start screen (`ui/start`), the lanes (`ui/compare` over `runtime::bench`: the strategies on
//! copies of one goal) and what could go wrong (`ui/stress` over `runtime::stressing`). A lesson of a goal file is held
//! against its session by [`lessons`]; the strip above the panes shows it. What is said of a session, whoever shows it,
//! is worded in [`describe`]; what leaves the program for others is written in [`export`]. CONTRIBUTING.md says what
//! each folder holds and how to add to it.
//!
//! The circle, in which data moves one way:
//!
//! ```text
//!  key ─▶ ui::keymap ─▶ Action ─▶ session::update ─▶ Command ─▶ Session::submit      the only door
//!                                                    decide(&State, Command) ─▶ Event | Refusal
//!  frame ◀─ session::draw(&View)                     State::apply(&Event)
//!                 ▲                                  advance(&State) ─▶ Option<Event>, until none
//!                 └──────────── State ◀──────────────┘
//!                                 │ State::wants(): derived, so a replay cannot act
//!                                 ▼
//!                 runtime::Driver ─▶ planners, tools, jq ─▶ Report ─▶ Command::Report ─▶ the same door
//! ```
//!
//! Six words with one meaning each: `ui::action::Action` (what a key means), [`engine::command::Command`] (what
//! anyone may ask of a session), [`engine::event::Event`] (a fact, journaled for ever), [`engine::effect::Effect`]
//! (what the engine wants from the world), [`engine::effect::Report`] (the world's answer), and a *notice*
//! (progress that is shown and never journaled).
//!
//! # Where to start
//!
//! 1. [`engine::event`]: everything that can ever have happened.
//! 2. [`engine::session`]: the door, the branches, the moments.
//! 3. [`planners::embedded`]: how a plan is found, and why there is none.
//! 4. `tests/it/engine/story.rs`: what a session does, told as tests.
//!
//! # Invariants
//!
//! Each is held by `tests/it/tidy.rs` or by a property test:
//!
//! - The engine names no clock, file, process, thread, tokio or terminal; nothing names what lies above it.
//! - The state is a fold over events: live, replayed, reopened and forked are the same at every event.
//! - Looking at the past runs nothing. A reopened session wants nothing until it is resumed.
//! - No filter, however written, can freeze the screen or end the program: jq runs in a process of its own.
#![forbid(unsafe_op_in_unsafe_fn)]
#![warn(missing_docs)]

pub mod checks;
pub mod cli;
pub mod compare;
pub mod describe;
pub mod engine;
pub mod export;
pub mod goal_file;
pub mod input_file;
pub mod jq;
pub mod lessons;
pub mod planners;
pub mod runtime;
pub mod stress;
pub mod tools;
pub mod ui;
