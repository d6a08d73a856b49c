// The panel that says where the chosen number comes from, and the frames that go with it.
(function (Live) { 'use strict';
  const { el, say } = Live;

  // {element, show, sheets, choose, example}: `explain(figure, name, at)` gives what is shown. Sheets
  // that are added by name get their frames.
  const inspector = (figure, explain, hint) => {
    const body = el('div', 'body'), guide = el('p', 'guide', {}, hint); // until somebody has chosen
    const element = el('aside', 'inspector', { 'aria-label': say('inspector'), 'aria-live': 'polite' }, guide, body);
    const sheets = {};
    let chosen = null, waiting = 0;

    const show = () => {
      if (!chosen) return;
      const { title, says, parts, marks, same, at, data } = explain(figure, ...chosen);
      body.replaceChildren(el('h4', '', {}, el('code', '', {}, title)), el('p', 'guide', {}, says),
        ...parts.filter(Boolean));
      for (const key of Object.keys(element.dataset)) delete element.dataset[key];
      Object.assign(element.dataset, { step: chosen[0], at, title, ...data });
      for (const [name, sheet] of Object.entries(sheets)) {
        if (same.includes(name)) sheet.markNumber(at, marks[name] ?? []);
        else sheet.mark(marks[name] ?? []);
      }
    };
    // New numbers are explained four times a second, which is enough to read them while one draws.
    const follow = () => {
      waiting ||= setTimeout(() => { waiting = 0; show(); }, Live.PAUSE);
    };
    const example = (name, at) => { chosen = [name, at]; };
    const choose = (name, at) => {
      guide.remove();
      example(name, at);
      show();
    };
    return { element, sheets, show: follow, choose, example };
  };
  Object.assign(Live, { inspector });
})(globalThis.Live ??= {});
