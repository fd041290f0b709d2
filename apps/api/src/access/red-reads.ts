import { hash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Logger } from '@nestjs/common';
import { Problem, retryAfter } from '../http/problem';
import { isOpenCaller } from './caller';

/** One answer in which something RED may stand. */
export interface RedRead {
  readonly who: string;
  /** Kind of question, and its parameters: which part of the record, as of when. */
  readonly question: object;
  readonly crises: readonly string[];
  /** SHA-256 of the answer, base64url: what was read can be shown later, and is not kept here. */
  readonly digest: string;
}

interface Waiting {
  readonly read: RedRead;
  readonly resolve: () => void;
  readonly reject: (problem: Problem) => void;
}

/**
 * Who read what is RED: NDJSON, each line naming the SHA-256 of the one before it, so that none can be taken out or
 * changed without all later ones showing it. Beside the record, not in it: reading moves no position. A read is on the
 * disk before the first byte of its answer; where it cannot be, there is no answer.
 */
export class RedReads {
  readonly #logger = new Logger('access');
  #file: FileHandle | undefined;
  #end = 0;
  #lines = 0;
  #previous = '';
  #queue: Waiting[] = [];
  #isWriting = false;

  constructor(
    private readonly path: string,
    private readonly clock: () => number,
    /** Reads of an open server too, whose one principal says nothing of who reads. */
    private readonly ofEveryone = true,
  ) {}

  /** Whether the reads of this principal are put on record. */
  isOf(name: string): boolean {
    return this.ofEveryone || !isOpenCaller({ name });
  }

  /** Resolves when it is durable. Reads that wait share one flush of the disk. */
  record(read: RedRead): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ read, resolve, reject });
      if (!this.#isWriting) void this.#write();
    });
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0);
      try {
        await this.#append(batch.map(({ read }) => read));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        await this.#file?.close().catch(() => undefined);
        this.#file = undefined;
        this.#logger.error(`reads of RED cannot be put on record: ${String(error)}`);
        const problem = new Problem('access-log', 'The log of RED reads cannot be written.', {}, retryAfter(5));
        for (const { reject } of batch) reject(problem);
      }
    }
    this.#isWriting = false;
  }

  async #append(reads: readonly RedRead[]): Promise<void> {
    this.#file ??= await this.#open();
    const at = new Date(this.clock()).toISOString();
    let [line, previous, text] = [this.#lines, this.#previous, ''];
    for (const read of reads) {
      const json = JSON.stringify({ line: line++, at, ...read, previous });
      previous = hash('sha256', json, 'base64url');
      text += `${json}\n`;
    }
    const bytes = Buffer.from(text);
    const { bytesWritten } = await this.#file.write(bytes, 0, bytes.length, this.#end);
    if (bytesWritten < bytes.length) throw new Error(`${this.path} takes ${bytesWritten} of ${bytes.length} bytes`);
    await this.#file.datasync();
    this.#end += bytes.length;
    this.#lines = line;
    this.#previous = previous;
  }

  /** Goes on after the last whole line: one that was cut short was never answered for. */
  async #open(): Promise<FileHandle> {
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    const text = existsSync(this.path) ? await readFile(this.path, 'utf8') : '';
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    const lines = whole.split('\n').slice(0, -1);
    const broken = brokenLine(lines);
    if (broken !== undefined) throw new Error(`${this.path}: the chain breaks at line ${broken}`);
    const file = await open(this.path, existsSync(this.path) ? 'r+' : 'wx+', 0o600);
    this.#end = Buffer.byteLength(whole);
    this.#lines = lines.length;
    this.#previous = lines.length === 0 ? '' : hash('sha256', lines.at(-1)!, 'base64url');
    await file.truncate(this.#end);
    return file;
  }
}

/** The first line that does not follow from the one before it; undefined when all do. */
export function brokenLine(lines: readonly string[]): number | undefined {
  let previous = '';
  for (const [index, text] of lines.entries()) {
    const its = parsed(text);
    if (its?.line !== index || its.previous !== previous) return index;
    previous = hash('sha256', text, 'base64url');
  }
  return undefined;
}

function parsed(text: string): { line?: unknown; previous?: unknown } | undefined {
  try {
    return JSON.parse(text) as { line?: unknown; previous?: unknown };
  } catch {
    return undefined;
  }
}
