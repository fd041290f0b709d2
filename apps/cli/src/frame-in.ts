import type { Frame } from '#sources';
import { UsageError } from './exit-codes';

/** The frame in an answer about a crisis, in its CrisisOpened, or by itself. */
export const frameIn = (json: unknown): Frame => {
  const { frame, data } = Object(json) as { frame?: unknown; data?: unknown };
  const found = [frame, data, json]
    .map((its) => Object(its) as Partial<Frame>)
    .find(({ sides }) => Array.isArray(sides));
  if (found?.sides === undefined) throw new UsageError('no sides of a crisis in it');
  return { sides: found.sides, mediators: found.mediators ?? [], bodies: found.bodies ?? [] };
};
