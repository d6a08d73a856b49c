//! What an iteration of each lesson costs: `cargo bench -p referee`.
//!
//! Batch 100, on one thread and on all; on MNIST where the lessons would find it.

use std::hint::black_box;

use common::{Float, accuracy, article_loss, batch, dot, init, seeded, update};
use criterion::{Criterion, criterion_group, criterion_main};
use ndarray::Array2;

fn lessons(criterion: &mut Criterion) {
    let data = datasets::mnist::<Float>(None).expect("images");
    println!("{} ({})", data.name, data.origin);
    let (x_all, t_all) = (&data.train.x, &data.train.t);
    for threads in [1, std::thread::available_parallelism().map_or(1, |n| n.get())] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let mut group = criterion.benchmark_group(format!("{threads} threads"));
        let mut rng = seeded(1);

        let mut w: Array2<Float> = init::normal((784, 10), &mut rng);
        let mut b: Array2<Float> = init::normal((1, 10), &mut rng);
        group.bench_function("perceptron, one iteration", |bencher| {
            pool.install(|| {
                bencher.iter(|| {
                    let (x, t) = batch(x_all, t_all, 100, &mut rng);
                    let y = perceptron::forward(&x, &w, &b);
                    let e = article_loss(&y, &t);
                    let (dw, db) = perceptron::backward(&x, &y, &t);
                    update(&mut w, 0.001, &dw);
                    update(&mut b, 0.001, &db);
                    black_box((e, accuracy(&y, &t)))
                })
            })
        });

        let mut wh: Array2<Float> = init::normal((784, 100), &mut rng);
        let mut bh: Array2<Float> = init::normal((1, 100), &mut rng);
        let mut wo: Array2<Float> = init::normal((100, 10), &mut rng);
        let mut bo: Array2<Float> = init::normal((1, 10), &mut rng);
        group.bench_function("hidden layer of 100, one iteration", |bencher| {
            pool.install(|| {
                bencher.iter(|| {
                    let (x, t) = batch(x_all, t_all, 100, &mut rng);
                    let (h, y) = hidden_layer::forward(&x, &wh, &bh, &wo, &bo);
                    let e = article_loss(&y, &t);
                    let (dwh, dbh, dwo, dbo) = hidden_layer::backward(&x, &wo, &h, &y, &t);
                    update(&mut wh, 0.001, &dwh);
                    update(&mut bh, 0.001, &dbh);
                    update(&mut wo, 0.001, &dwo);
                    update(&mut bo, 0.001, &dbo);
                    black_box((e, accuracy(&y, &t)))
                })
            })
        });

        let (x, _) = batch(x_all, t_all, 100, &mut rng);
        let dz: Array2<Float> = init::normal((100, 100), &mut rng);
        group.bench_function("product (100, 784)(784, 100)", |bencher| {
            pool.install(|| bencher.iter(|| black_box(dot(&x, &wh))))
        });
        group.bench_function("product (784, 100)(100, 100), the first transposed", |bencher| {
            pool.install(|| bencher.iter(|| black_box(dot(&x.t(), &dz))))
        });
        group.finish();
    }
}

criterion_group!(benches, lessons);
criterion_main!(benches);
