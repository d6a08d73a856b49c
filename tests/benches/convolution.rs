//! The rungs of lesson 07 under criterion: `cargo bench -p referee --bench
//! convolution`. The same functions on the same inputs as the race.

use common::Float;
use conv_race::network::Network;
use conv_race::rungs::RUNGS;
use conv_race::shape::{Pass, Shape};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ndarray::Array2;

/// Images of every benchmark.
const BATCH: usize = 100;

fn convolution(criterion: &mut Criterion) {
    let drawn = datasets::digits::draw(1, 0, BATCH);
    let x = Array2::from_shape_fn((BATCH, 784), |(i, p)| {
        Float::from(drawn.images[[i, p / 28, p % 28]]) / 255.0
    });
    let t = Array2::from_shape_fn((BATCH, 10), |(i, k)| {
        Float::from(u8::from(usize::from(drawn.labels[i]) == k))
    });
    let threads = rayon::current_num_threads();
    let article = Shape::article(BATCH, threads);
    let thirty = Shape { filters: 30, ..article };
    for (name, pass, shape) in [
        ("a step of the article's network", Pass::Article, article),
        ("one filter, forward", Pass::Forward, article),
        ("30 filters, forward", Pass::Forward, thirty),
        ("30 filters, backward", Pass::Backward, thirty),
        ("30 filters, a training step", Pass::Step, thirty),
    ] {
        let network = Network::new((pass, shape), (&x, &t), 1);
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements(BATCH as u64)).sample_size(10);
        for rung in RUNGS.iter().filter(|rung| !rung.gpu) {
            let mut network = network.first(BATCH);
            let id = format!("{} {}", rung.number, rung.name);
            group.bench_function(id, |bencher| bencher.iter(|| rung.run(pass, &mut network)));
        }
        group.finish();
    }
}

criterion_group!(benches, convolution);
criterion_main!(benches);
