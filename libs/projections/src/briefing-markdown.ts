import type { Briefing, Citation } from './briefing';
import { oneLine, shortened } from './briefing-words';

/** The point of the record that a briefing rests on. */
export interface Evidence {
  readonly time: string;
  readonly cursor: string;
  readonly digest: string;
}

const MAX_SUMMARY = 200;

/** The briefing as Markdown: every sentence with the numbers of the events behind it, which stand in a list at the end. */
export function briefingMarkdown(briefing: Briefing, { time, cursor, digest }: Evidence): string {
  const { title, crisisId, at, marking, sections, citations, caveat } = briefing;
  const numbers = new Map(citations.map(({ eventId }, i) => [eventId, i + 1]));
  const cite = (events: readonly string[]): string => events.map((id) => `[${numbers.get(id)!}]`).join('');
  return [
    `# ${escaped(oneLine(title))}`,
    `**TLP:${marking}** · ${crisisId} at ${at}, as known at ${time}`,
    ...sections.flatMap((section) => [
      `## ${escaped(section.title)}`,
      section.sentences.map(({ text, events }) => `- ${escaped(text)} ${cite(events)}`).join('\n'),
    ]),
    `> ${escaped(caveat)}`,
    '## Events cited',
    citations.map((citation, i) => `${i + 1}. ${cited(citation)}`).join('\n'),
    `cursor \`${cursor}\`, digest \`${digest}\``,
    '',
  ].join('\n\n');
}

function cited({ eventId, type, occurredAt, summary, grade, marking, standing }: Citation): string {
  const facts = [
    `\`${eventId}\` ${type}`,
    occurredAt,
    grade === null ? 'ungraded' : `grade ${grade}`,
    `TLP:${marking}`,
    ...(standing === 'as reported' ? [] : [`**${standing}**`]),
  ].join(', ');
  return summary === null ? facts : `${facts}: ${escaped(shortened(summary, MAX_SUMMARY))}`;
}

/** What others wrote stays text: it makes no heading, link, image, table or tag. */
const escaped = (text: string): string => text.replace(/[\\`*_[\]<>&|~]/g, '\\$&');
