//! What pages say: why something is so, what an event was.

use super::*;

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
