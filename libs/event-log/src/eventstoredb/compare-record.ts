import { canonicalJson } from '../canonical-json';
import { RecordRewound } from '../errors';
import { type HeadEntry, noteIn } from '../head-record';
import type { LogReader } from '../sqlite/log-reader';
import type { Entry } from '../sqlite/entry';
import { recomputedLeaf } from '../sqlite/recomputed-leaf';
import type { SystemEntry, SystemStreamName } from '../sqlite/system-stream';
import type { Checkpoint } from './mirror-file';
import { sealIn } from './genesis';
import { openEnvelope } from './open-envelope';
import { readToEnd } from './read-to-end';
import type { RecordClient, RecordedEvent } from './record-client';
import { isSystemStream, systemEntry } from './system-entry';
import { isOurs } from './whole-stream';

/** A log as a data folder holds it. */
export interface HeldLog {
  readonly reader: LogReader;
  /** Of `crisislog-principals`, in order. */
  readonly keys: readonly SystemEntry[];
  /** Of `crisislog-heads`, in order. */
  readonly heads: readonly HeadEntry[];
}

export interface Compared {
  /** Events, keys and entries of the stream of heads that both have, from the first on without a gap. */
  readonly events: number;
  readonly keys: number;
  readonly heads: number;
  /** Events, keys and entries of the stream of heads that only EventStoreDB has, at its end. */
  readonly ahead: number;
  /** The last event of ours in `$all`. */
  readonly last: Checkpoint | undefined;
}

/**
 * Reads the whole of `$all` and compares it with a log, event by event: order, stream, revision, id, type, what is
 * stored, and the leaf computed again on both sides. Either may be longer. Throws RecordRewound naming the first
 * position that differs, RecordTruncated where a stream has lost events.
 */
export async function compareRecord(
  record: RecordClient,
  log: HeldLog,
  onEvent?: (count: number) => void,
): Promise<Compared> {
  const { reader } = log;
  const held = reader.entries(0, reader.head() + 1)[Symbol.iterator]();
  const seen = { 'crisislog-principals': 0, 'crisislog-heads': 0 };
  let [events, ahead] = [0, 0];
  let last: Checkpoint | undefined;
  for await (const event of readToEnd(record)) {
    // What comes after the seal was never acknowledged.
    if (sealIn(event) !== undefined) break;
    if (!isOurs(event, () => reader.streamHead(event.stream))) continue;
    last = { id: event.id, ...event.position };
    if (isSystemStream(event.stream)) {
      const isSame = isSameSystemEntry(log, event.stream, seen[event.stream], event);
      if (isSame === false) throw differs(event, `entry ${seen[event.stream]} of ${event.stream}`);
      if (isSame === undefined) ahead++;
      else seen[event.stream]++;
      continue;
    }
    const entry = held.next().value as Entry | undefined;
    if (entry === undefined) {
      ahead++;
      continue;
    }
    if (!isSameEvent(event, entry)) throw differs(event, `position ${events}`);
    events++;
    onEvent?.(events);
  }
  return { events, keys: seen['crisislog-principals'], heads: seen['crisislog-heads'], ahead, last };
}

function isSameEvent(event: RecordedEvent, entry: Entry): boolean {
  const { stream, revision, id, type } = entry.event;
  if (event.stream !== stream || event.revision !== revision || event.id !== id || event.type !== type) return false;
  // Each seal is checked against its event, so equal seals mean equal events.
  const { body, seal } = openEnvelope(event);
  return body.equals(Buffer.from(entry.event.body)) && seal.equals(entry.seal) && holds(entry);
}

function holds(entry: Entry): boolean {
  try {
    return recomputedLeaf(entry).length > 0;
  } catch {
    return false;
  }
}

/** Undefined where the log has no entry there: EventStoreDB is ahead. */
function isSameSystemEntry(
  { keys, heads }: HeldLog,
  stream: SystemStreamName,
  index: number,
  event: RecordedEvent,
): boolean | undefined {
  if (stream === 'crisislog-principals') return keys[index] && isSameKey(event, keys[index]);
  const head = heads[index];
  return head && head.revision === event.revision && head.note === noteIn(event.data);
}

function isSameKey(event: RecordedEvent, key: SystemEntry): boolean {
  const { revision, recordedAt, entry } = systemEntry(event);
  return (
    revision === key.revision && recordedAt === key.recordedAt && canonicalJson(entry) === canonicalJson(key.entry)
  );
}

const differs = ({ stream, revision, id }: RecordedEvent, place: string) =>
  new RecordRewound({ reason: `at ${place} it holds ${id}, revision ${revision} of ${stream}, and the log another` });
