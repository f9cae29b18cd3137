//! What keys and clicks on the start screen do, and what it shows at every size.

use super::*;

fn start() -> Start {
    let (first, samples) = open::of_samples(&crate::goal_file::sample_goals());
    Start::new(first, samples, Vec::new(), Keymap::built_in().expect("the keymap"), Theme::plain())
}

fn screen(start: &mut Start, width: u16, height: u16) -> String {
    let area = Rect::new(0, 0, width, height);
    let mut buf = Buffer::empty(area);
    start.draw(area, &mut buf);
    (0..height)
        .map(|y| (0..width).map(|x| buf[(x, y)].symbol()).collect::<String>().trim_end().to_owned())
        .collect::<Vec<_>>()
        .join("\n")
}

fn press(start: &mut Start, c: char) -> Vec<Request> {
    start.input(&Input::Key(KeyPress::char(c)))
}

fn enter(start: &mut Start) -> Vec<Request> {
    start.input(&Input::Key(KeyPress::plain(Key::Enter)))
}

#[test]
fn how_much_is_hidden_covers_no_entry() {
    let mut start = start();
    let text = screen(&mut start, 60, 16);
    let row = text.lines().find(|row| row.contains('↓')).unwrap_or_default();
    assert!(row.contains("read the plan first") && row.contains('…'), "{text}");
    assert!(text.contains("5 tools\n"), "{text}");
}

#[test]
fn what_to_try_stands_whole_on_a_narrow_screen() {
    let mut start = start();
    for digit in ['5', '6'] {
        start.at = usize::from(digit as u8 - b'1');
        let text = screen(&mut start, 80, 24);
        let card = text.split("╭ ").last().and_then(|card| card.split('╰').next()).unwrap_or_default();
        assert!(card.contains("try ") && !card.contains('…'), "{text}");
    }
}

#[test]
fn one_key_opens_the_first_entry_of_the_samples_own_data() {
    let mut start = start();
    let goals = crate::goal_file::sample_goals();
    let (at, first) = crate::goal_file::start_entries(&goals).into_iter().next().expect("an entry");
    let requests = press(&mut start, '1');
    let [Request::Open(Destination::Goal { named, .. })] = requests.as_slice() else { panic!("{requests:?}") };
    assert_eq!(named, goals[at].0.name);
    assert!(screen(&mut start, 80, 24).contains(&first.title));
}

#[test]
fn a_path_is_typed_with_every_printable_key_and_esc_goes_back() {
    let mut start = start();
    press(&mut start, 'o');
    for c in "q1r.json".chars() {
        assert!(press(&mut start, c).is_empty());
    }
    let requests = enter(&mut start);
    let [Request::Open(Destination::File(path))] = requests.as_slice() else { panic!("{requests:?}") };
    assert_eq!(path, std::path::Path::new("q1r.json"));
    press(&mut start, 'o');
    start.input(&Input::Key(KeyPress::plain(Key::Esc)));
    assert!(matches!(press(&mut start, 'q').as_slice(), [Request::Leave]));
}

#[test]
fn a_sample_is_chosen_and_copied_under_a_name() {
    let mut start = start();
    press(&mut start, 'G');
    press(&mut start, 'n');
    let requests = enter(&mut start);
    let [Request::Open(Destination::Copy { sample, to })] = requests.as_slice() else { panic!("{requests:?}") };
    assert_eq!(to.display().to_string(), format!("my_{}.json", sample.name));
}

#[test]
fn what_could_go_wrong_is_asked_of_a_sample_and_of_nothing_else() {
    let mut start = start();
    let requests = press(&mut start, '%');
    let [Request::Open(Destination::Stress(tried))] = requests.as_slice() else { panic!("{requests:?}") };
    let goals = crate::goal_file::sample_goals();
    let (at, _) = crate::goal_file::start_entries(&goals).into_iter().next().expect("an entry");
    assert!(matches!(&**tried, Tried::Goal(goal) if goal.goal == goals[at].1.goal));
    start.at = start.sessions - 1;
    assert!(press(&mut start, '%').is_empty());
    assert!(screen(&mut start, 80, 24).contains("choose a sample or a lesson first"));
}

#[test]
fn it_draws_at_every_size_and_always_says_how_to_leave() {
    let mut start = start();
    for (width, height) in [(1, 1), (5, 2), (20, 5), (40, 10), (60, 16), (80, 24), (200, 60)] {
        let drawn = screen(&mut start, width, height);
        if width >= 20 {
            assert!(drawn.contains("quit"), "{width}x{height}:\n{drawn}");
        }
    }
    press(&mut start, '?');
    assert!(screen(&mut start, 80, 24).contains("any key closes this"));
}

#[test]
fn why_something_was_not_done_stands_whole() {
    let mut start = start();
    let why = "PLANSCOPE_THEME is \"sepia\", which is not a theme: the default applies; themes are auto and plain";
    start.refuse(why.into());
    for (width, height) in [(80, 24), (60, 16)] {
        let drawn = screen(&mut start, width, height);
        let whole = drawn.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(whole.ends_with(why) && drawn.contains("What do you want to see?"), "{drawn}");
    }
    press(&mut start, 'j');
    assert!(screen(&mut start, 80, 24).contains("q quit"));
}

/// Clicks on the first cell of `words`.
fn click(start: &mut Start, words: &str) -> Vec<Request> {
    let text = screen(start, 80, 24);
    let row = text.lines().position(|line| line.contains(words)).unwrap_or_else(|| panic!("no {words}: {text}"));
    let line = text.lines().nth(row).unwrap_or_default();
    let column = line[..line.find(words).unwrap_or(0)].chars().count() as u16;
    start.input(&Input::Mouse { act: MouseAct::Click, column, row: row as u16 })
}

#[test]
fn its_keys_its_lines_and_the_paths_that_are_found_can_be_clicked() {
    let mut start = start();
    let second = start.entries[1].title.clone();
    assert!(click(&mut start, &second).is_empty());
    assert_eq!(start.at, 1, "the first click selects");
    assert!(matches!(click(&mut start, &second).as_slice(), [Request::Open(_)]), "the second opens");
    click(&mut start, "? help");
    assert!(screen(&mut start, 80, 24).contains("any key closes this"));
    click(&mut start, "Help");
    assert!(!screen(&mut start, 80, 24).contains("any key closes this"), "a click closes it too");
    click(&mut start, "o open a file");
    start.recent = Vec::new();
    if let Some(typing) = &mut start.typing {
        typing.found = vec!["one.json".into(), "two.json".into()];
    }
    assert!(click(&mut start, "two.json").is_empty());
    assert_eq!(start.typing.as_ref().map(|typing| typing.text.as_str()), Some("two.json"));
    let requests = click(&mut start, "▶ two.json");
    assert!(matches!(requests.as_slice(), [Request::Open(Destination::File(_))]), "{requests:?}");
    click(&mut start, "Esc back");
    assert!(start.typing.is_none());
    assert!(matches!(click(&mut start, "q quit").as_slice(), [Request::Leave]));
}
