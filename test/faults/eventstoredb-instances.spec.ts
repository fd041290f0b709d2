import { setImmediate } from 'node:timers/promises';
import type { EventStoreLog } from '#event-log/eventstoredb';
import { append, ids, newEvent } from '../contract/new-event';
import { describeOnRecord, eventstoredb, type RecordUnderTest } from '../support/record';

describeOnRecord('two instances on one record', () => {
  let record: RecordUnderTest;
  let a: EventStoreLog;
  let b: EventStoreLog;
  beforeEach(async () => {
    record = await eventstoredb();
    a = await record.open();
    b = await record.open({ dataDir: record.dataDir(), instance: 'i2' });
  });
  afterEach(async () => {
    await Promise.all([a.close(), b.close()]);
    await record.dispose();
  });
  const places = (log: EventStoreLog) =>
    Array.from(log.readAll(), ({ position }) => ({
      position,
      ...log.reader.at(position),
      ...log.reader.envelope(position),
    }));
  /** A mirror may be late: what is acknowledged need be in neither yet. */
  const level = async (head = Math.max(a.head(), b.head())) => {
    expect(await Promise.all([a.waitFor(head, 5_000), b.waitFor(head, 5_000)])).toEqual([true, true]);
  };

  it('have one identity, and the same positions, events, bytes and leaves', async () => {
    expect(a.logId).toBe(b.logId);
    const events = Array.from({ length: 200 }, () => newEvent());
    await Promise.all(events.map((event, i) => (i % 2 ? a : b).append(append(`crisis-s${i % 5}`, event))));
    await level(events.length - 1);
    expect(places(a)).toEqual(places(b));
    expect([...ids(a.readAll())].sort()).toEqual([...ids(events)].sort());
    expect(places(a).map(({ position }) => position)).toEqual(events.map((_event, i) => i));
  });

  it('store one of many concurrent retries, and give the same answer for each', async () => {
    for (let round = 0; round < 3; round++) {
      const request = append('crisis-a', newEvent());
      const results = await Promise.all([a, b, a, b, a, b, b, a].map((log) => log.append(request)));
      const answers = results.map(([result]) => JSON.stringify({ ...result, repeated: undefined }));
      expect(new Set(answers).size).toBe(1);
      expect(results.filter(([result]) => !result!.repeated)).toHaveLength(1);
    }
    await level();
    expect([...a.readStream('crisis-a')]).toHaveLength(3);
  });

  it('store one of two bodies under one id, and refuse the other', async () => {
    for (let round = 0; round < 4; round++) {
      const event = newEvent({ content: { summary: 'one' } });
      const other = newEvent({ id: event.id, content: { summary: 'other' } });
      const outcomes = await Promise.allSettled([
        a.append(append('crisis-a', event)),
        b.append(append('crisis-a', other)),
      ]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: { type: 'event-id-taken' },
      });
    }
    await level();
    expect([...b.readStream('crisis-a')]).toHaveLength(4);
  });

  it('know at once what the other has acknowledged', async () => {
    for (let round = 0; round < 20; round++) {
      const event = newEvent();
      await a.append(append('crisis-a', event));
      const answer = newEvent({ references: [{ pointer: '/respondsTo/0', id: event.id }] });
      await b.append(append('crisis-a', answer));
      await a.append(append('crisis-a', newEvent(), round * 3 + 1));
    }
  });

  it('let one of many win who expect the same revision', async () => {
    const logs = Array.from({ length: 20 }, (_none, i) => (i % 2 ? a : b));
    const outcomes = await Promise.allSettled(
      logs.map((log) => log.append(append('crisis-a', newEvent(), 'no_stream'))),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('refuse to append by a clock that is an hour ahead or behind, until it is set right', async () => {
    for (const hour of [3_600_000, -3_600_000]) {
      let offMs = hour;
      const clock = () => Date.now() + offMs;
      const log = await record.open({ dataDir: record.dataDir(), clock, clockToleranceMs: 5_000 });
      await expect(log.append(append('crisis-a', newEvent()))).rejects.toMatchObject({ type: 'clock-off' });
      expect(log.writing()).toMatchObject({ ok: false });
      offMs = 0;
      let stored: unknown;
      while (stored === undefined) {
        await setImmediate();
        stored = await log.append(append('crisis-a', newEvent())).catch(() => undefined);
      }
      await log.close();
    }
    await level();
    expect([...a.readStream('crisis-a')]).toHaveLength(2);
  });

  it('never know less at a later position, though their clocks differ', async () => {
    const late = await record.open({
      dataDir: record.dataDir(),
      clock: () => Date.now() - 3_000,
      clockToleranceMs: 5_000,
    });
    for (let i = 0; i < 5; i++) {
      await Promise.all([a, late].map((log, j) => log.append(append(`crisis-s${j}`, newEvent()))));
    }
    await late.close();
    await level();
    for (const log of [a, b]) {
      let known = 0;
      for (const { position, recordedAt } of log.readAll()) {
        known = Math.max(known, recordedAt);
        expect(log.reader.positionKnownAt(known)).toBeGreaterThanOrEqual(position);
        if (position > 0) expect(log.reader.positionKnownAt(known - 10_000)).toBeLessThan(position);
      }
    }
  });

  it('a mirror that was deleted is made again, the same', async () => {
    await Promise.all(Array.from({ length: 50 }, (_none, i) => a.append(append(`crisis-s${i % 3}`, newEvent()))));
    await level();
    const again = await record.open({ dataDir: record.dataDir() });
    expect(places(again)).toEqual(places(a));
    await again.close();
  });
});
