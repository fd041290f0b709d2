import fc from 'fast-check';
import type { WireEvent } from './recorded-events';

/** Logs in which everything happens that may: ties, late events, shared incidents, states, amendments of amendments. */

export const START = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;

const id = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

const SIDES = [
  { name: 'Iran', members: ['IRN'] },
  { name: 'United States and Israel', members: ['USA', 'ISR'] },
];

export const opened: WireEvent = {
  eventId: id(0),
  type: 'CrisisOpened',
  occurredAt: '2026-01-01T00:00:00Z',
  tlp: 'CLEAR',
  data: { title: 'Random', sides: SIDES, mediators: ['OMN', 'QAT'], bodies: ['IAE'], issues: ['oil', 'banking'] },
};

const KINDS = [
  ['StrikeReported', ['195', '190', '190', '171', '152', '191']],
  ['RetaliationReported', ['194', '195']],
  ['MediationContactReported', ['046', '041', '165', '125', '057']],
  ['SanctionsStatementIssued', ['163', '085', '1244']],
  ['MultilateralEngagementReported', ['111', '057', '0862']],
  ['ConfidenceBuildingMeasureReported', ['0871', '0841', '0872']],
  ['OfficialStatementIssued', ['111', '139', '138', '036', '010', '030']],
  ['AnalystAssessmentIssued', ['']],
] as const;

const actor = fc
  .constantFrom('IRN', 'IRN', 'IRN', 'IRNMIL', 'USA', 'USA', 'USA', 'ISR', 'GBR', 'OMN', 'QAT', 'IAE', 'JPN')
  .map((code) => ({ code }));
const tlp = fc.constantFrom('CLEAR', 'CLEAR', 'GREEN', 'AMBER', 'RED', undefined);
const source = fc.record({
  name: fc.constant('source'),
  reliability: fc.constantFrom('A', 'A', 'B', 'C', 'D', 'E', 'F'),
  credibility: fc.constantFrom(1, 1, 2, 3, 4, 5, 6),
});

const OWN: Readonly<Record<string, fc.Arbitrary<object>>> = {
  RetaliationReported: fc.record({ declaredFinal: fc.boolean() }),
  MediationContactReported: fc.record(
    {
      outcome: fc.constantFrom('progress', 'no_progress', 'refused', 'broken_off'),
      mediator: fc.constantFrom({ code: 'OMN' }, { code: 'QAT' }),
    },
    { requiredKeys: [] },
  ),
  SanctionsStatementIssued: fc.record({
    issues: fc.array(
      fc.record({
        issue: fc.constantFrom('oil', 'banking', 'gas'),
        position: fc.nat(4),
        weight: fc.integer({ min: 1, max: 3 }),
      }),
      { minLength: 1, maxLength: 2 },
    ),
  }),
  ConfidenceBuildingMeasureReported: fc.record({ implementation: fc.constantFrom('announced', 'completed') }),
  OfficialStatementIssued: fc.record(
    { demand: fc.constant('leave'), deadlineAt: fc.constant('2026-03-01T00:00:00Z') },
    { requiredKeys: [] },
  ),
  AnalystAssessmentIssued: fc.record({ trend: fc.constantFrom('improved', 'deteriorated') }),
};

/** One time in `n`; else the field is left out. */
const seldom = <T>(n: number, value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: n - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

/** One or two of them, at times none. */
const mostly = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constant<T[]>([]) },
    { weight: 6, arbitrary: fc.array(value, { minLength: 1, maxLength: 2 }) },
  );

const withoutAbsent = (event: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(event).filter(([, value]) => value !== undefined));

/** Often two opponents, so that there are exchanges; else anybody. */
const participants = fc.oneof(
  fc.record({ actors: fc.array(actor, { minLength: 1, maxLength: 2 }), recipients: mostly(actor) }),
  fc.constantFrom(['IRN', 'USA'], ['USA', 'IRN'], ['ISR', 'IRN']).map(([from, to]) => ({
    actors: [{ code: from }],
    recipients: [{ code: to }],
  })),
);

/** The `n`-th event of a log: it may name earlier ones. */
const report = (n: number, spanDays: number): fc.Arbitrary<Record<string, unknown>> => {
  const earlier = fc.array(fc.nat(Math.max(0, n - 1)).map(id), { minLength: 1, maxLength: 2 });
  return fc.constantFrom(...KINDS, KINDS[0], KINDS[0], KINDS[2], KINDS[6]).chain(([type, codes]) =>
    fc
      .record({
        type: fc.constant(type),
        // Few distinct minutes and hours, so that ties and shared days are common.
        occurredAt: fc
          .tuple(fc.nat(spanDays), fc.constantFrom(0, 60, 61, 720, 1439))
          .map(([day, minute]) => new Date(START + (day * 1440 + minute) * MINUTE_MS).toISOString()),
        cameoCode: fc.constantFrom(...codes),
        participants,
        sources: fc.oneof(mostly(source), fc.constant([{ name: 'source', reliability: 'A', credibility: 1 }])),
        data: OWN[type] === undefined ? fc.constant({}) : fc.oneof(fc.constant({}), OWN[type]),
        timePrecision: seldom(2, fc.constantFrom(0, 1, 1, 2, 3)),
        incidentId: seldom(3, fc.constantFrom('incident a', 'incident b', id(1))),
        ongoing: seldom(6, fc.constant(true)),
        ends: seldom(4, earlier),
        respondsTo: seldom(4, earlier),
        auxiliary: seldom(12, fc.constant('hypothetical')),
      })
      .map(({ participants, ...event }) => withoutAbsent({ ...event, ...participants })),
  );
};

const amendment = (n: number, spanDays: number): fc.Arbitrary<Record<string, unknown>> => {
  const target = fc.integer({ min: Math.max(1, n - 6), max: Math.max(1, n - 1) }).map(id);
  const at = { occurredAt: fc.constant('2026-01-01T00:00:00Z') };
  return fc.oneof(
    fc.record({
      type: fc.constant('EventCorrected'),
      ...at,
      data: fc.record({ target, content: report(n, spanDays) }),
    }),
    fc.record({ type: fc.constant('EventRetracted'), ...at, data: fc.record({ target }) }),
    fc.record({
      type: fc.constant('MarkingChanged'),
      ...at,
      data: fc.record({ target, marking: fc.constantFrom('CLEAR', 'GREEN', 'AMBER+STRICT', 'RED') }),
    }),
  );
};

const crisisAmended = (spanDays: number): fc.Arbitrary<Record<string, unknown>> =>
  fc.nat(spanDays).map((day) => ({
    type: 'CrisisAmended',
    occurredAt: new Date(START + day * 1440 * MINUTE_MS).toISOString(),
    data: {
      sides: [SIDES[0], { name: 'United States and Israel', members: ['USA', 'ISR', 'GBR'] }],
      mediators: ['OMN'],
    },
  }));

/** A crisis of at most `maxLength` events, at least half as many, over `spanDays` days, arriving in any order. */
export const randomLog = (maxLength: number, spanDays: number): fc.Arbitrary<WireEvent[]> =>
  fc
    .array(fc.constantFrom(...Array<'report'>(8).fill('report'), 'amendment', 'amendment', 'amendment', 'frame'), {
      minLength: Math.ceil(maxLength / 2),
      maxLength,
    })
    .chain((kinds) =>
      fc.tuple(
        ...kinds.map((kind, i) => {
          const content =
            kind === 'report'
              ? report(i + 1, spanDays)
              : kind === 'frame'
                ? crisisAmended(spanDays)
                : amendment(i + 1, spanDays);
          return fc.tuple(content, tlp).map(([event, marking]): WireEvent => {
            const marked = marking === undefined ? {} : { tlp: marking };
            return { eventId: id(i + 1), ...event, ...marked } as WireEvent;
          });
        }),
      ),
    )
    .map((events) => [opened, ...events]);
