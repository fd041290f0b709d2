import fc from 'fast-check';
import {
  AppendedEvent,
  AppendRequest,
  EventLog,
  EventLogError,
  ExpectedRevision,
  Level,
  LEVELS,
  NewEvent,
} from '#event-log';
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
      element: elementOf(drawn, target),
      marking: drawn.marking,
      schemaVersion: 1,
      references,
      ...(target && { target }),
      ...(drawn.kind === 'marking' && 'marks' in drawn && { marks: drawn.marks }),
      ...(drawn.kind === 'correction' && { contentType: drawn.type, contentSchemaVersion: 1 }),
    };
  });

/** What an amendment does stands in its element as well: other instances have nothing else to know it by. */
function elementOf(
  drawn: { id: string; kind: string; type: string; marks?: Level },
  target: string | undefined,
): object {
  const data = target && {
    target,
    ...(drawn.kind === 'marking' && { marking: drawn.marks }),
    ...(drawn.kind === 'correction' && { content: { type: drawn.type } }),
  };
  return JSON.parse(JSON.stringify({ ...drawn, eventId: drawn.id, data })) as object;
}

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
export function eventLogModel(
  name: string,
  openEngine: () => Promise<Engine>,
  // Appends to two streams that are made together may be stored in either order, unless one thread writes all.
  { runs = RUNS, isOrderedAcrossStreams = true } = {},
): void {
  const comparable = (places: unknown) => (isOrderedAcrossStreams ? places : withoutPositions(places));
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
            const expected = step.map(({ request, isEach }) =>
              isEach ? naive.appendEach(request) : naive.append(request),
            );
            expect(comparable(answers)).toEqual(comparable(expected));
          }
          const places = Array.from(log.readAll(), ({ stream, revision, id, position }) => ({
            stream,
            revision,
            id,
            position,
          }));
          expect(places.map(({ position }) => position)).toEqual(places.map((_place, i) => i));
          expect(comparable(places)).toEqual(comparable(naive.places()));
        } finally {
          await log.close();
          await engine.dispose();
        }
      }),
      { numRuns: runs },
    );
  }, 600_000);
}

/** Answers without positions; whole histories stream by stream. */
function withoutPositions(places: unknown): unknown {
  const bare = JSON.parse(JSON.stringify(places, (name, value: unknown) => (name === 'position' ? undefined : value)));
  const isHistory = (bare as { stream?: string }[]).every(({ stream }) => stream !== undefined);
  return isHistory
    ? (bare as { stream: string }[]).sort((a, b) => (a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : 0))
    : bare;
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
