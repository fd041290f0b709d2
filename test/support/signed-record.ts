import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { initKeys, HeadsFile, LedgerStore, type OwnedRecord, readSecretKey, readVerifierKeys } from '#notary';
import type { EventStoreLog } from '#event-log/eventstoredb';
import { RecordClient } from '../../libs/event-log/src/eventstoredb/record-client';
import { sentHead } from '../../libs/event-log/src/eventstoredb/system-entry';
import { newId } from '../contract/new-event';
import type { RecordUnderTest } from './record';

export const ORIGIN = 'log.example';

/** The data folder of an instance, and outside it its HEADS_FILE. */
export interface Seat {
  readonly dataDir: string;
  readonly heads: string;
}

export interface SignedRecord {
  /** With the keys of the log. */
  readonly signer: Seat;
  readonly recovery: string;
  /** A folder more: with the same signing key, or to verify by. */
  seat(signs: boolean): Seat;
  /** Everything in `crisislog-heads`, read from EventStoreDB. */
  entries(): Promise<{ revision: number; note: string }[]>;
  /** What somebody else writes to that stream. */
  intrude(note: string): Promise<void>;
  close(): Promise<void>;
}

/** A record in EventStoreDB with keys. */
export async function signedRecord(record: RecordUnderTest): Promise<SignedRecord> {
  const newSeat = (): Seat => ({ dataDir: record.dataDir(), heads: join(record.dataDir(), 'heads') });
  const signer = newSeat();
  const recovery = join(record.dataDir(), 'recovery.key');
  const log = await record.open({ dataDir: signer.dataDir, origin: ORIGIN });
  await initKeys(signer.dataDir, ORIGIN, recovery, log.heads);
  await log.close();
  const client = new RecordClient({ url: record.url, namespace: record.namespace });
  const entries = async () =>
    (await client.readStream('crisislog-heads', 0)).map(({ revision, data }) => ({
      revision,
      note: (data as { note: string }).note,
    }));
  return {
    signer,
    recovery,
    entries,
    seat(signs) {
      const seat = newSeat();
      for (const file of ['log.vkey', ...(signs ? ['signing.key'] : [])])
        copyFileSync(join(signer.dataDir, file), join(seat.dataDir, file));
      return seat;
    },
    async intrude(note) {
      for (let kind = ''; kind !== 'stored';) {
        const sent = sentHead(newId(), note, Date.now());
        ({ kind } = await client.append('crisislog-heads', (await entries()).length - 1, [sent]));
      }
    },
    close: () => client.close(),
  };
}

export const signingKeyOf = ({ dataDir }: Seat) => readSecretKey(join(dataDir, 'signing.key'));

/** Works on the folder of an instance that is not running, as the command line does. */
export async function withOwned<T>(
  log: EventStoreLog,
  seat: Seat,
  work: (owned: OwnedRecord) => Promise<T>,
): Promise<T> {
  const { dataDir } = seat;
  const [store, file] = [LedgerStore.open(dataDir), HeadsFile.open(seat.heads)];
  const trusted = readVerifierKeys(join(dataDir, 'log.vkey'));
  try {
    return await work({ dataDir, reader: log.reader, store, file, trusted, record: log.heads });
  } finally {
    file.close();
    store.close();
    await log.close();
  }
}
