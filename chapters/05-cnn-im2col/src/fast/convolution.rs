//! Forward and backward of [`Conv`] for one image, on the calling thread, without
//! allocating memory: a network keeps an image in the cache through all its layers.

use common::Real;
use common::fast::vector::LANES;

use crate::fast::plan::{Conv, Scratch};
use crate::fast::product::{Matrix, Store, product};
use crate::fast::tiles::{convolve, inner_products};

impl Conv {
    /// One image: `x (C, H, W)` and `w (FN, C, FH, FW)` to `out (FN, OH, OW)`.
    /// Panics if a slice has another length.
    pub fn forward<F: Real>(&self, x: &[F], w: &[F], out: &mut [F], scratch: &mut Scratch<F>) {
        self.check("forward", x.len(), w.len(), out.len());
        if self.direct {
            convolve(self, w, self.padded_images(x, &mut scratch.images), out);
        } else {
            // out = w cols
            self.im2col(x, scratch);
            let size = (self.out.0, self.taps(), self.positions());
            let cols = Matrix::new(&scratch.cols, self.positions());
            product(size, Matrix::new(w, self.taps()), cols, Store::Overwrite, out);
        }
    }

    /// Adds to `dw (FN, C, FH, FW)` the gradient for one image or several, from
    /// `dout (n, FN, OH, OW)` and `x (n, C, H, W)`:
    /// `dw[f, k] += sum over n, p of dout[n, f, p] x[n, p + k]`. Panics if a slice
    /// has another length.
    pub fn add_dw<F: Real>(&self, dout: &[F], x: &[F], dw: &mut [F], scratch: &mut Scratch<F>) {
        let (inputs, outputs) = (self.inputs(), self.outputs());
        let n = x.len() / inputs;
        self.check("add_dw", x.len() / n.max(1), dw.len(), dout.len() / n.max(1));
        for (x, dout) in x.chunks(self.group * inputs).zip(dout.chunks(self.group * outputs)) {
            if self.direct {
                let images = self.padded_images(x, &mut scratch.images);
                let dout = self.full_vectors(dout, &mut scratch.dout);
                inner_products(self, x.len() / inputs, dout, images, dw);
            } else {
                // dw += dout colsT
                self.im2col(x, scratch);
                let size = (self.out.0, self.positions(), self.taps());
                let cols = Matrix::new(&scratch.cols, self.positions());
                product(size, Matrix::new(dout, self.positions()), cols.t(), Store::Add, dw);
            }
        }
    }

    /// The gradient of one image, `dx (C, H, W)`, from `dout (FN, OH, OW)` and
    /// `w (FN, C, FH, FW)`. Panics if a slice has another length.
    pub fn dx<F: Real>(&self, dout: &[F], w: &[F], dx: &mut [F], scratch: &mut Scratch<F>) {
        self.check("dx", dx.len(), w.len(), dout.len());
        // dcols = wT dout
        let size = (self.taps(), self.out.0, self.positions());
        let (w, dout) = (Matrix::new(w, self.taps()), Matrix::new(dout, self.positions()));
        product(size, w.t(), dout, Store::Overwrite, &mut scratch.cols); // (C FH FW, OH OW)
        // dx = col2im(dcols)
        self.col2im(scratch);
        self.crop(&scratch.padded, dx);
    }

    fn check(&self, what: &str, x: usize, w: usize, out: usize) {
        let right = (self.inputs(), self.out.0 * self.taps(), self.outputs());
        assert!(
            (x, w, out) == right,
            "Conv::{what}: image, filters and outputs have {:?} numbers, not {right:?}",
            (x, w, out)
        );
    }

    /// Images as the tiles read them: where they are, or padded.
    fn padded_images<'a, F: Real>(&self, x: &'a [F], padded: &'a mut [F]) -> &'a [F] {
        if self.in_place {
            return x;
        }
        let images = padded.chunks_exact_mut(self.padded_len + LANES);
        images.zip(x.chunks_exact(self.inputs())).for_each(|(padded, x)| self.pad(x, padded));
        padded
    }

    /// `dout (n, FN, OH, OW)` with every segment filled up with zeros.
    fn full_vectors<'a, F: Real>(&self, dout: &'a [F], full: &'a mut [F]) -> &'a [F] {
        if self.full_segments() {
            return dout;
        }
        let rows = dout.chunks_exact(self.positions()).zip(full.chunks_exact_mut(self.full_row()));
        for (dout, row) in rows {
            let vectors = row.as_chunks_mut::<LANES>().0.iter_mut();
            for (vector, segment) in vectors.zip(&self.segments) {
                vector[..segment.len].copy_from_slice(&dout[segment.to..][..segment.len]);
                vector[segment.len..].fill(F::zero());
            }
        }
        full
    }

    /// The transposed im2col of one image, a row for each tap: `(C FH FW, OH OW)`.
    fn im2col<F: Real>(&self, x: &[F], scratch: &mut Scratch<F>) {
        let ((_, oh, ow), stride, (_, row)) = (self.out, self.window.stride, self.padded);
        self.pad(x, &mut scratch.padded);
        for (&tap, cols) in self.offsets.iter().zip(scratch.cols.chunks_exact_mut(oh * ow)) {
            for (i, cols) in cols.chunks_exact_mut(ow).enumerate() {
                let x = &scratch.padded[tap + i * stride * row..];
                if stride == 1 {
                    cols.copy_from_slice(&x[..ow]);
                } else {
                    let x = x.iter().step_by(stride);
                    cols.iter_mut().zip(x).for_each(|(cols, &x)| *cols = x);
                }
            }
        }
    }

    /// Adds every gradient of a patch where [`Conv::im2col`] read it.
    fn col2im<F: Real>(&self, scratch: &mut Scratch<F>) {
        let ((_, oh, ow), stride, (_, row)) = (self.out, self.window.stride, self.padded);
        scratch.padded.fill(F::zero());
        for (&tap, dcols) in self.offsets.iter().zip(scratch.cols.chunks_exact(oh * ow)) {
            for (i, dcols) in dcols.chunks_exact(ow).enumerate() {
                let dx = &mut scratch.padded[tap + i * stride * row..];
                if stride == 1 {
                    dx[..ow].iter_mut().zip(dcols).for_each(|(dx, &d)| *dx += d);
                } else {
                    dx.iter_mut().step_by(stride).zip(dcols).for_each(|(dx, &d)| *dx += d);
                }
            }
        }
    }
}
