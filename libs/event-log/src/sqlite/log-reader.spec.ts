import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { append, newEvent, newId } from '../../../../test/contract/new-event';
import { fixture } from '../../../../test/support/fixture';
import { canonicalJson } from '../canonical-json';
import { PARTS } from '../envelope';
import type { StoredEvent } from '../event-log';
import { LogReader, openReader } from './log-reader';
import { openSqliteLog, SqliteEventLog } from './sqlite-event-log';

interface Vector {
  name: string;
  sent: { eventId: string; type: string };
  stream: string;
  parts: Record<string, Record<string, unknown>>;
}
const { vectors } = fixture<{ vectors: Vector[] }>('envelope-vectors.json');

describe('the reader of a log', () => {
  const hourMs = 3_600_000;
  let now = Date.UTC(2025, 5, 13);
  let dataDir: string;
  let log: SqliteEventLog;
  let reader: LogReader;
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-'));
    log = await openSqliteLog({ dataDir, instance: 'i1', build: '1.0.0', origin: 'log.example/1', clock: () => now });
    reader = log.reader;
  });
  afterAll(async () => {
    await log.close();
    rmSync(dataDir, { recursive: true });
  });

  it('knows the genesis', () => {
    expect(reader.genesis()).toEqual({
      logId: log.logId,
      prefix: 'crisis-',
      format: 1,
      origin: 'log.example/1',
      created: now,
    });
  });

  it.each(vectors.map((vector) => [vector.name, vector] as const))(
    'rebuilds the stored format of %s, byte for byte',
    async (_name, { sent, parts }) => {
      const [author, header] = [parts['author']!, parts['header']!];
      const [result] = await log.append(
        append('crisis-us-iran', {
          ...newEvent({ id: sent.eventId, type: sent.type, marking: 'RED' }),
          element: sent,
          schemaVersion: 1,
          ...('contentSchemaVersion' in header && { contentSchemaVersion: header['contentSchemaVersion'] as number }),
          correlationId: author['$correlationId'] as string,
          ...('$causationId' in author && { causationId: author['$causationId'] as string }),
        }),
      );
      const { data, metadata, leaf } = reader.envelope(result!.position!)!;
      expect(canonicalJson(JSON.parse(data))).toBe(data);
      expect(canonicalJson(JSON.parse(metadata))).toBe(metadata);

      // Verified as a stranger would, from the two texts and the page of the format alone.
      const { content, refs, sources, salts, contentHash, ...restOfData } = JSON.parse(data);
      const { commitments, recordedAt, marking, schemaVersion, contentSchemaVersion, v, ...restOfMetadata } =
        JSON.parse(metadata);
      expect([restOfData, v]).toEqual([{}, 1]);
      expect({ content, refs, sources }).toEqual({
        content: parts['content'],
        refs: parts['refs'],
        sources: parts['sources'],
      });
      const expected: Record<string, object> = {
        place: { stream: 'crisis-us-iran', revision: result!.revision },
        header: {
          eventId: sent.eventId,
          type: sent.type,
          recordedAt,
          marking,
          schemaVersion,
          ...(contentSchemaVersion && { contentSchemaVersion }),
        },
        author: { ...author, recordedBy: { principal: 'desk', instance: 'i1', build: '1.0.0' } },
        content,
        refs,
        sources,
      };
      expect(restOfMetadata).toEqual(expected['author']);
      const salt = Buffer.from(salts, 'base64url');
      const sha256 = (...pieces: (string | Uint8Array)[]) =>
        pieces.reduce((hash, piece) => hash.update(piece), createHash('sha256')).digest();
      const hashes = PARTS.map((part, f) =>
        sha256(Buffer.of(2), salt.subarray(f * 16, f * 16 + 16), canonicalJson([part, expected[part]])),
      );
      expect(commitments).toBe(Buffer.concat(hashes).toString('base64url'));
      expect(leaf).toEqual(sha256(Buffer.of(0), canonicalJson({ v: 1, commitments })));
      const { eventId: _id, ...identified } = sent;
      expect(contentHash).toBe(sha256(canonicalJson(identified)).toString('base64url'));
    },
  );

  it('finds an event by its id, in its stream only', async () => {
    const event = newEvent();
    await log.append(append('crisis-find', event));
    expect(reader.find('crisis-find', event.id)).toEqual([...reader.readStream('crisis-find')][0]);
    expect(reader.find('crisis-us-iran', event.id)).toBeUndefined();
    expect(reader.find('crisis-find', newId())).toBeUndefined();
    expect(reader.find('crisis-unknown', event.id)).toBeUndefined();
    expect(reader.at(reader.head())).toEqual(reader.find('crisis-find', event.id));
    expect(reader.at(reader.head() + 1)).toBeUndefined();
    expect(reader.envelope(reader.head() + 1)).toBeUndefined();
    expect([reader.streamHead('crisis-find'), reader.streamHead('crisis-unknown')]).toEqual([0, -1]);
  });

  it('knows how far a stream had come at each position', async () => {
    const from = reader.head() + 1;
    const [mine, other] = ['crisis-revision-at-mine', 'crisis-revision-at-other'];
    for (const stream of [other, mine, mine, other, mine, other, mine, other])
      await log.append(append(stream, newEvent()));
    const known = (stream: string) => Array.from({ length: 9 }, (_, i) => reader.revisionAt(stream, from - 1 + i));
    expect(known(mine)).toEqual([-1, -1, 0, 1, 1, 2, 2, 3, 3]);
    expect(known(other)).toEqual([-1, 0, 0, 0, 1, 1, 2, 2, 3]);
    expect(reader.revisionAt('crisis-nowhere', from)).toBe(-1);
  });

  it('reads some streams only, in the order of the log, also beyond a page', async () => {
    const streams = ['crisis-x', 'crisis-y', 'crisis-z'];
    const from = log.head() + 1;
    await Promise.all(Array.from({ length: 1_600 }, (_none, i) => log.append(append(streams[i % 3]!, newEvent()))));
    const wanted = [...reader.readAll({ from })].filter(({ stream }) => stream !== 'crisis-y');
    expect([...reader.readAll({ from, streams: ['crisis-z', 'crisis-x', 'crisis-nowhere'] })]).toEqual(wanted);
    expect([...reader.readAll({ streams: [] })]).toEqual([]);
  });

  it('reads some types only, in either direction, also beyond a page', async () => {
    const types = ['A', 'B', 'C'];
    const from = reader.head() + 1;
    await Promise.all(
      Array.from({ length: 1_600 }, (_none, i) => log.append(append('crisis-t', newEvent({ type: types[i % 3]! })))),
    );
    const wanted = [...reader.readAll({ from })].filter(({ type }) => type !== 'B');
    expect([...reader.readAll({ from, types: ['A', 'C'] })]).toEqual(wanted);
    expect([...reader.readStream('crisis-t', { types: ['A', 'C'] })]).toEqual(wanted);
    expect([...reader.readStream('crisis-t', { types: ['A', 'C'], direction: 'backwards', maxCount: 700 })]).toEqual(
      wanted.toReversed().slice(0, 700),
    );
    expect([...reader.readAll({ types: [] })]).toEqual([]);
  });

  it('knows what was known at a time', async () => {
    const recorded: StoredEvent[] = [];
    for (const [hours, count] of [
      [1, 3],
      [2, 1],
      [1, 2],
      [5, 4],
    ] as const) {
      now = Date.UTC(2026, 0, 1) + hours * hourMs;
      await log.append(
        append(
          'crisis-time',
          Array.from({ length: count }, () => newEvent()),
        ),
      );
    }
    recorded.push(...reader.readAll());
    const knownAt = (timeMs: number) => recorded.findLast(({ recordedAt }) => recordedAt <= timeMs)?.position ?? -1;
    for (let time = Date.UTC(2025, 5, 12); time < Date.UTC(2026, 0, 2); time += hourMs) {
      for (const timeMs of [time - 1, time, time + 1]) expect(reader.positionKnownAt(timeMs)).toBe(knownAt(timeMs));
    }
    expect(reader.positionKnownAt(Date.UTC(2100, 0))).toBe(log.head());
  });

  it('works from another thread and sees an append as soon as that has resolved', async () => {
    const worker = new Worker(
      `const { parentPort, workerData: [path, dataDir] } = require('node:worker_threads');
       const reader = require(path).openReader(dataDir);
       parentPort.on('message', (stream) => parentPort.postMessage(reader.streamHead(stream)));`,
      { eval: true, workerData: [join(__dirname, 'log-reader.js'), dataDir] },
    );
    for (let revision = 0; revision < 20; revision++) {
      await log.append(append('crisis-thread', newEvent()));
      const seen = new Promise((resolve) => worker.once('message', resolve));
      worker.postMessage('crisis-thread');
      expect(await seen).toBe(revision);
    }
    await worker.terminate();
  });

  it('is refused where there is no log, and writes nothing', () => {
    expect(() => openReader(join(dataDir, 'nowhere'))).toThrow();
    const other = openReader(dataDir);
    other.close();
    expect(() => other.head()).toThrow(expect.objectContaining({ type: 'log-closed' }));
  });

  it('lets others wait for a position', async () => {
    const heads: number[] = [];
    const stop = log.onAppended((head) => heads.push(head));
    const next = log.head() + 1;
    const arrived = log.waitFor(next, 10_000);
    await log.append(append('crisis-wait', newEvent()));
    expect(await arrived).toBe(true);
    expect(await log.waitFor(next, 0)).toBe(true);
    expect(await log.waitFor(next + 1, 5)).toBe(false);
    stop();
    await log.append(append('crisis-wait', newEvent()));
    expect(heads).toEqual([next]);
  });
});
