//! The options of the `planscope run …` line that reproduces a session: what a person and the world did to it.

use std::collections::HashMap;

use crate::engine::event::{Dial, Event};
use crate::engine::goal::Surprise;
use crate::engine::session::Session;

/// Returns the options, in the order of the events of the selected branch.
pub fn line(session: &Session) -> Vec<String> {
    let mut options = Vec::new();
    let mut finished: HashMap<String, u32> = HashMap::new();
    let mut after = "start".to_owned();
    let mut dial = Dial::OnDeviation;
    for record in session.path().iter().filter_map(|seq| session.record(*seq)) {
        match &record.event {
            Event::Finished { step, .. } => {
                let tool = session.state().step(step).and_then(|step| step.tool.clone());
                if let Some(tool) = tool {
                    let count = finished.entry(tool.to_string()).or_insert(0);
                    *count += 1;
                    after = if *count == 1 { tool.to_string() } else { format!("{tool}#{count}") };
                }
            }
            Event::Scheduled { scenario: Some(name), .. } => options.push(option("--scenario", name)),
            Event::Injected { values, outcome_of: None, scenario: None } => {
                for (key, value) in values {
                    if let Some(value) = value {
                        options.push(option("--inject", &format!("{after}:{key}={value}")));
                    }
                }
            }
            Event::Armed { surprise, scenario: None } => match surprise {
                Surprise::Outcome { tool, value } => options.push(option("--outcome", &format!("{tool}={value}"))),
                Surprise::Fail { tool, error, times } => {
                    options.push(option("--fail", &format!("{tool}*{times}={error}")));
                }
                Surprise::Set { .. } | Surprise::Goal { .. } => {}
            },
            Event::DialTurned { dial: to } => dial = *to,
            _ => {} // edits and forks have no option: `resume` keeps them
        }
    }
    if dial != Dial::OnDeviation {
        let word = match dial {
            Dial::Never => "never",
            Dial::OnFailure => "on-failure",
            Dial::OnDeviation => "on-deviation",
            Dial::EveryStep => "every-step",
        };
        options.push(format!("--replan {word}"));
    }
    options
}

fn option(name: &str, value: &str) -> String {
    format!("{name} {}", quoted(value))
}

/// Returns `words` as one word of a POSIX shell, harmless to a terminal.
pub fn quoted(words: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+".contains(c);
    let words = super::text::harmless(words);
    if !words.is_empty() && words.chars().all(plain) {
        return words.into_owned();
    }
    format!("'{}'", words.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_survives_the_shell() {
        assert_eq!(quoted("report.json"), "report.json");
        assert_eq!(quoted("Late tickets arrive"), "'Late tickets arrive'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
        assert_eq!(quoted(""), "''");
    }
}
