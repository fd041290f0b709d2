import { readFile } from 'node:fs/promises';
import { type BundleVerdict, parseVerifierKey, Refusal, type SeenEntry, verifyBundle, type VerifierKey } from '#ledger';
import { UsageError } from '../exit-codes';
import { linesOf, unreadable } from './lines-of';

interface Known {
  /** Public keys that the auditor trusts, a line each. */
  readonly key: string;
  /** What the auditor saw of the stream of heads before: the file of a monitor, or a HEADS_FILE. */
  readonly heads?: string | undefined;
}

/** Verifies a bundle, offline, in one pass. @throws Refusal saying what does not hold, and where. */
export async function verifyFile(file: string, { key, heads }: Known): Promise<BundleVerdict> {
  const trusted = await readKeys(key);
  const seen = heads === undefined ? {} : { seen: await readSeen(heads) };
  try {
    return await verifyBundle(linesOf(file), { trusted, ...seen });
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason !== 'line-malformed') throw error;
    // Usually another kind of file, or a download that broke off.
    throw new Refusal(error.reason, `${error.detail}; a bundle is the whole of what the server gave`, error.where);
  }
}

/** The public keys of a file, a line each. */
export async function readKeys(file: string): Promise<VerifierKey[]> {
  const lines = (await textOf(file)).split('\n').map((line) => line.trim());
  try {
    const keys = lines.filter(Boolean).map(parseVerifierKey);
    if (keys.length > 0) return keys;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new UsageError(`${file} is no list of public keys, such as log.vkey: ${error.message}`);
  }
  throw new UsageError(`${file} has no keys`);
}

/**
 * Only entries with a note: a HEADS_FILE also says how far the log had come, and has empty notes for ignored entries.
 */
async function readSeen(file: string): Promise<SeenEntry[]> {
  // A last line without its end had not been accepted yet.
  const lines = (await textOf(file)).split('\n').slice(0, -1);
  try {
    return lines.map((line) => JSON.parse(line) as Partial<SeenEntry>).filter(isEntry);
  } catch {
    throw new UsageError(`${file} is no file of heads, such as "monitor" keeps`);
  }
}

const isEntry = (line: Partial<SeenEntry>): line is SeenEntry =>
  Number.isSafeInteger(line.revision) && typeof line.note === 'string' && line.note !== '';

const textOf = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: Error) => {
    throw unreadable(file, error);
  });

/** What was proved, and what is only claimed, for people. */
export function printedVerdict({
  crisis,
  head,
  epoch,
  origin,
  events,
  lastRevision,
  shown,
  foreign,
  proofHashes,
  sinceSeen,
}: BundleVerdict): string {
  const parts = Object.entries(shown).map(([part, count]) => `${part} of ${count}`);
  return [
    `VERIFIED: ${crisis} of ${origin}`,
    `  proved   ${events} events, revisions 0 to ${lastRevision} without a gap, unaltered and in order,`,
    `           in the log of ${head.size} events under the root ${Buffer.from(head.root).toString('base64')}`,
    `  shown    ${parts.join(', ')}${foreign > 0 ? `; ${foreign} of another writer` : ''}`,
    `  proof    ${proofHashes} hashes; epoch ${epoch}`,
    ...(sinceSeen === undefined ? [] : [`  seen     ${printedSeen(sinceSeen)}`]),
    `  claimed  by the keeper of the key only: that revision ${lastRevision} was the last at this head,`,
    '           and that nothing was said of keys or heads since',
  ].join('\n');
}

function printedSeen(sinceSeen: number): string {
  if (sinceSeen === 0) return 'this head was the last one seen';
  if (sinceSeen < 0) return `this head was seen; the last one seen has ${-sinceSeen} events more`;
  return `the last head seen has ${sinceSeen} events fewer: have "monitor" prove that the log goes on from it`;
}
