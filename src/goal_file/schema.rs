//! The JSON Schema of goal files, for editors and for people: the format, and the kinds of tools as their table has them.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use crate::tools::{KINDS, Kind, Kinds};

/// The format, with the kinds as the table had them when the file was last written.
const FORMAT: &str = include_str!("../../assets/goal.schema.json");

/// The schema of this build.
pub static SCHEMA: LazyLock<String> = LazyLock::new(|| schema(KINDS));

/// Returns the schema of goal files whose tools are of these `kinds`.
pub fn schema(kinds: Kinds) -> String {
    let mut schema: Value = serde_json::from_str(FORMAT).unwrap_or_default();
    if let Some(Value::Object(defs)) = schema.get_mut("$defs") {
        let described = |kind: &&Kind| (kind.name, serde_json::from_str(kind.schema).unwrap_or_default());
        let described: Vec<(&str, Value)> = kinds.iter().map(described).collect();
        *defs = std::mem::take(defs).into_iter().flat_map(|(name, of)| with_kinds(name, of, &described)).collect();
    }
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// Returns the definition `of` what goes by `name`. That of `run` names the kinds, and those whose settings are objects
/// follow it, each by its name; what stood there for a kind before is left out.
fn with_kinds(name: String, mut of: Value, kinds: &[(&str, Value)]) -> Vec<(String, Value)> {
    if name != "run" {
        return if kinds.iter().any(|(kind, _)| *kind == name) { Vec::new() } else { vec![(name, of)] };
    }
    let is_object = |schema: &Value| schema.get("properties").is_some();
    let property = |(kind, schema): &(&str, Value)| {
        let of = if is_object(schema) { json!({ "$ref": format!("#/$defs/{kind}") }) } else { schema.clone() };
        (kind.to_string(), of)
    };
    of["properties"] = Value::Object(kinds.iter().map(property).collect::<Map<_, _>>());
    let objects = kinds.iter().filter(|(_, schema)| is_object(schema));
    let objects = objects.map(|(kind, schema)| (kind.to_string(), schema.clone()));
    std::iter::once((name, of)).chain(objects).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::shapes::ALL;
    use super::super::{parse, samples};
    use super::{FORMAT, KINDS, SCHEMA};

    fn schema() -> Value {
        serde_json::from_str(&SCHEMA).expect("the schema is JSON")
    }

    #[test]
    fn the_schema_that_editors_read_is_that_of_the_table() {
        assert!(*SCHEMA == FORMAT, "write it with: cargo run -- schema > assets/goal.schema.json");
    }

    /// Returns the keywords of `schema` that `value` violates, with the place; covers the keywords that the schema uses.
    fn violations(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut check = |keyword: &str, holds: bool| {
            if !holds {
                found.push(format!("{at}: {keyword}"));
            }
        };
        let empty = serde_json::Map::new();
        let length = value.as_str().map(|text| text.chars().count()).or(value.as_array().map(Vec::len));
        let entries = value.as_object().unwrap_or(&empty);
        let mut below = Vec::new();
        for (keyword, rule) in schema.as_object().expect("schemas here are objects") {
            let number = rule.as_f64().unwrap_or_default();
            match keyword.as_str() {
                "$schema" | "$defs" | "title" | "description" | "examples" | "default" => {}
                "type" => {
                    let types: Vec<&str> = match rule {
                        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
                        rule => rule.as_str().into_iter().collect(),
                    };
                    check(keyword, types.iter().any(|kind| is(value, kind)));
                }
                "const" => check(keyword, value == rule),
                "enum" => check(keyword, rule.as_array().is_some_and(|allowed| allowed.contains(value))),
                "minimum" => check(keyword, value.as_f64().is_none_or(|it| it >= number)),
                "minLength" => check(keyword, !value.is_string() || length >= Some(number as usize)),
                "minItems" => check(keyword, !value.is_array() || length >= Some(number as usize)),
                "minProperties" => check(keyword, !value.is_object() || entries.len() >= number as usize),
                "maxProperties" => check(keyword, !value.is_object() || entries.len() <= number as usize),
                "uniqueItems" => {
                    let items = value.as_array().map_or(&[][..], Vec::as_slice);
                    check(keyword, items.iter().enumerate().all(|(at, item)| !items[..at].contains(item)));
                }
                "required" => {
                    let names = rule.as_array().into_iter().flatten().filter_map(Value::as_str);
                    check(keyword, !value.is_object() || names.clone().all(|name| entries.contains_key(name)));
                }
                "propertyNames" => check(keyword, entries.keys().all(|name| !name.is_empty())),
                "pattern" => {
                    let text = value.as_str().unwrap_or_default();
                    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
                    let some = text.trim_start_matches('0').starts_with(|c: char| c.is_ascii_digit());
                    check(keyword, some && ["ms", "s", "m"].contains(&unit));
                }
                "properties" => {
                    for (name, rule) in rule.as_object().into_iter().flatten() {
                        if let Some(value) = entries.get(name) {
                            below.extend(violations(root, rule, value, &format!("{at}/{name}")));
                        }
                    }
                }
                "additionalProperties" => {
                    let known = schema["properties"].as_object().unwrap_or(&empty);
                    for (name, value) in entries.iter().filter(|(name, _)| !known.contains_key(*name)) {
                        match rule {
                            Value::Bool(false) => check(keyword, false),
                            rule => below.extend(violations(root, rule, value, &format!("{at}/{name}"))),
                        }
                    }
                }
                "items" => {
                    for (index, value) in value.as_array().into_iter().flatten().enumerate() {
                        below.extend(violations(root, rule, value, &format!("{at}/{index}")));
                    }
                }
                "$ref" => below.extend(violations(root, target(root, rule), value, at)),
                "anyOf" => {
                    let mut rules = rule.as_array().into_iter().flatten();
                    check(keyword, rules.any(|rule| violations(root, rule, value, at).is_empty()));
                }
                other => panic!("the schema uses {other}, which this test does not know"),
            }
        }
        found.extend(below);
        found
    }

    fn target<'s>(root: &'s Value, reference: &Value) -> &'s Value {
        let pointer = reference.as_str().and_then(|text| text.strip_prefix('#')).expect("references are local");
        root.pointer(pointer).unwrap_or_else(|| panic!("{pointer} does not exist"))
    }

    fn is(value: &Value, kind: &str) -> bool {
        match kind {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "number" => value.is_number(),
            "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
            "boolean" => value.is_boolean(),
            "null" => value.is_null(),
            other => panic!("{other} is not a type"),
        }
    }

    #[test]
    fn the_schema_and_the_reader_know_the_same_fields() {
        let schema = schema();
        for shape in ALL.iter().copied().chain(KINDS.iter().filter_map(|kind| kind.shape)) {
            let object = if shape.schema.is_empty() { &schema } else { &schema["$defs"][shape.schema] };
            let mut described: Vec<&String> = object["properties"].as_object().expect(shape.what).keys().collect();
            let mut known: Vec<&str> = shape.fields.iter().map(|field| field.name).collect();
            described.sort();
            known.sort_unstable();
            assert_eq!(described, known, "{}", shape.what);
            let required: Vec<&str> =
                object["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let needed: Vec<&str> =
                shape.fields.iter().filter(|field| field.required).map(|field| field.name).collect();
            assert_eq!(required, needed, "{}", shape.what);
            assert_eq!(object["additionalProperties"], json!(false), "{}", shape.what);
        }
    }

    #[test]
    fn every_field_is_described_and_every_reference_leads_somewhere() {
        let schema = schema();
        let mut todo = vec![&schema];
        while let Some(value) = todo.pop() {
            if let Some(reference) = value.get("$ref") {
                target(&schema, reference);
            }
            for (name, property) in value.get("properties").and_then(Value::as_object).into_iter().flatten() {
                let text =
                    property.get("description").or_else(|| target(&schema, &property["$ref"]).get("description"));
                assert!(text.is_some_and(Value::is_string), "{name} is not described");
            }
            match value {
                Value::Object(entries) => {
                    todo.extend(entries.iter().filter(|(name, _)| *name != "examples").map(|(_, v)| v));
                }
                Value::Array(items) => todo.extend(items),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
    }

    #[test]
    fn the_schema_accepts_every_sample_and_its_own_examples() {
        let schema = schema();
        for sample in samples() {
            let value = serde_json::from_str(sample.text).expect("a sample is JSON");
            assert_eq!(violations(&schema, &schema, &value, ""), Vec::<String>::new(), "{}", sample.name);
        }
        for example in schema["examples"].as_array().expect("there are examples") {
            assert_eq!(violations(&schema, &schema, example, ""), Vec::<String>::new());
            parse(&example.to_string(), "example", None).unwrap_or_else(|faults| panic!("{faults}"));
        }
    }

    #[test]
    fn schema_and_reader_refuse_and_accept_the_same() {
        let schema = schema();
        let tool = |more: Value| {
            let mut tool = json!({"outputs": ["x"], "run": {"value": 1}});
            tool.as_object_mut().expect("it is one").extend(more.as_object().expect("it is one").clone());
            json!({"version": 1, "goal": "g", "tools": {"t": tool}})
        };
        let goal = |name: &str, value: Value| json!({"version": 1, "goal": "g", "tools": tool(json!({}))["tools"], name: value});
        let cases = [
            (true, tool(json!({}))),
            (true, tool(json!({"timeout": "500ms", "cost": 0, "retries": 2, "risk": "high"}))),
            (true, tool(json!({"run": {"ask": {"question": "?"}}}))),
            (true, goal("plan", json!(["a", {"tool": "nobody"}, {}]))),
            (true, goal("scenarios", json!([{"name": "a", "fail": {"tool": "t", "error": "e"}}]))),
            (true, goal("lesson", json!({"start": []}))),
            (false, json!([1])),
            (false, json!({"goal": "g"})),
            (false, json!({"version": 2, "goal": "g"})),
            (false, goal("tols", json!({}))),
            (false, goal("wants", json!({"x": 1}))),
            (false, goal("wants", json!({"": "."}))),
            (false, goal("plan", json!([3]))),
            (false, goal("plan", json!([{"approval": 1}]))),
            (false, goal("scenarios", json!([{"name": "a"}]))),
            (false, goal("scenarios", json!([{"name": "a", "fail": {"tool": "t"}}]))),
            (false, goal("lesson", json!({"start": [{"title": "t"}]}))),
            (false, tool(json!({"outputs": []}))),
            (false, tool(json!({"outputs": ["x", "x"]}))),
            (false, tool(json!({"timeout": "10"}))),
            (false, tool(json!({"timeout": "0s"}))),
            (false, tool(json!({"cost": -1}))),
            (false, tool(json!({"risk": "big"}))),
            (false, tool(json!({"retries": 0.5}))),
            (false, tool(json!({"run": {}}))),
            (false, tool(json!({"run": {"jq": ".", "value": 1}}))),
            (false, tool(json!({"run": {"command": {}}}))),
            (false, tool(json!({"run": {"ask": {}}}))),
        ];
        for (good, value) in cases {
            assert_eq!(parse(&value.to_string(), "case", None).is_ok(), good, "the reader, on {value}");
            assert_eq!(violations(&schema, &schema, &value, "").is_empty(), good, "the schema, on {value}");
        }
    }
}
