import type { RecordLog } from '#event-log';
import { append, newEvent } from './new-event';

interface Engine {
  open(options?: { clock?: () => number }): Promise<RecordLog>;
  dispose(): Promise<void>;
}

/** What every engine must do for named consumers, in the words of the port. */
export function consumerRecordContract(name: string, openEngine: () => Promise<Engine>): void {
  describe(`${name}, the record of consumers`, () => {
    let engine: Engine;
    let log: RecordLog;
    const clock = () => 1_770_000_000_000;
    beforeAll(async () => {
      engine = await openEngine();
      log = await engine.open({ clock });
    });
    afterAll(async () => {
      await log.close();
      await engine.dispose();
    });

    const put = (stream: string, last: number, ...entries: object[]): Promise<boolean> =>
      log.consumers.append({ stream: `crisislog-consumer-${stream}`, entries, last });
    const after = async (stream: string, revision = -1) =>
      log.consumers.readAfter(`crisislog-consumer-${stream}`, revision);

    it('takes entries at the end of a stream only, all or none, each stream by itself', async () => {
      expect(await after('a/one')).toEqual([]);
      expect(await put('a/one', -1, { n: 0 }, { n: 1 })).toBe(true);
      expect(await Promise.all([put('a/one', 0, { n: 9 }), put('a/one', -1, { n: 9 })])).toEqual([false, false]);
      expect(await Promise.all([put('a/one', 1, { n: 2 }), put('a/two', -1, { n: 0 })])).toEqual([true, true]);
      expect(await after('a/one', 0)).toEqual([
        { revision: 1, recordedAt: clock(), entry: { n: 1 } },
        { revision: 2, recordedAt: clock(), entry: { n: 2 } },
      ]);
      expect([(await after('a/one', 2)).length, (await after('a/two')).map(({ revision }) => revision)]).toEqual([
        0,
        [0],
      ]);
    });

    it('lets one of many that append at the same place through', async () => {
      const rivals = await Promise.all(Array.from({ length: 20 }, (_none, n) => put('raced', -1, { n })));
      expect(rivals.filter(Boolean)).toHaveLength(1);
      expect((await after('raced')).map(({ entry }) => entry)).toEqual([{ n: rivals.indexOf(true) }]);
    });

    it('keeps the last 128 entries, and counts on', async () => {
      const hundred = (from: number) => Array.from({ length: 100 }, (_none, i) => ({ n: from + i }));
      for (const last of [-1, 99, 199]) expect(await put('long', last, ...hundred(last + 1))).toBe(true);
      const kept = await after('long');
      expect([kept.length, kept[0]!.revision, kept.at(-1)!.entry]).toEqual([128, 172, { n: 299 }]);
      expect([await put('long', 127, {}), await put('long', 299, { n: 300 })]).toEqual([false, true]);
    });

    it('has no place in the dense order, and both outlive the instance', async () => {
      const head = log.head();
      const [[event], ...stored] = await Promise.all([
        log.append(append('crisis-beside', newEvent())),
        ...Array.from({ length: 10 }, (_none, i) => put(`many/${i}`, -1, { i })),
      ]);
      expect([event!.position, log.head(), stored.every(Boolean)]).toEqual([head + 1, head + 1, true]);
      await log.close();
      await expect(put('a/one', 2, { n: 3 })).rejects.toThrow();
      log = await engine.open({ clock });
      expect([log.head(), (await after('a/one')).length, (await after('many/9')).length]).toEqual([head + 1, 3, 1]);
    });
  });
}
