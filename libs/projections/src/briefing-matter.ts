import type { Level, Position } from '#event-log';
import { Calendar } from './briefing-calendar';
import { namesOf } from './briefing-names';
import { capital, deedOf, headline, nounOf, oneLine } from './briefing-words';
import { diplomaticStatus, type DiplomaticStatus } from './diplomatic-status';
import type { Driver, OtherDrivers } from './drivers';
import type { EffectiveVersion } from './effective-events';
import type { Facts } from './facts';
import { DAY, intervalOf, type Minute, type TimePrecision } from './instant';
import { risk, type Risk } from './risk';
import type { Situation } from './situation';
import { eightQOf, VERIFIED_FROM, type Source } from './weights';

/** An element as sent, as far as a briefing reads it. */
export interface Content {
  readonly type: string;
  readonly occurredAt: string;
  readonly timePrecision?: TimePrecision;
  readonly cameoCode?: string;
  readonly summary?: string;
  readonly actors?: readonly { readonly code: string }[];
  readonly recipients?: readonly { readonly code: string }[];
  readonly sources?: readonly Source[];
  readonly data?: Readonly<Record<string, unknown>>;
}

/** An event that the reader sees. */
export interface EventOnRecord {
  readonly marking: Level;
  readonly recordedAt: string;
  readonly sent: Content;
  /**
   * What is in force of a report: itself, the content of a correction, or null when retracted. Other events are always
   * it.
   */
  readonly inForce: Content | null;
}

export interface BriefingInput {
  readonly crisisId: string;
  readonly days: number;
  readonly now: Situation;
  /** S of the same moment, in order; the part of it that V needs will do. */
  readonly events: readonly EffectiveVersion[];
  /** `days` earlier, by what is known now. */
  readonly before: Situation;
  /** The same moment by what was known then; null when the crisis was not yet on record. */
  readonly believed: Situation | null;
  /** The last position known then. */
  readonly knownBefore: Position;
  /** Corrections and retractions recorded since, in position order. */
  readonly amendments: readonly string[];
  /** What changed the frame of the crisis at any time, in position order. */
  readonly frameChanges: readonly string[];
  /** Undefined for what the reader does not see. */
  readonly onRecord: (eventId: string) => EventOnRecord | undefined;
}

export interface Sentence {
  readonly text: string;
  /** The events behind it, the weightiest first; of many the first eight. */
  readonly events: readonly string[];
}

const MAX_CITED = 8;

/** What the sections of a briefing are written from. */
export class Matter {
  readonly risk: Risk;
  readonly status: DiplomaticStatus;
  readonly earlier: { readonly risk: Risk; readonly status: DiplomaticStatus };
  /** The same moment as `earlier`, as it was seen then. */
  readonly believed: Risk | null;
  readonly at: Minute;
  /** Where the last days begin. */
  readonly from: Minute;
  readonly calendar: Calendar;
  private readonly facts: ReadonlyMap<string, Facts>;
  private readonly looked = new Map<string, EventOnRecord | undefined>();

  constructor(readonly input: BriefingInput) {
    const { now, before, believed, events, days } = input;
    this.risk = risk.view(now);
    this.status = diplomaticStatus.view(now);
    this.earlier = { risk: risk.view(before), status: diplomaticStatus.view(before) };
    this.believed = believed && risk.view(believed);
    this.at = now.at.minute;
    this.from = this.at - days * DAY;
    this.calendar = new Calendar(this.at);
    this.facts = new Map(events.map((event) => [event.eventId, event.facts]));
  }

  get opening(): string {
    return this.input.now.frame.eventId;
  }

  /** The latest event of those that hold; the opening when there is none. */
  get lastEvent(): string {
    return this.input.events.at(-1)?.eventId ?? this.opening;
  }

  factsOf(eventId: string): Facts | undefined {
    return this.facts.get(eventId);
  }

  /** What holds R up, the heaviest first. */
  drivers(most: number): string[] {
    return this.risk.drivers.filter(isDriver).slice(0, most).map(idOf);
  }

  /** Likewise J. */
  reliefs(most: number): string[] {
    return this.risk.reliefs.filter(isDriver).slice(0, most).map(idOf);
  }

  /** Keys of the ordered pairs of parties that an event counts for. */
  pairsOf(eventId: string): number[] {
    const facts = this.facts.get(eventId);
    if (facts === undefined) return [];
    return this.input.now.parties.reach(facts.between, facts.instant).pairs.map((pair) => pair.key);
  }

  onRecord(eventId: string): EventOnRecord | undefined {
    if (!this.looked.has(eventId)) this.looked.set(eventId, this.input.onRecord(eventId));
    return this.looked.get(eventId);
  }

  contentOf(eventId: string): Content | undefined {
    const event = this.onRecord(eventId);
    return event?.inForce ?? event?.sent;
  }

  /** A sentence, with the cited events that the reader sees; when none is left it rests on the opening. */
  sentence(text: string, ...events: readonly (string | null | undefined)[]): Sentence {
    const seen = [...new Set(events)].filter((id) => id != null && this.onRecord(id) !== undefined) as string[];
    return { text: capital(oneLine(text)), events: seen.length === 0 ? [this.opening] : seen.slice(0, MAX_CITED) };
  }

  /** `strike of 23 June`, `unverified statement of the week of 16 June`. */
  mention(eventId: string, content = this.contentOf(eventId)): string {
    if (content === undefined) return 'event';
    const { type, cameoCode, sources, occurredAt, timePrecision = 0 } = content;
    const unverified = cameoCode !== undefined && eightQOf(sources) < VERIFIED_FROM ? 'unverified ' : '';
    const [instant] = intervalOf(occurredAt, timePrecision);
    return `${unverified}${nounOf(type, cameoCode)} of ${this.calendar.day(instant, timePrecision)}`;
  }

  /** The same with who did it to whom. */
  deed(eventId: string): string {
    const ends = endsOf(this.contentOf(eventId));
    return ends === '' ? this.mention(eventId) : `${this.mention(eventId)} (${ends})`;
  }

  /** What was reported, in the reporter's words as far as there are any. */
  quote(eventId: string, content = this.contentOf(eventId)): string {
    if (content?.summary !== undefined) return `“${headline(content.summary)}”`;
    const code = content?.cameoCode;
    return [endsOf(content), code === undefined ? '' : deedOf(code)].filter(Boolean).join(', ');
  }
}

/** `Iran to the United States and Qatar`, as far as it was said. */
const endsOf = ({ actors = [], recipients = [] }: Partial<Content> = {}): string =>
  [actors, recipients]
    .filter((list) => list.length > 0)
    .map((list) => namesOf(list.map((actor) => actor.code)))
    .join(' to ');

export const isDriver = (row: Driver | OtherDrivers): row is Driver => 'eventId' in row;
const idOf = (driver: Driver): string => driver.eventId;
