import type { Revision } from './event-log';
import type { SystemEntry } from './sqlite/system-stream';

/** Older entries of a stream are forgotten. Whoever appends puts a full state among them more often than that. */
export const ENTRIES_KEPT = 128;
/** The `type` of an entry that holds a full state: those before it are not needed. */
export const FULL_STATE = 'State';

/** Entries for the end of a stream, all or none. */
export interface ConsumerAppend {
  /** `crisislog-consumer-…`. */
  readonly stream: string;
  readonly entries: readonly object[];
  /** Revision of the last entry that is known; -1: none. */
  readonly last: Revision;
}

/** The part of the record that holds what becomes of named consumers: streams beside the dense order, the same for every instance. */
export interface ConsumerRecord {
  /**
   * Durable when it resolves to true; false when the stream does not end at `last`: `readAfter` has what came.
   * Rejects as an append of events does; after OutcomeUnknown only reading tells.
   */
  append(append: ConsumerAppend): Promise<boolean>;

  /** What is left of a stream after a revision (-1: all), in order. */
  readAfter(stream: string, revision: Revision): Promise<readonly SystemEntry[]>;
}
