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

/** What `GET /v1/audit/tree-head` answers, as far as a monitor believes none of it unproved. */
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
 * The heads that a monitor has seen, in a file of its own: what no one who holds the server, its data folder and its
 * HEADS_FILE can take back. Every head must extend the last one in it, signed by a key that the chain of keys allows.
 */
export class HeadWatch {
  private chain: HeadChain | undefined;
  private readonly lines: Line[];
  /** Of the heads in the file those that were not taken back or lost since, ascending: the log must still give them. */
  private heads: Head[] = [];

  /**
   * Reads the file; one that is not there begins with the next head. A last line that was cut off was not believed yet, and
   * is taken away: what comes next is a line of its own. @throws Refusal where it does not verify
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
    // Nobody else's file is cut.
    if (whole === '' && rest !== '' && !rest.startsWith('{"seenAt":')) throw notKept(file);
    for (const line of this.lines) {
      const step = this.next(line, this.chain);
      this.chain = step.chain;
      this.heads = standing(this.heads, step);
    }
    if (rest !== '') truncateSync(file, Buffer.byteLength(whole));
  }

  /** When a head was last seen that was not seen before; undefined where none was. */
  get lastSeenAt(): number | undefined {
    return this.lines.at(-1)?.seenAt;
  }

  get size(): number {
    return this.chain?.last?.size ?? 0;
  }

  /**
   * Believes a head, and keeps it. Resolves with what its keeper has said since the last: restores and disowned heads.
   * @throws Refusal saying how it contradicts what was seen before
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
    // What its keeper says was kept is no new beginning: what was seen of it before must be in it.
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

  /** Nobody may be told another story of the keys than everybody was. */
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

  /** One that is not newer than what was seen is the one that stands after it. */
  private checkStands({ revision, note }: SeenNote, last: Head | undefined): void {
    if (last && note.startsWith(`${headText(last)}\n`)) return;
    if (this.lines.some((line) => line.revision === revision && line.note === note))
      throw new Refusal('head-behind', `the log is back at the head of revision ${revision}`, { revision });
    throw new Refusal('split-view', 'another head stands where one was seen', { revision });
  }
}

const notKept = (file: string): UsageError => new UsageError(`${file} is no file of heads that a monitor kept`);

/** Of one line that is printed; the file has all of it. */
const MAX_STATEMENT = 4_000;

type Head = NonNullable<HeadChain['last']>;
type Taken = Extract<Step, { entry: unknown }>;

/** The heads that the log must still give after one more entry. Takes `heads` over. */
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
