/** Splits input into blocks of whole records. Each block can be parsed independently, in another thread too. */

const newline = 10;
const quote = 34;

/** Minimum block size in bytes: large enough to be worth a transfer to another thread, small enough to be processed quickly. */
const blockSize = 1024 * 1024;
/** Maximum record size in bytes. Longer input is in another format, and its parser reports an error. */
export const longestRecord = 4 * 1024 * 1024;

/** Returns the offset at which the last whole record ends. 0: there is none. */
export type RecordEnd = (bytes: Buffer) => number;

export const lineEnd: RecordEnd = (bytes) => bytes.lastIndexOf(newline) + 1;

/** Finds record ends in CSV. Quotes can contain line breaks. An escaped quote is doubled, so the number of quotes stays even. */
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

/** Splits chunks into blocks of whole records. Each block has its own memory, so that it can be transferred to another thread. */
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
