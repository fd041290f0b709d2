const NEWLINE = 0x0a;
const WHITE_SPACE = new Set([0x20, 0x09, 0x0d]);

/** One line's bytes without its end; undefined for one that is longer than allowed. */
export type Line = Buffer | undefined;

/**
 * The lines that each chunk completes, blank ones left out; the last needs no newline. However small the
 * chunks are that a line comes in, each byte is looked at once and copied once; of an overlong line no more
 * is kept than the limit, and the lines after it are read.
 */
export async function* splitLines(chunks: AsyncIterable<Buffer>, maxLineBytes: number): AsyncGenerator<Line[]> {
  let begun = new BegunLine(maxLineBytes);
  for await (const chunk of chunks) {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      begun.add(chunk.subarray(start, end));
      if (!begun.isBlank) lines.push(begun.line());
      begun = new BegunLine(maxLineBytes);
      start = end + 1;
    }
    begun.add(chunk.subarray(start));
    if (lines.length > 0) yield lines;
  }
  if (!begun.isBlank) yield [begun.line()];
}

class BegunLine {
  isBlank = true;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(private readonly maxBytes: number) {}

  add(part: Buffer): void {
    this.#bytes += part.length;
    if (this.isBlank) this.isBlank = part.every((byte) => WHITE_SPACE.has(byte));
    if (this.#bytes > this.maxBytes) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }

  line(): Line {
    if (this.#bytes > this.maxBytes) return undefined;
    return this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts, this.#bytes);
  }
}
