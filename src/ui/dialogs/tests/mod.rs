//! What dialogs do: keys in, outcomes and screens out, on a session that was really stepped.

mod edit_step;
mod inject;
mod others;
mod pages;

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
fn hostile_values_reach_the_screen_harmless() {
    let mut session = two_done();
    let hostile = "\u{1b}[2J\u{9b}31m\u{202e}cod\u{7}\u{0}\u{200b}";
    let values = [(hostile.into(), Some(Shared::new(json!({ hostile: hostile }))))].into_iter().collect();
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
