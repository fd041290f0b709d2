import { type ContentOf, defineEvent, definitionsIn } from '../define-event';
import { AmendmentFields, type Word } from '../envelope-fields';
import { MAX_TEXT } from '../limits';
import { ByType, OneOf, Optional, Reference, Required, Text } from '../rules';
import { RETRACTION_REASONS, TLP, type Tlp } from '../vocabulary';
import * as families from './reports';

/** What changes what is held of an earlier event. The event itself is never rewritten. */

const reports = definitionsIn(families);
const contents = new Map(reports.map(({ type, content }) => [type, content]));
const originals = [...contents.keys()];

export type ReportContent = ContentOf<(typeof families)[keyof typeof families]>;

export class Correction {
  @Required('The original report.') @Reference(originals) target: string;

  @Required('The whole element as it should have been, without eventId and tlp: what it leaves out is absent.')
  @ByType(contents)
  content: ReportContent;

  @Required() @Text(MAX_TEXT) reason: string;
}

export const EventCorrected = defineEvent({
  type: 'EventCorrected',
  version: 1,
  description: 'The whole content of a report is replaced; its type may change, its id, crisis and marking do not.',
  fields: AmendmentFields,
  data: Correction,
  example: {
    occurredAt: '2025-06-14T08:00:00Z',
    data: {
      target: '0197a3c0-0000-7000-8000-000000000002',
      reason: 'First reported as joint; the public record names one side.',
      content: {
        type: 'StrikeReported',
        occurredAt: '2025-06-13T00:30:00Z',
        cameoCode: '195',
        actors: [{ code: 'ISR' }],
        recipients: [{ code: 'IRN' }],
        sources: [{ name: 'Ministry', reliability: 'A', credibility: 1 }],
        data: { weapons: ['aircraft'], jointOperation: false },
      },
    },
  },
});

export class Retraction {
  @Required('A report, a correction or a retraction.')
  @Reference([...originals, 'EventCorrected', 'EventRetracted'])
  target: string;

  @Required() @OneOf(RETRACTION_REASONS) reason: Word<typeof RETRACTION_REASONS>;

  @Optional('The report that stays.')
  @Reference(originals)
  duplicateOf?: string;
}

export const EventRetracted = defineEvent({
  type: 'EventRetracted',
  version: 1,
  description: 'A report, a correction or a retraction is taken back. It stays in the record and leaves the views.',
  fields: AmendmentFields,
  data: Retraction,
  example: {
    occurredAt: '2025-06-15T08:00:00Z',
    data: {
      target: '0197a3c0-0000-7000-8000-000000000005',
      reason: 'duplicate',
      duplicateOf: '0197a3c0-0000-7000-8000-000000000002',
    },
  },
});

export class NewMarking {
  @Required('A report, a correction or a retraction.')
  @Reference([...originals, 'EventCorrected', 'EventRetracted'])
  target: string;

  @Required() @OneOf(TLP) marking: Tlp;

  @Required() @Text(MAX_TEXT) reason: string;
}

export const MarkingChanged = defineEvent({
  type: 'MarkingChanged',
  version: 1,
  description: 'The marking of an event is raised or lowered, for every reader and every moment of the record.',
  fields: AmendmentFields,
  data: NewMarking,
  example: {
    occurredAt: '2025-06-16T08:00:00Z',
    data: {
      target: '0197a3c0-0000-7000-8000-000000000005',
      marking: 'GREEN',
      reason: 'Confirmed in public.',
    },
  },
});
