//! Figures over several seeds.

use common::program::Summary;
use tour::results::Statistics;
use tour::run::keep_published;

use super::result_of;

#[test]
fn a_figure_is_collected_over_the_runs_that_give_it() {
    let result = result_of(&[
        "perceptron on MNIST: test accuracy 86.00 % (article 86.64 %); peak memory 240.00 MB",
        "perceptron on MNIST: test accuracy 87.00 % (article 86.64 %)",
    ]);
    let figures = result.figures();
    let names: Vec<_> = figures.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["test accuracy", "training", "peak memory"]);
    assert_eq!(figures[0].ours.unwrap().mean_and_sd("%"), "86.50 ± 0.71 %");
    assert_eq!(figures[1].ours, None, "published, but not measured");
    assert_eq!(figures[1].article.as_deref(), Some("3.68457 s"));
    assert_eq!(figures[2].ours.unwrap().n, 1);
    assert_eq!(figures[2].article, None);
}

#[test]
fn a_run_that_gives_a_figure_twice_counts_once() {
    let line = "perceptron on MNIST: test accuracy 86.00 %; test accuracy 86.00 %";
    let figures = result_of(&[line]).figures();
    assert_eq!(figures[0].ours.unwrap().n, 1);
}

#[test]
fn a_shorter_run_counts_for_what_the_chapter_or_its_summary_calls_published() {
    let line = "fashion on Fashion-MNIST: CNN accuracy 91.00 %; new 1.00 % (article 2 %); \
                peak memory 240.00 MB";
    let mut summary: Summary = line.parse().unwrap();
    let fashion = tour::chapters::all().iter().find(|chapter| chapter.package == "fashion");
    keep_published(&mut summary, fashion.unwrap());
    let names: Vec<_> = summary.figures.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["CNN accuracy", "new"]);
}

#[test]
fn the_main_figures_are_those_with_a_published_one() {
    let result = result_of(&["perceptron on MNIST: test accuracy 86.00 %; peak memory 240.00 MB"]);
    let names: Vec<_> = result.main_figures().into_iter().map(|f| f.name).collect();
    assert_eq!(names, ["test accuracy"]);
    assert_eq!(result.seconds(), 2.0);
    assert!(result_of(&[]).main_figures().is_empty());
}

#[test]
fn the_standard_deviation_is_that_of_the_sample() {
    let statistics = Statistics::of(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]).unwrap();
    let Statistics { n, mean, min, max, sd } = statistics;
    assert_eq!((n, mean, min, max), (8, 5.0, 2.0, 9.0));
    assert!((sd.unwrap() - (32.0_f64 / 7.0).sqrt()).abs() < 1e-12);
}

#[test]
fn one_measurement_has_no_deviation_and_none_has_no_statistics() {
    assert_eq!(Statistics::of(&[3.0]).unwrap().sd, None);
    assert_eq!(Statistics::of(&[3.0]).unwrap().mean_and_sd("s"), "3.00 s");
    assert_eq!(Statistics::of(&[]), None);
}

#[test]
fn counts_and_large_numbers_have_no_digits_behind_the_point() {
    assert_eq!(Statistics::of(&[25.0]).unwrap().mean_and_sd("bugs"), "25 bugs");
    let statistics = Statistics::of(&[1_331_191.0, 1_331_192.0]).unwrap();
    assert_eq!(statistics.mean_and_sd("us"), "1,331,192 ± 1 us");
    assert_eq!(statistics.range("us"), "1,331,191 to 1,331,192 us");
}

#[test]
fn statistics_read_as_mean_and_deviation_and_as_a_range() {
    let statistics = Statistics::of(&[86.0, 87.0]).unwrap();
    assert_eq!(statistics.mean_and_sd("%"), "86.50 ± 0.71 %");
    assert_eq!(statistics.range("%"), "86.00 to 87.00 %");
}
