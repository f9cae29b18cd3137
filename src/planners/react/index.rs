//! The telling words of texts, and what is known of a catalogue for every turn: who has a word, reads and writes a key.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use unicode_segmentation::UnicodeSegmentation;

use super::glance::Glance;
use crate::engine::goal::{Catalogue, Key, ToolName};

/// Words that say nothing about what a tool is for.
const EMPTY: &[&str] = &[
    "a", "about", "all", "an", "and", "any", "are", "as", "at", "be", "been", "before", "but", "by", "can", "do",
    "each", "every", "for", "from", "had", "has", "have", "if", "in", "into", "is", "it", "its", "let", "no", "none",
    "not", "now", "of", "on", "once", "one", "or", "our", "out", "over", "so", "step", "than", "that", "the", "their",
    "them", "then", "there", "these", "they", "this", "to", "until", "up", "value", "was", "we", "were", "what",
    "when", "where", "which", "who", "will", "with", "you", "your",
];

/// A catalogue, looked up by word and by key: a run asks for it at each of its turns.
pub(super) struct Index {
    /// Each telling word with the places of the tools that have it, in order.
    pub(super) having: HashMap<String, Vec<usize>>,
    /// The square root of how many telling words each tool has, at least 1.
    pub(super) root_of_words: Vec<f64>,
    /// The place of each tool.
    pub(super) places: HashMap<ToolName, usize>,
    /// Every key that any tool reads or writes, by name; its place is its number.
    pub(super) keys: Vec<Key>,
    /// What each tool reads, by these numbers.
    pub(super) reads: Vec<Box<[usize]>>,
    /// What each tool writes, by these numbers.
    pub(super) writes: Vec<Box<[usize]>>,
    /// The tools that read each key, and those that write it, by its number.
    users: Vec<[Vec<usize>; 2]>,
    /// How it stood at turns before.
    pub(super) glances: Mutex<Vec<Glance>>,
}

/// Returns the square root of a number of words, of which there is at least one.
pub(super) fn root_of(words: usize) -> f64 {
    (words.max(1) as f64).sqrt()
}

/// The catalogues that were indexed last.
static INDEXED: Mutex<Vec<(Arc<Catalogue>, Arc<Index>)>> = Mutex::new(Vec::new());

/// How many of them are kept.
const KEPT: usize = 4;

impl Index {
    /// Returns the index of `tools`.
    pub(super) fn of(tools: &Arc<Catalogue>) -> Arc<Index> {
        let kept = || INDEXED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, index)) = kept().iter().find(|(catalogue, _)| same_tools(catalogue, tools)) {
            return index.clone();
        }
        // Not under the lock: lanes run side by side.
        let index = Arc::new(Index::build(tools));
        let mut kept = kept();
        kept.truncate(KEPT - 1);
        kept.insert(0, (tools.clone(), index.clone()));
        index
    }

    fn build(tools: &Catalogue) -> Index {
        let keys: BTreeSet<&Key> = tools.values().flat_map(|tool| tool.inputs.iter().chain(&tool.outputs)).collect();
        let numbers: HashMap<&Key, usize> = keys.iter().enumerate().map(|(at, key)| (*key, at)).collect();
        let mut index = Index {
            having: HashMap::new(),
            root_of_words: Vec::with_capacity(tools.len()),
            places: tools.keys().enumerate().map(|(at, name)| (name.clone(), at)).collect(),
            keys: keys.iter().copied().cloned().collect(),
            reads: Vec::with_capacity(tools.len()),
            writes: Vec::with_capacity(tools.len()),
            users: vec![Default::default(); keys.len()],
            glances: Mutex::default(),
        };
        for (at, tool) in tools.values().enumerate() {
            let words = words_of(&tool.description, tool.outputs.iter());
            index.root_of_words.push(root_of(words.len()));
            words.into_iter().for_each(|word| index.having.entry(word).or_default().push(at));
            let numbered =
                |keys: &[Key]| keys.iter().filter_map(|key| numbers.get(key).copied()).collect::<Box<[usize]>>();
            let (reads, writes) = (numbered(&tool.inputs), numbered(&tool.outputs));
            for (which, keys) in [&reads, &writes].into_iter().enumerate() {
                for key in keys {
                    if let Some(users) = index.users.get_mut(*key).and_then(|users| users.get_mut(which)) {
                        users.push(at);
                    }
                }
            }
            index.reads.push(reads);
            index.writes.push(writes);
        }
        index
    }

    /// Returns the number of `key`, if any tool reads or writes it.
    pub(super) fn number(&self, key: &Key) -> Option<usize> {
        self.keys.binary_search(key).ok()
    }

    /// Returns the tools that read the key of this number, and those that write it: as often as they name it.
    pub(super) fn users(&self, number: usize) -> [&[usize]; 2] {
        self.users.get(number).map_or([&[], &[]], |users| users.each_ref().map(|tools| &**tools))
    }
}

/// Tells whether both hold the very same tools; what is on offer may be picked out again at each turn.
fn same_tools(a: &Arc<Catalogue>, b: &Arc<Catalogue>) -> bool {
    Arc::ptr_eq(a, b) || (a.len() == b.len() && a.values().zip(b.values()).all(|(a, b)| Arc::ptr_eq(a, b)))
}

/// Returns the telling words of something that can be done: of its description and its outputs.
pub(super) fn words_of<'a>(description: &str, outputs: impl Iterator<Item = &'a Key>) -> BTreeSet<String> {
    words(description).chain(outputs.flat_map(|key| words(key))).collect()
}

/// Returns the telling words of `text`, lower case, without the commonest endings.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> {
    spelled(text).into_iter().map(|word| stem_of(&word))
}

pub(super) fn stem_of(word: &str) -> String {
    stem(word.trim_end_matches("'s"))
}

/// Returns the telling words of `text`, lower case.
pub(super) fn spelled(text: &str) -> Vec<String> {
    let spaced = text.replace(['_', '-', '.', '/'], " ");
    let words = spaced.unicode_words().map(|word| word.to_lowercase().replace('’', "'"));
    words.filter(|word| !EMPTY.contains(&word.as_str())).collect()
}

/// Cuts the endings that tell "tickets" from "ticket" and "loading" from "load"; no more of a stemmer than that.
fn stem(word: &str) -> String {
    let long = |rest: &&str| rest.chars().count() >= 3;
    if let Some(rest) = word.strip_suffix("ies").filter(long) {
        return format!("{rest}y");
    }
    for ending in ["ing", "ed", "es", "s"] {
        if let Some(rest) = word.strip_suffix(ending).filter(long)
            && !(ending == "s" && rest.ends_with('s'))
        {
            return rest.trim_end_matches('e').to_owned();
        }
    }
    word.trim_end_matches('e').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_do_not_tell_words_apart_and_empty_words_are_dropped() {
        let of = |text: &str| words(text).collect::<Vec<_>>();
        assert_eq!(of("Load this week’s tickets"), ["load", "week", "ticket"]);
        assert_eq!(of("loading a ticket for the weeks"), ["load", "ticket", "week"]);
        assert_eq!(of("intent_counts"), ["intent", "count"]);
        assert_eq!(of("categories of each class"), ["category", "class"]);
    }
}
