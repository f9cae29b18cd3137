//! A cache of compiled filters, and their evaluation on the calling thread; both backends use it.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use jaq_json::Val;

use super::budget::Budget;
use super::fault::{Fault, SyntaxFault};
use super::json;
use super::limits::{Cancel, Limits};
use super::program::Program;

/// How many compiled filters are kept; the cache is emptied when it is full, since compiling takes microseconds.
const MAX_PROGRAMS: usize = 256;

/// Evaluates filters and keeps their compiled form.
#[derive(Default)]
pub(super) struct ProgramCache {
    programs: HashMap<String, Rc<Program>>,
}

impl ProgramCache {
    /// Writes the first output of `filter` as JSON to `out`, which keeps its content when there is a fault.
    pub(super) fn run(
        &mut self,
        filter: &str,
        input: Val,
        limits: Limits,
        cancel: Option<Cancel>,
        stack_room: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let start = out.len();
        // jaq promises no freedom from panics; a panic is one filter's failure, not the worker's.
        let result = catch_unwind(AssertUnwindSafe(|| {
            let program = self.program(filter)?;
            let budget = Budget::start(limits, cancel, stack_room);
            let value = program.first(input, &budget)?;
            json::write_output(&value, out)
        }));
        let result = result.unwrap_or_else(|_| Err(Fault::Broken("the filter evaluator failed on this filter".into())));
        if result.is_err() {
            out.truncate(start);
        }
        result
    }

    fn program(&mut self, filter: &str) -> Result<Rc<Program>, SyntaxFault> {
        if let Some(program) = self.programs.get(filter) {
            return Ok(program.clone());
        }
        let program = Rc::new(Program::compile(filter)?);
        if self.programs.len() >= MAX_PROGRAMS {
            self.programs.clear();
        }
        self.programs.insert(filter.to_owned(), program.clone());
        Ok(program)
    }
}
