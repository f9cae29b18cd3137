//! A foldable tree over a JSON value: only the lines of the window are built, so a big value costs what is shown.

use std::collections::HashSet;

use crate::engine::value::Value;

use super::super::text;

/// A place in a value: the position of the entry at each level.
pub type Path = Vec<usize>;

/// Which nested values are unfolded. The rest, the root included, is folded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folds {
    open: HashSet<Path>,
}

/// One visible line of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct TreeLine<'a> {
    /// Where it is; the root's is empty.
    pub path: Path,
    /// The key in an object or the index in an array, made harmless; empty for the root.
    pub label: String,
    /// The value.
    pub value: &'a Value,
    /// Whether it can be unfolded, and is.
    pub open: Option<bool>,
}

impl TreeLine<'_> {
    /// Returns how deep the line is; the root is 0.
    pub fn depth(&self) -> usize {
        self.path.len()
    }

    /// Returns the line in at most `width` cells, `mark` (one cell) in front, indented by its depth.
    pub fn text(&self, mark: &str, width: usize) -> String {
        let indent = (self.depth() * 2).min(width / 2);
        let sign = match self.open {
            Some(true) => "▾ ",
            Some(false) => "▸ ",
            None => "  ",
        };
        let lead = format!("{} {}{sign}", text::clip(mark, 1), " ".repeat(indent));
        let label = if self.label.is_empty() { String::new() } else { format!("{}  ", self.label) };
        let room = width.saturating_sub(text::width(&lead) + text::width(&label));
        let value = match (self.open, text::size(self.value)) {
            (Some(true), Some(size)) => size,
            (Some(false), Some(size)) => {
                format!("{size} {}", text::json(self.value, room.saturating_sub(size.len() + 1)))
            }
            (Some(_) | None, _) => text::json(self.value, room),
        };
        text::clip(format!("{lead}{label}{value}").trim_end(), width)
    }
}

fn count(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.len(),
        Value::Object(entries) => entries.len(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

fn child(value: &Value, at: usize) -> Option<(String, &Value)> {
    match value {
        Value::Array(items) => items.get(at).map(|item| (at.to_string(), item)),
        Value::Object(entries) => {
            // Entries stand in the order of the file; stepping there costs a walk over the keys before.
            entries.iter().nth(at).map(|(key, item)| (text::clip(key, 40), item))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// The entries of a value, walked once from front to back: an object's cannot be reached by position.
enum Entries<'a> {
    Items(std::iter::Enumerate<std::slice::Iter<'a, Value>>),
    Fields(serde_json::map::Iter<'a>),
    None,
}

impl<'a> Entries<'a> {
    fn of(value: &'a Value) -> Entries<'a> {
        match value {
            Value::Array(items) => Entries::Items(items.iter().enumerate()),
            Value::Object(entries) => Entries::Fields(entries.iter()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Entries::None,
        }
    }

    fn pass(&mut self, by: usize) {
        let Some(last) = by.checked_sub(1) else { return };
        match self {
            Entries::Items(items) => drop(items.nth(last)),
            Entries::Fields(fields) => drop(fields.nth(last)),
            Entries::None => {}
        }
    }

    fn next(&mut self) -> Option<(String, &'a Value)> {
        match self {
            Entries::Items(items) => items.next().map(|(at, item)| (at.to_string(), item)),
            Entries::Fields(fields) => fields.next().map(|(key, item)| (text::clip(key, 40), item)),
            Entries::None => None,
        }
    }
}

/// Returns the value at `path`, if there is one.
pub fn at<'a>(root: &'a Value, path: &[usize]) -> Option<&'a Value> {
    path.iter().try_fold(root, |value, &at| child(value, at).map(|(_, item)| item))
}

impl Folds {
    /// Returns folds with the root open.
    pub fn root_open() -> Folds {
        Folds { open: [Path::new()].into() }
    }

    /// Returns whether the value at `path` is unfolded.
    pub fn is_open(&self, path: &[usize]) -> bool {
        self.open.contains(path)
    }

    /// Unfolds or folds the value at `path`; what was unfolded below it is remembered.
    pub fn set(&mut self, path: &[usize], open: bool) {
        if open {
            self.open.insert(path.to_vec());
        } else {
            self.open.remove(path);
        }
    }

    /// Turns the fold at `path`.
    pub fn toggle(&mut self, path: &[usize]) {
        self.set(path, !self.is_open(path));
    }

    /// Returns how many lines the tree over `root` has.
    ///
    /// Costs as much as there are unfolded values, not as there are entries.
    pub fn line_count(&self, root: &Value) -> usize {
        let mut open: Vec<&Path> = self.open.iter().collect();
        open.sort();
        let seen = |path: &Path| (0..path.len()).all(|len| self.open.contains(&path[..len]));
        1 + open.into_iter().filter(|path| seen(path)).map(|path| at(root, path).map_or(0, count)).sum::<usize>()
    }

    /// Returns how many lines the value at `path` takes, its own included.
    fn size_at(&self, value: &Value, path: &[usize]) -> usize {
        if !self.is_open(path) {
            return 1;
        }
        let below = self.open.iter().filter(|open| open.len() > path.len() && open.starts_with(path));
        let seen = |open: &Path| (path.len()..open.len()).all(|len| self.open.contains(&open[..len]));
        let below = below.filter(|open| seen(open)).map(|open| at(value, &open[path.len()..]).map_or(0, count));
        1 + count(value) + below.sum::<usize>()
    }

    /// Returns the lines `from .. from + rows` of the tree over `root`.
    pub fn window<'a>(&self, root: &'a Value, from: usize, rows: usize) -> Vec<TreeLine<'a>> {
        let mut out = Vec::new();
        let mut skip = from;
        // Each level: the value, its path, the next entry. Depth is bounded by `MAX_DEPTH`.
        let mut levels: Vec<(&'a Value, Path, usize, Entries<'a>)> = Vec::new();
        let mut next: Option<(Path, String, &'a Value)> = Some((Path::new(), String::new(), root));
        while out.len() < rows {
            if let Some((path, label, value)) = next.take() {
                let nested = count(value) > 0;
                let open = nested && self.is_open(&path);
                let size = if skip > 0 { self.size_at(value, &path) } else { 0 };
                if skip > 0 && size <= skip {
                    skip -= size;
                } else {
                    if skip > 0 {
                        skip -= 1;
                    } else {
                        let open = nested.then_some(open);
                        out.push(TreeLine { path: path.clone(), label, value, open });
                    }
                    if open {
                        levels.push((value, path, 0, Entries::of(value)));
                    }
                }
            }
            let Some((value, path, at, entries)) = levels.last_mut() else { break };
            if skip > 0 {
                let by = self.leap(value, path, *at, &mut skip);
                *at += by;
                entries.pass(by);
            }
            match entries.next() {
                Some((label, item)) => {
                    let mut below = path.clone();
                    below.push(*at);
                    *at += 1;
                    next = Some((below, label, item));
                }
                None => {
                    levels.pop();
                }
            }
        }
        out
    }

    /// Returns how many folded entries can be passed by at once, and takes them off `skip`.
    fn leap(&self, value: &Value, path: &[usize], from: usize, skip: &mut usize) -> usize {
        let opened = self.open.iter().filter(|open| open.len() > path.len() && open.starts_with(path));
        let next = opened.map(|open| open[path.len()]).filter(|entry| *entry >= from).min().unwrap_or(usize::MAX);
        let by = (*skip).min(next.min(count(value)).saturating_sub(from));
        *skip -= by;
        by
    }

    /// Returns the line that shows `path`, if it is visible.
    pub fn line_of(&self, root: &Value, path: &[usize]) -> Option<usize> {
        let mut line = 0;
        for len in 0..path.len() {
            if !self.is_open(&path[..len]) {
                return None;
            }
            let parent = at(root, &path[..len])?;
            if path[len] >= count(parent) {
                return None;
            }
            line += 1 + path[len];
            // Unfolded brothers before it push it down.
            let mut before: Vec<usize> = self
                .open
                .iter()
                .filter(|open| open.len() > len && open[..len] == path[..len] && open[len] < path[len])
                .map(|open| open[len])
                .collect();
            before.sort_unstable();
            before.dedup();
            for entry in before {
                let mut brother = path[..len].to_vec();
                brother.push(entry);
                let value = at(parent, &[entry])?;
                line += self.size_at(value, &brother) - 1;
            }
        }
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(folds: &Folds, value: &Value, from: usize, rows: usize) -> Vec<String> {
        folds.window(value, from, rows).iter().map(|line| line.text(" ", 40)).collect()
    }

    #[test]
    fn folding_hides_what_is_below_and_remembers_it() {
        let value = json!({"a": [1, {"b": 2}], "c": "x"});
        let mut folds = Folds::root_open();
        assert_eq!(folds.line_count(&value), 3);
        folds.set(&[0], true);
        folds.set(&[0, 1], true);
        assert_eq!(folds.line_count(&value), 6);
        let all = shown(&folds, &value, 0, 99);
        assert_eq!(all.len(), 6, "{all:#?}");
        assert_eq!(all[4].trim(), "b  2");
        folds.toggle(&[]);
        assert_eq!(folds.line_count(&value), 1);
        folds.toggle(&[]);
        assert_eq!(folds.line_count(&value), 6);
    }

    #[test]
    fn every_window_is_a_part_of_the_whole() {
        let value = json!({"a": [1, {"b": [2, 3]}, [4]], "c": {"d": null, "e": {"f": 1}}, "g": []});
        let mut folds = Folds::root_open();
        for path in [vec![0], vec![0, 1], vec![0, 1, 0], vec![0, 2], vec![1], vec![1, 1], vec![2]] {
            folds.set(&path, true);
            let all = folds.window(&value, 0, 99);
            assert_eq!(all.len(), folds.line_count(&value));
            for from in 0..all.len() + 2 {
                let part = folds.window(&value, from, 3);
                assert_eq!(part.as_slice(), all.iter().skip(from).take(3).cloned().collect::<Vec<_>>().as_slice());
            }
            for (line, shown) in all.iter().enumerate() {
                assert_eq!(folds.line_of(&value, &shown.path), Some(line));
                assert_eq!(at(&value, &shown.path), Some(shown.value));
            }
        }
    }

    #[test]
    fn the_end_of_a_huge_array_is_as_cheap_as_its_start() {
        let value = Value::Array((0..1_000_000).map(Value::from).collect());
        let folds = Folds::root_open();
        let start = std::time::Instant::now();
        for _ in 0..100 {
            assert_eq!(folds.window(&value, 999_990, 30).len(), 11);
            assert_eq!(folds.line_count(&value), 1_000_001);
        }
        assert!(start.elapsed() < std::time::Duration::from_millis(200), "{:?}", start.elapsed());
    }

    #[test]
    fn a_line_never_exceeds_its_width() {
        let value = json!({"漢字\u{1b}[2J": ["x".repeat(500)], "k".repeat(300): 1});
        let mut folds = Folds::root_open();
        folds.set(&[0], true);
        for width in 0..30 {
            for line in folds.window(&value, 0, 9) {
                assert!(text::width(&line.text("±", width)) <= width);
            }
        }
    }
}
