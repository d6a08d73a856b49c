// Words on the page, one table for each language; {0}, {1} stand for what changes.
(function (Live) { 'use strict';
  const words = Live.words ??= {};

  // The words under `key` in the language of the page.
  const say = (key, ...values) => {
    const text = words[Live.language ?? 'en'][key];
    if (text === undefined) throw new Error(`words: no "${key}" in ${Live.language}`);
    return text.replace(/\{(\d)\}/g, (_, k) => values[k]);
  };
  // What a thing with an English name, such as a class, is called in that language.
  const named = name => words[Live.language ?? 'en'].names?.[name] ?? name;
  Object.assign(Live, { say, named });
})(globalThis.Live ??= {});
