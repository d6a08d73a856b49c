//! Every kind of picture: what is in the files, how large they are, and that
//! no numbers, however odd, stop a lesson.

use std::fs;
use std::path::Path;
use std::time::Instant;

use common::plot::{self, Chart, Colour, Curve, Image};
use ndarray::{Array1, Array2, array};
use tempfile::TempDir;

type Rgb = [u8; 3];

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
const RED: Rgb = [204, 51, 17];
const BLUE: Rgb = [0, 119, 187];

struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<Rgb>,
}

impl Picture {
    fn at(&self, x: usize, y: usize) -> Rgb {
        self.pixels[y * self.width + x]
    }

    fn count(&self, colour: Rgb) -> usize {
        self.pixels.iter().filter(|&&pixel| pixel == colour).count()
    }
}

fn read_png(path: &Path) -> Picture {
    let mut decoder = png::Decoder::new(std::io::BufReader::new(fs::File::open(path).unwrap()));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    assert_eq!(info.color_type, png::ColorType::Rgb);
    Picture {
        width: info.width as usize,
        height: info.height as usize,
        pixels: bytes.as_chunks().0.to_vec(),
    }
}

/// The picture after each frame, and how long each stays, in 1/100 s.
fn read_gif(path: &Path) -> Vec<(Picture, u16)> {
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let mut decoder = options.read_info(fs::File::open(path).unwrap()).unwrap();
    assert_eq!(decoder.repeat(), gif::Repeat::Infinite);
    let (width, height) = (decoder.width() as usize, decoder.height() as usize);
    let mut canvas = vec![WHITE; width * height];
    let mut frames = Vec::new();
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        for (k, pixel) in frame.buffer.as_chunks::<4>().0.iter().enumerate() {
            let x = frame.left as usize + k % frame.width as usize;
            let y = frame.top as usize + k / frame.width as usize;
            if pixel[3] > 0 {
                canvas[y * width + x] = [pixel[0], pixel[1], pixel[2]];
            }
        }
        let pixels = canvas.clone();
        let picture = Picture { width, height, pixels };
        frames.push((picture, frame.delay));
    }
    frames
}

/// The texts of an SVG, after checking that its tags are balanced.
fn texts(path: &Path) -> Vec<String> {
    let svg = fs::read_to_string(path).unwrap();
    let (mut open, mut texts) = (Vec::new(), Vec::new());
    for piece in svg.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap();
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{path:?}");
        } else if !tag.ends_with('/') {
            open.push(tag.split_whitespace().next().unwrap());
        }
        if !text.trim().is_empty() {
            texts.push(text.trim().to_owned());
        }
    }
    assert!(open.is_empty(), "{path:?}: {open:?} not closed");
    texts
}

fn says(path: &Path, wanted: &str) {
    let texts = texts(path);
    assert!(texts.iter().any(|text| text == wanted), "{wanted:?} is not in {texts:?}");
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn rising(count: usize) -> Vec<(f64, f64)> {
    let height = |k: usize| 92.0 - 80.0 / (1.0 + k as f64 / 100.0);
    (0..count).map(|k| (k as f64, height(k))).collect()
}

/// A curve that jumps between two heights.
fn noisy(count: usize) -> Vec<(f64, f64)> {
    (0..count).map(|k| (k as f64, 40.0 + 20.0 * (k % 2) as f64)).collect()
}

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
    let curves = [Curve::mean_and_range("hidden layer", &runs), Curve::mean_and_sd("b", &runs)];
    plot::accuracy(&out.path().join("seeds"), &curves).unwrap();
    let svg = out.path().join("seeds.svg");
    says(&svg, "hidden layer (mean and range of 3 runs)");
    says(&svg, "b (mean ± standard deviation of 3 runs)");
    assert_eq!(fs::read_to_string(&svg).unwrap().matches("<polygon").count(), 2);
}

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
                Curve::mean_and_sd("d", &[points.to_vec()]),
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
    says(&stem.with_extension("svg"), "and 288 more");
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
    assert!((200..1300).contains(&dots), "{dots}");
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
fn a_digit_is_dark_ink_on_white_in_crisp_squares() {
    let out = folder();
    let mut pixels = Array1::<f32>::zeros(784);
    pixels[0] = 1.0;
    pixels[29] = 0.5;
    plot::digit(&out.path().join("digit"), pixels.view(), "a 5").unwrap();
    let picture = read_png(&out.path().join("digit.png"));
    // Ten pixels a square, within a frame, a title row and a margin.
    assert_eq!((picture.width, picture.height), (12 + 282 + 12, 12 + 21 + 282 + 12));
    let square = |row: usize, column: usize| (13 + 10 * column, 34 + 10 * row);
    let (x, y) = square(0, 0);
    for (dx, dy) in [(0, 0), (9, 0), (0, 9), (9, 9)] {
        assert_eq!(picture.at(x + dx, y + dy), BLACK);
        let (x, y) = square(1, 1);
        let grey = picture.at(x + dx, y + dy);
        assert!(grey[0].abs_diff(127) <= 2 && grey[0] == grey[1], "{grey:?}");
        let (x, y) = square(27, 27);
        assert_eq!(picture.at(x + dx, y + dy), WHITE);
    }
    let size = fs::metadata(out.path().join("digit.png")).unwrap().len();
    assert!(size < 3000, "{size}");
}

#[test]
fn misread_digits_have_red_titles_and_the_others_dark_ones() {
    let out = folder();
    let blank = Array2::<f64>::zeros((28, 28));
    let right = [Image::reading(&blank, 5, 5)];
    let wrong = [Image::reading(&blank, 5, 3)];
    for (name, images, red) in [("right", &right, false), ("wrong", &wrong, true)] {
        let stem = out.path().join(name);
        plot::digits(&stem, images, 1).unwrap();
        let picture = read_png(&stem.with_extension("png"));
        assert_eq!(picture.count(RED) > 10, red, "{name}");
    }
}

#[test]
fn a_hundred_digits_are_ten_rows_of_ten() {
    let out = folder();
    let pixels = Array1::<f32>::from_elem(784, 1.0);
    let images: Vec<Image> = (0..100).map(|k| Image::reading(&pixels, k % 10, 3)).collect();
    plot::digits(&out.path().join("grid"), &images, 10).unwrap();
    let picture = read_png(&out.path().join("grid.png"));
    assert_eq!(picture.count(BLACK), 100 * 784 * 9);
    // The last row ends where the sheet does.
    plot::digits(&out.path().join("row"), &images[..7], 10).unwrap();
    assert_eq!(read_png(&out.path().join("row.png")).count(BLACK) % (7 * 784), 0);
}

#[test]
fn filters_are_white_at_zero_blue_below_red_above_in_one_scale() {
    let out = folder();
    let images = [
        Image::new(array![[0.0, 2.0], [-2.0, 1.0]], "a"),
        Image::new(array![[0.0, 0.0], [0.0, -1.0]], "b"),
    ];
    plot::filters(&out.path().join("filters"), &images, 2).unwrap();
    let picture = read_png(&out.path().join("filters.png"));
    // Two squares of 32 a side; the second picture starts after the first.
    let cell = 66;
    let middle = |image: usize, row: usize, column: usize| {
        picture.at(13 + image * (cell + 12) + 32 * column + 16, 34 + 32 * row + 16)
    };
    let [r, g, b] = middle(0, 0, 1);
    assert!(r > g + 50 && r > b + 50, "the largest is red: {:?}", [r, g, b]);
    let [r, g, b] = middle(0, 1, 0);
    assert!(b > r + 50, "the least is blue: {:?}", [r, g, b]);
    assert_eq!(middle(0, 0, 0), WHITE);
    assert_eq!(middle(1, 0, 0), WHITE);
    // Half the scale is paler, and -1 means the same in both.
    let half = middle(0, 1, 1);
    assert!(half[1] > middle(0, 0, 1)[1]);
    let pale = middle(1, 1, 1);
    assert!(pale[2] > pale[0] && pale[0] > middle(0, 1, 0)[0]);
}

#[test]
fn a_strip_shows_stages_of_several_sizes_side_by_side() {
    let out = folder();
    let stages = [
        Image::new(Array2::<f32>::from_elem((28, 28), 1.0), "raw"),
        Image::new(Array2::<f32>::from_elem((24, 24), -1.5), "convolved").signed(),
        Image::new(Array2::<f32>::zeros((12, 12)), "pooled").signed(),
    ];
    plot::strip(&out.path().join("strip"), &stages).unwrap();
    let picture = read_png(&out.path().join("strip.png"));
    let squares = picture.count(BLACK);
    assert_eq!(squares % 784, 0);
    let side = squares / 784;
    // All of the second stage is the darkest blue, which the bar also shows.
    assert!(picture.count([0, 40, 85]) >= 24 * 24 * side);
}

#[test]
fn pictures_of_odd_numbers_are_drawn_all_the_same() {
    let out = folder();
    let odd = array![[f64::NAN, f64::INFINITY], [f64::NEG_INFINITY, 1e300]];
    let zeros = Array2::<f32>::zeros((3, 40));
    for (k, image) in [Image::new(&odd, "odd"), Image::new(&zeros, "zeros")].iter().enumerate() {
        let stem = out.path().join(format!("odd-{k}"));
        plot::digits(&stem, std::slice::from_ref(image), 0).unwrap();
        plot::filters(&stem, std::slice::from_ref(image), usize::MAX).unwrap();
        plot::strip(&stem, &[image.clone(), image.clone().signed()]).unwrap();
    }
    for name in ["none", "none-of-none"] {
        plot::digits(&out.path().join(name), &[], 0).unwrap();
        plot::strip(&out.path().join(name), &[]).unwrap();
    }
    let largest = Array2::<u8>::from_elem((28, 28), 255);
    plot::digit(&out.path().join("bytes"), &largest, "bytes").unwrap();
    assert_eq!(read_png(&out.path().join("bytes.png")).count(BLACK), 280 * 280);
}

#[test]
fn a_picture_that_is_no_rectangle_is_refused_by_name() {
    let out = folder();
    let stem = out.path().join("digit");
    let error = plot::digit(&stem, Array1::<f32>::zeros(785), "a 5").unwrap_err().to_string();
    assert!(error.contains("digit.png: the picture \"a 5\" is a row of 785 numbers"), "{error}");
    let error = plot::digit(&stem, Array2::<f32>::zeros((0, 28)), "a 5").unwrap_err().to_string();
    assert!(error.contains("digit.png") && error.contains("no pixels"), "{error}");
    let error = plot::digit(&stem, Array2::<f32>::zeros((2, 5000)), "a 5").unwrap_err().to_string();
    assert!(error.contains("digit.png") && error.contains("2 by 5000"), "{error}");
    assert!(!out.path().join("digit.png").exists());
}

#[test]
fn a_confusion_matrix_is_blue_where_right_and_red_where_wrong() {
    let out = folder();
    let counts = array![[1234, 0, 0], [9, 40, 1], [0, 0, 50]];
    let stem = out.path().join("confusion");
    plot::confusion(&stem, &counts, &["setosa", "versicolor", "virginica"]).unwrap();
    let svg = stem.with_extension("svg");
    for text in [
        "1\u{202f}324 of 1\u{202f}334 right (99.25 %)",
        "read as",
        "is really",
        "versicolor",
        "1\u{202f}234",
        "80.0 %",
    ] {
        says(&svg, text);
    }
    assert!(!texts(&svg).contains(&"0".to_owned()), "zero is an empty cell");
    let picture = read_png(&stem.with_extension("png"));
    // Nine tenths of the way to blue: all of setosa was right.
    let blue = [26, 133, 194];
    assert!(picture.count(blue) > 2000, "{}", picture.count(blue));
    assert!(picture.pixels.iter().any(|&[r, g, b]| r > 200 && g < 160 && b < 140));
}

#[test]
fn a_confusion_matrix_of_the_wrong_shape_is_refused_by_name() {
    let out = folder();
    let stem = out.path().join("confusion");
    let counts = Array2::zeros((3, 4));
    let error = plot::confusion(&stem, &counts, &["a", "b", "c"]).unwrap_err().to_string();
    assert!(error.contains("confusion.svg") && error.contains("3 rows, 4 columns"), "{error}");
    let error = plot::confusion(&stem, &Array2::zeros((0, 0)), &[]).unwrap_err().to_string();
    assert!(error.contains("0 rows"), "{error}");
    plot::confusion(&stem, &Array2::zeros((2, 2)), &["a", "b"]).unwrap();
    says(&stem.with_extension("svg"), "Nothing was read");
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
