import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import type { RecordOptions } from '#event-log';
import { initKeys, Notary } from '#notary';
import { checkMirror } from '../../apps/cli/src/audit/check-record';
import { append, newEvent } from '../contract/new-event';
import { describeOnRecord, eventstoredb, type RecordUnderTest } from '../support/record';

describeOnRecord('an auditor who reads EventStoreDB himself', () => {
  let record: RecordUnderTest;
  let there: RecordOptions;
  let dataDir: string;
  beforeEach(async () => {
    record = await eventstoredb();
    there = { url: process.env['EVENTSTOREDB_URL']!, namespace: record.namespace };
    dataDir = record.dataDir();
    const log = await record.open({ dataDir });
    for (let i = 0; i < 12; i++) await log.append(append(`crisis-s${i % 2}`, newEvent()));
    expect(await log.waitFor(11, 5_000)).toBe(true);
    await initKeys(dataDir, log.reader.genesis().origin, join(record.dataDir(), 'recovery.key'), log.heads);
    const notary = Notary.open({ dataDir, reader: log.reader, record: log.heads });
    await notary.settle(Date.now());
    notary.close();
    // Heads come to the mirror from the record, as events do.
    for (let looks = 0; [...log.heads.readFrom(0)].length < 2; looks++) {
      if (looks === 500) throw new Error('the head did not come to the mirror');
      await delay(10);
    }
    await log.close();
  });
  afterEach(() => record.dispose());
  const change = (sql: string) => {
    const db = new DatabaseSync(join(dataDir, 'log.sqlite'));
    db.exec(sql);
    db.close();
  };

  it('finds the same events there as in the mirror and under its heads, and what came since', async () => {
    const other = await record.open({ dataDir: record.dataDir() });
    await other.append(append('crisis-s0', newEvent()));
    await other.close();
    const found = await checkMirror({ dataDir }, there);
    expect(found).toMatchObject({ events: 12, heads: 1, signedSize: 12, record: { events: 12, ahead: 1, keys: 0 } });
  });

  it('refuses a mirror that holds another event in the place of one, though it is sound and nobody signed it', async () => {
    const [other, fork] = [await eventstoredb(), record.dataDir()];
    const log = await other.open({ dataDir: fork });
    await log.append(append('crisis-s0', newEvent()));
    expect(await log.waitFor(0, 5_000)).toBe(true);
    const own = await record.open({ dataDir: record.dataDir() });
    await own.close();
    await log.close();
    await other.dispose();
    await expect(checkMirror({ dataDir: fork }, there)).rejects.toMatchObject({ type: 'wrong-record' });
    const db = new DatabaseSync(join(fork, 'log.sqlite'));
    db.prepare('update crisislog_genesis set log_id = ?').run(own.logId);
    db.close();
    await expect(checkMirror({ dataDir: fork }, there)).rejects.toMatchObject({
      type: 'record-rewound',
      message: expect.stringContaining('at position 0 '),
    });
  });

  it('refuses a mirror with an event that was altered, and names it', async () => {
    change(`update event set body = replace(body, '2025', '2026') where position = 4`);
    await expect(checkMirror({ dataDir }, there)).rejects.toMatchObject({ position: 4 });
  });

  it('refuses a mirror that lost its last event, by its heads', async () => {
    change('delete from event where position = 11');
    await expect(checkMirror({ dataDir }, there)).rejects.toMatchObject({ kind: 'rolled-back' });
  });
});
