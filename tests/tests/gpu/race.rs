//! The rungs of lesson 07 on the GPU of lesson 06, on tiny shapes.

use std::time::Duration;

use cnn_naive::Window;
use common::Float;
use conv_race::benchmarks::Benchmark;
use conv_race::gpu::open;
use conv_race::measurement::Measurement;
use conv_race::race::{Options, race};
use conv_race::rungs::{RUNGS, Rung};
use conv_race::shape::{Pass, Shape};
use conv_race::timer::Matmul;
use ndarray::Array2;
use referee::{gpu, program, texts};

/// Rungs 6 and 7, where there is a GPU of any kind.
fn on_the_gpu(test: &str) -> Option<Vec<&'static Rung>> {
    gpu(test)?;
    open(Some("")).unwrap();
    Some(RUNGS.iter().filter(|rung| rung.gpu).collect())
}

fn short_race(benchmark: &Benchmark, rungs: &[&Rung]) -> Vec<Measurement> {
    let drawn = datasets::digits::draw(1, 0, benchmark.shape.batch);
    let x = Array2::from_shape_fn((benchmark.shape.batch, 784), |(i, p)| {
        Float::from(drawn.images[[i, p / 28, p % 28]]) / 255.0
    });
    let t = Array2::from_shape_fn((benchmark.shape.batch, 10), |(i, k)| {
        Float::from(u8::from(usize::from(drawn.labels[i]) == k))
    });
    let (matmul, limit) = (Matmul::new().unwrap(), Duration::from_millis(2));
    let options = Options { rungs, limit, seed: 1, digits: (&x, &t), matmul: &matmul };
    race(benchmark, &options, &mut |_| ()).unwrap()
}

#[test]
fn the_gpus_rungs_agree_with_the_plain_loops() {
    let Some(rungs) = on_the_gpu("the_gpus_rungs_agree_with_the_plain_loops") else { return };
    let small = Shape {
        batch: 2,
        channels: 3,
        size: 9,
        filters: 17,
        kernel: 3,
        window: Window { stride: 2, padding: 1 },
        threads: 1,
    };
    let benchmarks = [
        (Pass::Forward, small, 2),
        (Pass::Backward, small, 2),
        (Pass::Step, small, 1), // what stays on the GPU has no place in it
        (Pass::Article, Shape::article(3, 1), 2),
    ];
    for (pass, shape, ran) in benchmarks {
        let rows = short_race(&Benchmark { sweep: None, pass, shape }, &rungs);
        let numbers: Vec<usize> = rows.iter().map(|row| row.rung).collect();
        assert_eq!(numbers, [&[1, 6, 7][..], &[1, 6]][2 - ran], "{pass:?}");
        assert!(rows.iter().all(|row| row.difference < 1e-3 && row.ms > 0.0), "{rows:?}");
    }
}

#[test]
fn a_race_without_a_gpu_of_its_own_says_so_and_runs_on() {
    let out = tempfile::tempdir().unwrap();
    let race = |flags: &[&str]| {
        let mut program = program("conv-race");
        program.args(["--batch", "1", "--size", "9", "--kernel", "3", "--limit", "0.001"]);
        program.args(["--data", "built-in", "--out"]).arg(out.path()).args(flags);
        let output = program.output().unwrap();
        (output.status.code(), texts(&output))
    };
    let (code, (text, err)) = race(&[]);
    assert_eq!(code, Some(0), "{text}{err}");
    let line = text.lines().find(|line| line.starts_with("rungs 6 and 7 ")).unwrap();
    assert_eq!(line.contains(" run on "), text.contains("6 GPU, with transfers"), "{text}");
    if line.contains("do not run") {
        assert!(line.contains("software") || line.contains("no GPU"), "{line}");
        // Whoever asks for them is told why not.
        let (code, (_, err)) = race(&["--rungs", "gpu"]);
        assert_eq!(code, Some(1), "{err}");
        assert!(
            (err.contains("GPU here") || err.contains("no GPU")) && !err.contains("panicked"),
            "{err}"
        );
    }
    if gpu("a_race_without_a_gpu_of_its_own_says_so_and_runs_on").is_some() {
        let (code, (text, err)) = race(&["--gpu", "--rungs", "6,7"]);
        assert_eq!(code, Some(0), "{text}{err}");
        for part in ["6 GPU, with transfers", "7 GPU, without transfers"] {
            assert!(text.contains(part), "{text}");
        }
    }
    let (code, (_, err)) = race(&["--gpu", "nonsense"]);
    assert_eq!(code, Some(1), "{err}");
}
