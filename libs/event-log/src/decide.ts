import type { ExpectedRevision, Level, Reference, Revision, Writer } from './event-log';
import type { Failure } from './errors';
import { directionOf, EventFacts, History, isBelow, isInForce, levelInForce } from './markings';

/** What tells whether an event is a repetition of this one, and of whom. */
export interface StoredIdentity {
  /** base64url */
  readonly contentHash: string;
  /** Who appended it. */
  readonly principal: string;
}

/**
 * A stream as decisions see it: everything stored, then what was accepted before. All of it, never just a head number.
 */
export interface StreamFacts extends History {
  readonly name: string;
  /** -1: the stream does not exist. */
  readonly head: Revision;
  /** The marking of revision 0, below which the stream is not there for anybody; undefined where there is no stream. */
  floor(): Level | undefined;
  /** Of an event that `find` finds. */
  identityOf(id: string): StoredIdentity;
  /** The events after this revision, newest first. */
  newestAfter(revision: Revision): Iterable<EventFacts>;
}

export interface ProposedEvent extends Omit<EventFacts, 'revision'> {
  readonly contentHash: string;
  readonly references: readonly Reference[];
}

/** An append as plain facts. The ids differ. */
export interface Proposal {
  readonly events: readonly ProposedEvent[];
  readonly expected: ExpectedRevision;
  readonly writer: Writer;
}

/** Store all of it, answer with what is stored already, or refuse. */
export type Verdict = 'append' | 'repeat' | Failure;

/**
 * Decides one append. Pure: the same facts give the same verdict in any thread and on any engine.
 *
 * Identity comes first, so that a repetition gets its original result although its expectation no longer holds.
 */
export const decide = (proposal: Proposal, stream: StreamFacts): Verdict =>
  (isHidden(proposal, stream) ? ofHidden(proposal, stream) : repetition(proposal, stream)) ??
  unmetExpectation(proposal, stream) ??
  new ReferenceCheck(proposal.writer, stream).failure(proposal.events) ??
  'append';

/** For a writer below its floor a stream does not exist, unless a revision is expected, or anything at all. */
function isHidden({ writer, expected }: Proposal, stream: StreamFacts): boolean {
  if (writer.level === 'RED' || expected === 'any' || typeof expected === 'number') return false;
  const floor = stream.floor();
  return floor !== undefined && isBelow(writer.level, floor);
}

/** A hidden stream answers only a repetition by the writer who stored the events: with the original result. */
function ofHidden(proposal: Proposal, stream: StreamFacts): Verdict {
  const { events, expected, writer } = proposal;
  const isOwn = events.every(
    ({ id }) => stream.find(id) !== undefined && stream.identityOf(id).principal === writer.principal,
  );
  if (isOwn && repetition(proposal, stream) === 'repeat') return 'repeat';
  return { type: 'wrong-expected-revision', stream: stream.name, expected, actual: -1 };
}

/**
 * An atomic array is identified by all its ids: it is a repetition if every one is known with the same content.
 * Some known and some new cannot come from repeating (all were stored or none), and could not be stored next to
 * each other; so that is refused, and looks like any other taken id.
 */
function repetition({ events, writer }: Proposal, stream: StreamFacts): Verdict | undefined {
  const isRepeated = (event: ProposedEvent, stored: EventFacts) => {
    const { contentHash, principal } = stream.identityOf(event.id);
    if (contentHash !== event.contentHash) return false;
    return principal === writer.principal || !isBelow(writer.level, levelInForce(stored, stream));
  };

  let firstKnown = -1;
  let known = 0;
  for (const [index, event] of events.entries()) {
    const stored = stream.find(event.id);
    if (stored === undefined) continue;
    if (!isRepeated(event, stored)) return taken(index);
    if (known++ === 0) firstKnown = index;
  }
  if (known === 0) return undefined;
  return known === events.length ? 'repeat' : taken(firstKnown);

  function taken(index: number): Failure {
    return { type: 'event-id-taken', stream: stream.name, index, id: events[index]!.id };
  }
}

function unmetExpectation({ expected }: Proposal, stream: StreamFacts): Failure | undefined {
  const { name, head } = stream;
  const failure = (actual: Revision): Failure => ({ type: 'wrong-expected-revision', stream: name, expected, actual });
  if (typeof expected === 'object') {
    const last = lastVisible(expected.level, expected.seen, stream);
    if (last !== undefined) return failure(last);
    // It claims to have seen a revision that does not exist: it is of another history.
    return expected.seen > head ? failure(lastVisible(expected.level, -1, stream) ?? -1) : undefined;
  }
  const met =
    expected === 'any' ||
    (expected === 'stream_exists' && head >= 0) ||
    (expected === 'no_stream' && head === -1) ||
    (typeof expected === 'number' && expected === head && head >= 0);
  return met ? undefined : failure(head);
}

function lastVisible(level: Level, after: Revision, stream: StreamFacts): Revision | undefined {
  for (const event of stream.newestAfter(after)) {
    if (!isBelow(level, levelInForce(event, stream))) return event.revision;
  }
  return undefined;
}

/** The events of one array in order: each may name stored ones, and those before it in the array. */
class ReferenceCheck implements History {
  private readonly earlier = new Map<string, EventFacts>();
  private readonly marked = new Map<string, { index: number; before: Level }>();

  constructor(
    private readonly writer: Writer,
    private readonly stream: StreamFacts,
  ) {}

  find(id: string): EventFacts | undefined {
    return this.earlier.get(id) ?? this.stream.find(id);
  }

  amendmentsOf(id: string): readonly EventFacts[] {
    const stored = this.stream.amendmentsOf(id);
    if (this.earlier.size === 0) return stored;
    return [...stored, ...[...this.earlier.values()].filter((event) => event.target === id)];
  }

  failure(events: readonly ProposedEvent[]): Failure | undefined {
    for (const [index, event] of events.entries()) {
      for (const reference of event.references) {
        const failure = this.referenceFailure(event, reference, index);
        if (failure !== undefined) return failure;
      }
      const notAllowed = this.markingFailure(event, index);
      if (notAllowed !== undefined) return notAllowed;
      this.rememberMarked(event, index);
      if (events.length > 1 || event.marks !== undefined) this.earlier.set(event.id, { ...event, revision: this.next });
    }
    return this.hiddenAmendment();
  }

  private get next(): Revision {
    return this.stream.head + 1 + this.earlier.size;
  }

  private referenceFailure(event: ProposedEvent, reference: Reference, index: number): Failure | undefined {
    const { pointer, id, types } = reference;
    const named = this.find(id);
    const required = named && levelInForce(named, this);
    if (!named || !required || !this.sees(named, required)) return { type: 'reference-not-found', index, pointer, id };
    if (types !== undefined && !types.includes(named.type) && !this.correctedTo(named, types)) {
      return { type: 'reference-type-not-allowed', index, pointer, id, allowed: types, found: named.type };
    }
    if (event.marks !== undefined) return undefined;
    const marking = this.levelOf(event);
    return isBelow(marking, required) ? { type: 'marking-too-low', index, pointer, id, marking, required } : undefined;
  }

  private markingFailure({ marks, target = '' }: ProposedEvent, index: number): Failure | undefined {
    const { mayMark = 'both' } = this.writer;
    if (marks === undefined || mayMark === 'both') return undefined;
    const direction = directionOf(marks, this.find(target)!, this);
    return mayMark === direction ? undefined : { type: 'marking-not-allowed', index, direction };
  }

  /** Events of the same array the writer knows, however they are marked. */
  private sees(event: EventFacts, marking = levelInForce(event, this)): boolean {
    return this.earlier.has(event.id) || !isBelow(this.writer.level, marking);
  }

  /** For those who see it, a correction adds its type to those that its target counts as. */
  private correctedTo(named: EventFacts, types: readonly string[]): boolean {
    return this.amendmentsOf(named.id).some(
      (amendment) =>
        amendment.contentType !== undefined && types.includes(amendment.contentType) && this.sees(amendment),
    );
  }

  /** An explicit marking counts as given: it may not be below the target's, although the target's would prevail. */
  private levelOf(event: ProposedEvent): Level {
    if (event.marking !== 'inherit') return event.marking;
    return levelInForce({ ...event, revision: this.next }, this);
  }

  private rememberMarked(event: ProposedEvent, index: number): void {
    const target = event.marks === undefined ? undefined : this.find(event.target ?? '');
    if (target === undefined || this.marked.has(target.id)) return;
    this.marked.set(target.id, { index, before: levelInForce(target, this) });
  }

  /** Once the whole array stands: has a lowered event an amendment in force that stays above it? */
  private hiddenAmendment(): Failure | undefined {
    for (const [target, { index, before }] of this.marked) {
      const marking = levelInForce(this.find(target)!, this);
      if (!isBelow(marking, before)) continue;
      const hidden = this.amendmentsOf(target).some(
        (amendment) =>
          amendment.marks === undefined &&
          isBelow(marking, levelInForce(amendment, this)) &&
          isInForce(amendment, this),
      );
      if (hidden) return { type: 'amendment-hidden', index, target, marking };
    }
    return undefined;
  }
}
