//! Regular expressions: matches as jq describes them, with a place for every group.

use bstr::ByteSlice;
use jaq_core::native::v;
use jaq_json::Val;
use regex_bites::bytes::{Captures, Regex, RegexBuilder};

use super::super::value::{Error, JqValue, describe, error};
use super::{Listed, once};

pub(super) fn natives() -> Vec<Listed> {
    vec![
        ("matches_", v(2), |mut cv| {
            let flags = cv.0.pop_var();
            let pattern = cv.0.pop_var();
            once(Search::new(&cv.1, &pattern, &flags).map(|search| search.matches()))
        }),
        ("edits_", v(2), |mut cv| {
            let flags = cv.0.pop_var();
            let pattern = cv.0.pop_var();
            once(Search::new(&cv.1, &pattern, &flags).map(|search| search.edits()))
        }),
        ("split_", v(2), |mut cv| {
            let flags = cv.0.pop_var();
            let pattern = cv.0.pop_var();
            once(Search::new(&cv.1, &pattern, &flags).map(|search| search.split()))
        }),
    ]
}

/// A text, and what is looked for in it.
struct Search<'t> {
    value: &'t JqValue,
    text: &'t [u8],
    regex: Regex,
    /// All matches, not the first only.
    global: bool,
    /// Passes over matches of nothing.
    not_empty: bool,
}

impl<'t> Search<'t> {
    fn new(value: &'t JqValue, pattern: &JqValue, flags: &JqValue) -> Result<Self, Error> {
        let cannot =
            |value: &JqValue| error(format!("{} cannot be matched, as it is not a string", describe(&value.0)));
        let text = value.bytes().ok_or_else(|| cannot(value))?;
        let pattern = pattern.bytes().and_then(|bytes| bytes.to_str().ok()).ok_or_else(|| cannot(pattern))?;
        let unknown = || error(format!("{} is not a string of regex flags", describe(&flags.0)));
        let given = match &flags.0 {
            Val::Null => "",
            _ => flags.bytes().and_then(|bytes| bytes.to_str().ok()).ok_or_else(unknown)?,
        };
        let (mut global, mut not_empty) = (false, false);
        let mut builder = RegexBuilder::new(pattern);
        for flag in given.chars() {
            match flag {
                'g' => global = true,
                'n' => not_empty = true,
                'i' => drop(builder.case_insensitive(true)),
                'x' => drop(builder.ignore_whitespace(true)),
                's' => drop(builder.dot_matches_new_line(true)),
                'l' => drop(builder.swap_greed(true)),
                'p' => drop(builder.multi_line(true).dot_matches_new_line(true)),
                _ => return Err(error(format!("{given} is not a valid modifier string"))),
            }
        }
        let regex = builder.build().map_err(|fault| {
            error(format!(
                "{} (at offset 0) is not a valid regex: {fault}",
                pattern.chars().take(100).collect::<String>()
            ))
        })?;
        Ok(Search { value, text, regex, global, not_empty })
    }

    fn captures(&self) -> impl Iterator<Item = Captures<'_>> {
        let found = self.regex.captures_iter(self.text);
        let found =
            found.filter(|captures| !self.not_empty || captures.get(0).is_some_and(|m| !m.as_bytes().is_empty()));
        found.take(if self.global { usize::MAX } else { 1 })
    }

    fn part(&self, bytes: &[u8]) -> Val {
        jaq_std::ValT::as_sub_str(self.value, bytes).0
    }

    /// Returns the matches as objects.
    fn matches(&self) -> JqValue {
        let mut places = Places::new(self.text);
        let mut found = Vec::new();
        for captures in self.captures() {
            let mut groups = captures.iter().zip(self.regex.capture_names()).map(|(group, name)| {
                let name = name.map_or(Val::Null, |name| Val::from(name.to_owned()));
                match group {
                    Some(group) => (
                        Val::from(places.of(group.start())),
                        Val::from(group.as_bytes().chars().count()),
                        self.part(group.as_bytes()),
                        name,
                    ),
                    // As in jq a group that took no part keeps its place.
                    None => (Val::from(-1isize), Val::from(0usize), Val::Null, name),
                }
            });
            let Some((offset, length, string, _)) = groups.next() else { continue };
            let groups = groups.map(|(offset, length, string, name)| {
                JqValue::object([("offset", offset), ("length", length), ("string", string), ("name", name)]).0
            });
            let groups: Val = groups.collect();
            let whole = [("offset", offset), ("length", length), ("string", string), ("captures", groups)];
            found.push(JqValue::object(whole).0);
        }
        JqValue::array(found)
    }

    /// Returns, for each match, the text before it and its named groups; and the text after the last.
    fn edits(&self) -> JqValue {
        let mut end = 0;
        let mut edits = Vec::new();
        for captures in self.captures() {
            let Some(whole) = captures.get(0) else { continue };
            let named = captures.iter().zip(self.regex.capture_names()).filter_map(|(group, name)| {
                let text = group.map_or(Val::Null, |group| self.part(group.as_bytes()));
                Some((Val::from(name?.to_owned()), text))
            });
            let named = Val::obj(named.collect());
            let before = self.part(self.text.get(end..whole.start()).unwrap_or_default());
            edits.push([before, named].into_iter().collect());
            end = whole.end();
        }
        JqValue::array(vec![edits.into_iter().collect(), self.part(&self.text[end..])])
    }

    /// Returns the texts between the matches.
    fn split(&self) -> JqValue {
        let mut end = 0;
        let mut parts = Vec::new();
        for whole in self.captures().filter_map(|captures| captures.get(0).map(|whole| whole.range())) {
            parts.push(self.part(self.text.get(end..whole.start).unwrap_or_default()));
            end = whole.end;
        }
        parts.push(self.part(&self.text[end..]));
        JqValue::array(parts)
    }
}

/// Turns byte offsets into counts of code points; cheap where they grow.
struct Places<'t> {
    text: &'t [u8],
    byte: usize,
    count: usize,
}

impl<'t> Places<'t> {
    fn new(text: &'t [u8]) -> Self {
        Places { text, byte: 0, count: 0 }
    }

    fn of(&mut self, byte: usize) -> usize {
        if byte < self.byte {
            (self.byte, self.count) = (0, 0);
        }
        self.count += self.text[self.byte..byte].chars().count();
        self.byte = byte;
        self.count
    }
}
