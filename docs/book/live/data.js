// What Rust writes into a page: arrays, test images and history as base64.
(function (Live) { 'use strict';
  const bytes = base64 => Uint8Array.from(atob(base64), c => c.charCodeAt(0));

  // A named array {shape, data}: little-endian f32.
  const array = ({ shape, data }) => {
    const view = new DataView(bytes(data).buffer);
    const numbers = new Float32Array(view.byteLength / 4);
    for (let k = 0; k < numbers.length; k++) numbers[k] = view.getFloat32(4 * k, true);
    return { shape, data: numbers };
  };

  const arrays = named =>
    Object.fromEntries(Object.entries(named).map(([name, a]) => [name, array(a)]));

  // Test images as pixels from 0 to 1, with their labels.
  const samples = ({ images, labels }) => {
    const all = bytes(images), size = all.length / Math.max(1, labels.length);
    return labels.map((label, n) => ({
      label, pixels: Float64Array.from(all.subarray(n * size, (n + 1) * size), v => v / 255),
    }));
  };

  // The input x of the network from pixels between 0 and 1, and back.
  const input = (data, pixels) => {
    const { mean, deviation } = data.input;
    return pixels.map(v => (v - mean) / deviation);
  };

  const largest = y => y.reduce((best, v, k) => (v > y[best] ? k : best), 0);
  Object.assign(Live, { bytes, array, arrays, samples, input, largest });
})(globalThis.Live ??= {});
