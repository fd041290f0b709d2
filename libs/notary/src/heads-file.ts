import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import type { HeadEntry } from '#event-log';
import type { Hash } from '#ledger';
import { linesFromEnd } from './lines-from-end';
import { RecordFault } from './record-fault';

/** How far the tree had come, after some durable group. */
export interface Reached {
  readonly size: number;
  readonly root: Hash;
}

/**
 * The stream of heads again, outside the data folder, a line an entry; between them, after each durable group, the size
 * and root reached. Whoever rolls the data folder back must also reach this file, best on another machine's disk.
 */
export class HeadsFile implements Disposable {
  private constructor(
    private readonly descriptor: number,
    readonly notes: readonly HeadEntry[],
    private last: Reached | undefined,
  ) {}

  get reached(): Reached | undefined {
    return this.last;
  }

  /**
   * `notes` begin with the newest entry that is held already, or with the first: the file only grows, and is read from
   * its end.
   */
  static open(file: string, isHeld?: (note: HeadEntry) => boolean): HeadsFile {
    const { notes, reached, end } = readHeads(file, isHeld);
    // A line that a crash cut off is removed, or the next would be appended to it.
    if (existsSync(file)) truncateSync(file, end);
    return new HeadsFile(openSync(file, 'a', 0o600), notes, reached);
  }

  addNote(note: HeadEntry): void {
    this.last = undefined;
    this.add(note);
  }

  addReached({ size, root }: Reached): void {
    this.add({ size, root: Buffer.from(root).toString('base64') });
  }

  close(): void {
    closeSync(this.descriptor);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  private add(line: object): void {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    const { size } = fstatSync(this.descriptor);
    try {
      if (writeSync(this.descriptor, bytes) < bytes.length) throw new Error('HEADS_FILE: the disk is full');
      fdatasyncSync(this.descriptor);
    } catch (error) {
      // Removes the line, whole or half: half a line would spoil the next, and a whole one will be added again.
      ftruncateSync(this.descriptor, size);
      throw error;
    }
  }
}

export interface Heads {
  readonly notes: HeadEntry[];
  readonly reached: Reached | undefined;
  /** Where the last whole line ends, in bytes. */
  readonly end: number;
}

/** Reads the file back to the newest entry that is held already, or all of it. */
export function readHeads(file: string, isHeld: (note: HeadEntry) => boolean = () => false): Heads {
  const notes: HeadEntry[] = [];
  let reached: Reached | undefined;
  let end = 0;
  if (!existsSync(file)) return { notes, reached, end };
  const descriptor = openSync(file, 'r');
  try {
    for (const found of linesFromEnd(descriptor)) {
      end ||= found.end;
      const line = parsed(found.text, file);
      if ('note' in line) {
        notes.push(line);
        if (isHeld(line)) break;
        // A head covers what was reached before it, and after a restore that is another log's.
      } else if (notes.length === 0) reached ??= { size: line.size, root: Buffer.from(line.root, 'base64') };
    }
    if (end === 0 && !mayBeCutOff(descriptor)) throw wrongLine(file, 'its beginning');
  } finally {
    closeSync(descriptor);
  }
  return { notes: notes.reverse(), reached, end };
}

/** Is a file without a whole line empty, or may it hold the beginning of one? Any other is not ours to truncate. */
function mayBeCutOff(descriptor: number): boolean {
  const first = Buffer.alloc(1);
  return readSync(descriptor, first, 0, 1, 0) === 0 || first.toString() === '{';
}

const wrongLine = (file: string, text: string): RecordFault =>
  new RecordFault('heads', `${file} has a line that was not written so: ${text.slice(0, 80)}`);

function parsed(text: string, file: string): HeadEntry | { size: number; root: string } {
  const wrong = () => wrongLine(file, text);
  try {
    const line = JSON.parse(text) as Record<string, unknown>;
    const names = Object.keys(line).sort().join();
    if (names !== 'note,revision' && names !== 'root,size') throw wrong();
    if (JSON.stringify(line) !== text) throw wrong();
    return line as unknown as HeadEntry;
  } catch {
    throw wrong();
  }
}
