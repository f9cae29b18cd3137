//! The clock: when an event happened, and how long a call took.

use std::sync::Arc;
use std::time::Instant;

/// Returns the present moment as an event carries it: RFC 3339, UTC, milliseconds.
pub fn now() -> Arc<str> {
    format!("{:.3}", jiff::Timestamp::now()).into()
}

/// Returns the milliseconds since `start`, to the microsecond.
pub fn ms_since(start: Instant) -> f64 {
    (start.elapsed().as_secs_f64() * 1e6).round() / 1e3
}

/// Returns today's date in UTC, as it stands in the name of a session file.
pub fn today() -> String {
    now().chars().take(10).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_moment_has_milliseconds_and_is_utc() {
        let now = super::now();
        assert_eq!(now.len(), "2026-11-23T00:42:28.123Z".len(), "{now}");
        assert!(now.ends_with('Z'), "{now}");
        assert_eq!(super::today().len(), "2026-11-23".len());
    }
}
