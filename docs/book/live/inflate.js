// DEFLATE, the compression of zip files: P. Deutsch, RFC 1951, 1996.
(function (Live) { 'use strict';
  const LENGTHS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
  const DISTANCES = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073,
    4097, 6145, 8193, 12289, 16385, 24577];
  const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
  const lengthBits = k => (k < 8 || k === 28 ? 0 : (k >> 2) - 1);
  const distanceBits = k => (k < 4 ? 0 : (k >> 1) - 1);

  // A Huffman code from the length of each symbol's code: how many codes of each length, and
  // the symbols in order of their codes.
  const huffman = lengths => {
    const counts = new Uint16Array(16), symbols = [];
    for (const length of lengths) counts[length]++;
    for (let size = 1; size < 16; size++) lengths.forEach((length, k) => { if (length === size) symbols.push(k); });
    counts[0] = 0;
    return { counts, symbols };
  };

  // The `size` bytes that `input` stands for. Throws if it is damaged.
  const inflate = (input, size) => {
    const out = new Uint8Array(size);
    let at = 0, hold = 0, held = 0, end = 0;
    const fault = () => { throw new Error('deflate'); };
    const bits = count => {
      while (held < count) {
        if (at >= input.length) fault();
        hold |= input[at++] << held;
        held += 8;
      }
      const value = hold & ((1 << count) - 1);
      hold >>>= count;
      held -= count;
      return value;
    };
    const symbol = ({ counts, symbols }) => {
      for (let code = 0, first = 0, index = 0, size = 1; size < 16; size++) {
        code |= bits(1);
        if (code - counts[size] < first) return symbols[index + code - first];
        index += counts[size];
        first = (first + counts[size]) << 1;
        code <<= 1;
      }
      return fault();
    };
    const codes = () => {
      const literals = bits(5) + 257, distances = bits(5) + 1, count = bits(4) + 4, first = new Array(19).fill(0);
      for (let k = 0; k < count; k++) first[ORDER[k]] = bits(3);
      const code = huffman(first), lengths = [];
      while (lengths.length < literals + distances) {
        const s = symbol(code);
        if (s < 16) lengths.push(s);
        else {
          const [value, times] = s === 16 ? [lengths[lengths.length - 1], 3 + bits(2)]
            : [0, s === 17 ? 3 + bits(3) : 11 + bits(7)];
          for (let k = 0; k < times; k++) lengths.push(value ?? fault());
        }
      }
      return [huffman(lengths.slice(0, literals)), huffman(lengths.slice(literals, literals + distances))];
    };
    const fixed = () => [huffman(Array.from({ length: 288 }, (_, k) => (k < 144 ? 8 : k < 256 ? 9 : k < 280 ? 7 : 8))),
      huffman(new Array(30).fill(5))];

    for (let last = 0; !last;) {
      last = bits(1);
      const kind = bits(2);
      if (kind === 0) { // stored
        hold = held = 0;
        const count = input[at] | input[at + 1] << 8;
        at += 4;
        if (at + count > input.length || end + count > size) fault();
        out.set(input.subarray(at, at + count), end);
        at += count;
        end += count;
        continue;
      }
      if (kind === 3) fault();
      const [literal, distance] = kind === 1 ? fixed() : codes();
      for (let s = symbol(literal); s !== 256; s = symbol(literal)) {
        if (s < 256) {
          if (end >= size) fault();
          out[end++] = s;
          continue;
        }
        if (s > 285) fault();
        const length = LENGTHS[s - 257] + bits(lengthBits(s - 257)), d = symbol(distance);
        if (!(d < 30)) fault();
        const back = DISTANCES[d] + bits(distanceBits(d));
        if (back > end || end + length > size) fault();
        for (let k = 0; k < length; k++, end++) out[end] = out[end - back];
      }
    }
    return end === size ? out : fault();
  };
  Object.assign(Live, { inflate });
})(globalThis.Live ??= {});
