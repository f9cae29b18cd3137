//! What can be done here and now: the help (`?`) and the palette (`:`) are two titles of one list.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::ui::dialogs::{Dialog, DialogOutcome, DialogView};
use crate::ui::input::Input;
use crate::ui::widgets::picker::{Entry, Picked, Picker};
use crate::ui::widgets::sheet::{Sheet, inner_width, refusal};

/// One thing that can be done now.
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
}

/// The list of offers; type to filter, Enter runs.
#[derive(Clone, Debug)]
pub struct Offers {
    title: String,
    names: Vec<&'static str>,
    picker: Picker,
    refused: Option<String>,
}

impl Offers {
    /// Returns the help: every key that works here, now.
    pub fn help(offers: Vec<Offer>) -> Offers {
        Offers::titled("Keys that work here, now", offers)
    }

    /// Returns the palette: the same list, headings left out.
    pub fn palette(mut offers: Vec<Offer>) -> Offers {
        for offer in &mut offers {
            offer.group.clear();
        }
        Offers::titled("Do", offers)
    }

    fn titled(title: &str, offers: Vec<Offer>) -> Offers {
        let names = offers.iter().map(|offer| offer.name).collect();
        let entry = |offer: Offer| Entry { name: offer.keys, detail: offer.words, group: offer.group };
        let known = offers.iter().map(|offer| offer.name.replace('_', " ")).collect();
        let picker = Picker::new(offers.into_iter().map(entry).collect()).known_as(known);
        Offers { title: title.into(), names, picker, refused: None }
    }
}

impl Dialog for Offers {
    fn handle(&mut self, input: &Input, _view: &DialogView<'_>) -> DialogOutcome {
        if matches!(input, Input::Key(_)) {
            self.refused = None;
        }
        match self.picker.handle(input) {
            Picked::Nothing => DialogOutcome::Stay,
            Picked::Away => DialogOutcome::Close,
            Picked::Entry(at) => self.names.get(at).map_or(DialogOutcome::Stay, |name| DialogOutcome::Run(name)),
        }
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, view: &DialogView<'_>) {
        let theme = view.theme;
        let width = inner_width(area);
        let (body, focus) = self.picker.rows(width, theme);
        let mut foot = vec![self.picker.filter_line(width, theme)];
        foot.extend(self.picker.whole(width));
        foot.extend(refusal(self.refused.as_deref(), width, theme));
        let hints = vec![("↑↓", "choose"), ("Enter", "do it"), ("Esc", "close")];
        let title = self.title.clone();
        Sheet { title, body, focus, foot, hints, tall: true, foot_title: None }.draw(
            area,
            buf,
            theme,
            &self.picker.scroll,
        );
    }

    fn refuse(&mut self, message: &str) {
        self.refused = Some(message.to_owned());
    }
}
