import { setTimeout as delay } from 'node:timers/promises';
import type { HeadEntry, HeadRecord } from '#event-log';

interface Instance {
  readonly heads: HeadRecord;
  close(): Promise<void>;
}

interface Engine {
  open(): Promise<Instance>;
  dispose(): Promise<void>;
}

const note = (n: number): string => `log.example\n${n}\nroot\n\n— log.example signature\n`;

/** What every engine must do for the stream of heads, in the words of the port. */
export function headRecordContract(name: string, openEngine: () => Promise<Engine>): void {
  describe(`${name}, the record of heads`, () => {
    let engine: Engine;
    let instance: Instance;
    beforeEach(async () => {
      engine = await openEngine();
      instance = await engine.open();
    });
    afterEach(async () => {
      await instance.close();
      await engine.dispose();
    });
    const append = (revision: number, text = note(revision)) => instance.heads.append({ revision, note: text });
    /** The stream, once it is so long: a mirror lags behind by moments. */
    const stream = async (length: number, from = 0): Promise<HeadEntry[]> => {
      for (const begun = performance.now(); ; await delay(5)) {
        const entries = [...instance.heads.readFrom(from)];
        if (entries.length >= length || performance.now() - begun > 5_000) return entries;
      }
    };

    it('takes an entry at its end only, and gives each as it was, in order', async () => {
      expect(await stream(0)).toEqual([]);
      expect(await append(1)).toBe(false);
      expect([await append(0), await append(1), await append(2)]).toEqual([true, true, true]);
      for (const revision of [0, 1, 2, 4]) expect(await append(revision, 'another')).toBe(false);
      const all = [0, 1, 2].map((revision) => ({ revision, note: note(revision) }));
      expect(await stream(3)).toEqual(all);
      expect([await stream(1, 2), await stream(0, 3)]).toEqual([all.slice(2), []]);
    });

    it('lets one of many that append at the same place through', async () => {
      const rivals = await Promise.all(Array.from({ length: 20 }, (_none, i) => append(0, note(i))));
      expect(rivals.filter(Boolean)).toHaveLength(1);
      expect(await stream(1)).toEqual([{ revision: 0, note: note(rivals.indexOf(true)) }]);
    });

    it('gives more entries than one page, and keeps them for who comes after', async () => {
      for (let revision = 0; revision < 1_100; revision++) expect(await append(revision)).toBe(true);
      expect(await stream(1_100)).toHaveLength(1_100);
      await instance.close();
      instance = await engine.open();
      expect((await stream(2, 1_098)).map(({ revision }) => revision)).toEqual([1_098, 1_099]);
      expect([await append(1_099, 'another'), await append(1_100)]).toEqual([false, true]);
    });
  });
}
