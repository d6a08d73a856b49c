//! Reads the line of [`layers`](crate::layers), and marks what is wrong with it.

use std::str::FromStr;

use cnn_naive::Window;
use common::program::thousands;
use common::{Error, Result};

use crate::layers::{Layer, Layers, error_at};
use crate::pool::Pooling;

/// The largest number in a line.
const MAX_NUMBER: usize = 100_000;
const MAX_LAYERS: usize = 50;

impl FromStr for Layers {
    type Err = Error;

    /// Reads the line; spaces around an item are ignored.
    fn from_str(line: &str) -> Result<Layers> {
        let mut layers: Vec<Layer> = Vec::new();
        for item in line.split(',').map(str::trim) {
            let layer = Parser { line, rest: item }.layer()?;
            let fault = match (layers.last(), layer) {
                (Some(Layer::Affine { units }), Layer::Conv { .. } | Layer::Pool { .. }) => {
                    format!(
                        "after the affine layer {units} there are no rows and columns left to look at; \
                     put convolutions and pools before it"
                    )
                }
                _ if layers.len() == MAX_LAYERS => {
                    format!("more than {MAX_LAYERS} layers; use fewer")
                }
                _ => {
                    layers.push(layer);
                    continue;
                }
            };
            return Err(error_at(line, item, fault));
        }
        Ok(Layers(layers))
    }
}

struct Parser<'a> {
    line: &'a str,
    rest: &'a str, // of one item
}

impl Parser<'_> {
    fn layer(&mut self) -> Result<Layer> {
        let item = self.rest;
        let (layer, hint) = if self.skip("conv") {
            let filters = self.number(1, "how many filters, as the 20 of conv20x5")?;
            if !self.skip("x") {
                return self.fault("here should be the size of the filters, as the x5 of conv20x5");
            }
            let size = self.number(1, "the size of the filters, as the 5 of conv20x5")?;
            let mut stride = self.stride()?; // before or behind the padding
            let padding =
                if self.skip("p") { self.number(0, "the padding, as the 1 of p1")? } else { 0 };
            if stride.is_none() {
                stride = self.stride()?;
            }
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

    /// The stride, if it comes next.
    fn stride(&mut self) -> Result<Option<usize>> {
        self.skip("s").then(|| self.number(1, "the stride, as the 2 of s2")).transpose()
    }

    /// Whether `word` comes next; if so, the rest begins behind it.
    fn skip(&mut self, word: &str) -> bool {
        let after = self.rest.strip_prefix(word);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn number(&mut self, least: usize, expected: &str) -> Result<usize> {
        let after = self.rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = &self.rest[..self.rest.len() - after.len()];
        if digits.is_empty() {
            return self.fault(&format!("here should be {expected}"));
        }
        self.rest = digits; // to be marked
        match digits.parse() {
            Ok(number) if number < least => {
                self.fault(&format!("{number} is not possible here; use {least} or more"))
            }
            Ok(number @ ..=MAX_NUMBER) => {
                self.rest = after;
                Ok(number)
            }
            _ => self.fault(&format!("this is too large; use at most {}", thousands(MAX_NUMBER))),
        }
    }

    /// An error with the mark under the rest.
    fn fault<T>(&self, sentence: &str) -> Result<T> {
        Err(error_at(self.line, self.rest, sentence))
    }
}
