//! What is raced: a shape, what is computed on it, and how much work that is.

use std::fmt::{self, Display};

use clap::ValueEnum;
use cnn_naive::Window;
use cnn_naive::conv::output_shape;
use cnn_naive::network::{CLASSES, FILTER, POSITIONS, SIDE};
use common::{Error, Float, Result};
use serde::Serialize;

/// More memory than this is not asked for: 2 GB.
const MOST_BYTES: f64 = 2e9;

/// Square images and square filters, and the threads that may work on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Images, `N`.
    pub batch: usize,
    /// Channels of an image and of a filter, `C`.
    pub channels: usize,
    /// Rows and columns of an image, `H = W`.
    pub size: usize,
    /// Filters, `FN`.
    pub filters: usize,
    /// Rows and columns of a filter, `FH = FW`.
    pub kernel: usize,
    /// Stride and padding.
    pub window: Window,
    /// Threads for the rungs that can use more than one.
    pub threads: usize,
}

impl Shape {
    /// The article's convolution on `batch` images: one filter of 5 x 5 on 28 x
    /// 28 pixels, no padding.
    pub fn article(batch: usize, threads: usize) -> Shape {
        let window = Window::default();
        Shape { batch, channels: 1, size: SIDE, filters: 1, kernel: FILTER, window, threads }
    }

    /// Whether this is the article's convolution, whatever the batch.
    pub fn is_the_articles(&self) -> bool {
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

    /// The shape of what comes out, `(N, FN, OH, OW)`.
    ///
    /// # Errors
    /// If the window does not fit the image, if a size is zero, or if a rung
    /// would need more memory than this program wants to ask for. The sentence
    /// says what to change.
    pub fn outputs(&self) -> Result<(usize, usize, usize, usize)> {
        let out = output_shape(self.images(), self.weights(), self.window)?;
        let bytes = self.most_memory(out);
        if bytes > MOST_BYTES {
            return Err(Error::new(format!(
                "this shape needs about {:.1} GB for the matrix of patches and its gradient, \
                 more than {:.0} GB; lower --batch, --channels, --size, --filters or --kernel",
                bytes / 1e9,
                MOST_BYTES / 1e9
            )));
        }
        Ok(out)
    }

    /// Bytes of everything that the greediest rung holds at a time, about.
    fn most_memory(&self, (n, filters, oh, ow): (usize, usize, usize, usize)) -> f64 {
        let product = |sizes: &[usize]| sizes.iter().map(|&v| v as f64).product::<f64>();
        let patches = product(&[n, oh, ow, self.channels, self.kernel, self.kernel]);
        let images = product(&[n, self.channels, self.size, self.size]);
        let outputs = product(&[n, filters, oh, ow]);
        (2.0 * patches + 4.0 * images + 4.0 * outputs) * size_of::<Float>() as f64
    }

    /// Numbers that one filter multiplies for one output: `C FH FW`.
    pub fn taps(&self) -> usize {
        self.channels * self.kernel * self.kernel
    }
}

impl Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shape { batch, channels, size, filters, kernel, window, .. } = self;
        let s = |n: usize| if n == 1 { "" } else { "s" };
        write!(
            f,
            "{batch} image{} of {size} x {size}, {channels} channel{}, {filters} filter{} of \
             {kernel} x {kernel}",
            s(*batch),
            s(*channels),
            s(*filters)
        )?;
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Pass {
    /// `out` from `x` and `w`
    Forward,
    /// `dx` and `dw` from `dout`
    Backward,
    /// A whole training step of a network with this convolution, ReLU and ten outputs
    Step,
    /// A whole training step of the article's network, by each lesson's own program
    Article,
}

impl Pass {
    /// As files and tables call it.
    pub fn name(self) -> &'static str {
        match self {
            Pass::Forward => "forward",
            Pass::Backward => "backward",
            Pass::Step => "step",
            Pass::Article => "article",
        }
    }

    /// Floating-point operations that the mathematics asks for, a
    /// multiplication and an addition counted as two. What a rung does beyond
    /// them (copies, padding, ReLU, softmax, the update) is not counted, so that
    /// the same work counts the same for all.
    ///
    /// # Panics
    /// If the window does not fit the image.
    pub fn flops(self, shape: &Shape) -> f64 {
        let (n, filters, oh, ow) = shape.outputs().unwrap_or_else(|error| panic!("{error}"));
        let outputs = (n * filters * oh * ow) as f64;
        let conv = 2.0 * outputs * shape.taps() as f64; // 2 N FN OH OW C FH FW
        match self {
            Pass::Forward => conv,
            Pass::Backward => 2.0 * conv, // dw, dx
            // Outputs, dwo and dh: three products (N, P)(P, 10) and alike.
            Pass::Step => 3.0 * conv + 3.0 * 2.0 * outputs * CLASSES as f64,
            // Nobody needs the gradient of an image: forward and dw.
            Pass::Article => 2.0 * conv + 3.0 * 2.0 * (n * POSITIONS * CLASSES) as f64,
        }
    }

    /// The longest sum of the pass: rounding grows like its square root.
    pub(crate) fn longest_sum(self, shape: &Shape) -> usize {
        let (n, filters, oh, ow) = shape.outputs().unwrap_or_else(|error| panic!("{error}"));
        let taps = shape.kernel * shape.kernel;
        match self {
            Pass::Forward => shape.taps(),
            Pass::Backward => (n * oh * ow).max(filters * taps), // dw, dx
            Pass::Step | Pass::Article => (n * oh * ow).max(filters * oh * ow), // dw, the logits
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_those_that_can_be_counted_by_hand() {
        let article = Shape::article(100, 1);
        assert_eq!(Pass::Forward.flops(&article), 2.0 * 100.0 * 576.0 * 25.0);
        assert_eq!(Pass::Backward.flops(&article), 4.0 * 100.0 * 576.0 * 25.0);
        assert_eq!(Pass::Article.flops(&article), 5_760_000.0 + 3.0 * 1_152_000.0);
        let window = Window { stride: 2, padding: 1 };
        let shape = Shape { channels: 3, filters: 4, size: 5, kernel: 3, window, ..article };
        assert_eq!(shape.outputs().unwrap(), (100, 4, 3, 3));
        assert_eq!(Pass::Forward.flops(&shape), 2.0 * (100 * 4 * 9 * 27) as f64);
    }

    #[test]
    fn a_shape_that_no_memory_holds_is_refused_with_a_cure() {
        let shape = Shape { size: 1024, channels: 64, kernel: 7, ..Shape::article(4096, 1) };
        let sentence = shape.outputs().unwrap_err().to_string();
        assert!(sentence.contains("lower --batch"), "{sentence}");
        let shape = Shape { kernel: 30, ..Shape::article(1, 1) };
        assert!(shape.outputs().unwrap_err().to_string().contains("at most 28"));
    }

    #[test]
    fn a_shape_is_told_in_words() {
        let shape = Shape::article(1, 1);
        assert_eq!(shape.to_string(), "1 image of 28 x 28, 1 channel, 1 filter of 5 x 5");
        let window = Window { stride: 2, padding: 3 };
        let shape = Shape { batch: 2, filters: 3, window, ..shape };
        assert!(shape.to_string().ends_with("3 filters of 5 x 5, stride 2, padding 3"));
        assert!(!shape.is_the_articles() && Shape::article(7, 2).is_the_articles());
    }
}
