import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { ENTRIES_KEPT, FULL_STATE } from '../consumer-record';
import { MAX_EVENTS_PER_APPEND } from '../event-log';
import { ConsumerTable } from '../sqlite/consumer-table';
import type { SystemEntry } from '../sqlite/system-stream';
import { readToEnd } from './read-to-end';
import type { RecordClient, SentEvent } from './record-client';
import { sentEntry, systemEntry } from './system-entry';

/** All streams of named consumers begin so, and those with their names. */
const BEGINNING = 'crisislog-consumer';

export type Send = (stream: string, last: number, events: readonly SentEvent[]) => Promise<void>;

/**
 * What becomes of named consumers, from the table of an embedded log. A stream begins at 0 there: from its last full
 * state on, where older entries are forgotten. Where a part is there already, the rest follows.
 */
export async function copyConsumersTo(record: RecordClient, db: DatabaseSync, send: Send): Promise<void> {
  for (const [stream, entries] of ConsumerTable.readAll(db)) {
    const kept = sinceFullState(entries);
    const there = await record.readStream(stream, 0);
    if (there.length === 0) await record.keepOnly(stream, ENTRIES_KEPT);
    for (let first = there.length; first < kept.length; first += MAX_EVENTS_PER_APPEND) {
      const some = kept.slice(first, first + MAX_EVENTS_PER_APPEND);
      const sent = some.map(({ entry, recordedAt }) => sentEntry(randomUUID(), entry as object, recordedAt));
      await send(stream, first - 1, sent);
    }
  }
}

/** The other way, as they are: what was settled behind the seal is handed out again. */
export async function copyConsumersFrom(record: RecordClient, db: DatabaseSync): Promise<void> {
  const streams = new Map<string, readonly SystemEntry[]>();
  for (const stream of await consumerStreams(record))
    streams.set(stream, (await record.readEnd(stream, ENTRIES_KEPT)).map(systemEntry));
  ConsumerTable.replaceAll(db, streams);
}

export async function consumerStreams(record: RecordClient): Promise<ReadonlySet<string>> {
  const streams = new Set<string>();
  for await (const { stream } of readToEnd(record, [BEGINNING])) streams.add(stream);
  return streams;
}

function sinceFullState(entries: readonly SystemEntry[]): readonly SystemEntry[] {
  const last = entries.findLastIndex(({ entry }) => (entry as { type?: unknown }).type === FULL_STATE);
  return last > 0 && entries[0]!.revision > 0 ? entries.slice(last) : entries;
}
