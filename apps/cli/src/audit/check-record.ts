import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type HeadEntry, openReader, type RecordOptions } from '#event-log';
import { compareMirror } from '#event-log/eventstoredb';
import {
  checkRecord as check,
  LEDGER_FILE,
  LedgerStore,
  readHeads,
  readVerifierKeys,
  type RecordCheck,
  RecordFault,
} from '#notary';
import { showProgress } from '../progress';
import { requireHeads, requireLog } from './data-dir';

interface Where {
  readonly dataDir: string;
  readonly heads?: string;
  /** Public keys. Default: the data folder's own, which are worth something only to who trusts its keeper. */
  readonly key?: string;
}

/** Recomputes the log of a data folder, also while its server runs. @throws RecordFault */
export async function checkRecord({ dataDir, heads, key }: Where): Promise<RecordCheck> {
  requireLog(dataDir);
  using reader = openReader(dataDir);
  const isKept = existsSync(join(dataDir, LEDGER_FILE));
  using stored = isKept ? LedgerStore.open(dataDir, { readOnly: true }) : undefined;
  using progress = showProgress(reader.head() + 1, process.stderr);
  const outside = heads === undefined ? undefined : readHeads(requireHeads(heads));
  const keyFile = key ?? join(dataDir, 'log.vkey');
  const trusted = existsSync(keyFile) ? readVerifierKeys(keyFile) : [];
  // First what the record has, then what this folder verified of it, which in a mirror may lag behind.
  const mirrored = reader.isMirror() ? [...reader.mirroredHeads(0)] : [];
  const notes = oneStream([mirrored, stored?.notes() ?? [], outside?.notes ?? []]);
  return await check(reader, { notes, reached: outside?.reached, trusted }, (n) => progress.update(n, n));
}

/**
 * The stream of heads, put together from copies that each have a beginning of it. Two copies that differ in an entry
 * are of two histories, however well both are signed. An empty note stands for an entry that was ignored when it came.
 */
function oneStream(copies: readonly (readonly HeadEntry[])[]): HeadEntry[] {
  const stream: HeadEntry[] = [];
  for (const copy of copies)
    for (const [i, entry] of copy.entries()) {
      const twin = stream[i];
      if (twin && twin.note !== '' && entry.note !== '' && twin.note !== entry.note)
        throw new RecordFault('heads', `there are two entries of revision ${entry.revision}`);
      if (!twin || twin.note === '') stream[i] = entry;
    }
  return stream;
}

export interface MirrorCheck extends RecordCheck {
  /** What EventStoreDB holds of this log, read from there. */
  readonly record: {
    readonly events: number;
    readonly ahead: number;
    readonly keys: number;
    /** Entries of the stream of heads. */
    readonly heads: number;
  };
}

/**
 * Checks the mirror against its heads, then all of EventStoreDB against the mirror: so, in effect, the record against
 * the heads.
 * @throws RecordFault, EventLogError
 */
export async function checkMirror(where: Where, record: RecordOptions): Promise<MirrorCheck> {
  const mirror = await checkRecord(where);
  const { events, ahead, keys, heads } = await compareMirror({ dataDir: where.dataDir, record });
  return { ...mirror, record: { events, ahead, keys, heads } };
}

export const printedMirror = ({ record: { events, ahead, keys, heads }, ...check }: MirrorCheck): string =>
  `${printedCheck(check)}\n  EventStoreDB  ${events} events, ${keys} keys and ${heads} entries of heads are the same there; ${ahead} more came since`;

export const printedCheck = ({ origin, events, root, heads, signedSize, epoch, ignored }: RecordCheck): string =>
  [
    `VERIFIED: the record of ${origin}`,
    `  recomputed  ${events} events, root ${Buffer.from(root).toString('base64')}`,
    `  heads       ${heads} agree, the last over ${signedSize} events; epoch ${epoch}`,
    ...(ignored > 0 ? [`  IGNORED     ${ignored} entries of the stream of heads: no key then valid signed them`] : []),
    ...(signedSize < events ? [`  unsigned    ${events - signedSize} events after it`] : []),
  ].join('\n');
