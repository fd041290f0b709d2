import { Moment } from './instant';
import { modelOf, models, UnknownModel } from './models';
import { risk } from './risk';
import { MemoryCrisis } from './spec/memory-crisis';
import { recorded, type WireEvent } from './spec/recorded-events';

const AT = Moment.of(Date.UTC(2026, 1, 3) / 60_000);
const id = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`;

const opened = {
  eventId: id(0),
  type: 'CrisisOpened',
  occurredAt: '2026-01-01T00:00:00Z',
  tlp: 'CLEAR',
  data: {
    title: 'x',
    sides: [
      { name: 'a', members: ['IRN'] },
      { name: 'b', members: ['USA'] },
    ],
  },
};
const strike = {
  eventId: id(1),
  type: 'StrikeReported',
  occurredAt: '2026-02-02T23:59:00Z',
  cameoCode: '190',
  actors: [{ code: 'USA' }],
  recipients: [{ code: 'IRN' }],
  sources: [{ name: 'source', reliability: 'A', credibility: 1 }],
  tlp: 'CLEAR',
  data: {},
};
const activation = (data: object): WireEvent => ({
  eventId: id(2),
  type: 'ModelActivated',
  occurredAt: '2026-02-02T00:00:00Z',
  tlp: 'CLEAR',
  data,
});

const crisisWith = (...events: WireEvent[]): MemoryCrisis => new MemoryCrisis(recorded([opened, strike, ...events]));
const riskOf = (crisis: MemoryCrisis, asOf?: number) => risk.view(crisis.situation(AT, asOf));

test('without an activation the first model answers, with its own references', () => {
  const { model, risk } = riskOf(crisisWith());
  expect(model).toMatchObject({ version: '1', parameters: { riskReference: 90, diplomacyReference: 30 } });
  expect(risk).toBe(50);
});

test('an activation sets parameters from its position on, and not for what was shown before', () => {
  const crisis = crisisWith(activation({ model: '1', parameters: { riskReference: 30 } }));
  expect([riskOf(crisis, 1).risk, riskOf(crisis, 2).risk]).toEqual([50, 75]);
  expect(riskOf(crisis, 2).model.parameters).toMatchObject({ riskReference: 30 });
});

test.each([
  [{ model: '2' }, 'model 2 is unknown to this build'],
  [{ model: 'toString' }, 'model toString is unknown to this build'],
  [{ model: '1', parameters: { halfLifeHours: 1 } }, 'model 1 has no parameter halfLifeHours'],
])('an activation of %j is refused, not guessed at', (data, message) => {
  const crisis = crisisWith(activation(data));
  expect(() => riskOf(crisis)).toThrow(UnknownModel);
  expect(() => riskOf(crisis)).toThrow(message);
});

test('a released model is asked for by its version', () => {
  expect(modelOf(crisisWith().frame(2, 4, AT), '1')).toBe(models['1']);
});
