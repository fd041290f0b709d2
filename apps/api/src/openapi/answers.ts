import { AUDIT } from './answers/audit';
import { CONSUMERS } from './answers/consumers';
import { CRISES } from './answers/crises';
import { EVENTS } from './answers/events';
import { FEED } from './answers/feed';
import { HEALTH } from './answers/health';
import { BRIEFING, OVER_TIME } from './answers/over-time';
import { PROBLEM } from './answers/problems';
import { RECEIPTS } from './answers/receipts';
import { RISK } from './answers/risk';
import { SESSION } from './answers/session';
import { STATUS } from './answers/status';
import type { Schema } from './schema';

/** What the server answers, by name. Tests hold real answers against these. */
export const ANSWER_SCHEMAS: readonly Readonly<Record<string, Schema>>[] = [
  RECEIPTS,
  CRISES,
  EVENTS,
  STATUS,
  RISK,
  OVER_TIME,
  BRIEFING,
  SESSION,
  FEED,
  CONSUMERS,
  AUDIT,
  HEALTH,
  PROBLEM,
];
