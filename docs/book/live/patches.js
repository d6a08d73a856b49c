// im2col: every patch becomes a row of a matrix; col2im adds the rows back.
(function (Live) { 'use strict';
  const { el, say, card, grid, number } = Live;

  const patchesView = figure => {
    const layer = figure.network.layers[0], { stride, padding } = layer;
    const [C, H, W] = layer.input, [FN, OH, OW] = layer.output, [, , FH, FW] = layer.filter;
    const places = OH * OW, taps = C * FH * FW;
    let cols = null;

    // The patch in whose middle the pixel lies, as nearly as there is one.
    const nearest = at => {
      const along = (v, f, n) => Math.max(0, Math.min(n - 1, Math.round((v + padding - (f - 1) / 2) / stride)));
      return along(Math.floor(at / W) % H, FH, OH) * OW + along(at % W, FW, OW);
    };
    const choose = k => { frames.stop(); frames.go(k); };
    const sheet = options => Live.sheet({ choose: at => choose(options.place(at)), ...options });
    const image = sheet({ name: 'x', shape: [C, H, W], size: 8, ink: true, label: say('patchImage'), place: nearest });
    const matrix = sheet({
      name: 'cols', shape: [1, taps, places], size: 1, tall: Math.max(1, Math.round(110 / taps)), ink: true,
      label: say('patchMatrix', places, taps), place: at => at % places,
    });
    const counts = sheet({ name: 'counts', shape: [C, H, W], size: 8, label: say('patchCounts'), place: nearest });
    const row = el('div', 'scroll'), text = el('p', 'result', { role: 'status' }), added = el('p', 'result');

    const show = position => {
      const [i, j] = [Math.floor(position / OW), position % OW];
      const [top, left] = [stride * i - padding, stride * j - padding];
      const patch = cols.subarray(position * taps, (position + 1) * taps);
      const frame = Array.from({ length: C }, (_, c) => ({ c, i: top, j: left, h: FH, w: FW }));
      image.mark(frame);
      counts.mark(frame);
      matrix.mark([{ i: 0, j: position, h: taps, kind: 'place' }]);
      const f = figure.network.arrays[layer.w].data.subarray(0, taps), products = patch.map((v, k) => v * f[k]);
      const of = FN > 1 ? `${layer.w}[0]` : layer.w;
      row.replaceChildren(grid(`cols[${position}, :]`, patch, taps, { ink: true }),
        grid(`× ${of}`, Float64Array.from(f), taps));
      const c = Live.subscript(layer.name, FN > 1 ? [0, i, j] : [i, j]);
      text.textContent = `cols[${position}, :] · ${of} = ${c} = ${number(Live.sum(products))}`;
      // All rows so far, each number a 1, added back where they came from.
      const ones = new Float64Array(places * taps).fill(1, 0, (position + 1) * taps), sums = Live.col2im(ones, layer);
      counts.draw(sums, FH * FW);
      added.textContent = say('countsSoFar', position + 1, Math.max(...sums));
      Object.assign(element.dataset, { position, patch: Array.from(patch).join(' ') });
    };
    const frames = Live.player(say('position'), () => places, 60, show);
    const element = el('div', 'patches', {}, frames.element, el('div', 'flow', {},
      card(`x (${C}, ${H}, ${W})`, say('patchImageGuide', FH, FW), image.element),
      card(`cols (${places}, ${taps})`, say('patchMatrixGuide', places, taps), matrix.element, row, text),
      card('col2im', say('patchCountsGuide'), counts.element, added)));
    Live.fit(element, [image, matrix, counts]);
    frames.range.value = Math.floor(places / 2 + OW / 2);
    const update = Live.onNew(() => {
      const x = figure.steps.x.data;
      cols = Live.im2col(x, layer);
      image.draw(figure.pixels ?? x);
      matrix.draw(Live.transpose(cols, places, taps));
      frames.go(frames.frame());
    });
    return { element, update };
  };
  Object.assign(Live, { patchesView });
})(globalThis.Live ??= {});
