import type { RecordedBy } from '../event-log';

const MAX_KNOWN = 10_000;
const known = new Map<string, RecordedBy>();

/** One object for all that are equal: the same few record everything, and what is hashed of them is kept by object. */
export function interned({ principal, instance, build }: RecordedBy): RecordedBy {
  const texts = [principal, instance, build];
  // Another writer's may be anything, and different values may have the same JSON text (null and 1e999).
  if (texts.some((text) => typeof text !== 'string')) return { principal, instance, build };
  const key = JSON.stringify(texts);
  let recorder = known.get(key);
  if (recorder === undefined) {
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(key, (recorder = { principal, instance, build }));
  }
  return recorder;
}
