import { UUID_PATTERN } from '#catalogue';
import { badParameter } from './parameters';

const EVENT_ID = new RegExp(UUID_PATTERN);

export const isEventId = (value: unknown): value is string => typeof value === 'string' && EVENT_ID.test(value);

/** @throws Problem for anything but a lower-case UUID */
export function requireEventId(value: unknown): string {
  if (isEventId(value)) return value;
  throw badParameter('eventId', 'a lower-case UUID.');
}
