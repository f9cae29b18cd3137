//! How long the embedded planner takes: `cargo bench --bench planning`.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use planscope::engine::effect::{Fact, Judge, PlanReply, PlanRequest, Subject};
use planscope::engine::event::Verdict;
use planscope::engine::goal::{Key, Nature, Risk, Run, Tool};
use planscope::engine::value::{Value, content_hash};
use planscope::planners::embedded::plan;

/// Finds every condition true: what is measured is planning, not jq.
struct Yes;

impl Judge for Yes {
    fn judge(&self, _: &str, _: &Subject) -> Verdict {
        Verdict::True
    }
}

fn tool(name: String, inputs: &[String], outputs: &[String], cost: f64) -> Tool {
    let keys = |keys: &[String]| keys.iter().map(|key| Key::from(key.as_str())).collect();
    Tool {
        name: name.as_str().into(),
        description: "".into(),
        inputs: keys(inputs),
        outputs: keys(outputs),
        requires: Vec::new(),
        ensures: Vec::new(),
        run: Run { kind: "value".into(), spec: Arc::new(Value::Null), nature: Nature::Pure },
        summary: None,
        risk: Risk::None,
        cost,
        timeout_ms: None,
        retries: 0,
    }
}

/// Returns a goal whose plan is a chain of `depth` steps, each of which also reads an earlier result, among `decoys`:
/// tools that nothing needs, dearer writers of the same keys, and writers of them that need the goal itself.
fn request(depth: usize, decoys: usize) -> PlanRequest {
    let key = |n: usize| format!("key{n}");
    let mut tools = Vec::with_capacity(depth + decoys);
    for n in 0..depth {
        let inputs: Vec<String> = if n == 0 { vec![] } else { vec![key(n), key(n.div_ceil(2))] };
        tools.push(tool(format!("step{n}"), &inputs, &[key(n + 1)], 1.0));
    }
    for n in 0..decoys {
        let at = n % depth + 1;
        let (inputs, outputs) = match n / depth % 3 {
            0 => (vec![key(at)], vec![format!("side{n}")]),
            1 => (if at == 1 { vec![] } else { vec![key(at - 1)] }, vec![key(at)]),
            _ => (vec![key(depth)], vec![key(at)]),
        };
        tools.push(tool(format!("decoy{n}"), &inputs, &outputs, 3.0));
    }
    PlanRequest {
        goal: "measure".into(),
        wants: Arc::new([(Key::from(key(depth).as_str()), "true".into())].into_iter().collect()),
        tools: Arc::new(tools.into_iter().map(|tool| (tool.name.clone(), Arc::new(tool))).collect()),
        facts: Vec::new(),
        outcomes: Default::default(),
        keep: Vec::new(),
        barred: Vec::new(),
    }
}

/// Returns `request` after its plan was carried out and the key in the middle turned out to be another.
fn after_a_surprise(mut request: PlanRequest, depth: usize) -> PlanRequest {
    for n in 1..=depth {
        let value = Arc::new(Value::from(n));
        let sources = if n == 1 { vec![] } else { vec![n - 1, (n - 1).div_ceil(2)] };
        request.facts.push(Fact {
            key: format!("key{n}").as_str().into(),
            hash: content_hash(&value),
            value,
            fresh: n <= depth / 2,
            pinned: n == depth / 2,
            refuted: None,
            sources: sources.into_iter().map(|n| Key::from(format!("key{n}").as_str())).collect(),
        });
    }
    request
}

fn steps(request: &PlanRequest) -> usize {
    match plan(request, &Yes, &|| false) {
        PlanReply::Plan { steps, .. } => steps.len(),
        PlanReply::None { reasons } => panic!("no plan: {reasons:?}"),
        PlanReply::Broken { error } => panic!("{error}"),
    }
}

fn planning(criterion: &mut Criterion) {
    let cases = [
        ("20 tools and 20 decoys", request(20, 20), 20),
        ("10,000 tools, a plan 100 deep", request(100, 9_900), 100),
        ("10,000 tools, replan after one stale key", after_a_surprise(request(100, 9_900), 100), 50),
        ("a chain of 10,000", request(10_000, 0), 10_000),
    ];
    for (name, request, expected) in &cases {
        assert_eq!(steps(request), *expected, "{name}");
        criterion.bench_function(name, |bencher| bencher.iter(|| steps(black_box(request))));
    }
}

criterion_group! { name = benches; config = Criterion::default().sample_size(10); targets = planning }
criterion_main!(benches);
