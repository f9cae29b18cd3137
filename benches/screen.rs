//! The screen by itself, in processor time: a frame and a key at 160×48, in sessions of 1,000 and 100,000 events,
//! against a minimal program with three panes; what opening a recorded session costs before its first frame; and
//! first frames and keys of whole processes in a pseudo-terminal. Two sessions have 1,000 events: an ordinary one, the
//! textbook's four steps over and over, and a heavy one, whose goal has 1,000 tools.
//!
//! `cargo bench --bench screen` prints a table of targets and figures (medians of interleaved rounds), then what
//! criterion measures. In process, sending a frame to the terminal is left out: what is compared is the new buffer.

mod cases;

use std::hint::black_box;
#[cfg(unix)]
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use criterion::{BenchmarkId, Criterion, criterion_group};
use planscope::describe::map::Map;
use planscope::engine::breakpoint::Place;
use planscope::engine::breakpoint::search::{Asks, last_hit};
use planscope::engine::command::Command;
use planscope::engine::effect::{CallOutcome, CallReport, Effect, Inquiry, Judge, Report, Subject, Watched};
use planscope::engine::event::{Decider, Mark, Pace, Settings, Verdict};
use planscope::engine::goal::Goal;
use planscope::engine::session::Session;
use planscope::engine::state::Phase;
use planscope::engine::value::{Shared, Value};
use planscope::goal_file;
use planscope::jq::{self, Cancel, Evaluator};
use planscope::planners::{embedded, react};
use planscope::runtime::clock;
use planscope::runtime::driver::{Driver, DriverEvent, SessionFile};
use planscope::runtime::journal::{self, Journal};
use planscope::runtime::recorded::session_of;
use planscope::runtime::services::Services;
use planscope::runtime::watches;
use planscope::ui::input::{Input, KeyPress};
use planscope::ui::keymap::Keymap;
use planscope::ui::screen::Screen;
use planscope::ui::session::app::App;
use planscope::ui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Paragraph, Widget};

use cases::{Cpu, CpuTime, cpu, figure, in_earnest, median, target, timed};

const PROGRAM: &str = env!("CARGO_BIN_EXE_planscope");

/// The argument with which this program is the minimal one.
const MINIMAL: &str = "minimal-program";

const AREA: Rect = Rect::new(0, 0, 160, 48);

/// What begins the title that a session gives the terminal, just before its first frame.
#[cfg(unix)]
const TITLE: &[u8] = "\x1b]0;planscope".as_bytes();

/// Conditions that all hold: their evaluation is not what is measured.
struct True;

impl Judge for True {
    fn judge(&self, _: &str, _: &Subject) -> Verdict {
        Verdict::True
    }
}

fn answer(effect: &Effect) -> Report {
    match effect {
        Effect::AskPlanner(_, _, request) => Report::Plan(embedded::plan(request, &True, &|| false)),
        Effect::Think(_, request) => {
            Report::Turn(react::decide(request, &|known| embedded::plan(known, &True, &|| false)))
        }
        Effect::Watch(_, inquiries) => {
            let watched = |(breakpoint, _): &(u32, _)| Watched {
                breakpoint: *breakpoint,
                verdict: Verdict::False,
                endless: false,
            };
            Report::Watched(inquiries.iter().map(watched).collect())
        }
        Effect::Fill(_, text, _) => Report::Filled(text.clone()),
        Effect::Judge(_, inquiries) => {
            Report::Verdicts(inquiries.iter().map(|inquiry| (inquiry.question.clone(), Verdict::True)).collect())
        }
        Effect::CallTool(_, call) => {
            let outputs = call.step.to.iter().map(|(name, _)| (name.clone(), Shared::new(Value::from(1)))).collect();
            let outcome = CallOutcome::Done(outputs);
            Report::Call(CallReport { outcome, summary: None, wall_ms: Some(0.012), mark: Mark::Ran, ran: None })
        }
    }
}

/// Records a session on a chain of `steps`, of which half are still to do, in `folder`. Returns its file.
fn recorded(steps: usize, folder: &Path) -> PathBuf {
    let goal: Arc<Goal> = Arc::new(
        goal_file::parse(&cases::chain(steps, true, 0, false).to_string(), "bench", None).expect("the goal is sound"),
    );
    let path = folder.join(format!("{steps}.jsonl"));
    let mut journal = Journal::create(&path).expect("a journal");
    let settings = Settings::default().with_decider(Decider::Auto);
    let mut session = Session::open(goal, settings, &clock::now());
    let half = session_pace(steps);
    let mut begun = false;
    while let Some(effect) = session.wants().into_iter().next() {
        session.submit(Command::Report(effect.id(), answer(&effect)), &clock::now()).expect("the report is wanted");
        if session.state().phase == Phase::Review && !begun {
            begun = true;
            session.submit(Command::SetPace(half.clone()), &clock::now()).expect("it may go on");
        }
    }
    journal.append(session.records()).expect("it is written");
    journal.sync().expect("it is on disk");
    path
}

/// Records an ordinary session in `folder`: the textbook's four steps, so many times over, the last `left` of which
/// are still to do. A step has two events. Returns its file.
fn recorded_textbook(folder: &Path, times: usize, left: usize) -> PathBuf {
    let goal = goal_file::parse(&cases::textbook_plan(times).to_string(), "bench", None).expect("the goal is sound");
    let path = folder.join(format!("textbook-{times}-{left}.jsonl"));
    let settings = Settings::default().with_decider(Decider::Auto);
    let services = Services::new(Evaluator::in_thread());
    let mut driver =
        Driver::open(Arc::new(goal), settings, SessionFile::File(path.clone()), services).expect("it opens");
    while driver.state().phase != Phase::Review {
        assert!(driver.work(&Cancel::new()).expect("it is written"), "the plan comes to its review");
    }
    let steps = u32::try_from(times * 4 - left).expect("a bench has few steps");
    driver.submit(Command::SetPace(Pace::Steps(steps))).expect("it may go on");
    while driver.work(&Cancel::new()).expect("it is written") {}
    let events = driver.session().records().len();
    assert!((times * 8 - left * 2..times * 8 + 50).contains(&events), "{events} events");
    path
}

fn session_pace(steps: usize) -> Pace {
    Pace::Steps(u32::try_from(steps / 2).expect("a bench has few steps"))
}

fn open(path: &Path) -> App {
    let (driver, _) = Driver::reopen(path, Services::new(Evaluator::in_thread())).expect("it opens");
    let keymap = Keymap::built_in().expect("the keymap reads");
    let mut app = App::new(driver, keymap, Theme::coloured(), (AREA.width, AREA.height));
    app.catch_up();
    app
}

fn draw(app: &mut App, buffer: &mut Buffer) {
    buffer.reset();
    app.draw(buffer.area, buffer);
}

fn key(app: &mut App, key: char, buffer: &mut Buffer) {
    app.input(&Input::Key(KeyPress::char(key)));
    app.catch_up();
    draw(app, buffer);
}

/// Draws what the smallest program with three panes would: rows with two styles each, the selected one reversed.
fn minimal(at: usize, buffer: &mut Buffer) {
    buffer.reset();
    let area = buffer.area;
    let down = [Constraint::Length(2), Constraint::Min(0), Constraint::Percentage(30), Constraint::Length(2)];
    let [top, main, below, foot] = Layout::vertical(down).areas(area);
    let [left, right] = Layout::horizontal([Constraint::Percentage(48), Constraint::Percentage(52)]).areas(main);
    Paragraph::new(vec![Line::raw("minimal"), Line::raw(format!("at {at}"))]).render(top, buffer);
    for (name, rect) in [("Plan", left), ("Context", right), ("Trace", below)] {
        let block = Block::bordered().border_type(BorderType::Rounded).title(name);
        let (rows, width) = (usize::from(rect.height - 2), usize::from(rect.width - 7));
        let line = |row: usize| {
            let words = format!("step t{row} makes k{row}");
            let words = Span::raw(format!("{words:<width$}"));
            let line = Line::from(vec![Span::styled(format!("{row:>4} "), Style::new().dim()), words]);
            if row == at % rows { line.style(Style::new().reversed()) } else { line }
        };
        let lines: Vec<Line<'_>> = (0..rows).map(line).collect();
        Paragraph::new(lines).block(block).render(rect, buffer);
    }
    Paragraph::new("q quit").render(foot, buffer);
}

/// Returns what `work` costs, in microseconds: the median of rounds, for each of `kinds` in turn.
fn interleaved<const N: usize>(rounds: usize, times: u32, mut work: impl FnMut(usize)) -> [f64; N] {
    let mut taken: [Vec<f64>; N] = std::array::from_fn(|_| Vec::new());
    for _ in 0..rounds {
        for (kind, taken) in taken.iter_mut().enumerate() {
            let before = cpu(Cpu::Thread);
            (0..times).for_each(|_| work(kind));
            taken.push((cpu(Cpu::Thread) - before).as_secs_f64() * 1e6 / f64::from(times));
        }
    }
    taken.map(median)
}

fn frames_table(short: &Path, long: &Path) {
    let (mut small, mut large) = (open(short), open(long));
    for (name, app) in [("short", &mut small), ("long", &mut large)] {
        figure(&format!("the {name} session"), app.driver().session().records().len() as f64, "events");
    }
    let mut buffer = Buffer::empty(AREA);
    let mut at = 0;
    let [least, short, long] = interleaved(15, 40, |kind| match kind {
        0 => {
            at += 1;
            minimal(at, &mut buffer);
        }
        1 => draw(&mut small, &mut buffer),
        _ => draw(&mut large, &mut buffer),
    });
    figure("a minimal frame", least, "µs");
    figure("a frame of the short session", short, "µs");
    figure("a frame of the long session", long, "µs");
    target("a frame of the long session against the short one", long / short, "times", 1.5);
    for name in ['j', '['] {
        let [short, long] = interleaved(5, 3, |kind| {
            key(if kind == 0 { &mut small } else { &mut large }, name, &mut buffer);
        });
        figure(&format!("{name}, to its new buffer, short session"), short, "µs");
        figure(&format!("{name}, to its new buffer, long session"), long, "µs");
        target(&format!("{name} in the long session against the short one"), long / short, "times", 1.5);
    }
    let mut buffer = Buffer::empty(AREA);
    for name in ['j', 'k', '[', ']'] {
        let [burst] = interleaved(5, 1, |_| {
            (0..200).for_each(|_| drop(small.input(&Input::Key(KeyPress::char(name)))));
            small.catch_up();
            draw(&mut small, &mut buffer);
        });
        figure(&format!("two hundred {name} and one frame, short session"), burst, "µs");
    }
}

/// What a key costs up to its new buffer, at three sizes: on the ordinary session, whose values are unfolded, and on the
/// heavy one.
fn keys_table(textbook: &Path, heavy: &Path) {
    let (mut ordinary, mut small) = (open(textbook), open(heavy));
    let mut at = 0;
    for (width, height) in [(80, 24), (160, 48), (200, 60)] {
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        for app in [&mut ordinary, &mut small] {
            drop(app.input(&Input::Resized { width, height }));
        }
        let [least, usual, heavy] = interleaved(15, 40, |kind| {
            at += 1;
            let name = if at % 30 < 15 { 'j' } else { 'k' };
            match kind {
                0 => minimal(at, &mut buffer),
                1 => key(&mut ordinary, name, &mut buffer),
                _ => key(&mut small, name, &mut buffer),
            }
        });
        for (name, pressed) in [("ordinary", usual), ("short", heavy)] {
            let what = format!("a key to its new buffer at {width}x{height}, {name} session, against a minimal frame");
            target(&what, pressed / least, "times", 1.1);
        }
    }
}

/// What a key costs where nothing is different but how long the session, or its plan, is.
fn length_table() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let mut buffer = Buffer::empty(AREA);
    let pairs = [
        ("in the middle", recorded_textbook(folder, 125, 4), recorded_textbook(folder, 12_500, 4)),
        ("at its end", recorded_textbook(folder, 125, 0), recorded_textbook(folder, 12_500, 0)),
        ("before a long plan", recorded_textbook(folder, 125, 499), recorded_textbook(folder, 7_500, 29_999)),
    ];
    for (name, short, long) in pairs {
        let (mut small, mut large) = (open(&short), open(&long));
        for press in ['j', 'k', '[', ']'] {
            let [short, long] = interleaved(15, 5, |kind| {
                key(if kind == 0 { &mut small } else { &mut large }, press, &mut buffer);
            });
            target(&format!("{press}, {name}, the longest session against 1,000 events"), long / short, "times", 1.25);
        }
    }
}

/// What ten breakpoints and five watches cost in a session of 100,000 events: a key to its new frame, following the
/// watches through all of it, and continuing backwards where nothing would have stopped it.
fn breakpoints_table() {
    let folder = tempfile::tempdir().expect("a folder");
    let long = recorded_textbook(folder.path(), 12_500, 4);
    let copy = folder.path().join("copy.jsonl");
    std::fs::copy(&long, &copy).expect("it is copied");
    let (mut bare, mut broken) = (open(&long), open(&copy));
    let condition = Place::When { condition: ".report == 7".into(), keys: Some(vec!["report".into()]) };
    let places = [
        Place::Step("s1".into()),
        Place::Tool("load_tickets".into()),
        Place::Key("report".into()),
        Place::Replan(Some(3)),
        Place::Deviation,
        Place::Check,
        Place::Stale,
        Place::Failed,
        Place::Contract,
        condition,
    ];
    for place in places {
        let set = Command::SetBreakpoint { id: None, breakpoint: place.stops() };
        broken.driver().submit(set).expect("it is set");
    }
    while broken.driver().work(&Cancel::new()).expect("it is written") {}
    let goal = broken.driver().session().goal().clone();
    let watched = ["tickets", "report", ".tickets | length", ".intent_counts", "keys | length"];
    let watched = watched.map(|text| watches::read(text, &goal, None).expect("it is a watch"));
    broken.driver().watch(watched.to_vec(), None);
    let from = cpu(Cpu::Thread);
    while broken.driver().work(&Cancel::new()).expect("it is written") {}
    figure("following five watches through 100,000 events", (cpu(Cpu::Thread) - from).as_secs_f64() * 1e3, "ms");
    broken.moved(DriverEvent::Events);
    let mut buffer = Buffer::empty(AREA);
    let mut at = 0;
    let [least, without, with] = interleaved(15, 40, |kind| {
        at += 1;
        let name = if at % 30 < 15 { 'j' } else { 'k' };
        match kind {
            0 => minimal(at, &mut buffer),
            1 => key(&mut bare, name, &mut buffer),
            _ => key(&mut broken, name, &mut buffer),
        }
    });
    target(
        "a key with ten breakpoints and five watches, 100,000 events, against the same without",
        with / without,
        "times",
        1.1,
    );
    target("the same against a minimal frame", with / least, "times", 1.1);
    let session = broken.driver().session();
    let never = [(1, Place::Failed.stops()), (2, Place::Deviation.stops())];
    let asks = &mut Never;
    let from = cpu(Cpu::Thread);
    assert!(last_hit(session, u64::MAX, &never, asks).is_none(), "nothing fails in it");
    figure("continuing backwards through 100,000 events", (cpu(Cpu::Thread) - from).as_secs_f64() * 1e3, "ms");
}

/// What looking costs: a moment of the past with its whole frame, a plan as a map, a map beside the plan, a lit chain.
fn looking_table() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut app = open(&recorded_textbook(folder.path(), 12_500, 0));
    let mut buffer = Buffer::empty(AREA);
    let mut back = true;
    let mut at = 0;
    let [moment] = interleaved(15, 40, |_| {
        at += 1;
        back = if at % 200 == 0 { !back } else { back };
        key(&mut app, if back { '[' } else { ']' }, &mut buffer);
    });
    target("a moment of 100,000 events looked at, with its whole frame", moment / 1e3, "ms", 1.0);
    for (steps, most) in [(200, 5.0), (1_000, 16.0)] {
        let goal = goal_file::parse(&cases::dense(steps).to_string(), "bench", None).expect("the goal is sound");
        let place = SessionFile::File(folder.path().join(format!("dense-{steps}.jsonl")));
        let services = Services::new(Evaluator::in_thread());
        let mut driver = Driver::open(Arc::new(goal), Settings::default(), place, services).expect("it opens");
        while driver.state().phase != Phase::Review {
            assert!(driver.work(&Cancel::new()).expect("it is written"), "the plan comes to its review");
        }
        let state = driver.state().clone();
        assert_eq!(state.plan.remaining().len(), steps);
        let [laid_out] = interleaved(15, 5, |_| {
            let map = Map::of(&state);
            let lit = map.rests_on(steps / 2);
            black_box(map.cells(0..steps, 0..map.width(), &lit));
        });
        target(&format!("a dense plan of {steps} steps laid out as a map, every row"), laid_out / 1e3, "ms", most);
        let keymap = Keymap::built_in().expect("the keymap reads");
        let mut app = App::new(driver, keymap, Theme::coloured(), (AREA.width, AREA.height));
        app.catch_up();
        let [bare] = interleaved(15, 10, |_| key(&mut app, 'j', &mut buffer));
        app.input(&Input::Key(KeyPress::ctrl('g')));
        key(&mut app, 'j', &mut buffer);
        let [beside] = interleaved(15, 10, |_| key(&mut app, 'k', &mut buffer));
        figure(&format!("a key to its new buffer, {steps} steps"), bare, "µs");
        figure(&format!("the same with the map beside the plan, {steps} steps"), beside, "µs");
    }
}

/// Nobody asks it anything.
struct Never;

impl Asks for Never {
    fn judge(&mut self, _: &Inquiry) -> Verdict {
        Verdict::False
    }
}

fn opening_table(what: &str, path: &Path) {
    let mut parts: [Vec<f64>; 5] = Default::default();
    let ms = |from: std::time::Duration| (cpu(Cpu::Thread) - from).as_secs_f64() * 1e3;
    for _ in 0..11 {
        let from = cpu(Cpu::Thread);
        let recording = journal::look(path).expect("it reads");
        parts[0].push(ms(from));
        let from = cpu(Cpu::Thread);
        black_box(session_of(recording.records, path, planscope::tools::KINDS).expect("a session"));
        parts[1].push(ms(from));
        let (driver, _) = Driver::reopen(path, Services::new(Evaluator::in_thread())).expect("it opens");
        let from = cpu(Cpu::Thread);
        let keymap = Keymap::built_in().expect("the keymap reads");
        parts[2].push(ms(from));
        let from = cpu(Cpu::Thread);
        let mut app = App::new(driver, keymap, Theme::coloured(), (AREA.width, AREA.height));
        app.catch_up();
        parts[3].push(ms(from));
        let from = cpu(Cpu::Thread);
        draw(&mut app, &mut Buffer::empty(AREA));
        parts[4].push(ms(from));
    }
    let names =
        ["its file read", "its goal read, its events folded", "the keymap read", "what is shown derived", "drawn"];
    for (name, part) in names.into_iter().zip(parts) {
        figure(&format!("{what} session of 1,000 events opened: {name}"), median(part), "ms");
    }
}

/// A program in a pseudo-terminal.
#[cfg(unix)]
struct Seat {
    child: Box<dyn portable_pty::Child + Send + Sync>,
    reader: Box<dyn Read + Send>,
    writer: Box<dyn Write + Send>,
    _master: Box<dyn portable_pty::MasterPty + Send>,
    unread: Vec<u8>,
}

#[cfg(unix)]
impl Seat {
    fn start(program: &str, arguments: &[&Path]) -> Seat {
        let size = portable_pty::PtySize { rows: AREA.height, cols: AREA.width, pixel_width: 0, pixel_height: 0 };
        let pair = portable_pty::native_pty_system().openpty(size).expect("a pseudo-terminal");
        let mut command = portable_pty::CommandBuilder::new(program);
        command.args(arguments);
        command.env("TERM", "xterm-256color");
        let child = pair.slave.spawn_command(command).expect("it starts");
        let reader = pair.master.try_clone_reader().expect("a reader");
        let writer = pair.master.take_writer().expect("a writer");
        Seat { child, reader, writer, _master: pair.master, unread: Vec::new() }
    }

    /// Reads up to the end of the next frame. Returns how many bytes that were.
    fn frame(&mut self) -> usize {
        self.text(b"\x1b[?2026l")
    }

    /// Reads up to where `end` was drawn. Returns how many bytes that were.
    fn text(&mut self, end: &[u8]) -> usize {
        let mut bytes = vec![0; 64 * 1024];
        loop {
            if let Some(at) = self.unread.windows(end.len()).position(|window| window == end) {
                self.unread.drain(..at + end.len());
                return at;
            }
            let read = self.reader.read(&mut bytes).expect("it draws");
            assert!(read > 0, "it ended before its frame: {}", String::from_utf8_lossy(&self.unread));
            self.unread.extend_from_slice(&bytes[..read]);
        }
    }

    fn press(&mut self, key: char) -> usize {
        self.writer.write_all(key.to_string().as_bytes()).expect("it is written");
        self.frame()
    }

    /// Ends it at once, without its own way out: that is not what is measured.
    fn end(mut self) {
        let id = self.child.process_id().and_then(|id| rustix::process::Pid::from_raw(id as i32)).expect("its number");
        rustix::process::kill_process(id, rustix::process::Signal::KILL).expect("it ends");
        self.child.wait().expect("it has ended");
    }
}

/// First frames, and keys to their frames, of whole processes in a terminal.
#[cfg(unix)]
fn terminal_table(textbook: &Path, heavy: &Path) {
    let this = std::env::current_exe().expect("this program");
    let this = this.to_str().expect("a path of letters");
    let resume = Path::new("resume");
    let start = |kind: usize| match kind {
        0 => Seat::start(this, &[Path::new(MINIMAL)]),
        1 => Seat::start(PROGRAM, &[resume, textbook]),
        _ => Seat::start(PROGRAM, &[resume, heavy]),
    };
    let names = ["the minimal program", "the ordinary session of 1,000 events", "the heavy session of 1,000 events"];
    let (mut wall, mut taken): ([Vec<f64>; 3], [Vec<f64>; 3]) = Default::default();
    for _ in 0..41 {
        for kind in 0..3 {
            let mut shown = 0.0;
            let (_, cpu) = timed(Cpu::Children, || {
                let from = Instant::now();
                let mut seat = start(kind);
                seat.frame();
                shown = from.elapsed().as_secs_f64() * 1e3;
                seat.end();
            });
            wall[kind].push(shown);
            taken[kind].push(cpu);
        }
    }
    let least = |figures: &[f64]| figures.iter().copied().fold(f64::INFINITY, f64::min);
    let quickest: [f64; 3] = std::array::from_fn(|kind| least(&wall[kind]));
    let (wall, taken) = (wall.map(median), taken.map(median));
    for kind in 0..3 {
        let name = names[kind];
        figure(&format!("first frame in a terminal, {name}, median"), wall[kind], "ms");
        figure(&format!("first frame in a terminal, {name}, least"), quickest[kind], "ms");
        figure(&format!("first frame in a terminal, {name}, processor time"), taken[kind], "ms");
    }
    for kind in 1..3 {
        let name = names[kind];
        target(&format!("first frame, {name}, against the minimal program"), wall[kind] / wall[0], "times", 1.4);
        figure(&format!("the same of the least, {name}"), quickest[kind] / quickest[0], "times");
        figure(&format!("the same in processor time, {name}"), taken[kind] / taken[0], "times");
    }
    let mut seats: [Seat; 3] = std::array::from_fn(start);
    for seat in &mut seats {
        seat.frame();
    }
    let (mut wall, mut bytes): ([Vec<f64>; 3], [Vec<f64>; 3]) = Default::default();
    for round in 0..400 {
        for (kind, seat) in seats.iter_mut().enumerate() {
            let from = Instant::now();
            let drawn = seat.press(if round % 20 < 10 { 'j' } else { 'k' });
            wall[kind].push(from.elapsed().as_secs_f64() * 1e6);
            bytes[kind].push(drawn as f64);
        }
    }
    seats.into_iter().for_each(Seat::end);
    let quickest: [f64; 3] = std::array::from_fn(|kind| least(&wall[kind]));
    let (wall, bytes) = (wall.map(median), bytes.map(median));
    for kind in 0..3 {
        figure(&format!("a key to its frame in a terminal, {}", names[kind]), wall[kind], "µs");
        figure(&format!("the same, the least, {}", names[kind]), quickest[kind], "µs");
        figure(&format!("bytes of that frame, {}", names[kind]), bytes[kind], "bytes");
    }
    for kind in 1..3 {
        target(&format!("a key to its frame in a terminal, {}", names[kind]), wall[kind] / wall[0], "times", 1.1);
    }
}

/// Returns the most memory that the process `id` has had so far, in MB.
#[cfg(unix)]
fn peak_memory(id: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    kilobytes.unwrap_or(f64::NAN) / 1e3
}

/// First frame and memory of long sessions and of a big value, as whole processes.
///
/// The anchor is jless on the same file, where there is one: it is not part of this project.
#[cfg(unix)]
fn long_table(folder: &Path) {
    let big = folder.join("big.jsonl");
    let source = cases::chain(4, true, 10 << 20, false);
    let goal = goal_file::parse(&source.to_string(), "bench", None).expect("the goal is sound");
    let services = Services::new(Evaluator::in_thread());
    let file = SessionFile::File(big.clone());
    drop(Driver::open(Arc::new(goal), Settings::default(), file, services).expect("it opens"));
    let files = [
        ("a session of 100,000 events", recorded_textbook(folder, 12_500, 4)),
        ("a value of 10 MB in the context", big),
    ];
    for (name, file) in files {
        let (mut wall, mut taken, mut memory): ([Vec<f64>; 2], [Vec<f64>; 2], Vec<f64>) = Default::default();
        let (mut there, mut read) = (Vec::new(), Vec::new());
        for _ in 0..7 {
            read.push(timed(Cpu::Thread, || drop(black_box(std::fs::read(&file).expect("it reads")))).0);
            // Of a long file the first frame says how far it is; that of the session itself comes with its title.
            let from = Instant::now();
            let mut seat = Seat::start(PROGRAM, &[Path::new("resume"), &file]);
            seat.frame();
            wall[0].push(from.elapsed().as_secs_f64() * 1e3);
            seat.end();
            let (_, cpu) = timed(Cpu::Children, || {
                let from = Instant::now();
                let mut seat = Seat::start(PROGRAM, &[Path::new("resume"), &file]);
                seat.text(TITLE);
                seat.frame();
                there.push(from.elapsed().as_secs_f64() * 1e3);
                memory.extend(seat.child.process_id().map(peak_memory));
                seat.end();
            });
            taken[0].push(cpu);
            let Some(other) = jless() else { continue };
            let (_, cpu) = timed(Cpu::Children, || {
                let from = Instant::now();
                let mut seat = Seat::start(&other, &[&file]);
                seat.text(b"1");
                wall[1].push(from.elapsed().as_secs_f64() * 1e3);
                seat.end();
            });
            taken[1].push(cpu);
        }
        let ([here, other], [cpu, other_cpu]) = (wall.map(median), taken.map(median));
        let (there, read) = (median(there), median(read));
        figure(&format!("its file read, {name}"), read, "ms");
        figure(&format!("first frame, {name}"), here, "ms");
        figure(&format!("the first frame of the session itself, {name}"), there, "ms");
        figure(&format!("the same in processor time, {name}"), cpu, "ms");
        target(
            &format!("the first frame of the session itself, {name}, against reading its file"),
            there / read,
            "times",
            4.0,
        );
        figure(&format!("the most memory until then, {name}"), median(memory), "MB");
        if other.is_finite() {
            target(&format!("first frame, {name}, against jless"), here / other, "times", 0.25);
            target(
                &format!("the first frame of the session itself, {name}, against jless"),
                there / other,
                "times",
                0.25,
            );
            figure(&format!("the same in processor time, {name}"), cpu / other_cpu, "times");
        }
    }
}

/// First frame and memory of a session with a value of 100 MB that a tool read from a file, as a whole process, against
/// nothing but reading the session's file into memory; and what keys cost beside it.
#[cfg(unix)]
fn long_value_table(folder: &Path) {
    let item =
        |at: usize| format!(r#"{{"id":{at},"name":"ticket {at}","intent":"refund","open":true,"tags":["a","b"]}}"#);
    let items: Vec<String> = (0..1_300_000).map(item).collect();
    std::fs::write(folder.join("data.json"), format!("[{}]", items.join(","))).expect("it is written");
    // No condition is asked of it: a filter has its memory, and a value of 100 MB is more than that.
    let goal = r#"{"version":1,"goal":"Look","wants":{"seen":"true"},"tools":{
        "load":{"outputs":["data"],"run":{"file":"data.json"}},
        "look":{"inputs":["data"],"outputs":["seen"],"run":{"value":1}}}}"#;
    let goal = goal_file::parse(goal, "bench", folder.to_str()).expect("the goal is sound");
    let file = folder.join("long-value.jsonl");
    let services = Services::new(Evaluator::in_thread());
    let place = SessionFile::File(file.clone());
    let mut driver = Driver::open(Arc::new(goal), Settings::default(), place, services).expect("it opens");
    while driver.state().phase != Phase::Review {
        assert!(driver.work(&Cancel::new()).expect("it is written"), "the plan comes to its review");
    }
    driver.submit(Command::SetPace(Pace::Free)).expect("it may go on");
    let from = Instant::now();
    while driver.state().context.get("data").is_none() {
        assert!(driver.work(&Cancel::new()).expect("it is written"), "the file is read");
    }
    figure("a file of 100 MB read by a tool, its event written", from.elapsed().as_secs_f64() * 1e3, "ms");
    drop(driver);
    let size = std::fs::metadata(&file).expect("it is there").len() as f64 / 1e6;
    figure("the file of that session", size, "MB");
    let (mut wall, mut least, mut keys, mut memory) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..7 {
        let from = Instant::now();
        black_box(std::fs::read(&file).expect("it reads"));
        least.push(from.elapsed().as_secs_f64() * 1e3);
        let from = Instant::now();
        let mut seat = Seat::start(PROGRAM, &[Path::new("resume"), &file]);
        seat.text(b"Context");
        seat.frame();
        wall.push(from.elapsed().as_secs_f64() * 1e3);
        memory.extend(seat.child.process_id().map(peak_memory));
        for key in "2jjjkk".chars() {
            let from = Instant::now();
            seat.press(key);
            keys.push(from.elapsed().as_secs_f64() * 1e3);
        }
        seat.end();
    }
    let (wall, least, keys, memory) = (median(wall), median(least), median(keys), median(memory));
    figure("first frame, a value of 100 MB", wall, "ms");
    figure("reading its file and nothing else", least, "ms");
    figure("a key to its frame in a terminal, a value of 100 MB", keys, "ms");
    target("first frame, a value of 100 MB, against reading its file", wall / least, "times", 6.0);
    target("the most memory until then, against the size of its file", memory / size, "times", 2.5);
}

/// Returns where jless is, if it is installed.
#[cfg(unix)]
fn jless() -> Option<String> {
    let folders = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&folders).map(|folder| folder.join("jless")).find(|file| file.is_file())?;
    found.to_str().map(str::to_owned)
}

/// The smallest program with three panes, by itself in a terminal: `j` and `k` move the cursor, everything else quits.
fn minimal_program() -> std::io::Result<()> {
    use crossterm::event::{Event, KeyCode};
    use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen};
    crossterm::terminal::enable_raw_mode()?;
    crossterm::execute!(std::io::stdout(), EnterAlternateScreen, crossterm::cursor::Hide)?;
    let out = std::io::BufWriter::with_capacity(64 * 1024, std::io::stdout());
    let mut terminal = ratatui::Terminal::new(ratatui::backend::CrosstermBackend::new(out))?;
    let mut at: usize = 0;
    loop {
        crossterm::queue!(terminal.backend_mut(), BeginSynchronizedUpdate)?;
        terminal.draw(|frame| minimal(at, frame.buffer_mut()))?;
        crossterm::execute!(terminal.backend_mut(), EndSynchronizedUpdate)?;
        match crossterm::event::read()? {
            Event::Key(key) if key.code == KeyCode::Char('j') => at += 1,
            Event::Key(key) if key.code == KeyCode::Char('k') => at = at.saturating_sub(1),
            _ => return Ok(()),
        }
    }
}

fn screen(criterion: &mut Criterion<CpuTime>) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut buffer = Buffer::empty(AREA);
    let mut group = criterion.benchmark_group("screen");
    group.bench_function("minimal frame", |bencher| bencher.iter(|| minimal(7, &mut buffer)));
    let sizes: &[usize] = if in_earnest() { &[1_000, 100_000] } else { &[100] };
    for events in sizes.iter().copied() {
        let mut app = open(&recorded(events, folder.path()));
        group.bench_with_input(BenchmarkId::new("frame", events), &events, |bencher, _| {
            bencher.iter(|| draw(&mut app, &mut buffer));
        });
        for name in ['j', '['] {
            group.bench_with_input(BenchmarkId::new(format!("key {name}"), events), &events, |bencher, _| {
                bencher.iter(|| key(&mut app, name, &mut buffer));
            });
        }
    }
}

fn by_cpu() -> Criterion<CpuTime> {
    Criterion::default().with_measurement(CpuTime(Cpu::Thread)).sample_size(10)
}

criterion_group! { name = benches; config = by_cpu(); targets = screen }

fn main() {
    if std::env::args().nth(1).is_some_and(|first| first == MINIMAL) {
        minimal_program().expect("a terminal");
        return;
    }
    // `cargo bench --bench screen -- values` measures only the long ones,
    #[cfg(unix)]
    if std::env::args().any(|argument| argument == "values") {
        let folder = tempfile::tempdir().expect("a folder");
        return long_value_table(folder.path());
    }
    // and `cargo bench --bench screen -- keys` measures only those.
    if std::env::args().any(|argument| argument == "keys") {
        let folder = tempfile::tempdir().expect("a folder");
        return keys_table(&recorded_textbook(folder.path(), 125, 4), &recorded(1_000, folder.path()));
    }
    if in_earnest() {
        let folder = tempfile::tempdir().expect("a folder");
        let (textbook, heavy) = (recorded_textbook(folder.path(), 125, 4), recorded(1_000, folder.path()));
        #[cfg(unix)]
        {
            terminal_table(&textbook, &heavy);
            long_table(folder.path());
            long_value_table(folder.path());
        }
        let from = cpu(Cpu::Thread);
        jq::check("type == \"number\"").expect("it is a filter");
        figure(
            "the first filter checked (reads the standard library)",
            (cpu(Cpu::Thread) - from).as_secs_f64() * 1e3,
            "ms",
        );
        opening_table("an ordinary", &textbook);
        opening_table("a heavy", &heavy);
        let long = recorded(100_000, folder.path());
        keys_table(&textbook, &heavy);
        frames_table(&heavy, &long);
        length_table();
        breakpoints_table();
        looking_table();
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
}
