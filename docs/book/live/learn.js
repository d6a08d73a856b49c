// A step of gradient descent on this one image, and the numerical check of one gradient.
(function (Live) { 'use strict';
  const { el, say, number, percent } = Live;
  const NUDGE = 0.001;
  const REST = 100; // milliseconds

  const learn = figure => {
    let rate = 0.01, taken = 0, before = null, waiting = 0;
    const state = () => {
      const { network, steps } = figure, label = figure.target();
      return { loss: Live.crossEntropy(network.logits(steps), label), y: steps.y.data[label] };
    };
    const table = el('div', 'change', { role: 'status' });
    const step = Live.button(say('takeStep'), () => {
      const label = figure.target();
      before = state();
      figure.network.step(figure.gradients(), rate);
      taken++;
      figure.setLabel(label);
      figure.update();
    }, 'main');
    const undo = Live.button(say('resetNetwork'), () => {
      [before, taken] = [null, 0];
      figure.reset();
    });
    step.dataset.action = 'step';
    undo.dataset.action = 'reset';
    // 0.0001 to 1, three to a power of ten
    const rates = [1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1];
    const slider = Live.slider(say('rate'), { min: 0, max: rates.length - 1, step: 1, value: 4, show: k => String(rates[k]) },
      k => { rate = rates[k]; });
    const descent = Live.card(say('stepTitle'), say('stepGuide'), el('div', 'tools', {}, slider.element, step, undo), table);

    const select = el('select', '', { 'aria-label': say('parameterName') },
      figure.network.names.map(name => el('option', '', { value: name }, name)));
    let place = null; // null: where the gradient is largest
    const another = Live.button(say('anotherNumber'), () => {
      place = Math.floor(Math.random() * figure.network.arrays[select.value].data.length);
      check();
    });
    select.addEventListener('change', () => { place = null; check(); });
    const result = el('div', 'check', { role: 'status' });
    const numerical = Live.card(say('checkTitle'), say('checkGuide', NUDGE), el('div', 'tools', {}, select, another), result);
    const element = el('div', 'flow learn', {}, descent, numerical);

    const check = () => {
      const name = select.value, dw = figure.gradients()['d' + name], { shape } = figure.network.arrays[name];
      const at = place ?? Live.strongest(dw);
      const { x } = figure.steps, { more, less, slope } = figure.network.nudge(x.data, figure.target(), name, at, NUDGE);
      const index = shape.map((size, k) => Math.floor(at / shape.slice(k + 1).reduce((a, b) => a * b, 1)) % size);
      const own = index.length === 2 && shape[0] === 1 ? index.slice(1) : index;
      result.replaceChildren(Live.lines([say('lossAt', Live.subscript(name, own), '+'), more.toPrecision(7)],
        [say('lossAt', Live.subscript(name, own), '−'), less.toPrecision(7)],
        [say('numericalSlope'), slope.toPrecision(5).replace('-', '−'), true],
        [say('gradientSays', Live.subscript('d' + name, own)), dw[at].toPrecision(5).replace('-', '−'), true]));
      Object.assign(numerical.dataset, { numerical: slope, gradient: dw[at] });
    };

    const update = () => {
      const now = state(), arrow = (a, b) => (before ? `${a} → ${b}` : b);
      table.replaceChildren(Live.lines(
        [say('steps'), String(taken)],
        [say('lossNow'), arrow(before && number(before.loss), number(now.loss))],
        [say('probabilityNow', figure.data.classes[figure.target()]), arrow(before && percent(before.y), percent(now.y)), true]));
      undo.disabled = taken === 0;
      clearTimeout(waiting);
      waiting = setTimeout(check, REST); // two more forward passes, when the pen rests
    };
    return { element, update };
  };
  Object.assign(Live, { learn });
})(globalThis.Live ??= {});
