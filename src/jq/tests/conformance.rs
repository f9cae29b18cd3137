//! jq's own test suite, run from where it lies: how many of its cases this evaluator answers as jq does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use super::super::{Cancel, Evaluator, Fault, Input, Limits, check};

/// What a filter does is counted; the clock is for what is not, and a busy machine is slow.
const LIMITS: Limits = Limits::lasting(Duration::from_secs(120));

/// One case of the suite.
struct Case {
    /// Where it stands: `jq.test:120`.
    place: String,
    filter: String,
    /// The input and the outputs as JSON, none where the filter must be refused.
    answers: Option<(String, Vec<String>)>,
}

/// Returns the folder of the suite, which is data beside the project: `shared/cases/jq` in a folder above it.
fn suite() -> Option<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(1);
    above.map(|folder| folder.join("shared/cases/jq")).find(|folder| folder.is_dir())
}

fn cases(folder: &Path, file: &str) -> Vec<Case> {
    let text = std::fs::read_to_string(folder.join(file)).expect("the suite can be read");
    let mut lines = text.lines().enumerate().peekable();
    let mut cases = Vec::new();
    while let Some((at, line)) = lines.next() {
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        let mut rest = Vec::new();
        while let Some((_, line)) = lines.next_if(|(_, line)| !line.trim().is_empty()) {
            rest.push(line.to_owned());
        }
        let mut rest = rest.into_iter();
        let place = format!("{file}:{}", at + 1);
        let case = if line.starts_with("%%FAIL") {
            Case { place, filter: rest.next().unwrap_or_default(), answers: None }
        } else {
            let input = rest.next().unwrap_or_default();
            let outputs = rest.filter(|line| !line.starts_with('#')).collect();
            Case { place, filter: line.to_owned(), answers: Some((input, outputs)) }
        };
        cases.push(case);
    }
    cases
}

/// Says how the evaluator's answer differs from jq's, if it does.
fn difference(case: &Case) -> Option<String> {
    let Some((input, expected)) = &case.answers else {
        return check(&case.filter).is_ok().then(|| "accepted, and jq refuses it".to_owned());
    };
    let input = input.trim_start_matches('\u{feff}');
    // What no JSON value of the program holds (nan, an integer of 30 digits) is given as a filter.
    let (input, start) = match serde_json::from_str(input) {
        Ok(value) if !has_long_number(input) => (value, String::new()),
        Ok(_) | Err(_) => {
            let filter = input.replace("Infinity", "infinite").replace("NaN", "nan");
            (Value::Null, format!("{filter} | "))
        }
    };
    let expected: Vec<Value> = match expected.iter().map(|text| serde_json::from_str(text)).collect() {
        Ok(expected) => expected,
        Err(error) => return Some(format!("the output cannot be read: {error}")),
    };
    if let Err(fault) = check(&case.filter) {
        return Some(format!("refused: {fault}"));
    }
    // All outputs count here; those before an error as well.
    let all = |end: &str| {
        let filter = format!("{start}[try ({}\n) catch {end}]", case.filter);
        Evaluator::in_thread().run(&filter, &Input::whole(input.clone()), LIMITS, &Cancel::new())
    };
    match all("empty") {
        Ok(Value::Array(outputs)) => {
            let same = outputs.len() == expected.len() && outputs.iter().zip(&expected).all(|(a, b)| equal(a, b));
            (!same).then(|| {
                let raised = match all("error") {
                    Err(Fault::Error(message)) => format!(", then: {message}"),
                    _ => String::new(),
                };
                let shown = |values: &[Value]| values.iter().map(Value::to_string).collect::<Vec<_>>().join("  ");
                format!("gives {}{raised}\n      jq    {}", shown(&outputs), shown(&expected))
            })
        }
        Ok(other) => Some(format!("gives {other}")),
        Err(fault) => Some(fault.to_string()),
    }
}

/// Says whether a number has more digits than 64 bits hold.
fn has_long_number(json: &str) -> bool {
    json.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() >= 19)
}

/// Compares values; integers that a double does not hold up to its last bit, since this evaluator is more exact than jq.
fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) if a.abs() > 9_007_199_254_740_992.0 => (a - b).abs() <= b.abs() * f64::EPSILON,
            (a, b) => a == b,
        },
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| equal(a, b)))
        }
        _ => a == b,
    }
}

/// Where this evaluator is known to differ: a reason and the filter, on each line.
const KNOWN: &str = include_str!("known_differences.tsv");

#[test]
fn jq_means_jq() {
    let Some(folder) = suite() else {
        eprintln!("SKIPPED: jq's test suite is not here: jq.test and man.test in ../shared/cases/jq");
        return;
    };
    let cases: Vec<Case> = ["jq.test", "man.test"].iter().flat_map(|file| cases(&folder, file)).collect();
    let known: BTreeMap<&str, &str> =
        KNOWN.lines().filter_map(|line| line.split_once('\t')).map(|(reason, filter)| (filter, reason)).collect();
    let (mut agreed, mut only_text, mut wrong) = (0, 0, Vec::new());
    for case in &cases {
        let Case { place, filter, .. } = case;
        match (difference(case), known.get(filter.as_str())) {
            (None, None) => agreed += 1,
            (None, Some(_)) => wrong.push(format!("{place}  {filter}\n      agrees, and is listed as a difference")),
            (Some(_), Some(reason)) => only_text += usize::from(*reason == "text"),
            (Some(difference), None) => wrong.push(format!("{place}  {filter}\n      {difference}")),
        }
    }
    let compared = cases.len() - only_text;
    eprintln!("{agreed} of {} cases agree, {only_text} more differ in the text of an error alone", cases.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(agreed * 100 >= compared * 95, "{agreed} of {compared} is less than 95 %");
}
