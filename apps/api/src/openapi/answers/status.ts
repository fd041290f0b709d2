import {
  ACCESS,
  CONFIDENCE,
  CONTACT_OUTCOMES,
  FORMATS,
  IMPLEMENTATION,
  LIKELIHOOD,
  MEASURES,
  RECIPROCITY,
  STAGES,
  STANCES,
  TRENDS,
} from '#catalogue';
import type { DiplomaticStatus } from '#projections';
import {
  ACTOR_CODE,
  ACTOR_CODES,
  COUNT,
  CRISIS_ID,
  EVENT_ID,
  EVENT_IDS,
  FLAG,
  GAUGE,
  list,
  NUMBER,
  nullable,
  object,
  pair,
  ref,
  said,
  type Schema,
  TEXT,
  TIME,
  words,
} from '../schema';
import { MOVEMENT, NEXT_CHANGE } from './risk';

type Item<Name extends keyof DiplomaticStatus> = DiplomaticStatus[Name] extends readonly (infer Each)[]
  ? keyof Each
  : keyof DiplomaticStatus[Name];

export const WINDOW_STATE = words(['unknown', 'closed', 'narrowing', 'open']);

/** What an event said last, and which. */
const lastSaid = (value: Schema): Schema => nullable(object({ value, eventId: EVENT_ID }));
const judged = (value: Schema): Schema => nullable(object({ value, eventId: EVENT_ID, issuedAt: TIME }));

const commitment = {
  eventId: EVENT_ID,
  type: TEXT,
  occurredAt: TIME,
  code: said('CAMEO.', TEXT),
  by: ACTOR_CODES,
  with: ACTOR_CODES,
  verified: FLAG,
  inForce: said('A state that holds at `at`.', FLAG),
  endedAt: nullable(TIME),
  endedBy: nullable(EVENT_ID),
};

const status: Record<keyof DiplomaticStatus, Schema> = {
  at: TIME,
  closed: ref('Closed'),
  analysts: said('What analysts say; beside what is computed, never mixed with it.', ref('Judgements')),
  movement: object<Item<'movement'>>({ escalation: MOVEMENT, diplomacy: MOVEMENT }),
  dyads: list(ref('Dyad')),
  channels: list(ref('Channel')),
  sanctions: ref('SanctionsGap'),
  agreements: list(ref('Agreement'), { maxItems: 50 }),
  measures: list(ref('Measure'), { maxItems: 50 }),
  tracks: list(ref('Track')),
  demands: list(ref('Demand'), { maxItems: 50 }),
  window: ref('DiplomacyWindow'),
  nextChangeAt: NEXT_CHANGE,
};

export const STATUS: Readonly<Record<string, Schema>> = {
  Status: object({ crisisId: CRISIS_ID, asOf: ref('AsOf'), ...status, digest: ref('Digest') }),
  Judgements: object<Item<'analysts'>>({
    trend: judged(words(TRENDS)),
    riskAlert: judged(FLAG),
    resolutionOpportunity: judged(FLAG),
    hiikLevel: judged({ type: 'integer', minimum: 0, maximum: 5 }),
    likelihood: nullable(words(LIKELIHOOD)),
    confidence: nullable(words(CONFIDENCE)),
    horizonDays: nullable(COUNT),
    basedOn: EVENT_IDS,
  }),
  Dyad: object<Item<'dyads'>>({
    parties: pair(ACTOR_CODE),
    risk: GAUGE,
    diplomacyGauge: GAUGE,
    escalation: said('Points.', NUMBER),
    diplomacy: said('Points.', NUMBER),
  }),
  Channel: object<Item<'channels'>>({
    kind: words(['mediated', 'direct']),
    parties: said('A mediator and a party, or two parties of different sides.', pair(ACTOR_CODE)),
    state: words(['active', 'stalled', 'closed']),
    contacts: COUNT,
    lastContact: EVENT_ID,
    lastContactAt: TIME,
    silenceHours: { type: 'integer' },
    lastOutcome: nullable(words(CONTACT_OUTCOMES)),
    recent: said('The last contacts, the latest first.', EVENT_IDS),
  }),
  SanctionsGap: object<Item<'sanctions'>>({
    gap: said('Null when no issue has positions of both sides.', nullable(GAUGE)),
    change: said('Against the gap without the last statement.', nullable(NUMBER)),
    covered: said('Issues with positions of both sides,', COUNT),
    named: said('of any side,', COUNT),
    of: said('and all of the crisis.', COUNT),
    issues: list(
      object<keyof DiplomaticStatus['sanctions']['issues'][number]>({
        issue: TEXT,
        positions: pair(nullable(ref('Stance'))),
      }),
    ),
  }),
  Stance: object<keyof NonNullable<DiplomaticStatus['sanctions']['issues'][number]['positions'][0]>>({
    position: said('0 full relief to 4 full maintenance.', { ...NUMBER, minimum: 0, maximum: 4 }),
    weight: NUMBER,
    eventId: EVENT_ID,
  }),
  Agreement: object<Item<'agreements'>>({
    ...commitment,
    stage: nullable(words(STAGES)),
    document: nullable(TEXT),
    outcome: nullable(TEXT),
  }),
  Measure: object<Item<'measures'>>({
    ...commitment,
    measure: nullable(words(MEASURES)),
    reciprocity: nullable(words(RECIPROCITY)),
    implementation: lastSaid(words(IMPLEMENTATION)),
    expiresAt: nullable(TIME),
  }),
  Track: object<Item<'tracks'>>({
    body: ACTOR_CODE,
    lastEngagement: EVENT_ID,
    lastEngagementAt: TIME,
    format: nullable(words(FORMATS)),
    within90Days: COUNT,
    recent: EVENT_IDS,
    access: lastSaid(words(ACCESS)),
    outcome: lastSaid(TEXT),
  }),
  Demand: object<Item<'demands'>>({
    eventId: EVENT_ID,
    occurredAt: TIME,
    by: ACTOR_CODES,
    to: ACTOR_CODES,
    demand: nullable(TEXT),
    stance: nullable(words(STANCES)),
    deadlineAt: nullable(TIME),
    verified: FLAG,
    lapsesAt: said('When it lapses by itself.', nullable(TIME)),
  }),
  DiplomacyWindow: object<Item<'window'>>({
    state: WINDOW_STATE,
    conditions: object<keyof DiplomaticStatus['window']['conditions']>({
      omega: said('At least a half; null when nothing moves.', nullable(FLAG)),
      activeChannel: said('The last contacts of the active channels.', EVENT_IDS),
      openLegs: EVENT_IDS,
    }),
  }),
};
