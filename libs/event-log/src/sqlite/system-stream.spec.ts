import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteLog } from './sqlite-event-log';
import { SystemStream } from './system-stream';

describe('a stream beside the dense order', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-system-'));
  afterAll(() => rmSync(dataDir, { recursive: true }));

  test('needs a log that is there, and makes none', () => {
    expect(() => SystemStream.open(join(dataDir, 'nothing'), 'crisislog-principals')).toThrow(/is not there/);
  });

  test('is appended to beside the owner of the log, with an exact expected revision, and moves no position', async () => {
    const log = await openSqliteLog({ dataDir, instance: 'test', build: 'test' });
    const [one, other] = [1, 2].map(() => SystemStream.open(dataDir, 'crisislog-principals'));
    expect(one!.append({ is: 'first' }, -1, 10)).toBe(true);
    expect(other!.append({ is: 'late' }, -1, 11)).toBe(false);
    expect(other!.append({ is: 'second' }, 0, 12)).toBe(true);
    expect(one!.readAfter(0)).toEqual([{ revision: 1, recordedAt: 12, entry: { is: 'second' } }]);
    expect(log.head()).toBe(-1);
    one!.close();
    other!.close();
    await log.close();
    const again = SystemStream.open(dataDir, 'crisislog-principals');
    expect(again.readAfter(-1).map(({ entry }) => entry)).toEqual([{ is: 'first' }, { is: 'second' }]);
    again.close();
  });
});
