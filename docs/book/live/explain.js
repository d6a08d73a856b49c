// Where a number of the forward pass comes from: its window, filter, products, sum, bias, ReLU;
// and for a pixel, all the numbers that it feeds.
(function (Live) { 'use strict';
  const { el, say, grid, lines, sum } = Live;

  // c[3, 10, 12]
  const subscript = (name, index) => `${name}[${index.join(', ')}]`;
  const indexOf = (at, shape) => {
    if (shape.length === 1) return [at];
    const [C, H, W] = shape, index = [Math.floor(at / (H * W)), Math.floor(at / W) % H, at % W];
    return C === 1 ? index.slice(1) : index;
  };
  const triple = (at, [, H, W]) => [Math.floor(at / (H * W)), Math.floor(at / W) % H, at % W];

  // The step with weights that `name` comes from, and those that follow it.
  const chain = (steps, name) => {
    let first = steps[name];
    while (first.kind !== 'conv' && first.kind !== 'affine') first = steps[first.from];
    const next = (from, kinds) => Object.values(steps).find(s => s.from === from.name && kinds.includes(s.kind));
    const bias = first.kind === 'conv' ? next(first, ['bias']) : null;
    return { first, bias, activation: next(bias ?? first, ['relu', 'sigmoid']) };
  };

  // What one number of a convolution looked at, channel by channel.
  const windowOf = (steps, w, layer, n, i, j) => {
    const [C, H, W] = layer.input, [, , FH, FW] = layer.filter, x = steps[layer.from].data;
    const { stride, padding } = layer, top = stride * i - padding, left = stride * j - padding;
    const channels = Array.from({ length: C }, (_, c) => {
      const pixels = new Float64Array(FH * FW), filter = new Float64Array(FH * FW);
      for (let k = 0; k < FH; k++) {
        for (let l = 0; l < FW; l++) {
          const row = top + k, column = left + l, tap = k * FW + l;
          const inside = row >= 0 && row < H && column >= 0 && column < W;
          pixels[tap] = inside ? x[(c * H + row) * W + column] : 0;
          filter[tap] = w[(n * C + c) * FH * FW + tap];
        }
      }
      const products = pixels.map((v, tap) => v * filter[tap]);
      return { pixels, filter, products, sum: sum(products) };
    });
    return { channels, top, left, FH, FW };
  };

  const times = sign => el('span', 'sign', {}, sign);

  const activationLine = activation => (activation
    && [say(activation.kind, activation.name), activation.value, true]);

  const explainConv = (figure, name, at) => {
    const { steps, network } = figure, { first, bias, activation } = chain(steps, name);
    const [n, i, j] = triple(at, first.output), w = network.arrays[first.w], b = network.arrays[first.b];
    const { channels, top, left, FH, FW } = windowOf(steps, w.data, first, n, i, j);
    const total = sum(channels.map(c => c.sum)), ink = first.from === 'x', many = channels.length > 1;
    let c = Live.strongest(channels.map(channel => channel.sum));
    const parts = el('div', 'parts');
    const show = k => {
      c = k;
      const { pixels, filter, products } = channels[c], most = Live.largestSize(filter);
      const of = many ? `[${c}]` : '';
      parts.replaceChildren(grid(first.from + of, pixels, FW, { ink }), times('×'),
        grid(first.w + (many || first.output[0] > 1 ? `[${many ? `${n}, ${c}` : n}]` : ''), filter, FW, { largest: most }),
        times('='), grid(say('products'), products, FW));
    };
    show(c);
    const biasAt = Math.floor(at / (Live.product(first.output) / b.data.length));
    const biasIndex = indexOf(biasAt, b.data.length > first.output[0] ? first.output : [b.data.length]);
    const others = many ? el('div', 'channels', {}, el('p', 'guide', {}, say('channels', channels.length)),
      Live.choice(say('channel'), channels.map((v, k) => `${k}: ${Live.number(v.sum)}`), c, show).element) : null;
    const z = total + b.data[biasAt];
    const index = indexOf(at, first.output);
    return {
      title: subscript(name, index), says: say('explainConv', first.from, FH, FW),
      parts: [parts, others, lines(
        [say(many ? 'sumOfAll' : 'sumOfProducts', first.name, FH * FW * channels.length), total],
        [say('bias', subscript(first.b, biasIndex)), b.data[biasAt]],
        [say('sumAndBias', bias.name), z],
        activationLine(activation && { ...activation, value: steps[activation.name].data[at] }))],
      marks: { [first.from]: channels.map((_, c) => ({ c, i: top, j: left, h: FH, w: FW })) },
      same: [first.name, bias.name, activation?.name], at,
      data: {
        window: [top, left, FH, FW].join(','), sum: total, bias: b.data[biasAt], z,
        output: activation ? steps[activation.name].data[at] : z,
      },
    };
  };

  const explainAffine = (figure, name, at) => {
    const { steps, network } = figure, { first, activation } = chain(steps, name);
    const x = steps[first.from].data, M = first.output[0], w = network.arrays[first.w].data;
    const weights = x.map((_, d) => w[d * M + at]), products = x.map((v, d) => v * weights[d]);
    const bias = network.arrays[first.b].data[at], total = sum(products), shape = first.input;
    const strongest = Array.from(products.keys()).sort((a, b) => Math.abs(products[b]) - Math.abs(products[a])).slice(0, 5);
    const [C, H, W] = Live.tiled(shape), flat = C === 1;
    const picture = (title, values, ink) => {
      if (flat) return grid(title, values, W, { ink });
      const map = Live.sheet({ name: 'part', shape, size: 3, label: title });
      map.layout(140);
      map.draw(values);
      return el('figure', 'numbers', {}, el('figcaption', '', {}, title), map.element);
    };
    const isLogit = first.name === steps.y.from;
    const unit = isLogit ? figure.data.classes[at] : at;
    return {
      title: subscript(name, [at]), says: say(isLogit ? 'explainLogit' : 'explainUnit', unit, first.from, x.length),
      parts: [el('div', 'parts', {}, picture(first.from, x, first.from === 'x'), times('×'),
        picture(`${first.w}[:, ${at}]`, weights), times('='), picture(say('products'), products)),
      lines(...strongest.map(d => [
        `${subscript(first.from, indexOf(d, shape))} × ${subscript(first.w, [d, at])}`, products[d]])),
      lines([say('positive'), sum(products.map(v => Math.max(v, 0)))],
        [say('negative'), sum(products.map(v => Math.min(v, 0)))],
        [say('bias', subscript(first.b, [at])), bias], [say('sumAndBias', first.name), total + bias],
        activationLine(activation && { ...activation, value: steps[activation.name].data[at] }))],
      marks: {}, same: [first.name, activation?.name], at,
      data: { sum: total, bias, z: total + bias, output: activation ? steps[activation.name].data[at] : total + bias },
    };
  };

  const explainPool = (figure, name, at) => {
    const layer = figure.steps[name], { kind, size, stride } = layer, [c, i, j] = triple(at, layer.output);
    const [, H, W] = layer.input, h = figure.steps[layer.from].data, cells = [];
    for (let a = 0; a < size; a++) {
      for (let b = 0; b < size; b++) cells.push((c * H + stride * i + a) * W + stride * j + b);
    }
    const average = kind === 'average_pool', strong = average ? -1 : cells.indexOf(layer.peaks[at]);
    return {
      title: subscript(name, indexOf(at, layer.output)), says: say(average ? 'explainMean' : 'explainPool', size, layer.from),
      parts: [el('div', 'parts', {}, grid(layer.from, cells.map(k => h[k]), size, { strong })),
        lines([say(average ? 'mean' : 'largest'), layer.data[at], true])],
      marks: { [layer.from]: [{ c, i: stride * i, j: stride * j, h: size, w: size }] }, same: [name], at,
      data: { window: [stride * i, stride * j, size, size].join(','), output: layer.data[at] },
    };
  };

  const explainSoftmax = (figure, at) => {
    const { steps, data } = figure, z = steps[steps.y.from].data, top = Math.max(...z);
    const e = z.map(v => Math.exp(v - top)), all = sum(e);
    return {
      title: subscript('y', [at]), says: say('explainSoftmax', data.classes[at]),
      parts: [lines([`${subscript(steps.y.from, [at])}`, z[at]], [say('minusLargest', Live.number(top)), z[at] - top],
        [say('exp'), e[at]], [say('sumOfExp'), all], [say('share'), Live.percent(e[at] / all), true])],
      marks: {}, same: ['y', steps.y.from], at, data: { output: steps.y.data[at] },
    };
  };

  // All that a pixel of the image feeds.
  const explainPixel = (figure, at) => {
    const { steps, network } = figure, x = steps.x.data, [c, row, column] = triple(at, steps.x.output);
    const layer = network.layers[0], w = network.arrays[layer.w].data, title = subscript('x', indexOf(at, steps.x.output));
    const pixel = lines([say('pixel'), x[at], true]);
    if (layer.kind === 'affine') {
      const M = layer.output[0], products = Float64Array.from({ length: M }, (_, m) => x[at] * w[at * M + m]);
      return {
        title, says: say('feedsUnits', M, layer.name),
        parts: [pixel, grid(say('xTimes', `${layer.w}[${at}, :]`), products, M > 10 ? 10 : 5)],
        marks: {}, same: ['x'], at, data: { feeds: M },
      };
    }
    const [FN, OH, OW] = layer.output, [, C, FH, FW] = layer.filter, { stride, padding } = layer, fed = [];
    for (let k = FH - 1; k >= 0; k--) {
      for (let l = FW - 1; l >= 0; l--) {
        const i = (row + padding - k) / stride, j = (column + padding - l) / stride;
        const fits = Number.isInteger(i) && Number.isInteger(j) && i >= 0 && i < OH && j >= 0 && j < OW;
        if (fits) fed.push({ i, j, product: x[at] * w[(c * FH + k) * FW + l] });
      }
    }
    const is = fed.map(f => f.i), js = fed.map(f => f.j), [i, j] = [Math.min(...is), Math.min(...js)];
    const rectangle = { i, j, h: Math.max(...is) - i + 1, w: Math.max(...js) - j + 1 };
    const marks = Array.from({ length: FN }, (_, c) => ({ ...rectangle, c, kind: 'fed' }));
    const follows = network.layers.slice(0, 3).filter(s => ['conv', 'bias', 'relu'].includes(s.kind));
    return {
      title, says: say('feeds', fed.length, FN, layer.name),
      parts: [pixel, fed.length ? grid(say('xTimes', FN > 1 ? `${layer.w}[0]` : layer.w),
        fed.map(f => f.product), rectangle.w) : null],
      marks: fed.length ? Object.fromEntries(follows.map(s => [s.name, marks])) : {}, same: ['x'], at,
      data: { feeds: fed.length * FN, window: [rectangle.i, rectangle.j, rectangle.h, rectangle.w].join(',') },
    };
  };

  // {title, says, parts, marks, same, at, data} for number `at` of the step `name`.
  const explain = (figure, name, at) => {
    const { kind } = figure.steps[name];
    if (kind === 'input') return explainPixel(figure, at);
    if (kind === 'softmax') return explainSoftmax(figure, at);
    if (kind.endsWith('_pool')) return explainPool(figure, name, at);
    return chain(figure.steps, name).first.kind === 'conv' ? explainConv(figure, name, at) : explainAffine(figure, name, at);
  };
  Object.assign(Live, { explain, subscript, indexOf, triple });
})(globalThis.Live ??= {});
