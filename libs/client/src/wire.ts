import type { CrisisEvent, EventType, Tlp } from '#catalogue';

/** Each of a union by itself. */
type Without<Event, Names extends PropertyKey> = Event extends unknown ? Omit<Event, Names> : never;

/** What the server adds to an event, and never takes. */
type Derived = 'schemaVersion' | 'goldstein' | 'subType' | 'kinetic';

/** An event as it is sent: what it says, and if the sender decides them its id and its marking. */
export type NewEvent = Without<CrisisEvent, Derived>;

/** The event that opens a crisis, with the name that the crisis is to have. */
export type NewCrisis = Omit<Extract<NewEvent, { type: 'CrisisOpened' }>, 'type'> & { readonly crisisId: string };

export type Marking = Tlp;

/** An event as it is read. */
export type RecordedEvent = CrisisEvent & {
  readonly eventId: string;
  readonly crisisId: string;
  /** The marking in force; in an item of the feed the one at that point of the record. */
  readonly marking: Marking;
  readonly recordedAt: string;
  readonly correlationId: string;
  readonly causationId?: string;
};

interface CloudEvent {
  readonly specversion: '1.0';
  /** An item that comes twice has the same id. */
  readonly id: string;
  readonly source: string;
  readonly type: EventType;
  /** The eventId. */
  readonly subject: string;
  readonly time: string;
  /** Names the JSON Schema of `data`: `urn:crisis-log:event:{type}:{version}:read`. */
  readonly dataschema?: string;
  readonly crisisid: string;
}

/** Recorded, shown by a change of marking, or hidden by one. */
export type FeedItem = CloudEvent &
  (
    | { readonly item: 'event' | 'release'; readonly data: RecordedEvent }
    | { readonly item: 'withdraw'; readonly data: { readonly eventId: string; readonly crisisId: string } }
  );
