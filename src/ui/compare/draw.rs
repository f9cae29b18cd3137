//! The picture of the lanes: header, columns, figures, what is said of them, the keys.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::compare::result::seconds;
use crate::describe::keys;
use crate::describe::sign::Role;
use crate::describe::text;
use crate::describe::text::count;
use crate::engine::turn::Wits;
use crate::ui::action::Action;
use crate::ui::compare::layout::{Layout, Load, layout};
use crate::ui::compare::{Compare, figures, footer, lanes, prediction};
use crate::ui::widgets::buttons::Rows;
use crate::ui::widgets::cells::put;
use crate::ui::widgets::key_bar;
use crate::ui::widgets::row::Row;
use crate::ui::widgets::status_line;

/// The lowest screen that says what to look at beside the results.
const LOOK_BESIDE: u16 = 40;

/// How many rows a sentence above the keys may have.
const SENTENCE: usize = 2;

/// What is said where those that decide do not know the same.
const NOT_ALIKE: &str = "A difference may be theirs, not the strategy's.";

/// Returns where everything stands on a screen of this size.
pub(super) fn layout_of(compare: &Compare, area: Rect) -> Layout {
    let load = Load {
        lanes: compare.columns.len(),
        said: said(compare, area).len(),
        definitions: match usize::from(area.width) {
            ..100 => 0,
            width => figures::definitions(&compare.theme, width).len(),
        },
        line: line(compare, usize::from(area.width)).lines.len(),
    };
    layout(area, load, compare.focus, compare.zoom)
}

/// Draws the screen.
pub(super) fn draw(compare: &Compare, area: Rect, buf: &mut Buffer) {
    let area = area.intersection(buf.area);
    if area.width < 12 || area.height < 6 {
        return tiny(compare, area, buf);
    }
    let width = usize::from(area.width);
    let layout = layout_of(compare, area);
    for (at, line) in header(compare, width, layout.header.height).lines.into_iter().enumerate() {
        put(line, layout.header, at, buf);
    }
    for (at, rect) in layout.lanes.iter().enumerate() {
        if rect.width > 2 && rect.height > 2 {
            lanes::draw(compare, at, *rect, layout.one, buf);
        }
    }
    for (at, line) in figures::table(compare, width).into_iter().enumerate() {
        put(line, layout.table, at, buf);
    }
    for (at, line) in said(compare, area).into_iter().enumerate() {
        put(line, layout.said, at, buf);
    }
    for (at, line) in figures::definitions(&compare.theme, width).into_iter().enumerate() {
        put(line, layout.definitions, at, buf);
    }
    for (at, line) in line(compare, width).lines.into_iter().enumerate() {
        put(line, layout.line, at, buf);
    }
    put(key_bar::line(&footer::offers(compare, width), Action::label, width, &compare.theme), layout.footer, 0, buf);
}

fn tiny(compare: &Compare, area: Rect, buf: &mut Buffer) {
    let width = usize::from(area.width);
    let focused = compare.columns.get(compare.focus);
    let plain = compare.theme.style(Role::Text);
    let name = focused.map(|column| column.kind.name()).unwrap_or_default();
    let last = focused.and_then(|column| column.rows.last());
    let rows = [
        Row::new().put(&name, compare.theme.style(Role::Strong)),
        match last {
            Some(row) => Row::new().put(row.sign, compare.theme.style(row.role)).put(" ", plain).put(&row.what, plain),
            None => Row::new(),
        },
        Row::new().put(&compare.words("\x01leave\x02"), compare.theme.style(Role::Key)).put(" back", plain),
    ];
    for (at, row) in rows.into_iter().enumerate() {
        put(row.fit(width, width), area, at, buf);
    }
}

/// Returns the lines above the lanes: what is compared, and with which surprise.
pub(super) fn header(compare: &Compare, width: usize, height: u16) -> Rows {
    let theme = &compare.theme;
    let (strong, plain) = (theme.style(Role::Title), theme.style(Role::Text));
    let (mut rows, mut clicks) = (Rows::default(), None);
    if height > 1 {
        let words = format!("Compare: {}", compare.bench.goal().goal);
        let row = Row::new().put(" ", plain).put(&words, strong).right(&compare.words(&position(compare)), plain);
        rows.push(row.right(" ", plain).fit(width, width / 2), None);
    }
    let row = match compare.bench.scenario() {
        None if compare.bench.goal().scenarios.is_empty() => {
            Row::new().put(" Same goal, same tools. This goal offers no surprise.", plain)
        }
        None => {
            let before = if width < 100 { " No surprise yet: " } else { " Same goal, same tools, no surprise yet: " };
            let row = Row::new()
                .put(before, plain)
                .put(&compare.words("\x01surprise_all\x02"), theme.style(Role::Key))
                .put(" lands one in every lane.", plain);
            clicks = Some((text::width(before)..row.left_width(), Action::SurpriseAll));
            row
        }
        Some(scenario) => {
            let when = match &scenario.after {
                Some(tool) if width < 100 => format!(": in each lane after {tool}"),
                Some(tool) => format!(" lands in each lane when {tool} first returns."),
                None if width < 100 => ": in each lane from the start".to_owned(),
                None => ": armed in each lane from the start.".to_owned(),
            };
            Row::new()
                .put(if width < 100 { " " } else { " Same goal, same tools. " }, plain)
                .put("!", theme.style(Role::Surprise))
                .put(" ", plain)
                .put(&scenario.name, strong)
                .put(&when, plain)
        }
    };
    let row = if height > 1 { row } else { row.right(&compare.words(&position(compare)), plain).right(" ", plain) };
    rows.push(row.fit(width, width * 2 / 3), clicks);
    rows
}

/// Says where the lanes are.
fn position(compare: &Compare) -> String {
    let steps = (0..compare.columns.len()).map(|at| compare.bench.ticks(at).len().saturating_sub(1)).max().unwrap_or(0);
    match compare.looking {
        Some(step) => format!("looking back: step {step} of {steps}"),
        None if compare.bench.is_running() => format!("step {steps}, running; \x01cancel\x02 stops"),
        None if compare.bench.is_over() => "at the end".to_owned(),
        None if steps == 0 => "nothing has run".to_owned(),
        None => format!("after {}", count(steps, "step")),
    }
}

/// Returns what is said of the lanes, below the figures: prediction, advice, whose wits. In a low window in few rows.
fn said(compare: &Compare, area: Rect) -> Vec<Line<'static>> {
    let theme = &compare.theme;
    let width = usize::from(area.width);
    let most = match area.height {
        ..20 => 1,
        20..24 => 2,
        24.. => 3,
    };
    let mut lines = Vec::new();
    let mut say = |role: Role, variants: &[String]| {
        let indent = if role == Role::Text { 1 } else { 3 };
        let room = width.saturating_sub(indent + 1);
        // The fullest words that fit into one row; else into as many as there may be.
        let fits = |rows: usize| move |words: &&String| text::wrap(words, room).len() <= rows;
        let words = variants.iter().find(fits(1)).or_else(|| variants.iter().find(fits(most)));
        let Some(words) = words.or(variants.last()) else { return };
        let mut rows = text::wrap(words, room);
        if rows.len() > most {
            let rest = rows.split_off(most - 1).join(" ");
            rows.push(text::clip_words(&rest, room));
        }
        for (at, row) in rows.into_iter().enumerate() {
            let sign = if at == 0 { role.glyph() } else { " " };
            let mut spans = vec![Span::raw(" ")];
            if indent > 1 {
                spans.extend([Span::styled(sign, theme.style(role)), Span::raw(" ")]);
            }
            spans.push(Span::raw(row));
            lines.push(Line::from(spans));
        }
    };
    if let Some((role, said, more)) = prediction::line(compare) {
        let all = if more.is_empty() { said.clone() } else { format!("{said} {more}") };
        say(role, &[all, said]);
    }
    // What to look at is said before there is something to say of the run, and beside it where there is room.
    if let Some(look) = look(compare).filter(|_| compare.advice.is_none() || area.height >= LOOK_BESIDE) {
        say(Role::Text, &[format!("Look: {look}")]);
    }
    if let Some(advice) = compare.advice.as_ref().filter(|_| compare.looking.is_none()) {
        match &advice.choice {
            Some(choice) => {
                let bill = advice.lane.and_then(|at| advice.bills.get(at));
                let took =
                    bill.map_or(String::new(), |bill| format!(", {}", seconds(bill.at(&advice.price).round() as u64)));
                say(
                    Role::Current,
                    &[
                        format!("Took the least here: {choice}{took} with a model. {}", advice.short),
                        format!("Took the least: {choice}{took}. {}", advice.short),
                    ],
                );
            }
            None => say(Role::Pending, std::slice::from_ref(&advice.short)),
        }
    }
    let wits = wits(compare);
    let short = wits.replace(NOT_ALIKE, "They are unequal.");
    say(Role::Text, &[wits, short]);
    lines
}

/// Returns what the goal's lesson says to look at, with the surprise that is in the lanes (or none).
fn look(compare: &Compare) -> Option<&str> {
    let landed = compare.bench.scenario().map(|scenario| &*scenario.name);
    // Before any surprise is in the lanes, the scenario that was selected says what there will be to see.
    let named = landed.or(compare.at_hand.as_deref());
    let lesson = match named {
        None => compare.lessons.first(),
        Some(_) => compare.lessons.iter().find(|lesson| lesson.scenario.as_deref() == named),
    };
    lesson.map(|lesson| lesson.look.as_str())
}

/// Says whose wits are compared: never left out, for unequal wits are half of the difference.
pub(super) fn wits(compare: &Compare) -> String {
    let has = |wits: Option<Wits>| compare.columns.iter().any(|column| column.kind.strategy.wits() == wits);
    let (reads, blind) = (has(Some(Wits::StandIn)), has(Some(Wits::Blind)));
    let stand_in = reads || blind;
    let mut words = Vec::new();
    if stand_in {
        words.push("Stand-in: no model, it matches words.");
    }
    if blind {
        words.push("Blind: it looks at no inputs.");
    }
    if has(None) || has(Some(Wits::Planner)) {
        words.push("Planner: looks ahead.");
    }
    if stand_in && words.len() > 1 {
        words.push(NOT_ALIKE);
    }
    words.join(" ")
}

/// Returns what stands above the keys: what was just said, or the selected row in full.
pub(super) fn line(compare: &Compare, width: usize) -> Rows {
    let theme = &compare.theme;
    let plain = theme.style(Role::Text);
    if let Some(toast) = &compare.toast {
        return sentence(compare, toast.about.head(), &toast.words, width);
    }
    let Some(column) = compare.columns.get(compare.focus) else { return Rows::default() };
    let at = compare.places.get(compare.focus).and_then(|place| place.at);
    let Some(row) = at.and_then(|at| column.rows.get(at)) else {
        return sentence(compare, (" Next  ", Role::Current), &next(compare), width);
    };
    let mut words = row.what.clone();
    if !row.result.is_empty() {
        words = format!("{words}: {}", row.result);
    }
    let line = Row::new()
        .put(" Here  ", theme.style(Role::Strong))
        .put(row.sign, theme.style(row.role))
        .put(" ", plain)
        .put(&words, plain);
    let parted = column.parted.as_ref().is_some_and(|(place, _)| Some(*place) == at).then_some("parted here");
    let marks = parted.into_iter().chain(row.marks.iter().copied()).collect::<Vec<_>>().join(", ");
    vec![line.right(&marks, theme.style(Role::Strong)).right(" ", plain).fit(width, width / 2)].into()
}

/// Returns a sentence behind its label: of what may go as little as has to, the rest below itself where one row is not
/// enough.
fn sentence(compare: &Compare, head: (&str, Role), words: &str, width: usize) -> Rows {
    let parts = compare.parts(short(compare, words, width));
    status_line::say_in(head, parts, width, SENTENCE, &compare.theme)
}

/// Returns as much of `words` as a line of `width` cells has room for, of what may go.
fn short<'w>(compare: &Compare, words: &'w str, width: usize) -> &'w str {
    keys::shortened(words, |words| text::width(&compare.words(words)) <= status_line::room(width))
}

/// Says which lane waits for a person, and for what; none where none does.
pub(super) fn waits(compare: &Compare) -> Option<String> {
    compare.columns.iter().find_map(|column| {
        let why = column.why.as_ref().filter(|_| column.stand == crate::compare::column::Stand::Waits)?;
        Some(format!("{}: {why}; \x01open_lane\x02 opens the lane to decide", column.kind.name()))
    })
}

/// Says what comes next.
fn next(compare: &Compare) -> String {
    if compare.looking.is_some() {
        return "you look back, nothing runs: \x01forward\x02 forward\x03, \x01cancel\x02 back to now".to_owned();
    }
    if compare.bench.is_running() {
        return "the lanes are under way; \x01cancel\x02 stops them where they are".to_owned();
    }
    if let Some(waiting) = waits(compare) {
        return waiting;
    }
    let surprise = compare.bench.scenario().is_some() || compare.bench.goal().scenarios.is_empty();
    match (compare.bench.is_over(), surprise) {
        (true, false) => "all are through: \x01surprise_all\x02 lands a surprise in every lane".to_owned(),
        (true, true) if compare.columns.get(compare.focus).is_some_and(|lane| lane.kind.strategy.wits().is_none()) => {
            "all are through: \x01lane_dial\x02 turns the dial of this lane\x03, \x01open_lane\x02 opens it\x03, \x01lanes_over\x02 starts over".to_owned()
        }
        (true, true) => "all are through: \x01open_lane\x02 opens this lane\x03, \x01lane_strategy\x02 another strategy\x03, \x01lanes_over\x02 starts over".to_owned(),
        (false, _) => "\x01lane_step\x02 runs one step in every lane\x03, \x01lane_end\x02 each to its end".to_owned(),
    }
}
