//! A compiled filter: text in, first output out.

use jaq_core::load::parse::Def;
use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Exn, Filter, Vars};
use jaq_json::Val;

use super::budget::{Budget, Instrumented, Running};
use super::errors;
use super::fault::{Fault, SyntaxFault};
use super::instrument::{self, Author};
use super::library::Library;
use super::natives;
use super::syntax;
use super::{names, stack};

/// The name under which the filter itself is handed to jaq's loader, and the text that calls it.
const MAIN: &str = "main__";

/// A filter, linked and ready to run any number of times.
pub(super) struct Program(Filter<Instrumented>);

impl Program {
    /// Compiles a filter text; needs a roomy stack.
    pub(super) fn compile(text: &str) -> Result<Program, SyntaxFault> {
        let library = Library::shared();
        let tree = syntax::parse(text)?;
        let called = names::resolve(library, text, &tree)?;
        let main = Def { name: MAIN, args: Vec::new(), body: instrument::instrument(tree, Author::Person) };
        let prelude = library.reachable(&called).into_iter().chain([main]);
        let arena = Arena::default();
        let unexpected = || SyntaxFault::new("the filter cannot be compiled", 0..text.len());
        let modules = Loader::new(prelude).load(&arena, File { code: MAIN, path: () }).map_err(|_| unexpected())?;
        let filter = Compiler::default().with_funs(natives::natives()).compile(modules).map_err(|_| unexpected())?;
        Ok(Program(filter))
    }

    /// Returns the first output for `input`; nothing is computed beyond it.
    pub(super) fn first(&self, input: Val, budget: &Budget) -> Result<Val, Fault> {
        let running = Running { lut: &self.0.lut, budget };
        let context = Ctx::<Instrumented>::new(running, Vars::new([]));
        let first = self.0.id.run((context, input)).next();
        match (budget.fault(), first) {
            (Some(fault), _) => Err(fault),
            (None, None) => Err(Fault::Empty),
            (None, Some(Ok(value))) => Ok(value),
            (None, Some(Err(exception))) => Err(raised(exception)),
        }
    }
}

fn raised(exception: Exn<'_, Val>) -> Fault {
    match exception.get_err() {
        Ok(error) => Fault::Error(errors::sentence(error)),
        Err(_) => Fault::Broken("the filter ended in a way that the engine does not know".into()),
    }
}

/// Says whether `filter` can be loaded, without running anything; for goal files and for editors while someone types.
///
/// Takes some microseconds. A text of any length and shape is safe: what is too long or too deep is refused before it
/// is parsed.
///
/// # Errors
/// The first place that cannot be understood, or the first name that does not exist.
pub fn check(filter: &str) -> Result<(), SyntaxFault> {
    let check = || {
        let tree = syntax::parse(filter)?;
        names::resolve(Library::shared(), filter, &tree).map(drop)
    };
    if stack::is_shallow(filter) { check() } else { stack::roomy(check) }
}
