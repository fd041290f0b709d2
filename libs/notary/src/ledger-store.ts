import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { HeadEntry } from '#event-log';
import {
  EMPTY_FRONTIER,
  everyEighth,
  extend,
  type Frontier,
  frontierAt,
  type Hash,
  HASH_BYTES,
  headText,
  parseHead,
  rootOf,
  type Subtrees,
  type TreeHead,
} from '#ledger';
import { RecordFault } from './record-fault';

/**
 * In the data folder. The tree can be computed again from the log; the heads cannot, so they stand in HEADS_FILE too.
 */
export const LEDGER_FILE = 'ledger.sqlite';

const SCHEMA_VERSION = 1;
const TABLES = `
  create table tree (size integer not null) strict;
  create table tile (level integer not null, tile integer not null, hashes blob not null, primary key (level, tile))
    strict, without rowid;
  create table head (revision integer primary key, size integer, note text not null) strict;
  insert into tree values (0);
  pragma user_version = ${SCHEMA_VERSION};
`;

/** Hashes a tile: the complete subtrees of level 0, 8, 16, … side by side. 32 bytes an event and little more. */
const TILE = 256;
const TILES_REMEMBERED = 64;

/** SQLITE_CORRUPT, SQLITE_NOTADB */
const DAMAGED = new Set([11, 26]);

/** The head of a note, unverified; undefined where it is a statement. */
export function headIn(note: string): TreeHead | undefined {
  try {
    return parseHead(note.slice(0, note.lastIndexOf('\n\n') + 1));
  } catch {
    return undefined;
  }
}

/**
 * The Merkle tree and the stream of heads, durable. One writer; others open it for reading. Of a record in EventStoreDB
 * the stream is here as far as it was verified; an entry that was ignored stands here as an empty note.
 */
export class LedgerStore implements Disposable {
  private readonly tiles = new Map<string, Uint8Array>();
  private readonly prepared = new Map<string, StatementSync>();
  /** How many leaves the tiles hold. */
  private length: number;
  private grown: Frontier;

  private constructor(private readonly db: DatabaseSync) {
    this.length = db.prepare('select size from tree').get()!['size'] as number;
    this.grown = frontierAt(this.subtrees, this.length);
  }

  static open(dataDir: string, options: { readOnly?: boolean } = {}): LedgerStore {
    const db = new DatabaseSync(join(dataDir, LEDGER_FILE), { ...options, timeout: 5_000 });
    try {
      db.exec('pragma trusted_schema = off; pragma cell_size_check = on');
      if (options.readOnly !== true) {
        // FULL: a head that was shown to anyone must be there after a power cut.
        db.exec('pragma journal_mode = wal; pragma synchronous = full');
        if (db.prepare('pragma user_version').get()!['user_version'] === 0) db.exec(`begin; ${TABLES} commit`);
      }
      return new LedgerStore(db);
    } catch (error) {
      db.close();
      const { errcode = 0, message } = error as { errcode?: number; message: string };
      if (!DAMAGED.has(errcode & 0xff)) throw error;
      throw new RecordFault(
        'heads',
        `${LEDGER_FILE} is damaged (${message}): it is made again from the log and HEADS_FILE where it is moved away`,
      );
    }
  }

  /** How many leaves the tree has. */
  get size(): number {
    return this.grown.size;
  }

  get root(): Hash {
    return rootOf(this.grown);
  }

  rootAt(size: number): Hash {
    return rootOf(frontierAt(this.subtrees, size));
  }

  readonly subtrees: Subtrees = everyEighth((level, index) => {
    if ((index + 1) * 2 ** level > this.length) return undefined;
    const at = (index % TILE) * HASH_BYTES;
    const hash = this.tile(level, Math.floor(index / TILE)).subarray(at, at + HASH_BYTES);
    return hash.length === HASH_BYTES ? hash : undefined;
  });

  /** Appends leaves, durably: all or none. */
  grow(leaves: readonly Hash[]): void {
    const changed = new Map<string, { level: number; tile: number; hashes: Buffer }>();
    const next = extend(this.grown, leaves, (level, index, root) => {
      if (level % 8 !== 0) return;
      const tile = Math.floor(index / TILE);
      let open = changed.get(`${level}/${tile}`);
      if (!open) {
        open = { level, tile, hashes: Buffer.alloc(TILE * HASH_BYTES) };
        open.hashes.set(this.tile(level, tile));
        changed.set(`${level}/${tile}`, open);
      }
      open.hashes.set(root, (index % TILE) * HASH_BYTES);
    });
    this.atomically(() => {
      for (const { level, tile, hashes } of changed.values()) {
        this.prepare('insert or replace into tile values (?, ?, ?)').run(level, tile, hashes);
      }
      this.prepare('update tree set size = ?').run(next.size);
    });
    for (const [name, { hashes }] of changed) this.tiles.set(name, hashes);
    this.grown = next;
    this.length = next.size;
  }

  /** Forgets the tree, which is then grown again from the log. */
  clear(): void {
    this.atomically(() => this.db.exec('delete from tile; update tree set size = 0'));
    this.tiles.clear();
    this.grown = EMPTY_FRONTIER;
    this.length = 0;
  }

  /** The stream of heads; `statements`: without tree heads but the last, which all walk needs that trusts this file. */
  notes(which: 'all' | 'statements' = 'all'): HeadEntry[] {
    const sql = 'select revision, note from head';
    const few =
      "where size is null and note <> '' or revision = (select max(revision) from head where size is not null)";
    return this.prepare(`${sql} ${which === 'all' ? '' : few} order by revision`).all() as unknown as HeadEntry[];
  }

  /** The stream of heads from a revision on. */
  notesFrom(revision: number): HeadEntry[] {
    const sql = 'select revision, note from head where revision >= ? order by revision';
    return this.prepare(sql).all(revision) as unknown as HeadEntry[];
  }

  /** -1 where there is none. */
  lastRevision(): number {
    return (this.prepare('select max(revision) as last from head').get()!['last'] as number | null) ?? -1;
  }

  /** All of the stream of heads that is no tree head: Keys, Disowned, Restored. */
  statements(): HeadEntry[] {
    const sql = "select revision, note from head where size is null and note <> '' order by revision";
    return this.prepare(sql).all() as unknown as HeadEntry[];
  }

  /** The heads of this origin, ascending. */
  heads(origin: string): TreeHead[] {
    const rows = this.prepare('select note from head where size is not null order by revision').all();
    return rows.map((row) => headIn(row['note'] as string)).filter((head) => head?.origin === origin) as TreeHead[];
  }

  /** The entry of this head, if it is there. */
  entryOf(head: TreeHead): HeadEntry | undefined {
    const entries = this.prepare('select revision, note from head where size = ? order by revision desc').all(
      head.size,
    );
    return (entries as unknown as HeadEntry[]).find(({ note }) => note.startsWith(`${headText(head)}\n`));
  }

  note(revision: number): string | undefined {
    return this.prepare('select note from head where revision = ?').get(revision)?.['note'] as string | undefined;
  }

  /** An entry that is there already stays; throws where another one is. */
  addNote({ revision, note }: HeadEntry): void {
    const held = this.note(revision);
    if (held === note) return;
    if (held !== undefined) throw new RecordFault('heads', `the data folder has another entry of revision ${revision}`);
    this.prepare('insert into head values (?, ?, ?)').run(revision, headIn(note)?.size ?? null, note);
  }

  /** What SQLite finds wrong with the file. */
  findDamage(): string | undefined {
    const found = Object.values(this.prepare('pragma integrity_check(1)').get() ?? {})[0];
    return found === 'ok' ? undefined : String(found);
  }

  close(): void {
    this.db.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  private tile(level: number, tile: number): Uint8Array {
    const name = `${level}/${tile}`;
    let hashes = this.tiles.get(name);
    if (!hashes) {
      const row = this.prepare('select hashes from tile where level = ? and tile = ?').get(level, tile);
      hashes = (row?.['hashes'] as Uint8Array | undefined) ?? new Uint8Array();
      if (this.tiles.size >= TILES_REMEMBERED) this.tiles.clear();
      this.tiles.set(name, hashes);
    }
    return hashes;
  }

  private atomically(work: () => void): void {
    this.db.exec('begin immediate');
    try {
      work();
      this.db.exec('commit');
    } catch (error) {
      if (this.db.isTransaction) this.db.exec('rollback');
      throw error;
    }
  }

  private prepare(sql: string): StatementSync {
    let statement = this.prepared.get(sql);
    if (!statement) this.prepared.set(sql, (statement = this.db.prepare(sql)));
    return statement;
  }
}
