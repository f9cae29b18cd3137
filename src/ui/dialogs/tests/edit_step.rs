//! What the dialog does in which a step is changed or added.

use super::*;

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
