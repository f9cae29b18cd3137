//! Scenarios × lanes: what many comparisons come to.

use serde::Serialize;

use super::advice::Advice;
use super::result::LaneResult;

/// One lane over all scenarios.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Total {
    /// What it is called.
    pub lane: String,
    /// How many scenarios it was run on.
    pub cells: u64,
    /// In how many it reached the goal.
    pub reached: u64,
    /// In how many it coped.
    pub coped: u64,
    /// In how many the surprise passed it by.
    pub never_met: u64,
    /// In how many it was the safer first choice.
    pub chosen: u64,
    /// Its decisions in all.
    pub decisions: u64,
    /// Its tool calls in all.
    pub tool_calls: u64,
    /// Its wasted calls in all.
    pub wasted_calls: u64,
    /// Its discarded planned steps in all.
    pub discarded_steps: u64,
    /// Its replans in all.
    pub replans: u64,
    /// What it took in all, in seconds at the price.
    pub seconds: f64,
}

/// Adds up what the lanes did in each comparison, with the advice that was given there.
pub fn totals<'a>(comparisons: impl Iterator<Item = (&'a [LaneResult], &'a Advice)>) -> Vec<Total> {
    let mut totals: Vec<Total> = Vec::new();
    for (results, advice) in comparisons {
        for (at, result) in results.iter().enumerate() {
            if totals.len() <= at {
                totals.push(Total { lane: result.name.clone(), ..Total::default() });
            }
            let Some(total) = totals.get_mut(at) else { continue };
            total.cells += 1;
            total.reached += u64::from(result.reached());
            total.coped += u64::from(result.coped);
            total.never_met += u64::from(result.never_met());
            total.chosen += u64::from(advice.lane == Some(at));
            total.decisions += result.figures.decisions;
            total.tool_calls += result.figures.tool_calls;
            total.wasted_calls += result.figures.wasted_calls;
            total.discarded_steps += result.figures.discarded_steps;
            total.replans += result.figures.replans;
            total.seconds += advice.bills.get(at).map_or(0.0, |bill| bill.at(&advice.price));
        }
    }
    totals
}

/// Returns the lane that coped most often; of equals the one that reached the goal most often, then the one that took
/// least at the price, then the first. None where none ever coped.
pub fn safest(totals: &[Total]) -> Option<&Total> {
    let able = totals.iter().enumerate().filter(|(_, total)| total.coped > 0);
    let order = |(at, total): &(usize, &Total)| {
        (u64::MAX - total.coped, u64::MAX - total.reached, (total.seconds * 1e3).round() as u64, *at)
    };
    able.min_by_key(order).map(|(_, total)| total)
}
