//! What a person has set for themselves: a theme, the mouse, keys of their own, in a file that they write.
//!
//! A fault in it never keeps the program from starting: what it is about stays as it is without the file, and the fault is
//! said with its line.

use std::fmt::{self, Display, Formatter};
use std::ops::Range;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::opening::ThemeName;
use crate::describe::nearest::nearest;
use crate::input_file;

/// The largest configuration file that is read, in bytes.
const LONGEST: u64 = 256 * 1024;

/// The variable that names another file than the usual one.
pub const VARIABLE: &str = "PLANSCOPE_CONFIG";

/// What can be set at the top of the file.
const FIELDS: [&str; 3] = ["theme", "mouse", "keys"];

/// What a person has set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The file that it was read from, or would be; none where this person has no home folder.
    pub path: Option<PathBuf>,
    /// Whether the file is there.
    pub found: bool,
    /// How the dashboard looks.
    pub theme: Option<ThemeName>,
    /// Whether the dashboard takes the mouse; without it the terminal selects text.
    pub mouse: bool,
    /// The keys of actions, in the order of the file.
    pub keys: Vec<OwnKeys>,
    /// What is wrong with the file, in its order.
    pub faults: Vec<Fault>,
}

/// The keys that an action is to have in a mode, in the words of the keymap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnKeys {
    /// The mode: `plan`.
    pub mode: String,
    /// The action: `delete`.
    pub action: String,
    /// The keys: `ctrl-d`; none takes its keys away.
    pub keys: Vec<String>,
    /// The line of the file, from 1.
    pub line: usize,
}

/// The keys that are in force.
#[derive(Clone, Debug)]
pub struct Effective {
    /// Mode, action and keys, in the order in which the keymap has them.
    pub lines: Vec<(&'static str, &'static str, Vec<String>)>,
    /// What is wrong with a person's own.
    pub faults: Vec<Fault>,
}

/// Something wrong with the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The line, from 1; none where the file could not be read.
    pub line: Option<usize>,
    /// What is wrong, in a sentence.
    pub message: String,
}

impl Default for Config {
    fn default() -> Config {
        Config { path: None, found: false, theme: None, mouse: true, keys: Vec::new(), faults: Vec::new() }
    }
}

impl Config {
    /// Reads this person's file: the one that [`VARIABLE`] names, else `<config>/planscope/config.toml`.
    pub fn load() -> Config {
        let named = std::env::var_os(VARIABLE).filter(|named| !named.is_empty()).map(PathBuf::from);
        let asked = named.is_some();
        let usual = || Some(etcetera::choose_base_strategy().ok()?.config_dir().join("planscope").join("config.toml"));
        let Some(path) = named.or_else(usual) else { return Config::default() };

        let config = match input_file::read(&path, LONGEST) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Config { found: true, ..Config::read(&text) },
                Err(_) => Config::unread("it is not UTF-8".into()),
            },
            Err(_) if !asked && matches!(path.try_exists(), Ok(false)) => Config::default(),
            Err(error) => Config::unread(format!("it cannot be read: {error}")),
        };
        Config { path: Some(path), ..config }
    }

    fn unread(message: String) -> Config {
        Config { faults: vec![Fault { line: None, message }], ..Config::default() }
    }

    /// Reads the text of a file; what is wrong in it is left out and among the faults.
    pub fn read(text: &str) -> Config {
        let (table, errors) = DeTable::parse_recoverable(text);
        let line = |span: Range<usize>| {
            Some(text.get(..span.start).unwrap_or(text).bytes().filter(|byte| *byte == b'\n').count() + 1)
        };
        let mut reading = Reading { config: Config::default(), line: &line };
        for error in errors {
            let message = format!("this is not TOML: {}", error.message());
            reading.config.faults.push(Fault { line: error.span().and_then(line), message });
        }
        for (name, value) in table.get_ref() {
            reading.field(name.get_ref(), name.span(), value);
        }
        let mut config = reading.config;
        config.faults.sort();
        config.faults.dedup();
        config.keys.sort_by_key(|own| own.line);
        config
    }

    /// Returns `fault` as a person is told it: with the file and the line.
    pub fn said(&self, fault: &Fault) -> String {
        let path = self.path.as_deref().unwrap_or(Path::new("config.toml")).display();
        match fault.line {
            Some(line) => format!("{path}:{line}: {fault}"),
            None => format!("{path}: {fault}"),
        }
    }

    /// Returns these faults as a person is told of all of them at once; none: there is none.
    pub fn said_all(&self, faults: &[&Fault]) -> Option<String> {
        if let [] | [_] = faults {
            return faults.first().map(|fault| self.said(fault));
        }
        let path = self.path.as_deref().unwrap_or(Path::new("config.toml")).display();
        let one = |fault: &&Fault| match fault.line {
            Some(line) => format!("line {line}: {}", fault.message),
            None => fault.message.clone(),
        };
        let said = faults.iter().map(one).collect::<Vec<_>>().join("; ");
        Some(format!("{path} has {} faults (`planscope config` says them): {said}", faults.len()))
    }
}

impl Display for Fault {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        write!(to, "{}; without it: the default", self.message)
    }
}

struct Reading<'l> {
    config: Config,
    line: &'l dyn Fn(Range<usize>) -> Option<usize>,
}

impl Reading<'_> {
    fn fault(&mut self, span: Range<usize>, message: String) {
        self.config.faults.push(Fault { line: (self.line)(span), message });
    }

    fn field(&mut self, name: &str, at: Range<usize>, value: &Spanned<DeValue<'_>>) {
        match (name, value.get_ref()) {
            ("theme", DeValue::String(word)) if let Some(theme) = ThemeName::parse(word) => {
                self.config.theme = Some(theme);
            }
            ("theme", _) => {
                let names = ThemeName::ALL.map(ThemeName::word).join(", ");
                self.fault(value.span(), format!("theme is one of {names}, in quotes"));
            }
            ("mouse", DeValue::Boolean(mouse)) => self.config.mouse = *mouse,
            ("mouse", _) => self.fault(value.span(), "mouse is true or false".into()),
            ("keys", DeValue::Table(modes)) => {
                for (mode, lines) in modes {
                    match lines.get_ref() {
                        DeValue::Table(lines) => {
                            lines.iter().for_each(|(action, keys)| self.keys(mode.get_ref(), action, keys));
                        }
                        _ => self.fault(
                            mode.span(),
                            format!("keys.{mode} is a table: [keys.{mode}]", mode = mode.get_ref()),
                        ),
                    }
                }
            }
            ("keys", _) => self.fault(at, "keys is a table of tables: [keys.plan]".into()),
            _ => {
                let meant = nearest(name, FIELDS).map(|near| format!(" (did you mean {near}?)")).unwrap_or_default();
                self.fault(at, format!("there is nothing called {name}{meant}: there are {}", FIELDS.join(", ")));
            }
        }
    }

    fn keys(&mut self, mode: &str, action: &Spanned<std::borrow::Cow<'_, str>>, value: &Spanned<DeValue<'_>>) {
        let text = |value: &Spanned<DeValue<'_>>| match value.get_ref() {
            DeValue::String(key) => Some(key.to_string()),
            _ => None, // no key is anything else
        };
        let keys = match value.get_ref() {
            DeValue::String(key) => Some(vec![key.to_string()]),
            DeValue::Array(keys) => keys.iter().map(text).collect(),
            _ => None, // keys are texts
        };
        match keys {
            Some(keys) => {
                let (mode, action, line) = (mode.to_owned(), action.get_ref().to_string(), (self.line)(action.span()));
                self.config.keys.push(OwnKeys { mode, action, keys, line: line.unwrap_or(1) });
            }
            None => {
                let action = action.get_ref();
                self.fault(value.span(), format!("the keys of {action} are a list of texts: [\"ctrl-d\"]"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_read_in_the_order_of_the_file() {
        let config = Config::read(
            "theme = \"light\"\nmouse = false\n[keys.trace]\nfind = [\"ctrl-f\", \"/\"]\n[keys.plan]\ndelete = \"x\"\nskip = []\n",
        );
        assert_eq!((config.theme, config.mouse, &config.faults[..]), (Some(ThemeName::Light), false, &[][..]));
        let own: Vec<_> = config.keys.iter().map(|own| (&*own.mode, &*own.action, own.keys.len(), own.line)).collect();
        assert_eq!(own, [("trace", "find", 2, 4), ("plan", "delete", 1, 6), ("plan", "skip", 0, 7)]);
    }

    #[test]
    fn a_fault_is_said_with_its_line_and_the_rest_is_taken() {
        let config =
            Config::read("theem = \"dark\"\nmouse = \"yes\"\ntheme = \"dark\"\n[keys]\nplan = 3\n[keys.x]\nq = 1\n");
        assert_eq!(config.theme, Some(ThemeName::Dark));
        let said: Vec<(Option<usize>, &str)> =
            config.faults.iter().map(|fault| (fault.line, fault.message.as_str())).collect();
        assert_eq!(said.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [Some(1), Some(2), Some(5), Some(7)]);
        assert!(said[0].1.contains("did you mean theme?") && said[3].1.contains("[\"ctrl-d\"]"), "{said:?}");
    }

    #[test]
    fn what_is_no_toml_is_named_where_it_is() {
        let config = Config::read("mouse = false\ntheme = \n");
        assert!(!config.mouse, "what stands before it counts");
        assert_eq!(config.faults.iter().map(|fault| fault.line).max(), Some(Some(2)), "{:?}", config.faults);
        for text in ["[", "a = [[[[", "\u{0}", "= 1", "[keys.plan]\n[keys.plan]\n"] {
            assert!(!Config::read(text).faults.is_empty(), "{text:?}");
        }
    }
}
