// The way back: the gradient of every step and every parameter, for the right answer.
(function (Live) { 'use strict';
  const { el, say, card } = Live;

  const backView = figure => {
    const { network, data } = figure, { layers } = network;
    const panel = Live.inspector(figure, Live.explainBack, say('backHint'));
    const cards = [], draws = [], layouts = [];
    const logits = layers[layers.length - 1].name;

    // A card with the array `name` of `shape`; `values` takes what is drawn from the gradients.
    const add = (name, title, guidance, shape, { values = g => g[name], choose, marks = true } = {}) => {
      const scale = Live.legend();
      const sheet = Live.sheet({
        name, shape, size: Live.sizeOf(shape), label: say('mapLabel', name, Live.shapeText(shape)),
        choose: choose ?? (at => panel.choose(name, at)),
      });
      if (marks) panel.sheets[name] = sheet;
      layouts.push(sheet);
      draws.push(() => {
        const numbers = values(figure.gradients()), largest = Live.largestSize(numbers.filter(v => !Number.isNaN(v)));
        sheet.draw(numbers, largest);
        scale.show(largest);
      });
      const element = card(Live.formulaTitle(title, shape), guidance, sheet.element, scale.element);
      element.classList.toggle('wide', shape.length === 3 && shape[0] > 1);
      cards.push(element);
      return element;
    };

    // dw of an affine layer: a picture for each output, or of one output that is chosen.
    const addWeights = layer => {
      const name = 'd' + layer.w, M = layer.output[0], [C, H, W] = Live.tiled(layer.input), D = C * H * W;
      const title = `${name} = ${layer.from}T d${layer.name}`;
      if (M <= 10 && C === 1) {
        const values = g => Live.transpose(g[name], D, M);
        add(name, title, say('back_weights', layer.b, layer.name), [M, H, W],
          { values, marks: false, choose: at => panel.choose(name, (at % D) * M + Math.floor(at / D)) });
        return;
      }
      let m = null;
      const values = g => {
        const column = m ?? Live.strongest(g['d' + layer.name]);
        unit.set(column);
        return Float64Array.from({ length: D }, (_, d) => g[name][d * M + column]);
      };
      const unit = Live.slider(say('unit'), { min: 0, max: M - 1, step: 1, value: 0 }, value => {
        m = value;
        for (const draw of draws) draw();
      });
      const element = add(name, title, say('back_column', layer.name), layer.input,
        { values, marks: false, choose: at => panel.choose(name, at * M + Number(unit.range.value)) });
      element.insertBefore(unit.element, element.children[2]);
    };

    // dz of a ReLU is not drawn where the gate is closed, so that it stays grey.
    const gated = (name, h) => g => g[name].map((d, at) => (figure.steps[h].data[at] > 0 ? d : NaN));

    const bars = Live.bars(data.classes, 'd' + logits, { signed: true, choose: at => panel.choose('d' + logits, at) });
    panel.sheets['d' + logits] = bars;
    draws.push(() => bars.show(figure.gradients()['d' + logits]));
    cards.push(card(Live.formulaTitle(`d${logits} = y − t`, [data.classes.length]), say('back_logits'), bars.element));

    for (const layer of [...layers].reverse()) {
      const from = 'd' + layer.from, out = 'd' + layer.name, guidance = say('back_' + layer.kind);
      if (layer.kind === 'affine') {
        addWeights(layer);
        add(from, `${from} = ${out} ${layer.w}T`, guidance, layer.input);
      } else if (layer.kind === 'relu') {
        add(from, say('whereOpen', from, out, layer.name), guidance, layer.input, { values: gated(from, layer.name) });
      } else if (layer.kind === 'sigmoid') {
        add(from, `${from} = ${out} ${layer.name} (1 − ${layer.name})`, guidance, layer.input);
      } else if (layer.kind === 'max_pool') {
        add(from, say('wherePeak', from, out), guidance, layer.input);
      } else if (layer.kind === 'average_pool') {
        add(from, `${from} = ${out} / ${layer.size * layer.size}`, guidance, layer.input);
      } else if (layer.kind === 'bias') {
        const each = layer.bias === 'position';
        add('d' + layer.b, each ? `d${layer.b} = ${out}` : `d${layer.b} = Σ ${out}`,
          say(each ? 'back_bias' : 'back_biasSum'), each ? layer.output : [layer.output[0]]);
      } else {
        const card = Live.slide(figure, layer, panel);
        cards.push(card.element);
        layouts.push(...card.sheets);
        draws.push(card.draw);
        add(from, `${from} = Σ ${layer.delta} · ${layer.w}`, guidance, layer.input);
      }
    }

    const answer = Live.choice(say('rightAnswer'), data.classes, figure.target(), k => figure.setLabel(k));
    const flow = el('div', 'flow', {}, cards);
    const learn = Live.learn(figure);
    const element = el('div', '', {},
      el('div', 'answer', {}, el('p', '', {}, say('rightAnswer')), answer.element),
      learn.element, el('div', 'split', {}, flow, panel.element));
    Live.fit(flow, layouts);
    const update = Live.onNew(() => {
      answer.press(figure.target());
      for (const draw of draws) draw();
      learn.update();
      panel.show();
    });
    return { element, update };
  };
  Object.assign(Live, { backView });
})(globalThis.Live ??= {});
