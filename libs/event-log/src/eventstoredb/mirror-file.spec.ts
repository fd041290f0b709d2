import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentHashOf, divideElement } from '../element';
import type { NewEvent } from '../event-log';
import { becomeRecord } from '../sqlite/change-engine';
import { openReader } from '../sqlite/log-reader';
import { type Genesis, LOG_FILE, openBeside, openMirrorForWriting } from '../sqlite/schema';
import { openSqliteLog } from '../sqlite/sqlite-event-log';
import { failInserts } from '../testing/fail-inserts';
import { MirrorFile } from './mirror-file';
import type { RecordedEvent } from './record-client';
import { Sealer } from './sealer';

const genesis: Genesis = { logId: 'log', prefix: 'crisis-', format: 1, origin: 'log.example', created: 0 };
const sealer = new Sealer({ instance: 'i', build: 'b' }, () => 0);

let commit = 0n;
let dataDir: string;
let mirror: MirrorFile;
const reopen = () => new MirrorFile(openMirrorForWriting(join(dataDir, LOG_FILE), genesis));
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-mirror-'));
  mirror = reopen();
});
afterEach(() => rmSync(dataDir, { recursive: true }));

/** As the record gives it, in the stored format. */
function recorded(stream: string, revision: number, recordedAt: number, type = 'First'): RecordedEvent {
  const id = crypto.randomUUID();
  const sent: NewEvent = { id, type, element: { type }, marking: 'CLEAR', schemaVersion: 1, references: [] };
  const element = divideElement(sent.element);
  const proposed = { ...sent, contentHash: contentHashOf(element) };
  const { data, metadata } = sealer.seal(stream, revision, { sent, element, proposed }, 'desk', recordedAt);
  const position = { commit: ++commit, prepare: commit };
  const [parsedData, parsedMetadata] = [data, metadata].map((text) => JSON.parse(text) as unknown);
  return { stream, revision, id, type, data: parsedData, metadata: parsedMetadata, created: recordedAt, position };
}

const foreign = (stream: string, revision: number, created: number): RecordedEvent => ({
  ...recorded(stream, revision, created),
  data: { anything: true },
  metadata: null,
});

function held(): { streams: string[]; knownAt: number[] } {
  const reader = openReader(dataDir);
  const streams = [...reader.readAll()].map(({ stream }) => stream);
  const knownAt = streams.map((_, position) => [0, 10, 20, 30, 40].find((t) => reader.positionKnownAt(t) >= position)!);
  reader.close();
  return { streams, knownAt };
}

test('a transaction that is rolled back leaves nothing behind, and what it held is taken when it comes again', () => {
  const [a, b, c] = [recorded('crisis-a', 0, 10), recorded('crisis-b', 0, 30, 'Second'), recorded('crisis-c', 0, 20)];
  failInserts(dataDir, true);
  expect(() => mirror.write([a, b])).toThrow('no');
  expect([mirror.head, mirror.knownAt, mirror.checkpoint]).toEqual([-1, 0, undefined]);
  failInserts(dataDir, false);
  for (const event of [a, b, c]) mirror.write([event]);
  mirror.close();
  expect(held()).toEqual({ streams: ['crisis-a', 'crisis-b', 'crisis-c'], knownAt: [10, 30, 30] });
});

test('what was known at its end is found again', () => {
  mirror.write([recorded('crisis-a', 0, 10), recorded('crisis-a', 1, 40), recorded('crisis-a', 2, 20)]);
  mirror.close();
  mirror = reopen();
  expect(mirror.knownAt).toBe(40);
  mirror.write([recorded('crisis-a', 3, 30)]);
  mirror.close();
  expect(held().knownAt).toEqual([10, 40, 40, 40]);
});

test.each([
  ['events that several clocks recorded', [recorded('crisis-a', 0, 40), recorded('crisis-a', 1, 20)]],
  ["another writer's event", [foreign('crisis-a', 0, 10), recorded('crisis-a', 1, 20)]],
])('a mirror with %s becomes a record that opens', async (_what, events) => {
  mirror.write(events);
  mirror.close();
  const file = join(dataDir, LOG_FILE);
  const db = openBeside(file);
  becomeRecord(db, file);
  db.close();
  const open = () => openSqliteLog({ dataDir, instance: 'i', build: 'b', clock: () => 0 });
  const writer = { principal: 'desk', level: 'RED' } as const;
  const next = { id: crypto.randomUUID(), type: 'Third', marking: 'CLEAR', schemaVersion: 1, references: [] } as const;
  for (const repeated of [false, true]) {
    const log = await open();
    const [appended] = await log.append({
      stream: 'crisis-a',
      events: [{ ...next, element: { type: 'Third' } }],
      expected: 'any',
      writer,
    });
    await log.close();
    expect(appended).toMatchObject({
      position: 2,
      revision: 2,
      recordedAt: Math.max(...events.map((e) => e.created)),
      repeated,
    });
  }
});
