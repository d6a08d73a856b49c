//! The commands `test` and `predict`: a trained network on the test set, in a process that has
//! trained nothing, and on the user's own pictures.

use std::path::{Path, PathBuf};

use common::plot::{self, Image};
use common::program::flags::Flags;
use common::program::{Summary, thousands};
use common::{Error, Float, Real, Result, accuracy, cross_entropy_from_logits, softmax};
use datasets::images::{CLASSES, SIDE};
use datasets::{Dataset, Split};
use ndarray::{Array2, ArrayRef2};

use crate::picture::read_picture;
use crate::preprocess::{ink, to_mnist};
use crate::training::{Settings, Training};
use crate::{improvements, store};

const SHADES: [char; 5] = [' ', '░', '▒', '▓', '█'];

/// A network: the logits `z (N, 10)` of images `x (N, 784)`.
pub type Logits = Box<dyn FnMut(&ArrayRef2<Float>) -> Array2<Float>>;

/// The network of a checkpoint, or of the file that `--improved` writes, and what it is.
pub fn reader(path: &Path) -> Result<(String, Logits)> {
    // A file of parameters alone, not of a checkpoint with its manifest.
    let is_npz = path.is_file() && path.extension().is_some_and(|end| end == "npz");
    if is_npz && !path.with_extension("json").exists() {
        let mut network = improvements::load(path)?;
        let logits = move |x: &ArrayRef2<Float>| network.logits(x);
        return Ok(("the network of --improved".to_owned(), Box::new(logits)));
    }
    let Training { network, settings: Settings { steps, seed, .. }, data, step, .. } =
        store::load(path)?;
    let (step, steps, name) = (thousands(step), thousands(steps), data.name);
    let about = format!("step {step} of {steps}, trained on {name} from seed {seed}");
    Ok((about, Box::new(move |x| network.logits(x))))
}

/// Cross-entropy, and accuracy in percent, of the logits `z (N, 10)` of `images`.
pub fn evaluate(z: &ArrayRef2<Float>, images: &Split<Float>) -> (f64, f64) {
    (cross_entropy_from_logits(z, &images.t), accuracy(z, &images.t))
}

/// Prints how many images of the test set are right by their logits `z (N, 10)`, and all
/// digits of the cross-entropy. Returns the accuracy in percent.
pub fn print_result(z: &ArrayRef2<Float>, test: &Split<Float>) -> f64 {
    let (e, accuracy) = evaluate(z, test);
    let right = (accuracy / 100.0 * test.len() as f64).round() as usize;
    println!("{} of {} right; cross-entropy {e}", thousands(right), thousands(test.len()));
    accuracy
}

/// The command `test`, on `checkpoint`, by default the newest in the folder of `flags`.
pub fn test(checkpoint: Option<PathBuf>, flags: &Flags) -> Result {
    let path = checkpoint.unwrap_or_else(|| flags.out("checkpoints").join(store::MODELS));
    let (about, mut logits) = reader(&path)?;
    println!("{}, {about}", path.display());
    let data: Dataset<Float> = datasets::mnist(flags.data.as_deref())?;
    println!("{} ({})", data.name, data.origin);
    let accuracy = print_result(&logits(&data.test.x), &data.test);
    let summary = Summary::new("checkpoints", data.name);
    println!("{}", summary.figure("test accuracy", accuracy, "%", None));
    Ok(())
}

/// The command `predict`: prints for each of `images` what the network sees, which `seen` is
/// a picture of, and a probability for each class. Unreadable ones are one error at the end.
pub fn predict(checkpoint: &Path, images: &[PathBuf], seen: Option<&Path>) -> Result {
    if let Some(file) = seen {
        let same = |path: &PathBuf| path.canonicalize().ok() == file.canonicalize().ok();
        if file.exists() && images.iter().any(same) {
            return Err(Error::at(file, "--seen would write over a picture; choose another name"));
        }
    }
    let (_, mut logits) = reader(checkpoint)?;
    let (mut inputs, mut faults) = (Vec::new(), Vec::new());
    for path in images {
        match predict_one(&mut logits, path) {
            Ok(input) => inputs.push(input),
            Err(error) => faults.push(error.to_string()),
        }
    }
    if let Some(file) = seen
        && !inputs.is_empty()
    {
        plot::digits(file, &inputs, 10)?; // no other ending is added to .png
        println!("what the network saw is in {}", file.display());
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::new(faults.join("\n"))) }
}

/// Prints the prediction for one picture; returns the network's input with a title.
fn predict_one(logits: &mut Logits, path: &Path) -> Result<Image> {
    let picture = read_picture(path)?; // (H, W, 4)
    let ink = ink(&picture).ok_or_else(|| {
        Error::at(path, "nothing is drawn on it: all of it has the same colour; draw a digit")
    })?;
    let digit = to_mnist(&ink); // (28, 28)
    let x = digit.mapv(Float::of).into_shape_with_order((1, SIDE * SIDE))?; // (1, 784)
    let y = softmax(&logits(&x)).row(0).mapv(|y| 100.0 * f64::from(y)); // (10,)
    let guess = (0..CLASSES).fold(0, |best, class| if y[class] > y[best] { class } else { best });
    let (h, w, _) = picture.dim();
    println!("{}, {w} x {h}: {guess} with {:.2} %", path.display(), y[guess]);
    for (k, line) in lines(&digit).iter().enumerate() {
        match k.checked_sub(2) {
            Some(class @ 0..CLASSES) => {
                let mark = if class == guess { " <" } else { "" };
                println!("  |{line}|   {class} {:6.2} %{mark}", y[class]);
            }
            _ => println!("  |{line}|"),
        }
    }
    Ok(Image::new(digit, format!("{guess} with {:.1} %", y[guess])))
}

/// A digit `(28, 28)` as 14 lines of 28 characters, each two pixels high.
fn lines(digit: &Array2<f64>) -> Vec<String> {
    let shade = |i: usize, j: usize| {
        let ink = (digit[[2 * i, j]] + digit[[2 * i + 1, j]]) / 2.0;
        SHADES[(ink * (SHADES.len() - 1) as f64).round() as usize]
    };
    (0..SIDE / 2).map(|i| (0..SIDE).map(|j| shade(i, j)).collect()).collect()
}
