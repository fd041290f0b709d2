import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { type BundleVerdict, parseVerifierKey, verifyBundle, type VerifierKey } from '#ledger';
import { UsageError } from '../exit-codes';

/** Verifies a bundle, offline, in one pass. @throws Refusal saying what does not hold, and where. */
export async function verifyFile(file: string, keyFile: string): Promise<BundleVerdict> {
  const trusted = await readKeys(keyFile);
  const input = createReadStream(file);
  const lines = createInterface({ input, crlfDelay: Infinity });
  await new Promise<void>((resolve, reject) => input.once('open', () => resolve()).once('error', reject)).catch(
    unreadable(file),
  );
  return verifyBundle(lines, { trusted });
}

/** The public keys of a file, a line each. */
export async function readKeys(file: string): Promise<VerifierKey[]> {
  const text = await readFile(file, 'utf8').catch(unreadable(file));
  return text.split('\n').filter(Boolean).map(parseVerifierKey);
}

const unreadable = (file: string) => (error: Error) => {
  throw new UsageError(`cannot read ${file}: ${error.message}`);
};

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
}: BundleVerdict): string {
  const parts = Object.entries(shown).map(([part, count]) => `${part} of ${count}`);
  return [
    `VERIFIED: ${crisis} of ${origin}`,
    `  proved   ${events} events, revisions 0 to ${lastRevision} without a gap, unaltered and in order,`,
    `           in the log of ${head.size} events under the root ${Buffer.from(head.root).toString('base64')}`,
    `  shown    ${parts.join(', ')}${foreign > 0 ? `; ${foreign} of another writer` : ''}`,
    `  proof    ${proofHashes} hashes; epoch ${epoch}`,
    `  claimed  by the keeper of the key only: that revision ${lastRevision} was the last at this head`,
  ].join('\n');
}
