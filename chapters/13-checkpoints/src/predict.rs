//! The `predict` command: which digits are on the user's own pictures.

use std::path::{Path, PathBuf};

use common::plot::{self, Image};
use common::{Error, Float, Real, Result, softmax};
use datasets::images::{CLASSES, SIDE};
use ndarray::Array2;

use crate::network::Network;
use crate::preprocess::{ink, read_png, to_mnist};
use crate::store;

const SHADES: [char; 5] = [' ', '░', '▒', '▓', '█'];

/// Runs the command: prints for each of `images` the network's input, which `seen` writes
/// as a picture, and a probability for each class. Pictures that cannot be read or are empty
/// become one error at the end.
pub fn run(checkpoint: &Path, images: &[PathBuf], seen: Option<&Path>) -> Result {
    let network = store::load(checkpoint)?.network;
    let (mut inputs, mut faults) = (Vec::new(), Vec::new());
    for path in images {
        match predict(&network, path) {
            Ok(input) => inputs.push(input),
            Err(error) => faults.push(error.to_string()),
        }
    }
    if let Some(file) = seen
        && !inputs.is_empty()
    {
        plot::digits(&file.with_extension(""), &inputs, 10)?;
        println!("what the network saw is in {}", file.with_extension("png").display());
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::new(faults.join("\n"))) }
}

/// Prints the prediction for one picture; returns the network's input with a title.
fn predict(network: &Network<Float>, path: &Path) -> Result<Image> {
    let picture = read_png(path)?; // (H, W, 4)
    let ink = ink(&picture).ok_or_else(|| {
        Error::at(path, "nothing is drawn on it: all of it has the same colour; draw a digit")
    })?;
    let digit = to_mnist(&ink); // (28, 28)
    let x = digit.mapv(Float::of).into_shape_with_order((1, SIDE * SIDE))?; // (1, 784)
    let y = softmax(&network.logits(&x)).row(0).mapv(|y| 100.0 * f64::from(y)); // (10,)
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
