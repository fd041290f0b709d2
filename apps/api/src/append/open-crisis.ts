import { requireCrisisId } from '../http/crisis-id';
import { Problem } from '../http/problem';

/**
 * The body that opens a crisis is the event `CrisisOpened` with `crisisId` beside it; `type` may be left
 * out. What is stored is the event alone: the stream's name says which crisis it is.
 */
export function openingElement(body: unknown): { crisisId: string; element: unknown } {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Problem(
      'malformed-json',
      'Send one object: {"crisisId", "occurredAt", "tlp", "data": {"title", "sides", …}}.',
    );
  }
  const { crisisId, ...rest } = body as Record<string, unknown>;
  return { crisisId: requireCrisisId(crisisId, 'crisisId'), element: { type: 'CrisisOpened', ...rest } };
}
