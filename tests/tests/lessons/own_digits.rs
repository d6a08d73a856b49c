//! Chapter 13's `predict`, given pictures that a reader might have: drawn in any size, place
//! and colour, photographed in bad light, damaged, or no pictures at all.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use jpeg_encoder::{ColorType as JpegColour, Encoder as Jpeg};
use referee::lesson::fails;
use referee::{fixture_path, numbers, program, texts};

/// The network of `checkpoints --fresh --improved`, of seed 1 on MNIST.
fn reader() -> PathBuf {
    fixture_path("improved_digits.npz")
}

/// Digits as a person draws them: lines through these points, `(x, y)` from the
/// upper left.
const DIGITS: [(usize, &[(f64, f64)]); 5] = [
    (
        0,
        &[
            (0.5, 0.0),
            (0.15, 0.2),
            (0.05, 0.5),
            (0.15, 0.8),
            (0.5, 1.0),
            (0.85, 0.8),
            (0.95, 0.5),
            (0.85, 0.2),
            (0.5, 0.0),
        ],
    ),
    (1, &[(0.5, 0.0), (0.5, 1.0)]),
    (2, &[(0.1, 0.2), (0.35, 0.0), (0.7, 0.05), (0.8, 0.3), (0.5, 0.65), (0.1, 1.0), (0.9, 1.0)]),
    (
        3,
        &[
            (0.1, 0.05),
            (0.6, 0.0),
            (0.8, 0.2),
            (0.6, 0.45),
            (0.35, 0.47),
            (0.6, 0.5),
            (0.85, 0.75),
            (0.6, 1.0),
            (0.1, 0.95),
        ],
    ),
    (7, &[(0.1, 0.0), (0.9, 0.0), (0.4, 1.0)]),
];

/// Ink from 0 to 255 of a digit `size` high with a round pen, on `h` x `w`.
fn sample_rows(
    points: &[(f64, f64)],
    (h, w): (usize, usize),
    (top, left): (f64, f64),
    size: f64,
) -> Vec<u8> {
    let pen = 0.06 * size;
    let ink = |at: usize| {
        let (y, x) = ((at / w) as f64 - top, (at % w) as f64 - left);
        let apart = points.windows(2).map(|ends| {
            let [(x1, y1), (x2, y2)] = [ends[0], ends[1]].map(|(x, y)| (0.8 * size * x, size * y));
            let (dx, dy) = (x2 - x1, y2 - y1);
            let along = ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy);
            let along = along.clamp(0.0, 1.0);
            (x - x1 - along * dx).hypot(y - y1 - along * dy)
        });
        (255.0 * (pen - apart.fold(f64::MAX, f64::min) + 0.5).clamp(0.0, 1.0)) as u8
    };
    (0..h * w).map(ink).collect()
}

fn write_png(path: &Path, (h, w): (usize, usize), colour: png::ColorType, bytes: &[u8]) {
    let mut encoder = png::Encoder::new(fs::File::create(path).unwrap(), w as u32, h as u32);
    encoder.set_color(colour);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header().unwrap().write_image_data(bytes).unwrap();
}

/// What `predict` says of pictures: a digit and its percentage for each, or nothing for one
/// that it cannot read.
fn read_as(checkpoint: &Path, pictures: &[PathBuf]) -> Vec<Option<(usize, f64)>> {
    let mut predict = program("checkpoints");
    let output = predict.arg("predict").arg(checkpoint).args(pictures).output().unwrap();
    let (out, err) = texts(&output);
    assert!(!err.contains("panicked"), "{err}");
    let read = |picture: &PathBuf| {
        let head = format!("{}, ", picture.display());
        let line = out.lines().find(|line| line.starts_with(&head))?;
        let (digit, percent) = line.rsplit_once(": ")?.1.split_once(" with ")?;
        Some((digit.parse().ok()?, percent.trim_end_matches(" %").parse().ok()?))
    };
    pictures.iter().map(read).collect()
}

#[test]
fn a_persons_own_digits_are_read_in_any_size_place_and_colour() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: String| place.path().join(name);
    let mut pictures = Vec::new();
    for (digit, points) in DIGITS {
        let size = (240, 180);
        let ink = sample_rows(points, size, (20.0, 30.0), 150.0);
        let dark: Vec<u8> = ink.iter().map(|v| 255 - v).collect();
        let red_on_blue: Vec<u8> = ink.iter().flat_map(|&v| [v, 0, 255 - v]).collect();
        let glass: Vec<u8> = ink.iter().flat_map(|&v| [255, 255, 255, v]).collect();
        let wide = (500, 700);
        let corner = sample_rows(points, wide, (330.0, 520.0), 130.0);
        let kinds = [
            ("light", size, png::ColorType::Grayscale, ink.as_slice()),
            ("dark", size, png::ColorType::Grayscale, &dark),
            ("colour", size, png::ColorType::Rgb, &red_on_blue),
            ("glass", size, png::ColorType::Rgba, &glass),
            ("corner", wide, png::ColorType::Grayscale, &corner),
        ];
        for (name, size, colour, bytes) in kinds {
            let path = path(format!("{digit}-{name}.png"));
            write_png(&path, size, colour, bytes);
            pictures.push((digit, path));
        }
    }
    let paths: Vec<PathBuf> = pictures.iter().map(|(_, path)| path.clone()).collect();
    let read = read_as(&reader(), &paths);
    let right = pictures
        .iter()
        .zip(&read)
        .filter(|((digit, _), read)| read.is_some_and(|(guess, _)| guess == *digit))
        .count();
    assert!(right >= 23, "{right} of 25: {read:?}");
    // One digit in five colours and places is one digit.
    for kinds in read.chunks(5) {
        assert!(kinds.iter().all(|kind| kind.unwrap().0 == kinds[0].unwrap().0), "{read:?}");
    }
}

#[test]
fn predict_shows_what_it_saw_and_has_a_sentence_for_what_it_cannot_read() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name);
    let (size, seven) = ((200, 150), DIGITS[4].1);
    write_png(
        &path("7.png"),
        size,
        png::ColorType::Grayscale,
        &sample_rows(seven, size, (20.0, 20.0), 120.0),
    );
    write_png(&path("empty.png"), size, png::ColorType::Grayscale, &vec![255; 30_000]);
    let whole = fs::read(path("7.png")).unwrap();
    fs::write(path("half.png"), &whole[..whole.len() / 2]).unwrap();
    fs::write(path("photo.png"), b"\xff\xd8\xff\xe0 a JPEG").unwrap();
    let mut predict = program("checkpoints");
    predict
        .arg("predict")
        .arg(reader())
        .args(["none.png", "7.png", "empty.png", "half.png", "photo.png"].map(path));
    let output = predict.arg("--seen").arg(path("seen.png")).output().unwrap();
    let (out, _) = texts(&output);
    let err = fails(&output, 1);
    assert!(out.contains("7.png, 150 x 200: 7 with"), "{out}");
    assert!(
        out.contains("█") && out.lines().filter(|l| l.starts_with("  |")).count() == 14,
        "{out}"
    );
    assert!(fs::metadata(path("seen.png")).is_ok_and(|file| file.len() > 100));
    for said in [
        "none.png: there is no such file",
        "empty.png: nothing is drawn on it",
        "half.png: is not a whole PNG or JPEG; save it anew",
        "photo.png: is not a whole PNG or JPEG",
    ] {
        assert!(err.contains(said), "{said}: {err}");
    }
    assert_eq!(err.trim().lines().count(), 4, "a sentence each: {err}");
}

// ---- 240 digits that were drawn for this ----

/// `tests/fixtures/drawn_digits.zip`: pictures, `(H, W)` and red, green and blue, with the
/// digit that is on each.
fn drawn() -> Vec<(usize, (usize, usize), Vec<u8>)> {
    let file = File::open(fixture_path("drawn_digits.zip")).unwrap();
    let mut archive = zip::ZipArchive::new(file).unwrap();
    let picture = |k| {
        let mut entry = archive.by_index(k).unwrap();
        let digit = entry.name().split(['-', '.']).nth(1).unwrap().parse().unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut pixels).unwrap();
        (digit, (frame.height as usize, frame.width as usize), pixels)
    };
    (0..240).map(picture).collect()
}

/// The same picture by the light of a lamp, which leaves half of it in the far corner, with
/// grain of 4 % and a few specks.
fn badly_lit(k: usize, (h, w): (usize, usize), pixels: &[u8]) -> Vec<u8> {
    let at = numbers(16, k as u64, 0.5).mapv(|v| v + 0.5); // 0 to 1
    let side = h.max(w) as f64;
    let lamp = |i: f64, j: f64| 1.0 / (1.0 + 0.5 * ((i - at[0]).powi(2) + (j - at[1]).powi(2)));
    let corners = [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)].map(|(i, j)| lamp(i, j));
    let (dark, bright) = (corners.iter().fold(1.0, |a: f64, &b| a.min(b)), 1.0);
    let light = |i: f64, j: f64| 0.5 + 0.5 * (lamp(i, j) - dark) / (bright - dark);
    let speck = |i: usize, j: usize| {
        let on = |of: usize, side: usize| (at[of] * side as f64) as usize;
        (1..7).any(|n| on(2 * n, h).abs_diff(i) < 2 && on(2 * n + 1, w).abs_diff(j) < 2)
    };
    // A sum of three numbers from -0.04 to 0.04 has a deviation of 0.04.
    let grain = numbers((3, pixels.len()), 1_000 + k as u64, 0.04).sum_axis(ndarray::Axis(0));
    let pixel = |at: usize| {
        let (i, j) = (at / 3 / w, at / 3 % w);
        let v = f64::from(pixels[at]) / 255.0;
        let v = if speck(i, j) { v + 0.3 * (1.0 - 2.0 * v) } else { v };
        let v = v * light(i as f64 / side, j as f64 / side) + grain[at];
        (255.0 * v.clamp(0.0, 1.0)).round() as u8
    };
    (0..pixels.len()).map(pixel).collect()
}

fn write_jpeg(path: &Path, (h, w): (usize, usize), pixels: &[u8]) {
    let mut bytes = Vec::new();
    Jpeg::new(&mut bytes, 85).encode(pixels, w as u16, h as u16, JpegColour::Rgb).unwrap();
    fs::write(path, bytes).unwrap();
}

#[test]
fn of_240_drawn_digits_19_of_20_are_read_and_of_bad_photographs_of_them_17_of_20() {
    let place = tempfile::tempdir().unwrap();
    let digits = drawn();
    let (mut clean, mut photographs) = (Vec::new(), Vec::new());
    for (k, (_, size, pixels)) in digits.iter().enumerate() {
        clean.push(place.path().join(format!("{k}.png")));
        write_png(&clean[k], *size, png::ColorType::Rgb, pixels);
        photographs.push(place.path().join(format!("{k}.jpg")));
        write_jpeg(&photographs[k], *size, &badly_lit(k, *size, pixels));
    }
    for (kind, pictures, least) in [("drawn", clean, 0.95), ("photographs", photographs, 0.85)] {
        let read = read_as(&reader(), &pictures);
        let is_right = |&k: &usize| read[k].is_some_and(|(digit, _)| digit == digits[k].0);
        let wrong: Vec<usize> = (0..240).filter(|k| !is_right(k)).collect();
        let right = digits.len() - wrong.len();
        println!("{kind}: {right} of {} are right, wrong are {wrong:?}", digits.len());
        assert!(right as f64 >= least * 240.0, "{kind}: {right} of 240; wrong are {wrong:?}");
    }
}

// ---- Pictures that are none, or too large, or lie on their side ----

fn bytes_of(hexadecimal: &str) -> Vec<u8> {
    let byte = |k| u8::from_str_radix(&hexadecimal[k..k + 2], 16).unwrap();
    (0..hexadecimal.len()).step_by(2).map(byte).collect()
}

/// A PNG with a palette of 4 bytes, at which its decoder panics.
const ODD_PALETTE: &str = "89504e470d0a1a0a0000000d494844520000000100000001080300000028cb34bb\
    00000004504c544500000000b4a3ae7a0000000a49444154789c636000000002000148afa4710000000049454e44\
    ae426082";

#[test]
fn what_is_no_picture_is_refused_with_a_sentence() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name);
    let (_, size, pixels) = drawn().swap_remove(7);
    write_jpeg(&path("whole.jpg"), size, &pixels);
    let photograph = fs::read(path("whole.jpg")).unwrap();
    let mut wide = photograph.clone();
    let frame = wide.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
    wide[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]); // height and width
    let files: [(&str, Vec<u8>, &str); 6] = [
        ("palette.png", bytes_of(ODD_PALETTE), "is not a whole PNG or JPEG; save it anew"),
        ("half.jpg", photograph[..photograph.len() / 2].to_vec(), "is not a whole PNG or JPEG"),
        ("noise.jpg", [&photograph[..3], &[7; 500]].concat(), "is not a whole PNG or JPEG"),
        ("wide.jpg", wide, "has 65535 x 65535 pixels; make it smaller, at most 50,000,000"),
        ("paper.gif", b"GIF89a".to_vec(), "is neither a PNG nor a JPEG"),
        ("nothing.png", Vec::new(), "is neither a PNG nor a JPEG"),
    ];
    let mut predict = program("checkpoints");
    predict.arg("predict").arg(reader());
    for (name, bytes, _) in &files {
        fs::write(path(name), bytes).unwrap();
        predict.arg(path(name));
    }
    let err = fails(&predict.arg(place.path()).output().unwrap(), 1);
    for (name, _, said) in &files {
        assert!(err.contains(&format!("{name}: {said}")), "{name}: {said}: {err}");
    }
    assert!(err.contains("a folder stands where a file is needed"), "{err}");
    assert_eq!(err.trim().lines().count(), files.len() + 1, "a sentence each: {err}");
}

#[cfg(unix)]
#[test]
fn a_pipe_and_an_endless_device_are_refused_and_not_waited_for() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name);
    for name in ["pipe.png", "pipe.json"] {
        assert!(Command::new("mkfifo").arg(path(name)).status().unwrap().success());
    }
    std::os::unix::fs::symlink("/dev/zero", path("zero.png")).unwrap();
    for (checkpoint, pictures) in
        [(reader(), ["pipe.png", "zero.png"].as_slice()), (path("pipe.json"), &["zero.png"])]
    {
        let mut predict = program("checkpoints");
        predict.arg("predict").arg(checkpoint).args(pictures.iter().map(|name| path(name)));
        let err = fails(&predict.output().unwrap(), 1);
        assert_eq!(err.matches("is a pipe or a device").count(), pictures.len(), "{err}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn thirty_million_pixels_take_four_bytes_each_and_not_fifty() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("large.png");
    let (size, mut pixels) = ((5_000, 6_000), vec![255; 3 * 5_000 * 6_000]);
    for i in 1_000..4_000 {
        pixels[3 * (i * 6_000 + 2_900)..][..600].fill(0); // a 1
    }
    write_png(&path, size, png::ColorType::Rgb, &pixels);
    let predict = program("checkpoints");
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -v 500000; RAYON_NUM_THREADS=2 exec \"$@\"", "sh"]);
    limited.arg(predict.get_program()).arg("predict").arg(reader()).arg(path);
    let output = limited.output().unwrap();
    let (out, err) = texts(&output);
    assert!(output.status.success() && out.contains(": 1 with"), "{out}\n{err}");
}

#[test]
fn a_photograph_is_turned_as_the_camera_was_held() {
    let place = tempfile::tempdir().unwrap();
    let (h, w) = (90, 120);
    let seven = sample_rows(DIGITS[4].1, (h, w), (10.0, 30.0), 70.0);
    let mut pictures = Vec::new();
    for held in 1..=8u8 {
        // The picture that, turned as it says, is upright.
        let (rows, columns) = if held < 5 { (h, w) } else { (w, h) };
        let stored = (0..rows * columns).flat_map(|at| {
            let (r, c) = (at / columns, at % columns);
            let (i, j) = match held {
                1 => (r, c),
                2 => (r, w - 1 - c),
                3 => (h - 1 - r, w - 1 - c),
                4 => (h - 1 - r, c),
                5 => (c, r),
                6 => (c, w - 1 - r),
                7 => (h - 1 - c, w - 1 - r),
                _ => (h - 1 - c, r),
            };
            [255 - seven[i * w + j]; 3]
        });
        let stored: Vec<u8> = stored.collect();
        let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        exif.extend([held, 0, 0, 0, 0, 0, 0]);
        let mut bytes = Vec::new();
        let mut jpeg = Jpeg::new(&mut bytes, 90);
        jpeg.add_app_segment(1, exif).unwrap();
        jpeg.encode(&stored, columns as u16, rows as u16, JpegColour::Rgb).unwrap();
        let path = place.path().join(format!("held-{held}.jpg"));
        fs::write(&path, bytes).unwrap();
        pictures.push(path);
    }
    let read = read_as(&reader(), &pictures);
    assert!(
        read.iter().all(|read| read.is_some_and(|(digit, percent)| digit == 7 && percent > 90.0)),
        "{read:?}"
    );
}

#[test]
fn what_the_network_saw_is_written_under_the_name_that_was_given_and_over_no_picture() {
    let place = tempfile::tempdir().unwrap();
    let picture = place.path().join("digit.png");
    let (_, size, pixels) = drawn().swap_remove(7);
    write_png(&picture, size, png::ColorType::Rgb, &pixels);
    let before = fs::read(&picture).unwrap();
    let seen = |name: &str| {
        let mut predict = program("checkpoints");
        predict.current_dir(&place).args(["predict"]).arg(reader()).args(["digit.png", "--seen"]);
        predict.arg(name).output().unwrap()
    };
    for (name, code, said) in [
        ("digit", 2, "must end in .png"),
        ("digit.png", 1, "--seen would write over a picture"),
        ("./digit.png", 1, "--seen would write over a picture"),
    ] {
        let err = fails(&seen(name), code);
        assert!(err.contains(said), "{name}: {err}");
    }
    for name in ["x.png", "x.png.png", "x.v2.png"] {
        let (out, err) = texts(&seen(name));
        assert!(out.contains(&format!("what the network saw is in {name}\n")), "{out}{err}");
        assert!(fs::metadata(place.path().join(name)).is_ok_and(|file| file.len() > 100));
    }
    assert_eq!(fs::read(&picture).unwrap(), before);
    assert_eq!(fs::read_dir(&place).unwrap().count(), 4);
}
