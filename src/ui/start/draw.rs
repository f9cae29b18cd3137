//! The start screen as a picture: the title, the list, the card of the selected line, the keys.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Paragraph, Widget};

use crate::describe::sanitize::harmless;
use crate::describe::sign::Role;
use crate::describe::text::{clip, clip_words, pad, width, wrap};
use crate::ui::action::Action;
use crate::ui::start::typing::{TYPING, Typing};
use crate::ui::start::{Drawn, Entry, MODES, Start};
use crate::ui::widgets::buttons::{self, Button, Click};
use crate::ui::widgets::row::Row;
use crate::ui::widgets::sheet::{Scroll, Sheet, inner_width};

/// The fewest cells that titles share with what they are about.
const NARROW: usize = 56;

/// Draws the start screen. Returns what a click on it means.
pub(super) fn draw(start: &Start, area: Rect, buf: &mut Buffer) -> Drawn {
    let theme = &start.theme;
    let area = area.intersection(buf.area);
    if area.width < 4 || area.height < 2 {
        Line::from("q quit").render(Rect { height: area.height.min(1), ..area }, buf);
        return Drawn { list: usize::from(area.height), ..Drawn::default() };
    }
    let mut drawn = Drawn::default();
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
    // What to try stands whole.
    let tried = start.entries.get(start.at).map_or(1, |entry| tried(start, entry, wide).len().max(1));
    let card_rows: u16 = if area.height >= 18 { 5 + u16::try_from(tried).unwrap_or(1) } else { 0 };
    // Why something was not done stands whole where there is room for that.
    let said = start.notice.as_deref().filter(|_| start.typing.is_none() || card_rows == 0);
    let said = said.map_or(Vec::new(), |notice| wrap(&harmless(&start.words(notice)), wide.saturating_sub(2)));
    let feet = u16::try_from(said.len()).unwrap_or(u16::MAX).clamp(1, (area.height / 6).max(1));
    let foot = Rect { y: area.bottom() - feet, height: feet, ..area };
    let keys = draw_foot(start, foot, said, buf);
    let row = usize::from(foot.y);
    drawn.buttons = keys.into_iter().map(|(cells, action)| Button::new(row, cells, action)).collect();
    let rows = start.rows();
    let spacer = u16::from(area.height > 10);
    // Without a card, what the selected entry is about has a line of its own.
    let about = u16::from(card_rows == 0 && area.height > 10);
    let list = Rect {
        y: area.y + 1 + spacer,
        height: area.height.saturating_sub(1 + feet + spacer + card_rows + about),
        ..area
    };
    let focus = rows.iter().position(|row| *row == Ok(start.at)).unwrap_or(0);
    let top = (focus + 1).saturating_sub(usize::from(list.height));
    // How much there is above and below what is seen: beside or on what stands below the list.
    let below = rows.len().saturating_sub(top + usize::from(list.height));
    let hidden: String = [('↑', top), ('↓', below)]
        .into_iter()
        .filter(|(_, more)| *more > 0)
        .map(|(sign, more)| format!(" {sign} {more} "))
        .collect();
    if let Some(entry) = start.entries.get(start.at).filter(|_| about > 0) {
        let hint = start.words(&entry.card.hint);
        let words = [&*entry.about, &*hint].into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>();
        let words = format!(" {}", clip_words(&words.join(": "), wide.saturating_sub(2 + width(&hidden))));
        Line::styled(words, theme.style(Role::Dim)).render(Rect { y: foot.y - 1, height: 1, ..area }, buf);
    }
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
    if card_rows > 0
        && let Some(entry) = start.entries.get(start.at)
    {
        // Where there is room, it stands right below the list.
        let below = list.y.saturating_add(u16::try_from(rows.len()).unwrap_or(u16::MAX)).saturating_add(1);
        let card = Rect { y: below.min(foot.y - card_rows), height: card_rows, ..area };
        match &start.typing {
            Some(typing) if typing.copy_of.is_none() => drawn.found = draw_found(start, typing, card, buf),
            Some(_) | None => draw_card(start, entry, card, &hidden, buf),
        }
    } else if width(&hidden) < wide && list.height > 0 {
        let (y, wide) = (list.bottom() + about - 1, width(&hidden) as u16);
        let at = Rect { x: area.right() - wide, y, width: wide, height: 1 };
        Line::styled(hidden, theme.style(Role::Dim)).render(at, buf);
    }
    if start.help {
        draw_help(start, area, buf);
    }
    Drawn { list: usize::from(list.y), top, ..drawn }
}

fn entry_line(start: &Start, entry: &Entry, at: usize, wide: usize) -> Line<'static> {
    let theme = &start.theme;
    let here = at == start.at;
    let mark = if here { Role::Current.glyph() } else { " " };
    let seen = entry.done.unwrap_or_else(|| !start.is_session(at) && start.opened.contains(&entry.title));
    let tick = if seen { Role::Done.glyph() } else { " " };
    let number = if at < start.sessions.min(9) { format!("{}", at + 1) } else { " ".into() };
    let room = wide.saturating_sub(9);
    // Entries of one kind share their columns: what is said of a lesson is not what is said of a session.
    let kin = start.kin(at);
    let widest = |of: fn(&Entry) -> &str| kin.iter().map(|entry| width(of(entry))).max().unwrap_or(0);
    let aside_width = widest(|entry| &entry.aside).min(room / 4);
    let (titles, abouts) = (widest(|entry| &entry.title), widest(|entry| &entry.about));
    let both = room.saturating_sub(aside_width + 2);
    // Where there is no room beside the titles, what they are about is said of the selected one, below the list.
    let (title_width, about_width) = match both {
        both if both < NARROW => (both.min(titles), 0),
        both if titles + abouts <= both => (titles, abouts),
        both => (titles.min(both - abouts.min(both / 2)), abouts.min(both - titles.min(both / 2))),
    };
    let style = if here { theme.style(Role::Current) } else { theme.style(Role::Text) };
    let gap = if title_width + about_width + 2 <= both { "  " } else { " " };
    Line::from(vec![
        Span::styled(format!(" {mark} {number} "), style),
        Span::styled(format!("{tick} "), theme.style(Role::Done)),
        Span::styled(pad(&clip_words(&entry.title, title_width), title_width), style),
        Span::raw(gap),
        Span::raw(pad(&clip_words(&entry.about, about_width), about_width)),
        Span::raw(gap),
        Span::styled(clip(&harmless(&entry.aside), aside_width), theme.style(Role::Dim)),
    ])
}

/// Draws the last line: what is typed, what was refused, which is `said`, or the keys.
/// Returns which cells of it are keys.
fn draw_foot(start: &Start, area: Rect, mut said: Vec<String>, buf: &mut Buffer) -> Vec<Click> {
    let theme = &start.theme;
    let wide = usize::from(area.width);
    if !said.is_empty() {
        let rest = said.split_off(said.len().min(usize::from(area.height) - 1)).join(" ");
        said.push(rest);
        for (y, words) in (area.y..).zip(said) {
            let line = Line::styled(format!(" {}", clip(&words, wide.saturating_sub(1))), theme.style(Role::Warning));
            line.render(Rect { y, height: 1, ..area }, buf);
        }
        return Vec::new();
    }
    let (line, keys) = match &start.typing {
        Some(typing) => {
            let label = if typing.copy_of.is_some() { " copy to: " } else { " file: " };
            let parts =
                start.keymap.parts(&TYPING, " \x01apply\x02 open  \x01next_field\x02 complete  \x01close\x02 back");
            let (keys, _) = buttons::say(Row::new(), &parts, theme.style(Role::Dim));
            let room = wide.saturating_sub(width(label) + keys.left_width() + 2).max(1);
            let text = harmless(&typing.text);
            // The end of what is typed is seen.
            let fits = |from: &usize| width(&text[*from..]) <= room;
            let from = text.char_indices().map(|(from, _)| from).chain([text.len()]).find(fits).unwrap_or(0);
            let row = Row::new()
                .put(label, theme.style(Role::Strong))
                .put(&text[from..], theme.style(Role::Text))
                .put("▏", theme.style(Role::Accent));
            let (row, keys) = buttons::say(row, &parts, theme.style(Role::Dim));
            (row.fit(wide, wide), keys)
        }
        None => keys_line(start, wide),
    };
    line.render(area, buf);
    keys
}

/// Returns the keys that are worth a word, each with what it does: everybody finds the arrows.
fn keys(start: &Start) -> Vec<(String, Action, &'static str)> {
    let loud = |action: Action| match action {
        Action::Up | Action::Down | Action::PageUp | Action::PageDown | Action::Top | Action::Bottom => None,
        Action::Help => Some("help"),
        Action::ResumeLast if !start.is_session(start.sessions) => None,
        action => Some(action.label()),
    };
    let active = start.keymap.active(&MODES);
    let keys = active.iter().filter_map(|(press, action)| Some((*press, *action, loud(*action)?)));
    keys.map(|(press, action, label)| {
        // One of many: the first stands for all.
        let more = if action == Action::ByNumber { "…" } else { "" };
        (format!("{press}{more}"), action, label)
    })
    .collect()
}

fn keys_line(start: &Start, wide: usize) -> (Line<'static>, Vec<Click>) {
    // What does not fit goes; help, and how to leave, stay.
    let mut shown = keys(start);
    let cost =
        |keys: &[(String, Action, &str)]| keys.iter().map(|(key, _, what)| width(key) + width(what) + 3).sum::<usize>();
    while shown.len() > 2 && cost(&shown) > wide {
        shown.remove(shown.len() - 3);
    }
    if cost(&shown) > wide {
        shown.remove(0);
    }
    let (mut line, mut places) = (Line::default(), Vec::new());
    for (key, action, what) in shown {
        let from = line.width() + 1;
        line.push_span(Span::styled(format!(" {key}"), start.theme.style(Role::Key)));
        line.push_span(Span::raw(format!(" {what} ")));
        // Which number a click on all of them stands for nobody can tell.
        places.extend((action != Action::ByNumber).then(|| (from..line.width() - 1, action)));
    }
    (line, places)
}

/// How many rows what to try may take.
const TRIED: usize = 2;

/// Returns what there is to try with `entry`, in the rows of its card on a screen so `wide`.
fn tried(start: &Start, entry: &Entry, wide: usize) -> Vec<String> {
    let room = wide.saturating_sub(LABEL + 2).max(1);
    let mut rows = wrap(&harmless(&start.words(&entry.card.hint)), room);
    if rows.len() > TRIED {
        let rest = rows.split_off(TRIED - 1).join(" ");
        rows.push(clip_words(&rest, room));
    }
    rows
}

/// How wide the labels of the card are, with the blanks around them.
const LABEL: usize = 8;

fn draw_card(start: &Start, entry: &Entry, area: Rect, hidden: &str, buf: &mut Buffer) {
    let theme = &start.theme;
    let title = format!(" {} ", clip(&harmless(&entry.title), usize::from(area.width).saturating_sub(6)));
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.style(Role::Border))
        .title(Span::styled(title, theme.style(Role::Title)))
        .title_top(Line::styled(hidden.to_owned(), theme.style(Role::Dim)).right_aligned());
    let inside = block.inner(area);
    block.render(area, buf);
    let card = &entry.card;
    let wide = usize::from(inside.width).saturating_sub(LABEL);
    let rows = [("goal", &card.goal), ("wants", &card.wants), ("tools", &card.tools)];
    let rows = rows.into_iter().filter(|(_, text)| !text.is_empty());
    let rows = rows.map(|(label, text)| (label, clip(&harmless(&start.words(text)), wide)));
    let labels = std::iter::once("try").chain(std::iter::repeat(""));
    let line = |(label, words): (&str, String)| {
        Line::from(vec![Span::styled(format!(" {label:<6} "), theme.style(Role::Strong)), Span::raw(words)])
    };
    let hint = tried(start, entry, usize::from(area.width)).into_iter().filter(|_| !card.hint.is_empty());
    let lines: Vec<Line<'_>> = rows.chain(labels.zip(hint)).map(line).collect();
    Paragraph::new(lines).render(inside, buf);
}

/// Draws what a path that is typed may become, or why it cannot be opened. Returns the row of each path.
fn draw_found(start: &Start, typing: &Typing, area: Rect, buf: &mut Buffer) -> Vec<(usize, usize)> {
    let theme = &start.theme;
    let title = if start.notice.is_some() { " It was not opened " } else { " \x01next_field\x02 completes " };
    let title = start.keymap.fill(&TYPING, title);
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.style(Role::Border))
        .title(Span::styled(title, theme.style(Role::Title)));
    let inside = block.inner(area);
    block.render(area, buf);
    let (wide, high) = (usize::from(inside.width).saturating_sub(2), usize::from(inside.height));
    let (mut lines, mut found): (Vec<Line<'_>>, _) = (Vec::new(), Vec::new());
    if let Some(notice) = &start.notice {
        lines.extend(wrap(&harmless(&start.words(notice)), wide).into_iter().map(|row| Line::from(format!(" {row}"))));
    } else if typing.found.is_empty() {
        lines.push(Line::from(" no goal file, session or folder begins like this"));
    } else {
        // Those around the one that Tab has put there.
        let from = typing.tab.unwrap_or(0).saturating_sub(high.saturating_sub(1));
        for (at, path) in typing.found.iter().enumerate().skip(from).take(high) {
            found.push((usize::from(inside.y) + lines.len(), at));
            let mark = if typing.tab == Some(at) { Role::Current } else { Role::Text };
            lines.push(Line::from(vec![
                Span::styled(format!(" {} ", mark.glyph()), theme.style(mark)),
                Span::raw(clip(&harmless(path), wide.saturating_sub(2))),
            ]));
        }
    }
    lines.truncate(high);
    Paragraph::new(lines).render(inside, buf);
    found
}

fn draw_help(start: &Start, area: Rect, buf: &mut Buffer) {
    let theme = &start.theme;
    let words = "planscope shows a plan being made, run one step at a time, and rewritten when the world turns out \
                 to be another. Open one of the first lines: \x01step\x02 runs a step, \x01surprise\x02 lets a surprise happen, \x01help\x02 tells \
                 every key that works there.";
    let mut body: Vec<Line<'static>> =
        wrap(&start.words(words), inner_width(area)).into_iter().map(Line::from).collect();
    body.push(Line::default());
    for (key, _, what) in keys(start) {
        body.push(Line::from(vec![
            Span::styled(format!("{key:>6} "), theme.style(Role::Key)),
            Span::raw(what.to_owned()),
        ]));
    }
    body.push(Line::from("any key closes this"));
    Sheet { title: "Help".to_owned(), body, ..Sheet::default() }.draw(area, buf, theme, &Scroll::default());
}
