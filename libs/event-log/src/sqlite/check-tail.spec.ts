import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { NewEvent } from '../event-log';
import { LOG_FILE } from './schema';
import { openSqliteLog } from './sqlite-event-log';

let dataDir: string;
const open = () => openSqliteLog({ dataDir, instance: 'i', build: 'b', clock: () => 1_000 });
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-tail-'));
  const log = await open();
  const event = (type: string, data: object, its: Partial<NewEvent> = {}): NewEvent => ({
    id: crypto.randomUUID(),
    type,
    element: { type, data },
    marking: 'GREEN',
    schemaVersion: 1,
    references: [],
    ...its,
  });
  const first = event('First', {});
  const target = { target: first.id, references: [{ pointer: '/data/target', id: first.id }] };
  const change = event('MarkingChanged', { target: first.id, marking: 'RED' }, { ...target, marks: 'RED' });
  const events = [first, change, event('Third', {})];
  await log.append({ stream: 'crisis-a', events, expected: 'any', writer: { principal: 'desk', level: 'RED' } });
  await log.close();
});
afterEach(() => rmSync(dataDir, { recursive: true }));

test.each([
  ['an event that is missing', 'delete from event where position = 1', 'position 1: the event is missing'],
  ['time that falls', 'update event set recorded_at = 999 where position = 2', 'position 2: recorded before'],
  ['another time', 'update event set recorded_at = 999 where position = 0', 'position 0: its seal does not hold'],
  [
    'another body',
    `update event set body = replace(body, 'RED', 'CLEAR') where position = 1`,
    'its seal does not hold',
  ],
  ['a body in another form', `update event set body = ' ' || body where position = 0`, 'not in canonical form'],
])('a log with %s at its end does not open', async (_what, damage, reason) => {
  const db = new DatabaseSync(join(dataDir, LOG_FILE));
  db.exec(damage);
  db.close();
  await expect(open()).rejects.toMatchObject({
    type: 'log-damaged',
    reason: expect.stringContaining(reason) as unknown,
  });
});

test('a log without damage opens', async () => {
  await (await open()).close();
});
