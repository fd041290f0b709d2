import type { EventDefinition } from './define-event';
import { UnknownSchemaVersion } from './errors';
import type { Owner } from './rules';

/**
 * An element of a type as its current version has it: through each upcaster in turn. Of the current version it is
 * the very object that was passed.
 */
export const upcastElement = (definition: EventDefinition, version: number, element: Owner): Owner => {
  if (version === definition.version) return element;
  if (version < 1 || version > definition.version)
    throw new UnknownSchemaVersion(definition.type, version, definition.version);
  let current: object = element;
  for (let from = version; from < definition.version; from++) current = definition.upcast[from]!.up(current as never);
  return current as Owner;
};

/** Every version from 1 on must lead to the current one; a gap is found at load, not on the first old event. */
export const assertUpcasters = ({ type, version, upcast }: EventDefinition): void => {
  const from = Object.keys(upcast).map(Number);
  const expected = Array.from({ length: version - 1 }, (_, index) => index + 1);
  if (from.join() !== expected.join())
    throw new Error(
      `${type} has version ${version} and upcasters from ${from.join() || 'none'}, not ${expected.join()}`,
    );
};
