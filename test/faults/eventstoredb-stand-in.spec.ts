import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Mirror } from '../../libs/event-log/src/eventstoredb/mirror';
import { MirrorFile } from '../../libs/event-log/src/eventstoredb/mirror-file';
import { RecordClient } from '../../libs/event-log/src/eventstoredb/record-client';
import { HeadSignal } from '../../libs/event-log/src/head-signal';
import { type Genesis, openMirrorForWriting } from '../../libs/event-log/src/sqlite/schema';
import {
  type Behaviour,
  caughtUp,
  checkpoint,
  delivered,
  notLeader,
  standIn,
  stored,
} from '../support/eventstoredb-stand-in';

describe('a server that does what none should', () => {
  const withRecord = async (
    behaviour: Behaviour,
    test: (record: RecordClient) => Promise<void>,
    timeoutMs = 300,
  ): Promise<void> => {
    const server = await standIn(behaviour);
    const record = new RecordClient({ url: server.url, timeoutMs });
    try {
      await test(record);
    } finally {
      await record.close();
      server.close();
    }
  };
  const event = { id: '00000000-0000-4000-8000-000000000000', type: 'T', data: '{}', metadata: '{}' };

  it('never answers an append: the outcome is unknown, in time', () =>
    withRecord({}, async (record) => {
      expect(await record.append('crisis-a', -1, [event])).toMatchObject({ kind: 'unknown' });
    }));

  it.each<[string, Behaviour['append']]>([
    ['fails', (call) => call.emit('error', { code: 2, details: 'Exception was thrown by handler.' })],
    ['ends', (call) => call.end()],
  ])('%s an append without an answer: likewise', (_what, append) =>
    withRecord({ append: append! }, async (record) => {
      expect(await record.append('crisis-a', -1, [event])).toMatchObject({ kind: 'unknown' });
    }),
  );

  it('fails one append of many at once: no other is touched, and the next goes on', async () => {
    let asked = 0;
    const append: Behaviour['append'] = (call) =>
      ++asked === 5
        ? call.emit('error', { code: 2, details: 'Exception was thrown by handler.' })
        : call.write(stored(0));
    await withRecord({ append }, async (record) => {
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_none, i) => record.append(`crisis-${i}`, -1, [event])),
      );
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual([...Array<string>(19).fill('stored'), 'unknown']);
      expect(await record.append('crisis-a', -1, [event])).toMatchObject({ kind: 'stored' });
    });
  });

  it('is appended to by more at once than it takes calls: nobody is left out, and reads go between', async () => {
    const append: Behaviour['append'] = (call) => setImmediate(() => call.write(stored(0)));
    const read: Behaviour['read'] = (call) => (call.write(delivered(0)), call.end());
    const test = async (record: RecordClient) => {
      const streams = Array.from({ length: 150 }, (_none, i) => `crisis-${i}`);
      const unserved = new Set(streams);
      const kinds = new Set<string>();
      const busy = streams.map(async (stream) => {
        while (unserved.size > 0) {
          kinds.add((await record.append(stream, -1, [event])).kind);
          unserved.delete(stream);
        }
      });
      expect(await record.readStream('crisis-a', 0)).toHaveLength(1);
      await Promise.all(busy);
      expect([...kinds]).toEqual(['stored']);
    };
    await withRecord({ append, read }, test, 3_000);
  });

  it('answers no append before the end: none is left open', async () => {
    const ended: Promise<void>[] = [];
    const server = await standIn({
      append: (call) => ended.push(new Promise((resolve) => call.on('cancelled', resolve))),
    });
    const record = new RecordClient({ url: server.url });
    const outcomes = ['crisis-a', 'crisis-b'].map((stream) => record.append(stream, -1, [event]));
    while (ended.length < 2) await nextTurn();
    await record.close();
    await Promise.all(ended);
    for (const outcome of outcomes) expect(await outcome).toMatchObject({ kind: 'unknown' });
    expect(await record.append('crisis-a', -1, [event])).toMatchObject({ kind: 'away' });
    server.close();
  });

  it('answers too late: that answer is nobody’s', async () => {
    const calls: { write(message: unknown): void }[] = [];
    const append: Behaviour['append'] = (call) => (calls.push(call), calls.length > 1 && call.write(stored(7)));
    await withRecord({ append }, async (record) => {
      expect(await record.append('crisis-a', -1, [event])).toMatchObject({ kind: 'unknown' });
      calls[0]!.write(stored(0));
      expect(await record.append('crisis-b', 6, [event])).toEqual({ kind: 'stored', last: 7 });
    });
  });

  it('never ends a read: it fails, in time', () =>
    withRecord({ read: () => undefined }, async (record) => {
      await expect(record.readStream('crisis-a', 0)).rejects.toThrow('no answer');
    }));

  it('ends a subscription without an error: whoever follows is told', () =>
    withRecord(
      {
        read: (call) => {
          call.write(caughtUp());
          call.end();
        },
      },
      async (record) => {
        const batches: unknown[] = [];
        for await (const batch of record.subscribe(undefined).batches()) batches.push(batch);
        expect(batches).toEqual([{ events: [], isLive: true }]);
      },
    ));

  it('runs ahead with its checkpoint and with caught up: events that are still to come count first', () =>
    withRecord(
      {
        read: (call) => {
          for (let n = 0; n < 700; n++) call.write(delivered(n));
          call.write(checkpoint(5_000));
          call.write(caughtUp());
        },
      },
      async (record) => {
        let seen = 0;
        const subscription = record.subscribe(undefined);
        for await (const { events, isLive } of subscription.batches()) {
          seen += events.length;
          expect(isLive).toBe(isLive && seen === 700);
          if (isLive) break;
        }
        expect(seen).toBe(700);
        subscription.close();
      },
    ));

  it('drops a live subscription: what it has delivered is handled, then whoever follows is told', () =>
    withRecord(
      {
        read: (call) => {
          for (let n = 0; n < 40; n++) call.write(delivered(n));
          call.emit('error', { code: 10, details: 'Consumer too slow to handle event while live.' });
        },
      },
      async (record) => {
        const revisions: number[] = [];
        const follow = async () => {
          for await (const { events } of record.subscribe(undefined).batches())
            revisions.push(...events.map(({ revision }) => revision));
        };
        await expect(follow()).rejects.toThrow('too slow');
        expect(revisions).toEqual(Array.from({ length: revisions.length }, (_none, i) => i));
      },
    ));

  it('drops the subscription again and again while a mirror is filled: it is there when it is whole', async () => {
    const [events, each] = [80, 30];
    const genesis: Genesis = { logId: 'l', prefix: 'crisis-', format: 1, origin: 'o', created: 0 };
    const read: Behaviour['read'] = (call) => {
      const asked = call.request.getOptions()!;
      const after = asked.getAll()?.getPosition()?.getCommitPosition();
      if (!asked.hasSubscription()) {
        const isBackwards = Number(asked.getReadDirection()) === 1;
        call.write(
          asked.hasStream()
            ? delivered(0, 'crisislog-genesis', genesis)
            : delivered(isBackwards ? events - 1 : Number(after)),
        );
        return call.end();
      }
      const from = after === undefined ? 0 : Number(after) + 1;
      for (let n = from; n < Math.min(from + each, events); n++) call.write(delivered(n));
      if (from + each >= events) call.write(caughtUp());
      else call.emit('error', { code: 10, details: 'Consumer too slow to handle event while live.' });
    };
    const folder = mkdtempSync(join(tmpdir(), 'crisis-log-mirror-'));
    const file = new MirrorFile(openMirrorForWriting(join(folder, 'log.sqlite'), genesis));
    await withRecord({ read }, async (record) => {
      const mirror = new Mirror(record, file, genesis.logId, new HeadSignal());
      mirror.start();
      await mirror.settled;
      expect([mirror.health().state, file.head]).toEqual(['live', events - 1]);
      await mirror.close();
    });
    file.close();
    rmSync(folder, { recursive: true });
  });

  it('delivers live events one by one: they are handled in groups, and none waits for ever', () =>
    withRecord(
      {
        read: (call) => {
          let next = 0;
          const send = () => (call.write(delivered(next++)), next < 40 && setImmediate(send));
          send();
        },
      },
      async (record) => {
        const groups: number[] = [];
        const subscription = record.subscribe(undefined);
        const seen = () => groups.reduce((sum, size) => sum + size, 0);
        for await (const { events } of subscription.batches(() => false)) {
          groups.push(events.length);
          if (seen() === 40) break;
        }
        subscription.close();
        expect(groups.length).toBeLessThan(40);
      },
    ));

  it('tells the time in ticks: milliseconds are kept', () =>
    withRecord({ read: (call) => (call.write(delivered(0)), call.end()) }, async (record) => {
      expect(await record.readStream('crisis-a', 0)).toMatchObject([{ created: 1_700_000_000_000 }]);
    }));

  it.each(['{', '{"a":1', ''])('is given as it is what is no JSON, and nothing breaks on the way: %j', (data) =>
    withRecord({ append: (call) => call.write(stored(0)) }, async (record) => {
      expect(await record.append('crisis-a', -1, [{ ...event, data }])).toMatchObject({ kind: 'stored' });
    }),
  );

  it('is no leader: reads and appends go where it points, and whoever asks is not told', async () => {
    const answers: Behaviour = {
      append: (call) => call.write(stored(0)),
      read: (call) => (call.write(delivered(0)), call.end()),
    };
    const leader = await standIn(answers);
    const elsewhere = notLeader(leader.url);
    const follower: Behaviour = {
      append: (call) => call.emit('error', elsewhere),
      read: (call) => call.emit('error', elsewhere),
    };
    await withRecord(follower, async (record) => {
      expect(await record.readStream('crisis-a', 0)).toHaveLength(1);
    });
    await withRecord(follower, async (record) => {
      expect(await record.append('crisis-a', -1, [event])).toEqual({ kind: 'stored', last: 0 });
    });
    leader.close();
  });

  it('is the leader no more: no call to it stays open', async () => {
    const leader = await standIn({ append: (call) => call.write(stored(0)) });
    const ended = new Map<object, Promise<void>>();
    let answer: Behaviour['append'] = (call) => call.write(stored(0));
    const append: Behaviour['append'] = (call) => {
      if (!ended.has(call)) ended.set(call, new Promise((resolve) => call.on('cancelled', resolve)));
      answer!(call);
    };
    await withRecord({ append }, async (record) => {
      await Promise.all(['crisis-a', 'crisis-b'].map((stream) => record.append(stream, -1, [event])));
      answer = (call) => (ended.delete(call), call.emit('error', notLeader(leader.url)));
      expect(await record.append('crisis-c', -1, [event])).toEqual({ kind: 'stored', last: 0 });
      expect(ended.size).toBe(1);
      await Promise.all(ended.values());
    });
    leader.close();
  });
});
