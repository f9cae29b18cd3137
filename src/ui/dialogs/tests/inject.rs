//! What the dialog does in which a value is injected.

use super::*;

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
    let values = [("tickets".into(), Some(Shared::new(big.clone())))].into_iter().collect();
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
fn a_draft_from_an_earlier_event_says_so_and_can_start_from_the_present_value() {
    let mut session = two_done();
    let mut dialog = with(&session, |view| {
        let mut dialog = inject(view, "tickets");
        clear(&mut dialog, view);
        type_in(&mut dialog, view, "[1]");
        dialog
    });
    let values = [("tickets".into(), Some(Shared::new(json!("elsewhere"))))].into_iter().collect();
    session.submit(Command::Inject(values), "").expect("it is accepted");
    with(&session, |view| {
        assert!(screen(&dialog, view, 100, 34).contains("the value is now \"elsewhere\""));
        dialog.handle(&ctrl('l'), view);
        let shown = screen(&dialog, view, 100, 34);
        assert!(shown.contains("\"elsewhere\"") && !shown.contains("typed at event"), "{shown}");
    });
}
