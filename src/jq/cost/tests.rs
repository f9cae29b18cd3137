//! No filter is called cheap that is not, and the bounds are never below the truth.

use serde_json::json;

use super::super::input::Input;
use super::super::limits::{Cancel, Limits};
use super::super::{Evaluator, syntax};
use super::*;

fn cheap(filter: &str, size: u64) -> bool {
    is_cheap(&syntax::parse(filter).expect("it parses"), size)
}

#[test]
fn the_filters_of_an_ordinary_goal_are_cheap() {
    for filter in [
        "true",
        "type == \"string\" and length > 0",
        ".tickets | length > 0",
        "reduce .tickets[] as $ticket ({}; .[$ticket.intent] += 1)",
        ".intent_counts | to_entries | sort_by(-.value) | first | .key",
        "\"There were \\(.tickets | length), most of them \\(.top), \\(.counts[.top]) times.\"",
        "[.tickets[] | select(.intent == \"refund\") | .text]",
        "[.[] | {name, seats: .seats, far: (.distance > 3)}]",
        ".people as $n | [.places[] | select(.seats >= $n)][0].name // error(\"no place is big enough\")",
        "reduce .[] as $x (0; . + $x.price)",
        "reduce .[] as $x ({n: 0, all: []}; if $x.ok then .[\"n\"] += 1 else . end)",
        ".n + 1",
        "map(.a) | add / length",
        "(.a.b? // \"none\") | ascii_downcase",
        "all(.tickets[]; .intent | type == \"string\")",
        "([.intent_counts[]] | add) == (.tickets | length)",
        ".top_intent as $issue | .report | contains($issue)",
    ] {
        assert!(cheap(filter, 60), "{filter}");
    }
}

#[test]
fn what_has_no_bound_is_never_cheap() {
    for filter in [
        // Recursion, and what says how often.
        "def f: f; f",
        "def f: 1; f",
        "[..]",
        "recurse",
        "[range(10)]",
        "[limit(3; .[])]",
        "[repeat(1)]",
        "until(. > 3; . + 1)",
        "[while(. < 9; . + 1)]",
        "walk(.)",
        "[combinations]",
        "[paths]",
        "env",
        "label $l | break $l",
        "foreach .[] as $x (0; . + $x)",
        // Texts that are repeated, lists that are as long as a number says.
        "\"x\" * 1000000000",
        ".a * .b",
        ".[1000000000] = 0",
        ".a[.n] = 0",
        "setpath([1000000000]; 0)",
        "reduce .[] as $i (null; .[$i] += 1)",
        "reduce .[] as $i ([]; .[$i] = 1)",
        "reduce .[] as $i ({}; .a[$i] += 1)",
        "reduce .[] as $i ({}; .[\"a\"][$i] = 1)",
        "implode",
        "ltrimstr(\"a\" * 9)",
        "@json",
        "@base64 \"\\(.)\"",
        // What makes its input twice, once for each turn.
        "reduce .[] as $x (.; [., .])",
        "reduce .[] as $x (.; . + .)",
        "reduce .[] as $x (\"x\"; . + \"\\(.)\")",
        "reduce .[] as $x ({}; . + {a: .})",
        "reduce .[] as $x ({}; .[\"a\"] = .)",
        "reduce .[] as $x ({}; .[\"a\"] = [.])",
        "reduce .[] as $x ({}; .[\"\\(.)\"] = 1)",
        "reduce .[] as $x (1; . * 2)",
        "reduce .[] as $x (2; . * .)",
        "reduce .[] as $x ({}; .[\"a\"] *= 2)",
        "reduce .[] as $x ({}; .[\"a\"] |= [., .])",
        "reduce .[] as $x ([]; . + [$x] | . + .)",
        "reduce .[] as $x ([]; . + [$x] | [., .])",
        "reduce .[] as $x ([]; if . == [] then [1] else [., .] end)",
        "reduce .[] as $x ([]; . as $y | $y + $y)",
        "reduce .[] as $x ([]; (reduce .[] as $y (.; . + .)))",
        "reduce .[] as $x ([]; map(., .))",
        "reduce .[] as $x ([]; tojson)",
        // One output each turn becomes many.
        "reduce .[] as $x (0; ., .)",
        "reduce .[] as $x (0; . + (1, 2))",
        "reduce .[] as $x (0; . + ($x | .[]))",
        "reduce .[] as $x ((1, 2); . + $x)",
        "reduce .[] as $x ({}; .[\"a\", \"b\"] += 1)",
        // Regular expressions, and what else takes long at once.
        "test(\"(a*)*b\")",
        "[match(\"a\"; \"g\")]",
        "gsub(\"a\"; \"aa\")",
        "splits(\"a\")",
        "split(\"a\"; null)",
        "try error catch .",
        "tonumber",
        "pow(.; 99)",
        "strptime(\"%Y\")",
        "error(def f: f; f)",
        "[.[] | (.. | .)]",
        "$ENV",
    ] {
        assert!(!cheap(filter, 1), "{filter}");
    }
}

#[test]
fn what_multiplies_is_cheap_on_little_only() {
    for filter in [
        "[.[] as $a | .[] as $b | .[] as $c | [$a, $b, $c]]",
        "[.[], .[]] | [.[], .[]] | [.[], .[]] | [.[], .[]] | [.[], .[]] | [.[], .[]] | [.[], .[]] | [.[], .[]]",
        "[., .] | [., .] | [., .] | [., .] | [., .] | [., .] | [., .] | [., .] | [., .] | [., .] | [., .]",
        "tojson | tojson | tojson",
        "[.[] | \"\\(.)\\(.)\"] | add",
        "(. + .) | (. + .) | (. + .) | (. + .) | (. + .) | (. + .) | (. + .) | (. + .) | (. + .) | (. + .)",
        "\"\\(.[])\\(.[])\\(.[])\"",
        "{(.[]): .[], b: .[]}",
        ". / \"\" | map(. / \"\")",
        "sort_by(.[], .[], tojson)",
    ] {
        assert!(!cheap(filter, 2_000), "{filter}");
    }
    let long = ["[., .]"; 40].join(" | ");
    assert!(!cheap(&long, 1), "two to the fortieth");
    let nested = format!("{}.{}", "[".repeat(60), "]".repeat(60));
    assert!(!cheap(&nested, 1), "deep");
}

#[test]
fn a_bound_is_never_below_what_comes_out() {
    let input = json!({
        "list": ["a", "bb", "\u{1}\u{2}\"\\\"", 1e300, 12, [1, [2, [3]]], {"k": null, "a longer key than most": true}],
        "n": 3, "words": "some words, with commas, and more", "rows": [{"v": 2, "g": "x"}, {"v": 1, "g": "y"}]
    });
    let whole = Input::whole(input);
    let size = size(&whole).expect("it is small");
    for filter in [
        ".",
        ".list",
        "[.list[], .list[]]",
        "tojson",
        "\"\\(.)\\(.list)\"",
        "[.list[] | tostring]",
        "to_entries",
        ".rows | sort_by(.v)",
        ".rows | group_by(.g)",
        ".rows | map(.v) | add",
        ".words / \"\"",
        ".words / \", \"",
        "[.list[] as $a | .rows[] as $b | [$a, $b]]",
        "reduce .rows[] as $r ({}; .[$r.g] += $r.v)",
        "reduce .list[] as $x ([]; . + [$x])",
        ".list | join(\"-\")",
        "keys",
        "{a: .list, b: .rows}",
        ".list + .rows",
        "[.rows[] | {v, g}] | unique_by(.g)",
        ".list - [12]",
        ".words | [., ascii_upcase, ltrimstr(\"some\")]",
        "[.n, 1 / 3]",
        ".rows | [first, last, min_by(.v), max_by(.v)]",
        ".rows | from_entries? // 0",
        ".list | reverse | .[1:]",
    ] {
        let tree = syntax::parse(filter).expect("it parses");
        let bound = Count::default().bound(&tree, size).expect("it has a bound");
        let limits = Limits::CONDITION;
        let Ok(result) = Evaluator::in_thread().run(filter, &whole, limits, &Cancel::new()) else { continue };
        let is = super::size(&Input::whole(result)).expect("it is small");
        assert!(is <= bound.each && is <= bound.work, "{filter} gives {is} units, and {bound:?} was counted");
    }
}
