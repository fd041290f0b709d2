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
 * recorded times and stored bytes stay, hence every leaf; named consumers go on where they are. When the whole of it
 * has been read back and compared, the data folder becomes a mirror of it and takes no appends any more. Broken off at
 * any time, it goes on when called again. Throws WrongRecord where the target holds anything else.
 *
 * @param readHeads gives the stream of heads, which its notary keeps; asked when nobody else has the log open any more
 */
export async function copyToRecord(
  { dataDir, record: options, onEvent }: CopyOptions,
  readHeads: () => readonly HeadEntry[] = () => [],
): Promise<Compared> {
  using _lock = takeOwnerLock(dataDir);
  await using record = new RecordClient(options);
  const heads = readHeads();
  using held = { ...openHeld(dataDir), heads };
  const { reader, keys } = held;
  await claim(record, held);
  const before = await compareRecord(record, held);
  if (before.ahead > 0) throw notOurs(`it has ${before.ahead} entries that this log does not have`);
  await sendKeys(record, held, before.keys);
  for (const group of groups(reader.entries(before.events, reader.head() + 1))) {
    await send(record, group[0]!.event.stream, group[0]!.event.revision - 1, group.map(sentEvent));
    onEvent?.(group.at(-1)!.event.position + 1, reader.head() + 1);
  }
  // After the events that they are over, as every mirror expects.
  await sendHeads(record, held, before.heads);
  await sendConsumers(record, dataDir);
  const after = await compareRecord(record, held);
  const isShort = after.events <= reader.head() || after.keys < keys.length || after.heads < heads.length;
  if (isShort || after.ahead > 0)
    throw notOurs(
      `${after.events} events, ${after.keys} keys and ${after.heads} heads came back, and ${after.ahead} others`,
    );
  seal(dataDir, after, heads);
  return after;
}

/** The log of a data folder, open until it is disposed of. */
export function openHeld(dataDir: string): HeldLog & Disposable {
  using stream = SystemStream.isEmpty(dataDir, KEYS) ? undefined : SystemStream.open(dataDir, KEYS);
  const keys = stream?.readAfter(-1) ?? [];
  const reader = openReader(dataDir);
  return { reader, keys, heads: [...reader.mirroredHeads(0)], [Symbol.dispose]: () => reader.close() };
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
  using db = openForReading(join(dataDir, LOG_FILE));
  await copyConsumersTo(record, db, (stream, last, events) => send(record, stream, last, events));
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
  using db = openBeside(file);
  becomeMirror(db, file, last, heads);
}

const notOurs = (reason: string, file = 'EventStoreDB') => new WrongRecord({ file, reason });
