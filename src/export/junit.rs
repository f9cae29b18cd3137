//! What faults did as `JUnit` XML: a suite a lane, a case a fault, a failure where the plan showed a weakness.
//!
//! The elements and attributes are those that Jenkins and GitLab read (`testsuites`, `testsuite`, `testcase`, `failure`,
//! `skipped`); there are no times, so that the same goal gives the same bytes.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Format, Stressed, Writes};
use crate::describe::sanitize::harmless;
use crate::stress::verdict::Verdict;

/// A case a fault, for what reads test results.
pub(super) const FORMAT: Format = Format {
    name: "junit",
    help: "JUnit XML: a suite a lane, a case a fault, a failure where it broke or nothing spoke up",
    writes: Writes::Stress(write),
};

fn write(to: &mut dyn Write, stressed: &Stressed<'_>) -> io::Result<()> {
    let table = stressed.table;
    writeln!(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(to, "<testsuites name=\"{}\">", escaped(&format!("planscope stress {}", stressed.named)))?;
    for (at, calm) in table.lanes.iter().enumerate() {
        let cells = || table.rows.iter().filter_map(|row| Some((&row.fault, row.cells.get(at)?)));
        let failures = cells().filter(|(_, cell)| cell.verdict.is_bad()).count();
        let skipped = cells().filter(|(_, cell)| is_skipped(cell.verdict)).count();
        let (name, tests) = (escaped(&calm.result.name), cells().count());
        writeln!(to, "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" skipped=\"{skipped}\">")?;
        for (fault, cell) in cells() {
            let case = escaped(&fault.sentence);
            let open = format!("    <testcase classname=\"{name}\" name=\"{case}\"");
            let says = escaped(cell.verdict.means());
            if cell.verdict.is_bad() {
                let why = escaped(cell.why.as_deref().unwrap_or_default());
                let kind = cell.verdict.word();
                writeln!(to, "{open}><failure type=\"{kind}\" message=\"{says}\">{why}</failure></testcase>")?;
            } else if is_skipped(cell.verdict) {
                writeln!(to, "{open}><skipped message=\"{says}\"/></testcase>")?;
            } else {
                writeln!(to, "{open}/>")?;
            }
        }
        writeln!(to, "  </testsuite>")?;
    }
    writeln!(to, "</testsuites>")
}

fn is_skipped(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::NotMet | Verdict::NotJudged | Verdict::Waits)
}

/// Returns `text` as it may stand in an attribute or between two tags, harmless for terminals too.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in harmless(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // What XML 1.0 does not allow at all.
            '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(out, "⟨{:X}⟩", c as u32);
            }
            _ => out.push(c),
        }
    }
    out
}
