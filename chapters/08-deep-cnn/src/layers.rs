//! A network as a list of layers, written `conv20x5,pool2,conv50x5,pool2,500`.
//!
//! | item          | layer                                                  |
//! | ------------- | ------------------------------------------------------ |
//! | `conv20x5`    | 20 filters of 5 x 5, a bias for each, ReLU             |
//! | `conv20x5s2p1`| the same with a stride of 2 and a padding of 1         |
//! | `pool2`       | the largest of every 2 x 2 values, stride 2            |
//! | `pool3s2`     | the same of 3 x 3 values, stride 2: overlapping windows|
//! | `avgpool2`    | the mean of every 2 x 2 values, stride 2               |
//! | `500`         | an affine layer of 500 units, ReLU                     |
//!
//! The output layer, one unit for each class, is always added.

use std::fmt::{self, Display};
use std::mem::replace;
use std::str::FromStr;

use cnn_naive::Window;
use common::program::thousands;
use common::{Error, Result};

use crate::pool::{Pooling, places};

/// Channels, height and width of an image or of feature maps.
pub type Shape = (usize, usize, usize);

/// The shape of MNIST's images.
pub const IMAGE: Shape = (1, 28, 28);

const MAX_NUMBER: usize = 100_000; // in a line
const MAX_LAYERS: usize = 50;
const MAX_PARAMETERS: usize = 20_000_000; // training stores four numbers for each
const MAX_OUTPUTS: usize = 1_000_000; // of all layers, for one image
const MAX_BATCH_OUTPUTS: usize = 100_000_000;

/// One layer before the output layer. A `size` is both height and width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // of the fields
pub enum Layer {
    /// Convolution, a bias for each filter, and ReLU.
    Conv { filters: usize, size: usize, window: Window },
    /// One value for every window, in each channel.
    Pool { kind: Pooling, size: usize, stride: usize },
    /// An affine layer and ReLU.
    Affine { units: usize },
}

/// The layers of a network in order, without its output layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layers(pub Vec<Layer>);

impl Layers {
    /// The layers of a `line`, if they fit an [`IMAGE`]; the error is for the command line.
    pub fn of_image(line: &str) -> std::result::Result<Layers, String> {
        let layers = line.parse().and_then(|layers: Layers| layers.shapes(IMAGE).map(|_| layers));
        layers.map_err(|error: Error| error.to_string())
    }

    /// The output shape of each layer, `(units, 1, 1)` for an affine one. If a layer does
    /// not fit its input, or the network is too large, the error marks it in the line.
    pub fn shapes(&self, image: Shape) -> Result<Vec<Shape>> {
        let mut shapes = Vec::new();
        let (mut input, mut parameters, mut outputs) = (image, 0, 0);
        for (k, layer) in self.0.iter().enumerate() {
            let mark = |error: Error| {
                let line = self.to_string();
                error_at(&line, line.split(',').nth(k).expect("an item for each layer"), error)
            };
            let output = layer.output(input).map_err(mark)?;
            parameters = layer.parameters(input).saturating_add(parameters);
            outputs = count(output).saturating_add(outputs);
            check_size("parameters", parameters, MAX_PARAMETERS).map_err(mark)?;
            check_size("values for each image", outputs, MAX_OUTPUTS).map_err(mark)?;
            shapes.push(output);
            input = output;
        }
        Ok(shapes)
    }

    /// All layers with their input and output shapes, the output layer last; errors as
    /// those of [`Layers::shapes`].
    pub fn with_output(&self, image: Shape, classes: usize) -> Result<Vec<(Layer, Shape, Shape)>> {
        let mut input = image;
        let last = (Layer::Affine { units: classes }, (classes, 1, 1));
        let layers = self.0.iter().copied().zip(self.shapes(image)?).chain([last]);
        Ok(layers.map(|(layer, output)| (layer, replace(&mut input, output), output)).collect())
    }

    /// An error that names `--batch-size` if `batch` images take too much memory.
    pub fn check_memory(&self, image: Shape, batch: usize) -> Result {
        let outputs: usize = self.shapes(image)?.into_iter().map(count).sum();
        let (values, most) = (thousands(outputs), MAX_BATCH_OUTPUTS / outputs.max(1));
        let sentence = format!(
            "--batch-size: {batch} images of {values} values each would ask for more memory than \
             is sane; use at most {most}"
        );
        if batch <= most { Ok(()) } else { Err(Error::new(sentence)) }
    }
}

impl Layer {
    fn output(self, (c, h, w): Shape) -> Result<Shape> {
        Ok(match self {
            Layer::Conv { filters, size, window } => {
                (filters, window.outputs(h, size)?, window.outputs(w, size)?)
            }
            Layer::Pool { size, stride, .. } => {
                (c, places(h, size, stride)?, places(w, size, stride)?)
            }
            Layer::Affine { units } => (units, 1, 1),
        })
    }

    /// Number of weights and biases for inputs of the shape `input`.
    pub fn parameters(self, input: Shape) -> usize {
        let (inputs, outputs) = match self {
            Layer::Conv { filters, size, .. } => (count((input.0, size, size)), filters),
            Layer::Pool { .. } => return 0,
            Layer::Affine { units } => (count(input), units),
        };
        inputs.saturating_add(1).saturating_mul(outputs)
    }
}

fn check_size(name: &str, size: usize, max: usize) -> Result {
    let (count, most) = (thousands(size), thousands(max));
    let sentence = format!(
        "up to here the network has {count} {name}, and more than {most} would ask for more \
         memory than is sane; use fewer filters or units, or pool first"
    );
    if size <= max { Ok(()) } else { Err(Error::new(sentence)) }
}

/// The number of values in a shape, without overflow.
pub(crate) fn count((c, h, w): Shape) -> usize {
    c.saturating_mul(h).saturating_mul(w)
}

impl Display for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.iter().map(Layer::to_string).collect::<Vec<_>>().join(","))
    }
}

impl Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let option = |letter, value: usize, default| {
            if value == default { String::new() } else { format!("{letter}{value}") }
        };
        match *self {
            Layer::Conv { filters, size, window: Window { stride, padding } } => {
                let (stride, padding) = (option("s", stride, 1), option("p", padding, 0));
                write!(f, "conv{filters}x{size}{stride}{padding}")
            }
            Layer::Pool { kind, size, stride } => {
                let name = if kind == Pooling::Max { "pool" } else { "avgpool" };
                write!(f, "{name}{size}{}", option("s", stride, size))
            }
            Layer::Affine { units } => write!(f, "{units}"),
        }
    }
}

impl FromStr for Layers {
    type Err = Error;

    /// Reads the line; spaces around an item are ignored. An error marks what is wrong.
    fn from_str(line: &str) -> Result<Layers> {
        let mut layers = Vec::new();
        for item in line.split(',').map(str::trim) {
            let layer = Item { line, rest: item }.layer()?;
            let fault = |sentence: String| Err(error_at(line, item, sentence));
            let is_affine = matches!(layer, Layer::Affine { .. });
            if let (Some(Layer::Affine { units }), false) = (layers.last(), is_affine) {
                return fault(format!(
                    "after the affine layer {units} there are no rows and columns left to look at; \
                     put convolutions and pools before it"
                ));
            }
            if layers.len() == MAX_LAYERS {
                return fault(format!("more than {MAX_LAYERS} layers; use fewer"));
            }
            layers.push(layer);
        }
        Ok(Layers(layers))
    }
}

/// What is not yet read of an item of a line.
struct Item<'a> {
    line: &'a str,
    rest: &'a str,
}

impl Item<'_> {
    fn layer(&mut self) -> Result<Layer> {
        let item = self.rest;
        let (layer, hint) = if self.skip("conv") {
            let filters = self.number(1, "how many filters, as the 20 of conv20x5")?;
            if !self.skip("x") {
                return self.fault("here should be the size of the filters, as the x5 of conv20x5");
            }
            let size = self.number(1, "the size of the filters, as the 5 of conv20x5")?;
            let before = self.stride()?; // before or behind the padding
            let padding = self.option("p", 0, "the padding, as the 1 of p1")?.unwrap_or(0);
            let stride = if before.is_some() { before } else { self.stride()? };
            let window = Window { stride: stride.unwrap_or(1), padding };
            let hint = "a stride is written s2, a padding p1, each once";
            (Layer::Conv { filters, size, window }, hint)
        } else if self.skip("pool") || self.skip("avgpool") {
            let kind = if item.starts_with("avg") { Pooling::Average } else { Pooling::Max };
            let size = self.number(1, "the size of the windows, as the 2 of pool2")?;
            let stride = self.stride()?.unwrap_or(size);
            let hint = "a stride is written s2, once, and a pool has no padding";
            (Layer::Pool { kind, size, stride }, hint)
        } else if item.starts_with(|c: char| c.is_ascii_digit()) {
            let units = self.number(1, "a number of units, as 500")?;
            let hint = "an affine layer is a number, and a comma goes before the next layer";
            (Layer::Affine { units }, hint)
        } else if item.is_empty() {
            return self.fault("a layer is missing here; write one, such as 500");
        } else {
            return self.fault(&format!(
                "`{item}` is no layer; write conv20x5, pool2, avgpool2, or a number of units as 500"
            ));
        };
        match self.rest {
            "" => Ok(layer),
            _ => self.fault(&format!("nothing more is known here; {hint}")),
        }
    }

    /// The number after `letter`, if that comes next.
    fn option(&mut self, letter: &str, least: usize, expected: &str) -> Result<Option<usize>> {
        if self.skip(letter) { self.number(least, expected).map(Some) } else { Ok(None) }
    }

    fn stride(&mut self) -> Result<Option<usize>> {
        self.option("s", 1, "the stride, as the 2 of s2")
    }

    /// Whether `word` comes next; if so, the rest begins behind it.
    fn skip(&mut self, word: &str) -> bool {
        let after = self.rest.strip_prefix(word);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn number(&mut self, least: usize, expected: &str) -> Result<usize> {
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, after) = self.rest.split_at(digits);
        if digits.is_empty() {
            return self.fault(&format!("here should be {expected}"));
        }
        self.rest = digits; // to be marked
        let (number, most) = (digits.parse().unwrap_or(usize::MAX), thousands(MAX_NUMBER));
        if number > MAX_NUMBER {
            return self.fault(&format!("this is too large; use at most {most}"));
        }
        if number < least {
            return self.fault(&format!("{number} is not possible here; use {least} or more"));
        }
        self.rest = after;
        Ok(number)
    }

    /// An error with the mark under the rest.
    fn fault<T>(&self, sentence: &str) -> Result<T> {
        Err(error_at(self.line, self.rest, sentence))
    }
}

/// A sentence, the line under it, and a mark under `part`, which is a slice of `line`.
fn error_at(line: &str, part: &str, sentence: impl Display) -> Error {
    let start = part.as_ptr().addr() - line.as_ptr().addr();
    let before = " ".repeat(line[..start].chars().count());
    let mark = "^".repeat(part.chars().count().max(1));
    Error::new(format!("{sentence}\n    {line}\n    {before}{mark}"))
}
