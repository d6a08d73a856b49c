// Small helpers to build a page: elements, buttons, sliders, numbers as text.
(function (Live) { 'use strict';
  const PAUSE = 250; // milliseconds between changes that need not be in every frame
  // An element with a class, properties and children; a string becomes text.
  const el = (tag, name, properties, ...children) => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    for (const [key, value] of Object.entries(properties ?? {})) {
      if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
      else if (key.includes('-') || key === 'role' || key === 'for') element.setAttribute(key, value);
      else element[key] = value;
    }
    element.append(...children.flat().filter(child => child !== null && child !== undefined));
    return element;
  };

  // The same of a drawing; its namespace is that of an <svg> that the browser has read.
  const svg = (tag, attributes, ...children) => {
    const { namespaceURI } = Object.assign(document.createElement('p'), { innerHTML: '<svg/>' }).firstChild;
    const element = document.createElementNS(namespaceURI, tag);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };

  const button = (text, click, name = '') => el('button', name, { type: 'button', onclick: click }, text);

  // A slider with its name before and its value behind; `input` is called with each value.
  const slider = (name, { min, max, step, value, show = String }, input) => {
    const text = el('output', 'value', {}, show(value));
    const range = el('input', '', { type: 'range', min, max, step, 'aria-label': name });
    range.value = value;
    range.addEventListener('input', () => {
      text.textContent = show(Number(range.value));
      input(Number(range.value));
    });
    const set = value => {
      range.value = value;
      text.textContent = show(Number(range.value));
    };
    return { element: el('label', 'slider', {}, el('span', '', {}, name), range, text), range, set };
  };

  // Buttons of which one is pressed; `choose` is called with its number.
  const choice = (name, labels, chosen, choose) => {
    const press = k => buttons.forEach((b, m) => b.setAttribute('aria-pressed', String(m === k)));
    const buttons = labels.map((label, k) => button(label, () => { press(k); choose(k); }));
    press(chosen);
    return { element: el('div', 'choice', { role: 'group', 'aria-label': name }, buttons), press };
  };

  // 0.123, −4.56, 1.2e−5: enough digits to follow a sum.
  const number = v => {
    if (!Number.isFinite(v)) return String(v);
    const size = Math.abs(v);
    const text = v === 0 ? '0' : size >= 1000 || size < 0.0005 ? v.toExponential(1)
      : v.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : 3);
    return text.replace(/-/g, '−');
  };

  // Changes the text of an element only where it differs, since a change lays the page out anew.
  const write = (element, text) => { if (element.textContent !== text) element.textContent = text; };

  // `draw`, which is called at once while `element` is on the screen; elsewhere a few times a second
  // are enough, for who hears the page.
  const whenSeen = (element, draw) => {
    let visible = true, wanted = null, waiting = 0;
    const now = () => {
      waiting = clearTimeout(waiting);
      if (wanted) draw(...wanted);
      wanted = null;
    };
    new IntersectionObserver(entries => {
      visible = entries[entries.length - 1].isIntersecting;
      if (visible) now();
    }).observe(element);
    return (...values) => {
      wanted = values;
      if (visible) now();
      else waiting ||= setTimeout(now, PAUSE);
    };
  };

  const percent = p => `${(100 * p).toFixed(1)} %`;

  // A title, a line of guidance and whatever follows.
  const card = (title, guidance, ...children) => el('section', 'card', {},
    el('h4', '', {}, title), guidance ? el('p', 'guide', {}, guidance) : null, ...children);

  // An element under a few words.
  const captioned = (words, ...children) => el('div', '', {}, el('p', 'caption', {}, words), ...children);

  // Whether animations should stay still until somebody moves them.
  const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

  // Buttons to play frames 0 to count - 1, which are counted from `first`, and a slider; `show`
  // is called with each frame.
  const player = (name, count, milliseconds, show, first = 1) => {
    let timer = 0;
    const go = k => { bar.set(k); show(k); };
    const stop = () => {
      clearInterval(timer);
      timer = 0;
      toggle.textContent = '▶ ' + Live.say('play');
    };
    const toggle = button('▶ ' + Live.say('play'), () => {
      if (timer) return stop();
      if (Number(bar.range.value) === count() - 1) go(0);
      toggle.textContent = '❚❚ ' + Live.say('pause');
      timer = setInterval(() => {
        const next = Number(bar.range.value) + 1;
        if (next >= count() || !element.isConnected) stop();
        else go(next);
      }, calm() ? 3 * milliseconds : milliseconds);
    });
    const move = d => () => {
      stop();
      go(Math.min(count() - 1, Math.max(0, Number(bar.range.value) + d)));
    };
    const text = k => `${k + first} / ${count() - 1 + first}`;
    const bar = slider(name, { min: 0, max: count() - 1, step: 1, value: 0, show: text },
      k => { stop(); show(k); });
    const back = button('‹', move(-1)), on = button('›', move(1));
    back.setAttribute('aria-label', Live.say('stepBack'));
    on.setAttribute('aria-label', Live.say('stepOn'));
    const element = el('div', 'player', {}, toggle, back, on, bar.element);
    return { element, go, stop, frame: () => Number(bar.range.value), range: bar.range };
  };
  Object.assign(Live, { el, svg, button, slider, choice, number, write, whenSeen, percent, card, captioned, calm, player, PAUSE });
})(globalThis.Live ??= {});
