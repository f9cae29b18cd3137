//! The start screen as a picture: the title, the list, the card of the selected line, the keys.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Paragraph, Widget};

use crate::describe::sanitize::harmless;
use crate::describe::sign::Role;
use crate::describe::text::{clip, pad, width, wrap};
use crate::ui::action::Action;
use crate::ui::start::{Entry, MODES, Start, TYPING, Typing};

/// Draws the start screen. Returns the row on which its list begins, and the first row of the list that is visible.
pub(super) fn draw(start: &Start, area: Rect, buf: &mut Buffer) -> (usize, usize) {
    let theme = &start.theme;
    let area = area.intersection(buf.area);
    if area.width < 4 || area.height < 2 {
        Line::from("q quit").render(Rect { height: area.height.min(1), ..area }, buf);
        return (usize::from(area.height), 0);
    }
    let wide = usize::from(area.width);
    let name = " planscope · a debugger for plans";
    let aside = "offline, no key needed ";
    let gap = wide.saturating_sub(width(name) + width(aside));
    let mut title = vec![Span::styled(clip(name, wide), theme.style(Role::Title))];
    if gap > 0 {
        title.push(Span::raw(" ".repeat(gap)));
        title.push(Span::styled(aside, theme.style(Role::Dim)));
    }
    Line::from(title).render(Rect { height: 1, ..area }, buf);
    let foot = Rect { y: area.bottom() - 1, height: 1, ..area };
    let card_rows: u16 = if area.height >= 18 { 6 } else { 0 };
    draw_foot(start, foot, card_rows > 0, buf);
    let rows = start.rows();
    let spacer = u16::from(area.height > 10);
    let list = Rect { y: area.y + 1 + spacer, height: area.height.saturating_sub(2 + spacer + card_rows), ..area };
    let focus = rows.iter().position(|row| *row == Ok(start.at)).unwrap_or(0);
    let top = (focus + 1).saturating_sub(usize::from(list.height));
    for (place, row) in (list.y..list.bottom()).zip(rows.iter().skip(top)) {
        let line = match row {
            Err(heading) => Line::styled(format!(" {heading}"), theme.style(Role::Strong)),
            Ok(at) => match start.entries.get(*at) {
                Some(entry) => entry_line(start, entry, *at, wide),
                None => continue,
            },
        };
        line.render(Rect { y: place, height: 1, ..list }, buf);
    }
    // How much there is above and below what is seen: on the border of the card, which stands below the list.
    let below = rows.len().saturating_sub(top + usize::from(list.height));
    let hidden: String = [('↑', top), ('↓', below)]
        .into_iter()
        .filter(|(_, more)| *more > 0)
        .map(|(sign, more)| format!(" {sign} {more} "))
        .collect();
    if card_rows > 0
        && let Some(entry) = start.entries.get(start.at)
    {
        let card = Rect { y: foot.y - card_rows, height: card_rows, ..area };
        match &start.typing {
            Some(typing) if typing.copy_of.is_none() => draw_found(start, typing, card, buf),
            Some(_) | None => draw_card(start, entry, card, &hidden, buf),
        }
    } else if width(&hidden) < wide && list.height > 0 {
        let (y, wide) = (list.bottom() - 1, width(&hidden) as u16);
        let at = Rect { x: area.right() - wide, y, width: wide, height: 1 };
        Line::styled(hidden, theme.style(Role::Dim)).render(at, buf);
    }
    if start.help {
        draw_help(start, area, buf);
    }
    (usize::from(list.y), top)
}

fn entry_line(start: &Start, entry: &Entry, at: usize, wide: usize) -> Line<'static> {
    let theme = &start.theme;
    let here = at == start.at;
    let mark = if here { Role::Current.glyph() } else { " " };
    let seen = !start.is_session(at) && start.opened.contains(&entry.title);
    let tick = if seen { Role::Done.glyph() } else { " " };
    let number = if at < start.sessions.min(9) { format!("{}", at + 1) } else { " ".into() };
    let room = wide.saturating_sub(9);
    let widest = |of: fn(&Entry) -> &str| start.entries.iter().map(|entry| width(of(entry))).max().unwrap_or(0);
    let aside_width = widest(|entry| &entry.aside).min(room / 4);
    let title_width = (room.saturating_sub(aside_width) / 2).min(widest(|entry| &entry.title)).min(40.max(wide / 3));
    let about_width = room.saturating_sub(title_width + aside_width + 2).min(widest(|entry| &entry.about));
    let style = if here { theme.style(Role::Current) } else { theme.style(Role::Text) };
    Line::from(vec![
        Span::styled(format!(" {mark} {number} "), style),
        Span::styled(format!("{tick} "), theme.style(Role::Done)),
        Span::styled(pad(&harmless(&entry.title), title_width), style),
        Span::raw(" "),
        Span::raw(pad(&harmless(&entry.about), about_width)),
        Span::raw(" "),
        Span::styled(clip(&harmless(&entry.aside), aside_width), theme.style(Role::Dim)),
    ])
}

/// Draws the last line: what is typed, what was refused, or the keys. Where a `card` is drawn above it, that says what of
/// the typed was refused.
fn draw_foot(start: &Start, area: Rect, card: bool, buf: &mut Buffer) {
    let theme = &start.theme;
    let wide = usize::from(area.width);
    let line = match (&start.typing, &start.notice) {
        (Some(typing), notice) if card || notice.is_none() => {
            let label = if typing.copy_of.is_some() { " copy to: " } else { " file: " };
            let keys = start.keymap.fill(&TYPING, " {key:apply} open  {key:next_field} complete  {key:close} back");
            let room = wide.saturating_sub(width(label) + width(&keys) + 2).max(1);
            let text = harmless(&typing.text);
            // The end of what is typed is seen.
            let fits = |from: &usize| width(&text[*from..]) <= room;
            let from = text.char_indices().map(|(from, _)| from).chain([text.len()]).find(fits).unwrap_or(0);
            Line::from(vec![
                Span::styled(label, theme.style(Role::Strong)),
                Span::raw(text[from..].to_owned()),
                Span::styled("▏", theme.style(Role::Accent)),
                Span::styled(keys.into_owned(), theme.style(Role::Dim)),
            ])
        }
        (_, Some(notice)) => {
            Line::styled(clip(&format!(" {}", harmless(&start.words(notice))), wide), theme.style(Role::Warning))
        }
        (_, None) => keys_line(start, wide),
    };
    line.render(area, buf);
}

/// Returns the keys that are worth a word, each with what it does: everybody finds the arrows.
fn keys(start: &Start) -> Vec<(String, &'static str)> {
    let loud = |action: Action| match action {
        Action::Up | Action::Down | Action::PageUp | Action::PageDown | Action::Top | Action::Bottom => None,
        Action::Help => Some("help"),
        Action::ResumeLast if !start.is_session(start.sessions) => None,
        action => Some(action.label()),
    };
    let keys = start.keymap.active(&MODES).filter_map(|(press, action)| Some((press, action, loud(action)?)));
    keys.map(|(press, action, label)| {
        // One of many: the first stands for all.
        let more = if action == Action::ByNumber { "…" } else { "" };
        (format!("{press}{more}"), label)
    })
    .collect()
}

fn keys_line(start: &Start, wide: usize) -> Line<'static> {
    // What does not fit goes; help, and how to leave, stay.
    let mut shown = keys(start);
    let cost = |keys: &[(String, &str)]| keys.iter().map(|(key, what)| width(key) + width(what) + 3).sum::<usize>();
    while shown.len() > 2 && cost(&shown) > wide {
        shown.remove(shown.len() - 3);
    }
    if cost(&shown) > wide {
        shown.remove(0);
    }
    let spans = shown.iter().flat_map(|(key, what)| {
        [Span::styled(format!(" {key}"), start.theme.style(Role::Key)), Span::raw(format!(" {what} "))]
    });
    Line::from(spans.collect::<Vec<_>>())
}

fn draw_card(start: &Start, entry: &Entry, area: Rect, hidden: &str, buf: &mut Buffer) {
    let theme = &start.theme;
    let title = format!(" {} ", clip(&harmless(&entry.title), usize::from(area.width).saturating_sub(6)));
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.style(Role::Border))
        .title(Span::styled(title, theme.style(Role::Strong)))
        .title_top(Line::styled(hidden.to_owned(), theme.style(Role::Dim)).right_aligned());
    let inside = block.inner(area);
    block.render(area, buf);
    let card = &entry.card;
    let rows = [("goal", &card.goal), ("wants", &card.wants), ("tools", &card.tools), ("try", &card.hint)];
    let wide = usize::from(inside.width).saturating_sub(8);
    let lines: Vec<Line<'_>> = rows
        .iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(label, text)| {
            Line::from(vec![
                Span::styled(format!(" {label:<6} "), theme.style(Role::Strong)),
                Span::raw(clip(&harmless(&start.words(text)), wide)),
            ])
        })
        .collect();
    Paragraph::new(lines).render(inside, buf);
}

/// Draws what a path that is typed may become, or why it cannot be opened.
fn draw_found(start: &Start, typing: &Typing, area: Rect, buf: &mut Buffer) {
    let theme = &start.theme;
    let title = if start.notice.is_some() { " It was not opened " } else { " {key:next_field} completes " };
    let title = start.keymap.fill(&TYPING, title);
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.style(Role::Border))
        .title(Span::styled(title, theme.style(Role::Strong)));
    let inside = block.inner(area);
    block.render(area, buf);
    let (wide, high) = (usize::from(inside.width).saturating_sub(2), usize::from(inside.height));
    let mut lines: Vec<Line<'_>> = Vec::new();
    if let Some(notice) = &start.notice {
        lines.extend(wrap(&harmless(&start.words(notice)), wide).into_iter().map(|row| Line::from(format!(" {row}"))));
    } else if typing.found.is_empty() {
        lines.push(Line::from(" no goal file, session or folder begins like this"));
    } else {
        // Those around the one that Tab has put there.
        let from = typing.tab.unwrap_or(0).saturating_sub(high.saturating_sub(1));
        for (at, path) in typing.found.iter().enumerate().skip(from).take(high) {
            let mark = if typing.tab == Some(at) { Role::Current } else { Role::Text };
            lines.push(Line::from(vec![
                Span::styled(format!(" {} ", mark.glyph()), theme.style(mark)),
                Span::raw(clip(&harmless(path), wide.saturating_sub(2))),
            ]));
        }
    }
    lines.truncate(high);
    Paragraph::new(lines).render(inside, buf);
}

fn draw_help(start: &Start, area: Rect, buf: &mut Buffer) {
    let theme = &start.theme;
    let words = "planscope shows a plan being made, run one step at a time, and rewritten when the world turns out \
                 to be another. Open one of the first lines: {key:step} runs a step, {key:surprise} lets a surprise happen, {key:help} tells \
                 every key that works there.";
    let wide = area.width.min(72);
    let mut lines: Vec<Line<'_>> = wrap(&start.words(words), usize::from(wide).saturating_sub(4))
        .into_iter()
        .map(|l| Line::from(format!(" {l}")))
        .collect();
    lines.push(Line::default());
    for (key, what) in keys(start) {
        lines.push(Line::from(vec![
            Span::styled(format!(" {key:>6} "), theme.style(Role::Key)),
            Span::raw(what.to_owned()),
        ]));
    }
    lines.push(Line::from(" any key closes this"));
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX).min(area.height);
    let frame =
        Rect { x: area.x + (area.width - wide) / 2, y: area.y + (area.height - height) / 2, width: wide, height };
    Clear.render(frame, buf);
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.style(Role::Focus))
        .title(Span::styled(" Help ", theme.style(Role::Strong)));
    Paragraph::new(lines).block(block).render(frame, buf);
}
