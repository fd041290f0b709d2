import { TLP } from '#catalogue';
import type { SeriesPoint } from '#projections';
import {
  CRISIS_ID,
  EVENT_ID,
  GAUGE,
  list,
  NUMBER,
  nullable,
  object,
  ref,
  said,
  type Schema,
  SHARE,
  TEXT,
  TIME,
  words,
} from '../schema';

const points = nullable({ ...NUMBER, minimum: 0 });

export const OVER_TIME: Readonly<Record<string, Schema>> = {
  Series: object({
    crisisId: CRISIS_ID,
    asOf: ref('AsOf'),
    knowledge: words(['now', 'then']),
    model: said('Its version.', TEXT),
    series: said('Ascending; null where the crisis was not yet known.', list(ref('SeriesPoint'), { minItems: 2 })),
  }),
  SeriesPoint: object<keyof SeriesPoint>({
    at: TIME,
    risk: nullable(GAUGE),
    diplomacyGauge: nullable(GAUGE),
    escalation: points,
    diplomacy: points,
    omega: nullable(SHARE),
  }),
};

export const BRIEFING: Readonly<Record<string, Schema>> = {
  Briefing: object({
    crisisId: CRISIS_ID,
    title: TEXT,
    at: TIME,
    days: { type: 'integer', minimum: 1, maximum: 90 },
    marking: said('The highest of all that the reader sees: to be handled as that.', words(TLP)),
    sections: list(
      object({
        id: words(['status', 'changes', 'risks', 'diplomacy', 'outlook']),
        title: TEXT,
        sentences: list(
          object({ text: TEXT, events: said('The events that it rests on.', list(EVENT_ID, { minItems: 1 })) }),
        ),
      }),
    ),
    citations: said('The events cited, in the order in which they first are.', list(ref('Citation'))),
    caveat: TEXT,
    asOf: ref('AsOf'),
    digest: ref('Digest'),
  }),
  Citation: object({
    eventId: EVENT_ID,
    type: TEXT,
    occurredAt: TIME,
    summary: nullable(TEXT),
    grade: said('Admiralty, of the best source.', nullable(TEXT)),
    marking: words(TLP),
    standing: words(['as reported', 'corrected', 'retracted']),
  }),
};
