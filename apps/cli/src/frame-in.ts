import type { Frame } from '#sources';
import { UsageError } from './exit-codes';

/** The frame in an answer about a crisis, in its CrisisOpened, or by itself. */
export const frameIn = (json: unknown): Frame => {
  const { frame, data } = Object(json) as { frame?: unknown; data?: unknown };
  const found = [frame, data, json]
    .map((its) => Object(its) as Partial<Frame>)
    .find(({ sides }) => Array.isArray(sides) && sides.every(hasMembers));
  if (found?.sides === undefined) throw new UsageError('there are no sides of a crisis in it, each with its members');
  return { sides: found.sides, mediators: found.mediators ?? [], bodies: found.bodies ?? [] };
};

const hasMembers = (side: unknown): boolean => Array.isArray((Object(side) as { members?: unknown }).members);
