import { type EventDefinition, readSchemaUri } from '#catalogue';
import { asRead } from './answers/events';
import { documentSchemas } from './document';
import { reachedFrom } from './reached-from';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** JSON Schema of an event as it is read: the `data` of the items whose `dataschema` is its `$id`. Self-contained. */
export function readSchema({ type, version, description }: EventDefinition): object {
  const reached = JSON.stringify(reachedFrom([asRead(type)], documentSchemas()));
  return {
    $schema: DIALECT,
    $id: readSchemaUri(type, version),
    title: `${type}, as read`,
    description,
    $ref: `#/$defs/${asRead(type)}`,
    $defs: JSON.parse(reached.replaceAll('"#/components/schemas/', '"#/$defs/')) as object,
  };
}
