import { TLP } from '#catalogue';
import type { Frame } from '#projections';
import {
  ACTOR_CODES,
  COUNT,
  CRISIS_ID,
  EVENT_ID,
  FLAG,
  GAUGE,
  list,
  NUMBER,
  nullable,
  object,
  oneOf,
  ref,
  said,
  type Schema,
  SHARE,
  TEXT,
  TIME,
  TOKEN,
  words,
} from '../schema';
import { BAND } from './risk';
import { WINDOW_STATE } from './status';

const known = {
  crisisId: CRISIS_ID,
  title: TEXT,
  openedAt: TIME,
  closed: ref('Closed'),
};

const side = object<keyof Frame['chapters'][0]['sides'][0]>({ name: TEXT, members: ACTOR_CODES });

const frame: Record<Exclude<keyof Frame, 'chapters'> | Exclude<keyof Frame['chapters'][0], 'from'>, Schema> = {
  eventId: said('The event that opened it.', EVENT_ID),
  title: TEXT,
  openedAt: TIME,
  closed: ref('Closed'),
  riskReference: said('Points of half of R.', NUMBER),
  diplomacyReference: said('Points of half of J.', NUMBER),
  model: ref('Model'),
  sides: list(side),
  mediators: ACTOR_CODES,
  bodies: ACTOR_CODES,
  issues: list(TEXT),
};

export const CRISES: Readonly<Record<string, Schema>> = {
  CrisisList: object({ at: TIME, crises: list(oneOf('CrisisLine', 'ParkedCrisisLine')) }),
  CrisisLine: object({
    ...known,
    risk: said('R.', GAUGE),
    band: BAND,
    diplomacyGauge: said('J.', GAUGE),
    escalation: said('Points.', NUMBER),
    diplomacy: said('Points.', NUMBER),
    omega: nullable(SHARE),
    outpaces: nullable(FLAG),
    window: WINDOW_STATE,
    activeChannels: COUNT,
  }),
  ParkedCrisisLine: said(
    'A crisis whose views wait for an event that this build cannot read.',
    object({
      ...known,
      title: said('null where its opening is what cannot be read, as of the next two.', nullable(TEXT)),
      openedAt: nullable(TIME),
      problem: ref('Problem'),
    }),
  ),
  Crisis: object({
    crisisId: CRISIS_ID,
    at: TIME,
    asOf: ref('AsOf'),
    marking: said('The floor of the crisis.', words(TLP)),
    ...frame,
    amendedAt: said('When its lists changed, until `at`.', list(TIME)),
  }),
  Closed: nullable(object<keyof NonNullable<Frame['closed']>>({ eventId: EVENT_ID, occurredAt: TIME })),
  Model: object<keyof Frame['model']>({
    version: TEXT,
    parameters: { type: 'object', additionalProperties: NUMBER },
  }),
  AsOf: said(
    'The point of the record that the answer rests on.',
    object({ time: said('A search key.', TIME), cursor: said('The evidence: what can be repeated exactly.', TOKEN) }),
  ),
};
