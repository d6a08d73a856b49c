//! Lesson 07: all rungs agree, and one that does not stops the race.

use std::time::Duration;

use cnn_naive::Window;
use common::Float;
use conv_race::benchmarks::Benchmark;
use conv_race::measurement::Measurement;
use conv_race::network::Network;
use conv_race::race::{Options, race};
use conv_race::rungs::{REFERENCE, RUNGS, Rung};
use conv_race::shape::{Pass, Shape};
use conv_race::timer::Matmul;
use ndarray::Array2;

/// `n` built-in digits: `x (n, 784)`, `t (n, 10)`.
fn digits(n: usize) -> (Array2<Float>, Array2<Float>) {
    let drawn = datasets::digits::draw(1, 0, n);
    let x = Array2::from_shape_fn((n, 784), |(i, p)| {
        Float::from(drawn.images[[i, p / 28, p % 28]]) / 255.0
    });
    let t = Array2::from_shape_fn((n, 10), |(i, k)| {
        Float::from(u8::from(usize::from(drawn.labels[i]) == k))
    });
    (x, t)
}

/// A race of `rungs` with next to no time for each.
fn short_race(pass: Pass, shape: Shape, rungs: &[&Rung]) -> common::Result<Vec<Measurement>> {
    let (x, t) = digits(shape.batch);
    let (matmul, limit) = (Matmul::new().unwrap(), Duration::from_millis(2));
    let options = Options { rungs, limit, seed: 1, digits: (&x, &t), matmul: &matmul };
    race(&Benchmark { sweep: None, pass, shape }, &options, &mut |_| ())
}

/// All that run on the processor; the GPU's are in the group `gpu`.
fn on_the_processor() -> Vec<&'static Rung> {
    RUNGS.iter().filter(|rung| !rung.gpu).collect()
}

const PASSES: [Pass; 3] = [Pass::Forward, Pass::Backward, Pass::Step];

#[test]
fn every_rung_agrees_with_the_plain_loops_on_odd_shapes() {
    let shape = |batch, channels, size, filters, kernel, stride, padding| Shape {
        batch,
        channels,
        size,
        filters,
        kernel,
        window: Window { stride, padding },
        threads: 2,
    };
    for shape in [
        shape(1, 1, 1, 1, 1, 1, 0),
        shape(13, 2, 7, 3, 3, 1, 0),
        shape(11, 3, 9, 5, 3, 2, 1),
        shape(25, 1, 10, 7, 4, 3, 0),
        shape(12, 4, 5, 2, 5, 1, 4),
        shape(21, 1, 28, 1, 5, 1, 0),
    ] {
        for pass in PASSES {
            let rows = short_race(pass, shape, &on_the_processor()).unwrap();
            assert_eq!(rows.iter().map(|row| row.rung).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
            assert!(rows.iter().all(|row| row.difference < 1e-4 && row.ms > 0.0), "{rows:?}");
        }
    }
}

#[test]
fn every_rung_takes_the_same_step_of_the_articles_network() {
    let rows = short_race(Pass::Article, Shape::article(60, 2), &on_the_processor()).unwrap();
    assert_eq!(rows.len(), on_the_processor().len());
    assert!(rows.iter().all(|row| row.difference < 1e-3), "{rows:?}");
}

#[test]
fn threads_do_not_change_a_bit() {
    let (x, t) = digits(43);
    let shape = Shape { filters: 4, ..Shape::article(43, 1) };
    let article = Shape::article(43, 1);
    for rung in RUNGS.iter().filter(|rung| rung.threaded) {
        for (pass, shape) in
            PASSES.map(|pass| (pass, shape)).into_iter().chain([(Pass::Article, article)])
        {
            let network = Network::new((pass, shape), (&x, &t), 1);
            let with = |threads: usize| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                pool.install(|| rung.results(pass, &network, 43))
            };
            let one = with(1);
            assert!(one == with(2) && one == with(5), "{} {pass:?}", rung.name);
        }
    }
}

/// A rung that does everything as the plain loops do, to be changed.
fn correct() -> Rung {
    Rung { number: 9, name: "changed", title: "a changed one", ..*REFERENCE }
}

fn fault_of(rung: Rung, pass: Pass) -> String {
    let shape =
        Shape { filters: if pass == Pass::Article { 1 } else { 3 }, ..Shape::article(13, 1) };
    short_race(pass, shape, &[&rung]).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn a_rung_that_disagrees_stops_the_race_with_its_name() {
    fn misses_the_last_row(network: &mut Network) {
        (REFERENCE.forward)(network);
        let (n, _, oh, _) = network.out.dim();
        network.out.slice_mut(ndarray::s![n - 1, .., oh - 1, ..]).fill(0.0); // of the last image only
    }
    fn forgets_an_image(network: &mut Network) {
        let dout = network.dout.clone();
        network.dout.slice_mut(ndarray::s![0, .., .., ..]).fill(0.0);
        (REFERENCE.backward)(network);
        network.dout = dout;
    }
    fn averages(network: &mut Network) {
        let rate = network.rate;
        network.rate /= network.shape.batch as Float;
        (REFERENCE.article)(network);
        network.rate = rate;
    }
    for pass in PASSES.into_iter().chain([Pass::Article]) {
        assert_eq!(fault_of(correct(), pass), "", "{pass:?}: a correct rung is stopped");
    }
    let fault = fault_of(Rung { forward: misses_the_last_row, ..correct() }, Pass::Forward);
    for part in
        ["rung 9 (changed) disagrees with rung 1 (loops) on out", "images of 28 x 28", "3 filters"]
    {
        assert!(fault.contains(part), "{fault}");
    }
    let fault = fault_of(Rung { forward: misses_the_last_row, ..correct() }, Pass::Step);
    assert!(fault.contains("changed"), "{fault}");
    let fault = fault_of(Rung { backward: forgets_an_image, ..correct() }, Pass::Backward);
    assert!(fault.contains("disagrees with rung 1 (loops) on d"), "{fault}");
    let fault = fault_of(Rung { article: averages, ..correct() }, Pass::Article);
    assert!(fault.contains("on f: article"), "{fault}");
}

#[test]
fn a_rung_that_does_nothing_is_not_taken_for_the_fastest() {
    let idle = || Rung { forward: |_| (), backward: |_| (), article: |_| (), ..correct() };
    for pass in PASSES.into_iter().chain([Pass::Article]) {
        assert!(fault_of(idle(), pass).contains("changed"), "{pass:?}");
    }
}

#[test]
fn the_reference_runs_even_if_nobody_asks_for_it() {
    let rows = short_race(Pass::Forward, Shape::article(5, 1), &[&RUNGS[4]]).unwrap();
    assert_eq!(rows.iter().map(|row| row.rung).collect::<Vec<_>>(), [1, 4]);
    assert_eq!((rows[0].speedup, rows[0].difference), (1.0, 0.0));
}

#[test]
fn what_is_too_slow_for_the_limit_is_projected_in_proportion() {
    let shape = Shape { filters: 16, ..Shape::article(40, 1) };
    let rows = short_race(Pass::Backward, shape, &on_the_processor()).unwrap();
    let slow = &rows[0];
    assert!(slow.projected && slow.images < 40, "{slow:?}");
    // 40 images of 16 filters: 0.07 s and more, far beyond what was timed.
    assert!(slow.ms > 2.0 * 40.0 / slow.images as f64 / 4.0, "{slow:?}");
    assert!(rows.iter().all(|row| row.projected == (row.images < row.batch)));
}

/// Wherever the plain loops have a NaN, every other way has one.
#[test]
fn no_rung_hides_a_nan() {
    for (batch, channels, size, filters, kernel, stride, padding) in [
        (3, 2, 9, 3, 3, 1, 1),
        (2, 1, 28, 1, 5, 1, 0),
        (2, 1, 28, 30, 5, 1, 0),
        (2, 3, 11, 4, 3, 2, 0),
    ] {
        let window = Window { stride, padding };
        let shape = Shape { batch, channels, size, filters, kernel, window, threads: 2 };
        let (x, t) = digits(shape.batch);
        for (pass, planted) in [
            (Pass::Forward, "x"),
            (Pass::Forward, "w"),
            (Pass::Backward, "x"),
            (Pass::Backward, "w"),
            (Pass::Backward, "dout"),
        ] {
            let mut network = Network::new((pass, shape), (&x, &t), 1);
            let middle = |n: usize| n / 2;
            match planted {
                "x" => {
                    let k = middle(network.x.len());
                    network.x.as_slice_mut().unwrap()[k] = Float::NAN
                }
                "w" => {
                    let k = middle(network.w.len());
                    network.w.as_slice_mut().unwrap()[k] = Float::NAN
                }
                _ => {
                    let k = middle(network.dout.len());
                    network.dout.as_slice_mut().unwrap()[k] = Float::NAN
                }
            }
            let nans = |rung: &Rung| -> Vec<(&str, Vec<bool>)> {
                let results = rung.results(pass, &network, batch);
                let nan = |v: Vec<Float>| v.into_iter().map(Float::is_nan).collect();
                results.into_iter().map(|(name, values)| (name, nan(values))).collect()
            };
            let expected = nans(REFERENCE);
            assert!(expected.iter().any(|(_, nan)| nan.contains(&true)), "{planted}");
            for rung in on_the_processor() {
                let case = format!("rung {}, {}, {planted}, {shape}", rung.number, pass.name());
                for ((name, nan), (_, expected)) in nans(rung).iter().zip(&expected) {
                    let hidden = nan.iter().zip(expected).filter(|(nan, there)| **there && !**nan);
                    assert_eq!(hidden.count(), 0, "{case}: {name}");
                    // Zeros around an image or a gradient times a NaN are NaN, where a rung has them.
                    let has_zeros = padding > 0 || pass == Pass::Backward;
                    assert!(has_zeros || nan == expected, "{case}: {name}");
                }
            }
        }
    }
}
