// What the figure shows now, and when it is computed: once a frame at most, and only what has
// changed.
(function (Live) { 'use strict';
  // The state of a figure: data, network, the image, the right answer.
  const figure = (element, data) => {
    const views = [], original = Live.arrays(data.arrays);
    const self = {
      element, data, views, original,
      network: Live.network(data, original), // a copy, which learns when a step is taken
      pixels: null, // (784) from 0 to 1, what the network reads; null: nothing is drawn
      label: null, // the right answer, as far as somebody has said it
      steps: null, // of the forward pass
      version: 0, // counts forward passes, so that others know when to compute again
    };
    let frame = 0, dirty = true, take = null, backward = null, backwardVersion = -1;

    // Computes what is dirty and draws the views on the screen.
    const update = () => {
      frame = 0;
      if (dirty) {
        dirty = false;
        self.version++;
        if (take) self.pixels = take();
        take = null;
        const pixels = self.pixels ?? new Float64Array(Live.product(data.input.shape));
        self.steps = self.network.forward(Live.input(data, pixels));
        const y = self.steps.y.data, guess = self.pixels ? Live.largest(y) : null;
        self.guess = guess;
        element.dataset.predicted = guess === null ? '' : data.classes[guess];
        element.dataset.state = self.pixels ? 'drawn' : 'empty';
      }
      for (const view of views) if (!view.element.closest('[hidden]')) view.update(self);
    };

    // The next frame draws; `what` is 'view' if the image and the network are as they were.
    const changed = what => {
      if (what !== 'view') dirty = true;
      if (!frame) frame = requestAnimationFrame(update);
    };

    // The answer that gradients are taken for: what was chosen, else the guess.
    const target = () => self.label ?? self.guess ?? 0;
    const gradients = () => {
      const key = self.version * 100 + target();
      if (key !== backwardVersion) {
        backward = self.network.backward(self.steps, target());
        backwardVersion = key;
      }
      return backward;
    };

    // `pixels` may be a function, which is called in the next frame.
    const setPixels = (pixels, label = null) => {
      take = typeof pixels === 'function' ? pixels : () => pixels;
      self.label = label;
      changed();
    };
    const setLabel = label => { self.label = label; changed(); };
    const setNetwork = network => { self.network = network; changed(); };
    // The parameters as they came.
    const reset = () => setNetwork(Live.network(data, self.original));

    return Object.assign(self, { update, changed, target, gradients, setPixels, setLabel, setNetwork, reset });
  };

  // An update of a view that draws only when there is a new forward pass.
  const onNew = draw => {
    let drawn = -1;
    return figure => {
      if (drawn !== figure.version) draw(figure);
      drawn = figure.version;
    };
  };

  // The largest size of a number among steps that share a scale.
  const scale = (steps, names) => Math.max(
    ...names.map(name => steps[name].most ??= Live.largestSize(steps[name].data)));
  Object.assign(Live, { figure, onNew, scale });
})(globalThis.Live ??= {});
