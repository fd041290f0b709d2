import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from '#catalogue';
import { type Level, type NewEvent, openSqliteLog, type SqliteEventLog } from '#event-log';
import { opening } from '../../../../../test/support/elements';
import { RedReads } from '../../access/red-reads';
import { ViewEngine } from '../../view-worker/view-engine';
import { Feed } from '../feed';
import type { FeedQuery } from '../feed-query';

/** A record in a folder of its own, with what a feed is made from. */
export class FollowedRecord {
  private constructor(
    private readonly dataDir: string,
    readonly log: SqliteEventLog,
    readonly redReads: RedReads,
    readonly views: ViewEngine,
    readonly feed: Feed,
  ) {}

  /** With one crisis, `us-iran`. */
  static async start(): Promise<FollowedRecord> {
    const dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-feed-'));
    const log = await openSqliteLog({ dataDir, instance: 'test', build: '0' });
    const redReads = new RedReads(join(dataDir, 'reads.ndjson'), Date.now, false);
    const tokenKeys = [Buffer.alloc(32)];
    const views = await ViewEngine.start({ dataDir, tokenKeys, logId: log.logId, epoch: 0 }, redReads);
    const record = new FollowedRecord(dataDir, log, redReads, views, new Feed(log, views));
    await record.open('us-iran');
    return record;
  }

  async open(crisis: string, tlp: Level = 'CLEAR'): Promise<void> {
    const { crisisId: _crisisId, ...element } = opening(crisis);
    await this.append({ ...element, eventId: crypto.randomUUID(), type: 'CrisisOpened', tlp }, crisis);
  }

  async append(element: Record<string, unknown>, crisis = 'us-iran'): Promise<string> {
    const { eventId, ...facts } = parse(element, { now: Date.now(), opening: element['type'] === 'CrisisOpened' });
    return this.put({ ...facts, id: eventId!, element }, crisis);
  }

  /** As it is, also what this build cannot read. */
  async put(event: NewEvent, crisis = 'us-iran'): Promise<string> {
    const writer = { principal: 'open', level: 'RED' } as const;
    await this.log.append({ stream: `crisis-${crisis}`, events: [event], expected: 'any', writer });
    return event.id;
  }

  mark(target: string, marking: Level, crisis?: string): Promise<string> {
    const data = { target, marking, reason: 'test' };
    const occurredAt = '2026-02-06T00:00:00Z';
    return this.append({ eventId: crypto.randomUUID(), type: 'MarkingChanged', occurredAt, data }, crisis);
  }

  async end(): Promise<void> {
    this.feed.close();
    await this.views.close();
    await this.redReads.close();
    await this.log.close();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

export const asked = (level: Level, name = 'test'): FeedQuery => ({
  reader: { name, level, seesNumbers: false },
  filter: '',
});
