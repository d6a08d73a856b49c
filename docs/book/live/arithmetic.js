// Convolution, pooling, affine layer, activations, softmax, and the way back through each,
// for one image. Letters as in the Rust: x (C, H, W), w (FN, C, FH, FW), out (FN, OH, OW),
// and dv is the gradient of the loss with respect to v. Arrays are flat, row by row.
'use strict';
(function (Live) {
  // Positions of a window of `size` along an axis of `pixels`.
  const places = (pixels, size, stride, padding) =>
    Math.floor((pixels + 2 * padding - size) / stride) + 1;

  // Calls f(output, pixel, weight) for every product of a convolution, with the index of each
  // number in its array; products with the padding are left out.
  const eachProduct = (layer, f) => {
    const [C, H, W] = layer.input, [FN, OH, OW] = layer.output, [, , FH, FW] = layer.filter;
    const { stride, padding } = layer;
    for (let n = 0; n < FN; n++) {
      for (let c = 0; c < C; c++) {
        for (let k = 0; k < FH; k++) {
          for (let l = 0; l < FW; l++) {
            const weight = ((n * C + c) * FH + k) * FW + l;
            for (let i = 0; i < OH; i++) {
              const row = stride * i + k - padding;
              if (row < 0 || row >= H) continue;
              for (let j = 0; j < OW; j++) {
                const column = stride * j + l - padding;
                if (column < 0 || column >= W) continue;
                f((n * OH + i) * OW + j, (c * H + row) * W + column, weight);
              }
            }
          }
        }
      }
    }
  };

  // The columns j for which stride j + l - padding is a column of the image: from, to (excluded).
  const inside = (l, stride, padding, W, OW) => {
    const from = Math.max(0, Math.ceil((padding - l) / stride));
    const to = Math.min(OW, Math.floor((W - 1 + padding - l) / stride) + 1);
    return [from, to];
  };

  // out[n,i,j] = sum over c,k,l of x[c,si+k-p,sj+l-p] w[n,c,k,l], without a bias.
  // The loop that runs while somebody draws: row by row, one weight at a time.
  const conv = (x, w, layer) => {
    const [C, H, W] = layer.input, [FN, OH, OW] = layer.output, [, , FH, FW] = layer.filter;
    const { stride, padding } = layer;
    const out = new Float64Array(FN * OH * OW);
    for (let n = 0; n < FN; n++) {
      for (let c = 0; c < C; c++) {
        for (let k = 0; k < FH; k++) {
          for (let l = 0; l < FW; l++) {
            const weight = w[((n * C + c) * FH + k) * FW + l];
            const [from, to] = inside(l, stride, padding, W, OW);
            for (let i = 0; i < OH; i++) {
              const row = stride * i + k - padding;
              if (row < 0 || row >= H) continue;
              const at = (n * OH + i) * OW, first = (c * H + row) * W + l - padding;
              for (let j = from; j < to; j++) out[at + j] += weight * x[first + stride * j];
            }
          }
        }
      }
    }
    return out;
  };

  // dw[n,c,k,l] = sum over i,j of x[c,si+k-p,sj+l-p] dout[n,i,j]
  // dx[c,si+k-p,sj+l-p] += w[n,c,k,l] dout[n,i,j]
  const convBackward = (dout, x, w, layer) => {
    const dx = new Float64Array(x.length), dw = new Float64Array(w.length);
    eachProduct(layer, (out, pixel, weight) => {
      dw[weight] += x[pixel] * dout[out];
      dx[pixel] += w[weight] * dout[out];
    });
    return { dx, dw };
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

  // The largest of each window, and where it is: of equal ones the first, row by row.
  const maxPool = (x, layer) => {
    const [C, H, W] = layer.input, [, OH, OW] = layer.output, { size, stride } = layer;
    const out = new Float64Array(C * OH * OW), peaks = new Int32Array(out.length);
    for (let at = 0, c = 0; c < C; c++) {
      for (let i = 0; i < OH; i++) {
        for (let j = 0; j < OW; j++, at++) {
          let peak = (c * H + stride * i) * W + stride * j;
          for (let a = 0; a < size; a++) {
            for (let b = 0; b < size; b++) {
              const pixel = (c * H + stride * i + a) * W + stride * j + b;
              if (x[pixel] > x[peak]) peak = pixel;
            }
          }
          out[at] = x[peak];
          peaks[at] = peak;
        }
      }
    }
    return { out, peaks };
  };

  // dx = dout at the peak, else 0; windows that overlap add.
  const maxPoolBackward = (dout, peaks, length) => {
    const dx = new Float64Array(length);
    dout.forEach((d, at) => { dx[peaks[at]] += d; });
    return dx;
  };

  // z = x w + b: (M) = (D)(D, M) + (M)
  const affine = (x, w, b) => {
    const z = Float64Array.from(b), M = z.length;
    for (let d = 0; d < x.length; d++) {
      if (x[d] === 0) continue;
      for (let m = 0, at = d * M; m < M; m++) z[m] += x[d] * w[at + m];
    }
    return z;
  };

  // dw = xT dz (D, M), dx = dz wT (D); db is dz itself
  const affineBackward = (dz, x, w) => {
    const M = dz.length, dw = new Float64Array(w.length), dx = new Float64Array(x.length);
    for (let d = 0; d < x.length; d++) {
      for (let m = 0; m < M; m++) {
        dw[d * M + m] = x[d] * dz[m];
        dx[d] += dz[m] * w[d * M + m];
      }
    }
    return { dx, dw };
  };

  const relu = z => z.map(z => (z < 0 ? 0 : z));
  const reluBackward = (dh, h) => dh.map((d, at) => (h[at] > 0 ? d : 0));
  const sigmoid = z => z.map(z => 1 / (1 + Math.exp(-z)));
  const sigmoidBackward = (dh, h) => dh.map((d, at) => d * h[at] * (1 - h[at]));

  const softmax = z => {
    const largest = z.reduce((a, b) => Math.max(a, b), -Infinity);
    const e = z.map(z => Math.exp(z - largest));
    const sum = e.reduce((a, b) => a + b, 0);
    return e.map(e => e / sum);
  };

  // -ln y[label], from the logits, so that nothing overflows.
  const crossEntropy = (z, label) => {
    const largest = z.reduce((a, b) => Math.max(a, b), -Infinity);
    return Math.log(z.reduce((sum, z) => sum + Math.exp(z - largest), 0)) + largest - z[label];
  };

  // cols[(i,j), (c,k,l)] = x[c,si+k-p,sj+l-p]: (OH OW, C FH FW), a row for each position.
  const im2col = (x, layer) => {
    const [, OH, OW] = layer.output, [, C, FH, FW] = layer.filter;
    const cols = new Float64Array(OH * OW * C * FH * FW);
    const one = { ...layer, output: [1, OH, OW] };
    eachProduct(one, (out, pixel, weight) => { cols[out * C * FH * FW + weight] = x[pixel]; });
    return cols;
  };

  // Every number of cols added where im2col would have read it: dx (C, H, W).
  const col2im = (cols, layer) => {
    const [C, H, W] = layer.input, [, OH, OW] = layer.output, [, , FH, FW] = layer.filter;
    const dx = new Float64Array(C * H * W);
    const one = { ...layer, output: [1, OH, OW] };
    eachProduct(one, (out, pixel, weight) => { dx[pixel] += cols[out * C * FH * FW + weight]; });
    return dx;
  };

  Object.assign(Live, {
    places, conv, convBackward, addBias, biasBackward, maxPool, maxPoolBackward, affine,
    affineBackward, relu, reluBackward, sigmoid, sigmoidBackward, softmax, crossEntropy,
    im2col, col2im,
  });
})(globalThis.Live ??= {});
