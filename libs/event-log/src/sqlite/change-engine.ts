import type { DatabaseSync } from 'node:sqlite';
import { WrongRecord } from '../errors';
import { headEntry, type HeadEntry } from '../head-record';
import { assertDurable, MIRROR_TABLES } from './schema';
import { systemTable, tableOf } from './system-stream';

/** Where a mirror stands in EventStoreDB. */
interface Place {
  readonly id: string;
  readonly commit: bigint;
  readonly prepare: bigint;
}

/**
 * The embedded record becomes a mirror of its copy in EventStoreDB, and takes no appends any more; all that stands beside
 * the events stays. `last`: the last event of the copy, none of an empty record. `heads`: of the copy, which come before it.
 */
export function becomeMirror(
  db: DatabaseSync,
  file: string,
  last: Place | undefined,
  heads: readonly HeadEntry[],
): void {
  const tables = hasTable(db, 'recorded_early')
    ? MIRROR_TABLES.replace(/create table recorded_early.*/, '')
    : MIRROR_TABLES;
  db.exec(`begin immediate; ${tables}`);
  if (last !== undefined) {
    const insert = db.prepare('insert into mirror_checkpoint values (?, ?, ?)');
    insert.run(last.id, last.commit.toString(), last.prepare.toString());
  }
  const insertHead = db.prepare(`insert into ${systemTable(db, 'crisislog-heads')} values (?, ?, ?)`);
  for (const { revision, note } of heads) insertHead.run(revision, Date.now(), JSON.stringify(headEntry(note)));
  db.exec('commit');
  assertDurable(db, file);
}

/** A mirror becomes the record, and keeps what was known when: its events may be of several clocks. */
export function becomeRecord(db: DatabaseSync, file: string): void {
  db.exec('begin immediate; drop table mirror_checkpoint; drop index event_by_id');
  // Of an embedded record they lie with its tree.
  db.exec(`drop table if exists ${tableOf('crisislog-heads')}`);
  try {
    db.exec('create unique index event_by_id on event (stream, id)');
  } catch {
    db.exec('rollback');
    throw new WrongRecord({ file, reason: 'another writer used an id twice, which an embedded record cannot hold' });
  }
  db.exec('commit');
  assertDurable(db, file);
}

const hasTable = (db: DatabaseSync, name: string): boolean =>
  db.prepare("select 1 from sqlite_schema where type = 'table' and name = ?").get(name) !== undefined;
