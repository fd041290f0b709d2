import type { FileHandle } from 'node:fs/promises';

const BLOCK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/** The end of a file of lines. */
export interface LastLines {
  /** The last whole line; undefined where there is none. */
  readonly last: string | undefined;
  /** The one before it. */
  readonly before: string | undefined;
  /** Bytes up to where whole lines end. */
  readonly end: number;
}

/** Reads from the end, and no further than it must. */
export async function lastLines(file: FileHandle): Promise<LastLines> {
  const { size } = await file.stat();
  let [from, tail] = [size, Buffer.alloc(0)];
  // The end of the line before the two begins them.
  while (from > 0 && newlinesIn(tail) < 3) {
    const block = Buffer.alloc(Math.min(BLOCK_BYTES, from));
    from -= block.length;
    await file.read(block, 0, block.length, from);
    tail = Buffer.concat([block, tail]);
  }
  const whole = tail.lastIndexOf(NEWLINE) + 1;
  const lines = tail.toString('utf8', 0, whole).split('\n').slice(0, -1);
  return { last: lines.at(-1), before: lines.at(-2), end: whole === 0 ? from : from + whole };
}

const newlinesIn = (bytes: Buffer): number => bytes.reduce((count, byte) => count + Number(byte === NEWLINE), 0);
