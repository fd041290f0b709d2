import { randomUUID } from 'node:crypto';
import { LogFromNewerBuild, RecordAway, RecordMoved } from '../errors';
import type { Genesis } from '../sqlite/schema';
import type { RecordClient, RecordedEvent } from './record-client';

export const GENESIS_STREAM = 'crisislog-genesis';

/** Type of the event that ends the record: what follows it in `$all` is no longer part of it. */
const SEAL = 'Moved';

/**
 * The identity of the record: written once, by whichever instance comes first, and the same for all. Throws RecordMoved
 * where the record was moved away.
 */
export async function genesisOf(record: RecordClient, origin: string | undefined): Promise<Genesis> {
  const known = await readGenesis(record);
  if (known !== undefined) {
    const to = await movedTo(record);
    if (to !== undefined) throw new RecordMoved({ to });
    return known;
  }
  const logId = randomUUID();
  return writeGenesis(record, { logId, origin: origin ?? `crisis-log/${logId}` });
}

/** Resolves with the identity that the record then has: another instance may have written first. */
export async function writeGenesis(
  record: RecordClient,
  { logId, origin }: Pick<Genesis, 'logId' | 'origin'>,
): Promise<Genesis> {
  const data = { logId, prefix: 'crisis-', format: 1, origin };
  const event = { id: randomUUID(), type: 'Genesis', data: JSON.stringify(data), metadata: '{}' };
  const outcome = await record.append(GENESIS_STREAM, -1, [event]);
  // After an unknown outcome, too, only the record knows.
  const written = await readGenesis(record);
  if (written !== undefined) return written;
  throw new RecordAway({ reason: 'reason' in outcome ? outcome.reason : 'its genesis cannot be read back' });
}

/** No instance starts on this record from now on, and those that run acknowledge nothing that comes behind the seal. */
export async function sealRecord(record: RecordClient, to: string): Promise<void> {
  const seal = { id: randomUUID(), type: SEAL, data: JSON.stringify({ to }), metadata: '{}' };
  const outcome = await record.append(GENESIS_STREAM, 0, [seal]);
  if ((await movedTo(record)) === undefined)
    throw new RecordAway({ reason: 'reason' in outcome ? outcome.reason : 'it cannot be sealed' });
}

/** Where the record went, in the words of whoever moved it. */
export async function movedTo(record: RecordClient): Promise<string | undefined> {
  const last = await record.lastOf(GENESIS_STREAM);
  return last && sealIn(last);
}

/** The same, where this event is the seal. */
export function sealIn({ stream, type, data }: RecordedEvent): string | undefined {
  if (stream !== GENESIS_STREAM || type !== SEAL) return undefined;
  const { to } = Object(data) as { to?: unknown };
  return typeof to === 'string' ? to : 'a data folder';
}

export async function readGenesis(record: RecordClient): Promise<Genesis | undefined> {
  const [event] = await record.readStream(GENESIS_STREAM, 0);
  if (event === undefined) return undefined;
  const { logId, prefix, format, origin } = event.data as Genesis;
  if (format !== 1 || prefix !== 'crisis-')
    throw new LogFromNewerBuild({ file: GENESIS_STREAM, reason: `format ${String(format)}, prefix ${String(prefix)}` });
  return { logId, prefix, format, origin, created: event.created };
}
