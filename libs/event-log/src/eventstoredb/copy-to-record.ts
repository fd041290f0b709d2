import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RecordAway, WrongRecord } from '../errors';
import { MAX_BYTES_PER_APPEND, MAX_EVENTS_PER_APPEND } from '../event-log';
import { isForeign } from '../foreign';
import type { HeadEntry } from '../head-record';
import { becomeMirror } from '../sqlite/change-engine';
import { type Entry, envelopeOf } from '../sqlite/entry';
import { openReader } from '../sqlite/log-reader';
import { takeOwnerLock } from '../sqlite/owner-lock';
import { LOG_FILE, openBeside, openForReading } from '../sqlite/schema';
import { SystemStream } from '../sqlite/system-stream';
import { copyConsumersTo } from './copy-consumers';
import { type Compared, compareRecord, type HeldLog } from './compare-record';
import { movedTo, readGenesis, writeGenesis } from './genesis';
import { RecordClient, type RecordOptions, type SentEvent } from './record-client';
import { sentEntry, sentHead } from './system-entry';

const ATTEMPTS = 20;
const PAUSE_MS = 500;
const KEYS = 'crisislog-principals';

export interface CopyOptions {
  /** Nothing else may have it open. */
  readonly dataDir: string;
  readonly record: RecordOptions;
  /** Called with how many events are there, or have been compared, and how many there are to be. */
  readonly onEvent?: (count: number, total: number) => void;
}

/**
 * Moves an embedded record to an EventStoreDB that has none, or a part of this one: identity, order, ids, revisions,
 * recorded times and stored bytes stay, hence every leaf; named consumers go on where they are. When the whole of it has
 * been read back and compared, the data folder becomes a mirror of it and takes no appends any more. Broken off at any
 * time, it goes on when called again. Throws WrongRecord where the target holds anything else.
 *
 * @param readHeads gives the stream of heads, which its notary keeps; asked when nobody else has the log open any more
 */
export async function copyToRecord(
  { dataDir, record: options, onEvent }: CopyOptions,
  readHeads: () => readonly HeadEntry[] = () => [],
): Promise<Compared> {
  const lock = takeOwnerLock(dataDir);
  const record = new RecordClient(options);
  try {
    const heads = readHeads();
    const held = { ...openHeld(dataDir), heads };
    try {
      await claim(record, held);
      const before = await compareRecord(record, held);
      if (before.ahead > 0) throw notOurs(`it has ${before.ahead} entries that this log does not have`);
      await sendKeys(record, held, before.keys);
      for (const group of groups(held.reader.entries(before.events, held.reader.head() + 1))) {
        await send(record, group[0]!.event.stream, group[0]!.event.revision - 1, group.map(sentEvent));
        onEvent?.(group.at(-1)!.event.position + 1, held.reader.head() + 1);
      }
      // After the events that they are over, as every mirror expects.
      await sendHeads(record, held, before.heads);
      await sendConsumers(record, dataDir);
      const after = await compareRecord(record, held);
      const isShort = after.events <= held.reader.head() || after.keys < held.keys.length;
      if (isShort || after.heads < heads.length || after.ahead > 0)
        throw notOurs(
          `${after.events} events, ${after.keys} keys and ${after.heads} heads came back, and ${after.ahead} others`,
        );
      seal(dataDir, after, heads);
      return after;
    } finally {
      held.reader.close();
    }
  } finally {
    await record.close();
    lock.release();
  }
}

/** The log of a data folder. The reader is to be closed. */
export function openHeld(dataDir: string): HeldLog {
  const keys = SystemStream.isEmpty(dataDir, KEYS) ? undefined : SystemStream.open(dataDir, KEYS);
  try {
    const reader = openReader(dataDir);
    return { reader, keys: keys?.readAfter(-1) ?? [], heads: [...reader.mirroredHeads(0)] };
  } finally {
    keys?.close();
  }
}

/** The identity first: from then on only this log is copied there. */
async function claim(record: RecordClient, held: HeldLog): Promise<void> {
  const { reader } = held;
  if (reader.isMirror()) throw notOurs('the data folder holds a mirror already', LOG_FILE);
  const { logId, origin } = reader.genesis();
  let there = await readGenesis(record);
  if (there === undefined) {
    const { events, keys, ahead } = await compareRecord(record, { reader, keys: [], heads: [] });
    if (events + keys + ahead > 0) throw notOurs('it has entries and no identity');
    there = await writeGenesis(record, { logId, origin });
  }
  if (there.logId !== logId) throw notOurs(`it holds the record ${there.logId}, this one is ${logId}`);
  const to = await movedTo(record);
  if (to !== undefined) throw notOurs(`its record was moved to ${to}`);
}

async function sendKeys(record: RecordClient, { keys }: HeldLog, from: number): Promise<void> {
  for (const { revision, recordedAt, entry } of keys.slice(from))
    await send(record, KEYS, revision - 1, [sentEntry(randomUUID(), entry as object, recordedAt)]);
}

async function sendHeads(record: RecordClient, { heads }: HeldLog, from: number): Promise<void> {
  const rest = heads.slice(from);
  for (let at = 0; at < rest.length; at += MAX_EVENTS_PER_APPEND) {
    const sent = rest.slice(at, at + MAX_EVENTS_PER_APPEND);
    await send(
      record,
      'crisislog-heads',
      sent[0]!.revision - 1,
      sent.map(({ note }) => sentHead(randomUUID(), note, Date.now())),
    );
  }
}

async function sendConsumers(record: RecordClient, dataDir: string): Promise<void> {
  const db = openForReading(join(dataDir, LOG_FILE));
  try {
    await copyConsumersTo(record, db, (stream, last, events) => send(record, stream, last, events));
  } finally {
    db.close();
  }
}

function sentEvent({ event, seal }: Entry): SentEvent {
  if (isForeign(seal))
    throw notOurs(`the event at position ${event.position} is another writer's, and would get another time and leaf`);
  const { data, metadata } = envelopeOf(event, seal);
  return { id: event.id, type: event.type, data, metadata };
}

/** Neighbours of one stream, as many as one call takes. */
function* groups(entries: Iterable<Entry>): Generator<Entry[]> {
  let group: Entry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = Buffer.byteLength(entry.event.body);
    const isFull = group.length === MAX_EVENTS_PER_APPEND || bytes + size > MAX_BYTES_PER_APPEND;
    if (group.length > 0 && (isFull || group[0]!.event.stream !== entry.event.stream)) {
      yield group;
      [group, bytes] = [[], 0];
    }
    group.push(entry);
    bytes += size;
  }
  if (group.length > 0) yield group;
}

/** The same again until the answer is definite: with exact revisions and the same ids nothing is stored twice. */
async function send(record: RecordClient, stream: string, last: number, events: readonly SentEvent[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await record.append(stream, last, events);
    if (outcome.kind === 'stored') return;
    if (outcome.kind === 'conflict') throw notOurs(`somebody else appends to ${stream}`);
    if (outcome.kind === 'refused' || attempt === ATTEMPTS) throw new RecordAway({ reason: outcome.reason });
    await sleep(PAUSE_MS);
  }
}

function seal(dataDir: string, { last }: Compared, heads: readonly HeadEntry[]): void {
  const file = join(dataDir, LOG_FILE);
  const db = openBeside(file);
  try {
    becomeMirror(db, file, last, heads);
  } finally {
    db.close();
  }
}

const notOurs = (reason: string, file = 'EventStoreDB') => new WrongRecord({ file, reason });
