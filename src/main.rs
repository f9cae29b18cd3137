//! Chooses the command line or the dashboard, and turns errors into exit statuses.

#[global_allocator]
static METER: planscope::jq::Meter = planscope::jq::Meter;

fn main() {
    if std::env::args_os().nth(1).is_some_and(|argument| argument == planscope::jq::WORKER_ARGUMENT) {
        planscope::jq::worker_main()
    }
}
