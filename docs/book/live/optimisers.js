// Six optimisers in lesson 09's valley, f = x^2 / 20 + y^2, each at its own learning rate.
(function (Live) { 'use strict';
  const { el, say, svg } = Live;
  const START = [-8, 2], STEPS = 60, CONVERGED = 0.01, E = 1e-8;
  const f = ([x, y]) => x * x / 20 + y * y;
  const gradient = ([x, y]) => [x / 10, 2 * y];
  // Name, the lesson's best rate, colour, and the step: w, dw, state v and s, number i, rate.
  const ALL = [
    ['SGD', 0.9, '#cc3311', (w, dw, v, s, i, r) => w - r * dw],
    ['momentum', 0.1, '#0077bb', (w, dw, m, s, i, r, k) => w - r * (m[k] = 0.9 * m[k] + dw)],
    ['Nesterov', 0.5, '#009988', (w, dw, m, s, i, r, k) => w - r * (dw + 0.9 * (m[k] = 0.9 * m[k] + dw))],
    ['AdaGrad', 3, '#ee7733', (w, dw, v, s, i, r, k) => w - r * dw / (Math.sqrt(s[k] += dw * dw) + E)],
    ['RMSProp', 0.4, '#ee3377', (w, dw, v, s, i, r, k) => w - r * dw / (Math.sqrt(s[k] = 0.99 * s[k] + 0.01 * dw * dw) + E)],
    ['Adam', 1.15, '#33bbee', (w, dw, v, s, i, r, k) => {
      v[k] = 0.9 * v[k] + 0.1 * dw;
      s[k] = 0.999 * s[k] + 0.001 * dw * dw;
      return w - r * v[k] / (1 - 0.9 ** i) / (Math.sqrt(s[k] / (1 - 0.999 ** i)) + E);
    }],
  ];

  // The start and the point after each step.
  const descend = (step, rate) => {
    const points = [START], v = [0, 0], s = [0, 0];
    for (let i = 1; i <= STEPS; i++) {
      const w = points[i - 1], dw = gradient(w);
      points.push(w.map((w, k) => step(w, dw[k], v, s, i, rate, k)));
    }
    return points;
  };

  const optimisers = () => {
    const rates = ALL.map(one => one[1]);
    let chosen = 0;
    const [width, height] = [520, 240], clip = v => Math.max(-999, Math.min(999, v));
    const at = ([x, y]) => [clip((x + 9) * width / 13), clip((3 - y) * height / 6)];
    const ellipse = level => svg('ellipse', { cx: at([0, 0])[0], cy: at([0, 0])[1], rx: Math.sqrt(20 * level) * width / 13,
      ry: Math.sqrt(level) * height / 6, class: 'contour' });
    const lines = ALL.map(([, , colour]) => svg('polyline', { class: 'path', stroke: colour }));
    const dots = ALL.map(([, , colour]) => svg('circle', { r: 5, fill: colour }));
    const valley = svg('svg', { viewBox: `0 0 ${width} ${height}`, class: 'valley', role: 'img', 'aria-label': say('valley') },
      ...[0.05, 0.25, 0.75, 1.5, 3, 5, 8].map(ellipse), ...lines, ...dots);
    const text = el('p', 'message', { role: 'status' });
    const show = steps => {
      ALL.forEach(([, , , step], k) => {
        const points = descend(step, rates[k]).slice(0, steps + 1).map(at), last = points[steps];
        lines[k].setAttribute('points', points.map(p => p.join(',')).join(' '));
        dots[k].setAttribute('cx', last[0]);
        dots[k].setAttribute('cy', last[1]);
        for (const part of [lines[k], dots[k]]) part.classList.toggle('chosen', k === chosen);
      });
      const all = descend(ALL[chosen][3], rates[chosen]), above = all.map(w => !(f(w) < CONVERGED)).lastIndexOf(true);
      text.textContent = say('valleyAt', Live.named(ALL[chosen][0]), rates[chosen].toFixed(2), steps, Live.number(f(all[steps])),
        above === STEPS ? say('never', STEPS) : say('from', above + 1));
      Object.assign(element.dataset, { steps, x: all[steps][0], y: all[steps][1] });
    };
    const frames = Live.player(say('steps'), () => STEPS + 1, 120, show, 0);
    const rate = Live.slider(say('rate'), { min: 0.05, max: 3, step: 0.05, value: rates[0], show: v => v.toFixed(2) }, v => {
      rates[chosen] = v;
      show(frames.frame());
    });
    const names = Live.choice(say('optimiser'), ALL.map(one => Live.named(one[0])), 0, k => {
      chosen = k;
      rate.set(rates[k]);
      show(frames.frame());
    });
    names.element.querySelectorAll('button').forEach((button, k) => { button.style.borderBottom = `4px solid ${ALL[k][2]}`; });
    const element = Live.card(say('valleyTitle'), say('valleyGuide'), names.element, rate.element, valley, frames.element, text);
    frames.go(STEPS / 2);
    return element;
  };
  Object.assign(Live, { optimisers });
})(globalThis.Live ??= {});
