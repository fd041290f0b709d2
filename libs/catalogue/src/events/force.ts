import { defineEvent } from '../define-event';
import { Actor, IncidentFields, ReportFields, type Word } from '../envelope-fields';
import { MAX_ACTORS, MAX_REFERENCES, MAX_TARGETS } from '../limits';
import {
  Count,
  Flag,
  Label,
  ListOf,
  Nested,
  NotBelow,
  OneOf,
  Optional,
  Reference,
  Required,
  RequiredWithout,
  Whole,
} from '../rules';
import { CONFIDENCE, PROPORTIONALITY, TARGET_CATEGORIES, WEAPONS } from '../vocabulary';

/** Force, used or brought into position. */

/** A number that is not known exactly (UCDP): at least, most probably, at most. */
export class Estimate {
  @Optional() @Count() low?: number;

  @RequiredWithout(['low', 'high']) @Count() @NotBelow('low') best?: number;

  @Optional() @Count() @NotBelow('low', 'best') high?: number;
}

export class Target {
  @Optional() @Label() name?: string;

  @Optional() @OneOf(TARGET_CATEGORIES) category?: Word<typeof TARGET_CATEGORIES>;

  @Optional() @Flag() hit?: boolean;
}

/** Somebody whom others hold responsible, and how sure they are (ICD 203). */
export class Attribution extends Actor {
  @Optional() @OneOf(CONFIDENCE) confidence?: Word<typeof CONFIDENCE>;
}

export class Strike {
  @Optional() @ListOf(OneOf(WEAPONS), { max: WEAPONS.length }) weapons?: Word<typeof WEAPONS>[];

  @Optional() @ListOf(Nested(Target), { max: MAX_TARGETS }) targets?: Target[];

  @Optional('Missiles, drones, bombs launched.')
  @Nested(Estimate)
  munitions?: Estimate;

  @Optional('Of the munitions.') @Count() intercepted?: number;

  @Optional('Persons killed, on all sides.')
  @Nested(Estimate)
  fatalities?: Estimate;

  @Optional('Persons injured, on all sides.')
  @Nested(Estimate)
  injuries?: Estimate;

  @Optional('Civilians among the fatalities.')
  @Count()
  civilianFatalities?: number;

  @Optional('Civilians were the target (ACLED).')
  @Flag()
  civilianTargeting?: boolean;

  @Optional('Who says it was them.')
  @ListOf(Nested(Actor), { max: MAX_ACTORS })
  claimedBy?: Actor[];

  @Optional('Who others say it was.')
  @ListOf(Nested(Attribution), { max: MAX_ACTORS })
  attributedTo?: Attribution[];

  @Optional('UCDP: 1 clear, 2 put together from several or vague reports.')
  @Whole(1, 2)
  clarity?: number;

  @Optional('Several actors struck together.') @Flag() jointOperation?: boolean;
}

export const StrikeReported = defineEvent({
  type: 'StrikeReported',
  version: 1,
  description: 'An attack, seizure, blockade or other use of force, or a military posture (15x) short of it.',
  fields: ReportFields,
  cameo: { mapped: 'strike' },
  data: Strike,
  example: {
    occurredAt: '2025-06-13T00:30:00Z',
    timePrecision: 0,
    cameoCode: '195',
    actors: [{ code: 'ISRMIL', name: 'Israeli Air Force' }],
    recipients: [{ code: 'IRN' }],
    location: {
      iso3: 'IRN',
      name: 'Natanz',
      lat: 33.7245,
      lon: 51.7266,
      geoPrecision: 1,
    },
    context: ['military', 'cbrn'],
    sources: [
      {
        name: 'Agency',
        url: 'https://agency.example/2025/06/13/natanz',
        publishedAt: '2025-06-13T01:10:00Z',
        reliability: 'B',
        credibility: 2,
      },
    ],
    summary: 'Aircraft struck the enrichment site at Natanz.',
    incidentId: 'natanz-13-june',
    data: {
      weapons: ['aircraft'],
      targets: [{ name: 'Fuel enrichment plant', category: 'nuclear', hit: true }],
      fatalities: { low: 0, best: 2, high: 9 },
      claimedBy: [{ code: 'ISR' }],
      jointOperation: false,
    },
  },
});

/** A retaliation is what it answers: without that it is a strike. */
export class RetaliationFields extends IncidentFields {
  @Required('The strikes or retaliations that this one answers.')
  @ListOf(Reference(['StrikeReported', 'RetaliationReported']), {
    min: 1,
    max: MAX_REFERENCES,
  })
  respondsTo: string[];
}

export class Retaliation extends Strike {
  @Optional('What the retaliating side says of its measure.')
  @OneOf(PROPORTIONALITY)
  declaredProportionality?: Word<typeof PROPORTIONALITY>;

  @Optional('The other side knew beforehand.')
  @Flag()
  warnedInAdvance?: boolean;

  @Optional('The retaliating side says that it ends here.')
  @Flag()
  declaredFinal?: boolean;
}

export const RetaliationReported = defineEvent({
  type: 'RetaliationReported',
  version: 1,
  description: 'A strike in answer to strikes.',
  fields: RetaliationFields,
  cameo: { mapped: 'strike' },
  data: Retaliation,
  example: {
    occurredAt: '2025-06-23T16:30:00Z',
    cameoCode: '194',
    actors: [{ code: 'IRNMIL', name: 'Islamic Revolutionary Guard Corps' }],
    recipients: [{ code: 'USAMIL' }],
    respondsTo: ['0197a3c0-0000-7000-8000-000000000002'],
    location: { iso3: 'QAT', name: 'Al Udeid Air Base' },
    sources: [{ name: 'Ministry', reliability: 'A', credibility: 1 }],
    data: {
      weapons: ['ballistic_missile'],
      munitions: { best: 14 },
      intercepted: 13,
      declaredProportionality: 'matching',
      warnedInAdvance: true,
      declaredFinal: true,
    },
  },
});
