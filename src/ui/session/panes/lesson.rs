//! The strip of a lesson: at most an eighth of the screen, in place of the guide.

use crate::describe::sanitize::harmless;
use crate::describe::sign::Role;
use crate::describe::text;
use crate::lessons::strip::strip;
use crate::ui::action::Action;
use crate::ui::session::lesson::Taught;
use crate::ui::session::view::View;
use crate::ui::widgets::buttons::{self, Button, Rows};
use crate::ui::widgets::row::Row;

/// The fewest rows of a strip.
const FEWEST: usize = 2;

/// Returns the rows of the strip, `width` cells wide.
pub fn lines(view: &View<'_>, taught: &Taught, width: usize) -> Rows {
    let theme = view.theme;
    let strip = strip(&taught.lesson, &taught.progress);
    let (plain, dim) = (theme.style(Role::Text), theme.style(Role::Dim));
    let most = usize::from(view.ui.size.1 / 8).max(FEWEST);
    let mut rows = Rows::default();
    // What became of the last question takes the row, but for where one is.
    let keys = keys(view, taught);
    let head = match &strip.came {
        Some((role, words)) => {
            let place = strip.place.rsplit_once(" · ").map_or(&*strip.place, |(_, place)| place);
            Row::new()
                .put(&format!(" {place}  "), theme.style(Role::Title))
                .put(&format!("{} ", role.glyph()), theme.style(*role))
                .put(words, plain)
        }
        None => Row::new().put(&format!(" {}", strip.place), theme.style(Role::Title)),
    };
    let keep = head.left_width();
    let asks = taught.asks();
    // On a low screen, what may be answered takes the row of where one is.
    let headed = !(asks && most <= FEWEST);
    if headed {
        rows.push(head.right(&keys, dim).fit(width, keep), buttons_of(view, &keys, width, keep));
    }
    if let Some(field) = &taught.typing {
        let label = format!(" {} ", harmless(&view.words(&strip.text.1)));
        let label = text::clip(&label, width / 2);
        let ends = view.keymap.fill(&[crate::ui::keymap::Mode::Line], "  \x01apply\x02 answers  \x01close\x02 back ");
        let room = width.saturating_sub(text::width(&label) + text::width(&ends) + 1).max(8);
        let mut line = Row::new().put(&label, theme.style(Role::Accent)).fit(text::width(&label), 0);
        line.spans.extend(field.rows(room, 1, true, None, theme).into_iter().flat_map(|line| line.spans));
        let gap = width.saturating_sub(line.width() + text::width(&ends));
        line.push_span(ratatui::text::Span::raw(" ".repeat(gap)));
        line.push_span(ratatui::text::Span::styled(ends.into_owned(), dim));
        rows.push(line, []);
        return rows;
    }
    let (role, words) = &strip.text;
    let words = harmless(&view.words(words)).into_owned();
    let look = strip.look.as_deref().filter(|_| most > FEWEST || asks);
    let mark = if *role == Role::Done { format!("{} ", role.glyph()) } else { String::new() };
    let room = most - usize::from(headed);
    let mut lines = text::wrap(&format!("{mark}{words}"), width.saturating_sub(2));
    // Where to look gives way to what to do; what may be answered does not.
    let left = if look.is_some() && (asks || lines.len() < room) { room - 1 } else { room };
    if lines.len() > left {
        lines.truncate(left);
        if let Some(last) = lines.last_mut() {
            *last = text::clip(&format!("{last} …"), width.saturating_sub(2));
        }
    }
    let style = if *role == Role::Current { plain } else { theme.style(*role) };
    for line in &lines {
        rows.push(Row::new().put(&format!(" {line}"), style).fit(width, width), []);
    }
    if let Some(look) = look.filter(|_| lines.len() < room) {
        let mut row = Row::new().put(if asks { " " } else { " Look: " }, theme.style(Role::Strong));
        let at = rows.lines.len();
        for (answer, number) in strip.answers.iter().zip(1..) {
            let from = row.left_width();
            row = row.put(&format!("{number}"), theme.style(Role::Key)).put(&format!(" {answer}"), plain);
            let choose = Button::new(at, from..row.left_width(), Action::ByNumber);
            rows.buttons.push(Button { number: Some(number), ..choose });
            row = row.put("   ", plain);
        }
        let (row, clicks) = buttons::say(row, &view.parts(look), dim);
        rows.push(row.fit(width, width), clicks);
    }
    rows
}

/// Returns the keys of the lesson, for the end of its first row.
fn keys(view: &View<'_>, taught: &Taught) -> String {
    let hints = taught.lesson.parts.get(taught.progress.at).map_or(0, |part| part.hints.len());
    let hint = if taught.progress.hints < hints { "\x01hint\x02 hint  " } else { "" };
    view.words(&format!("{hint}\x01hide_lesson\x02 hide ")).into_owned()
}

/// Returns what of the keys can be clicked, if they are shown.
fn buttons_of(view: &View<'_>, keys: &str, width: usize, keep: usize) -> Vec<buttons::Click> {
    let wide = text::width(keys);
    if keep + wide + 1 > width {
        return Vec::new();
    }
    let from = width - wide;
    let hide = view.words("\x01hide_lesson\x02 hide ");
    let middle = width - text::width(&hide);
    let hint = (middle > from).then_some((from..middle, Action::Hint));
    hint.into_iter().chain([(middle..width, Action::HideLesson)]).collect()
}
