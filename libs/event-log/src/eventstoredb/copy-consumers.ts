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

/** All streams of named consumers begin so, and those with their names. */
const BEGINNING = 'crisislog-consumer';

export type Send = (stream: string, last: number, events: readonly SentEvent[]) => Promise<void>;

/**
 * What becomes of named consumers, from the table of an embedded log, since the last full state of each. Where a part is
 * there already the rest follows; behind what is there of an earlier attempt, since when the log has gone on, comes the
 * full state.
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

/** What is to follow; undefined where that is of something else than what is there. */
function notYetThere(held: readonly SystemEntry[], there: readonly SystemEntry[]): readonly SystemEntry[] | undefined {
  const [kept, had] = [sinceFullState(held), sinceFullState(there)];
  if (had.every(({ entry }, i) => isDeepStrictEqual(entry, kept[i]?.entry))) return kept.slice(had.length);
  return kept[0] && isFullState(kept[0]) ? kept : undefined;
}

const sinceFullState = (entries: readonly SystemEntry[]): readonly SystemEntry[] =>
  entries.slice(Math.max(entries.findLastIndex(isFullState), 0));

const isFullState = ({ entry }: SystemEntry): boolean => (entry as { type?: unknown } | null)?.type === FULL_STATE;
