// Japanese.
'use strict';
(function (Live) {
  (Live.words ??= {}).ja = {
    noArray: '配列「{0}」がありません。入っているのは {1} です。',
    wrongShape: '配列「{0}」の形状が {1} で、別のネットワークのものです。',
    unknownLayer: '「{0}」という種類の層は、このページでは描けません。',
  };
})(globalThis.Live ??= {});
