import type { ExpectedRevision, Level, Revision } from './event-log';

/**
 * What the log answers instead of a result. Each class has a literal `type`, its facts as fields, and a message
 * that says what to do next. All but OutcomeUnknown are definite: nothing of the request was stored.
 */
export abstract class EventLogError extends Error {
  abstract readonly type: string;
}

/** Makes a class of errors: the facts become its fields, and cross threads as plain data (`Failure`). */
function errorClass<Type extends string, Facts extends object>(type: Type, advise: (facts: Facts) => string) {
  class TypedError extends EventLogError {
    readonly type = type;
    constructor(facts: Facts) {
      super(advise(facts));
      this.name = new.target.name;
      Object.assign(this, facts);
    }
  }
  return TypedError as unknown as new (facts: Facts) => EventLogError & { readonly type: Type } & Readonly<Facts>;
}

interface AtEvent {
  /** Of the event in the array. */
  index: number;
}

interface AtReference extends AtEvent {
  /** JSON pointer of the reference in the element. */
  pointer: string;
  id: string;
}

interface Because {
  reason: string;
}

interface OfFile extends Because {
  file: string;
}

/**
 * `actual` is the stream's last revision, -1 where there is no stream. For an expectation `{seen, level}` it is
 * the last one visible at that level, so that a count of hidden events does not show.
 */
export class WrongExpectedRevision extends errorClass(
  'wrong-expected-revision',
  ({ stream, expected, actual }: { stream: string; expected: ExpectedRevision; actual: Revision }) =>
    `${stream} is at revision ${actual}, expected was ${JSON.stringify(expected)}: read what is new, then decide again`,
) {}

/**
 * The id is there with other content, or with content the writer may not see; or an array mixes events stored
 * before with new ones, which no repetition of an atomic array does. They look alike, so that nothing hidden shows.
 */
export class EventIdTaken extends errorClass(
  'event-id-taken',
  ({ stream, id }: AtEvent & { stream: string; id: string }) =>
    `the id ${id} is taken in ${stream}: give a new event a new id, and repeat a stored array as it was`,
) {}

export class DuplicateIdInAppend extends errorClass(
  'duplicate-id-in-append',
  ({ stream, id }: AtEvent & { stream: string; id: string }) =>
    `the id ${id} stands twice in one append to ${stream}: give each event its own`,
) {}

/** Also for what is there and hidden from the writer. */
export class ReferenceNotFound extends errorClass(
  'reference-not-found',
  ({ pointer, id }: AtReference) => `${pointer} names ${id}, which the stream does not have: append that first`,
) {}

export class ReferenceTypeNotAllowed extends errorClass(
  'reference-type-not-allowed',
  ({ pointer, id, found, allowed }: AtReference & { found: string; allowed: readonly string[] }) =>
    `${pointer} names ${id} of type ${found}: name an event of type ${allowed.join(', ')}`,
) {}

/** An event must be at least as restricted as everything it references. */
export class MarkingTooLow extends errorClass(
  'marking-too-low',
  ({ pointer, id, marking, required }: AtReference & { marking: Level; required: Level }) =>
    `${pointer} names ${id}, which is ${required}: mark the event ${required} or higher, not ${marking}`,
) {}

/** Nobody may be shown an event while a correction or retraction of it is in force that he may not see. */
export class AmendmentHidden extends errorClass(
  'amendment-hidden',
  ({ target, marking }: AtEvent & { target: string; marking: Level }) =>
    `${target} has an amendment in force above ${marking}: lower that in the same array, or leave the marking`,
) {}

/** The writer may not move markings this way. */
export class MarkingNotAllowed extends errorClass(
  'marking-not-allowed',
  ({ direction }: AtEvent & { direction: 'raise' | 'lower' }) =>
    `the writer may not ${direction} markings: ask one who may`,
) {}

export class AppendTooLarge extends errorClass(
  'append-too-large',
  ({ events, bytes }: { events: number; bytes?: number }) =>
    `${events} events${bytes === undefined ? '' : ` of ${bytes} bytes`} are too much for one append: send smaller arrays`,
) {}

/** The request breaks a rule of the port: a fault of the caller's code, or JSON without a canonical form. */
export class InvalidAppend extends errorClass(
  'invalid-append',
  ({ index, reason }: AtEvent & Because) => `event ${index} of the append cannot be stored: ${reason}`,
) {}

/** The one error after which the events may be stored. Sending the same events again gives the definite answer. */
export class OutcomeUnknown extends errorClass(
  'outcome-unknown',
  ({ reason }: Because) => `the append may or may not be stored (${reason}): send the same events again`,
) {}

/** No room on the disk, and the transaction was rolled back. */
export class StorageFull extends errorClass(
  'storage-full',
  ({ reason }: Because) => `there is no room to store the append (${reason}): free some, then send it again`,
) {}

/** More waits than the writer may owe. Nothing of this request was tried. */
export class WriterBusy extends errorClass(
  'writer-busy',
  ({ queuedBytes }: { queuedBytes: number }) =>
    `${queuedBytes} bytes wait to be written: send less at a time, and try again in a second`,
) {}

/** After a failed write nothing is written until the log has been reopened and checked; it tries that by itself. */
export class WritingStopped extends errorClass(
  'writing-stopped',
  ({ reason }: Because) => `the log takes no appends at the moment (${reason}): try again in some seconds`,
) {}

export class LogClosed extends errorClass(
  'log-closed',
  ({ reason }: Because) => `the log is closed (${reason}): open it again`,
) {}

export class LogOwnedElsewhere extends errorClass(
  'log-owned-elsewhere',
  ({ file, reason }: OfFile) => `${file} is held by a running log (${reason}): stop that, or use another data folder`,
) {}

/** What is stored contradicts itself. The log does not open, or stays closed to appends. */
export class LogDamaged extends errorClass(
  'log-damaged',
  ({ file, reason }: OfFile) => `${file} is damaged (${reason}): keep it as it is and restore a backup elsewhere`,
) {}

export class LogFromNewerBuild extends errorClass(
  'log-from-newer-build',
  ({ file, reason }: OfFile) => `${file} was written by a newer build (${reason}): run that build or a later one`,
) {}

/** The data folder belongs to another record than the one named. */
export class WrongRecord extends errorClass(
  'wrong-record',
  ({ file, reason }: OfFile) => `${file} does not fit (${reason}): use another data folder, or name its own record`,
) {}

/** Nothing of the append was tried: EventStoreDB cannot be reached, or does not take writes at the moment. */
export class RecordAway extends errorClass(
  'record-away',
  ({ reason }: Because) => `EventStoreDB cannot be used now (${reason}): try again in some seconds`,
) {}

/** Something is missing in a stream of the record that was there, or that must have been there. */
export class RecordTruncated extends errorClass(
  'record-truncated',
  ({ stream, revision, reason }: Because & { stream: string; revision: Revision }) =>
    `${stream} is not whole in EventStoreDB at revision ${revision} (${reason}): restore the record`,
) {}

/** The record lacks what this mirror holds of it: it is an older copy, or another record. */
export class RecordRewound extends errorClass(
  'record-rewound',
  ({ reason }: Because) =>
    `EventStoreDB does not hold what it held (${reason}): restore the newer copy, or have its loss confirmed`,
) {}

/** The record is elsewhere now; nothing is recorded here any more. */
export class RecordMoved extends errorClass(
  'record-moved',
  ({ to }: { to: string }) => `the record was moved to ${to}: append there`,
) {}

/** This machine's clock and the record's differ. */
export class ClockOff extends errorClass(
  'clock-off',
  ({ differenceMs }: { differenceMs: number }) =>
    `the clock differs from EventStoreDB's by ${differenceMs} ms: set it right, appends go on then`,
) {}

const classes = {
  'wrong-expected-revision': WrongExpectedRevision,
  'event-id-taken': EventIdTaken,
  'duplicate-id-in-append': DuplicateIdInAppend,
  'reference-not-found': ReferenceNotFound,
  'reference-type-not-allowed': ReferenceTypeNotAllowed,
  'marking-too-low': MarkingTooLow,
  'amendment-hidden': AmendmentHidden,
  'marking-not-allowed': MarkingNotAllowed,
  'append-too-large': AppendTooLarge,
  'invalid-append': InvalidAppend,
  'outcome-unknown': OutcomeUnknown,
  'storage-full': StorageFull,
  'writer-busy': WriterBusy,
  'writing-stopped': WritingStopped,
  'log-closed': LogClosed,
  'log-owned-elsewhere': LogOwnedElsewhere,
  'log-damaged': LogDamaged,
  'log-from-newer-build': LogFromNewerBuild,
  'wrong-record': WrongRecord,
  'record-away': RecordAway,
  'record-truncated': RecordTruncated,
  'record-rewound': RecordRewound,
  'record-moved': RecordMoved,
  'clock-off': ClockOff,
};

type Classes = typeof classes;

/** An error as plain data: it is decided in one thread and thrown in another. */
export type Failure = {
  [Type in keyof Classes]: { readonly type: Type } & ConstructorParameters<Classes[Type]>[0];
}[keyof Classes];

export const toError = (failure: Failure): EventLogError => {
  const { type, ...facts } = failure;
  return new classes[type](facts as never);
};

export const toFailure = (error: EventLogError): Failure => ({ ...error }) as unknown as Failure;
