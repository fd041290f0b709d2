import { defineEvent } from '../define-event';
import { Actor, ReportFields, type Word } from '../envelope-fields';
import { MAX_HORIZON_DAYS, MAX_ISSUES, MAX_REFERENCES, MAX_TEXT } from '../limits';
import {
  DateTime,
  Distinct,
  Flag,
  Label,
  LanguageTag,
  ListOf,
  Nested,
  NotBefore,
  OneOf,
  Optional,
  Reference,
  Required,
  RequiredWith,
  Slug,
  Text,
  Whole,
} from '../rules';
import {
  CONFIDENCE,
  INSTRUMENTS,
  LIKELIHOOD,
  OBJECTIVES,
  SANCTIONS_ACTIONS,
  SANCTIONS_SUCCESS,
  STANCES,
  STATEMENT_FORMS,
  TRENDS,
} from '../vocabulary';

/** What parties say, and what analysts make of it. */

export class IssuePosition {
  @Required('An issue of the crisis, such as oil, banking or enrichment; others are kept but not compared.')
  @Slug()
  issue: string;

  @Required('0 full relief … 4 full maintenance.')
  @Whole(0, 4)
  position: number;

  @Optional('How much it matters to the party; the model takes 1 where it is unknown.')
  @Whole(1, 3)
  weight?: number;

  @Optional() @Text(MAX_TEXT) text?: string;
}

export class SanctionsStatement {
  @RequiredWith('issues', 'Whose position it is.') @Nested(Actor) party?: Actor;

  @Optional() @Nested(Actor) counterparty?: Actor;

  @Optional('GSDB.')
  @ListOf(OneOf(INSTRUMENTS), { max: INSTRUMENTS.length })
  instrument?: Word<typeof INSTRUMENTS>[];

  @Optional() @OneOf(SANCTIONS_ACTIONS) action?: Word<typeof SANCTIONS_ACTIONS>;

  @Optional('GSDB.')
  @ListOf(OneOf(OBJECTIVES), { max: OBJECTIVES.length })
  objective?: Word<typeof OBJECTIVES>[];

  @Optional()
  @ListOf(Nested(IssuePosition), { max: MAX_ISSUES })
  @Distinct('issue')
  issues?: IssuePosition[];

  @Optional('Act, order or resolution.') @Label() legalBasis?: string;

  @Optional() @DateTime() effectiveFrom?: string;

  @Optional() @DateTime() @NotBefore('effectiveFrom') effectiveUntil?: string;

  @Optional('Success (GSDB).') @OneOf(SANCTIONS_SUCCESS) status?: Word<typeof SANCTIONS_SUCCESS>;
}

export const SanctionsStatementIssued = defineEvent({
  type: 'SanctionsStatementIssued',
  version: 1,
  description: 'Sanctions threatened, imposed, eased or argued about, and the positions of a party issue by issue.',
  fields: ReportFields,
  cameo: { mapped: 'sanctions_statement' },
  data: SanctionsStatement,
  example: {
    occurredAt: '2025-05-02T14:00:00Z',
    cameoCode: '1244',
    actors: [{ code: 'USAGOV' }],
    recipients: [{ code: 'IRN' }],
    sources: [{ name: 'Department of State', reliability: 'A', credibility: 1 }],
    data: {
      party: { code: 'USA' },
      counterparty: { code: 'IRN' },
      instrument: ['trade', 'financial'],
      action: 'refuse_easing',
      issues: [
        { issue: 'oil', position: 4, weight: 3 },
        {
          issue: 'frozen_assets',
          position: 2,
          text: 'Open to a release for humanitarian goods.',
        },
      ],
    },
  },
});

export class Speaker {
  @Required() @Label() name: string;

  @Optional() @Label() office?: string;
}

export class OfficialStatement {
  @Optional() @Nested(Speaker) speaker?: Speaker;

  @Optional() @OneOf(STATEMENT_FORMS) form?: Word<typeof STATEMENT_FORMS>;

  @Optional() @OneOf(STANCES) stance?: Word<typeof STANCES>;

  @Optional('What is demanded.') @Text(MAX_TEXT) demand?: string;

  @Optional('Until when.') @DateTime() deadlineAt?: string;

  @Optional('The words themselves.') @Text(MAX_TEXT) quote?: string;

  @Optional('Of the words: BCP 47.') @LanguageTag() language?: string;
}

export const OfficialStatementIssued = defineEvent({
  type: 'OfficialStatementIssued',
  version: 1,
  description: 'Somebody speaks for a party: comments, demands, accusations, threats, offers, and aid given (07x).',
  fields: ReportFields,
  // Aid is out of the scope of importers, not of clients; 073 is a confidence-building measure.
  cameo: { mapped: 'official_statement', also: /^07(?!3)/ },
  data: OfficialStatement,
  example: {
    occurredAt: '2025-06-17T18:00:00Z',
    cameoCode: '139',
    actors: [{ code: 'USAGOV' }],
    recipients: [{ code: 'IRN' }],
    sources: [{ name: 'Agency', reliability: 'B', credibility: 1 }],
    data: {
      speaker: { name: 'Spokesperson', office: 'President' },
      form: 'post',
      stance: 'ultimatum',
      demand: 'That enrichment on Iranian soil ends.',
      deadlineAt: '2025-07-01T00:00:00Z',
      language: 'en-US',
    },
  },
});

export class Assessment {
  @Required('The events it rests on.')
  @ListOf(Reference(), { min: 1, max: MAX_REFERENCES })
  basedOn: string[];

  @Optional('CrisisWatch, over the month before.') @OneOf(TRENDS) trend?: Word<typeof TRENDS>;

  @Optional('CrisisWatch: a particular risk of new or significantly escalated conflict.')
  @Flag()
  riskAlert?: boolean;

  @Optional('CrisisWatch.') @Flag() resolutionOpportunity?: boolean;

  @Optional('HIIK: 1 dispute … 5 war.') @Whole(1, 5) hiikLevel?: number;

  @Optional('ICD 203: of what the summary says.')
  @OneOf(LIKELIHOOD)
  likelihood?: Word<typeof LIKELIHOOD>;

  @Optional('ICD 203.') @OneOf(CONFIDENCE) confidence?: Word<typeof CONFIDENCE>;

  @Optional('How far it looks ahead.')
  @Whole(1, MAX_HORIZON_DAYS)
  horizonDays?: number;

  @Optional('What others among the analysts hold.')
  @Text(MAX_TEXT)
  dissent?: string;
}

export const AnalystAssessmentIssued = defineEvent({
  type: 'AnalystAssessmentIssued',
  version: 1,
  description: 'An analyst’s judgement, with the events it rests on. It has no code and no weight.',
  fields: ReportFields,
  data: Assessment,
  example: {
    occurredAt: '2025-06-30T12:00:00Z',
    actors: [{ code: 'NGO', name: 'Crisis watch desk' }],
    recipients: [{ code: 'IRN' }, { code: 'USA' }],
    summary: 'Talks may resume within weeks; a renewed exchange of strikes remains possible.',
    data: {
      basedOn: ['0197a3c0-0000-7000-8000-000000000002', '0197a3c0-0000-7000-8000-000000000003'],
      trend: 'improved',
      riskAlert: true,
      resolutionOpportunity: true,
      likelihood: 'roughly_even_chance',
      confidence: 'moderate',
      horizonDays: 30,
    },
  },
});
