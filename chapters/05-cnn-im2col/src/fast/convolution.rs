//! Forward and backward of [`Conv`] for one image, on the calling thread, without
//! allocating memory: a network keeps an image in the cache through all its layers.

use cnn_naive::Window;
use common::Real;
use common::fast::vector::LANES;

use crate::fast::convolution_tiles::{convolve, inner_products};
use crate::fast::plan::{Conv, Scratch};
use crate::fast::product::{Matrix, Store, product};

impl Conv {
    /// One image: `x (C, H, W)` and `w (FN, C, FH, FW)` to `out (FN, OH, OW)`.
    ///
    /// # Panics
    /// If a slice has another length.
    pub fn forward<F: Real>(&self, x: &[F], w: &[F], out: &mut [F], scratch: &mut Scratch<F>) {
        self.check("forward", x.len(), w.len(), out.len());
        let x = self.prepare(x, &mut scratch.x);
        if self.direct {
            convolve(self, w, x, out);
        } else {
            // out = w cols
            let size = (self.out.0, self.taps(), self.positions());
            let cols = Matrix::new(x, self.positions());
            product(size, Matrix::new(w, self.taps()), cols, Store::Overwrite, out);
        }
    }

    /// Adds to `dw (FN, C, FH, FW)` the gradient for one image or several, from
    /// `dout (n, FN, OH, OW)` and `x (n, C, H, W)`:
    /// `dw[f, k] += sum over n, p of dout[n, f, p] x[n, p + k]`.
    ///
    /// # Panics
    /// If a slice has another length.
    pub fn add_dw<F: Real>(&self, dout: &[F], x: &[F], dw: &mut [F], scratch: &mut Scratch<F>) {
        let (inputs, outputs) = (self.inputs(), self.outputs());
        let n = x.len() / inputs;
        self.check("add_dw", x.len() / n.max(1), dw.len(), dout.len() / n.max(1));
        let groups = x.chunks(self.group * inputs).zip(dout.chunks(self.group * outputs));
        for (x, dout) in groups {
            let images = x.len() / inputs;
            let x = self.prepare(x, &mut scratch.x);
            if !self.direct {
                // dw += dout colsT
                let size = (self.out.0, self.positions(), self.taps());
                let (dout, cols) =
                    (Matrix::new(dout, self.positions()), Matrix::new(x, self.positions()));
                product(size, dout, cols.t(), Store::Add, dw);
            } else if self.full_segments() {
                inner_products(self, images, dout, x, dw);
            } else {
                self.fill_segments(dout, &mut scratch.dout);
                inner_products(self, images, &scratch.dout, x, dw);
            }
        }
    }

    /// The gradient of one image, `dx (C, H, W)`, from `dout (FN, OH, OW)` and
    /// `w (FN, C, FH, FW)`.
    ///
    /// # Panics
    /// If a slice has another length.
    pub fn dx<F: Real>(&self, dout: &[F], w: &[F], dx: &mut [F], scratch: &mut Scratch<F>) {
        self.check("dx", dx.len(), w.len(), dout.len());
        // dcols = wT dout
        let size = (self.taps(), self.out.0, self.positions());
        let w = Matrix::new(w, self.taps());
        let dout = Matrix::new(dout, self.positions());
        product(size, w.t(), dout, Store::Overwrite, &mut scratch.dcols); // (C FH FW, OH OW)
        // dx = col2im(dcols)
        if self.window.padding == 0 {
            self.col2im(&scratch.dcols, dx);
        } else {
            self.col2im(&scratch.dcols, &mut scratch.dx);
            self.crop(&scratch.dx, dx);
        }
    }

    fn check(&self, what: &str, x: usize, w: usize, out: usize) {
        let right = (self.inputs(), self.out.0 * self.taps(), self.outputs());
        assert!(
            (x, w, out) == right,
            "Conv::{what}: image, filters and outputs have {:?} numbers, not {right:?}",
            (x, w, out)
        );
    }

    /// Images as they are read: where they are, padded, or as patches.
    fn prepare<'a, F: Real>(&self, x: &'a [F], scratch: &'a mut [F]) -> &'a [F] {
        if self.in_place() {
            return x;
        }
        let prepared = scratch.chunks_exact_mut(self.prepared_len());
        for (x, prepared) in x.chunks_exact(self.inputs()).zip(prepared) {
            if self.direct {
                self.pad(x, prepared);
            } else {
                self.im2col(x, prepared);
            }
        }
        scratch
    }

    /// The transposed im2col of one image, a row for each tap: `(C FH FW, OH OW)`.
    fn im2col<F: Real>(&self, x: &[F], cols: &mut [F]) {
        let ((_, h, w), (_, oh, ow)) = (self.image, self.out);
        let Window { stride, padding } = self.window;
        for ((c, i, j), row) in self.each_tap().zip(cols.chunks_exact_mut(oh * ow)) {
            // Outputs whose pixel is no padding: 0 <= ox stride + j - padding < w.
            let first = padding.saturating_sub(j).div_ceil(stride).min(ow);
            let end = (w + padding).saturating_sub(j).div_ceil(stride).clamp(first, ow);
            for (oy, row) in row.chunks_exact_mut(ow).enumerate() {
                let y = (oy * stride + i).wrapping_sub(padding);
                if y >= h || first == end {
                    row.fill(F::zero());
                    continue;
                }
                row[..first].fill(F::zero());
                row[end..].fill(F::zero());
                let x = &x[(c * h + y) * w + first * stride + j - padding..];
                if stride == 1 {
                    row[first..end].copy_from_slice(&x[..end - first]);
                } else {
                    let pixels = x.iter().step_by(stride);
                    row[first..end].iter_mut().zip(pixels).for_each(|(row, &x)| *row = x);
                }
            }
        }
    }

    /// col2im for one image: adds every gradient of a patch where im2col read it, in
    /// a padded image.
    fn col2im<F: Real>(&self, dcols: &[F], dx: &mut [F]) {
        let ((_, oh, ow), stride, (rows, row)) = (self.out, self.window.stride, self.padded);
        dx.fill(F::zero());
        for ((c, i, j), dcols) in self.each_tap().zip(dcols.chunks_exact(oh * ow)) {
            let dx = &mut dx[(c * rows + i) * row + j..];
            for (oy, dcols) in dcols.chunks_exact(ow).enumerate() {
                let dx = &mut dx[oy * stride * row..];
                if stride == 1 {
                    dx[..ow].iter_mut().zip(dcols).for_each(|(dx, &d)| *dx += d);
                } else {
                    dx.iter_mut().step_by(stride).zip(dcols).for_each(|(dx, &d)| *dx += d);
                }
            }
        }
    }

    /// Copies `dout (n, FN, OH, OW)` with every segment filled up with zeros.
    fn fill_segments<F: Real>(&self, dout: &[F], to: &mut [F]) {
        let rows = dout.chunks_exact(self.positions()).zip(to.chunks_exact_mut(self.full_row()));
        for (dout, row) in rows {
            let vectors = row.as_chunks_mut::<LANES>().0.iter_mut();
            for (vector, segment) in vectors.zip(&self.segments) {
                vector[..segment.len].copy_from_slice(&dout[segment.to..][..segment.len]);
                vector[segment.len..].fill(F::zero());
            }
        }
    }
}
