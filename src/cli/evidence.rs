//! `planscope evidence`: the evidence card of a recorded session; nothing runs.

use std::io::{self, Write};

use super::args::Evidence as Asked;
use super::exit::{Exit, Failure};
use super::replay;
use crate::checks::failures::{self, failures};
use crate::describe::evidence::Evidence;
use crate::export::Card;
use crate::jq::Cancel;
use crate::runtime::new_file;
use crate::runtime::perform::Conditions;
use crate::runtime::services::Services;

/// Prints the card of the session as it was after the event `--to`, or at its end, or writes it to `--out`.
pub(super) fn evidence(asked: &Asked, services: &Services, out: &mut impl Write) -> Result<Exit, Failure> {
    let session = replay::session(&asked.session, asked.to, services)?;
    let end = session.state();
    let judge = Conditions { services, cancel: &Cancel::new() };
    let found = failures(&session, end, &judge);
    let evidence = Evidence::of(&session, end, Some(failures::evidence(&found)));
    let file = asked.session.display().to_string();
    let card = Card { evidence: &evidence, session: Some(&file) };
    match &asked.out {
        Some(path) => {
            new_file::write(path, |to| (asked.format)(to, &card)).map_err(Failure::input)?;
            let said = format!("planscope: wrote {}", path.display());
            let _ = writeln!(io::stderr(), "{}", crate::describe::sanitize::harmless(&said));
        }
        None => (asked.format)(out, &card)?,
    }
    Ok(Exit::Done)
}
