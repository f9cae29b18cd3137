//! The inputs that a worker has cached: values of 4 KB and more are sent once, then referred to by number.

use std::collections::HashMap;
use std::sync::Arc;

use super::fault::Fault;
use super::input::Json;
use super::json;
use super::wire;

/// Values whose JSON is shorter are sent every time: finding them again would cost as much.
const WORTH_KEEPING: usize = 4 << 10;
/// How much JSON a worker keeps; in its memory it takes up to eight times as much.
const MAX_KEPT: usize = 16 << 20;
/// The longest JSON of one input.
const MAX_INPUT: usize = 256 << 20;

struct Kept {
    number: u64,
    bytes: usize,
    last_use: u64,
    /// Held so that the address means this value and no other; values are never changed while shared.
    _value: Arc<dyn Json>,
}

/// The values that one worker has cached, by the address of the shared value.
#[derive(Default)]
pub(super) struct InputCache {
    kept: HashMap<*const (), Kept>,
    bytes: usize,
    clock: u64,
}

// SAFETY: the pointers are keys that are compared and never followed; the values behind them are `Send` and `Sync`.
unsafe impl Send for InputCache {}

/// The part of a frame that changes the worker's cache.
#[derive(Default)]
pub(super) struct CacheUpdate {
    drops: Vec<u64>,
    stored: usize,
    stores: Vec<u8>,
}

impl CacheUpdate {
    /// Writes the head of a frame: what to drop, then what to keep.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        wire::put_u32(out, self.drops.len());
        self.drops.iter().for_each(|number| wire::put_u64(out, *number));
        wire::put_u32(out, self.stored);
        out.extend_from_slice(&self.stores);
    }
}

impl InputCache {
    /// Returns how much JSON of these values the worker has already.
    pub(super) fn overlap<'v>(&self, values: impl Iterator<Item = &'v Arc<dyn Json>>) -> usize {
        if self.kept.is_empty() {
            return 0;
        }
        values.filter_map(|value| self.kept.get(&Arc::as_ptr(value).cast())).map(|kept| kept.bytes).sum()
    }

    /// Makes room before a frame: drops what was not used for longest.
    pub(super) fn tidy(&mut self, update: &mut CacheUpdate) {
        while self.bytes > MAX_KEPT {
            let oldest = self.kept.iter().min_by_key(|(_, kept)| kept.last_use).map(|(key, _)| *key);
            match oldest.and_then(|key| self.kept.remove(&key)) {
                Some(kept) => {
                    self.bytes -= kept.bytes;
                    update.drops.push(kept.number);
                }
                None => return,
            }
        }
    }

    /// Writes a reference to `value` to `question`, and the value itself to `update` if the worker lacks it.
    pub(super) fn refer(
        &mut self,
        value: &Arc<dyn Json>,
        question: &mut Vec<u8>,
        update: &mut CacheUpdate,
    ) -> Result<(), Fault> {
        let key = Arc::as_ptr(value).cast();
        self.clock += 1;
        if let Some(kept) = self.kept.get_mut(&key) {
            kept.last_use = self.clock;
            question.push(1);
            wire::put_u64(question, kept.number);
            return Ok(());
        }
        question.push(0);
        let start = question.len();
        wire::put_u32(question, 0);
        json::write_input(value.given(), question)?;
        let bytes = question.len() - start - 4;
        if bytes > MAX_INPUT {
            return Err(Fault::Broken(format!("the input is larger than {} MB", MAX_INPUT >> 20)));
        }
        if bytes < WORTH_KEEPING {
            let length = u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes();
            question[start..start + 4].copy_from_slice(&length);
            return Ok(());
        }
        let number = self.clock;
        wire::put_u64(&mut update.stores, number);
        wire::put_bytes(&mut update.stores, &question[start + 4..]);
        update.stored += 1;
        question.truncate(start - 1);
        question.push(1);
        wire::put_u64(question, number);
        self.bytes += bytes;
        self.kept.insert(key, Kept { number, bytes, last_use: self.clock, _value: value.clone() });
        Ok(())
    }
}
