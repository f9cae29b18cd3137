//! The context as an explorer: found however deep, listed in pieces, copied by its way, version by version, outside.

use planscope::ui::screen::Request;
use planscope::ui::testing::harness::Stage;
use serde_json::json;

fn stage(size: (u16, u16), keys: &str) -> (tempfile::TempDir, Stage) {
    let hosts: Vec<_> = (0..3000).map(|at| json!({ "name": format!("host-{at}"), "load": at % 7 })).collect();
    let goal = json!({
        "version": 1, "goal": "Count the hosts", "wants": { "count": "true" },
        "context": { "hosts": hosts, "note": "one\ntwo \u{1b}[31mthree", "deep": { "a/b": [{ "needle": null }] } },
        "tools": {
            "count": { "inputs": ["hosts"], "outputs": ["count"], "run": { "jq": ".hosts | length" } }
        }
    });
    let folder = tempfile::tempdir().expect("a folder");
    let goal = planscope::goal_file::parse(&goal.to_string(), "own.json", None).expect("a goal");
    let mut stage = Stage::open(goal, folder.path().join("session.jsonl"), size).expect("a session");
    stage.press(keys).expect("keys");
    (folder, stage)
}

fn find(stage: &mut Stage, text: &str) {
    stage.press("/ C-u").expect("keys");
    stage.type_text(text).expect("text");
    stage.press("Enter").expect("a key");
}

/// The row that is selected in the context: its pointer.
fn pointer(stage: &mut Stage) -> String {
    let view = stage.app().view();
    let at = planscope::ui::session::lists::context::selected(view.ui);
    view.ui.values.get(at).map(|row| row.pointer.clone()).unwrap_or_default()
}

#[test]
fn what_is_folded_is_found_unfolded_and_marked_and_n_goes_on() {
    for size in [(80, 24), (120, 34), (200, 60)] {
        let (_folder, mut stage) = stage(size, "2");
        find(&mut stage, "host-2222");
        assert_eq!(pointer(&mut stage), "/2222/name");
        let text = stage.text();
        assert!(text.contains("» name") && text.contains("1 of 1"), "{text}");
        assert!(text.contains("host-2222"), "{text}");
        find(&mut stage, "key:needle");
        assert_eq!(pointer(&mut stage), "/a~1b/0/needle");
        find(&mut stage, "value:host-111");
        let text = stage.text();
        assert!(text.contains("1 of 11"), "{text}");
        stage.press("n").expect("keys");
        assert_eq!(pointer(&mut stage), "/1110/name");
        stage.press("N N").expect("keys");
        assert_eq!(pointer(&mut stage), "/1119/name");
        stage.press("Esc").expect("keys");
        assert!(!stage.text().contains('»'), "the search is over: {}", stage.text());
    }
}

#[test]
fn a_condition_finds_values_and_a_faulty_one_is_refused_with_its_position() {
    let (_folder, mut stage) = stage((120, 34), "2");
    find(&mut stage, "jq:.load == 6 and .name == \"host-20\"");
    assert_eq!(pointer(&mut stage), "/20", "{}", stage.text());
    find(&mut stage, "jq:. | lenght");
    assert!(stage.text().contains("at character 8: no filter is named `lenght`"), "{}", stage.text());
    find(&mut stage, "nowhere");
    assert!(stage.text().contains("\"nowhere\" is not in this pane"), "{}", stage.text());
    // A key is found before it has a value.
    find(&mut stage, "count");
    assert!(stage.text().contains("1 of 1"), "{}", stage.text());
}

#[test]
fn a_long_list_is_listed_piece_by_piece() {
    let (_folder, mut stage) = stage((120, 34), "2 z g Enter");
    let last = |stage: &mut Stage| {
        let view = stage.app().view();
        let rows = view.ui.values.from(0).filter(|row| row.depth == 1 && !row.pointer.is_empty());
        rows.filter(|row| row.pointer.matches('/').count() == 1).last().map(|row| row.pointer.clone())
    };
    let rest = |stage: &mut Stage, words: &str| {
        let view = stage.app().view();
        let at =
            view.ui.values.from(0).position(|row| row.name.contains(words)).unwrap_or_else(|| panic!("no {words}"));
        let here = planscope::ui::session::lists::context::selected(view.ui);
        let keys = if at > here { vec!["Down"; at - here] } else { vec!["Up"; here - at] };
        stage.press(&keys.join(" ")).expect("keys");
        stage.press("Enter").expect("a key");
    };
    rest(&mut stage, "more");
    assert!(stage.text().contains("… 500 before") && stage.text().contains("host-500\""), "{}", stage.text());
    rest(&mut stage, "more");
    assert!(stage.text().contains("… 1000 before") && stage.text().contains("host-1000\""), "{}", stage.text());
    rest(&mut stage, "before");
    rest(&mut stage, "before");
    assert!(!stage.app().view().ui.values.from(0).any(|row| row.name.contains("before")), "{:?}", last(&mut stage));
}

#[test]
fn the_way_to_a_value_is_copied_as_path_and_as_filter() {
    let (_folder, mut stage) = stage((120, 34), "2");
    find(&mut stage, "key:needle");
    stage.press("Y").expect("keys");
    assert!(stage.text().contains("jq: .deep[\"a/b\"][0].needle"), "{}", stage.text());
    stage.press("q Y p Y j").expect("keys");
    let copied: Vec<&str> =
        stage.requests.iter().filter_map(|r| if let Request::Copy(t) = r { Some(&**t) } else { None }).collect();
    assert_eq!(copied, [".deep[\"a/b\"][0].needle", "deep[\"a/b\"][0].needle", "null"]);
}

#[test]
fn versions_pager_and_editor() {
    let (_folder, mut stage) = stage((120, 34), "2");
    find(&mut stage, "key:needle");
    stage.press("i C-u").expect("keys");
    stage.type_text("{\"a/b\": [{\"needle\": 7}]}").expect("text");
    stage.press("C-s ~").expect("keys");
    let text = stage.text();
    assert!(
        text.contains("versions of deep") && text.contains("event 4, you: ") && text.contains("{\"needle\": 7}"),
        "{text}"
    );
    stage.press("Esc").expect("keys");
    find(&mut stage, "key:note");
    stage.press("|").expect("keys");
    let paged = stage.requests.iter().find_map(|r| if let Request::Page(page) = r { Some(page.clone()) } else { None });
    let mut text = Vec::new();
    paged.expect("a page").write(&mut text).expect("it is written");
    let paged = String::from_utf8(text).expect("a text");
    assert!(paged.starts_with("one\ntwo ") && !paged.contains('\u{1b}'), "{paged:?}");
    stage.press("C-o").expect("keys");
    let edited =
        stage.requests.iter().find_map(|r| if let Request::Edit(text) = r { Some(text.clone()) } else { None });
    assert!(edited.is_some_and(|text| text.starts_with("\"one\\ntwo ")), "{}", stage.text());
    // What the editor gives back and is no JSON stays, with its place.
    planscope::ui::screen::Screen::give(stage.app(), Ok("{\"a\": \n oops}".to_owned()));
    assert!(stage.text().contains("line 2, column 2") && stage.text().contains("oops"), "{}", stage.text());
}

#[test]
fn zoomed_each_value_says_its_type_and_size() {
    let (_folder, mut stage) = stage((120, 34), "2");
    find(&mut stage, "key:needle");
    assert!(!stage.text().contains("list of"), "{}", stage.text());
    stage.press("z").expect("keys");
    assert!(stage.text().contains("list of 1") && stage.text().contains("object of 1"), "{}", stage.text());
}
