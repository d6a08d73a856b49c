// What the lesson kept while it learnt: parameters and accuracy at some steps, on a slider.
(function (Live) { 'use strict';
  const { el, say, card, svg } = Live;

  // Accuracy against iterations, with a dot that moves: {element, show}.
  const curve = history => {
    const [WIDTH, HEIGHT] = [320, 140], last = history[history.length - 1].iteration || 1;
    const point = (x, y) => [8 + (WIDTH - 16) * x, HEIGHT - 8 - (HEIGHT - 26) * y];
    const points = history.map(({ iteration, accuracy }) => point(iteration / last, accuracy / 100));
    const element = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'curve', role: 'img', 'aria-label': say('accuracyCurve') });
    for (const share of [0, 0.5, 1]) {
      element.append(svg('polyline', { points: [...point(0, share), ...point(1, share)].join(' '), class: 'rule' }));
      element.append(svg('text', { x: 8, y: point(0, share)[1] - 3 }, `${100 * share} %`));
    }
    const dot = svg('circle', { r: 6, class: 'dot' });
    element.append(svg('polyline', { points: points.map(p => p.join(',')).join(' ') }), dot);
    return { element, show: k => { dot.setAttribute('cx', points[k][0]); dot.setAttribute('cy', points[k][1]); } };
  };

  const trainingView = figure => {
    const { history } = figure.data, kept = history.map(entry => Live.arrays(entry.arrays));
    const names = Object.keys(kept[0]), { layers } = figure.network;
    const all = figure.network.names.every(name => names.includes(name));
    const line = curve(history), sheets = [], draws = [];
    const facts = el('div', 'facts', { role: 'status' });
    const outputs = all ? Live.bars(figure.data.classes, say('bars')) : null;

    // The picture of a parameter: its filters, its positions, an image for each output.
    const shapeOf = (name, { shape, data }) => {
      const layer = layers.find(layer => layer.w === name || layer.b === name), plain = values => values;
      if (layer?.filter && layer.w === name) return [[layer.filter[0] * layer.filter[1], ...layer.filter.slice(2)], plain];
      if (layer?.kind === 'affine' && layer.w === name && Live.tiled(layer.input)[0] === 1) {
        const [, H, W] = Live.tiled(layer.input), M = layer.output[0];
        return [[M, H, W], values => Live.transpose(values, H * W, M)];
      }
      if (layer?.bias === 'position' && data.length === Live.product(layer.output)) return [layer.output, plain];
      return [shape.length === 3 ? shape : [data.length], plain];
    };
    // One scale for all times, so that growth is seen.
    const add = (name, title, shape, values, largest) => {
      const sheet = Live.sheet({ name, shape, size: shape[1] <= 7 ? 18 : Live.sizeOf(shape), label: title });
      sheets.push(sheet);
      draws.push(k => sheet.draw(values(k), largest));
      const element = card(title, null, sheet.element);
      element.classList.toggle('wide', shape[0] > 1 && shape.length === 3);
      return element;
    };
    const cards = names.filter(name => layers.some(layer => layer.w === name || layer.b === name)).map(name => {
      const [shape, arrange] = shapeOf(name, kept[0][name]);
      const largest = Math.max(...kept.map(arrays => Live.largestSize(arrays[name].data)));
      return add(name, name, shape, k => arrange(kept[k][name].data), largest);
    });
    const at = k => Live.network(figure.data, { ...figure.network.arrays, ...kept[k] }).forward(figure.steps.x.data);
    const conv = layers.findIndex(layer => layer.kind === 'conv');
    if (conv >= 0 && names.includes(layers[conv].w) && names.includes(layers[conv].b)) {
      const { name, output } = layers[conv + 2] ?? layers[conv];
      cards.push(add(name, say('mapThen', name), output, k => at(k)[name].data));
    }

    const show = k => {
      const { iteration, accuracy } = history[k];
      line.show(k);
      for (const draw of draws) draw(k);
      facts.textContent = say('atIteration', iteration, accuracy.toFixed(1));
      if (outputs) {
        const y = at(k).y.data;
        outputs.show(figure.pixels && y, Live.largest(y), figure.label);
      }
      element.dataset.iteration = iteration;
    };
    const frames = Live.player(say('iteration'), () => history.length, 500, show);
    const flow = el('div', 'flow', {}, card(say('accuracyCurve'), null, line.element, facts),
      outputs ? card(say('readThen'), null, outputs.element) : null, cards);
    const element = el('div', '', {}, frames.element, flow);
    Live.fit(flow, sheets);
    frames.range.value = history.length - 1;
    const update = Live.onNew(() => {
      frames.go(frames.frame());
    });
    return { element, update };
  };
  Object.assign(Live, { trainingView });
})(globalThis.Live ??= {});
