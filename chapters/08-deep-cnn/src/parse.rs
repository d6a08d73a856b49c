//! Reads the line of [`layers`](crate::layers), and marks what is wrong with it.

use std::ops::Range;
use std::str::FromStr;

use cnn_naive::Window;
use common::program::thousands;
use common::{Error, Result};

use crate::layers::{Layer, Layers, fault};
use crate::pool::Pooling;

/// The largest number in a line.
const LARGEST: usize = 100_000;
const MOST_LAYERS: usize = 50;

impl FromStr for Layers {
    type Err = Error;

    /// Reads the line; spaces around an item are ignored.
    fn from_str(line: &str) -> Result<Layers> {
        let mut layers: Vec<Layer> = Vec::new();
        let mut start = 0;
        for text in line.split(',') {
            let at = start + text.len() - text.trim_start().len();
            let place = at..at + text.trim().len();
            start += text.len() + 1;
            let layer = Item { line, at, end: place.end }.layer()?;
            let sentence = match (layers.last(), layer) {
                (Some(last @ Layer::Affine { .. }), Layer::Conv { .. } | Layer::Pool { .. }) => {
                    format!(
                        "after the affine layer {last} there are no rows and columns left to \
                         look at; put convolutions and pools before it"
                    )
                }
                _ if layers.len() == MOST_LAYERS => {
                    format!("more than {MOST_LAYERS} layers; use fewer")
                }
                _ => {
                    layers.push(layer);
                    continue;
                }
            };
            return Err(fault(line, place, &sentence));
        }
        Ok(Layers(layers))
    }
}

/// One item of the line: what has not been read of it yet.
struct Item<'a> {
    line: &'a str,
    at: usize, // the next byte
    end: usize,
}

impl Item<'_> {
    fn rest(&self) -> &str {
        &self.line[self.at..self.end]
    }

    fn fault<T>(&self, place: Range<usize>, sentence: &str) -> Result<T> {
        Err(fault(self.line, place, sentence))
    }

    /// Whether `word` comes next; if so, it is read.
    fn word(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word);
        self.at += if found { word.len() } else { 0 };
        found
    }

    fn layer(&mut self) -> Result<Layer> {
        let item = self.at..self.end;
        let (layer, hint) = if item.is_empty() {
            return self.fault(item, "a layer is missing here; write one, such as 500");
        } else if self.word("conv") {
            let filters = self.number(1, "how many filters, as the 20 of conv20x5")?;
            if !self.word("x") {
                return self.missing("the size of the filters, as the x5 of conv20x5");
            }
            let size = self.number(1, "the size of the filters, as the 5 of conv20x5")?;
            let (stride, padding) = self.stride_and_padding(true)?;
            let window = Window { stride: stride.unwrap_or(1), padding };
            let hint = "a stride is written s2, a padding p1, each once";
            (Layer::Conv { filters, size, window }, hint)
        } else if self.rest().starts_with("pool") || self.rest().starts_with("avgpool") {
            let kind = if self.word("avg") { Pooling::Average } else { Pooling::Max };
            self.word("pool");
            let size = self.number(1, "the size of the windows, as the 2 of pool2")?;
            let (stride, _) = self.stride_and_padding(false)?;
            let hint = "a stride is written s2, once, and a pool has no padding";
            (Layer::Pool { kind, size, stride: stride.unwrap_or(size) }, hint)
        } else if self.rest().starts_with(|c: char| c.is_ascii_digit()) {
            let units = self.number(1, "a number of units, as 500")?;
            let hint = "an affine layer is a number, and a comma goes before the next layer";
            (Layer::Affine { units }, hint)
        } else {
            let sentence = format!(
                "`{}` is no layer; write conv20x5, pool2, avgpool2, or a number of units as 500",
                self.rest()
            );
            return self.fault(item, &sentence);
        };
        match self.rest() {
            "" => Ok(layer),
            _ => self.fault(self.at..self.end, &format!("nothing more is known here; {hint}")),
        }
    }

    /// `s2`, `p1` or both, in either order.
    fn stride_and_padding(&mut self, may_pad: bool) -> Result<(Option<usize>, usize)> {
        let (mut stride, mut padding) = (None, None);
        loop {
            if stride.is_none() && self.word("s") {
                stride = Some(self.number(1, "the stride, as the 2 of s2")?);
            } else if may_pad && padding.is_none() && self.word("p") {
                padding = Some(self.number(0, "the padding, as the 1 of p1")?);
            } else {
                return Ok((stride, padding.unwrap_or(0)));
            }
        }
    }

    fn number(&mut self, least: usize, expected: &str) -> Result<usize> {
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return self.missing(expected);
        }
        let place = self.at..self.at + digits;
        self.at = place.end;
        match self.line[place.clone()].parse() {
            Ok(number) if number < least => {
                self.fault(place, &format!("{number} is not possible here; use {least} or more"))
            }
            Ok(number) if number <= LARGEST => Ok(number),
            _ => {
                let sentence = format!("this is too large; use at most {}", thousands(LARGEST));
                self.fault(place, &sentence)
            }
        }
    }

    fn missing<T>(&self, expected: &str) -> Result<T> {
        self.fault(self.at..self.end, &format!("here should be {expected}"))
    }
}
