/**
 * Yields the lines of a UTF-8 text without their line ends, as lists. A longer line than the maximum is cut there, and its rest is
 * skipped, so that its parser reports it. An empty last line is omitted.
 */
export async function* readLines(chunks: AsyncIterable<Buffer>, maximum: number): AsyncGenerator<string[]> {
  const decoder = new TextDecoder();
  let rest = "";
  const cut = (text: string): string => (text.length > maximum ? text.slice(0, maximum) : text);
  for await (const chunk of chunks) {
    const lines = decoder.decode(chunk, { stream: true }).split("\n");
    lines[0] = cut(rest) + (lines[0] ?? "");
    rest = cut(lines.pop() ?? "");
    yield lines.map((line) => cut(line.endsWith("\r") ? line.slice(0, -1) : line));
  }
  if (rest !== "") yield [rest];
}
