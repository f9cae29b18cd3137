//! Chooses the command line or the dashboard, and turns errors into exit statuses.

fn main() {}
