import { fstatSync, readSync } from 'node:fs';

const BLOCK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

export interface FoundLine {
  readonly text: string;
  /** The byte after its newline. */
  readonly end: number;
}

/**
 * The lines of an open file, last first, read only as far as they are asked for. A last line without its end is left
 * out.
 */
export function* linesFromEnd(descriptor: number): Generator<FoundLine> {
  /** Of the file, and what stands there up to the newline of the next line to be found. */
  let from = fstatSync(descriptor).size;
  let bytes: Buffer = Buffer.alloc(0);
  let hasEnd = false;
  while (from > 0) {
    const length = Math.min(BLOCK_BYTES, from);
    const block = Buffer.alloc(length);
    readSync(descriptor, block, 0, length, (from -= length));
    bytes = Buffer.concat([block, bytes]);
    for (let newline; (newline = bytes.lastIndexOf(NEWLINE)) >= 0; bytes = bytes.subarray(0, newline)) {
      if (hasEnd) yield { text: bytes.toString('utf8', newline + 1), end: from + bytes.length + 1 };
      hasEnd = true;
    }
  }
  if (hasEnd) yield { text: bytes.toString('utf8'), end: bytes.length + 1 };
}
