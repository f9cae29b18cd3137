//! The worker process: reads questions from stdin, evaluates them one after the other, answers on stdout.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::process;
use std::thread;

use jaq_json::Val;

use super::fault::Fault;
use super::program_cache::ProgramCache;
use super::wire::{self, Reader};
use super::{json, memory, stack};

/// The hidden first argument with which the program's executable becomes a worker.
pub const WORKER_ARGUMENT: &str = "__jq-worker";

/// Unused memory above which a worker asks to be replaced, because the system's allocator may never return it.
const MAX_SLACK: isize = 64 << 20;

/// Serves filters until stdin closes; never returns, and touches nothing but stdin and stdout.
///
/// What `main` calls first of all if the first argument is [`WORKER_ARGUMENT`].
pub fn worker_main() -> ! {
    // Ends with the program even if it was killed and a filter never comes to its end.
    let server = thread::Builder::new().stack_size(stack::WORKER_STACK).spawn(|| {
        memory::start_counting();
        // However serving ended, there is nobody to tell.
        let _ = pipes().and_then(|(mut stdin, mut stdout)| serve(&mut stdin, &mut stdout));
        process::exit(0);
    });
    if server.is_ok() {
        wait_for_hangup();
    }
    process::exit(1)
}

/// Returns stdin and stdout without the line buffering of the standard library.
#[cfg(unix)]
fn pipes() -> io::Result<(impl Read, impl Write)> {
    use std::fs::File;
    use std::os::fd::AsFd;
    let stdin = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let stdout = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    Ok((io::BufReader::new(stdin), stdout))
}

#[cfg(not(unix))]
fn pipes() -> io::Result<(impl Read, impl Write)> {
    Ok((io::stdin(), io::stdout()))
}

/// Blocks until the other end of stdin is closed, without reading.
#[cfg(unix)]
fn wait_for_hangup() {
    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::process::{Resource, Rlimit, setrlimit};
    // A filter that overflows the stack shall not leave a core file behind. Failing to say so does no harm.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let stdin = io::stdin();
    loop {
        let mut files = [PollFd::new(&stdin, PollFlags::empty())];
        match poll(&mut files, None) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => return park(),
        }
        if files[0].revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) {
            return;
        }
    }
}

#[cfg(not(unix))]
fn wait_for_hangup() {
    park();
}

/// Leaves the end of the process to the serving thread.
fn park() {
    loop {
        thread::park();
    }
}

fn serve(stdin: &mut impl Read, stdout: &mut impl Write) -> io::Result<()> {
    stdout.write_all(wire::HELLO)?;
    stdout.flush()?;
    let mut worker = Worker::default();
    let mut frame = Vec::new();
    loop {
        let mut length = [0; 4];
        stdin.read_exact(&mut length)?;
        frame.clear();
        // Grows with what really arrives.
        stdin.take(u64::from(u32::from_le_bytes(length))).read_to_end(&mut frame)?;
        worker.answer(&frame, stdout)?;
        if frame.capacity() > 1 << 20 {
            frame = Vec::new();
        }
    }
}

#[derive(Default)]
struct Worker {
    program_cache: ProgramCache,
    /// Inputs that the program may refer to by number.
    kept: HashMap<u64, Val>,
    reply: Vec<u8>,
}

impl Worker {
    /// Answers each question of a frame as soon as it is evaluated.
    fn answer(&mut self, frame: &[u8], stdout: &mut impl Write) -> io::Result<()> {
        let malformed = || io::Error::new(io::ErrorKind::InvalidData, "a frame is cut short");
        let mut reader = Reader(frame);
        for _ in 0..reader.u32().ok_or_else(malformed)? {
            let number = reader.u64().ok_or_else(malformed)?;
            self.kept.remove(&number);
        }
        for _ in 0..reader.u32().ok_or_else(malformed)? {
            let number = reader.u64().ok_or_else(malformed)?;
            let bytes = reader.bytes().ok_or_else(malformed)?;
            let value = json::read(bytes).map_err(|fault| io::Error::new(io::ErrorKind::InvalidData, fault))?;
            self.kept.insert(number, value);
        }
        let limits = reader.limits().ok_or_else(malformed)?;
        for _ in 0..reader.u32().ok_or_else(malformed)? {
            let filter = reader.text().ok_or_else(malformed)?;
            let input = self.input(&mut reader);
            wire::begin_reply(&mut self.reply);
            memory::start_evaluation();
            let result = input.and_then(|input| {
                self.program_cache.run(filter, input, limits, None, stack::WORKER_ROOM, &mut self.reply)
            });
            let retire = memory::end_evaluation() > MAX_SLACK;
            let live = u64::try_from(memory::live()).unwrap_or(0);
            wire::end_reply(&mut self.reply, result, retire, live);
            stdout.write_all(&self.reply)?;
            stdout.flush()?;
            if self.reply.capacity() > 1 << 20 {
                self.reply = Vec::new();
            }
        }
        Ok(())
    }

    fn input(&self, reader: &mut Reader<'_>) -> Result<Val, Fault> {
        let malformed = || Fault::Broken("the worker was sent a malformed question".into());
        match reader.u8().ok_or_else(malformed)? {
            0 => self.value(reader),
            _ => {
                let mut fields = jaq_json::Map::default();
                for _ in 0..reader.u32().ok_or_else(malformed)? {
                    let key = reader.text().ok_or_else(malformed)?.to_owned();
                    fields.insert(Val::from(key), self.value(reader)?);
                }
                Ok(Val::obj(fields))
            }
        }
    }

    fn value(&self, reader: &mut Reader<'_>) -> Result<Val, Fault> {
        let malformed = || Fault::Broken("the worker was sent a malformed question".into());
        match reader.u8().ok_or_else(malformed)? {
            0 => json::read(reader.bytes().ok_or_else(malformed)?),
            _ => self.kept.get(&reader.u64().ok_or_else(malformed)?).cloned().ok_or_else(malformed),
        }
    }
}
