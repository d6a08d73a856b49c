// Two small figures: what batch norm does to one unit's values (10), and dropout's masks (09).
(function (Live) { 'use strict';
  const { el, say, svg, number } = Live;

  // Random numbers that are the same on every visit: numbers from 0 to 1.
  const generator = seed => () => {
    seed = Math.imul(seed, 1664525) + 1013904223 >>> 0;
    return seed / 2 ** 32;
  };
  const normal = random => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const mean = values => Live.sum(values) / values.length;

  const batchnorm = () => {
    const [width, from, to] = [520, -4, 8], EPSILON = 1e-5;
    let N = 8, gamma = 1, beta = 0, seed = 1;
    const at = v => 10 + (width - 20) * (Math.max(from, Math.min(to, v)) - from) / (to - from);
    // A line with a dot for each value, the first one marked, and a mark at the mean.
    const axis = (values, y, middle) => [
      svg('line', { x1: 10, x2: width - 10, y1: y, y2: y, class: 'rule' }),
      svg('line', { x1: at(0), x2: at(0), y1: y - 5, y2: y + 5, class: 'rule' }),
      svg('line', { x1: at(middle), x2: at(middle), y1: y - 22, y2: y + 8, class: 'mean' }),
      ...values.map((v, k) => svg('circle', { cx: at(v), cy: y - 10, r: k ? 4.5 : 7, class: k ? 'other' : 'dot' })).reverse()];
    const picture = svg('svg', { viewBox: `0 0 ${width} 150`, class: 'valley', role: 'img', 'aria-label': say('normTitle') });
    const facts = el('div', '', { role: 'status' });
    const show = () => {
      const random = generator(seed), x = [3.5, ...Array.from({ length: N - 1 }, () => 2.5 + 1.5 * normal(random))];
      const m = mean(x), std = Math.sqrt(mean(x.map(v => (v - m) ** 2)) + EPSILON);
      const out = x.map(v => gamma * (v - m) / std + beta), words = y => svg('text', { x: 10, y }, y < 75 ? 'x' : 'out');
      picture.replaceChildren(words(18), ...axis(x, 55, m), words(98), ...axis(out, 135, beta));
      facts.replaceChildren(Live.lines(['mean', m], ['std = √(var + epsilon)', std], [say('normFirst', number(x[0])), (x[0] - m) / std],
        ['out = gamma x_hat + beta', out[0], true], [say('normTest'), gamma * (x[0] - 2.5) / 1.5 + beta]));
      Object.assign(element.dataset, { n: N, mean: m, std, out: out[0] });
    };
    const slider = (name, min, max, step, value, set) => Live.slider(name, { min, max, step, value }, v => { set(v); show(); }).element;
    const element = Live.card(say('normTitle'), say('normGuide'), el('div', 'tools', {},
      slider(say('batch'), 2, 64, 1, N, v => { N = v; }), slider('gamma', 0, 2, 0.1, 1, v => { gamma = v; }),
      slider('beta', -2, 2, 0.1, 0, v => { beta = v; }), Live.button(say('anotherBatch'), () => { seed++; show(); })), picture, facts);
    show();
    return element;
  };

  const dropout = () => {
    const H = 32, random = generator(9), h = Float64Array.from({ length: H }, () => Math.max(0, normal(random) + 0.3));
    let rate = 0.5, masks = 0, sum = 0, mask = h;
    const sheet = name => Live.sheet({ name, shape: [1, 4, 8], size: 20, label: name });
    const sheets = ['h', 'm', 'h m'].map(sheet), facts = el('div', '', { role: 'status' });
    const draw = () => {
      mask = h.map(() => (random() < rate ? 0 : 1 / (1 - rate))); // 0 with probability p, else 1 / (1 - p)
      const out = h.map((v, k) => v * mask[k]);
      masks++;
      sum += mean(out);
      [h, mask, out].forEach((values, k) => sheets[k].draw(values, k === 1 ? 2 : 3));
      facts.replaceChildren(Live.lines([say('dropped'), `${mask.filter(v => v === 0).length} / ${H}`], [say('meanOf', 'h'), mean(h)],
        [say('meanOf', 'h m'), mean(out)], [say('meanOfMasks', masks), sum / masks, true]));
      Object.assign(element.dataset, { masks, dropped: mask.filter(v => v === 0).length });
    };
    const slider = Live.slider(say('dropRate'), { min: 0, max: 0.9, step: 0.1, value: rate, show: v => v.toFixed(1) }, v => {
      [rate, masks, sum] = [v, 0, 0];
      draw();
    });
    const many = () => { for (let k = 0; k < 100; k++) draw(); };
    const element = Live.card(say('dropTitle'), say('dropGuide'), el('div', 'tools', {}, slider.element,
      Live.button(say('anotherMask'), draw, 'main'), Live.button(say('hundredMasks'), many)),
      el('div', 'maps', {}, sheets.map(sheet => Live.captioned(sheet.name, sheet.element))), facts);
    for (const sheet of sheets) sheet.layout(160);
    draw();
    return element;
  };
  Object.assign(Live, { batchnorm, dropout });
})(globalThis.Live ??= {});
