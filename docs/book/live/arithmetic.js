// Convolution, pooling, affine layer, activations, softmax, and the way back through each,
// for one image. Letters as in the Rust: x (C, H, W), w (FN, C, FH, FW), out (FN, OH, OW),
// and dv is the gradient of the loss with respect to v. Arrays are flat, row by row.
(function (Live) { 'use strict';
  const sum = values => values.reduce((a, b) => a + b, 0);
  const product = shape => shape.reduce((a, b) => a * b, 1);

  // Positions of a window of `size` along an axis of `pixels`.
  const places = (pixels, size, stride, padding) =>
    Math.floor((pixels + 2 * padding - size) / stride) + 1;

  // Calls f(at, pixel, length) for each row of each window: numbers of cols from `at` on, and of
  // x from `pixel` on, `length` of them, as many as lie in the image.
  const eachRow = ({ input: [C, H, W], output: [, OH, OW], filter: [, , FH, FW], stride, padding }, f) => {
    for (let at = 0, i = 0; i < OH; i++) {
      for (let j = 0; j < OW; j++) {
        const left = stride * j - padding, first = Math.max(0, -left), length = Math.min(FW, W - left) - first;
        for (let c = 0; c < C; c++) {
          for (let k = 0; k < FH; k++, at += FW) {
            const row = stride * i + k - padding;
            if (row >= 0 && row < H) f(at + first, (c * H + row) * W + left + first, length);
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

  // The product (R, S) = (R, K)(K, S). Zeros of `a`, of which ReLU leaves many, cost nothing;
  // five sums at a time stay in registers.
  const dot = (a, b, R, K, S) => {
    const out = new Float64Array(R * S), values = new Float64Array(K), rows = new Int32Array(K);
    for (let r = 0; r < R; r++) {
      const row = r * S;
      let count = 0, s = 0;
      for (let k = 0; k < K; k++) {
        const v = a[r * K + k];
        if (v === 0) continue;
        values[count] = v;
        rows[count++] = k * S;
      }
      for (; s + 5 <= S; s += 5) {
        let [c, d, e, f, g] = [0, 0, 0, 0, 0];
        for (let n = 0; n < count; n++) {
          const v = values[n], at = rows[n] + s;
          c += v * b[at];
          d += v * b[at + 1];
          e += v * b[at + 2];
          f += v * b[at + 3];
          g += v * b[at + 4];
        }
        out[row + s] = c;
        out[row + s + 1] = d;
        out[row + s + 2] = e;
        out[row + s + 3] = f;
        out[row + s + 4] = g;
      }
      for (; s < S; s++) for (let n = 0; n < count; n++) out[row + s] += values[n] * b[rows[n] + s];
    }
    return out;
  };

  // cols[(i,j), (c,k,l)] = x[c,si+k-p,sj+l-p]: (OH OW, C FH FW), a row for each position.
  const newCols = ({ output, filter }) => new Float64Array(product(output.slice(1)) * product(filter.slice(1)));
  const im2col = (x, layer, cols = newCols(layer)) => {
    eachRow(layer, (at, pixel, length) => { for (let l = 0; l < length; l++) cols[at + l] = x[pixel + l]; });
    return cols;
  };

  // Every number of cols added where im2col would have read it: dx (C, H, W).
  const col2im = (cols, layer) => {
    const dx = new Float64Array(product(layer.input));
    eachRow(layer, (at, pixel, length) => { for (let l = 0; l < length; l++) dx[pixel + l] += cols[at + l]; });
    return dx;
  };

  // out[n,i,j] = sum over c,k,l of x[c,si+k-p,sj+l-p] w[n,c,k,l], without a bias:
  // cols wT, as in lesson 05, with wT (C FH FW, FN), which a network exchanges once.
  const conv = (x, wT, layer) => {
    const [FN, OH, OW] = layer.output, places = OH * OW;
    const out = dot(im2col(x, layer, layer.cols ??= newCols(layer)), wT, places, wT.length / FN, FN); // (OH OW, FN)
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
    const out = new Float64Array(c.length), each = c.length / b.length;
    for (let m = 0, at = 0; m < b.length; m++) for (let k = 0; k < each; k++, at++) out[at] = c[at] + b[m];
    return out;
  };

  const biasBackward = (dz, length) => {
    const db = new Float64Array(length), each = dz.length / length;
    dz.forEach((d, at) => { db[Math.floor(at / each)] += d; });
    return db;
  };

  // Calls f(window, pixel) for every number of every window of a pool.
  const eachPooled = ({ input: [C, H, W], output: [, OH, OW], size, stride }, f) => {
    for (let c = 0, at = 0; c < C; c++) {
      for (let i = 0; i < OH; i++) {
        for (let j = 0; j < OW; j++, at++) {
          const first = (c * H + stride * i) * W + stride * j;
          for (let a = 0; a < size; a++) for (let b = 0; b < size; b++) f(at, first + a * W + b);
        }
      }
    }
  };

  // The largest of each window, and where it is: of equal ones the first, row by row. NaN stays.
  const maxPool = (x, layer) => {
    const out = new Float64Array(product(layer.output)), peaks = new Int32Array(out.length).fill(-1);
    eachPooled(layer, (at, pixel) => {
      const v = x[pixel], peak = out[at];
      if (peaks[at] >= 0 && !(v > peak) && !(Number.isNaN(v) && !Number.isNaN(peak))) return;
      out[at] = v;
      peaks[at] = pixel;
    });
    return { out, peaks };
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

  const relu = z => {
    const h = new Float64Array(z.length);
    for (let k = 0; k < h.length; k++) h[k] = z[k] < 0 ? 0 : z[k];
    return h;
  };
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
