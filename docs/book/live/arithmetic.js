// Convolution, pooling, affine layer, activations, softmax, and the way back through each,
// for one image. Letters as in the Rust: x (C, H, W), w (FN, C, FH, FW), out (FN, OH, OW),
// and dv is the gradient of the loss with respect to v. Arrays are flat, row by row.
(function (Live) { 'use strict';
  const sum = values => values.reduce((a, b) => a + b, 0);
  const product = shape => shape.reduce((a, b) => a * b, 1);

  // Positions of a window of `size` along an axis of `pixels`.
  const places = (pixels, size, stride, padding) =>
    Math.floor((pixels + 2 * padding - size) / stride) + 1;

  // Calls f(position, pixel, tap) for every place of every window that lies in the image:
  // the index of (i, j) of the output, of (c, row, column) of x, and of (c, k, l) of a filter.
  const eachTap = (layer, f) => {
    const [C, H, W] = layer.input, [, OH, OW] = layer.output, [, , FH, FW] = layer.filter;
    const { stride, padding } = layer;
    for (let i = 0; i < OH; i++) {
      for (let j = 0; j < OW; j++) {
        for (let c = 0; c < C; c++) {
          for (let k = 0; k < FH; k++) {
            const row = stride * i + k - padding;
            if (row < 0 || row >= H) continue;
            for (let l = 0; l < FW; l++) {
              const column = stride * j + l - padding;
              if (column < 0 || column >= W) continue;
              f(i * OW + j, (c * H + row) * W + column, (c * FH + k) * FW + l);
            }
          }
        }
      }
    }
  };

  // a (R, S) with rows and columns exchanged: (S, R).
  const transpose = (a, R, S) => {
    const out = new Float64Array(R * S);
    for (let r = 0; r < R; r++) for (let s = 0; s < S; s++) out[s * R + r] = a[r * S + s];
    return out;
  };

  // The product (R, S) = (R, K)(K, S); zeros of `a`, of which ReLU leaves many, cost nothing.
  const dot = (a, b, R, K, S) => {
    const out = new Float64Array(R * S);
    for (let r = 0; r < R; r++) {
      const row = r * S;
      for (let k = 0; k < K; k++) {
        const v = a[r * K + k], at = k * S;
        if (S === 1) out[r] += v * b[k];
        else if (v !== 0) for (let s = 0; s < S; s++) out[row + s] += v * b[at + s];
      }
    }
    return out;
  };

  // cols[(i,j), (c,k,l)] = x[c,si+k-p,sj+l-p]: (OH OW, C FH FW), a row for each position.
  const im2col = (x, layer) => {
    const [, OH, OW] = layer.output, [, C, FH, FW] = layer.filter, taps = C * FH * FW;
    const cols = new Float64Array(OH * OW * taps);
    eachTap(layer, (position, pixel, tap) => { cols[position * taps + tap] = x[pixel]; });
    return cols;
  };

  // Every number of cols added where im2col would have read it: dx (C, H, W).
  const col2im = (cols, layer) => {
    const [C, H, W] = layer.input, [, , FH, FW] = layer.filter, taps = C * FH * FW;
    const dx = new Float64Array(C * H * W);
    eachTap(layer, (position, pixel, tap) => { dx[pixel] += cols[position * taps + tap]; });
    return dx;
  };

  // out[n,i,j] = sum over c,k,l of x[c,si+k-p,sj+l-p] w[n,c,k,l], without a bias:
  // cols wT, as in lesson 05.
  const conv = (x, w, layer) => {
    const [FN, OH, OW] = layer.output, taps = w.length / FN, places = OH * OW;
    const out = dot(im2col(x, layer), transpose(w, FN, taps), places, taps, FN); // (OH OW, FN)
    return transpose(out, places, FN); // (FN, OH, OW)
  };

  // dw[n,c,k,l] = sum over i,j of x[c,si+k-p,sj+l-p] dout[n,i,j], which is dout cols
  // dx[c,si+k-p,sj+l-p] += w[n,c,k,l] dout[n,i,j], which is col2im of doutT w
  const convBackward = (dout, x, w, layer) => {
    const [FN, OH, OW] = layer.output, taps = w.length / FN, places = OH * OW;
    const dw = dot(dout, im2col(x, layer), FN, places, taps); // (FN, C FH FW)
    const dcols = dot(transpose(dout, FN, places), w, places, FN, taps); // (OH OW, C FH FW)
    return { dx: col2im(dcols, layer), dw };
  };

  // A bias for each filter, b (FN), or for each position, b (FN OH OW).
  const addBias = (c, b) => {
    const each = c.length / b.length;
    return c.map((v, at) => v + b[Math.floor(at / each)]);
  };

  const biasBackward = (dz, length) => {
    const db = new Float64Array(length), each = dz.length / length;
    dz.forEach((d, at) => { db[Math.floor(at / each)] += d; });
    return db;
  };

  // Calls f(window, pixel) for every number of every window of a pool.
  const eachPooled = ({ input: [C, H, W], output: [, OH, OW], size, stride }, f) => {
    for (let at = 0; at < C * OH * OW; at++) {
      const c = Math.floor(at / (OH * OW)), i = stride * (Math.floor(at / OW) % OH), j = stride * (at % OW);
      for (let a = 0; a < size; a++) for (let b = 0; b < size; b++) f(at, (c * H + i + a) * W + j + b);
    }
  };

  // The largest of each window, and where it is: of equal ones the first, row by row. NaN stays.
  const maxPool = (x, layer) => {
    const peaks = new Int32Array(product(layer.output)).fill(-1);
    const isLarger = (v, peak) => v > peak || (Number.isNaN(v) && !Number.isNaN(peak));
    eachPooled(layer, (at, pixel) => { if (peaks[at] < 0 || isLarger(x[pixel], x[peaks[at]])) peaks[at] = pixel; });
    return { out: Float64Array.from(peaks, pixel => x[pixel]), peaks };
  };

  // dx = dout at the peak, else 0; windows that overlap add.
  const maxPoolBackward = (dout, peaks, length) => {
    const dx = new Float64Array(length);
    dout.forEach((d, at) => { dx[peaks[at]] += d; });
    return dx;
  };

  // The mean of each window; each of its numbers gets the same share of the gradient.
  const averagePool = (x, layer) => {
    const out = new Float64Array(product(layer.output)), { size } = layer;
    eachPooled(layer, (at, pixel) => { out[at] += x[pixel] / (size * size); });
    return out;
  };
  const averagePoolBackward = (dout, layer) => {
    const dx = new Float64Array(product(layer.input)), { size } = layer;
    eachPooled(layer, (at, pixel) => { dx[pixel] += dout[at] / (size * size); });
    return dx;
  };

  // z = x w + b: (M) = (D)(D, M) + (M)
  const affine = (x, w, b) => dot(x, w, 1, x.length, b.length).map((z, m) => z + b[m]);

  // dw = xT dz (D, M), dx = dz wT (D); db is dz itself
  const affineBackward = (dz, x, w) => {
    const D = x.length, M = dz.length;
    return { dw: dot(x, dz, D, 1, M), dx: dot(w, dz, D, M, 1) };
  };

  const relu = z => z.map(z => (z < 0 ? 0 : z));
  const reluBackward = (dh, h) => dh.map((d, at) => (h[at] > 0 ? d : 0));
  const sigmoid = z => z.map(z => 1 / (1 + Math.exp(-z)));
  const sigmoidBackward = (dh, h) => dh.map((d, at) => d * h[at] * (1 - h[at]));

  const softmax = z => {
    const largest = z.reduce((a, b) => Math.max(a, b), -Infinity);
    const e = z.map(z => Math.exp(z - largest));
    const all = sum(e);
    return e.map(e => e / all);
  };

  // -ln y[label], from the logits, so that nothing overflows.
  const crossEntropy = (z, label) => {
    const largest = z.reduce((a, b) => Math.max(a, b), -Infinity);
    return Math.log(z.reduce((sum, z) => sum + Math.exp(z - largest), 0)) + largest - z[label];
  };
  Object.assign(Live, {
    sum, product, places, conv, convBackward, addBias, biasBackward, dot, transpose, maxPool, maxPoolBackward,
    averagePool, averagePoolBackward, eachPooled, affine, affineBackward, relu, reluBackward, sigmoid,
    sigmoidBackward, softmax, crossEntropy, im2col, col2im,
  });
})(globalThis.Live ??= {});
