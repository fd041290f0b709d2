import { MAX_ACTORS, MAX_NAME, MAX_REFERENCES, MAX_SOURCES, MAX_SUMMARY } from './limits';
import {
  ActorCode,
  DateTime,
  Degrees,
  Flag,
  Iso3,
  Label,
  ListOf,
  Nested,
  NotBefore,
  OneOf,
  Optional,
  Reference,
  Required,
  RequiredWith,
  RequiredWithout,
  SomeWith,
  Text,
  Url,
  Whole,
} from './rules';
import { AUXILIARY, CONTEXTS, RELIABILITY, SOURCE_SCALES } from './vocabulary';

/** The fields that events have in common, outside `data`. */

export type Word<Vocabulary extends readonly string[]> = Vocabulary[number];

/** Who acts, or is acted upon. */
export class Actor {
  @Required('CAMEO actor code: country first, then role, such as IRNMIL; bodies such as IAE, UNO, EEC.')
  @ActorCode()
  code: string;

  @Optional() @Label() name?: string;

  @Optional('The known group or organisation, where the code does not say it.')
  @Label()
  group?: string;
}

export class Source {
  @Required() @Label() name: string;

  @Optional() @Url() url?: string;

  @Optional() @DateTime() publishedAt?: string;

  @Optional('How far the source reaches (ACLED).')
  @OneOf(SOURCE_SCALES)
  scale?: Word<typeof SOURCE_SCALES>;

  @Optional('Admiralty scale: A completely reliable … E unreliable, F cannot be judged.')
  @OneOf(RELIABILITY)
  reliability?: Word<typeof RELIABILITY>;

  @Optional('Admiralty scale: 1 confirmed … 5 improbable, 6 cannot be judged.')
  @Whole(1, 6)
  credibility?: number;
}

export class Location {
  @Optional('ISO 3166 alpha-3.') @Iso3() iso3?: string;

  @Optional('First-order division.') @Label() admin1?: string;

  @Optional() @Label() name?: string;

  @RequiredWith('lon') @Degrees(90) lat?: number;

  @RequiredWith('lat') @Degrees(180) lon?: number;

  @Optional('UCDP: 1 exact … 7 international waters or airspace.')
  @Whole(1, 7)
  geoPrecision?: number;
}

/** Of every event. */
export class EventFields {
  @Required('When it happened, or began; not when it was reported.')
  @DateTime()
  occurredAt: string;

  @Optional('0 the minute, 1 the day, 2 the ISO week, 3 the month or coarser.', { default: 0 })
  @Whole(0, 3)
  timePrecision?: number;

  @Optional('Neutral, one paragraph.') @Text(MAX_SUMMARY) summary?: string;

  @Optional('The best of them grades the event; none is F6.')
  @ListOf(Nested(Source), { max: MAX_SOURCES })
  sources?: Source[];
}

/** The frame of a crisis: who, between whom, about what, and by which model it is measured. */
export class FrameFields extends EventFields {
  static readonly kind = 'frame';
}

/** What changes what is held of another event. Without a `tlp` it is as restricted as its target. */
export class AmendmentFields extends EventFields {
  static readonly kind = 'amendment';
}

/** Something that happened in the world: between whom, where, how surely. */
export class IncidentFields extends EventFields {
  static readonly kind = 'report';

  @Optional('When it ended. On a later day than occurredAt it makes the event a state.')
  @DateTime()
  @NotBefore('occurredAt')
  occurredUntil?: string;

  @RequiredWithout(['recipients'], 'Who acted. An event names at least one code among actors and recipients.')
  @ListOf(Nested(Actor), { max: MAX_ACTORS })
  @SomeWith('recipients')
  actors?: Actor[];

  @Optional('Upon whom.')
  @ListOf(Nested(Actor), { max: MAX_ACTORS })
  @SomeWith('actors')
  recipients?: Actor[];

  @Optional('Whose proxy the actors are.')
  @ListOf(Nested(Actor), { max: MAX_ACTORS })
  onBehalfOf?: Actor[];

  @Optional() @Nested(Location) location?: Location;

  @Optional('What it is about (PLOVER).')
  @ListOf(OneOf(CONTEXTS), { max: CONTEXTS.length })
  context?: Word<typeof CONTEXTS>[];

  @Optional('Not an act of here and now (PLOVER): such an event has no weight.')
  @OneOf(AUXILIARY)
  auxiliary?: Word<typeof AUXILIARY>;

  @Optional('Joins the reports of one incident. Default: the id of the event itself.')
  @Label(MAX_NAME)
  incidentId?: string;

  @Optional('A state, such as a blockade or an agreement, that lasts until an event ends it.')
  @Flag()
  ongoing?: boolean;

  @Optional('Events whose state ends with this one.')
  @ListOf(Reference(), { max: MAX_REFERENCES })
  ends?: string[];
}

/** A report that may answer others. */
export class ReportFields extends IncidentFields {
  @Optional('Events that this one answers.')
  @ListOf(Reference(), { max: MAX_REFERENCES })
  respondsTo?: string[];
}
