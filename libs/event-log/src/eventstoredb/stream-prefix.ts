import type { StoredIdentity, StreamFacts } from '../decide';
import { sealedContentHash } from '../envelope';
import type { Level, Revision } from '../event-log';
import { isForeign } from '../foreign';
import type { EventFacts } from '../markings';
import type { StreamColumns } from '../sqlite/stream-columns';
import type { OpenedEvent } from './open-envelope';

export type LaterEvent = EventFacts & StoredIdentity;

/**
 * What a group is decided against: what the mirror holds of the stream, the tail that was read from the record, and
 * what was accepted before in the same group. All of it with its ids, never a bare head.
 */
export class StreamPrefix implements StreamFacts {
  readonly name: string;
  readonly head: Revision;
  private readonly later = new Map<string, LaterEvent>();
  /** Of a stream that the mirror does not have yet. */
  private first: LaterEvent | undefined;
  /** Something asked for rests on an event that is not confirmed. */
  isDoubtful = false;

  constructor(
    private readonly mirrored: StreamColumns,
    tail: readonly LaterEvent[],
    private readonly unconfirmed: ReadonlySet<string>,
  ) {
    this.name = mirrored.name;
    this.head = mirrored.head;
    for (const event of tail) if (event.revision > mirrored.head) this.accept(event);
  }

  accept(event: LaterEvent): void {
    // The first of an id is the one that counts.
    if (!this.later.has(event.id)) this.later.set(event.id, event);
    if (event.revision === 0) this.first = event;
    (this as { head: Revision }).head = event.revision;
  }

  find(id: string): EventFacts | undefined {
    return this.mirrored.find(id) ?? this.noted(this.later.get(id));
  }

  identityOf(id: string): StoredIdentity {
    return this.mirrored.find(id) === undefined ? this.later.get(id)! : this.mirrored.identityOf(id);
  }

  floor(): Level | undefined {
    return this.mirrored.floor() ?? (this.noted(this.first)?.marking as Level | undefined);
  }

  amendmentsOf(id: string): readonly EventFacts[] {
    const mirrored = this.mirrored.amendmentsOf(id);
    if (this.later.size === 0) return mirrored;
    return [
      ...mirrored,
      ...[...this.later.values()].filter(({ target }) => target === id).map((event) => this.noted(event)),
    ];
  }

  *newestAfter(revision: Revision): Iterable<EventFacts> {
    for (const event of [...this.later.values()].reverse()) if (event.revision > revision) yield this.noted(event);
    yield* this.mirrored.newestAfter(revision);
  }

  private noted<E extends LaterEvent | undefined>(event: E): E {
    this.isDoubtful ||= event !== undefined && this.unconfirmed.has(event.id);
    return event;
  }
}

/** An event that was read from the record. Another writer's repeats nothing: it has no contentHash. */
export const laterEvent = ({ facts, seal, target, marks, contentType }: OpenedEvent): LaterEvent => ({
  id: facts.id,
  revision: facts.revision,
  type: facts.type,
  marking: facts.marking,
  target,
  marks,
  contentType,
  contentHash: isForeign(seal) ? '' : sealedContentHash(seal),
  principal: facts.recordedBy.principal,
});
