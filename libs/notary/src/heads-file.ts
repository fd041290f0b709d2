import { closeSync, existsSync, fdatasyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import type { Hash } from '#ledger';
import type { Note } from './ledger-store';
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
export class HeadsFile {
  private constructor(
    private readonly descriptor: number,
    readonly notes: readonly Note[],
    readonly reached: Reached | undefined,
  ) {}

  static open(file: string): HeadsFile {
    const { notes, reached } = readHeads(file);
    cutUnfinishedLine(file);
    return new HeadsFile(openSync(file, 'a', 0o600), notes, reached);
  }

  addNote(note: Note): void {
    this.add(note);
  }

  addReached({ size, root }: Reached): void {
    this.add({ size, root: Buffer.from(root).toString('base64') });
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private add(line: object): void {
    writeSync(this.descriptor, `${JSON.stringify(line)}\n`);
    fdatasyncSync(this.descriptor);
  }
}

/** What stands in the file; a last line that a crash cut off is no line. */
export function readHeads(file: string): { notes: Note[]; reached: Reached | undefined } {
  const notes: Note[] = [];
  let reached: Reached | undefined;
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  for (const [i, text] of lines.entries()) {
    const line = parsed(text, i, file);
    if ('note' in line) {
      notes.push(line);
      // A head covers what was reached before it, and after a restore that is another log's.
      reached = undefined;
    } else reached = { size: line.size, root: Buffer.from(line.root, 'base64') };
  }
  return { notes, reached };
}

/** Else the next line would be written behind it. */
function cutUnfinishedLine(file: string): void {
  if (!existsSync(file)) return;
  const bytes = readFileSync(file);
  const end = bytes.lastIndexOf('\n') + 1;
  if (end < bytes.length) truncateSync(file, end);
}

function parsed(text: string, i: number, file: string): Note | { size: number; root: string } {
  const wrong = () => new RecordFault('heads', `line ${i + 1} of ${file} is not one that was written`);
  try {
    const line = JSON.parse(text) as Record<string, unknown>;
    const names = Object.keys(line).sort().join();
    if (names !== 'note,revision' && names !== 'root,size') throw wrong();
    if (JSON.stringify(line) !== text) throw wrong();
    return line as unknown as Note;
  } catch {
    throw wrong();
  }
}
