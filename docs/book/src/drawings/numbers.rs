//! The numbers in the drawings, computed in plain loops.

/// A matrix as rows.
pub type Grid = Vec<Vec<f64>>;

/// A grid of `rows` by `columns` numbers.
pub fn grid(rows: usize, columns: usize, number: impl Fn(usize, usize) -> f64) -> Grid {
    (0..rows).map(|i| (0..columns).map(|j| number(i, j)).collect()).collect()
}

/// The map of an image `x` seen through a filter `f`, as lesson 04 makes it.
pub fn convolve(x: &Grid, f: &Grid) -> Grid {
    grid(x.len() - f.len() + 1, x[0].len() - f[0].len() + 1, |i, j| {
        let mut sum = 0.0;
        for k in 0..f.len() {
            for l in 0..f[0].len() {
                sum += x[i + k][j + l] * f[k][l];
            }
        }
        sum
    })
}

/// The gradients `dx` and `df` of [`convolve`] from that of the map.
pub fn convolve_backward(dz: &Grid, x: &Grid, f: &Grid) -> (Grid, Grid) {
    let mut dx = grid(x.len(), x[0].len(), |_, _| 0.0);
    let mut df = grid(f.len(), f[0].len(), |_, _| 0.0);
    for i in 0..dz.len() {
        for j in 0..dz[0].len() {
            for k in 0..f.len() {
                for l in 0..f[0].len() {
                    dx[i + k][j + l] += dz[i][j] * f[k][l];
                    df[k][l] += dz[i][j] * x[i + k][j + l];
                }
            }
        }
    }
    (dx, df)
}

/// The patches of an image for filters of `filter` rows and columns, as lesson 05 writes them.
pub fn im2col(x: &Grid, (fh, fw): (usize, usize)) -> Grid {
    let ow = x[0].len() - fw + 1;
    grid((x.len() - fh + 1) * ow, fh * fw, |p, t| x[p / ow + t / fw][p % ow + t % fw])
}

/// Patches added back to an image of `rows` and `columns`.
pub fn col2im(cols: &Grid, (rows, columns): (usize, usize), (fh, fw): (usize, usize)) -> Grid {
    let mut x = grid(rows, columns, |_, _| 0.0);
    let ow = columns - fw + 1;
    for (p, row) in cols.iter().enumerate() {
        for (t, v) in row.iter().enumerate() {
            x[p / ow + t / fw][p % ow + t % fw] += v;
        }
    }
    let _ = fh;
    x
}

/// The largest of every window of `size`, one pixel apart, as lesson 08 does it.
pub fn max_pool(x: &Grid, size: usize) -> Grid {
    grid(x.len() + 1 - size, x[0].len() + 1 - size, |i, j| {
        let mut m = f64::MIN;
        for k in 0..size {
            for l in 0..size {
                m = m.max(x[i + k][j + l]);
            }
        }
        m
    })
}

/// The gradient of [`max_pool`].
pub fn max_pool_backward(dp: &Grid, x: &Grid, size: usize) -> Grid {
    let mut dx = grid(x.len(), x[0].len(), |_, _| 0.0);
    let p = max_pool(x, size);
    for i in 0..dp.len() {
        for j in 0..dp[0].len() {
            'window: for k in 0..size {
                for l in 0..size {
                    if x[i + k][j + l] == p[i][j] {
                        dx[i + k][j + l] += dp[i][j];
                        break 'window;
                    }
                }
            }
        }
    }
    dx
}

/// Batch norm of one unit, `x` to `out`, and back from `dout`: for each step, the value and its
/// gradient, from `x` to `out`, with `gamma` before what is scaled and `beta` before `out`.
pub fn batch_norm(x: &[f64], gamma: f64, beta: f64, dout: &[f64]) -> [[Vec<f64>; 2]; 12] {
    let n = x.len() as f64;
    let sum = |values: &[f64]| values.iter().sum::<f64>();
    let times = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).collect::<Vec<f64>>();
    let each = |a: &[f64], f: &dyn Fn(f64) -> f64| a.iter().map(|&v| f(v)).collect::<Vec<f64>>();
    let mean = sum(x) / n;
    let centred = each(x, &|v| v - mean);
    let square = times(&centred, &centred);
    let var = sum(&square) / n;
    let std = (var + 1e-5).sqrt();
    let over = 1.0 / std;
    let x_hat = each(&centred, &|v| v * over);
    let scaled = each(&x_hat, &|v| gamma * v);
    let out = each(&scaled, &|v| v + beta);

    let dbeta = sum(dout);
    let dscaled = dout.to_vec();
    let dgamma = sum(&times(&dscaled, &x_hat));
    let dx_hat = each(&dscaled, &|d| d * gamma);
    let dover = sum(&times(&dx_hat, &centred));
    let dstd = -dover * over * over;
    let dvar = dstd / (2.0 * std);
    let dsquare = dvar / n;
    let both = dx_hat.iter().zip(&centred).map(|(d, c)| d * over + 2.0 * c * dsquare);
    let dcentred: Vec<f64> = both.collect();
    let dmean = -sum(&dcentred);
    let dx = each(&dcentred, &|d| d + dmean / n);
    [
        [x.to_vec(), dx],
        [vec![mean], vec![dmean]],
        [centred, dcentred],
        [square, vec![dsquare]],
        [vec![var], vec![dvar]],
        [vec![std], vec![dstd]],
        [vec![over], vec![dover]],
        [x_hat, dx_hat],
        [vec![gamma], vec![dgamma]],
        [scaled, dscaled],
        [vec![beta], vec![dbeta]],
        [out, dout.to_vec()],
    ]
}
