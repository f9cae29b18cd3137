//! What dialogs do: keys in, outcomes and screens out, on a session that was really stepped.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::json;

use crate::describe::sanitize::is_harmful;
use crate::describe::sign::Role;
use crate::describe::tools::{Listing, tools};
use crate::describe::why::Subject;
use crate::engine::command::Approval;
use crate::engine::effect::CallOutcome;
use crate::engine::event::{Decider, Dial, Pace};
use crate::engine::foresee::Judgements;
use crate::engine::goal::{Check, Scenario, Surprise};
use crate::engine::session::Session;
use crate::engine::testing::{World, backwards, goal, settings, tool};
use crate::engine::value::Shared;
use crate::ui::dialogs::*;
use crate::ui::input::{Input, Key, KeyPress};
use crate::ui::keymap::Keymap;
use crate::ui::theme::Theme;

fn why(view: &DialogView<'_>, subject: &Subject) -> Opened {
    crate::describe::why::why(view.moment(), subject).into()
}

fn entry(view: &DialogView<'_>, seq: Seq) -> Option<Opened> {
    crate::describe::entry::entry(view.moment(), seq).map(Opened::from)
}

/// The textbook's plan, two steps done.
fn two_done() -> Session {
    stepped(2, Dial::OnDeviation)
}

fn stepped(steps: u32, dial: Dial) -> Session {
    let tools = vec![
        tool("load_tickets", "week", "tickets"),
        tool("count_intents", "tickets", "intent_counts"),
        tool("find_top_intent", "intent_counts", "top_intent"),
        tool("draft_report", "tickets top_intent", "report"),
    ];
    let mut goal = goal("report", "week", tools);
    goal.goal = "Generate this week's customer support report".into();
    goal.scenarios = Arc::new(vec![
        Scenario {
            name: "Late tickets arrive".into(),
            after: Some("count_intents".into()),
            surprises: vec![Surprise::Set { key: "tickets".into(), value: Some(Shared::new(json!([1, 2]))) }],
            expect: Default::default(),
        },
        Scenario {
            name: "The store is down".into(),
            after: None,
            surprises: vec![Surprise::Fail { tool: "load_tickets".into(), error: "503".into(), times: 2 }],
            expect: Default::default(),
        },
    ]);
    let mut session = Session::open(Arc::new(goal), settings(dial, Decider::Ask), "");
    let mut world = World::new(backwards);
    world.tool = Box::new(|call| {
        let value = match call.tool.as_ref().map(|tool| &*tool.name) {
            Some("load_tickets") => {
                json!([{"intent": "refund", "text": "My order has not shipped"}, {"intent": "password"}])
            }
            Some("count_intents") => json!({"refund": 1, "password": 1}),
            _ => json!("refund"),
        };
        CallOutcome::Done(call.step.to.iter().map(|(name, _)| (name.clone(), Shared::new(value.clone()))).collect())
    });
    assert!(world.settle(&mut session, 100));
    session.submit(Command::Approve(Approval::Whole), "").ok();
    if steps > 0 {
        session.submit(Command::SetPace(Pace::Steps(steps)), "").ok();
        assert!(world.settle(&mut session, 100));
    }
    session
}

/// Runs `act` with a view of `session`.
fn with<T>(session: &Session, act: impl FnOnce(&DialogView<'_>) -> T) -> T {
    let (theme, keymap) = (Theme::plain(), &Keymap::built_in().expect("the built-in keymap"));
    let jq = |filter: &str| {
        if filter.contains('(') && !filter.contains(')') { Err("a ) is missing".into()) } else { Ok(()) }
    };
    let check = |_: &Place, draft: &StepDraft| {
        draft
            .with
            .values()
            .any(|key| &**key == "regions")
            .then(|| "nothing makes \"regions\", which this step reads".into())
    };
    let (state, records, judgements) = (session.state(), session.records(), &Judgements::default());
    act(&DialogView {
        state,
        records,
        theme: &theme,
        keymap,
        jq: &jq,
        check: &check,
        judgements,
        ahead: None,
        listing: &Listing::NotAsked,
        times: true,
        past: false,
    })
}

fn key(key: Key) -> Input {
    Input::Key(KeyPress::plain(key))
}

fn ctrl(c: char) -> Input {
    Input::Key(KeyPress::ctrl(c))
}

/// Types text, then replaces nothing: each character is a key press.
fn type_in(dialog: &mut Opened, view: &DialogView<'_>, words: &str) {
    for c in words.chars() {
        let outcome = dialog.handle(&Input::Key(KeyPress::char(c)), view);
        assert!(matches!(outcome, DialogOutcome::Stay), "{c:?} gave {outcome:?}");
    }
}

fn clear(dialog: &mut Opened, view: &DialogView<'_>) {
    for _ in 0..400 {
        dialog.handle(&key(Key::Backspace), view);
        dialog.handle(&key(Key::Delete), view);
    }
}

fn screen(dialog: &Opened, view: &DialogView<'_>, width: u16, height: u16) -> String {
    let area = Rect::new(0, 0, width, height);
    let mut buf = Buffer::empty(area);
    dialog.draw(area, &mut buf, view);
    let mut out = String::new();
    for y in 0..height {
        let mut skip = 0;
        for x in 0..width {
            let symbol = buf[(x, y)].symbol();
            if skip > 0 {
                skip -= 1;
                continue;
            }
            out.push_str(symbol);
            skip = crate::describe::text::width(symbol).saturating_sub(1);
        }
        out.push('\n');
    }
    out
}

fn inject(view: &DialogView<'_>, name: &str) -> Opened {
    Opened::from(Inject::open(view, Target::Key(name.into())))
}

fn edit(view: &DialogView<'_>, place: Place) -> Opened {
    Opened::from(EditStep::open(view, place).expect("the step is remaining"))
}

fn step_of(view: &DialogView<'_>, name: &str) -> StepId {
    let step = view.state.plan.remaining().iter().find(|step| step.tool.as_deref() == Some(name));
    step.expect("the plan has the tool").id.clone()
}

fn all(view: &DialogView<'_>) -> Vec<Opened> {
    let offers = vec![
        Offer {
            name: "step",
            keys: "space".into(),
            words: "Runs the next step.".into(),
            group: "Run".into(),
            refused: None,
        },
        Offer {
            name: "inject",
            keys: "i".into(),
            words: "Injects a changed observation.".into(),
            group: "Change".into(),
            refused: None,
        },
        Offer {
            name: "quit",
            keys: "q".into(),
            words: "Quits; nothing is lost.".into(),
            group: "Leave".into(),
            refused: None,
        },
    ];
    let run = view.state.runs.last().expect("a step ran");
    vec![
        inject(view, "tickets"),
        Opened::from(Inject::open(view, Target::Step(run.step.id.clone()))),
        edit(view, Place::Of(step_of(view, "draft_report"))),
        edit(view, Place::At(1)),
        Opened::from(ChangeGoal::open(view.state)),
        Opened::from(FailTool::open(view, None)),
        Opened::from(FailTool::open(view, Some(&step_of(view, "find_top_intent")))),
        Opened::from(Surprises::open(view)),
        Opened::from(Answer::outcome_of(run)),
        confirm(
            "Quit?",
            "A step is running.",
            &["it goes on as interrupted".into()],
            "quit",
            DialogOutcome::Confirmed("quit"),
        ),
        fork(
            3,
            "Injecting",
            Command::Replan,
            &[
                (Role::Recorded, "s1 load_tickets: from the record, does not run".into()),
                (Role::Current, "s2 count_intents: will run".into()),
            ],
        ),
        approve_risk(view.state, None).expect("a step is next"),
        Opened::from(Offers::help(offers.clone())),
        Opened::from(Offers::palette(offers)),
        tools(view.state).into(),
        why(view, &Subject::Key("intent_counts".into())),
        why(view, &Subject::Step(step_of(view, "draft_report"))),
        why(view, &Subject::Deviations),
        why(view, &Subject::Replan(0)),
        why(view, &Subject::End),
        entry(view, view.state.runs.last().and_then(|run| run.ended).unwrap_or(1)).expect("the event is there"),
        Opened::from(Prompt::new(PromptKind::Find, "ref")),
    ]
}

#[test]
fn no_dialog_breaks_at_any_size() {
    with(&two_done(), |view| {
        for dialog in all(view) {
            for (width, height) in
                [(0, 0), (1, 1), (2, 2), (3, 3), (4, 3), (5, 9), (9, 4), (20, 5), (40, 10), (60, 16), (300, 100)]
            {
                screen(&dialog, view, width, height);
            }
            let away = Rect::new(50, 50, 30, 10);
            dialog.draw(away, &mut Buffer::empty(Rect::new(0, 0, 40, 12)), view);
        }
    });
}

#[test]
fn every_dialog_shows_its_title_and_how_to_leave_at_60_by_16() {
    with(&two_done(), |view| {
        for dialog in all(view) {
            let shown = screen(&dialog, view, 60, 16);
            assert!(shown.contains("Esc"), "{shown}");
            assert!(shown.contains('╭') && shown.contains('╯'), "{shown}");
        }
    });
}

#[test]
fn invalid_json_is_marked_and_cannot_be_applied_until_it_is_mended() {
    with(&two_done(), |view| {
        let mut dialog = inject(view, "tickets");
        clear(&mut dialog, view);
        type_in(&mut dialog, view, "[1, 2");
        assert!(matches!(dialog.handle(&ctrl('s'), view), DialogOutcome::Stay));
        assert!(screen(&dialog, view, 80, 24).contains("line 1, column"), "{}", screen(&dialog, view, 80, 24));
        type_in(&mut dialog, view, "]");
        assert!(screen(&dialog, view, 80, 24).contains("JSON, valid"));
        match dialog.handle(&ctrl('s'), view) {
            DialogOutcome::Submit(Command::Inject(values)) => {
                assert_eq!(values.get("tickets").cloned().flatten().as_deref(), Some(&json!([1, 2])));
            }
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn the_impact_names_what_goes_stale_and_the_step_that_would_read_it() {
    with(&two_done(), |view| {
        let mut dialog = inject(view, "tickets");
        assert!(screen(&dialog, view, 120, 34).contains("the value stays the same"));
        clear(&mut dialog, view);
        type_in(&mut dialog, view, "[]");
        let shown = screen(&dialog, view, 120, 34);
        assert!(shown.contains("~ intent_counts was made from tickets as of event"), "{shown}");
        assert!(
            shown.contains("find_top_intent would read intent_counts, a stale value: a replan is needed"),
            "{shown}"
        );
    });
    with(&stepped(2, Dial::Never), |view| {
        let mut dialog = inject(view, "tickets");
        clear(&mut dialog, view);
        type_in(&mut dialog, view, "[]");
        let shown = screen(&dialog, view, 120, 34);
        assert!(!shown.contains("a replan is needed"), "{shown}");
        assert!(shown.contains("it runs all the same"), "{shown}");
    });
}

#[test]
fn what_the_impact_foretells_is_what_happens() {
    let mut session = two_done();
    let command = with(&session, |view| {
        let mut dialog = inject(view, "tickets");
        clear(&mut dialog, view);
        type_in(&mut dialog, view, "[]");
        match dialog.handle(&ctrl('s'), view) {
            DialogOutcome::Submit(command) => command,
            other => panic!("{other:?}"),
        }
    });
    session.submit(command, "").expect("it is accepted");
    assert!(!session.state().context.is_fresh("intent_counts"));
    assert!(session.state().context.get("tickets").is_some_and(|datum| datum.pinned));
    let kinds = crate::engine::testing::kinds(&session);
    assert!(kinds.contains("deviated"), "{kinds}");
}

#[test]
fn the_other_meaning_replaces_what_the_step_returned() {
    with(&two_done(), |view| {
        let mut dialog = inject(view, "tickets");
        clear(&mut dialog, view);
        type_in(&mut dialog, view, "[7]");
        dialog.handle(&key(Key::Tab), view);
        match dialog.handle(&ctrl('s'), view) {
            DialogOutcome::Submit(Command::ReplaceOutcome { step, result }) => {
                assert_eq!(
                    view.state.run(&step).and_then(|run| run.step.tool.clone()).as_deref(),
                    Some("load_tickets")
                );
                assert_eq!(*result, json!([7]));
            }
            other => panic!("{other:?}"),
        }
        // What no step wrote has one meaning only.
        let mut dialog = inject(view, "week");
        dialog.handle(&key(Key::Tab), view);
        assert!(matches!(dialog.handle(&ctrl('s'), view), DialogOutcome::Submit(Command::Inject(_))));
    });
}

#[test]
fn a_value_can_be_removed_and_a_new_key_injected() {
    with(&two_done(), |view| {
        match inject(view, "tickets").handle(&ctrl('d'), view) {
            DialogOutcome::Submit(Command::Inject(values)) => assert_eq!(values.get("tickets"), Some(&None)),
            other => panic!("{other:?}"),
        }
        let mut dialog = inject(view, "mood");
        assert!(matches!(dialog.handle(&ctrl('d'), view), DialogOutcome::Stay));
        type_in(&mut dialog, view, "\"good\"");
        assert!(matches!(dialog.handle(&ctrl('s'), view), DialogOutcome::Submit(Command::Inject(_))));
    });
}

#[test]
fn a_large_value_is_not_put_into_the_editor_but_can_be_edited_elsewhere_or_read_from_a_file() {
    let mut session = two_done();
    let big = json!(vec!["x".repeat(1000); 400]);
    let values = [("tickets".into(), Some(Shared::new(big.clone())))].into();
    session.submit(Command::Inject(values), "").expect("it is accepted");
    with(&session, |view| {
        let mut dialog = inject(view, "tickets");
        assert!(screen(&dialog, view, 80, 24).contains("too large for the editor"));
        match dialog.handle(&ctrl('o'), view) {
            DialogOutcome::OpenEditor(given) => {
                assert_eq!(serde_json::from_str::<serde_json::Value>(&given).ok().as_ref(), Some(&big));
            }
            other => panic!("{other:?}"),
        }
        match dialog.handle(&ctrl('s'), view) {
            DialogOutcome::Submit(Command::Inject(values)) => {
                assert_eq!(values.get("tickets").cloned().flatten().as_deref(), Some(&big), "it is pinned as it is");
            }
            other => panic!("{other:?}"),
        }
        type_in(&mut dialog, view, "@late.json");
        match dialog.handle(&ctrl('s'), view) {
            DialogOutcome::ReadFile(path) => assert_eq!(path, "late.json"),
            other => panic!("{other:?}"),
        }
        dialog.give(Ok("[1]\n".into()));
        match dialog.handle(&ctrl('s'), view) {
            DialogOutcome::Submit(Command::Inject(values)) => {
                assert_eq!(values.get("tickets").cloned().flatten().as_deref(), Some(&json!([1])));
            }
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn hostile_values_reach_the_screen_harmless() {
    let mut session = two_done();
    let hostile = "\u{1b}[2J\u{9b}31m\u{202e}cod\u{7}\u{0}\u{200b}";
    let values = [(hostile.into(), Some(Shared::new(json!({ hostile: hostile }))))].into();
    session.submit(Command::Inject(values), "").expect("it is accepted");
    with(&session, |view| {
        let seq = view.state.seq;
        for dialog in
            [inject(view, hostile), why(view, &Subject::Key(hostile.into())), entry(view, seq).expect("there")]
        {
            let shown = screen(&dialog, view, 80, 24);
            assert!(!shown.chars().any(|c| c != '\n' && is_harmful(c)), "{shown:?}");
        }
        let mut dialog = Opened::from(Prompt::new(PromptKind::Find, ""));
        dialog.handle(&Input::Paste(hostile.into()), view);
        let shown = screen(&dialog, view, 60, 16);
        assert!(!shown.chars().any(|c| c != '\n' && is_harmful(c)), "{shown:?}");
    });
}

#[test]
fn a_changed_binding_is_in_the_draft_and_the_checker_speaks() {
    with(&two_done(), |view| {
        let step = step_of(view, "draft_report");
        let mut dialog = edit(view, Place::Of(step.clone()));
        // description, tool, then the first input.
        dialog.handle(&key(Key::Tab), view);
        dialog.handle(&key(Key::Tab), view);
        clear(&mut dialog, view);
        type_in(&mut dialog, view, "regions");
        let shown = screen(&dialog, view, 80, 24);
        assert!(shown.contains("nothing makes \"regions\""), "{shown}");
        match dialog.handle(&ctrl('s'), view) {
            DialogOutcome::Submit(Command::ChangeStep { step: changed, draft }) => {
                assert_eq!(changed, step);
                assert_eq!(draft.tool.as_deref(), Some("draft_report"));
                assert_eq!(draft.with.get("tickets").map(|key| &**key), Some("regions"));
                assert_eq!(draft.with.get("top_intent").map(|key| &**key), Some("top_intent"));
                assert_eq!(draft.to.get("report").map(|key| &**key), Some("report"));
            }
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn a_picked_tool_brings_its_bindings_and_the_new_step_is_accepted() {
    let mut session = two_done();
    let command = with(&session, |view| {
        let mut dialog = edit(view, Place::At(0));
        type_in(&mut dialog, view, "Count again q?");
        dialog.handle(&key(Key::Tab), view);
        type_in(&mut dialog, view, "cnt");
        dialog.handle(&key(Key::Down), view);
        dialog.handle(&key(Key::Enter), view);
        let shown = screen(&dialog, view, 80, 24);
        assert!(shown.contains("count_intents") && shown.contains("reads tickets"), "{shown}");
        match dialog.handle(&ctrl('s'), view) {
            DialogOutcome::Submit(command) => {
                let Command::AddStep { draft, at } = &command else { panic!("{command:?}") };
                assert_eq!((draft.tool.as_deref(), *at), (Some("count_intents"), 0));
                assert_eq!(draft.description.as_deref(), Some("Count again q?"));
                command
            }
            other => panic!("{other:?}"),
        }
    });
    session.submit(command, "").expect("it is accepted");
    assert_eq!(session.state().plan.first().and_then(|step| step.tool.clone()).as_deref(), Some("count_intents"));
}

#[test]
fn a_step_without_a_tool_has_its_keys_typed() {
    with(&two_done(), |view| {
        let mut dialog = edit(view, Place::At(0));
        type_in(&mut dialog, view, "Call the customer");
        dialog.handle(&key(Key::Tab), view);
        dialog.handle(&key(Key::Tab), view);
        type_in(&mut dialog, view, "tickets, week");
        dialog.handle(&key(Key::Tab), view);
        type_in(&mut dialog, view, "mood");
        match dialog.handle(&ctrl('s'), view) {
            DialogOutcome::Submit(Command::AddStep { draft, .. }) => {
                assert_eq!(draft.tool, None);
                assert_eq!(draft.with.len(), 2);
                assert_eq!(draft.to.get("mood").map(|key| &**key), Some("mood"));
            }
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn an_expectation_with_a_fault_names_its_line_and_is_not_applied() {
    with(&two_done(), |view| {
        let mut dialog = edit(view, Place::Of(step_of(view, "find_top_intent")));
        for _ in 0..4 {
            dialog.handle(&key(Key::Tab), view);
        }
        type_in(&mut dialog, view, "not empty: (.top_intent | length");
        assert!(matches!(dialog.handle(&ctrl('s'), view), DialogOutcome::Stay));
        assert!(screen(&dialog, view, 120, 34).contains("a ) is missing"));
        type_in(&mut dialog, view, ")");
        match dialog.handle(&ctrl('s'), view) {
            DialogOutcome::Submit(Command::ChangeStep { draft, .. }) => {
                let expected = Check { label: "not empty".into(), condition: "(.top_intent | length)".into() };
                assert_eq!(draft.ensures, [expected]);
            }
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn the_goal_is_changed_in_words_and_wants() {
    with(&two_done(), |view| {
        let mut dialog = Opened::from(ChangeGoal::open(view.state));
        type_in(&mut dialog, view, "!");
        dialog.handle(&key(Key::Tab), view);
        type_in(&mut dialog, view, "actions: length > 0\n");
        assert!(screen(&dialog, view, 80, 24).contains("+ actions is wanted from now on"));
        match dialog.handle(&ctrl('s'), view) {
            DialogOutcome::Submit(Command::ChangeGoal { goal, wants, .. }) => {
                assert!(goal.ends_with("report!"));
                assert_eq!(wants.keys().map(|key| &**key).collect::<Vec<_>>(), ["actions", "report"]);
            }
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn a_tool_is_made_to_fail_as_often_as_typed() {
    with(&two_done(), |view| {
        let mut dialog = Opened::from(FailTool::open(view, None));
        type_in(&mut dialog, view, "draft");
        dialog.handle(&key(Key::Enter), view);
        clear(&mut dialog, view);
        type_in(&mut dialog, view, "503");
        dialog.handle(&key(Key::Tab), view);
        clear(&mut dialog, view);
        assert!(matches!(dialog.handle(&key(Key::Enter), view), DialogOutcome::Stay));
        type_in(&mut dialog, view, "3");
        match dialog.handle(&key(Key::Enter), view) {
            DialogOutcome::Submit(Command::Surprise { surprise: Surprise::Fail { tool, error, times }, .. }) => {
                assert_eq!((&*tool, &*error, times), ("draft_report", "503", 3));
            }
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn a_surprise_lands_now_or_forks_where_its_moment_was() {
    with(&two_done(), |view| {
        let mut dialog = Opened::from(Surprises::open(view));
        assert!(matches!(dialog.handle(&key(Key::Enter), view), DialogOutcome::Scenario(0)));
    });
    with(&stepped(3, Dial::OnDeviation), |view| {
        let mut dialog = Opened::from(Surprises::open(view));
        assert!(screen(&dialog, view, 80, 24).contains("its moment has passed"));
        match dialog.handle(&key(Key::Enter), view) {
            DialogOutcome::ScenarioAt(0, seq) => {
                let run = view.state.runs.iter().find(|run| run.step.tool.as_deref() == Some("count_intents"));
                assert_eq!(run.and_then(|run| run.ended), Some(seq));
            }
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn the_help_narrows_while_one_types_and_enter_runs() {
    with(&two_done(), |view| {
        let offers = ["step", "inject", "quit"].map(|name| Offer {
            name,
            keys: name[..1].into(),
            words: format!("Does the {name}"),
            group: "All".into(),
            refused: None,
        });
        let mut dialog = Opened::from(Offers::help(offers.to_vec()));
        type_in(&mut dialog, view, "quit");
        assert!(!screen(&dialog, view, 80, 24).contains("Does the step"));
        assert!(matches!(dialog.handle(&key(Key::Enter), view), DialogOutcome::Run("quit")));
    });
}

#[test]
fn enter_on_a_question_does_nothing_until_the_person_chose_otherwise() {
    with(&two_done(), |view| {
        let ask = || confirm("Quit?", "Really?", &[], "quit", DialogOutcome::Confirmed("quit"));
        assert!(matches!(ask().handle(&key(Key::Enter), view), DialogOutcome::Close));
        assert!(matches!(ask().handle(&Input::Key(KeyPress::char('y')), view), DialogOutcome::Confirmed("quit")));
        let mut fork = fork(3, "Injecting", Command::Replan, &[]);
        assert!(matches!(fork.handle(&Input::Paste("y\n".into()), view), DialogOutcome::Stay));
        fork.handle(&key(Key::Down), view);
        assert!(matches!(fork.handle(&key(Key::Enter), view), DialogOutcome::SubmitAt(3, Command::Replan)));
    });
}

#[test]
fn a_draft_survives_escape_and_a_paste_is_text() {
    with(&two_done(), |view| {
        let mut drafts = Drafts::default();
        let mut dialog = inject(view, "tickets");
        clear(&mut dialog, view);
        let pasted = dialog.handle(&Input::Paste("[\"q\\nd\"]".into()), view);
        assert!(matches!(pasted, DialogOutcome::Stay));
        assert!(matches!(dialog.handle(&key(Key::Esc), view), DialogOutcome::Close));
        drafts.keep(dialog);
        let again = drafts.take(inject(view, "tickets"));
        assert!(screen(&again, view, 80, 24).contains("[\"q\\nd\"]"));
        let other = drafts.take(inject(view, "week"));
        assert!(!screen(&other, view, 80, 24).contains("[\"q"));
    });
}

#[test]
fn the_answer_is_json_where_it_is_json_and_else_text() {
    with(&two_done(), |view| {
        let run = view.state.runs.last().expect("a step ran");
        for (typed, meant) in [("[1]", json!([1])), ("two words", json!("two words"))] {
            let mut dialog = Opened::from(Answer::outcome_of(run));
            assert!(matches!(dialog.handle(&ctrl('s'), view), DialogOutcome::Stay));
            type_in(&mut dialog, view, typed);
            match dialog.handle(&ctrl('s'), view) {
                DialogOutcome::Submit(Command::ReplaceOutcome { result, .. }) => assert_eq!(*result, meant),
                other => panic!("{other:?}"),
            }
        }
    });
}

#[test]
fn why_leads_down_to_what_was_observed() {
    with(&two_done(), |view| {
        let shown = screen(&why(view, &Subject::Key("intent_counts".into())), view, 100, 30);
        for part in ["intent_counts: by s2 count_intents", "tickets: by s1 load_tickets", "week: known from the start"]
        {
            assert!(shown.contains(part), "{part} is not in\n{shown}");
        }
        let shown = screen(&why(view, &Subject::Step(step_of(view, "draft_report"))), view, 100, 40);
        assert!(shown.contains("waits for top_intent"), "{shown}");
    });
}

#[test]
fn an_entry_shows_what_was_read_and_what_changed() {
    with(&two_done(), |view| {
        let seq = view.state.runs.last().and_then(|run| run.ended).expect("it ended");
        let shown = screen(&entry(view, seq).expect("there"), view, 100, 30);
        for part in ["count_intents", "tickets, version", "+ intent_counts: {\"refund\": 1"] {
            assert!(shown.contains(part), "{part} is not in\n{shown}");
        }
        assert!(entry(view, 9_999).is_none());
        for record in view.records {
            assert!(entry(view, record.seq).is_some());
        }
    });
}

#[test]
fn a_draft_from_an_earlier_event_says_so_and_can_start_from_the_present_value() {
    let mut session = two_done();
    let mut dialog = with(&session, |view| {
        let mut dialog = inject(view, "tickets");
        clear(&mut dialog, view);
        type_in(&mut dialog, view, "[1]");
        dialog
    });
    let values = [("tickets".into(), Some(Shared::new(json!("elsewhere"))))].into();
    session.submit(Command::Inject(values), "").expect("it is accepted");
    with(&session, |view| {
        assert!(screen(&dialog, view, 100, 34).contains("the value is now \"elsewhere\""));
        dialog.handle(&ctrl('l'), view);
        let shown = screen(&dialog, view, 100, 34);
        assert!(shown.contains("\"elsewhere\"") && !shown.contains("typed at event"), "{shown}");
    });
}

#[test]
fn a_refusal_is_shown_in_the_form_and_goes_with_the_next_key() {
    with(&two_done(), |view| {
        for mut dialog in
            [inject(view, "tickets"), edit(view, Place::At(0)), Opened::from(ChangeGoal::open(view.state))]
        {
            dialog.refuse("that cannot be");
            assert!(screen(&dialog, view, 60, 16).contains("that cannot be"), "{}", screen(&dialog, view, 60, 16));
            dialog.handle(&key(Key::Right), view);
            assert!(!screen(&dialog, view, 60, 16).contains("that cannot be"));
        }
    });
}
