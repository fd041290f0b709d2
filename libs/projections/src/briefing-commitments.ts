import type { Matter, Sentence } from './briefing-matter';
import { namesOf } from './briefing-names';
import { plain } from './briefing-words';
import type { Agreement, Measure } from './commitments';

const MAX_LISTED = 4;
/** PA-X. */
const STAGES: Readonly<Record<string, string>> = {
  Pre: 'before negotiations',
  Cea: 'on a ceasefire',
  SubPar: 'partial',
  SubComp: 'comprehensive',
  Imp: 'on implementation',
  Ren: 'renewed',
};

/** What was agreed or promised: what holds, what is on the way or done, what has ended; the latest first. */
export function commitmentSentences(matter: Matter): Sentence[] {
  const { agreements, measures } = matter.status;
  const all = [...agreements, ...measures];
  const holding = all.filter((its) => its.inForce);
  const others = measures.filter(
    ({ inForce, implementation }) => !inForce && implementation !== null && implementation.value !== 'reversed',
  );
  const none = matter.sentence('no agreement or measure is in force.', all[0]?.eventId);
  return [
    ...(holding.length === 0 ? [none] : line(matter, 'in force', holding)),
    ...line(matter, 'promised or done', others),
    ...line(
      matter,
      'ended',
      all.filter((its) => its.endedBy !== null),
    ),
  ];
}

function line(matter: Matter, word: string, commitments: readonly (Agreement | Measure)[]): Sentence[] {
  const shown = commitments.slice(0, MAX_LISTED);
  if (shown.length === 0) return [];
  const text = shown.map((its) => described(matter, its)).join('; ');
  return [matter.sentence(`${word}: ${text}.`, ...shown.flatMap(eventsOf))];
}

function described(matter: Matter, its: Agreement | Measure): string {
  const { instant, timePrecision } = matter.factsOf(its.eventId)!;
  const details = [
    partiesTo(its),
    matter.calendar.day(instant, timePrecision),
    ...('measure' in its
      ? [its.reciprocity, its.implementation?.value]
      : [its.stage === null ? null : STAGES[its.stage]]),
    its.verified ? null : 'unverified',
  ];
  const what = 'measure' in its ? (its.measure ?? 'measure') : (its.document ?? 'agreement');
  return `${plain(what)} (${details.filter((detail) => detail != null).join(', ')})`;
}

/** Who did it for whom; all in one list where it binds both ends. */
function partiesTo(its: Agreement | Measure): string {
  const oneWay = 'measure' in its && its.reciprocity !== 'reciprocal' && its.by.length > 0;
  const others = its.with.filter((code) => !its.by.includes(code));
  return oneWay && others.length > 0 ? `${namesOf(its.by)} to ${namesOf(others)}` : namesOf([...its.by, ...others]);
}

const eventsOf = (its: Agreement | Measure): (string | null | undefined)[] => [
  its.eventId,
  'measure' in its ? its.implementation?.eventId : null,
  its.endedBy,
];
