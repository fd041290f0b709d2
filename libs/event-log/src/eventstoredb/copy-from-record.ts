import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { RecordAway, WrongRecord } from '../errors';
import { HeadSignal } from '../head-signal';
import { becomeRecord } from '../sqlite/change-engine';
import type { LogReader } from '../sqlite/log-reader';
import { takeOwnerLock } from '../sqlite/owner-lock';
import { type Genesis, LOG_FILE, openBeside, openMirrorForWriting } from '../sqlite/schema';
import { type Compared, compareRecord } from './compare-record';
import { type CopyOptions, openHeld } from './copy-to-record';
import { isMoved, readGenesis, sealRecord } from './genesis';
import { Mirror } from './mirror';
import { MirrorFile } from './mirror-file';
import { RecordClient } from './record-client';

/**
 * Moves a record from EventStoreDB to a data folder that is empty or holds a mirror of it. No instance may run: they would
 * not notice. The record is sealed, mirrored to its end, read again and compared; then the mirror becomes the record.
 * Broken off at any time, it goes on when called again. `keepHeads` is given the whole mirror before that: whoever keeps
 * the stream of heads of an embedded record takes it from there.
 */
export async function copyFromRecord(
  { dataDir, record: options, onEvent }: CopyOptions,
  keepHeads: (mirror: LogReader) => void,
): Promise<Compared> {
  mkdirSync(dataDir, { recursive: true });
  const lock = takeOwnerLock(dataDir);
  const record = new RecordClient(options);
  try {
    const genesis = await readGenesis(record);
    if (genesis === undefined) throw new WrongRecord({ file: 'EventStoreDB', reason: 'it holds no record' });
    await fillMirror(record, dataDir, genesis);
    if (!(await isMoved(record))) await sealRecord(record);
    // What came before the seal.
    await fillMirror(record, dataDir, genesis);
    const compared = await compare(record, dataDir, onEvent, keepHeads);
    const file = join(dataDir, LOG_FILE);
    const db = openBeside(file);
    try {
      becomeRecord(db, file);
    } finally {
      db.close();
    }
    return compared;
  } finally {
    await record.close();
    lock.release();
  }
}

async function fillMirror(record: RecordClient, dataDir: string, genesis: Genesis): Promise<void> {
  const file = new MirrorFile(openMirrorForWriting(join(dataDir, LOG_FILE), genesis));
  const mirror = new Mirror(record, file, genesis.logId, new HeadSignal());
  try {
    mirror.start();
    await mirror.settled;
    if (mirror.stopped) throw mirror.stopped;
    const { state, reason = state } = mirror.health();
    if (state !== 'live') throw new RecordAway({ reason });
  } finally {
    await mirror.close();
    file.close();
  }
}

/** Throws unless both hold the same. */
async function compare(
  record: RecordClient,
  dataDir: string,
  onEvent: CopyOptions['onEvent'],
  keepHeads: (mirror: LogReader) => void,
): Promise<Compared> {
  const held = openHeld(dataDir);
  try {
    const compared = await compareRecord(record, held, onEvent);
    const { events, keys, heads, ahead } = compared;
    const isSame = events === held.reader.head() + 1 && keys === held.keys.length && heads === held.heads.length;
    if (isSame && ahead === 0) {
      keepHeads(held.reader);
      return compared;
    }
    throw new WrongRecord({ file: 'EventStoreDB', reason: 'something is still appended to it: stop every instance' });
  } finally {
    held.reader.close();
  }
}
