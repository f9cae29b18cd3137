//! Resolves the names in a filter: which definitions of the library it reaches, or which name does not exist.

use std::collections::BTreeSet;

use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::{BinaryOp, Def, Pattern, Term};
use jaq_core::load::span;
use jaq_core::path::{Part, Path};

use super::autovivify::GETPATH_AUTOVIVIFY;
use super::fault::SyntaxFault;
use super::library::Library;
use super::natives::UNREPEATABLE;
use super::nearest::nearest;
use super::syntax::Tree;

/// Resolves every name in the filter `tree`, and returns the library definitions that it calls.
pub(super) fn resolve<'s>(library: &Library, text: &'s str, tree: &Tree<'s>) -> Result<BTreeSet<usize>, SyntaxFault> {
    let mut resolver = Resolver::new(library, text, library.len());
    resolver.term(tree);
    match resolver.fault {
        None => Ok(resolver.reached),
        Some(fault) => Err(fault),
    }
}

/// Resolves the names of the library's definition number `index`, which sees itself and those before it.
pub(super) fn resolve_own(library: &Library, index: usize, def: &Def<&'static str>) -> BTreeSet<usize> {
    let mut resolver = Resolver::new(library, "", index + 1);
    resolver.inside(def, false);
    debug_assert!(resolver.fault.is_none(), "the library calls an unknown name: {:?}", resolver.fault);
    resolver.reached
}

struct Resolver<'l, 's> {
    library: &'l Library,
    text: &'s str,
    /// How many definitions of the library are in scope.
    until: usize,
    filters: Vec<(&'s str, usize)>,
    variables: Vec<&'s str>,
    labels: Vec<&'s str>,
    reached: BTreeSet<usize>,
    fault: Option<SyntaxFault>,
}

impl<'l, 's> Resolver<'l, 's> {
    fn new(library: &'l Library, text: &'s str, until: usize) -> Self {
        Resolver {
            library,
            text,
            until,
            filters: Vec::new(),
            variables: Vec::new(),
            labels: Vec::new(),
            reached: BTreeSet::new(),
            fault: None,
        }
    }

    fn term(&mut self, tree: &Tree<'s>) {
        match tree {
            Term::Id | Term::Recurse | Term::Num(_) => {}
            Term::Var(name) => self.variable(name),
            Term::Break(name) => {
                if !self.labels.contains(name) {
                    self.refuse(name, format!("no label is named `{name}` here"));
                }
            }
            Term::Str(format, parts) => {
                if let Some(format) = format {
                    self.call(format, 0);
                }
                for part in parts {
                    match part {
                        StrPart::Term(tree) => self.term(tree),
                        StrPart::Str(_) | StrPart::Char(_) => {}
                    }
                }
            }
            Term::Arr(items) => items.iter().for_each(|tree| self.term(tree)),
            Term::Obj(entries) => {
                for (key, value) in entries {
                    self.term(key);
                    value.iter().for_each(|tree| self.term(tree));
                }
            }
            Term::Neg(tree) => self.term(tree),
            Term::BinOp(left, BinaryOp::Pipe(Some(pattern)), right) => {
                self.term(left);
                self.keys(pattern);
                self.binding(pattern, |resolver| resolver.term(right));
            }
            Term::BinOp(left, _, right) => {
                self.term(left);
                self.term(right);
            }
            Term::Label(name, tree) => {
                self.labels.push(name);
                self.term(tree);
                self.labels.pop();
            }
            Term::Fold(name, source, pattern, arguments) => self.fold(name, source, pattern, arguments),
            Term::TryCatch(body, catch) => {
                self.term(body);
                catch.iter().for_each(|tree| self.term(tree));
            }
            Term::IfThenElse(branches, otherwise) => {
                for (if_, then) in branches {
                    self.term(if_);
                    self.term(then);
                }
                otherwise.iter().for_each(|tree| self.term(tree));
            }
            Term::Def(defs, tree) => {
                let outer = self.filters.len();
                for def in defs {
                    self.inside(def, true);
                    self.filters.push((def.name, def.args.len()));
                }
                self.term(tree);
                self.filters.truncate(outer);
            }
            Term::Call(name, arguments) => {
                self.call(name, arguments.len());
                arguments.iter().for_each(|tree| self.term(tree));
            }
            Term::Path(start, Path(parts)) => {
                self.term(start);
                for (part, _) in parts {
                    match part {
                        Part::Index(tree) => self.term(tree),
                        Part::Range(from, to) => from.iter().chain(to).for_each(|tree| self.term(tree)),
                    }
                }
            }
        }
    }

    /// Resolves the body of a definition, which sees its arguments and, if it is local, itself.
    ///
    /// A definition of the library that calls itself is found in the library instead, so that the call is recorded.
    fn inside(&mut self, def: &Def<&'s str>, local: bool) {
        let (filters, variables) = (self.filters.len(), self.variables.len());
        for argument in &def.args {
            if argument.starts_with('$') {
                self.variables.push(argument);
            } else {
                self.filters.push((argument, 0));
            }
        }
        if local {
            self.filters.push((def.name, def.args.len()));
        }
        self.term(&def.body);
        self.filters.truncate(filters);
        self.variables.truncate(variables);
    }

    fn fold(&mut self, name: &'s str, source: &Tree<'s>, pattern: &Pattern<&'s str>, arguments: &[Tree<'s>]) {
        self.term(source);
        self.keys(pattern);
        match (name, arguments) {
            ("reduce", [init, update]) | ("foreach", [init, update]) => {
                self.term(init);
                self.binding(pattern, |resolver| resolver.term(update));
            }
            ("foreach", [init, update, extract]) => {
                self.term(init);
                self.binding(pattern, |resolver| {
                    resolver.term(update);
                    resolver.term(extract);
                });
            }
            _ => {
                let wants =
                    if name == "reduce" { "(INIT; UPDATE)" } else { "(INIT; UPDATE) or (INIT; UPDATE; EXTRACT)" };
                self.refuse(name, format!("`{name}` takes {wants}"));
            }
        }
    }

    /// Resolves the key filters of a pattern, which do not see its variables.
    fn keys(&mut self, pattern: &Pattern<&'s str>) {
        match pattern {
            Pattern::Var(_) => {}
            Pattern::Arr(items) => items.iter().for_each(|item| self.keys(item)),
            Pattern::Obj(entries) => {
                for (key, item) in entries {
                    self.term(key);
                    self.keys(item);
                }
            }
        }
    }

    /// Runs `go` with the variables of `pattern` in scope.
    fn binding(&mut self, pattern: &Pattern<&'s str>, go: impl FnOnce(&mut Self)) {
        fn bind<'s>(pattern: &Pattern<&'s str>, variables: &mut Vec<&'s str>) {
            match pattern {
                Pattern::Var(name) => variables.push(name),
                Pattern::Arr(items) => items.iter().for_each(|item| bind(item, variables)),
                Pattern::Obj(entries) => entries.iter().for_each(|(_, item)| bind(item, variables)),
            }
        }
        let outer = self.variables.len();
        bind(pattern, &mut self.variables);
        go(self);
        self.variables.truncate(outer);
    }

    fn variable(&mut self, name: &'s str) {
        if self.variables.contains(&name) {
            return;
        }
        if UNREPEATABLE.contains(&name) {
            return self.refuse(name, unrepeatable(name));
        }
        let hint = suggestion(name, self.variables.iter().copied());
        self.refuse(name, format!("no variable is named `{name}` here{hint}"));
    }

    fn call(&mut self, name: &'s str, arity: usize) {
        if (name, arity) == ("getpath", 1) {
            // On the left side of an update it is called in place of `getpath`.
            self.reached.extend(self.library.find(GETPATH_AUTOVIVIFY, 1, self.until));
        }
        if self.filters.contains(&(name, arity)) {
            return;
        }
        if let Some(index) = self.library.find(name, arity, self.until) {
            self.reached.insert(index);
            return;
        }
        if self.library.has_native(name, arity) {
            return;
        }
        if name.contains("::") {
            return self.refuse(name, format!("`{name}` is not available, because a filter stands on its own"));
        }
        if UNREPEATABLE.contains(&name) {
            return self.refuse(name, unrepeatable(name));
        }
        let mut arities: Vec<usize> = self.library.arities(name);
        arities.extend(self.filters.iter().filter(|(other, _)| *other == name).map(|(_, arity)| *arity));
        arities.sort_unstable();
        arities.dedup();
        if arities.is_empty() {
            let mut names: Vec<&str> = self.filters.iter().map(|(name, _)| *name).collect();
            names.extend(self.library.names());
            let hint = suggestion(name, names.into_iter());
            self.refuse(name, format!("no filter is named `{name}`{hint}"));
        } else {
            let known: Vec<String> = arities.iter().map(usize::to_string).collect();
            let plural = if arities == [1] { "argument" } else { "arguments" };
            self.refuse(name, format!("`{name}` takes {} {plural}, not {arity}", known.join(" or ")));
        }
    }

    fn refuse(&mut self, name: &'s str, message: String) {
        if self.fault.is_none() {
            // The library's own definitions are not slices of a filter text.
            let span = if self.text.is_empty() { 0..0 } else { span(self.text, name) };
            self.fault = Some(SyntaxFault::new(message, span));
        }
    }
}

fn unrepeatable(name: &str) -> String {
    format!("`{name}` is not available, because the result of a filter must be repeatable")
}

fn suggestion<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> String {
    nearest(name, known).map_or_else(String::new, |near| format!(", did you mean `{near}`?"))
}
