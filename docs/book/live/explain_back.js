// Where a gradient comes from.
(function (Live) { 'use strict';
  const { say, grid, lines, subscript, indexOf, triple, sum } = Live;

  // The number of the gradient at the logits: y - t.
  const difference = (figure, name, at) => {
    const y = figure.steps.y.data[at], t = at === figure.target() ? 1 : 0;
    const rows = [['y', y], ['− t', -t], [`= ${name}`, y - t, true]];
    return { says: say('backLogit', figure.data.classes[at]), rows, sum: y - t };
  };

  // dw[d, m] = x[d] dz[m]
  const affineWeight = (figure, layer, name, at) => {
    const M = layer.output[0], d = Math.floor(at / M), m = at % M, g = figure.gradients();
    const x = figure.steps[layer.from].data[d], dz = g['d' + layer.name][m];
    return {
      title: subscript(name, [d, m]), says: say('backWeight', subscript(layer.from, indexOf(d, layer.input)), m),
      rows: [[subscript(layer.from, indexOf(d, layer.input)), x], [`× ${subscript('d' + layer.name, [m])}`, dz],
        [`= ${subscript(name, [d, m])}`, x * dz, true]], sum: x * dz,
    };
  };

  // dx[d] = sum over m of dz[m] w[d, m]
  const throughAffine = (figure, layer, at) => {
    const M = layer.output[0], dz = figure.gradients()['d' + layer.name], w = figure.network.arrays[layer.w].data;
    const row = Float64Array.from({ length: M }, (_, m) => w[at * M + m]), products = dz.map((d, m) => d * row[m]);
    const columns = M > 81 ? Live.tiled([M])[2] : 5;
    return {
      says: say('backUnits', M, layer.w), parts: [grid('d' + layer.name, dz, columns),
        grid(subscript(layer.w, [at, ':']), row, columns), grid(say('products'), products, columns)],
      rows: [[say('sumOf', M), sum(products), true]], sum: sum(products),
    };
  };

  const throughGate = (figure, layer, at) => {
    const h = figure.steps[layer.name].data[at], dh = figure.gradients()['d' + layer.name][at];
    const sigmoid = layer.kind === 'sigmoid', slope = sigmoid ? h * (1 - h) : Number(h > 0);
    return {
      says: say(sigmoid ? 'backSigmoid' : h > 0 ? 'gateOpen' : 'gateClosed', layer.name),
      rows: [[layer.name, h], ['d' + layer.name, dh], [say(sigmoid ? 'slope' : 'gate'), slope],
        [say('product'), dh * slope, true]], sum: dh * slope,
    };
  };

  const throughPool = (figure, layer, at) => {
    const { peaks } = figure.steps[layer.name], dout = figure.gradients()['d' + layer.name], rows = [];
    const share = peaks ? 1 : 1 / (layer.size * layer.size);
    Live.eachPooled(layer, (k, pixel) => {
      if (pixel !== at || (peaks && peaks[k] !== at)) return;
      rows.push([`${subscript('d' + layer.name, indexOf(k, layer.output))}${peaks ? '' : ` / ${1 / share}`}`, share * dout[k]]);
    });
    const total = sum(rows.map(row => row[1]));
    rows.push([say('sumOf', rows.length), total, true]);
    return { says: say(!peaks ? 'poolShare' : rows.length > 1 ? 'poolPeak' : 'poolOther'), rows, sum: total };
  };

  const biasGradient = (figure, layer, name, at) => {
    const d = figure.gradients(), dz = d['d' + layer.name], length = d[name].length, [, H, W] = layer.output;
    if (length === dz.length) {
      return { says: say('backBias'), rows: [[subscript('d' + layer.name, indexOf(at, layer.output)), dz[at], true]], sum: dz[at] };
    }
    const own = dz.subarray(at * H * W, (at + 1) * H * W);
    return {
      title: subscript(name, [at]), says: say('backBiasSum', H * W), parts: [grid(subscript('d' + layer.name, [at]), own, W)],
      rows: [[say('sumOf', H * W), sum(own), true]], sum: sum(own),
    };
  };

  // The part of x that lies under the delta when it is laid on at (k, l): (OH, OW).
  const under = (x, layer, c, k, l) => {
    const [, H, W] = layer.input, [, OH, OW] = layer.output, { stride, padding } = layer;
    return Float64Array.from({ length: OH * OW }, (_, at) => {
      const row = stride * Math.floor(at / OW) + k - padding, column = stride * (at % OW) + l - padding;
      return row >= 0 && row < H && column >= 0 && column < W ? x[(c * H + row) * W + column] : 0;
    });
  };

  // dw[n,c,k,l]: the image under the delta, times the delta.
  const filterGradient = (figure, layer, name, at) => {
    const [, C, FH, FW] = layer.filter, [, OH, OW] = layer.output;
    const n = Math.floor(at / (C * FH * FW)), c = Math.floor(at / (FH * FW)) % C, [k, l] = [Math.floor(at / FW) % FH, at % FW];
    const part = under(figure.steps[layer.from].data, layer, c, k, l);
    const delta = figure.gradients()[layer.delta].subarray(n * OH * OW, (n + 1) * OH * OW);
    const products = part.map((v, p) => v * delta[p]);
    return {
      title: subscript(name, layer.output[0] === 1 && C === 1 ? [k, l] : [n, c, k, l]), says: say('backFilter', k, l),
      parts: [grid(layer.from, part, OW, { ink: layer.from === 'x' }), grid(layer.delta, delta, OW),
        grid(say('products'), products, OW)],
      rows: [[say('sumOf', OH * OW), sum(products), true]], sum: sum(products),
      data: { window: [layer.stride === 1 ? k : k - layer.padding, l, OH, OW].join(',') },
    };
  };

  // dx[c,i,j]: every window that the pixel was in sends back its delta times the weight.
  const throughConv = (figure, layer, at) => {
    const [, C, FH, FW] = layer.filter, [FN, OH, OW] = layer.output, { stride, padding } = layer;
    const [c, row, column] = triple(at, layer.input), w = figure.network.arrays[layer.w].data;
    const delta = figure.gradients()['d' + layer.name], each = [];
    for (let n = 0; n < FN; n++) {
      const products = [];
      for (let k = 0; k < FH; k++) {
        for (let l = 0; l < FW; l++) {
          const i = (row + padding - k) / stride, j = (column + padding - l) / stride;
          const fits = Number.isInteger(i) && Number.isInteger(j) && i >= 0 && i < OH && j >= 0 && j < OW;
          products.push(fits ? delta[(n * OH + i) * OW + j] * w[((n * C + c) * FH + k) * FW + l] : 0);
        }
      }
      each.push({ n, products, sum: sum(products) });
    }
    const best = each.reduce((a, b) => (Math.abs(b.sum) > Math.abs(a.sum) ? b : a)), total = sum(each.map(e => e.sum));
    return {
      says: say('backPixel', layer.w, FN),
      parts: [grid(say('backProducts', subscript(layer.delta, [best.n]), layer.w), best.products, FW)],
      rows: [...(FN > 1 ? [[say('sumOfFilter', best.n), best.sum]] : []), [say('sumOf', FN * FH * FW), total, true]], sum: total,
    };
  };

  const through = {
    affine: throughAffine, relu: throughGate, sigmoid: throughGate, conv: throughConv,
    max_pool: throughPool, average_pool: throughPool,
  };

  // The same as `explain`, for the gradient called `name`.
  const explainBack = (figure, name, at) => {
    const { layers } = figure.network, logits = figure.steps.y.from;
    const ofWeight = layers.find(layer => layer.kind !== 'bias' && 'd' + layer.w === name);
    const ofBias = layers.find(layer => layer.kind === 'bias' && 'd' + layer.b === name);
    const next = layers.find(layer => 'd' + layer.from === name && layer.kind !== 'bias');
    const found = name === 'd' + logits ? difference(figure, name, at)
      : ofWeight ? (ofWeight.kind === 'affine' ? affineWeight : filterGradient)(figure, ofWeight, name, at)
        : ofBias ? biasGradient(figure, ofBias, name, at) : through[next.kind](figure, next, at);
    const shape = ofBias ? (ofBias.bias === 'position' ? ofBias.output : [1]) : (figure.steps[name.slice(1)]?.output ?? [1]);
    return {
      title: subscript(name, indexOf(at, shape)), marks: {}, same: [name], at, ...found,
      parts: [Live.el('div', 'parts', {}, found.parts ?? []), lines(...found.rows)],
      data: { sum: found.sum, ...found.data },
    };
  };
  Object.assign(Live, { explainBack, under });
})(globalThis.Live ??= {});
