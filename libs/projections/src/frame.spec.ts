import { frameAt, type FrameEvent, frameEventOf } from './frame';
import { DAY } from './instant';

const RED = 4;
const LATER = 100 * DAY;

const opening = (fields: object = {}): Partial<FrameEvent> & Pick<FrameEvent, 'data'> => ({
  type: 'CrisisOpened',
  data: { title: 'T', sides: [{ name: 'A', members: ['IRN'] }], mediators: ['OMN'], issues: ['oil'], ...fields },
});

const amended = (day: number, data: object): Partial<FrameEvent> => ({
  type: 'CrisisAmended',
  instant: day * DAY,
  data: data as FrameEvent['data'],
});

/** In the order of the record. */
const recorded = (...events: Partial<FrameEvent>[]): FrameEvent[] =>
  events.map((event, position) => ({
    position,
    eventId: `${position}`,
    type: 'CrisisOpened',
    level: 0,
    instant: 0,
    occurredAt: '1970-01-01T00:00:00Z',
    data: {},
    ...event,
  }));

const mediators = (events: FrameEvent[], asOf = 9, level = RED, at = LATER): unknown =>
  frameAt(events, asOf, level, at)?.chapters.map((chapter) => [chapter.from / DAY, chapter.mediators.join()]);

const BEGINNING = [-Infinity, 'OMN'];

test.each([
  [
    'by their instants, not as they came',
    [amended(20, { mediators: ['QAT'] }), amended(10, { mediators: ['CHE'] })],
    [
      [10, 'CHE'],
      [20, 'QAT'],
    ],
  ],
  [
    'at one instant as they came',
    [amended(10, { mediators: ['QAT'] }), amended(10, { mediators: ['CHE'] })],
    [
      [10, 'QAT'],
      [10, 'CHE'],
    ],
  ],
  [
    'with the lists that are left out as they were',
    [amended(10, { mediators: [] }), amended(20, { bodies: ['UNO'] })],
    [
      [10, ''],
      [20, ''],
    ],
  ],
  ['up to the moment', [amended(100, { mediators: ['QAT'] }), amended(101, { mediators: ['CHE'] })], [[100, 'QAT']]],
])('chapters follow %s', (_what, events, chapters) => {
  expect(mediators(recorded(opening(), ...events))).toEqual([BEGINNING, ...chapters]);
});

test('of two closings the one that happened last holds, not the one that was recorded last', () => {
  const closing = (day: number): Partial<FrameEvent> => ({ type: 'CrisisClosed', instant: day * DAY });
  const events = recorded(opening(), closing(20), closing(10));
  const closedBy = (at: number): string | undefined => frameAt(events, 9, RED, at * DAY)?.closed?.eventId;
  expect([9, 10, 19, 20].map(closedBy)).toEqual([undefined, '2', '2', '1']);
});

test('what is not known yet, and what is above the level, is in no chapter', () => {
  const events = recorded(
    opening(),
    { ...amended(1, { mediators: ['QAT'] }), level: RED },
    amended(2, { mediators: [] }),
  );
  expect(mediators(events, 0)).toEqual([BEGINNING]);
  expect(mediators(events, 1)).toEqual([BEGINNING, [1, 'QAT']]);
  expect(mediators(events, 2, RED - 1)).toEqual([BEGINNING, [2, '']]);
});

test('below the level of its opening there is no crisis, and none before it', () => {
  const events = recorded({ ...opening(), level: 2 });
  expect([mediators(events, -1), mediators(events, 0, 1)]).toEqual([undefined, undefined]);
  expect(mediators(events, 0, 2)).toEqual([BEGINNING]);
});

test.each([
  [[], '1', 90, 30],
  [[{ riskReference: 120 }], '1', 120, 7],
  [[{ riskReference: 120 }, {}], '1', 90, 7],
])('references: of the model, of the crisis, of the last activation %j', (activations, version, risk, diplomacy) => {
  const own = activations.length > 0 ? { diplomacyReference: 7 } : {};
  const events = activations.map((parameters) => ({
    type: 'ModelActivated' as const,
    data: { model: '1', parameters },
  }));
  const frame = frameAt(recorded(opening(own), ...events), 9, RED, LATER)!;
  expect([frame.model.version, frame.riskReference, frame.diplomacyReference]).toEqual([version, risk, diplomacy]);
});

/** What the catalogue refuses, and a log can hold all the same. */
test.each<[string, unknown]>([
  ['title cannot be read', { title: 1 }],
  ['sides cannot be read', { sides: 'all' }],
  ['sides cannot be read', { sides: [{ name: 'A', members: 'IRN' }] }],
  ['sides cannot be read', { sides: [null] }],
  ['mediators cannot be read', { mediators: [{ code: 'OMN' }] }],
  ['riskReference cannot be read', { riskReference: 0 }],
  ['riskReference cannot be read', { riskReference: 33.5 }],
  ['diplomacyReference cannot be read', { diplomacyReference: Infinity }],
  ['parameters cannot be read', { parameters: [] }],
  ['parameters cannot be read', { parameters: { riskReference: '90' } }],
  ['without data', 'all'],
  ['without data', []],
])('an event of the frame is refused: %s, %j', (reason, data) => {
  const event = { position: 0, id: 'a', type: 'CrisisOpened', marking: 'CLEAR' } as const;
  const bodyWith = (its: unknown) => ({
    content: { occurredAt: '2026-01-01T00:00:00Z', data: its },
    refs: {},
    sources: {},
  });
  expect(() => frameEventOf({ ...event, body: bodyWith(data) })).toThrow(reason);
  expect(frameEventOf({ ...event, body: bodyWith(opening().data) })).toMatchObject({ data: opening().data });
});
