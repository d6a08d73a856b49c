//! Pooling one image in place of a whole batch, without asking for memory. The
//! loops of [`pool`](crate::pool) say what it does; this is how it is done when
//! every microsecond counts.

use common::Real;
use multiversion::multiversion;

/// The windows of a pool, the same in each channel.
#[derive(Clone, Debug)]
pub struct Windows {
    /// Channels, height and width of what goes in.
    pub image: (usize, usize, usize),
    /// Channels, height and width of what comes out.
    pub out: (usize, usize, usize),
    /// Height and width of a window.
    pub size: usize,
    /// From one window to the next.
    pub stride: usize,
}

impl Windows {
    /// Numbers of one image.
    pub fn inputs(&self) -> usize {
        self.image.0 * self.image.1 * self.image.2
    }

    /// Windows in a channel.
    pub fn of_channel(&self) -> usize {
        self.out.1 * self.out.2
    }

    /// The largest number of each window of `x (C, H, W)` into `out`, and its
    /// place within the channel into `peaks`; of several largest the first, row
    /// by row.
    pub fn max<F: Real>(&self, x: &[F], out: &mut [F], peaks: &mut [u32]) {
        if (self.size, self.stride) == (2, 2) {
            return pairs(self, x, out, peaks);
        }
        self.each_row(x, out, peaks, |x, y, out, peaks| self.max_row(x, y, out, peaks));
    }

    /// Calls `see` for each row of windows, with its channel and the row of the
    /// image where the windows begin.
    #[inline(always)]
    fn each_row<F: Real>(
        &self,
        x: &[F],
        out: &mut [F],
        peaks: &mut [u32],
        see: impl Fn(&[F], usize, &mut [F], &mut [u32]),
    ) {
        let ((_, h, w), (_, oh, ow)) = (self.image, self.out);
        let channels = out.chunks_exact_mut(oh * ow).zip(peaks.chunks_exact_mut(oh * ow));
        for (x, (out, peaks)) in x.chunks_exact(h * w).zip(channels) {
            let rows = out.chunks_exact_mut(ow).zip(peaks.chunks_exact_mut(ow));
            for (i, (out, peaks)) in rows.enumerate() {
                see(x, i * self.stride, out, peaks);
            }
        }
    }

    /// A row of windows that begin in row `y` of the channel `x`.
    fn max_row<F: Real>(&self, x: &[F], y: usize, out: &mut [F], peaks: &mut [u32]) {
        let w = self.image.2;
        for (j, (out, peak)) in out.iter_mut().zip(peaks).enumerate() {
            let first = y * w + j * self.stride;
            (*out, *peak) = (x[first], first as u32);
            for k in 0..self.size {
                for l in 0..self.size {
                    let at = first + k * w + l;
                    if x[at] > *out {
                        (*out, *peak) = (x[at], at as u32);
                    }
                }
            }
        }
    }

    /// The mean of each window of `x (C, H, W)` into `out`.
    pub fn average<F: Real>(&self, x: &[F], out: &mut [F]) {
        let share = F::one() / F::of((self.size * self.size) as f64);
        self.each_window(|o, at| {
            let mut sum = F::zero();
            at.for_each(|at| sum += x[at]);
            out[o] = sum * share;
        });
    }

    /// The gradient of an average: each number of a window gets an equal share
    /// of the window's, `dx (C, H, W)` from `dout`.
    pub fn share<F: Real>(&self, dout: &[F], dx: &mut [F]) {
        let share = F::one() / F::of((self.size * self.size) as f64);
        dx.fill(F::zero());
        self.each_window(|o, at| at.for_each(|at| dx[at] += dout[o] * share));
    }

    /// The gradient of a maximum: the largest number of a window gets it all,
    /// `dx (C, H, W)` from `dout` and the places that [`Windows::max`] found.
    pub fn scatter<F: Real>(&self, dout: &[F], peaks: &[u32], dx: &mut [F]) {
        let (windows, channel) = (self.of_channel(), self.image.1 * self.image.2);
        dx.fill(F::zero());
        let channels = dx.chunks_exact_mut(channel);
        let outs = dout.chunks_exact(windows).zip(peaks.chunks_exact(windows));
        for (dx, (dout, peaks)) in channels.zip(outs) {
            dout.iter().zip(peaks).for_each(|(&d, &peak)| dx[peak as usize] += d);
        }
    }

    /// Calls `see` with the number of each window and the places it covers.
    fn each_window(&self, mut see: impl FnMut(usize, &mut dyn Iterator<Item = usize>)) {
        let ((c, h, w), (_, oh, ow)) = (self.image, self.out);
        for o in 0..c * oh * ow {
            let (channel, i, j) = (o / (oh * ow), o / ow % oh, o % ow);
            let first = (channel * h + i * self.stride) * w + j * self.stride;
            let size = self.size;
            see(o, &mut (0..size * size).map(move |k| first + k / size * w + k % size));
        }
    }
}

/// Windows of 2 by 2, side by side. Compiled twice: with vectors of eight, and
/// without.
#[multiversion(targets("x86_64+avx2+fma"))]
fn pairs<F: Real>(windows: &Windows, x: &[F], out: &mut [F], peaks: &mut [u32]) {
    let w = windows.image.2;
    windows.each_row(x, out, peaks, |x, y, out, peaks| {
        let (upper, lower) = x[y * w..(y + 2) * w].split_at(w);
        match out.len() {
            8.. => blocks::<F, 8>(upper, lower, y * w, out, peaks),
            4.. => blocks::<F, 4>(upper, lower, y * w, out, peaks),
            _ => blocks::<F, 1>(upper, lower, y * w, out, peaks),
        }
    });
}

/// `B` windows at a time; the last of them once more, if `B` does not divide
/// their number.
#[inline(always)]
fn blocks<F: Real, const B: usize>(
    upper: &[F],
    lower: &[F],
    first: usize,
    out: &mut [F],
    peaks: &mut [u32],
) {
    let w = upper.len() as u32;
    let last = out.len() - B;
    for from in (0..out.len()).step_by(B).map(|from| from.min(last)) {
        // Every second number of a row, from the first and from the second: what
        // the processor does with vectors it can do with these.
        let upper: &[[F; 2]; B] = upper[2 * from..].as_chunks().0.first_chunk().expect("2 B");
        let lower: &[[F; 2]; B] = lower[2 * from..].as_chunks().0.first_chunk().expect("2 B");
        let out: &mut [F; B] = out[from..].first_chunk_mut().expect("B windows");
        let peaks: &mut [u32; B] = peaks[from..].first_chunk_mut().expect("B windows");
        let (mut best, mut at) = ([F::zero(); B], [0; B]);
        for j in 0..B {
            best[j] = upper[j][0];
        }
        for (other, place) in [(upper, 1), (lower, w)] {
            let l = usize::from(place == 1);
            for j in 0..B {
                let larger = other[j][l] > best[j];
                best[j] = if larger { other[j][l] } else { best[j] };
                at[j] = if larger { place } else { at[j] };
            }
        }
        for j in 0..B {
            let larger = lower[j][1] > best[j];
            out[j] = if larger { lower[j][1] } else { best[j] };
            let place = if larger { w + 1 } else { at[j] };
            peaks[j] = (first + 2 * from + 2 * j) as u32 + place;
        }
    }
}
