// Numbers that can be read: small coloured grids, and bars to both sides of zero.
(function (Live) { 'use strict';
  const { el } = Live;
  const MOST = 81; // numbers that are written out; more are only coloured

  // `values` in rows of `columns`, under a title: digits on colours, or a picture if there are
  // too many. `strong` is the index of the number with a frame.
  const grid = (title, values, columns, { largest = Live.largestSize(values), ink = false, strong = -1 } = {}) => {
    const rows = Math.ceil(values.length / columns);
    const figure = el('figure', 'numbers', {}, el('figcaption', '', {}, title));
    if (values.length > MOST) {
      const size = Math.max(1, Math.min(5, Math.floor(150 / columns)));
      const map = Live.sheet({ name: 'part', shape: [1, rows, columns], size, ink, label: title });
      map.layout(150);
      map.draw(values, largest);
      figure.append(map.element);
      return figure;
    }
    const cells = Array.from(values, (v, k) => {
      const cell = el('span', k === strong ? 'strong' : '', {}, short(v));
      const shade = Math.round(255 * (1 - Math.max(0, Math.min(1, v))));
      cell.style.background = ink ? `rgb(${shade} ${shade} ${shade})` : Live.css(v, largest);
      cell.style.color = ink ? (shade < 128 ? '#fff' : '#111') : Live.textOn(v, largest);
      return cell;
    });
    const table = el('div', 'cells', {}, cells);
    table.style.gridTemplateColumns = `repeat(${columns}, 1fr)`;
    figure.append(table);
    return figure;
  };

  // Two digits or so, to fit into a cell.
  const short = v => {
    if (v === 0) return '0';
    const size = Math.abs(v);
    const text = size >= 100 ? v.toFixed(0) : size >= 10 ? v.toFixed(1) : size < 0.005 ? v.toExponential(0)
      : v.toFixed(2).replace(/^(-?)0\./, '$1.');
    return text.replace(/-/g, '−');
  };

  // A bar for each class, of probabilities, or `signed`, with zero in the middle; `choose` is
  // called with the number of the one that is pointed at.
  const bars = (names, title, { signed = false, choose = null } = {}) => {
    const rows = names.map((label, k) => {
      const fill = el('i'), value = el('span', 'value');
      const row = el('li', '', choose ? { tabIndex: 0 } : {},
        el('b', '', {}, label), el('span', 'bar', {}, fill), value);
      if (choose) for (const event of ['pointerenter', 'focus', 'click']) row.addEventListener(event, () => choose(k));
      return { row, fill, value };
    });
    const kind = signed ? 'bars signed' : choose ? 'bars steps' : 'bars';
    const element = el('ol', kind, { 'aria-label': title }, rows.map(({ row }) => row));
    if (choose) element.dataset.step = title;
    // `values` null: nothing is known. The guess and the right answer are marked.
    const show = Live.whenSeen(element, (values, guess = -1, right = -1) => {
      const largest = signed ? Live.largestSize(values) || 1 : 1;
      rows.forEach(({ row, fill, value }, k) => {
        const v = values ? values[k] : 0;
        fill.style.transform = `scaleX(${(v / largest).toFixed(3)})`;
        fill.classList.toggle('below', v < 0);
        Live.write(value, !values ? '–' : choose ? Live.number(v) : Live.percent(v));
        row.classList.toggle('guess', k === guess);
        row.classList.toggle('right', k === right);
      });
    });
    const markNumber = at => rows.forEach(({ row }, k) => row.classList.toggle('chosen', k === at));
    return { element, show, markNumber, mark: () => markNumber(-1) };
  };

  // Lines of a sum: [[words, number], ...]; the last is the result.
  const lines = (...all) => el('dl', 'lines', {}, all.filter(Boolean).flatMap(([words, v, strong]) => [
    el('dt', strong ? 'strong' : '', {}, words),
    el('dd', strong ? 'strong' : '', {}, typeof v === 'number' ? Live.number(v) : v)]));
  Object.assign(Live, { grid, bars, lines });
})(globalThis.Live ??= {});
