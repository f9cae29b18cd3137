//! The palette as it is rendered: its contrast, and that no role is said by colour alone.

use ratatui::style::Stylize;
use ratatui::text::Span;

use super::*;

/// Returns the red, green and blue of a colour that looks the same everywhere; none: the terminal decides.
fn rgb(colour: Color) -> Option<(u8, u8, u8)> {
    let step = |at: u8| if at == 0 { 0 } else { 55 + 40 * at };
    match colour {
        Color::Rgb(r, g, b) => Some((r, g, b)),
        Color::Indexed(at @ 16..=231) => Some((step((at - 16) / 36), step((at - 16) / 6 % 6), step((at - 16) % 6))),
        Color::Indexed(at @ 232..) => Some((8 + 10 * (at - 232), 8 + 10 * (at - 232), 8 + 10 * (at - 232))),
        _ => None, // the 16 are the terminal's own
    }
}

type Rgb = (u8, u8, u8);

/// Backgrounds with the colour that text has on them: black, solarized dark; white, solarized light.
const DARK: [(Rgb, Rgb); 2] = [((0, 0, 0), (0xc0, 0xc0, 0xc0)), ((0, 0x2b, 0x36), (0x83, 0x94, 0x96))];
const LIGHT: [(Rgb, Rgb); 2] = [((255, 255, 255), (0, 0, 0)), ((0xfd, 0xf6, 0xe3), (0x58, 0x6e, 0x75))];

/// The parts of the screen that carry text and are no signs.
const PARTS: [Role; 13] = [
    Role::Text,
    Role::Strong,
    Role::Dim,
    Role::Border,
    Role::Focus,
    Role::Title,
    Role::Accent,
    Role::Key,
    Role::Error,
    Role::Warning,
    Role::Selected,
    Role::Pending,
    Role::Kept,
];

fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Returns the least contrast of a line rendered in a terminal with these colours.
fn least(line: &Line<'_>, (behind, text): (Rgb, Rgb)) -> f64 {
    let area = Rect::new(0, 0, 40, 1);
    let mut buf = Buffer::empty(area);
    ratatui::widgets::Widget::render(line, area, &mut buf);
    let of = |colour, usual| if colour == Color::Reset { usual } else { rgb(colour).expect("a fixed colour") };
    let cells = buf.content().iter().filter(|cell| cell.symbol() != " ");
    let cells: Vec<f64> = cells
        .map(|cell| match cell.modifier.contains(Modifier::REVERSED) {
            true => contrast(of(cell.bg, behind), of(cell.fg, text)),
            false => contrast(of(cell.fg, text), of(cell.bg, behind)),
        })
        .collect();
    assert!(!cells.is_empty());
    cells.into_iter().fold(f64::INFINITY, f64::min)
}

#[test]
fn every_text_has_a_contrast_of_4_5_on_every_background() {
    for (light, backgrounds) in [(false, DARK), (true, LIGHT)] {
        for (background, rgb) in
            backgrounds.into_iter().flat_map(|background| [(background, true), (background, false)])
        {
            let theme = Theme(Colours::Fixed { light, rgb });
            let parts = |roles: &[Role]| {
                let span = |role: &Role| {
                    Span::styled(format!("{role:?}").chars().take(2).collect::<String>(), theme.style(*role))
                };
                Line::from(roles.iter().map(span).collect::<Vec<_>>())
            };
            for role in Role::SIGNS.into_iter().chain(PARTS) {
                let line = parts(&[role]);
                let told = format!("{role:?} on {background:?}, rgb {rgb}");
                let found = least(&line, background);
                assert!(found >= 4.5, "{told}: {found:.2}");
                let found = least(&theme.select(line.clone()), background);
                assert!(found >= 4.5, "{told}, selected: {found:.2}");
                let found = least(&theme.aside(line.clone()), background);
                assert!(found >= 4.5, "{told}, beside what is shown: {found:.2}");
                for row in [Role::Stale, Role::Surprise, Role::Added, Role::Removed] {
                    let found = least(&theme.tint(line.clone(), row), background);
                    assert!(found >= 4.5, "{told}, in a row {row:?}: {found:.2}");
                    let found = least(&theme.select(theme.tint(line.clone(), row)), background);
                    assert!(found >= 4.5, "{told}, selected in a row {row:?}: {found:.2}");
                }
            }
            // A title stands on a frame.
            let title =
                Line::from(vec![Span::styled("title", theme.style(Role::Title))]).style(theme.style(Role::Border));
            assert!(least(&title, background) >= 4.5);
        }
    }
}

#[test]
fn a_bar_can_be_seen_and_a_row_is_told_from_the_others_without_colour() {
    for light in [false, true] {
        let (behind, theme) = (if light { LIGHT } else { DARK }, Theme(Colours::Fixed { light, rgb: true }));
        for (background, _) in behind {
            let bar = rgb(theme.style(Role::Selected).bg.expect("a bar")).expect("fixed");
            assert!(contrast(bar, background) > 1.2, "{light}");
        }
    }
    for theme in [Theme::plain(), Theme::coloured()] {
        for role in [Role::Stale, Role::Surprise, Role::Removed] {
            assert_ne!(theme.row(role).add_modifier, Modifier::empty(), "{role:?}");
            assert_eq!((theme.row(role).fg, theme.row(role).bg), (None, None), "{role:?}");
        }
        let selected = theme.select(Line::from("x".red()));
        assert!(selected.spans[0].style.add_modifier.contains(Modifier::REVERSED));
    }
}

#[test]
fn of_16_colours_no_role_uses_one_that_vanishes_on_light_or_dark_backgrounds() {
    let theme = Theme::coloured();
    for role in Role::SIGNS {
        let colour = theme.style(role).fg;
        let gone = [Color::White, Color::Black, Color::Yellow, Color::Gray, Color::DarkGray];
        assert!(colour.is_none_or(|colour| !gone.contains(&colour)), "{role:?}");
        assert_eq!(theme.words(role).fg, None, "{role:?}");
    }
}

#[test]
fn the_plain_theme_has_modifiers_only() {
    for role in Role::SIGNS.into_iter().chain(PARTS) {
        let style = Theme::plain().style(role);
        assert_eq!((style.fg, style.bg), (None, None), "{role:?}");
    }
}

/// Chooses in an environment of `NAME=value` words.
fn choose(named: Option<ThemeName>, set: &str) -> Chosen {
    let value =
        |name: &str| set.split(' ').find_map(|word| word.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned);
    Theme::choose(named, None, value)
}

#[test]
fn the_option_wins_over_the_variable_and_no_color_over_both() {
    let fixed = |light, rgb| Theme(Colours::Fixed { light, rgb });
    let many = "TERM=xterm-256color";
    assert_eq!(choose(None, many), Chosen { theme: fixed(false, false), ask: true, complaint: None });
    assert_eq!(choose(None, "TERM=xterm-256color COLORTERM=truecolor").theme, fixed(false, true));
    assert_eq!(choose(None, "TERM=xterm-256color COLORFGBG=0;15").theme, fixed(true, false));
    assert_eq!(choose(None, "TERM=xterm-256color COLORFGBG=15;default;0").theme, fixed(false, false));
    let light = choose(None, "TERM=xterm-256color PLANSCOPE_THEME=light");
    assert_eq!((light.theme, light.ask), (fixed(true, false), false));
    let dark = choose(Some(ThemeName::Dark), "TERM=xterm-256color PLANSCOPE_THEME=light COLORFGBG=0;15");
    assert_eq!((dark.theme, dark.ask), (fixed(false, false), false));
    for plain in ["TERM=xterm-256color NO_COLOR=1", "TERM=dumb", "TERM=xterm-256color PLANSCOPE_THEME=plain NO_COLOR="]
    {
        assert_eq!(choose(None, plain).theme, Theme::plain(), "{plain}");
    }
    assert_eq!(choose(Some(ThemeName::Light), "TERM=xterm-256color NO_COLOR=1").theme, Theme::plain());
    assert_eq!(choose(Some(ThemeName::Light), "TERM=linux").theme, Theme::coloured(), "16 colours");
    assert!(!choose(None, "TERM=screen-256color").ask && choose(None, "TERM=screen-256color TMUX=1").ask);
}

#[test]
fn a_variable_that_names_no_theme_is_named_and_the_default_applies() {
    let chosen = choose(None, "TERM=xterm-256color PLANSCOPE_THEME=solar");
    let complaint = chosen.complaint.expect("a sentence");
    assert!(complaint.contains("\"solar\"") && complaint.contains("auto, dark, light, terminal, plain"), "{complaint}");
    assert_eq!(chosen.theme, choose(None, "TERM=xterm-256color").theme);
    assert_eq!(choose(Some(ThemeName::Dark), "PLANSCOPE_THEME=solar").complaint, None, "nobody asked it");
}

#[test]
fn the_background_decides_between_light_and_dark() {
    let theme = choose(None, "TERM=xterm-256color").theme;
    for (background, light) in [(DARK[0].0, false), (DARK[1].0, false), (LIGHT[0].0, true), (LIGHT[1].0, true)] {
        assert_eq!(theme.on(background), Theme(Colours::Fixed { light, rgb: false }));
    }
    assert_eq!(Theme::plain().on((255, 255, 255)), Theme::plain());
}
