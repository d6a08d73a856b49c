//! The parts of lesson 07: shapes, benchmarks, rungs, the timer and its product.

use std::time::Duration;

use cnn_naive::Window;
use common::Float;
use conv_race::benchmarks::{Scale, benchmarks};
use conv_race::race::{difference, tolerance};
use conv_race::report::three_digits;
use conv_race::rungs::{REFERENCE, RUNGS, Rung};
use conv_race::shape::{Pass, Shape};
use conv_race::timer::{Matmul, Timing, affordable_images, time};

#[test]
fn rungs_stand_in_order_and_the_reference_is_the_plain_one() {
    assert!(RUNGS.iter().enumerate().all(|(place, rung)| rung.number == place));
    assert_eq!((REFERENCE.number, REFERENCE.name), (1, "loops"));
}

#[test]
fn a_rung_is_found_by_number_and_by_name() {
    for rung in RUNGS {
        assert_eq!(Rung::find(rung.name).map(|found| found.number), Ok(rung.number));
        assert_eq!(Rung::find(&rung.number.to_string()).map(|found| found.name), Ok(rung.name));
    }
    let fault = Rung::find("8").err().unwrap();
    assert!(fault.contains("5 fused") && fault.contains("6 gpu"), "{fault}");
}

#[test]
fn every_benchmark_of_every_scale_can_be_run() {
    for scale in [Scale::Quick, Scale::Standard, Scale::Full] {
        for benchmark in benchmarks(scale, 8) {
            assert!(benchmark.shape.outputs().is_ok(), "{benchmark:?}");
            assert!(benchmark.pass != Pass::Article || benchmark.shape.is_article());
        }
    }
}

#[test]
fn the_standard_set_covers_what_the_lesson_promises() {
    let values_of = |sweep: &str, pass: Pass, threads: usize| -> Vec<usize> {
        let all = benchmarks(Scale::Standard, threads).into_iter();
        let of_sweep =
            all.filter(|b| b.pass == pass && b.sweep.is_some_and(|(s, _)| s.name == sweep));
        of_sweep.map(|b| b.sweep.unwrap().1).collect()
    };
    for pass in [Pass::Forward, Pass::Backward, Pass::Step] {
        let values = |sweep| values_of(sweep, pass, 2);
        let ends = |sweep| (values(sweep)[0], *values(sweep).last().unwrap());
        assert_eq!(ends("batch"), (1, 256));
        assert_eq!(ends("filters"), (1, 64));
        assert_eq!(values("kernel"), [3, 5, 7]);
        assert_eq!(values("pixels"), [196, 784, 3136]);
        assert_eq!(values("threads"), [1, 2]);
        assert_eq!(values_of("threads", pass, 6), [1, 2, 4, 6]);
        assert!(values_of("threads", pass, 1).is_empty());
        assert!(values("channels").len() > 1);
    }
    assert_eq!(values_of("batch", Pass::Article, 2), [1, 4, 16, 64, 256]);
}

#[test]
fn operations_are_those_that_can_be_counted_by_hand() {
    let article = Shape::article(100, 1);
    assert_eq!(Pass::Forward.flops(&article), 2.0 * 100.0 * 576.0 * 25.0);
    assert_eq!(Pass::Backward.flops(&article), 4.0 * 100.0 * 576.0 * 25.0);
    assert_eq!(Pass::Article.flops(&article), 5_760_000.0 + 3.0 * 1_152_000.0);
    let window = Window { stride: 2, padding: 1 };
    let shape = Shape { channels: 3, filters: 4, size: 5, kernel: 3, window, ..article };
    assert_eq!(shape.outputs().unwrap(), (100, 4, 3, 3));
    assert_eq!(Pass::Forward.flops(&shape), 2.0 * (100 * 4 * 9 * 27) as f64);
}

/// Images of 5 x 5 with 3 channels, 4 filters of 3 x 3 and 3 x 3 outputs.
fn small_shape() -> Shape {
    let window = Window { stride: 2, padding: 1 };
    Shape { channels: 3, filters: 4, size: 5, kernel: 3, window, ..Shape::article(7, 1) }
}

#[test]
fn the_article_s_copies_are_counted_for_every_filter_and_every_channel() {
    // To append number n copies n - 1: about n^2 / 2 in all. 9 outputs, 25 pixels.
    assert_eq!(small_shape().copies(), 4.0 * 81.0 / 2.0 + 3.0 * 625.0 / 2.0);
}

#[test]
fn two_rungs_may_differ_by_the_root_of_the_longest_sum() {
    let shape = small_shape();
    let wide = Shape { filters: 64, batch: 1, ..shape };
    for (pass, shape, longest) in [
        (Pass::Forward, shape, 27),     // taps: 3 channels of 3 x 3
        (Pass::Backward, shape, 7 * 9), // dw: images and outputs
        (Pass::Backward, wide, 64 * 9), // dx: filters of 3 x 3
        (Pass::Step, wide, 64 * 9),     // the logits: filters and outputs
        (Pass::Step, shape, 7 * 9),
    ] {
        let expected = 16.0 * f64::from(Float::EPSILON) * f64::from(longest).sqrt();
        assert_eq!(tolerance(pass, &shape), expected, "{pass:?}, {shape}");
    }
}

#[test]
fn a_shape_that_needs_too_much_memory_is_refused_with_a_cure() {
    let shape = Shape { size: 1024, channels: 64, kernel: 7, ..Shape::article(4096, 1) };
    let sentence = shape.outputs().unwrap_err().to_string();
    assert!(sentence.contains("lower --batch"), "{sentence}");
    let shape = Shape { kernel: 30, ..Shape::article(1, 1) };
    assert!(shape.outputs().unwrap_err().to_string().contains("at most 28"));
}

#[test]
fn a_shape_is_printed_in_words() {
    let shape = Shape::article(1, 1);
    assert_eq!(shape.to_string(), "1 image of 28 x 28, 1 channel, 1 filter of 5 x 5");
    let window = Window { stride: 2, padding: 3 };
    let shape = Shape { batch: 2, filters: 3, window, ..shape };
    assert!(shape.to_string().ends_with("3 filters of 5 x 5, stride 2, padding 3"));
    assert!(!shape.is_article() && Shape::article(7, 2).is_article());
}

#[test]
fn a_difference_is_relative_to_the_largest_expected_number() {
    assert_eq!(difference(&[4.0, -8.0, 0.0], &[4.0, -8.0, 2.0]), 0.25);
    assert_eq!(difference(&[0.0, 0.0], &[0.0, 0.0]), 0.0);
    assert_eq!(difference(&[0.0], &[1e-9]), f64::INFINITY);
}

#[test]
fn nan_and_infinity_differ_infinitely_even_from_themselves() {
    for bad in [Float::NAN, Float::INFINITY] {
        assert_eq!(difference(&[1.0, 2.0], &[1.0, bad]), f64::INFINITY);
        assert_eq!(difference(&[1.0, bad], &[1.0, bad]), f64::INFINITY);
    }
}

#[test]
fn the_median_has_a_half_on_either_side_and_the_bounds_a_quarter() {
    let timing = Timing::of(vec![5.0, 1.0, 4.0, 2.0, 3.0]);
    assert_eq!(timing, Timing { median: 3.0, low: 2.0, high: 4.0, samples: 5 });
    let timing = Timing::of(vec![1.0, 2.0]);
    assert_eq!((timing.median, timing.low, timing.high), (1.5, 1.25, 1.75));
}

#[test]
fn everything_is_timed_at_least_once_and_nothing_for_ever() {
    let mut runs = 0;
    let mut run = || {
        runs += 1;
        std::thread::sleep(Duration::from_millis(20));
    };
    let slow = time(Duration::ZERO, &mut run); // beyond the limit: once in all
    assert!(slow.samples == 1 && slow.median >= 0.02);
    let two = time(Duration::from_millis(30), &mut run); // or one, on a busy machine
    assert!((1..=2).contains(&two.samples), "{} samples of 20 ms in 30 ms", two.samples);
    assert_eq!(runs, 1 + 1 + two.samples); // with the warm-up
    assert_eq!(time(Duration::from_secs(60), || ()).samples, 31);
}

#[test]
fn as_many_images_are_taken_as_the_limit_has_room_for() {
    let limit = Duration::from_secs(4); // a second a run
    let linear = |images: usize| images as f64 * 0.01;
    let (images, each) = affordable_images(1000, limit, linear);
    assert!((98..=100).contains(&images) && (each - 0.01).abs() < 1e-9);
    assert_eq!(affordable_images(64, limit, linear).0, 64);
    assert_eq!(affordable_images(1000, limit, |images| images as f64 * 5.0), (1, 5.0));
    // A cost that every call has must not look like one of each image.
    assert_eq!(affordable_images(1000, limit, |images| 0.1 + images as f64 * 1e-4).0, 1000);
    let mut tried = Vec::new();
    affordable_images(1000, limit, |images| {
        tried.push(images);
        images as f64 * 0.01
    });
    assert!(tried.iter().all(|&images| images <= 100), "{tried:?}");
}

#[test]
fn the_rate_of_a_product_is_measured_on_any_number_of_threads() {
    let matmul = Matmul::new().unwrap();
    for threads in [1, 2] {
        let peak = matmul.peak(threads).unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let now = pool.install(|| matmul.rate(threads, Duration::ZERO)); // one on each thread
        assert!(peak.threads == threads && peak.gflops > 0.01 && now > 0.01, "{threads}: {now}");
    }
}

#[test]
fn numbers_show_three_digits_that_count() {
    let numbers = [18282.3, 999.7, 999.4, 123.4, 12.34, 1.234, 0.1234, 0.01234];
    let shown = numbers.map(three_digits);
    assert_eq!(shown, ["18,282", "1,000", "999", "123", "12.3", "1.23", "0.123", "0.0123"]);
}
