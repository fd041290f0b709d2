import {
  AppendedEvent,
  AppendRequest,
  elementOf,
  EventLog,
  EventLogError,
  ExpectedRevision,
  MAX_BYTES_PER_APPEND,
  MAX_EVENTS_PER_APPEND,
  StoredEvent,
} from '#event-log';
import { amendment, append, ids, newEvent, newId } from './new-event';

/** A record that starts empty. It may be opened again once its log is closed. */
export interface Engine {
  open(options?: { clock?: () => number }): Promise<EventLog>;
  dispose(): Promise<void>;
}

/** What every engine must do behind the port, in the words of the port. */
export function eventLogContract(name: string, openEngine: () => Promise<Engine>): void {
  let streams = 0;
  const newStream = () => `crisis-c${++streams}`;

  describe(`${name}, an event log`, () => {
    let engine: Engine;
    let log: EventLog;
    beforeAll(async () => {
      engine = await openEngine();
      log = await engine.open();
    });
    afterAll(async () => {
      await log.close();
      await engine.dispose();
    });

    const refusal = async (request: AppendRequest): Promise<EventLogError> => {
      const head = log.head();
      const error: unknown = await log.append(request).then(
        () => new Error('it was stored'),
        (reason: unknown) => reason,
      );
      if (!(error instanceof EventLogError)) throw error;
      expect(log.head()).toBe(head);
      return error;
    };
    /** A stream holding these events. */
    const given = async (...events: ReturnType<typeof newEvent>[]): Promise<string> => {
      const stream = newStream();
      for (const event of events) await log.append(append(stream, event));
      return stream;
    };
    const stored = (stream: string): StoredEvent[] => [...log.readStream(stream)];

    describe('append', () => {
      it('answers with revision, position and recorded time, and what it stored can be read at once', async () => {
        const event = newEvent({
          marking: 'GREEN',
          schemaVersion: 3,
          contentSchemaVersion: 2,
          correlationId: 'exercise "7"',
          causationId: 'cause',
          content: { sources: [{ name: 'Agency' }], incidentId: 'wave-1', data: { basedOn: ['x'], n: 1.5 } },
        });
        const stream = newStream();
        const [result] = await log.append(append(stream, event, 'no_stream', { principal: 'desk-7', level: 'GREEN' }));
        expect(result).toEqual({
          id: event.id,
          revision: 0,
          position: log.head(),
          recordedAt: expect.any(Number),
          repeated: false,
        });
        const [read] = stored(stream);
        expect(read).toEqual({
          position: result!.position,
          stream,
          revision: 0,
          id: event.id,
          type: event.type,
          recordedAt: result!.recordedAt,
          marking: 'GREEN',
          schemaVersion: 3,
          contentSchemaVersion: 2,
          recordedBy: { principal: 'desk-7', instance: expect.any(String), build: expect.any(String) },
          correlationId: 'exercise "7"',
          causationId: 'cause',
          body: expect.any(String),
        });
        const { eventId: _id, type: _type, ...element } = event.element as Record<string, unknown>;
        expect(elementOf(read!.body)).toEqual(element);
      });

      it('correlates an event with itself unless told otherwise', async () => {
        const event = newEvent();
        const [read] = stored(await given(event));
        expect(read!.correlationId).toBe(event.id);
        expect(read).not.toHaveProperty('causationId');
        expect(read).not.toHaveProperty('contentSchemaVersion');
      });

      it('gives each event the next position and each stream its own revisions', async () => {
        const [a, b] = [newStream(), newStream()];
        const before = log.head();
        const results: AppendedEvent[] = [];
        for (const stream of [a, b, a, a, b]) results.push(...(await log.append(append(stream, newEvent()))));
        expect(results.map(({ position }) => position! - before)).toEqual([1, 2, 3, 4, 5]);
        expect(results.map(({ revision }) => revision)).toEqual([0, 0, 1, 2, 1]);
      });

      it('keeps the order of appends made together, and gives them dense places', async () => {
        const stream = newStream();
        const events = Array.from({ length: 200 }, () => newEvent());
        const after = log.head();
        const results = await Promise.all(events.map((event) => log.append(append(stream, event))));
        expect(results.map(([result]) => result!.revision)).toEqual(events.map((_event, i) => i));
        const delivered: StoredEvent[] = [];
        for await (const event of log.subscribeToAll({ after }))
          if (event.stream === stream && delivered.push(event) === events.length) break;
        expect(ids(delivered)).toEqual(ids(events));
        expect(delivered.map(({ position }) => position)).toEqual(events.map((_, i) => delivered[0]!.position + i));
      });
    });

    describe('expected revision', () => {
      it.each<[ExpectedRevision, number, 'met' | number]>([
        // expectation, events in the stream before, met or the actual revision
        ['any', 0, 'met'],
        ['any', 2, 'met'],
        ['no_stream', 0, 'met'],
        ['no_stream', 1, 0],
        ['stream_exists', 0, -1],
        ['stream_exists', 1, 'met'],
        [0, 0, -1],
        [-1, 0, -1],
        [0, 1, 'met'],
        [1, 2, 'met'],
        [0, 2, 1],
        [2, 2, 1],
        [{ seen: -1, level: 'RED' }, 0, 'met'],
        [{ seen: 1, level: 'RED' }, 2, 'met'],
        [{ seen: 0, level: 'RED' }, 2, 1],
        [{ seen: -1, level: 'CLEAR' }, 2, 1],
        [{ seen: 2, level: 'RED' }, 2, 1],
        [{ seen: 0, level: 'RED' }, 0, -1],
      ])('%j on a stream of %i events: %s', async (expected, count, outcome) => {
        const stream = await given(...Array.from({ length: count }, () => newEvent()));
        const request = append(stream, newEvent(), expected);
        if (outcome === 'met') {
          expect(await log.append(request)).toMatchObject([{ revision: count }]);
        } else {
          const error = await refusal(request);
          expect(error).toMatchObject({ type: 'wrong-expected-revision', stream, expected, actual: outcome });
        }
      });

      it('lets one of many win who expect the same revision', async () => {
        const stream = await given(newEvent());
        const outcomes = await Promise.allSettled(
          Array.from({ length: 20 }, () => log.append(append(stream, newEvent(), 0))),
        );
        expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        expect(stored(stream)).toHaveLength(2);
      });

      describe('{seen, level}', () => {
        const low = { principal: 'low', level: 'GREEN' } as const;

        it('does not mind what is hidden at that level', async () => {
          const stream = await given(newEvent(), newEvent({ marking: 'RED' }));
          await log.append(append(stream, newEvent(), { seen: 0, level: 'GREEN' }, low));
          expect(stored(stream)).toHaveLength(3);
        });

        it('names the last revision visible at that level, not the head', async () => {
          const stream = await given(newEvent(), newEvent(), newEvent({ marking: 'RED' }));
          const error = await refusal(append(stream, newEvent(), { seen: 0, level: 'GREEN' }, low));
          expect(error).toMatchObject({ actual: 1 });
        });

        it('asks for the marking in force: a change of marking shows what it lowers and hides what it raises', async () => {
          const [first, secret] = [newEvent(), newEvent({ marking: 'RED' })];
          const stream = await given(first, secret);
          const seen = { seen: 0, level: 'GREEN' } as const;
          await log.append(append(stream, amendment(secret.id, { marks: 'GREEN' })));
          expect(await refusal(append(stream, newEvent(), seen, low))).toMatchObject({ actual: 2 });
          await log.append(append(stream, amendment(secret.id, { marks: 'AMBER' })));
          await log.append(append(stream, newEvent(), seen, low));
        });

        it("counts an amendment at the higher of its own marking and its target's", async () => {
          const secret = newEvent({ marking: 'RED' });
          const stream = await given(newEvent(), secret);
          const correction = amendment(secret.id, { contentType: 'StrikeReported', marking: 'inherit' });
          await log.append(append(stream, [correction, amendment(correction.id, { marking: 'inherit' })]));
          await log.append(append(stream, newEvent(), { seen: 0, level: 'AMBER+STRICT' }));
          expect(stored(stream)).toHaveLength(5);
        });
      });
    });

    describe('a stream below whose first marking its writer stands', () => {
      const low = { principal: 'low', level: 'GREEN' } as const;

      it.each(['stream_exists', { seen: 0, level: 'GREEN' }, 'no_stream'] as const)(
        'is not there for the expectation %j, whatever is sent',
        async (expected) => {
          const [first, later] = [newEvent({ marking: 'AMBER' }), newEvent()];
          const stream = await given(first, later);
          for (const event of [newEvent(), first, later, newEvent({ id: later.id })])
            expect(await refusal(append(stream, event, expected, low))).toMatchObject({
              type: 'wrong-expected-revision',
              actual: -1,
            });
        },
      );

      it('repeats its answer to who stored something in it', async () => {
        const stream = newStream();
        const event = newEvent({ marking: 'RED' });
        await log.append(append(stream, event, 'no_stream', low));
        expect(await log.append(append(stream, event, 'no_stream', low))).toMatchObject([{ repeated: true }]);
        expect(await refusal(append(stream, newEvent(), 'stream_exists', low))).toMatchObject({ actual: -1 });
      });
    });

    describe('the right to move markings', () => {
      it.each([
        ['AMBER', 'RED', 'raise'],
        ['AMBER', 'AMBER', 'raise'],
        ['AMBER', 'GREEN', 'lower'],
      ] as const)('from %s to %s is the right to %s', async (marking, marks, direction) => {
        const event = newEvent({ marking });
        const stream = await given(event);
        const change = (mayMark: 'raise' | 'lower' | 'neither') =>
          append(stream, amendment(event.id, { marks }), 'any', { principal: 'p', level: 'RED', mayMark });
        const other = direction === 'raise' ? 'lower' : 'raise';
        for (const right of [other, 'neither'] as const)
          expect(await refusal(change(right))).toMatchObject({ type: 'marking-not-allowed', index: 0, direction });
        expect(await log.append(change(direction))).toHaveLength(1);
      });
    });

    describe('idempotency', () => {
      it('answers a repetition with the original result, even when its expectation no longer holds', async () => {
        const request = append(newStream(), newEvent(), 'no_stream');
        const [original] = await log.append(request);
        await log.append(append(request.stream, newEvent()));
        expect(await log.append(request)).toEqual([{ ...original, repeated: true }]);
        expect(stored(request.stream)).toHaveLength(2);
      });

      it('stores one of a hundred at once, and gives all the same place', async () => {
        const stream = await given(newEvent());
        const request = append(stream, newEvent(), 0);
        const results = await Promise.all(Array.from({ length: 100 }, () => log.append(request)));
        expect(stored(stream)).toHaveLength(2);
        expect(
          new Set(results.map(([result]) => `${result!.revision} ${result!.position} ${result!.recordedAt}`)).size,
        ).toBe(1);
        expect(results.filter(([result]) => !result!.repeated)).toHaveLength(1);
      });

      it('stores each once when three in ten are sent twice', async () => {
        const stream = newStream();
        const events = Array.from({ length: 100 }, () => newEvent());
        const sent = events.flatMap((event, i) => (i % 10 < 3 ? [event, event] : [event]));
        await Promise.all(sent.map((event) => log.append(append(stream, event))));
        expect(ids(stored(stream))).toEqual(ids(events));
      });

      it('compares content as JSON, whatever the order of its members', async () => {
        const event = newEvent({ content: { data: { a: 1, b: 2 } } });
        const stream = await given(event);
        const element = Object.fromEntries(Object.entries({ ...event.element, data: { b: 2, a: 1 } }).reverse());
        expect(JSON.stringify(element)).not.toBe(JSON.stringify(event.element));
        expect(await log.append(append(stream, { ...event, element }))).toMatchObject([{ repeated: true }]);
      });

      it('holds what the element was when it was handed over', async () => {
        const element = { type: 'T', summary: 'before' };
        const stream = newStream();
        const appended = log.append(append(stream, newEvent({ type: 'T', element })));
        element.summary = 'after';
        await appended;
        expect(elementOf(stored(stream)[0]!.body)).toEqual({ summary: 'before' });
      });

      it('refuses a known id with other content', async () => {
        const event = newEvent();
        const stream = await given(event);
        const other = newEvent({ id: event.id, content: { summary: 'other' } });
        const error = await refusal(append(stream, other));
        expect(error).toMatchObject({ type: 'event-id-taken', stream, index: 0, id: event.id });
      });

      it('knows an id in one stream only', async () => {
        const event = newEvent();
        await given(event);
        expect(await log.append(append(newStream(), event))).toMatchObject([{ revision: 0, repeated: false }]);
      });

      it('gives the answer of another content to who may not see the event, but not to who appended it', async () => {
        const secret = newEvent({ marking: 'RED' });
        const stream = newStream();
        const reporter = { principal: 'reporter', level: 'CLEAR' } as const;
        await log.append(append(stream, secret, 'any', reporter));
        expect(await log.append(append(stream, secret, 'any', reporter))).toMatchObject([{ repeated: true }]);
        const same = await refusal(append(stream, secret, 'any', { principal: 'other', level: 'AMBER' }));
        const different = newEvent({ id: secret.id, content: { summary: 'x' } });
        const other = await refusal(append(stream, different, 'any', { principal: 'other', level: 'AMBER' }));
        expect({ ...same }).toEqual({ ...other });
        expect(same.message).toBe(other.message);
        await log.append(append(stream, amendment(secret.id, { marks: 'AMBER' })));
        const now = await log.append(append(stream, secret, 'any', { principal: 'other', level: 'AMBER' }));
        expect(now).toMatchObject([{ repeated: true }]);
      });
    });

    describe('an atomic array', () => {
      it('is stored next to each other', async () => {
        const stream = newStream();
        const events = [newEvent(), newEvent(), newEvent()];
        const [results] = await Promise.all([
          log.append(append(stream, events)),
          log.append(append(stream, newEvent())),
        ]);
        expect(results.map(({ revision }) => revision)).toEqual([0, 1, 2]);
        expect(results.map(({ position }) => position! - results[0]!.position!)).toEqual([0, 1, 2]);
      });

      it('is stored all or none, and its neighbours stay', async () => {
        const stream = newStream();
        const bad = newEvent({ references: [{ pointer: '/respondsTo/0', id: newId() }] });
        const [first, last] = [newEvent(), newEvent()];
        const outcomes = await Promise.allSettled([
          log.append(append(stream, first)),
          log.append(append(stream, [newEvent(), bad, newEvent()])),
          log.append(append(stream, last, 0)),
        ]);
        expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
        expect(ids(stored(stream))).toEqual([first.id, last.id]);
      });

      it('repeated as a whole gets its original results', async () => {
        const request = append(newStream(), [newEvent(), newEvent()], 'no_stream');
        const original = await log.append(request);
        expect(await log.append(request)).toEqual(original.map((result) => ({ ...result, repeated: true })));
      });

      it('that mixes stored events with new ones is refused', async () => {
        const old = newEvent();
        const stream = await given(old);
        const error = await refusal(append(stream, [newEvent(), old]));
        expect(error).toMatchObject({ type: 'event-id-taken', index: 1, id: old.id });
      });

      it('with one id twice is refused', async () => {
        const event = newEvent();
        const error = await refusal(append(newStream(), [event, newEvent(), event]));
        expect(error).toMatchObject({ type: 'duplicate-id-in-append', index: 2, id: event.id });
      });

      it('may be as long as the limit and no longer', async () => {
        const many = Array.from({ length: MAX_EVENTS_PER_APPEND + 1 }, () => newEvent());
        expect(await log.append(append(newStream(), many.slice(1)))).toHaveLength(MAX_EVENTS_PER_APPEND);
        expect(await refusal(append(newStream(), many))).toMatchObject({
          type: 'append-too-large',
          events: many.length,
        });
      });

      it('may be as large as the limit and no larger', async () => {
        const sized = (bytes: number) => {
          const id = newId();
          const empty = Buffer.byteLength(JSON.stringify({ type: 'T', summary: '' }));
          return newEvent({ id, type: 'T', element: { type: 'T', summary: 'x'.repeat(bytes - empty) } });
        };
        const half = MAX_BYTES_PER_APPEND / 2;
        expect(await log.append(append(newStream(), [sized(half), sized(half)]))).toHaveLength(2);
        const error = await refusal(append(newStream(), [sized(half), sized(half + 1)]));
        expect(error).toMatchObject({ type: 'append-too-large', events: 2, bytes: MAX_BYTES_PER_APPEND + 1 });
        // Characters are not bytes, and short numbers may be long ones.
        expect(await refusal(append(newStream(), newEvent({ content: { summary: '€'.repeat(half) } })))).toMatchObject({
          type: 'append-too-large',
        });
        const numbers = newEvent();
        const element = JSON.parse(`{"n":[${'1e20,'.repeat(60_000)}1]}`) as object;
        expect(await refusal(append(newStream(), { ...numbers, element }))).toMatchObject({ type: 'append-too-large' });
      });
    });

    describe('events each on its own', () => {
      it('are stored in their order, without those that are refused', async () => {
        const stream = await given(newEvent());
        const [first, last] = [newEvent(), newEvent()];
        const orphan = amendment(newId());
        const malformed = newEvent({ type: '' });
        const before = log.head();
        const outcomes = await log.appendEach(append(stream, [first, orphan, malformed, first, last]));
        expect(outcomes).toMatchObject([
          { id: first.id, revision: 1, position: before + 1, repeated: false },
          { type: 'reference-not-found', index: 0 },
          { type: 'invalid-append', index: 0 },
          { id: first.id, revision: 1, position: before + 1, repeated: true },
          { id: last.id, revision: 2, position: before + 2, repeated: false },
        ]);
        expect(ids(stored(stream)).slice(1)).toEqual([first.id, last.id]);
      });

      it('may name those before them', async () => {
        const event = newEvent();
        const outcomes = await log.appendEach(append(newStream(), [event, amendment(event.id)]));
        expect(outcomes).toMatchObject([{ revision: 0 }, { revision: 1 }]);
      });

      it('keep their place among other appends made together', async () => {
        const stream = newStream();
        const events = Array.from({ length: 9 }, () => newEvent());
        await Promise.all([
          log.append(append(stream, events[0]!)),
          log.appendEach(append(stream, events.slice(1, 5))),
          log.append(append(stream, events.slice(5, 7))),
          log.appendEach(append(stream, events.slice(7))),
        ]);
        expect(ids(stored(stream))).toEqual(ids(events));
      });

      it('are refused together where the refusal is of all', async () => {
        const tooMany = Array.from({ length: MAX_EVENTS_PER_APPEND + 1 }, () => newEvent());
        await expect(log.appendEach(append(newStream(), tooMany))).rejects.toMatchObject({ type: 'append-too-large' });
      });
    });

    describe('references', () => {
      const responding = (id: string, fields: Parameters<typeof newEvent>[0] = {}, types?: readonly string[]) =>
        newEvent({ references: [{ pointer: '/respondsTo/0', id, ...(types ? { types } : {}) }], ...fields });

      it('may name an event of the stream, or one that stands earlier in the array', async () => {
        const first = newEvent();
        const stream = await given(first);
        const second = responding(first.id);
        expect(await log.append(append(stream, [second, responding(second.id)]))).toHaveLength(2);
      });

      it.each<[string, () => Promise<AppendRequest>]>([
        ['nothing', async () => append(await given(newEvent()), responding(newId()))],
        [
          'an event of another stream',
          async () => {
            const event = newEvent();
            await given(event);
            return append(await given(newEvent()), responding(event.id));
          },
        ],
        [
          'itself',
          async () => {
            const id = newId();
            return append(await given(newEvent()), responding(id, { id }));
          },
        ],
        [
          'what stands later in the array',
          async () => {
            const later = newEvent();
            return append(await given(newEvent()), [responding(later.id), later]);
          },
        ],
        [
          'what the writer may not see',
          async () => {
            const secret = newEvent({ marking: 'AMBER' });
            const event = responding(secret.id, { marking: 'RED' });
            return append(await given(secret), event, 'any', { principal: 'low', level: 'GREEN' });
          },
        ],
      ])('may not name %s', async (_what, request) => {
        expect(await refusal(await request())).toMatchObject({ type: 'reference-not-found', pointer: '/respondsTo/0' });
      });

      it('are refused alike whether hidden or absent', async () => {
        const secret = newEvent({ marking: 'RED' });
        const stream = await given(secret);
        const low = { principal: 'low', level: 'GREEN' } as const;
        const hidden = await refusal(append(stream, responding(secret.id), 'any', low));
        const id = newId();
        const absent = await refusal(append(stream, responding(id), 'any', low));
        expect({ ...hidden, message: hidden.message }).toEqual({
          ...absent,
          id: secret.id,
          message: absent.message.replace(id, secret.id),
        });
      });

      it('may be restricted to types, and a correction adds its type to what its target counts as', async () => {
        const event = newEvent({ type: 'OfficialStatementIssued' });
        const stream = await given(event);
        const strikes = ['StrikeReported', 'RetaliationReported'];
        expect(await log.append(append(stream, responding(event.id, {}, ['OfficialStatementIssued'])))).toHaveLength(1);
        expect(await refusal(append(stream, responding(event.id, {}, strikes)))).toMatchObject({
          type: 'reference-type-not-allowed',
          pointer: '/respondsTo/0',
          id: event.id,
          allowed: strikes,
          found: 'OfficialStatementIssued',
        });
        const correction = amendment(event.id, { contentType: 'StrikeReported', marking: 'AMBER' });
        await log.append(append(stream, [correction, responding(event.id, {}, strikes)]));
        await log.append(append(stream, responding(event.id, {}, strikes)));
        await log.append(append(stream, responding(event.id, {}, ['OfficialStatementIssued'])));
        const low = { principal: 'low', level: 'GREEN' } as const;
        expect(await refusal(append(stream, responding(event.id, {}, strikes), 'any', low))).toMatchObject({
          type: 'reference-type-not-allowed',
        });
      });
    });

    describe('markings', () => {
      const refer = (id: string) => [{ pointer: '/respondsTo/0', id }];

      it('may not be below what the event names', async () => {
        const event = newEvent({ marking: 'AMBER' });
        const stream = await given(event);
        const error = await refusal(append(stream, newEvent({ marking: 'GREEN', references: refer(event.id) })));
        expect(error).toMatchObject({
          type: 'marking-too-low',
          index: 0,
          id: event.id,
          marking: 'GREEN',
          required: 'AMBER',
        });
        for (const marking of ['AMBER', 'RED'] as const) {
          await log.append(append(stream, newEvent({ marking, references: refer(event.id) })));
        }
      });

      it('are compared with the marking in force', async () => {
        const event = newEvent({ marking: 'CLEAR' });
        const stream = await given(event, amendment(event.id, { marks: 'AMBER' }));
        const low = newEvent({ marking: 'GREEN', references: refer(event.id) });
        expect(await refusal(append(stream, low))).toMatchObject({ required: 'AMBER' });
        await log.append(append(stream, [amendment(event.id, { marks: 'GREEN' }), low]));
      });

      it("inherited are the target's, and the other references must not be above that", async () => {
        const [open, secret] = [newEvent(), newEvent({ marking: 'RED' })];
        const stream = await given(open, secret);
        const correction = (target: string, other: string) =>
          amendment(target, {
            contentType: 'RetaliationReported',
            marking: 'inherit',
            references: [
              { pointer: '/data/target', id: target },
              { pointer: '/data/content/respondsTo/0', id: other },
            ],
          });
        expect(await refusal(append(stream, correction(open.id, secret.id)))).toMatchObject({
          type: 'marking-too-low',
          pointer: '/data/content/respondsTo/0',
          marking: 'CLEAR',
          required: 'RED',
        });
        await log.append(append(stream, correction(secret.id, open.id)));
      });

      it('change either way by an event of any marking', async () => {
        const event = newEvent({ marking: 'AMBER' });
        const stream = await given(event);
        for (const marks of ['RED', 'CLEAR'] as const) {
          await log.append(append(stream, amendment(event.id, { marks, marking: 'CLEAR' })));
        }
        expect(await log.append(append(stream, newEvent({ references: refer(event.id) })))).toHaveLength(1);
      });

      it('may not fall below an amendment in force, unless that falls with them', async () => {
        const event = newEvent({ marking: 'AMBER' });
        const retraction = amendment(event.id, { marking: 'RED' });
        const stream = await given(event, retraction);
        const lower = (id: string) => amendment(id, { marks: 'GREEN' });
        expect(await refusal(append(stream, lower(event.id)))).toMatchObject({
          type: 'amendment-hidden',
          index: 0,
          target: event.id,
          marking: 'GREEN',
        });
        await log.append(append(stream, amendment(event.id, { marks: 'AMBER+STRICT' }))); // raised: nothing more is hidden
        await log.append(append(stream, [lower(event.id), lower(retraction.id)]));
      });

      it('may fall below an amendment that is no longer in force', async () => {
        const event = newEvent({ marking: 'AMBER' });
        const correction = amendment(event.id, { marking: 'RED', contentType: 'StrikeReported' });
        const retraction = amendment(correction.id, { marking: 'RED' });
        const stream = await given(event, correction, retraction);
        const again = amendment(retraction.id, { marking: 'RED' });
        const lower = () => amendment(event.id, { marks: 'GREEN' });
        expect(await refusal(append(stream, [again, lower()]))).toMatchObject({ type: 'amendment-hidden' });
        await log.append(append(stream, lower()));
      });
    });

    describe('what cannot be stored', () => {
      it.each<[string, Partial<Parameters<typeof newEvent>[0]>]>([
        ['what JSON cannot hold', { element: { a: undefined } }],
        ['an array', { element: [] }],
        ['a scalar', { element: 1 as never }],
        ['null', { element: null as never }],
        ['a lone surrogate', { element: { a: '\ud800' } }],
        ['a number beyond a double', { element: { a: Infinity } }],
        ['nesting without end', { element: JSON.parse(`{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`) as object }],
        ['an upper-case id', { id: newId().toUpperCase() }],
        ['an id that is no UUID', { id: 'x' }],
        ['a type of the system', { type: '$metadata' }],
        ['no type', { type: '' }],
        ['a correlation id without end', { correlationId: 'x'.repeat(10_000) }],
        ['an inherited marking without a target', { marking: 'inherit' }],
        ['a target that is not among the references', { target: newId() }],
        ['a change of marking without a target', { marks: 'RED' }],
      ])('%s is refused, its neighbours stay', async (_what, fields) => {
        const stream = newStream();
        const neighbours = [newEvent(), newEvent()];
        const [before, error, after] = await Promise.all([
          log.append(append(stream, neighbours[0]!)),
          log.append(append(stream, newEvent(fields))).catch((reason: unknown) => reason),
          log.append(append(stream, neighbours[1]!)),
        ]);
        expect(error).toMatchObject({ type: 'invalid-append', index: 0 });
        expect([before, after]).toMatchObject([[{ revision: 0 }], [{ revision: 1 }]]);
        expect(ids(stored(stream))).toEqual(ids(neighbours));
      });

      it.each([
        'crisis-',
        'crisis-A',
        'crisis-a--b',
        '$all',
        '$$crisis-a',
        'crisislog-heads',
        `crisis-${'a'.repeat(65)}`,
        'crisis-a\n',
      ])('nothing goes to a stream named %j', async (stream) => {
        expect(await refusal(append(stream, newEvent()))).toMatchObject({ type: 'invalid-append' });
      });

      it('an empty array is refused', async () => {
        expect(await refusal(append(newStream(), []))).toMatchObject({ type: 'invalid-append' });
      });
    });

    describe('reading', () => {
      it('of a stream that does not exist finds nothing', () => {
        expect(stored('crisis-unknown')).toEqual([]);
      });

      it.each<[string, Parameters<EventLog['readAll']>[0], number[]]>([
        ['forwards', {}, [0, 1, 2, 3, 4]],
        ['from a place on', { from: 3 }, [3, 4]],
        ['some', { maxCount: 2 }, [0, 1]],
        ['some from a place on', { from: 1, maxCount: 2 }, [1, 2]],
        ['none', { maxCount: 0 }, []],
        ['from beyond the end', { from: 9 }, []],
        ['backwards', { direction: 'backwards' }, [4, 3, 2, 1, 0]],
        ['backwards from a place', { direction: 'backwards', from: 2 }, [2, 1, 0]],
        ['some backwards', { direction: 'backwards', maxCount: 2 }, [4, 3]],
        ['backwards from beyond the end', { direction: 'backwards', from: 9, maxCount: 1 }, [4]],
      ])('a stream %s', async (_how, options, expected) => {
        const events = Array.from({ length: 5 }, () => newEvent());
        const stream = await given(...events);
        expect(ids(log.readStream(stream, options))).toEqual(expected.map((i) => events[i]!.id));
      });

      it('all goes through every stream by position, in both directions, also beyond a page', async () => {
        const [a, b] = [newStream(), newStream()];
        await Promise.all(Array.from({ length: 1_300 }, (_none, i) => log.append(append(i % 3 ? a : b, newEvent()))));
        const forwards = [...log.readAll()];
        expect(forwards.map(({ position }) => position)).toEqual(forwards.map((_event, i) => i));
        expect(forwards).toHaveLength(log.head() + 1);
        expect(ids(log.readAll({ direction: 'backwards' }))).toEqual(ids(forwards).reverse());
        const some = { from: 700, maxCount: 550 };
        expect(ids(log.readAll(some))).toEqual(ids(forwards).slice(700, 1_250));
        expect(ids(log.readAll({ ...some, direction: 'backwards' }))).toEqual(ids(forwards).slice(151, 701).reverse());
        expect([...log.readStream(a)]).toEqual(forwards.filter(({ stream }) => stream === a));
      });

      it('ends at the head it found, whatever is appended meanwhile', async () => {
        const stream = await given(newEvent(), newEvent());
        const read: string[] = [];
        for (const { id } of log.readStream(stream)) {
          read.push(id);
          await log.append(append(stream, newEvent()));
        }
        expect(read).toHaveLength(2);
      });
    });

    describe('a subscription', () => {
      const take = async (events: AsyncIterable<StoredEvent>, count: number): Promise<StoredEvent[]> => {
        const taken: StoredEvent[] = [];
        for await (const event of events) if (taken.push(event) === count) break;
        return taken;
      };

      it('delivers history, then what is appended, each once and in order', async () => {
        const stream = await given(...Array.from({ length: 3 }, () => newEvent()));
        const after = log.head() - 3;
        const delivered = take(log.subscribeToAll({ after }), 503);
        for (let i = 0; i < 10; i++) {
          await Promise.all(Array.from({ length: 50 }, () => log.append(append(stream, newEvent()))));
        }
        expect(await delivered).toEqual([...log.readAll({ from: after + 1 })]);
      });

      it('from the start delivers everything', async () => {
        expect(await take(log.subscribeToAll({ after: -1 }), log.head() + 1)).toEqual([...log.readAll()]);
      });

      it('after the head waits for the next', async () => {
        const next = take(log.subscribeToAll({ after: log.head() }), 1);
        const event = newEvent();
        await given(event);
        expect(ids(await next)).toEqual([event.id]);
      });

      it('delivers to many, each at its own pace', async () => {
        await given(...Array.from({ length: 5 }, () => newEvent()));
        const [slow, fast] = [
          log.subscribeToAll({ after: log.head() - 5 }),
          log.subscribeToAll({ after: log.head() - 5 }),
        ];
        const iterator = slow[Symbol.asyncIterator]();
        const first = await iterator.next();
        expect(await take(fast, 5)).toHaveLength(5);
        await given(newEvent());
        const second = await iterator.next();
        expect(second.value?.position).toBe((first.value?.position ?? NaN) + 1);
        await iterator.return?.();
      });

      it.each(['while it waits', 'while it delivers', 'before it starts'])('ends when aborted %s', async (when) => {
        await given(newEvent(), newEvent());
        const abort = new AbortController();
        const { signal } = abort;
        if (when === 'before it starts') abort.abort();
        let count = 0;
        const after = when === 'while it waits' ? log.head() : log.head() - 2;
        const ended = (async () => {
          for await (const _event of log.subscribeToAll({ after, signal })) {
            count++;
            if (when === 'while it delivers') abort.abort();
          }
        })();
        setImmediate(() => abort.abort());
        await ended;
        expect(count).toBe(when === 'while it delivers' ? 1 : 0);
      });
    });
  });

  describe(`${name}, opened again`, () => {
    let engine: Engine;
    beforeEach(async () => {
      engine = await openEngine();
    });
    afterEach(() => engine.dispose());

    it('is the same log with the same events, and goes on where it stopped', async () => {
      const first = await engine.open();
      const { logId } = first;
      const request = append('crisis-a', [newEvent(), newEvent({ marking: 'RED' })], 'no_stream');
      const original = await first.append(request);
      const events = [...first.readAll()];
      await first.close();

      const second = await engine.open();
      expect(second.logId).toBe(logId);
      expect(second.head()).toBe(1);
      expect([...second.readAll()]).toEqual(events);
      expect(await second.append(request)).toEqual(original.map((result) => ({ ...result, repeated: true })));
      const other = newEvent({ id: request.events[0]!.id, content: { summary: 'other' } });
      await expect(second.append(append('crisis-a', other))).rejects.toMatchObject({ type: 'event-id-taken' });
      expect(await second.append(append('crisis-a', newEvent(), 1))).toMatchObject([{ revision: 2, position: 2 }]);
      await second.close();
    });

    it('stores what it had accepted when it was closed, and nothing after', async () => {
      const log = await engine.open();
      const accepted = Array.from({ length: 50 }, () => log.append(append('crisis-a', newEvent())));
      const closed = log.close();
      await expect(log.append(append('crisis-a', newEvent()))).rejects.toMatchObject({ type: 'log-closed' });
      expect((await Promise.all(accepted)).at(-1)).toMatchObject([{ revision: 49 }]);
      await closed;
      const again = await engine.open();
      expect(again.head()).toBe(49);
      await again.close();
    });

    it('ends subscriptions when it is closed', async () => {
      const log = await engine.open();
      const next = log.subscribeToAll({ after: -1 })[Symbol.asyncIterator]().next();
      const refused = expect(next).rejects.toMatchObject({ type: 'log-closed' });
      await log.close();
      await refused;
    });

    it('records times that never fall, whatever the clock does, also before it was closed', async () => {
      const hourMs = 3_600_000;
      const start = Date.UTC(2028, 1, 29, 12);
      const clocks = [start, start + hourMs, start, start - hourMs, start + hourMs + 1, start - hourMs];
      let now = start;
      const times: number[] = [];
      for (let opened = 0; opened < 2; opened++) {
        const log = await engine.open({ clock: () => now });
        for (now of clocks) times.push(...(await log.append(append('crisis-a', newEvent()))).map((e) => e.recordedAt));
        expect([...log.readAll()].map(({ recordedAt }) => recordedAt)).toEqual(times);
        await log.close();
      }
      const top = start + hourMs;
      expect(times).toEqual([start, top, top, top, top + 1, top + 1, ...Array<number>(6).fill(top + 1)]);
    });
  });
}
