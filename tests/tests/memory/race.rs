//! Rungs 4 and 5 of lesson 07 ask for no memory, and the race for little.

use common::Float;
use common::program::Summary;
use conv_race::benchmarks::{Scale, benchmarks};
use conv_race::network::Network;
use conv_race::rungs::{RUNGS, Rung};
use conv_race::shape::{Pass, Shape};
use ndarray::Array2;
use referee::counting;
use referee::{program, texts};

/// How often ten runs ask for memory, after one that may.
fn asked(rung: &Rung, pass: Pass, shape: Shape) -> usize {
    let x = Array2::from_shape_fn((shape.batch, 784), |(i, p)| ((i + p) % 7) as Float / 7.0);
    let t = Array2::from_shape_fn((shape.batch, 10), |(i, k)| Float::from(u8::from(i % 10 == k)));
    let mut network = Network::new((pass, shape), (&x, &t), 1);
    rung.run(pass, &mut network);
    let before = counting::asked();
    (0..10).for_each(|_| rung.run(pass, &mut network));
    counting::asked() - before
}

pub fn the_last_two_rungs_ask_for_no_memory_and_the_race_for_less_than_350_mb() {
    let article = Shape::article(57, 1);
    let layer = Shape { filters: 7, channels: 3, size: 12, kernel: 3, ..article };
    for (pass, shape) in [(Pass::Forward, layer), (Pass::Backward, layer), (Pass::Article, article)]
    {
        for rung in &RUNGS[4..6] {
            assert_eq!(asked(rung, pass, shape), 0, "rung {}, {pass:?}", rung.name);
        }
        // The counter counts: the others do ask.
        assert!(asked(&RUNGS[3], pass, shape) >= 10, "{pass:?}");
    }

    // The standard set with the greediest rung; and what --full has of the largest,
    // with as much time as --full gives, for that decides how many images fit in.
    let mut full = benchmarks(Scale::Full, 2);
    full.retain(|benchmark| benchmark.pass == Pass::Step);
    full.sort_by_key(|benchmark| std::cmp::Reverse(numbers(&benchmark.shape)));
    let flags = |shape: Shape| {
        let Shape { batch, channels, size, filters, kernel, .. } = shape;
        let sizes = [("batch", batch), ("channels", channels), ("size", size)];
        let sizes = sizes.into_iter().chain([("filters", filters), ("kernel", kernel)]);
        let flags = sizes.map(|(flag, size)| format!("--{flag}={size}"));
        flags.chain(["--limit=0.5".into()]).collect()
    };
    let largest = full[..3].iter().map(|benchmark| flags(benchmark.shape));
    for flags in [Vec::new()].into_iter().chain(largest) {
        let out = tempfile::tempdir().unwrap();
        let mut race = program("conv-race");
        race.args(["--rungs", "im2col", "--data", "built-in"]).args(&flags);
        let output = race.arg("--out").arg(out.path()).output().unwrap();
        let (text, err) = texts(&output);
        assert!(output.status.success(), "{err}");
        let summary: Summary = text.lines().last().unwrap().parse().unwrap();
        if cfg!(target_os = "linux") {
            let peak = summary.figures.iter().find(|figure| figure.name == "peak memory").unwrap();
            println!("{flags:?}: {} MB", peak.value);
            assert!(peak.value < 350.0, "{flags:?}: {summary}");
        }
    }
}

/// What im2col makes of a shape: its patches, and its outputs a few times over.
fn numbers(shape: &Shape) -> usize {
    let (n, filters, oh, ow) = shape.outputs().unwrap();
    n * oh * ow * (shape.taps() + 4 * filters)
}
