/** Cuts input into blocks of whole records, each of which can be read by itself, and in another thread. */

const newline = 10;
const quote = 34;

/** Bytes that make a block worth the way to another thread, and few enough to be quickly done. */
const blockSize = 1024 * 1024;
/** A record beyond this is none: the input is something else, and its reader will say so. */
export const longestRecord = 4 * 1024 * 1024;

/** Where the last whole record in these bytes ends; 0: there is none. */
export type RecordEnd = (bytes: Buffer) => number;

export const lineEnd: RecordEnd = (bytes) => bytes.lastIndexOf(newline) + 1;

/** A line of CSV may be broken within quotes. A quote in a field is written twice, which keeps the count even. */
export const csvRecordEnd: RecordEnd = (bytes) => {
  const first = bytes.indexOf(quote);
  if (first < 0) return lineEnd(bytes);
  let end = bytes.subarray(0, first).lastIndexOf(newline) + 1;
  let quoted = false;
  for (let at = first; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) quoted = !quoted;
    else if (byte === newline && !quoted) end = at + 1;
  }
  return end;
};

/** Each block has memory of its own, so that it can be handed over. */
export async function* blocks(chunks: AsyncIterable<Buffer>, recordEnd: RecordEnd): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    length += chunk.length;
    if (length < blockSize) continue;
    const bytes = joined(held, length);
    const end = recordEnd(bytes);
    if (end === 0 && length <= longestRecord) {
      held = [bytes];
      continue;
    }
    const rest = end === 0 ? Buffer.alloc(0) : Buffer.from(bytes.subarray(end));
    held = [rest];
    length = rest.length;
    yield end === 0 ? bytes : bytes.subarray(0, end);
  }
  if (length > 0) yield joined(held, length);
}

function joined(pieces: readonly Buffer[], length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for (const piece of pieces) at += piece.copy(bytes, at);
  return bytes;
}
