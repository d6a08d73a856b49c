//! What a whole training step of each convolutional network costs: `cargo bench
//! -p referee --bench networks`.
//!
//! Batch 100, on one thread and on all, on MNIST where the lessons would find it:
//! the batch is fetched, forward, loss and accuracy, backward, update.

use std::hint::black_box;

use cnn_im2col::fast::train_step::TrainStep;
use cnn_naive::network::{Gradients, init_params};
use common::{Float, accuracy, batch, cross_entropy, seeded, softmax};
use criterion::{Criterion, criterion_group, criterion_main};
use deep_cnn::Network;
use deep_cnn::optimiser::adam;
use rand::Rng;

const BATCH_SIZE: usize = 100;

fn networks(criterion: &mut Criterion) {
    let data = datasets::mnist::<Float>(None).expect("images");
    println!("{} ({})", data.name, data.origin);
    let (x_all, t_all) = (&data.train.x, &data.train.t);
    for threads in [1, std::thread::available_parallelism().map_or(1, |n| n.get())] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let mut group = criterion.benchmark_group(format!("{threads} threads"));
        let mut rng = seeded(1);

        // Chapter 05: the article's network.
        let (mut f, mut bc, mut wo, mut bo) = init_params::<Float>(&mut rng);
        let rates = Gradients::Article.rates(0.01, BATCH_SIZE);
        let mut step = TrainStep::new(BATCH_SIZE);
        let mut rows = [0; BATCH_SIZE];
        group.bench_function("one filter, the article's step", |bencher| {
            pool.install(|| {
                bencher.iter(|| {
                    rows.fill_with(|| rng.random_range(0..x_all.nrows()));
                    let parameters = (&mut f, &mut bc, &mut wo, &mut bo);
                    black_box(step.run((x_all, t_all), &rows, parameters, rates))
                })
            })
        });

        // Chapter 08: one convolution and two, with Adam.
        for line in ["conv30x5,pool2,100", "conv20x5,pool2,conv50x5,pool2,500"] {
            let layers = line.parse().expect("an architecture");
            let mut network: Network<Float> =
                Network::new(&layers, (1, 28, 28), 10, BATCH_SIZE, &mut rng).expect("it fits");
            let (mut v, mut s) = (vec![0.0; network.w.len()], vec![0.0; network.w.len()]);
            let mut i = 0;
            group.bench_function(format!("{line}, a step with Adam"), |bencher| {
                pool.install(|| {
                    bencher.iter(|| {
                        let (x, t) = batch(x_all, t_all, BATCH_SIZE, &mut rng);
                        let y = softmax(&network.forward(&x));
                        let loss = cross_entropy(&y, &t);
                        let dz = (&y - &t) / BATCH_SIZE as Float;
                        network.backward(&x, &dz);
                        i += 1;
                        adam(&mut network.w, &network.dw, &mut v, &mut s, i, 0.001);
                        black_box((loss, accuracy(&y, &t)))
                    })
                })
            });
        }
        group.finish();
    }
}

criterion_group!(benches, networks);
criterion_main!(benches);
