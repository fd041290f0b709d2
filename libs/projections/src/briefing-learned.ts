import type { EventOnRecord, Matter, Sentence } from './briefing-matter';
import { counted, headline, one, plain } from './briefing-words';
import type { EffectiveVersion } from './effective-events';
import { reportTypeOf } from './facts';
import { intervalOf, minuteOf } from './instant';

const MAX_AMENDED = 4;
const MAX_LATE = 2;

/**
 * What the record came to know since the last days began of what lay before them, or got wrong: by the time of the
 * record, up to `asOf`. So a view of the past names what was learned of it only later.
 */
export function learnedSentences(matter: Matter): Sentence[] {
  const amended = amendmentsOf(matter);
  const late = matter.believed === null ? [] : lateReports(matter);
  const sentences = [
    ...amended
      .slice(-MAX_AMENDED)
      .toReversed()
      .map((amendment) => amendedSentence(matter, amendment)),
    ...othersAmended(matter, amended.slice(0, -MAX_AMENDED)),
    ...(matter.believed === null ? [young(matter)] : lateSentences(matter, late)),
    ...revision(matter, amended, late),
  ];
  if (sentences.length > 0) return sentences;
  const text = `nothing recorded since ${matter.calendar.minute(matter.from)} corrects, retracts or adds to what came before.`;
  return [matter.sentence(text, matter.lastEvent)];
}

interface Amendment {
  readonly eventId: string;
  readonly type: string;
  /** What it names, and the original that this is or amends. */
  readonly target: string;
  readonly original: string;
  readonly reason: string;
}

/**
 * Of each original that had happened by then the last amendment, in position order. A record that is younger than the
 * days, such as an import, learned everything since; then only what bears a date of these days is told.
 */
function amendmentsOf(matter: Matter): Amendment[] {
  const byOriginal = new Map<string, Amendment>();
  for (const eventId of matter.input.amendments) {
    const event = matter.onRecord(eventId);
    const original = originalOf(matter, eventId);
    if (event === undefined || original === undefined || instantOf(matter, original) > matter.at) continue;
    if (matter.believed === null && !belongsToThem(matter, eventId) && !belongsToThem(matter, original)) continue;
    const { target, reason = 'none' } = event.sent.data as { target: string; reason?: string };
    byOriginal.delete(original);
    byOriginal.set(original, { eventId, type: event.sent.type, target, original, reason });
  }
  return [...byOriginal.values()];
}

const belongsToThem = (matter: Matter, eventId: string): boolean => {
  const instant = instantOf(matter, eventId);
  return instant > matter.from && instant <= matter.at;
};

function originalOf(matter: Matter, eventId: string): string | undefined {
  let id: string | undefined = eventId;
  let event: EventOnRecord | undefined;
  while (id !== undefined && (event = matter.onRecord(id)) !== undefined && reportTypeOf(event.sent.type) === undefined)
    id = event.sent.data?.['target'] as string | undefined;
  return event === undefined ? undefined : id;
}

function instantOf(matter: Matter, eventId: string): number {
  const { occurredAt, timePrecision = 0 } = matter.contentOf(eventId)!;
  return intervalOf(occurredAt, timePrecision)[0];
}

function amendedSentence(matter: Matter, { eventId, type, target, original, reason }: Amendment): Sentence {
  const { sent, inForce } = matter.onRecord(original)!;
  const first = `the ${matter.mention(original, sent)}`;
  const now = inForce === null ? ', which stays retracted' : `; now: ${matter.quote(original, inForce)}`;
  const text =
    type === 'EventCorrected'
      ? `corrected: ${first}${now} (reason: “${headline(reason)}”).`
      : target === original
        ? `retracted as ${plain(reason)}: ${first}, ${matter.quote(original, sent)}.`
        : `an amendment was taken back (${plain(reason)}): ${first}${now}.`;
  return matter.sentence(text, eventId, original);
}

function othersAmended(matter: Matter, others: readonly Amendment[]): Sentence[] {
  if (others.length === 0) return [];
  const text = `${counted(others.length, 'further event was', 'further events were')} corrected or retracted.`;
  return [matter.sentence(text, ...others.toReversed().map(({ eventId }) => eventId))];
}

/** The heaviest first. */
function lateReports({ input, from }: Matter): EffectiveVersion[] {
  return input.events
    .filter(({ original, facts }) => original > input.knownBefore && facts.instant <= from)
    .sort((a, b) => Math.abs(b.facts.weight) - Math.abs(a.facts.weight) || b.facts.instant - a.facts.instant);
}

function young(matter: Matter): Sentence {
  const opened = matter.calendar.dayOf(matter.onRecord(matter.opening)!.recordedAt);
  const text = `the record was opened later, on ${opened}: it cannot tell what was learned late.`;
  return matter.sentence(text, matter.opening);
}

function lateSentences(matter: Matter, late: readonly EffectiveVersion[]): Sentence[] {
  const sentences = late.slice(0, MAX_LATE).map(({ eventId }) => {
    const recorded = matter.calendar.minute(minuteOf(matter.onRecord(eventId)!.recordedAt));
    return matter.sentence(
      `learned late: the ${matter.mention(eventId)}, recorded on ${recorded}: ${matter.quote(eventId)}.`,
      eventId,
    );
  });
  const others = late.slice(MAX_LATE);
  if (others.length === 0) return sentences;
  const text = `${counted(others.length, 'further report')} of earlier days came in late.`;
  return [...sentences, matter.sentence(text, ...others.map(({ eventId }) => eventId))];
}

/** How far what was learned since has moved the picture of the day on which the last days began. */
function revision(matter: Matter, amended: readonly Amendment[], late: readonly EffectiveVersion[]): Sentence[] {
  const { believed, earlier } = matter;
  if (believed === null || one(believed.risk) === one(earlier.risk.risk)) return [];
  const text = `for ${matter.calendar.minute(matter.from)} R was ${one(believed.risk)} by what was known then, and is ${one(earlier.risk.risk)} by what is known now.`;
  const behind = [...amended.toReversed(), ...late].map(({ eventId }) => eventId);
  return [matter.sentence(text, ...behind)];
}
