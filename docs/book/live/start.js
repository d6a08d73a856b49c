// The whole figure in one element.
'use strict';
(function (Live) {
  // Builds the figure of `data` in `element`, with words in `language` ('en' or 'ja').
  const start = (element, data, language) => {
    Live.language = language;
    element.classList.add('live');
    element.dataset.ready = 'yes';
  };

  Object.assign(Live, { start });
})(globalThis.Live ??= {});
