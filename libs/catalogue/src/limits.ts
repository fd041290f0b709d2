/**
 * Sizes of everything that a client may send in an event, so that no single event can be large enough to slow the
 * views that read it. Lengths are in Unicode code points, as JSON Schema counts them.
 */

export const MAX_NAME = 200;
export const MAX_SLUG = 64;
export const MAX_SUMMARY = 500;
export const MAX_TEXT = 2_000;
export const MAX_URL = 2_000;
/** A BCP 47 tag: the length RFC 5646 section 4.4.1 tells implementers to allow for. */
export const MAX_LANGUAGE_TAG = 35;

export const MAX_ACTORS = 50;
export const MAX_SOURCES = 50;
export const MAX_REFERENCES = 100;
export const MAX_TARGETS = 100;
export const MAX_ISSUES = 50;
export const MAX_SIDES = 10;
export const MAX_MEMBERS = 100;

/** Persons, missiles, votes: beyond any real count, far below 2^53. */
export const MAX_COUNT = 1_000_000_000;
export const MAX_HORIZON_DAYS = 3_650;

/** Complaints in one answer: enough to mend a form, too few to be an amplifier. */
export const MAX_VIOLATIONS = 50;

/** How far `occurredAt` may lie ahead of the server's clock, unless the event is marked `auxiliary: future`. */
export const MAX_AHEAD_MS = 24 * 3_600_000;
