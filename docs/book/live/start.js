// The whole figure in one element: head, tabs, and a place for the reader's own parameters.
(function (Live) { 'use strict';
  const { el, say } = Live;

  const VIEWS = ['forward', 'back', 'patches', 'training', 'fool'];

  // Tabs with a panel for each view, which is built when it is first opened.
  const tabs = (figure, names) => {
    const panels = names.map(() => el('div', 'panel', { role: 'tabpanel', hidden: true, tabIndex: -1 }));
    const open = k => {
      buttons.forEach((b, m) => {
        b.setAttribute('aria-selected', String(m === k));
        b.tabIndex = m === k ? 0 : -1;
        panels[m].hidden = m !== k;
      });
      if (!panels[k].firstChild) {
        const view = Live[names[k] + 'View'](figure);
        figure.views.push(view);
        panels[k].append(el('p', 'lead', {}, say('lead_' + names[k])), view.element);
      }
      figure.changed('view');
    };
    const buttons = names.map((name, k) => el('button', '', {
      type: 'button', role: 'tab', onclick: () => open(k), 'data-tab': name,
      onkeydown: event => {
        const to = { ArrowRight: k + 1, ArrowLeft: k - 1 }[event.key];
        if (to === undefined || !buttons[to]) return;
        open(to);
        buttons[to].focus();
      },
    }, say('tab_' + name)));
    panels.forEach((panel, k) => panel.setAttribute('aria-label', say('tab_' + names[k])));
    open(0);
    return el('div', 'tabs', {}, el('div', 'tablist', { role: 'tablist', 'aria-label': say('tabs') }, buttons), panels);
  };

  // Builds the figure of `data` in `element`, with words in `language` ('en' or 'ja').
  const start = (element, data, language) => {
    Live.language = language;
    element.classList.add('live');
    element.lang = language;
    const figure = Live.figure(element, { ...data, classes: data.classes.map(Live.named) });
    const head = Live.head(figure);
    figure.views.push(head);
    const views = VIEWS.filter(name => (name !== 'training' || data.history?.length > 1)
      && (name !== 'patches' || figure.network.layers[0].kind === 'conv'));
    element.replaceChildren(head.element, head.gallery);
    element.append(tabs(figure, views), Live.ownParameters(figure));
    if (head.first) head.show(head.first);
    element.dataset.ready = 'yes';
    return figure;
  };

  // Every figure of a page, in the page's language. A page of its own, whose data stands in
  // #network-data, begins in the browser's language and has a button for the other one.
  const startAll = () => {
    const page = document.documentElement, own = document.getElementById('network-data');
    const data = Live.data ?? (own && JSON.parse(own.textContent));
    if (own) page.lang = navigator.language.startsWith('ja') ? 'ja' : 'en';
    const build = () => {
      Live.language = page.lang === 'ja' ? 'ja' : 'en';
      for (const element of document.querySelectorAll('[data-live]')) {
        const name = element.dataset.live;
        element.classList.add('live');
        // The book turns its page at an arrow key and opens its list at a swipe.
        for (const event of ['keydown', 'touchstart']) element['on' + event] = event => event.stopPropagation();
        try {
          if (name !== 'network') element.replaceChildren(Live[name]()); // optimisers, batchnorm, dropout
          else if (data) start(element, data, Live.language);
          element.dataset.ready = 'yes';
        } catch (error) {
          element.textContent = error.message; // a sentence about what this page cannot draw
        }
        if (name !== 'network' || !own) continue;
        const [other, words] = Live.language === 'ja' ? ['en', 'English'] : ['ja', '日本語'];
        const button = Live.button(words, () => { page.lang = other; build(); }, 'language');
        button.lang = other;
        button.dataset.part = 'language';
        element.prepend(button);
      }
    };
    build();
  };
  Object.assign(Live, { start, startAll });
})(globalThis.Live ??= {});
