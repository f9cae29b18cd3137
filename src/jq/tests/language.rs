//! Ordinary filters give what jq gives.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::{Cancel, Evaluator, Fault, Input, Limits, check, truthy};

const LIMITS: Limits = Limits::lasting(Duration::from_secs(20));

fn run(filter: &str, input: &Value) -> Result<Value, Fault> {
    Evaluator::in_thread().run(filter, &Input::whole(input.clone()), LIMITS, &Cancel::new())
}

/// A filter, its input and its first output, each as JSON.
const TABLE: &[(&str, &str, &str)] = &[
    (".", "1.0", "1.0"),
    (".", r#"{"b":1,"a":[true,null,"é\n\u0000"]}"#, r#"{"b":1,"a":[true,null,"é\n\u0000"]}"#),
    (".a.b", r#"{"a":{"b":[1]}}"#, "[1]"),
    (".a[1:]", r#"{"a":[1,2,3]}"#, "[2,3]"),
    (".[-1]", "[1,2,3]", "3"),
    (".a?", "1", r#""no output""#),
    (".a", "null", "null"),
    ("[.[] | .a]", r#"[{"a":1},{"a":2}]"#, "[1,2]"),
    ("[..]", "[[1]]", "[[[1]],[1],1]"),
    ("(1, 2)", "null", "1"),
    (".a.b = 1", "{}", r#"{"a":{"b":1}}"#),
    (".[] += 1", "[1,2]", "[2,3]"),
    (".a |= . * 2", r#"{"a":4}"#, r#"{"a":8}"#),
    (".a /= 2", r#"{"a":4}"#, r#"{"a":2}"#),
    (".a //= 3", "{}", r#"{"a":3}"#),
    ("(.a, .b) |= . + 1", r#"{"a":1,"b":2}"#, r#"{"a":2,"b":3}"#),
    (".a[2] = 1", "null", r#"{"a":[null,null,1]}"#),
    (".[.k].n += 1", r#"{"k":"a"}"#, r#"{"k":"a","a":{"n":1}}"#),
    (
        "reduce .[] as $x ({}; .[$x.a][$x.b] += [$x.c])",
        r#"[{"a":"p","b":"q","c":1},{"a":"p","b":"q","c":2}]"#,
        r#"{"p":{"q":[1,2]}}"#,
    ),
    ("(.a, .b.c) = 1", "{}", r#"{"a":1,"b":{"c":1}}"#),
    ("(.a | select(. == null)) = 1", "{}", r#"{"a":1}"#),
    ("getpath([\"a\", \"b\"]) = 1", "{}", r#"{"a":{"b":1}}"#),
    (".a[\"b\\(1)\"] = 1", "{}", r#"{"a":{"b1":1}}"#),
    (".[\"a\", \"b\"] = 1", "{}", r#"{"a":1,"b":1}"#),
    (".a.b |= . + 1", "{}", r#"{"a":{"b":1}}"#),
    ("[.a.b, .a[0]]", "{}", "[null,null]"),
    ("del(.a.b, .c, .d[0])", r#"{"c":1,"x":2,"y":3}"#, r#"{"x":2,"y":3}"#),
    ("del(.a)", r#"{"b":1,"a":2,"c":3,"d":4}"#, r#"{"b":1,"c":3,"d":4}"#),
    ("del(.[1:3])", "[1,2,3,4]", "[1,4]"),
    ("del(.[-1], .[0])", "[1,2,3]", "[2]"),
    ("del(.[] | select(. > 1))", "[1,2,3]", "[1]"),
    ("del(.[].a)", r#"[{"a":1,"b":2},{"b":3}]"#, r#"[{"b":2},{"b":3}]"#),
    ("del(.)", "1", "null"),
    ("del(..)", "[1]", "null"),
    ("del(.a)", r#"{"a":1,"b":2}"#, r#"{"b":2}"#),
    ("del(.[0, 2])", "[1,2,3]", "[2]"),
    ("to_entries", r#"{"a":1}"#, r#"[{"key":"a","value":1}]"#),
    ("from_entries", r#"[{"key":"a","value":1}]"#, r#"{"a":1}"#),
    ("with_entries(.value += 1)", r#"{"a":1,"b":2}"#, r#"{"a":2,"b":3}"#),
    ("reduce .[] as $x (0; . + $x)", "[1,2,3]", "6"),
    ("[foreach .[] as $x (0; . + $x)]", "[1,2,3]", "[1,3,6]"),
    ("[foreach .[] as $x (0; . + $x; [$x, .])]", "[1,2]", "[[1,1],[2,3]]"),
    ("reduce .tickets[] as $t ({}; .[$t.intent] += 1)", r#"{"tickets":[{"intent":"a"},{"intent":"a"}]}"#, r#"{"a":2}"#),
    ("group_by(.a)", r#"[{"a":2},{"a":1},{"a":2}]"#, r#"[[{"a":1}],[{"a":2},{"a":2}]]"#),
    (
        "sort_by(.a, .b)",
        r#"[{"a":2,"b":1},{"a":1,"b":2},{"a":1,"b":1}]"#,
        r#"[{"a":1,"b":1},{"a":1,"b":2},{"a":2,"b":1}]"#,
    ),
    ("unique_by(length)", r#"["a","bb","c"]"#, r#"["a","bb"]"#),
    ("[min, max]", "[2,1,3]", "[1,3]"),
    ("min_by(.a)", r#"[{"a":2},{"a":1}]"#, r#"{"a":1}"#),
    ("walk(if type == \"number\" then . + 1 else . end)", r#"[1,{"a":2}]"#, r#"[2,{"a":3}]"#),
    ("label $out | foreach .[] as $x (0; . + $x; if . > 3 then ., break $out else empty end)", "[1,2,3,4]", "6"),
    ("def fac: if . <= 1 then 1 else . * (. - 1 | fac) end; fac", "10", "3628800"),
    ("def f(g; $x): [g, $x]; f(. + 1; . + 2)", "1", "[2,3]"),
    ("[recurse(if . < 3 then . + 1 else empty end)]", "0", "[0,1,2,3]"),
    ("[limit(3; range(10))]", "null", "[0,1,2]"),
    ("[first(range(5, 9)), last(range(5)), nth(2; range(9))]", "null", "[0,4,2]"),
    ("[range(0; 10; 3)], [range(3; 0; -1)]", "null", "[0,3,6,9]"),
    ("[range(5; 0; -2)]", "null", "[5,3,1]"),
    ("[any, all]", "[true,false]", "[true,false]"),
    ("any(.[]; . > 2) and (all(.[]; . > 2) | not)", "[1,3]", "true"),
    ("[.[] | test(\"^a.c$\")]", r#"["abc","abd"]"#, "[true,false]"),
    ("test(\"B\"; \"i\")", r#""abc""#, "true"),
    ("capture(\"(?<y>\\\\d+)-(?<m>\\\\d+)\")", r#""2026-11""#, r#"{"y":"2026","m":"11"}"#),
    ("[scan(\"\\\\d\")]", r#""a1b2""#, r#"["1","2"]"#),
    ("sub(\"b\"; \"x\") + gsub(\"[ab]\"; \"y\")", r#""abb""#, r#""axbyyy""#),
    ("gsub(\"(?<x>[a-z])\"; \"<\\(.x)>\")", r#""ab""#, r#""<a><b>""#),
    ("split(\", \") | join(\"-\")", r#""a, b""#, r#""a-b""#),
    ("\"\\(.a) and \\(.b | length)\"", r#"{"a":"x","b":[1,2]}"#, r#""x and 2""#),
    ("\"\\(10 / 2) \\(1 / 4) \\([1, \"a\"])\"", "null", r#""5 0.25 [1,\"a\"]""#),
    ("\"\\(pow(2; 3))\", 0", "null", r#""8""#),
    ("@text, 0", "[1]", r#""[1]""#),
    ("@json", r#"{"a":"b"}"#, r#""{\"a\":\"b\"}""#),
    ("@html \"<b>\\(.)</b>\"", r#""<&>""#, r#""<b>&lt;&amp;&gt;</b>""#),
    ("@uri", r#""a b""#, r#""a%20b""#),
    ("@csv", r#"["a\"b",1,null,true]"#, r#""\"a\"\"b\",1,,true""#),
    ("@tsv", r#"["a\tb",1]"#, r#""a\\tb\t1""#),
    ("@base64 | ., @base64d", r#""hi""#, r#""aGk=""#),
    ("@sh", r#""it's""#, r#""'it'\\''s'""#),
    ("ascii_downcase + ascii_upcase", r#""aB""#, r#""abAB""#),
    ("[length, (.[0] | length), (.[1] | length), (.[2] | length)]", r#"["héé",null,{"a":1}]"#, "[3,3,0,1]"),
    ("utf8bytelength", r#""é""#, "2"),
    ("explode | implode", r#""aé""#, r#""aé""#),
    ("tojson | fromjson", r#"{"a":[1,2.5]}"#, r#"{"a":[1,2.5]}"#),
    ("[.[] | tostring]", r#"[1,"1",[1],null]"#, r#"["1","1","[1]","null"]"#),
    ("[.[] | tonumber]", r#"["1","2.5",3]"#, "[1,2.5,3]"),
    ("[.[] | type]", r#"[null,true,1,"a",[],{}]"#, r#"["null","boolean","number","string","array","object"]"#),
    ("keys + keys_unsorted", r#"{"b":1,"a":2}"#, r#"["a","b","b","a"]"#),
    ("[has(\"a\"), has(\"z\")]", r#"{"a":1}"#, "[true,false]"),
    ("contains({a: [1]}) and inside({a: [1, 2], b: 3})", r#"{"a":[1,2]}"#, "true"),
    ("map(select(. >= 2)) | add", "[1,2,3]", "5"),
    ("add / length", "[1,2,3]", "2"),
    ("add", "[]", "null"),
    ("[.[] | . % 3]", "[5,-5]", "[2,-2]"),
    ("[1 / 3, 7 / 2, floor, sqrt, (1.5 | round)]", "4", "[0.3333333333333333,3.5,4,2,2]"),
    ("[path(..)]", r#"{"a":[1]}"#, r#"[[],["a"],["a",0]]"#),
    ("[paths]", r#"{"a":[1]}"#, r#"[["a"],["a",0]]"#),
    ("getpath([\"a\", \"b\"])", r#"{"a":{"b":3}}"#, "3"),
    ("setpath([\"a\", 0]; 1)", r#"{"a":[0]}"#, r#"{"a":[1]}"#),
    ("delpaths([[\"a\"]])", r#"{"a":1,"b":2}"#, r#"{"b":2}"#),
    ("flatten", "[1,[2,[3]]]", "[1,2,3]"),
    ("flatten(1)", "[1,[2,[3]]]", "[1,2,[3]]"),
    ("transpose", "[[1,2],[3,4]]", "[[1,3],[2,4]]"),
    ("[combinations]", "[[1,2],[3,4]]", "[[1,3],[1,4],[2,3],[2,4]]"),
    ("indices(\", \")", r#""a, b, c""#, "[1,4]"),
    ("[index(\"b\"), rindex(\"b\")]", r#""abcb""#, "[1,3]"),
    ("[startswith(\"a\"), endswith(\"a\"), ltrimstr(\"a\"), rtrimstr(\"c\")]", r#""abc""#, r#"[true,false,"bc","ab"]"#),
    ("[trim, ltrim, rtrim]", r#"" a ""#, r#"["a","a "," a"]"#),
    ("[while(. < 10; . * 2)]", "1", "[1,2,4,8]"),
    ("until(. > 100; . * 2)", "1", "128"),
    ("[limit(3; repeat(1))]", "null", "[1,1,1]"),
    ("try error(\"x\") catch .", "null", r#""x""#),
    ("[.[] | try tonumber catch \"no\"]", r#"["1","a"]"#, r#"[1,"no"]"#),
    ("[.[]?]", "1", "[]"),
    (".a // \"none\"", r#"{"a":false}"#, r#""none""#),
    ("if .a then 1 elif .b then 2 else 3 end", r#"{"b":true}"#, "2"),
    ("if . then 1 end", "false", "false"),
    (". as [$a, {b: $c}] | $a + $c", r#"[1,{"b":2}]"#, "3"),
    (". as {a: $x, $b} | [$x, $b]", r#"{"a":1,"b":2}"#, "[1,2]"),
    (
        "{a, \"b\": 2, (\"c\" + \"d\"): 3, @text \"e\": 4, \"f\\(1)\": 5}",
        r#"{"a":1}"#,
        r#"{"a":1,"b":2,"cd":3,"e":4,"f1":5}"#,
    ),
    ("1 as $x | {$x}", "null", r#"{"x":1}"#),
    ("{a: 1} + {b: 2} * {c: {d: 3}}", "null", r#"{"a":1,"b":2,"c":{"d":3}}"#),
    ("{a: {b: 1}} * {a: {c: 2}}", "null", r#"{"a":{"b":1,"c":2}}"#),
    ("[1, 2, 3] - [2]", "null", "[1,3]"),
    ("\"ab\" * 2", "null", r#""abab""#),
    ("\"a,b\" / \",\"", "null", r#"["a","b"]"#),
    ("[1 == 1.0, 1 < 2, \"a\" < \"b\", [] < {}, null < false]", "null", "[true,true,true,true,true]"),
    ("[nan < 1, (nan | isnan), (infinite | isinfinite)]", "null", "[true,true,true]"),
    ("[nan, infinite, -infinite]", "null", "[null,1.7976931348623157e+308,-1.7976931348623157e+308]"),
    ("[1e1000]", "null", "[1.7976931348623157e+308]"),
    ("splits(\"a\")", r#""bac""#, r#""b""#),
    ("[splits(\", *\")]", r#""a, b,c""#, r#"["a","b","c"]"#),
    ("isempty(empty) and (isempty(1) | not)", "null", "true"),
    ("input_ok", "null", r#""no such name""#),
    ("pick(.a)", r#"{"a":1,"b":2}"#, r#"{"a":1}"#),
    ("[tostream]", "[1,[2]]", "[[[0],1],[[1,0],2],[[1,0]],[[1]]]"),
    ("fromstream(tostream)", r#"{"a":[1,{"b":2}]}"#, r#"{"a":[1,{"b":2}]}"#),
    ("IN(1, 2), 0", "2", "true"),
    ("INDEX(.id) | keys", r#"[{"id":1},{"id":"b"}]"#, r#"["1","b"]"#),
    ("[toarray, (\"xax\" | trimstr(\"x\")), (65 | ascii)]", "1", r#"[[1],"a","A"]"#),
    ("todate", "1425599621", r#""2015-03-05T23:53:41Z""#),
    ("strptime(\"%Y-%m-%d\") | mktime", r#""2015-03-05""#, "1425513600"),
    ("9007199254740993, 0", "null", "9007199254740993"),
    ("18446744073709551615", "null", "18446744073709551615"),
    ("[splits(\"x\"; \"g\")] | length", r#""axb""#, "2"),
    ("ltrimstr(1)", r#""a""#, r#""raises""#),
    ("1 / 0", "null", r#""raises""#),
    ("{} | keys[0]", "null", "null"),
    ("getpath([\"a\", 0])", "null", "null"),
    ("map_values(. + 1)", r#"{"a":1}"#, r#"{"a":2}"#),
    ("map_values(empty)", r#"{"a":1}"#, "{}"),
    ("first", "[3,4]", "3"),
    ("reverse", "[1,2]", "[2,1]"),
    ("[.[] as $x | $x * 2]", "[1,2]", "[2,4]"),
    ("# a comment (\n.a # another [", r#"{"a":1}"#, "1"),
    // The order in which jq combines outputs.
    ("[(1, 2) + (10, 20)]", "null", "[11,12,21,22]"),
    ("[(1, 2) < (2, 1)]", "null", "[true,false,false,false]"),
    ("[\"\\(1, 2)-\\(3, 4)\"]", "null", r#"["1-3","2-3","1-4","2-4"]"#),
    ("[{a: (1, 2), b: (3, 4)} | [.a, .b]]", "null", "[[1,3],[1,4],[2,3],[2,4]]"),
    ("[.[0, 1][0, 1]]", "[[1,2],[3,4]]", "[1,3,2,4]"),
    ("[.[] | .[0, 1]]", "[[1,2],[3,4]]", "[1,2,3,4]"),
    ("[pow(2, 3; 1, 2)]", "null", "[2,3,4,9]"),
    ("[range(0, 1; 3, 4)] | length", "null", "12"),
    // Updates walk over the value as it was, and take the first output.
    (".foo[1, 4, 2, 3] |= empty", r#"{"foo":[0,1,2,3,4,5]}"#, r#"{"foo":[0,5]}"#),
    ("(.[0], .[1]) |= empty", "[1,2,3]", "[3]"),
    (".[] |= (., .)", "[1,2]", "[1,2]"),
    (".[] |= empty", "[1,2]", "[]"),
    (".a |= empty", r#"{"b":1,"a":2,"c":3,"d":4}"#, r#"{"b":1,"c":3,"d":4}"#),
    (".. |= (if type == \"array\" then length else . end)", "[[1,2],3]", r#""raises""#),
    ("(.a, .[.a]) = \"b\"", r#"{"a":"c"}"#, r#"{"a":"b","c":"b"}"#),
    ("(.a, .b) += (1, 2)", r#"{"a":1,"b":2}"#, r#"{"a":2,"b":3}"#),
    ("first(.[] | select(. > 1)) |= 9", "[1,2,3]", "[1,9,3]"),
    ("def p: .a.b; p = 1", "{}", r#"{"a":{"b":1}}"#),
    (".a?.b = 1", "{}", r#"{"a":{"b":1}}"#),
    (".[1:3] = [9]", "[1,2,3,4]", "[1,9,4]"),
    (".[1:3] |= map(. * 2)", "[1,2,3,4]", "[1,4,6,4]"),
    (".[-1] = 9", "[1,2]", "[1,9]"),
    (".[-3] = 9", "[1,2]", r#""raises""#),
    ("paths(type == \"number\") as $p | setpath($p; 0)", r#"{"a":[1]}"#, r#"{"a":[0]}"#),
    // Folds go on with the last output of an update.
    ("reduce range(3) as $x (0; ., . + $x)", "null", "3"),
    ("reduce range(3) as $x (0; empty)", "null", "null"),
    ("[foreach range(3) as $x (0; . + $x, . * 10)]", "null", "[0,0,1,0,2,0]"),
    ("[foreach range(2) as $x (0; empty; .)]", "null", "[]"),
    ("[limit(3; foreach range(9) as $x (0; . + $x; ., -.))]", "null", "[0,0,1]"),
    // Nothing is silently something else.
    (
        "[.[] | try tonumber catch \"no\"]",
        r#"["2a","0x1"," 1","1 ","","1e3","-.5","+5","123\u0000"]"#,
        r#"["no","no","no","no","no",1000,-0.5,5,"no"]"#,
    ),
    ("[.[] | tonumber? // 0] | add", r#"["12 EUR","3"]"#, "3"),
    ("[.[] | try toboolean catch \"no\"]", r#"["true","truee",true,1]"#, r#"[true,"no",true,"no"]"#),
    ("join(\", \")", r#"["a",null,1,true]"#, r#""a, , 1, true""#),
    ("join(\",\")", "[[1]]", r#""raises""#),
    ("[nth(0, 2; range(5))]", "null", "[0,2]"),
    ("[.[1:3]?]", "null", "[null]"),
    ("[(infinite, -infinite) % (1, infinite)]", "null", "[0,0,0,-1]"),
    ("[5 % 2.7, -5 % 3, 5.5 % -2]", "null", "[1,-2,1]"),
    ("[.[1.7], .[1.2:2.1], .[length / 2]]", "[3,1,2]", "[1,[1,2],1]"),
    ("{} | .[0]", "null", r#""raises""#),
    ("{(1 | tostring): 2}", "null", r#"{"1":2}"#),
    ("{(.a): 2}", r#"{"a":1}"#, r#""raises""#),
    ("{(1): 2}", "null", r#""no such name""#),
    (
        "map(match(\"(?:([0-9]+)-)?([0-9]+)$\").captures | map(.string))",
        r#"["0316-4455","4455"]"#,
        r#"[["0316","4455"],[null,"4455"]]"#,
    ),
    ("capture(\"(?<a>x)?(?<b>y)\")", r#""y""#, r#"{"a":null,"b":"y"}"#),
    ("match(\"é(.)\") | [.offset, .length, .captures[0].offset, .captures[0].name]", r#""aéb""#, "[1,2,2,null]"),
    ("[test(\"A\"; \"ix\"), test([\"A\", \"i\"]), test(\"a\"; null)]", r#""a""#, "[true,true,true]"),
    ("[sub(\"(?<x>.)\"; \"\\(.x)1\", \"\\(.x)2\")]", r#""ab""#, r#"["a1b","a2b"]"#),
    ("\"1 2\" | fromjson", "null", r#""raises""#),
    ("\"[1] # x\" | fromjson", "null", r#""raises""#),
    ("[.[] | ltrimstr(\"a\")]", r#"["ab",1]"#, r#""raises""#),
    ("from_entries", r#"[{"key":null,"value":1},{"name":"b","v":2}]"#, r#"{"null":1,"b":2}"#),
    ("[limit(-1; 1)]", "null", r#""raises""#),
    ("[range(0; 1; 0)]", "null", "[]"),
    ("flatten", r#"{"a":[1,[2]]}"#, "[1,2]"),
    ("walk(if type == \"number\" then ., . else . end)", "[1,{\"a\":2}]", r#"[1,1,{"a":2}]"#),
    ("@sh", r#"[{"a":1}]"#, r#""raises""#),
    ("[@base32, (@base32 | @base32d)]", r#""hello""#, r#"["NBSWY3DP","hello"]"#),
    (
        "[.[] | tojson]",
        "[1,1e17,1e-5,0.0001,1.5e300,100000.5]",
        r#"["1","1e+17","1e-05","0.0001","1.5e+300","100000.5"]"#,
    ),
    // What jq's grammar has beyond jaq's.
    ("[.5, 1 + .5, (.[] | .5 * .)]", "[2]", "[0.5,1.5,1]"),
    ("[.[] as [$a] ?// $a | $a]", "[[1],2]", "[1,2]"),
    ("[.[] as {a: $x} ?// [$x, $y] | [$x, $y]]", r#"[{"a":1},[2,3]]"#, "[[1,null],[2,3]]"),
    ("[[1] as [$a] ?// $b | if $a then error(\"no\") else $b end]", "null", "[[1]]"),
    (". as {$a: [$b], c: $d} | [$a, $b, $d]", r#"{"a":[1],"c":2}"#, "[[1],1,2]"),
    ("[reduce .[] / 2 as $x (0; . + $x)]", "[2,4]", "[3]"),
    ("{reduce: 1, foreach: 2, as: 3} | [.reduce, .foreach, .as]", "null", "[1,2,3]"),
    ("[1,\n  $__loc__.line, ({$__loc__} | .__loc__.line)]", "null", "[1,2,2]"),
    ("[leaf_paths]", r#"{"a":[1]}"#, r#"[["a",0]]"#),
    ("pick(first, .[2])", "[1,2,3]", "[1,null,3]"),
    ("JOIN({\"1\": \"x\"}; .[0] | tostring)", "[[1,2]]", r#"[[[1,2],"x"]]"#),
    ("builtins | contains([\"map/1\", \"range/3\"])", "null", "true"),
];

#[test]
fn ordinary_filters_give_what_jq_gives() {
    let mut wrong = Vec::new();
    for (filter, input, expected) in TABLE {
        let input: Value = serde_json::from_str(input).unwrap();
        let shown = match run(filter, &input) {
            Ok(value) => serde_json::to_string(&value).unwrap(),
            Err(Fault::Empty) => r#""no output""#.into(),
            Err(Fault::Error(_)) => r#""raises""#.into(),
            Err(Fault::Syntax(_)) => r#""no such name""#.into(),
            Err(fault) => fault.to_string(),
        };
        if shown != *expected {
            wrong.push(format!("{filter}  on  {input}\n    gives {shown}\n    not   {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_filter_that_is_loaded_is_a_filter_that_checks() {
    for (filter, _, expected) in TABLE {
        assert_eq!(check(filter).is_err(), expected.contains("no such name"), "{filter}");
    }
}

#[test]
fn what_an_error_says_is_the_message_of_the_filter() {
    let message = |filter| match run(filter, &json!({"a": 1})) {
        Err(Fault::Error(message)) => message,
        other => format!("{other:?}"),
    };
    assert_eq!(message("error(\"no tickets\")"), "no tickets");
    assert_eq!(message(".a | keys"), "number (1) has no keys");
    assert_eq!(message(".a.b"), "Cannot index number with string (\"b\")");
    assert_eq!(message("1 / 0"), "number (1) and number (0) cannot be divided because the divisor is zero");
    assert_eq!(message("error({a: 1})"), "{\"a\":1}");
    assert_eq!(message("error(null)"), "null");
    assert!(message("error(\"é\" * 5000)").chars().count() <= 2_000);
    assert!(message("error(reduce range(60) as $i (0; [., .]))").ends_with('…'));
}

#[test]
fn values_beside_null_and_false_are_true() {
    assert!(truthy(&json!(0)) && truthy(&json!("")) && truthy(&json!([])) && truthy(&json!(true)));
    assert!(!truthy(&json!(null)) && !truthy(&json!(false)));
}

#[test]
fn limits_hold_inside_the_process_too() {
    let limits = Limits { steps: 50_000, wall: Duration::from_secs(20) };
    let run = |filter: &str, limits, cancel: &Cancel| {
        Evaluator::in_thread().run(filter, &Input::whole(json!(null)), limits, cancel)
    };
    for filter in
        ["def f: f; f", "repeat(empty)", "last(range(1e18))", "until(false; .)", "try last(repeat(1)) catch 1"]
    {
        assert_eq!(run(filter, limits, &Cancel::new()), Err(Fault::Steps), "{filter}");
    }
    let deep = Limits::lasting(Duration::from_secs(60));
    assert_eq!(run("def f: 1 + f; f", deep, &Cancel::new()), Err(Fault::Depth));
    let short = Limits { steps: u64::MAX, wall: Duration::from_millis(50) };
    assert_eq!(run("repeat(empty)", short, &Cancel::new()), Err(Fault::Wall));
    let cancel = Cancel::new();
    cancel.cancel();
    assert_eq!(run("repeat(empty)", deep, &cancel), Err(Fault::Cancelled));
}

#[test]
fn steps_are_the_same_every_time() {
    let enough = |steps| {
        let limits = Limits { steps, wall: Duration::from_secs(20) };
        let filter = "[range(100) | select(. % 2 == 0)] | map(. + 1) | group_by(. % 3) | length";
        Evaluator::in_thread().run(filter, &Input::whole(json!(null)), limits, &Cancel::new()).is_ok()
    };
    let least = (0..1000).find(|steps| enough(*steps)).unwrap();
    assert!(least > 100 && (0..5).all(|_| enough(least) && !enough(least - 1)), "{least}");
}

#[test]
fn values_nested_too_deeply_are_refused_on_both_sides() {
    let nested = |levels| (0..levels).fold(json!(1), |value, _| json!([value]));
    assert_eq!(run(".", &nested(127)), Ok(nested(127)));
    assert_eq!(run(".", &nested(128)), Err(Fault::TooNested));
    assert_eq!(run("[.]", &nested(127)), Err(Fault::TooNested));
}
