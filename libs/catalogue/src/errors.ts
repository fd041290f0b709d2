import type { Violation } from './compile';

/** What was sent is no event of the catalogue. Nothing of it may be stored. */
export class InvalidEvent extends Error {
  override readonly name = 'InvalidEvent';

  constructor(readonly violations: readonly Violation[]) {
    super(violations.map(({ pointer, rule, message }) => `${pointer || '(event)'}: ${message} [${rule}]`).join('; '));
  }
}

/** A stored event whose type this build does not know. A build that has its definition can read it. */
export class UnknownEventType extends Error {
  override readonly name = 'UnknownEventType';

  constructor(readonly type: string) {
    super(`no definition of event type ${type}: read it with a build that has one`);
  }
}

/** A stored event of no schema version that this build knows: of a later one, or, of another writer, of none (0). */
export class UnknownSchemaVersion extends Error {
  override readonly name = 'UnknownSchemaVersion';

  constructor(
    readonly type: string,
    readonly version: number,
    readonly known: number,
  ) {
    const next = version > known ? 'read it with a newer build' : 'another program wrote it, read it with that';
    super(`${type} of schema version ${version}, known are 1 to ${known}: ${next}`);
  }
}
