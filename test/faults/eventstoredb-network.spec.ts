import { setImmediate } from 'node:timers/promises';
import type { EventStoreLog } from '#event-log/eventstoredb';
import { append, ids, newEvent } from '../contract/new-event';
import { LoopbackProxy } from '../support/loopback-proxy';
import { describeOnRecord, eventstoredb, type RecordUnderTest } from '../support/record';

describeOnRecord('a network that fails between an instance and EventStoreDB', () => {
  let proxy: LoopbackProxy;
  let record: RecordUnderTest;
  let log: EventStoreLog;
  beforeEach(async () => {
    const [, host, port] = /\/\/(?:[^@]*@)?([^:/?]+):(\d+)/.exec(process.env['EVENTSTOREDB_URL']!)!;
    proxy = await LoopbackProxy.to(Number(port), host);
    record = await eventstoredb();
    log = await record.open({ url: `esdb://127.0.0.1:${proxy.port}?tls=false`, deadlineMs: 1_500 });
  });
  afterEach(async () => {
    proxy.heal();
    await log.close();
    await proxy.close();
    await record.dispose();
  });

  /** As any client does: the same event again until the answer is definite. */
  const insist = async (event: ReturnType<typeof newEvent>): Promise<void> => {
    for (;;) {
      try {
        await log.append(append('crisis-a', event));
        return;
      } catch (error) {
        expect(['record-away', 'outcome-unknown']).toContain((error as { type: string }).type);
        await setImmediate();
      }
    }
  };

  it.each<[string, (proxy: LoopbackProxy) => void]>([
    ['cuts connections', (proxy) => proxy.cutOnce()],
    ['closes half of them', (proxy) => proxy.halfClose()],
    ['delays', (proxy) => (proxy.delayMs = proxy.delayMs === 0 ? 30 : 0)],
  ])('that %s loses nothing and stores nothing twice', async (_what, fail) => {
    const events = Array.from({ length: 60 }, () => newEvent());
    let done = 0;
    await Promise.all(
      Array.from({ length: 4 }, async (_none, worker) => {
        for (let i = worker; i < events.length; i += 4) {
          await insist(events[i]!);
          if (++done % 15 === 0) fail(proxy);
        }
      }),
    );
    const other = await record.open({ dataDir: record.dataDir() });
    const stored = [...other.readStream('crisis-a')];
    expect([...ids(stored)].sort()).toEqual([...ids(events)].sort());
    await log.waitFor(other.head(), 10_000);
    expect([...log.readAll()]).toEqual([...other.readAll()]);
    await other.close();
  });

  it('that is gone: appends are refused at once, reads go on and say how old they are, and it comes back', async () => {
    const before = newEvent();
    await log.append(append('crisis-a', before));
    proxy.cut();
    const event = newEvent();
    const outcomes = new Set<string>();
    while (!outcomes.has('record-away')) {
      await log.append(append('crisis-a', event)).catch((error: { type: string }) => outcomes.add(error.type));
      await setImmediate();
    }
    expect(ids(log.readStream('crisis-a'))).toEqual([before.id]);
    while (log.mirrored().state !== 'away') await setImmediate();
    expect(log.writing()).toMatchObject({ ok: false });
    proxy.heal();
    await insist(event);
    expect(ids(log.readStream('crisis-a'))).toEqual([before.id, event.id]);
    while (log.mirrored().state !== 'live') await setImmediate();
    expect(log.mirrored().behindMs).toBe(0);
  });

  it('that swallows everything: a client is told in time that it is unknown, and its retry finds the event', async () => {
    await log.append(append('crisis-a', newEvent()));
    proxy.blackHole();
    const event = newEvent();
    await expect(log.append(append('crisis-a', event))).rejects.toMatchObject({ type: 'outcome-unknown' });
    proxy.heal();
    await insist(event);
    expect(ids(log.readStream('crisis-a'))).toContain(event.id);
    expect([...log.readStream('crisis-a')]).toHaveLength(2);
  });
});
