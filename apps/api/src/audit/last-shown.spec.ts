import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LEVELS } from '#event-log';
import { Projector, ViewStore } from '#projections';
import { contentOf, correction, retraction, strike } from '../../../../test/support/elements';
import { random } from '../../../../test/support/seed';
import { FollowedRecord } from '../feed/testing/followed-record';
import { lastShown } from './last-shown';

test('what a level was shown last is found later, whatever was marked since', async () => {
  const record = await FollowedRecord.start();
  const dataDir = mkdtempSync(join(tmpdir(), 'crisis-log-shown-'));
  const { reader } = record.log;
  const store = ViewStore.open(dataDir, record.log.reader, 'test');
  const projector = new Projector(reader, store);
  const next = random(3);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)]!;
  const amendable: { id: string; element: Record<string, unknown> }[] = [];
  // What each level saw at each position, asked when that was the head.
  const shown: number[][] = [];
  const note = (): void => {
    projector.catchUp(record.log.head());
    shown[record.log.head()] = LEVELS.map((level) => store.listing.lastVisible('us-iran', record.log.head(), level));
  };
  note();
  for (let i = 0; i < 120; i++) {
    const eventId = crypto.randomUUID();
    const { id, element } =
      next() < 0.5 || amendable.length === 0 ? { id: undefined, element: undefined } : pick(amendable);
    const make = pick(['mark', 'mark', 'correct', 'retract'] as const);
    const appended =
      id === undefined
        ? record.append(strike({ eventId, tlp: pick(LEVELS) }))
        : make === 'mark'
          ? record.mark(id, pick(LEVELS))
          : record.append(
              make === 'correct' ? correction(id, contentOf(element), { eventId }) : retraction(id, { eventId }),
            );
    // An amendment in force stands above a marking that would lower its target below it: that is refused.
    const stored = await appended.catch(() => undefined);
    if (stored !== undefined && id === undefined) amendable.push({ id: stored, element: contentOf(strike()) });
    note();
  }
  for (const [position, levels] of shown.entries())
    expect([position, LEVELS.map((level) => lastShown(reader, 'crisis-us-iran', position, level))]).toEqual([
      position,
      levels,
    ]);
  store.close();
  rmSync(dataDir, { recursive: true, force: true });
  await record.end();
});
