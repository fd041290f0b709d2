import { headEntry } from '../head-record';
import { SYSTEM_STREAMS, type SystemEntry, type SystemStreamName } from '../sqlite/system-stream';
import type { RecordedEvent, SentEvent } from './record-client';

export const isSystemStream = (stream: string): stream is SystemStreamName =>
  (SYSTEM_STREAMS as readonly string[]).includes(stream);

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

/** A signed note of `crisislog-heads`. */
export const sentHead = (id: string, note: string, now: number): SentEvent => sentEntry(id, headEntry(note), now);
