//! `predict`: your own pictures, read.

use common::plot::{self, Image};
use common::{Error, Float, Real, Result, softmax};
use ndarray::Array2;

use crate::args::Predict;
use crate::folder;
use crate::network::{CLASSES, SIDE};
use crate::picture::{as_mnist, ink, read};

/// From nothing to all ink.
const SHADES: [char; 5] = [' ', '░', '▒', '▓', '█'];

/// Reads the pictures one after the other and prints, beside what the network
/// sees, a probability for each class.
///
/// # Errors
/// If the checkpoint cannot be read. If a picture cannot be read or is empty: the
/// others are read first.
pub fn run(args: &Predict) -> Result {
    let network = folder::open(&args.checkpoint)?.network;
    let (mut seen, mut faults) = (Vec::new(), Vec::new());
    for path in &args.images {
        let picture = match read(path) {
            Ok(picture) => picture,
            Err(error) => {
                faults.push(error.to_string());
                continue;
            }
        };
        let Some(ink) = ink(&picture) else {
            let fault = "nothing is drawn on it: all of it has the same colour; draw a digit";
            faults.push(Error::at(path, fault).to_string());
            continue;
        };
        let digit = as_mnist(&ink); // (28, 28)
        let x = digit.mapv(Float::of).into_shape_with_order((1, SIDE * SIDE))?; // (1, 784)
        let y = softmax(&network.forward(&x, None).z).row(0).mapv(|y| 100.0 * f64::from(y)); // (10,)
        let guess =
            (0..CLASSES).fold(0, |best, class| if y[class] > y[best] { class } else { best });
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
        seen.push(Image::new(digit, format!("{guess} with {:.1} %", y[guess])));
    }
    if let Some(file) = &args.seen
        && !seen.is_empty()
    {
        plot::digits(&file.with_extension(""), &seen, 10)?;
        println!("what the network saw is in {}", file.with_extension("png").display());
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Error::new(faults.join("\n"))),
    }
}

/// A digit `(28, 28)` as 14 lines of 28 letters: a letter is two pixels high.
fn lines(digit: &Array2<f64>) -> Vec<String> {
    let shade = |i: usize, j: usize| {
        let ink = (digit[[2 * i, j]] + digit[[2 * i + 1, j]]) / 2.0;
        SHADES[(ink * (SHADES.len() - 1) as f64).round() as usize]
    };
    (0..SIDE / 2).map(|i| (0..SIDE).map(|j| shade(i, j)).collect()).collect()
}
