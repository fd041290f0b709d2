import { existsSync, mkdirSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Logger } from '@nestjs/common';
import { CHAIN_START, type ChainEnd, chainEnd, chainLine } from '#access';
import { linesFromEnd } from '#notary';
import { Problem, retryAfter } from '../http/problem';
import { isOpenCaller } from './caller';

/** One answer that may contain something RED. */
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
 * The log of who read RED material: NDJSON, each line naming the SHA-256 of the one before, so that none can be removed
 * or changed without all later ones showing it. It lies beside the record, not in it: reading must not move positions. A read is on the disk
 * before the first byte of its answer is sent; if it cannot be logged, there is no answer.
 */
export class RedReads {
  readonly #logger = new Logger('access');
  #file: FileHandle | undefined;
  /** In bytes. */
  #size = 0;
  #chain: ChainEnd = CHAIN_START;
  #queue: Waiting[] = [];
  #isWriting = false;

  constructor(
    private readonly path: string,
    private readonly clock: () => number,
    /** Log reads of an open server too, although its one principal does not say who reads. */
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
    let chain = this.#chain;
    let lines = '';
    for (const read of reads) {
      const { text, end } = chainLine(chain, { at, ...read });
      chain = end;
      lines += `${text}\n`;
    }
    const bytes = Buffer.from(lines);
    const { bytesWritten } = await this.#file.write(bytes, 0, bytes.length, this.#size);
    if (bytesWritten < bytes.length) throw new Error(`${this.path} takes ${bytesWritten} of ${bytes.length} bytes`);
    await this.#file.datasync();
    this.#size += bytes.length;
    this.#chain = chain;
  }

  /**
   * Goes on after the last whole line, which must chain to the one before it; a line cut short was never followed by an
   * answer, and is dropped. Older lines, perhaps years of them, are for `crisis-log verify --reads` to check.
   */
  async #open(): Promise<FileHandle> {
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    const file = await open(this.path, existsSync(this.path) ? 'r+' : 'wx+', 0o600);
    try {
      const [last, before] = linesFromEnd(file.fd);
      this.#chain = last === undefined ? CHAIN_START : chainEnd(last.text, before?.text);
      this.#size = last?.end ?? 0;
      await file.truncate(this.#size);
      return file;
    } catch (error) {
      await file.close();
      throw error;
    }
  }
}
