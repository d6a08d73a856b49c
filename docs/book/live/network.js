// A network from its description: forward with every step kept, backward, one step of
// gradient descent, and the numerical gradient.
(function (Live) { 'use strict';
  const { product } = Live;
  const count = shape => [1, 1, 1, ...shape].slice(-4);

  // What the name of a parameter ends in: '1' of w1 and cnn_w1, 'o' of wo, '' of f and w.
  const suffix = name => name.split('_').pop().slice(1);

  // The layers with their shapes, and the name of each step: c, z, h, p as in the lessons.
  const plan = (data, arrays) => {
    let shape = data.input.shape, end = '', from = 'x';
    const steps = [];
    const add = (layer, kind, name, output) => {
      steps.push({ ...layer, kind, name, from, input: shape, output });
      [shape, from] = [output, name];
    };
    for (const layer of data.layers) {
      const need = name => {
        if (!arrays[name]) throw new Error(Live.say('noArray', name, Object.keys(arrays).join(', ')));
        return arrays[name].shape;
      };
      const wrong = (name, found) => {
        throw new Error(Live.say('wrongShape', name, `(${found.join(', ')})`));
      };
      if (layer.kind === 'conv') {
        const filter = count(need(layer.w)), { stride = 1, padding = 0 } = layer;
        const [C, H, W] = shape, [FN, FC, FH, FW] = filter;
        const out = [FN, Live.places(H, FH, stride, padding), Live.places(W, FW, stride, padding)];
        if (FC !== C || !(out[1] > 0 && out[2] > 0)) wrong(layer.w, filter);
        const biases = layer.bias === 'position' ? product(out) : FN;
        if (product(need(layer.b)) !== biases) wrong(layer.b, arrays[layer.b].shape);
        end = suffix(layer.w);
        add({ ...layer, filter, stride, padding, delta: 'dz' + end }, 'conv', 'map' + end, out);
        add(layer, 'bias', 'z' + end, out);
      } else if (layer.kind === 'affine') {
        const [D, M] = need(layer.w);
        if (D !== product(shape)) wrong(layer.w, [D, M]);
        if (product(need(layer.b)) !== M) wrong(layer.b, arrays[layer.b].shape);
        end = suffix(layer.w);
        add(layer, 'affine', 'z' + end, [M]);
      } else if (layer.kind === 'max_pool' || layer.kind === 'average_pool') {
        const [C, H, W] = shape, { size, stride = size } = layer;
        const out = [C, Live.places(H, size, stride, 0), Live.places(W, size, stride, 0)];
        add({ ...layer, stride }, layer.kind, 'p' + end, out);
      } else if (layer.kind === 'relu' || layer.kind === 'sigmoid') {
        add(layer, layer.kind, end === 'h' ? 'h' : 'h' + end, shape);
      } else if (layer.kind !== 'dropout') { // which drops nothing outside of training
        throw new Error(Live.say('unknownLayer', layer.kind));
      }
    }
    return steps;
  };

  // The network that `data` describes, with its own copy of the parameters: in f64, so that a
  // small step is not rounded away, and products meet numbers of one kind only.
  const network = (data, given) => {
    const arrays = Object.fromEntries(Object.entries(given ?? Live.arrays(data.arrays)).map(
      ([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }]));
    const layers = plan(data, arrays);
    const names = layers.flatMap(layer => (layer.kind === 'conv' || layer.kind === 'affine'
      ? [layer.w, layer.b] : []));
    const value = name => arrays[name].data;
    let exchanged = {}; // wT of each convolution, until w changes
    const wT = ({ w, filter: [FN] }) => (exchanged[w] ??= Live.transpose(value(w), FN, value(w).length / FN));

    const run = {
      conv: (x, layer) => ({ out: Live.conv(x, wT(layer), layer) }),
      bias: (c, layer) => ({ out: Live.addBias(c, value(layer.b)) }),
      relu: z => ({ out: Live.relu(z) }),
      sigmoid: z => ({ out: Live.sigmoid(z) }),
      max_pool: (h, layer) => Live.maxPool(h, layer),
      average_pool: (h, layer) => ({ out: Live.averagePool(h, layer) }),
      affine: (h, layer) => ({ out: Live.affine(h, value(layer.w), value(layer.b)) }),
    };

    // Every step by its name, in order: {x, c, z, h, zo, y}; each has kind, shape, data.
    const forward = x => {
      const steps = { x: { name: 'x', kind: 'input', output: data.input.shape, data: x } };
      let last = steps.x;
      for (const layer of layers) {
        const { out, peaks } = run[layer.kind](last.data, layer);
        last = steps[layer.name] = { ...layer, data: out, peaks };
      }
      steps.y = {
        name: 'y', kind: 'softmax', from: last.name, output: last.output, input: last.output,
        data: Live.softmax(last.data),
      };
      return steps;
    };

    const logits = steps => steps[steps.y.from].data;
    const loss = (x, label) => Live.crossEntropy(logits(forward(x)), label);

    // Gradients by name for the right answer `label`: of every parameter, every step and x.
    const backward = (steps, label) => {
      const gradients = {};
      // dz = y - t: softmax and cross-entropy together
      let d = steps.y.data.map((y, k) => y - (k === label ? 1 : 0));
      for (const layer of [...layers].reverse()) {
        const { data: out, peaks } = steps[layer.name], x = steps[layer.from].data;
        gradients['d' + layer.name] = d;
        if (layer.kind === 'affine') {
          const { dx, dw } = Live.affineBackward(d, x, value(layer.w));
          gradients['d' + layer.b] = d;
          gradients['d' + layer.w] = dw;
          d = dx;
        } else if (layer.kind === 'relu') {
          d = Live.reluBackward(d, out);
        } else if (layer.kind === 'sigmoid') {
          d = Live.sigmoidBackward(d, out);
        } else if (layer.kind === 'max_pool') {
          d = Live.maxPoolBackward(d, peaks, x.length);
        } else if (layer.kind === 'average_pool') {
          d = Live.averagePoolBackward(d, layer);
        } else if (layer.kind === 'bias') {
          gradients['d' + layer.b] = Live.biasBackward(d, value(layer.b).length);
        } else {
          const { dx, dw } = Live.convBackward(d, x, value(layer.w), layer);
          gradients['d' + layer.w] = dw;
          d = dx;
        }
      }
      gradients.dx = d;
      return gradients;
    };

    // w = w - rate dw for every parameter
    const step = (gradients, rate) => {
      exchanged = {};
      for (const name of names) {
        const w = value(name), dw = gradients['d' + name];
        for (let k = 0; k < w.length; k++) w[k] -= rate * dw[k];
      }
    };

    // (loss(w + e) - loss(w - e)) / 2 e for one number of a parameter, which is put back.
    const nudge = (x, label, name, at, e) => {
      const w = value(name), before = w[at];
      const lossAt = v => {
        w[at] = v;
        exchanged = {};
        return loss(x, label);
      };
      const more = lossAt(before + e), less = lossAt(before - e);
      w[at] = before;
      exchanged = {};
      return { more, less, slope: (more - less) / (2 * e) };
    };

    return { data, arrays, layers, names, forward, backward, step, loss, nudge, logits };
  };

  const plain = named => Object.fromEntries(
    Object.entries(named).map(([name, values]) => [name, Array.from(values)]));

  // What a test compares with Rust, as plain numbers. `x` is the network's input.
  const test = {
    logits: (network, x) => Array.from(network.logits(network.forward(x))),
    gradients: (network, x, label) => plain(network.backward(network.forward(x), label)),
    // The parameters after a step; the network itself stays.
    step: (network, x, label, rate) => {
      const copy = Live.network(network.data, network.arrays);
      copy.step(copy.backward(copy.forward(x), label), rate);
      return plain(Object.fromEntries(copy.names.map(name => [name, copy.arrays[name].data])));
    },
    // The arrays of a .npz: {name: {shape, data}}; a sentence is thrown if it is damaged.
    npz: async bytes => Object.fromEntries(Object.entries(await Live.npz(bytes)).map(
      ([name, { shape, data }]) => [name, { shape, data: Array.from(data) }])),
  };
  Object.assign(Live, { network, test });
})(globalThis.Live ??= {});
