//! `planscope notes`: what a presenter says, read along in a second terminal, or the whole demo of a goal file.

use std::io::{self, IsTerminal as _, Write};
use std::time::Duration;

use serde_json::json;

use super::args::{Format, Notes};
use super::exit::{Exit, Failure};
use super::{goal, print};
use crate::export::json;
use crate::goal_file::demo_of;
use crate::runtime::presenting::{Prompt, place, prompt};
use crate::runtime::teaching::Stamp;

/// How often it is looked whether another beat is played.
const PAUSE: Duration = Duration::from_millis(100);

/// At which of those looks it is seen to whether the program still runs that plays it.
const LOOKS: u64 = 5;

/// Prints the demo of a goal file, what is said now, or that whenever it changes, until the demo is over.
pub(super) fn notes(asked: &Notes, out: &mut impl Write) -> Result<Exit, Failure> {
    if let Some(named) = &asked.goal {
        return whole(named, asked.format, out);
    }
    let Some(path) = place() else {
        return Err(Failure::input("your home folder is unknown, where a demo leaves what to say: set HOME"));
    };
    let clears = io::stdout().is_terminal() && !asked.once;
    let (mut seen, mut shown) = (None, false);
    let mut looks = 0_u64;
    loop {
        let stamp = Stamp::of(&path);
        looks += 1;
        if shown && looks.is_multiple_of(LOOKS) && prompt().is_some_and(|prompt| !prompt.is_played()) {
            print::text(out, "The demo was ended from outside: the program that played it is gone.")?;
            return Ok(Exit::NotReached);
        }
        if stamp != seen || asked.once {
            seen = stamp;
            match prompt().filter(Prompt::is_played) {
                Some(prompt) => {
                    if clears {
                        write!(out, "\x1b[H\x1b[2J")?;
                    }
                    one(&prompt, asked.format, out)?;
                    shown = true;
                }
                None if asked.once => return Err(Failure { exit: Exit::NotReached, ..Failure::input(NOBODY) }),
                None if shown => {
                    print::text(out, "The demo is over.")?;
                    return Ok(Exit::Done);
                }
                None => print::text(&mut io::stderr(), &format!("planscope: {NOBODY}; waiting for one"))?,
            }
            out.flush()?;
        }
        if asked.once {
            return Ok(Exit::Done);
        }
        std::thread::sleep(PAUSE);
    }
}

/// What is said where there is nothing to read along.
const NOBODY: &str = "no demo is presented now: `planscope GOAL --present` in another terminal begins one";

/// Prints all that the demo of a goal file says.
fn whole(named: &str, format: Format, out: &mut impl Write) -> Result<Exit, Failure> {
    let beats = demo_of(&goal::read(named)?);
    if beats.is_empty() {
        return Err(Failure::usage(format!("{named} has no demo: it is the field \"demo\" of a goal file")));
    }
    if format == Format::Json {
        let beat =
            |beat: &crate::goal_file::Beat| json!({ "title": beat.title, "note": beat.note, "takes_ms": beat.takes });
        json::document(out, &beats.iter().map(beat).collect::<Vec<_>>())?;
        return Ok(Exit::Done);
    }
    let mut at = 0;
    for (number, beat) in beats.iter().enumerate() {
        print::text(out, &format!("{}  {} {}\n{}\n", clock(at), number + 1, beat.title, beat.note))?;
        at += beat.takes;
    }
    print::text(out, &format!("{}  the end", clock(at)))?;
    Ok(Exit::Done)
}

/// Prints what is said now.
fn one(prompt: &Prompt, format: Format, out: &mut impl Write) -> Result<(), Failure> {
    if format == Format::Json {
        return Ok(json::line(out, prompt)?);
    }
    let Prompt { beat, of, title, note, next, planned, total, elapsed, .. } = prompt;
    let words = match beat {
        0 => format!(
            "{}\n{of} beats, {}; space plays the first: {}",
            prompt.goal,
            clock(*total),
            next.as_deref().unwrap_or_default()
        ),
        _ => {
            let next = next.as_deref().map_or_else(|| "this was the last".to_owned(), |next| format!("next: {next}"));
            format!(
                "{beat} of {of}  {title}\n{} gone when it began · planned to its end {} of {}\n\n{note}\n\n{next}",
                clock(*elapsed),
                clock(*planned),
                clock(*total)
            )
        }
    };
    print::text(out, &words)?;
    Ok(())
}

/// Returns a time of milliseconds as minutes and seconds.
fn clock(ms: u64) -> String {
    format!("{}:{:02}", ms / 60_000, ms / 1000 % 60)
}
