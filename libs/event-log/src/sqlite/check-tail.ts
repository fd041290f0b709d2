import type { DatabaseSync } from 'node:sqlite';
import { LogDamaged } from '../errors';
import { isForeign } from '../foreign';
import type { Position } from '../event-log';
import { LogReader } from './log-reader';
import { checkSeal, recomputedLeaf } from './recomputed-leaf';

/** A power cut or a torn write shows at the end of the log. About 20 ms. */
const TAIL = 1_000;

/**
 * Does the end of the log hold together: positions without a gap, time that does not fall (of what several instances
 * recorded, before it came here, it may), and of each event the seal? Throws LogDamaged naming the first bad position.
 * What is missing as a whole it cannot see; for that there are tree heads outside the file.
 */
export function checkTail(db: DatabaseSync, file: string): void {
  const reader = new LogReader(db);
  const end = reader.head() + 1;
  let next: Position = Math.max(0, end - TAIL);
  let recordedAt = 0;
  const mayFall = reader.timeMayFall();
  const damaged = (reason: string) => new LogDamaged({ file, reason: `position ${next}: ${reason}` });
  for (const entry of reader.entries(next, end)) {
    const { event } = entry;
    if (event.position !== next) throw damaged('the event is missing');
    if (event.recordedAt < recordedAt && !mayFall) throw damaged('recorded before its predecessor');
    try {
      if (isForeign(entry.seal)) recomputedLeaf(entry);
      else checkSeal(entry);
    } catch (error) {
      throw damaged((error as Error).message);
    }
    recordedAt = event.recordedAt;
    next++;
  }
}
