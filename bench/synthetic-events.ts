import { v7 as uuidV7 } from 'uuid';
import { parse } from '#catalogue';
import type { NewEvent } from '#event-log';
import { random } from '../test/support/seed';

const DAY_MS = 86_400_000;
const START = Date.parse('2016-01-01T00:00:00Z');
/** When the reports are sent: ids of version 7 begin with that. */
const SENT = Date.now();

/** How often each kind comes, in the manner of coded news: mostly words, some contacts, few strikes. */
const MIX: readonly (readonly [share: number, make: (next: () => number) => object])[] = [
  [
    0.5,
    (next) => ({
      type: 'OfficialStatementIssued',
      cameoCode: pick(next, ['010', '020', '013', '111', '112', '120', '130', '138']),
    }),
  ],
  [
    0.24,
    (next) => ({ type: 'MediationContactReported', cameoCode: pick(next, ['040', '041', '042', '045', '046', '036']) }),
  ],
  [
    0.1,
    (next) => ({
      type: 'MultilateralEngagementReported',
      cameoCode: pick(next, ['040', '053', '111']),
      data: { body: { code: 'IAE' } },
    }),
  ],
  [0.06, (next) => ({ type: 'SanctionsStatementIssued', cameoCode: pick(next, ['163', '1312', '1054']) })],
  [0.08, (next) => ({ type: 'StrikeReported', cameoCode: pick(next, ['173', '190', '194', '195']) })],
  [0.02, (next) => ({ type: 'ConfidenceBuildingMeasureReported', cameoCode: pick(next, ['0841', '0871']) })],
];
const PAIRS = [
  ['IRNGOV', 'USA'],
  ['USAGOV', 'IRN'],
  ['ISR', 'IRN'],
  ['IRNMIL', 'ISR'],
  ['OMN', 'IRN'],
  ['QAT', 'USA'],
] as const;
const TEXT = 'Officials described the matter to reporters in the capital and said that talks about it would be held. ';

export const OPENING = {
  type: 'CrisisOpened',
  occurredAt: '2016-01-01T00:00:00Z',
  tlp: 'CLEAR',
  data: {
    title: 'Synthetic',
    sides: [
      { name: 'Iran', members: ['IRN'] },
      { name: 'United States and Israel', members: ['USA', 'ISR'] },
    ],
    mediators: ['OMN', 'QAT'],
    bodies: ['UNO', 'IAE', 'EEC'],
    issues: ['oil', 'enrichment'],
  },
};

/** Elements of one crisis over ten years, roughly in order: one in twenty is late, one in a hundred corrects an earlier one. */
export function* syntheticElements(count: number, seed: number): Generator<Record<string, unknown>> {
  const next = random(seed);
  const recent: Record<string, unknown>[] = [];
  for (let i = 0; i < count; i++) {
    const late = next() < 0.05 ? next() * 60 * DAY_MS : 0;
    const time = START + (i / count) * 3650 * DAY_MS - late;
    const eventId = uuidV7({ msecs: SENT + i, random: bytes(next) });
    if (recent.length > 0 && next() < 0.01) {
      yield correctionOf(pick(next, recent), eventId, time);
      continue;
    }
    const element = report(next, eventId, time);
    recent[i % 100] = element;
    yield element;
  }
}

function report(next: () => number, eventId: string, time: number): Record<string, unknown> {
  const [source, target] = pick(next, PAIRS);
  let left = next();
  const [, make] = MIX.find(([share]) => (left -= share) <= 0) ?? MIX[0]!;
  return {
    eventId,
    occurredAt: new Date(time).toISOString().replace(/\.\d+Z$/, 'Z'),
    timePrecision: next() < 0.7 ? 1 : 0,
    actors: [{ code: source, name: 'Ministry of Foreign Affairs' }],
    recipients: [{ code: target }],
    location: { iso3: 'IRN', name: 'Tehran', lat: 35.69, lon: 51.42, geoPrecision: 1 },
    sources: [
      {
        name: 'Agency',
        url: `https://example.org/${eventId}`,
        reliability: pick(next, ['A', 'B', 'C', 'F']),
        credibility: 2,
      },
    ],
    incidentId: `incident-${Math.floor(time / DAY_MS)}-${Math.floor(next() * 20)}`,
    tlp: 'CLEAR',
    summary: TEXT.repeat(2),
    data: {},
    ...make(next),
  };
}

function correctionOf(target: Record<string, unknown>, eventId: string, time: number): Record<string, unknown> {
  const { eventId: targetId, tlp: _tlp, ...content } = target;
  const data = { target: targetId, reason: 'attribution', content: { ...content, timePrecision: 1 } };
  return { eventId, type: 'EventCorrected', occurredAt: new Date(time).toISOString(), data };
}

/** What the API would hand to the log. */
export function newEventOf(element: Record<string, unknown>): NewEvent {
  const { eventId, ...facts } = parse(element, { now: Date.now(), opening: element['type'] === 'CrisisOpened' });
  return { ...facts, id: eventId!, element };
}

const pick = <T>(next: () => number, items: readonly T[]): T => {
  const present = items.filter((item) => item !== undefined);
  return present[Math.floor(next() * present.length)]!;
};

const bytes = (next: () => number): Uint8Array => Uint8Array.from({ length: 16 }, () => Math.floor(next() * 256));
