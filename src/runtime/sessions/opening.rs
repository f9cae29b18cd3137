//! The beginning of a session's first event: the words of its goal, without the values behind them.

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

/// Returns the words of its goal, if `head`, the beginning of its first line, tells that it opens a session, and them.
pub(super) fn goal(head: &[u8]) -> Option<String> {
    let mut found = Found::default();
    // It ends where they are found, or where the head does: the error says nothing.
    let _ = Line(&mut found).deserialize(&mut serde_json::Deserializer::from_slice(head));
    found.goal.filter(|_| found.is_opening)
}

/// What was found so far.
#[derive(Default)]
struct Found {
    is_opening: bool,
    goal: Option<String>,
}

/// The event as a whole.
struct Line<'f>(&'f mut Found);

/// The goal file in it.
struct Source<'f>(&'f mut Found);

impl<'de> DeserializeSeed<'de> for Line<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Line<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "kind" => self.0.is_opening = map.next_value::<String>()? == "opened",
                "source" => map.next_value_seed(Source(&mut *self.0))?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Source<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Source<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a goal file")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            if name == "goal" {
                self.0.goal = Some(map.next_value()?);
                return Err(A::Error::custom("it is found"));
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_an_event_tells_its_goal() {
        let line = r#"{"n":1,"at":"2026-01-02","kind":"opened","format":1,"source":{"version":1,"goal":"Read it","context":{"table":[1,2"#;
        assert_eq!(goal(line.as_bytes()).as_deref(), Some("Read it"));
        assert_eq!(goal(&line.as_bytes()[..60]), None, "it stands behind that");
        assert_eq!(goal(line.replace("opened", "planned").as_bytes()), None);
        assert_eq!(goal(b"[1, 2"), None);
    }
}
