import type { Risk } from '#projections';
import {
  COUNT,
  CRISIS_ID,
  DIGEST,
  EVENT_ID,
  EVENT_IDS,
  FLAG,
  GAUGE,
  list,
  NUMBER,
  nullable,
  object,
  oneOf,
  pair,
  ref,
  said,
  type Schema,
  SHARE,
  TEXT,
  TIME,
  words,
} from '../schema';

export const BAND = words(['low', 'guarded', 'elevated', 'high', 'severe']);
export const MOVEMENT = words(['rising', 'falling', 'steady', 'quiet']);
export const NEXT_CHANGE = said(
  'The next moment within 60 days at which a discrete field changes if nothing more happens.',
  nullable(TIME),
);
const LEVEL = said(
  '3 force, 2 a threat of it, 1 anything with weight, 0 nothing, within 30 days.',
  words([0, 1, 2, 3]),
);
const DRIVERS = list(oneOf('Driver', 'OtherDrivers'), { maxItems: 51 });

const risk: Record<keyof Risk, Schema> = {
  at: TIME,
  model: ref('Model'),
  risk: said('R, heat, not direction.', GAUGE),
  band: BAND,
  diplomacyGauge: said('J.', GAUGE),
  escalation: ref('Axis'),
  diplomacy: ref('Axis'),
  omega: said('The share of relief in all that moves; null when nothing does.', nullable(SHARE)),
  omegaChange7: said('Against seven days ago.', nullable({ ...NUMBER, minimum: -1, maximum: 1 })),
  outpaces: said('Diplomacy outpaces escalation.', nullable(FLAG)),
  drivers: said('By falling share; with the row of the others they add up to R exactly.', DRIVERS),
  reliefs: said('The same of J.', DRIVERS),
  retaliation: ref('RetaliationCycles'),
  openLegs: said('Strikes that wait for an answer.', EVENT_IDS),
  alerts: object<keyof Risk['alerts']>({
    conflictRisk: object({ state: words(['on', 'unverified', 'off']), events: EVENT_IDS }),
    resolutionOpportunity: said('Necessary, not sufficient.', object({ state: FLAG, events: EVENT_IDS })),
  }),
  level: LEVEL,
  levelReported: said('The level with unverified incidents.', LEVEL),
  nextChangeAt: NEXT_CHANGE,
};

export const RISK: Readonly<Record<string, Schema>> = {
  Risk: object({ crisisId: CRISIS_ID, asOf: ref('AsOf'), ...risk, digest: ref('Digest') }),
  Digest: said('SHA-256 (base64url) of the JCS text of the answer without `asOf` and `digest`.', DIGEST),
  Axis: object<keyof Risk['escalation']>({
    stock: said('Points.', NUMBER),
    tempo: said('Points per day.', NUMBER),
    movement: said('Over 14 days.', MOVEMENT),
  }),
  Driver: object<keyof Extract<Risk['drivers'][number], { eventId: unknown }>>({
    eventId: EVENT_ID,
    type: TEXT,
    occurredAt: TIME,
    weight: said('Points before decay.', NUMBER),
    decay: said('What is left of it.', SHARE),
    share: said('Its part of the gauge.', GAUGE),
    alsoReported: said('Silent reports of it, and what it displaced.', EVENT_IDS),
  }),
  OtherDrivers: object<keyof Extract<Risk['drivers'][number], { others: unknown }>>({ others: COUNT, share: GAUGE }),
  RetaliationCycles: object<keyof Risk['retaliation']>({
    strikes: COUNT,
    answers: list(
      object<keyof Risk['retaliation']['answers'][number]>({
        strike: EVENT_ID,
        answer: EVENT_ID,
        inferred: said('Nobody declared it: it was the first to come back.', FLAG),
        depth: COUNT,
        latencyHours: said('From the least to the greatest that the precision of both times allows.', pair(NUMBER)),
      }),
    ),
    answerRate: nullable(SHARE),
    depth: COUNT,
    symmetry: nullable(SHARE),
  }),
};
