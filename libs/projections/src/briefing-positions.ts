import type { Matter, Sentence } from './briefing-matter';
import { counted, listed, one, plain } from './briefing-words';
import type { SanctionsGap, Stance } from './sanctions-gap';

const MAX_ISSUES = 3;

/** How far apart the first two sides are, issue by issue. */
export function positionSentences(matter: Matter): Sentence[] {
  const { gap, covered, of, issues } = matter.status.sanctions;
  if (gap === null) {
    const spoken = issues.flatMap(({ positions }) => positions.map((stance) => stance?.eventId));
    return [matter.sentence('there is no issue on which both sides have taken a position.', ...spoken)];
  }
  const apart = issues
    .flatMap(({ issue, positions: [a, b] }) => (a === null || b === null ? [] : [{ issue, a, b }]))
    .toSorted((x, y) => distance(y) - distance(x));
  const spoken = apart.flatMap(({ a, b }) => [a.eventId, b.eventId]);
  const text = `the sides’ positions are ${one(gap)} of 100 apart, by the ${covered} of ${counted(of, 'issue')} on which both have spoken.`;
  return [
    matter.sentence(text, ...spoken.toSorted((a, b) => instantOf(matter, b) - instantOf(matter, a))),
    extremesOf(matter, apart),
    ...oneSided(matter, issues),
  ];
}

interface Compared {
  readonly issue: string;
  readonly a: Stance;
  readonly b: Stance;
}

const distance = ({ a, b }: Compared): number => Math.abs(a.position - b.position);
const instantOf = (matter: Matter, eventId: string): number => matter.factsOf(eventId)?.instant ?? -Infinity;

/** On which issues the sides are furthest from each other, and nearest. */
function extremesOf(matter: Matter, apart: readonly Compared[]): Sentence {
  const at = (steps: number): Compared[] => apart.filter((issue) => distance(issue) === steps);
  const most = at(distance(apart[0]!));
  const least = at(distance(apart.at(-1)!));
  const nearest = least[0] === most[0] ? '' : `; nearest on ${shown(least)}`;
  const sides = sidesOf(matter).slice(0, 2).join(' against ');
  const text = `${sides}, from 0 (full relief) to 4 (full maintenance): furthest apart on ${shown(most)}${nearest}.`;
  return matter.sentence(text, ...[...most, ...least].flatMap(({ a, b }) => [a.eventId, b.eventId]));
}

function shown(issues: readonly Compared[]): string {
  const first = issues.slice(0, MAX_ISSUES).map(({ issue, a, b }) => `${plain(issue)} (${a.position}, ${b.position})`);
  return listed(issues.length > MAX_ISSUES ? [...first, counted(issues.length - MAX_ISSUES, 'other')] : first);
}

const sidesOf = ({ input }: Matter): string[] => input.now.frame.chapters.at(-1)!.sides.map((side) => side.name);

function oneSided(matter: Matter, issues: SanctionsGap['issues']): Sentence[] {
  const names = sidesOf(matter);
  const alone = issues.flatMap(({ issue, positions }) => {
    const side = positions.findIndex((stance) => stance !== null);
    return positions.includes(null)
      ? [{ text: `${plain(issue)} (${names[side]!})`, event: positions[side]!.eventId }]
      : [];
  });
  if (alone.length === 0) return [];
  const text = `only one side has spoken on ${listed(alone.map((issue) => issue.text))}.`;
  return [matter.sentence(text, ...alone.map((issue) => issue.event))];
}
