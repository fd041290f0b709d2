import { cameo } from './cameo';
import type { Owner } from './rules';

/** An event as stored: the parts of the stored format, and what its header says. */
export interface StoredContent {
  readonly type: string;
  readonly schemaVersion: number;
  readonly contentSchemaVersion?: number;
  readonly content: object;
  /** Values of `refs` and `sources` by path, such as `data.basedOn`; left out where the reader may not have them. */
  readonly refs?: object;
  readonly sources?: object;
}

/** What the catalogue adds on read. */
export interface Derived {
  readonly schemaVersion: number;
  /** Goldstein weight, -10 to 10. Of the types with a CAMEO code. */
  readonly goldstein?: number;
  readonly subType?: string;
  readonly kinetic?: boolean;
}

/** The element as it was sent, from its parts; eventId and tlp stand in the header. */
export const restore = ({ type, content, refs = {}, sources = {} }: StoredContent): Owner => {
  let element: Owner = { type, ...content };
  for (const part of [refs, sources])
    for (const [path, value] of Object.entries(part)) element = put(element, path.split('.'), value);
  return element;
};

const put = (owner: Owner, [name, ...rest]: readonly string[], value: unknown): Owner => ({
  ...owner,
  [name!]: rest.length === 0 ? value : put((owner[name!] ?? {}) as Owner, rest, value),
});

/** From the published table, by code. A code that this build's table lacks derives nothing. */
export const derive = ({ cameoCode }: Owner): Omit<Derived, 'schemaVersion'> => {
  const entry = typeof cameoCode === 'string' ? cameo(cameoCode) : undefined;
  return entry === undefined
    ? {}
    : {
        goldstein: entry.goldstein10 / 10,
        subType: entry.subType,
        kinetic: entry.kinetic,
      };
};
