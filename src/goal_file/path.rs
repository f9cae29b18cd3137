//! The path into a JSON document: `tools.count_intents.inputs[1]`.

use std::fmt::Write;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Segment {
    /// The field of this name.
    Name(String),
    /// The entry at this place of a list, from 0.
    Index(usize),
}

/// Returns `path` as people write it; names that are no plain words stand in quotes. The whole document is empty.
pub(super) fn render(path: &[Segment]) -> String {
    let mut text = String::new();
    for segment in path {
        // Writing to a text cannot fail.
        let _ = match segment {
            Segment::Index(index) => write!(text, "[{index}]"),
            Segment::Name(name) if is_plain(name) && text.is_empty() => write!(text, "{name}"),
            Segment::Name(name) if is_plain(name) => write!(text, ".{name}"),
            Segment::Name(name) => write!(text, "[{}]", serde_json::Value::from(name.as_str())),
        };
    }
    text
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '$'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_like_a_path() {
        let name = |name: &str| Segment::Name(name.to_owned());
        assert_eq!(render(&[name("tools"), name("count"), name("inputs"), Segment::Index(1)]), "tools.count.inputs[1]");
        assert_eq!(render(&[name("requires"), name("there are tickets")]), r#"requires["there are tickets"]"#);
        assert_eq!(render(&[Segment::Index(2), name("tool")]), "[2].tool");
        assert_eq!(render(&[]), "");
    }
}
