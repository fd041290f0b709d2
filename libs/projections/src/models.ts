import type { EffectiveVersion } from './effective-events';
import type { Frame } from './frame';
import type { Moment } from './instant';
import { seriesOf, type SeriesInput, type SeriesPoint } from './series';
import { situationOf, type Situation } from './situation';

/** A released version of the model. Versions are added here, never edited: an answer once given can be given again. */
export interface Model {
  readonly version: string;
  /** What an activation may set. */
  readonly parameters: readonly string[];
  readonly situationOf: (frame: Frame, events: readonly EffectiveVersion[], at: Moment) => Situation;
  readonly seriesOf: (input: SeriesInput) => SeriesPoint[];
}

export const models: Readonly<Record<string, Model>> = {
  '1': { version: '1', parameters: ['riskReference', 'diplomacyReference'], situationOf, seriesOf },
};

/** The crisis has activated a model, or a parameter of it, that this build does not have. */
export class UnknownModel extends Error {
  constructor(
    readonly version: string,
    readonly parameter?: string,
  ) {
    super(
      parameter === undefined
        ? `model ${version} is unknown to this build`
        : `model ${version} has no parameter ${parameter}`,
    );
  }
}

/** The model active in a frame, or the one asked for. */
export function modelOf(frame: Frame, version: string = frame.model.version): Model {
  const model = Object.hasOwn(models, version) ? models[version] : undefined;
  if (model === undefined) throw new UnknownModel(version);
  const unknown = Object.keys(frame.model.parameters).find((name) => !model.parameters.includes(name));
  if (unknown !== undefined) throw new UnknownModel(version, unknown);
  return model;
}
