import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConsumerStreams } from './consumer-streams';
import { openSqliteLog } from './sqlite-event-log';

describe('the streams of consumers', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-consumers-'));
  let one: ConsumerStreams;
  let other: ConsumerStreams;
  beforeAll(async () => {
    await (await openSqliteLog({ dataDir, instance: 'test', build: 'test' })).close();
    [one, other] = [ConsumerStreams.open(dataDir), ConsumerStreams.open(dataDir)];
  });
  afterAll(() => {
    one.close();
    other.close();
    rmSync(dataDir, { recursive: true });
  });

  test('need a log that is there, and make none', () => {
    expect(() => ConsumerStreams.open(join(dataDir, 'nothing'))).toThrow(/is not there/);
  });

  test('take entries at their end only, whoever appends, each stream by itself', () => {
    expect(one.append([{ stream: 'a', entries: [{ n: 0 }, { n: 1 }], last: -1, now: 10 }])).toEqual([true]);
    const late = { stream: 'a', entries: [{ n: 9 }], last: 0, now: 11 };
    const next = { stream: 'a', entries: [{ n: 2 }], last: 1, now: 12 };
    const first = { stream: 'b', entries: [{ n: 0 }], last: -1, now: 13 };
    expect(other.append([late, next, first])).toEqual([false, true, true]);
    expect(one.readAfter('a', 0)).toEqual([
      { revision: 1, recordedAt: 10, entry: { n: 1 } },
      { revision: 2, recordedAt: 12, entry: { n: 2 } },
    ]);
    expect(one.readAfter('b', -1).map(({ revision }) => revision)).toEqual([0]);
  });

  test('keep their last entries, and count on', () => {
    for (let n = 0; n < 300; n++) one.append([{ stream: 'long', entries: [{ n }], last: n - 1, now: n }]);
    const kept = one.readAfter('long', -1);
    expect([kept.length, kept[0]!.revision, kept.at(-1)!.entry]).toEqual([128, 172, { n: 299 }]);
    expect(one.append([{ stream: 'long', entries: [{}], last: 127, now: 300 }])).toEqual([false]);
  });
});
