import type { CameoCodes } from './cameo';
import type { AmendmentFields, EventFields, FrameFields, IncidentFields } from './envelope-fields';
import { fieldsOf } from './metadata';
import { CameoCode, type Class, Literal, Nested, OneOf, Optional, Required, Uuid } from './rules';
import { TLP, type Tlp } from './vocabulary';

export type Kind = 'frame' | 'report' | 'amendment';

/** Turns an element as it was sent under an older schema version into one of the next version. Pure. */
export interface Upcaster {
  /** An element of the older version. Upcast to the current one it must parse: a test. */
  readonly example: object;
  readonly up: (old: never) => object;
}

/** All there is to say of a type of event. Validation, schemas, documentation and types follow from it. */
export interface EventDefinition<Type extends string = string, Content extends object = object> {
  /** The stored name: past tense, written out, never taken from a class, never changed. */
  readonly type: Type;
  /** Schema version. Raise it together with an upcaster from the version before. */
  readonly version: number;
  readonly description: string;
  readonly kind: Kind;
  /** The codes it takes; undefined: it has no code and no weight. */
  readonly cameo?: CameoCodes;
  readonly example: Content;
  readonly upcast: Readonly<Record<number, Upcaster>>;
  /** What it says: the element without eventId and tlp. A correction carries one of these. */
  readonly content: Class<Content>;
  /** The whole element as sent. */
  readonly element: Class<Content & Sent>;
}

/** What a sender decides of an event beside its content. */
export interface Sent {
  readonly eventId?: string;
  readonly tlp?: Tlp;
}

/** An element of a type, as TypeScript sees it. */
export type ContentOf<Definition> = Definition extends EventDefinition<string, infer Content> ? Content : never;

type ElementOf<Type, Fields, Data, Cameo> = Fields & {
  readonly type: Type;
  readonly data: Data;
} & (Cameo extends CameoCodes ? { readonly cameoCode: string } : unknown);

type FieldsClass<Fields extends EventFields> = Class<Fields> & {
  readonly kind: Kind;
};

export const defineEvent = <
  const Type extends string,
  Fields extends FrameFields | IncidentFields | AmendmentFields,
  Data extends object,
  Cameo extends CameoCodes | undefined = undefined,
>(spec: {
  readonly type: Type;
  readonly version: number;
  readonly description: string;
  /** The fields beside `data`. */
  readonly fields: FieldsClass<Fields>;
  readonly cameo?: Cameo & CameoCodes;
  readonly data: Class<Data>;
  readonly example: Omit<ElementOf<NoInfer<Type>, NoInfer<Fields>, NoInfer<Data>, NoInfer<Cameo>>, 'type'>;
  readonly upcast?: Readonly<Record<number, Upcaster>>;
}): EventDefinition<Type, ElementOf<Type, Fields, Data, Cameo>> => {
  const { type, version, description, upcast = {}, cameo, fields } = spec;
  const content = contentClass(type, fields, spec.data, cameo) as Class<ElementOf<Type, Fields, Data, Cameo>>;
  return {
    type,
    version,
    description,
    kind: fields.kind,
    ...(cameo && { cameo }),
    example: { type, ...spec.example } as ElementOf<Type, Fields, Data, Cameo>,
    upcast,
    content,
    element: elementClass(type, content),
  };
};

/** The definitions among the exports of a family; its payload classes are the others. */
export const definitionsIn = <Family extends object>(family: Family) =>
  Object.values(family).filter((its) => typeof its === 'object' && 'element' in its) as readonly Extract<
    Family[keyof Family],
    EventDefinition
  >[];

const contentClass = (type: string, fields: Class, data: Class, cameo: CameoCodes | undefined): Class => {
  const Content = named(`${type}Content`, class extends fields {});
  decorate(Content, 'type', Required(), Literal(type));
  if (cameo !== undefined) decorate(Content, 'cameoCode', Required('The verb; it gives the weight.'), CameoCode(cameo));
  decorate(Content, 'data', isNeeded(data) ? Required() : Optional('', { default: {} }), Nested(data));
  return Content;
};

const elementClass = <Content extends object>(type: string, content: Class<Content>): Class<Content & Sent> => {
  const Element = named(type, class extends (content as Class) {});
  decorate(
    Element,
    'eventId',
    Optional('Unique in the crisis. Sent again with the same content it changes nothing.'),
    Uuid(),
  );
  decorate(Element, 'tlp', Optional('Marking (TLP 2.0); without one AMBER+STRICT.'), OneOf(TLP));
  return Element as Class<Content & Sent>;
};

/** Own fields that must be there make `data` itself a must; a machine-coded row may leave it out. */
const isNeeded = (data: Class): boolean =>
  fieldsOf(data).some(({ presence: { kind } }) => kind === 'required' || kind === 'requiredWithout');

const named = (name: string, target: Class): Class => Object.defineProperty(target, 'name', { value: name });

const decorate = ({ prototype }: Class, name: string, ...decorators: readonly PropertyDecorator[]): void =>
  decorators.toReversed().forEach((apply) => apply(prototype as object, name));
