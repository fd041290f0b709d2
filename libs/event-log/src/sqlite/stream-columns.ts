import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StoredIdentity, StreamFacts } from '../decide';
import type { AppendedEvent, Level, Revision, StoredMarking } from '../event-log';
import type { EventFacts } from '../markings';
import { dashed } from './uuid';

type FactsRow = [
  id: string,
  revision: number,
  type: string,
  marking: string,
  target: string,
  marks: string | null,
  contentType: string | null,
];

const FACTS = 'lower(hex(id)), revision, type, marking, lower(hex(target)), marks, content_type';

/** The lookups that decisions need, each by one index. */
export class StreamQueries {
  readonly key: StatementSync;
  readonly ends: StatementSync;
  readonly byId: StatementSync;
  readonly identity: StatementSync;
  readonly byTarget: StatementSync;
  readonly newestFirst: StatementSync;
  readonly original: StatementSync;
  readonly floor: StatementSync;

  constructor(db: DatabaseSync) {
    const prepare = (sql: string) => {
      const statement = db.prepare(sql);
      statement.setReturnArrays(true);
      return statement;
    };
    this.key = prepare('select id from stream where name = ?');
    this.ends = prepare(`select
      (select max(revision) from event where stream = ?1),
      (select lower(hex(max(id))) from event where stream = ?1),
      (select exists (select 1 from event where stream = ?1 and target is not null))`);
    this.byId = prepare(`select ${FACTS} from event where stream = ? and id = unhex(?, '-')`);
    // The contentHash stands in the seal behind 96 bytes of salts.
    this.identity = prepare(`select substr(seal, 97, 32), (select principal from recorder where id = recorder)
      from event where stream = ? and event.id = unhex(?, '-')`);
    this.byTarget = prepare(`select ${FACTS} from event where stream = ? and target = unhex(?, '-') order by revision`);
    this.newestFirst = prepare(`select ${FACTS} from event where stream = ? and revision > ? order by revision desc`);
    this.floor = prepare('select marking from event where stream = ? and revision = 0');
    this.original = prepare(
      `select revision, position, recorded_at from event where stream = ? and id = unhex(?, '-')`,
    );
  }
}

/**
 * A stream as the open transaction sees it: everything stored, and what was accepted before. Holds three values of
 * the stream in memory, right only as long as nobody else writes and no transaction is rolled back.
 */
export class StreamColumns implements StreamFacts {
  private lowest: Level | undefined;

  private constructor(
    private readonly queries: StreamQueries,
    readonly name: string,
    public key: number | undefined,
    public head: Revision,
    private newestId: string,
    private isAmended: boolean,
  ) {}

  static load(queries: StreamQueries, name: string): StreamColumns {
    const key = (queries.key.get(name) as unknown as [number] | undefined)?.[0];
    if (key === undefined) return new StreamColumns(queries, name, undefined, -1, '', false);
    const [head, newest, amended] = queries.ends.get(key) as unknown as [number | null, string, number];
    return new StreamColumns(queries, name, key, head ?? -1, newest === '' ? '' : dashed(newest), amended === 1);
  }

  /** Ids that grow with time need no look at the index to be known as new. */
  find(id: string): EventFacts | undefined {
    if (this.key === undefined || id > this.newestId) return undefined;
    const row = this.queries.byId.get(this.key, id) as unknown as FactsRow | undefined;
    return row && factsOf(row);
  }

  identityOf(id: string): StoredIdentity {
    const row = this.queries.identity.get(this.key!, id) as unknown as [Uint8Array, string];
    return { contentHash: Buffer.from(row[0]).toString('base64url'), principal: row[1] };
  }

  amendmentsOf(id: string): readonly EventFacts[] {
    if (this.key === undefined || !this.isAmended) return [];
    return (this.queries.byTarget.all(this.key, id) as unknown as FactsRow[]).map(factsOf);
  }

  *newestAfter(revision: Revision): Iterable<EventFacts> {
    if (this.key === undefined || revision >= this.head) return;
    for (const row of this.queries.newestFirst.iterate(this.key, revision)) yield factsOf(row as unknown as FactsRow);
  }

  /** Asked for writers below RED only, and never changes. */
  floor(): Level | undefined {
    if (this.key === undefined || this.head < 0) return undefined;
    return (this.lowest ??= (this.queries.floor.get(this.key) as unknown as [Level])[0]);
  }

  /** What the append that stored this event answered. */
  original(id: string): AppendedEvent {
    const row = this.queries.original.get(this.key!, id) as unknown as [number, number, number];
    const [revision, position, recordedAt] = row;
    return { id, revision, position, recordedAt, repeated: true };
  }

  accepted(id: string, target: string | undefined): void {
    this.head++;
    if (id > this.newestId) this.newestId = id;
    if (target !== undefined) this.isAmended = true;
  }
}

const factsOf = (row: FactsRow): EventFacts => ({
  id: dashed(row[0]),
  revision: row[1],
  type: row[2],
  marking: row[3] as StoredMarking,
  target: row[4] === '' ? undefined : dashed(row[4]),
  marks: (row[5] as Level | null) ?? undefined,
  contentType: row[6] ?? undefined,
});
