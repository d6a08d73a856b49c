// A drawing or a picture, made to look like one of MNIST's: the same steps as lesson 13's
// `predict` (ink, to_mnist), so that both read the same picture in the same way.
'use strict';
(function (Live) {
  const LONGEST = 240; // pixels of a side, before the digit is looked for
  const BOX = 20; // the longer side of a digit
  const MIDDLE = 14; // where the centre of mass goes
  const FAINTEST = 0.1; // a smaller difference between pen and paper is no ink
  const MIN_TRANSPARENT = 0.02; // the share of transparent pixels from which there is no paper
  const NEAR = 0.1; // of a side: so far away the light is about the same
  const SPECK = 0.05; // strokes with a smaller share of the largest one's area are dirt

  // Red, green, blue, opacity (h, w, 4) from 0 to 255 to four planes (H, W) from 0 to 1, each
  // pixel the mean of a square, so that no side is longer than 240.
  const shrink = ({ width, height, data }) => {
    const k = Math.ceil(Math.max(width, height) / LONGEST);
    const H = Math.ceil(height / k), W = Math.ceil(width / k);
    const planes = [0, 1, 2, 3].map(() => new Float64Array(H * W));
    for (let i = 0; i < H; i++) {
      for (let j = 0; j < W; j++) {
        const bottom = Math.min(height, k * i + k), right = Math.min(width, k * j + k);
        const count = 255 * (bottom - k * i) * (right - k * j);
        for (let a = k * i; a < bottom; a++) {
          for (let b = k * j; b < right; b++) {
            for (let c = 0; c < 4; c++) planes[c][i * W + j] += data[4 * (a * width + b) + c];
          }
        }
        for (const plane of planes) plane[i * W + j] /= count;
      }
    }
    const [r, g, b, a] = planes;
    const grey = r.every((v, k) => v === g[k] && v === b[k]);
    return { H, W, colours: grey ? [r] : [r, g, b], opacity: a };
  };

  // For each pixel the sum over all of `a` (H, W), of which the far ones count little.
  const sumNear = (a, H, W) => {
    const out = Float64Array.from(a);
    const lanes = (count, step, length, along) => {
      const share = Math.exp(-1 / (NEAR * length));
      for (let lane = 0; lane < count; lane++) {
        const start = lane * step;
        for (let sum = 0, k = 0; k < length; k++) sum = out[start + k * along] += share * sum;
        for (let sum = 0, k = length - 1; k >= 0; k--) sum = out[start + k * along] += share * sum;
      }
    };
    lanes(W, 1, H, W);
    lanes(H, W, W, 1);
    return out;
  };

  // [mean below, threshold, mean above]: two groups whose means are furthest apart for their
  // sizes; zeros if there is nothing to part. N. Otsu, 1979.
  const otsu = ink => {
    const values = Float64Array.from(ink).sort(), n = values.length;
    let below = 0, above = values.reduce((a, b) => a + b, 0), most = 0, best = [0, 0, 0];
    for (let k = 1; k < n; k++) {
      below += values[k - 1];
      above -= values[k - 1];
      const between = k * (n - k) * (above / (n - k) - below / k) ** 2;
      if (between > most && values[k - 1] < values[k]) {
        most = between;
        best = [below / k, (values[k - 1] + values[k]) / 2, above / (n - k)];
      }
    }
    return best;
  };

  // 1 at the pixels of strokes: connected pixels above `weak`, some of them above `strong`,
  // without strokes that are much smaller than the largest.
  const findStrokes = (ink, H, W, weak, strong) => {
    const strokes = new Int32Array(H * W), areas = [0]; // the number of each stroke, from 1
    for (let start = 0; start < ink.length; start++) {
      if (!(ink[start] > strong)) continue;
      const number = areas.length, edge = [start];
      let area = 0;
      while (edge.length) {
        const at = edge.pop();
        if (strokes[at] !== 0 || !(ink[at] > weak)) continue;
        strokes[at] = number;
        area += ink[at];
        const i = Math.floor(at / W), j = at % W;
        for (let a = Math.max(0, i - 1); a < Math.min(H, i + 2); a++) {
          for (let b = Math.max(0, j - 1); b < Math.min(W, j + 2); b++) edge.push(a * W + b);
        }
      }
      areas.push(area);
    }
    const largest = areas.reduce((a, b) => Math.max(a, b), 0);
    return strokes.map(number => (areas[number] > SPECK * largest ? 1 : 0));
  };

  // The ink (H, W) of a picture, from 0 to 1; null if nothing is drawn.
  const findInk = ({ H, W, colours, opacity }) => {
    const clear = opacity.reduce((count, a) => count + (a < 0.5 ? 1 : 0), 0);
    const transparent = clear > MIN_TRANSPARENT * H * W;
    // First what lies along the border is the paper, then all that is not ink.
    let paper = Float64Array.from({ length: H * W }, (_, at) => {
      const i = Math.floor(at / W), j = at % W;
      const border = i === 0 || j === 0 || i + 1 === H || j + 1 === W;
      return transparent ? Math.round(opacity[at]) : Number(border);
    });
    let ink = new Float64Array(H * W);
    for (let round = 0; round < 2; round++) {
      const count = sumNear(paper, H, W);
      ink = new Float64Array(H * W);
      for (const colour of colours) {
        const light = sumNear(paper.map((p, k) => p * colour[k]), H, W);
        for (let k = 0; k < ink.length; k++) {
          const apart = Math.abs(light[k] / (count[k] + Number.MIN_VALUE) - colour[k]);
          ink[k] = Math.max(ink[k], apart);
        }
      }
      ink = ink.map((v, k) => v * opacity[k]);
      const threshold = otsu(ink)[1];
      paper = ink.map(v => Number(v <= threshold));
    }
    if (transparent && ink.every(v => v < FAINTEST)) ink = Float64Array.from(opacity);
    const [low, threshold, pen] = otsu(ink);
    if (pen - low < FAINTEST) return null;
    const strokes = findStrokes(ink, H, W, (low + threshold) / 2, threshold);
    return ink.map((v, k) => strokes[k] * Math.max(0, Math.min(1, (v - low) / (pen - low))));
  };

  // Which share of each of `now` pixels every one of `old` covers: (now, old).
  const shares = (now, old) => {
    const length = old / now;
    return Float64Array.from({ length: now * old }, (_, at) => {
      const i = Math.floor(at / old) * length, k = at % old;
      return Math.max(0, (Math.min(i + length, k + 1) - Math.max(i, k)) / length);
    });
  };

  // Cuts out the ink (H, W), fits it into 20 x 20 and centres it by mass: (28, 28).
  const toMnist = (ink, H, W) => {
    const rows = [], columns = [];
    for (let i = 0; i < H; i++) if (ink.subarray(i * W, i * W + W).some(v => v > 0)) rows.push(i);
    for (let j = 0; j < W; j++) if (rows.some(i => ink[i * W + j] > 0)) columns.push(j);
    const top = rows[0], left = columns[0];
    const dh = rows[rows.length - 1] + 1 - top, dw = columns[columns.length - 1] + 1 - left;
    const longer = Math.max(dh, dw), fitted = side => Math.max(1, Math.round(side * BOX / longer));
    const h = fitted(dh), w = fitted(dw), down = shares(h, dh), across = shares(w, dw);
    const narrow = new Float64Array(dh * w), small = new Float64Array(h * w);
    for (let i = 0; i < dh; i++) {
      for (let j = 0; j < w; j++) {
        for (let k = 0; k < dw; k++) {
          narrow[i * w + j] += across[j * dw + k] * ink[(top + i) * W + left + k];
        }
      }
    }
    let most = 0, mass = 0, row = 0, column = 0;
    for (let i = 0; i < h; i++) {
      for (let j = 0; j < w; j++) {
        let v = 0;
        for (let k = 0; k < dh; k++) v += down[i * dh + k] * narrow[k * w + j];
        small[i * w + j] = v;
        most = Math.max(most, v); // a thin pen has become pale, and MNIST's ink is not
        mass += v;
        row += i * v;
        column += j * v;
      }
    }
    const first = (centre, side) => Math.max(0, Math.min(28 - side, Math.round(MIDDLE - centre)));
    const y = first(row / mass, h), x = first(column / mass, w), field = new Float64Array(784);
    small.forEach((v, at) => { field[(y + Math.floor(at / w)) * 28 + x + at % w] = v / most; });
    return field;
  };

  // A picture {width, height, data} as of getImageData to 28 x 28 pixels from 0 to 1, or null if
  // nothing is drawn on it.
  const centre = picture => {
    const planes = shrink(picture), ink = findInk(planes);
    return ink && toMnist(ink, planes.H, planes.W);
  };

  Object.assign(Live, { centre });
})(globalThis.Live ??= {});
