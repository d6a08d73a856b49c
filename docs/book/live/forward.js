// The way forward: every step of the network as maps, from the image to the probabilities.
(function (Live) { 'use strict';
  const { el, say } = Live;
  const MOST_TILES = 128; // of weights times the image

  // Pixels on the screen for a number of a step.
  const sizeOf = shape => {
    const [C, H] = Live.tiled(shape);
    return shape.length === 1 ? (shape[0] > 100 ? 9 : 14) : C === 1 ? 6 : H > 16 ? 3 : H > 6 ? 5 : 7;
  };

  // Lays the sheets out again whenever the width of `element` changes.
  const fit = (element, sheets) => {
    let width = 0;
    new ResizeObserver(() => requestAnimationFrame(() => {
      if (element.clientWidth === width || !element.clientWidth) return;
      width = element.clientWidth;
      for (const sheet of sheets) sheet.layout(width - 26);
    })).observe(element);
  };

  // The formula above the maps of a step.
  const formula = ({ kind, name, from, w, b }) => ({
    input: 'x', conv: `${name} = conv(${from}, ${w})`, bias: `${name} = ${from} + ${b}`,
    relu: `${name} = max(${from}, 0)`, sigmoid: `${name} = sigmoid(${from})`, max_pool: `${name} = maxpool(${from})`,
    average_pool: `${name} = avgpool(${from})`, affine: `${name} = ${from} ${w} + ${b}`,
    softmax: `y = softmax(${from})`,
  })[kind];

  const shapeText = shape => `(${shape.join(', ')})`;
  const formulaTitle = (title, shape) => [el('code', '', {}, title), el('span', 'shape', {}, shapeText(shape))];

  // The steps whose maps share a scale: those of one convolution, else each its own.
  const scaleGroups = steps => {
    const groups = {};
    for (const { name, kind, from } of Object.values(steps)) {
      const joins = ['bias', 'relu', 'max_pool', 'average_pool'].includes(kind) && groups[from];
      groups[name] = joins ? groups[from] : [];
      groups[name].push(name);
    }
    return groups;
  };

  const forwardView = figure => {
    figure.update();
    const { steps, data, network } = figure, first = network.layers[0].name;
    const panel = Live.inspector(figure, Live.explain, say('forwardHint'));
    const cards = [], draws = [], layouts = [], groups = scaleGroups(steps);

    const addSheet = (options, draw) => {
      const sheet = Live.sheet(options);
      layouts.push(sheet);
      draws.push(() => draw(sheet));
      return sheet;
    };
    const parameterSheet = (name, shape, size) => addSheet(
      { name, shape, size, label: say('parameter', name) }, sheet => sheet.draw(figure.network.arrays[name].data));

    // What stands beside a step: its filters, its biases, its weights times the image.
    const beside = step => {
      if (step.kind === 'conv' && step.input[0] === 1) {
        const [FN, , FH, FW] = step.filter;
        return [say('filters', step.w), parameterSheet(step.w, [FN, FH, FW], FN === 1 ? 14 : 6).element];
      }
      if (step.kind === 'bias' && step.bias === 'position') {
        return [say('biases', step.b), parameterSheet(step.b, step.output, 6).element];
      }
      if (step.kind === 'affine' && step.from === 'x' && step.output[0] <= MOST_TILES) {
        const M = step.output[0], [, H, W] = step.input, products = new Float64Array(M * H * W);
        const sheet = addSheet({
          name: 'wx', shape: [M, H, W], size: M > 40 ? 1 : M > 10 ? 2 : 3, label: say('weightImages', M),
          choose: at => panel.choose(step.name, Math.floor(at / (H * W))),
        }, sheet => {
          const x = figure.steps.x.data, w = figure.network.arrays[step.w].data;
          for (let m = 0; m < M; m++) for (let d = 0; d < H * W; d++) products[m * H * W + d] = x[d] * w[d * M + m];
          sheet.draw(products);
        });
        return [say('weightImages', M), sheet.element];
      }
      return null;
    };

    for (const step of Object.values(steps)) {
      const { name, kind, output: shape } = step, choose = at => panel.choose(name, at);
      const extra = beside(step), body = el('div', 'maps');
      if (extra) body.append(Live.captioned(...extra));
      if (shape.length === 1 && shape[0] <= 10) {
        const bars = Live.bars(data.classes, name, { signed: kind !== 'softmax', choose });
        panel.sheets[name] = bars;
        draws.push(() => bars.show(figure.steps[name].data));
        body.append(bars.element);
      } else {
        const scale = Live.legend(), ink = kind === 'input';
        const sheet = panel.sheets[name] = addSheet(
          { name, shape, size: sizeOf(shape), ink, choose, label: say('mapLabel', name, shapeText(shape)) },
          sheet => {
            const largest = Live.scale(figure.steps, groups[name]);
            sheet.draw(figure.steps[name].data, largest);
            scale.show(largest);
          });
        body.append(el('div', '', {}, sheet.element, ink ? '' : scale.element));
      }
      const card = Live.card(formulaTitle(formula(step), shape), say('step_' + kind), body);
      const wide = shape.length === 3 ? shape[0] > 1 : shape[0] > 10;
      card.classList.toggle('wide', wide || Boolean(extra && step.kind === 'affine'));
      cards.push(card);
    }

    const flow = el('div', 'flow', {}, cards);
    const element = el('div', 'split', {}, flow, panel.element);
    Live.fit(flow, layouts);
    let isNew = true;
    const update = Live.onNew(() => {
      // On a wide page, an example from the start: the largest number of the first step.
      if (isNew && element.clientWidth > 780) panel.example(first, Live.strongest(figure.steps[first].data));
      isNew = false;
      for (const draw of draws) draw();
      panel.show();
    });
    return { element, update };
  };
  Object.assign(Live, { forwardView, fit, sizeOf, shapeText, formulaTitle });
})(globalThis.Live ??= {});
