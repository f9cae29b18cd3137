//! The recipes of CONTRIBUTING.md, followed: a check, a failure check, an export, a pane and a dialog are added here by
//! one type each, and what is there uses them. (Planners and kinds of tools: `tables.rs`.)

use std::io::Write;
use std::sync::Arc;

use planscope::checks::{self, Check, Checklist, Finding, Headline, View as PlanView};
use planscope::engine::command::Command;
use planscope::engine::state::State;
use planscope::export::{Format, Writes};
use planscope::runtime::driver::{Driver, SessionFile};
use planscope::runtime::services::Services;
use planscope::ui::dialogs::{Dialog, DialogOutcome, DialogView, Opened};
use planscope::ui::input::{Input, KeyPress};
use planscope::ui::keymap::Keymap;
use planscope::ui::screen::Screen;
use planscope::ui::session::app::App;
use planscope::ui::session::pane::{Pane, PaneList, PaneText, Spot};
use planscope::ui::session::panes::PANES;
use planscope::ui::session::view::View;
use planscope::ui::testing::harness::text_of;
use planscope::ui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::support::program::TICKETS;

fn driver() -> Driver {
    let goal = planscope::goal_file::parse(TICKETS, "goal.json", None).expect("a goal");
    let services = Services::new(planscope::jq::Evaluator::in_thread());
    let file = tempfile::tempdir().expect("a folder").keep().join("session.jsonl");
    let settings = planscope::engine::event::Settings::default();
    let mut driver = Driver::open(Arc::new(goal), settings, SessionFile::File(file), services).expect("a session");
    while driver.work(&planscope::jq::Cancel::new()).expect("it works") {}
    driver
}

/// Finds a plan with more steps than anybody reads.
struct Short;

impl Check for Short {
    fn name(&self) -> &'static str {
        "short"
    }

    fn headline(&self) -> Option<Headline> {
        Some(Headline::Unclear)
    }

    fn find(&self, view: &PlanView<'_>) -> Vec<Finding> {
        let message = format!("{} steps are more than anybody reads.", view.steps.len());
        vec![Finding { check: self.name(), step: None, key: None, message }]
    }
}

#[test]
fn a_check_of_the_table_makes_its_headline() {
    let driver = driver();
    let state = driver.state();
    let available = |key: &str| state.context.is_fresh(key);
    let view = PlanView::new(&state.goal, state.plan.remaining(), &available);
    let table: Vec<&dyn Check> = [checks::CHECKS, &[&Short as &dyn Check]].concat();
    let list: Checklist = checks::list(&view, table.into_iter());
    assert_eq!((list.clear, list.headline), (false, Headline::Unclear));
    assert!(list.next_fix.is_some_and(|fix| fix.ends_with("more than anybody reads.")));
}

/// Writes the ids of the steps.
static IDS: Format = Format { name: "ids", help: "the ids, a line each", writes: Writes::Plan(write_ids) };

fn write_ids(out: &mut dyn Write, state: &State) -> std::io::Result<()> {
    state.plan.remaining().iter().try_for_each(|step| writeln!(out, "{}", step.id))
}

#[test]
fn an_export_of_the_table_writes_a_plan() {
    let driver = driver();
    let formats = [planscope::export::FORMATS, &[&IDS]].concat();
    let found = formats.iter().find(|format| format.name == "ids").expect("it is in the table");
    let Writes::Plan(write) = found.writes else { panic!("it writes plans") };
    let mut out = Vec::new();
    write(&mut out, driver.state()).expect("it writes");
    assert!(String::from_utf8_lossy(&out).starts_with("s1\ns2\n"));
}

/// A pane that counts.
struct Counts;

impl PaneList for Counts {
    fn len(&self, _view: &View<'_>) -> usize {
        1
    }

    fn selected(&self, _view: &View<'_>) -> usize {
        0
    }

    fn text(&self, view: &View<'_>, _at: usize) -> String {
        format!("{} steps to do", view.shown.state.plan.remaining().len())
    }
}

impl Pane for Counts {
    fn title(&self) -> &'static str {
        "Counts"
    }

    fn spot(&self) -> Spot {
        Spot::Right
    }

    fn paint(&self, view: &View<'_>, _width: usize, _height: usize) -> PaneText {
        let mut text = PaneText { title: "Counts".into(), ..PaneText::default() };
        text.push(0, Line::raw(self.text(view, 0)));
        text
    }
}

fn app(panes: &'static [&'static dyn Pane]) -> App {
    App::with_panes(driver(), Keymap::built_in().expect("keys"), Theme::coloured(), (120, 40), panes)
}

fn screen(app: &mut App) -> String {
    let area = Rect::new(0, 0, 120, 40);
    let mut buffer = Buffer::empty(area);
    app.draw(area, &mut buffer);
    text_of(&buffer)
}

#[test]
fn a_pane_of_the_table_is_drawn_found_by_tab_and_zoomed() {
    let panes: &'static [&'static dyn Pane] = Box::leak([PANES, &[&Counts as &dyn Pane]].concat().into_boxed_slice());
    let mut app = app(panes);
    app.catch_up();
    let text = screen(&mut app);
    assert!(text.contains("Counts") && text.contains("steps to do") && text.contains("Context"), "{text}");
    // Tab goes through the table: from the plan, three on.
    for _ in 0..panes.len() - 1 {
        app.input(&Input::Key(KeyPress::plain(planscope::ui::input::Key::Tab)));
    }
    app.input(&Input::Key(KeyPress::char('z')));
    let text = screen(&mut app);
    assert!(text.contains("steps to do") && !text.contains("╭ Context"), "{text}");
}

/// A dialog that is closed by any key.
#[derive(Clone, Debug)]
struct Hello {
    said: String,
}

impl Dialog for Hello {
    fn handle(&mut self, input: &Input, _view: &DialogView<'_>) -> DialogOutcome {
        match input {
            Input::Key(press) if press.typed() == Some('r') => DialogOutcome::Submit(Command::Replan),
            _ => DialogOutcome::Close,
        }
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, view: &DialogView<'_>) {
        let row = format!("{} {}", self.said, view.state.goal.goal);
        buf.set_string(area.x, area.y, row, ratatui::style::Style::default());
    }

    fn key_at(&self, _column: u16, _row: u16) -> Option<KeyPress> {
        None
    }

    fn refuse(&mut self, message: &str) {
        self.said = message.to_owned();
    }
}

#[test]
fn a_dialog_is_drawn_acts_and_closes() {
    let mut app = app(PANES);
    app.catch_up();
    app.show(Opened::from(Hello { said: "Hello".into() }));
    assert!(screen(&mut app).starts_with("Hello "), "{}", screen(&mut app));
    app.input(&Input::Key(KeyPress::char('x')));
    assert!(!screen(&mut app).starts_with("Hello "), "{}", screen(&mut app));
    app.show(Opened::from(Hello { said: "Hello".into() }));
    app.input(&Input::Key(KeyPress::char('r')));
    let text = screen(&mut app);
    assert!(
        !text.starts_with("Hello ") && text.contains("rewrites the rest") || text.contains("looking for"),
        "{text}"
    );
}
