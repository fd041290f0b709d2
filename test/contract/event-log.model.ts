import fc from 'fast-check';
import { AppendedEvent, AppendRequest, EventLog, EventLogError, ExpectedRevision, LEVELS, NewEvent } from '#event-log';
import { Engine } from './event-log.contract';
import { NaiveLog } from './naive-log';

const RUNS = process.env['LONG'] ? 1_000 : 60;

const idAt = (n: number) => `0000000${n.toString(16)}-0000-4000-8000-000000000000`;
const id = fc.integer({ min: 0, max: 11 }).map(idAt);
const level = fc.constantFrom(...LEVELS);
const type = fc.constantFrom('A', 'B');

const reference = fc.record({ id, types: fc.option(fc.subarray(['A', 'B'], { minLength: 1 }), { nil: undefined }) });
const original = fc.record({
  kind: fc.constant('original'),
  id,
  type,
  marking: level,
  others: fc.array(reference, { maxLength: 2 }),
  content: fc.integer({ max: 1, min: 0 }),
});
const amending = fc.record({
  kind: fc.constantFrom('correction', 'retraction', 'marking'),
  id,
  type,
  marking: fc.oneof(level, fc.constant('inherit' as const)),
  target: id,
  marks: level,
  others: fc.array(reference, { maxLength: 1 }),
  content: fc.integer({ max: 1, min: 0 }),
});

const event = fc
  .oneof({ arbitrary: original, weight: 3 }, { arbitrary: amending, weight: 2 })
  .map((drawn): NewEvent => {
    const target = 'target' in drawn ? drawn.target : undefined;
    const references = drawn.others.map(({ id, types }, i) => ({
      pointer: `/respondsTo/${i}`,
      id,
      ...(types && { types }),
    }));
    if (target !== undefined) references.unshift({ pointer: '/data/target', id: target });
    return {
      id: drawn.id,
      type: drawn.kind === 'original' ? drawn.type : drawn.kind,
      element: JSON.parse(JSON.stringify({ ...drawn, eventId: drawn.id })) as object,
      marking: drawn.marking,
      schemaVersion: 1,
      references,
      ...(target && { target }),
      ...(drawn.kind === 'marking' && 'marks' in drawn && { marks: drawn.marks }),
      ...(drawn.kind === 'correction' && { contentType: drawn.type, contentSchemaVersion: 1 }),
    };
  });

const expected: fc.Arbitrary<ExpectedRevision> = fc.oneof(
  { arbitrary: fc.constant('any' as const), weight: 6 },
  { arbitrary: fc.constantFrom('no_stream' as const, 'stream_exists' as const), weight: 1 },
  { arbitrary: fc.integer({ min: 0, max: 8 }), weight: 1 },
  { arbitrary: fc.record({ seen: fc.integer({ min: -1, max: 8 }), level }), weight: 2 },
);

const request: fc.Arbitrary<AppendRequest> = fc.record({
  stream: fc.constantFrom('crisis-a', 'crisis-b'),
  events: fc.oneof(
    { arbitrary: fc.tuple(event), weight: 3 },
    { arbitrary: fc.array(event, { minLength: 1, maxLength: 4 }), weight: 1 },
  ),
  expected,
  writer: fc.record({ principal: fc.constantFrom('p', 'q'), level: fc.oneof(fc.constant('RED' as const), level) }),
});

const sent = fc.record({ request, isEach: fc.boolean() });

/** Appends arrive alone or several at once, whole or each event on its own, and now and then the log is opened again. */
const step = fc.oneof(
  { arbitrary: fc.array(sent, { minLength: 1, maxLength: 6 }), weight: 12 },
  { arbitrary: fc.constant('reopen' as const), weight: 1 },
);

/** Any history of appends gives the answers and the events that a naive model gives. */
export function eventLogModel(name: string, openEngine: () => Promise<Engine>): void {
  it(`${name} answers like a naive log, for any appends in any groups`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const engine = await openEngine();
        let log = await engine.open();
        const naive = new NaiveLog();
        try {
          for (const step of steps) {
            if (step === 'reopen') {
              await log.close();
              log = await engine.open();
              continue;
            }
            const answers = await Promise.all(
              step.map((sent) => (sent.isEach ? answerEach : answer)(log, sent.request)),
            );
            expect(answers).toEqual(
              step.map(({ request, isEach }) => (isEach ? naive.appendEach(request) : naive.append(request))),
            );
          }
          expect(
            Array.from(log.readAll(), ({ stream, revision, id, position }) => ({ stream, revision, id, position })),
          ).toEqual(naive.places());
        } finally {
          await log.close();
          await engine.dispose();
        }
      }),
      { numRuns: RUNS },
    );
  }, 600_000);
}

async function answer(log: EventLog, request: AppendRequest): Promise<unknown> {
  try {
    return (await log.append(request)).map(plain);
  } catch (error) {
    return plain(error);
  }
}

const answerEach = async (log: EventLog, request: AppendRequest): Promise<unknown> =>
  (await log.appendEach(request)).map(plain);

function plain(outcome: unknown): unknown {
  if (outcome instanceof EventLogError) {
    const { type, ...facts } = { ...outcome } as Record<string, unknown>;
    return { type, index: facts['index'], id: facts['id'], actual: facts['actual'] };
  }
  if (outcome instanceof Error) throw outcome;
  const { id, revision, position, repeated } = outcome as AppendedEvent;
  return { id, revision, position, repeated };
}
