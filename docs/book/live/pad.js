// The paper to draw on: mouse, finger and keyboard; undo and clear; a test image or a picture
// from a file as its ground.
(function (Live) { 'use strict';
  const SIDE = 252; // 28 cells of 9 pixels
  const CELL = SIDE / 28;
  const PEN = 22; // pixels, about as thick as MNIST's for a digit that fills the paper

  // {element, clear, undo, show}: `drawn` is called after each change with a function that
  // gives the picture, null when it is empty.
  const pad = drawn => {
    const canvas = Live.el('canvas', 'pad', { width: SIDE, height: SIDE, tabIndex: 0 });
    const context = canvas.getContext('2d', { willReadFrequently: true });
    canvas.setAttribute('role', 'application');
    canvas.setAttribute('aria-label', Live.say('padLabel'));
    const pen = Live.el('i', 'pen', { hidden: true });
    const element = Live.el('div', 'paper', {}, canvas, pen);
    let ground = null, colourful = false, strokes = [], line = null, cursor = [SIDE / 2, 4.5 * CELL], down = false;

    const point = (from, to) => {
      context.beginPath();
      context.moveTo(...from);
      context.lineTo(to[0] + 0.01, to[1]); // a dot has a length, too
      context.stroke();
    };
    const repaint = () => {
      context.fillStyle = '#fff';
      context.fillRect(0, 0, SIDE, SIDE);
      if (ground) context.drawImage(ground, 0, 0, SIDE, SIDE);
      Object.assign(context, { strokeStyle: '#000', lineWidth: PEN, lineCap: 'round', lineJoin: 'round' });
      for (const stroke of strokes) stroke.forEach((p, k) => point(stroke[Math.max(0, k - 1)], p));
    };
    const take = () => {
      if (!ground && !strokes.length) return null;
      const { data } = context.getImageData(0, 0, SIDE, SIDE);
      return { width: SIDE, height: SIDE, data, grey: !colourful };
    };
    const report = () => drawn(take);
    const changed = () => { repaint(); report(); };

    const extend = to => {
      point(line[line.length - 1] ?? to, to);
      line.push(to);
      report();
    };
    const begin = at => {
      strokes.push(line = []);
      extend(at);
    };

    let box = null; // of the canvas, measured when a stroke begins
    const where = event => {
      return [(event.clientX - box.left) * SIDE / box.width, (event.clientY - box.top) * SIDE / box.height];
    };
    canvas.addEventListener('pointerdown', event => {
      if (event.button > 0) return;
      try { canvas.setPointerCapture(event.pointerId); } catch { /* a made-up pointer of a test */ }
      box = canvas.getBoundingClientRect();
      begin(where(event));
    });
    canvas.addEventListener('pointermove', event => { if (line && event.buttons) extend(where(event)); });
    for (const end of ['pointerup', 'pointercancel']) {
      canvas.addEventListener(end, () => { if (!down) line = null; });
    }

    // Arrows move the pen by a cell; the space bar puts it down and lifts it.
    const showPen = () => {
      pen.hidden = !canvas.matches(':focus-visible');
      pen.classList.toggle('down', down);
      pen.style.left = `${100 * cursor[0] / SIDE}%`;
      pen.style.top = `${100 * cursor[1] / SIDE}%`;
    };
    canvas.addEventListener('focus', showPen);
    canvas.addEventListener('blur', () => { [pen.hidden, down, line] = [true, false, null]; });
    canvas.addEventListener('keydown', event => {
      const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (by) {
        cursor = cursor.map((v, k) => Math.max(CELL, Math.min(SIDE - CELL, v + by[k] * CELL)));
        if (down) extend([...cursor]);
      } else if (event.key === ' ') {
        down = !down;
        if (down) begin([...cursor]);
        else line = null;
      } else if (event.key === 'Backspace' || (event.key === 'z' && (event.ctrlKey || event.metaKey))) {
        undo();
      } else if (event.key === 'Delete') {
        clear();
      } else {
        return;
      }
      event.preventDefault();
      showPen();
    });

    const undo = () => {
      if (strokes.length) strokes.pop();
      else ground = null;
      line = null;
      changed();
    };
    const clear = () => {
      [ground, strokes, line, down] = [null, [], null, false];
      changed();
    };

    // Shows 28 x 28 pixels as the ground, without a report: they are read as they are.
    const show = pixels => {
      clearGround();
      ground = Live.inkCanvas(pixels);
      repaint();
    };
    const clearGround = () => { [ground, strokes, line, colourful] = [null, [], null, false]; };

    // Shows a picture {width, height, data} in the middle of the paper, without a report.
    const showPicture = picture => {
      clearGround();
      colourful = true;
      const whole = Live.el('canvas', '', { width: picture.width, height: picture.height });
      whole.getContext('2d').putImageData(picture, 0, 0);
      const scale = SIDE / Math.max(picture.width, picture.height);
      const [w, h] = [picture.width * scale, picture.height * scale];
      ground = Live.el('canvas', '', { width: SIDE, height: SIDE });
      ground.getContext('2d').drawImage(whole, (SIDE - w) / 2, (SIDE - h) / 2, w, h);
      repaint();
    };

    repaint();
    return { element, canvas, clear, undo, show, showPicture };
  };
  Object.assign(Live, { pad });
})(globalThis.Live ??= {});
