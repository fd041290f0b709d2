import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HeadEntry, type HeadRecord, openSqliteLog, OutcomeUnknown, type SqliteEventLog } from '#event-log';
import { sameKey } from '#ledger';
import { signHead } from '../../ledger/src/tree-head';
import { append, newEvent } from '../../../test/contract/new-event';
import { disownHeads } from './disown-heads';
import { HeadTable } from './head-table';
import { HeadsFile, readHeads } from './heads-file';
import { initKeys, readSecretKey, readSigningKey, readVerifierKeys } from './key-files';
import { LedgerStore } from './ledger-store';
import { Notary } from './notary';
import { rotateKeys } from './rotate-keys';

const ORIGIN = 'log.example';
let folder: string;
let dataDir: string;
let heads: string;
let recovery: string;
let log: SqliteEventLog;
/** The stream of heads where several instances have it: in a table of its own. */
let there: LedgerStore;
let table: HeadTable;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crisis-log-heads-'));
  [dataDir, heads, recovery] = [join(folder, 'data'), join(folder, 'heads'), join(folder, 'recovery.key')];
  log = await openSqliteLog({ dataDir, instance: 'i', build: 'b', origin: ORIGIN });
  mkdirSync(join(folder, 'there'));
  there = LedgerStore.open(join(folder, 'there'));
  table = new HeadTable(there);
});
afterEach(async () => {
  there.close();
  await log.close();
  rmSync(folder, { recursive: true });
});

const record = (appendTo: (entry: HeadEntry) => Promise<boolean>): HeadRecord => ({
  readFrom: (revision) => table.readFrom(revision),
  append: appendTo,
});
const recordEvents = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await log.append(append('crisis-s', newEvent()));
};
const owned = () => ({
  dataDir,
  reader: log.reader,
  store: LedgerStore.open(dataDir),
  file: HeadsFile.open(heads),
  trusted: readVerifierKeys(join(dataDir, 'log.vkey')),
});

test('a statement whose outcome was not known, and that is there after all, is not added again', async () => {
  await initKeys(dataDir, ORIGIN, recovery, table);
  let isAnswered = false;
  const silentOnce = record(async (entry) => {
    const isAppended = await table.append(entry);
    if (isAnswered) return isAppended;
    isAnswered = true;
    throw new OutcomeUnknown({ reason: 'no answer' });
  });
  const parts = owned();
  const { signing } = await rotateKeys({ ...parts, record: silentOnce });
  expect(there.statements()).toHaveLength(2);
  expect(sameKey(readSigningKey(dataDir)!, signing)).toBe(true);
  parts.file.close();
  parts.store.close();
});

describe('how far the log had come stands in HEADS_FILE', () => {
  it('behind a head that was under way while it went on', async () => {
    await initKeys(dataDir, ORIGIN, recovery, table);
    const answered = Promise.withResolvers<void>();
    const slow = record(async (entry) => {
      await answered.promise;
      return table.append(entry);
    });
    const notary = Notary.open({ dataDir, reader: log.reader, headsFile: heads, record: slow });
    await recordEvents(1);
    const proposing = notary.advance(0);
    await recordEvents(1);
    await notary.advance(1);
    answered.resolve();
    await proposing;
    expect(notary.head).toMatchObject({ size: 1 });
    notary.close();
    expect(readHeads(heads).reached).toMatchObject({ size: 2 });
  });

  it('behind a head that was taken back', async () => {
    await initKeys(dataDir, ORIGIN, recovery);
    await recordEvents(3);
    const notary = Notary.open({ dataDir, reader: log.reader, headsFile: heads });
    const { revision } = (await notary.settle(0))!;
    notary.close();
    await recordEvents(2);
    const parts = owned();
    const forged = signHead({ origin: ORIGIN, size: 4, root: Buffer.alloc(32, 7) }, readSigningKey(dataDir)!);
    parts.store.addNote({ revision: revision + 1, note: forged });
    await disownHeads(parts, { revision: revision + 1, reason: 'forged' }, readSecretKey(recovery));
    parts.file.close();
    parts.store.close();
    expect(readHeads(heads).reached).toMatchObject({ size: 5 });
  });
});
