import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { DatabaseSync, type DatabaseSyncOptions } from 'node:sqlite';
import { LogDamaged, LogFromNewerBuild, WrongRecord } from '../errors';

/** The log inside its data folder; SQLite keeps `-wal` and `-shm` beside it. Never copy it while it is open. */
export const LOG_FILE = 'log.sqlite';

/** Raised with every change of the tables below, with a migration from each earlier one. */
const SCHEMA_VERSION = 1;
/** "crsl": tells this file from any other SQLite file. */
const APPLICATION_ID = 0x6372736c;
const BUSY_TIMEOUT_MS = 5_000;

/**
 * One row an event: what decisions and reads need as columns, the element as JCS text, the seal last but one so
 * that it is read without the body. `correlation_id` is null where it is the event's own id.
 */
const TABLES = `
  create table crisislog_genesis (
    log_id text not null, prefix text not null, format integer not null, origin text not null, created integer not null
  ) strict;
  create table stream (id integer primary key, name text not null unique) strict;
  create table recorder (
    id integer primary key, principal text not null, instance text not null, build text not null,
    unique (principal, instance, build)
  ) strict;
  create table event (
    position integer primary key,
    stream integer not null,
    revision integer not null,
    id blob not null,
    type text not null,
    marking text not null,
    recorded_at integer not null,
    schema_version integer not null,
    content_schema_version integer,
    content_type text,
    recorder integer not null,
    correlation_id text,
    causation_id text,
    target blob,
    marks text,
    seal blob not null,
    body text not null
  ) strict;
  create unique index event_by_revision on event (stream, revision);
  create unique index event_by_id on event (stream, id);
  create index event_by_target on event (stream, target, revision) where target is not null;
`;

/**
 * A mirror of EventStoreDB has these besides: the place in `$all` of its last event, and what was known at events that
 * were recorded before their predecessor, by another clock. Its ids are not unique: another writer may repeat one.
 */
export const MIRROR_TABLES = `
  drop index event_by_id;
  create index event_by_id on event (stream, id);
  create table mirror_checkpoint (id text not null, commit_position text not null, prepare_position text not null) strict;
  create table recorded_early (position integer primary key, known_at integer not null) strict;
`;

/** All columns; ids as text, the body as UTF-8. */
export const INSERT_EVENT = `insert into event values (
  ?, ?, ?, unhex(?, '-'), ?, ?, ?, ?, ?, ?, ?, ?, ?, unhex(?, '-'), ?, ?, cast(? as text))`;

export interface Genesis {
  /** UUID. */
  readonly logId: string;
  readonly prefix: 'crisis-';
  readonly format: 1;
  /** The name under which tree heads are signed. */
  readonly origin: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
}

/** The only connection that writes. Makes the log if there is none. */
export function openForWriting(file: string, origin: string | undefined, now: number): DatabaseSync {
  return connect(file, {}, (db) => {
    // Before the first page is written; 8 KiB holds about six events (a fifth less on disk than 4 KiB).
    db.exec('pragma page_size = 8192');
    guard(db);
    versionOf(db, file);
    // FULL by name: in WAL mode builds of SQLite differ in their default, and NORMAL loses what was acknowledged.
    db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma fullfsync = on');
    // 4 MiB of WAL: a checkpoint stays short beside a commit.
    db.exec('pragma wal_autocheckpoint = 500');
    create(db, file, origin, now);
    assertDurable(db, file);
  });
}

export const openForReading = (file: string): DatabaseSync =>
  connect(file, { readOnly: true }, (db) => {
    guard(db);
    db.exec('pragma cache_size = -16000');
    if (versionOf(db, file) === 0) throw new LogDamaged({ file, reason: 'it holds no log' });
  });

/** For tables of their own beside the events, of a log that is there. Never for the events: those have one writer. */
export function openBeside(file: string): DatabaseSync {
  if (!existsSync(file)) throw new LogDamaged({ file, reason: 'it is not there' });
  return connect(file, {}, (db) => {
    guard(db);
    if (versionOf(db, file) === 0) throw new LogDamaged({ file, reason: 'it holds no log' });
    db.exec('pragma synchronous = full; pragma fullfsync = on');
  });
}

/** A connection that has been made ready; closed where that fails. */
function connect(file: string, options: DatabaseSyncOptions, makeReady: (db: DatabaseSync) => void): DatabaseSync {
  const db = new DatabaseSync(file, { ...options, timeout: BUSY_TIMEOUT_MS });
  try {
    makeReady(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** What SQLite's documentation advises for files that may have been tampered with. */
const guard = (db: DatabaseSync) =>
  db.exec('pragma trusted_schema = off; pragma cell_size_check = on; pragma mmap_size = 0');

/**
 * The only connection that writes to a mirror. Not synchronous: after a power cut the last transactions may be missing,
 * as a whole, and come from the record again.
 */
export function openMirrorForWriting(file: string, genesis: Genesis): DatabaseSync {
  return connect(file, {}, (db) => {
    db.exec('pragma page_size = 8192');
    guard(db);
    versionOf(db, file);
    db.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma wal_autocheckpoint = 500');
    createOnce(db, file, genesis, TABLES + MIRROR_TABLES);
    if (!isMirror(db))
      throw new WrongRecord({ file, reason: 'it is itself a record, not a mirror of one in EventStoreDB' });
    const { log_id: logId } = db.prepare('select log_id from crisislog_genesis').get()!;
    if (logId !== genesis.logId)
      throw new WrongRecord({ file, reason: `it mirrors ${String(logId)}, the record is ${genesis.logId}` });
  });
}

export const isMirror = (db: DatabaseSync): boolean =>
  db.prepare("select 1 from sqlite_schema where name = 'mirror_checkpoint'").get() !== undefined;

function create(db: DatabaseSync, file: string, origin: string | undefined, now: number): void {
  const logId = randomUUID();
  const genesis: Genesis = {
    logId,
    prefix: 'crisis-',
    format: 1,
    origin: origin ?? `crisis-log/${logId}`,
    created: now,
  };
  createOnce(db, file, genesis, TABLES);
  if (isMirror(db)) throw new WrongRecord({ file, reason: 'it is a mirror of a record in EventStoreDB' });
}

function createOnce(db: DatabaseSync, file: string, genesis: Genesis, tables: string): void {
  db.exec('begin immediate');
  if (versionOf(db, file) === 0) {
    const { logId, prefix, format, origin, created } = genesis;
    db.exec(tables);
    db.exec(`pragma user_version = ${SCHEMA_VERSION}; pragma application_id = ${APPLICATION_ID}`);
    db.prepare('insert into crisislog_genesis values (?, ?, ?, ?, ?)').run(logId, prefix, format, origin, created);
  }
  db.exec('commit');
}

/** Changes nothing, yet cannot be committed where nothing can be written. */
export const rewriteVersion = (db: DatabaseSync) => db.exec(`pragma user_version = ${SCHEMA_VERSION}`);

/** 0 for an empty file. Throws for what this build must not touch. */
function versionOf(db: DatabaseSync, file: string): number {
  const version = pragma(db, 'user_version') as number;
  if (version > SCHEMA_VERSION) {
    throw new LogFromNewerBuild({ file, reason: `schema ${version}, this build knows ${SCHEMA_VERSION}` });
  }
  const isEmpty = db.prepare('select count(*) as tables from sqlite_schema').get()!['tables'] === 0;
  if (!isEmpty && pragma(db, 'application_id') !== APPLICATION_ID) {
    throw new LogDamaged({ file, reason: 'it is not a crisis log' });
  }
  return version;
}

/**
 * Acknowledged means durable. To be called after a transaction: until the first one the setting reads FULL even
 * where it is about to become NORMAL.
 */
export function assertDurable(db: DatabaseSync, file: string): void {
  const FULL = 2;
  const [journal, synchronous] = [pragma(db, 'journal_mode'), pragma(db, 'synchronous')];
  if (journal !== 'wal' || synchronous !== FULL) {
    throw new LogDamaged({
      file,
      reason: `it is not durable: journal ${String(journal)}, synchronous ${String(synchronous)}`,
    });
  }
}

export const pragma = (db: DatabaseSync, name: string): unknown =>
  Object.values(db.prepare(`pragma ${name}`).get() ?? {})[0];
