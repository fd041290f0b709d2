import { crisisOf, LEVELS, type RecordLog, type StoredEvent } from '#event-log';
import type { FeedEntry, FeedPlace } from '#projections';
import type { Reader } from '../access/caller';
import { cloudEvent, type CloudEventSource } from './cloud-event';
import type { FeedBatch } from './feed-batch';
import { type FeedItem, keyOf, LAST_INDEX } from './feed-item';

/** More are left to the view worker: this thread takes the appends, and an event costs it half as much as an append. */
const MAX_EVENTS = 16;
const MAX_CHARS = 128 * 1024;

/**
 * What has just been recorded, for live followers: made from the record itself on the main thread, so that it waits
 * neither for the fold nor behind a long view. The same items, byte for byte, as the view worker would answer. Only the
 * fold knows what an amendment does to the markings of other events, so a page with one is left to it.
 */
export class FreshEvents {
  /** By stream, the level of its opening; that event is never amended. */
  readonly #floors = new Map<string, number>();
  readonly #source: CloudEventSource;

  constructor(private readonly log: RecordLog) {
    this.#source = { log: log.reader, origin: log.reader.genesis().origin };
  }

  /** Everything after a place that ends a position; undefined where the view worker must be asked. */
  after(reader: Reader, place: FeedPlace): FeedBatch | undefined {
    const count = this.log.head() - place.position;
    if (place.index !== LAST_INDEX || count > MAX_EVENTS) return undefined;
    const events = [...this.log.readAll({ from: place.position + 1, maxCount: count })];
    const chars = events.reduce((sum, { body }) => sum + body.length, 0);
    if (chars > MAX_CHARS) return undefined;
    const items: FeedItem[] = [];
    for (const event of events) {
      const { content, refs } = JSON.parse(event.body) as { content: object; refs: object };
      if (event.marking === 'inherit' || 'data.target' in refs) return undefined;
      const marking = LEVELS.indexOf(event.marking);
      if (Math.max(marking, this.#floorOf(event)) > LEVELS.indexOf(reader.level)) continue;
      items.push(this.#itemOf(event, marking, content, reader));
    }
    const at = { position: events.at(-1)?.position ?? place.position, index: LAST_INDEX };
    return { items, at, seen: items.at(-1), caughtUp: true };
  }

  #itemOf(event: StoredEvent, marking: number, content: object, reader: Reader): FeedItem {
    const { position, stream } = event;
    const place = { position, index: 0 };
    const entry: FeedEntry = { ...place, kind: 'event', subject: position, marking, crisis: crisisOf(stream) };
    const json = cloudEvent(this.#source, entry, event, reader);
    return { ...keyOf(this.#source, entry, event, content), json };
  }

  #floorOf({ stream }: StoredEvent): number {
    let floor = this.#floors.get(stream);
    if (floor === undefined) {
      const [opening] = this.log.readStream(stream, { maxCount: 1 });
      // An opening marked `inherit` has nothing to inherit from, so it is RED, as in the fold.
      const { marking } = opening!;
      this.#floors.set(stream, (floor = LEVELS.indexOf(marking === 'inherit' ? 'RED' : marking)));
    }
    return floor;
  }
}
