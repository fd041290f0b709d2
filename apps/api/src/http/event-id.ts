import { badParameter } from './parameters';

const EVENT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export const isEventId = (value: unknown): value is string => typeof value === 'string' && EVENT_ID.test(value);

/** @throws Problem for anything but a lower-case UUID */
export function requireEventId(value: unknown): string {
  if (isEventId(value)) return value;
  throw badParameter('eventId', 'a lower-case UUID.');
}
