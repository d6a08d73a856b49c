//! Numbers and words that nobody expects, and many of them.

use std::fs;
use std::time::Instant;

use common::plot::{self, Chart, Curve};

use super::*;

#[test]
fn words_with_special_letters_stay_words() {
    let out = folder();
    let chart = Chart::new("a < b & \"c\"\u{7}", "x\ny", "日本");
    let curve = Curve::new("</svg>", &rising(5));
    plot::curves(&out.path().join("odd"), &chart, &[curve]).unwrap();
    let svg = out.path().join("odd.svg");
    says(&svg, "a &lt; b &amp; &quot;c&quot;");
    says(&svg, "&lt;/svg&gt;");
    says(&svg, "x y");
}

#[test]
fn no_numbers_are_too_odd_for_a_chart() {
    let out = folder();
    let (nan, inf) = (f64::NAN, f64::INFINITY);
    let odd: &[&[(f64, f64)]] = &[
        &[],
        &[(5.0, 50.0)],
        &[(0.0, 0.0)],
        &[(nan, nan), (inf, -inf)],
        &[(1.0, nan), (2.0, inf), (3.0, -inf), (4.0, 2.0), (5.0, nan)],
        &[(0.0, 3.0), (1.0, 3.0), (2.0, 3.0)],
        &[(7.0, 1.0), (7.0, 2.0)],
        &[(1e-300, 1e-300), (1e300, 1e300)],
        &[(-1e300, -1e300), (1e300, 1e300)],
        &[(f64::MIN, f64::MIN), (f64::MAX, f64::MAX)],
        &[(5e-324, 5e-324), (0.0, 0.0)],
        &[(1.0, 1.0), (1.0 + f64::EPSILON, 1.0 + f64::EPSILON)],
        &[(-3.0, -1.0), (-2.0, 0.0), (0.0, -5.0)],
        &[(3.0, 1.0), (1.0, 2.0), (2.0, 0.0)],
        &[(1e16, 1.0), (1e16 + 2.0, 2.0)],
    ];
    let charts = [
        Chart::new("t", "x", "y").x_range(nan, 1.0).y_range(5.0, 5.0),
        Chart::new("t", "x", "y").log_x().log_y(),
        Chart::new("t", "x", "y").x_range(1.5, 1.6).y_range(0.2, 0.3),
    ];
    for (k, points) in odd.iter().enumerate() {
        for (n, chart) in charts.iter().enumerate() {
            let bounds: Vec<_> = points.iter().map(|p| (p.1 - 1.0, p.1 * 2.0)).collect();
            let curves = [
                Curve::new("a", points).smoothed(3).band(&bounds),
                Curve::new("b", points).dots(),
                Curve::new("c", points).line_and_dots().dashed().faint(),
                Curve::mean_and_range("d", &[points.to_vec()]),
                Curve::level("e", points.first().map_or(nan, |p| p.1)),
            ];
            let stem = out.path().join(format!("odd-{k}-{n}"));
            plot::curves(&stem, chart, &curves).unwrap();
            texts(&stem.with_extension("svg"));
            if n == 1 {
                plot::animation(&stem, chart, &curves, 3).unwrap();
                assert!(read_gif(&stem.with_extension("gif")).len() >= 2);
            }
        }
    }
    says(&out.path().join("odd-0-0.svg"), "no points to show");
}

#[test]
fn half_a_million_points_make_a_small_file_that_keeps_the_peak() {
    let out = folder();
    let mut points = noisy(500_000);
    points[123_456].1 = 99.0;
    let stem = out.path().join("many");
    let curves: Vec<Curve> =
        (0..10).map(|k| Curve::new(format!("curve {k}"), &points).smoothed(100)).collect();
    plot::accuracy(&stem, &curves).unwrap();
    let size = fs::metadata(stem.with_extension("svg")).unwrap().len();
    assert!(size < 200_000, "{size}");

    plot::curves(&stem, &Chart::new("t", "x", "y"), &[Curve::new("one", &points)]).unwrap();
    let svg = fs::read_to_string(stem.with_extension("svg")).unwrap();
    let line = svg.lines().find(|line| line.matches(',').count() > 500).unwrap();
    let list = line.split("points=\"").nth(1).unwrap().split('"').next().unwrap();
    let heights: Vec<i32> = list
        .split_whitespace()
        .map(|point| point.split_once(',').unwrap().1.parse().unwrap())
        .collect();
    assert!(heights.len() <= 2000, "{}", heights.len());
    let mut sorted = heights.clone();
    sorted.sort_unstable();
    assert!(sorted[1] - sorted[0] > 100, "the peak of one point stands out");
}

#[test]
fn hundreds_of_curves_still_leave_room_for_themselves() {
    let out = folder();
    let long = "a name that takes most of a row, ".repeat(20);
    let curves: Vec<Curve> = (0..300)
        .map(|k| Curve::new(format!("{k} {long}"), &rising(100)))
        .chain((0..3).map(|k| Curve::level(&long, f64::from(k))))
        .collect();
    let stem = out.path().join("crowd");
    plot::accuracy(&stem, &curves).unwrap();
    says(&stem.with_extension("svg"), "and 291 more");
    let picture = read_png(&stem.with_extension("png"));
    assert_eq!(picture.width, 1440);
    assert!((1000..2000).contains(&picture.height), "{}", picture.height);
}

#[test]
fn a_cloud_of_many_dots_is_thinned() {
    let out = folder();
    let cloud: Vec<_> =
        (0..100_000).map(|k| ((k % 317) as f64, (k * 7919 % 1009) as f64)).collect();
    let stem = out.path().join("cloud");
    plot::curves(&stem, &Chart::new("t", "x", "y"), &[Curve::new("a", &cloud).dots()]).unwrap();
    let svg = fs::read_to_string(stem.with_extension("svg")).unwrap();
    let dots = svg.matches("<circle").count();
    assert!((200..2000).contains(&dots), "{dots}");
    assert!(size_of(&stem) < 200_000);
}

#[test]
fn drawing_takes_no_time_that_a_reader_would_notice() {
    let out = folder();
    let begin = Instant::now();
    plot::accuracy(&out.path().join("a"), &[Curve::new("a", &noisy(3000)).smoothed(50)]).unwrap();
    let runs = [Curve::new("a", &rising(3000)), Curve::new("b", &noisy(3000))];
    plot::animation(&out.path().join("a"), &Chart::accuracy("t"), &runs, 40).unwrap();
    // Many times what it takes, for machines that have other work as well.
    let seconds = begin.elapsed().as_secs_f64();
    assert!(seconds < 20.0, "{seconds:.1} s");
}

fn size_of(stem: &Path) -> u64 {
    fs::metadata(stem.with_extension("svg")).unwrap().len()
}

#[test]
fn dashes_gaps_and_noise_stay_below_200_kilobytes() {
    let out = folder();
    let stem = out.path().join("large");
    let zigzag: Vec<_> = (0..3000).map(|k| (k as f64, 20.0 + 60.0 * (k % 2) as f64)).collect();
    plot::accuracy(&stem, &[Curve::new("a", &zigzag).dashed()]).unwrap();
    assert!(size_of(&stem) < 200_000, "zigzag: {}", size_of(&stem));
    let mut gaps = noisy(1_000_000);
    gaps.iter_mut().step_by(2).for_each(|point| point.1 = f64::NAN);
    plot::accuracy(&stem, &[Curve::new("a", &gaps)]).unwrap();
    assert!(size_of(&stem) < 200_000, "gaps: {}", size_of(&stem));
    let curve = |k: usize| {
        let spread = |(x, y): (f64, f64)| (x, y + 3.0 * (x * 1.7 + k as f64).sin());
        let points: Vec<_> = noisy(3000).into_iter().map(spread).collect();
        Curve::new(format!("curve {k}"), &points).smoothed(5)
    };
    let curves: Vec<Curve> = (0..10).map(curve).collect();
    plot::accuracy(&stem, &curves).unwrap();
    assert!(size_of(&stem) < 200_000, "ten: {}", size_of(&stem));
}

#[test]
fn a_million_points_in_no_order_take_seconds() {
    let out = folder();
    let stem = out.path().join("unsorted");
    let points: Vec<_> = (0..1_000_000_u64)
        .map(|k| ((k * 7919 % 10_007) as f64, (k * 104_729 % 9973) as f64))
        .collect();
    let begin = Instant::now();
    let curves = [Curve::new("a", &points), Curve::level("level", 5000.0)];
    plot::curves(&stem, &Chart::new("t", "x", "y"), &curves).unwrap();
    let seconds = begin.elapsed().as_secs_f64();
    assert!(seconds < 20.0, "{seconds:.1} s");
    assert!(size_of(&stem) < 200_000);
}

#[test]
fn letters_that_the_font_lacks_are_words_in_the_svg_and_not_boxes_in_the_png() {
    let out = folder();
    let draw = |title: &str| {
        let stem = out.path().join("a");
        let chart = Chart::new(title, "x", "y");
        plot::curves(&stem, &chart, &[Curve::new("a", &rising(10))]).unwrap();
        read_png(&stem.with_extension("png")).pixels
    };
    let without = draw("");
    assert!(draw("日本語の題") == without, "the PNG leaves them out");
    says(&out.path().join("a.svg"), "日本語の題");
}

#[test]
fn no_control_character_reaches_an_svg() {
    let out = folder();
    let stem = out.path().join("a");
    let odd = "a\u{0}b\u{b}c\u{1f}d\u{7f}e\u{fffe}f\u{ffff}g\nh";
    let chart = Chart::new(odd, odd, odd);
    let curves = [Curve::new(odd, &rising(10)), Curve::level(odd, 50.0)];
    plot::curves(&stem, &chart, &curves).unwrap();
    let svg = fs::read_to_string(stem.with_extension("svg")).unwrap();
    assert!(svg.contains("<title>a b c d e f g h</title>"));
    let allowed = |letter: char| letter == '\n' || !letter.is_control();
    assert!(svg.chars().all(|c| allowed(c) && !"\u{fffe}\u{ffff}".contains(c)));
}
