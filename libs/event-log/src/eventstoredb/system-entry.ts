import type { SystemEntry, SystemStreamName } from '../sqlite/system-stream';
import type { RecordedEvent, SentEvent } from './record-client';

export const isSystemStream = (stream: string): stream is SystemStreamName => stream === 'crisislog-principals';

/** An entry as EventStoreDB holds it: what is appended stays as it is, and when stands in the metadata. */
export const sentEntry = (id: string, entry: object, now: number): SentEvent => ({
  id,
  type: 'type' in entry ? String(entry.type) : 'Entry',
  data: JSON.stringify(entry),
  metadata: JSON.stringify({ recordedAt: now }),
});

/** Whatever was written there, by anybody: without a time of its own the server's counts. */
export function systemEntry({ revision, data, metadata, created }: RecordedEvent): SystemEntry {
  const { recordedAt } = Object(metadata) as { recordedAt?: unknown };
  return {
    revision,
    recordedAt: Number.isSafeInteger(recordedAt) ? (recordedAt as number) : created,
    entry: data ?? null,
  };
}
