// The head of the figure: the paper, what the network sees, ten bars, images of the test set.
(function (Live) { 'use strict';
  const { el, say } = Live;

  // Buttons with images of the test set, one of each class, and others on demand.
  const gallery = (figure, show) => {
    const all = Live.samples(figure.data.samples), { classes } = figure.data;
    const strip = el('div', 'samples', { role: 'group', 'aria-label': say('samples') });
    let round = 0;
    const fill = () => {
      strip.replaceChildren(...classes.map((name, k) => {
        const own = all.filter(sample => sample.label === k), sample = own[round % own.length];
        if (!sample) return '';
        return el('button', '', {
          type: 'button', title: name, 'aria-label': say('sample', name), onclick: () => show(sample),
        }, Live.inkCanvas(sample.pixels));
      }));
      round++;
    };
    fill();
    const most = Math.max(...classes.map((_, k) => all.filter(sample => sample.label === k).length));
    const more = most > 1 ? Live.button(say('others'), fill) : null;
    return { element: el('div', 'gallery', {}, strip, more), first: all.find(sample => sample.label === 3) ?? all[0] };
  };

  // The picture in a file as {width, height, data}, upright.
  const readPicture = async file => {
    const bitmap = await createImageBitmap(file);
    const canvas = el('canvas', '', { width: bitmap.width, height: bitmap.height });
    const context = canvas.getContext('2d');
    context.drawImage(bitmap, 0, 0);
    return context.getImageData(0, 0, bitmap.width, bitmap.height);
  };

  const head = figure => {
    const { classes } = figure.data, digits = classes[0] === '0';
    const message = el('p', 'message', { role: 'status' });
    const seen = Live.sheet({ name: 'seen', shape: [1, 28, 28], size: 5, ink: true, label: say('seenLabel') });
    const outputs = Live.bars(classes, say('bars'));
    const pad = Live.pad(take => figure.setPixels(() => {
      const picture = take();
      return picture && Live.centre(picture);
    }));
    const show = sample => {
      pad.show(sample.pixels);
      figure.setPixels(sample.pixels, sample.label);
    };
    const samples = gallery(figure, show);
    const file = el('input', '', { type: 'file', accept: 'image/*', hidden: true, tabIndex: -1 });
    file.addEventListener('change', async () => {
      try {
        const picture = await readPicture(file.files[0]);
        pad.showPicture(picture);
        figure.setPixels(Live.centre(picture));
      } catch {
        message.textContent = say('noPicture', file.files[0]?.name ?? '');
      }
      file.value = '';
    });
    const tools = el('div', 'tools', {}, Live.button(say('undo'), pad.undo), Live.button(say('clear'), pad.clear),
      Live.button(say('file'), () => file.click()), file);
    const column = (name, title, ...rest) => el('div', name, {}, el('h3', '', {}, title), ...rest);
    const element = el('div', 'head', {},
      column('draw', say(digits ? 'draw' : 'drawOther'), pad.element, tools),
      column('see', say('sees'), seen.element, el('p', 'guide', {}, say(digits ? 'seesGuide' : 'seesOther'))),
      column('read', say('reads'), outputs.element, message));
    seen.layout(140);
    const update = () => {
      const { pixels, steps, guess, label } = figure;
      seen.draw(pixels ?? new Float64Array(784));
      outputs.show(pixels && steps.y.data, guess, label);
      Live.write(message, pixels === null ? say('empty')
        : label === null ? say('readAs', classes[guess])
          : say(label === guess ? 'readRight' : 'readWrong', classes[label], classes[guess]));
      message.classList.toggle('wrong', label !== null && label !== guess);
    };
    return { element, gallery: samples.element, update, show, first: samples.first, pad };
  };
  Object.assign(Live, { head });
})(globalThis.Live ??= {});
