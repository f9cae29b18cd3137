//! What can be done here and now: the help (`?`) and the palette (`:`) are two titles of one list.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::ui::action::Action;
use crate::ui::dialogs::{Dialog, DialogOutcome, DialogView};
use crate::ui::input::{Input, KeyPress};
use crate::ui::keymap::{Keymap, Mode};
use crate::ui::widgets::picker::{Entry, Picked, Picker};
use crate::ui::widgets::sheet::{Sheet, inner_width, refusal};

/// One thing that can be done, or the reason why it cannot be now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The name of the action, as the keymap knows it.
    pub name: &'static str,
    /// The keys that do it, as they are shown.
    pub keys: String,
    /// What it does, in a sentence.
    pub words: String,
    /// The heading that it stands under.
    pub group: String,
    /// Why it cannot be done now; none: it can.
    pub refused: Option<String>,
}

/// The heading of what cannot be done now.
const NOT_NOW: &str = "not now";

/// The list of offers; type to filter, Enter runs.
#[derive(Clone, Debug)]
pub struct Offers {
    title: String,
    is_help: bool,
    offers: Vec<(&'static str, Option<String>)>,
    picker: Picker,
    refused: Option<String>,
}

impl Offers {
    /// Returns the help: every key that works here, now.
    pub fn help(offers: Vec<Offer>) -> Offers {
        Offers { is_help: true, ..Offers::titled("Keys that work here, now", offers) }
    }

    /// Returns everything that the keymap binds in `modes`, with why what does nothing now does not: the palette, or the help.
    pub(crate) fn of(
        keymap: &Keymap,
        modes: &[Mode],
        refusal: impl Fn(Action) -> Option<String>,
        palette: bool,
    ) -> Offers {
        let bindings = keymap.bindings().iter().filter(|binding| modes.contains(&binding.mode));
        let offers = bindings.map(|binding| {
            let refused = refusal(binding.action).filter(|why| !why.is_empty());
            let refused = refused.map(|why| keymap.fill(modes, &why).into_owned());
            let keys = binding.keys.iter().map(std::string::ToString::to_string).collect::<Vec<_>>().join(" ");
            let (name, words) = (binding.action.name(), binding.action.help().to_owned());
            Offer { name, keys, words, group: "here, now".to_owned(), refused }
        });
        let offers = offers.collect();
        if palette { Offers::palette(offers) } else { Offers::help(offers) }
    }

    /// Returns the palette: the same list, headings left out.
    pub fn palette(mut offers: Vec<Offer>) -> Offers {
        for offer in &mut offers {
            offer.group.clear();
        }
        Offers::titled("Do", offers)
    }

    /// Lists `offers` from now on: what can be done may have changed.
    pub fn renew(&mut self, offers: Vec<Offer>) {
        let new = if self.is_help { Offers::help(offers) } else { Offers::palette(offers) };
        if new.offers != self.offers {
            *self = Offers { picker: new.picker.narrowed_as(&self.picker), ..new };
        }
    }

    fn titled(title: &str, mut offers: Vec<Offer>) -> Offers {
        offers.sort_by_key(|offer| offer.refused.is_some());
        let known: Vec<String> = offers.iter().map(|offer| offer.name.replace('_', " ")).collect();
        let entry = |(offer, known): (&Offer, &String)| match &offer.refused {
            None => Entry { name: offer.keys.clone(), detail: offer.words.clone(), group: offer.group.clone() },
            Some(why) => {
                Entry { name: offer.keys.clone(), detail: format!("{known}: {why}"), group: NOT_NOW.to_owned() }
            }
        };
        let entries = offers.iter().zip(&known).map(entry).collect();
        let picker = Picker::new(entries).known_as(known);
        let offers = offers.into_iter().map(|offer| (offer.name, offer.refused)).collect();
        Offers { title: title.into(), is_help: false, offers, picker, refused: None }
    }
}

impl Dialog for Offers {
    fn handle(&mut self, input: &Input, view: &DialogView<'_>) -> DialogOutcome {
        if matches!(input, Input::Key(_)) {
            self.refused = None;
        }
        match self.picker.handle(input, view.keymap) {
            Picked::Nothing => DialogOutcome::Stay,
            Picked::Away => DialogOutcome::Close,
            Picked::Entry(at) => match self.offers.get(at) {
                Some((name, None)) => DialogOutcome::Run(name),
                Some((_, Some(why))) => {
                    self.refused = Some(why.clone());
                    DialogOutcome::Stay
                }
                None => DialogOutcome::Stay,
            },
        }
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, view: &DialogView<'_>) {
        let theme = view.theme;
        let width = inner_width(area);
        let (body, focus) = self.picker.rows(width, theme);
        let mut foot = vec![self.picker.filter_line(width, theme)];
        foot.extend(self.picker.whole(width));
        foot.extend(refusal(self.refused.as_deref(), width, theme));
        let hints = view.hints(&[Mode::List, Mode::Form]).keys(&[Action::Up, Action::Down], "choose");
        let hints = hints.key(Action::Take, "do it").key(Action::Clear, "clear the filter");
        let hints = hints.key(Action::Close, "close").done();
        let title = self.title.clone();
        Sheet { title, body, focus, foot, hints, tall: true, ..Sheet::default() }.draw(
            area,
            buf,
            theme,
            &self.picker.scroll,
        );
    }

    fn offers(&mut self) -> Option<&mut Offers> {
        Some(self)
    }

    fn takes_space(&self) -> bool {
        self.picker.is_narrowed()
    }

    fn key_at(&self, column: u16, row: u16) -> Option<KeyPress> {
        self.picker.scroll.key_at(column, row)
    }

    fn refuse(&mut self, message: &str) {
        self.refused = Some(message.to_owned());
    }
}
