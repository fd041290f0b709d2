import { LEVELS, type Level } from '#event-log';
import { changeSentences } from './briefing-changes';
import { diplomacySentences } from './briefing-diplomacy';
import { type BriefingInput, Matter, type Sentence } from './briefing-matter';
import { outlookSentences } from './briefing-outlook';
import { riskSentences } from './briefing-risks';
import { statusSentences } from './briefing-status';
import { plain } from './briefing-words';
import { eightQOf, type Source } from './weights';

export interface Section {
  readonly id: 'status' | 'changes' | 'risks' | 'diplomacy' | 'outlook';
  readonly title: string;
  readonly sentences: readonly Sentence[];
}

/** A cited event, as its reader may know it. */
export interface Citation {
  readonly eventId: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly summary: string | null;
  /** Admiralty, of the best source. */
  readonly grade: string | null;
  readonly marking: Level;
  readonly standing: 'as reported' | 'corrected' | 'retracted';
}

/** A crisis at one moment, to be read in two minutes. */
export interface Briefing {
  readonly crisisId: string;
  readonly title: string;
  readonly at: string;
  readonly days: number;
  /** The highest of all that the reader sees of the crisis at that moment: to be handled as that. */
  readonly marking: Level;
  readonly sections: readonly Section[];
  /** The events cited, in the order in which they first are. */
  readonly citations: readonly Citation[];
  readonly caveat: string;
}

const CAVEAT =
  'R and J gauge what was reported: they are no forecast, rise with coverage, fall with silence, and weigh the kind of ' +
  'an act, not its victims. Quotations are as good as their grades; judgements are the analysts’ own.';

/** A pure function of its input: the same input gives the same bytes. Every sentence cites an event that the reader sees. */
export function briefingOf(input: BriefingInput): Briefing {
  const matter = new Matter(input);
  const sections: Section[] = [
    { id: 'status', title: 'Where it stands', sentences: statusSentences(matter) },
    { id: 'changes', title: `What changed in ${lastDays(input.days)}`, sentences: changeSentences(matter) },
    { id: 'risks', title: 'Risks', sentences: riskSentences(matter) },
    { id: 'diplomacy', title: 'Avenues for diplomacy', sentences: diplomacySentences(matter) },
    { id: 'outlook', title: 'Outlook', sentences: outlookSentences(matter) },
  ];
  const cited = new Set(sections.flatMap(({ sentences }) => sentences.flatMap(({ events }) => events)));
  const citations = [...cited].map((eventId) => citationOf(matter, eventId));
  return {
    crisisId: input.crisisId,
    title: input.now.frame.title,
    at: matter.risk.at,
    days: input.days,
    marking: highestMarking(input, citations),
    sections,
    citations,
    caveat: CAVEAT,
  };
}

const lastDays = (days: number): string => (days === 1 ? 'the last day' : `the last ${days} days`);

function citationOf(matter: Matter, eventId: string): Citation {
  const { marking, sent, inForce } = matter.onRecord(eventId)!;
  const { type, occurredAt, summary, sources, data } = inForce ?? sent;
  return {
    eventId,
    type,
    occurredAt,
    summary: summary ?? titleOf(data) ?? null,
    grade: gradeOf(sources),
    marking,
    standing: inForce === null ? 'retracted' : inForce === sent ? 'as reported' : 'corrected',
  };
}

/** What an event of the frame or an amendment says of itself. */
function titleOf({ title, reason }: Readonly<Record<string, unknown>> = {}): string | undefined {
  if (typeof reason === 'string') return `Reason given: ${plain(reason)}`;
  return typeof title === 'string' ? title : undefined;
}

function gradeOf(sources: readonly Source[] = []): string | null {
  const [best] = sources.toSorted((a, b) => eightQOf([b]) - eightQOf([a]));
  return best === undefined ? null : `${best.reliability ?? 'F'}${best.credibility ?? 6}`;
}

function highestMarking({ events }: BriefingInput, citations: readonly Citation[]): Level {
  const levels = [
    ...citations.map(({ marking }) => LEVELS.indexOf(marking)),
    ...events.map((event) => event.levelFrom),
  ];
  return LEVELS[levels.reduce((highest, level) => Math.max(highest, level))]!;
}
