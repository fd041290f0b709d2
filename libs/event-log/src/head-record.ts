import type { Revision } from './event-log';

/** An entry of `crisislog-heads`. */
export interface HeadEntry {
  readonly revision: Revision;
  /** A signed note; empty where the entry is none. */
  readonly note: string;
}

/**
 * The part of the record that says what was signed: the stream `crisislog-heads`, beside the dense order, the same for
 * every instance. Any entry is accepted at its end; which of them count, the ledger decides.
 */
export interface HeadRecord {
  /**
   * From a revision on, in order. In EventStoreDB what this instance's mirror has of it, which lags behind an append by
   * moments: by then the mirror has every event that was recorded before the entry was.
   */
  readFrom(revision: Revision): Iterable<HeadEntry>;

  /**
   * Durable when it resolves to true; false when the stream does not end just before it. Rejects with RecordAway where
   * nothing was stored, and with OutcomeUnknown: then the same entry again gives the answer.
   */
  append(entry: HeadEntry): Promise<boolean>;
}

/** A signed note as an entry of the stream. The type is for people who look at the stream; the text says what it is. */
export const headEntry = (note: string): { type: string; note: string } => ({ type: 'Signed', note });

/** The note in an entry of the stream, whoever wrote it there. */
export function noteIn(entry: unknown): string {
  const { note } = Object(entry) as { note?: unknown };
  return typeof note === 'string' ? note : '';
}
