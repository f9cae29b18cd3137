//! `planscope man`: the manual pages, made from the same words as `--help`.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use clap::Command;
use clap_mangen::Man;

use super::exit::{Exit, Failure};
use super::{examples, print};
use crate::runtime::new_file;

/// Prints the page of the program, or writes one for each command into `folder`.
pub(super) fn man(folder: Option<&Path>, out: &mut impl Write) -> Result<Exit, Failure> {
    let mut line = examples::command();
    line.build();
    let Some(folder) = folder else {
        Man::new(line).render(out)?;
        return Ok(Exit::Done);
    };
    fs::create_dir_all(folder)
        .map_err(|error| Failure::input(format!("cannot create {}: {error}", folder.display())))?;
    let mut written = 0;
    let mut todo = vec![("planscope".to_owned(), line)];
    while let Some((name, command)) = todo.pop() {
        let others = command.get_subcommands().filter(|one| one.get_name() != "help");
        todo.extend(others.map(|one| (format!("{name}-{}", one.get_name()), one.clone())));
        page(&folder.join(format!("{name}.1")), &name, command)?;
        written += 1;
    }
    print::text(&mut io::stderr(), &format!("planscope: wrote {written} pages to {}", folder.display()))?;
    Ok(Exit::Done)
}

/// Writes the page of one command; one that is there already is of an earlier version.
fn page(path: &Path, name: &str, command: Command) -> Result<(), Failure> {
    let _ = fs::remove_file(path); // what stays is named when it cannot be written
    let man = Man::new(command).title(name.to_uppercase());
    new_file::write(path, |mut to| man.render(&mut to)).map_err(Failure::input)
}
