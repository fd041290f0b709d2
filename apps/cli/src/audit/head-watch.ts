import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import {
  beginChain,
  checkExtends,
  follow,
  type Hash,
  type HeadChain,
  headText,
  isDisowned,
  printable,
  Refusal,
  type Step,
  type VerifierKey,
} from '#ledger';
import { UsageError } from '../exit-codes';

/** A signed entry of the stream of heads, as a server gives it. */
export interface SeenNote {
  readonly revision: number;
  readonly note: string;
}

/** The part of what `GET /v1/audit/tree-head` answers that a monitor verifies. */
export interface SeenHead extends SeenNote {
  readonly statements: readonly SeenNote[];
}

/** Asks for the proof that the log of one size begins with that of another. */
export type AskProof = (from: number, to: number) => Promise<readonly Hash[]>;

interface Line extends SeenNote {
  /** Milliseconds since the epoch, of the monitor's clock. */
  readonly seenAt: number;
}

/**
 * The heads that a monitor has seen, in a file of its own, which nobody who controls the server, its data folder and
 * its HEADS_FILE can change. Every head must extend the last one in it, and be signed by a key that the chain of keys
 * allows.
 */
export class HeadWatch {
  private chain: HeadChain | undefined;
  private readonly lines: Line[];
  /** The heads in the file that were not disowned or lost since, ascending: the log must still have them. */
  private heads: Head[] = [];

  /**
   * Reads the file; where there is none, it begins with the next head. A last line that was cut off had not been
   * accepted yet, and is removed. @throws Refusal where the file does not verify
   */
  constructor(
    private readonly file: string,
    private readonly trusted: readonly VerifierKey[],
    /** The log's name in its first epoch, which its keys bear. */
    private readonly origin: string,
  ) {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    try {
      this.lines = whole
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Line);
    } catch {
      throw notKept(file);
    }
    const rest = text.slice(whole.length);
    // Only a file of ours may be truncated.
    if (whole === '' && rest !== '' && !rest.startsWith('{"seenAt":')) throw notKept(file);
    for (const line of this.lines) {
      const step = this.next(line, this.chain);
      this.chain = step.chain;
      this.heads = standing(this.heads, step);
    }
    if (rest !== '') truncateSync(file, Buffer.byteLength(whole));
  }

  /** When a new head was last seen; undefined where none was. */
  get lastSeenAt(): number | undefined {
    return this.lines.at(-1)?.seenAt;
  }

  get size(): number {
    return this.chain?.last?.size ?? 0;
  }

  /**
   * Verifies a head and keeps it. Resolves with the statements that came since the last one: restores and disowned
   * heads.
   * @throws Refusal saying how the head contradicts what was seen before
   */
  async take(seen: SeenHead, prove: AskProof, seenAt: number): Promise<string[]> {
    this.checkSameStatements(seen.statements);
    const before = this.chain;
    const known = this.lines.at(-1)?.revision ?? -1;
    const fresh: SeenNote[] = [...seen.statements, seen]
      .filter(({ revision }) => revision > known)
      .sort((a, b) => a.revision - b.revision);
    let chain = this.chain;
    let heads = [...this.heads];
    let wentBack: { readonly from?: Head | undefined; readonly to?: Head | undefined } = {};
    const said: string[] = [];
    for (const line of fresh) {
      const isHead = line === seen;
      const last = chain?.last;
      const step = this.next(line, chain);
      chain = step.chain;
      heads = standing(heads, step);
      if ('kept' in step.entry) wentBack = { from: heads.at(-1), to: step.entry.kept };
      if (isHead && last) await proved(last, chain.last!, prove);
      if (!isHead && before) said.push(shown(line.note));
    }
    // What a statement says was kept must extend the last head seen of it: it is no fresh start.
    const { from, to } = wentBack;
    if (from && to) await proved({ ...from, origin: to.origin }, to, prove);
    if (!fresh.includes(seen)) this.checkStands(seen, chain?.last);
    if (fresh.length === 0) return said;
    const lines = fresh.map(({ revision, note }) => ({ seenAt, revision, note }));
    appendFileSync(this.file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''), { mode: 0o600 });
    this.lines.push(...lines);
    this.chain = chain;
    this.heads = heads;
    return said;
  }

  private next({ revision, note }: SeenNote, chain: HeadChain | undefined): Taken {
    if (!chain) {
      const begun = beginChain(this.origin, this.trusted, note);
      return { chain: begun, entry: { ...begun, kind: 'Keys' } };
    }
    const step = follow(chain, revision, note);
    if ('ignored' in step) throw step.ignored;
    return step;
  }

  /** The statements must be those that were seen before: no reader may be shown other ones. */
  private checkSameStatements(statements: readonly SeenNote[]): void {
    const given = new Map(statements.map(({ revision, note }) => [revision, note]));
    for (const { revision, note } of this.lines) {
      if (!/^[^\n]+\/(keys|disowned|restored)\n/.test(note)) continue;
      if (given.get(revision) !== note)
        throw new Refusal('split-view', 'what was said of the keys is not said any more, or otherwise', { revision });
      given.delete(revision);
    }
    const known = this.lines.at(-1)?.revision ?? -1;
    const [late] = [...given.keys()].filter((revision) => revision <= known);
    if (late !== undefined)
      throw new Refusal('split-view', 'something is said of the keys that was not said before', { revision: late });
  }

  /** A head that is not newer than those seen must be the one in force after them. */
  private checkStands({ revision, note }: SeenNote, last: Head | undefined): void {
    if (last && note.startsWith(`${headText(last)}\n`)) return;
    if (this.lines.some((line) => line.revision === revision && line.note === note))
      throw new Refusal('head-behind', `the log is back at the head of revision ${revision}`, { revision });
    throw new Refusal('split-view', 'another head stands where one was seen', { revision });
  }
}

const notKept = (file: string): UsageError => new UsageError(`${file} is no file of heads that a monitor kept`);

/** Characters printed of a line of a statement; the file has all of it. */
const MAX_STATEMENT = 4_000;

type Head = NonNullable<HeadChain['last']>;
type Taken = Extract<Step, { entry: unknown }>;

/** The heads that the log must still have after one more entry. Changes and returns `heads`, or a part of it. */
function standing(heads: Head[], { chain, entry }: Taken): Head[] {
  if (entry.kind === 'Head') heads.push(entry.head);
  if (!('kept' in entry)) return heads;
  const { kept } = entry;
  return heads.filter((head) => head.size <= (kept?.size ?? 0) && !isDisowned(chain, head));
}

/** A statement without its signatures, two lines, for people. */
const shown = (note: string): string => {
  const lines = note.slice(0, note.indexOf('\n\n')).split('\n');
  return lines.map((line) => printable(line, MAX_STATEMENT)).join('\n');
};

async function proved(older: Head, newer: Head, prove: AskProof): Promise<void> {
  const needsProof = older.size > 0 && older.size < newer.size;
  checkExtends(older, newer, needsProof ? await prove(older.size, newer.size) : []);
}
