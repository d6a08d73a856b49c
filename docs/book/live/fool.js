// Three ways to learn what the network looks at: cover a part, the gradient of the image, and a
// few small steps along it until the image is read as something else.
(function (Live) { 'use strict';
  const { el, say, card } = Live;

  const foolView = figure => {
    const { data } = figure, { classes } = data;
    const read = pixels => figure.network.forward(Live.input(data, pixels));
    const image = () => figure.pixels ?? new Float64Array(784);
    const views = [covered(figure, read, image), saliency(figure), adversary(figure, read, image, classes)];
    const element = el('div', 'flow', {}, views.map(view => view.element));
    Live.fit(element, views.flatMap(view => view.sheets));
    const update = Live.onNew(() => {
      for (const view of views) view.update();
    });
    return { element, update };
  };

  // A white square over the image, and what it does to the probabilities.
  const covered = (figure, read, image) => {
    let side = 7, at = 14 * 28 + 14, run = 0;
    const cover = at => {
      const pixels = Float64Array.from(image()), top = Math.floor(at / 28) - (side >> 1), left = at % 28 - (side >> 1);
      for (let i = Math.max(0, top); i < Math.min(28, top + side); i++) {
        for (let j = Math.max(0, left); j < Math.min(28, left + side); j++) pixels[i * 28 + j] = 0;
      }
      return { pixels, frame: { i: top, j: left, h: side, w: side } };
    };
    const choose = k => { at = k; show(); };
    const sheet = Live.sheet(
      { name: 'covered', shape: [1, 28, 28], size: 7, ink: true, label: say('coverLabel'), choose });
    const map = Live.sheet({ name: 'covers', shape: [1, 28, 28], size: 5, label: say('coverMap') });
    const outputs = Live.bars(figure.data.classes, say('bars')), scale = Live.legend();
    const show = () => {
      const { pixels, frame } = cover(at), y = read(pixels).y.data, guess = Live.largest(y);
      sheet.draw(pixels);
      sheet.mark([frame]);
      outputs.show(y, guess, figure.label);
      Object.assign(element.dataset, { at, guess });
    };
    // How much the probability falls for a square at each second pixel, some in every frame.
    const fill = () => {
      const mine = ++run, target = figure.target(), before = figure.steps.y.data[target];
      const drops = new Float64Array(784).fill(NaN);
      let k = 0;
      const some = () => {
        if (mine !== run || !element.isConnected) return;
        const start = performance.now();
        for (; k < 196 && performance.now() - start < 8; k++) {
          const i = 2 * Math.floor(k / 14), j = 2 * (k % 14);
          const drop = before - read(cover(i * 28 + j).pixels).y.data[target];
          for (const p of [0, 1, 28, 29]) drops[i * 28 + j + p] = drop;
        }
        if (k < 196) requestAnimationFrame(some);
        if (k < 196 && Live.calm()) return; // all at once
        const largest = Live.largestSize(drops.filter(v => !Number.isNaN(v)));
        map.draw(drops, largest);
        scale.show(largest);
      };
      some();
    };
    const size = Live.slider(say('coverSize'), { min: 3, max: 15, step: 2, value: side }, value => {
      side = value;
      show();
      fill();
    });
    const element = card(say('coverTitle'), say('coverGuide'), size.element, el('div', 'maps', {},
      sheet.element, outputs.element, Live.captioned(say('coverMap'), map.element, scale.element)));
    element.classList.add('wide');
    element.dataset.fool = 'cover';
    return { element, sheets: [sheet, map], update: () => { show(); fill(); } };
  };

  // The gradient of the image for the right answer, with the sign that raises its probability.
  const saliency = figure => {
    const sheet = Live.sheet({ name: 'saliency', shape: [1, 28, 28], size: 7, label: say('saliencyTitle') });
    const scale = Live.legend();
    const says = el('p', 'guide');
    const element = card(say('saliencyTitle'), null, says, sheet.element, scale.element);
    const update = () => {
      const rise = figure.gradients().dx.map(d => -d), largest = Live.largestSize(rise);
      sheet.draw(rise, largest);
      scale.show(largest);
      says.textContent = say('saliencyGuide', figure.data.classes[figure.target()]);
    };
    return { element, sheets: [sheet], update };
  };

  // x = x - size sign(dx), dx for another answer. I. Goodfellow and others, 2015.
  const adversary = (figure, read, image, classes) => {
    const MOST = 200;
    let target = 5, size = 0.02, steps = 0, pixels = null;
    const sheet = (name, options) => Live.sheet({ name, shape: [1, 28, 28], size: 5, label: say(name), ...options });
    const change = sheet('changed'), result = sheet('changedImage', { ink: true });
    const outputs = Live.bars(classes, say('bars')), text = el('p', 'message', { role: 'status' });
    const draw = () => {
      const y = read(pixels).y.data, guess = Live.largest(y), by = pixels.map((v, k) => v - image()[k]);
      change.draw(by, Math.max(0.2, Live.largestSize(by)));
      result.draw(pixels);
      outputs.show(y, guess);
      const mean = Live.sum(by.map(Math.abs)) / by.length;
      text.textContent = say('changedBy', steps, Live.largestSize(by).toFixed(2), mean.toFixed(3), classes[guess]);
      Object.assign(element.dataset, { guess, steps });
      return guess;
    };
    const step = () => {
      const { dx } = figure.network.backward(read(pixels), target);
      pixels = pixels.map((v, k) => Math.max(0, Math.min(1, v - size * Math.sign(dx[k]))));
      steps++;
      return draw();
    };
    const reset = () => {
      run++;
      steps = 0;
      pixels = Float64Array.from(image());
      draw();
    };
    let run = 0;
    const until = () => {
      const mine = ++run, next = () => {
        if (mine !== run || steps >= MOST || step() === target) return;
        if (Live.calm()) next(); // all at once
        else requestAnimationFrame(next);
      };
      next();
    };
    const choice = Live.choice(say('foolTarget'), classes, target, k => { target = k; reset(); });
    const amount = Live.slider(say('foolSize'), { min: 0.005, max: 0.1, step: 0.005, value: size }, v => { size = v; });
    const element = card(say('foolTitle'), say('foolGuide'), el('p', 'caption', {}, say('foolTarget')), choice.element,
      el('div', 'tools', {}, amount.element, Live.button(say('foolStep'), step),
        Live.button(say('foolUntil'), until, 'main'), Live.button(say('foolReset'), reset)),
      el('div', 'maps', {}, Live.captioned(say('changed'), change.element),
        Live.captioned(say('changedImage'), result.element), outputs.element), text);
    element.classList.add('wide');
    element.dataset.fool = 'adversary';
    return { element, sheets: [change, result], update: reset };
  };
  Object.assign(Live, { foolView });
})(globalThis.Live ??= {});
