import fc from 'fast-check';
import { applyEvent, type EffectiveVersion } from './effective-events';
import { frameAt, frameEventOf } from './frame';
import { Moment } from './instant';
import type { Retaliation } from './retaliation';
import { presentOf } from './present';
import { codes, recorded, type WireEvent } from './spec/recorded-events';

const START = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;
const AT = new Moment(START + 400 * 86_400_000);
const id = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

const opened = {
  eventId: id(0),
  type: 'CrisisOpened',
  occurredAt: '2026-01-01T00:00:00Z',
  tlp: 'CLEAR',
  data: {
    title: 'Exchange',
    sides: [
      { name: 'Iran', members: ['IRN'] },
      { name: 'United States and Israel', members: ['USA', 'ISR'] },
    ],
  },
};

interface Blow {
  readonly minute: number;
  readonly from: string;
  readonly to: string;
  readonly respondsTo: readonly number[];
}

const wire = ({ minute, from, to, respondsTo }: Blow, i: number): WireEvent => ({
  eventId: id(i + 1),
  type: 'StrikeReported',
  occurredAt: new Date(START + minute * MINUTE_MS).toISOString(),
  cameoCode: '190',
  actors: [{ code: from }],
  recipients: [{ code: to }],
  sources: [{ name: 'source', reliability: 'A', credibility: 1 }],
  tlp: 'CLEAR',
  data: {},
  ...(respondsTo.length > 0 ? { respondsTo: respondsTo.map((n) => id(n + 1)) } : {}),
});

const retaliationOf = (blows: readonly Blow[]): Retaliation => {
  const log = recorded([opened, ...blows.map(wire)]);
  const frame = frameAt([frameEventOf(log[0]!)!], log.length, 4, AT.minute)!;
  const nothing = { historyOf: () => undefined };
  const events = log
    .slice(1)
    .flatMap((event): readonly EffectiveVersion[] => applyEvent(event, nothing, codes)!.versions);
  return presentOf(frame, events, AT).exchange.retaliation;
};

/** Section 5 read aloud: for every strike every other is looked at. */
function answersByDefinition(blows: readonly Blow[]): { strike: string; answer: string; inferred: boolean }[] {
  return blows.flatMap((strike, i) => {
    const declared = blows.findIndex((other, j) => j !== i && other.respondsTo.includes(i));
    const inferred = blows.findIndex(
      (other, j) =>
        other.minute > strike.minute &&
        other.minute <= strike.minute + 14 * 1440 &&
        other.from === strike.to &&
        other.to === strike.from &&
        !strike.respondsTo.includes(j),
    );
    const answer = declared >= 0 ? declared : inferred;
    return answer < 0 ? [] : [{ strike: id(i + 1), answer: id(answer + 1), inferred: declared < 0 }];
  });
}

const blow = fc.record({
  minute: fc.nat(300).map((hours) => hours * 120),
  foes: fc.constantFrom(['IRN', 'USA'], ['USA', 'IRN'], ['IRN', 'ISR'], ['ISR', 'IRN']),
  respondsTo: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.nat(29), { maxLength: 2 }) },
  ),
});

const exchange = fc
  .array(blow, { minLength: 10, maxLength: 30 })
  .map((drawn) =>
    drawn
      .toSorted((a, b) => a.minute - b.minute)
      .map(({ minute, foes, respondsTo }): Blow => ({ minute, from: foes[0], to: foes[1], respondsTo })),
  );

test('answers are those of the definition', () => {
  fc.assert(
    fc.property(exchange, (blows) => {
      const answers = retaliationOf(blows).answers.map(({ strike, answer, inferred }) => ({
        strike,
        answer,
        inferred,
      }));
      expect(answers).toEqual(answersByDefinition(blows));
    }),
  );
});

test('20,000 strikes are walked once, also where a whole fortnight answers nothing', () => {
  const oneSided = Array.from({ length: 10_000 }, (_, i): Blow => ({
    minute: i,
    from: 'IRN',
    to: 'USA',
    respondsTo: [],
  }));
  const answered = oneSided.map(({ minute }, i): Blow => ({
    minute: minute + 30_000,
    from: i % 2 ? 'IRN' : 'ISR',
    to: i % 2 ? 'ISR' : 'IRN',
    respondsTo: [],
  }));
  const started = process.threadCpuUsage();
  const { strikes, answers } = retaliationOf([...oneSided, ...answered]);
  // A quadratic walk takes minutes here; the fold of the events themselves takes most of this. Of a processor, which
  // may be busy with other things as well.
  expect(process.threadCpuUsage(started).user / 1e6).toBeLessThan(10);
  expect(strikes).toBe(20_000);
  expect(answers).toHaveLength(9_999);
});
