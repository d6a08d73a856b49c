// English.
'use strict';
(function (Live) {
  (Live.words ??= {}).en = {
    noArray: 'It holds no array “{0}”, only: {1}.',
    wrongShape: 'Its array “{0}” has the shape {1} and belongs to another network.',
    unknownLayer: 'This page cannot draw a layer of the kind “{0}”.',
  };
})(globalThis.Live ??= {});
