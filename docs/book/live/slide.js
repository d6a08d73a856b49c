// The gradient of a filter grows while the delta slides over the image.
(function (Live) { 'use strict';
  const { el, say } = Live;

  // A card for the convolution `layer`: {element, sheets, draw}; `panel` explains its numbers.
  const slide = (figure, layer, panel) => {
    const [FN, C, FH, FW] = layer.filter, [, H, W] = layer.input, [, OH, OW] = layer.output;
    const { stride, padding } = layer, name = 'd' + layer.w, { delta } = layer;
    let n = 0, c = 0, picked = false; // the filter and the channel; whether somebody has chosen them
    const size = OH > 12 ? 5 : 7;
    const at = k => ((n * C + c) * FH) * FW + k;
    const image = Live.sheet({ name: layer.from, shape: [1, H, W], size, ink: layer.from === 'x', label: layer.from });
    const map = Live.sheet({ name: delta, shape: [1, OH, OW], size, label: delta });
    const products = Live.sheet({ name: 'products', shape: [1, OH, OW], size, label: say('products') });
    const choose = k => {
      frames.stop();
      frames.go(k);
      panel.choose(name, at(k));
    };
    const gradient = Live.sheet({ name, shape: [1, FH, FW], size: 22, choose, label: say('mapLabel', name, `(${FH}, ${FW})`) });
    const result = el('p', 'result', { role: 'status' });

    const show = frame => {
      const g = figure.gradients(), k = Math.floor(frame / FW), l = frame % FW;
      const x = figure.steps[layer.from].data, d = g[delta].subarray(n * OH * OW, (n + 1) * OH * OW);
      const part = Live.under(x, layer, c, k, l);
      image.draw(x.subarray(c * H * W, (c + 1) * H * W));
      map.draw(d);
      products.draw(part.map((v, p) => v * d[p]));
      const all = g[name].subarray(at(0), at(FH * FW));
      gradient.draw(all.map((v, p) => (p <= frame ? v : NaN)), Live.largestSize(all));
      gradient.markNumber(frame);
      image.mark([{ i: k - padding, j: l - padding, h: stride * (OH - 1) + 1, w: stride * (OW - 1) + 1 }]);
      result.textContent = `${Live.subscript(name, FN * C > 1 ? [n, c, k, l] : [k, l])} = ${Live.number(all[frame])}`;
      Object.assign(element.dataset, { frame, value: all[frame] });
    };
    const frames = Live.player(say('position'), () => FH * FW, 350, show);

    const pick = (what, count, set) => Live.slider(what, { min: 0, max: count - 1, step: 1, value: 0 }, value => {
      set(value);
      picked = true;
      show(frames.frame());
    });
    const filter = pick(say('filter'), FN, v => { n = v; }), channel = pick(say('channel'), C, v => { c = v; });
    const element = Live.card(Live.formulaTitle(`${name} = Σ ${layer.from} · ${delta}`, layer.filter), say('slideGuide', delta, layer.from, name),
      el('div', 'tools', {}, FN > 1 ? filter.element : null, C > 1 ? channel.element : null),
      el('div', 'maps', {}, Live.captioned(layer.from, image.element), Live.captioned(delta, map.element),
        Live.captioned(say('products'), products.element), Live.captioned(name, gradient.element, result)),
      frames.element);
    element.classList.add('wide');
    element.dataset.slide = name;
    // At first all of it is there; playing begins anew.
    frames.range.value = FH * FW - 1;
    const draw = () => {
      const strongest = Live.strongest(figure.gradients()[name]);
      if (!picked) [n, c] = [Math.floor(strongest / (C * FH * FW)), Math.floor(strongest / (FH * FW)) % C];
      filter.set(n);
      channel.set(c);
      frames.go(frames.frame());
    };
    return { element, sheets: [image, map, products, gradient], draw };
  };
  Object.assign(Live, { slide });
})(globalThis.Live ??= {});
