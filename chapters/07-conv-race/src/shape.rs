//! The shape of a convolution, the passes over it, and how many operations they take.

use std::fmt::{self, Display};

use cnn_naive::Window;
use cnn_naive::conv::output_shape;
use cnn_naive::network::{CLASSES, FILTER, POSITIONS, SIDE};
use common::{Error, Float, Result};
use serde::Serialize;

/// For a training step of one image: plain loops take about 20 seconds.
const MOST_OPERATIONS: f64 = 2e10;

/// A convolution of square images with square filters, and its threads.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    pub batch: usize,    // images, N
    pub channels: usize, // of an image and of a filter, C
    pub size: usize,     // rows and columns of an image, H = W
    pub filters: usize,  // FN
    pub kernel: usize,   // rows and columns of a filter, FH = FW
    pub window: Window,  // stride and padding
    pub threads: usize,  // for the rungs that can use more than one
}

impl Shape {
    /// The article's convolution on `batch` images: one filter of 5 x 5 on 28 x 28
    /// pixels, no padding.
    pub fn article(batch: usize, threads: usize) -> Shape {
        let window = Window::default();
        Shape { batch, channels: 1, size: SIDE, filters: 1, kernel: FILTER, window, threads }
    }

    /// Whether this is the article's convolution, with any batch size.
    pub fn is_article(&self) -> bool {
        *self == Shape::article(self.batch, self.threads)
    }

    /// The shape of the images, `(N, C, H, W)`.
    pub fn images(&self) -> (usize, usize, usize, usize) {
        (self.batch, self.channels, self.size, self.size)
    }

    /// The shape of the filters, `(FN, C, FH, FW)`.
    pub fn weights(&self) -> (usize, usize, usize, usize) {
        (self.filters, self.channels, self.kernel, self.kernel)
    }

    /// The shape of the output, `(N, FN, OH, OW)`. An error if the window does not fit the
    /// image, a size is zero, or a rung would need more than 2 GB.
    pub fn outputs(&self) -> Result<(usize, usize, usize, usize)> {
        let out = output_shape(self.images(), self.weights(), self.window)?;
        let (n, filters, oh, ow) = out;
        let product = |sizes: &[usize]| sizes.iter().map(|&v| v as f64).product::<f64>();
        let patches = product(&[n, oh, ow, self.channels, self.kernel, self.kernel]);
        let images = product(&[n, self.channels, self.size, self.size]);
        let outputs = product(&[n, filters, oh, ow]);
        let dense = 3.0 * product(&[filters, oh, ow, CLASSES]); // wo, dwo and their sum
        // What rung 3 holds at a time, about: no rung needs more.
        let numbers = 2.0 * patches + 4.0 * images + 4.0 * outputs + dense;
        let bytes = numbers * size_of::<Float>() as f64;
        if bytes > 2e9 {
            return Err(Error::new(format!(
                "this shape needs about {:.1} GB for the matrix of patches, the weights and \
                 their gradients, more than 2 GB; lower --batch, --channels, --size, --filters, \
                 --kernel or --padding",
                bytes / 1e9
            )));
        }
        Ok(out)
    }

    /// Numbers that the article's way copies for one image: it appends each to a copy of all
    /// before it, forward for every filter and backward for every channel.
    pub fn copies(&self) -> f64 {
        let (_, filters, oh, ow) = self.outputs().unwrap_or_else(|error| panic!("{error}"));
        let appended = |n: usize| (n as f64).powi(2) / 2.0;
        filters as f64 * appended(oh * ow) + self.channels as f64 * appended(self.size * self.size)
    }

    /// An error if plain loops would take minutes for a single image: less than one image
    /// cannot be timed.
    pub fn check_operations(&self) -> Result {
        let operations = Pass::Step.flops(&Shape { batch: 1, ..*self });
        if operations <= MOST_OPERATIONS {
            return Ok(());
        }
        Err(Error::new(format!(
            "one image takes {operations:.0e} operations, and plain loops do some 10^9 a second; \
             lower --channels, --size, --filters, --kernel or --padding"
        )))
    }

    /// Weights of one filter: `C FH FW`.
    pub fn taps(&self) -> usize {
        self.channels * self.kernel * self.kernel
    }
}

impl Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shape { batch, channels, size, filters, kernel, window, .. } = *self;
        let count = |n, noun| format!("{n} {noun}{}", if n == 1 { "" } else { "s" });
        let (images, channels) = (count(batch, "image"), count(channels, "channel"));
        let filters = count(filters, "filter");
        write!(f, "{images} of {size} x {size}, {channels}, {filters} of {kernel} x {kernel}")?;
        if window.stride > 1 {
            write!(f, ", stride {}", window.stride)?;
        }
        if window.padding > 0 {
            write!(f, ", padding {}", window.padding)?;
        }
        Ok(())
    }
}

/// What is computed.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Pass {
    Forward,  // out from x and w
    Backward, // dx and dw from dout, x and w
    Step,     // a training step of a network: this convolution, ReLU and ten outputs
    Article,  // a training step of the article's network
}

impl Pass {
    /// All of them.
    pub const ALL: [Pass; 4] = [Pass::Forward, Pass::Backward, Pass::Step, Pass::Article];

    /// The name in files and in messages.
    pub fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }

    /// The name in headings.
    pub fn title(self) -> &'static str {
        match self {
            Pass::Forward => "forward",
            Pass::Backward => "backward",
            Pass::Step => "a training step",
            Pass::Article => "a training step of the article's network",
        }
    }

    /// Floating-point operations of the mathematics; a multiplication and an addition
    /// are two. What a rung does besides (copies, padding, ReLU, softmax, the update)
    /// is not counted, so that all rungs are credited with the same work. Panics if the
    /// window does not fit the image.
    pub fn flops(self, shape: &Shape) -> f64 {
        let (n, filters, oh, ow) = shape.outputs().unwrap_or_else(|error| panic!("{error}"));
        let outputs = (n * filters * oh * ow) as f64;
        let conv = 2.0 * outputs * shape.taps() as f64; // 2 N FN OH OW C FH FW
        match self {
            Pass::Forward => conv,
            Pass::Backward => 2.0 * conv, // dw, dx
            // The output layer, dwo and dh: three products like (N, P)(P, 10).
            Pass::Step => 3.0 * conv + 3.0 * 2.0 * outputs * CLASSES as f64,
            // The gradient of the images is not needed: forward and dw.
            Pass::Article => 2.0 * conv + 3.0 * 2.0 * (n * POSITIONS * CLASSES) as f64,
        }
    }
}
