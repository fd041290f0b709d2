import { randomUUID } from 'node:crypto';
import type { RecordClient } from './record-client';

export const CLOCK_STREAM = 'crisislog-clock';
/** How far the record's clock and this one may differ. */
const TOLERANCE_MS = 5_000;
const INTERVAL_MS = 60_000;
const INTERVAL_WHILE_OFF_MS = 1_000;
export const READINGS_KEPT = 100;

/**
 * Compares this machine's clock with the record's, by the time that the server gives to a fresh append of its own,
 * before anything is recorded with a wrong time: a time once recorded is carried on by every later event.
 */
export class ClockCheck {
  /** Milliseconds by which this clock is ahead (positive) or behind, beyond the tolerance; 0 while all is well. */
  offMs = 0;
  private checkedAt = -Infinity;
  private running: Promise<void> | undefined;

  constructor(
    private readonly record: RecordClient,
    private readonly clock: () => number,
    private readonly toleranceMs = TOLERANCE_MS,
  ) {}

  /**
   * Checks again after a minute, or a second while the clock is off; else costs nothing. No effect while the record is
   * away.
   */
  run(): Promise<void> {
    const intervalMs = this.offMs === 0 ? INTERVAL_MS : INTERVAL_WHILE_OFF_MS;
    if (this.toleranceMs === Infinity || performance.now() - this.checkedAt < intervalMs) return Promise.resolve();
    return (this.running ??= this.check().finally(() => (this.running = undefined)));
  }

  private async check(): Promise<void> {
    const before = this.clock();
    const created = await this.timeOfRecord().catch(() => undefined);
    const after = this.clock();
    if (created === undefined) return;
    this.checkedAt = performance.now();
    const ahead = before - created;
    const behind = created - after;
    this.offMs = ahead > this.toleranceMs ? ahead : behind > this.toleranceMs ? -behind : 0;
  }

  private async timeOfRecord(): Promise<number | undefined> {
    const id = randomUUID();
    const last = (await this.record.lastOf(CLOCK_STREAM))?.revision ?? -1;
    await this.record.append(CLOCK_STREAM, last, [{ id, type: 'ClockRead', data: '{}', metadata: '{}' }]);
    if (last === -1) await this.record.keepOnly(CLOCK_STREAM, READINGS_KEPT).catch(() => undefined);
    // Another instance may have appended first: its time serves as well, being as fresh.
    const fresh = await this.record.lastOf(CLOCK_STREAM);
    return fresh === undefined || fresh.revision === last ? undefined : fresh.created;
  }
}
