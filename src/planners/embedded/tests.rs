//! What the embedded planner does, told as requests and the plans that answer them.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{holds, keeping, plan, sound};
use crate::engine::context::{Context, Datum};
use crate::engine::effect::{CallKey, PlanReply, PlanRequest, Remembered};
use crate::engine::event::Reason;
use crate::engine::goal::{Key, Tool};
use crate::engine::plan::{Author, Step, Use};
use crate::engine::testing::{Words, requiring, tool};
use crate::engine::value::Shared;
use crate::engine::value::content_hash;

fn request(wants: &str, tools: Vec<Tool>) -> PlanRequest {
    let goal = crate::engine::testing::goal(wants, "", tools);
    PlanRequest {
        goal: "test".into(),
        wants: goal.wants,
        tools: goal.tools,
        facts: Context::default(),
        outcomes: Default::default(),
        keep: Vec::new(),
        uses: Vec::new(),
        places: Vec::new(),
        barred: Vec::new(),
        recent: Default::default(),
        program: None,
    }
}

trait Knowing: Sized {
    fn knows(self, key: &str, value: i64) -> Self;
    fn made(self, key: &str, value: i64, from: &str, fresh: bool) -> Self;
    fn pinned(self, key: &str) -> Self;
    fn remembers(self, tool: &str, inputs: &[i64], outcome: Remembered) -> Self;
    fn keeps(self, id: &str, tool: Option<&str>, with: &str, to: &str) -> Self;
    fn bars(self, tool: &str) -> Self;
}

fn pairs(text: &str) -> Vec<(Key, Key)> {
    text.split_whitespace()
        .map(|p| p.split_once('=').map_or((p.into(), p.into()), |(a, b)| (a.into(), b.into())))
        .collect()
}

impl Knowing for PlanRequest {
    fn knows(self, key: &str, value: i64) -> Self {
        self.made(key, value, "", true)
    }
    fn made(mut self, key: &str, value: i64, from: &str, fresh: bool) -> Self {
        let sources = from.split_whitespace().map(|key| (key.into(), 0)).collect();
        let datum = Datum { fresh, sources, ..Datum::of(Shared::new(json!(value))) };
        let known = self.facts.iter().map(|(key, datum)| (key.clone(), Datum::clone(datum)));
        self.facts = known.chain([(key.into(), datum)]).collect();
        self
    }
    fn pinned(mut self, key: &str) -> Self {
        self.facts.set_pinned(key, true);
        self
    }
    fn remembers(mut self, tool: &str, inputs: &[i64], outcome: Remembered) -> Self {
        let inputs = inputs.iter().map(|n| content_hash(&json!(n))).collect();
        self.outcomes.insert(CallKey { tool: tool.into(), inputs }, outcome);
        self
    }
    fn keeps(mut self, id: &str, tool: Option<&str>, with: &str, to: &str) -> Self {
        self.keep.push(Arc::new(Step {
            id: id.into(),
            tool: tool.map(Into::into),
            description: "by hand".into(),
            with: pairs(with),
            to: pairs(to),
            by: Author::Person,
            ..Step::default()
        }));
        self
    }
    fn bars(mut self, tool: &str) -> Self {
        self.barred.push(Use::plain(&self.tools[tool]));
        self
    }
}

fn returned(key: &str, value: Value) -> Remembered {
    Remembered::Returned(Arc::new([(Key::from(key), Shared::new(value))].into_iter().collect()))
}

fn costing(mut tool: Tool, cost: f64) -> Tool {
    tool.cost = cost;
    tool
}

/// Returns the plan in a line, or the tree of reasons, one a line.
fn planned(request: &PlanRequest) -> String {
    match plan(request, &Words, &|| false) {
        PlanReply::Plan { steps, .. } => {
            assert_eq!(holds(request, &steps, &Words), Ok(()));
            let name = |s: &crate::engine::effect::PlannedStep| match (&s.kept, &s.usage) {
                (Some(id), _) => id.to_string(),
                (None, usage) => usage.as_ref().map_or("?".into(), |usage| usage.tool.to_string()),
            };
            steps.iter().map(name).collect::<Vec<_>>().join(" ")
        }
        PlanReply::None { reasons, .. } => lines(&reasons),
        PlanReply::Broken { error } | PlanReply::Failed { error, .. } => format!("broken: {error}"),
    }
}

fn lines(reasons: &[Reason]) -> String {
    let mut text = String::new();
    let mut todo: Vec<(usize, &Reason)> = reasons.iter().rev().map(|reason| (0, reason)).collect();
    while let Some((depth, reason)) = todo.pop() {
        text.push_str(&format!("{}{}\n", "  ".repeat(depth), reason.sentence));
        todo.extend(reason.because.iter().rev().map(|reason| (depth + 1, reason)));
    }
    text
}

fn whys(request: &PlanRequest) -> Vec<String> {
    match plan(request, &Words, &|| false) {
        PlanReply::Plan { steps, .. } => steps.iter().map(|step| step.why.to_string()).collect(),
        PlanReply::None { reasons, .. } => panic!("no plan: {reasons:?}"),
        PlanReply::Broken { error } | PlanReply::Failed { error, .. } => panic!("{error}"),
    }
}

fn left_out(request: &PlanRequest) -> String {
    match plan(request, &Words, &|| false) {
        PlanReply::Plan { left_out, .. } => {
            left_out.iter().map(|(tool, why)| format!("{tool}: {why}")).collect::<Vec<_>>().join("\n")
        }
        PlanReply::None { .. } | PlanReply::Broken { .. } | PlanReply::Failed { .. } => panic!("no plan"),
    }
}

fn support() -> Vec<Tool> {
    vec![
        tool("load_tickets", "", "tickets"),
        costing(tool("load_archive", "", "tickets"), 5.0),
        requiring(tool("count_intents", "tickets", "counts"), "big"),
        tool("find_top", "counts", "top"),
        tool("tag", "tickets", "tags"),
        tool("draft", "tickets top", "report"),
    ]
}

#[test]
fn a_plan_has_what_the_goal_needs_and_says_what_it_does_not() {
    let request = request("report", support());
    assert_eq!(planned(&request), "load_tickets count_intents find_top draft");
    assert_eq!(whys(&request)[..2], ["the cheapest of 2 tools that write tickets", "only count_intents writes counts"]);
    assert_eq!(left_out(&request), "load_archive: dearer than load_tickets (5 against 1)\ntag: not needed");
}

#[test]
fn a_reached_goal_needs_no_step() {
    assert_eq!(planned(&request("report", support()).knows("report", 1)), "");
}

#[test]
fn only_what_is_stale_is_made_again() {
    let request = request("report", support()).knows("tickets", 8).made("counts", 3, "tickets", false);
    assert_eq!(planned(&request), "count_intents find_top draft");
    assert_eq!(whys(&request)[0], "counts is stale; only count_intents writes counts");
}

#[test]
fn a_tool_that_failed_on_these_inputs_is_out_and_another_one_takes_its_place() {
    let request = request("report", support()).remembers("load_tickets", &[], Remembered::Failed("503".into()));
    assert_eq!(planned(&request), "load_archive count_intents find_top draft");
    assert_eq!(whys(&request)[0], "load_tickets is out: it failed with 503");
    assert!(left_out(&request).contains("load_tickets: failed: 503"));
}

#[test]
fn a_false_requirement_needs_another_value_for_what_it_reads() {
    let request =
        request("report", support()).knows("tickets", 0).remembers("load_tickets", &[], returned("tickets", json!(0)));
    assert_eq!(planned(&request), "load_archive count_intents find_top draft");
    assert!(
        whys(&request)[0].starts_with("tickets needs another value (count_intents requires"),
        "{:?}",
        whys(&request)
    );
}

#[test]
fn when_every_source_is_used_up_the_reasons_name_the_condition_its_values_and_the_outcomes() {
    let request = request("report", support())
        .knows("tickets", 0)
        .remembers("load_tickets", &[], returned("tickets", json!(0)))
        .remembers("load_archive", &[], returned("tickets", json!(0)));
    let reasons = planned(&request);
    for part in [
        "the goal wants report",
        "only count_intents writes counts",
        "count_intents requires \"inputs are big\", which is false on tickets = 0",
        "load_tickets returned tickets = 0 before",
        "load_archive returned tickets = 0 before",
    ] {
        assert!(reasons.contains(part), "{part} is not in\n{reasons}");
    }
}

#[test]
fn another_tool_for_the_consumer_is_taken_where_it_is_cheaper() {
    let mut tools = support();
    tools.push(costing(tool("estimate", "tickets", "counts"), 2.0));
    let request = request("report", tools).knows("tickets", 0);
    // load_tickets 1 + count_intents 1 against estimate 2: declared first wins; dearer loading tips it.
    let request = request.remembers("load_tickets", &[], Remembered::Failed("503".into()));
    assert_eq!(planned(&request), "estimate find_top draft");
}

#[test]
fn an_outcome_for_other_inputs_says_nothing() {
    let tools = vec![tool("a", "", "x"), tool("b", "x", "y")];
    let request = request("y", tools).knows("x", 1).remembers("b", &[1], Remembered::Failed("no".into()));
    assert_eq!(planned(&request), "a b");
    assert_eq!(whys(&request)[0], "x needs another value (b failed on it); only a writes x");
}

#[test]
fn a_wanted_value_that_is_not_as_wanted_is_made_again_by_what_may_return_another() {
    let tools = vec![tool("a", "", "x"), tool("b", "", "x")];
    let request = request("x:even", tools).knows("x", 3).remembers("a", &[], returned("x", json!(3)));
    assert_eq!(planned(&request), "b");
    let request = request.remembers("b", &[], returned("x", json!(4)));
    assert_eq!(planned(&request), "b");
}

#[test]
fn a_pinned_key_is_never_made_and_is_named_where_it_stands_in_the_way() {
    let request = request("counts", support()).knows("tickets", 0).pinned("tickets");
    let reasons = planned(&request);
    assert!(reasons.contains("tickets is pinned as 0: no step makes another value"), "{reasons}");
}

#[test]
fn a_tool_with_a_pinned_output_may_still_make_the_others() {
    let request = request("b c", vec![tool("both", "", "a b"), tool("last", "a", "c")]).knows("a", 1).pinned("a");
    assert_eq!(planned(&request), "both last");
    assert_eq!(planned(&request.made("c", 1, "a", true)), "both");
}

#[test]
fn what_the_plan_itself_makes_stale_is_made_again() {
    // both makes a (wanted) and writes s too; b was made from s.
    let tools = vec![tool("both", "", "a s"), tool("again", "s", "b")];
    let request = request("a b", tools).knows("s", 1).made("b", 1, "s", true);
    assert_eq!(planned(&request), "both again");
    assert_eq!(whys(&request)[1], "b goes stale within this plan; only again writes b");
}

#[test]
fn what_nothing_can_make_again_is_a_conflict_in_the_reasons() {
    let request = request("a b", vec![tool("both", "", "a s")]).knows("s", 1).made("b", 1, "s", true);
    let reasons = planned(&request);
    assert!(
        reasons.contains("conflict") && reasons.contains("both makes b stale, and nothing writes b again"),
        "{reasons}"
    );
}

#[test]
fn two_readers_that_need_opposite_values_are_a_conflict() {
    let tools = vec![
        tool("make", "", "x"),
        requiring(tool("evens", "x", "a"), "even"),
        requiring(tool("odds", "x", "b"), "odd"),
    ];
    let request = request("a b", tools).knows("x", 2).remembers("make", &[], returned("x", json!(3)));
    let reasons = planned(&request);
    assert!(reasons.contains("conflict"), "{reasons}");
    assert!(reasons.contains("evens requires \"inputs are even\"") || reasons.contains("odds requires"), "{reasons}");
}

#[test]
fn shared_steps_count_once() {
    // x and y each: own tool at 3, or from base (4) at 0. Together base is cheaper; each alone it is not.
    let tools = vec![
        costing(tool("own_x", "", "x"), 3.0),
        costing(tool("own_y", "", "y"), 3.0),
        costing(tool("base", "", "b"), 4.0),
        costing(tool("x_of_b", "b", "x"), 0.0),
        costing(tool("y_of_b", "b", "y"), 0.0),
    ];
    assert_eq!(planned(&request("x y", tools)), "base x_of_b y_of_b");
}

#[test]
fn barred_uses_do_not_come_back_and_are_named() {
    let plain = request("report", support()).bars("load_tickets");
    assert_eq!(planned(&plain), "load_archive count_intents find_top draft");
    let reasons = planned(&plain.bars("load_archive"));
    assert!(reasons.contains("load_archive is out: you skipped, deleted or changed this use"), "{reasons}");
}

#[test]
fn a_persons_steps_stay_with_their_bindings_behind_what_makes_their_inputs() {
    let request = request("report", support())
        .keeps("s7", Some("tag"), "tickets=tickets", "tags=labels")
        .keeps("s8", None, "labels", "remark");
    let line = planned(&request);
    assert!(
        line.contains("s7") && line.find("load_tickets") < line.find("s7") && line.find("s7") < line.find("s8"),
        "{line}"
    );
    assert!(line.contains("draft"));
}

#[test]
fn a_persons_step_that_cannot_stay_is_said_with_the_reason() {
    let mut request = request("report", support())
        .keeps("s7", Some("tagg"), "tickets", "tags")
        .keeps("s8", Some("draft"), "tickets=regions top=top", "report=report")
        .keeps("s9", Some("tag"), "tickets", "tags");
    let mut off = (*request.keep[2]).clone();
    (off.id, off.skip) = ("s10".into(), true);
    request.keep.push(Arc::new(off));
    let PlanReply::Plan { steps, not_kept, .. } = plan(&request, &Words, &|| false) else { panic!("no plan") };
    let not_kept: Vec<String> = not_kept.iter().map(|(id, why)| format!("{id} {why}")).collect();
    assert_eq!(not_kept.len(), 2, "{not_kept:?}");
    assert!(not_kept[0].starts_with("s7 there is no tool tagg; the nearest is tag"), "{not_kept:?}");
    assert!(not_kept[1].starts_with("s8 draft needs regions: nothing writes \"regions\""), "{not_kept:?}");
    let kept: Vec<&str> = steps.iter().filter_map(|step| step.kept.as_deref()).collect();
    assert_eq!(kept, ["s9", "s10"]);
}

#[test]
fn a_contradiction_costs_the_step_that_it_is_about_and_not_the_session() {
    let request =
        request("b", vec![tool("make", "", "b")]).keeps("look", None, "", "seen").keeps("send", None, "", "sent");
    let reply = sound(&request, &Words, &|lost| {
        let mut reply = keeping::plan(&request, &Words, lost, &|| false);
        if let PlanReply::Plan { steps, .. } = &mut reply {
            steps.reverse();
        }
        reply
    });
    let PlanReply::Plan { steps, not_kept, .. } = reply else { panic!("{reply:?}") };
    assert_eq!(holds(&request, &steps, &Words), Ok(()));
    let [(id, why)] = &not_kept[..] else { panic!("{not_kept:?}") };
    assert_eq!(&**id, "send");
    assert!(why.ends_with("keeps send ahead of look, which stood before it"), "{why}");
    assert!(steps.iter().any(|step| step.kept.as_deref() == Some("look")));
}

#[test]
fn a_missing_key_is_named_with_the_nearest_known_one() {
    let reasons = planned(&request("report", vec![tool("write", "regoins", "report"), tool("map", "", "regions")]));
    assert!(reasons.contains("nothing writes \"regoins\"; the nearest known key is \"regions\""), "{reasons}");
}

#[test]
fn a_circle_of_tools_is_said() {
    let reasons = planned(&request("a", vec![tool("p", "b", "a"), tool("q", "a", "b")]));
    assert!(reasons.contains("circle"), "{reasons}");
}

#[test]
fn an_undecided_condition_is_not_met_and_says_why() {
    struct Unsure;
    impl crate::engine::effect::Judge for Unsure {
        fn judge(&self, _: &str, _: &crate::engine::effect::Subject) -> crate::engine::event::Verdict {
            crate::engine::event::Verdict::Undecided("out of steps".into())
        }
    }
    let request = request("b", vec![requiring(tool("t", "a", "b"), "even")]).knows("a", 2);
    let PlanReply::None { reasons, .. } = plan(&request, &Unsure, &|| false) else { panic!("a plan") };
    assert!(lines(&reasons).contains("cannot be decided (out of steps)"));
}

#[test]
fn a_cancelled_planner_has_no_plan() {
    let reply = plan(&request("report", support()), &Words, &|| true);
    assert!(matches!(reply, PlanReply::Broken { .. }));
}

#[test]
fn a_chain_of_ten_thousand_steps_is_planned_and_a_broken_one_explained() {
    let chain = |from: usize| -> Vec<Tool> {
        (from..10_000)
            .map(|n| {
                tool(&format!("t{n}"), &if n == 0 { String::new() } else { format!("k{n}") }, &format!("k{}", n + 1))
            })
            .collect()
    };
    let PlanReply::Plan { steps, .. } = plan(&request("k10000", chain(0)), &Words, &|| false) else {
        panic!("no plan")
    };
    assert_eq!(steps.len(), 10_000);
    let reasons = planned(&request("k10000", chain(1)));
    assert!(reasons.contains("nothing writes \"k1\"") && reasons.contains("t5000 needs k5000"));
}

#[test]
fn whole_runs_reach_their_goal_and_the_engines_own_forward_check_agrees_with_the_plan() {
    use crate::engine::event::{Dial, Event};
    use crate::engine::testing::World;
    let goal = crate::engine::testing::goal("report", "", support());
    // load_tickets and load_archive both return 1 at first, which is not big: after the archive nothing is left.
    let session = World::new(|request| plan(request, &Words, &|| false)).play(goal, Dial::OnDeviation);
    let last = |session: &crate::engine::session::Session| session.records().last().map(|record| record.event.clone());
    assert!(matches!(last(&session), Some(Event::Unplannable { .. })), "{:?}", last(&session));
    // With an archive that has tickets, the replan finds it.
    let goal = crate::engine::testing::goal("report", "", support());
    let mut world = World::new(|request| plan(request, &Words, &|| false));
    world.tool = Box::new(|call| {
        let archive = call.step.tool.as_deref() == Some("load_archive");
        let value = Shared::new(json!(if archive { 9 } else { 1 }));
        crate::engine::effect::CallOutcome::Done(
            call.step.to.iter().map(|(name, _)| (name.clone(), value.clone())).collect(),
        )
    });
    let session = world.play(goal, Dial::OnDeviation);
    let kinds = crate::engine::testing::kinds(&session);
    assert!(session.records().iter().any(|record| matches!(record.event, Event::Reached)), "{kinds}");
    let deviated = session.records().iter().filter(|record| matches!(record.event, Event::Deviated { .. })).count();
    assert_eq!(deviated, 2, "found once, and gone once the new plan is accepted: {kinds}");
}
