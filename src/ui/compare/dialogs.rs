//! The dialogs of the screen of the lanes: which surprise, which prediction, which lane, and pages to read.

use crate::compare::advice::BreakEven;
use crate::compare::lane::LaneKind;
use crate::compare::price::Price;
use crate::describe::settings;
use crate::describe::sign::Role;
use crate::describe::surprise;
use crate::engine::event::{Dial, Strategy};
use crate::runtime::bench::Aim;
use crate::ui::action::Action;
use crate::ui::compare::prediction::Prediction;
use crate::ui::compare::{Compare, MODES};
use crate::ui::dialogs::{self, Choice, DialogOutcome, Offers, Opened, Prompt, PromptKind};
use crate::ui::input::Input;
use crate::ui::screen::Request;

/// What an open dialog asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Which surprise lands.
    Surprise,
    /// Which lane does not cope; then the scenario with this index lands.
    Prediction {
        /// The scenario; none: what is there stays.
        lands: Option<usize>,
    },
    /// Which lane is added.
    Lane(Vec<LaneKind>),
    /// Which strategy the focused lane gets.
    Strategy(Vec<LaneKind>),
    /// Whether to leave the lanes, and what ran in them.
    Leave,
    /// Nothing: something to read, or to do by name.
    Nothing,
}

/// The keys of answers, in order.
const KEYS: &str = "1234567890abcdefghijklmnopqrstuvwxyz";

fn answers<'a>(mut choice: Choice, words: impl Iterator<Item = &'a str>) -> Choice {
    for (at, (key, words)) in KEYS.chars().zip(words).enumerate() {
        choice = choice.answer(key, words, DialogOutcome::Chosen(at));
    }
    choice
}

impl Compare {
    fn open(&mut self, choice: Choice, asked: Asked) {
        self.dialog = Some((Opened::from(choice), asked));
    }

    /// Asks which surprise lands, where there is a choice; then for a prediction.
    pub(super) fn ask_surprise(&mut self) {
        let goal = self.bench.goal().clone();
        let landed = self.bench.scenario().map(|scenario| scenario.name.clone());
        let at_hand = self.at_hand.take().filter(|_| landed.is_none());
        let named = goal.scenarios.iter().position(|scenario| Some(&scenario.name) == at_hand.as_ref());
        match (named, goal.scenarios.as_slice()) {
            (Some(at), _) => self.ask_prediction(Some(at)),
            (None, [only]) if Some(&only.name) != landed.as_ref() => self.ask_prediction(Some(0)),
            (None, scenarios) => {
                let sentence = "It lands in every lane, when its tool first returns there. The lanes start over.";
                let words: Vec<String> = scenarios
                    .iter()
                    .map(|scenario| match &scenario.after {
                        Some(tool) => format!("{}, after {tool}", scenario.name),
                        None => scenario.name.to_string(),
                    })
                    .chain(landed.is_some().then(|| "no surprise".to_owned()))
                    .collect();
                let choice = answers(Choice::new("Which surprise?", sentence), words.iter().map(String::as_str));
                self.open(choice, Asked::Surprise);
            }
        }
    }

    /// Asks which lane will not cope; `lands` lands afterwards, whatever the answer.
    pub(super) fn ask_prediction(&mut self, lands: Option<usize>) {
        let goal = self.bench.goal().clone();
        let scenario = lands.and_then(|at| goal.scenarios.get(at));
        let sentence = match scenario {
            Some(scenario) => format!("{}: which lane does not cope?", scenario.name),
            None => "Which lane does not reach the goal?".to_owned(),
        };
        let mut words: Vec<String> =
            self.columns.iter().map(|column| format!("{} fails", column.kind.name())).collect();
        words.push("every lane copes".to_owned());
        let mut choice = Choice::new("First your prediction", sentence);
        if let Some(scenario) = scenario {
            for surprise in scenario.surprises.iter().take(3) {
                choice = choice.consequence(Role::Surprise, surprise::what(surprise));
            }
        }
        // What was predicted before, and has not been held against anything yet, is proposed again.
        let before = self.prediction.as_ref().filter(|before| before.came.is_none());
        let at = before.map_or(0, |before| match before.fails {
            Some(kind) => self.columns.iter().position(|column| column.kind == kind).unwrap_or(0),
            None => self.columns.len(),
        });
        let choice = answers(choice, words.iter().map(String::as_str)).away("skip, and see").selecting(at);
        self.open(choice, Asked::Prediction { lands });
    }

    /// Asks whether to leave, where something ran that is not kept.
    pub(super) fn ask_to_leave(&mut self) {
        if self.furthest() == 0 {
            return self.requests.push(Request::Leave);
        }
        let sentence = "What ran in them is not kept; \x01open_lane\x02 opens a lane, which records it.";
        let choice =
            answers(Choice::new("Leave the lanes?", self.words(sentence)), std::iter::once("leave")).away("stay");
        self.open(choice, Asked::Leave);
    }

    /// Asks which lane is added.
    pub(super) fn ask_lane(&mut self) {
        let there: Vec<LaneKind> = self.columns.iter().map(|column| column.kind).collect();
        let mut kinds = kinds(self.bench.goal().explores());
        kinds.retain(|kind| !there.contains(kind));
        let choice = Choice::new("Which lane?", format!("It goes to where the others are{}.", self.surprised()));
        let names: Vec<String> = kinds.iter().map(|kind| in_full(*kind)).collect();
        self.open(answers(choice, names.iter().map(String::as_str)), Asked::Lane(kinds));
    }

    /// Asks which strategy the focused lane gets.
    pub(super) fn ask_strategy(&mut self) {
        let Some(kind) = self.bench.kind(self.focus) else { return };
        let kinds: Vec<LaneKind> = Strategy::ALL
            .into_iter()
            .filter(|strategy| *strategy != kind.strategy)
            .filter(|strategy| *strategy != Strategy::Hybrid || self.bench.goal().explores())
            .map(|strategy| LaneKind { strategy, dial: kind.dial })
            .map(without_idle_dial)
            .collect();
        let sentence = format!("{} runs again{}.", kind.name(), self.surprised());
        let names: Vec<String> = kinds.iter().map(|kind| in_full(*kind)).collect();
        let choice = Choice::new("Which strategy?", sentence);
        self.open(answers(choice, names.iter().map(String::as_str)), Asked::Strategy(kinds));
    }

    /// Asks what decisions, planned steps and calls take.
    pub(super) fn ask_price(&mut self) {
        self.dialog = Some((Opened::from(Prompt::new(PromptKind::Price, &self.price.said())), Asked::Nothing));
    }

    /// Takes the price as the person's: table, advice and break-even are by it from now on.
    fn set_price(&mut self, price: Price) {
        self.price = price;
        self.part();
        let even = self.advice.as_ref().and_then(|advice| advice.break_even.as_ref());
        self.say(even.map_or_else(|| format!("the price is {price}"), BreakEven::said));
    }

    /// Opens something to read.
    pub(super) fn read(&mut self, dialog: Opened) {
        self.dialog = Some((dialog, Asked::Nothing));
    }

    /// Lists what works here, now: the help, or the palette.
    pub(super) fn list(&mut self, palette: bool) {
        let list = Offers::of(&self.keymap, &MODES, |action| super::act::refusal(self, action), palette);
        self.read(Opened::from(list));
    }

    /// Hands `input` to the open dialog and acts on what it answers.
    pub(super) fn dialog_input(&mut self, mut dialog: Opened, asked: Asked, input: &Input) {
        let outcome = self.with_dialog_view(|view| dialogs::hand(&mut dialog, input, view));
        match (outcome, asked) {
            (DialogOutcome::Stay, asked) => self.dialog = Some((dialog, asked)),
            (DialogOutcome::Chosen(at), asked) => self.chosen(at, asked),
            // A prediction is asked for, not demanded.
            (DialogOutcome::Close, Asked::Prediction { lands: Some(at) }) => {
                self.prediction = None;
                self.land(Some(at));
            }
            (DialogOutcome::Run(name), _) => {
                if let Some(action) = Action::named(name) {
                    self.act(action);
                }
            }
            (DialogOutcome::Open(dialog), asked) => self.dialog = Some((dialog, asked)),
            (DialogOutcome::Typed(PromptKind::Price, typed), asked) => match Price::parse(&typed) {
                Ok(price) => self.set_price(price),
                Err(why) => {
                    dialog.refuse(&why);
                    self.dialog = Some((dialog, asked));
                }
            },
            (
                DialogOutcome::Close
                | DialogOutcome::Submit(_)
                | DialogOutcome::SubmitAt(..)
                | DialogOutcome::OpenEditor(_)
                | DialogOutcome::ReadFile(_)
                | DialogOutcome::Scenario(_)
                | DialogOutcome::ScenarioAt(..)
                | DialogOutcome::Revise(_)
                | DialogOutcome::Save
                | DialogOutcome::ListServers
                | DialogOutcome::Copy(..)
                | DialogOutcome::Beat(_)
                | DialogOutcome::Select(_)
                | DialogOutcome::SelectKey(_)
                | DialogOutcome::Light(_)
                | DialogOutcome::Beside(_)
                | DialogOutcome::Mend(_)
                | DialogOutcome::Branch(_)
                | DialogOutcome::Breakpoint(_)
                | DialogOutcome::FirstTime(_)
                | DialogOutcome::CopyAs(..)
                | DialogOutcome::Jump(_)
                | DialogOutcome::Typed(..)
                | DialogOutcome::Confirmed(_),
                _,
            ) => {}
        }
    }

    fn chosen(&mut self, at: usize, asked: Asked) {
        let scenarios = self.bench.goal().scenarios.clone();
        match asked {
            Asked::Surprise if at < scenarios.len() => self.ask_prediction(Some(at)),
            Asked::Surprise => {
                self.prediction = None;
                self.land(None);
            }
            Asked::Prediction { lands } => {
                let now = self.bench.scenario().map(|scenario| scenario.name.clone());
                let scenario = lands.and_then(|at| Some(scenarios.get(at)?.name.clone())).or(now);
                self.prediction =
                    Some(Prediction { fails: self.columns.get(at).map(|column| column.kind), scenario, came: None });
                match lands {
                    Some(at) => self.land(Some(at)),
                    None => self.say("your prediction is held against what happens"),
                }
            }
            Asked::Lane(kinds) => {
                if let Some(kind) = kinds.get(at)
                    && self.bench.add(*kind)
                {
                    self.refresh();
                    self.focus = self.columns.len().saturating_sub(1);
                    self.say(format!("{} goes to where the others are", kind.name()));
                }
            }
            Asked::Strategy(kinds) => {
                if let Some(kind) = kinds.get(at) {
                    self.turn(*kind);
                }
            }
            Asked::Leave => self.requests.push(Request::Leave),
            Asked::Nothing => {}
        }
    }

    /// Lands the scenario with this index in every lane; none: no surprise.
    fn land(&mut self, at: Option<usize>) {
        let scenario = at.and_then(|at| self.bench.goal().scenarios.get(at).cloned());
        let began = (0..self.bench.len()).any(|at| self.bench.ticks(at).len() > 1);
        self.bench.land(scenario);
        self.begin_again();
        if at.is_some() && !began {
            self.say(
                "it is scheduled in every lane: \x01lane_step\x02 steps to it, \x01lane_end\x02 runs each lane to its end",
            );
        }
    }

    /// Starts every lane over, nothing run; the surprise stays scheduled.
    pub(super) fn start_over(&mut self) {
        self.bench.start_over();
        self.begin_again();
        self.aim(Aim::Settle);
    }

    fn begin_again(&mut self) {
        self.looking = None;
        for place in &mut self.places {
            place.at = None;
        }
        self.refresh();
    }

    /// Starts the focused lane over as another kind.
    pub(super) fn turn(&mut self, kind: LaneKind) {
        self.bench.turn(self.focus, kind);
        if let Some(place) = self.places.get_mut(self.focus) {
            place.at = None;
        }
        self.looking = None;
        self.refresh();
        self.say(format!("{}: it runs again{}", in_full(kind), self.surprised()));
    }

    /// Follows "runs again": a surprise is promised only where there is one.
    fn surprised(&self) -> &'static str {
        if self.bench.scenario().is_some() { ", with the same surprise" } else { "" }
    }
}

/// A strategy that makes no plan has no use for a dial.
fn without_idle_dial(kind: LaneKind) -> LaneKind {
    if kind.strategy.wits().is_some() { LaneKind { dial: Dial::default(), ..kind } } else { kind }
}

/// Returns every kind of lane that makes a difference.
fn kinds(explores: bool) -> Vec<LaneKind> {
    let others = Dial::ALL.into_iter().filter(|dial| *dial != Dial::default());
    let dials: Vec<Dial> = std::iter::once(Dial::default()).chain(others).collect();
    let mut kinds = Vec::new();
    for strategy in Strategy::ALL {
        if strategy == Strategy::Hybrid && !explores {
            continue;
        }
        for &dial in &dials {
            let kind = without_idle_dial(LaneKind { strategy, dial });
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
    }
    kinds
}

/// Returns a kind of lane with strategy and dial in full.
fn in_full(kind: LaneKind) -> String {
    let dial = settings::dial(kind.dial);
    match kind.strategy {
        Strategy::PlanAndExecute => format!("plan-and-execute, replan {dial}"),
        Strategy::React => "react, by the stand-in (it matches words)".to_owned(),
        Strategy::ReactPlanner => "react, with the planner's wits".to_owned(),
        Strategy::ReactBlind => "react, by the stand-in that looks at no inputs".to_owned(),
        Strategy::Hybrid => format!("hybrid, replan {dial}"),
    }
}
