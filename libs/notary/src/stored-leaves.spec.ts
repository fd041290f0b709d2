import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { LogReader, openSqliteLog } from '#event-log';
import { amendment, append, newEvent, newId } from '../../../test/contract/new-event';
import { RecordFault } from './record-fault';
import { openedEvents, storedLeaves } from './stored-leaves';

const dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-leaves-'));
let reader: LogReader;
let db: DatabaseSync;
let size: number;

beforeAll(async () => {
  const log = await openSqliteLog({ dataDir, instance: 'i', build: 'b' });
  for (let i = 0; i < 12; i++) {
    const id = newId();
    const content = {
      summary: `“report” ${i}\n`,
      data: { lat: i / 7, many: [i, null, true] },
      sources: [{ name: 'é' }],
    };
    await log.append(append(`crisis-${i % 2}`, newEvent({ id, content })));
    await log.append(append(`crisis-${i % 2}`, amendment(id, { marking: 'inherit' })));
  }
  await log.close();
  db = new DatabaseSync(join(dataDir, 'log.sqlite'));
  reader = new LogReader(db);
  size = reader.head() + 1;
});
afterAll(() => {
  db.close();
  rmSync(dataDir, { recursive: true });
});

/** The leaves, or the first position that does not hold. */
function found(leaves: () => readonly Uint8Array[]): readonly Uint8Array[] | number | undefined {
  try {
    return leaves();
  } catch (error) {
    expect(error).toBeInstanceOf(RecordFault);
    return (error as RecordFault).position;
  }
}
const byLog = () => found(() => storedLeaves(reader, 0, size));
const byLedger = () => found(() => Array.from(openedEvents(reader, 0, size), ({ leaf }) => leaf));

test('the log and the ledger, which share no code, make the same leaves of what is stored', () => {
  expect(byLog()).toHaveLength(size);
  expect(byLog()).toEqual(byLedger());
});

const COLUMNS = ['type', 'marking', 'body', 'correlation_id', 'marks', 'content_type'];
const changes = [
  ...COLUMNS.map((column) => `${column} = 'other'`),
  `revision = revision + 1000`,
  `schema_version = schema_version + 1`,
  `recorded_at = recorded_at + 1e9`,
  `recorder = 99`,
  `id = randomblob(16)`,
  `body = body || ' '`,
  `body = replace(body, ':', ': ')`,
  `body = replace(body, '":"', '":"x')`,
  `target = randomblob(16)`,
  `seal = zeroblob(320)`,
  `seal = substr(seal, 1, 319)`,
];

test('whatever is changed of an event, both refuse it, and nothing before it', () => {
  fc.assert(
    fc.property(fc.nat({ max: size - 1 }), fc.constantFrom(...changes), (position, change) => {
      db.exec(`savepoint change; update event set ${change} where position = ${position}`);
      const isChanged = db.prepare('select changes() as n').get()!['n'] === 1;
      const [log, ledger] = [byLog(), byLedger()];
      db.exec('rollback to change; release change');
      expect(isChanged).toBe(true);
      expect([change, log, ledger]).toEqual([change, position, position]);
    }),
    { numRuns: 60 },
  );
});
