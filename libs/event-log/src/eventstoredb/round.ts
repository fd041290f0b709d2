import { decide, type Verdict } from '../decide';
import { MAX_BYTES_PER_APPEND, MAX_EVENTS_PER_APPEND, type Revision } from '../event-log';
import type { Sealed, Sealer } from './sealer';
import type { LaterEvent, StreamPrefix } from './stream-prefix';
import type { Waiting } from './waiting';

/** Of one pass over what waits: the verdicts, and what is to be sent. */
export interface Round {
  readonly decided: readonly { readonly waiting: Waiting; readonly verdict: Verdict }[];
  readonly events: readonly Sealed[];
  /** What the events will be in the stream once they are stored. */
  readonly accepted: readonly LaterEvent[];
  /** The revision the group follows. */
  readonly base: Revision;
  /** Refusals and repetitions rest on what is in the record, or are accepted in this round. */
  readonly isRefusing: boolean;
}

/** The last revision that answers speak of: of the group, or of repeated events that only the record has shown. */
export function lastNeeded({ decided, events, base }: Round): Revision {
  const isRepeating = decided.some(({ verdict }) => verdict === 'repeat');
  return events.length > 0 || isRepeating ? base + events.length : -1;
}

/**
 * Decides what waits, in order, each against those accepted before it, as far as it fits into one call. It ends early at a
 * request that rests on an event which is not yet known to be the one that was sent; that one waits.
 */
export function decideRound(queue: readonly Waiting[], prefix: StreamPrefix, sealer: Sealer, knownAt: number): Round {
  const base = prefix.head;
  const recordedAt = sealer.now(knownAt);
  const decided: { waiting: Waiting; verdict: Verdict }[] = [];
  const events: Sealed[] = [];
  const accepted: LaterEvent[] = [];
  let bytes = 0;
  let isRefusing = false;
  for (const waiting of queue) {
    const isTooMuch =
      events.length + waiting.events.length > MAX_EVENTS_PER_APPEND || bytes + waiting.bytes > MAX_BYTES_PER_APPEND;
    if (isTooMuch) break;
    const verdict = decide(waiting.proposal, prefix);
    if (prefix.isDoubtful) break;
    decided.push({ waiting, verdict });
    isRefusing ||= typeof verdict === 'object';
    if (verdict !== 'append') continue;
    bytes += waiting.bytes;
    const { principal } = waiting.writer;
    for (const event of waiting.events) {
      const revision = prefix.head + 1;
      events.push(sealer.seal(prefix.name, revision, event, principal, recordedAt));
      const later = { ...event.proposed, revision, principal };
      prefix.accept(later);
      accepted.push(later);
    }
  }
  return { decided, events, accepted, base, isRefusing };
}
