//! What the other forms, lists and questions do.

use super::*;

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
