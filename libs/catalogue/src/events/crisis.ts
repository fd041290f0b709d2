import { defineEvent } from '../define-event';
import { FrameFields } from '../envelope-fields';
import { MAX_ACTORS, MAX_ISSUES, MAX_MEMBERS, MAX_SIDES, MAX_TEXT } from '../limits';
import {
  ActorCode,
  Distinct,
  Label,
  ListOf,
  Nested,
  OneOf,
  Optional,
  Required,
  RequiredWithout,
  Slug,
  Text,
  Whole,
} from '../rules';
import { MODELS } from '../vocabulary';

/** The frame of a crisis. None of these is ever a target of an amendment: `CrisisAmended` replaces. */

export class Side {
  @Required() @Label() name: string;

  @Required('Actor codes, matched as prefixes: IRN has IRNGOV and IRNMIL in it.')
  @ListOf(ActorCode(), { min: 1, max: MAX_MEMBERS })
  members: string[];
}

export class Opening {
  @Required() @Label() title: string;

  @Required('The parties, at least two. The gap of sanctions and the symmetry are those of the first two.')
  @ListOf(Nested(Side), { min: 2, max: MAX_SIDES })
  @Distinct('name')
  @Distinct('members')
  sides: Side[];

  @Optional('Actor codes of third parties that carry messages.')
  @ListOf(ActorCode(), { max: MAX_ACTORS })
  mediators?: string[];

  @Optional('Actor codes of international bodies.')
  @ListOf(ActorCode(), { max: MAX_ACTORS })
  bodies?: string[];

  @Optional('What is negotiated about.')
  @ListOf(Slug(), { max: MAX_ISSUES })
  issues?: string[];

  @Optional('Points of hostile stock at which the risk is 50; without one the model’s own.')
  @Whole(1, 1000)
  riskReference?: number;

  @Optional('Likewise of the diplomacy gauge.')
  @Whole(1, 1000)
  diplomacyReference?: number;
}

export const CrisisOpened = defineEvent({
  type: 'CrisisOpened',
  version: 1,
  description: 'A crisis is opened: its parties, mediators, bodies and issues. Its marking is the floor of the crisis.',
  fields: FrameFields,
  data: Opening,
  example: {
    occurredAt: '2025-06-13T00:00:00Z',
    data: {
      title: 'U.S.-Iran confrontation',
      sides: [
        { name: 'Iran', members: ['IRN'] },
        { name: 'United States and Israel', members: ['USA', 'ISR'] },
      ],
      mediators: ['OMN', 'QAT'],
      bodies: ['IAE', 'UNO', 'EEC'],
      issues: ['enrichment', 'frozen_assets', 'security_guarantees'],
    },
  },
});

/** Each list that is there replaces the whole list from the event's instant on; an empty one empties it. */
export class FrameChange {
  @RequiredWithout(['mediators', 'bodies', 'issues'])
  @ListOf(Nested(Side), { min: 2, max: MAX_SIDES })
  @Distinct('name')
  @Distinct('members')
  sides?: Side[];

  @Optional() @ListOf(ActorCode(), { max: MAX_ACTORS }) mediators?: string[];

  @Optional() @ListOf(ActorCode(), { max: MAX_ACTORS }) bodies?: string[];

  @Optional() @ListOf(Slug(), { max: MAX_ISSUES }) issues?: string[];
}

export const CrisisAmended = defineEvent({
  type: 'CrisisAmended',
  version: 1,
  description: 'A party, mediator, body or issue joins or leaves: whole lists, from that instant on.',
  fields: FrameFields,
  data: FrameChange,
  example: {
    occurredAt: '2025-07-01T00:00:00Z',
    data: { mediators: ['OMN', 'QAT', 'CHE'] },
  },
});

export class Closing {
  @Optional() @Text(MAX_TEXT) reason?: string;
}

export const CrisisClosed = defineEvent({
  type: 'CrisisClosed',
  version: 1,
  description: 'The crisis is considered over. Late reports and corrections may still come in.',
  fields: FrameFields,
  data: Closing,
  example: {
    occurredAt: '2026-06-13T00:00:00Z',
    data: { reason: 'A comprehensive agreement is in force.' },
  },
});

export class ModelParameters {
  @Optional('Points of hostile stock at which the risk is 50.') @Whole(1, 1000) riskReference?: number;

  @Optional('Likewise of the diplomacy gauge.') @Whole(1, 1000) diplomacyReference?: number;
}

export class ModelChoice {
  @Required() @OneOf(MODELS) model: string;

  @Optional('Parameters other than the crisis’s own.')
  @Nested(ModelParameters)
  parameters?: ModelParameters;
}

export const ModelActivated = defineEvent({
  type: 'ModelActivated',
  version: 1,
  description: 'From here on the views are computed by this model. Without one it is model 1.',
  fields: FrameFields,
  data: ModelChoice,
  example: {
    occurredAt: '2025-06-14T00:00:00Z',
    data: { model: '1', parameters: { riskReference: 120 } },
  },
});
