import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { OutcomeUnknown, WritingStopped } from '../errors';
import { type AppendedEvent, MAX_BYTES_PER_APPEND, type NewEvent } from '../event-log';
import { failInserts } from '../testing/fail-inserts';
import { LOG_FILE } from './schema';
import { openSqliteLog, SqliteEventLog } from './sqlite-event-log';

let dataDir: string;
let log: SqliteEventLog;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-writer-'));
  log = await openSqliteLog({ dataDir, instance: 'test', build: '0' });
});
afterEach(async () => {
  await log.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const event = (type: string, id: string = crypto.randomUUID()): NewEvent => ({
  id,
  type,
  element: { eventId: id, type },
  marking: 'CLEAR',
  schemaVersion: 1,
  references: [],
});

const append = (...events: NewEvent[]): Promise<readonly AppendedEvent[]> =>
  log.append({ stream: 'crisis-a', events, expected: 'any', writer: { principal: 'test', level: 'RED' } });

test('a write that fails half-way moves no head, and after the log was reopened the same events go in', async () => {
  await append(event('First'));
  failInserts(dataDir, true);
  const events = [event('First'), event('Second')];
  await expect(append(...events)).rejects.toThrow(OutcomeUnknown);
  await expect(append(event('First'))).rejects.toThrow(WritingStopped);
  expect([log.head(), log.reader.head(), log.writing().ok]).toEqual([0, 0, false]);
  failInserts(dataDir, false);
  const stored = await retried(() => append(...events));
  expect(stored.map(({ position }) => position)).toEqual([1, 2]);
  expect([log.head(), log.reader.head(), log.writing().ok]).toEqual([2, 2, true]);
});

test('a log that nobody appends to finds out by itself that it can write again', async () => {
  failInserts(dataDir, true);
  await expect(append(event('Second'))).rejects.toThrow(OutcomeUnknown);
  failInserts(dataDir, false);
  while (!log.writing().ok) await delay(50);
  const [stored] = await append(event('Second'));
  expect(stored).toMatchObject({ position: 0, revision: 0 });
});

test('while it tries, appends are answered as ever', async () => {
  failInserts(dataDir, true);
  await expect(append(event('Second'))).rejects.toThrow(OutcomeUnknown);
  const answers: (string | number)[] = [];
  for (let i = 0; i < 150; i++) {
    const answer = await append(event('First')).then(
      ([stored]) => stored!.position,
      (error: Error) => error.name,
    );
    answers.push(answer!);
    await delay(10);
  }
  const positions = answers.filter((answer) => answer !== 'WritingStopped');
  expect(positions.length).toBeGreaterThan(0);
  expect(positions).toEqual(positions.map((_, i) => i));
  failInserts(dataDir, false);
});

test('the entries of consumers share the fate of the events beside them', async () => {
  const entry = (n: number) =>
    log.consumers.append({ stream: 'crisislog-consumer-a/b', entries: [{ n }], last: n - 1 });
  expect(await Promise.all([append(event('First')), entry(0)])).toMatchObject([[{ position: 0 }], true]);
  failInserts(dataDir, true);
  const both = await Promise.allSettled([entry(1), append(event('Second'))]);
  expect(both.map((each) => each.status === 'rejected' && (each.reason as unknown))).toEqual([
    expect.any(OutcomeUnknown),
    expect.any(OutcomeUnknown),
  ]);
  failInserts(dataDir, false);
  expect(await retried(() => entry(1))).toBe(true);
  expect((await log.consumers.readAfter('crisislog-consumer-a/b', -1)).map(({ revision }) => revision)).toEqual([0, 1]);
});

test('a log that has lost what it acknowledged takes nothing more', async () => {
  await append(event('First'), event('First'));
  failInserts(dataDir, true);
  await expect(append(event('Second'))).rejects.toThrow(OutcomeUnknown);
  failInserts(dataDir, false);
  const db = new DatabaseSync(join(dataDir, LOG_FILE));
  db.exec('delete from event where position = 1');
  db.close();
  const answer = () => append(event('First')).catch((error: unknown) => error);
  let last = await answer();
  for (; (last as Error).message?.includes('(no)'); last = await answer()) await delay(50);
  expect(last).toBeInstanceOf(WritingStopped);
  expect((last as Error).message).toContain('it ends at position 0, acknowledged was 1');
});

test('more than may wait is refused at once, and there is room again when it is written', async () => {
  const large = { type: 'First', summary: 'x'.repeat(MAX_BYTES_PER_APPEND - 100) };
  const appends = await Promise.allSettled(
    Array.from({ length: 80 }, () => append({ ...event('First'), element: large })),
  );
  const refused = appends.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
  // 64 MiB hold 72 of them.
  expect(refused.map(({ reason }) => (reason as Error).name)).toEqual(Array(8).fill('WriterBusy'));
  expect(await append(event('First'))).toMatchObject([{ position: 72 }]);
});

async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof WritingStopped)) throw error;
      await delay(50);
    }
  }
}
