import { hash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { canonicalJson, elementOf, openReader } from '#event-log';
import { partsOf } from '../../libs/event-log/src/element';
import { seal } from '../../libs/event-log/src/envelope';
import { factsOf } from '../../libs/event-log/src/sqlite/entry';

/** Puts another body under a seal that holds: what the log's own code would have stored. Only the tree can tell. */
export function reseal(dataDir: string, position: number, change: (body: string) => string): void {
  const db = new DatabaseSync(join(dataDir, 'log.sqlite'));
  const body = db.prepare('select body from event where position = ?').get(position)!['body'] as string;
  if (change(body) === body) throw new Error('nothing was changed');
  db.prepare('update event set body = ? where position = ?').run(change(body), position);
  db.exec('pragma wal_checkpoint');
  const reader = openReader(dataDir);
  const event = reader.at(position)!;
  const salts = reader.seal(position).subarray(0, 96);
  const contentHash = hash('sha256', canonicalJson({ ...elementOf(event.body), type: event.type }), 'base64url');
  const again = seal(factsOf(event), partsOf(event.body), contentHash, salts);
  reader.close();
  db.prepare('update event set seal = ? where position = ?').run(again, position);
  db.close();
}
