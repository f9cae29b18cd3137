//! One lane played to its end with what was asked for on the command line, by whoever speaks for nobody.

use std::sync::Arc;

use super::args::Play;
use super::autopilot::{Say, Speaker};
use super::script::Asked;
use crate::compare::lane::{Lane, LaneKind};
use crate::compare::result::LaneResult;
use crate::describe::keys;
use crate::describe::standing::Standing;
use crate::engine::event::Pace;
use crate::engine::goal::{Goal, Scenario};
use crate::jq::Cancel;
use crate::runtime::bench::BROKEN;
use crate::runtime::services::Services;
use crate::runtime::trust::Subject;
use crate::runtime::{clock, lanes};

/// Everything that lanes are played with.
pub(super) struct Playing<'a> {
    /// The goal.
    pub goal: &'a Arc<Goal>,
    /// The options that all lanes have in common.
    pub play: &'a Play,
    /// What lands in each of them.
    pub asked: Asked,
    /// What tools and planners need.
    pub services: &'a Services,
    /// Ends it early.
    pub cancel: &'a Cancel,
}

/// One run of one lane.
pub(super) struct Ran {
    /// The lane at its end.
    pub lane: Lane,
    /// How it went.
    pub result: LaneResult,
    /// What was asked for and never used.
    pub unused: Vec<String>,
}

impl Playing<'_> {
    /// Lets a lane of this kind run to its end.
    pub(super) fn run(&self, kind: LaneKind, scenario: Option<&Scenario>) -> Ran {
        let (play, services) = (self.play, &self.services.for_session());
        let mut lane = Lane::bare(self.goal, kind, play.settings(self.goal), &clock::now());
        services.trust.tell(&mut lane.session, Subject::of(self.goal, true).as_ref());
        let mut asked = self.asked.clone();
        scenario.into_iter().for_each(|scenario| asked.add(scenario));
        lane.scenario = match (scenario, play.scenario.as_slice()) {
            (Some(scenario), _) => Some(scenario.name.clone()),
            (None, [only]) if play.puts_only_scenarios() => Some(only.as_str().into()),
            (None, _) => None,
        };
        asked.hand_over(|command| match lane.session.submit(command, &clock::now()) {
            Ok(_) => Ok(()),
            Err(refusal) => Err(refusal.message),
        });
        let mut speaker = Speaker::new(asked, play.approve);
        let mut unfit = None;
        lanes::settle(&mut lane, services, self.cancel);
        while !self.cancel.is_cancelled() {
            let went_on = match speaker.next(lane.state()) {
                Say::Command(command) => {
                    let taken = lane.session.submit(*command, &clock::now()).is_ok();
                    lanes::settle(&mut lane, services, self.cancel);
                    taken
                }
                Say::Answer(value) => match lanes::answer(&mut lane, value, services, self.cancel) {
                    Ok(()) => true,
                    Err(refusal) => {
                        unfit = Some(keys::usual(&refusal.message).into_owned());
                        false
                    }
                },
                Say::Nothing => false,
            };
            if !went_on {
                break;
            }
        }
        if self.cancel.is_cancelled() {
            lanes::go(&mut lane, Pace::Paused, services, self.cancel);
        }
        let mut result = LaneResult::of(&lane);
        if let Some(question) = lanes::question(&lane, services) {
            result.standing = Standing::asking(lane.state(), Some(&question));
        }
        let why = result.standing.why.clone().unwrap_or_default();
        if self.cancel.is_cancelled() && !result.over {
            result.standing.why = Some(format!("stopped by you: {why}"));
        } else if let Some(unfit) = unfit {
            result.standing.why = Some(format!("the answer does not fit: {unfit}; {why}"));
        }
        // What was not even taken never landed.
        result.coped &= speaker.asked.refusals().next().is_none();
        let unused = speaker.asked.unused(lane.state());
        Ran { lane, result, unused }
    }

    /// Returns a lane in which the program itself broke, or that was not begun.
    pub(super) fn broken(&self, kind: LaneKind) -> Ran {
        let lane = Lane::bare(self.goal, kind, self.play.settings(self.goal), &clock::now());
        let mut result = LaneResult::of(&lane);
        let (status, why) = match self.cancel.is_cancelled() {
            true => ("stopped", "stopped by you before it began"),
            false => ("failed", BROKEN),
        };
        result.standing = Standing { status, why: Some(why.into()), reasons: Arc::default() };
        Ran { lane, result, unused: Vec::new() }
    }

    /// Returns why surprises were not even taken: the same in every lane.
    pub(super) fn refusals(&self, kind: LaneKind) -> Vec<String> {
        let mut lane = Lane::bare(self.goal, kind, self.play.settings(self.goal), "");
        let mut asked = self.asked.clone();
        asked.hand_over(|command| lane.session.submit(command, "").map(|_| ()).map_err(|refusal| refusal.message));
        asked.refusals().map(|(text, why)| format!("{text}: {why}")).collect()
    }
}
