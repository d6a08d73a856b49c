// The colours of the course's pictures: ink from white to black; signed numbers blue below
// zero, white at zero, red above.
(function (Live) { 'use strict';
  const RED = [204, 51, 17], DARK_RED = [92, 8, 8], BLUE = [0, 119, 187], DARK_BLUE = [0, 40, 85];
  const WHITE = [255, 255, 255];

  const mix = (under, over, part) => under.map((u, k) => Math.round(u + (over[k] - u) * part));

  // The colour of a value between -1 and 1; the outer quarters darken.
  const diverging = v => {
    const [middle, end] = v < 0 ? [BLUE, DARK_BLUE] : [RED, DARK_RED], size = Math.min(1, Math.abs(v));
    return size <= 0.75 ? mix(WHITE, middle, size / 0.75) : mix(middle, end, (size - 0.75) / 0.25);
  };

  const pack = ([r, g, b]) => (255 << 24 | b << 16 | g << 8 | r) >>> 0; // as ImageData lies in memory
  const STEPS = 256;
  const signed = Uint32Array.from({ length: 2 * STEPS + 1 }, (_, k) => pack(diverging(k / STEPS - 1)));
  const ink = Uint32Array.from({ length: 256 }, (_, k) => pack([255 - k, 255 - k, 255 - k]));
  const NOT_A_NUMBER = pack([187, 187, 187]);

  // The packed colour of `v`, which is on a scale from -1 to 1, or from 0 to 1 for ink.
  const colour = v => (v >= -1 && v <= 1 ? signed[(STEPS * (v + 1) + 0.5) | 0]
    : Number.isNaN(v) ? NOT_A_NUMBER : signed[v < 0 ? 0 : 2 * STEPS]);
  const inkColour = v => ink[Math.round(255 * Math.max(0, Math.min(1, v)))];

  // The same for a style, and black or white, whichever is read better on it.
  const css = (v, largest) => `rgb(${diverging(largest > 0 ? v / largest : 0).join(' ')})`;
  const textOn = (v, largest) => (largest > 0 && Math.abs(v) / largest > 0.55 ? '#fff' : '#111');

  // A small picture of 28 x 28 pixels from 0 to 1.
  const inkCanvas = pixels => {
    const canvas = Live.el('canvas', '', { width: 28, height: 28 }), context = canvas.getContext('2d');
    const image = context.createImageData(28, 28);
    new Uint32Array(image.data.buffer).set(Uint32Array.from(pixels, inkColour));
    context.putImageData(image, 0, 0);
    return canvas;
  };

  const largest = numbers => {
    let most = 0;
    for (let k = 0; k < numbers.length; k++) if (Math.abs(numbers[k]) > most) most = Math.abs(numbers[k]);
    return most;
  };
  // The index of the number of the largest size.
  const strongest = numbers => numbers.reduce((best, v, k) => (Math.abs(v) > Math.abs(numbers[best]) ? k : best), 0);
  Object.assign(Live, { colour, inkColour, inkCanvas, css, textOn, largestSize: largest, strongest });
})(globalThis.Live ??= {});
