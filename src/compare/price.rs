//! What decisions, planned steps, calls and what is thrown away are said to take: the person's price, in seconds.

use serde::Serialize;

use super::calls::path;
use super::figures::{Figures, SECONDS_A_DECISION};
use crate::checks::failures::repetitions;
use crate::engine::event::Event;
use crate::engine::session::Session;
use crate::engine::state::State;

/// The price, in seconds of each.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Price {
    /// A decision: an answer of a planner, or the choice of a next action.
    pub decision: f64,
    /// A step that is written down in a plan, on top of its decision: a plan of twenty steps is not one action.
    pub planned_step: f64,
    /// A call of cost 1; a call's cost is what the goal file says, and 1 where it says nothing.
    pub call: f64,
    /// A planned step or a call that came to nothing, on top of what it took.
    pub thrown_away: f64,
}

impl Default for Price {
    fn default() -> Price {
        let decision = SECONDS_A_DECISION as f64;
        Price { decision, planned_step: decision / 10.0, call: decision, thrown_away: decision }
    }
}

/// What a lane took, counted: the figures, with who made a given plan as one decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Bill {
    /// Decisions, one for who made a plan that was given.
    pub decisions: u64,
    /// Steps of every plan that was written down.
    pub planned_steps: u64,
    /// What the calls cost, as the goal file says.
    pub cost: f64,
    /// Planned steps that were discarded, and calls that repeated one and brought nothing new.
    pub thrown_away: u64,
    /// Of these, the repetitions.
    pub repetitions: u64,
    /// Whether the first plan was given: nobody was asked for it here.
    pub given_plan: bool,
}

impl Bill {
    /// Counts what the selected branch of `session` took up to `end`; `figures` are those of that moment.
    pub fn of(session: &Session, end: &State, figures: &Figures) -> Bill {
        let (mut asked, mut planned_steps, mut given_plan) = (false, 0, false);
        for record in path(session, end) {
            match &record.event {
                Event::PlanRequested { .. } => asked = true,
                Event::Planned { steps, .. } => {
                    given_plan |= !std::mem::take(&mut asked);
                    planned_steps += steps.len() as u64;
                }
                Event::Proposed(proposal) => planned_steps += proposal.after.len() as u64,
                _ => {}
            }
        }
        let repetitions = repetitions(session, end) as u64;
        Bill {
            decisions: figures.decisions + u64::from(given_plan),
            planned_steps,
            cost: figures.cost,
            thrown_away: figures.discarded_steps + repetitions,
            repetitions,
            given_plan,
        }
    }

    /// Returns what it comes to, in seconds.
    pub fn at(&self, price: &Price) -> f64 {
        self.fixed(price) + self.planned_steps as f64 * price.planned_step
    }

    /// Returns what it comes to where planned steps are free.
    fn fixed(&self, price: &Price) -> f64 {
        self.decisions as f64 * price.decision + self.cost * price.call + self.thrown_away as f64 * price.thrown_away
    }

    /// Returns the price of a planned step at which this and `other` come to the same; none where there is none.
    pub fn break_even(&self, other: &Bill, price: &Price) -> Option<f64> {
        let steps = self.planned_steps as f64 - other.planned_steps as f64;
        let at = (other.fixed(price) - self.fixed(price)) / steps;
        (at.is_finite() && at >= 0.0).then_some(at)
    }
}

impl Price {
    /// Reads "decision=3s,planned-step=0.3s,call=1s,thrown-away=3s"; what is not named stays at its default.
    ///
    /// # Errors
    /// A sentence that says which part is wrong, and what it should look like.
    pub fn parse(text: &str) -> Result<Price, String> {
        let mut price = Price::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let Some((name, amount)) = part.split_once('=') else {
                return Err(format!("\"{part}\" should look like decision=3s"));
            };
            let place = match name.trim() {
                "decision" => &mut price.decision,
                "planned-step" => &mut price.planned_step,
                "call" => &mut price.call,
                "thrown-away" => &mut price.thrown_away,
                other => {
                    return Err(format!(
                        "\"{other}\" has no price; there are decision, planned-step, call and thrown-away"
                    ));
                }
            };
            *place = duration(amount.trim())
                .ok_or_else(|| format!("\"{}\" is not a duration: write 500ms, 0.3s or 2m", amount.trim()))?;
        }
        Ok(price)
    }

    /// Returns it as [`Price::parse`] reads it.
    pub fn said(&self) -> String {
        let Price { decision, planned_step, call, thrown_away } = *self;
        let [decision, planned, call, thrown] = [decision, planned_step, call, thrown_away].map(short);
        format!("decision={decision},planned-step={planned},call={call},thrown-away={thrown}")
    }

    /// Returns it as a sentence: "a decision 3s, a planned step 0.3s, a call of cost 1 3s, …".
    pub fn sentence(&self) -> String {
        let Price { decision, planned_step, call, thrown_away } = *self;
        let [decision, planned, call, thrown] = [decision, planned_step, call, thrown_away].map(short);
        format!(
            "a decision {decision}, a planned step {planned}, a call {call} times its cost, what is thrown away {thrown}"
        )
    }
}

impl std::fmt::Display for Price {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.said())
    }
}

/// Reads a number with a unit behind it: ms, s or m. The longest is a day.
fn duration(text: &str) -> Option<f64> {
    let unit = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = (text.get(..unit)?, text.get(unit..)?);
    let times = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        _ => return None,
    };
    let plain = number.chars().all(|c| c.is_ascii_digit() || c == '.');
    let seconds = number.parse::<f64>().ok().filter(|_| plain)? * times;
    (seconds <= 86_400.0).then_some(seconds)
}

/// Returns seconds with at most two digits behind the point: "0.3s", "3s".
pub fn short(seconds: f64) -> String {
    format!("{}s", (seconds * 100.0).round() / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_read_as_it_is_said_and_what_is_wrong_is_named() {
        let price = Price::parse("decision=2.5s, planned-step=100ms,call=1m").unwrap();
        assert_eq!((price.decision, price.planned_step, price.call, price.thrown_away), (2.5, 0.1, 60.0, 3.0));
        assert_eq!(Price::parse(&price.said()), Ok(price));
        assert_eq!(Price::parse(""), Ok(Price::default()));
        for (text, what) in [
            ("decision", "should look like"),
            ("step=1s", "has no price"),
            ("call=3", "is not a duration"),
            ("call=-1s", "is not a duration"),
            ("call=1e3s", "is not a duration"),
            ("call=NaNs", "is not a duration"),
            ("call=9999999m", "is not a duration"),
        ] {
            let error = Price::parse(text).unwrap_err();
            assert!(error.contains(what), "{text}: {error}");
        }
    }

    #[test]
    fn the_break_even_is_where_both_come_to_the_same() {
        let plan = Bill { decisions: 4, planned_steps: 12, cost: 6.0, thrown_away: 0, ..Bill::default() };
        let react = Bill { decisions: 6, planned_steps: 0, cost: 6.0, thrown_away: 0, ..Bill::default() };
        let price = Price::default();
        let at = plan.break_even(&react, &price).unwrap();
        assert_eq!(at, react.break_even(&plan, &price).unwrap());
        let there = Price { planned_step: at, ..price };
        assert!((plan.at(&there) - react.at(&there)).abs() < 1e-9);
        assert_eq!(react.break_even(&Bill { decisions: 7, ..react }, &price), None, "no planned step on either side");
    }
}
