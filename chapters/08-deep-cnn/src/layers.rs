//! The architecture as one line: `conv20x5,pool2,conv50x5,pool2,500`.
//!
//! | item          | layer                                                      |
//! | ------------- | ---------------------------------------------------------- |
//! | `conv20x5`    | 20 filters of 5 x 5, a bias for each filter, ReLU          |
//! | `conv20x5s2p1`| the same with a stride of 2 and a padding of 1             |
//! | `pool2`       | the largest of every 2 x 2 values, stride 2                |
//! | `pool3s2`     | the same of 3 x 3 values, stride 2: windows that overlap   |
//! | `avgpool2`    | the mean of every 2 x 2 values, stride 2                   |
//! | `500`         | an affine layer of 500 units, ReLU                         |
//!
//! The output layer, one unit for each class, is not written: it is always there.

use std::fmt::{self, Display};
use std::ops::Range;
use std::str::FromStr;

use cnn_naive::Window;
use common::program::thousands;
use common::{Error, Result};

use crate::pool::places;

pub use crate::pool::Pooling;

/// One layer before the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// Filters of `size` x `size`, a bias for each, and ReLU.
    Conv {
        /// How many.
        filters: usize,
        /// Their height and width.
        size: usize,
        /// Their stride and padding.
        window: Window,
    },
    /// One value for every window of `size` x `size`, in each channel.
    Pool {
        /// Which value.
        kind: Pooling,
        /// Height and width of a window.
        size: usize,
        /// From one window to the next.
        stride: usize,
    },
    /// Every unit sees every value; then ReLU.
    Affine {
        /// How many.
        units: usize,
    },
}

/// The layers of a network from the image on, without the output layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layers(Vec<Layer>);

/// Channels, height and width of what a layer sees or makes.
pub type Shape = (usize, usize, usize);

/// No number of the line may be larger.
const LARGEST: usize = 100_000;
/// Nor may there be more layers.
const MOST_LAYERS: usize = 50;
/// Parameters of all layers together: with gradients and Adam's two means they
/// are four times as many numbers.
const MOST_PARAMETERS: usize = 20_000_000;
/// Values that all layers together make of one image: training remembers them
/// for a whole batch.
const MOST_OUTPUTS: usize = 1_000_000;

impl Layers {
    /// The layers in order.
    pub fn layers(&self) -> &[Layer] {
        &self.0
    }

    /// What comes out of each layer, channels, height and width, for images of
    /// the shape `image`; an affine layer's is `(units, 1, 1)`.
    ///
    /// # Errors
    /// If a filter or a window does not fit what the layer sees, or its stride
    /// does not divide the span, or if the network would be too large: a
    /// sentence, and under it the line with a mark at the layer.
    pub fn shapes(&self, image: Shape) -> Result<Vec<Shape>> {
        let mut shapes = Vec::with_capacity(self.0.len());
        let (mut seen, mut parameters, mut outputs) = (image, 0, 0);
        for (k, layer) in self.0.iter().enumerate() {
            let shape = layer.shape(seen).map_err(|error| self.fault(k, &error.to_string()))?;
            parameters = layer.parameters(seen).saturating_add(parameters);
            outputs = count(shape).saturating_add(outputs);
            for (name, sum, most) in [
                ("parameters", parameters, MOST_PARAMETERS),
                ("values for each image", outputs, MOST_OUTPUTS),
            ] {
                if sum > most {
                    let sentence = format!(
                        "up to here the network has {} {name}, and more than {} would ask for \
                         more memory than is sane; use fewer filters or units, or pool first",
                        thousands(sum),
                        thousands(most)
                    );
                    return Err(self.fault(k, &sentence));
                }
            }
            shapes.push(shape);
            seen = shape;
        }
        Ok(shapes)
    }

    /// An error at layer `k`, with the line and a mark under it.
    fn fault(&self, k: usize, sentence: &str) -> Error {
        let start: usize = self.0[..k].iter().map(|layer| layer.to_string().len() + 1).sum();
        fault(&self.to_string(), start..start + self.0[k].to_string().len(), sentence)
    }
}

impl Layer {
    /// What the layer makes of `seen`.
    fn shape(self, (c, h, w): Shape) -> Result<Shape> {
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

    /// Weights and biases of the layer, if it sees `seen`.
    pub fn parameters(self, seen: Shape) -> usize {
        match self {
            Layer::Conv { filters, size, .. } => {
                count((seen.0, size, size)).saturating_add(1).saturating_mul(filters)
            }
            Layer::Pool { .. } => 0,
            Layer::Affine { units } => count(seen).saturating_add(1).saturating_mul(units),
        }
    }
}

fn count((c, h, w): Shape) -> usize {
    c.saturating_mul(h).saturating_mul(w)
}

impl Display for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (k, layer) in self.0.iter().enumerate() {
            write!(f, "{}{layer}", if k == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

impl Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Layer::Conv { filters, size, window: Window { stride, padding } } => {
                write!(f, "conv{filters}x{size}")?;
                if stride != 1 {
                    write!(f, "s{stride}")?;
                }
                if padding != 0 {
                    write!(f, "p{padding}")?;
                }
                Ok(())
            }
            Layer::Pool { kind, size, stride } => {
                let name = if kind == Pooling::Max { "pool" } else { "avgpool" };
                write!(f, "{name}{size}")?;
                if stride != size {
                    write!(f, "s{stride}")?;
                }
                Ok(())
            }
            Layer::Affine { units } => write!(f, "{units}"),
        }
    }
}

impl FromStr for Layers {
    type Err = Error;

    /// Reads the line. Spaces around an item do no harm.
    fn from_str(line: &str) -> Result<Layers> {
        let mut layers: Vec<Layer> = Vec::new();
        let mut start = 0;
        for text in line.split(',') {
            let at = start + text.len() - text.trim_start().len();
            let place = at..at + text.trim().len();
            let layer = Item { line, at, end: place.end }.layer()?;
            start += text.len() + 1;
            if let Some(last @ Layer::Affine { .. }) = layers.last()
                && !matches!(layer, Layer::Affine { .. })
            {
                let sentence = format!(
                    "after the affine layer {last} there are no rows and columns left to look \
                     at; put convolutions and pools before it"
                );
                return Err(fault(line, place, &sentence));
            }
            if layers.len() == MOST_LAYERS {
                let sentence = format!("more than {MOST_LAYERS} layers; use fewer");
                return Err(fault(line, place, &sentence));
            }
            layers.push(layer);
        }
        Ok(Layers(layers))
    }
}

/// What stands between two commas, as it is read.
struct Item<'a> {
    line: &'a str,
    at: usize, // the next byte
    end: usize,
}

impl<'a> Item<'a> {
    fn rest(&self) -> &'a str {
        &self.line[self.at..self.end]
    }

    fn layer(&mut self) -> Result<Layer> {
        let place = self.at..self.end;
        if place.is_empty() {
            return Err(fault(self.line, place, "a layer is missing here; write one, such as 500"));
        }
        let known = ["conv", "pool", "avgpool"];
        let layer = match known.into_iter().find(|word| self.rest().starts_with(word)) {
            Some(word @ "conv") => {
                self.at += word.len();
                let filters = self.number(1, "how many filters, as the 20 of conv20x5")?;
                self.word("x", "the size of the filters, as the x5 of conv20x5")?;
                let size = self.number(1, "the size of the filters, as the 5 of conv20x5")?;
                let (stride, padding) = self.stride_and_padding(true)?;
                let window = Window { stride: stride.unwrap_or(1), padding };
                Layer::Conv { filters, size, window }
            }
            Some(word) => {
                self.at += word.len();
                let kind = if word == "pool" { Pooling::Max } else { Pooling::Average };
                let size = self.number(1, "the size of the windows, as the 2 of pool2")?;
                let (stride, _) = self.stride_and_padding(false)?;
                Layer::Pool { kind, size, stride: stride.unwrap_or(size) }
            }
            None if self.rest().starts_with(|c: char| c.is_ascii_digit()) => {
                Layer::Affine { units: self.number(1, "a number of units, as 500")? }
            }
            None => {
                let sentence = format!(
                    "`{}` is no layer; write conv20x5, pool2, avgpool2, or a number of units \
                     as 500",
                    self.rest()
                );
                return Err(fault(self.line, place, &sentence));
            }
        };
        if !self.rest().is_empty() {
            let sentence = match layer {
                Layer::Conv { .. } => {
                    "nothing more is known here; a stride is written s2, a padding p1, each once"
                }
                Layer::Pool { .. } => {
                    "nothing more is known here; a stride is written s2, once, and a pool has \
                     no padding"
                }
                Layer::Affine { .. } => {
                    "nothing more is known here; an affine layer is a number, and a comma goes \
                     before the next layer"
                }
            };
            return Err(fault(self.line, self.at..self.end, sentence));
        }
        Ok(layer)
    }

    /// `s2`, `p1` or both, in either order.
    fn stride_and_padding(&mut self, may_pad: bool) -> Result<(Option<usize>, usize)> {
        let (mut stride, mut padding) = (None, None);
        loop {
            if stride.is_none() && self.rest().starts_with('s') {
                self.at += 1;
                stride = Some(self.number(1, "the stride, as the 2 of s2")?);
            } else if may_pad && padding.is_none() && self.rest().starts_with('p') {
                self.at += 1;
                padding = Some(self.number(0, "the padding, as the 1 of p1")?);
            } else {
                return Ok((stride, padding.unwrap_or(0)));
            }
        }
    }

    fn word(&mut self, word: &str, wanted: &str) -> Result {
        if !self.rest().starts_with(word) {
            return Err(self.missing(wanted));
        }
        self.at += word.len();
        Ok(())
    }

    fn number(&mut self, least: usize, wanted: &str) -> Result<usize> {
        let digits =
            self.rest().len() - self.rest().trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if digits == 0 {
            return Err(self.missing(wanted));
        }
        let place = self.at..self.at + digits;
        self.at += digits;
        let most = thousands(LARGEST);
        match self.line[place.clone()].parse() {
            Ok(number) if number < least => {
                let sentence = format!("{number} is not possible here; use {least} or more");
                Err(fault(self.line, place, &sentence))
            }
            Ok(number) if number <= LARGEST => Ok(number),
            _ => Err(fault(
                self.line,
                place,
                &format!("this is beyond all sense; use at most {most}"),
            )),
        }
    }

    fn missing(&self, wanted: &str) -> Error {
        fault(self.line, self.at..self.end, &format!("here should be {wanted}"))
    }
}

/// A sentence, and under it the line with a mark at a place, in bytes.
fn fault(line: &str, place: Range<usize>, sentence: &str) -> Error {
    let columns = |text: &str| text.chars().count();
    let before = " ".repeat(columns(&line[..place.start]));
    let mark = "^".repeat(columns(&line[place]).max(1));
    Error::new(format!("{sentence}\n    {line}\n    {before}{mark}"))
}
