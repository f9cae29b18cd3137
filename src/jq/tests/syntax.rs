//! What `check` says about filters that cannot be loaded, and that no text harms it.

use proptest::prelude::*;

use super::super::{Cancel, Evaluator, Fault, Input, Limits, check, program};

/// The message, and what in the filter it points at.
fn refused(filter: &str) -> (String, String) {
    match check(filter) {
        Ok(()) => panic!("{filter} is accepted"),
        Err(fault) => (fault.message.clone(), filter.get(fault.span.clone()).unwrap_or("?").to_string()),
    }
}

#[test]
fn a_fault_names_the_place_and_the_remedy() {
    for (filter, message, place) in [
        (".a | lenght", "no filter is named `lenght`, did you mean `length`?", "lenght"),
        ("def total: add; totl", "no filter is named `totl`, did you mean `total`?", "totl"),
        ("map(.a; .b)", "`map` takes 1 argument, not 2", "map"),
        ("range", "`range` takes 1 or 2 or 3 arguments, not 0", "range"),
        (
            ".tickets as $tickets | $tickest",
            "no variable is named `$tickest` here, did you mean `$tickets`?",
            "$tickest",
        ),
        ("now - 1", "`now` is not available, because the result of a filter must be repeatable", "now"),
        ("$ENV.HOME", "`$ENV` is not available, because the result of a filter must be repeatable", "$ENV"),
        ("[inputs]", "`inputs` is not available, because the result of a filter must be repeatable", "inputs"),
        (". | debug(.)", "`debug` is not available, because the result of a filter must be repeatable", "debug"),
        ("import \"a\" as a; .", "`import` is not available, because a filter stands on its own", "import"),
        ("a::b", "`a::b` is not available, because a filter stands on its own", "a::b"),
        ("break $x", "no label is named `$x` here", "$x"),
        ("", "the filter ends where a value or a filter is expected", ""),
        (".a +", "the filter ends where a value or a filter is expected", ""),
        ("(.a", "`)` is missing at the end, to close `(`", ""),
        ("\"abc", "`\"` is missing at the end, to close `\"`", ""),
        (".a == \"x\" &", "`&` has no meaning here", "&"),
        (".a b", "`b` stands where the end of the filter is expected", "b"),
        ("if .a then 1", "the filter ends where `else`, `elif` or `end` is expected", ""),
        ("[1, 2", "`]` is missing at the end, to close `[`", ""),
        ("reduce .[] as $x (0)", "`reduce` takes (INIT; UPDATE)", "reduce"),
        ("\"\\x\"", "no escape in a string begins like this; a backslash is written `\\\\`", "x"),
    ] {
        assert_eq!(refused(filter), (message.to_string(), place.to_string()), "{filter}");
    }
}

#[test]
fn everything_that_acts_or_looks_at_the_world_is_refused() {
    for filter in
        ["env", "env.A", "now", "localtime", "input", "debug", "stderr", "halt", "halt_error", "halt_error(1)"]
    {
        assert!(refused(filter).0.contains("must be repeatable"), "{filter}");
    }
    assert!(check("debug_empty").is_err() && check("strflocaltime(\"%Y\")").is_err());
    // A person's own definition of the name is another matter.
    assert_eq!(check("def now: 1; now"), Ok(()));
}

#[test]
fn a_text_that_could_overflow_a_stack_is_refused_before_it_is_parsed() {
    for filter in [
        "(".repeat(100_000),
        "[".repeat(60_000),
        "{a:".repeat(20_000),
        format!("1{}", "+1".repeat(30_000)),
        format!("1{}", "|1".repeat(32_000)),
        "-".repeat(65_000),
        "try ".repeat(16_000),
        "if ".repeat(20_000),
        "def f: ".repeat(9_000),
        "reduce ".repeat(9_000),
        ". as [".repeat(10_000),
        "label $x | ".repeat(5_000),
        "\"\\(".repeat(20_000),
        "\"".repeat(65_536),
        "#".repeat(65_536),
        "..".repeat(30_000),
        "\u{10ffff}".repeat(10_000),
    ] {
        assert!(check(&filter).is_err(), "{}", &filter[..20]);
    }
}

#[test]
fn the_largest_filters_that_are_allowed_load() {
    let limits = Limits::lasting(std::time::Duration::from_secs(20));
    for filter in [
        format!("1{}", "+1".repeat(3_990)),
        format!("1{}", "|1".repeat(3_990)),
        format!("[1{}]", ",1".repeat(3_990)),
        format!("{}1", "-".repeat(3_990)),
        format!("{}1", "try ".repeat(3_990)),
        format!("{}.{}", "[".repeat(190), "]".repeat(190)),
        format!("{}1", "def f: 1; ".repeat(3_990)),
        format!("{}1{}", "if . then ".repeat(1_900), " else 2 end".repeat(1_900)),
        format!("{{{}}}", (0..3_000).map(|i| format!("a{i}:1")).collect::<Vec<_>>().join(",")),
        format!("{{{}}}", (0..3_000).map(|i| format!("a{i}:1")).collect::<Vec<_>>().join(",")),
        format!("\"{}\"", "a (b - c) \\(.) ".repeat(1_000)),
    ] {
        let shown = &filter[..20];
        assert_eq!(check(&filter), Ok(()), "{shown}");
        let input = Input::whole(serde_json::json!(null));
        let result = Evaluator::in_thread().run(&filter, &input, limits, &Cancel::new());
        assert!(!matches!(result, Err(Fault::Syntax(_) | Fault::Broken(_))), "{shown}: {result:?}");
    }
}

proptest! {
    #[test]
    fn no_text_harms_the_check(text in r#"([\[\](){}|,;:.?"\\$@#+\-*/%=<>! a0é\n]|def|as|if|then|end|reduce|try|\\\(|\$x|\.\.|label){0,60}"#) {
        // A filter that is accepted also compiles: the check resolves names as the compiler does.
        if check(&text).is_ok() {
            prop_assert!(program::Program::compile(&text).is_ok(), "{text}");
        }
    }
}
