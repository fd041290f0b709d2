import type { Schema } from './schema';

/** An object in OpenAPI, a string in AsyncAPI, and nothing in JSON Schema; it only repeats what the schemas say of `type`. */
const withoutDiscriminator = (name: string, value: unknown): unknown => (name === 'discriminator' ? undefined : value);

/** These schemas and all that they refer to, without what is only OpenAPI's. */
export function reachedFrom(
  names: readonly string[],
  schemas: Readonly<Record<string, Schema>>,
): Record<string, Schema> {
  const reached: Record<string, Schema> = {};
  const visit = (name: string): void => {
    if (name in reached) return;
    const text = JSON.stringify(schemas[name], withoutDiscriminator);
    reached[name] = JSON.parse(text) as Schema;
    for (const [, other] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) visit(other!);
  };
  names.forEach(visit);
  return reached;
}
