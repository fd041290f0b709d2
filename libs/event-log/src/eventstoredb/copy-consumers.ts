import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { isDeepStrictEqual } from 'node:util';
import { ENTRIES_KEPT, FULL_STATE } from '../consumer-record';
import { WrongRecord } from '../errors';
import { MAX_EVENTS_PER_APPEND } from '../event-log';
import { ConsumerTable } from '../sqlite/consumer-table';
import type { SystemEntry } from '../sqlite/system-stream';
import { readToEnd } from './read-to-end';
import type { RecordClient, SentEvent } from './record-client';
import { sentEntry, systemEntry } from './system-entry';

/** How the names of all streams of named consumers begin, and of those that list them. */
const BEGINNING = 'crisislog-consumer';

export type Send = (stream: string, last: number, events: readonly SentEvent[]) => Promise<void>;

/**
 * Copies the streams of named consumers from an embedded log, each since its last full state. Where EventStoreDB has a
 * part of them the rest follows; where an earlier attempt left something since when the log has gone on, the full state
 * does.
 */
export async function copyConsumersTo(record: RecordClient, db: DatabaseSync, send: Send): Promise<void> {
  for (const [stream, entries] of ConsumerTable.readAll(db)) {
    const there = await record.readStream(stream, 0);
    if (there.length === 0) await record.keepOnly(stream, ENTRIES_KEPT);
    const rest = notYetThere(entries, there.map(systemEntry));
    if (rest === undefined) throw new WrongRecord({ file: 'EventStoreDB', reason: `it has another ${stream}` });
    for (let first = 0, last = there.at(-1)?.revision ?? -1; first < rest.length; first += MAX_EVENTS_PER_APPEND) {
      const some = rest.slice(first, first + MAX_EVENTS_PER_APPEND);
      const sent = some.map(({ entry, recordedAt }) => sentEntry(randomUUID(), entry as object, recordedAt));
      await send(stream, last + first, sent);
    }
  }
}

/** Copies them back, as they are: items that were settled after the record was sealed are handed out again. */
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

/** The entries that are missing there; undefined where what is there is of something else. */
function notYetThere(held: readonly SystemEntry[], there: readonly SystemEntry[]): readonly SystemEntry[] | undefined {
  const [kept, had] = [sinceFullState(held), sinceFullState(there)];
  if (had.every(({ entry }, i) => isDeepStrictEqual(entry, kept[i]?.entry))) return kept.slice(had.length);
  return kept[0] && isFullState(kept[0]) ? kept : undefined;
}

const sinceFullState = (entries: readonly SystemEntry[]): readonly SystemEntry[] =>
  entries.slice(Math.max(entries.findLastIndex(isFullState), 0));

const isFullState = ({ entry }: SystemEntry): boolean => (entry as { type?: unknown } | null)?.type === FULL_STATE;
