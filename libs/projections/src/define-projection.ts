import type { Situation } from './situation';

/**
 * A view of one crisis at one moment: a pure function of its situation. What is stored of it is a cache; raise the
 * version when the same situation gives another answer.
 */
export interface Projection<Name extends string = string, View = unknown> {
  readonly name: Name;
  readonly version: number;
  readonly view: (situation: Situation) => View;
}

export const defineProjection = <Name extends string, View>(
  projection: Projection<Name, View>,
): Projection<Name, View> => Object.freeze(projection);
