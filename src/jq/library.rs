//! The standard definitions, parsed once per process; a filter is linked with those that it reaches.

use std::collections::{BTreeSet, HashMap};
use std::sync::{LazyLock, OnceLock};

use jaq_core::load::parse::Def;

use super::autovivify::{GETPATH_AUTOVIVIFY, autovivify_definition};
use super::instrument::{self, Author};
use super::names;
use super::natives::{self, UNREPEATABLE};

/// Filters of jq that jaq lacks.
const EXTRA: &str = include_str!("extra.jq");

/// The definitions of the standard library.
pub(super) struct Library {
    defs: Vec<Def<&'static str>>,
    /// What linking needs to know about each definition, found out when a filter first reaches it.
    linked: Vec<OnceLock<Linked>>,
    by_name: HashMap<&'static str, Vec<(usize, usize)>>,
    natives: HashMap<&'static str, usize>,
}

struct Linked {
    /// The definition with ticks in it.
    def: Def<&'static str>,
    /// The definitions that it reaches, itself included.
    reaches: BTreeSet<usize>,
}

impl Library {
    /// Returns the library of this process, parsing it on the first call.
    pub(super) fn shared() -> &'static Library {
        static LIBRARY: LazyLock<Library> = LazyLock::new(Library::parse);
        &LIBRARY
    }

    fn parse() -> Library {
        let extra = jaq_core::load::parse(EXTRA, |parser| parser.defs());
        debug_assert!(extra.is_some(), "extra.jq must parse");
        let defs: Vec<Def<&'static str>> = jaq_core::defs()
            .chain(jaq_std::defs())
            .chain(jaq_json::defs())
            .chain(extra.unwrap_or_default())
            .filter(|def| !UNREPEATABLE.contains(&def.name) && def.name != "delpaths")
            .map(|def| if def.name == GETPATH_AUTOVIVIFY { autovivify_definition(def) } else { def })
            .collect();
        let mut by_name: HashMap<&'static str, Vec<(usize, usize)>> = HashMap::new();
        for (index, def) in defs.iter().enumerate() {
            by_name.entry(def.name).or_default().push((def.args.len(), index));
        }
        let natives = natives::natives().map(|(name, arguments, _)| (name, arguments.len())).collect();
        let linked = defs.iter().map(|_| OnceLock::new()).collect();
        Library { defs, linked, by_name, natives }
    }

    fn linked(&self, index: usize) -> &Linked {
        self.linked[index].get_or_init(|| {
            let def = self.defs[index].clone();
            let called = names::resolve_own(self, index, &def);
            let recursive = called.contains(&index);
            let mut reaches = BTreeSet::from([index]);
            // Definitions see only those before them, so this ends.
            for callee in called.into_iter().filter(|callee| *callee != index) {
                reaches.extend(&self.linked(callee).reaches);
            }
            let def = Def { body: instrument::instrument(def.body, Author::Library), ..def };
            // Without recursion a definition of the library does a bounded amount of work by itself.
            Linked { def: if recursive { instrument::ticking(def) } else { def }, reaches }
        })
    }

    /// Returns how many definitions there are.
    pub(super) fn len(&self) -> usize {
        self.defs.len()
    }

    /// Finds the definition that a call means, among the first `until`.
    pub(super) fn find(&self, name: &str, arity: usize, until: usize) -> Option<usize> {
        let named = self.by_name.get(name)?;
        named.iter().rev().find(|(args, index)| *args == arity && *index < until).map(|(_, index)| *index)
    }

    /// Says whether a native filter has this name and number of arguments.
    pub(super) fn has_native(&self, name: &str, arity: usize) -> bool {
        self.natives.get(name) == Some(&arity)
    }

    /// Returns the numbers of arguments with which `name` can be called.
    pub(super) fn arities(&self, name: &str) -> Vec<usize> {
        let defined = self.by_name.get(name).into_iter().flatten().map(|(arity, _)| *arity);
        defined.chain(self.natives.get(name).copied()).collect()
    }

    /// Returns the names that are worth suggesting.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let internal = |name: &&str| name.starts_with(' ') || name.ends_with('_') || name.ends_with("_empty");
        let defined = self.by_name.keys().copied();
        defined.chain(self.natives.keys().copied()).filter(move |name| !internal(name))
    }

    /// Returns copies of the definitions that calls to `called` need, in their order.
    pub(super) fn reachable(&self, called: &BTreeSet<usize>) -> Vec<Def<&'static str>> {
        let mut needed: BTreeSet<usize> = BTreeSet::new();
        for index in called {
            needed.extend(&self.linked(*index).reaches);
        }
        needed.into_iter().map(|index| self.linked(index).def.clone()).collect()
    }
}
