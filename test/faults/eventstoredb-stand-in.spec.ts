import { RecordClient } from '../../libs/event-log/src/eventstoredb/record-client';
import { type Behaviour, caughtUp, standIn } from '../support/eventstoredb-stand-in';

describe('a server that does what none should', () => {
  const withRecord = async (behaviour: Behaviour, test: (record: RecordClient) => Promise<void>): Promise<void> => {
    const server = await standIn(behaviour);
    const record = new RecordClient({ url: server.url, timeoutMs: 300 });
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

  it('answers an append with nothing: likewise', () =>
    withRecord(
      { append: (_call, answer) => answer({ code: 2, details: 'Exception was thrown by handler.' }) },
      async (record) => {
        expect(await record.append('crisis-a', -1, [event])).toMatchObject({ kind: 'unknown' });
      },
    ));

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

  it.each(['{', '{"a":1', ''])('is not even asked to store what is no JSON: %j', (data) =>
    withRecord({}, async (record) => {
      await expect(record.append('crisis-a', -1, [{ ...event, data }])).resolves.toMatchObject({ kind: 'refused' });
    }),
  );
});
