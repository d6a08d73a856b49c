//! A convolution, planned once: sizes, and where every filter reads the image. The
//! work on an image then needs no decisions and allocates nothing.
//!
//! The matrix of patches has a row for each tap of a filter. With a stride of 1, that
//! row is the image itself, from another start, so that tiles can read the image. With
//! other strides, and where vectors would be half empty, im2col and a product are
//! faster.

use cnn_naive::Window;
use cnn_naive::conv::output_shape;
use common::fast::vector::LANES;
use common::{Real, Result};

/// Inner products should run over so many vectors before they leave the registers;
/// small images are taken in groups.
const LONG: usize = 80;
/// Images in a group at most.
const MAX_GROUP: usize = 10;

/// A convolution of images of one size.
#[derive(Clone, Debug)]
pub struct Conv {
    /// Channels, height and width of an image.
    pub image: (usize, usize, usize),
    /// Number, height and width of the filters.
    pub filters: (usize, usize, usize),
    /// Filters, height and width of the output.
    pub out: (usize, usize, usize),
    /// Stride and padding.
    pub window: Window,
    pub(super) padded: (usize, usize), // height and width of the padded image
    pub(super) padded_len: usize,      // its numbers
    pub(super) direct: bool,           // tiles read the image, not its patches
    pub(super) in_place: bool,         // where it is: not padded, and nothing beyond its end
    /// For each tap `(c, i, j)`, the index in the padded image of what it is
    /// multiplied with at the first position.
    pub(super) offsets: Vec<usize>,
    pub(super) segments: Vec<Segment>, // the outputs in vectors
    /// For inner products over `group` images, where each vector begins in the
    /// images and in the gradients.
    pub(super) pairs: Vec<(usize, usize)>,
    pub(super) group: usize, // images whose inner products are computed together
}

/// Up to eight neighbouring outputs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub from: usize, // index in the padded image of what the first tap is multiplied with
    pub to: usize,   // index of the first output
    pub len: usize,  // number of outputs
}

/// Working memory of one thread. Its contents mean nothing between two calls.
#[derive(Clone, Debug)]
pub struct Scratch<F> {
    pub(super) images: Vec<F>, // padded, for the tiles
    pub(super) dout: Vec<F>,   // gradients of outputs, in full vectors
    pub(super) cols: Vec<F>,   // patches or their gradients, (C FH FW, OH OW)
    pub(super) padded: Vec<F>, // an image or its gradient
}

impl Conv {
    /// A convolution of images `(C, H, W)` with `filters = (FN, FH, FW)`. Fails if
    /// the window does not fit the image; see [`Window::outputs`].
    pub fn new(
        image: (usize, usize, usize),
        filters: (usize, usize, usize),
        window: Window,
    ) -> Result<Conv> {
        let ((c, h, w), (count, fh, fw)) = (image, filters);
        let (_, _, oh, ow) = output_shape((1, c, h, w), (count, c, fh, fw), window)?;
        let padded = (h + 2 * window.padding, w + 2 * window.padding);
        // A row of 24 outputs is three vectors; one of 9 would be two, half empty.
        let direct = window.stride == 1 && ow.next_multiple_of(LANES) * 4 <= ow * 5;
        let rows = (0..c * fh).map(|row| (row / fh * padded.0 + row % fh) * padded.1);
        let offsets = rows.flat_map(|row| row..row + fw).collect();
        let starts = (0..oh).flat_map(|y| (0..ow).step_by(LANES).map(move |x| (y, x)));
        let segment =
            |(y, x)| Segment { from: y * padded.1 + x, to: y * ow + x, len: LANES.min(ow - x) };
        let mut segments: Vec<Segment> = starts.map(segment).collect();
        let group = if direct { (LONG / segments.len()).clamp(1, MAX_GROUP) } else { 1 };
        let in_place = direct && window.padding == 0 && ow.is_multiple_of(LANES);
        let padded_len = c * padded.0 * padded.1;
        let image_len = if in_place { padded_len } else { padded_len + LANES };
        let pairs = |n: usize| {
            let segments = segments.iter().enumerate();
            let dout = n * count * segments.len();
            segments.map(move |(s, segment)| (n * image_len + segment.from, (dout + s) * LANES))
        };
        let pairs = (0..group).flat_map(pairs).collect();
        if ow.is_multiple_of(LANES) {
            // Pairs of neighbours first, which fill a register of 16 at once; the last segment
            // of a row has none if their number is odd.
            let paired = ow / LANES / 2 * 2 * LANES; // columns
            let (first, last): (Vec<_>, Vec<_>) =
                segments.into_iter().partition(|segment| segment.to % ow < paired);
            segments = [first, last].concat();
        }
        Ok(Conv {
            pairs,
            out: (count, oh, ow),
            image,
            filters,
            window,
            padded,
            padded_len,
            direct,
            in_place,
            offsets,
            segments,
            group,
        })
    }

    /// The same by im2col and a product, even where tiles are faster: to measure
    /// what they gain.
    pub fn with_im2col(self) -> Conv {
        Conv { direct: false, group: 1, ..self }
    }

    /// Numbers of a filter: `C FH FW`.
    pub fn taps(&self) -> usize {
        self.offsets.len()
    }

    /// Outputs of a filter for one image: `OH OW`.
    pub fn positions(&self) -> usize {
        self.out.1 * self.out.2
    }

    /// Numbers of one image: `C H W`.
    pub fn inputs(&self) -> usize {
        self.image.0 * self.image.1 * self.image.2
    }

    /// Outputs for one image: `FN OH OW`.
    pub fn outputs(&self) -> usize {
        self.out.0 * self.positions()
    }

    /// Working memory for one thread.
    pub fn scratch<F: Real>(&self) -> Scratch<F> {
        let zeros = |n| vec![F::zero(); n];
        let images = if self.in_place { 0 } else { self.group };
        let douts = if self.full_segments() { 0 } else { self.group * self.out.0 };
        Scratch {
            images: zeros(images * (self.padded_len + LANES)),
            dout: zeros(douts * self.full_row()),
            cols: zeros(self.taps() * self.positions()),
            padded: zeros(self.padded_len),
        }
    }

    /// Whether every segment is a full vector.
    pub(super) fn full_segments(&self) -> bool {
        self.out.2.is_multiple_of(LANES)
    }

    /// Outputs of a filter, with every segment filled up to a vector.
    pub(super) fn full_row(&self) -> usize {
        self.segments.len() * LANES
    }

    /// Copies an image into a padded one.
    pub(super) fn pad<F: Real>(&self, x: &[F], padded: &mut [F]) {
        if self.window.padding == 0 {
            return padded[..x.len()].copy_from_slice(x);
        }
        padded.fill(F::zero());
        for (y, x) in x.chunks_exact(self.image.2).enumerate() {
            padded[self.padded_index(y)..][..x.len()].copy_from_slice(x);
        }
    }

    /// Copies a padded image without its padding.
    pub(super) fn crop<F: Real>(&self, padded: &[F], x: &mut [F]) {
        if self.window.padding == 0 {
            return x.copy_from_slice(&padded[..x.len()]);
        }
        for (y, x) in x.chunks_exact_mut(self.image.2).enumerate() {
            x.copy_from_slice(&padded[self.padded_index(y)..][..x.len()]);
        }
    }

    /// The index in the padded image of row `y`, counted through all channels.
    fn padded_index(&self, y: usize) -> usize {
        let ((_, h, _), (rows, row)) = (self.image, self.padded);
        (y / h * rows + self.window.padding + y % h) * row + self.window.padding
    }
}
