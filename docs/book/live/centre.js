// A drawing or a picture, made to look like one of MNIST's: the same steps as lesson 13's
// `predict` (ink, to_mnist), so that both read the same picture in the same way.
(function (Live) { 'use strict';
  const LONGEST = 240; // pixels of a side, before the digit is looked for
  const BOX = 20; // the longer side of a digit
  const MIDDLE = 14; // where the centre of mass goes
  const FAINTEST = 0.1; // a smaller difference between pen and paper is no ink
  const MIN_TRANSPARENT = 0.02; // the share of transparent pixels from which there is no paper
  const NEAR = 0.1; // of a side: so far away the light is about the same
  const LEVELS = 4096; // of ink, when a threshold is looked for
  const SPECK = 0.05; // strokes with a smaller share of the largest one's area are dirt

  // Red, green, blue, opacity (h, w, 4) from 0 to 255 to planes (H, W) from 0 to 1, each pixel
  // the mean of a square, so that no side is longer than 240. A `grey` picture, which is black on
  // white, needs no more than one colour, and its paper is not looked for.
  const shrink = ({ width, height, data, grey = false }) => {
    const k = Math.ceil(Math.max(width, height) / LONGEST);
    const H = Math.ceil(height / k), W = Math.ceil(width / k);
    const mean = c => {
      const plane = new Float64Array(H * W);
      for (let i = 0, at = 0; i < H; i++) {
        const top = i * k, bottom = Math.min(height, top + k);
        for (let j = 0; j < W; j++, at++) {
          const left = j * k, right = Math.min(width, left + k);
          let sum = 0;
          for (let y = top; y < bottom; y++) {
            const end = (y * width + right) * 4;
            for (let from = (y * width + left) * 4 + c; from < end; from += 4) sum += data[from];
          }
          plane[at] = sum / (255 * (bottom - top) * (right - left));
        }
      }
      return plane;
    };
    return { H, W, colours: grey ? [mean(0)] : [0, 1, 2].map(mean), opacity: grey ? null : mean(3) };
  };

  // For each pixel the sum over all of `a` (H, W), of which the far ones count little.
  const sumNear = (a, H, W) => {
    const out = a.slice();
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
  // sizes; zeros if there is nothing to part. In 4,096 steps, sixteen to a level of grey, where
  // lesson 13 sorts. N. Otsu, 1979.
  const otsu = ink => {
    const n = ink.length, counts = new Uint32Array(LEVELS + 1), sums = new Float64Array(LEVELS + 1);
    for (let k = 0; k < n; k++) {
      const level = (LEVELS * ink[k]) | 0;
      counts[level]++;
      sums[level] += ink[k];
    }
    let count = 0, below = 0, last = 0, most = 0, best = [0, 0, 0];
    const all = sums.reduce((a, b) => a + b, 0);
    for (let level = 0; level <= LEVELS; level++) {
      if (counts[level] === 0) continue;
      if (count > 0) {
        const apart = (all - below) / (n - count) - below / count, between = count * (n - count) * apart * apart;
        if (between > most) {
          most = between;
          best = [below / count, (last + level + 1) / 2 / LEVELS, (all - below) / (n - count)];
        }
      }
      count += counts[level];
      below += sums[level];
      last = level;
    }
    return best;
  };

  // 1 at the pixels of strokes: connected pixels above `weak`, some of them above `strong`,
  // without strokes that are much smaller than the largest.
  const findStrokes = (ink, H, W, weak, strong) => {
    const strokes = new Int32Array(H * W), areas = [0]; // the number of each stroke, from 1
    const edge = new Int32Array(H * W); // pixels of it whose neighbours are not looked at yet
    for (let start = 0; start < ink.length; start++) {
      if (strokes[start] !== 0 || !(ink[start] > strong)) continue;
      const number = areas.length;
      let area = 0, length = 1;
      [edge[0], strokes[start]] = [start, number];
      while (length) {
        const at = edge[--length], i = (at / W) | 0, j = at - i * W;
        const last = i < H - 1 ? at + W : at, left = j > 0 ? -1 : 0, right = j < W - 1 ? 1 : 0;
        area += ink[at];
        for (let row = i > 0 ? at - W : at; row <= last; row += W) {
          for (let next = row + left; next <= row + right; next++) {
            if (strokes[next] !== 0 || !(ink[next] > weak)) continue;
            strokes[next] = number;
            edge[length++] = next;
          }
        }
      }
      areas.push(area);
    }
    const largest = areas.reduce((a, b) => Math.max(a, b), 0);
    for (let at = 0; at < ink.length; at++) strokes[at] = areas[strokes[at]] > SPECK * largest ? 1 : 0;
    return strokes;
  };

  // The ink (H, W) of a picture, from 0 to 1; null if nothing is drawn.
  const findInk = ({ H, W, colours, opacity }) => {
    if (!opacity) {
      const ink = colours[0];
      for (let at = 0; at < ink.length; at++) ink[at] = 1 - ink[at];
      return cut(ink, H, W);
    }
    const clear = opacity.reduce((count, a) => count + (a < 0.5 ? 1 : 0), 0);
    const transparent = clear > MIN_TRANSPARENT * H * W;
    // First what lies along the border is the paper, then all that is not ink.
    let ink = new Float64Array(H * W);
    const paper = opacity.map((a, at) => {
      const column = at % W;
      const border = at < W || at >= (H - 1) * W || column === 0 || column === W - 1;
      return transparent ? Math.round(a) : Number(border);
    });
    for (let round = 0; round < 2; round++) {
      const count = sumNear(paper, H, W), light = new Float64Array(H * W);
      ink.fill(0);
      for (const colour of colours) {
        for (let k = 0; k < light.length; k++) light[k] = paper[k] * colour[k];
        const near = sumNear(light, H, W);
        for (let k = 0; k < ink.length; k++) {
          const apart = Math.abs(near[k] / (count[k] + Number.MIN_VALUE) - colour[k]) * opacity[k];
          if (apart > ink[k]) ink[k] = apart;
        }
      }
      const threshold = otsu(ink)[1];
      for (let k = 0; k < ink.length; k++) paper[k] = ink[k] <= threshold ? 1 : 0;
    }
    if (transparent && ink.every(v => v < FAINTEST)) ink = opacity.slice();
    return cut(ink, H, W);
  };

  // The ink that belongs to strokes, from 0 to 1; null if there is none.
  const cut = (ink, H, W) => {
    const [low, threshold, pen] = otsu(ink);
    if (pen - low < FAINTEST) return null;
    const strokes = findStrokes(ink, H, W, (low + threshold) / 2, threshold);
    for (let k = 0; k < ink.length; k++) {
      ink[k] = strokes[k] ? Math.max(0, Math.min(1, (ink[k] - low) / (pen - low))) : 0;
    }
    return ink;
  };

  // Which share of each of `now` pixels every one of `old` covers: (now, old).
  const shares = (now, old) => {
    const length = old / now;
    return new Float64Array(now * old).map((_, at) => {
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
    const h = fitted(dh), w = fitted(dw), digit = new Float64Array(dh * dw);
    for (let i = 0; i < dh; i++) digit.set(ink.subarray((top + i) * W + left, (top + i) * W + left + dw), i * dw);
    const narrow = Live.dot(digit, Live.transpose(shares(w, dw), w, dw), dh, dw, w); // (dh, w)
    const small = Live.dot(shares(h, dh), narrow, h, dh, w); // (h, w) = (h, dh)(dh, w)
    const most = Live.largestSize(small); // a thin pen has become pale, and MNIST's ink is not
    let mass = 0, row = 0, column = 0;
    small.forEach((v, at) => {
      mass += v;
      row += Math.floor(at / w) * v;
      column += (at % w) * v;
    });
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
