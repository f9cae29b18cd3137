//! The screen by itself, in processor time: a frame and a key at 160×48, in sessions of 1,000 and 100,000 events,
//! against a minimal program with three panes; and what opening a recorded session costs before its first frame.
//!
//! `cargo bench --bench screen` prints a table of targets and figures (medians of interleaved rounds), then what
//! criterion measures. In the ratios, sending a frame to the terminal is left out: what is compared is the new buffer.

mod cases;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, criterion_group};
use planscope::engine::command::Command;
use planscope::engine::effect::{CallOutcome, CallReport, Effect, Judge, Report, Subject};
use planscope::engine::event::{Decider, Dial, Mark, Pace, Settings, Verdict};
use planscope::engine::goal::{Goal, Risk};
use planscope::engine::session::Session;
use planscope::engine::state::Phase;
use planscope::engine::value::Value;
use planscope::goal_file;
use planscope::jq::{self, Engine};
use planscope::planners::embedded;
use planscope::runtime::clock;
use planscope::runtime::driver::{Driver, session_of};
use planscope::runtime::journal::{self, Journal};
use planscope::ui::app::App;
use planscope::ui::input::{Input, KeyPress};
use planscope::ui::keymap::Keymap;
use planscope::ui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Paragraph, Widget};

use cases::{Cpu, CpuTime, cpu, figure, in_earnest, median, target};

const AREA: Rect = Rect::new(0, 0, 160, 48);

/// Conditions that all hold: their evaluation is not what is measured.
struct True;

impl Judge for True {
    fn judge(&self, _: &str, _: &Subject) -> Verdict {
        Verdict::True
    }
}

fn answer(effect: &Effect) -> Report {
    match effect {
        Effect::AskPlanner(_, request) => Report::Plan(embedded::plan(request, &True, &|| false)),
        Effect::Think(_, request) => Report::Turn(planscope::planners::react::decide(request, &True, &|| false)),
        Effect::Judge(_, inquiries) => {
            Report::Verdicts(inquiries.iter().map(|inquiry| (inquiry.question.clone(), Verdict::True)).collect())
        }
        Effect::CallTool(_, call) => {
            let outputs = call.step.to.iter().map(|(name, _)| (name.clone(), Arc::new(Value::from(1)))).collect();
            let outcome = CallOutcome::Done(outputs);
            Report::Call(CallReport { outcome, summary: None, wall_ms: Some(0.012), mark: Mark::Ran })
        }
    }
}

/// Records a session on a chain of `steps`, of which half are still to do, in `folder`. Returns its file.
fn recorded(steps: usize, folder: &Path) -> PathBuf {
    let goal: Arc<Goal> =
        Arc::new(goal_file::from_source(&cases::chain(steps, true, 0, false), None).expect("the goal is sound"));
    let path = folder.join(format!("{steps}.jsonl"));
    let mut journal = Journal::create(&path).expect("a journal");
    let settings = Settings {
        dial: Dial::OnDeviation,
        decider: Decider::Auto,
        approve: Risk::Low,
        max_steps: None,
        strategy: Default::default(),
    };
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

fn session_pace(steps: usize) -> Pace {
    Pace::Steps(u32::try_from(steps / 2).expect("a bench has few steps"))
}

fn open(path: &Path) -> App {
    let (driver, _) = Driver::reopen(path, Arc::new(Engine::in_thread())).expect("it opens");
    let keymap = Keymap::built_in().expect("the keymap reads");
    let mut app = App::new(driver, keymap, Theme::coloured(), (AREA.width, AREA.height));
    app.catch_up();
    app
}

fn draw(app: &App, buffer: &mut Buffer) {
    buffer.reset();
    app.draw(AREA, buffer);
}

fn key(app: &mut App, key: char, buffer: &mut Buffer) {
    app.input(&Input::Key(KeyPress::char(key)));
    app.catch_up();
    draw(app, buffer);
}

/// Draws what the smallest program with three panes would: rows with two styles each, the selected one reversed.
fn minimal(at: usize, buffer: &mut Buffer) {
    buffer.reset();
    let down = [Constraint::Length(2), Constraint::Min(0), Constraint::Length(15), Constraint::Length(2)];
    let [top, main, below, foot] = Layout::vertical(down).areas(AREA);
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
        1 => draw(&small, &mut buffer),
        _ => draw(&large, &mut buffer),
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
    for name in ['j', 'k', '[', ']'] {
        let [burst] = interleaved(5, 1, |_| {
            (0..200).for_each(|_| small.input(&Input::Key(KeyPress::char(name))));
            small.catch_up();
            draw(&small, &mut buffer);
        });
        figure(&format!("two hundred {name} and one frame, short session"), burst, "µs");
    }
}

fn opening_table(path: &Path) {
    let mut parts: [Vec<f64>; 5] = Default::default();
    let ms = |from: std::time::Duration| (cpu(Cpu::Thread) - from).as_secs_f64() * 1e3;
    for _ in 0..11 {
        let from = cpu(Cpu::Thread);
        let recording = journal::look(path).expect("it reads");
        parts[0].push(ms(from));
        let from = cpu(Cpu::Thread);
        black_box(session_of(recording.records, path).expect("a session"));
        parts[1].push(ms(from));
        let (driver, _) = Driver::reopen(path, Arc::new(Engine::in_thread())).expect("it opens");
        let from = cpu(Cpu::Thread);
        let keymap = Keymap::built_in().expect("the keymap reads");
        parts[2].push(ms(from));
        let from = cpu(Cpu::Thread);
        let mut app = App::new(driver, keymap, Theme::coloured(), (AREA.width, AREA.height));
        app.catch_up();
        parts[3].push(ms(from));
        let from = cpu(Cpu::Thread);
        draw(&app, &mut Buffer::empty(AREA));
        parts[4].push(ms(from));
    }
    let names =
        ["its file read", "its goal read, its events folded", "the keymap read", "what is shown derived", "drawn"];
    for (name, part) in names.into_iter().zip(parts) {
        figure(&format!("a session of 1,000 events opened: {name}"), median(part), "ms");
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
            bencher.iter(|| draw(&app, &mut buffer));
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
    if in_earnest() {
        let from = cpu(Cpu::Thread);
        jq::check("type == \"number\"").expect("it is a filter");
        figure(
            "the first filter checked (reads the standard library)",
            (cpu(Cpu::Thread) - from).as_secs_f64() * 1e3,
            "ms",
        );
        let folder = tempfile::tempdir().expect("a folder");
        let (short, long) = (recorded(1_000, folder.path()), recorded(100_000, folder.path()));
        opening_table(&short);
        frames_table(&short, &long);
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
}
