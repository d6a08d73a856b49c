//! Charts of curves and of bars, and animations.

use std::fs;
use std::path::Path;

use common::plot::{self, Bars, Chart, Colour, Curve, Image};
use ndarray::Array1;

use super::*;

#[test]
fn an_accuracy_chart_has_title_axes_legend_and_the_line_of_the_article() {
    let out = folder();
    let curves = [
        Curve::new("training batch", &noisy(3001)).smoothed(50),
        Curve::new("test", &rising(3001)),
        Curve::level("the article: 86.64 %", 86.64),
    ];
    plot::accuracy(&out.path().join("accuracy"), &curves).unwrap();
    let svg = out.path().join("accuracy.svg");
    for text in [
        "Accuracy",
        "iterations",
        "accuracy (%)",
        "training batch, running mean of 50",
        "test",
        "the article: 86.64 %",
        "0",
        "100",
        "3\u{202f}000",
    ] {
        says(&svg, text);
    }
    let picture = read_png(&out.path().join("accuracy.png"));
    assert_eq!((picture.width, picture.height), (1440, 900));
    // The running mean of the training batch is red, the test blue.
    assert!(picture.count(RED) > 1000);
    assert!(picture.count(BLUE) > 1000);
    assert_eq!(picture.at(3, 3), WHITE);
}

#[test]
fn a_chosen_colour_is_used_and_not_given_to_another_curve() {
    let out = folder();
    let curves = [
        Curve::new("hidden layer", &rising(100)).colour(Colour::Blue),
        Curve::new("other", &[(0.0, 5.0), (99.0, 5.0)]),
        Curve::new("another", &[(0.0, 2.0), (99.0, 2.0)]),
    ];
    plot::accuracy(&out.path().join("a"), &curves).unwrap();
    let svg = fs::read_to_string(out.path().join("a.svg")).unwrap();
    for colour in ["#0077BB", "#CC3311", "#009988"] {
        assert_eq!(svg.matches(&format!("stroke=\"{colour}\"")).count(), 2, "{colour}");
    }
}

#[test]
fn logarithmic_axes_name_their_decades_and_leave_out_what_is_not_positive() {
    let out = folder();
    let points = [(-5.0, 1.0), (0.0, 1.0), (1.0, 1e-3), (1e5, 1e3), (2e5, -1.0)];
    let chart = Chart::new("t", "x", "y").log_x().log_y();
    plot::curves(&out.path().join("log"), &chart, &[Curve::new("a", &points)]).unwrap();
    let svg = out.path().join("log.svg");
    for text in ["1", "10", "1\u{202f}000", "100\u{202f}000", "0.001", "0.1"] {
        says(&svg, text);
    }
}

#[test]
fn a_mean_over_seeds_has_its_band_and_says_how_many_runs_it_is_of() {
    let out = folder();
    let run = |shift: f64| vec![(1.0, 10.0 + shift), (2.0, 20.0 + shift), (3.0, 25.0 + shift)];
    let runs = [run(0.0), run(3.0), run(-3.0)];
    let early = [run(0.0), run(8.0)[..2].to_vec()];
    let curves = [Curve::mean_and_range("hidden layer", &runs), Curve::mean_and_range("b", &early)];
    plot::accuracy(&out.path().join("seeds"), &curves).unwrap();
    let svg = out.path().join("seeds.svg");
    says(&svg, "hidden layer (mean and range of 3 runs)");
    says(&svg, "b (mean and range of 2 runs)");
    // Each in the chart and in the legend.
    assert_eq!(fs::read_to_string(&svg).unwrap().matches("<polygon").count(), 4);
}

#[test]
fn an_animation_grows_loops_and_stays_small() {
    let out = folder();
    let stem = out.path().join("growing");
    let chart = Chart::accuracy("Test accuracy").log_x();
    let runs = [
        Curve::new("no hidden layer", &rising(5000)),
        Curve::new("hidden layer of 100", &noisy(5000)).smoothed(100),
    ];
    plot::animation(&stem, &chart, &runs, 40).unwrap();
    let path = stem.with_extension("gif");
    let frames = read_gif(&path);
    assert_eq!(frames.len(), 40);
    let red: Vec<usize> = frames.iter().map(|(picture, _)| picture.count(RED)).collect();
    assert!(red[39] > 2 * red[5], "{red:?}");
    assert_eq!((frames[0].0.width, frames[0].0.height), (720, 450));
    assert!(frames[39].1 >= 2 * frames[0].1, "the last frame stays");
    assert!(fs::metadata(&path).unwrap().len() < 500_000);

    plot::animation(&stem, &chart, &runs, 100_000).unwrap();
    assert_eq!(read_gif(&path).len(), 60);
    plot::animation(&stem, &chart, &runs, 0).unwrap();
    assert_eq!(read_gif(&path).len(), 2);
}

#[test]
fn a_stem_keeps_its_dots_and_missing_folders_are_made() {
    let out = folder();
    let curve = [Curve::new("a", &rising(10))];
    plot::accuracy(&out.path().join("new/deep/rate-0.001"), &curve).unwrap();
    plot::loss(&out.path().join("new/loss.png"), &curve).unwrap();
    for name in
        ["new/deep/rate-0.001.svg", "new/deep/rate-0.001.png", "new/loss.svg", "new/loss.png"]
    {
        assert!(out.path().join(name).is_file(), "{name}");
    }
    assert_eq!(fs::read_dir(out.path().join("new")).unwrap().count(), 3);
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let out = folder();
    fs::write(out.path().join("file"), "in the way").unwrap();
    fs::create_dir(out.path().join("taken.png")).unwrap();
    let curve = [Curve::new("a", &rising(10))];
    let error = plot::accuracy(&out.path().join("file/accuracy"), &curve).unwrap_err().to_string();
    assert!(error.contains("file"), "{error}");
    let error = plot::loss(&out.path().join("taken"), &curve).unwrap_err().to_string();
    assert!(error.contains("taken.png"), "{error}");
    assert_eq!(fs::read_to_string(out.path().join("file")).unwrap(), "in the way");
}

#[test]
fn the_same_numbers_give_the_same_bytes() {
    let out = folder();
    let draw = |name: &str| {
        let stem = out.path().join(name);
        let curves = [Curve::new("a", &noisy(5000)).smoothed(9), Curve::new("b", &rising(5000))];
        plot::accuracy(&stem, &curves).unwrap();
        plot::animation(&stem, &Chart::accuracy("t"), &curves, 5).unwrap();
        let picture = fs::read(stem.with_extension("png")).unwrap();
        let weights = Array1::from_iter((0..784).map(|k| ((k * k % 97) as f32).sin()));
        plot::filters(&stem, &[Image::new(&weights, "w")], 1).unwrap();
        let filters = fs::read(stem.with_extension("png")).unwrap();
        let [svg, gif] = ["svg", "gif"].map(|end| fs::read(stem.with_extension(end)).unwrap());
        [picture, filters, svg, gif]
    };
    assert_eq!(draw("one"), draw("two"));
}

#[test]
fn a_running_mean_is_the_mean_of_the_points_around_and_keeps_gaps() {
    let out = folder();
    // Means of three: 1/2, 5/3, gap, (4 + 16)/2 ... : told by their heights on an axis 0 to 20.
    let points: Vec<_> = (0..5).map(|k| (f64::from(k), f64::from(k * k))).collect();
    let mut gap = points.clone();
    gap[2].1 = f64::NAN;
    let chart = Chart::new("t", "x", "y").y_range(0.0, 20.0);
    let heights = |name: &str, points: &[(f64, f64)]| {
        let stem = out.path().join(name);
        plot::curves(&stem, &chart, &[Curve::new("", points).smoothed(3)]).unwrap();
        let lines = lines_of(&stem.with_extension("svg"), "#CC3311");
        let bottom = axis_of(&stem.with_extension("svg"));
        let height =
            |&(_, y): &(i32, i32)| f64::from(bottom.1 - y) / f64::from(bottom.1 - bottom.0);
        lines.iter().flatten().map(|point| 20.0 * height(point)).collect::<Vec<f64>>()
    };
    let close = |found: Vec<f64>, wanted: &[f64]| {
        assert_eq!(found.len(), wanted.len(), "{found:?}");
        for (a, b) in found.iter().zip(wanted) {
            assert!((a - b).abs() < 0.05, "{found:?} {wanted:?}");
        }
    };
    close(heights("whole", &points), &[0.5, 5.0 / 3.0, 14.0 / 3.0, 29.0 / 3.0, 12.5]);
    close(heights("gap", &gap), &[0.5, 0.5, 12.5, 12.5]);
}

#[test]
fn a_line_that_leaves_the_frame_and_comes_back_is_two_lines_within_it() {
    let out = folder();
    let stem = out.path().join("a");
    let chart = Chart::new("t", "x", "y").x_range(0.0, 10.0).y_range(0.0, 10.0);
    let points = [(5.0, 5.0), (15.0, 5.0), (15.0, 8.0), (5.0, 8.0)];
    let beyond = [(-5.0, -5.0), (-1.0, 30.0)];
    let curves = [Curve::new("", &points), Curve::new("", &beyond)];
    plot::curves(&stem, &chart, &curves).unwrap();
    let svg = stem.with_extension("svg");
    let lines = lines_of(&svg, "#CC3311");
    assert_eq!(lines.len(), 2, "{lines:?}");
    // The frame ends 32 pixels before the paper, in quarters of pixels.
    let right = 4 * (720 - 32);
    let xs: Vec<Vec<i32>> = lines.iter().map(|line| line.iter().map(|p| p.0).collect()).collect();
    assert!(xs[0][1].abs_diff(right) <= 4 && xs[1][0].abs_diff(right) <= 4, "{xs:?}");
    assert!(xs[0][0] == xs[1][1] && xs[0][0] < right);
    assert!(lines_of(&svg, "#0077BB").is_empty());
}

#[test]
fn a_range_that_an_axis_cannot_show_is_wholly_ignored() {
    let out = folder();
    let points = [(0.0, 0.0), (3.0, 40.0), (10.0, 900.0)];
    let draw = |name: &str, chart: Chart| {
        let stem = out.path().join(name);
        plot::curves(&stem, &chart, &[Curve::new("a", &points)]).unwrap();
        fs::read(stem.with_extension("svg")).unwrap()
    };
    let chart = || Chart::new("t", "x", "y");
    let free = draw("free", chart());
    assert_eq!(free, draw("backwards", chart().x_range(5.0, 1.0).y_range(3.0, 2.0)));
    assert_eq!(free, draw("empty", chart().x_range(0.0, 0.0).y_range(f64::NAN, 1.0)));
    let log = || chart().log_x();
    assert_eq!(draw("log", log()), draw("below zero", log().x_range(-1.0, 5.0)));
}

/// Where the words `name` of a chart stand: the anchor's `x` and the baseline.
fn words(svg: &Path, name: &str) -> (i32, i32) {
    let svg = fs::read_to_string(svg).unwrap();
    let text = svg.split("<text ").find(|text| text.contains(name)).unwrap();
    let text = format!(" {text}");
    // plotters writes the top of the letters, and how far the baseline lies below it.
    (number(&text, "x"), number(&text, "y") + 36)
}

#[test]
fn words_of_reference_lines_stand_beside_their_lines_and_off_the_curves() {
    let out = folder();
    let (low, high) = (("about 90 %", 90.0), ("about 95 %", 95.0));
    let falling: Vec<(f64, f64)> = rising(3001).into_iter().map(|(x, y)| (3000.0 - x, y)).collect();
    for (name, points) in [("rising", rising(3001)), ("falling", falling)] {
        let stem = out.path().join(name);
        let levels = [low, high].map(|(name, y)| Curve::level(name, y));
        let curves =
            [vec![Curve::new("test", &points).colour(Colour::Blue)], levels.to_vec()].concat();
        plot::accuracy(&stem, &curves).unwrap();
        let path = stem.with_extension("svg");
        let (top, bottom) = axis_of(&path);
        let line = |y: f64| bottom - (f64::from(bottom - top) * y / 100.0) as i32;
        let ((_, below), (_, above)) = (words(&path, low.0), words(&path, high.0));
        // Four units are a pixel, and letters are nine pixels high.
        assert!((44..64).contains(&(below - line(low.1))), "{name}: {below}");
        assert!((14..24).contains(&(line(high.1) - above)), "{name}: {above}");
        for (text, _) in [low, high] {
            let ((right, baseline), width) = (words(&path, text), 4 * 66);
            let covers = |x: i32, y: i32| {
                (right - width..=right).contains(&x) && (baseline - 36..=baseline).contains(&y)
            };
            let curve = lines_of(&path, "#0077BB");
            assert!(!curve.is_empty() && curve.iter().flatten().all(|&(x, y)| !covers(x, y)));
        }
        // All grey dashes belong to lines: the legend has none.
        let dashes = lines_of(&path, "#6E6E6E");
        assert!(dashes.iter().flatten().all(|dash| dash.1 >= top), "{name}");
    }
}

#[test]
fn words_of_reference_lines_in_noise_go_to_the_legend() {
    let out = folder();
    let stem = out.path().join("a");
    let curves = [Curve::new("a", &noisy(400)), Curve::level("the article: 50 %", 50.0)];
    plot::accuracy(&stem, &curves).unwrap();
    let path = stem.with_extension("svg");
    let (top, bottom) = axis_of(&path);
    let (left, baseline) = words(&path, "the article: 50 %");
    assert!(baseline < top, "no word lies on a curve: {baseline} {top}");
    // Grey dashes: beside the words, and from end to end of the chart at half its height.
    let dashes: Vec<(i32, i32)> = lines_of(&path, "#6E6E6E").into_iter().flatten().collect();
    let (sample, line): (Vec<(i32, i32)>, _) = dashes.iter().partition(|dash| dash.1 < top);
    assert!(sample.len() >= 4 && sample.iter().all(|dash| dash.0 < left && left - dash.0 < 160));
    assert!(line.iter().all(|dash| dash.1.abs_diff((top + bottom) / 2) <= 1), "{line:?}");
    let xs = || line.iter().map(|dash| dash.0);
    assert!(line.len() > 80 && xs().max().unwrap() - xs().min().unwrap() > 4 * 600);
}

#[test]
fn bars_have_names_values_and_a_reference() {
    let out = folder();
    let bars = Bars {
        title: "Race".to_owned(),
        unit: "ms".to_owned(),
        x_label: "milliseconds".to_owned(),
        rows: vec!["1 naive".to_owned(), "2 im2col".to_owned(), "3 fused".to_owned()],
        series: vec![
            ("forward".to_owned(), vec![1234.0, 19.0, 0.193]),
            ("backward".to_owned(), vec![f64::NAN, 0.0, 1.93]),
        ],
        reference: Some(("the article".to_owned(), 6094.0)),
    };
    let stem = out.path().join("bars");
    plot::bars(&stem, &bars).unwrap();
    let svg = stem.with_extension("svg");
    for text in ["Race", "milliseconds", "1 naive", "3 fused", "forward", "backward", "the article"]
    {
        says(&svg, text);
    }
    for text in ["1\u{202f}234 ms", "19 ms", "0.19 ms", "1.9 ms", "10", "1\u{202f}000"] {
        says(&svg, text);
    }
    // Four positive values: four bars, and two samples in the legend; a decade is a decade.
    let text = fs::read_to_string(&svg).unwrap();
    let widths = |colour: &str| -> Vec<i32> {
        let rects = text.lines().filter(|line| line.starts_with("<rect") && line.contains(colour));
        rects.map(|rect| number(rect, "width")).collect()
    };
    let (blue, cyan) = (widths("#0077BB"), widths("#33BBEE"));
    assert_eq!((blue.len(), cyan.len()), (4, 2));
    let decade = f64::from(blue[0] - blue[1]) / (1234.0_f64 / 19.0).log10();
    assert!((f64::from(blue[1] - blue[2]) / decade - (19.0_f64 / 0.193).log10()).abs() < 0.02);
    assert!(blue[2] > 0);

    let odd = Bars { rows: vec![], series: vec![], reference: None, ..bars.clone() };
    plot::bars(&stem, &odd).unwrap();
    let (nan, huge) = (f64::NAN, vec![5e-324, 1e300, f64::INFINITY, -1.0]);
    let odd =
        Bars { series: vec![("x".repeat(900), huge)], reference: Some(("y".into(), nan)), ..bars };
    plot::bars(&stem, &odd).unwrap();
}
