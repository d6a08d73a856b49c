// Maps as pictures: one pixel a number, enlarged; a cursor for mouse, finger and keyboard;
// frames around windows.
(function (Live) { 'use strict';
  const { colour, inkColour, write } = Live;

  // Rows and columns of a vector that is drawn as a block.
  const block = length => {
    let rows = Math.floor(Math.sqrt(length));
    while (length % rows) rows--;
    return rows * rows * 8 < length ? [Math.ceil(length / 25), Math.min(25, length)] : [rows, length / rows];
  };

  // Tiles, rows, columns of an array of this shape.
  const tiled = shape => (shape.length === 3 ? shape : [1, ...block(shape[0])]);

  // A sheet for an array of `shape` (C, H, W) or (M): {element, draw, mark, layout}.
  // `size`: pixels on the screen for a number, at most, and `tall` times as many down;
  // `ink`: 0 white, 1 black.
  // `choose(at)` is called with the index of the number under the pointer or the cursor.
  const sheet = ({ name, shape, size = 4, tall = 1, ink = false, choose = null, label = '' }) => {
    const [C, H, W] = tiled(shape), gap = C > 1 ? 1 : 0, length = shape.reduce((a, b) => a * b, 1);
    const canvas = Live.el('canvas', 'map', { 'aria-label': label || name });
    const frames = Live.el('div', 'frames', { 'aria-hidden': 'true' });
    const element = Live.el('div', 'sheet', {}, canvas, frames);
    element.dataset.step = name;
    let columns = 0, zoom = 1, image = null, pixels = null, last = null, marks = [], cursor = 0;

    const place = c => [Math.floor(c / columns) * (H + gap), (c % columns) * (W + gap)];

    // As many columns and as large a number as fit into `width` pixels.
    const layout = width => {
      const most = Math.max(1, Math.floor((width + size) / ((W + gap) * size)));
      let next = Math.min(C, most), whole = next; // rows of one length, if they are not short then
      while (C % whole) whole--;
      if (2 * whole > next) next = whole;
      zoom = Math.max(1, Math.min(size, Math.floor(width / (next * (W + gap) - gap))));
      if (next !== columns) {
        columns = next;
        canvas.width = columns * (W + gap) - gap;
        canvas.height = Math.ceil(C / columns) * (H + gap) - gap;
        image = null;
      }
      element.style.width = `${canvas.width * zoom}px`;
      element.style.aspectRatio = `${canvas.width} / ${canvas.height * tall}`;
      if (last) paint(...last);
      mark(marks);
    };

    // Draws `data`, signed numbers on a scale up to `largest`.
    const paint = (data, largest = Live.largestSize(data)) => {
      last = [data, largest];
      if (!columns) return;
      const context = canvas.getContext('2d');
      if (!image) {
        image = context.createImageData(canvas.width, canvas.height);
        pixels = new Uint32Array(image.data.buffer);
      }
      const scale = largest > 0 ? 1 / largest : 0;
      for (let c = 0, at = 0; c < C; c++) {
        const [top, left] = place(c);
        for (let i = 0; i < H; i++) {
          let to = (top + i) * canvas.width + left;
          for (let j = 0; j < W && at < length; j++, at++, to++) {
            pixels[to] = ink ? inkColour(data[at]) : colour(data[at] * scale);
          }
        }
      }
      context.putImageData(image, 0, 0);
    };

    const draw = Live.whenSeen(element, paint);

    // Frames around rectangles {c, i, j, h, w, kind} of numbers.
    const mark = list => {
      marks = list;
      if (!columns) return;
      frames.replaceChildren(...list.map(({ c = 0, i, j, h = 1, w = 1, kind = 'window' }) => {
        const [top, left] = place(c), frame = Live.el('i', `frame ${kind}`);
        Object.assign(frame.style, {
          top: `${100 * (top + i) / canvas.height}%`, left: `${100 * (left + j) / canvas.width}%`,
          height: `${100 * h / canvas.height}%`, width: `${100 * w / canvas.width}%`,
        });
        return frame;
      }));
    };

    const position = at => [Math.floor(at / (H * W)), Math.floor(at / W) % H, at % W];
    const markNumber = (at, others = []) => {
      const [c, i, j] = position(at);
      cursor = at;
      mark([...others, { c, i, j, kind: 'number' }]);
    };

    if (choose) {
      const under = event => {
        const box = canvas.getBoundingClientRect();
        const y = Math.floor((event.clientY - box.top) * canvas.height / box.height);
        const x = Math.floor((event.clientX - box.left) * canvas.width / box.width);
        const c = Math.floor(y / (H + gap)) * columns + Math.floor(x / (W + gap));
        const [i, j] = [y % (H + gap), x % (W + gap)], at = (c * H + i) * W + j;
        if (x < 0 || y < 0 || c >= C || i >= H || j >= W || at >= length) return;
        if (at !== cursor || event.type === 'pointerdown') choose(cursor = at);
      };
      canvas.addEventListener('pointermove', under);
      canvas.addEventListener('pointerdown', under);
      canvas.tabIndex = 0;
      canvas.setAttribute('role', 'application');
      canvas.addEventListener('focus', () => { if (canvas.matches(':focus-visible')) choose(cursor); });
      canvas.addEventListener('keydown', event => {
        const [c, i, j] = position(cursor);
        const to = {
          ArrowLeft: [c, i, j - 1], ArrowRight: [c, i, j + 1], ArrowUp: [c, i - 1, j],
          ArrowDown: [c, i + 1, j], PageUp: [c - 1, i, j], PageDown: [c + 1, i, j],
        }[event.key];
        if (!to) return;
        event.preventDefault();
        const inside = to[0] >= 0 && to[0] < C && to[1] >= 0 && to[1] < H && to[2] >= 0 && to[2] < W;
        const at = (to[0] * H + to[1]) * W + to[2];
        if (inside && at < length) choose(cursor = at);
      });
    } else {
      canvas.setAttribute('role', 'img');
    }
    return { element, canvas, name, layout, draw, mark, markNumber, position, tiles: [C, H, W] };
  };

  // The scale under maps: -largest, 0, largest.
  const legend = () => {
    const ends = [Live.el('span'), Live.el('span')];
    const element = Live.el('div', 'legend', {}, ends[0], Live.el('i', 'ramp'), ends[1]);
    const show = Live.whenSeen(element,
      largest => [-largest, largest].forEach((v, k) => write(ends[k], Live.number(v))));
    return { element, show };
  };
  Object.assign(Live, { sheet, legend, tiled });
})(globalThis.Live ??= {});
