import { headOf, keysOf, previousOf, reasonOf, signEntry } from './chain-entries';
import { Refusal } from './refusal';
import { encodeHash } from './sha256';
import { firstLine, formatVerifierKey, sameKey, SigningKey, VerifierKey } from './signed-note';
import { bodyOf, foreignTo, openStatement } from './statement';
import { checkNoSplit, epochOrigin, openHead, sameHead, TreeHead } from './tree-head';

/**
 * What the stream of heads says up to a revision: a fold over its signed notes from revision 0 on. Plain data.
 *
 * Of the entries, tree heads carry only what C2SP gives a checkpoint. The statements (Keys, Disowned, Restored) name the
 * one before them, so none can be left out, moved, or said a second time by someone who may write to the stream.
 */
export interface HeadChain {
  /** The log's name in its first epoch: the name in its keys. */
  readonly origin: string;
  /** Of the last entry walked. */
  readonly revision: number;
  /** Raised by each Restored. */
  readonly epoch: number;
  /** Digest of the last statement. */
  readonly tip: string;
  readonly signing: readonly VerifierKey[];
  readonly recovery: VerifierKey;
  /** What the next head must extend; none before the first. */
  readonly last: TreeHead | undefined;
  /** Heads that the recovery key has taken back. */
  readonly disowned: readonly TreeHead[];
  /** Heads validly signed that contradict the one that stands, not disowned. While there is one, serve nothing. */
  readonly contested: readonly TreeHead[];
}

export type Entry =
  | { readonly kind: 'Keys'; readonly signing: readonly VerifierKey[]; readonly recovery: VerifierKey }
  | { readonly kind: 'Head'; readonly head: TreeHead }
  | {
      readonly kind: 'Disowned';
      readonly wrong: TreeHead;
      readonly kept: TreeHead | undefined;
      readonly reason: string;
    }
  | { readonly kind: 'Restored'; readonly last: TreeHead; readonly kept: TreeHead };

/** An entry is taken in, or ignored: the caller must say so loudly. `head` is then set if a valid key signed one. */
export type Step =
  | { readonly chain: HeadChain; readonly entry: Entry }
  | { readonly chain: HeadChain; readonly ignored: Refusal; readonly head?: TreeHead };

type Taken = Extract<Step, { entry: Entry }>;

/** The chain at revision 0, if a trusted key signed it and is one of the keys it names. Else there is nothing to walk. */
export function beginChain(origin: string, trusted: readonly VerifierKey[], note: string): HeadChain {
  const { body, signers, digest } = openStatement(note, `${origin}/keys`, trusted);
  const { signing, recovery } = keysOf(body, origin);
  if (previousOf(body) !== null) throw new Refusal('not-next', 'the first keys follow nothing', { revision: 0 });
  if (!signers.some((signer) => [...signing, recovery].some((key) => sameKey(key, signer)))) {
    throw new Refusal('signature-unknown', 'the trusted key is not one of the keys of this log', { revision: 0 });
  }
  const start = { origin, revision: 0, epoch: 0, last: undefined, disowned: [], contested: [] };
  return { ...start, tip: digest, signing, recovery };
}

/**
 * The keys that a log's first entry names. Verified by nobody: for who has no way to know them but to believe what he sees
 * first, and `beginChain` then holds the entry against them.
 */
export function namedKeys(origin: string, note: string): VerifierKey[] {
  const name = `${origin}/keys`;
  if (firstLine(note) !== name) throw foreignTo(name);
  const { signing, recovery } = keysOf(bodyOf(note.slice(0, note.indexOf('\n\n') + 1), name), origin);
  return [...signing, recovery];
}

/** One entry further. Nothing that is not signed by a key then valid changes more than the revision. */
export function follow(chain: HeadChain, revision: number, note: string): Step {
  if (revision <= chain.revision) {
    throw new Refusal('entry-out-of-order', `entry ${revision} follows ${chain.revision}`, { revision });
  }
  const next = { ...chain, revision };
  try {
    return firstLine(note) === epochOrigin(chain.origin, chain.epoch)
      ? takeHead(next, note)
      : takeStatement(next, note);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { chain: next, ignored: error.at({ revision }) };
  }
}

export interface Walk {
  readonly chain: HeadChain;
  readonly entries: readonly Entry[];
  readonly ignored: readonly Refusal[];
}

/** The whole stream, from revision 0. */
export function walkHeads(origin: string, trusted: readonly VerifierKey[], notes: Iterable<string>): Walk {
  const entries: Entry[] = [];
  const ignored: Refusal[] = [];
  let chain: HeadChain | undefined;
  for (const note of notes) {
    const step: Step = chain ? follow(chain, chain.revision + 1, note) : taken(beginChain(origin, trusted, note));
    chain = step.chain;
    if ('entry' in step) entries.push(step.entry);
    else ignored.push(step.ignored);
  }
  if (!chain) throw new Refusal('truncated', 'there are no keys: the stream of heads is empty');
  return { chain, entries, ignored };
}

const taken = (chain: HeadChain): Taken => ({
  chain,
  entry: { kind: 'Keys', signing: chain.signing, recovery: chain.recovery },
});

/** Did the recovery key take this head back? */
export const isDisowned = ({ disowned }: HeadChain, head: TreeHead): boolean =>
  disowned.some((wrong) => sameHead(wrong, head));

function takeHead(chain: HeadChain, note: string): Step {
  const head = openHead(note, chain.signing);
  const { last, contested } = chain;
  try {
    if (isDisowned(chain, head)) throw new Refusal('head-disowned', `of size ${head.size}`);
    if (last) checkNoSplit(last, head);
    if (last && head.size < last.size) {
      throw new Refusal('head-behind', `a head of ${head.size} leaves after one of ${last.size}`);
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const isSplit = error.reason === 'split-view';
    const ignored = error.at({ revision: chain.revision });
    return { chain: isSplit ? { ...chain, contested: [...contested, head] } : chain, ignored, head };
  }
  return { chain: { ...chain, last: head }, entry: { kind: 'Head', head } };
}

function takeStatement(chain: HeadChain, note: string): Taken {
  const name = firstLine(note);
  const kind = name.slice(chain.origin.length + 1);
  if (name !== `${chain.origin}/${kind}` || !Object.hasOwn(TAKE, kind)) {
    throw new Refusal('wrong-origin', `${name.slice(0, 80)} is no entry of ${epochOrigin(chain.origin, chain.epoch)}`);
  }
  const { body, signers, digest } = openStatement(note, name, [...chain.signing, chain.recovery]);
  if (previousOf(body) !== chain.tip) throw new Refusal('not-next', 'it does not follow the statement before it');
  const byRecovery = signers.some((signer) => sameKey(signer, chain.recovery));
  return TAKE[kind as keyof typeof TAKE]({ ...chain, tip: digest }, body, byRecovery);
}

type Take = (chain: HeadChain, body: Readonly<Record<string, unknown>>, byRecovery: boolean) => Taken;

const takeKeys: Take = (chain, body, byRecovery) => {
  const keys = keysOf(body, chain.origin);
  // Else whoever steals a signing key could lock out the recovery key, which is there for just that case.
  if (!sameKey(keys.recovery, chain.recovery)) needRecovery(byRecovery, 'another recovery key');
  return taken({ ...chain, ...keys });
};

const takeDisowned: Take = (chain, body, byRecovery) => {
  needRecovery(byRecovery, 'to disown a head');
  const wrong = headOf(body['wrong']);
  const kept = body['kept'] === null ? undefined : headOf(body['kept']);
  if (kept && (sameHead(wrong, kept) || kept.origin !== epochOrigin(chain.origin, chain.epoch))) {
    throw new Refusal('statement-malformed', 'the head kept is another one of this epoch');
  }
  // The last head is taken back by its name, or stands.
  if (kept && chain.last && !sameHead(wrong, chain.last)) checkNoSplit(chain.last, kept);
  const contested = chain.contested.filter((head) => !sameHead(head, wrong) && !(kept && sameHead(head, kept)));
  return {
    chain: { ...chain, last: kept, disowned: [...chain.disowned, wrong], contested },
    entry: { kind: 'Disowned', wrong, kept, reason: reasonOf(body) },
  };
};

const takeRestored: Take = (chain, body, byRecovery) => {
  needRecovery(byRecovery, 'to restore with a loss');
  const [last, kept] = [headOf(body['last']), headOf(body['kept'])];
  const epoch = chain.epoch + 1;
  const [from, to] = [epochOrigin(chain.origin, chain.epoch), epochOrigin(chain.origin, epoch)];
  if (last.origin !== from || kept.origin !== to || kept.size > last.size) {
    throw new Refusal(
      'statement-malformed',
      'what is kept is a part of the last head, under the name of the next epoch',
    );
  }
  checkLoss(chain.last ?? last, last, { ...kept, origin: from });
  return { chain: { ...chain, epoch, last: kept, contested: [] }, entry: { kind: 'Restored', last, kept } };
};

/**
 * A statement of a loss takes nothing back but the lost end: it names no earlier head than the last that was signed, and
 * what it keeps is no other history of the same length.
 */
function checkLoss(signed: TreeHead, last: TreeHead, kept: TreeHead): void {
  checkNoSplit(signed, last);
  if (last.size < signed.size) {
    throw new Refusal('head-behind', `a loss after ${last.size} leaves, where ${signed.size} were signed`);
  }
  checkNoSplit(last, kept);
  checkNoSplit(signed, kept);
}

const TAKE = { keys: takeKeys, disowned: takeDisowned, restored: takeRestored };

function needRecovery(byRecovery: boolean, what: string): void {
  if (!byRecovery) throw new Refusal('recovery-key-needed', `${what}: signed by another key`);
}

export interface LogKeys {
  readonly signing: readonly VerifierKey[];
  readonly recovery: VerifierKey;
}

/**
 * Keys: the first of a log (`chain` undefined), to be signed by the signing and the recovery key, so that auditors may
 * trust either; or the next, signed by a key valid now. The keys' name is the origin.
 */
export const signKeys = (chain: HeadChain | undefined, keys: LogKeys, signers: readonly SigningKey[]): string =>
  signEntry(
    { origin: keys.recovery.name, tip: chain?.tip ?? null },
    'keys',
    { signing: keys.signing.map(formatVerifierKey), recovery: formatVerifierKey(keys.recovery) },
    signers,
  );

/**
 * Takes back a wrong head. `kept` is the head that stands after this and that the next one extends. Heads that were
 * built on the wrong one are wrong too: each wants its own Disowned.
 */
export const signDisowned = (
  chain: HeadChain,
  { wrong, kept, reason }: { wrong: TreeHead; kept: TreeHead | undefined; reason: string },
  recovery: SigningKey,
): string => signEntry(chain, 'disowned', { wrong: plain(wrong), kept: kept ? plain(kept) : null, reason }, [recovery]);

/** Starts the next epoch: the log was at `last`, and goes on from its first `kept.size` leaves. */
export const signRestored = (
  chain: HeadChain,
  { last, kept }: { last: TreeHead; kept: Pick<TreeHead, 'size' | 'root'> },
  recovery: SigningKey,
): string => {
  const origin = epochOrigin(chain.origin, chain.epoch + 1);
  return signEntry(chain, 'restored', { last: plain(last), kept: plain({ ...kept, origin }) }, [recovery]);
};

const plain = ({ origin, size, root }: TreeHead) => ({ origin, size, root: encodeHash(root, 'base64') });
