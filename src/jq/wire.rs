//! The frames between the program and its workers: lengths in four bytes, then the bytes.

use std::time::Duration;

use super::fault::{Fault, SyntaxFault};
use super::limits::Limits;

/// What a worker says first, so that a wrong executable is recognised.
pub(super) const HELLO: &[u8; 16] = b"planscope-jq-1\n\0";

/// The bytes of a reply before its text: a tag, whether the worker wants to be replaced, the memory that is live.
const REPLY_HEAD: usize = 10;

pub(super) fn put_u32(out: &mut Vec<u8>, number: usize) {
    // Nothing that is sent comes near 4 GB: inputs are refused before.
    out.extend_from_slice(&u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
}

pub(super) fn put_u64(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(&number.to_le_bytes());
}

pub(super) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_u32(out, bytes.len());
    out.extend_from_slice(bytes);
}

/// Writes limits; the other side reads them with [`Reader::limits`].
pub(super) fn put_limits(out: &mut Vec<u8>, limits: Limits) {
    put_u64(out, limits.steps);
    put_u64(out, u64::try_from(limits.wall.as_micros()).unwrap_or(u64::MAX));
}

/// Reads the parts of a frame; every method returns `None` when the frame is too short.
pub(super) struct Reader<'f>(pub(super) &'f [u8]);

impl<'f> Reader<'f> {
    fn take(&mut self, count: usize) -> Option<&'f [u8]> {
        let (head, tail) = self.0.split_at_checked(count)?;
        self.0 = tail;
        Some(head)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    pub(super) fn u32(&mut self) -> Option<usize> {
        let bytes = self.take(4)?.try_into().ok()?;
        usize::try_from(u32::from_le_bytes(bytes)).ok()
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        let bytes = self.take(8)?.try_into().ok()?;
        Some(u64::from_le_bytes(bytes))
    }

    pub(super) fn bytes(&mut self) -> Option<&'f [u8]> {
        let count = self.u32()?;
        self.take(count)
    }

    pub(super) fn text(&mut self) -> Option<&'f str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    pub(super) fn limits(&mut self) -> Option<Limits> {
        Some(Limits { steps: self.u64()?, wall: Duration::from_micros(self.u64()?) })
    }
}

/// Begins a reply in an empty buffer; the JSON of a result follows at once.
pub(super) fn begin_reply(out: &mut Vec<u8>) {
    out.clear();
    out.resize(4 + REPLY_HEAD, 0);
}

/// Finishes a reply: puts the fault, if there is one, and fills in length and head.
pub(super) fn end_reply(out: &mut Vec<u8>, result: Result<(), Fault>, retire: bool, live: u64) {
    let tag = match result {
        Ok(()) => 0,
        Err(fault) => {
            out.truncate(4 + REPLY_HEAD);
            put_fault(out, fault)
        }
    };
    let length = u32::try_from(out.len() - 4).unwrap_or(u32::MAX).to_le_bytes();
    out[..4].copy_from_slice(&length);
    out[4] = tag;
    out[5] = u8::from(retire);
    out[6..14].copy_from_slice(&live.to_le_bytes());
}

fn put_fault(out: &mut Vec<u8>, fault: Fault) -> u8 {
    match fault {
        Fault::Syntax(fault) => {
            put_u32(out, fault.span.start);
            put_u32(out, fault.span.end);
            out.extend_from_slice(fault.message.as_bytes());
            1
        }
        Fault::Error(message) => {
            out.extend_from_slice(message.as_bytes());
            2
        }
        Fault::Empty => 3,
        Fault::Steps => 4,
        Fault::Wall => 5,
        Fault::Memory => 6,
        Fault::Depth => 7,
        Fault::OutputTooLarge => 8,
        Fault::TooNested => 9,
        Fault::Cancelled => 10,
        Fault::Broken(message) => {
            out.extend_from_slice(message.as_bytes());
            11
        }
    }
}

/// A reply as the program reads it.
pub(super) struct Reply<'f> {
    /// The JSON of the result.
    pub(super) result: Result<&'f [u8], Fault>,
    /// Says that the worker holds memory that it cannot give back.
    pub(super) retire: bool,
    /// How many bytes are live in the worker.
    pub(super) live: u64,
}

/// Reads a reply without its length; `None` if it is none.
pub(super) fn read_reply(frame: &[u8]) -> Option<Reply<'_>> {
    let mut reader = Reader(frame);
    let tag = reader.u8()?;
    let retire = reader.u8()? != 0;
    let live = reader.u64()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let result = match tag {
        0 => Ok(reader.0),
        1 => {
            let span = reader.u32()?..reader.u32()?;
            Err(Fault::Syntax(SyntaxFault::new(text(reader.0), span)))
        }
        2 => Err(Fault::Error(text(reader.0))),
        3 => Err(Fault::Empty),
        4 => Err(Fault::Steps),
        5 => Err(Fault::Wall),
        6 => Err(Fault::Memory),
        7 => Err(Fault::Depth),
        8 => Err(Fault::OutputTooLarge),
        9 => Err(Fault::TooNested),
        10 => Err(Fault::Cancelled),
        11 => Err(Fault::Broken(text(reader.0))),
        _ => return None,
    };
    Some(Reply { result, retire, live })
}
