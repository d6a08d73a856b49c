// Words on the page, one table for each language; {0}, {1} stand for what changes.
(function (Live) { 'use strict';
  const words = Live.words ??= {};

  // The words under `key` in the language of the page.
  const say = (key, ...values) => {
    const text = words[Live.language ?? 'en'][key];
    if (text === undefined) throw new Error(`words: no "${key}" in ${Live.language}`);
    return text.replace(/\{(\d)\}/g, (_, k) => values[k]);
  };
  Object.assign(Live, { say });
})(globalThis.Live ??= {});
