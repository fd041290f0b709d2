import { setTimeout as sleep } from 'node:timers/promises';
import { EventLogError, OutcomeUnknown, RecordMoved, toError } from '../errors';
import type { AppendedEvent } from '../event-log';
import { reasonOf } from './append-outcome';
import { movedTo } from './genesis';
import type { LaneContext } from './lane';
import { type OpenedEvent, openEnvelope } from './open-envelope';
import { lastNeeded, type Round } from './round';

/** For the mirror to show what the record has acknowledged, and thereby its position. */
const MIRROR_MS = 500;
const PAUSE_MS = 500;

/**
 * Answers a round that the record has acknowledged, once it is known that what is there is what was sent: the server takes
 * known ids for a repetition without comparing. The mirror shows it, with positions; where it is late the record is
 * asked, and the answers have no positions. What the mirror has not met before the record's seal is not of the record:
 * nothing that comes behind the seal is acknowledged. False when it is not ours, and has to be decided again.
 */
export async function confirm(context: LaneContext, stream: string, round: Round): Promise<boolean> {
  const last = lastNeeded(round);
  const isMirrored = await context.mirror.reaches(stream, last, MIRROR_MS);
  const readBack = isMirrored ? new Map<number, OpenedEvent>() : await readFromRecord(context, stream, round);
  if (readBack instanceof EventLogError) {
    for (const { waiting } of round.decided) waiting.reject(readBack);
    return true;
  }
  const { file } = context.mirror;
  const appended = new Map<string, AppendedEvent>();
  const mirrored = file.storedBetween(stream, round.base, round.base + round.events.length);
  for (const [i, { id, seal }] of round.events.entries()) {
    const revision = round.base + 1 + i;
    const stored = mirrored[i] ?? readBack.get(revision);
    if (stored === undefined || !seal.equals(stored.seal)) return false;
    const position = 'position' in stored ? stored.position : undefined;
    appended.set(id, { id, revision, position, recordedAt: stored.recordedAt, repeated: false });
  }
  const byId = new Map([...readBack.values()].reverse().map((event) => [event.facts.id, event]));
  const repeated = (id: string): AppendedEvent => {
    const found = file.find(stream, id);
    if (found !== undefined) return found;
    const { facts, recordedAt } = byId.get(id)!;
    return { id, revision: facts.revision, position: undefined, recordedAt, repeated: true };
  };
  for (const { waiting, verdict } of round.decided) {
    if (typeof verdict === 'object') waiting.reject(toError(verdict));
    else if (verdict === 'repeat') waiting.resolve(waiting.events.map(({ proposed }) => repeated(proposed.id)));
    else waiting.resolve(waiting.events.map(({ proposed }) => appended.get(proposed.id)!));
  }
  return true;
}

/** By revision, what the mirror does not show; until the record answers, or nobody waits any more. */
async function readFromRecord(
  { record, mirror, isClosing }: LaneContext,
  stream: string,
  { decided }: Round,
): Promise<ReadonlyMap<number, OpenedEvent> | EventLogError> {
  for (;;) {
    if (mirror.stopped instanceof RecordMoved) return mirror.stopped;
    try {
      const events = await record.readStream(stream, mirror.file.headOf(stream) + 1);
      // Asked after the events were read: where there is no seal yet, they stand before it.
      if ((await movedTo(record)) !== undefined)
        return new OutcomeUnknown({ reason: 'the record was moved meanwhile' });
      return new Map(events.map((event) => [event.revision, openEnvelope(event)]));
    } catch (error) {
      const isOver = isClosing() || mirror.stopped !== undefined || decided.every(({ waiting }) => waiting.isSettled);
      if (isOver) return new OutcomeUnknown({ reason: reasonOf(error) });
      await sleep(PAUSE_MS);
    }
  }
}
