/** Digit size of the radix sort. Passes run from the lowest digit to the highest, and each pass is stable. */
const bitsOfDigit = 11;
const digits = 2 ** bitsOfDigit;

/** Sorts pairs of hash and user index by hash. The sort is stable and may reuse the input array. */
export function sortByHash(pairs: Uint32Array): Uint32Array {
  let from = pairs;
  let to: Uint32Array = new Uint32Array(pairs.length);
  for (let shift = 0; shift < 32; shift += bitsOfDigit) {
    scatter(from, to, shift, places(from, shift));
    [from, to] = [to, from];
  }
  return from;
}

/** Returns the start offset of each digit's pairs. */
function places(pairs: Uint32Array, shift: number): Uint32Array {
  const starts = new Uint32Array(digits + 1);
  for (let at = 0; at < pairs.length; at += 2) {
    const next = (((pairs[at] as number) >>> shift) & (digits - 1)) + 1;
    starts[next] = (starts[next] as number) + 2;
  }
  for (let i = 1; i < starts.length; i++) starts[i] = (starts[i] as number) + (starts[i - 1] as number);
  return starts;
}

function scatter(from: Uint32Array, to: Uint32Array, shift: number, starts: Uint32Array): void {
  for (let at = 0; at < from.length; at += 2) {
    const hash = from[at] as number;
    const digit = (hash >>> shift) & (digits - 1);
    const place = starts[digit] as number;
    starts[digit] = place + 2;
    to[place] = hash;
    to[place + 1] = from[at + 1] as number;
  }
}
