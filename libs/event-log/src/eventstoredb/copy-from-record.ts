import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { RecordAway, RecordMoved, WrongRecord } from '../errors';
import { HeadSignal } from '../head-signal';
import { becomeRecord } from '../sqlite/change-engine';
import type { LogReader } from '../sqlite/log-reader';
import { takeOwnerLock } from '../sqlite/owner-lock';
import { type Genesis, LOG_FILE, openBeside, openMirrorForWriting } from '../sqlite/schema';
import { type Compared, compareRecord } from './compare-record';
import { copyConsumersFrom } from './copy-consumers';
import { type CopyOptions, openHeld } from './copy-to-record';
import { movedTo, readGenesis, sealRecord } from './genesis';
import { Mirror } from './mirror';
import { MirrorFile } from './mirror-file';
import { RecordClient } from './record-client';

export interface CopyBackOptions extends CopyOptions {
  /** Where the record goes, told to the clients of instances that still run. */
  readonly movedTo?: string;
  /**
   * Given the whole mirror before it becomes the record: who keeps the stream of heads of an embedded one takes it from
   * there.
   */
  readonly keepHeads: (mirror: LogReader) => void;
}

/**
 * Moves a record from EventStoreDB to a data folder that is empty or holds a mirror of it. The record is sealed,
 * mirrored up to the seal, read again and compared; then the mirror becomes the record. Instances that run meet the
 * seal, and tell their clients where the record went. Broken off at any time, it goes on when called again.
 */
export async function copyFromRecord({
  dataDir,
  record: options,
  onEvent,
  movedTo: to = 'a data folder',
  keepHeads,
}: CopyBackOptions): Promise<Compared> {
  mkdirSync(dataDir, { recursive: true });
  using _lock = takeOwnerLock(dataDir);
  await using record = new RecordClient(options);
  const genesis = await readGenesis(record);
  if (genesis === undefined) throw new WrongRecord({ file: 'EventStoreDB', reason: 'it holds no record' });
  await fillMirror(record, dataDir, genesis);
  if ((await movedTo(record)) === undefined) await sealRecord(record, to);
  // What came before the seal.
  await fillMirror(record, dataDir, genesis);
  const compared = await compare(record, dataDir, onEvent, keepHeads);
  const file = join(dataDir, LOG_FILE);
  using db = openBeside(file);
  await copyConsumersFrom(record, db);
  becomeRecord(db, file);
  return compared;
}

async function fillMirror(record: RecordClient, dataDir: string, genesis: Genesis): Promise<void> {
  using file = new MirrorFile(openMirrorForWriting(join(dataDir, LOG_FILE), genesis));
  await using mirror = new Mirror(record, file, genesis.logId, new HeadSignal(), () => undefined);
  mirror.start();
  await mirror.settled;
  if (mirror.stopped instanceof RecordMoved) return;
  if (mirror.stopped) throw mirror.stopped;
  const { state, reason = state } = mirror.health();
  if (state !== 'live') throw new RecordAway({ reason });
}

/** Throws unless both hold the same. */
async function compare(
  record: RecordClient,
  dataDir: string,
  onEvent: CopyOptions['onEvent'],
  keepHeads: (mirror: LogReader) => void,
): Promise<Compared> {
  using held = openHeld(dataDir);
  const total = held.reader.head() + 1;
  const compared = await compareRecord(record, held, (count) => onEvent?.(count, total));
  const { events, keys, heads, ahead } = compared;
  if (events !== total || keys !== held.keys.length || heads !== held.heads.length || ahead > 0)
    throw new WrongRecord({ file: 'EventStoreDB', reason: 'something is still appended to it: stop every instance' });
  keepHeads(held.reader);
  return compared;
}
