//! What the pages `look.html` must compute. Runs every lesson that writes one, for seconds, into
//! a folder of its own, and writes beside each page `expected.json`: for ten digits the logits,
//! the loss and all gradients, computed in f64 by the lesson's own code. `pictures.json` has
//! pictures of digits, and what lesson 13's `predict` makes of them. The script
//! `tests/scripts/look_inside.py` compares.
//!
//!     cargo run --release -p referee --example look_inside

#[path = "look_inside/image.rs"]
mod image;
#[path = "look_inside/lessons.rs"]
mod lessons;

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::sync::mpsc;
use std::thread;

use base64::prelude::{BASE64_STANDARD, Engine};
use checkpoints::picture::read_picture;
use checkpoints::preprocess::{ink, to_mnist};
use common::look::data_of;
use common::params::Params;
use common::{cross_entropy_from_logits, softmax};
use datasets::digits;
use ndarray::Array2;
use referee::{fixture_path, program};
use serde_json::{Value, json};

use lessons::{LESSONS, Lesson};

const RATE: f64 = 0.1;
/// The folder that the script looks into.
const OUT: &str = "target/look";

fn main() {
    let (digits, out) = (ten_digits(), &referee::root().join(OUT));
    let _ = fs::remove_dir_all(out);
    // While a lesson runs, the numbers of the one before it are computed.
    let (done, lessons) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(move || {
            let runs = LESSONS.into_iter().filter(|lesson| run(lesson, out));
            runs.for_each(|lesson| done.send(lesson).expect("somebody waits for it"));
        });
        for lesson in lessons {
            let folder = out.join(lesson.name);
            let expected = expected(&lesson, &folder, &digits);
            fs::write(folder.join("expected.json"), expected.to_string()).unwrap();
            println!("{}", folder.display());
        }
    });
    fs::write(out.join("pictures.json"), pictures(out).to_string()).unwrap();
}

/// Runs a lesson, which writes its page, unless this machine cannot.
fn run(lesson: &Lesson, out: &Path) -> bool {
    if lesson.package == "cnn-gpu" && referee::gpu(lesson.name).is_none() {
        return false;
    }
    let mut run = program(lesson.package);
    run.args(["--quick", "--data", "built-in", "--out"]).arg(out.join(lesson.name));
    let output = run.args(lesson.arguments).output().expect("a program that was built starts");
    assert!(output.status.success(), "{}: {output:?}", lesson.name);
    true
}

/// Ten pictures of digits that people might draw: the file, and its 28 x 28 pixels as the
/// network gets them.
fn pictures(out: &Path) -> Value {
    let mut zip = File::open(fixture_path("drawn_digits.zip")).map(zip::ZipArchive::new).unwrap();
    let zip = zip.as_mut().unwrap();
    let path = out.join("picture.png");
    let picture = |k: usize| {
        let (mut entry, mut file) = (zip.by_index(k).unwrap(), Vec::new());
        entry.read_to_end(&mut file).unwrap();
        fs::write(&path, &file).unwrap();
        let digit = to_mnist(&ink(&read_picture(&path).unwrap()).unwrap()); // (28, 28)
        let (name, png) = (entry.name().to_owned(), BASE64_STANDARD.encode(&file));
        json!({ "name": name, "png": png, "pixels": digit.iter().collect::<Vec<_>>() })
    };
    (0..240).step_by(23).map(picture).collect::<Vec<_>>().into()
}

/// One of each digit, as bytes: digits drawn by `datasets` that no lesson trains with.
fn ten_digits() -> Vec<(usize, Vec<u8>)> {
    let drawn = digits::draw(7, 1, 1_000);
    let of_class = |class: usize| {
        let row = drawn.labels.iter().position(|&label| usize::from(label) == class);
        let row = row.expect("a thousand have all classes");
        (class, drawn.images.index_axis(ndarray::Axis(0), row).iter().copied().collect())
    };
    (0..10).map(of_class).collect()
}

fn expected(lesson: &Lesson, folder: &Path, digits: &[(usize, Vec<u8>)]) -> Value {
    let params = Params::<f64>::load(&folder.join("params.npz")).unwrap();
    let html = fs::read_to_string(folder.join("look.html")).unwrap();
    let data: Value = serde_json::from_str(data_of(&html).unwrap()).unwrap();
    let layers = data["layers"].as_array().unwrap();
    let of_digit = |(k, (label, pixels)): (usize, &(usize, Vec<u8>))| {
        let x = Array2::from_shape_fn((1, 784), |(_, i)| f64::from(pixels[i]) / 255.0);
        let t = Array2::from_shape_fn((1, 10), |(_, class)| f64::from(class == *label));
        let (z, gradients) = (lesson.gradients)(&params, &x, &t);
        let (same_z, dx) = image::gradient(layers, &params, &x, &(softmax(&z) - &t));
        let apart = (&z - &same_z).fold(0.0, |most: f64, v| most.max(v.abs()));
        assert!(apart < 1e-9, "{}: {apart}", lesson.name);
        let mut digit = json!({
            "label": label,
            "pixels": pixels,
            "logits": z.iter().collect::<Vec<_>>(),
            "loss": cross_entropy_from_logits(&z, &t),
            "dx": dx.iter().collect::<Vec<_>>(),
            "gradients": {},
        });
        for (name, dw) in gradients {
            if k == 0 {
                let w = params.any_shape(&name).unwrap();
                let stepped = &w - &(RATE * &dw); // w = w - rate dw
                digit["stepped"][&name] = base64(stepped.iter());
            }
            digit["gradients"][name] = base64(dw.iter());
        }
        digit
    };
    let digits: Vec<Value> = digits.iter().enumerate().map(of_digit).collect();
    json!({ "rate": RATE, "digits": digits })
}

/// Numbers as f32 in base64, as in the page.
fn base64<'a>(numbers: impl Iterator<Item = &'a f64>) -> Value {
    let bytes: Vec<u8> = numbers.flat_map(|&v| (v as f32).to_le_bytes()).collect();
    BASE64_STANDARD.encode(bytes).into()
}
