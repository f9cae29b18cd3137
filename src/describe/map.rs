//! The plan as a map: one row a step, and lines from each step down to those that read what it makes.
//!
//! A step that hands something on has a track; the track runs down to its last reader, and each reader taps it. What reads
//! nothing that a step made begins a track of its own. That is how `git log --graph` draws history, with more than two
//! parents: twenty steps take twenty rows. What ran is drawn by the versions that it really read, what is to do by the
//! order of the plan.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::engine::event::Seq;
use crate::engine::goal::Key;
use crate::engine::plan::Step;
use crate::engine::state::{State, StepRun};

/// A step on the map.
#[derive(Clone, Debug)]
pub struct Node<'a> {
    /// The step.
    pub step: &'a Arc<Step>,
    /// Its run, if it was started.
    pub run: Option<&'a Arc<StepRun>>,
    /// The rows of the steps that made what it reads, each once, ascending.
    pub parents: Vec<usize>,
    /// One more than the wave of its last parent; steps of one wave need nothing of each other. Counts from 1.
    pub wave: usize,
    /// The last row that reads what it makes; its own where none does.
    last: usize,
}

/// What stands in one cell of a row: arms that meet in its middle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// From above.
    pub up: bool,
    /// To below.
    pub down: bool,
    /// From the left.
    pub left: bool,
    /// To the right.
    pub right: bool,
    /// Whether the lines across and down pass each other without meeting.
    pub passes: bool,
    /// Whether it is the step itself.
    pub node: bool,
    /// Whether what goes up or down lies on the path that is lit.
    pub lit_down: bool,
    /// Whether what goes left or right does.
    pub lit_across: bool,
}

impl Cell {
    /// Returns the sign of its lines, the lit ones heavy; none where the step itself stands or nothing does.
    pub fn line(self) -> Option<char> {
        let (down, across) = (self.lit_down, self.lit_across);
        let pick = |signs: [char; 4]| signs[usize::from(down) * 2 + usize::from(across)];
        Some(match (self.up, self.down, self.left, self.right) {
            _ if self.node => return None,
            (true, true, true, true) if !self.passes => pick(['┼', '┿', '╂', '╋']),
            (true, true, false, false) | (true, true, true, true) => pick(['│', '│', '┃', '┃']),
            (true, true, false, true) => pick(['├', '┝', '┠', '┣']),
            (true, true, true, false) => pick(['┤', '┥', '┨', '┫']),
            (true, false, true, true) => pick(['┴', '┷', '┸', '┻']),
            (true, false, false, true) => pick(['╰', '┗', '┗', '┗']),
            (true, false, true, false) => pick(['╯', '┛', '┛', '┛']),
            (false, false, true, true) => pick(['─', '━', '─', '━']),
            _ => return None, // a track begins at its step
        })
    }
}

/// The map of a plan.
#[derive(Clone, Debug)]
pub struct Map<'a> {
    /// The steps, from the first to the last: a row each.
    pub nodes: Vec<Node<'a>>,
    /// The track in which each stands.
    tracks: Vec<usize>,
}

impl<'a> Map<'a> {
    /// Returns the map of what ran in `state` and of what is to do. Costs what there is to hand over.
    pub fn of(state: &'a State) -> Map<'a> {
        let mut nodes: Vec<Node<'a>> = Vec::with_capacity(state.runs.len() + state.plan.remaining().len());
        let mut made: HashMap<(&Key, Seq), usize> = HashMap::new();
        for run in &state.runs {
            let parents = run.reads.iter().filter_map(|(key, version)| made.get(&(key, *version)).copied()).collect();
            let at = add(&mut nodes, &run.step, Some(run), parents);
            made.extend(run.wrote.iter().map(|(key, version)| ((key, *version), at)));
        }
        let mut writer: HashMap<&Key, usize> = HashMap::new();
        for step in state.plan.remaining() {
            let now = |key: &Key| made.get(&(key, state.context.get(key)?.version)).copied();
            let parents = match step.skip {
                true => Vec::new(),
                false => step.reads().filter_map(|key| writer.get(key).copied().or_else(|| now(key))).collect(),
            };
            let at = add(&mut nodes, step, None, parents);
            if !step.skip {
                writer.extend(step.writes().map(|key| (key, at)));
            }
        }
        let tracks = tracks(&nodes);
        Map { nodes, tracks }
    }

    /// Returns the rows on which the step at `row` rests, its own included: the path of why it can run.
    pub fn rests_on(&self, row: usize) -> Vec<bool> {
        let mut lit = vec![false; self.nodes.len()];
        let mut todo: Vec<usize> = (row < lit.len()).then_some(row).into_iter().collect();
        while let Some(row) = todo.pop() {
            if !std::mem::replace(&mut lit[row], true) {
                todo.extend(&self.nodes[row].parents);
            }
        }
        lit
    }

    /// Returns how many tracks there are at most beside each other.
    pub fn width(&self) -> usize {
        self.tracks.iter().max().map_or(0, |track| track + 1)
    }

    /// Returns the track in which the step at `row` stands.
    pub fn track(&self, row: usize) -> usize {
        self.tracks.get(row).copied().unwrap_or(0)
    }

    /// Returns the cells of `rows`, one for each track in `tracks`; the lines between steps that are `lit` are lit.
    /// Costs the steps above them once, and then what is drawn.
    pub fn cells(&self, rows: Range<usize>, tracks: Range<usize>, lit: &[bool]) -> Vec<Vec<Cell>> {
        let is_lit = |row: usize| lit.get(row).copied().unwrap_or(false);
        // The last row down to which what each row makes is lit.
        let mut lit_to: Vec<usize> = vec![0; self.nodes.len()];
        for (row, node) in self.nodes.iter().enumerate().filter(|(row, _)| is_lit(*row)) {
            for &parent in node.parents.iter().filter(|parent| is_lit(**parent)) {
                lit_to[parent] = lit_to[parent].max(row);
            }
        }
        let mut out = Vec::with_capacity(rows.len());
        let end = rows.end.min(self.nodes.len());
        let mut under: Vec<usize> =
            (0..rows.start.min(end)).filter(|row| self.nodes[*row].last >= rows.start).collect();
        for row in rows.start..end {
            let node = &self.nodes[row];
            let here = self.tracks[row];
            let mut line = vec![Cell::default(); tracks.len()];
            let mut at = |track: usize, draw: &dyn Fn(&mut Cell)| {
                if let Some(cell) = track.checked_sub(tracks.start).and_then(|at| line.get_mut(at)) {
                    draw(cell);
                }
            };
            for &parent in &under {
                let (goes_on, lights) = (self.nodes[parent].last > row, lit_to[parent] >= row);
                at(self.tracks[parent], &|cell| {
                    cell.up = true;
                    cell.down |= goes_on;
                    cell.passes = true;
                    cell.lit_down = lights;
                });
            }
            for &parent in &node.parents {
                let track = self.tracks[parent];
                let lights = is_lit(parent) && is_lit(row);
                at(track, &|cell| cell.passes = false);
                for between in track.min(here)..=track.max(here) {
                    at(between, &|cell| {
                        cell.left |= between > track.min(here);
                        cell.right |= between < track.max(here);
                        cell.lit_across |= lights && track != here;
                    });
                }
            }
            at(here, &|cell| {
                cell.node = true;
                cell.passes = false;
                cell.down = node.last > row;
            });
            out.push(line);
            under.retain(|parent| self.nodes[*parent].last > row);
            if node.last > row {
                under.push(row);
            }
        }
        out
    }
}

fn add<'a>(
    nodes: &mut Vec<Node<'a>>,
    step: &'a Arc<Step>,
    run: Option<&'a Arc<StepRun>>,
    mut parents: Vec<usize>,
) -> usize {
    let at = nodes.len();
    parents.sort_unstable();
    parents.dedup();
    let wave = parents.iter().map(|parent| nodes[*parent].wave).max().unwrap_or(0) + 1;
    for &parent in &parents {
        nodes[parent].last = at;
    }
    nodes.push(Node { step, run, parents, wave, last: at });
    at
}

/// Returns the track of each node: that of a parent of which it is the last reader, else the first that is free, and not
/// the one right below another step, of which it would seem to read.
fn tracks(nodes: &[Node<'_>]) -> Vec<usize> {
    let mut tracks: Vec<usize> = Vec::with_capacity(nodes.len());
    let mut taken: Vec<Option<usize>> = Vec::new(); // by track: who runs down in it
    for (row, node) in nodes.iter().enumerate() {
        let ended =
            node.parents.iter().filter(|parent| nodes[**parent].last == row).map(|parent| tracks[*parent]).min();
        let above = tracks.last().copied();
        let track = ended.unwrap_or_else(|| {
            let free = |track: &usize| taken.get(*track).is_none_or(Option::is_none) && Some(*track) != above;
            (0..).find(free).unwrap_or(0)
        });
        for place in &mut taken {
            if place.is_some_and(|parent| nodes[parent].last == row) {
                *place = None;
            }
        }
        if taken.len() <= track {
            taken.resize(track + 1, None);
        }
        taken[track] = (node.last > row).then_some(row);
        tracks.push(track);
    }
    tracks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::describe::testing;

    fn step(at: usize) -> Arc<Step> {
        Arc::new(testing::step(&format!("s{at}"), "make", &[], &[]))
    }

    fn map<'a>(steps: &'a [Arc<Step>], parents: &[Vec<usize>]) -> Map<'a> {
        let mut nodes = Vec::new();
        for (step, parents) in steps.iter().zip(parents) {
            add(&mut nodes, step, None, parents.clone());
        }
        let tracks = tracks(&nodes);
        Map { nodes, tracks }
    }

    fn drawn(map: &Map<'_>, lit: &[bool]) -> Vec<String> {
        let rows = map.cells(0..map.nodes.len(), 0..map.width(), lit);
        let line = |cells: Vec<Cell>| -> String {
            let signs = cells.iter().map(|cell| {
                let sign = if cell.node { 'o' } else { cell.line().unwrap_or(' ') };
                format!("{sign}{}", if cell.right { if cell.lit_across { '━' } else { '─' } } else { ' ' })
            });
            signs.collect::<String>().trim_end().to_owned()
        };
        rows.into_iter().map(line).collect()
    }

    #[test]
    fn chains_are_straight_diamonds_close_and_what_hangs_together_is_lit() {
        let parents = [vec![], vec![0], vec![0], vec![1, 2], vec![], vec![3, 4], vec![0, 5]];
        let steps: Vec<_> = (0..parents.len()).map(step).collect();
        let map = map(&steps, &parents);
        let waves: Vec<usize> = map.nodes.iter().map(|node| node.wave).collect();
        assert_eq!(waves, [1, 2, 2, 3, 1, 4, 5]);
        let plain = drawn(&map, &[]);
        assert_eq!(plain, ["o", "├─o", "├─│─o", "│ o─╯", "│ │ o", "│ o─╯", "o─╯"]);
        let lit = drawn(&map, &map.rests_on(3));
        assert_eq!(lit, ["o", "┣━o", "┣━┃━o", "│ o━┛", "│ │ o", "│ o─╯", "o─╯"]);
    }

    /// Random parents: of each step some of those before it.
    fn plans() -> impl Strategy<Value = Vec<Vec<usize>>> {
        proptest::collection::vec(proptest::collection::vec(any::<proptest::sample::Index>(), 0..4), 1..24).prop_map(
            |rows| {
                let one = |(at, picks): (usize, Vec<proptest::sample::Index>)| match at {
                    0 => Vec::new(),
                    _ => picks.into_iter().map(|pick| pick.index(at)).collect(),
                };
                rows.into_iter().enumerate().map(one).collect()
            },
        )
    }

    proptest! {
        #[test]
        fn the_lines_join_each_step_to_what_it_reads_and_to_nothing_else(parents in plans()) {
            let steps: Vec<_> = (0..parents.len()).map(step).collect();
            let map = map(&steps, &parents);
            let rows = map.cells(0..map.nodes.len(), 0..map.width(), &[]);
            // Who runs down in each track, as far as the picture says.
            let mut above: Vec<Option<usize>> = vec![None; map.width()];
            for (at, cells) in rows.iter().enumerate() {
                let here = cells.iter().position(|cell| cell.node).expect("each row has its step");
                let mut joined = Vec::new();
                let mut reach = |track: usize| {
                    let cell = cells[track];
                    if cell.up && !cell.passes {
                        joined.extend(above[track]);
                    }
                };
                reach(here);
                (here + 1..cells.len()).take_while(|track| cells[track - 1].right && cells[*track].left).for_each(&mut reach);
                (0..here).rev().take_while(|track| cells[track + 1].left && cells[*track].right).for_each(&mut reach);
                joined.sort_unstable();
                prop_assert_eq!(&joined, &map.nodes[at].parents, "row {} of {:#?}", at, drawn(&map, &[]));
                for (track, cell) in cells.iter().enumerate() {
                    match (cell.node, cell.down) {
                        (true, true) => above[track] = Some(at),
                        // A step right below another one seems to read it.
                        (true, false) => above[track] = None,
                        (false, true) => prop_assert!(cell.up && above[track].is_some()),
                        (false, false) => above[track] = None,
                    }
                }
                if let Some(next) = map.tracks.get(at + 1).filter(|next| **next == here) {
                    prop_assert!(map.nodes[at + 1].parents.contains(&at), "{} below {}", next, here);
                }
                // A window shows the same as the whole.
                let window = map.cells(at..at + 1, 0..map.width(), &[]);
                prop_assert_eq!(&window[0], cells);
            }
        }
    }
}
