// The colours of the course's pictures: ink from white to black; signed numbers blue below
// zero, white at zero, red above.
'use strict';
(function (Live) {
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

  // The packed colour of `v` on a scale from -largest to largest, or from 0 to 1 for ink.
  const colour = (v, largest) => {
    if (Number.isNaN(v)) return NOT_A_NUMBER;
    const part = largest > 0 ? Math.max(-1, Math.min(1, v / largest)) : 0;
    return signed[Math.round(STEPS * (part + 1))];
  };
  const inkColour = v => ink[Math.round(255 * Math.max(0, Math.min(1, v)))];

  // The same for a style, and black or white, whichever is read better on it.
  const css = (v, largest) => `rgb(${diverging(largest > 0 ? v / largest : 0).join(' ')})`;
  const textOn = (v, largest) => (largest > 0 && Math.abs(v) / largest > 0.55 ? '#fff' : '#111');

  const largest = numbers => {
    let most = 0;
    for (const v of numbers) if (Math.abs(v) > most) most = Math.abs(v);
    return most;
  };

  Object.assign(Live, { colour, inkColour, css, textOn, largestSize: largest });
})(globalThis.Live ??= {});
