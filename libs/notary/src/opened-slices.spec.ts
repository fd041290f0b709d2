import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { LogReader, openSqliteLog } from '#event-log';
import { append, newEvent } from '../../../test/contract/new-event';
import { openedSlices } from './opened-slices';
import { storedLeaves } from './stored-leaves';

// More than two slices, so that threads open them.
const EVENTS = 9_000;
const dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-slices-'));
let db: DatabaseSync;
let reader: LogReader;

beforeAll(async () => {
  const log = await openSqliteLog({ dataDir, instance: 'i', build: 'b' });
  for (let i = 0; i < EVENTS; i += 1_000) {
    const events = Array.from({ length: 1_000 }, (_, k) => newEvent({ content: { summary: `report ${i + k}` } }));
    await Promise.all(events.map((event, k) => log.append(append(`crisis-${k % 3}`, event))));
  }
  await log.close();
  db = new DatabaseSync(join(dataDir, 'log.sqlite'));
  reader = new LogReader(db);
});
afterAll(() => {
  db.close();
  rmSync(dataDir, { recursive: true });
});

async function leavesBelow(to: number): Promise<readonly Uint8Array[]> {
  const leaves = [];
  for await (const slice of openedSlices(reader, to)) leaves.push(...slice);
  return leaves;
}

test.each([0, 1, 4_095, 4_096, 4_097, EVENTS])(
  'threads make the leaves of %i events that one thread makes',
  async (to) => {
    const leaves = await leavesBelow(to);
    expect(leaves).toHaveLength(to);
    // Jest would compare byte by byte, for longer than all else takes.
    expect(Buffer.concat(leaves).equals(Buffer.concat(storedLeaves(reader, 0, to)))).toBe(true);
  },
);

test('of several wrong events the first is named, whichever thread found one first', async () => {
  const alter = (position: number) =>
    `update event set body = replace(body, 'report', 'denial') where position = ${position};`;
  db.exec(alter(4_100) + alter(8_200) + alter(8_999));
  await expect(leavesBelow(EVENTS)).rejects.toMatchObject({ name: 'RecordFault', kind: 'altered', position: 4_100 });
  await expect(leavesBelow(4_100)).resolves.toHaveLength(4_100);
});
