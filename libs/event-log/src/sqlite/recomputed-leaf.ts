import { partsOf } from '../element';
import { leafOf, sealHolds } from '../envelope';
import { foreignLeaf, isForeign } from '../foreign';
import { type Entry, factsOf } from './entry';

/**
 * The leaf of a stored event, after everything it commits to was computed again from what is stored: the body is in
 * canonical form, the six commitments are of body and columns, and the columns that decisions are made from are of the
 * body. Throws TypeError saying what does not hold. The contentHash is not looked at: no leaf commits to it.
 */
export function recomputedLeaf(entry: Entry): Buffer {
  if (isForeign(entry.seal)) return recomputedForeign(entry);
  checkSeal(entry);
  checkColumns(entry);
  return leafOf(entry.seal);
}

/**
 * Another writer's event commits to nothing, and no column of it decides anything: its leaf is of what is kept of it.
 */
function recomputedForeign({ event, seal, target, marks, contentType }: Entry): Buffer {
  const leaf = foreignLeaf(event);
  if (!leaf.equals(seal) || (target ?? marks ?? contentType) !== undefined)
    throw new TypeError('the leaf is not of what is kept of the event');
  return leaf;
}

/** Throws TypeError unless the body is in canonical form and the seal is of this event. */
export function checkSeal({ event, seal }: Entry): void {
  if (!sealHolds(factsOf(event), partsOf(event.body), seal)) throw new TypeError('its seal does not hold');
}

/** These columns have no commitments of their own: they must repeat what the body says. Most events have none. */
function checkColumns({ event: { type, body }, ...columns }: Entry): void {
  const isAmendment = type === 'MarkingChanged' || type === 'EventCorrected';
  const isRead = isAmendment || body.includes('"data.target":');
  const { content, refs } = (isRead ? JSON.parse(body) : {}) as Body;
  const expected = {
    target: refs?.['data.target'],
    marks: type === 'MarkingChanged' ? content?.data?.marking : undefined,
    contentType: type === 'EventCorrected' ? content?.data?.content?.type : undefined,
  };
  for (const name of ['target', 'marks', 'contentType'] as const)
    if (columns[name] !== expected[name]) throw new TypeError(`the column ${name} is not of the event`);
}

interface Body {
  readonly content?: { readonly data?: { readonly marking?: unknown; readonly content?: { readonly type?: unknown } } };
  readonly refs?: Readonly<Record<string, unknown>>;
}
