import type { DatabaseSync } from 'node:sqlite';
import { partsOf } from '../element';
import { sealHolds } from '../envelope';
import { LogDamaged } from '../errors';
import type { Position } from '../event-log';
import { factsOf, LogReader } from './log-reader';

/** A power cut or a torn write shows at the end of the log. About 20 ms. */
const TAIL = 1_000;

/**
 * Does the end of the log hold together: positions without a gap, time that does not fall, and six commitments an
 * event that are of what is stored? Throws LogDamaged naming the first bad position. What is missing as a whole it
 * cannot see; for that there are tree heads outside the file.
 */
export function checkTail(db: DatabaseSync, file: string): void {
  const reader = new LogReader(db);
  let next: Position = Math.max(0, reader.head() + 1 - TAIL);
  let recordedAt = 0;
  for (const event of reader.readAll({ from: next })) {
    const damaged = (reason: string) => new LogDamaged({ file, reason: `position ${next}: ${reason}` });
    if (event.position !== next) throw damaged('the event is missing');
    if (event.recordedAt < recordedAt) throw damaged('recorded before its predecessor');
    if (!sealHolds(factsOf(event), partsOf(event.body), reader.seal(next))) throw damaged('its seal does not hold');
    recordedAt = event.recordedAt;
    next++;
  }
}
