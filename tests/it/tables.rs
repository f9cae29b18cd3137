//! The tables of planners and of kinds of tools: each gets an entry here by the recipe at the head of its folder, and
//! the real reader and the real runtime use it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use planscope::engine::command::{Approval, Command};
use planscope::engine::effect::{PlanReply, PlanRequest, PlannedStep};
use planscope::engine::event::{Decider, Outcome, Pace, Settings, Strategy};
use planscope::engine::goal::{Nature, Risk, Run};
use planscope::engine::plan::Use;
use planscope::engine::settings::PlannerNature;
use planscope::engine::state::Phase;
use planscope::engine::value::Shared;
use planscope::goal_file;
use planscope::jq::{Cancel, Evaluator};
use planscope::planners::{self, Host, PLANNERS, Planner, Planners};
use planscope::runtime::driver::{Driver, SessionFile};
use planscope::runtime::services::Services;
use planscope::tools::reading::{Reading, Shape, may, needs};
use planscope::tools::{Given, KINDS, Kind, Kinds, Timeout, Way};
use serde_json::json;

use crate::support::program::{Folder, TICKETS};

// A planner: one type, one line.

/// Takes every tool in the order in which it was declared, but those that bring what is there already.
struct InOrder {
    name: &'static str,
    nature: PlannerNature,
    asked: AtomicUsize,
}

impl InOrder {
    const fn new(name: &'static str, nature: PlannerNature) -> InOrder {
        InOrder { name, nature, asked: AtomicUsize::new(0) }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Planner for InOrder {
    fn name(&self) -> &'static str {
        self.name
    }

    fn nature(&self) -> PlannerNature {
        self.nature
    }

    fn plan(&self, request: &PlanRequest, _host: &Host<'_>) -> PlanReply {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut there: Vec<_> =
            request.facts.iter().filter(|(_, fact)| fact.fresh).map(|(key, _)| key.clone()).collect();
        let mut steps = Vec::new();
        for tool in request.tools.values().filter(|tool| !tool.name.contains("archive")) {
            if tool.outputs.iter().all(|key| there.contains(key)) {
                continue;
            }
            there.extend(tool.outputs.iter().cloned());
            steps.push(PlannedStep { usage: Some(Use::plain(tool)), kept: None, why: "it is next".into() });
        }
        PlanReply::Plan { cost: steps.len() as f64, steps, left_out: Vec::new(), not_kept: Vec::new() }
    }
}

fn services(planner: &'static InOrder) -> Services {
    let table: Planners = Box::leak(Box::new([PLANNERS[0], planner as &dyn Planner]));
    Services::new(Evaluator::in_thread()).with_planners(table)
}

fn settings(planner: &InOrder) -> Settings {
    Settings::default().with_planner(planners::choice(planner)).with_decider(Decider::Auto)
}

/// Opens a session on `TICKETS` in `file`.
fn open(file: &Path, settings: Settings, services: &Services) -> Driver {
    let goal = Arc::new(goal_file::parse(TICKETS, "goal.json", None).unwrap());
    Driver::open(goal, settings, SessionFile::File(file.to_path_buf()), services.clone()).unwrap()
}

fn work(driver: &mut Driver) {
    while driver.work(&Cancel::new()).unwrap() {}
}

fn run_on(driver: &mut Driver) {
    driver.submit(Command::SetPace(Pace::Free)).unwrap();
    work(driver);
}

fn is_interrupted(driver: &Driver) -> bool {
    matches!(driver.state().phase, Phase::Ended { outcome: Outcome::Interrupted, .. })
}

#[test]
fn a_planner_of_the_table_plans_and_the_session_says_which() {
    static PURE: InOrder = InOrder::new("in-order", PlannerNature::Pure);
    let folder = Folder::new();
    let (file, services) = (folder.path("s.jsonl"), services(&PURE));
    let mut driver = open(&file, settings(&PURE), &services);
    work(&mut driver);
    run_on(&mut driver);
    assert_eq!((&driver.state().phase, PURE.asked()), (&Phase::Reached, 1));
    assert!(driver.state().runs.iter().all(|run| run.step.why.as_deref() == Some("it is next")));
    drop(driver);
    let (driver, _) = Driver::reopen(&file, services).unwrap();
    assert_eq!(*driver.state().settings.planner.name, *"in-order");
}

#[test]
fn a_pure_planner_that_was_asked_when_the_program_ended_is_asked_again_by_itself() {
    static PURE: InOrder = InOrder::new("in-order", PlannerNature::Pure);
    let folder = Folder::new();
    let (file, services) = (folder.path("s.jsonl"), services(&PURE));
    drop(open(&file, settings(&PURE), &services));
    let (mut driver, _) = Driver::reopen(&file, services).unwrap();
    work(&mut driver);
    assert_eq!((&driver.state().phase, PURE.asked()), (&Phase::Review, 1));
}

#[test]
fn a_planner_that_reaches_outside_is_not_asked_again_until_a_person_says_so() {
    static OUTSIDE: InOrder = InOrder::new("far-away", PlannerNature::Outside);
    for strategy in [Strategy::PlanAndExecute, Strategy::ReactPlanner] {
        let before = OUTSIDE.asked();
        let folder = Folder::new();
        let (file, services) = (folder.path("s.jsonl"), services(&OUTSIDE));
        let mut driver = open(&file, settings(&OUTSIDE).with_strategy(strategy), &services);
        if strategy == Strategy::ReactPlanner {
            driver.submit(Command::SetPace(Pace::Free)).unwrap();
        }
        assert!(driver.session().wants().iter().all(planscope::engine::effect::Effect::reaches_outside));
        drop(driver);
        let (mut driver, _) = Driver::reopen(&file, services.clone()).unwrap();
        work(&mut driver);
        assert!(is_interrupted(&driver), "{:?}", driver.state().phase);
        assert_eq!(OUTSIDE.asked(), before);
        // Opened once more, it stands where it stood.
        drop(driver);
        let (mut driver, _) = Driver::reopen(&file, services).unwrap();
        assert!(is_interrupted(&driver) && !driver.work(&Cancel::new()).unwrap());
        driver.submit(Command::Replan).unwrap();
        work(&mut driver);
        assert_eq!(OUTSIDE.asked(), before + 1);
        run_on(&mut driver);
        assert_eq!(driver.state().phase, Phase::Reached);
    }
}

#[test]
fn a_stand_in_that_asks_no_planner_thinks_again_whatever_the_planner() {
    static OUTSIDE: InOrder = InOrder::new("far-away", PlannerNature::Outside);
    let folder = Folder::new();
    let (file, services) = (folder.path("s.jsonl"), services(&OUTSIDE));
    let mut driver = open(&file, settings(&OUTSIDE).with_strategy(Strategy::React), &services);
    driver.submit(Command::SetPace(Pace::Free)).unwrap();
    drop(driver);
    let (mut driver, _) = Driver::reopen(&file, services).unwrap();
    assert!(!is_interrupted(&driver));
    work(&mut driver);
    run_on(&mut driver);
    assert_eq!((&driver.state().phase, OUTSIDE.asked()), (&Phase::Reached, 0));
}

#[test]
fn a_planner_that_is_missing_is_named_with_those_that_are_there() {
    static PURE: InOrder = InOrder::new("in-order", PlannerNature::Pure);
    let folder = Folder::new();
    let file = folder.path("s.jsonl");
    drop(open(&file, settings(&PURE), &services(&PURE)));
    let (mut driver, _) = Driver::reopen(&file, Services::new(Evaluator::in_thread())).unwrap();
    work(&mut driver);
    let Phase::Ended { why, .. } = &driver.state().phase else { panic!("{:?}", driver.state().phase) };
    assert!(why.contains("no planner \"in-order\": it has embedded"), "{why}");
}

#[test]
fn a_run_without_a_screen_leaves_an_interrupted_request_to_a_person() {
    static OUTSIDE: InOrder = InOrder::new("far-away", PlannerNature::Outside);
    let folder = Folder::new();
    drop(open(&folder.path("outside.jsonl"), settings(&OUTSIDE), &services(&OUTSIDE)));
    let ran = folder.run(&["run", "--session", "outside.jsonl"]);
    assert_eq!(ran.status, 4, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("far-away was asked when the program ended"), "{}", ran.out);
}

// A kind of tool: one static, one line.

/// The kind `shout`: says a text aloud, somewhere outside.
static SHOUT: Kind = Kind {
    name: "shout",
    way: Way::Outside(shout),
    timeout: Timeout::Default(5_000),
    risk: Risk::Low,
    in_folder: false,
    schema: r#"{
        "type": "object",
        "properties": {
            "text": { "type": "string", "description": "What is said." },
            "times": { "type": "integer", "description": "How often." }
        },
        "required": ["text"],
        "additionalProperties": false,
        "description": "Says a text aloud."
    }"#,
    shape: Some(&SHAPE),
    read: read_shout,
    check: |_, _, _| (),
};

static SHAPE: Shape = Shape {
    what: "a shout",
    schema: "shout",
    fields: &[needs("text", "what is said"), may("times", "how often")],
    later: &[],
};

fn read_shout(spec: &mut dyn Reading, _run: &mut Run) {
    spec.fields(&SHAPE, &mut |field, part| match field {
        "text" => {
            part.text("what is said, as a text");
        }
        _ => {
            part.count(1);
        }
    });
}

fn shout(given: &Given<'_>) -> Result<Shared, String> {
    let text = given.spec["text"].as_str().ok_or("there is no text")?;
    let times = given.spec["times"].as_u64().unwrap_or(1);
    Ok(Shared::new(json!(text.to_uppercase().repeat(usize::try_from(times).map_err(|e| e.to_string())?))))
}

fn kinds() -> Kinds {
    Box::leak([KINDS, &[&SHOUT]].concat().into_boxed_slice())
}

const SHOUTING: &str = r#"{
  "version": 1, "goal": "Be heard", "wants": { "heard": "length > 0" },
  "tools": {
    "call_out": { "outputs": ["heard"], "run": { "shout": { "text": "ahoy", "times": 2 } } }
  }
}"#;

#[test]
fn a_kind_of_the_table_is_read_planned_and_run() {
    let goal = goal_file::parse_with(kinds(), SHOUTING, "goal.json", None).unwrap();
    let tool = &goal.tools["call_out"];
    assert_eq!((tool.run.nature, tool.timeout_ms, tool.risk), (Nature::Outside, Some(5_000), Risk::Low));
    let folder = Folder::new();
    let file = folder.path("s.jsonl");
    let services = Services::new(Evaluator::in_thread()).with_kinds(kinds());
    let mut driver =
        Driver::open(Arc::new(goal), Settings::default(), SessionFile::File(file.clone()), services.clone()).unwrap();
    work(&mut driver);
    run_on(&mut driver);
    assert_eq!(driver.state().phase, Phase::Reached);
    assert_eq!(*driver.state().context.get("heard").unwrap().value, json!("AHOYAHOY"));
    drop(driver);
    let (driver, _) = Driver::reopen(&file, services).unwrap();
    assert_eq!(driver.state().phase, Phase::Reached);
}

#[test]
fn a_kind_that_reaches_outside_does_not_run_again_by_itself() {
    let goal = goal_file::parse_with(kinds(), SHOUTING, "goal.json", None).unwrap();
    let folder = Folder::new();
    let file = folder.path("s.jsonl");
    let services = Services::new(Evaluator::in_thread()).with_kinds(kinds());
    let mut driver =
        Driver::open(Arc::new(goal), Settings::default(), SessionFile::File(file.clone()), services.clone()).unwrap();
    work(&mut driver);
    driver.submit(Command::Approve(Approval::Whole)).unwrap();
    driver.submit(Command::SetPace(Pace::Free)).unwrap();
    assert!(matches!(driver.state().phase, Phase::Running { .. }));
    drop(driver);
    let (mut driver, _) = Driver::reopen(&file, services).unwrap();
    work(&mut driver);
    assert_eq!(driver.state().phase, Phase::Interrupted);
}

#[test]
fn what_is_wrong_with_the_settings_of_a_kind_is_named_where_it_stands() {
    let wrong = SHOUTING.replace(r#""times": 2"#, r#""tims": 2"#).replace(r#""ahoy""#, "7");
    let faults = goal_file::parse_with(kinds(), &wrong, "goal.json", None).unwrap_err().faults;
    let said: Vec<_> = faults.iter().map(|fault| (fault.line, &*fault.path, &*fault.message)).collect();
    assert_eq!(
        said,
        [
            (4, "tools.call_out.run.shout.text", "This is a number"),
            (4, "tools.call_out.run.shout.tims", "\"tims\" is not a field of a shout"),
        ]
    );
    // Where the kind is not in the table, the list of those that are comes from it.
    let faults = goal_file::parse(SHOUTING, "goal.json", None).unwrap_err().faults;
    assert_eq!(
        faults[0].expected.as_deref(),
        Some("one of jq, value, file, command, program, mcp, ask, explore, recorded")
    );
    let faults = goal_file::parse_with(kinds(), &SHOUTING.replace("shout", "shot"), "goal.json", None);
    let fault = &faults.unwrap_err().faults[0];
    assert_eq!(
        fault.expected.as_deref(),
        Some("one of jq, value, file, command, program, mcp, ask, explore, recorded, shout")
    );
    assert_eq!(fault.hint.as_deref(), Some("did you mean \"shout\"?"));
}

#[test]
fn the_schema_describes_the_kinds_of_its_table() {
    let schema: serde_json::Value = serde_json::from_str(&goal_file::schema(kinds())).unwrap();
    let described = &schema["$defs"]["run"]["properties"];
    let names: Vec<_> = described.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, kinds().iter().map(|kind| kind.name).collect::<Vec<_>>());
    assert_eq!(schema["$defs"]["shout"]["required"], json!(["text"]));
    assert_eq!(described["shout"], json!({"$ref": "#/$defs/shout"}));
}
