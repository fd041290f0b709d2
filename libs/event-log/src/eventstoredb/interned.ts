import type { RecordedBy } from '../event-log';

const MAX_KNOWN = 10_000;
const known = new Map<string, RecordedBy>();

/** One object for all that are equal: the same few record everything, and what is hashed of them is kept by object. */
export function interned({ principal, instance, build }: RecordedBy): RecordedBy {
  // By name: what another writer left out is not what he says is null.
  const key = JSON.stringify({ principal, instance, build });
  let recorder = known.get(key);
  if (recorder === undefined) {
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(key, (recorder = { principal, instance, build }));
  }
  return recorder;
}
