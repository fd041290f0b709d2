const NEWLINE = 0x0a;
const MAX_LINE_BYTES = 4 * 1024 * 1024;

export class LineTooLong extends Error {
  constructor(readonly line: number) {
    super(`line ${line} is longer than ${MAX_LINE_BYTES} bytes`);
  }
}

/**
 * The lines of a stream as bytes, without their ends. Splits at line feeds only: U+2028 may stand raw in JSON, where
 * node:readline would cut a line in two.
 * @throws LineTooLong, so that a file without line ends cannot fill the memory.
 */
export async function* readLines(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let line = 1;
  for await (const chunk of bytes) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      yield trimmed(Buffer.concat([...pending, chunk.subarray(start, end)]));
      pending = [];
      pendingBytes = 0;
      start = end + 1;
      line += 1;
    }
    if (start === chunk.length) continue;
    pending.push(chunk.subarray(start));
    pendingBytes += chunk.length - start;
    if (pendingBytes > MAX_LINE_BYTES) throw new LineTooLong(line);
  }
  if (pendingBytes > 0) yield trimmed(Buffer.concat(pending));
}

const CARRIAGE_RETURN = 0x0d;

const trimmed = (line: Buffer): Buffer => (line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line);
