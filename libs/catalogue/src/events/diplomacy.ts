import { defineEvent } from '../define-event';
import { Actor, ReportFields, type Word } from '../envelope-fields';
import { MAX_ACTORS, MAX_COUNT, MAX_TEXT } from '../limits';
import { Count, DateTime, Label, ListOf, Nested, OneOf, Optional, Required, RequiredWhen, Text, Whole } from '../rules';
import {
  ACCESS,
  AGENDA,
  CHANNELS,
  CONTACT_OUTCOMES,
  DIRECTIONS,
  FORMATS,
  IMPLEMENTATION,
  MEASURES,
  MEDIATED_CHANNELS,
  RANKS,
  RECIPROCITY,
  STAGES,
  UNITS,
} from '../vocabulary';

/** Talks, bodies and steps towards each other. */

export class MediationContact {
  @RequiredWhen('channel', MEDIATED_CHANNELS, 'Who carries the messages.')
  @Nested(Actor)
  mediator?: Actor;

  @Optional('Between whom.')
  @ListOf(Nested(Actor), { max: MAX_ACTORS })
  parties?: Actor[];

  @Optional('', { default: 'unknown' }) @OneOf(CHANNELS) channel?: Word<typeof CHANNELS>;

  @Optional() @OneOf(DIRECTIONS) direction?: Word<typeof DIRECTIONS>;

  @Optional('Of the most senior person taking part.') @OneOf(RANKS) rank?: Word<typeof RANKS>;

  @Optional() @ListOf(OneOf(AGENDA), { max: AGENDA.length }) agenda?: Word<typeof AGENDA>[];

  @Optional('Without one the code says it: 164 and 165 broken off, 125 to 127 refused.')
  @OneOf(CONTACT_OUTCOMES)
  outcome?: Word<typeof CONTACT_OUTCOMES>;

  @Optional('Number of the round.') @Whole(1, MAX_COUNT) round?: number;

  @Optional('When they said they would meet again.')
  @DateTime()
  nextContactAt?: string;
}

export const MediationContactReported = defineEvent({
  type: 'MediationContactReported',
  version: 1,
  description: 'A contact between parties, direct or through a mediator; also one offered, refused or broken off.',
  fields: ReportFields,
  cameo: { mapped: 'mediation_contact', also: /^(04|057$)/ },
  data: MediationContact,
  example: {
    occurredAt: '2025-04-12T10:00:00Z',
    timePrecision: 1,
    cameoCode: '045',
    actors: [{ code: 'OMNGOV', name: 'Foreign ministry of Oman' }],
    recipients: [{ code: 'IRN' }, { code: 'USA' }],
    location: { iso3: 'OMN', name: 'Muscat' },
    sources: [{ name: 'Foreign ministry of Oman', reliability: 'A', credibility: 1 }],
    data: {
      mediator: { code: 'OMN' },
      parties: [{ code: 'IRN' }, { code: 'USA' }],
      channel: 'proximity',
      direction: 'two_way',
      rank: 'minister',
      agenda: ['enrichment', 'sanctions'],
      outcome: 'progress',
      round: 1,
      nextContactAt: '2025-04-19T10:00:00Z',
    },
  },
});

export class Vote {
  @Required() @Count() for: number;

  @Required() @Count() against: number;

  @Optional() @Count() abstain?: number;
}

export class MultilateralEngagement {
  @Optional('The body that acts, such as UNO, IAE or EEC.')
  @Nested(Actor)
  body?: Actor;

  @Optional() @OneOf(FORMATS) format?: Word<typeof FORMATS>;

  @Optional('Of an agreement (PA-X).') @OneOf(STAGES) stage?: Word<typeof STAGES>;

  @Optional() @Nested(Vote) vote?: Vote;

  @Optional('Its number or title.') @Label() document?: string;

  @Optional('Of inspectors.') @OneOf(ACCESS) access?: Word<typeof ACCESS>;

  @Optional() @Text(MAX_TEXT) outcome?: string;
}

export const MultilateralEngagementReported = defineEvent({
  type: 'MultilateralEngagementReported',
  version: 1,
  description: 'A body or several states act together: meetings, resolutions, inspections, agreements, and statements.',
  fields: ReportFields,
  // A body's statements keep their verbs: 01x, 02x and 10x to 13x.
  cameo: { mapped: 'multilateral_engagement', also: /^(04|057$|01|02|1[0-3])/ },
  data: MultilateralEngagement,
  example: {
    occurredAt: '2025-06-12T09:00:00Z',
    timePrecision: 1,
    cameoCode: '111',
    actors: [{ code: 'IAE', name: 'Board of Governors' }],
    recipients: [{ code: 'IRNGOV' }],
    location: { iso3: 'AUT', name: 'Vienna' },
    sources: [{ name: 'IAEA', reliability: 'A', credibility: 1 }],
    data: {
      body: { code: 'IAE' },
      format: 'censure',
      vote: { for: 19, against: 3, abstain: 11 },
      document: 'GOV/2025/38',
    },
  },
});

export class Quantity {
  @Required() @Count() count: number;

  @Required() @OneOf(UNITS) unit: Word<typeof UNITS>;
}

export class ConfidenceBuildingMeasure {
  @Optional() @OneOf(MEASURES) measure?: Word<typeof MEASURES>;

  @Optional() @OneOf(RECIPROCITY) reciprocity?: Word<typeof RECIPROCITY>;

  @Optional() @OneOf(IMPLEMENTATION) implementation?: Word<typeof IMPLEMENTATION>;

  @Optional('Of persons released, units withdrawn.')
  @Nested(Quantity)
  quantity?: Quantity;

  @Optional('Who confirmed it.') @Nested(Actor) verifier?: Actor;

  @Optional() @DateTime() expiresAt?: string;
}

export const ConfidenceBuildingMeasureReported = defineEvent({
  type: 'ConfidenceBuildingMeasureReported',
  version: 1,
  description: 'A step that lowers tension: a release, a ceasefire, a withdrawal, access, or the intent of one.',
  fields: ReportFields,
  cameo: { mapped: 'confidence_building' },
  data: ConfidenceBuildingMeasure,
  example: {
    occurredAt: '2025-06-24T05:00:00Z',
    cameoCode: '0871',
    actors: [{ code: 'IRN' }, { code: 'ISR' }],
    ongoing: true,
    sources: [{ name: 'Agency', reliability: 'B', credibility: 2 }],
    data: {
      measure: 'ceasefire',
      reciprocity: 'reciprocal',
      implementation: 'begun',
      verifier: { code: 'QAT' },
    },
  },
});
