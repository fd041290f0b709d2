import type { Channel } from './channels';
import { Moment } from './instant';
import { MemoryCrisis } from './spec/memory-crisis';
import { opened, START } from './spec/random-log';
import { recorded, type WireEvent } from './spec/recorded-events';

const DAY_MS = 86_400_000;

const contact = (day: number, cameoCode: string, outcome?: string): WireEvent => ({
  eventId: `contact on day ${day}`,
  type: 'MediationContactReported',
  occurredAt: new Date(START + day * DAY_MS).toISOString(),
  cameoCode,
  actors: [{ code: 'OMN' }],
  recipients: [{ code: 'IRN' }],
  data: { ...(outcome !== undefined && { outcome }) },
});

const channelOn = (day: number, ...contacts: WireEvent[]): Channel | undefined => {
  const [channel] = new MemoryCrisis(recorded([opened, ...contacts])).view(new Moment(START + day * DAY_MS))[
    'channels'
  ] as Channel[];
  return channel;
};

test.each([
  ['046', null, 'active'],
  ['125', 'refused', 'active'],
  ['126', 'refused', 'closed'],
  ['127', 'refused', 'active'],
  ['164', 'broken_off', 'closed'],
  ['165', 'broken_off', 'closed'],
])('a contact of code %s has the outcome %s and leaves its channel %s', (code, outcome, state) => {
  expect(channelOn(1, contact(0, code))).toMatchObject({ lastOutcome: outcome, state });
});

test.each([
  ['125', 'progress', 'active'],
  ['126', 'progress', 'closed'],
  ['165', 'progress', 'closed'],
  ['046', 'broken_off', 'closed'],
])('code %s with the outcome %s given leaves it %s', (code, outcome, state) => {
  expect(channelOn(1, contact(0, code, outcome))).toMatchObject({ lastOutcome: outcome, state });
});

test.each([
  [['125'], 'active'],
  [['125', '127'], 'stalled'],
  [['125', '127', '046'], 'active'],
  [['046', '127', '125'], 'stalled'],
  [['164', '046'], 'active'],
])('after contacts of %j it is %s', (codes, state) => {
  expect(channelOn(codes.length, ...codes.map((code, day) => contact(day, code)))?.state).toBe(state);
});

test.each([
  [28, 'active'],
  [28 + 1 / 1440, 'stalled'],
  [55, 'stalled'],
  [55 + 1 / 1440, 'closed'],
])('after %d days of silence it is %s', (days, state) => expect(channelOn(days, contact(0, '046'))?.state).toBe(state));

test('what a body said stays out of its channel as a mediator', () => {
  const named = (day: number, lists: object): WireEvent => ({
    eventId: `lists on day ${day}`,
    type: 'CrisisAmended',
    occurredAt: new Date(START + day * DAY_MS).toISOString(),
    data: { mediators: [], bodies: [], ...lists },
  });
  const events = [named(0, { bodies: ['OMN'] }), contact(1, '046'), named(2, { mediators: ['OMN'] })];
  expect(channelOn(3, ...events)).toBeUndefined();
  expect(channelOn(4, ...events, contact(4, '041'))).toMatchObject({ parties: ['OMN', 'IRN'], contacts: 1 });
});
