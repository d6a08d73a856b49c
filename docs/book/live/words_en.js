// English.
'use strict';
(function (Live) {
  (Live.words ??= {}).en = {
    noArray: 'It holds no array “{0}”, only: {1}.',
    wrongShape: 'Its array “{0}” has the shape {1} and belongs to another network.',
    unknownLayer: 'This page cannot draw a layer of the kind “{0}”.',

    draw: '1  Draw a digit',
    drawOther: '1  Draw, or choose below',
    padLabel: 'Paper. Draw with the mouse or a finger; or move the pen with the arrow keys, '
      + 'put it down and lift it with the space bar, undo with Backspace, clear with Delete',
    undo: 'Undo', clear: 'Clear', file: 'From a file …',
    noPicture: '{0} is no picture that the browser can read; choose a PNG or a JPEG.',
    sees: '2  What the network sees',
    seenLabel: 'The digit in 28 × 28 pixels, centred',
    seesGuide: '28 × 28 pixels, centred as MNIST’s digits are.',
    reads: '3  How it is read',
    bars: 'Probability of each class',
    samples: 'Images of the test set', sample: 'Image of the test set: {0}', others: 'Others',
    empty: 'Nothing is drawn yet. Draw on the paper, or choose an image below.',
    readAs: 'Read as {0}, with {1}.',
    readRight: 'This is {0}, and it is read as {1}.',
    readWrong: 'This is {0}, but it is read as {1}.',

    tabs: 'Views', tab_forward: 'Forward', tab_back: 'Back', tab_patches: 'im2col',
    tab_training: 'Training', tab_fool: 'Try to fool it',
    lead_forward: 'From the image to ten probabilities, step by step. Red is above zero, blue below, white is zero.',
    play: 'Play', pause: 'Pause', stepBack: 'One step back', stepOn: 'One step on',

    inspector: 'Where the chosen number comes from',
    forwardHint: 'Point at any number of a map, or tap it, or move through a map with the arrow keys: '
      + 'here you see how it was computed.',
    mapLabel: '{0}, shape {1}. Arrow keys choose a number, Page Up and Page Down a map',
    parameter: 'Parameter {0}',
    filters: 'the filter {0}', biases: 'the biases {0}, one for each position',
    weightImages: '{0} weight images, each times the image',
    step_input: 'The image. Every pixel from 0 (white) to 1 (black).',
    step_conv: 'The filter slides over its input; at each position, products are added up.',
    step_bias: 'A bias is added.',
    step_relu: 'What is below zero becomes 0.',
    step_sigmoid: 'Every number is squeezed between 0 and 1.',
    step_max_pool: 'Only the largest number of each window stays.',
    step_affine: 'Every output is a sum over all inputs, each times its weight.',
    step_softmax: 'Logits become probabilities, which add up to 1.',

    products: 'products', channel: 'Channel', channels: 'It has {0} channels. Sums of each:',
    explainConv: 'A window of {0}, {1} × {2}, times the filter, number by number:',
    explainUnit: 'Unit {0} takes all {2} numbers of {1}, each times its weight. The strongest five:',
    explainLogit: 'The logit of {0} takes all {2} numbers of {1}, each times its weight. The strongest five:',
    explainPool: 'The largest of {0} × {0} numbers of {1}:',
    explainSoftmax: 'The probability of {0}:',
    sumOfProducts: 'sum of {1} products = {0}', sumOfAll: 'sum of all {1} products = {0}',
    bias: '+ {0}', sumAndBias: '= {0}', relu: 'ReLU: {0} = max(…, 0)', sigmoid: 'sigmoid: {0}',
    positive: 'all products above zero', negative: 'all products below zero',
    largest: 'the largest', minusLargest: 'minus the largest logit, {0}', exp: 'exp of it',
    sumOfExp: 'sum of exp over all classes', share: 'its share',
    pixel: 'the pixel', xTimes: 'the pixel × {0}',
    feeds: 'It is in {0} windows of each of {1} maps of {2}: they are framed. What it adds to each:',
    feedsUnits: 'It feeds all {0} numbers of {1}. What it adds to each:',
  };
})(globalThis.Live ??= {});
