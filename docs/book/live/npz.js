// A .npz: a zip of NumPy arrays, stored or compressed, f32 or f64 of either order of bytes and
// of axes. What cannot be read throws an Error with a sentence for the reader.
(function (Live) { 'use strict';
  const fault = (...words) => { throw new Error(Live.say(...words)); };

  const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
    for (let k = 0; k < 8; k++) n = n & 1 ? 0xEDB88320 ^ (n >>> 1) : n >>> 1;
    return n;
  });
  const crc32 = bytes => {
    let crc = ~0;
    for (const byte of bytes) crc = TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
    return ~crc >>> 0;
  };

  // What was packed by DEFLATE, which every browser undoes; fails if it is damaged.
  const inflate = async part => new Uint8Array(await new Response(
    new Blob([part]).stream().pipeThrough(new DecompressionStream('deflate-raw'))).arrayBuffer());

  // The files of a zip: [[name, bytes], ...], by its directory, which stands at the end.
  const unzip = async bytes => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), files = [];
    let end = bytes.length - 22;
    while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
    if (end < 0) fault('notNpz');
    let at = view.getUint32(end + 16, true);
    for (let left = view.getUint16(end + 10, true); left > 0; left--) {
      if (view.getUint32(at, true) !== 0x02014b50) fault('notNpz');
      const method = view.getUint16(at + 10, true), [crc, packed] = [16, 20].map(k => view.getUint32(at + k, true));
      const [nameLength, extra, comment] = [28, 30, 32].map(k => view.getUint16(at + k, true));
      const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength)).replace(/\.npy$/, '');
      const local = view.getUint32(at + 42, true);
      if (view.getUint32(local, true) !== 0x04034b50) fault('notNpz');
      const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
      const part = bytes.subarray(start, start + packed);
      if (part.length !== packed || (method !== 0 && method !== 8)) fault('damagedArray', name);
      let content = part;
      try {
        if (method === 8) content = await inflate(part);
      } catch {
        fault('damagedArray', name);
      }
      if (crc32(content) !== crc) fault('damagedArray', name);
      files.push([name, content]);
      at += 46 + nameLength + extra + comment;
    }
    return files;
  };

  // {shape, data} of a .npy.
  const npy = (name, bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 10 || String.fromCharCode(...bytes.subarray(1, 6)) !== 'NUMPY') fault('damagedArray', name);
    const wide = bytes[6] > 1, start = wide ? 12 : 10;
    const length = wide ? view.getUint32(8, true) : view.getUint16(8, true);
    const header = new TextDecoder().decode(bytes.subarray(start, start + length));
    const [, type] = /'descr':\s*'([^']*)'/.exec(header) ?? [];
    const [, list] = /'shape':\s*\(([^)]*)\)/.exec(header) ?? [];
    if (type === undefined || list === undefined) fault('damagedArray', name);
    if (!/^[<>]f[48]$/.test(type)) fault('wrongType', name, type);
    const shape = list.split(',').filter(size => size.trim()).map(Number), size = Number(type[2]);
    const count = shape.reduce((a, b) => a * b, 1), first = start + length;
    if (bytes.length - first !== count * size) fault('damagedArray', name);
    const data = new Float32Array(count), little = type[0] === '<';
    // Of an array that lies column by column, the numbers are put in their places.
    const fortran = /'fortran_order':\s*True/.test(header);
    const place = k => {
      let at = 0, stride = count;
      for (const size of shape) {
        stride /= size;
        at += (k % size) * stride;
        k = Math.floor(k / size);
      }
      return at;
    };
    for (let k = 0; k < count; k++) {
      const at = first + k * size;
      const v = size === 4 ? view.getFloat32(at, little) : view.getFloat64(at, little);
      if (!Number.isFinite(v)) fault('notFinite', name);
      data[fortran ? place(k) : k] = v;
    }
    return { shape, data };
  };

  // The arrays of a .npz by name.
  const npz = async bytes => {
    let files;
    try {
      files = await unzip(bytes);
    } catch (error) {
      if (error instanceof RangeError) fault('notNpz'); // the directory points outside of the file
      throw error;
    }
    return Object.fromEntries(files.map(([name, content]) => [name, npy(name, content)]));
  };

  // A place for the reader's own params.npz, dropped onto the figure or chosen.
  const ownParameters = figure => {
    const { el, say } = Live;
    const message = el('p', 'message', { role: 'status' });
    const take = async file => {
      try {
        const arrays = await Live.npz(new Uint8Array(await file.arrayBuffer()));
        figure.setNetwork(Live.network(figure.data, arrays)); // fails for another network's
        figure.original = arrays;
        message.textContent = say('ownTaken', file.name);
        message.classList.remove('wrong');
      } catch (error) {
        message.textContent = `${file.name}: ${error.message}`;
        message.classList.add('wrong');
      }
      message.dataset.file = file.name;
    };
    const chooser = el('input', '', { type: 'file', accept: '.npz', hidden: true, tabIndex: -1 });
    chooser.addEventListener('change', () => take(chooser.files[0]).then(() => { chooser.value = ''; }));
    figure.element.ondragover = event => event.preventDefault();
    figure.element.ondrop = event => {
      event.preventDefault();
      if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
    };
    return el('section', 'card own', {}, el('h4', '', {}, say('ownTitle')),
      el('p', 'guide', {}, say('ownGuide', figure.data.chapter)),
      Live.button(say('ownChoose'), () => chooser.click()), chooser, message);
  };
  Object.assign(Live, { npz, ownParameters });
})(globalThis.Live ??= {});
