import { compile } from './compile';
import { type FillIn, fillIn } from './defaults';
import type { ContentOf, EventDefinition, Sent } from './define-event';
import { UnknownEventType } from './errors';
import { type ParseContext, type ParsedEvent, type Parser, parseElement } from './parse';
import { type Derived, type StoredContent, derive, restore } from './read';
import { findReferences } from './references';
import type { Owner } from './rules';
import { assertUpcasters, upcastElement } from './upcast';

/** An event as read, of one of these types: a union by `type`. */
export type EventOf<Definition> = Definition extends EventDefinition ? ContentOf<Definition> & Sent & Derived : never;

/** A definition with what is made of it once, at load. */
interface Entry extends Parser {
  readonly fill: FillIn;
}

/** A catalogue of event types. Throws on two of one name and on a version that no upcaster leads on from. */
export const createCatalogue = <Definition extends EventDefinition>(definitions: readonly Definition[]) => {
  const entries = new Map<string, Entry>();
  for (const definition of definitions) {
    if (entries.has(definition.type)) throw new Error(`two definitions of event type ${definition.type}`);
    assertUpcasters(definition);
    entries.set(definition.type, {
      definition,
      check: compile(definition.element),
      references: findReferences(definition.element),
      fill: fillIn(definition.element) ?? ((value) => value),
    });
  }

  const stored = (type: string): Entry => {
    const entry = entries.get(type);
    if (entry === undefined) throw new UnknownEventType(type);
    return entry;
  };

  /**
   * Decides whether a JSON value (strictly parsed: no duplicate keys, no integers beyond 2^53) is an event, and says
   * what the log must know of it.
   * @throws InvalidEvent naming every field that is wrong, up to MAX_VIOLATIONS.
   */
  const parse = (element: unknown, context: ParseContext): ParsedEvent => parseElement(element, context, entries);

  /**
   * An element (or what a projection keeps of one under the same names) as the current versions have it. Free when
   * it is current: the very object passed comes back, without defaults.
   * @throws UnknownEventType, UnknownSchemaVersion: this build cannot read it, another may.
   */
  const upcast = (element: Owner, its: Omit<StoredContent, 'content' | 'refs' | 'sources'>): Owner => {
    const current = upcastElement(stored(its.type).definition, its.schemaVersion, element);
    if (its.contentSchemaVersion === undefined) return current;
    const data = current.data as Owner;
    const content = data.content as Owner;
    const upToDate = upcastElement(stored(content.type as string).definition, its.contentSchemaVersion, content);
    return upToDate === content ? current : { ...current, data: { ...data, content: upToDate } };
  };

  /**
   * A stored event as it goes over the wire: put together from its parts, upcast, defaults filled in, with what is
   * derived. The caller adds what it knows: ids, crisis, marking, times. The content of a correction gets no derived
   * fields, so that what was read can be sent again.
   * @throws UnknownEventType, UnknownSchemaVersion.
   */
  const read = (event: StoredContent): EventOf<Definition> => {
    const { definition, fill } = stored(event.type);
    const whole = restore(event);
    const element = fill(upcast(whole, event));
    return {
      ...element,
      schemaVersion: definition.version,
      ...derive(element),
    } as EventOf<Definition>;
  };

  return { definitions, parse, read, upcast };
};
